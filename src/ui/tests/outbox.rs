//! What the outbox says of what waits for something.

use jiff::SignedDuration;

use super::says::screen;
use super::*;
use crate::domain::outbox::{Change, Entry, EntryId, Field, State, Step, Write};

/// The outbox with these entries.
fn outbox(open: Vec<Entry>) -> Model {
    let mut model = loaded(120, 36);
    let view = OutboxView {
        open,
        ..OutboxView::default()
    };
    update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
    model
}

#[test]
fn what_was_not_answered_is_looked_for_and_nobody_is_needed_yet() {
    let mut entry = play::outbox::mixed().open.remove(3);
    let why = "the CRM answered HTTP 503".to_owned();
    for step in [
        Step::Sending {
            seen: None,
            keyed: false,
        },
        Step::Unknown { why, settled: false },
    ] {
        entry.take(step, play::now());
    }
    let mut model = outbox(vec![entry]);
    let shown = screen(&mut model, "O");
    let until = play::now() + SignedDuration::from_mins(2);
    let until = until.to_zoned(model.zone.clone()).strftime("%H:%M");
    let said = format!("looked for in the CRM until {until}: the CRM answered HTTP 503");
    assert!(shown.contains(&said), "{shown}");
    assert!(
        shown.contains("On its way 1") && !shown.contains("Needs you"),
        "{shown}"
    );
}

#[test]
fn what_waits_says_for_what() {
    let conflict = play::outbox::conflicting();
    let mut second = conflict.clone();
    second.id = EntryId(90);
    (second.state, second.conflicts) = (State::Queued, Vec::new());
    let mut alone = second.clone();
    alone.id = EntryId(91);
    if let Write::Update { changes, .. } = &mut alone.new.write {
        *changes = vec![Change {
            field: Field::Mapped("another".to_owned()),
            ..changes[0].clone()
        }];
    }
    alone.new.leaves_at = play::now();
    let title = conflict.new.title.clone();
    let mut model = outbox(vec![conflict, second, alone]);
    let line = SyncLine {
        not_before: Some(play::now() + SignedDuration::from_secs(30)),
        last_success: Some(play::now()),
        ..SyncLine::default()
    };
    update(&mut model, Msg::Sync(SyncMsg::Progressed(line)));
    let shown = screen(&mut model, "O");
    assert!(
        shown.contains(&format!("waits until you have decided: {title}")),
        "{shown}"
    );
    assert!(shown.contains("the CRM asked us to wait until"), "{shown}");
}

#[test]
fn what_is_being_changed_is_held_and_a_change_of_what_was_sent_says_so() {
    let mut entry = play::outbox::mixed().open.remove(3);
    entry.take(
        Step::Held {
            until: play::now() + SignedDuration::from_mins(5),
            grace: SignedDuration::from_secs(10),
        },
        play::now(),
    );
    let shown = screen(&mut outbox(vec![entry]), "O");
    assert!(shown.contains("held as long as it is being changed"), "{shown}");

    let mut view = play::outbox::mixed();
    view.drafts[0].name = "revise:2:9".to_owned();
    view.drafts[0].begins = "Mara Lindt\u{1e}\nDear team, corrected".to_owned();
    let mut model = loaded(120, 36);
    update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
    let shown = screen(&mut model, "O");
    assert!(shown.contains("revise: Dear team, corrected"), "{shown}");
    assert!(
        shown.contains("not written; the CRM has: Note: new sponsor"),
        "{shown}"
    );
}
