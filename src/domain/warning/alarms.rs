//! How a team's alarms do: what each version of each signal fired, what people judged of it and did about it, and what
//! would have been better.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::event::Verdict;
use super::gauge::{Gauge, UNIT};
use super::life::Life;
use super::state::{Plan, Stage};
use crate::domain::desk::WarningKind;
use crate::domain::expression::Unit;
use crate::domain::{values, wilson, words};

/// A signal of whose judged warnings surely less than this were news, in percent, had better be silent.
const MUTE_BELOW: u8 = 50;
/// A threshold is moved for so many cases of noise at least.
const FEWEST_NOISE: usize = 3;

/// A warning so many days before an account left has to do with it; a churn without one is missed.
const BEFORE_CHURN: std::ops::RangeInclusive<i32> = 0..=365;

/// Whether a warning so many days before an account left has to do with it.
pub fn foretells(days_before: i32) -> bool {
    BEFORE_CHURN.contains(&days_before)
}

/// An occurrence of a signal with what became of its account.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The occurrence.
    pub life: &'a Life,
    /// What runs of playbooks do about it.
    pub plans: &'a [Plan],
    /// The day in my zone on which it opened.
    pub day: Date,
    /// The first day after it opened on which the account turned red, by the model of the day before, and had not left.
    pub red: Option<Date>,
    /// The day on which the account left.
    pub churned: Option<Date>,
}

impl Case<'_> {
    /// What is judged of it: by a person, or for a risk since the account left and nobody said anything.
    pub fn judged(&self) -> Option<Verdict> {
        let said = self.life.closing().map(|(closed, _)| closed.verdict);
        // That a chance was there, or data were wrong, says nothing of why an account left.
        let is_risk = self.life.opened.kind == WarningKind::Risk;
        // One that opened after that had warned of nothing.
        let warned = self
            .churned
            .is_none_or(|churned| foretells(words::days(self.day, churned)));
        let came_true = is_risk && warned && self.life.stage(self.plans) == Stage::Lost;
        said.or(came_true.then_some(Verdict::Real))
    }
}

/// What a version of a signal did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// How often it fired, standing ones too.
    pub fired: u32,
    /// Of those, how many were there before the signal was looked for.
    pub standing: u32,
    /// How many somebody acted on, see [`Life::was_acted_on`].
    pub acted: u32,
    /// How many are true and were news: by a person's word, or for a risk since the account left without one.
    pub real: u32,
    /// How many are true and were known.
    pub known: u32,
    /// How many are not true or do not matter.
    pub noise: u32,
    /// How many cleared by themselves.
    pub recovered: u32,
    /// How many ended with the account.
    pub lost: u32,
    /// How many ended as the configuration had their signal no more.
    pub withdrawn: u32,
    /// How many are open now.
    pub open: u32,
    /// How many of those are held back.
    pub held: u32,
    /// Days from firing to the account's notice date.
    pub to_notice: Vec<i32>,
    /// Days from firing until the account was red.
    pub to_red: Vec<i32>,
    /// Days from firing until the account left.
    pub to_churn: Vec<i32>,
    /// The number that it is about as it fired, in thousandths, with what was judged.
    pub levels: Vec<(i64, Verdict)>,
    /// The same number of those that nobody judged.
    #[serde(default)]
    pub unjudged: Vec<i64>,
}

/// A version of a signal.
pub type Version = (String, u32);

/// What a better threshold would have done to the warnings that were judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// The threshold, in thousandths.
    pub to: i64,
    /// How many cases of noise would not have fired.
    pub noise_less: u32,
    /// Of how many.
    pub noise: u32,
    /// How many that were known would not have fired either.
    pub known_less: u32,
    /// How many that nobody judged would not have fired either.
    pub unjudged_less: u32,
    /// Of how many.
    pub unjudged: u32,
    /// How many were real: all of them would have fired.
    pub real: u32,
}

impl Tally {
    /// How many were judged.
    pub fn judged(&self) -> u32 {
        self.real + self.known + self.noise
    }

    /// The share of judged warnings that were true and news, in percent, rounded half to even.
    pub fn precision(&self) -> Option<u8> {
        let judged = self.judged();
        let share =
            crate::domain::rates::round_half_even(i128::from(self.real) * 100, i128::from(judged.max(1)));
        (judged > 0).then_some(share as u8)
    }

    /// Its 95 % interval in percent; `None` where too few were judged.
    pub fn interval(&self) -> Option<(u8, u8)> {
        wilson::interval(self.real, self.judged())
    }

