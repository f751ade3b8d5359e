//! Steps of playbooks: done and left out by the rules of the run, and undone.

use super::forms::{answer, form, nothing_begun};
use super::*;
use crate::app::overlay::Overlay;
use crate::app::overlay::form::Reading;
use crate::app::play::steps::stand_on;
use crate::app::play::{account, known, write};
use crate::domain::desk::{Desk, DueItem};
use crate::domain::outbox::{Entry, EntryId, NewEntry, Target, Write};
use crate::domain::playbook::{Deed, What};
use crate::domain::record::{Kind, RecordId};

/// What is ordered to be kept, and under which number.
fn kept(orders: &[Cmd]) -> (RunId, Deed, Vec<String>) {
    let found = orders.iter().find_map(|order| match order {
        Cmd::Write(WriteCmd::Enqueue {
            run,
            deed,
            drafts_done,
            ..
        }) => Some((*run, deed.clone(), drafts_done.clone())),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("nothing is kept but {orders:?}"))
}

fn what(deed: &Deed) -> &What {
    assert_eq!(deed.events[0].account.as_str(), "1");
    &deed.events[0].what
}

#[test]
fn x_on_a_step_reads_its_run_and_completes_it_with_its_task() {
    let mut model = known(120, 36);
    stand_on(&mut model, "send");
    let orders = play(&mut model, "x");
    assert!(matches!(&orders[0], Cmd::OpenAccount { id, .. } if id.as_str() == "1"));
    let (_, deed, _) = kept(&orders);
    assert!(matches!(what(&deed), What::Done { run, step } if run == "P-1" && step == "send"));
    assert_eq!(deed.entries[0].write.target().unwrap().shown_id().as_str(), "t4");
    assert!(model.account.is_none() && model.overlays.is_empty());
}

#[test]
fn a_step_without_a_task_is_done_shown_and_taken_up_again_with_u() {
    let mut model = known(120, 36);
    stand_on(&mut model, "look");
    let (run, deed, _) = kept(&play(&mut model, "x"));
    assert!(deed.entries.is_empty());
    let orders = answer(&mut model, run, Vec::new());
    assert!(
        orders
            .iter()
            .any(|order| matches!(order, Cmd::Rescore { accounts } if accounts[0].as_str() == "1")),
        "{orders:?}"
    );
    let orders = play(&mut model, "u");
    assert_eq!(orders.len(), 1, "nothing waits to be taken back: {orders:?}");
    let (run, deed, _) = kept(&orders);
    assert!(matches!(what(&deed), What::Reopened { step, .. } if step == "look"));
    assert_eq!(model.outbox.acts.len(), 1, "not before it is on disk");
    assert!(play(&mut model, "u").is_empty(), "once is enough");
    let refused = failure(FailureKind::Unsaved, "not saved: the disk is full");
    update(
        &mut model,
        Msg::Outbox(OutboxMsg::NotQueued {
            run,
            failure: refused,
        }),
    );
    assert_eq!(model.outbox.acts.len(), 1, "what was refused can be tried again");
    let (run, _, _) = kept(&play(&mut model, "u"));
    answer(&mut model, run, Vec::new());
    assert_eq!(model.told.as_deref(), Some("taken back: Done: Look at the usage"));
    assert!(model.outbox.acts.is_empty());
}

#[test]
fn the_cursor_is_on_the_step_again_that_was_taken_back() {
    let mut model = known(120, 36);
    stand_on(&mut model, "look");
    let before = model.desk.desk.as_deref().unwrap().clone();
    let at = model.cursor(Pane::Steps).at;
    let mut without = before.clone();
    without.due.remove(at);
    let desk = |desk: &Desk| Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk.clone()))));
    let (run, ..) = kept(&play(&mut model, "x"));
    answer(&mut model, run, Vec::new());
    update(&mut model, desk(&without));
    assert_eq!(model.cursor(Pane::Steps).at, at, "on the one that came next");
    let (run, ..) = kept(&play(&mut model, "u"));
    // Something else is told first.
    update(&mut model, desk(&without));
    answer(&mut model, run, Vec::new());
    update(&mut model, desk(&before));
    assert_eq!(model.cursor(Pane::Steps).at, at);
    assert_eq!(
        model.selected.as_ref().map(|one| &one.id),
        before.due[at].account.as_ref()
    );
    // Who has moved on stays there.
    let (run, ..) = kept(&play(&mut model, "x"));
    answer(&mut model, run, Vec::new());
    update(&mut model, desk(&without));
    kept(&play(&mut model, "u"));
    play(&mut model, "g");
    update(&mut model, desk(&before));
    assert_eq!(model.cursor(Pane::Steps).at, 0);
}

