//! Signals played back over the past: when each would have spoken, of whom, and before what.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::config::Setup;
use crate::domain::contract::days_between;
use crate::domain::desk::Severity;
use crate::domain::record::RecordId;
use crate::domain::signal::Signal;
use crate::domain::summary::Band;
use crate::domain::warning::alarms::{foretells, median};
use crate::store::{Cache, Ledger};

use super::EngineError;
use super::columns;
use super::judge::Judge;
use super::moment::Moment;
use super::signals::is_asked;
use super::wanted::EXTRA;
use super::world::World;

/// What comes so many days after a warning cleared, or sooner, is still put down to it; what comes later is not.
const CREDIT_DAYS: i32 = 90;

/// One time that a rule would have spoken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firing {
    /// The account.
    pub account: RecordId,
    /// Its name, raw.
    pub name: String,
    /// Its CSM, if there is one.
    pub csm: Option<String>,
    /// The day on which it was first seen to hold.
    pub from: Date,
    /// The day on which it was seen to have cleared, if it was.
    pub until: Option<Date>,
    /// Days from then to the day on which the account left, if that was while it was open or within 90 days after it
    /// cleared, and no longer after it opened than a warning foretells.
    pub before_churn: Option<i32>,
    /// Days from then to the first later day on which its band was red, while it was open or within 90 days after it
    /// cleared.
    pub before_red: Option<i32>,
    /// Whether it held already on the first day that was looked at.
    pub standing: bool,
}

/// What a rule would have said over a time.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Every time that it would have spoken, by day and account.
    pub firings: Vec<Firing>,
    /// Accounts that left within the time without its having spoken before: (account, name, day).
    pub missed: Vec<(RecordId, String, Date)>,
    /// Accounts that left within the time, and it could not be told at any look before.
    pub untold: usize,
    /// Accounts that left within the time.
    pub churns: usize,
    /// Accounts of which it could not be told at one of the looks.
    pub cannot_tell: usize,
    /// What it takes of the budget; `None` of a critical rule, which is outside of it.
    pub load: Option<Load>,
}

/// What a rule takes of a CSM's budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Most new warnings that one CSM had between two looks.
    pub most_between_looks: usize,
    /// New warnings above a CSM's budget between two looks, were there no other signal.
    pub above_budget: usize,
}

/// Which days of the past are looked at.
#[derive(Debug, Clone, Copy)]
pub struct Period {
    /// The end of the first day.
    pub from: Timestamp,
    /// The end of the last day, or now.
    pub until: Timestamp,
    /// Days from one look to the next.
    pub every: i64,
}

impl Period {
    /// New warnings that a CSM may get between two looks, of so many a day: for a week those of its business days.
    pub fn budget(self, a_day: u32) -> usize {
        let days = if self.every >= 7 {
            self.every / 7 * 5
        } else {
            self.every
        };
        a_day as usize * usize::try_from(days).unwrap_or(1)
    }

    /// The instants at which it is looked, the earliest first and the last of them `until`.
    fn instants(self) -> Vec<Timestamp> {
        let step = SignedDuration::from_hours(24 * self.every.max(1));
        let mut instants = Vec::new();
        let mut at = Some(self.until);
        while let Some(instant) = at.filter(|instant| *instant >= self.from) {
            instants.push(instant);
            at = instant.checked_sub(step).ok();
        }
        instants.reverse();
        instants
    }
}

/// Rules played back over the past.
#[derive(Debug, Clone)]
pub struct Played {
    /// How often it was looked.
    pub looks: usize,
    /// What each rule would have said.
    pub histories: Vec<History>,
    /// Of how many accounts the ledger did not know all contracts by one of the looks: what it knew first counts.
    pub contracts_later: usize,
}

/// Plays rules back over the past, all accounts one by one: what each would have said, when, and before what. The
/// histories of contracts, metrics, scores, people, tickets, touches and surveys are those of each day; segments and
/// stages are those of today.
pub fn play_back(
    (cache, ledger): (&Cache, &Ledger),
    setup: &Setup,
    rules: &[&Signal],
    period: Period,
    now: Timestamp,
) -> Result<Played, EngineError> {
    let instants = period.instants();
    // The conditions of a rule that is not in force ask for their own past.
    let mut asking = setup.clone();
    asking
        .signals
        .signals
        .extend(rules.iter().map(|rule| (*rule).clone()));
    let world = World::read(cache, ledger, &asking, now, &instants)?;
    let mut histories = vec![History::default(); rules.len()];
    let mut contracts_later = 0;
    for id in cache.summary_ids()? {
        let Some(row) = columns::read_anew(cache, ledger, &world, &id)? else {
            continue;
        };
        let judge = Judge::new(&world, &row.account, &row.own);
        let looks = EXTRA..EXTRA + instants.len();
        contracts_later += usize::from(looks.clone().any(|at| !judge.knew_contracts_at(at)));
        let red = |at: &usize| {
            judge
                .past_score(*at)
                .is_some_and(|score| world.setup.health.band(&score) == Band::Red)
        };
        let reds: Vec<Date> = looks
            .clone()
            .filter(red)
            .map(|at| world.day(judge.instant(at)))
            .collect();
        for (rule, history) in rules.iter().zip(&mut histories) {
            play_one(rule, &judge, looks.clone(), &reds, history);
        }
    }
    let budget = period.budget(setup.settings.warnings.budget);
    for (rule, history) in rules.iter().zip(&mut histories) {
        history.sum_up((rule.severity != Severity::Critical).then_some(budget));
    }
    Ok(Played {
        looks: instants.len(),
        histories,
        contracts_later,
    })
}

