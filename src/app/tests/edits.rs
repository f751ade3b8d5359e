//! Tasks and fields that are there: done, put off, given to another, edited.

use super::forms::{answer, form, queued, reading};
use super::*;
use crate::app::overlay::form::Reading;
use crate::app::overlay::{Fields, Overlay};
use crate::app::play::{known, write};
use crate::domain::acts::edit::EditableField;
use crate::domain::outbox::{Conflict, Entry, EntryId, Field, NewEntry, OutboxView, Remedy, Step, Write};
use crate::domain::record::{Kind, RecordId, ValueType};

mod believing;
mod contracts;
mod turning;

fn changes(entry: &NewEntry) -> Vec<(String, Option<String>, Option<String>)> {
    match &entry.write {
        Write::Update { changes, .. } => changes
            .iter()
            .map(|one| (one.field.to_string(), one.base.clone(), one.to.clone()))
            .collect(),
        other => panic!("nothing is changed: {other:?}"),
    }
}

#[allow(clippy::unnecessary_wraps)]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn x_completes_the_task_under_the_cursor_and_offers_what_a_handoff_can_become() {
    let mut model = known(120, 36);
    let (_, entries, _) = queued(&play(&mut model, "3 g x"));
    assert_eq!(
        changes(&entries[0]),
        [("core:done".to_owned(), some("false"), some("true"))]
    );
    assert_eq!(entries[0].write.target().unwrap().shown_id().as_str(), "t1");
    let orders = play(&mut model, "j j x");
    assert!(matches!(orders[..], [Cmd::OpenAccount { .. }]), "{orders:?}");
    play(&mut model, "1 <enter> x");
    assert!(model.told.as_deref().unwrap().contains("choose a task"));
    let (_, entries, _) = queued(&play(&mut model, "<tab> x"));
    assert_eq!(entries[0].title, "Done: Fix ticket 4312");
    play(&mut model, "<esc> 1 x");
    assert!(model.told.as_deref().unwrap().contains("choose a task"));
}

#[test]
fn e_on_a_task_puts_it_off_or_gives_it_to_another() {
    let mut model = known(120, 36);
    play(&mut model, "3 g e");
    assert_eq!(form(&model).fields[0].text(), "2026-11-21");
    assert_eq!(form(&model).fields[1].text(), "Mara Lindt");
    assert!(play(&mut model, "ctrl-s").is_empty());
    assert!(
        form(&model)
            .wrong
            .as_deref()
            .unwrap()
            .contains("nothing was changed")
    );
    play(&mut model, "ctrl-u");
    write(&mut model, "+2bd 16:00");
    play(&mut model, "<tab>");
    write(&mut model, "idris");
    let (_, entries, _) = queued(&play(&mut model, "ctrl-s"));
    assert_eq!(
        changes(&entries[0]),
        [(
            "core:due".to_owned(),
            some("2026-11-21T17:00:00Z"),
            some("2026-11-25T16:00:00Z")
        )]
    );
    assert_eq!(
        changes(&entries[1]),
        [("core:owner".to_owned(), some("7"), some("9"))]
    );
    assert_eq!(entries[0].act, entries[1].act);
}

/// The list of fields, with the cursor on the one of that name.
fn on_field(model: &mut Model, label: &str) {
    let Some(Overlay::Fields(list)) = model.overlays.last_mut() else {
        panic!("no list of fields")
    };
    let fields = list.fields.as_ref().unwrap();
    list.cursor.at = fields.iter().position(|field| field.label == label).unwrap();
}

