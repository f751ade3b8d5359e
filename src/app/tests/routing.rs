//! The routing desk: it is read when it opens and whenever it may have changed, and goes from desk to desk.

use super::super::overlay::routing::Tab;
use super::super::overlay::{Overlay, RoutingScreen};
use super::super::play::routing::{questions, weeks};
use super::super::play::{known, play};
use super::super::*;

/// The order that reads the open questions.
pub(super) fn asked(orders: &[Cmd]) -> RunId {
    let run = orders.iter().rev().find_map(|order| match order {
        Cmd::LoadQuestions { run } => Some(*run),
        _ => None,
    });
    run.unwrap_or_else(|| panic!("{orders:?}"))
}

pub(super) fn hear(model: &mut Model, run: RunId) {
    let told = Box::new(questions());
    update(model, Msg::Routing(RoutingMsg::Loaded { run, told }));
}

/// The routing desk with its six questions.
pub(super) fn opened() -> Model {
    let mut model = known(120, 36);
    let run = asked(&play(&mut model, "T"));
    hear(&mut model, run);
    model
}

pub(super) fn screen(model: &Model) -> &RoutingScreen {
    let found = model.overlays.iter().find_map(|overlay| match overlay {
        Overlay::Routing(screen) => Some(&**screen),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{:?}", model.overlays))
}

pub(super) fn chosen(model: &Model) -> &str {
    screen(model).selected().unwrap().id.as_str()
}

#[test]
fn complaints_of_large_accounts_stand_before_what_is_due_first_and_tab_goes_from_desk_to_desk() {
    let mut model = opened();
    let row = |at| screen(&model).row(at).unwrap();
    let large = (0..6).take_while(|at| row(*at).to_lead != Some(false)).count();
    assert_eq!(large, 2);
    let due = |places: std::ops::Range<usize>| places.map(|at| row(at).stands_at).is_sorted();
    assert!(due(0..large) && due(large..6));
    assert!((large..6).all(|at| row(at).to_lead == Some(false)));
    assert_eq!(screen(&model).counts, [6, 2, 1, 3, 1, 0]);
    play(&mut model, "j <tab>");
    assert_eq!((screen(&model).tab, screen(&model).cursor.at), (Tab::Csm, 0));
    assert_eq!(chosen(&model), "4312");
    play(&mut model, "<shift-tab> <shift-tab> <shift-tab>");
    assert_eq!((screen(&model).tab, screen(&model).rows.len()), (Tab::Mine, 1));
    play(&mut model, "<shift-tab>");
    assert_eq!((screen(&model).tab, screen(&model).rows.len()), (Tab::Person, 3));
    play(&mut model, "T");
    assert!(model.overlays.is_empty(), "its own key closes it too");
}

#[test]
fn a_stale_answer_is_dropped_and_what_fails_closes_with_a_reason() {
    let mut model = known(120, 36);
    let run = asked(&play(&mut model, "T"));
    hear(&mut model, RunId(run.0 + 7));
    assert_eq!(screen(&model).told, None);
    let why = "the cache is damaged".to_owned();
    update(&mut model, Msg::Routing(RoutingMsg::Failed { run, why }));
    assert!(model.overlays.is_empty());
    assert_eq!(model.told.as_deref(), Some("the cache is damaged"));
}

#[test]
fn what_may_have_changed_is_read_again_and_the_cursor_stays_on_its_question() {
    let mut model = opened();
    play(&mut model, "j j");
    let before = chosen(&model).to_owned();
    let run = asked(&update(&mut model, Msg::Sync(SyncMsg::CacheChanged)));
    assert!(screen(&model).told.is_some(), "what shows stays meanwhile");
    let mut told = questions();
    told.open.remove(0);
    let told = Box::new(told);
    update(&mut model, Msg::Routing(RoutingMsg::Loaded { run, told }));
    assert_eq!((chosen(&model), screen(&model).cursor.at), (before.as_str(), 1));
    play(&mut model, "<esc>");
    let orders = update(&mut model, Msg::Sync(SyncMsg::CacheChanged));
    let read = orders
        .iter()
        .any(|order| matches!(order, Cmd::LoadQuestions { .. }));
    assert!(!read, "nobody looks at it: {orders:?}");
}

#[test]
fn a_question_opens_in_full_and_its_account_by_a_key_of_its_own() {
    let mut model = opened();
    play(&mut model, "<tab> <enter>");
    let Some(Overlay::Reader(reader)) = model.overlays.last() else {
        panic!("{:?}", model.overlays)
    };
    assert_eq!(reader.title, "ticket 4312");
    assert!(reader.text.contains("not acceptable"), "{}", reader.text);
    let desk = &reader.facts.iter().find(|(label, _)| *label == "desk").unwrap().1;
    assert_eq!(
        desk,
        "CSM: complaint “No answer on ticket”, “not acceptable” → CSM"
    );
    play(&mut model, "<esc>");
    assert_eq!(chosen(&model), "4312", "the desk is still there");
    let orders = play(&mut model, "i");
    assert!(
        matches!(&orders[..], [Cmd::OpenAccount { id, .. }, ..] if id.as_str() == "1"),
        "{orders:?}"
    );
    assert!(model.overlays.is_empty());
}

#[test]
fn from_the_account_of_a_question_esc_leads_back_to_the_desk_where_one_was() {
    let mut model = opened();
    play(&mut model, "<tab> <tab> <tab> j");
    let before = (
        screen(&model).tab,
        screen(&model).cursor.at,
        chosen(&model).to_owned(),
    );
    play(&mut model, "i");
    assert!(model.account.is_some() && model.overlays.is_empty());
    let run = asked(&play(&mut model, "<esc>"));
    let now = |model: &Model| {
        (
            screen(model).tab,
            screen(model).cursor.at,
            chosen(model).to_owned(),
        )
    };
    assert!(model.account.is_none());
    assert_eq!(now(&model), before, "it shows before it is read anew");
    hear(&mut model, run);
    assert_eq!(now(&model), before);
    // Opened otherwise, an account is left for the lists as ever.
    play(&mut model, "<esc> 1 g <enter> <esc>");
    assert!(model.account.is_none() && model.overlays.is_empty());
}

#[test]
fn a_question_of_no_account_says_so_and_an_empty_desk_takes_its_keys() {
    let mut model = known(120, 36);
    let run = asked(&play(&mut model, "T"));
    let mut told = questions();
    told.open.truncate(1);
    told.open[0].account = None;
    let told = Box::new(told);
    update(&mut model, Msg::Routing(RoutingMsg::Loaded { run, told }));
    play(&mut model, "i");
    let why = model.told.as_deref();
    assert_eq!(why, Some("the question belongs to no account of the cache"));
    play(&mut model, "<tab> <tab> <tab>");
    let run = asked(&update(&mut model, Msg::Sync(SyncMsg::CacheChanged)));
    let told = Box::default();
    update(&mut model, Msg::Routing(RoutingMsg::Loaded { run, told }));
    play(&mut model, "j k G <enter> i y o");
    assert!(screen(&model).selected().is_none());
}

#[test]
fn the_weeks_are_read_when_they_are_looked_at_and_again_after_a_change() {
    let mut model = opened();
    let orders = play(&mut model, "<shift-tab>");
    let counted = |model: &mut Model, run: RunId| {
        let told = Box::new(weeks());
        update(model, Msg::Routing(RoutingMsg::WeeksLoaded { run, told }));
    };
    let [Cmd::LoadRouteWeeks { run: first }] = orders[..] else {
        panic!("{orders:?}")
    };
    // Whatever changes while they show has them read again; an answer from before is stale.
    let orders = update(&mut model, Msg::Sync(SyncMsg::CacheChanged));
    let run = orders.iter().find_map(|order| match order {
        Cmd::LoadRouteWeeks { run } => Some(*run),
        _ => None,
    });
    counted(&mut model, first);
    assert!(screen(&model).weeks.is_none());
    counted(&mut model, run.unwrap());
    play(&mut model, "j G g j i h <enter>");
    assert!(screen(&model).weeks.is_some() && screen(&model).deciding.is_none());
    play(&mut model, "<tab>");
    update(&mut model, Msg::Sync(SyncMsg::CacheChanged));
    let orders = play(&mut model, "<shift-tab>");
    assert!(matches!(&orders[..], [Cmd::LoadRouteWeeks { .. }]), "{orders:?}");
    // What was asked while they showed is not taken once something changed beside.
    let stale = run.unwrap();
    play(&mut model, "<tab>");
    update(&mut model, Msg::Sync(SyncMsg::CacheChanged));
    counted(&mut model, stale);
    assert!(screen(&model).weeks.is_none());
}
