//! What a person did: queued, taken back, undone; and nothing of it without the permit.

use jiff::SignedDuration;

use super::*;
use crate::app::action::{ACTIONS, Action};
use crate::app::overlay::Overlay;
use crate::app::play::outbox::mixed;
use crate::app::play::{account, forbid_writing, write};
use crate::domain::acts::note::note;
use crate::domain::acts::{About, Somebody};
use crate::domain::outbox::{
    Entry, EntryId, Field, NewEntry, OutboxView, Receipt, State, Step, Undone, Write, WritePermit,
};
use crate::domain::record::RecordId;

fn mara() -> Somebody {
    Somebody {
        id: RecordId::from("7"),
        name: "Mara Lindt".to_owned(),
    }
}

/// A model that knows who sits there.
fn known() -> Model {
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
fn queued(model: &mut Model, id: i64, text: &str) -> (Entry, Vec<Cmd>) {
    let new = note_on_juniper(model, text);
    let entry = Entry::queued(EntryId(id), "mara".to_owned(), format!("KEY{id}"), new, now());
    let entries = vec![entry.clone()];
    let run = model.next_run();
    let orders = update(model, Msg::Outbox(OutboxMsg::Queued { run, entries }));
    load(model, std::slice::from_ref(&entry));
    (entry, orders)
}

fn load(model: &mut Model, entries: &[Entry]) {
    let (done, open) = entries.iter().cloned().partition(|entry| entry.state.is_final());
    let view = OutboxView {
        open,
        done,
        ..OutboxView::default()
    };
    update(model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
}

fn after(mut entry: Entry, step: Step) -> Entry {
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
        account: None,
        act: None,
        takes_back: None,
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
    assert_eq!(model.told.as_deref(), Some("taken back: Note: one"));
    assert!(play(&mut model, "u").is_empty());
    assert_eq!(
        model.told.as_deref(),
        Some("undo: nothing was done here yet that could be undone")
    );
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
    };
    let sent = after(after(entry, Step::Sending { seen: None }), Step::Sent(receipt));
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
fn an_act_of_which_a_part_was_refused_is_undone_with_one_order() {
    let mut model = known();
    let (refused, _) = queued(&mut model, 1, "one");
    let mut waits = refused.clone();
    waits.id = EntryId(2);
    let said = "no such property".to_owned();
    let refused = after(
        after(refused, Step::Sending { seen: None }),
        Step::Parked { said },
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
    load(&mut model, &[after(entry, Step::Sending { seen: None })]);
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

/// A model with an entry in every state; the outbox is open on the row with this number.
fn outbox_on(row: usize) -> Model {
    let mut model = known();
    update(&mut model, Msg::Outbox(OutboxMsg::Loaded(mixed().into())));
    play(&mut model, &format!("O {}", "j ".repeat(row)));
    model
}

/// The step that the keys order.
fn step(row: usize, keys: &str) -> Option<(i64, Step)> {
    let mut orders = play(&mut outbox_on(row), keys);
    orders.retain(|order| matches!(order, Cmd::Write(_)));
    match &orders[..] {
        [Cmd::Write(WriteCmd::TakeStep { id, step })] => Some((id.0, step.clone())),
        [] => None,
        orders => panic!("{orders:?}"),
    }
}

fn told(row: usize, keys: &str) -> String {
    let mut model = outbox_on(row);
    assert!(play(&mut model, keys).is_empty());
    model.told.unwrap_or_default()
}

#[test]
fn what_was_refused_is_sent_again_edited_or_discarded_with_a_reason() {
    assert_eq!(step(0, "r"), Some((1, Step::Resend)));
    let why = "wrong".to_owned();
    assert_eq!(
        step(0, "d type:wrong <enter>"),
        Some((1, Step::Discarded { why }))
    );
    assert_eq!(step(0, "d type:wrong <esc>"), None);
    let Some((1, Step::Revised { write, .. })) = step(0, "e ctrl-e type:! ctrl-s") else {
        panic!("not revised");
    };
    let Write::Create { fields, .. } = write else {
        panic!("{write:?}");
    };
    assert!(fields.values().any(|text| text == "call Ana!"));
}

#[test]
fn what_is_changed_while_it_waits_is_called_by_what_it_says_then() {
    let mut model = known();
    queued(&mut model, 1, "Ana is leaving");
    play(&mut model, "O e <tab> ctrl-e type:_in_May");
    let orders = play(&mut model, "ctrl-s");
    let [
        Cmd::Write(WriteCmd::TakeStep {
            step: Step::Revised { title, .. },
            ..
        }),
    ] = &orders[..]
    else {
        panic!("{orders:?}");
    };
    assert_eq!(title.as_deref(), Some("Note: Ana is leaving_in_May"));
}

#[test]
fn a_refused_note_gets_fields_that_only_the_crm_knows() {
    let Some((1, Step::Revised { write, .. })) = step(0, "e <tab> type:cost_center=42 ctrl-s") else {
        panic!("not revised");
    };
    let Write::Create { fields, .. } = write else {
        panic!("{write:?}");
    };
    let center = Field::Mapped("cost_center".to_owned());
    assert_eq!(fields.get(&center).map(String::as_str), Some("42"));
    assert_eq!(step(0, "e <tab> type:cost_center ctrl-s"), None);
}

#[test]
fn writing_that_is_allowed_is_allowed_at_once() {
    let mut model = known();
    forbid_writing(&mut model);
    play(&mut model, "1 n");
    assert!(model.overlays.is_empty());
    let permit = WritePermit::unless(None).unwrap();
    let orders = update(&mut model, Msg::Outbox(OutboxMsg::Allowed(permit)));
    assert!(
        matches!(orders[..], [.., Cmd::Push]),
        "what an earlier session left goes too"
    );
    play(&mut model, "n");
    assert!(matches!(model.overlays[..], [Overlay::Form(_)]));
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

#[test]
fn what_the_crm_may_have_is_sent_again_only_after_a_yes_and_never_edited() {
    assert_eq!(step(2, "r"), None);
    assert_eq!(step(2, "r y"), Some((3, Step::Resend)));
    assert_eq!(step(2, "r n"), None);
    assert!(told(2, "e").contains("may have it"));
}

#[test]
fn what_is_on_its_way_or_done_says_what_can_be_done_with_it() {
    assert!(matches!(
        &play(&mut outbox_on(4), "u")[..],
        [Cmd::Write(WriteCmd::TakeBack { act })] if act == "act-4"
    ));
    assert!(told(6, "d").contains("being sent"));
    assert!(told(8, "d").contains("already"));
    assert!(told(9, "o").contains("no address"));
    assert!(matches!(&play(&mut outbox_on(8), "o")[..], [Cmd::OpenLink { url }] if url.contains("90142")));
    assert!(matches!(
        &play(&mut outbox_on(3), "d <enter>")[..],
        [Cmd::Write(WriteCmd::GiveUpDamaged { .. })]
    ));
    assert!(matches!(
        &play(&mut outbox_on(7), "d y")[..],
        [Cmd::Write(WriteCmd::DropDraft { .. })]
    ));
}

#[test]
fn a_conflict_is_decided_field_by_field_and_sent_upon_what_the_crm_has() {
    assert!(told(1, "<enter> t <enter>").contains("decide every field"));
    assert_eq!(
        step(1, "<enter> t t <enter>"),
        Some((
            2,
            Step::Discarded {
                why: "what the CRM has was kept".to_owned()
            }
        ))
    );
    let Some((2, Step::Revised { write, .. })) =
        step(1, "<enter> t e ctrl-u type:2027-02-28 <enter> <enter>")
    else {
        panic!("not revised");
    };
    let Write::Update { changes, .. } = write else {
        panic!("{write:?}");
    };
    assert_eq!(changes.len(), 1, "theirs needs no write");
    assert_eq!(changes[0].base.as_deref(), Some("2026-12-31"));
    assert_eq!(changes[0].to.as_deref(), Some("2027-02-28"));
}

#[test]
fn the_selected_row_stays_selected_when_others_come_and_go() {
    let mut model = outbox_on(4);
    let mut view = mixed();
    view.open.remove(0);
    update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
    assert!(matches!(
        &play(&mut model, "u")[..],
        [Cmd::Write(WriteCmd::TakeBack { act })] if act == "act-4"
    ));
}

#[test]
fn without_the_permit_no_key_of_the_outbox_writes() {
    for row in 0..11 {
        for keys in ["e", "r", "d", "u", "<enter> m m <enter>"] {
            let mut model = outbox_on(row);
            forbid_writing(&mut model);
            let orders = play(&mut model, keys);
            assert!(orders.is_empty(), "{row} {keys}: {orders:?}");
        }
    }
}

#[test]
fn what_waits_is_edited_whole_and_the_form_stays_until_that_is_on_disk() {
    let mut model = outbox_on(4);
    play(&mut model, "e");
    let text = forms::form(&model).field().text();
    assert!(text.starts_with("Ana Ruiz leaves"), "{text}");
    assert!(play(&mut model, "ctrl-s").is_empty());
    let wrong = forms::form(&model).wrong.clone().unwrap();
    assert!(wrong.contains("nothing was changed"), "{wrong}");
    write(&mut model, "Now\n");
    let orders = play(&mut model, "ctrl-s");
    let [Cmd::Write(WriteCmd::TakeStep { id, step })] = &orders[..] else {
        panic!("{orders:?}")
    };
    let (id, step) = (*id, step.clone());
    assert!(play(&mut model, "x").is_empty(), "it is being queued");
    let why = "it is too late for that: the entry is sending".to_owned();
    update(&mut model, Msg::Outbox(OutboxMsg::TooLate(why.clone())));
    let form = forms::form(&model);
    assert_eq!(form.wrong.as_ref(), Some(&why));
    assert!(form.field().text().contains("Now\n"), "no letter is lost");
    play(&mut model, "ctrl-s");
    let entry = mixed().entry(id).unwrap().clone();
    update(
        &mut model,
        Msg::Outbox(OutboxMsg::StepTaken(after(entry, step).into())),
    );
    assert!(matches!(model.overlays[..], [Overlay::Outbox(_)]));
}

#[test]
fn all_that_a_person_wrote_of_a_task_and_of_changed_fields_can_be_edited() {
    let mut model = known();
    let about = About {
        id: RecordId::from("1"),
        name: account().summary.name,
    };
    let on = model.occasion().unwrap();
    let task = crate::domain::acts::task::NewTask {
        subject: "Send the offer".to_owned(),
        ..Default::default()
    };
    let new = crate::domain::acts::task::make(&on, &about, &task).unwrap();
    let entry = Entry::queued(EntryId(1), "mara".to_owned(), "K".to_owned(), new, now());
    load(&mut model, &[entry]);
    play(&mut model, "O e");
    let form = forms::form(&model);
    let fields: Vec<(&str, String)> = form
        .fields
        .iter()
        .map(|field| (field.label.as_str(), field.text()))
        .collect();
    assert_eq!(
        fields,
        [
            ("subject", "Send the offer".to_owned()),
            ("due", "2026-11-23 17:00".to_owned()),
            ("owner", "Mara Lindt".to_owned())
        ]
    );
    play(&mut model, "<tab> ctrl-u type:2026-11-25");
    let orders = play(&mut model, "ctrl-s");
    let [
        Cmd::Write(WriteCmd::TakeStep {
            step: Step::Revised { write, .. },
            ..
        }),
    ] = &orders[..]
    else {
        panic!("{orders:?}")
    };
    let Write::Create { fields, .. } = write else {
        panic!("{write:?}")
    };
    let values: Vec<&str> = fields.values().map(String::as_str).collect();
    assert!(
        values.contains(&"2026-11-25T17:00:00Z") && values.contains(&"Send the offer"),
        "{values:?}"
    );
}

#[test]
fn a_draft_is_resumed_from_the_outbox_whatever_it_is() {
    for (name, title) in [
        ("note:1", "Note · Juniper Freight"),
        ("task:1", "Task · Juniper Freight"),
        ("log:1", "Log a call, meeting or e-mail · Juniper Freight"),
        ("handoff:1:csm-to-csm", "Handoff CSM → CSM · Juniper Freight"),
        ("step note:1:P-1 call", "Done: Call the sponsor · Juniper Freight"),
    ] {
        for key in ["<enter>", "e"] {
            let mut model = known();
            let mut view = mixed();
            view.drafts[0].name = name.to_owned();
            update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
            play(&mut model, "O j j j j j j j");
            let orders = play(&mut model, key);
            assert_eq!(forms::form(&model).title(), title, "{key}");
            let asks = |order: &Cmd| matches!(order, Cmd::LoadDraft { name: asked, .. } if asked == name);
            assert!(orders.iter().any(asks), "{name}: {orders:?}");
        }
    }
    assert!(told(7, "r").contains("not sent yet"));
}