#[test]
fn a_field_is_edited_by_its_type_and_queued_with_what_was_seen() {
    let cases = [
        ("segment", "ente", ("customer_segment", some("mid"), some("ent"))),
        (
            "renewal date",
            "31 mar",
            ("renewal_date", some("2026-12-15"), some("2027-03-31")),
        ),
        ("CSM", "ben", ("core:owner", some("7"), some("8"))),
        ("region", "", ("region", some("DACH"), None)),
    ];
    for (label, typed, (field, base, to)) in cases {
        let mut model = known(120, 36);
        play(&mut model, "1 e");
        on_field(&mut model, label);
        play(&mut model, "<enter> ctrl-u");
        write(&mut model, typed);
        let (run, entries, _) = queued(&play(&mut model, "<enter>"));
        assert_eq!(changes(&entries[0]), [(field.to_owned(), base, to)], "{label}");
        let orders = answer(&mut model, run, entries);
        assert!(
            matches!(model.overlays[..], [Overlay::Fields(_)]),
            "back in the list"
        );
        assert!(
            orders
                .iter()
                .any(|order| matches!(order, Cmd::OpenAccount { .. })),
            "which is read again"
        );
    }
}

#[test]
fn what_was_set_is_taken_back_from_the_list_itself() {
    let mut model = known(120, 36);
    play(&mut model, "1 e");
    on_field(&mut model, "segment");
    play(&mut model, "<enter> ctrl-u");
    write(&mut model, "ente");
    let (run, entries, _) = queued(&play(&mut model, "<enter>"));
    answer(&mut model, run, entries.clone());
    load(&mut model, vec![entry_of(1, entries[0].clone())]);
    let orders = play(&mut model, "u");
    assert!(
        orders
            .iter()
            .any(|order| matches!(order, Cmd::Write(WriteCmd::TakeBack { .. }))),
        "{orders:?}"
    );
    assert!(
        matches!(model.overlays[..], [Overlay::Fields(_)]),
        "the list stays"
    );
}

/// The field of the open list with this label, as it is by now.
fn set(model: &mut Model, label: &str, value: &str) {
    let view = model.account.as_mut().unwrap().view.as_mut().unwrap();
    let mut fields = view.editable.iter_mut();
    fields.find(|field| field.label == label).unwrap().value = some(value);
    let view = view.clone();
    let Some(Overlay::Fields(list)) = model.overlays.first_mut() else {
        panic!("no list of fields")
    };
    list.turning = None;
    list.read(&view);
}

/// The order that turns back what waits, unless the CRM has something else by now.
fn turned_back(orders: &[Cmd]) -> (RunId, NewEntry) {
    match orders {
        [Cmd::Write(WriteCmd::TurnBack { run, entry, .. })] => (*run, (**entry).clone()),
        other => panic!("nothing is turned back but {other:?}"),
    }
}

#[test]
fn what_another_cockpit_took_back_is_told_no_more() {
    let mut model = known(120, 36);
    play(&mut model, "1 e");
    on_field(&mut model, "segment");
    play(&mut model, "<enter> ctrl-u");
    write(&mut model, "ente");
    let (run, entries, _) = queued(&play(&mut model, "<enter>"));
    answer(&mut model, run, entries.clone());
    assert!(model.outbox.in_grace(now()).is_some());
    let mut entry = entry_of(1, entries[0].clone());
    entry.take(Step::TakenBack, now());
    let view = OutboxView {
        done: vec![entry],
        ..OutboxView::default()
    };
    update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
    assert_eq!(model.outbox.in_grace(now()).map(|act| &act.title), None);
}

#[test]
fn a_yes_becomes_a_no_at_once_and_a_value_that_is_none_is_refused_in_place() {
    let mut model = known(120, 36);
    play(&mut model, "1 <enter> e");
    on_field(&mut model, "auto renew");
    let (_, entries, _) = queued(&play(&mut model, "<enter>"));
    assert_eq!(
        changes(&entries[0]),
        [("auto_renew".to_owned(), some("true"), some("false"))]
    );
    on_field(&mut model, "renewal date");
    play(&mut model, "<enter>");
    assert!(play(&mut model, "<enter>").is_empty());
    assert!(form(&model).wrong.as_deref().unwrap().contains("already"));
    play(&mut model, "ctrl-u");
    write(&mut model, "soon");
    assert!(matches!(reading(&model, 0), Some(Reading::Wrong(_))));
    assert!(play(&mut model, "<enter>").is_empty());
    play(&mut model, "<esc> <esc>");
    assert!(model.overlays.is_empty());
}

