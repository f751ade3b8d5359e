//! NPS: what customers answered to "would you recommend us", from 0 to 10.
//!
//! Of each contact the latest answer within a time counts: of twelve months for the score, of a quarter for the trend.
//! The score is the share of promoters (9 and 10) minus the share of detractors (0 to 6), in points from −100 to 100.
//! Below [`FEWEST`] answers there is no score: too few.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use super::money::Sum;
use super::record::RecordId;
use super::words;

/// What the figure means, as it is printed beside it.
pub const DEFINITION: &str = "each contact's latest answer of the last 12 months counts; score = % giving 9 or 10 − % giving 0 to 6; below 5 answers too few";

/// With fewer answers there is no score.
pub const FEWEST: u32 = 5;
/// So many quarters are in the trend, the running one too.
pub const QUARTERS: i32 = 6;

/// Who speaks in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// Gave 9 or 10: a win.
    Promoter,
    /// Gave 7 or 8.
    Passive,
    /// Gave 0 to 6: a pain.
    Detractor,
}

impl Voice {
    /// Who gives this number.
    pub fn of(score: f64) -> Self {
        if score >= 9.0 {
            Self::Promoter
        } else if score >= 7.0 {
            Self::Passive
        } else {
            Self::Detractor
        }
    }
}

/// How many of each spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Gave 9 or 10.
    pub promoters: u32,
    /// Gave 7 or 8.
    pub passives: u32,
    /// Gave 0 to 6.
    pub detractors: u32,
}

impl Tally {
    /// Counts one more.
    pub fn add(&mut self, voice: Voice) {
        *match voice {
            Voice::Promoter => &mut self.promoters,
            Voice::Passive => &mut self.passives,
            Voice::Detractor => &mut self.detractors,
        } += 1;
    }

    /// How many answers there are.
    pub fn responses(&self) -> u32 {
        self.promoters + self.passives + self.detractors
    }

    /// The score in points, −100 to 100, rounded half to even; unknown with too few answers.
    pub fn score(&self) -> Option<i32> {
        let count = i64::from(self.responses());
        if count < i64::from(FEWEST) {
            return None;
        }
        let hundredfold = 100 * (i64::from(self.promoters) - i64::from(self.detractors));
        let (whole, rest) = (hundredfold.div_euclid(count), hundredfold.rem_euclid(count));
        let up = 2 * rest > count || (2 * rest == count && whole % 2 != 0);
        i32::try_from(whole + i64::from(up)).ok()
    }

    /// The score in words: `+25`, `−9`, `0`, `too few`, and `none` without any answer.
    pub fn words(&self) -> String {
        match (self.responses(), self.score()) {
            (0, _) => "none".to_owned(),
            (_, None) => "too few".to_owned(),
            (_, Some(0)) => "0".to_owned(),
            (_, score) => words::change(score),
        }
    }
}

/// An answer to the survey.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The survey's record.
    pub id: RecordId,
    /// Who answered.
    pub contact: RecordId,
    /// Their name, raw.
    pub who: String,
    /// The accounts that they belong to, by id; the answer is told of the first.
    pub accounts: Vec<RecordId>,
    /// When they answered (UTC).
    pub at: Timestamp,
    /// The same in my time zone.
    pub day: Date,
    /// What they gave, 0 to 10.
    pub score: f64,
    /// What they wrote, raw; empty when nothing.
    pub words: String,
}

/// An account that could be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surveyed {
    /// Its id.
    pub id: RecordId,
    /// Its name, raw.
    pub name: String,
    /// Its segment on that day, raw.
    pub segment: Option<String>,
    /// Its CSM on that day, raw.
    pub owner: Option<String>,
    /// ARR in minor units of the reporting currency on that day.
    pub arr: Option<i64>,
    /// Whether more of it is unknown.
    pub arr_at_least: bool,
    /// How many contacts it had then.
    pub contacts: u32,
    /// Whether it was a customer then; an account that has left is not silent.
    pub customer: bool,
}

/// An answer as it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Verbatim {
    /// The account.
    pub account: RecordId,
    /// Its name, raw.
    pub name: String,
    /// Who answered, raw.
    pub who: String,
    /// The day.
    pub day: Date,
    /// What they gave, 0 to 10.
    pub score: f64,
    /// What they wrote, raw; empty when nothing.
    pub words: String,
}

