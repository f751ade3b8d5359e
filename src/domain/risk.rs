//! What is at stake: the probability that a renewal does not happen, times its annual value.

use jiff::civil::Date;

use super::contract::{Renewal, State, days_between};
use super::rates::{Rates, round_half_even};

/// P(not renewing) in thousandths at a score with full coverage. This curve is an assumption until
/// enough outcomes are known; it is printed wherever a figure rests on it.
pub const CURVE: [(u8, i64); 6] = [(0, 650), (30, 500), (50, 320), (65, 160), (80, 60), (100, 20)];
/// What is assumed where nothing is fresh: about one renewal in seven is lost.
const BASE_RATE: i64 = 150;
/// P where the notice date of a contract that renews by itself has passed.
const LOCKED_IN: i64 = 10;

/// P(not renewing) of a renewal in thousandths; `None` when the account has no score.
///
/// The curve over the score, drawn to the base rate as coverage (percent) falls, and raised by up to a
/// fifth as the decision comes near, by half when it is late. A renewal that is already lost is certain; one that is
/// [`locked_in`] hardly ever fails.
pub fn not_renewing(renewal: &Renewal, score: Option<u8>, coverage: u8, today: Date) -> Option<i64> {
    if renewal.state == State::Churned {
        return Some(1000);
    }
    if locked_in(renewal, today).is_some() {
        return Some(LOCKED_IN);
    }
    let coverage = i64::from(coverage);
    let drawn = (on_curve(score?) * coverage + BASE_RATE * (100 - coverage)) / 100;
    let factor = match days_between(today, renewal.decision(today)) {
        _ if renewal.monthly => 1000,
        days if days < 0 => 1500,
        days if days >= 120 => 1000,
        days => 1200 - i64::from(days) * 200 / 120,
    };
    Some((drawn * factor / 1000).min(950))
}

/// The notice date of a contract that renews by itself, once it has passed and nobody gave notice: it goes on, whatever
/// its score.
pub fn locked_in(renewal: &Renewal, today: Date) -> Option<Date> {
    let goes_on = renewal.auto_renew && !renewal.monthly && renewal.state != State::Churned;
    renewal.notice_by.filter(|notice| goes_on && *notice < today)
}

fn on_curve(score: u8) -> i64 {
    let above = CURVE
        .iter()
        .position(|corner| corner.0 >= score)
        .unwrap_or(CURVE.len() - 1);
    let (high, low) = (CURVE[above], CURVE[above.saturating_sub(1)]);
    if high.0 == low.0 {
        return high.1;
    }
    low.1 + (high.1 - low.1) * i64::from(score - low.0) / i64::from(high.0 - low.0)
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
            auto_renew: false,
            monthly: false,
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
            auto_renew: true,
            notice_by: Some(date("2026-11-01")),
            ..renewal("2026-12-31", None)
        };
        assert_eq!(not_renewing(&locked, Some(10), 100, date(TODAY)), Some(LOCKED_IN));
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
