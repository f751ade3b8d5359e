//! All accounts in memory: one immutable table of columns, built once and shared.
//!
//! 100,000 accounts take some 22 MB, half of it what they are called (`naming`): texts lie in three arenas, figures in one vector per column. A row
//! is a number; orders and filters are lists of row numbers ([`order`], [`search`]). Nothing here changes
//! after [`Filling::finish`]; new data is a new book.

mod arena;
mod naming;
pub mod order;
mod people;
pub mod search;
#[cfg(test)]
mod tests;
pub mod trial;

use std::sync::Arc;

use jiff::civil::Date;

use self::arena::Words;
use self::naming::{Named, Naming};
use self::people::People;
use super::health::Seen;
use super::money::Sum;
use super::record::RecordId;
use super::summary::{Band, CHURNED, Summary};
use super::text::SafeText;

/// Stands for an unknown amount inside the columns.
const NO_MONEY: i64 = i64::MIN;
/// Stands for an unknown change inside the columns.
const NO_DELTA: i16 = i16::MIN;
/// Stands for an unknown score, also in [`Summary::trend`].
const NO_SCORE: u8 = u8::MAX;

/// All accounts in scope, column by column.
#[derive(Debug, Default)]
pub struct Book {
    /// What accounts are called: most of a book's memory, shared with the book before it.
    named: Arc<Named>,
    /// At which entry of these each row is called.
    called: Vec<u32>,
    arr: Vec<i64>,
    at_stake: Vec<i64>,
    worst: Vec<i64>,
    notice: Vec<u32>,
    ends: Vec<u32>,
    last_touch: Vec<u32>,
    delta: Vec<i16>,
    warnings: Vec<u16>,
    score: Vec<u8>,
    band: Vec<Band>,
    last_band: Vec<Option<Band>>,
    coverage: Vec<u8>,
    flags: Vec<u8>,
    trend: Vec<[u8; 8]>,
    /// What each measure sees, row by row.
    measured: Vec<u16>,
    /// Where the measures of a row end.
    measured_ends: Vec<u32>,
    segment: Words,
    stage: Words,
    csm: People,
    /// ARR and money at stake over all rows.
    sums: (Sum, Sum),
    /// The day that it is told of, packed: a notice date before it has passed. 0 where it is told of no day.
    today: u32,
    /// Whether its lines are masked for others.
    redacted: bool,
}

/// A book that is being filled, account by account, so that nobody needs to hold all of them as [`Summary`] too.
#[derive(Debug, Default)]
pub struct Filling {
    book: Book,
    naming: Naming,
}

impl Filling {
    /// With room for so many accounts: growing by doubling would take up to three times the room meanwhile. What the
    /// accounts are called is shared with the book before, if it is the same.
    pub fn with_room(accounts: usize, before: Option<&Book>) -> Self {
        let mut book = Book::default();
        for column in [&mut book.arr, &mut book.at_stake, &mut book.worst] {
            column.reserve_exact(accounts);
        }
        for column in [
            &mut book.notice,
            &mut book.ends,
            &mut book.last_touch,
            &mut book.measured_ends,
        ] {
            column.reserve_exact(accounts);
        }
        for column in [&mut book.score, &mut book.coverage, &mut book.flags] {
            column.reserve_exact(accounts);
        }
        book.trend.reserve_exact(accounts);
        book.delta.reserve_exact(accounts);
        book.warnings.reserve_exact(accounts);
        book.band.reserve_exact(accounts);
        book.last_band.reserve_exact(accounts);
        let naming = before.map(|before| Naming::after(&before.named));
        Self {
            book,
            naming: naming.unwrap_or_default(),
        }
    }

    /// The day that it is told of.
    #[must_use]
    pub fn on(mut self, today: Date) -> Self {
        self.book.today = pack(Some(today));
        self
    }

    /// Its lines are masked for others.
    #[must_use]
    pub fn redacted(mut self) -> Self {
        self.book.redacted = true;
        self
    }

    /// Adds an account as the next row.
    pub fn add(&mut self, summary: &Summary) {
        let name = SafeText::line(&summary.name);
        let text = search_text(name.as_str(), summary);
        self.naming.push(summary.id.as_str(), name.as_str(), &text);
        self.book.push(summary);
    }

    /// The book, from now on as it is. What was set aside to grow goes: the book stays as long as the program runs.
    pub fn finish(mut self) -> Book {
        (self.book.named, self.book.called) = self.naming.finish();
        self.book.finish();
        self.book.shrink();
        self.book
    }
}

/// ARR is "at least": part of it is unknown.
const AT_LEAST: u8 = 1;
/// Renews every month.
const MONTHLY: u8 = 2;

