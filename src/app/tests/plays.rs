//! A playbook is started from the account that the screen speaks of, after a look at what that does.

use super::forms::{answer, form};
use super::*;
use crate::app::account::Part;
use crate::app::overlay::Overlay;
use crate::app::play::{account, known, write};
use crate::domain::expression::Condition;
use crate::domain::playbook::{Deed, Playbook, TheirRun, TheirTask, What};

fn kept(orders: &[Cmd]) -> Option<(RunId, Deed)> {
    orders.iter().find_map(|order| match order {
        Cmd::Write(WriteCmd::Enqueue { run, deed, .. }) => Some((*run, deed.clone())),
        _ => None,
    })
}

#[test]
fn p_offers_the_warnings_own_playbook_first_starts_it_and_u_takes_the_start_back() {
    let mut model = known(120, 36);
    play(&mut model, "1 p");
    let (run, deed) = kept(&play(&mut model, "<enter>")).unwrap();
    let What::Started {
        run: started,
        reason,
        steps,
        ..
    } = &deed.events[0].what
    else {
        panic!("{deed:?}")
    };
    assert_eq!(reason.as_ref().unwrap().signal, "usage-drop");
    assert_eq!((steps.len(), deed.entries.len()), (2, 1), "one of them is a task");
    assert!(model.overlays.is_empty());
    assert!(!started.is_empty());
    let word = deed.entries[0].act.clone();
    answer(&mut model, run, deed.entries);
    let orders = play(&mut model, "u");
    // The run goes with the same commit.
    assert!(matches!(&orders[..], [Cmd::Write(WriteCmd::TakeBack { act })] if *act == word));
}

#[test]
fn a_play_that_runs_already_is_not_started_twice_and_says_so() {
    let mut model = known(120, 36);
    play(&mut model, "1 p j");
    let Some(Overlay::Plays(list)) = model.overlays.last_mut() else {
        panic!("no list")
    };
    list.view.as_mut().unwrap().plays[0].playbook = "renewal-rescue".to_owned();
    assert!(kept(&play(&mut model, "<enter>")).is_none());
    assert!(model.told.as_deref().unwrap().contains("it runs already, P-1"));
    assert!(matches!(model.overlays[..], [Overlay::Plays(_)]));
    play(&mut model, "<esc>");
    assert!(model.overlays.is_empty());
}

#[test]
fn a_playbook_that_is_not_for_the_account_is_started_only_after_a_yes() {
    let mut model = known(120, 36);
    let mut playbooks = model.outbox.means.playbooks.to_vec();
    playbooks[1].applies_when = Condition::try_from("stage == 'adoption'".to_owned()).ok();
    model.outbox.means.playbooks = playbooks.into();
    play(&mut model, "1 p");
    assert!(kept(&play(&mut model, "<enter>")).is_none());
    let Some(Overlay::Confirm(asked)) = model.overlays.last() else {
        panic!("no question: {:?}", model.overlays)
    };
    assert!(asked.question.subject().unwrap().contains("cannot be told"));
    play(&mut model, "n");
    assert!(matches!(model.overlays[..], [Overlay::Plays(_)]));
    play(&mut model, "<enter>");
    assert!(kept(&play(&mut model, "y")).is_some());
    assert!(model.overlays.is_empty());
}

#[test]
fn a_run_opens_its_menu_to_pause_it_or_reassign_a_step_and_u_takes_that_back() {
    let mut model = known(120, 36);
    play(&mut model, "1 p j <enter> p");
    let Some(Overlay::RunMenu(menu)) = model.overlays.last() else {
        panic!("no menu: {:?}", model.overlays)
    };
    assert_eq!((menu.played.id(), menu.choices().len()), ("P-1", 6));
    play(&mut model, "<enter>");
    assert!(kept(&play(&mut model, "<enter>")).is_none());
    assert!(form(&model).wrong.as_deref().unwrap().contains("say why"));
    write(&mut model, "their freeze");
    let (run, deed) = kept(&play(&mut model, "<enter>")).unwrap();
    assert!(matches!(&deed.events[0].what, What::Paused { why, .. } if why == "their freeze"));
    answer(&mut model, run, deed.entries);
    let (_, back) = kept(&play(&mut model, "u")).unwrap();
    assert!(matches!(&back.events[0].what, What::Resumed { .. }));

    let mut model = known(120, 36);
    play(&mut model, "1 p j <enter> p j j <enter>");
    write(&mut model, "ben");
    let (_, deed) = kept(&play(&mut model, "<enter>")).unwrap();
    assert!(
        matches!(&deed.events[0].what, What::Reassigned { step, to, .. } if step == "call" && to.name == "Ben Osei"),
        "{deed:?}"
    );
    assert_eq!(deed.entries.len(), 1, "its task goes along");
}

