//! What a person did: queued, taken back, undone; and nothing of it without the permit.

use jiff::SignedDuration;

use super::*;
use crate::app::action::{ACTIONS, Action};
use crate::app::overlay::Overlay;
use crate::app::play::{account, forbid_writing};
use crate::domain::acts::note::note;
use crate::domain::acts::task::{self, NewTask};
use crate::domain::acts::{About, Somebody};
use crate::domain::outbox::{
    Entry, EntryId, NewEntry, OutboxView, Receipt, Remedy, State, Step, Undone, WritePermit,
};
use crate::domain::record::RecordId;

fn mara() -> Somebody {
    Somebody {
        id: RecordId::from("7"),
        name: "Mara Lindt".to_owned(),
    }
}

/// A model that knows who sits there.
pub(super) fn known() -> Model {
    let mut model = loaded(120, 36);
    let msg = OutboxMsg::PeopleLoaded {
        owners: std::sync::Arc::default(),
        me: Some(mara()),
        people: vec![mara()].into(),
    };
    update(&mut model, Msg::Outbox(msg));
    model
}

fn note_on_juniper(model: &mut Model, text: &str) -> NewEntry {
    let about = About {
        id: RecordId::from("1"),
        name: account().summary.name,
    };
    note(&model.occasion().unwrap(), &about, text).unwrap()
}

/// What the ledger would answer.
pub(super) fn queued(model: &mut Model, id: i64, text: &str) -> (Entry, Vec<Cmd>) {
    let new = note_on_juniper(model, text);
    let entry = Entry::queued(EntryId(id), "mara".to_owned(), format!("KEY{id}"), new, now());
    let entries = vec![entry.clone()];
    let run = model.next_run();
    let orders = update(model, Msg::Outbox(OutboxMsg::Queued { run, entries }));
    load(model, std::slice::from_ref(&entry));
    (entry, orders)
}

