#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;
use crate::domain::health::Curve;

fn trial(measure: &str, weight: i64, corners: &[(f64, f64)], value: Option<f64>) -> Trial {
    let scale = Scale::Curve(Curve::try_from(corners.to_vec()).unwrap());
    let value = value.map(Value::Number);
    Trial {
        measure: measure.to_owned(),
        weight: weight * 1000,
        seen: Seen {
            points: value.as_ref().and_then(|value| scale.points(value)),
            stale: false,
        },
        scale,
        value,
        label: measure.to_owned(),
        label_of_one: None,
        per: None,
        whole: true,
        limits: (Some(0.0), None),
        means: Means::Unknown,
        unit: Unit::Plain,
    }
}

/// Usage 22 of 64 seats, no champion, three open tickets: red.
fn red() -> WhatIf {
    let mut usage = trial("usage", 40, &[(0.0, 0.0), (0.3, 40.0), (0.7, 100.0)], None);
    usage.per = Some((64.0, "seats".to_owned()));
    usage.value = Some(Value::Number(22.0));
    usage.seen.points = usage.points(&Value::Number(22.0));
    WhatIf {
        trials: vec![
            usage,
            trial("sponsor", 20, &[(0.0, 0.0), (1.0, 90.0), (2.0, 100.0)], Some(0.0)),
            trial(
                "tickets",
                15,
                &[(0.0, 100.0), (2.0, 80.0), (5.0, 40.0), (10.0, 0.0)],
                Some(5.0),
            ),
        ],
        bands: Bands::default(),
        coverage_floor: 0.5,
    }
}