#[test]
fn where_a_step_is_gone_the_cursor_goes_to_the_next_wherever_that_is_by_then() {
    let mut model = known(120, 36);
    stand_on(&mut model, "look");
    let mut desk = model.desk.desk.as_deref().unwrap().clone();
    let next = desk.due[2].record.clone();
    // What becomes due instead comes before it.
    let instead = DueItem {
        record: RecordId::from("new"),
        ..desk.due[0].clone()
    };
    desk.due.remove(1);
    desk.due.insert(0, instead);
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
    let at = model.cursor(Pane::Steps).at;
    assert_eq!(model.desk.due_at(at).unwrap().record, next);
}

#[test]
fn what_is_taken_back_and_was_there_all_the_time_moves_no_cursor() {
    let mut model = known(120, 36);
    play(&mut model, "3 g");
    let desk = model.desk.desk.as_deref().unwrap().clone();
    play(&mut model, "e ctrl-u type:+2bd ctrl-s");
    let [writing] = &model.outbox.writing[..] else {
        panic!("nothing is queued");
    };
    let run = writing.run;
    let task = desk.due[0]
        .task
        .clone()
        .map(|_| desk.due[0].record.clone())
        .unwrap();
    let put_off = NewEntry {
        act: "a1".to_owned(),
        account: desk.due[0].account.clone(),
        title: "Due".to_owned(),
        write: Write::Update {
            kind: Kind::Task,
            target: Target::Record(task),
            changes: Vec::new(),
        },
        leaves_at: model.now + SignedDuration::from_secs(9),
    };
    answer(&mut model, run, vec![put_off]);
    play(&mut model, "j u");
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
    assert_eq!(model.cursor(Pane::Steps).at, 1);
}

#[test]
fn what_is_done_is_done_to_the_account_of_the_marked_line_also_when_the_line_before_is_gone() {
    let mut model = known(120, 36);
    play(&mut model, "3");
    let mut desk = model.desk.desk.as_deref().unwrap().clone();
    let marked = model.cursor(Pane::Steps).at;
    let next = (marked + 1..desk.due.len()).find(|at| desk.due[*at].account != desk.due[marked].account);
    let next = desk.due[next.unwrap()].clone();
    desk.due.remove(marked);
    desk.due.insert(marked, next.clone());
    update(
        &mut model,
        Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk.clone())))),
    );
    assert_eq!(model.selected.as_ref().map(|one| &one.id), next.account.as_ref());
    play(&mut model, "n");
    assert_eq!(
        form(&model).about.as_ref().map(|about| &about.id),
        next.account.as_ref()
    );
    play(&mut model, "<esc>");

    desk.due[marked].account = None;
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
    play(&mut model, "n");
    assert!(model.overlays.is_empty(), "a line without an account names none");
}

#[test]
fn a_step_with_a_task_is_taken_back_in_the_outbox_and_in_the_journal() {
    let mut model = known(120, 36);
    stand_on(&mut model, "send");
    let (run, deed, _) = kept(&play(&mut model, "x"));
    let word = deed.entries[0].act.clone();
    answer(&mut model, run, deed.entries);
    let orders = play(&mut model, "u");
    // The step is reopened with the same commit.
    assert!(matches!(&orders[..], [Cmd::Write(WriteCmd::TakeBack { act })] if *act == word));
}

#[test]
fn a_step_that_comes_later_is_refused_before_anything_is_typed() {
    let mut model = known(120, 36);
    stand_on(&mut model, "decide");
    let orders = play(&mut model, "x");
    assert!(matches!(orders[..], [Cmd::OpenAccount { .. }]), "{orders:?}");
    assert!(model.told.as_deref().unwrap().contains("comes after call"));
    stand_on(&mut model, "unknown");
    play(&mut model, "x");
    assert!(model.told.as_deref().unwrap().contains("has no step"));
    play(&mut model, "k -");
    assert!(model.told.as_deref().unwrap().contains("only a step"));
}

