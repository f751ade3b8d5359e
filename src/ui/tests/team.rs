//! Frames of the team's table.

use super::{SIZES, Theme, buffer, text};
use crate::app::play::team::table;
use crate::app::play::{loaded, play};
use crate::app::update::update;
use crate::app::{Cmd, DeskMsg, Msg};

#[test]
fn the_table_of_the_team_and_a_book_of_it() {
    for (width, height) in SIZES {
        let mut model = loaded(width, height);
        let orders = play(&mut model, "L");
        let picture = text(&buffer(&model, Theme::default()));
        assert!(picture.contains("Reading the books"), "{picture}");
        let Some(Cmd::LoadTeam { run, .. }) = orders.first() else {
            panic!("{orders:?}")
        };
        let read = Ok(Box::new(table()));
        update(&mut model, Msg::Desk(DeskMsg::Team { run: *run, read }));
        let picture = text(&buffer(&model, Theme::default()));
        insta::assert_snapshot!(format!("team-{width}"), picture);
        play(&mut model, "<enter>");
        let picture = text(&buffer(&model, Theme::default()));
        insta::assert_snapshot!(format!("team-book-{width}"), picture);
    }
}
