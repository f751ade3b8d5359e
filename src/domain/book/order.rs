//! Orders of a book: by any column, either way, the unknown always last, ties in row order.

use super::{Book, NO_DELTA, NO_MONEY, NO_SCORE};
use crate::domain::summary::CHURNED;

/// What a list of accounts can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// Worst first, by the engine's own key.
    Worst,
    /// Name, by alphabet.
    Name,
    /// Annual recurring revenue.
    Arr,
    /// Health score.
    Health,
    /// Share of the model's weight with fresh data.
    Coverage,
    /// Change of the score since my last look.
    Delta,
    /// Change of the score over the weeks of the trend.
    Trend,
    /// The last day on which the customer can still leave: those to come before those that have passed.
    Notice,
    /// Segment, by alphabet.
    Segment,
    /// Lifecycle stage, by alphabet.
    Stage,
    /// Name of the CSM, by alphabet.
    Csm,
    /// Day of the last touchpoint.
    LastTouch,
    /// Money at stake.
    AtStake,
}

/// A column and a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// Whether the largest comes first.
    pub descending: bool,
}

impl Default for Sort {
    fn default() -> Self {
        Self {
            by: SortBy::Worst,
            descending: false,
        }
    }
}

/// Row numbers, each with the key it is sorted by.
type Keyed = Vec<(u64, u32)>;

/// The key of the unknown, which come last.
const UNKNOWN: u64 = u64::MAX;

impl Book {
    /// All rows in this order. The unknown come last whichever the direction; ties keep row order.
    pub fn order(&self, sort: Sort) -> Vec<u32> {
        let keyed = (0..self.len() as u32).map(|row| (self.place(sort, row), row));
        radix_sorted(keyed.collect())
            .into_iter()
            .map(|(_, row)| row)
            .collect()
    }

    /// The same rows with the first `most` of them by this order in front, in order; the rest follow in no order that
    /// means anything. For what shows at once, while the whole order is worked out.
    pub fn begun(&self, sort: Sort, rows: &[u32], most: usize) -> Vec<u32> {
        let most = most.min(rows.len());
        // All rows are looked at as they lie in memory, whatever order they were in: that takes a third of the time.
        let all: Vec<u32>;
        let rows = if rows.len() == self.len() {
            all = (0..self.len() as u32).collect();
            &all
        } else {
            rows
        };
        // Twice as many are gathered before the worse half is dropped: most rows cost one comparison.
        let mut first: Keyed = Vec::with_capacity(most * 2 + 1);
        let mut bound = (UNKNOWN, u32::MAX);
        for row in rows {
            let keyed = (self.place(sort, *row), *row);
            if keyed < bound {
                first.push(keyed);
            }
            if first.len() > most * 2 {
                let (_, worst, _) = first.select_nth_unstable(most);
                bound = *worst;
                first.truncate(most);
            }
        }
        first.sort_unstable();
        first.truncate(most);
        let mut picked = vec![0_u64; self.len().div_ceil(64)];
        for (_, row) in &first {
            picked[*row as usize / 64] |= 1 << (row % 64);
        }
        let is_left = |row: &u32| picked[*row as usize / 64] >> (row % 64) & 1 == 0;
        let mut begun = Vec::with_capacity(rows.len());
        begun.extend(first.into_iter().map(|(_, row)| row));
        begun.extend(rows.iter().copied().filter(is_left));
        begun
    }

    /// A number by which a row sorts: the smallest comes first, [`UNKNOWN`] last.
    fn place(&self, sort: Sort, row: u32) -> u64 {
        match self.key(sort.by, row) {
            Some(key) if sort.by == SortBy::Notice => self.notice_place(key, sort.descending),

            Some(key) if sort.descending => UNKNOWN - 1 - key,
            Some(key) => key,
            None => UNKNOWN,
        }
    }

    /// Where a notice date stands: those to come first, in either direction; those that have passed behind them, the one that
    /// passed last before the others.
    fn notice_place(&self, day: u64, descending: bool) -> u64 {
        let back = u64::from(u32::MAX) - day;
        match day < u64::from(self.today) {
            true => (1 << 32) + back,
            false if descending => back,
            false => day,
        }
    }

    /// A number that sorts as the column does; `None` is unknown. Never `u64::MAX`.
    fn key(&self, by: SortBy, row: u32) -> Option<u64> {
        let at = row as usize;
        let known = |key: u32| (key != 0).then_some(u64::from(key));
        match by {
            SortBy::Worst => Some(signed(self.worst[at])),
            SortBy::Name => Some(u64::from(self.named.ranks[self.called(row) as usize])),
            SortBy::Arr => (self.arr[at] != NO_MONEY).then(|| signed(self.arr[at])),
            SortBy::AtStake => (self.at_stake[at] != NO_MONEY).then(|| signed(self.at_stake[at])),
            SortBy::Health => (self.score[at] != NO_SCORE).then(|| u64::from(self.score[at])),
            // The model is not for who has left.
            SortBy::Coverage => (self.worst[at] != CHURNED).then(|| u64::from(self.coverage[at])),
            SortBy::Delta => (self.delta[at] != NO_DELTA).then(|| signed(self.delta[at].into())),
            SortBy::Trend => trend_change(self.trend[at]).map(|change| signed(change.into())),
            // Nothing is awaited of who has left.
            SortBy::Notice if self.worst[at] == CHURNED => None,
            SortBy::Notice => known(self.notice[at]),
            SortBy::LastTouch => known(self.last_touch[at]),
            SortBy::Segment => known(self.segment.code(row)),
            SortBy::Stage => known(self.stage.code(row)),
            SortBy::Csm => known(self.csm.code(row)),
        }
    }
}

/// Shifts a signed number so that its order is kept; the very largest two are one.
fn signed(number: i64) -> u64 {
    ((number as u64) ^ (1 << 63)).min(u64::MAX - 1)
}

/// Last known score of the trend less its first known one.
fn trend_change(trend: [u8; 8]) -> Option<i16> {
    let known = || trend.iter().filter(|score| **score != NO_SCORE);
    let first = known().next()?;
    known()
        .next_back()
        .map(|last| i16::from(*last) - i16::from(*first))
}

/// Sorts by key, stable: one counting pass for each 11 bits in which the keys differ at all.
fn radix_sorted(mut keyed: Keyed) -> Keyed {
    const BITS: u32 = 11;
    let all = keyed.iter().fold(u64::MAX, |all, (key, _)| all & key);
    let any = keyed.iter().fold(0, |any, (key, _)| any | key);
    let mut other = vec![(0, 0); keyed.len()];
    for shift in (0..u64::BITS).step_by(BITS as usize) {
        let digit = |key: u64| (key >> shift) as usize & ((1 << BITS) - 1);
        if digit(all ^ any) == 0 {
            continue;
        }
        let mut places = [0_usize; 1 << BITS];
        for (key, _) in &keyed {
            places[digit(*key)] += 1;
        }
        let mut next = 0;
        for place in &mut places {
            next += std::mem::replace(place, next);
        }
        for entry in &keyed {
            let place = &mut places[digit(entry.0)];
            other[*place] = *entry;
            *place += 1;
        }
        std::mem::swap(&mut keyed, &mut other);
    }
    keyed
}