/// An account that has contacts and gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silent {
    /// The account.
    pub account: RecordId,
    /// Its name, raw.
    pub name: String,
    /// ARR in minor units of the reporting currency.
    pub arr: Option<i64>,
    /// Whether more of it is unknown.
    pub arr_at_least: bool,
    /// How many contacts could have been asked.
    pub contacts: u32,
    /// The day of the last answer before; `None` when there never was one.
    pub last: Option<Date>,
}

/// A quarter of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quarter {
    /// Its first day.
    pub from: Date,
    /// Who spoke in it.
    pub tally: Tally,
}

impl Quarter {
    /// `2026 Q4`.
    pub fn name(&self) -> String {
        format!("{} Q{}", self.from.year(), (self.from.month() - 1) / 3 + 1)
    }
}

/// The accounts of one segment or CSM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name, raw; `None` for those that have none.
    pub name: Option<String>,
    /// Who spoke.
    pub tally: Tally,
    /// How many of its accounts are silent.
    pub silent: u32,
    /// How many accounts it has: customers with contacts, and those whose answers count though they have left.
    pub accounts: u32,
}

/// What customers answered, as known by the end of a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The last day that counts.
    pub day: Date,
    /// The first day whose answers count.
    pub from: Date,
    /// What keeps answers from being read; then nothing is known.
    pub unread: Option<String>,
    /// Everybody.
    pub tally: Tally,
    /// The quarters, oldest first.
    pub quarters: Vec<Quarter>,
    /// 9 and 10, newest first.
    pub wins: Vec<Verbatim>,
    /// 7 and 8, newest first.
    pub passives: Vec<Verbatim>,
    /// 0 to 6, newest first.
    pub pains: Vec<Verbatim>,
    /// Accounts with contacts and no answer, by ARR.
    pub silent: Vec<Silent>,
    /// How many accounts there are with contacts.
    pub askable: u32,
    /// Answers of contacts who belong to none of the accounts: they count nowhere.
    pub of_nobody: u32,
    /// By segment, by name; those that have none last.
    pub segments: Vec<Group>,
    /// By CSM, by name; those that have none last.
    pub owners: Vec<Group>,
}

impl Report {
    /// ARR of the silent accounts.
    pub fn silent_arr(&self) -> Sum {
        let mut sum = Sum::default();
        for silent in &self.silent {
            sum.add(silent.arr);
            sum.unknown += u32::from(silent.arr.is_some() && silent.arr_at_least);
        }
        sum
    }
}

/// The first day of the twelve months that end with a day.
pub fn window(day: Date) -> Date {
    let before = day.checked_sub(Span::new().years(1));
    before.and_then(Date::tomorrow).unwrap_or(Date::MIN)
}

/// The report by the end of a day. Accounts and answers may come in any order; later answers do not count.
pub fn report(day: Date, accounts: &[Surveyed], answers: &[Answer]) -> Report {
    let from = window(day);
    let by_id: BTreeMap<&RecordId, &Surveyed> = accounts.iter().map(|one| (&one.id, one)).collect();
    let (known, of_nobody): (Vec<&Answer>, Vec<&Answer>) = answers
        .iter()
        .filter(|answer| answer.day <= day)
        .partition(|answer| home(answer, &by_id).is_some());
    let counted = latest(&known, from, day);
    let mut report = Report {
        day,
        from,
        unread: None,
        tally: tally(&counted),
        quarters: quarters(day, &known),
        wins: Vec::new(),
        passives: Vec::new(),
        pains: Vec::new(),
        silent: silent(accounts, &known, from),
        askable: 0,
        of_nobody: of_nobody.iter().filter(|one| one.day >= from).count() as u32,
        segments: Vec::new(),
        owners: Vec::new(),
    };
    for answer in &counted {
        let Some(account) = home(answer, &by_id) else {
            continue;
        };
        let verbatim = Verbatim {
            account: account.id.clone(),
            name: account.name.clone(),
            who: answer.who.clone(),
            day: answer.day,
            score: answer.score,
            words: answer.words.clone(),
        };
        match Voice::of(answer.score) {
            Voice::Promoter => report.wins.push(verbatim),
            Voice::Passive => report.passives.push(verbatim),
            Voice::Detractor => report.pains.push(verbatim),
        }
    }
    let askable = |one: &&Surveyed| one.customer && one.contacts > 0;
    report.askable = accounts.iter().filter(askable).count() as u32;
    let silent: BTreeSet<&RecordId> = report.silent.iter().map(|one| &one.account).collect();
    let answered: BTreeSet<&RecordId> = counted
        .iter()
        .filter_map(|answer| Some(&home(answer, &by_id)?.id))
        .collect();
    let grouped = |name: fn(&Surveyed) -> &Option<String>| {
        let mut groups: BTreeMap<(bool, &Option<String>), Group> = BTreeMap::new();
        let mut of = |account: &'_ Surveyed, change: &dyn Fn(&mut Group)| {
            let Some(account) = by_id.get(&account.id) else {
                return;
            };
            let own = name(account);
            let group = groups.entry((own.is_none(), own)).or_insert_with(|| Group {
                name: own.clone(),
                tally: Tally::default(),
                silent: 0,
                accounts: 0,
            });
            change(group);
        };
        for account in accounts
            .iter()
            .filter(|one| askable(one) || answered.contains(&one.id))
        {
            let is_silent = silent.contains(&account.id);
            of(account, &|group| {
                group.accounts += 1;
                group.silent += u32::from(is_silent);
            });
        }
        for answer in &counted {
            if let Some(account) = home(answer, &by_id) {
                of(account, &|group| group.tally.add(Voice::of(answer.score)));
            }
        }
        groups.into_values().collect::<Vec<_>>()
    };
    let (segments, owners) = (grouped(|one| &one.segment), grouped(|one| &one.owner));
    (report.segments, report.owners) = (segments, owners);
    report
}

