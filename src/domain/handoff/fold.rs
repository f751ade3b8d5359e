//! What the notes of a handoff add up to.
//!
//! Of each number one event counts: the one that the CRM had first, by its own stamp, whatever the clocks of those who wrote
//! them say; so no later one comes before what everybody saw. A head that was seen before (see [`Head`]) stands
//! whatever somebody made of the note since; what cannot follow on what was before it counts for nothing. What is
//! missing is told and never guessed.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

use super::event::{self, HandoffEvent, MARK};
use crate::domain::desk::{HandoffCard, HandoffState};
use crate::domain::record::{Owner, RecordId};
use crate::domain::routing::Routed;
use crate::domain::team::Roster;
use crate::domain::text::still_says;
use crate::domain::words;

/// Who reads the cards: it decides what waits for whom.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// My name as the CRM writes it.
    pub name: Option<&'a str>,
    /// My role.
    pub role: &'a str,
    /// For whom else I read them.
    pub cover: &'a Cover,
}

/// Whose handoffs come to me beside my own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// Names of those who are away and for whom I stand in.
    pub stands_in_for: Vec<String>,
    /// Names of those whom I lead: what they did not accept in time comes to me too.
    pub leads: Vec<String>,
    /// The reader's zone.
    pub zone: TimeZone,
    /// The time it is by the reader's clock.
    pub now: DateTime,
}

impl Cover {
    /// What comes to one of us beside their own: as a deputy, and as a lead.
    pub fn of(roster: &Roster, owners: &[Owner], email: &str, now: &Zoned) -> Self {
        let named = |emails: Vec<&str>| -> Vec<String> {
            let found = emails.into_iter().filter_map(|one| Owner::find(owners, one));
            found.map(|owner| owner.name.clone()).collect()
        };
        Self {
            stands_in_for: named(roster.covered_by(owners, email, now.date()).collect()),
            leads: named(roster.led_by(email).collect()),
            ..Self::new(now)
        }
    }

    /// Nobody's.
    pub fn new(now: &Zoned) -> Self {
        Self {
            stands_in_for: Vec::new(),
            leads: Vec::new(),
            zone: now.time_zone().clone(),
            now: now.datetime(),
        }
    }
}

impl Reader<'_> {
    /// Whether what waits for this one of us comes to me too: I stand in for them, or lead them and they did not act on it
    /// in time.
    fn covers(&self, name: &str, card: &HandoffCard) -> bool {
        let has = |names: &[String]| {
            names
                .iter()
                .any(|one| one.trim().eq_ignore_ascii_case(name.trim()))
        };
        let waits = card.state != HandoffState::Accepted;
        let is_late = || card.is_late(&self.cover.zone, self.cover.now);
        has(&self.cover.stands_in_for) || (waits && has(&self.cover.leads) && is_late())
    }

    /// Whether that is me: by name where the note names somebody, else by role.
    fn is(&self, name: Option<&str>, role: &str) -> bool {
        match (name.filter(|name| !name.is_empty()), self.name) {
            (Some(name), Some(mine)) => name.trim().eq_ignore_ascii_case(mine.trim()),
            (Some(_), None) => false,
            (None, _) => role == self.role,
        }
    }
}

