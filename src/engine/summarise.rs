//! A judged account as one line of the account list.

use crate::domain::contract::Renewal;
use crate::domain::health::Score;
use crate::domain::risk;
use crate::domain::summary::{Band, CHURNED, Summary};

use super::bands::LastBand;
use super::judge::Judge;
use super::score_ledger::since;
use super::wanted::{BASE, TREND};

/// Stands for an unknown score in the trend.
const UNKNOWN: u8 = 255;

/// The line of an account. `before` is the line it had and `noted` what the ledger has, for the last band
/// that was known.
pub fn summarise(
    judge: &Judge<'_>,
    before: Option<&Summary>,
    noted: Option<&LastBand>,
    open_warnings: usize,
) -> Summary {
    let (account, world) = (judge.account, judge.world);
    let (score, band) = (judge.score.shown(), judge.band());
    let past: Vec<Option<Score>> = (TREND..BASE).map(|at| judge.past_score(at)).collect();
    let last_band = match band {
        Band::Unknown => {
            let of_line = before.and_then(LastBand::of).and_then(|last| last.known);
            of_line.or_else(|| noted?.known).or_else(|| {
                let told = past.iter().flatten().next()?;
                told.shown().map(|shown| world.setup.health.band_of(shown))
            })
        }
        _ => None,
    };
    let arr = judge.arr();
    let at_stake = if judge.has_churned() {
        Some(0)
    } else {
        judge.at_stake()
    };
    Summary {
        id: account.id.clone(),
        name: account.name.clone(),
        domain: account.domain.clone(),
        former_names: judge
            .own
            .past
            .former_names
            .iter()
            .filter(|name| **name != account.name)
            .cloned()
            .collect(),
        arr: arr.at_least(),
        arr_at_least: arr.at_least().is_some() && arr.unknown > 0,
        score,
        band,
        last_band,
        coverage: judge.score.coverage(),
        // Nothing is awaited of who has left.
        delta: delta(judge).filter(|_| !judge.has_churned()),
        trend: trend(score.filter(|_| band != Band::Unknown), &past),
        measured: judge.measured.clone(),
        notice_by: judge.notice_by(),
        ends: judge.next_end(),
        monthly: judge.renewals.first().is_some_and(Renewal::is_monthly),
        segment: account.segment.clone(),
        stage: account.stage.clone(),
        csm: account.csm.clone(),
        csm_name: account
            .csm
            .as_ref()
            .and_then(|csm| world.name_of(csm))
            .map(str::to_owned),
        last_touch: judge.last_touch_day(),
        at_stake,
        open_warnings: u16::try_from(open_warnings).unwrap_or(u16::MAX),
        worst: if judge.has_churned() {
            CHURNED
        } else {
            worst(band, last_band, rank(at_stake, judge), score)
        },
    }
}

/// The change of the shown score since the base: then it was made by the model that was in force then. As the score says
/// little where too little of the model has fresh data, now or then, so does its change: it is unknown.
fn delta(judge: &Judge<'_>) -> Option<i16> {
    if judge.band() == Band::Unknown {
        return None;
    }
    let then = match judge.world.models.other_at(judge.world.base) {
        Some(_) => since(judge, BASE).0?,
        None => judge.past_score(BASE)?.shown()?,
    };
    Some(i16::from(judge.score.shown()?) - i16::from(then))
}

/// Scores that tell something: below the coverage floor there is none, now as in the past.
fn trend(now: Option<u8>, past: &[Option<Score>]) -> [u8; 8] {
    let mut trend = [UNKNOWN; 8];
    trend[7] = now.unwrap_or(UNKNOWN);
    for (slot, score) in trend[..7].iter_mut().rev().zip(past) {
        *slot = score.as_ref().and_then(Score::shown).unwrap_or(UNKNOWN);
    }
    trend
}

/// At stake × urgency, for ordering only.
pub fn rank(at_stake: Option<i64>, judge: &Judge<'_>) -> i64 {
    let urgency = risk::urgency(judge.decision(), judge.world.today);
    risk::rank(at_stake, urgency)
}

/// The key of the order "worst first": by band, then by rank, then by score. An account whose band
/// became unknown keeps the place of its last known one; accounts that have left come after all others.
fn worst(band: Band, last: Option<Band>, rank: i64, score: Option<u8>) -> i64 {
    const MOST: i64 = (1 << 46) - 1;
    let band = last.unwrap_or(band) as i64;
    let rank = MOST - rank.clamp(0, MOST);
    (band << 56) | (rank << 8) | i64::from(score.unwrap_or(UNKNOWN))
}