pub(super) fn load(model: &mut Model, entries: &[Entry]) {
    let (done, open) = entries.iter().cloned().partition(|entry| entry.state.is_final());
    let view = OutboxView {
        open,
        done,
        ..OutboxView::default()
    };
    update(model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
}

pub(super) fn after(mut entry: Entry, step: Step) -> Entry {
    entry.take(step, now());
    entry
}

#[test]
fn every_act_has_a_word_of_its_own() {
    let mut model = known();
    let one = note_on_juniper(&mut model, "one");
    let other = note_on_juniper(&mut model, "other");
    assert_ne!(one.act, other.act);
    let mut elsewhere = known();
    elsewhere.outbox.means.nonce += 1;
    assert_ne!(note_on_juniper(&mut elsewhere, "one").act, one.act);
}

#[test]
fn whoever_is_not_known_to_the_crm_is_told_what_to_set() {
    let mut model = loaded(120, 36);
    assert!(model.occasion().unwrap_err().contains("[me]"));
}

#[test]
fn what_was_queued_is_read_again_sent_and_shown_where_it_belongs() {
    let mut model = known();
    play(&mut model, "1 <enter>");
    let (_, orders) = queued(&mut model, 1, "Ana is leaving");
    assert!(matches!(orders[0], Cmd::LoadOutbox));
    assert!(matches!(orders[1], Cmd::Push));
    assert!(matches!(&orders[2], Cmd::OpenAccount { id, .. } if id.as_str() == "1"));
    assert!(matches!(&orders[3], Cmd::Rescore { accounts } if accounts == &[RecordId::from("1")]));
}

#[test]
fn an_unanswered_order_keeps_the_cockpit_busy_and_a_failure_shows() {
    let mut model = known();
    let run = model.next_run();
    model.outbox.writing.push(crate::app::outbox::Writing {
        run,
        accounts: Vec::new(),
        act: None,
        takes_back: None,
        typed: None,
    });
    assert!(!model.is_idle());
    let failure = failure(FailureKind::Unsaved, "not saved: the disk is full");
    update(&mut model, Msg::Outbox(OutboxMsg::NotQueued { run, failure }));
    assert!(model.is_idle());
    assert_eq!(model.failures.len(), 1);
    assert!(model.outbox.acts.is_empty());
}

#[test]
fn the_screen_wakes_each_second_while_an_act_can_be_taken_back_and_then_no_more() {
    let mut model = known();
    queued(&mut model, 1, "Ana is leaving");
    let second = SignedDuration::from_secs(1);
    assert_eq!(deadline(&model), Some(now() + second));
    update(&mut model, Msg::Clock(now() + SignedDuration::from_millis(1_400)));
    assert_eq!(deadline(&model), Some(now() + second + second));
    update(&mut model, Msg::Clock(now() + SignedDuration::from_secs(10)));
    assert_eq!(deadline(&model), Some(now() + SignedDuration::from_mins(1)));
}

#[test]
fn undo_takes_back_the_last_act_and_then_the_one_before() {
    let mut model = known();
    let (one, _) = queued(&mut model, 1, "one");
    let (other, _) = queued(&mut model, 2, "other");
    for entry in [other, one] {
        let orders = play(&mut model, "u");
        assert!(
            matches!(&orders[..], [Cmd::Write(WriteCmd::TakeBack { act })] if *act == entry.new.act),
            "{orders:?}"
        );
        let taken = after(entry, Step::TakenBack);
        update(&mut model, Msg::Outbox(OutboxMsg::TakenBack(vec![taken])));
    }
    assert_eq!(
        model.told.as_deref(),
        Some("taken back: Note: one; its text is a draft again")
    );
    assert!(play(&mut model, "u").is_empty());
    assert_eq!(
        model.told.as_deref(),
        Some("undo: nothing was done here yet that could be undone")
    );
}

#[test]
fn a_text_that_was_taken_back_can_be_taken_up_again() {
    let mut model = known();
    let about = About {
        id: RecordId::from("1"),
        name: String::new(),
    };
    let task = NewTask {
        subject: "Call Ana".to_owned(),
        body: "about\nthe price".to_owned(),
        ..NewTask::default()
    };
    let on = model.occasion().unwrap();
    let task = task::make(&on, &about, &task).unwrap();
    let task = Entry::queued(EntryId(2), "mara".to_owned(), "KEY2".to_owned(), task, now());
    let (note, _) = queued(&mut model, 1, "Dear team");
    let cases = [
        (&note, "note:1", "Dear team"),
        (&task, "task:1", "Call Ana\u{1e}\n"),
    ];
    for (entry, kept_as, begins) in cases {
        let taken = after(entry.clone(), Step::TakenBack);
        load(&mut model, std::slice::from_ref(&taken));
        let orders = update(&mut model, Msg::Outbox(OutboxMsg::TakenBack(vec![taken])));
        let [Cmd::Write(WriteCmd::KeepBeside { name, text }), ..] = &orders[..] else {
            panic!("{orders:?}");
        };
        assert_eq!(name, kept_as);
        assert!(text.starts_with(begins), "{text:?}");
    }
    assert!(model.told.as_deref().unwrap().contains("a draft again"));
    // In the outbox it is written anew, as another entry; also as it is, since the CRM has nothing of it.
    for (keys, title) in [
        ("ctrl-s", "Note: Dear team"),
        ("ctrl-e type:! ctrl-s", "Note: Dear team!"),
    ] {
        let mut model = known();
        let (note, _) = queued(&mut model, 1, "Dear team");
        load(&mut model, &[after(note, Step::TakenBack)]);
        play(&mut model, "O e");
        forms::nothing_begun(&mut model);
        let orders = play(&mut model, keys);
        let [Cmd::Write(WriteCmd::Enqueue { deed, .. })] = &orders[..] else {
            panic!("{orders:?}");
        };
        assert_eq!(deed.entries[0].title, title);
    }
}

#[test]
fn what_has_left_is_undone_in_the_crm_after_a_yes() {
    let mut model = known();
    let (entry, _) = queued(&mut model, 1, "one");
    let word = entry.new.act.clone();
    let receipt = Receipt {
        record: RecordId::from("901"),
        link: None,
        replaced: Vec::new(),
        there: false,
    };
    let sent = after(
        after(
            entry,
            Step::Sending {
                seen: None,
                keyed: false,
            },
        ),
        Step::Sent(receipt),
    );
    load(&mut model, std::slice::from_ref(&sent));
    assert!(play(&mut model, "u").is_empty());
    let [Overlay::Confirm(asked)] = &model.overlays[..] else {
        panic!()
    };
    assert_eq!(asked.question.subject(), Some("Note: one · 1"));
    let orders = play(&mut model, "y");
    let [Cmd::Write(WriteCmd::Undo { run, act, back, .. })] = &orders[..] else {
        panic!("{orders:?}");
    };
    assert_eq!((act, &back[0].title[..]), (&word, "Undo: Note: one"));
    // What is being taken back is not taken back once more, until that is taken back itself.
    let again = Entry::queued(
        EntryId(2),
        "mara".to_owned(),
        "KEY2".to_owned(),
        back[0].clone(),
        now(),
    );
    load(&mut model, &[sent.clone(), again.clone()]);
    play(&mut model, "O j");
    assert!(play(&mut model, "u").is_empty());
    assert!(matches!(model.overlays[..], [Overlay::Outbox(_)]));
    assert!(
        model
            .told
            .as_deref()
            .unwrap()
            .contains("is being taken back already")
    );
    load(&mut model, &[sent, after(again, Step::TakenBack)]);
    assert!(play(&mut model, "u").is_empty());
    assert!(matches!(
        model.overlays[..],
        [Overlay::Outbox(_), Overlay::Confirm(_)]
    ));
    play(&mut model, "n <esc>");
    assert!(!model.is_idle());
    let undone = Undone {
        left: 1,
        ..Undone::default()
    };
    update(&mut model, Msg::Outbox(OutboxMsg::Undone { run: *run, undone }));
    assert!(model.is_idle() && model.told.unwrap().contains("nothing of it"));
    assert!(model.outbox.acts.is_empty());
}

#[test]
fn of_what_the_crm_had_already_nothing_is_undone_but_what_was_done_before_it() {
    let mut model = known();
    let (before, _) = queued(&mut model, 1, "one");
    let (entry, _) = queued(&mut model, 2, "two");
    let (seen, keyed) = (None, false);
    let receipt = Receipt {
        record: RecordId::from("901"),
        link: None,
        replaced: Vec::new(),
        there: true,
    };
    let had = after(after(entry, Step::Sending { seen, keyed }), Step::Sent(receipt));
    load(&mut model, &[before.clone(), had.clone()]);
    assert!(play(&mut model, "u").is_empty());
    assert_eq!(model.told.as_deref(), Some(crate::domain::acts::undo::HAD));
    assert!(model.overlays.is_empty());
    let orders = play(&mut model, "u");
    assert!(
        matches!(&orders[..], [Cmd::Write(WriteCmd::TakeBack { act })] if *act == before.new.act),
        "{orders:?}"
    );
    // Nor does the outbox offer it.
    load(&mut model, std::slice::from_ref(&had));
    play(&mut model, "O");
    let hints = model.overlays[0].hints(&model);
    assert!(hints.iter().all(|(key, _)| *key != "u"), "{hints:?}");
    assert!(play(&mut model, "u").is_empty());
    assert!(matches!(model.overlays[..], [Overlay::Outbox(_)]));
    assert_eq!(model.told.as_deref(), Some(crate::domain::acts::undo::HAD));
    // With what is refused of the same act, that is given up.
    let (refused, _) = queued(&mut model, 3, "three");
    let said = "no".to_owned();
    let remedy = Remedy::Edit;
    let refused = after(
        after(refused, Step::Sending { seen, keyed }),
        Step::Parked { said, remedy },
    );
    let mut had = had;
    had.new.act.clone_from(&refused.new.act);
    play(&mut model, "<esc>");
    load(&mut model, &[refused, had]);
    let orders = play(&mut model, "u y");
    assert!(
        matches!(&orders[..], [Cmd::Write(WriteCmd::Undo { back, .. })] if back.is_empty()),
        "{orders:?}"
    );
}

#[test]
fn an_act_of_which_a_part_was_refused_is_undone_with_one_order() {
    let mut model = known();
    let (refused, _) = queued(&mut model, 1, "one");
    let mut waits = refused.clone();
    waits.id = EntryId(2);
    let said = "no such property".to_owned();
    let refused = after(
        after(
            refused,
            Step::Sending {
                seen: None,
                keyed: false,
            },
        ),
        Step::Parked {
            said,
            remedy: Remedy::Edit,
        },
    );
    load(&mut model, &[refused, waits]);
    let orders = play(&mut model, "u y");
    assert!(
        matches!(&orders[..], [Cmd::Write(WriteCmd::Undo { back, .. })] if back.is_empty()),
        "{orders:?}"
    );
}

#[test]
fn what_left_in_between_is_told() {
    let mut model = known();
    let (entry, _) = queued(&mut model, 1, "one");
    play(&mut model, "u");
    let why = "it is too late for that: the entry is sending".to_owned();
    let orders = update(&mut model, Msg::Outbox(OutboxMsg::TooLate(why.clone())));
    assert!(matches!(orders[..], [Cmd::LoadOutbox]));
    assert_eq!(model.told, Some(why));
    load(
        &mut model,
        &[after(
            entry,
            Step::Sending {
                seen: None,
                keyed: false,
            },
        )],
    );
    assert_eq!(model.outbox.view.open[0].state, State::Sending);
}

#[test]
fn without_the_permit_no_action_that_writes_can_be_reached_by_any_way() {
    let writing = ACTIONS.iter().filter(|info| info.writes);
    for info in writing {
        for ready in ["", "1 <enter>"] {
            let mut model = known();
            queued(&mut model, 1, "one");
            forbid_writing(&mut model);
            play(&mut model, ready);
            let ways = info.keys.iter().map(|keys| (*keys).to_owned());
            let palette = format!(": type:{} <enter>", info.id);
            for way in ways.chain([palette]) {
                let orders = play(&mut model, &way);
                assert!(matches!(orders[..], [Cmd::LookForPermit]), "{way}: {orders:?}");
                assert!(model.overlays.is_empty(), "{way}");
                let told = model.told.clone().unwrap_or_default();
                assert!(told.contains("--read-only"), "{way}: {told}");
            }
        }
    }
    assert!(Action::Undo.info().writes);
}

#[test]
fn writing_that_is_allowed_is_allowed_at_once() {
    for (between, opens) in [("", true), ("j", false)] {
        let mut model = known();
        forbid_writing(&mut model);
        play(&mut model, "1 n");
        assert!(model.overlays.is_empty());
        play(&mut model, between);
        let permit = WritePermit::unless(None).unwrap();
        let orders = update(&mut model, Msg::Outbox(OutboxMsg::Allowed(permit)));
        assert!(
            orders.iter().any(|order| matches!(order, Cmd::Push)),
            "what an earlier session left goes too"
        );
        // What was asked for is done, unless the person has gone on to something else.
        assert_eq!(
            matches!(model.overlays[..], [Overlay::Form(_)]),
            opens,
            "{between}"
        );
        if !opens {
            play(&mut model, "n");
        }
        assert!(matches!(model.overlays[..], [Overlay::Form(_)]));
    }
}

#[test]
fn the_list_of_fields_is_read_again_after_what_another_program_did_and_after_a_sync() {
    for msg in [Msg::Outbox(OutboxMsg::Changed), Msg::Sync(SyncMsg::CacheChanged)] {
        let mut model = known();
        play(&mut model, "1 e");
        assert!(matches!(model.overlays[..], [Overlay::Fields(_)]));
        let orders = update(&mut model, msg);
        let reads = orders
            .iter()
            .any(|order| matches!(order, Cmd::OpenAccount { .. }));
        assert!(reads, "{orders:?}");
    }
}