/// What an event was when it was first seen here: an edit of its note changes its text and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The handoff's id.
    pub handoff: String,
    /// Number of the event.
    pub number: u32,
    /// The note that says it.
    pub note: RecordId,
    /// Role that hands over, lower case.
    pub from_role: String,
    /// Role that receives, lower case.
    pub to_role: String,
    /// Person that hands over, raw.
    pub from: Option<String>,
    /// Person that receives, raw.
    pub to: Option<String>,
    /// Who says it, raw.
    pub by: Option<String>,
    /// Who let it pass without all that is required, and why, raw.
    #[serde(default)]
    pub gate: Option<String>,
    /// What was decided of the question that it hands over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routed: Option<Routed>,
    /// What happened.
    pub state: HandoffState,
    /// Filled and expected fields.
    #[serde(default)]
    pub fields: Option<(u32, u32)>,
    /// The day by which an answer is expected.
    #[serde(default)]
    pub answer_by: Option<Date>,
    /// The time of it (UTC), where the note says one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_at: Option<Timestamp>,
    /// When it was noted (UTC).
    pub when: Timestamp,
    /// Its words, raw; `None` as kept by a program that did not keep them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Head {
    /// What is kept of an event that a note says.
    pub fn of(note: &RecordId, event: &HandoffEvent) -> Self {
        Self {
            handoff: event.handoff.clone(),
            number: event.number,
            note: note.clone(),
            from_role: event.from_role.clone(),
            to_role: event.to_role.clone(),
            from: event.from.clone(),
            to: event.to.clone(),
            by: event.by.clone(),
            gate: event.gate.clone(),
            routed: event.routed.clone(),
            state: event.state,
            fields: event.fields,
            answer_by: event.answer_by,
            answer_at: event.answer_at,
            when: event.when,
            text: Some(event.first.as_ref().unwrap_or(&event.text).clone()),
        }
    }

    /// The same with the words that another look kept of it, where this one kept none.
    pub fn with_words_of(&mut self, other: &Self) {
        if self.text.is_none() {
            self.text.clone_from(&other.text);
        }
    }

    /// The event with this head, whatever its note says now: of that only the text is taken, beside the one first seen.
    fn over(&self, lines: &[String]) -> HandoffEvent {
        let now = super::parse(lines, self.when);
        // Heads of before kept neither fields nor a deadline: those of the note count as long as it can be read.
        let (answer_by, answer_at) = match (self.answer_by, &now) {
            (None, Some(now)) => (now.answer_by, now.answer_at),
            (day, _) => (day, self.answer_at),
        };
        let text = || event::words_of(lines, &format!("{MARK}{} event {}", self.handoff, self.number));
        let text = now.as_ref().map_or_else(text, |now| now.text.clone());
        let first = self.text.clone().filter(|first| !still_says(first, &text));
        HandoffEvent {
            handoff: self.handoff.clone(),
            number: self.number,
            from_role: self.from_role.clone(),
            to_role: self.to_role.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            by: self.by.clone(),
            gate: self.gate.clone(),
            routed: self.routed.clone(),
            state: self.state,
            when: self.when,
            fields: self.fields.or(now.as_ref().and_then(|now| now.fields)),
            answer_by,
            answer_at,
            text,
            first,
        }
    }
}

/// A note of a handoff, as it is now and as it was first seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidNote {
    /// The note.
    pub note: RecordId,
    /// What it says now; `None` when it is gone.
    pub lines: Option<Vec<String>>,
    /// What it said when it was first seen; `None` when it was not seen before.
    pub head: Option<Head>,
    /// When it was noted (UTC), by the clock of whoever wrote it: what is shown.
    pub when: Timestamp,
    /// When the CRM got it, by its own clock (UTC): what counts. `None` while it has not told: a note of ours is on its way.
    pub created: Option<Timestamp>,
    /// Who wrote it, as the CRM has it.
    pub who: Option<String>,
}

impl SaidNote {
    /// The event that it says; `None` when it is gone, or no handoff.
    pub fn event(&self) -> Option<HandoffEvent> {
        let lines = self.lines.as_deref()?;
        let mut event = match &self.head {
            Some(head) => head.over(lines),
            None => super::parse(lines, self.when)?,
        };
        event.by = event.by.or_else(|| self.who.clone());
        Some(event)
    }

    /// The order in which the CRM got notes, the same for everybody: what it does not have yet comes after what it has.
    fn arrival(&self) -> (bool, Timestamp, &RecordId) {
        (
            self.created.is_none(),
            self.created.unwrap_or(self.when),
            &self.note,
        )
    }
}

/// Whether this may come after that; after something that is not known, anything may.
fn may_follow(before: Option<HandoffState>, state: HandoffState) -> bool {
    use HandoffState::{Accepted, Answered, Returned, Sent};
    match before {
        None => true,
        Some(Sent | Answered) => matches!(state, Accepted | Returned),
        Some(Returned) => matches!(state, Answered | Accepted),
        Some(Accepted) => false,
    }
}

