//! What is at stake: the probability that a renewal does not happen, times its annual value.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::contract::{Renewal, State, days_between};
use super::rates::{Rates, round_half_even};

/// P(not renewing) in thousandths at a score with full coverage. This curve is an assumption until
/// enough outcomes are known; it is printed wherever a figure rests on it.
pub const CURVE: [(u8, i64); 6] = [(0, 650), (30, 500), (50, 320), (65, 160), (80, 60), (100, 20)];
/// What is assumed where nothing is fresh: about one renewal in seven is lost.
pub const BASE_RATE: i64 = 150;
/// P where the notice date of a contract that renews by itself has passed.
const LOCKED_IN: i64 = 10;
/// More than this nobody assumes of what is not lost.
const MOST: i64 = 950;

/// P(not renewing) of a renewal in thousandths; `None` when the account has no score.
pub fn not_renewing(renewal: &Renewal, score: Option<u8>, coverage: u8, today: Date) -> Option<i64> {
    Some(basis(renewal, score, coverage, today)?.not_renewing())
}

/// What P(not renewing) of a renewal rests on; `None` when the account has no score.
///
/// The curve over the score, drawn to the base rate as coverage (percent) falls, and raised by up to a
/// fifth as the decision comes near, by half when it is late. A renewal that is already lost is certain; one that is
/// [`locked_in`] hardly ever fails.
pub fn basis(renewal: &Renewal, score: Option<u8>, coverage: u8, today: Date) -> Option<Basis> {
    if renewal.state == State::Churned {
        return Some(Basis::Lost);
    }
    if let Some(since) = locked_in(renewal, today) {
        return Some(Basis::LockedIn { since });
    }
    let score = score?;
    let (from, to) = corners(score);
    let factor = match days_between(today, renewal.decision(today)) {
        _ if renewal.is_monthly() => 1000,
        days if days < 0 => 1500,
        days if days >= 120 => 1000,
        days => 1200 - i64::from(days) * 200 / 120,
    };
    Some(Basis::Curve {
        score,
        coverage,
        from,
        to,
        factor,
    })
}

/// What P(not renewing) rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Basis {
    /// The renewal is already lost.
    Lost,
    /// It goes on by itself: its notice date has passed.
    LockedIn {
        /// The notice date.
        since: Date,
    },
    /// The assumed curve.
    Curve {
        /// Health score.
        score: u8,
        /// Coverage in percent.
        coverage: u8,
        /// The corner of the curve at or below the score: score, and P in thousandths.
        from: (u8, i64),
        /// The corner at or above it.
        to: (u8, i64),
        /// By how much the time to the decision raises it, in thousandths.
        factor: i64,
    },
}

impl Basis {
    /// P(not renewing) in thousandths.
    pub fn not_renewing(&self) -> i64 {
        match self {
            Self::Lost => 1000,
            Self::LockedIn { .. } => LOCKED_IN,
            Self::Curve { factor, .. } => (self.drawn() * factor / 1000).min(MOST),
        }
    }

    /// P where the score is on the curve, in thousandths, before coverage and time count.
    fn on_curve(&self) -> i64 {
        match *self {
            Self::Curve { from, to, .. } if from.0 == to.0 => to.1,
            Self::Curve { score, from, to, .. } => {
                from.1 + (to.1 - from.1) * i64::from(score - from.0) / i64::from(to.0 - from.0)
            }
            Self::Lost | Self::LockedIn { .. } => self.not_renewing(),
        }
    }

    /// The same drawn to the base rate as far as coverage lacks.
    fn drawn(&self) -> i64 {
        match self {
            Self::Curve { coverage, .. } => {
                let coverage = i64::from(*coverage);
                (self.on_curve() * coverage + BASE_RATE * (100 - coverage)) / 100
            }
            Self::Lost | Self::LockedIn { .. } => self.not_renewing(),
        }
    }