impl Book {
    /// A book of these accounts; row numbers follow the order in which they come.
    pub fn from_summaries(summaries: impl IntoIterator<Item = Summary>) -> Self {
        let mut filling = Filling::default();
        for summary in summaries {
            filling.add(&summary);
        }
        filling.finish()
    }

    /// Whether its lines are masked for others.
    pub fn is_redacted(&self) -> bool {
        self.redacted
    }

    fn push(&mut self, summary: &Summary) {
        self.arr.push(summary.arr.unwrap_or(NO_MONEY));
        self.at_stake.push(summary.at_stake.unwrap_or(NO_MONEY));
        self.worst.push(summary.worst);
        self.notice.push(pack(summary.notice_by));
        self.ends.push(pack(summary.ends));
        self.last_touch.push(pack(summary.last_touch));
        self.delta.push(summary.delta.unwrap_or(NO_DELTA));
        self.warnings.push(summary.open_warnings);
        self.score.push(summary.score.unwrap_or(NO_SCORE));
        self.band.push(summary.band);
        self.last_band.push(summary.last_band);
        self.coverage.push(summary.coverage);
        let at_least = if summary.arr_at_least { AT_LEAST } else { 0 };
        self.flags
            .push(at_least | if summary.monthly { MONTHLY } else { 0 });
        self.trend.push(summary.trend);
        self.measured
            .extend(summary.measured.iter().map(|seen| seen.packed()));
        self.measured_ends.push(self.measured.len() as u32);
        self.segment.push(summary.segment.as_deref());
        self.stage.push(summary.stage.as_deref());
        let csm = summary.csm.as_ref().map(RecordId::as_str);
        self.csm.push(csm, summary.csm_name.as_deref());
    }

    /// Ranks the words, so that every later sort is one of numbers.
    fn finish(&mut self) {
        for words in [&mut self.segment, &mut self.stage] {
            words.rank();
        }
        self.csm.rank();
        self.sums = self.added_up(0..self.len() as u32);
    }

    fn shrink(&mut self) {
        for words in [&mut self.segment, &mut self.stage] {
            words.shrink();
        }
        self.csm.shrink();
        for column in [&mut self.arr, &mut self.at_stake, &mut self.worst] {
            column.shrink_to_fit();
        }
        for column in [
            &mut self.notice,
            &mut self.ends,
            &mut self.last_touch,
            &mut self.measured_ends,
        ] {
            column.shrink_to_fit();
        }
        for column in [&mut self.score, &mut self.coverage, &mut self.flags] {
            column.shrink_to_fit();
        }
        self.delta.shrink_to_fit();
        self.warnings.shrink_to_fit();
        self.band.shrink_to_fit();
        self.last_band.shrink_to_fit();
        self.trend.shrink_to_fit();
        self.measured.shrink_to_fit();
    }

    /// At which entry of what accounts are called a row stands.
    fn called(&self, row: u32) -> u32 {
        self.called[row as usize]
    }

    /// How many accounts there are.
    pub fn len(&self) -> usize {
        self.arr.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.arr.is_empty()
    }

    /// The account in this row, or `None` past the end.
    pub fn row(&self, row: u32) -> Option<Row<'_>> {
        ((row as usize) < self.len()).then_some(Row { book: self, row })
    }

    /// The row of the account with this id.
    pub fn find(&self, id: &RecordId) -> Option<u32> {
        let entry = self.named.ids.find(id.as_str())?;
        let row = self.called.iter().position(|called| *called == entry)?;
        Some(row as u32)
    }

    /// ARR and money at stake over these rows, none of which comes twice; minor units of the reporting currency.
    pub fn sums(&self, rows: &[u32]) -> (Sum, Sum) {
        if rows.len() == self.len() {
            return self.sums;
        }
        self.added_up(rows.iter().copied())
    }

    fn added_up(&self, rows: impl Iterator<Item = u32>) -> (Sum, Sum) {
        let (mut arr, mut at_stake) = (Sum::default(), Sum::default());
        for row in rows.filter_map(|row| self.row(row)) {
            arr.add(row.arr());
            if row.arr_at_least() {
                arr.unknown += 1;
            }
            at_stake.add(row.at_stake());
        }
        (arr, at_stake)
    }
}

/// What a filter looks at of an account whose name is shown so: name, domain and former names, lower case, each in a field of its own.
pub fn search_text(name: &str, summary: &Summary) -> String {
    let mut text = name.to_lowercase();
    for more in summary.domain.iter().chain(&summary.former_names) {
        text.push('\t');
        text.push_str(&SafeText::line(more).as_str().to_lowercase());
    }
    text
}

