//! What follows an account from one handoff to the next, so that the customer need not say it again: what they told us, what
//! was promised them, and what somebody of us asked and nobody answered.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::event::EDITED;
use super::promise::{Outcome, is_nothing};
use super::template::Templates;
use crate::domain::desk::{HandoffCard, HandoffState};
use crate::domain::text::{self, one_line};

/// What follows an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Follow {
    /// What the customer told us.
    ToldUs,
    /// What was promised.
    Promised,
    /// What is asked.
    Asked,
}

impl Follow {
    /// It in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::ToldUs => "already told us",
            Self::Promised => "promised",
            Self::Asked => "open question",
        }
    }
}

/// One thing that follows an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    /// What it is.
    pub what: Follow,
    /// In the words of whoever wrote it, raw.
    pub text: String,
    /// Who wrote it first, raw; `None` when the note does not name them. Who edited the note since, no CRM tells us.
    pub who: Option<String>,
    /// What stood in its place when the note was first seen here, raw, where somebody edited that in the CRM since; empty
    /// where nothing did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// When they did (UTC).
    pub when: Timestamp,
    /// Id of the handoff in which they did.
    pub handoff: String,
    /// What became of it, where it was promised; `None` while it is open.
    #[serde(default)]
    pub outcome: Option<Outcome>,
}

impl Followed {
    /// It as a later handoff begins with it: one line, that says who wrote it and on which day.
    pub fn carried(&self, zone: &TimeZone) -> String {
        let day = self.when.to_zoned(zone.clone()).date();
        format!("{} ({}, {day})", one_line(&self.text), self.wrote())
    }

    /// Whether that are its words, or those that stood in their place.
    fn says(&self, text: &str) -> bool {
        let first = self.first.as_deref();
        is_same(&self.text, text) || first.is_some_and(|first| is_same(first, text))
    }

    /// Whether a line says it on.
    pub(super) fn is_carried_by(&self, line: &str) -> bool {
        self.signed(line).is_some_and(|text| is_same(&self.text, text))
    }

    /// What a line says above who wrote it and when; `None` unless that is who wrote this, on that day.
    fn signed<'a>(&self, line: &'a str) -> Option<&'a str> {
        let (text, day) = line.trim().strip_suffix(')')?.rsplit_once(", ")?;
        let ours = self.when.to_zoned(TimeZone::UTC).date();
        // It is the day of whoever wrote the line: theirs may be the one beside it.
        let days = (day.parse::<Date>().ok()? - ours).get_days();
        // It may have been said on before somebody edited it, or after that.
        let text = text
            .strip_suffix(EDITED)
            .and_then(|text| text.strip_suffix(", "))
            .unwrap_or(text);
        let text = text.strip_suffix(self.who())?.strip_suffix(" (")?;
        (days.abs() <= 1).then_some(text)
    }

    fn who(&self) -> &str {
        self.who.as_deref().unwrap_or("somebody")
    }

    /// Who wrote it, and that somebody edited it since.
    pub fn wrote(&self) -> String {
        match self.first {
            Some(_) => format!("{}, {EDITED}", self.who()),
            None => self.who().to_owned(),
        }
    }
}

/// A line without who wrote it and when, where it is from one of these: somebody may have changed the words before that.
pub(super) fn unsigned<'a>(line: &'a str, known: &[Followed]) -> &'a str {
    known.iter().find_map(|one| one.signed(line)).unwrap_or(line)
}

/// What stands below the newest of what was told, in place of so many more.
pub(super) fn rest(more: usize) -> String {
    format!("{REST}{more}")
}

/// Whether a line is that count.
pub(super) fn is_rest(line: &str) -> bool {
    line.trim_start().starts_with(REST)
}

const REST: &str = "More of it on the account: ";

/// What follows an account, by its handoffs and by what is told of promises: all that they were told and all that was
/// promised, each once, the newest first; and every question of a handoff that came back and waits for an answer.
pub fn followed(cards: &[HandoffCard], templates: &Templates, outcomes: &[Outcome]) -> Vec<Followed> {
    let asked = cards.iter().flat_map(|card| {
        let waits = card.state == HandoffState::Returned;
        let asked = if waits { card.questions() } else { Vec::new() };
        let newest = card.events.last();
        let (who, first) = newest.map_or((None, None), |event| (event.by.clone(), event.first.as_ref()));
        asked
            .into_iter()
            .filter(|(_, asks)| !asks.is_empty())
            .map(move |(about, asks)| Followed {
                what: Follow::Asked,
                first: first.filter(|first| !first.contains(&asks)).cloned(),
                text: match about.as_str() {
                    "" => asks,
                    about => format!("{about}: {asks}"),
                },
                who: who.clone(),
                when: card.when,
                handoff: card.handoff.clone(),
                outcome: None,
            })
    });
    let promised = promised(cards, templates, outcomes);
    told(cards, templates)
        .into_iter()
        .chain(promised)
        .chain(asked)
        .collect()
}

