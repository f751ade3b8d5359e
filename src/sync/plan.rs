//! What to ask next, and what may be believed: pure decisions of the sync.
//!
//! No network, no store and no clock: everything comes in as a value.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::crm::{Condition, Hit, Page, Search, SearchOrder};
use crate::domain::record::{Kind, RecordId};

/// Where every walk through all records begins, in milliseconds of the Unix epoch: 1 January 1990. Older stamps do
/// not occur, and some CRMs answer 500 to the epoch itself.
pub const BEGINNING: i64 = 631_152_000_000;

/// Where a walk through everything ends: 1 January 2200.
const END: i64 = 7_258_118_400_000;

/// Up to so many removals at once are always believed.
const ALWAYS_BELIEVED: usize = 20;

/// Whether so many removals at once ask a person first: more than max(20, 10 %).
pub fn too_many(gone: usize, known: usize) -> bool {
    gone > ALWAYS_BELIEVED.max(known / 10)
}

/// Whether something that is done every so often is due. What was never done is.
pub fn due(last: Option<Timestamp>, every: SignedDuration, now: Timestamp) -> bool {
    last.is_none_or(|last| now.duration_since(last) >= every || now < last)
}

/// A walk through all records of a kind that were last changed within a window, oldest first.
///
/// Every step asks for the first page from the last stamp on, never for a page by its offset: so the CRM's limit on
/// the reach of one search is never met, and a record that is changed while we read cannot push another one over the
/// edge of a page. The newest millisecond of a page is withheld, since the next page begins with it. When a whole page
/// shares one millisecond, that millisecond is drained by id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walk {
    /// First millisecond of the window that has not been read to its end.
    from: i64,
    /// Last millisecond of the window.
    until: i64,
    /// With a millisecond that fills a page: the last id of it that was read.
    drained: Option<RecordId>,
    /// Nothing is left to ask.
    done: bool,
    /// How much it reads at most.
    #[serde(default)]
    reach: Reach,
}

/// How much a walk reads at most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Reach {
    /// Everything, whatever comes meanwhile.
    #[default]
    All,
    /// What its first answer counts, which is not known yet.
    Counted,
    /// So many hits more.
    Left(u64),
    /// It stopped there: what follows was changed since its first answer.
    Stopped,
}

impl Walk {
    /// A walk through all records that were changed then or later.
    pub fn since(from: Timestamp) -> Self {
        Self {
            from: from.as_millisecond().max(BEGINNING),
            ..Self::everything()
        }
    }

    /// A walk through all records, whenever they were changed.
    pub fn everything() -> Self {
        Self {
            from: BEGINNING,
            until: END,
            drained: None,
            done: false,
            reach: Reach::All,
        }
    }

    /// The same walk with a frozen end: it stops behind what its window held at its first answer. Without an end, a
    /// portal that is edited faster than we read would hold it for ever.
    ///
    /// The end is a number and not a stamp, because nobody tells us the server's present: what is edited meanwhile goes
    /// to the end of the window, so that before it there are never more hits than the first answer counted.
    #[must_use]
    pub fn frozen(self) -> Self {
        Self {
            reach: Reach::Counted,
            ..self
        }
    }

    /// Everything of the window that was changed before this was read; `MAX` when it was read to its end.
    pub fn read_until(&self) -> Timestamp {
        if self.done && self.reach != Reach::Stopped {
            Timestamp::MAX
        } else {
            self.place()
        }
    }

    /// The stamp up to which everything was read.
    pub fn place(&self) -> Timestamp {
        stamp(self.from)
    }

    /// Whether nothing is left to ask.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// What to ask next, or `None` at the end.
    pub fn search(&self, kind: Kind, conditions: &[Condition]) -> Option<Search> {
        if self.done {
            return None;
        }
        let (window, order) = match &self.drained {
            Some(id) => (
                Condition::ChangedAtAfterId(stamp(self.from), id.clone()),
                SearchOrder::Id,
            ),
            None => (
                Condition::Changed {
                    from: stamp(self.from),
                    until: stamp(self.until),
                },
                SearchOrder::Changed,
            ),
        };
        let mut conditions = conditions.to_vec();
        conditions.push(window);
        Some(Search {
            kind,
            conditions,
            order,
            after: None,
        })
    }

    /// Takes the answer: gives the hits to believe now, and moves on.
    pub fn take(&mut self, page: Page<Hit>) -> Vec<Hit> {
        let last_page = page.after.is_none();
        if self.reach == Reach::Counted {
            self.reach = page.total.map_or(Reach::All, Reach::Left);
        }
        // A row that was changed between the search and its answer may lie outside; the next window has it.
        let mut hits = page.items;
        hits.retain(|hit| (self.from..=self.until).contains(&hit.changed.as_millisecond()));
        if self.drained.is_some() {
            self.take_drained(&hits, last_page);
        } else if last_page || hits.is_empty() {
            self.done = true;
        } else {
            let top = hits
                .iter()
                .map(|hit| hit.changed.as_millisecond())
                .max()
                .unwrap_or(self.from);
            if top == self.from {
                self.drained = Some(RecordId::from("0"));
                hits.clear();
            } else {
                hits.retain(|hit| hit.changed.as_millisecond() < top);
                self.from = top;
            }
        }
        self.spend(hits.len() as u64);
        hits
    }

    /// Counts what was read, and stops when that is more than the first answer counted.
    fn spend(&mut self, read: u64) {
        let Reach::Left(left) = self.reach else { return };
        if read > left && !self.done {
            self.reach = Reach::Stopped;
            self.done = true;
        } else {
            self.reach = Reach::Left(left.saturating_sub(read));
        }
    }

    fn take_drained(&mut self, hits: &[Hit], last_page: bool) {
        let last = hits.last().map(|hit| hit.id.clone());
        if last_page || last.is_none() || last == self.drained {
            self.drained = None;
            self.from += 1;
            self.done = self.from > self.until;
        } else {
            self.drained = last;
        }
    }
}

fn stamp(millisecond: i64) -> Timestamp {
    Timestamp::from_millisecond(millisecond).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
