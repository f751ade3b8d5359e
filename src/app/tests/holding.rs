//! What waits is held as long as it is being changed.

use jiff::SignedDuration;

use super::forms::{form, queued};
use super::*;
use crate::app::overlay::Overlay;
use crate::app::play::write;
use crate::domain::outbox::{EntryId, Receipt, Step, Target, Write};

fn wait(model: &mut Model, seconds: i64) -> Vec<Cmd> {
    let then = model.now + SignedDuration::from_secs(seconds);
    update(model, Msg::Clock(then))
}

/// The form of a note that waits, opened from the outbox, and the orders of that.
fn changing(text: &str) -> (Model, Vec<Cmd>) {
    let mut model = outbox::known();
    outbox::queued(&mut model, 4, text);
    play(&mut model, "O");
    let orders = play(&mut model, "e");
    forms::nothing_begun(&mut model);
    (model, orders)
}

/// The steps that are ordered.
fn steps(orders: &[Cmd]) -> Vec<&Step> {
    let steps = orders.iter().filter_map(|order| match order {
        Cmd::Write(WriteCmd::TakeStep { step, .. }) => Some(step),
        _ => None,
    });
    steps.collect()
}

/// The ledger answers that a step was taken.
fn stepped(model: &mut Model, step: Step) -> Vec<Cmd> {
    let mut entry = (*model.outbox.view).entry(EntryId(4)).unwrap().clone();
    entry.take(step, model.now);
    outbox::load(model, std::slice::from_ref(&entry));
    update(model, Msg::Outbox(OutboxMsg::StepTaken(Box::new(entry))))
}

/// When the footer lets go of what was done with the entry that is changed.
fn grace(model: &Model) -> Option<jiff::Timestamp> {
    model.outbox.in_grace(model.now).map(|act| act.leaves_at)
}

#[test]
fn while_it_is_changed_nothing_counts_down_to_its_leaving() {
    let mut model = outbox::known();
    outbox::queued(&mut model, 4, "Dear team");
    let entry = (*model.outbox.view).entry(EntryId(4)).unwrap().clone();
    assert_eq!(grace(&model), Some(entry.new.leaves_at));
    play(&mut model, "O");
    let held = play(&mut model, "e");
    forms::nothing_begun(&mut model);
    stepped(&mut model, steps(&held)[0].clone());
    assert_eq!(grace(&model), None, "it does not leave while it is held");
    wait(&mut model, 4);
    play(&mut model, "<esc>");
    stepped(&mut model, Step::Released);
    let leaves_at = model.now + model.outbox.means.grace;
    assert_eq!(grace(&model), Some(leaves_at), "its time begins anew");
}

#[test]
fn what_waits_is_held_as_long_as_it_is_being_changed() {
    let (mut model, orders) = changing("Dear team");
    let [
        Step::Held {
            until,
            grace,
            by: None,
        },
    ] = steps(&orders)[..]
    else {
        panic!("{orders:?}");
    };
    assert_eq!(*grace, model.outbox.means.grace);
    let lasts = until.duration_since(model.now).as_secs();
    assert_eq!(lasts, 300);
    stepped(&mut model, steps(&orders)[0].clone());
    assert!(
        matches!(model.overlays.last(), Some(Overlay::Form(_))),
        "the answer closes nothing"
    );
    assert_eq!(form(&model).field().text(), "Dear team", "it starts in the text");
    assert!(steps(&wait(&mut model, 100)).is_empty());
    let orders = wait(&mut model, 60);
    assert!(matches!(steps(&orders)[..], [Step::Held { .. }]), "{orders:?}");
    assert!(deadline(&model).unwrap() <= model.now + SignedDuration::from_secs(150));
    let orders = play(&mut model, "<esc>");
    assert_eq!(steps(&orders), [&Step::Released]);

    let (mut model, orders) = changing("Dear team");
    stepped(&mut model, steps(&orders)[0].clone());
    assert_eq!(
        steps(&update::last_orders(&mut model)),
        [&Step::Released],
        "the program ends"
    );
}

#[test]
fn what_left_before_it_could_be_held_is_changed_in_the_crm() {
    let (mut model, orders) = changing("Dear team");
    assert_eq!(steps(&orders).len(), 1);
    update(
        &mut model,
        Msg::Outbox(OutboxMsg::TooLate("it is sent".to_owned())),
    );
    assert!(
        form(&model)
            .wrong
            .as_deref()
            .unwrap()
            .contains("what the CRM has")
    );
    let mut entry = model.outbox.view.entry(EntryId(4)).unwrap().clone();
    let receipt = Receipt {
        record: "901".into(),
        link: None,
        replaced: Vec::new(),
        there: false,
    };
    for step in [
        Step::Sending {
            seen: None,
            keyed: false,
        },
        Step::Sent(receipt),
    ] {
        entry.take(step, model.now);
    }
    outbox::load(&mut model, &[entry]);
    write(&mut model, "Corrected: ");
    let (_, entries, done) = queued(&play(&mut model, "ctrl-s"));
    assert_eq!(done, ["revise:1:4"], "the draft goes with it");
    let [new] = entries.as_slice() else {
        panic!("{entries:?}");
    };
    assert!(
        matches!(&new.write, Write::Update { target: Target::Record(id), .. } if id.as_str() == "901"),
        "{new:?}"
    );
}
