//! What-if: values and weights are tried on an account and on the book; spans of the score's change.

use crate::app::cmd::Cmd;
use crate::app::overlay::{Overlay, Question, WhatIfScreen};
use crate::app::play::{loaded, play};
use crate::app::span::Span;
use crate::app::update::update;
use crate::app::{BookMsg, Model, Msg};
use crate::domain::book::trial::{BandCounts, BookTrial};
use crate::domain::expression::Value;
use crate::domain::health::what_if::{Tried, Way};
use crate::domain::summary::Band;

fn screen(model: &Model) -> &WhatIfScreen {
    let found = model.overlays.iter().find_map(|overlay| match overlay {
        Overlay::WhatIf(screen) => Some(screen),
        _ => None,
    });
    found.unwrap()
}

fn score(model: &Model) -> (Option<u8>, Band) {
    let screen = screen(model);
    let what_if = screen.what_if().unwrap();
    let score = what_if.score(&screen.tried);
    (score.shown(), what_if.band(&score))
}

#[test]
fn a_value_and_a_weight_are_tried_and_nothing_is_written() {
    let mut model = loaded(120, 36);
    let orders = play(&mut model, "1 w");
    assert!(matches!(orders[0], Cmd::OpenAccount { .. }));
    assert!(
        matches!(&orders[1], Cmd::TryOnBook { weights, mine: Some(_), .. } if weights.is_empty()),
        "{orders:?}"
    );
    let before = score(&model);
    let orders = play(&mut model, "<enter> type:60 <enter>");
    assert_eq!(screen(&model).tried.values[&0], Value::Number(60.0));
    assert!(score(&model).0 > before.0);
    let orders: Vec<_> = orders.iter().chain(&[]).collect();
    assert!(matches!(orders[..], [Cmd::TryOnBook { .. }]), "{orders:?}");
    let orders = play(&mut model, "j + +");
    assert!(
        matches!(&orders[..], [Cmd::TryOnBook { .. }, Cmd::TryOnBook { weights, .. }]
            if *weights == [("sponsor".to_owned(), 30_000)]),
        "{orders:?}"
    );
    play(&mut model, "0 k 0");
    assert_eq!(screen(&model).tried, Tried::default());
    assert_eq!(score(&model), before);
    play(&mut model, "<esc>");
    assert!(model.overlays.is_empty());
}

#[test]
fn a_value_that_cannot_be_is_asked_for_again_with_what_was_typed() {
    let mut model = loaded(120, 36);
    play(&mut model, "1 w <enter> type:many <enter>");
    assert_eq!(model.told.as_deref(), Some("`many` is not a number"));
    assert!(matches!(model.overlays.last(), Some(Overlay::Ask(ask)) if ask.field.text() == "many"));
    play(&mut model, "<esc>");
    assert!(screen(&model).tried.is_empty());
}

#[test]
fn what_makes_it_green_can_be_tried_at_once() {
    let mut model = loaded(120, 36);
    play(&mut model, "1 w");
    assert_ne!(score(&model).1, Band::Green);
    play(&mut model, "g");
    assert_eq!(score(&model).1, Band::Green);
    play(&mut model, "g");
    assert_eq!(score(&model).1, Band::Green, "a second time changes nothing");
}

#[test]
fn the_book_shows_what_was_worked_out_last() {
    let mut model = loaded(120, 36);
    let orders = play(&mut model, "1 w +");
    let runs: Vec<_> = orders
        .iter()
        .filter_map(|order| match order {
            Cmd::TryOnBook { run, .. } => Some(*run),
            _ => None,
        })
        .collect();
    let trial = |red| BookTrial {
        after: BandCounts {
            red,
            ..BandCounts::default()
        },
        ..BookTrial::default()
    };
    for (run, red) in [(runs[1], 7), (runs[0], 3)] {
        let (trial, way) = (trial(red), Way::None);
        update(&mut model, Msg::Book(BookMsg::Tried { run, trial, way }));
    }
    assert_eq!(screen(&model).book.unwrap().after.red, 7);
}

#[test]
fn weights_are_kept_only_after_a_yes() {
    let mut model = loaded(120, 36);
    assert!(
        play(&mut model, "1 w W")
            .iter()
            .all(|order| !matches!(order, Cmd::KeepWeights { .. }))
    );
    assert_eq!(model.told.as_deref(), Some("no weight is tried: + and - try one"));
    play(&mut model, "+ W");
    assert!(matches!(
        model.overlays.last(),
        Some(Overlay::Confirm(confirm)) if matches!(confirm.question, Question::KeepWeights(_))
    ));
    let orders = play(&mut model, "y");
    assert!(
        matches!(&orders[..], [Cmd::KeepWeights { weights }] if *weights == [("usage".to_owned(), 45_000)]),
        "{orders:?}"
    );
}

#[test]
fn the_change_is_counted_over_longer_and_shorter_times_and_from_any_day() {
    let mut model = loaded(120, 36);
    play(&mut model, "1 <enter>");
    let since = |orders: &[Cmd]| match orders {
        [Cmd::OpenAccount { since, .. }] => since.map(|at| at.to_string()),
        other => panic!("{other:?}"),
    };
    let now = model.now;
    let days = |days: i64| Some((now - jiff::Span::new().hours(days * 24)).to_string());
    assert_eq!(since(&play(&mut model, ".")), days(7));
    assert_eq!(since(&play(&mut model, ".")), days(30));
    assert_eq!(since(&play(&mut model, ",")), days(7));
    assert_eq!(since(&play(&mut model, ",")), None);
    assert!(play(&mut model, ",").is_empty());
    assert_eq!(
        model.told.as_deref(),
        Some("that is the shortest time; :since takes any day")
    );
    let orders = play(&mut model, ": type:since <enter> type:2026-10-01 <enter>");
    assert_eq!(since(&orders).as_deref(), Some("2026-10-01T23:59:59.999Z"));
    let account = model.account.as_ref().unwrap();
    assert_eq!(account.span, Span::Since(jiff::civil::date(2026, 10, 1)));
    play(&mut model, ": type:since <enter> type:never <enter>");
    assert!(matches!(model.overlays.last(), Some(Overlay::Ask(ask)) if ask.field.text() == "never"));
}
