//! How many entries wait for what.

use serde::{Deserialize, Serialize};

use super::{Entry, State};

/// How many entries of an outbox are not done, by what they wait for. The field names are shown in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OutboxCounts {
    /// Leave by themselves: queued, or to be tried again.
    pub waiting: u32,
    /// An attempt is under way.
    pub sending: u32,
    /// They left without an answer, and are looked for in the CRM.
    pub looked_for: u32,
    /// The CRM may or may not have them: a person decides.
    pub unknown: u32,
    /// Somebody else changed the same field: a person decides.
    pub conflict: u32,
    /// The CRM refused them: a person edits or discards them.
    pub parked: u32,
    /// Are not as they were written and are never sent: a person discards them.
    pub damaged: u32,
}

impl OutboxCounts {
    /// Counts these entries; `damaged` are those that could not be read.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>, damaged: usize) -> Self {
        let mut counts = Self {
            damaged: u32::try_from(damaged).unwrap_or(u32::MAX),
            ..Self::default()
        };
        for entry in entries {
            match entry.state {
                State::Queued | State::Retry => counts.waiting += 1,
                State::Unknown if entry.needs_a_person() => counts.unknown += 1,
                State::Unknown => counts.looked_for += 1,
                State::Sending => counts.sending += 1,
                State::Conflict => counts.conflict += 1,
                State::Parked => counts.parked += 1,
                State::Sent | State::TakenBack | State::Discarded => {}
            }
        }
        counts
    }

    /// All that are not done.
    pub fn open(&self) -> u32 {
        self.leaving() + self.looked_for + self.needs_a_person()
    }

    /// Those that are to be sent.
    pub fn leaving(&self) -> u32 {
        self.waiting + self.sending
    }

    /// Those that need no person, in words: `2 to send`, `1 looked for`.
    pub fn on_their_way(&self) -> impl Iterator<Item = String> + use<> {
        let parts = [(self.leaving(), "to send"), (self.looked_for, "looked for")];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0);
        parts.map(|(count, words)| format!("{count} {words}"))
    }

    /// What is to be said on leaving a CRM that ends with it, in one line; nothing when all is done. A profile that
    /// is kept keeps what was not sent, but there is nobody left to send it to.
    pub fn lost(&self, kept: bool) -> Option<String> {
        let (changes, then) = match (self.open(), kept) {
            (0, _) => return None,
            (1, false) => ("1 change is".to_owned(), "it is lost with the demo"),
            (1, true) => ("1 change is".to_owned(), "it is kept, but the demo's CRM is gone"),
            (count, false) => (format!("{count} changes are"), "they are lost with the demo"),
            (count, true) => (
                format!("{count} changes are"),
                "they are kept, but the demo's CRM is gone",
            ),
        };
        Some(format!("{changes} not in the CRM yet: {then}"))
    }

    /// What is to be said on leaving while something is not done, in one line; nothing when all is.
    pub fn farewell(&self, read_only: bool) -> Option<String> {
        let changes = |count: u32| match count {
            1 => "1 change".to_owned(),
            count => format!("{count} changes"),
        };
        let them = |count: u32| if count == 1 { "it" } else { "them" };
        let leaving = self.leaving();
        let waits = if leaving == 1 { "waits" } else { "wait" };
        let leaving = (leaving > 0).then(|| {
            let then = if read_only {
                "nothing is sent as long as this profile may not write".to_owned()
            } else {
                format!("`retain sync` or the next start sends {}", them(leaving))
            };
            format!("{} {waits} in the outbox; {then}", changes(leaving))
        });
        let looked_for = (self.looked_for > 0).then(|| {
            let then = if read_only {
                "nothing is looked for as long as this profile may not write".to_owned()
            } else {
                format!(
                    "`retain sync` or the next start looks for {}",
                    them(self.looked_for)
                )
            };
            format!("{} may be in the CRM; {then}", changes(self.looked_for))
        });
        let needs = match self.needs_a_person() {
            0 => None,
            1 => Some("1 change needs you: `retain outbox`".to_owned()),
            count => Some(format!("{} need you: `retain outbox`", changes(count))),
        };
        let lines: Vec<String> = leaving.into_iter().chain(looked_for).chain(needs).collect();
        (!lines.is_empty()).then(|| lines.join("; "))
    }

    /// Those that a person has to decide about.
    pub fn needs_a_person(&self) -> u32 {
        self.unknown + self.conflict + self.parked + self.damaged
    }
}
