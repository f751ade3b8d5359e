//! The ledger of an account for programs.

use serde_json::{Value, json};

use super::NO_CHANGE;
use crate::cli::shape::{self, BELOW_FLOOR, Last, NOTHING_OBSERVED, Shape};
use crate::domain::health::account::{End, Input, MeasureChange, ScoreLedger, Sight};
use crate::domain::health::ledger::{Change, Entry};
use crate::domain::summary::Band;
use crate::domain::words;

/// The ledger of an account; `last` is the band that is known at its end, or was last.
pub(super) fn answer(told: &ScoreLedger, last: Last, data: Value) -> Value {
    let change = told.shown().map(|(_, change)| change);
    let parts = |change: &Change| change.entries.iter().map(part).collect::<Vec<_>>();
    Shape::default()
        .with("data", data)
        .with("id", &told.account)
        .with("name", &told.name)
        .maybe("segment", told.segment.as_ref(), shape::NOT_SET)
        .with("from", end(&told.from, told.from.shown()).done())
        .with("to", last_end(&told.to, last))
        .maybe(
            "change",
            told.shown()
                .map(|((from, to), _)| i32::from(to) - i32::from(from)),
            NO_CHANGE,
        )
        .maybe("change_tenths", change.map(|one| one.to - one.from), NO_CHANGE)
        .maybe("words", told.shown().map(|(_, change)| change.words()), NO_CHANGE)
        .maybe("parts", change.map(parts), NO_CHANGE)
        .with(
            "measures",
            told.measures
                .iter()
                .map(|one| measure(one, last))
                .collect::<Vec<_>>(),
        )
        .done()
}

fn part(entry: &Entry) -> Value {
    json!({ "measure": entry.measure, "cause": entry.cause, "tenths": entry.tenths })
}

fn end(end: &End, shown: Option<u8>) -> Shape {
    let shape = Shape::default()
        .with("at", end.at)
        .with("day", end.day)
        .maybe("score", shown, why_unknown(end))
        .with("coverage_percent", end.coverage)
        .with("model_version", end.model)
        .with("model_hash", &end.hash)
        .with("band", end.band);
    match end.band {
        Band::Unknown => shape.with("band_reason", why_unknown(end)),
        _ => shape,
    }
}

/// The end of the window; where that is now the last band that was known stands in.
fn last_end(to: &End, last: Last) -> Value {
    let shown = words::Health::of(to.band, last.band(), to.score).score;
    end(to, shown).last_band(to.band, last).done()
}

/// Why there is no score, or none to rely on.
fn why_unknown(end: &End) -> &str {
    match (&end.untold, end.score) {
        (Some(why), _) => why,
        (None, None) => shape::NEVER_OBSERVED,
        (None, Some(_)) => BELOW_FLOOR,
    }
}

fn measure(one: &MeasureChange, last: Last) -> Value {
    let no_percentile = match (last, one.now.points) {
        (Last::NotKept, _) => "the window ends in the past",
        (_, None) => NOTHING_OBSERVED,
        (_, Some(_)) => "the segment is too small to compare with",
    };
    Shape::default()
        .with("id", &one.id)
        .with("then", sight(&one.then))
        .with("now", sight(&one.now))
        .maybe("percentile", one.percentile, no_percentile)
        .done()
}

fn sight(sight: &Sight) -> Value {
    Shape::default()
        .maybe("value", sight.value.as_ref(), NOTHING_OBSERVED)
        .maybe(
            "points",
            sight.points.map(|points| f64::from(points) / 100.0),
            NOTHING_OBSERVED,
        )
        .with("weight", sight.weight as f64 / 1000.0)
        .with("freshness", sight.freshness)
        .maybe("observed", sight.observed, NOTHING_OBSERVED)
        .with("inputs", sight.inputs.iter().map(input).collect::<Vec<_>>())
        .done()
}

fn input(input: &Input) -> Value {
    json!({ "name": input.name, "value": input.value, "observed": input.observed })
}

#[cfg(test)]
#[test]
fn of_an_unknown_score_the_one_reason_is_told_and_the_last_band_stands_in_now_alone() {
    let of = |score: Option<u8>, untold: Option<&str>| End {
        at: jiff::Timestamp::UNIX_EPOCH,
        day: jiff::civil::Date::MIN,
        score,
        untold: untold.map(str::to_owned),
        band: Band::Unknown,
        coverage: 20,
        model: 1,
        hash: String::new(),
    };
    let later = "the account was made later";
    for (end, why) in [
        (of(Some(41), None), BELOW_FLOOR),
        (of(None, None), shape::NEVER_OBSERVED),
        (of(None, Some(later)), later),
    ] {
        let told = last_end(&end, Last::Now(None));
        assert_eq!(
            (&told["score_reason"], &told["band_reason"]),
            (&json!(why), &json!(why))
        );
        assert_eq!(told["last_band_reason"], "no band was ever known");
    }
    let now = last_end(&of(Some(41), None), Last::Now(Some(Band::Red)));
    assert_eq!((&now["score"], &now["last_band"]), (&json!(41), &json!("red")));
    assert!(now["score_reason"].is_null() && now["band"] == "unknown", "{now}");
    let past = last_end(&of(Some(41), None), Last::NotKept);
    assert!(past["score"].is_null() && past["last_band"].is_null(), "{past}");
}
