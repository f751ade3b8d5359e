//! The outbox on the screen: what can be done with each row, and that the selected one stays.

use super::outbox::{after, known, load, queued};
use super::*;
use crate::app::overlay::Overlay;
use crate::app::overlay::form::Field as FormField;
use crate::app::overlay::outbox::{Key as Selected, Row};
use crate::app::play::outbox::mixed;
use crate::app::play::{account, forbid_writing, write};
use crate::domain::acts::About;
use crate::domain::acts::edit::EditableField;
use crate::domain::outbox::{Entry, EntryId, Field, State, Step, Write};
use crate::domain::record::{Core, Kind, RecordId, ValueType};

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
    assert_eq!(step(0, "r"), Some((1, Step::Resend { grace: None })));
    let why = "wrong".to_owned();
    assert_eq!(
        step(0, "d type:wrong <enter>"),
        Some((1, Step::Discarded { why }))
    );
    assert_eq!(step(0, "d type:wrong <esc>"), None);
    let Some((1, Step::Revised { write, base, .. })) = step(0, "e ctrl-e type:! ctrl-s") else {
        panic!("not revised");
    };
    assert_eq!(base.as_ref(), Some(&mixed().open[0].new.write), "what was seen");
    let Write::Create { fields, .. } = write else {
        panic!("{write:?}");
    };
    assert!(fields.values().any(|text| text == "call Ana!"));
}

#[test]
fn of_a_text_that_is_bound_the_words_alone_are_changed() {
    let mut view = mixed();
    let Write::Create { fields, .. } = &mut view.open[0].new.write else {
        panic!("{:?}", view.open[0]);
    };
    let body = Field::Core(Core::Body);
    fields.insert(body.clone(), "call Ana\n\nretain: play P-1 step call".to_owned());
    let mut model = known();
    update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
    play(&mut model, "O e ctrl-e");
    let texts: Vec<String> = forms::form(&model).fields.iter().map(FormField::text).collect();
    assert!(texts.contains(&"call Ana".to_owned()), "{texts:?}");
    let orders = play(&mut model, "type:! ctrl-s");
    let [
        Cmd::Write(WriteCmd::TakeStep {
            step:
                Step::Revised {
                    write: Write::Create { fields, .. },
                    ..
                },
            ..
        }),
    ] = &orders[..]
    else {
        panic!("{orders:?}");
    };
    assert_eq!(fields[&body], "call Ana!\n\nretain: play P-1 step call");
}

