//! One event of a handoff: what a note says.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::clock;
use super::promise;
use crate::domain::desk::HandoffState;
use crate::domain::routing::Routed;
use crate::domain::words;

/// What is told of a note that somebody changed after it was first seen.
pub const EDITED: &str = "edited in the CRM since";

/// What every handoff note has in its last line, below our signature.
pub const MARK: &str = "retain: handoff ";

/// What stands between the id of a handoff and the number of the event.
const EVENT: &str = " event ";

/// No handoff has more events: a higher number is no number of an event.
pub(super) const MOST_EVENTS: u32 = 9_999;

/// One event of a handoff: one note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoffEvent {
    /// The handoff's id.
    pub handoff: String,
    /// Number of the event.
    pub number: u32,
    /// Role that hands over, lower case.
    pub from_role: String,
    /// Role that receives, lower case.
    pub to_role: String,
    /// Person that hands over, raw.
    pub from: Option<String>,
    /// Person that receives, raw.
    pub to: Option<String>,
    /// Who says it, raw; `None` when the note does not tell.
    #[serde(default)]
    pub by: Option<String>,
    /// Who let it pass without all that is required, and why, raw; `None` when nothing was missing.
    #[serde(default)]
    pub gate: Option<String>,
    /// What was decided of the question that it hands over; `None` when it hands over none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routed: Option<Routed>,
    /// What happened.
    pub state: HandoffState,
    /// Filled and expected fields.
    pub fields: Option<(u32, u32)>,
    /// The day by which an answer is expected.
    pub answer_by: Option<Date>,
    /// The time of it (UTC), where the note says one.
    #[serde(default)]
    pub answer_at: Option<Timestamp>,
    /// Its own words as its note says them now, one line each.
    pub text: String,
    /// What they were when it was first seen here, or as we sent it, where somebody edited the note in the CRM since; `None`
    /// where nobody did, or where what it said then is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// When it was noted (UTC).
    pub when: Timestamp,
}

impl HandoffEvent {
    /// Its words: those of its note; where somebody emptied that, those that were first seen.
    pub fn words(&self) -> &str {
        let first = self.first.as_deref().filter(|_| self.text.trim().is_empty());
        first.unwrap_or(&self.text)
    }

    /// Its words for a person, raw: what its note says now, and below that what it said first, where it was edited.
    pub fn told(&self) -> String {
        let shown = |text: &str| match text.trim() {
            "" => "(no words)".to_owned(),
            words => words.to_owned(),
        };
        match &self.first {
            None => self.text.clone(),
            Some(first) => format!(
                "{}\n{EDITED}; first seen here as:\n{}",
                shown(&self.text),
                shown(first)
            ),
        }
    }

    /// The first line of its note, as it was written: `Handoff CSM → CSM: accepted`.
    pub fn title(&self) -> String {
        let (from, to) = (words::role(&self.from_role), words::role(&self.to_role));
        format!("Handoff {from} → {to}: {}", words::handoff(self.state))
    }
}

/// Reads a note; `None` when it is no handoff.
pub fn parse(lines: &[String], when: Timestamp) -> Option<HandoffEvent> {
    let (mark, rest) = marked(lines)?;
    let (first, below) = rest.split_first()?;
    let (handoff, number) = mark.split_once(EVENT)?;
    let (from_role, to_role, state) = titled(first)?;
    let (head, text) = split(below);
    let mut event = HandoffEvent {
        handoff: handoff.trim().to_owned(),
        number: number
            .trim()
            .parse()
            .ok()
            .filter(|number| (1..=MOST_EVENTS).contains(number))?,
        from_role: from_role.trim().to_lowercase(),
        to_role: to_role.trim().to_lowercase(),
        from: None,
        to: None,
        by: None,
        gate: None,
        routed: None,
        state: state_of(state.trim())?,
        fields: None,
        answer_by: None,
        answer_at: None,
        text: joined(text),
        first: None,
        when,
    };
    for (key, value) in head.iter().filter_map(|line| keyed(line)) {
        match key {
            Key::From => event.from = Some(value.to_owned()),
            Key::To => event.to = Some(value.to_owned()),
            Key::Gate => event.gate = Some(value.to_owned()),
            Key::Routed => event.routed = Routed::parse(value),
            Key::By => event.by = Some(value.to_owned()),
            Key::Fields => event.fields = fields_of(value),
            Key::AnswerBy => (event.answer_by, event.answer_at) = clock::read(value),
        }
    }
    Some(event)
}

