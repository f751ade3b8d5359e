#![allow(clippy::unwrap_used)]

use super::*;
use crate::domain::warning::Verdict;
use crate::domain::warning::alarms::{Moved, Tally};

/// A signal of this condition with one line of evidence.
fn signal(when: &str, evidence: &str) -> Signal {
    let told = serde_json::json!({
        "id": "mine", "title": "mine", "when": when, "severity": "high", "kind": "risk", "version": 1,
        "evidence": [{ "label": "it", "value": evidence }], "rearm": 0.1,
    });
    serde_json::from_value(told).unwrap()
}

#[test]
fn a_number_that_is_compared_with_one_of_several_has_a_worse_side_and_no_threshold() {
    let breach = "count('urgent_tickets') > 0 && hours_since('oldest_urgent_ticket') > \
        (entitlement == '24x7' ? 24 : entitlement == 'business hours' ? 72 : 168)";
    let hours = signal(breach, "hours_since('oldest_urgent_ticket')");
    let gauge = Gauge::of(&hours).unwrap();
    assert_eq!((gauge.worse, gauge.threshold), (Worse::Higher, None));
    let at = |hours: i64| Level {
        gauge: Some(hours * UNIT),
        ..Level::default()
    };
    let by_a_fifth = Signal { rearm: None, ..hours };
    assert_eq!(
        worse_from(&by_a_fifth, &at(60)).as_deref(),
        Some("it at 72 h or more")
    );
    assert!(got_worse(&by_a_fifth, &at(60), &at(71)).is_none());
    assert!(got_worse(&by_a_fifth, &at(60), &at(72)).is_some());
    let two = "metric('wau') < metric('seats')";
    assert!(Gauge::of(&signal(two, "metric('wau')")).is_none());
}

/// Which way is worse, from where on, and whether there too.
fn bound(when: &str, evidence: &str) -> Option<(Worse, i64, bool)> {
    let signal = signal(when, evidence);
    Gauge::of(&signal).and_then(|gauge| Some((gauge.worse, gauge.threshold?, gauge.at_it)))
}

#[test]
fn the_first_comparison_with_a_number_says_what_is_worse_and_from_where_on() {
    let usage = "change('wau', days(30)) <= -0.30 && stage != 'on boarding'";
    assert_eq!(
        bound(usage, "change('wau',days(30))"),
        Some((Worse::Lower, -300, true))
    );
    let both = "days_until('decision') <= 45 && days_until('decision') >= 0";
    assert_eq!(
        bound(both, "days_until('decision')"),
        Some((Worse::Lower, 45_000, true))
    );
    let other = "metric('nps_score') < 5 && score >= 7.5";
    assert_eq!(bound(other, "score"), Some((Worse::Higher, 7_500, true)));
    assert_eq!(bound("count('champions') == 0", "count('champions')"), None);
    assert_eq!(bound("score < metric('x')", "score"), None);
}

#[test]
fn a_condition_and_its_evidence_need_not_be_written_alike() {
    let drop = Some((Worse::Lower, -300, true));
    let wau = "change('wau', days(28))";
    assert_eq!(bound("change(\"wau\", weeks(4)) <= -0.3", wau), drop);
    assert_eq!(bound("-0.3 >= change('wau', days(28))", wau), drop);
    assert_eq!(bound("(change('wau', days(28))) <= -0.3", wau), drop);
    assert_eq!(
        bound("!(score > 50 - 10)", "score"),
        Some((Worse::Lower, 40_000, true))
    );
    assert_eq!(bound("50 > score", "score"), Some((Worse::Lower, 50_000, false)));
}

#[test]
fn rearm_without_a_number_to_go_by_is_told() {
    let is_told = |when: &str, evidence: &str| {
        let problems = signal(when, evidence).problems();
        problems.iter().any(|one| one.key == "rearm")
    };
    assert!(is_told("count('champions') == 0", "count('champions')"));
    assert!(is_told(
        "change('wau', days(28)) <= -0.3",
        "change('wau', days(30))"
    ));
    assert!(!is_told(
        "change('wau', weeks(4)) <= -0.3",
        "change('wau', days(28))"
    ));
}

#[test]
fn worse_by_rearm_is_by_so_much_or_more() {
    let signal = signal("score < 50", "score");
    let gauge = Gauge::of(&signal).unwrap();
    assert!(!gauge.is_worse(40_000, 38_001, Some(2.0)));
    assert!(gauge.is_worse(40_000, 38_000, Some(2.0)));
}

