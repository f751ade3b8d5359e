//! What the outbox says of what waits for something.

use jiff::SignedDuration;

use super::says::screen;
use super::*;
use crate::domain::outbox::{Change, Entry, EntryId, Field, OutboxCounts, Remedy, State, Step, Write};
use crate::domain::reach::Reach;

/// The outbox with these entries.
fn outbox(open: Vec<Entry>) -> Model {
    let mut model = loaded(120, 36);
    let view = OutboxView {
        counts: OutboxCounts::of(&open, 0),
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
    let first = shown.lines().next().unwrap_or_default();
    assert!(
        first.contains("1 looked for") && !first.contains("to send"),
        "{first}"
    );
    let until = play::now() + SignedDuration::from_mins(2);
    let until = until.to_zoned(model.zone.clone()).strftime("%H:%M");
    let said = format!("looked for in the CRM until {until}: the CRM answered HTTP 503");
    assert!(shown.contains(&said), "{shown}");
    assert!(
        shown.contains("Looked for 1") && !shown.contains("On its way") && !shown.contains("Needs you"),
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
            by: None,
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

/// An entry that was tried so many seconds ago, and how it goes on since.
fn tried(id: i64, ago: i64, then: Option<Step>) -> Entry {
    let mut entry = play::outbox::mixed().open.remove(3);
    entry.id = EntryId(id);
    let sending = Step::Sending {
        seen: None,
        keyed: false,
    };
    entry.new.leaves_at = play::now() - SignedDuration::from_secs(ago);
    entry.take(sending, entry.new.leaves_at);
    if let Some(step) = then {
        entry.take(step, play::now());
    }
    entry
}

/// An entry whose grace is over.
fn due(id: i64) -> Entry {
    let mut entry = play::outbox::mixed().open.remove(3);
    (entry.id, entry.new.leaves_at) = (EntryId(id), play::now());
    entry
}

fn clock(ago: i64, model: &Model) -> String {
    let then = play::now() - SignedDuration::from_secs(ago);
    then.to_zoned(model.zone.clone()).strftime("%T").to_string()
}

#[test]
fn a_slow_crm_is_called_slow_with_the_time_of_the_last_word() {
    let mut model = outbox(vec![tried(1, 1, None), due(2)]);
    let shown = screen(&mut model, "O");
    assert!(
        shown.contains("being sent right now") && shown.contains("leaves now"),
        "{shown}"
    );
    let mut model = outbox(vec![tried(1, 7, None), due(2)]);
    let shown = screen(&mut model, "O");
    let since = format!("the CRM is slow, no answer since {}", clock(7, &model));
    assert!(shown.contains(&format!("being sent: {since}")), "{shown}");
    assert!(
        shown.contains(&format!("waits for the one that is being sent: {since}")),
        "{shown}"
    );
    assert!(!shown.contains("can be reached"), "{shown}");
}

#[test]
fn a_time_of_another_day_has_its_day() {
    let at = play::now() + SignedDuration::from_hours(25);
    let why = "the CRM's rate limit is used up".to_owned();
    let mut model = outbox(vec![tried(1, 1, Some(Step::Retry { at, why })), due(2)]);
    let day = at.to_zoned(model.zone.clone()).date();
    let told = format!(
        "waits until {} {}:",
        crate::ui::words::calendar_day(model.today, day),
        clock(-25 * 3_600, &model)
    );
    let shown = screen(&mut model, "O");
    assert!(shown.contains(&told), "{told}: {shown}");
}

#[test]
fn what_is_put_off_says_for_what_and_until_when_and_so_does_what_waits_with_it() {
    let at = play::now() + SignedDuration::from_secs(20);
    let why = "the CRM's rate limit is used up; try again in 20 s".to_owned();
    let limited = tried(1, 1, Some(Step::Retry { at, why }));
    let mut model = outbox(vec![limited.clone(), due(2)]);
    let shown = screen(&mut model, "O");
    let told = format!(
        "waits until {}: the CRM's rate limit is used up",
        clock(-20, &model)
    );
    assert!(shown.contains(&told), "{shown}");
    let line = SyncLine {
        not_before: Some(at),
        ..SyncLine::default()
    };
    update(&mut model, Msg::Sync(SyncMsg::Progressed(line)));
    let shown = screen(&mut model, "");
    let told = format!(
        "the CRM asked us to wait until {}: it leaves then",
        clock(-20, &model)
    );
    assert_eq!(shown.matches(&told).count(), 2, "{shown}");

    let mut model = outbox(vec![due(2)]);
    play(&mut model, "O");
    for (reach, told) in [
        (Reach::Unreachable, "leaves as soon as the CRM can be reached"),
        (Reach::Silent, "leaves as soon as the CRM answers"),
    ] {
        update(&mut model, Msg::Sync(SyncMsg::Reached(reach)));
        let shown = screen(&mut model, "");
        assert!(shown.contains(told), "{shown}");
    }
}

#[test]
fn what_editing_cannot_mend_says_what_helps() {
    let ask = "no: ask whoever administers the CRM to give the key that right";
    let restore = "no: have the record restored in the CRM";
    for (remedy, told, keys) in [
        (
            Remedy::Edit,
            "the CRM says: no",
            "e edit · r send again · d discard",
        ),
        (Remedy::Right, ask, "r send again · d discard"),
        (Remedy::Restore, restore, "r send again · d discard"),
        (Remedy::Resend, "not sent: no", "r send again · d discard"),
        (Remedy::Discard, "cannot be sent: no", "d discard"),
    ] {
        let mut entry = play::outbox::mixed().open.remove(3);
        let said = "no".to_owned();
        entry.take(Step::Parked { said, remedy }, play::now());
        let mut model = outbox(vec![entry]);
        let shown = screen(&mut model, "O");
        let line = shown.lines().find(|line| line.contains(told));
        let line = line.unwrap_or_else(|| panic!("{shown}"));
        let beside = line.split(told).nth(1).unwrap_or_default();
        assert_eq!(beside.trim().trim_end_matches('│').trim(), keys, "{shown}");
        if remedy == Remedy::Discard {
            for key in ["e", "r"] {
                play(&mut model, key);
                let told = model.told.clone().unwrap_or_default();
                assert!(told.ends_with("d gives it up"), "{told}");
            }
        }
    }
}