/// The account that an answer is told of: the first of its contact's that is there.
fn home<'a>(answer: &Answer, by_id: &BTreeMap<&RecordId, &'a Surveyed>) -> Option<&'a Surveyed> {
    answer.accounts.iter().find_map(|id| by_id.get(id).copied())
}

/// The latest answer of each contact between two days, inclusive, newest first.
fn latest<'a>(answers: &[&'a Answer], from: Date, until: Date) -> Vec<&'a Answer> {
    let mut last: BTreeMap<&RecordId, &Answer> = BTreeMap::new();
    let within = |answer: &&&Answer| answer.day >= from && answer.day <= until;
    for answer in answers.iter().filter(within) {
        let kept = last.entry(&answer.contact).or_insert(answer);
        if (answer.at, &answer.id) > (kept.at, &kept.id) {
            *kept = answer;
        }
    }
    let mut found: Vec<&Answer> = last.into_values().collect();
    found.sort_by(|one, other| (other.at, &other.id).cmp(&(one.at, &one.id)));
    found
}

fn tally(answers: &[&Answer]) -> Tally {
    let mut tally = Tally::default();
    for answer in answers {
        tally.add(Voice::of(answer.score));
    }
    tally
}

/// The quarters up to the one of the day, oldest first.
fn quarters(day: Date, answers: &[&Answer]) -> Vec<Quarter> {
    let months = i32::from(day.year()) * 12 + i32::from(day.month() - 1) / 3 * 3;
    let first = |back: i32| {
        let months = months - 3 * back;
        let year = i16::try_from(months.div_euclid(12)).ok()?;
        Date::new(year, (months.rem_euclid(12) + 1) as i8, 1).ok()
    };
    let quarter = |back| {
        let from = first(back)?;
        let next = first(back - 1)?.yesterday().ok()?;
        Some(Quarter {
            from,
            tally: tally(&latest(answers, from, next.min(day))),
        })
    };
    (0..QUARTERS).rev().filter_map(quarter).collect()
}

/// Customers with contacts of whom none answered since a day, by ARR, those without a known one last.
fn silent(accounts: &[Surveyed], answers: &[&Answer], from: Date) -> Vec<Silent> {
    let mut last: BTreeMap<&RecordId, Date> = BTreeMap::new();
    for answer in answers {
        for account in &answer.accounts {
            let day = last.entry(account).or_insert(answer.day);
            *day = answer.day.max(*day);
        }
    }
    let mut silent: Vec<Silent> = accounts
        .iter()
        .filter(|one| one.customer && one.contacts > 0)
        .filter(|one| last.get(&one.id).is_none_or(|day| *day < from))
        .map(|one| Silent {
            account: one.id.clone(),
            name: one.name.clone(),
            arr: one.arr,
            arr_at_least: one.arr_at_least,
            contacts: one.contacts,
            last: last.get(&one.id).copied(),
        })
        .collect();
    silent.sort_by(|one, other| {
        let key = |silent: &Silent| (silent.arr.is_none(), std::cmp::Reverse(silent.arr));
        (key(one), &one.account).cmp(&(key(other), &other.account))
    });
    silent
}

#[cfg(test)]
mod tests;