/// One rule on one account.
fn play_one(rule: &Signal, judge: &Judge<'_>, looks: Range<usize>, reds: &[Date], history: &mut History) {
    let first = looks.start;
    let day = |at: usize| judge.world.day(judge.instant(at));
    let mut mine: Vec<Firing> = Vec::new();
    let (mut open, mut could_tell, mut could_not) = (false, false, false);
    for at in looks.clone() {
        let moment = Moment::then(judge, at);
        let asked = is_asked(rule, judge, at);
        let holds = if asked {
            rule.when.holds(&moment)
        } else {
            Some(false)
        };
        could_not |= holds.is_none();
        could_tell |= asked && holds.is_some() && judge.account.churned.is_none_or(|left| day(at) <= left);
        let stays = open && asked && rule.stays(holds, &moment);
        if open && !stays {
            open = false;
            if let Some(last) = mine.last_mut() {
                last.until = Some(day(at));
            }
        }
        if !open && holds == Some(true) {
            open = true;
            mine.push(firing(judge, day(at), at == first));
        }
    }
    history.cannot_tell += usize::from(could_not);
    for one in &mut mine {
        one.credit(judge.account.churned, reds);
    }
    if let Some(left) = judge.account.churned
        && left > day(first)
        && left <= day(looks.end - 1)
    {
        history.churns += 1;
        if !could_tell {
            history.untold += 1;
        } else if mine.iter().all(|one| one.before_churn.is_none()) {
            history
                .missed
                .push((judge.account.id.clone(), judge.account.name.clone(), left));
        }
    }
    history.firings.extend(mine);
}

fn firing(judge: &Judge<'_>, from: Date, standing: bool) -> Firing {
    let csm = judge.account.csm.as_ref();
    Firing {
        account: judge.account.id.clone(),
        name: judge.account.name.clone(),
        csm: csm.map(|csm| judge.world.name_of(csm).unwrap_or(csm.as_str()).to_owned()),
        from,
        until: None,
        before_churn: None,
        before_red: None,
        standing,
    }
}

impl Firing {
    /// Puts down to it what came of the account, given when it left and on which days it was red.
    fn credit(&mut self, left: Option<Date>, reds: &[Date]) {
        let days = |to: Date| days_between(self.from, to);
        let near = |day: Date| {
            let cleared = self.until;
            cleared.is_none_or(|cleared| days_between(cleared, day) <= CREDIT_DAYS)
        };
        // A customer that has left is none of ours to be red.
        let ours = |day: Date| left.is_none_or(|left| day <= left);
        let red = reds.iter().copied().find(|red| *red > self.from && ours(*red));
        self.before_red = red.filter(|red| near(*red)).map(days);
        self.before_churn = left
            .filter(|left| near(*left))
            .map(days)
            .filter(|days| foretells(*days));
    }
}

impl History {
    /// Puts it in order, and counts what it takes of this budget between two looks.
    fn sum_up(&mut self, budget: Option<usize>) {
        self.firings
            .sort_by(|one, other| (one.from, &one.account).cmp(&(other.from, &other.account)));
        self.missed
            .sort_by(|one, other| (one.2, &one.0).cmp(&(other.2, &other.0)));
        let mut days: BTreeMap<(Date, Option<&str>), usize> = BTreeMap::new();
        for one in self.firings.iter().filter(|one| !one.standing) {
            *days.entry((one.from, one.csm.as_deref())).or_default() += 1;
        }
        self.load = budget.map(|budget| Load {
            most_between_looks: days.values().copied().max().unwrap_or_default(),
            above_budget: days.values().map(|count| count.saturating_sub(budget)).sum(),
        });
    }

    /// The middle of these numbers of days; `None` when there are none.
    pub fn median(&self, of: impl Fn(&Firing) -> Option<i32>) -> Option<i32> {
        let days: Vec<i32> = self.firings.iter().filter_map(of).collect();
        median(&days)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_comes_long_after_a_warning_cleared_is_not_put_down_to_it() {
        let firing = |until: Option<Date>, left: Option<Date>| {
            let mut firing = Firing {
                account: "1".into(),
                name: String::new(),
                csm: None,
                from: date(2026, 1, 12),
                until,
                before_churn: None,
                before_red: None,
                standing: false,
            };
            firing.credit(left, &[date(2026, 10, 26)]);
            (firing.before_red, firing.before_churn)
        };
        assert_eq!(firing(None, None), (Some(287), None), "it is still open");
        assert_eq!(firing(Some(date(2026, 2, 2)), None), (None, None));
        assert_eq!(firing(Some(date(2026, 8, 1)), None), (Some(287), None));
        let left = Some(date(2026, 11, 1));
        assert_eq!(firing(Some(date(2026, 2, 2)), left), (None, None));
        assert_eq!(firing(Some(date(2026, 9, 1)), left), (Some(287), Some(293)));
        assert_eq!(
            firing(None, Some(date(2028, 1, 1))).1,
            None,
            "longer than it foretells"
        );
    }
}