    /// How P comes about, step by step, where the curve says it:
    /// `score 45 is 36.5 %, between 30 → 50 % and 50 → 32 % · coverage 90 %, the rest at 15 %: 34.3 % · time × 1.185: 40.6 %`
    pub fn steps(&self) -> Option<String> {
        let Self::Curve {
            score,
            coverage,
            from,
            to,
            factor,
        } = self
        else {
            return None;
        };
        let between = if from.0 == to.0 {
            "a point of the curve".to_owned()
        } else {
            format!("between {} and {}", corner(*from), corner(*to))
        };
        let mut steps = vec![format!(
            "score {score} is {}, {between}",
            percent(self.on_curve())
        )];
        if *coverage < 100 {
            steps.push(format!(
                "coverage {coverage} %, the rest at {}: {}",
                percent(BASE_RATE),
                percent(self.drawn())
            ));
        }
        let p = percent(self.not_renewing());
        steps.push(match factor {
            1000 => format!("no more by the time to decide: {p}"),
            factor => format!(
                "× {}.{:03} by the time to decide: {p}",
                factor / 1000,
                factor % 1000
            ),
        });
        Some(steps.join(" · "))
    }
}

/// The points of the curve: `0 → 65 %, 30 → 50 %, …`
pub fn curve_in_words() -> String {
    CURVE.map(corner).join(", ")
}

fn corner((score, p): (u8, i64)) -> String {
    format!("{score} → {}", percent(p))
}

/// Thousandths as percent, with a tenth where there is one: `36.5 %`.
fn percent(thousandths: i64) -> String {
    match thousandths % 10 {
        0 => format!("{} %", thousandths / 10),
        tenth => format!("{}.{tenth} %", thousandths / 10),
    }
}

/// The notice date of a contract that renews by itself, once it has passed and nobody gave notice: it goes on, whatever
/// its score.
pub fn locked_in(renewal: &Renewal, today: Date) -> Option<Date> {
    let goes_on =
        renewal.auto_renew == Some(true) && !renewal.is_monthly() && renewal.state != State::Churned;
    renewal.notice_by.filter(|notice| goes_on && *notice < today)
}

/// The corners of the curve around a score; twice the same where it stands on one.
fn corners(score: u8) -> ((u8, i64), (u8, i64)) {
    let above = CURVE
        .iter()
        .position(|corner| corner.0 >= score)
        .unwrap_or(CURVE.len() - 1);
    let high = CURVE[above];
    if high.0 <= score {
        return (high, high);
    }
    (CURVE[above.saturating_sub(1)], high)
}

/// Σ annual value × P(not renewing) over the renewals that are decided until `horizon`, in minor units
/// of the reporting currency. `None` when a value, a rate or a probability is unknown.
pub fn at_stake(
    renewals: &[Renewal],
    rates: &Rates<'_>,
    (score, coverage): (Option<u8>, u8),
    today: Date,
    horizon: Date,
) -> Option<i64> {
    renewals
        .iter()
        .filter(|renewal| renewal.decision(today) <= horizon)
        .try_fold(0_i64, |sum, renewal| {
            let p = not_renewing(renewal, score, coverage, today)?;
            let value = renewal.lines.iter().try_fold(0_i64, |sum, line| {
                Some(sum.saturating_add(rates.convert((*line)?, today)?))
            })?;
            let part = round_half_even(i128::from(value) * i128::from(p), 1000);
            Some(sum.saturating_add(i64::try_from(part).ok()?))
        })
}

/// How much sooner a risk must be seen to, in thousandths: from 1000 half a year before the decision
/// to 4000 when it is due or late.
pub fn urgency(decision: Option<Date>, today: Date) -> i64 {
    match decision.map(|decision| days_between(today, decision)) {
        None => 1500,
        Some(days) if days >= 180 => 1000,
        Some(days) => 4000 - i64::from(days.max(0)) * 3000 / 180,
    }
}

/// A probability in thousandths in whole percent, half to even.
pub fn whole_percent(thousandths: i64) -> i128 {
    round_half_even(i128::from(thousandths), 10)
}

