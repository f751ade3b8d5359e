//! NPS on the screen: it is read when it opens, goes from list to list, and opens accounts.

use crate::app::overlay::nps::Tab;
use crate::app::overlay::{NpsScreen, Overlay};
use crate::app::play::nps::answers;
use crate::app::play::{loaded, play};
use crate::app::update::update;
use crate::app::{Cmd, Model, Msg, NpsMsg, RunId};

fn opened() -> (Model, RunId) {
    let mut model = loaded(120, 36);
    let orders = play(&mut model, "N");
    let [Cmd::LoadNps { run }] = orders[..] else {
        panic!("{orders:?}")
    };
    (model, run)
}

fn hear(model: &mut Model, run: RunId) {
    let told = Box::new(answers());
    update(model, Msg::Nps(NpsMsg::Loaded { run, told }));
}

fn screen(model: &Model) -> &NpsScreen {
    match model.overlays.last() {
        Some(Overlay::Nps(screen)) => screen,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_stale_answer_is_dropped_and_the_awaited_one_shows() {
    let (mut model, run) = opened();
    hear(&mut model, RunId(run.0 + 7));
    assert_eq!(screen(&model).told, None);
    hear(&mut model, run);
    assert!(screen(&model).told.is_some());
}

#[test]
fn tab_goes_from_list_to_list_and_enter_opens_the_account_of_the_line() {
    let (mut model, run) = opened();
    hear(&mut model, run);
    assert_eq!(screen(&model).tab, Tab::Pains);
    play(&mut model, "j <tab>");
    assert_eq!((screen(&model).tab, screen(&model).cursor.at), (Tab::Wins, 0));
    play(&mut model, "<tab> j");
    let silent = screen(&model).account().map(|(id, _)| id.clone()).unwrap();
    let orders = play(&mut model, "<enter>");
    assert!(
        matches!(&orders[..], [Cmd::OpenAccount { id, .. }, Cmd::ReadAccount { .. }] if *id == silent),
        "{orders:?}"
    );
    assert!(model.overlays.is_empty());
    assert_eq!(model.account.as_ref().map(|account| &account.id), Some(&silent));
    assert_eq!(model.selected.as_ref().map(|one| &one.id), Some(&silent));
}

#[test]
fn a_segment_is_no_account_and_what_cannot_be_read_closes_with_a_reason() {
    let (mut model, run) = opened();
    hear(&mut model, run);
    play(&mut model, "<tab> <tab> <tab> <tab> <enter>");
    assert_eq!(screen(&model).tab, Tab::Segments);
    assert_eq!(model.told.as_deref(), Some("the line belongs to no account"));
    play(&mut model, "<esc>");
    assert!(model.overlays.is_empty());
    let (mut model, run) = opened();
    let why = "the cache is damaged".to_owned();
    update(&mut model, Msg::Nps(NpsMsg::Failed { run, why }));
    assert!(model.overlays.is_empty());
    assert_eq!(model.told.as_deref(), Some("the cache is damaged"));
}