fn needs(what_if: &WhatIf) -> Vec<(&str, Value)> {
    match what_if.back_to_green(&BTreeMap::new()) {
        Way::By(needs) => needs
            .into_iter()
            .map(|need| (what_if.trials[need.at].measure.as_str(), need.to))
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_fewest_changes_are_found_and_those_that_lift_least() {
    let what_if = red();
    assert_eq!(what_if.score(&Tried::default()).shown(), Some(33));
    // No one measure suffices; usage and the champion together do, each no further than it must.
    let found = needs(&what_if);
    assert_eq!(
        found,
        [("usage", Value::Number(37.0)), ("sponsor", Value::Number(1.0))]
    );
}

#[test]
fn one_change_is_better_than_two_and_a_green_account_needs_none() {
    let mut what_if = red();
    what_if.trials[1].weight = 0;
    what_if.trials[2].value = Some(Value::Number(0.0));
    what_if.trials[2].seen.points = Some(FULL);
    assert_eq!(needs(&what_if), [("usage", Value::Number(30.0))]);
    let tried = Tried {
        values: [(0, Value::Number(30.0))].into(),
        ..Tried::default()
    };
    assert_eq!(what_if.band(&what_if.score(&tried)), Band::Green);
    what_if.trials[0].seen.points = Some(FULL);
    assert_eq!(what_if.back_to_green(&BTreeMap::new()), Way::Green);
}

#[test]
fn what_is_stale_has_to_be_observed_again() {
    let mut what_if = red();
    for trial in &mut what_if.trials {
        trial.seen = Seen {
            points: Some(9_000),
            stale: true,
        };
    }
    what_if.trials[0].value = Some(Value::Number(40.0));
    what_if.trials[1].value = Some(Value::Number(1.0));
    what_if.trials[2].value = None;
    what_if.trials[2].seen = Seen::default();
    let found = needs(&what_if);
    assert_eq!(found, [("usage", Value::Number(40.0))], "as it was, but fresh");
}

#[test]
fn without_a_way_it_says_so() {
    let mut what_if = red();
    for trial in &mut what_if.trials {
        trial.scale = Scale::Curve(Curve::try_from(vec![(0.0, 10.0), (1.0, 40.0)]).unwrap());
    }
    assert_eq!(what_if.back_to_green(&BTreeMap::new()), Way::None);
}

#[test]
fn of_many_measures_it_says_that_more_are_needed_than_are_searched_for() {
    let steep: &[(f64, f64)] = &[(0.0, 0.0), (1.0, 100.0)];
    let many = |green: usize| WhatIf {
        trials: (0..20)
            .map(|at| trial("m", 1, steep, Some(if at < green { 1.0 } else { 0.0 })))
            .collect(),
        bands: Bands::default(),
        coverage_floor: 0.5,
    };
    assert_eq!(many(10).back_to_green(&BTreeMap::new()), Way::Many);
    assert!(matches!(many(13).back_to_green(&BTreeMap::new()), Way::By(needs) if needs.len() == 2));
}

#[test]
fn typed_values_are_read_as_the_measure_counts_them() {
    let what_if = red();
    let usage = &what_if.trials[0];
    assert_eq!(usage.parse(" 38 "), Ok(Value::Number(38.0)));
    assert_eq!(usage.parse("50 %"), Ok(Value::Number(0.5)));
    let mut growth = usage.clone();
    growth.limits = (None, None);
    assert_eq!(growth.parse("−3"), Ok(Value::Number(-3.0)));
    assert_eq!(usage.parse("many"), Err("`many` is not a number".to_owned()));
    let mut sentiment = usage.clone();
    sentiment.scale = Scale::Points([("happy".to_owned(), FULL), ("sad".to_owned(), 0)].into());
    assert_eq!(sentiment.parse("Happy"), Ok(Value::Text("happy".to_owned())));
    assert_eq!(
        sentiment.parse("so so"),
        Err("`so so` has no points; try one of happy, sad".to_owned())
    );
}

proptest! {
    /// Whatever the account: what is said to bring it back to green does.
    #[test]
    fn what_is_said_to_bring_it_back_does(
        values in prop::collection::vec(prop::option::of(0_u8..12), 4),
        weights in prop::collection::vec(0_i64..50, 4),
        stale in prop::collection::vec(any::<bool>(), 4),
    ) {
        let curves: [&[(f64, f64)]; 4] = [
            &[(0.0, 0.0), (4.0, 40.0), (8.0, 100.0)],
            &[(0.0, 100.0), (2.0, 80.0), (5.0, 40.0), (10.0, 0.0)],
            &[(0.0, 0.0), (1.0, 90.0), (2.0, 100.0)],
            &[(0.0, 20.0), (3.0, 90.0), (6.0, 10.0)],
        ];
        let trials = (0..4).map(|at| {
            let mut trial = trial("m", weights[at], curves[at], values[at].map(f64::from));
            trial.seen.stale = stale[at];
            trial
        });
        let what_if = WhatIf { trials: trials.collect(), bands: Bands::default(), coverage_floor: 0.5 };
        match what_if.back_to_green(&BTreeMap::new()) {
            Way::Green => prop_assert_eq!(what_if.band(&what_if.score(&Tried::default())), Band::Green),
            Way::By(needs) => {
                let values = needs.iter().map(|need| (need.at, need.to.clone())).collect();
                let score = what_if.score(&Tried { values, ..Tried::default() });
                prop_assert_eq!(what_if.band(&score), Band::Green);
            }
            Way::Many => prop_assert!(false, "there are four measures"),
            Way::None => {
                let best = (0..4).filter_map(|at| Some((at, what_if.trials[at].reach(what_if.trials[at].scale.best())?))).collect();
                let score = what_if.score(&Tried { values: best, ..Tried::default() });
                prop_assert!(what_if.band(&score) != Band::Green);
            }
        }
    }
}

#[test]
fn only_what_can_be_is_proposed_and_taken() {
    let mut survey = trial("survey", 10, &[(0.0, 0.0), (10.0, 100.0)], None);
    survey.limits = (Some(0.0), Some(10.0));
    assert_eq!(
        survey.reach(9_260),
        Some(Value::Number(10.0)),
        "answers are whole"
    );
    assert_eq!(
        survey.parse("11"),
        Err("`11` cannot be: survey is never above 10".to_owned())
    );
    assert_eq!(
        survey.parse("-5"),
        Err("`-5` cannot be: survey is never below 0".to_owned())
    );
    let mut touch = trial("touch", 10, &[(14.0, 100.0), (90.0, 20.0)], Some(95.0));
    touch.means = Means::Touch;
    let to = touch.reach(4_000).unwrap();
    assert_eq!(to, Value::Number(0.0), "a call makes it today");
    assert_eq!(touch.needed(&to), "a touch now (touch 95 → 0 touch)");
}

#[test]
fn one_of_something_is_called_in_the_singular_where_that_is_known() {
    let mut sponsor = trial("sponsor", 20, &[(0.0, 0.0), (2.0, 100.0)], Some(0.0));
    (sponsor.label, sponsor.label_of_one) = ("champions".to_owned(), Some("champion".to_owned()));
    let needed = |to: f64| sponsor.needed(&Value::Number(to));
    assert_eq!(needed(1.0), "sponsor 0 → 1 champion");
    assert_eq!(needed(2.0), "sponsor 0 → 2 champions");
    assert_eq!(sponsor.words(&Value::Number(0.0)), "0 champions");
}

#[test]
fn a_champion_who_is_gone_is_proposed_or_said_not_to_be_enough() {
    let mut what_if = red();
    what_if.trials[1].means = Means::Champion;
    let none = BTreeMap::new();
    // It takes two changes; the champion is one of them.
    let way = what_if.back_to_green(&none);
    assert!(!what_if.words(&way, &none).contains("alone"));
    // With tickets at their best usage alone does, and the champion alone does not.
    what_if.trials[0].weight = 80_000;
    what_if.trials[2].value = Some(Value::Number(0.0));
    what_if.trials[2].seen.points = Some(FULL);
    let way = what_if.back_to_green(&none);
    let words = what_if.words(&way, &none);
    assert!(
        words.contains(" Another champion (sponsor 0 → 1) alone makes it "),
        "{words}"
    );
}