/// At stake (minor units) × urgency: for ordering only, never printed as money. What is at stake but not known how much
/// comes before nothing, and behind every amount that is known.
pub fn rank(at_stake: Option<i64>, urgency: i64) -> i64 {
    at_stake.unwrap_or(1).max(0).saturating_mul(urgency)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::money::{Currency, Money};

    const TODAY: &str = "2026-11-23";

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn an_unknown_stake_ranks_behind_every_known_one_and_before_nothing() {
        let ranks: Vec<i64> = [None, Some(0), Some(99), Some(100), Some(-5)]
            .into_iter()
            .map(|stake| rank(stake, 4000))
            .collect();
        assert_eq!(ranks, [4000, 0, 396_000, 400_000, 0]);
    }

    fn renewal(end: &str, arr: Option<i64>) -> Renewal {
        Renewal {
            end: date(end),
            notice_by: None,
            lines: vec![arr.map(|minor| Money {
                minor,
                currency: Currency::USD,
            })],
            auto_renew: Some(false),
            monthly: Some(false),
            state: State::Active,
        }
    }

    #[test]
    fn a_lower_score_and_a_nearer_decision_make_it_less_likely_to_renew() {
        let p = |end: &str, score, coverage| not_renewing(&renewal(end, None), score, coverage, date(TODAY));
        assert_eq!(p("2027-11-23", Some(100), 100), Some(20));
        assert_eq!(p("2027-11-23", Some(40), 100), Some(410));
        assert!(p("2026-11-30", Some(40), 100) > p("2027-11-23", Some(40), 100));
        assert!(p("2026-11-01", Some(40), 100) > p("2026-11-30", Some(40), 100));
        assert_eq!(p("2027-11-23", Some(40), 0), Some(BASE_RATE));
        assert_eq!(p("2027-11-23", None, 0), None);
        let lost = Renewal {
            state: State::Churned,
            ..renewal("2026-12-31", None)
        };
        assert_eq!(not_renewing(&lost, None, 0, date(TODAY)), Some(1000));
        let locked = Renewal {
            auto_renew: Some(true),
            notice_by: Some(date("2026-11-01")),
            ..renewal("2026-12-31", None)
        };
        assert_eq!(not_renewing(&locked, Some(10), 100, date(TODAY)), Some(LOCKED_IN));
    }

    #[test]
    fn p_says_which_points_of_the_curve_it_rests_on_and_how_it_comes_about() {
        let rests_on = |end: &str, score, coverage| {
            basis(&renewal(end, None), Some(score), coverage, date(TODAY)).unwrap()
        };
        let near = rests_on("2026-12-02", 45, 90);
        assert_eq!(near.not_renewing(), 406);
        assert_eq!(
            near.steps().unwrap(),
            "score 45 is 36.5 %, between 30 → 50 % and 50 → 32 % · coverage 90 %, the rest at 15 %: 34.3 % \
             · × 1.185 by the time to decide: 40.6 %"
        );
        assert_eq!(
            rests_on("2027-11-23", 50, 100).steps().unwrap(),
            "score 50 is 32 %, a point of the curve · no more by the time to decide: 32 %"
        );
        for score in 0..=100 {
            for coverage in [0, 60, 100] {
                let on = rests_on("2026-12-02", score, coverage);
                assert!(
                    on.steps().unwrap().ends_with(&percent(on.not_renewing())),
                    "{on:?}"
                );
            }
        }
        assert_eq!(
            curve_in_words(),
            "0 → 65 %, 30 → 50 %, 50 → 32 %, 65 → 16 %, 80 → 6 %, 100 → 2 %"
        );
    }

    #[test]
    fn at_stake_is_value_times_probability_and_unknown_where_a_part_is() {
        let rates = Rates {
            into: Currency::USD,
            rates: &[],
        };
        let sum = |renewals: &[Renewal], score| {
            at_stake(renewals, &rates, (score, 100), date(TODAY), date("2027-11-30"))
        };
        assert_eq!(
            sum(&[renewal("2027-11-23", Some(100_000))], Some(40)),
            Some(41_000)
        );
        assert_eq!(
            sum(&[renewal("2029-01-01", Some(100_000))], Some(40)),
            Some(0),
            "outside the horizon"
        );
        assert_eq!(sum(&[renewal("2027-11-23", None)], Some(40)), None);
        assert_eq!(sum(&[renewal("2027-11-23", Some(1))], None), None);
    }

    #[test]
    fn urgency_rises_towards_the_decision() {
        assert_eq!(urgency(Some(date("2027-11-23")), date(TODAY)), 1000);
        assert_eq!(urgency(Some(date(TODAY)), date(TODAY)), 4000);
        assert_eq!(urgency(Some(date("2026-10-23")), date(TODAY)), 4000);
        assert_eq!(urgency(None, date(TODAY)), 1500);
    }
}
