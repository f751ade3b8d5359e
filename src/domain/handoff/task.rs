//! The tasks that handoffs make, each with a last line that says of which handoff it is and what it asks:
//! `retain: handoff H-7 promise`.
//!
//! That line is read once. Whoever has seen the task knows it by its id from then on.

use serde::{Deserialize, Serialize};

use super::MARK;
use super::event::marked;
use super::promise::words_of;

/// What such a task asks for. Stored by these names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asks {
    /// That the handoff be accepted, returned or answered.
    Answer,
    /// That what was promised to the customer be done.
    Promise,
    /// That the lead take note of it.
    Lead,
    /// That somebody look at the account again, a while after it was accepted.
    Look,
}

impl Asks {
    const ALL: [Self; 4] = [Self::Answer, Self::Promise, Self::Lead, Self::Look];

    /// What stands behind the handoff's id.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Answer => " task",
            Self::Promise => " promise",
            Self::Lead => " lead",
            Self::Look => " look",
        }
    }

    /// The last line of such a task.
    pub(super) fn mark(self, handoff: &str) -> String {
        format!("{MARK}{handoff}{}", self.ending())
    }
}

/// What a task of a handoff was when it was first seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoffTask {
    /// Id of the handoff.
    pub handoff: String,
    /// What it asks for.
    pub asks: Asks,
    /// Who was to do what by when, raw, where that was promised; `None` of other tasks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

impl HandoffTask {
    /// What the lines of a task with this subject say; `None` when it is another task.
    pub fn read(lines: &[String], subject: &str) -> Option<Self> {
        let mark = marked(lines)?.0;
        let (asks, handoff) = Asks::ALL
            .into_iter()
            .find_map(|asks| Some((asks, mark.strip_suffix(asks.ending())?)))?;
        Some(Self {
            handoff: handoff.trim().to_owned(),
            asks,
            words: (asks == Asks::Promise).then(|| words_of(lines, subject).to_owned()),
        })
    }

    /// Whether it asks for this, of this handoff.
    pub fn is(&self, asks: Asks, handoff: &str) -> bool {
        self.asks == asks && self.handoff == handoff
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_says_of_which_handoff_it_is_and_what_it_asks() {
        let read = |last: &str| {
            let lines = ["Read it.", last, "Ben · retain K"].map(str::to_owned);
            HandoffTask::read(&lines, "Promised: Mara calls")
        };
        for asks in Asks::ALL {
            let words = (asks == Asks::Promise).then(|| "Mara calls".to_owned());
            let handoff = "H-7".to_owned();
            let expected = HandoffTask { handoff, asks, words };
            assert_eq!(read(&asks.mark("H-7")), Some(expected));
        }
        for none in [
            "retain: handoff H-7 event 1",
            "retain: handoff H-7 promise kept",
            "retain: play P-1 step a",
            "",
        ] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