/// A date as a number of the same order; 0 is unknown.
fn pack(date: Option<Date>) -> u32 {
    date.map_or(0, |date| {
        let year = (i32::from(date.year()) + 10_000) as u32;
        year << 9 | u32::from(date.month().unsigned_abs()) << 5 | u32::from(date.day().unsigned_abs())
    })
}

fn unpack(packed: u32) -> Option<Date> {
    let year = (packed >> 9) as i32 - 10_000;
    Date::new(year as i16, (packed >> 5 & 15) as i8, (packed & 31) as i8).ok()
}

/// One account of a [`Book`].
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    book: &'a Book,
    row: u32,
}

impl<'a> Row<'a> {
    /// The account's id in the CRM.
    pub fn id(&self) -> &'a str {
        self.book.named.ids.get(self.book.called(self.row))
    }

    /// Its name, safe to show.
    pub fn name(&self) -> &'a str {
        self.book.named.names.get(self.book.called(self.row))
    }

    /// Known ARR, minor units of the reporting currency.
    pub fn arr(&self) -> Option<i64> {
        self.money(&self.book.arr)
    }

    /// Whether part of the ARR is unknown, so that it is "at least".
    pub fn arr_at_least(&self) -> bool {
        self.book.flags[self.row as usize] & AT_LEAST != 0
    }

    /// Whether the account has left.
    pub fn has_churned(&self) -> bool {
        self.book.worst[self.row as usize] == CHURNED
    }

    /// Money at stake, minor units of the reporting currency.
    pub fn at_stake(&self) -> Option<i64> {
        self.money(&self.book.at_stake)
    }

    fn money(&self, column: &[i64]) -> Option<i64> {
        Some(column[self.row as usize]).filter(|minor| *minor != NO_MONEY)
    }

    /// Health score 0 to 100.
    pub fn score(&self) -> Option<u8> {
        Some(self.book.score[self.row as usize]).filter(|score| *score != NO_SCORE)
    }

    /// Band of the score.
    pub fn band(&self) -> Band {
        self.book.band[self.row as usize]
    }

    /// With an unknown band: the last one known.
    pub fn last_band(&self) -> Option<Band> {
        self.book.last_band[self.row as usize]
    }

    /// Share of the model's weight whose measure is fresh, in percent.
    pub fn coverage(&self) -> u8 {
        self.book.coverage[self.row as usize]
    }

    /// Change of the score since my last look.
    pub fn delta(&self) -> Option<i16> {
        Some(self.book.delta[self.row as usize]).filter(|delta| *delta != NO_DELTA)
    }

    /// Eight scores, oldest first, four weeks apart; 255 is unknown.
    pub fn trend(&self) -> [u8; 8] {
        self.book.trend[self.row as usize]
    }

    /// What a measure of the model sees; nothing where the model that judged the account had no such measure.
    pub fn seen(&self, measure: usize) -> Seen {
        let ends = &self.book.measured_ends;
        let at = self.row as usize;
        let begin = at.checked_sub(1).map_or(0, |before| ends[before]) as usize;
        let own = &self.book.measured[begin..ends[at] as usize];
        own.get(measure)
            .map_or_else(Seen::default, |packed| Seen::unpacked(*packed))
    }

    /// The last day on which the customer can still leave.
    pub fn notice_by(&self) -> Option<Date> {
        unpack(self.book.notice[self.row as usize])
    }

    /// The day on which the next contract ends.
    pub fn ends(&self) -> Option<Date> {
        unpack(self.book.ends[self.row as usize])
    }

    /// Whether the contract renews every month.
    pub fn monthly(&self) -> bool {
        self.book.flags[self.row as usize] & MONTHLY != 0
    }

    /// Day of the last touchpoint.
    pub fn last_touch(&self) -> Option<Date> {
        unpack(self.book.last_touch[self.row as usize])
    }

    /// How many warnings are open.
    pub fn open_warnings(&self) -> u16 {
        self.book.warnings[self.row as usize]
    }

    /// Segment, safe to show.
    pub fn segment(&self) -> Option<&'a str> {
        self.book.segment.get(self.row)
    }

    /// Lifecycle stage, safe to show.
    pub fn stage(&self) -> Option<&'a str> {
        self.book.stage.get(self.row)
    }

    /// Name of the CSM, safe to show.
    pub fn csm(&self) -> Option<&'a str> {
        self.book.csm.name(self.row)
    }

    /// Id of the CSM's owner record: who it is, whatever they are called.
    pub fn csm_id(&self) -> Option<&'a str> {
        self.book.csm.id(self.row)
    }
}