#[test]
fn what_is_changed_while_it_waits_is_called_by_what_it_says_then() {
    let mut model = known();
    queued(&mut model, 1, "Ana is leaving");
    play(&mut model, "O e ctrl-e type:_in_May");
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
fn what_the_crm_may_have_is_sent_again_only_after_a_yes_and_never_edited() {
    assert_eq!(step(2, "r"), None);
    assert_eq!(step(2, "r y"), Some((3, Step::Resend { grace: None })));
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
    // It left and was not answered, and one look did not find it.
    let mut view = mixed();
    let tried = &mut view.open[4];
    let at = tried.since;
    let why = || "no answer".to_owned();
    for step in [
        Step::Sending {
            seen: None,
            keyed: true,
        },
        Step::Unknown {
            why: why(),
            settled: false,
        },
        Step::Retry { at, why: why() },
    ] {
        tried.take(step, at);
    }
    let mut model = known();
    update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
    assert!(
        play(&mut model, "O j j j j j u")
            .iter()
            .all(|cmd| !matches!(cmd, Cmd::Write(_)))
    );
    let told_of = model.told.clone().unwrap_or_default();
    assert!(told_of.contains("may have it: d gives it up"), "{told_of}");
    play(&mut model, "d");
    let Some(Overlay::Ask(ask)) = model.overlays.last() else {
        panic!("{:?}", model.overlays);
    };
    assert!(ask.about.contains("The CRM may have it"), "{}", ask.about);
    assert!(told(8, "d").contains("already"));
    assert!(told(9, "o").contains("no address"));
    assert!(matches!(&play(&mut outbox_on(8), "o")[..], [Cmd::OpenLink { url }] if url.contains("90142")));
    assert!(matches!(
        &play(&mut outbox_on(3), "d <enter>")[..],
        [Cmd::Write(WriteCmd::GiveUpDamaged { .. })]
    ));
    assert!(matches!(
        &play(&mut outbox_on(7), "d y")[..],
        [Cmd::Write(WriteCmd::DropDraft { only_ours: false, .. })]
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
fn a_long_value_of_a_conflict_is_read_in_full_before_one_decides() {
    let long = "They said the price was too high, and that nobody had called them since the spring";
    let mut view = mixed();
    view.open[1].conflicts[0].theirs = Some(long.to_owned());
    let mut model = known();
    update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
    play(&mut model, "O j <enter> f");
    let Some(Overlay::Reader(reader)) = model.overlays.last() else {
        panic!("{:?}", model.overlays);
    };
    assert!(reader.facts.contains(&("theirs", long.to_owned())), "{reader:?}");
    assert!(!reader.facts.iter().any(|(label, _)| *label == "is sent"));
    play(&mut model, "<esc>");
    assert!(matches!(model.overlays.last(), Some(Overlay::Conflict(_))));
}

#[test]
fn another_value_of_a_conflict_is_typed_upon_its_label_where_labels_are_read() {
    let field = play::outbox::segment();
    let mut view = mixed();
    view.properties.insert(
        (Kind::Account, field.clone()),
        EditableField {
            kind: Kind::Account,
            record: RecordId::from(""),
            field,
            label: "Segment".to_owned(),
            contract: None,
            value_type: ValueType::Choice,
            is_owner: false,
            options: vec![("ent".to_owned(), "Enterprise".to_owned())],
            value: None,
            pending: None,
            term: None,
            amount: None,
        },
    );
    let mut model = known();
    update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
    play(&mut model, "O j <enter> e");
    let Some(Overlay::Ask(ask)) = model.overlays.last() else {
        panic!("nothing is asked");
    };
    assert_eq!(ask.field.text(), "Enterprise");
    assert_eq!(ask.about, "one of Enterprise");
    play(&mut model, "<enter>");
    let Some(Overlay::Conflict(view)) = model.overlays.last() else {
        panic!("no conflict");
    };
    assert_eq!(view.result(0), Some(Some("ent")));
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

#[test]
fn who_discards_what_the_crm_may_have_is_told_so_once_more() {
    let mut model = known();
    update(&mut model, Msg::Outbox(OutboxMsg::Loaded(mixed().into())));
    for (row, may_have) in [("", false), ("j j", true)] {
        play(&mut model, &format!("O {row} d"));
        let Some(Overlay::Ask(ask)) = model.overlays.last() else {
            panic!("nothing is asked");
        };
        assert_eq!(
            ask.about.starts_with("The CRM may have it"),
            may_have,
            "{}",
            ask.about
        );
        play(&mut model, "<esc> <esc>");
    }
}

#[test]
fn what_goes_on_after_it_stood_still_is_told() {
    let (mut model, entry) = (known(), mixed().open[0].clone());
    assert_eq!(entry.state, State::Parked);
    update(&mut model, Msg::Outbox(OutboxMsg::Loaded(mixed().into())));
    let again = after(entry.clone(), Step::Resend { grace: None });
    update(&mut model, Msg::Outbox(OutboxMsg::StepTaken(again.into())));
    let told = format!("queued again: {}", entry.new.title);
    assert_eq!(model.told.as_deref(), Some(told.as_str()));
}

#[test]
fn what_was_taken_back_names_the_key_that_writes_it_anew() {
    let view = mixed();
    let back = view
        .done
        .iter()
        .find(|entry| entry.state == State::TakenBack)
        .unwrap();
    let hints = Row::Entry(back).hints(&view);
    assert!(hints.contains(&("e", "write anew")), "{hints:?}");
}

fn selected(model: &Model) -> Selected {
    let found = model.overlays.iter().find_map(|overlay| match overlay {
        Overlay::Outbox(screen) => screen.selected(&model.outbox.view),
        _ => None,
    });
    found.unwrap().key()
}

/// The outbox with the first entry after this step.
fn first_after(step: Step) -> (Entry, crate::domain::outbox::OutboxView) {
    let mut view = mixed();
    let entry = after(view.open.remove(0), step);
    let (done, open) = (&mut view.done, &mut view.open);
    let to = if entry.state.is_final() { done } else { open };
    to.insert(0, entry.clone());
    (entry, view)
}

#[test]
fn once_a_row_is_decided_in_what_lies_over_it_the_next_one_that_needs_a_person_is_selected() {
    let mut model = outbox_on(0);
    let needs = |entry: &&Entry| entry.needs_a_person();
    let needing: Vec<EntryId> = mixed().open.iter().filter(needs).map(|entry| entry.id).collect();
    assert!(needing.len() > 1);
    play(&mut model, "d type:wrong <enter>");
    let why = "wrong".to_owned();
    let (given_up, view) = first_after(Step::Discarded { why });
    update(&mut model, Msg::Outbox(OutboxMsg::StepTaken(given_up.into())));
    assert_eq!(selected(&model), Selected::Entry(needing[1]));
    update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
    assert_eq!(selected(&model), Selected::Entry(needing[1]));
}

#[test]
fn nothing_moves_under_the_cursor_after_one_key_nor_for_what_others_decided() {
    let mut model = outbox_on(0);
    let first = selected(&model);
    let step = Step::Resend { grace: None };
    assert!(!play(&mut model, "r").is_empty());
    let (sent, view) = first_after(step);
    update(&mut model, Msg::Outbox(OutboxMsg::StepTaken(sent.into())));
    update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
    assert_eq!(selected(&model), first);
    let orders = play(&mut model, "r");
    assert!(
        orders.is_empty(),
        "a key that repeats sends nothing else: {orders:?}"
    );
    // Another cockpit gives it up.
    let mut model = outbox_on(0);
    let (_, view) = first_after(Step::Discarded { why: String::new() });
    update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
    assert_eq!(selected(&model), first);
}
