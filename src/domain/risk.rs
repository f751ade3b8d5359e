//! What is at stake: the probability that a renewal does not happen, times its annual value.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::contract::{Renewal, State, days_between};
use super::countdown::Countdown;
use super::rates::{Rates, round_half_even};
use super::summary::Summary;

/// P(not renewing) in thousandths at a score with full coverage. This curve is an assumption until
/// enough outcomes are known; it is printed wherever a figure rests on it.
pub const CURVE: [(u8, i64); 6] = [(0, 650), (30, 500), (50, 320), (65, 160), (80, 60), (100, 20)];
/// What is assumed where nothing is fresh: about one renewal in seven is lost.
pub const BASE_RATE: i64 = 150;
/// P where the notice date of a contract that renews by itself has passed.
const LOCKED_IN: i64 = 10;
/// More than this nobody assumes of what is not lost.
const MOST: i64 = 950;

/// The distances between the corners of the curve divide this: P is a whole number of its parts.
const BETWEEN: i64 = 60;
/// By how much the time to decide raises P is a whole number of these, from 120 days before.
const RAISED: i64 = 3_000;

/// A probability, kept exactly: it is rounded once, where it is shown or becomes money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Probability(i64);

impl Probability {
    /// What is certain, in its parts: thousandths, parts between two corners, percent of coverage, what time raises it by.
    const CERTAIN: i64 = 1_000 * BETWEEN * 100 * RAISED;

    fn of_permille(permille: i64) -> Self {
        Self(permille * (Self::CERTAIN / 1_000))
    }

    /// In thousandths, half to even.
    pub fn permille(self) -> i64 {
        self.rounded(1_000) as i64
    }

    /// In whole percent, half to even.
    pub fn percent(self) -> i128 {
        self.rounded(100)
    }

    fn rounded(self, whole: i128) -> i128 {
        round_half_even(i128::from(self.0) * whole, i128::from(Self::CERTAIN))
    }
}

