//! What somebody else changed at the same time is told wherever one is, and opens with one key.

use super::*;
use crate::app::overlay::Overlay;
use crate::app::play::known;
use crate::app::play::outbox::{conflicting, mixed};
use crate::domain::outbox::{Entry, OutboxCounts, OutboxView, Remedy, State, Step};

fn load(model: &mut Model, view: OutboxView) {
    update(model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
}

/// The outbox of the fixtures with nothing open but this.
fn only(entries: Vec<Entry>) -> OutboxView {
    OutboxView {
        counts: OutboxCounts::of(&entries, 0),
        damaged: Vec::new(),
        open: entries,
        done: Vec::new(),
        ..mixed()
    }
}

#[test]
fn a_conflict_is_told_in_every_pane_with_its_key_and_goes_once_it_is_decided() {
    for pane in ["1", "2", "3", "4", "1 <enter>"] {
        let mut model = known(120, 36);
        play(&mut model, pane);
        load(&mut model, only(Vec::new()));
        assert!(model.failures.is_empty());
        load(&mut model, only(vec![conflicting()]));
        let told = model.failures.last().unwrap().clone();
        assert_eq!(
            told.summary,
            "Somebody else changed Segment and Renewal date of Kestrel Foods too: yours waits"
        );
        assert!(told.hint.unwrap().starts_with("! shows"));
        load(&mut model, only(vec![conflicting()]));
        assert_eq!(model.failures.len(), 1, "it is told once");
        play(&mut model, "!");
        assert!(matches!(model.overlays[..], [Overlay::Conflict(_)]), "{pane}");
        let orders = play(&mut model, "t m <enter>");
        assert!(
            matches!(
                &orders[..],
                [Cmd::Write(WriteCmd::TakeStep {
                    step: Step::Revised { .. },
                    ..
                })]
            ),
            "{orders:?}"
        );
        let taken = Box::new(conflicting());
        update(&mut model, Msg::Outbox(OutboxMsg::StepTaken(taken)));
        load(&mut model, only(Vec::new()));
        assert!(model.failures.is_empty());
        play(&mut model, "!");
        assert_eq!(
            model.told.as_deref(),
            Some("decide: nothing in the outbox waits for you")
        );
    }
}

#[test]
fn a_conflict_that_was_dismissed_is_told_again_only_when_there_is_another() {
    let mut model = known(120, 36);
    load(&mut model, only(vec![conflicting()]));
    play(&mut model, "X");
    load(&mut model, only(vec![conflicting()]));
    assert!(model.failures.is_empty());
    let mut other = conflicting();
    other.id.0 = 99;
    load(&mut model, only(vec![conflicting(), other]));
    assert!(model.failures[0].summary.contains("2 of yours wait"));
}

#[test]
fn what_another_cockpit_decides_is_told_no_more_and_asked_no_more() {
    let mut model = known(120, 36);
    let mut other = conflicting();
    other.id.0 = 99;
    load(&mut model, only(vec![conflicting(), other.clone()]));
    assert!(model.failures[0].summary.contains("2 of yours wait"));
    play(&mut model, "!");
    assert!(matches!(model.overlays[..], [Overlay::Conflict(_)]));
    // There the first one is decided, which shows here.
    load(&mut model, only(vec![other.clone()]));
    assert!(model.overlays.is_empty());
    assert!(model.told.as_ref().unwrap().contains("decided elsewhere"));
    let [failure] = &model.failures[..] else {
        panic!("{:?}", model.failures)
    };
    assert_eq!(
        failure.summary,
        "Somebody else changed Segment and Renewal date of Kestrel Foods too: yours waits"
    );
    // What the CRM has changes once more while it is being decided.
    play(&mut model, "! t");
    other.conflicts[0].theirs = Some("mid".to_owned());
    load(&mut model, only(vec![other]));
    let [Overlay::Conflict(view)] = &model.overlays[..] else {
        panic!("{:?}", model.overlays)
    };
    assert_eq!(view.decided, [None, None]);
    assert_eq!(view.entry.conflicts[0].theirs.as_deref(), Some("mid"));
}

#[test]
fn a_value_of_a_colleague_that_was_replaced_is_told_once_also_after_a_start() {
    let mut model = known(120, 36);
    load(&mut model, only(Vec::new()));
    let view = || OutboxView {
        open: Vec::new(),
        ..mixed()
    };
    load(&mut model, view());
    let [failure] = &model.failures[..] else {
        panic!("{:?}", model.failures)
    };
    assert_eq!(
        failure.summary,
        "On Marlow & Pike: your value of Segment replaced Small business, set by Tom Berg, 23 Nov 07:50, 1 h ago"
    );
    play(&mut model, "X");
    load(&mut model, view());
    assert!(model.failures.is_empty());
    let mut started = known(120, 36);
    load(&mut started, view());
    assert_eq!(started.failures.len(), 1);
    let mut much_later = known(120, 36);
    let later = much_later.now + SignedDuration::from_hours(48);
    update(&mut much_later, Msg::Clock(later));
    load(&mut much_later, view());
    assert!(much_later.failures.is_empty());
}

#[test]
fn what_shows_from_everywhere_opens_over_lists_and_screens_too() {
    for keys in ["1 e", "1 p", "1 h", "1 w", "A", "N"] {
        let mut model = known(120, 36);
        load(&mut model, only(vec![conflicting()]));
        play(&mut model, keys);
        let list = model.overlays.clone();
        assert_eq!(list.len(), 1, "{keys}");
        play(&mut model, "!");
        assert!(matches!(model.overlays[..], [_, Overlay::Conflict(_)]), "{keys}");
        play(&mut model, "<esc> O !");
        assert!(
            matches!(model.overlays[..], [_, Overlay::Outbox(_), Overlay::Conflict(_)]),
            "{keys}"
        );
        play(&mut model, "O");
        assert_eq!(
            model.told.as_deref(),
            Some("m, t, e, f and enter work here; esc leaves it for later")
        );
        play(&mut model, "<esc> <esc> ?");
        assert!(matches!(model.overlays[..], [_, Overlay::Help(_)]), "{keys}");
        play(&mut model, "<esc> n");
        assert_eq!(model.overlays, list, "{keys}");
        assert_eq!(model.told.as_deref(), Some("n does nothing here; esc closes"));
    }
}

#[test]
fn help_and_a_text_that_is_read_make_way_for_the_outbox() {
    let mut model = known(120, 36);
    play(&mut model, "1 <enter> <tab> <enter>");
    assert!(matches!(model.overlays[..], [Overlay::Reader(_)]));
    play(&mut model, "O");
    assert!(matches!(model.overlays[..], [Overlay::Outbox(_)]));
    play(&mut model, "? O");
    assert!(matches!(model.overlays[..], [Overlay::Outbox(_)]), "once");
    play(&mut model, "<esc> ? O");
    assert!(matches!(model.overlays[..], [Overlay::Outbox(_)]));
}

/// What the CRM refused, and what it did not answer; the latter as long as it is looked for, or settled.
fn parked_and_unknown(settled: bool) -> Vec<Entry> {
    let of = |state| {
        let found = mixed().open.into_iter().find(|entry| entry.state == state);
        found.unwrap()
    };
    let mut unknown = of(State::Unknown);
    unknown.settled = settled;
    vec![of(State::Parked), unknown]
}

#[test]
fn what_the_crm_refused_or_did_not_answer_is_told_with_its_key_once_it_needs_me() {
    let mut model = known(80, 24);
    load(&mut model, only(Vec::new()));
    play(&mut model, "!");
    assert!(model.overlays.is_empty());
    let [parked, looked_for] = parked_and_unknown(false).try_into().unwrap();
    load(&mut model, only(vec![looked_for]));
    assert!(
        model.failures.is_empty(),
        "it is looked for: nobody needs to do anything"
    );
    let mut unasked = parked.clone();
    unasked.remedy = Remedy::Resend;
    load(&mut model, only(vec![unasked]));
    let told = &model.failures.last().unwrap().summary;
    assert!(
        told.starts_with("“Task: call Ana” of Juniper Freight was not sent: "),
        "{told}"
    );
    load(&mut model, only(Vec::new()));
    load(&mut model, only(vec![parked]));
    let told = model.failures.last().unwrap().clone();
    assert!(
        told.summary
            .starts_with("The CRM refused “Task: call Ana” of Juniper Freight: "),
        "{told:?}"
    );
    assert!(told.hint.unwrap().starts_with("! shows"));
    load(&mut model, only(parked_and_unknown(true)));
    assert_eq!(model.failures.len(), 1);
    assert!(model.failures[0].summary.starts_with("2 of yours"));
    play(&mut model, "!");
    assert!(matches!(model.overlays[..], [Overlay::Outbox(_)]));
    load(&mut model, only(Vec::new()));
    assert!(model.failures.is_empty());
}

/// The ledger answers that the entry was queued again with the grace that was ordered.
fn decide(model: &mut Model, mut entry: Entry, keys: &str) -> Entry {
    let orders = play(model, keys);
    let [Cmd::Write(WriteCmd::TakeStep { step, .. })] = &orders[..] else {
        panic!("{orders:?}");
    };
    entry.take(step.clone(), model.now);
    let view = OutboxView {
        open: vec![entry.clone()],
        ..(*model.outbox.view).clone()
    };
    load(model, view);
    update(model, Msg::Outbox(OutboxMsg::StepTaken(Box::new(entry.clone()))));
    entry
}

#[test]
fn a_decision_can_be_taken_back_as_long_as_a_new_write_and_with_the_same_key() {
    let mut model = known(120, 36);
    load(&mut model, only(vec![conflicting()]));
    let entry = decide(&mut model, conflicting(), "! m m <enter>");
    let until = model.now + model.outbox.means.grace;
    assert_eq!(entry.leaves_at(), Some(until));
    assert_eq!(
        model.outbox.in_grace(model.now).map(|act| act.leaves_at),
        Some(until)
    );
    let orders = play(&mut model, "u");
    assert!(
        matches!(&orders[..], [Cmd::Write(WriteCmd::TakeBack { act })] if *act == entry.new.act),
        "{orders:?}"
    );
}

#[test]
fn of_what_was_made_in_one_go_only_the_one_that_was_decided_about_is_taken_back() {
    let mut model = known(120, 36);
    let mut sent = mixed().done.remove(0);
    sent.new.act = conflicting().new.act;
    let view = OutboxView {
        done: vec![sent],
        ..only(vec![conflicting()])
    };
    load(&mut model, view);
    let mut entry = decide(&mut model, conflicting(), "! m m <enter>");
    let orders = play(&mut model, "u");
    let [Cmd::Write(WriteCmd::TakeStep { id, step })] = &orders[..] else {
        panic!("{orders:?}");
    };
    assert_eq!((*id, step), (entry.id, &Step::TakenBack));
    entry.take(Step::TakenBack, model.now);
    update(&mut model, Msg::Outbox(OutboxMsg::StepTaken(Box::new(entry))));
    assert!(
        model
            .told
            .as_deref()
            .is_some_and(|told| told.starts_with("taken back: "))
    );
    assert!(model.outbox.acts.is_empty());
}

#[test]
fn the_hint_of_what_is_stuck_names_the_key_that_opens_it() {
    let hint = |open: Vec<Entry>, may_write: bool| {
        let mut model = known(120, 36);
        if !may_write {
            forbid_writing(&mut model);
        }
        load(&mut model, only(Vec::new()));
        load(&mut model, only(open));
        let stuck = FailureKind::Stuck;
        let told = model.failures.iter().find(|failure| failure.kind == stuck);
        told.unwrap().hint.clone().unwrap()
    };
    let refused = mixed().open[0].clone();
    assert_eq!(refused.state, State::Parked);
    assert!(hint(vec![refused.clone()], true).starts_with("! shows"));
    assert!(
        hint(vec![refused.clone(), conflicting()], true).starts_with("O shows"),
        "! opens the conflict"
    );
    assert!(hint(vec![refused], false).starts_with("O shows"), "! is refused");
}

#[test]
fn that_the_crm_is_left_alone_is_told_until_that_is_over() {
    let mut model = known(120, 36);
    let until = model.now + SignedDuration::from_secs(30);
    let line = SyncLine {
        failed: Some(failure(FailureKind::Limited, "the CRM asked to be left alone")),
        not_before: Some(until),
        ..Default::default()
    };
    update(&mut model, Msg::Sync(SyncMsg::Progressed(line.clone())));
    assert_eq!(model.failures.len(), 1);
    assert!(deadline(&model).unwrap() <= until);
    update(&mut model, Msg::Clock(until));
    assert!(model.failures.is_empty() && model.sync.failed.is_none());
    // Nor does what is kept of it come back.
    update(&mut model, Msg::Sync(SyncMsg::Progressed(line)));
    assert!(model.failures.is_empty() && model.sync.failed.is_none());
}
