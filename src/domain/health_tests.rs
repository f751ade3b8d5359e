#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

fn part(weight: i64, points: Option<i32>, stale: bool) -> Part {
    Part::new(weight * 1000, points.map(|points| points * 100), stale)
}

fn score(parts: &[Part]) -> Score {
    Score {
        parts: parts.to_vec(),
    }
}

fn measure(curve: &[(f64, f64)]) -> Measure {
    Measure {
        id: "usage".to_owned(),
        weight: 1000,
        metric: "users".to_owned(),
        per: None,
        curve: curve.to_vec(),
        max_age: Period::days(7),
    }
}

#[test]
fn a_curve_is_straight_between_its_corners_and_flat_outside() {
    let usage = measure(&[(0.0, 0.0), (0.3, 40.0), (0.7, 100.0)]);
    let check = |value, points| assert_eq!(usage.points(value), Some(points), "{value}");
    check(-1.0, 0);
    check(0.15, 2_000);
    check(0.3, 4_000);
    check(0.5, 7_000);
    check(0.7, 10_000);
    check(9.0, 10_000);
}

#[test]
fn a_measure_never_observed_is_outside_the_mean_and_costs_coverage() {
    let only_usage = score(&[part(40, Some(80), false), part(60, None, false)]);
    assert_eq!(only_usage.shown(), Some(80));
    assert_eq!(only_usage.coverage(), 40);
    assert_eq!(score(&[part(40, None, false)]).shown(), None);
}

#[test]
fn a_stale_measure_counts_the_lower_of_its_points_and_50_and_loses_its_coverage() {
    let stale = score(&[part(50, Some(90), true), part(50, Some(70), false)]);
    assert_eq!(stale.shown(), Some(60));
    assert_eq!(stale.coverage(), 50);
    assert_eq!(score(&[part(1, Some(20), true)]).shown(), Some(20));
}

#[test]
fn below_the_coverage_floor_the_band_is_unknown_whatever_the_score() {
    let model = HealthModel {
        coverage_floor: 0.5,
        ..HealthModel::default()
    };
    let of = |parts: &[Part]| model.band(&score(parts));
    assert_eq!(
        of(&[part(50, Some(90), false), part(50, None, false)]),
        Band::Green
    );
    assert_eq!(
        of(&[part(49, Some(90), false), part(51, None, false)]),
        Band::Unknown
    );
    assert_eq!(of(&[part(1, Some(75), false)]), Band::Green);
    assert_eq!(of(&[part(1, Some(74), false)]), Band::Amber);
    assert_eq!(of(&[part(1, Some(50), false)]), Band::Amber);
    assert_eq!(of(&[part(1, Some(49), false)]), Band::Red);
}

#[test]
fn a_change_is_told_by_the_measure_that_caused_it() {
    let base = score(&[
        part(50, Some(80), false),
        part(25, Some(60), false),
        part(25, None, false),
    ]);
    let now = score(&[
        part(50, Some(40), false),
        part(25, Some(60), false),
        part(25, None, false),
    ]);
    // 73.33 → 46.67: shown 73 → 47.
    assert_eq!(now.change_since(&base), Some(vec![-260, 0, 0]));
    assert_eq!(
        score(&[part(1, None, false)]).change_since(&score(&[part(1, Some(1), false)])),
        None
    );
}

fn any_part() -> impl Strategy<Value = Part> {
    (
        0_i64..100_000,
        proptest::option::of(0_i32..=10_000),
        any::<bool>(),
    )
        .prop_map(|(weight, points, stale)| Part::new(weight, points, stale))
}

proptest! {
    #[test]
    fn the_parts_of_a_change_sum_to_it_exactly(
        pairs in proptest::collection::vec((any_part(), any_part()), 1..8)
    ) {
        let (base, now): (Vec<Part>, Vec<Part>) = pairs
            .into_iter()
            .map(|(base, now)| (base, Part { weight: base.weight, ..now }))
            .unzip();
        let (base, now) = (score(&base), score(&now));
        match (base.shown(), now.shown(), now.change_since(&base)) {
            (Some(then), Some(score), Some(parts)) => {
                prop_assert_eq!(parts.iter().sum::<i32>(), (i32::from(score) - i32::from(then)) * 10);
            }
            (_, _, None) => prop_assert!(base.shown().is_none() || now.shown().is_none()),
            other => prop_assert!(false, "a change without two scores: {:?}", other),
        }
    }

    #[test]
    fn going_stale_never_raises_score_or_coverage(
        parts in proptest::collection::vec((0_i64..100_000, proptest::option::of(0_i32..=10_000), any::<bool>(), any::<bool>()), 1..8)
    ) {
        let at = |later: bool| score(&parts.iter().map(|(weight, points, stale, turns)| {
            Part::new(*weight, *points, *stale || (later && *turns))
        }).collect::<Vec<_>>());
        let (before, after) = (at(false), at(true));
        prop_assert!(after.shown() <= before.shown());
        prop_assert!(after.coverage() <= before.coverage());
    }
}