/// P(not renewing) of a renewal; `None` when the account has no score.
pub fn not_renewing(renewal: &Renewal, score: Option<u8>, coverage: u8, today: Date) -> Option<Probability> {
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
    let raised = match days_between(today, renewal.decision(today)) {
        _ if renewal.is_monthly() => RAISED,
        days if days < 0 => RAISED * 3 / 2,
        days if days >= 120 => RAISED,
        days => RAISED + RAISED / 5 / 120 * i64::from(120 - days),
    };
    Some(Basis::Curve {
        score,
        coverage,
        from,
        to,
        raised,
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
        /// By how much the time to the decision raises it, in three-thousandths.
        #[serde(default = "not_raised", rename = "factor_3000ths")]
        raised: i64,
    },
}

/// What stands in until the next scoring for what an older program kept in another measure.
fn not_raised() -> i64 {
    RAISED
}

impl Basis {
    /// P(not renewing).
    pub fn not_renewing(&self) -> Probability {
        match *self {
            Self::Lost => Probability::of_permille(1_000),
            Self::LockedIn { .. } => Probability::of_permille(LOCKED_IN),
            Self::Curve {
                score,
                coverage,
                from,
                to,
                raised,
            } => {
                let drawn = drawn(on_curve(score, from, to), coverage);
                Probability(drawn.0 / RAISED * raised).min(Probability::of_permille(MOST))
            }
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
            raised,
        } = *self
        else {
            return None;
        };
        let on_curve = on_curve(score, from, to);
        let between = if from.0 == to.0 {
            "a point of the curve".to_owned()
        } else {
            format!("between {} and {}", corner(from), corner(to))
        };
        let mut steps = vec![format!(
            "score {score} is {}, {between}",
            percent(on_curve.permille())
        )];
        if coverage < 100 {
            steps.push(format!(
                "coverage {coverage} %, the rest at {}: {}",
                percent(BASE_RATE),
                percent(drawn(on_curve, coverage).permille())
            ));
        }
        let p = percent(self.not_renewing().permille());
        steps.push(if raised == RAISED {
            format!("no more by the time to decide: {p}")
        } else {
            let times = round_half_even(i128::from(raised) * 1_000, i128::from(RAISED));
            let (whole, part) = (times / 1_000, times % 1_000);
            format!("× {whole}.{part:03} by the time to decide: {p}")
        });
        Some(steps.join(" · "))
    }
}

/// P where the score is on the curve, before coverage and time count.
fn on_curve(score: u8, from: (u8, i64), to: (u8, i64)) -> Probability {
    let one = Probability::of_permille(1).0;
    let climbed = match i64::from(to.0 - from.0) {
        0 => 0,
        between => one / between * (to.1 - from.1) * i64::from(score - from.0),
    };
    Probability(one * from.1 + climbed)
}

/// The same drawn to the base rate as far as coverage lacks.
fn drawn(on_curve: Probability, coverage: u8) -> Probability {
    let coverage = i64::from(coverage);
    let lacks = 100 - coverage;
    Probability(on_curve.0 / 100 * coverage + Probability::of_permille(BASE_RATE).0 / 100 * lacks)
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
/// of the reporting currency, rounded once, half to even. `None` when a value, a rate or a probability is unknown.
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
        .try_fold(0_i128, |sum, renewal| {
            let p = not_renewing(renewal, score, coverage, today)?;
            let value = renewal.lines.iter().try_fold(0_i64, |sum, line| {
                Some(sum.saturating_add(rates.convert((*line)?, today)?))
            })?;
            Some(sum + i128::from(value) * i128::from(p.0))
        })
        .and_then(|sum| i64::try_from(round_half_even(sum, i128::from(Probability::CERTAIN))).ok())
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

/// At stake (minor units) × urgency: for ordering only, never printed as money. What is at stake but not known how much
/// comes before nothing, and behind every amount that is known.
pub fn rank(at_stake: Option<i64>, urgency: i64) -> i64 {
    at_stake.unwrap_or(1).max(0).saturating_mul(urgency)
}

/// The rank of an account by its line on a day: what orders the risk queue, and a standup.
pub fn rank_of(line: &Summary, today: Date) -> i64 {
    let decision = Countdown::of(line).decision(today);
    rank(line.at_stake, urgency(decision, today))
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
        let permille = |renewal: &Renewal, score, coverage| {
            not_renewing(renewal, score, coverage, date(TODAY)).map(Probability::permille)
        };
        let p = |end: &str, score, coverage| permille(&renewal(end, None), score, coverage);
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
        assert_eq!(permille(&lost, None, 0), Some(1000));
        let locked = Renewal {
            auto_renew: Some(true),
            notice_by: Some(date("2026-11-01")),
            ..renewal("2026-12-31", None)
        };
        assert_eq!(permille(&locked, Some(10), 100), Some(LOCKED_IN));
    }

    #[test]
    fn p_says_which_points_of_the_curve_it_rests_on_and_how_it_comes_about() {
        let rests_on = |end: &str, score, coverage| {
            basis(&renewal(end, None), Some(score), coverage, date(TODAY)).unwrap()
        };
        let near = rests_on("2026-12-02", 45, 90);
        assert_eq!(near.not_renewing().permille(), 407);
        assert_eq!(
            near.steps().unwrap(),
            "score 45 is 36.5 %, between 30 → 50 % and 50 → 32 % · coverage 90 %, the rest at 15 %: 34.4 % \
             · × 1.185 by the time to decide: 40.7 %"
        );
        assert_eq!(
            rests_on("2027-11-23", 50, 100).steps().unwrap(),
            "score 50 is 32 %, a point of the curve · no more by the time to decide: 32 %"
        );
        for score in 0..=100 {
            for coverage in [0, 60, 100] {
                let on = rests_on("2026-12-02", score, coverage);
                assert!(
                    on.steps()
                        .unwrap()
                        .ends_with(&percent(on.not_renewing().permille())),
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
    fn p_is_computed_exactly_and_rounded_once_half_to_even() {
        // Every step by fractions of its own: nothing is lost in between, on no machine.
        for days in [0_i128, 1, 7, 59, 119, 120, 400] {
            let span = jiff::Span::new().days(days as i64);
            let end = date(TODAY).checked_add(span).unwrap().to_string();
            for score in 0..=100_u8 {
                for coverage in [0, 33, 67, 100_u8] {
                    let (from, to) = corners(score);
                    let between = i128::from(to.0 - from.0).max(1);
                    let on_curve =
                        i128::from(from.1) * between + i128::from(to.1 - from.1) * i128::from(score - from.0);
                    let coverage_of = i128::from(coverage);
                    let drawn =
                        on_curve * coverage_of + i128::from(BASE_RATE) * between * (100 - coverage_of);
                    let near = (120 - days).max(0);
                    let numerator = drawn * (600 + near);
                    let denominator = 1_000 * between * 100 * 600;
                    let p = not_renewing(&renewal(&end, None), Some(score), coverage, date(TODAY)).unwrap();
                    let exact = |whole: i128| round_half_even(numerator * whole, denominator);
                    assert_eq!(p.percent(), exact(100), "{score} {coverage} {days}");
                    assert_eq!(
                        i128::from(p.permille()),
                        exact(1_000),
                        "{score} {coverage} {days}"
                    );
                }
            }
        }
    }

    #[test]
    fn at_stake_is_rounded_once_over_all_renewals() {
        let rates = Rates {
            into: Currency::USD,
            rates: &[],
        };
        let renewals = ["2027-11-23", "2027-11-24", "2027-11-25"].map(|end| renewal(end, Some(1)));
        // Three cents, each lost with 41 %: 1.23 cents, and not three times 0.
        let stake = at_stake(
            &renewals,
            &rates,
            (Some(40), 100),
            date(TODAY),
            date("2027-11-30"),
        );
        assert_eq!(stake, Some(1));
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