    /// Whether it had better be silent: surely less than half of what it says is news.
    pub fn is_better_mute(&self) -> bool {
        self.interval().is_some_and(|(_, high)| high < MUTE_BELOW)
    }

    /// The nearest threshold under which the least noise would have fired, and all that was real would still have. It is one
    /// that words show as it is, no nearer to what was real than what is rounded. `None` where a condition holds without its
    /// number.
    pub fn better_threshold(&self, gauge: &Gauge<'_>) -> Option<Moved> {
        let of = |verdict: Verdict| {
            let levels = self.levels.iter().filter(move |(_, judged)| *judged == verdict);
            levels.map(|(level, _)| gauge.harm(*level))
        };
        let unit = gauge.evidence.value.unit();
        // Levels are kept in thousandths: rounded, unless they are whole numbers.
        let is_exact = match unit {
            Unit::Days | Unit::Hours => true,
            Unit::Plain => self.levels.iter().all(|(level, _)| level % UNIT == 0),
            Unit::Share | Unit::Ratio | Unit::Daily => false,
        };
        let grain = if is_exact { UNIT } else { values::grain(unit) };
        let reaches = of(Verdict::Real).min()? - i64::from(!(is_exact && gauge.at_it));
        let farthest = reaches.div_euclid(grain) * grain;
        // As harm rises above it the condition holds; at it, or within what was rounded, it may.
        let within = i64::from(is_exact && !gauge.at_it);
        let worst = of(Verdict::Noise)
            .filter(|harm| *harm < farthest + within)
            .max()?;
        // Upwards, to what words show.
        let to = -(within - 1 - worst).div_euclid(grain) * grain;
        let silent = |harm: &i64| *harm < to + within;
        let less = |verdict| of(verdict).filter(silent).count();
        let unjudged = self.unjudged.iter().map(|level| gauge.harm(*level));
        let (noise, noise_less) = (of(Verdict::Noise).count(), less(Verdict::Noise));
        let is_better = noise_less >= FEWEST_NOISE && to > gauge.harm(gauge.threshold?);
        // Of what was real and has no level nothing can be said.
        let all_known = of(Verdict::Real).count() == self.real as usize;
        (gauge.needed && all_known && is_better).then(|| Moved {
            to: gauge.harm(to),
            noise_less: noise_less as u32,
            noise: noise as u32,
            known_less: less(Verdict::Known) as u32,
            unjudged_less: unjudged.filter(silent).count() as u32,
            unjudged: self.unjudged.len() as u32,
            real: self.real,
        })
    }

    fn add(&mut self, case: &Case<'_>) {
        let life = case.life;
        let last = life.stage(case.plans);
        self.fired += 1;
        self.standing += u32::from(life.opened.standing);
        self.acted += u32::from(life.was_acted_on(case.plans));
        self.recovered += u32::from(last == Stage::Recovered);
        self.lost += u32::from(last == Stage::Lost);
        self.withdrawn += u32::from(last == Stage::Withdrawn);
        self.open += u32::from(life.is_open());
        self.held += u32::from(life.is_held());
        let judged = case.judged();
        match judged {
            Some(Verdict::Real) => self.real += 1,
            Some(Verdict::Known) => self.known += 1,
            Some(Verdict::Noise) => self.noise += 1,
            None => {}
        }
        match (life.opened.level.gauge, judged) {
            (Some(level), Some(verdict)) => self.levels.push((level, verdict)),
            (Some(level), None) => self.unjudged.push(level),
            (None, _) => {}
        }
        let days = |to: Option<Date>| to.map(|to| words::days(case.day, to)).filter(|days| *days >= 0);
        self.to_notice.extend(days(life.opened.decide_by));
        self.to_red.extend(days(case.red));
        self.to_churn.extend(days(case.churned));
    }
}

/// What each version of each signal did, by the signal's id, its newest version first.
pub fn tallies<'a>(cases: impl IntoIterator<Item = Case<'a>>) -> Vec<(Version, Tally)> {
    let mut found: BTreeMap<Version, Tally> = BTreeMap::new();
    for case in cases {
        let opened = &case.life.opened;
        let version = (opened.signal.clone(), opened.version);
        found.entry(version).or_default().add(&case);
    }
    let mut found: Vec<(Version, Tally)> = found.into_iter().collect();
    found.sort_by(|(one, _), (other, _)| (&one.0, other.1).cmp(&(&other.0, one.1)));
    found
}

/// The middle of some numbers of days, the lower one of two; `None` of none.
pub fn median(days: &[i32]) -> Option<i32> {
    let mut days = days.to_vec();
    days.sort_unstable();
    days.get(days.len().saturating_sub(1) / 2).copied()
}