/// What a line of the head says.
enum Key {
    From,
    To,
    Gate,
    Routed,
    By,
    Fields,
    AnswerBy,
}

/// A line of the head below the first: what it says, and the rest of it; `None` for a line of the text.
fn keyed(line: &str) -> Option<(Key, &str)> {
    let (key, value) = line.split_once(':')?;
    let key = match key.trim() {
        "From" => Key::From,
        "To" => Key::To,
        "Gate" => Key::Gate,
        "Routed" => Key::Routed,
        "By" => Key::By,
        "Fields" => Key::Fields,
        "Answer by" => Key::AnswerBy,
        _ => return None,
    };
    Some((key, value.trim()))
}

/// The roles and the state that the first line names.
fn titled(line: &str) -> Option<(&str, &str, &str)> {
    let (roles, state) = line.trim().strip_prefix("Handoff ")?.rsplit_once(':')?;
    let (from, to) = roles.split_once('→').or_else(|| roles.split_once("->"))?;
    Some((from, to, state))
}

/// The lines below the first: those of the head, and those of the text, whatever that begins with.
fn split(below: &[String]) -> (&[String], &[String]) {
    let is_text = |line: &String| keyed(line).is_none();
    below.split_at(below.iter().position(is_text).unwrap_or(below.len()))
}

/// So many bytes at the beginning of a text with this last line are no person's words: what the event of a handoff is read
/// by, or what a note says of a promise. None of another text.
pub fn head_of(text: &str, last: &str) -> usize {
    match last.trim().strip_prefix(MARK) {
        Some(mark) if mark.contains(EVENT) => {
            let is_event = |line: &str| titled(line).is_some();
            begun(text, is_event, |line| keyed(line).is_some())
        }
        Some(mark) if promise::is_outcome(mark) => promise::head_of(text),
        _ => 0,
    }
}

/// How many bytes the first line is with those below that belong to it, if it is such a line.
pub(super) fn begun(text: &str, is_first: impl Fn(&str) -> bool, is_next: impl Fn(&str) -> bool) -> usize {
    let mut lines = text.split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| is_first(line)) else {
        return 0;
    };
    let below = lines.take_while(|line| is_next(line));
    first.len() + below.map(str::len).sum::<usize>()
}

fn joined(lines: &[String]) -> String {
    let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    lines.join("\n").trim().to_owned()
}

/// The words of a note that was once read with this last line, whatever stands around them now: without that line and
/// without the head.
pub(super) fn words_of(lines: &[String], mark: &str) -> String {
    let lines = lines
        .iter()
        .filter(|line| line.trim() != mark && !words::is_signature(line));
    let lines: Vec<String> = lines.cloned().collect();
    let first = lines.iter().position(|line| titled(line).is_some());
    let (above, below) = first.map_or((&[][..], &lines[..]), |at| (&lines[..at], &lines[at + 1..]));
    joined(&[above, split(below).1].concat())
}

/// The rest of the line that binds a note or a task to a handoff, and the lines above it without a signature: the last line,
/// or, as it was written before, the one above a signature.
pub(super) fn marked(lines: &[String]) -> Option<(&str, &[String])> {
    let mut written = words::closing(lines.iter().map(String::as_str));
    let mark = written.find_map(|line| line.trim().strip_prefix(MARK))?;
    let at = lines.iter().rposition(|line| line.trim().starts_with(MARK))?;
    let above = &lines[..at];
    let last = above.iter().rposition(|line| !line.trim().is_empty());
    let signature = last.filter(|last| words::is_signature(&above[*last]));
    Some((mark, &above[..signature.unwrap_or(at)]))
}

/// What happened, by its word.
pub fn state_of(word: &str) -> Option<HandoffState> {
    match word.to_lowercase().as_str() {
        "sent" => Some(HandoffState::Sent),
        "returned" => Some(HandoffState::Returned),
        "answered" => Some(HandoffState::Answered),
        "accepted" => Some(HandoffState::Accepted),
        _ => None,
    }
}

fn fields_of(text: &str) -> Option<(u32, u32)> {
    let (filled, expected) = text.split_once(" of ")?;
    Some((filled.trim().parse().ok()?, expected.trim().parse().ok()?))
}