/// The threshold that is suggested, and how much noise would not have fired.
fn moved(when: &str, evidence: &str, real: &[i64], noise: &[i64]) -> Option<(i64, u32)> {
    let signal = signal(when, evidence);
    let judged = |levels: &[i64], verdict| levels.iter().map(move |level| (*level, verdict)).collect();
    let levels: [Vec<_>; 2] = [judged(real, Verdict::Real), judged(noise, Verdict::Noise)];
    let tally = Tally {
        real: real.len() as u32,
        levels: levels.concat(),
        ..Tally::default()
    };
    let moved = tally.better_threshold(&Gauge::of(&signal).unwrap())?;
    Some((moved.to, moved.noise_less))
}

#[test]
fn a_threshold_that_is_suggested_is_the_nearest_without_the_noise_and_lets_all_that_was_real_fire() {
    let noise = [45_000, 46_000, 47_000];
    assert_eq!(moved("score < 50", "score", &[30_000], &noise), Some((45_000, 3)));
    assert_eq!(
        moved("score <= 50", "score", &[30_000], &noise),
        Some((44_000, 3))
    );
    assert_eq!(
        moved("score < 50", "score", &[30_000], &[31_000, 40_000, 45_000]),
        Some((31_000, 3))
    );
    assert_eq!(
        moved("score <= 50", "score", &[30_000], &[30_000, 40_000, 45_000]),
        None
    );
    let days = "days_since('last_touch')";
    let more = [32_000, 33_000, 34_000];
    assert_eq!(
        moved("days_since('last_touch') > 30", days, &[60_000], &more),
        Some((34_000, 3))
    );
    // Printed in whole percent: −45 %, which −0.455 and what was rounded to −0.450 reach.
    let change = "change('wau', days(30))";
    let drop = "change('wau', days(30)) <= -0.30";
    let noise = [-310, -320, -330, -449];
    assert_eq!(moved(drop, change, &[-455], &noise), Some((-450, 4)));
    assert_eq!(moved(drop, change, &[-450], &noise), Some((-340, 3)));
    let often = "metric('x') < 2.5";
    assert_eq!(
        moved(often, "metric('x')", &[1_234], &[2_000, 2_100, 2_200]),
        Some((1_990, 3))
    );
}

#[test]
fn no_threshold_is_suggested_where_the_level_of_something_real_is_unknown() {
    let signal = signal("score < 50", "score");
    let noise = [45_000, 46_000, 47_000].map(|level| (level, Verdict::Noise));
    let levels = [&noise[..], &[(30_000, Verdict::Real)]].concat();
    let tally = |real| Tally {
        real,
        levels: levels.clone(),
        ..Tally::default()
    };
    let gauge = Gauge::of(&signal).unwrap();
    assert!(tally(1).better_threshold(&gauge).is_some());
    assert_eq!(tally(2).better_threshold(&gauge), None);
}

#[test]
fn no_threshold_is_suggested_where_the_condition_the_condition_holds_without_it() {
    let noise = [45_000, 46_000, 47_000];
    let other = "score < 50 || days_since('last_touch') > 90";
    assert_eq!(moved(other, "score", &[30_000], &noise), None);
    let both = "score < 50 && days_since('last_touch') > 90";
    assert!(moved(both, "score", &[30_000], &noise).is_some());
    assert_eq!(
        moved("score < 50", "score", &[60_000], &[70_000; 3]),
        None,
        "milder"
    );
}

#[test]
fn a_suggestion_says_what_it_would_do_to_all_that_fired() {
    let signal = signal("change('wau', days(30)) <= -0.30", "change('wau', days(30))");
    let of = |levels: &[i64], verdict| levels.iter().map(|level| (*level, verdict)).collect::<Vec<_>>();
    let real = of(&[-560, -570, -580, -590, -600, -610, -620, -620], Verdict::Real);
    let noise = of(&[-330, -340, -350, -360, -380, -400], Verdict::Noise);
    let tally = Tally {
        real: 8,
        levels: [real, noise, of(&[-390, -500], Verdict::Known)].concat(),
        unjudged: vec![-310, -405, -410, -500],
        ..Tally::default()
    };
    let moved = tally.better_threshold(&Gauge::of(&signal).unwrap());
    let told = Moved {
        to: -410,
        noise_less: 6,
        noise: 6,
        known_less: 1,
        unjudged_less: 2,
        unjudged: 4,
        real: 8,
    };
    assert_eq!(moved, Some(told), "-55 % would have silenced more than the noise");
}
