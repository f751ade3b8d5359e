#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

fn sheet(lines: &[(&str, i64, Option<i32>, bool)]) -> Sheet {
    let line = |(measure, weight, points, stale): &(&str, i64, Option<i32>, bool)| Line {
        measure: (*measure).to_owned(),
        weight: weight * 1000,
        seen: Seen {
            points: points.map(|points| points * 100),
            stale: *stale,
        },
    };
    Sheet {
        lines: lines.iter().map(line).collect(),
    }
}

#[test]
fn a_change_is_told_in_one_line_with_the_largest_part_first() {
    let then = sheet(&[
        ("usage", 45, Some(72), false),
        ("sponsor", 20, Some(100), false),
        ("touch", 35, Some(56), false),
    ]);
    let now = sheet(&[
        ("usage", 45, Some(52), false),
        ("sponsor", 20, Some(75), false),
        ("touch", 35, Some(56), false),
    ]);
    let change = change(&then, &then, &now).unwrap();
    assert_eq!(change.words(), "72 → 58 = usage −9, sponsor −5");
    assert_eq!(change.of("usage"), -90);
}

/// Rounded to whole points, the same fact would count more or less from window to window.
#[test]
fn a_part_is_as_large_as_it_is_however_the_scores_are_rounded() {
    for others in 40..60 {
        let sheet = |sponsor| {
            sheet(&[
                ("sponsor", 20, Some(sponsor), false),
                ("usage", 45, Some(others), false),
                ("touch", 35, Some(97 - others), false),
            ])
        };
        let (then, now) = (sheet(90), sheet(0));
        assert_eq!(
            change(&then, &then, &now).unwrap().of("sponsor"),
            -180,
            "{others}"
        );
    }
    let sheet = |touch| sheet(&[("usage", 70, Some(94), false), ("touch", 30, Some(touch), false)]);
    let small = change(&sheet(94), &sheet(94), &sheet(93)).unwrap();
    assert_eq!(small.words(), "94 → 93.7 = touch −0.3");
}

#[test]
fn what_went_stale_is_told_apart_from_what_became_of_the_data() {
    let then = sheet(&[("usage", 50, Some(100), false), ("survey", 50, Some(90), false)]);
    let now = sheet(&[("usage", 50, Some(80), false), ("survey", 50, Some(90), true)]);
    assert_eq!(
        change(&then, &then, &now).unwrap().words(),
        "95 → 65 = survey −20 (went stale), usage −10"
    );
    let fresh_again = change(&now, &now, &then).unwrap();
    assert_eq!(fresh_again.words(), "65 → 95 = survey +20, usage +10");
}

#[test]
fn a_part_that_only_the_model_moved_says_so() {
    let then = sheet(&[("usage", 50, Some(100), false), ("survey", 50, Some(40), false)]);
    let rescored = sheet(&[("usage", 100, Some(100), false), ("survey", 50, Some(40), false)]);
    assert_eq!(
        change(&then, &rescored, &rescored).unwrap().words(),
        "70 → 80 = usage +10 (model changed)"
    );
    assert_eq!(
        change(&then, &then, &then).unwrap().words(),
        "70 → 70 = nothing moved it"
    );
}

#[test]
fn a_model_that_knows_nothing_of_the_past_accounts_for_the_whole_change() {
    let then = sheet(&[("usage", 50, Some(80), false)]);
    let rescored = sheet(&[("logins", 50, None, false)]);
    let now = sheet(&[("logins", 50, Some(60), false)]);
    let told = change(&then, &rescored, &now).unwrap();
    assert_eq!((told.from, told.to), (800, 600));
    assert!(
        told.entries
            .iter()
            .all(|entry| entry.cause == Cause::ModelChanged)
    );
    assert_eq!(
        change(&rescored, &rescored, &now),
        None,
        "an unknown score has no change"
    );
}

#[test]
fn tenths_have_a_sign_and_a_tenth_only_where_there_is_one() {
    let words: Vec<String> = [-90, 35, 0, -4].into_iter().map(signed).collect();
    assert_eq!(words, ["−9", "+3.5", "0", "−0.4"]);
}

/// Some of six measures, each with a weight and something that it sees.
fn any_sheet() -> impl Strategy<Value = Sheet> {
    let line = (
        0_i64..100_000,
        proptest::option::of(0_i32..=10_000),
        any::<bool>(),
    );
    proptest::collection::vec(proptest::option::of(line), 6).prop_map(|lines| Sheet {
        lines: lines
            .into_iter()
            .enumerate()
            .filter_map(|(at, line)| {
                let (weight, points, stale) = line?;
                Some(Line {
                    measure: format!("m{at}"),
                    weight,
                    seen: Seen { points, stale },
                })
            })
            .collect(),
    })
}

proptest! {
    #[test]
    fn the_parts_sum_to_the_change_whatever_changed(then in any_sheet(), rescored in any_sheet(), now in any_sheet()) {
        // Models differ in their measures; of one model both sheets have the same measures.
        let now = Sheet {
            lines: rescored.lines.iter().map(|line| {
                let seen = now.line(&line.measure).map_or(line.seen, |now| now.seen);
                Line { seen, ..line.clone() }
            }).collect(),
        };
        let both = then.score().tenths().zip(now.score().tenths());
        match (change(&then, &rescored, &now), both) {
            (Some(change), Some((from, to))) => {
                prop_assert_eq!((change.from, change.to), (from, to));
                let sum: i32 = change.entries.iter().map(|entry| entry.tenths).sum();
                prop_assert_eq!(sum, to - from);
                prop_assert!(change.entries.iter().all(|entry| entry.tenths != 0));
            }
            (None, None) => {}
            other => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn over_the_same_data_and_model_only_going_stale_moves_a_score(sheet in any_sheet(), turns in proptest::collection::vec(any::<bool>(), 6)) {
        let mut later = sheet.clone();
        later.lines.iter_mut().zip(turns).for_each(|(line, turns)| line.seen.stale |= turns);
        if let Some(change) = change(&sheet, &sheet, &later) {
            prop_assert!(change.entries.iter().all(|entry| entry.cause == Cause::WentStale));
        }
    }
}

#[test]
fn what_is_shown_of_hundredths_is_rounded_half_to_even_and_not_cut() {
    let told = [4_656, 3_556, 9_419, 4_655, 4_665, 10_000, 0].map(|hundredths| points(tenths(hundredths)));
    assert_eq!(told, ["46.6", "35.6", "94.2", "46.6", "46.6", "100", "0"]);
}
