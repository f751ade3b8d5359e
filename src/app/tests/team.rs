//! The team's table: it is read when it opens, a book opens to its accounts, an account to its screen.

use crate::app::overlay::{Overlay, TeamScreen};
use crate::app::play::team::table;
use crate::app::play::{loaded, play};
use crate::app::update::update;
use crate::app::{Cmd, DeskMsg, Model, Msg, RunId};

fn opened(model: &mut Model, keys: &str, everybody: bool) -> RunId {
    let orders = play(model, keys);
    match orders[..] {
        [
            Cmd::LoadTeam {
                run,
                everybody: asked,
            },
        ] if asked == everybody => run,
        _ => panic!("{orders:?}"),
    }
}

fn hear(model: &mut Model, run: RunId) {
    let read = Ok(Box::new(table()));
    update(model, Msg::Desk(DeskMsg::Team { run, read }));
}

fn screen(model: &Model) -> &TeamScreen {
    match model.overlays.last() {
        Some(Overlay::Team(screen)) => screen,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_book_opens_to_its_accounts_and_esc_leads_back_to_the_table() {
    let mut model = loaded(120, 36);
    let run = opened(&mut model, "L", false);
    hear(&mut model, RunId(run.0 + 7));
    assert_eq!(screen(&model).table, None, "a stale answer is dropped");
    hear(&mut model, run);
    play(&mut model, "j <enter>");
    assert_eq!(screen(&model).row().unwrap().name(), "Jonas Holm");
    play(&mut model, "j <esc>");
    assert_eq!(
        (screen(&model).book, screen(&model).cursor.at),
        (None, 1),
        "where it was"
    );
    play(&mut model, "g <enter> j");
    let account = screen(&model).account().map(|(id, _)| id.clone()).unwrap();
    let orders = play(&mut model, "<enter>");
    assert!(
        matches!(&orders[..], [Cmd::OpenAccount { id, .. }, Cmd::ReadAccount { .. }] if *id == account),
        "{orders:?}"
    );
    assert!(model.overlays.is_empty());
}

#[test]
fn tab_asks_for_everybody_and_what_cannot_be_read_closes_with_a_reason() {
    let mut model = loaded(80, 24);
    let run = opened(&mut model, "L", false);
    hear(&mut model, run);
    let run = opened(&mut model, "<tab>", true);
    let read = Err("the cache is damaged".to_owned());
    update(&mut model, Msg::Desk(DeskMsg::Team { run, read }));
    assert!(model.overlays.is_empty());
    assert_eq!(model.told.as_deref(), Some("the cache is damaged"));
}