#[test]
fn a_paused_run_is_resumed_from_its_menu() {
    let mut model = known(120, 36);
    play(&mut model, "1 p");
    let Some(Overlay::Plays(list)) = model.overlays.last_mut() else {
        panic!("no list")
    };
    list.view.as_mut().unwrap().plays[0].paused = Some((ago(30), "their freeze".to_owned()));
    let (_, deed) = kept(&play(&mut model, "j <enter> p <enter>")).unwrap();
    assert!(matches!(&deed.events[0].what, What::Resumed { .. }));
}

#[test]
fn what_does_not_apply_is_offered_last() {
    let mut model = known(120, 36);
    let mut playbooks = model.outbox.means.playbooks.to_vec();
    let other = |id: &str, asks: Option<&str>| Playbook {
        id: id.to_owned(),
        applies_when: asks.and_then(|asks| Condition::try_from(asks.to_owned()).ok()),
        ..playbooks[0].clone()
    };
    let all = [
        other("a-not", Some("score > 1")),
        other("b-unknown", Some("score > 2")),
        other("c", None),
    ];
    playbooks.splice(0..0, all);
    model.outbox.means.playbooks = playbooks.into();
    play(&mut model, "1 p");
    let Some(Overlay::Plays(list)) = model.overlays.last_mut() else {
        panic!("no list")
    };
    list.view
        .as_mut()
        .unwrap()
        .applies
        .insert("a-not".to_owned(), Some(false));
    let ids: Vec<&str> = list
        .choices(&model.outbox)
        .iter()
        .map(|one| one.playbook.id.as_str())
        .collect();
    assert_eq!(
        ids,
        ["waning-interest", "c", "renewal-rescue", "b-unknown", "a-not"]
    );
}

#[test]
fn a_colleague_who_does_the_same_is_told_of_before_the_start() {
    let mut model = known(120, 36);
    play(&mut model, "1 p");
    let Some(Overlay::Plays(list)) = model.overlays.last_mut() else {
        panic!("no list")
    };
    let task = TheirTask {
        step: "call".to_owned(),
        task: "77".into(),
        done: Some(false),
        left_out: false,
        owner: "Ben Osei".to_owned(),
    };
    list.view.as_mut().unwrap().colleagues = vec![TheirRun {
        id: "P-9".to_owned(),
        account: "1".into(),
        playbook: Some("waning-interest".to_owned()),
        signal: Some("usage-drop".to_owned()),
        of: Some(1),
        tasks: vec![task],
    }];
    assert!(kept(&play(&mut model, "<enter>")).is_none());
    let Some(Overlay::Confirm(asked)) = model.overlays.last() else {
        panic!("no question: {:?}", model.overlays)
    };
    assert!(asked.question.subject().unwrap().contains("P-9, of Ben Osei"));
    assert!(kept(&play(&mut model, "y")).is_some());
}

#[test]
fn an_account_that_is_gone_closes_the_list_and_says_so() {
    let mut model = known(120, 36);
    play(&mut model, "1 j p");
    assert!(model.overlays.is_empty());
    assert!(model.told.as_deref().unwrap().contains("no such account"));
}

#[test]
fn on_the_line_of_what_brings_points_back_its_own_playbook_is_offered_first() {
    let mut model = known(120, 36);
    play(&mut model, "1 <enter>");
    let mut view = account();
    view.fixes[0].playbook = Some(("renewal-rescue".to_owned(), "Renewal rescue".to_owned()));
    let (fix, other) = (view.why.measures.len(), view.why.measures.len() + 1);
    let open = model.account.as_mut().unwrap();
    open.view = Some(Box::new(view));
    open.cursors[Part::Why.index()].at = fix;
    let first = |model: &mut Model| {
        play(model, "p");
        let Some(Overlay::Plays(list)) = model.overlays.last() else {
            panic!("no list")
        };
        let first = list
            .choices(&model.outbox)
            .first()
            .map(|one| one.playbook.id.clone());
        play(model, "<esc>");
        first.unwrap()
    };
    assert_eq!(first(&mut model), "renewal-rescue");
    model.account.as_mut().unwrap().cursors[Part::Why.index()].at = other;
    assert_eq!(
        first(&mut model),
        "waning-interest",
        "where none is named, a warning's own"
    );
}
