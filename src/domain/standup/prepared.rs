//! What a standup of a scope would go over, as whoever is about to hold one sees it.

use super::agenda::Tally;
use super::event::Begun;
use super::held::Held;

/// What a standup of a scope would go over, and the one that is under way there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// As it would begin now; it has no id yet.
    pub begun: Begun,
    /// The one that was begun and not ended: it goes on where it was.
    pub open: Option<Box<Held>>,
}

impl Begun {
    /// How much there is of what.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for line in &self.agenda {
            tally.take(&line.changes, &line.promises);
        }
        tally
    }
}
