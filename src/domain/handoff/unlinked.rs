//! What belongs to a handoff and no longer says to which: somebody deleted the line that binds it before it was seen here.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::{marked, state_of};
use crate::domain::record::RecordId;

/// A note or a task of a handoff that cannot be put in its place. Nothing follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unlinked {
    /// The note, or the task.
    pub record: RecordId,
    /// The account.
    pub account: RecordId,
    /// The account's name, raw.
    pub account_name: String,
    /// Id of the handoff, as the task names it; `None` of a note, which does not say.
    pub handoff: Option<String>,
    /// The note's first line, or the task's subject; raw.
    pub words: String,
    /// When the note was written, or the task was made (UTC).
    pub when: Timestamp,
}

impl Unlinked {
    /// Why it stands apart, in one sentence without a full stop.
    pub fn why(&self) -> String {
        match &self.handoff {
            Some(handoff) => format!(
                "a task asks to answer {handoff}, of which no note is here: its last line may have been deleted"
            ),
            None => "a note that reads as a handoff has lost the last line that says of which".to_owned(),
        }
    }
}

/// Whether a note reads as an event of a handoff, by its first line, and does not say of which.
pub fn is_unlinked(lines: &[String]) -> bool {
    let first = lines.iter().map(|line| line.trim()).find(|line| !line.is_empty());
    let rest = first.and_then(|line| line.strip_prefix("Handoff "));
    let parts = rest.and_then(|rest| rest.rsplit_once(':'));
    let is_event = parts.is_some_and(|(roles, state)| {
        (roles.contains('→') || roles.contains("->")) && state_of(state.trim()).is_some()
    });
    is_event && marked(lines).is_none()
}

#[cfg(test)]
mod tests {
    use super::is_unlinked;

    #[test]
    fn a_note_reads_as_a_handoff_by_its_first_line_and_is_unlinked_without_its_last() {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let note = "Handoff Support → CSM: sent\nFrom: Olu Ade\nHe waits.";
        assert!(is_unlinked(&lines(note)));
        assert!(is_unlinked(&lines(&format!("\n{note}\n"))));
        assert!(!is_unlinked(&lines(&format!(
            "{note}\nretain: handoff H-1 event 1"
        ))));
        for other in [
            "",
            "Handoff went well: see below",
            "We talked.",
            "Handoff A → B: done",
        ] {
            assert!(!is_unlinked(&lines(other)), "{other}");
        }
    }
}
