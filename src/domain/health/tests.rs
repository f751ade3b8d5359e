#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;
use crate::domain::expression::Value;

fn part(weight: i64, points: Option<i32>, stale: bool) -> Part {
    let points = points.map(|points| points * 100);
    Part::new(weight * 1000, Seen { points, stale })
}

fn score(parts: &[Part]) -> Score {
    Score {
        parts: parts.to_vec(),
    }
}

fn measure(toml: &str) -> Result<Measure, String> {
    let toml = format!("id = \"x\"\nweight = 10\nmax_age = \"7d\"\n{toml}");
    toml::from_str(&toml).map_err(|error| error.message().to_owned())
}

#[test]
fn a_curve_is_straight_between_its_corners_and_flat_outside() {
    let usage = measure("metric = \"users\"\ncurve = [[0.0, 0], [0.3, 40], [0.7, 100]]").unwrap();
    let check = |value, points| {
        assert_eq!(usage.scale.points(&Value::Number(value)), Some(points), "{value}");
    };
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
    let halves = [(1995, 5, 100), (199, 1, 100), (197, 3, 98), (195, 5, 98)];
    for (fresh, never, percent) in halves {
        let told = score(&[part(fresh, Some(80), false), part(never, None, false)]);
        assert_eq!(
            told.coverage(),
            percent,
            "half to even: {fresh} of {}",
            fresh + never
        );
    }
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
    for floor in [0.07, 0.14, 0.28, 0.55, 0.56] {
        let (model, on_it) = (
            HealthModel {
                coverage_floor: floor,
                ..HealthModel::default()
            },
            (floor * 100.0).round() as i64,
        );
        let score = score(&[part(on_it, Some(90), false), part(100 - on_it, None, false)]);
        assert_eq!(
            model.band(&score),
            Band::Green,
            "what stands on {floor} reaches it"
        );
    }
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
    // 73.33 → 46.67: in tenths 73.3 → 46.7.
    assert_eq!(now.change_since(&base), Some(vec![-266, 0, 0]));
    let equal = |points: [i32; 3]| score(&points.map(|points| part(1, Some(points), false)));
    assert_eq!(
        equal([60, 61, 61]).change_since(&equal([30, 60, 60])),
        Some(vec![100, 4, 3]),
        "50 → 60.7: 10 is exact, and the tenth goes to one of 0.333",
    );
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
        .prop_map(|(weight, points, stale)| Part::new(weight, Seen { points, stale }))
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn a_text_counts_by_its_word_and_one_without_points_is_unknown() {
    let toml = "value = \"sentiment\"\npoints = { Good = 100, fine = 60.5 }";
    let sentiment = measure(toml).unwrap();
    let points = |text: &str| sentiment.scale.points(&Value::Text(text.to_owned()));
    assert_eq!(
        (points("good"), points(" FINE "), points("odd")),
        (Some(10_000), Some(6_050), None)
    );
}

#[test]
fn what_cannot_be_a_measure_is_told() {
    let check = |toml: &str, said: &str| {
        let error = measure(toml).unwrap_err();
        assert!(error.contains(said), "{toml}: {error}");
    };
    check("curve = [[0, 0]]", "`metric`");
    check("metric = \"a\"", "`curve`");
    check("value = \"sentiment\"", "`points`");
    check(
        "metric = \"a\"\nvalue = \"count('contacts')\"\ncurve = [[0, 0]]",
        "exclude one another",
    );
    check(
        "value = \"score + 1\"\ncurve = [[0, 0]]",
        "rests on the score itself",
    );
    check(
        "value = \"sentiment\"\ncurve = [[0, 0]]",
        "a curve needs a number",
    );
    check(
        "metric = \"a\"\npoints = { good = 1 }",
        "points by word need a text",
    );
    check("value = \"monthly\"\ncurve = [[0, 0]]", "true or false");
    check(
        "value = \"count('contacts')\"\nper = \"a\"\ncurve = [[0, 0]]",
        "`per` divides",
    );
    check("metric = \"a\"\ncurve = [[0, 101]]", "points from 0 to 100");
    check("metric = \"a\"\ncurve = [[1, 0], [1, 5]]", "must rise");
    check(
        "value = \"sentiment\"\npoints = { good = 101 }",
        "points must be from 0 to 100",
    );
}

const OVERRIDDEN: &str = r#"
version = 2
coverage_floor = 0.5
[[measures]]
id = "usage"
weight = 40
metric = "users"
per = "seats"
curve = [[0, 0], [1, 100]]
max_age = "14d"
[[measures]]
id = "feeling"
weight = 10.5
value = "sentiment"
points = { good = 100, poor = 10 }
max_age = "90d"
[overrides.segment.digital]
reason = "nobody calls them"
until = "2026-12-31"
weights = { usage = 60 }
curves = { usage = [[0, 0], [0.5, 100]] }
[overrides.stage.onboarding]
weights = { usage = 20 }
"#;

#[test]
fn an_override_counts_for_its_accounts_until_its_last_day_and_the_stage_wins() {
    let model: HealthModel = toml::from_str(OVERRIDDEN).unwrap();
    let weighed = |segment, stage, on: &str| {
        let weighing = model.weighing(segment, stage, day(on));
        let (weight, scale) = weighing.measures[0];
        (weight, scale.points(&Value::Number(0.5)))
    };
    assert_eq!(weighed(None, None, "2026-11-23"), (40_000, Some(5_000)));
    assert_eq!(
        weighed(Some("digital"), None, "2026-12-31"),
        (60_000, Some(10_000))
    );
    assert_eq!(
        weighed(Some("digital"), None, "2027-01-01"),
        (40_000, Some(5_000))
    );
    let both = weighed(Some("digital"), Some("onboarding"), "2026-12-31");
    assert_eq!(both, (20_000, Some(10_000)), "value by value");
    assert!(model.overrides.are_dated());
}

#[test]
fn an_override_of_what_is_not_there_is_a_problem_with_its_place() {
    let odd = OVERRIDDEN
        .replace("weights = { usage = 20 }", "weights = { usge = 20 }")
        .replace("curves = { usage", "curves = { feeling");
    let model: HealthModel = toml::from_str(&odd).unwrap();
    let problems = model.problems();
    assert_eq!(
        problems[0].0.join("."),
        "overrides.segment.digital.curves.feeling"
    );
    assert_eq!(problems[1].0.join("."), "overrides.stage.onboarding.weights.usge");
    assert_eq!(problems[1].2.as_deref(), Some("did you mean `usage`?"));
    assert_eq!(problems.len(), 2);
}

#[test]
fn a_model_that_is_kept_reads_as_the_same_model() {
    let model: HealthModel = toml::from_str(OVERRIDDEN).unwrap();
    let kept = serde_json::to_string(&model).unwrap();
    let read: HealthModel = serde_json::from_str(&kept).unwrap();
    assert_eq!(read, model);
    assert_eq!(serde_json::to_string(&read).unwrap(), kept);
}

proptest! {
    #[test]
    fn a_measure_never_observed_changes_no_score(
        parts in proptest::collection::vec(any_part(), 1..6), weight in 1_i64..100_000
    ) {
        let mut with = parts.clone();
        with.push(Part::new(weight, Seen::default()));
        let (without, with) = (score(&parts), score(&with));
        prop_assert_eq!(with.shown(), without.shown());
        prop_assert!(with.coverage() <= without.coverage());
    }

    #[test]
    fn a_stale_measure_counts_no_more_than_fifty_and_no_more_than_it_did(points in 0_i32..=10_000) {
        let stale = Part::new(1, Seen { points: Some(points), stale: true });
        prop_assert_eq!(stale.points, Some(points.min(5_000)));
    }

    #[test]
    fn the_parts_of_a_change_sum_to_it_exactly(
        pairs in proptest::collection::vec((any_part(), any_part()), 1..8)
    ) {
        let (base, now): (Vec<Part>, Vec<Part>) = pairs
            .into_iter()
            .map(|(base, now)| (base, Part { weight: base.weight, ..now }))
            .unzip();
        let (base, now) = (score(&base), score(&now));
        match (base.tenths(), now.tenths(), now.change_since(&base)) {
            (Some(then), Some(score), Some(parts)) => {
                prop_assert_eq!(parts.iter().sum::<i32>(), score - then);
                let mean = |score: &Score| {
                    let counted = score.parts.iter().filter_map(|part| Some((part.weight as f64, f64::from(part.points?))));
                    counted.fold((0.0, 0.0), |(sum, all), (weight, points)| (sum + weight * points, all + weight))
                };
                let ((base_sum, base_all), (_, all)) = (mean(&base), mean(&now));
                let pull = |part: &Part| {
                    part.points.map_or(0.0, |points| part.weight as f64 / all * (f64::from(points) - base_sum / base_all))
                };
                for (at, tenths) in parts.iter().enumerate() {
                    let exact = (pull(&now.parts[at]) - pull(&base.parts[at])) / 10.0;
                    prop_assert!((f64::from(*tenths) - exact).abs() < 1.000_1, "{} is {}", exact, tenths);
                }
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
            Part::new(*weight, Seen { points: *points, stale: *stale || (later && *turns) })
        }).collect::<Vec<_>>());
        let (before, after) = (at(false), at(true));
        prop_assert!(after.shown() <= before.shown());
        prop_assert!(after.coverage() <= before.coverage());
        let model = HealthModel { coverage_floor: 0.5, ..HealthModel::default() };
        let (from, to) = (model.band(&before), model.band(&after));
        prop_assert!(to == Band::Unknown || from != Band::Unknown && to <= from, "{:?} → {:?}", from, to);
    }
}

#[test]
fn a_measure_that_weighs_nothing_counts_nothing_and_is_not_unknown() {
    let part = |weight: i64, points: Option<i32>| Part::new(weight, Seen { points, stale: false });
    let score = Score {
        parts: vec![part(0, Some(5_000)), part(1_000, Some(8_000)), part(1_000, None)],
    };
    assert_eq!(score.counts(), [Some(0), Some(800), None]);
}
