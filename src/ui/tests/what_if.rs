//! Frames of what-if.

use super::{SIZES, Theme, buffer, text};
use crate::app::overlay::Overlay;
use crate::app::play::{loaded, play};
use crate::app::update::update;
use crate::app::{BookMsg, Cmd, Model, Msg};
use crate::domain::book::trial::{BandCounts, BookTrial};
use crate::domain::health::what_if::Way;

fn way(model: &Model) -> Way {
    let found = model.overlays.iter().find_map(|overlay| match overlay {
        Overlay::WhatIf(screen) => screen.way.clone(),
        _ => None,
    });
    found.unwrap()
}

#[test]
fn what_if_as_it_opens_and_with_something_tried() {
    for (name, keys) in [("what-if", "1 w"), ("what-if-tried", "1 w g j + +")] {
        for (width, height) in SIZES {
            let mut model = loaded(width, height);
            let orders = play(&mut model, keys);
            let run = orders.iter().rev().find_map(|order| match order {
                Cmd::TryOnBook { run, .. } => Some(*run),
                _ => None,
            });
            let bands = |red, amber| BandCounts {
                red,
                amber,
                green: 5,
                unknown: 1,
            };
            let trial = BookTrial {
                before: bands(4, 2),
                after: bands(3, 3),
                moved: 1,
                place_before: Some(2),
                place_after: Some(9),
                known: 11,
            };
            let way = way(&model);
            update(
                &mut model,
                Msg::Book(BookMsg::Tried {
                    run: run.unwrap(),
                    trial,
                    way,
                }),
            );
            let picture = text(&buffer(&model, Theme::default()));
            insta::assert_snapshot!(format!("{name}-{width}"), picture);
        }
    }
}

#[test]
fn points_are_rounded_to_the_tenth_that_is_shown() {
    let mut model = loaded(120, 36);
    play(&mut model, "1 w");
    for overlay in &mut model.overlays {
        if let Overlay::WhatIf(screen) = overlay {
            screen.view.as_mut().unwrap().what_if.trials[0].seen.points = Some(4_656);
        }
    }
    let picture = text(&buffer(&model, Theme::default()));
    assert!(picture.contains("46.6"), "{picture}");
}