/// What the customer told us, the newest first. What a handoff repeats of an earlier one counts once, as it was told first.
pub fn told(cards: &[HandoffCard], templates: &Templates) -> Vec<Followed> {
    let mut told: Vec<Followed> = Vec::new();
    for said in said(cards, templates, Follow::ToldUs) {
        let is_known = |text: &str| told.iter().any(|one| one.says(text));
        let lines = said.text.lines().filter(|line| !is_rest(line));
        let lines = lines.map(|line| unsigned(line, &told));
        let own: Vec<&str> = lines.filter(|line| !is_known(line)).collect();
        let own = own.join("\n");
        // Before a line said whose it is, a handoff began with the whole text of the one before it.
        let after = |one: &Followed| own.strip_prefix(&one.text)?.strip_prefix('\n');
        let text = told.iter().rev().find_map(after).unwrap_or(&own).trim();
        if !text.is_empty() && !is_known(text) {
            let text = text.to_owned();
            told.push(Followed { text, ..said });
        }
    }
    told.reverse();
    told
}

/// What was promised, a line each, the newest first, with what became of it. What a handoff says on, with who promised it
/// and when, is the same promise; the same words of another handoff are another: it has a task of its own.
fn promised(cards: &[HandoffCard], templates: &Templates, outcomes: &[Outcome]) -> Vec<Followed> {
    let mut promised: Vec<Followed> = Vec::new();
    for said in said(cards, templates, Follow::Promised) {
        let lines = said.text.lines().map(str::trim);
        for line in lines.filter(|line| !is_nothing(line) && !is_rest(line)) {
            let text = unsigned(line, &promised);
            let stood = |first: &&String| first.lines().any(|first| still_says(first, line));
            let outcome = outcomes
                .iter()
                .find(|one| one.is_of(&said.handoff, text))
                .cloned();
            match promised.iter_mut().find(|one| one.is_carried_by(line)) {
                Some(known) => known.outcome = known.outcome.take().or(outcome),
                None => promised.push(Followed {
                    text: text.to_owned(),
                    // No other line stood in the place of one that was added.
                    first: said
                        .first
                        .as_ref()
                        .filter(|first| !stood(first))
                        .map(|_| String::new()),
                    outcome,
                    ..said.clone()
                }),
            }
        }
    }
    promised.reverse();
    promised
}

fn is_same(one: &str, other: &str) -> bool {
    text::is_same(&one.to_lowercase(), &other.to_lowercase())
}

/// Whether a text of the CRM still says what is kept here of it, whatever its letters' case.
fn still_says(kept: &str, text: &str) -> bool {
    text::still_says(&kept.to_lowercase(), &text.to_lowercase())
}

/// What the handoffs of an account say that they told us, or that was promised them, the oldest first; one that says that it
/// is nothing says nothing. What they told us is what the note says now, and what it said first where that stands there no
/// more; a promise stays one, so of promises those that an edit took away are told beside those that it added.
fn said(cards: &[HandoffCard], templates: &Templates, what: Follow) -> Vec<Followed> {
    let said = cards.iter().flat_map(|card| {
        let sent = card.events.iter();
        let sent = sent.filter(|event| event.state == HandoffState::Sent);
        sent.filter_map(|event| {
            let now = field(&event.text, templates, what);
            let first = event.first.as_ref();
            let first = first.map(|first| field(first, templates, what).unwrap_or_default());
            let text = match (&first, now) {
                (None, now) => now?,
                (Some(first), None) => first.clone(),
                (Some(first), Some(now)) if what == Follow::Promised => both(first, &now),
                (Some(_), Some(now)) => now,
            };
            let first = first.filter(|first| !still_says(first, &text));
            let says_something = !text.lines().all(is_nothing);
            says_something.then(|| Followed {
                what,
                text,
                who: event.from.clone(),
                first,
                when: event.when,
                handoff: card.handoff.clone(),
                outcome: None,
            })
        })
    });
    let mut said: Vec<Followed> = said.collect();
    said.sort_by_key(|said| said.when);
    said
}

/// The lines of a text, and below them those of another one that are not among them.
fn both(first: &str, now: &str) -> String {
    let is_new = |line: &&str| !first.lines().any(|known| still_says(known, line));
    let lines: Vec<&str> = first.lines().chain(now.lines().filter(is_new)).collect();
    lines.join("\n")
}

/// What the text of a handoff says in the field that follows so: from the line that begins with a title of such a field to
/// the next one that begins with any field's.
fn field(text: &str, templates: &Templates, what: Follow) -> Option<String> {
    let fields = || templates.handoffs.values().flat_map(|template| &template.fields);
    let after = |line: &str, title: &str| {
        let rest = line.trim_start().strip_prefix(title)?.strip_prefix(':')?;
        Some(rest.trim().to_owned())
    };
    let mut found: Option<Vec<String>> = None;
    for line in text.lines() {
        // Fields of several templates may have one title.
        let mut begins = fields().filter_map(|field| Some((field.follows(), after(line, &field.title)?)));
        let its = begins.clone().find(|(follows, _)| *follows == Some(what));
        match (its.or_else(|| begins.next()), &mut found) {
            (Some((Some(follows), rest)), None) if follows == what => found = Some(vec![rest]),
            (Some(_), Some(_)) => break,
            (None, Some(lines)) => lines.push(line.to_owned()),
            _ => {}
        }
    }
    let said = found?.join("\n").trim().to_owned();
    (!said.is_empty()).then_some(said)
}