#[test]
fn a_task_that_was_completed_from_here_is_taken_up_again_by_name_once() {
    let mut model = known(120, 36);
    let reopen = "type:reopen <enter>";
    assert!(play(&mut model, &format!("3 g : {reopen}")).is_empty());
    assert!(
        model
            .told
            .as_deref()
            .unwrap()
            .contains("no task of this account was completed")
    );
    let (_, entries, _) = queued(&play(&mut model, "x"));
    let mut entry = entry_of(1, entries[0].clone());
    load(&mut model, vec![entry.clone()]);
    let (_, back, _) = queued(&play(&mut model, &format!(": {reopen}")));
    assert_eq!(back[0].title, entry.new.title.replace("Done:", "Reopen:"));
    assert_eq!(back[0].write.target(), entry.new.write.target());
    assert_eq!(
        changes(&back[0]),
        [("core:done".to_owned(), some("true"), some("false"))]
    );
    load(&mut model, vec![entry.clone(), entry_of(2, back[0].clone())]);
    assert!(
        play(&mut model, &format!(": {reopen}")).is_empty(),
        "it is taken up already"
    );
    // What was taken back was never done.
    entry.take(Step::TakenBack, now());
    load(&mut model, vec![entry]);
    assert!(play(&mut model, &format!(": {reopen}")).is_empty());
}

fn entry_of(id: i64, new: NewEntry) -> Entry {
    Entry::queued(EntryId(id), "mara".to_owned(), format!("K{id}"), new, now())
}

