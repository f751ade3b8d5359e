//! What follows an account from one handoff to the next, so that the customer need not say it again: what they told us, what
//! was promised them, and what somebody of us asked and nobody answered.

use std::cmp::Reverse;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::promise::is_nothing;
use super::reply::questions;
use super::template::Templates;
use crate::domain::desk::{HandoffCard, HandoffState};

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
    /// Who wrote it, raw; `None` when the note does not name them.
    pub who: Option<String>,
    /// When (UTC).
    pub when: Timestamp,
    /// Id of the handoff.
    pub handoff: String,
}

/// What follows an account, by its handoffs: of what they were told and what was promised the newest words, since a later
/// handoff begins with those of the one before it; and every question of a handoff that came back and waits for an answer.
pub fn followed(cards: &[HandoffCard], templates: &Templates) -> Vec<Followed> {
    let newest = |what| said(cards, templates, what).into_iter().next();
    let (told, promised) = (newest(Follow::ToldUs), newest(Follow::Promised));
    let asked = cards.iter().flat_map(|card| {
        let waits = card.state == HandoffState::Returned;
        let asked = questions(if waits { &card.text } else { "" }).into_iter();
        let who = card.events.last().and_then(|event| event.by.clone());
        asked
            .filter(|(_, asks)| !asks.is_empty())
            .map(move |(about, asks)| Followed {
                what: Follow::Asked,
                text: match about.as_str() {
                    "" => asks,
                    about => format!("{about}: {asks}"),
                },
                who: who.clone(),
                when: card.when,
                handoff: card.handoff.clone(),
            })
    });
    told.into_iter().chain(promised).chain(asked).collect()
}

/// What the handoffs of an account say that they told us, or that was promised them, the newest words first; one that says
/// that it is nothing says nothing.
pub fn said(cards: &[HandoffCard], templates: &Templates, what: Follow) -> Vec<Followed> {
    let said = cards.iter().flat_map(|card| {
        let sent = card.events.iter();
        let sent = sent.filter(|event| event.state == HandoffState::Sent);
        sent.filter_map(|event| {
            let text = field(&event.text, templates, what);
            Some(Followed {
                what,
                text: text.filter(|text| !text.lines().all(is_nothing))?,
                who: event.from.clone(),
                when: event.when,
                handoff: card.handoff.clone(),
            })
        })
    });
    let mut said: Vec<Followed> = said.collect();
    said.sort_by_key(|said| Reverse(said.when));
    said
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