#[test]
fn a_step_whose_evidence_is_a_note_asks_for_it_and_keeps_its_draft() {
    let mut model = known(120, 36);
    stand_on(&mut model, "call");
    play(&mut model, "x");
    nothing_begun(&mut model);
    let hint = form(&model).reading(0, &model.reading_occasion(), &[]);
    assert!(
        matches!(&hint, Some(Reading::Hint(hint)) if hint.contains("becomes a note")),
        "{hint:?}"
    );
    play(&mut model, "ctrl-s");
    assert!(form(&model).wrong.as_deref().unwrap().contains("without a note"));
    write(&mut model, "They stay.");
    let (run, deed, drafts) = kept(&play(&mut model, "ctrl-s"));
    assert_eq!(drafts, ["step note:1:P-1 call"]);
    let kinds: Vec<Kind> = deed.entries.iter().map(|entry| entry.write.kind()).collect();
    assert_eq!(kinds, [Kind::Note, Kind::Task]);
    let Write::Create { fields, .. } = &deed.entries[0].write else {
        panic!("no note")
    };
    let body = crate::domain::outbox::Field::Core(crate::domain::record::Core::Body);
    assert_eq!(fields[&body], "Call the sponsor: They stay.");
    assert!(matches!(what(&deed), What::Done { step, .. } if step == "call"));
    assert!(
        matches!(model.overlays[..], [Overlay::Form(_)]),
        "not on disk yet"
    );
    answer(&mut model, run, deed.entries.clone());
    assert!(model.overlays.is_empty());
    assert_eq!(model.outbox.acts[0].title, "Done: Call the sponsor");
    let entries = deed.entries.into_iter().enumerate().map(|(at, new)| {
        let id = EntryId(at as i64);
        Entry::queued(id, String::new(), String::new(), new, model.now)
    });
    let back = OutboxMsg::TakenBack(entries.collect());
    let orders = update(&mut model, Msg::Outbox(back));
    assert_eq!(
        model.told.as_deref(),
        Some("taken back: Done: Call the sponsor; its text is a draft again: x opens it")
    );
    assert!(
        orders.iter().any(|order| matches!(order,
            Cmd::Write(WriteCmd::KeepBeside { name, text })
                if name == "step note:1:P-1 call" && text == "They stay.")),
        "{orders:?}"
    );
}

#[test]
fn minus_leaves_a_step_out_with_a_reason_and_not_without() {
    let mut model = known(120, 36);
    stand_on(&mut model, "decide");
    play(&mut model, "-");
    assert!(
        !play(&mut model, "<enter>")
            .iter()
            .any(|order| matches!(order, Cmd::Write(_)))
    );
    assert!(form(&model).wrong.as_deref().unwrap().contains("say why"));
    write(&mut model, "decided already");
    let (_, deed, _) = kept(&play(&mut model, "<enter>"));
    assert!(matches!(what(&deed), What::Skipped { why, .. } if why == "decided already"));
}

#[test]
fn what_is_typed_before_the_form_of_a_step_opens_is_typed_into_it() {
    let key = |model: &mut Model, key: &str| {
        let key = key.parse().unwrap();
        update(model, Msg::Terminal(TerminalMsg::Key(key)))
    };
    let read = |run: RunId| {
        let view = Some(Box::new(account()));
        Msg::Account(AccountMsg::Loaded { run, view })
    };
    let mut model = known(120, 36);
    stand_on(&mut model, "decide");
    let asked = |orders: &[Cmd]| match orders {
        [Cmd::OpenAccount { run, .. }] => *run,
        other => panic!("{other:?}"),
    };
    let run = asked(&key(&mut model, "-"));
    for typed in ["u", "e"] {
        assert!(key(&mut model, typed).is_empty(), "no key of the screen");
    }
    update(&mut model, read(run));
    assert_eq!(form(&model).field().text(), "ue");
    play(&mut model, "<esc>");
    // Whoever gives it up is not held up.
    let run = asked(&key(&mut model, "-"));
    assert!(key(&mut model, "esc").is_empty() && model.is_idle());
    update(&mut model, read(run));
    assert!(model.overlays.is_empty());
}

#[test]
fn an_account_that_cannot_be_read_does_nothing_and_says_so() {
    let mut model = known(120, 36);
    stand_on(&mut model, "look");
    let key = "x".parse().unwrap();
    let orders = update(&mut model, Msg::Terminal(TerminalMsg::Key(key)));
    let [Cmd::OpenAccount { run, .. }] = &orders[..] else {
        panic!("{orders:?}")
    };
    assert!(!model.is_idle());
    let gone = AccountMsg::Loaded {
        run: *run,
        view: None,
    };
    assert!(update(&mut model, Msg::Account(gone)).is_empty());
    assert!(model.told.as_deref().unwrap().contains("no such account"));
    assert!(model.is_idle());
}
