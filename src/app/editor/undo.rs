//! The past of a text: changes that can be taken back and made again.

use super::Place;

/// More changes than this are forgotten, the oldest first.
const MOST: usize = 2_000;

/// One change of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// Where it began.
    pub from: Place,
    /// What stood there.
    pub removed: String,
    /// What stands there since.
    pub inserted: String,
}

/// Changes that were made, and changes that were taken back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Undo {
    made: Vec<Change>,
    taken_back: Vec<Change>,
    /// Whether what is typed next belongs to the last change.
    open: bool,
}

impl Undo {
    /// Remembers a change. Letters that are typed one after another in a word are one.
    pub fn note(&mut self, change: Change) {
        self.taken_back.clear();
        let begins_word = change.inserted.chars().all(char::is_whitespace);
        if let Some(last) = self.made.last_mut().filter(|_| self.open)
            && change.removed.is_empty()
            && last.removed.is_empty()
            && !begins_word
            && super::after(last.from, &last.inserted) == change.from
        {
            last.inserted.push_str(&change.inserted);
            return;
        }
        self.open = change.removed.is_empty();
        if self.made.len() == MOST {
            self.made.remove(0);
        }
        self.made.push(change);
    }

    /// What is typed next is a change of its own.
    pub fn close(&mut self) {
        self.open = false;
    }

    /// Takes the last change back.
    pub fn back(&mut self) -> Option<Change> {
        self.open = false;
        let change = self.made.pop()?;
        self.taken_back.push(change.clone());
        Some(change)
    }

    /// Makes the last change that was taken back again.
    pub fn forth(&mut self) -> Option<Change> {
        self.open = false;
        let change = self.taken_back.pop()?;
        self.made.push(change.clone());
        Some(change)
    }
}

#[cfg(test)]
impl Undo {
    pub fn is_at_start(&self) -> bool {
        self.made.is_empty()
    }

    pub fn is_at_end(&self) -> bool {
        self.taken_back.is_empty()
    }
}
