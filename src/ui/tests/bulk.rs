//! Frames of a playbook on the accounts that are marked.

use super::{SIZES, Theme, buffer, text};
use crate::app::play::bulk::known_plan;
use crate::app::play::{known, play};

#[test]
fn marked_accounts_the_choice_of_a_playbook_and_what_it_would_do_on_each() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        play(&mut model, "1 g space space");
        insta::assert_snapshot!(format!("marked-{width}"), text(&buffer(&model, Theme::default())));
        play(&mut model, "p");
        let picture = text(&buffer(&model, Theme::default()));
        assert!(picture.contains("Play · 2 accounts"), "{picture}");
        play(&mut model, "<esc> 1 g space space");
        known_plan(&mut model);
        play(&mut model, "type:2");
        insta::assert_snapshot!(format!("bulk-{width}"), text(&buffer(&model, Theme::default())));
    }
}
