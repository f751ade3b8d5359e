//! One event of a handoff: what a note says.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::promise::PROMISE;
use crate::domain::desk::HandoffState;
use crate::domain::routing::Routed;

/// What every handoff note has in its last line; only our signature may stand below it.
pub const MARK: &str = "retain: handoff ";

/// No handoff has more events: a higher number is no number of an event.
const MOST_EVENTS: u32 = 9_999;

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
    /// Its own words, one line each.
    pub text: String,
    /// When it was noted (UTC).
    pub when: Timestamp,
}

/// Reads a note; `None` when it is no handoff.
pub fn parse(lines: &[String], when: Timestamp) -> Option<HandoffEvent> {
    let (mark, rest) = marked(lines)?;
    let (first, middle) = rest.split_first()?;
    let (handoff, number) = mark.split_once(" event ")?;
    let (roles, state) = first.trim().strip_prefix("Handoff ")?.rsplit_once(':')?;
    let (from_role, to_role) = roles.split_once('→').or_else(|| roles.split_once("->"))?;
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
        text: String::new(),
        when,
    };
    let mut middle = middle.iter().map(|line| line.trim()).peekable();
    // What the lines below the head say is text, whatever it begins with.
    while let Some((key, value)) = middle.peek().and_then(|line| line.split_once(':')) {
        let value = value.trim();
        match key.trim() {
            "From" => event.from = Some(value.to_owned()),
            "To" => event.to = Some(value.to_owned()),
            "Gate" => event.gate = Some(value.to_owned()),
            "Routed" => event.routed = Routed::parse(value),
            "By" => event.by = Some(value.to_owned()),
            "Fields" => event.fields = fields_of(value),
            "Answer by" => event.answer_by = value.parse().ok(),
            _ => break,
        }
        middle.next();
    }
    let text = middle.collect::<Vec<_>>().join("\n");
    text.trim().clone_into(&mut event.text);
    Some(event)
}

/// The rest of the line that binds a note or a task to a handoff, and the lines above it: the last line, or the
/// one above a signature.
pub(super) fn marked(lines: &[String]) -> Option<(&str, &[String])> {
    let mut written = lines
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, line)| !line.trim().is_empty());
    let (at, mark) = written
        .by_ref()
        .take(2)
        .find_map(|(at, line)| Some((at, line.trim().strip_prefix(MARK)?)))?;
    Some((mark, &lines[..at]))
}

/// The handoff that a task asks somebody to answer; `None` when it is another task.
pub fn answered_by(lines: &[String]) -> Option<&str> {
    Some(marked(lines)?.0.strip_suffix(" task")?.trim())
}

/// The handoff in which a task was promised to the customer; `None` when it is another task.
pub fn promised_by(lines: &[String]) -> Option<&str> {
    Some(marked(lines)?.0.strip_suffix(PROMISE)?.trim())
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
