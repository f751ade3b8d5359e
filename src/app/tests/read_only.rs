//! Without the permit every key on every screen, and every entry of the palette, writes nothing and says why.

use super::*;
use crate::app::account::Part;
use crate::app::action::ACTIONS;
use crate::app::play::outbox::mixed;
use crate::app::play::{forbid_writing, known};

/// How to get to every screen, pane and part that keys can be pressed on.
fn screens() -> Vec<String> {
    let mut screens: Vec<String> = [
        "1",
        "2",
        "3",
        "4",
        "1 f",
        "3 f",
        "O",
        "O j",
        "O j j",
        "O j j j",
        "O G",
        "O j <enter>",
    ]
    .map(str::to_owned)
    .into();
    screens.extend(["O j j j j", "O j j j j j j j", "?", ":", "s"].map(str::to_owned));
    for part in 0..Part::ALL.len() {
        screens.push(format!("1 <enter> {}", "<tab> ".repeat(part)));
    }
    screens
}

/// The keys that are bound, and those that overlays have of their own.
fn keys() -> Vec<&'static str> {
    let bound = ACTIONS.iter().flat_map(|info| info.keys.iter().copied());
    let own = ["enter", "y", "ctrl-s", "r", "d", "m", "q"];
    bound.chain(own).collect()
}

/// Whether it changes anything but what is looked at.
fn writes(order: &Cmd) -> bool {
    matches!(
        order,
        Cmd::Write(_) | Cmd::Push | Cmd::Rescore { .. } | Cmd::Compose { .. }
    )
}

/// Presses every key on every screen, and behind it each of these; returns how many orders write.
fn press_everything(allowed: bool, then: &[&str]) -> usize {
    let mut writing = 0;
    for screen in screens() {
        for first in keys() {
            for second in then {
                let mut model = known(120, 36);
                update(&mut model, Msg::Outbox(OutboxMsg::Loaded(mixed().into())));
                play(&mut model, &screen);
                if !allowed {
                    forbid_writing(&mut model);
                }
                let orders = play(&mut model, &format!("{first} {second}"));
                let found = orders.iter().filter(|order| writes(order)).count();
                assert!(
                    allowed || found == 0,
                    "{screen}, then {first} {second}: {orders:?}"
                );
                writing += found;
            }
        }
    }
    writing
}

#[test]
fn no_key_on_any_screen_writes_without_the_permit() {
    let then = ["<enter>", "y", "ctrl-s"];
    assert_eq!(press_everything(false, &then), 0);
    // Control: the same keys write a lot where writing is allowed.
    let written = press_everything(true, &["<enter>"]);
    assert!(written > 20, "{written}");
}

#[test]
fn every_action_that_writes_says_why_not_on_every_screen_and_in_the_palette() {
    for info in ACTIONS.iter().filter(|info| info.writes) {
        for screen in ["1", "2", "3", "4", "1 <enter>", "1 <enter> <tab>"] {
            for way in info
                .keys
                .iter()
                .map(|key| (*key).to_owned())
                .chain([format!(": type:{} <enter>", info.id)])
            {
                let mut model = known(120, 36);
                update(&mut model, Msg::Outbox(OutboxMsg::Loaded(mixed().into())));
                forbid_writing(&mut model);
                play(&mut model, screen);
                let orders = play(&mut model, &way);
                assert!(
                    matches!(orders[..], [Cmd::LookForPermit]) && model.overlays.is_empty(),
                    "{screen} {way}: {orders:?}"
                );
                let told = model.told.clone().unwrap_or_default();
                assert!(
                    told.contains("nothing is written, as --read-only"),
                    "{screen} {way}: {told}"
                );
            }
        }
    }
}