/// The card of one handoff from all its notes, in any order; `None` when no note of it is left.
pub fn card(notes: &[SaidNote], account: (&RecordId, &str), me: Reader<'_>) -> Option<HandoffCard> {
    let mut arrived: Vec<&SaidNote> = notes.iter().collect();
    arrived.sort_by(|one, other| one.arrival().cmp(&other.arrival()));
    let mut by_number: BTreeMap<u32, Vec<HandoffEvent>> = BTreeMap::new();
    for event in arrived.into_iter().filter_map(SaidNote::event) {
        by_number.entry(event.number).or_default().push(event);
    }
    let gone = || {
        notes
            .iter()
            .filter(|said| said.lines.is_none())
            .filter_map(|said| said.head.as_ref())
    };
    let heads = gone().map(|head| head.number);
    let numbers: BTreeSet<u32> = by_number.keys().copied().chain(heads).collect();
    let last = *numbers.last()?;
    let mut told = Vec::new();
    let mut thread: Vec<HandoffEvent> = Vec::new();
    let (mut before, mut expected) = (None, 1);
    for number in numbers {
        if number > expected {
            told.push(missing(expected, number - 1));
            before = None;
        }
        expected = number + 1;
        let Some(said) = by_number.remove(&number) else {
            let head = gone().find(|head| head.number == number);
            told.extend(head.map(|head| {
                let said = words::handoff(head.state);
                format!("the note of event {number} is gone from the CRM: it said {said}")
            }));
            before = None;
            continue;
        };
        let mut said = said.into_iter();
        let Some(first) = said.next() else { continue };
        for other in said.filter(|other| (other.state, &other.by) != (first.state, &first.by)) {
            told.push(format!(
                "{} came first: that {} does not count",
                deed(&first),
                deed(&other)
            ));
        }
        // The first one opens it, whatever somebody made of its first line.
        let state = if number == 1 {
            HandoffState::Sent
        } else {
            first.state
        };
        if number > 1 && !may_follow(before, state) {
            told.push(format!(
                "event {number} does not count: that {} cannot follow",
                deed(&first)
            ));
            continue;
        }
        before = Some(state);
        thread.push(HandoffEvent { state, ..first });
    }
    let newest = thread.last()?.clone();
    let first = &thread[0];
    // Names are those of the handoff itself; a later note may leave them out.
    let from = thread.iter().find_map(|event| event.from.clone());
    let to = thread.iter().find_map(|event| event.to.clone());
    let by = |event: &HandoffEvent| event.answer_by.map(|day| (Some(day), event.answer_at));
    let (answer_by, answer_at) = thread.iter().rev().find_map(by).unwrap_or_default();
    let mut card = HandoffCard {
        text: newest.words().to_owned(),
        handoff: newest.handoff,
        account: account.0.clone(),
        account_name: account.1.to_owned(),
        from_role: first.from_role.clone(),
        to_role: first.to_role.clone(),
        from,
        to,
        state: newest.state,
        gate: thread.iter().find_map(|event| event.gate.clone()),
        for_me: false,
        for_whom: None,
        subject: None,
        fields: thread.iter().rev().find_map(|event| event.fields),
        when: newest.when,
        answer_by,
        answer_at,
        last,
        told,
        events: thread,
    };
    card.read_by(me);
    Some(card)
}

impl HandoffCard {
    /// Has it wait for this reader, or for whoever else it comes to them for, by the day that it is for them.
    pub fn read_by(&mut self, me: Reader<'_>) {
        let (next, role) = match self.state {
            HandoffState::Returned => (self.from.as_deref(), &self.from_role),
            _ => (self.to.as_deref(), &self.to_role),
        };
        let is_open = self.state != HandoffState::Accepted;
        let is_mine = is_open && me.is(next, role);
        let covers = |next: &&str| me.covers(next, self);
        let for_whom = next.filter(|_| is_open && !is_mine).filter(covers);
        self.for_whom = for_whom.map(str::to_owned);
        self.for_me = is_mine || self.for_whom.is_some();
    }
}

/// Puts handoffs in their order: those that wait for the reader first, then what came back, then what waits for others.
pub fn sort(cards: &mut [HandoffCard]) {
    let order = |card: &HandoffCard| {
        let state = match card.state {
            HandoffState::Returned => 0,
            HandoffState::Sent | HandoffState::Answered => 1,
            HandoffState::Accepted => 2,
        };
        (!card.for_me, state, Reverse(card.when))
    };
    cards.sort_by(|one, other| (order(one), &one.handoff).cmp(&(order(other), &other.handoff)));
}

fn missing(first: u32, last: u32) -> String {
    if first == last {
        format!("event {first} is missing in the CRM")
    } else {
        format!("events {first} to {last} are missing in the CRM")
    }
}

/// What somebody did, in words: `Ben Osei accepted it`.
fn deed(event: &HandoffEvent) -> String {
    let who = event.by.as_deref().unwrap_or("somebody");
    format!("{who} {} it", words::handoff(event.state))
}