fn load(model: &mut Model, open: Vec<Entry>) {
    let view = OutboxView {
        open,
        ..OutboxView::default()
    };
    update(model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
}

#[test]
fn words_narrow_the_fields_and_the_enter_that_ends_them_writes_nothing() {
    let mut model = known(80, 24);
    play(&mut model, "1 e");
    let all = list_of_fields(&model).shown().len();
    play(&mut model, "/");
    write(&mut model, "auto");
    assert!(play(&mut model, "<enter>").is_empty(), "a yes was turned unasked");
    let list = list_of_fields(&model);
    assert!(!list.typing);
    assert_eq!(list.selected().unwrap().label, "auto renew");
    play(&mut model, "<esc> /");
    write(&mut model, "seg");
    let shown: Vec<String> = list_of_fields(&model)
        .shown()
        .iter()
        .map(|field| field.label.clone())
        .collect();
    assert_eq!(shown, ["segment"]);
    play(&mut model, "<enter> <enter>");
    assert_eq!(form(&model).title(), "Edit segment · Juniper Freight");
    play(&mut model, "<esc>");
    assert_eq!(list_of_fields(&model).shown().len(), 1, "still narrowed");
    play(&mut model, "<esc>");
    let list = list_of_fields(&model);
    assert_eq!(list.shown().len(), all, "first all of them show again");
    assert_eq!(list.selected().unwrap().label, "segment");
    play(&mut model, "/ <esc>");
    assert_eq!(list_of_fields(&model).shown().len(), all);
    play(&mut model, "/");
    write(&mut model, "nothing is called so");
    assert!(play(&mut model, "<enter>").is_empty());
    assert!(list_of_fields(&model).typing);
}

/// What was queued for the region of the account, after this step.
fn region(step: Step) -> Entry {
    let mut model = known(120, 36);
    play(&mut model, "1 e");
    on_field(&mut model, "region");
    play(&mut model, "<enter> ctrl-u");
    write(&mut model, "APAC");
    let (_, entries, _) = queued(&play(&mut model, "<enter>"));
    let mut entry = entry_of(12, entries[0].clone());
    entry.take(step, now());
    entry
}

#[test]
fn a_field_that_waits_for_a_decision_is_decided_before_it_is_edited_again() {
    let conflict = Step::Conflict {
        fields: vec![Conflict {
            field: Field::Mapped("region".to_owned()),
            base: some("DACH"),
            mine: some("APAC"),
            theirs: some("Americas"),
            theirs_at: None,
            theirs_by: None,
        }],
    };
    let mut model = known(120, 36);
    load(&mut model, vec![region(conflict)]);
    play(&mut model, "1 e");
    on_field(&mut model, "region");
    play(&mut model, "<enter>");
    assert!(matches!(model.overlays.last(), Some(Overlay::Conflict(_))));
    let told = model.told.clone().unwrap();
    assert!(told.contains("entry 12 of the outbox holds region"), "{told}");
    let refused = Step::Parked {
        said: "no such region".to_owned(),
        remedy: Remedy::Edit,
    };
    let refused = region(refused);
    let mut model = known(120, 36);
    load(&mut model, vec![refused.clone()]);
    play(&mut model, "1 e");
    on_field(&mut model, "region");
    play(&mut model, "<enter> e");
    assert!(
        form(&model).title().contains("region"),
        "{}",
        form(&model).title()
    );
    // Who was typing already when it was refused queues no second one.
    let mut model = known(120, 36);
    play(&mut model, "1 e");
    on_field(&mut model, "region");
    play(&mut model, "<enter> ctrl-u");
    write(&mut model, "Americas");
    load(&mut model, vec![refused]);
    play(&mut model, "<enter>");
    let wrong = form(&model).wrong.clone().unwrap();
    assert!(
        wrong.contains("as the CRM refused it: decide that first"),
        "{wrong}"
    );
    // What the CRM never saw it did not refuse.
    for (remedy, why) in [
        (Remedy::Resend, "as it was not sent"),
        (Remedy::Discard, "as it cannot be sent"),
    ] {
        let said = "no answer".to_owned();
        load(&mut model, vec![region(Step::Parked { said, remedy })]);
        play(&mut model, "<enter>");
        let wrong = form(&model).wrong.clone().unwrap();
        assert!(wrong.contains(why), "{wrong}");
    }
}

fn list_of_fields(model: &Model) -> &Fields {
    match model.overlays.last() {
        Some(Overlay::Fields(list)) => list,
        other => panic!("no list of fields: {other:?}"),
    }
}

#[test]
fn an_instant_is_edited_in_my_zone_and_left_as_it_is_where_nothing_is_changed() {
    let mut model = known(120, 36);
    play(&mut model, "1 <enter>");
    let view = model.account.as_mut().unwrap().view.as_mut().unwrap();
    let field = view
        .editable
        .iter_mut()
        .find(|field| field.label == "region")
        .unwrap();
    field.value_type = ValueType::DateTime;
    field.value = some("2026-12-15T09:00:07Z");
    let shown = field.shown(&[], &model.zone);
    play(&mut model, "e");
    on_field(&mut model, "region");
    play(&mut model, "<enter>");
    assert_eq!(form(&model).field().text(), shown);
    assert!(play(&mut model, "<enter>").is_empty(), "nothing is written");
    assert!(form(&model).wrong.as_deref().unwrap().contains("already"));
    play(&mut model, "ctrl-u");
    write(&mut model, "2026-12-16 09:30");
    let (_, entries, _) = queued(&play(&mut model, "<enter>"));
    let at = "2026-12-16".parse::<jiff::civil::Date>().unwrap().at(9, 30, 0, 0);
    let at = at.to_zoned(model.zone.clone()).unwrap().timestamp().to_string();
    let (base, to) = (some("2026-12-15T09:00:07Z"), Some(at));
    assert_eq!(changes(&entries[0]), [("region".to_owned(), base, to)]);
}
