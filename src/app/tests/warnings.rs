//! The risk queue as it is looked at, and what is said of warnings.

use super::super::cmd::RunId;
use super::super::overlay::Overlay;
use super::super::play::{desk, forbid_writing, known, play, today, untold, write};
use super::super::queue::{By, Line, Place};
use super::super::*;
use super::failure;
use crate::domain::desk::{Accounts, Desk, SegmentRow, Severity, Untold, WarningKind, at_stake};
use crate::domain::record::RecordId;
use crate::domain::warning::{Closed, Closing, Level, Shelf, Snoozed, Verdict, What};

mod filter;

fn with(model: &mut Model, change: impl FnOnce(&mut Desk)) {
    let mut desk = desk();
    change(&mut desk);
    update(model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
}

fn accounts(kinds: [u32; 3]) -> Accounts {
    Accounts {
        all: kinds.iter().sum(),
        kinds,
        warnings: kinds,
    }
}

fn name(model: &Model) -> Option<String> {
    let at = model.cursor(layout::Pane::Risks).at;
    let desk = model.desk.desk.as_deref()?;
    Some(model.desk.queue.account_of(desk, at)?.1.to_owned())
}

fn ordered(orders: &[Cmd]) -> Option<(RunId, Vec<(RecordId, What)>)> {
    orders.iter().find_map(|order| match order {
        Cmd::Write(WriteCmd::Warn { run, acts, .. }) => {
            let acts = acts.iter().map(|act| (act.account.clone(), act.what.clone()));
            Some((*run, acts.collect()))
        }
        _ => None,
    })
}

fn done(model: &mut Model, run: RunId, done: Result<(), String>) -> Vec<Cmd> {
    let accounts = vec![RecordId::from("1")];
    update(model, Msg::Outbox(OutboxMsg::Warned { run, accounts, done }))
}

#[test]
fn the_queue_shows_one_kind_at_a_time_and_counts_the_others() {
    let mut model = known(120, 36);
    play(&mut model, "2");
    assert_eq!(model.desk.queue.tab, WarningKind::Risk);
    let risks = model.desk.queue.lines.len();
    assert_eq!(model.desk.queue.counts, [3, 1, 1]);
    play(&mut model, ";");
    assert_eq!(name(&model).as_deref(), Some("Brasserie Verte"));
    play(&mut model, ";");
    assert_eq!(name(&model).as_deref(), Some("Harbour Retail"));
    play(&mut model, ";");
    assert_eq!(model.desk.queue.lines.len(), risks);
}

#[test]
fn grouping_sets_headings_and_keeps_the_account_under_the_cursor() {
    let mut model = known(120, 36);
    play(&mut model, "2 j");
    let before = name(&model);
    play(&mut model, "b b");
    assert_eq!(model.desk.queue.by, By::Segment);
    assert_eq!(name(&model), before);
    assert!(matches!(model.desk.queue.lines[0], Line::Heading { .. }));
    play(&mut model, "g c");
    assert!(model.overlays.is_empty(), "a heading has no warning to close");
    play(&mut model, "b b");
    assert_eq!(model.desk.queue.by, By::Nothing);
}

#[test]
fn an_account_stands_in_each_of_its_groups_the_most_pressing_group_first() {
    let mut model = known(120, 36);
    with(&mut model, |desk| {
        for (row, signals) in desk.risks.iter_mut().zip([&["b", "a"][..], &["a"], &["b"]]) {
            for (warning, signal) in row.warnings.iter_mut().zip(signals) {
                warning.signal = (*signal).to_owned();
            }
        }
    });
    play(&mut model, "2 b");
    let lines: Vec<String> = model
        .desk
        .queue
        .lines
        .iter()
        .map(|line| match line {
            Line::Heading { title, accounts, .. } => format!("{title} {accounts}"),
            Line::Account {
                place: Place::Queue(at),
                warnings,
            } => format!("{at} {warnings:?}"),
            _ => String::new(),
        })
        .collect();
    assert_eq!(lines[..6], ["b 2", "0 [0]", "2 [0]", "a 2", "0 [1]", "1 [0]"]);
}

#[test]
fn it_is_known_whether_groups_add_up_to_more_than_all() {
    let mut model = known(120, 36);
    with(&mut model, |desk| {
        "champion-left".clone_into(&mut desk.risks[0].warnings[1].signal);
    });
    play(&mut model, "2");
    assert_eq!(model.desk.queue.on.accounts, 3);
    assert!(!model.desk.queue.repeats);
    play(&mut model, "b");
    assert!(
        model.desk.queue.repeats,
        "one account stands under both of its signals"
    );
    play(&mut model, "b");
    assert!(!model.desk.queue.repeats, "each account has one segment");
    play(&mut model, ";");
    assert_eq!(
        (model.desk.queue.on.accounts, model.desk.queue.repeats),
        (1, false)
    );
    with(&mut model, |desk| desk.apart.held = vec![desk.risks[3].clone()]);
    assert!(
        model.desk.queue.repeats,
        "it stands in its group, and is held back"
    );
}

#[test]
fn what_the_desk_has_no_rows_for_is_counted_and_a_group_of_it_is_at_least_so_large() {
    let mut model = known(120, 36);
    with(&mut model, |desk| {
        desk.counts.open = [3_000, 40, 7];
        desk.counts.lists = [
            (Shelf::Queue, accounts([2_503, 40, 7])),
            (Shelf::Closed, accounts([0, 5, 0])),
        ]
        .into();
    });
    play(&mut model, "2 b");
    let queue = &model.desk.queue;
    assert_eq!((queue.hidden, queue.counts), (2_500, [3, 40, 7]));
    let Line::Heading { at_stake, is_cut, .. } = &queue.lines[0] else {
        panic!("{:?}", queue.lines);
    };
    assert!(*is_cut && at_stake.exact().is_none());
    let apart = |model: &Model| {
        let lines = model.desk.queue.lines.iter();
        lines.filter(|line| matches!(line, Line::Apart(..))).count()
    };
    assert_eq!(apart(&model), 0);
    play(&mut model, ";");
    assert_eq!((model.desk.queue.hidden, apart(&model)), (39, 1));
}

#[test]
fn what_is_apart_and_what_cannot_be_told_opens_from_its_line() {
    let mut model = known(120, 36);
    with(&mut model, |desk| {
        desk.apart.held = vec![desk.risks.remove(0)];
        desk.counts.lists.insert(Shelf::Held, accounts([1, 0, 0]));
        desk.cannot_tell = vec![("usage-drop".to_owned(), 1)];
        desk.untold = vec![Untold {
            signal: "usage-drop".to_owned(),
            accounts: vec![untold("6", "Harbour Retail")],
        }];
    });
    play(&mut model, "2 G k");
    let at = model.cursor(layout::Pane::Risks).at;
    assert_eq!(model.desk.queue.lines[at], Line::Apart(Shelf::Held, 1));
    let before = model.desk.queue.lines.len();
    play(&mut model, "<enter>");
    assert_eq!(model.desk.queue.lines.len(), before + 1);
    play(&mut model, "j");
    assert_eq!(name(&model).as_deref(), Some("Juniper Freight"));
    play(&mut model, "j <enter> j <enter>");
    let open = model.account.as_ref().map(|account| account.id.to_string());
    assert_eq!(
        open.as_deref(),
        Some("6"),
        "an account of which a signal cannot tell"
    );
}

#[test]
fn what_a_line_at_the_end_opens_to_is_seen_at_once() {
    let mut model = known(80, 24);
    with(&mut model, |desk| {
        desk.cannot_tell = vec![("usage-drop".to_owned(), 20)];
        let accounts = (0..20).map(|at| untold(&format!("{at}"), &format!("Account {at}")));
        desk.untold = vec![Untold {
            signal: "usage-drop".to_owned(),
            accounts: accounts.collect(),
        }];
    });
    play(&mut model, "2 G");
    let at = model.cursor(layout::Pane::Risks).at;
    play(&mut model, "<enter>");
    let cursor = model.cursor(layout::Pane::Risks);
    assert_eq!(
        (cursor.at, cursor.top),
        (at, at),
        "twenty lines do not fit below it"
    );
}

#[test]
fn a_group_names_itself_above_its_first_line_and_below_the_pane_where_that_is_far() {
    let mut model = known(80, 24);
    with(&mut model, |desk| {
        let row = desk.risks[0].clone();
        desk.risks = (0..40)
            .map(|at| {
                let mut row = row.clone();
                row.account = format!("{at}").as_str().into();
                row.segment = Some(if at % 2 == 0 { "Enterprise" } else { "Digital" }.to_owned());
                row
            })
            .collect();
        desk.cannot_tell.clear();
    });
    play(&mut model, "2 b b");
    let group = |model: &Model| {
        let cursor = model.cursor(layout::Pane::Risks);
        model.desk.queue.group_above(cursor).map(str::to_owned)
    };
    let heading = |model: &Model, at: usize| matches!(model.desk.queue.lines[at], Line::Heading { .. });
    play(&mut model, "G");
    assert_eq!(group(&model).as_deref(), Some("Digital"));
    // Back to the first line of the second group.
    while !heading(&model, model.cursor(layout::Pane::Risks).at - 1) {
        play(&mut model, "k");
    }
    let cursor = model.cursor(layout::Pane::Risks);
    assert_eq!(cursor.top, cursor.at - 1, "its heading shows with it");
    play(&mut model, "k k");
    assert_eq!(group(&model).as_deref(), Some("Enterprise"));
    play(&mut model, "g");
    assert_eq!(group(&model), None, "it shows");
}

#[test]
fn closing_asks_for_a_verdict_notes_what_was_seen_and_u_takes_it_back() {
    let mut model = known(120, 36);
    play(&mut model, "2 c");
    write(&mut model, "\n");
    assert_eq!(model.told.as_deref(), Some("the verdict is missing"));
    let orders = write(&mut model, "perhaps\n");
    assert!(orders.is_empty() && model.overlays.len() == 1);
    assert_eq!(
        model.told, None,
        "the line says what is wrong, and nothing repeats it"
    );
    for _ in 0.."perhaps".len() {
        play(&mut model, "<backspace>");
    }
    let orders = write(&mut model, "noise as every summer\n");
    let (run, acts) = ordered(&orders).unwrap();
    let closed = Closed {
        signal: "usage-drop".to_owned(),
        verdict: Verdict::Noise,
        why: "as every summer".to_owned(),
        level: Level::default(),
    };
    assert_eq!(acts, [(RecordId::from("1"), What::Closed(closed))]);
    assert!(
        !model.is_idle() && !model.overlays.is_empty(),
        "what was typed stays until it is on disk"
    );
    let orders = done(&mut model, run, Ok(()));
    assert!(orders.iter().any(|order| matches!(order, Cmd::Rescore { .. })));
    assert!(model.overlays.is_empty() && model.is_idle());
    assert!(
        model
            .told
            .as_ref()
            .is_some_and(|told| told.contains("closed as noise · u takes it back"))
    );
    let orders = play(&mut model, "u");
    let (_, acts) = ordered(&orders).unwrap();
    assert_eq!(
        acts[0].1,
        What::TakenBack {
            signal: "usage-drop".to_owned()
        }
    );
    assert_eq!(
        model.outbox.acts.len(),
        1,
        "until it is on disk it can still be taken back"
    );
    let (run, _) = ordered(&orders).unwrap();
    done(&mut model, run, Ok(()));
    assert!(model.outbox.acts.is_empty());
    assert!(
        model
            .told
            .as_ref()
            .is_some_and(|told| told.starts_with("taken back:"))
    );
}

#[test]
fn a_verdict_is_about_one_warning_and_tab_chooses_which_a_snooze_about_all() {
    let mut model = known(120, 36);
    play(&mut model, "2 c");
    let about = |model: &Model| match model.overlays.last() {
        Some(Overlay::Warn(warn)) => warn.about(),
        other => panic!("{other:?}"),
    };
    assert_eq!(about(&model), "Juniper Freight · usage −46 % in 30 d");
    play(&mut model, "<tab>");
    assert_eq!(about(&model), "Juniper Freight · champion left 7 d ago");
    play(&mut model, "<tab>");
    assert_eq!(about(&model), "Juniper Freight · all 2 warnings");
    play(&mut model, "<esc> z");
    assert_eq!(about(&model), "Juniper Freight · all 2 warnings");
    let orders = write(&mut model, "2w waits for the sponsor\n");
    let (_, acts) = ordered(&orders).unwrap();
    let snoozed = Snoozed {
        signal: "usage-drop".to_owned(),
        until: Some(today().checked_add(jiff::Span::new().weeks(2)).unwrap()),
        or_worse: true,
        why: "waits for the sponsor".to_owned(),
        level: Level::default(),
    };
    assert_eq!((acts.len(), &acts[0].1), (2, &What::Snoozed(snoozed)));
}

#[test]
fn a_snooze_may_name_no_day_where_it_can_get_worse() {
    let mut model = known(120, 36);
    with(&mut model, |desk| {
        desk.risks[0].warnings[0].line.level.gauge = Some(-460);
    });
    play(&mut model, "2 z <tab>");
    let orders = write(&mut model, "worse waits for the sponsor\n");
    let (_, acts) = ordered(&orders).unwrap();
    let What::Snoozed(snoozed) = &acts[0].1 else {
        panic!("{acts:?}")
    };
    assert_eq!((snoozed.until, snoozed.or_worse), (None, true));
    // Nothing tells that somebody who left is gone more: without a day it would sleep for ever.
    let mut model = known(120, 36);
    play(&mut model, "2 z <tab> <tab>");
    assert!(ordered(&write(&mut model, "worse\n")).is_none());
    let Some(Overlay::Warn(warn)) = model.overlays.last() else {
        panic!("it stays open")
    };
    let understood = warn.understood(&model.reading_occasion());
    assert!(
        understood.as_ref().is_err_and(|why| why.contains("name a day")),
        "{understood:?}"
    );
}

#[test]
fn what_is_too_late_or_not_saved_keeps_what_was_typed() {
    let mut model = known(120, 36);
    play(&mut model, "2 c");
    let (run, _) = ordered(&write(&mut model, "known\n")).unwrap();
    done(
        &mut model,
        run,
        Err("usage-drop was closed as noise by Ben already".to_owned()),
    );
    assert!(model.told.as_ref().is_some_and(|told| told.contains("by Ben")));
    assert!(matches!(model.overlays.last(), Some(Overlay::Warn(warn)) if !warn.sending));
    assert!(model.outbox.acts.is_empty());
    let (run, _) = ordered(&play(&mut model, "<enter>")).unwrap();
    let failure = failure(FailureKind::Unsaved, "not saved: the disk is full");
    update(&mut model, Msg::Outbox(OutboxMsg::NotWarned { run, failure }));
    assert!(model.is_idle() && model.failures.len() == 1);
    assert!(matches!(model.overlays.last(), Some(Overlay::Warn(warn)) if warn.input.text() == "known"));
}

#[test]
fn a_segment_warning_is_one_line_that_opens_and_is_acted_on_as_one() {
    let mut model = known(120, 36);
    with(&mut model, |desk| {
        let rows = desk.risks.drain(..2).collect::<Vec<_>>();
        desk.segments = vec![SegmentRow {
            segment: "SMB".to_owned(),
            signal: "usage-drop".to_owned(),
            kind: WarningKind::Risk,
            severity: Severity::High,
            accounts: 2,
            of: 8,
            at_stake: at_stake(&rows),
            rows,
            place: 0,
        }];
    });
    play(&mut model, "2");
    assert_eq!(model.desk.queue.lines[0], Line::Segment(0));
    let (_, acts) = ordered(&play(&mut model, "a")).unwrap();
    assert_eq!(acts.len(), 2, "one act on each account");
    play(&mut model, "<enter> j");
    assert_eq!(name(&model).as_deref(), Some("Juniper Freight"));
    with(&mut model, |desk| {
        let rows = desk.risks.drain(..2).collect::<Vec<_>>();
        desk.segments = vec![SegmentRow {
            segment: "SMB".to_owned(),
            signal: "usage-drop".to_owned(),
            kind: WarningKind::Risk,
            severity: Severity::High,
            accounts: 9_000,
            of: 20_000,
            at_stake: at_stake(&rows),
            rows,
            place: 0,
        }];
    });
    let orders = play(&mut model, "g a");
    assert!(ordered(&orders).is_none());
    assert!(model.told.as_ref().is_some_and(|told| told.contains("too many")));
}

#[test]
fn read_only_refuses_to_say_anything_of_a_warning_and_says_why() {
    let mut model = known(120, 36);
    forbid_writing(&mut model);
    for key in ["c", "z", "a", "P", "Z"] {
        model.told = None;
        let orders = play(&mut model, &format!("2 {key}"));
        assert!(ordered(&orders).is_none() && model.overlays.is_empty(), "{key}");
        assert!(
            model
                .told
                .as_ref()
                .is_some_and(|told| told.contains("--read-only")),
            "{key}"
        );
    }
}

#[test]
fn what_was_closed_is_opened_again_by_a_key_that_says_so_and_is_taken_back() {
    let mut model = known(120, 36);
    with(&mut model, |desk| {
        let row = &mut desk.risks[0];
        row.warnings.truncate(1);
        row.warnings[0].line.closed = Some(Closing {
            verdict: Verdict::Noise,
            why: "as every summer".to_owned(),
            by: "mara@northwind.example".to_owned(),
            at: "2026-11-20T08:00:00Z".parse().unwrap(),
        });
    });
    let (run, acts) = ordered(&play(&mut model, "2 Z")).unwrap();
    assert!(matches!(acts[..], [(_, What::TakenBack { .. })]), "{acts:?}");
    done(&mut model, run, Ok(()));
    let told = model.told.clone().unwrap();
    assert!(
        told.contains("opened again") && told.contains("takes it back"),
        "{told}"
    );
    let (run, acts) = ordered(&play(&mut model, "u")).unwrap();
    let [(_, What::Closed(closed))] = &acts[..] else {
        panic!("{acts:?}");
    };
    assert_eq!(
        (closed.verdict, closed.why.as_str()),
        (Verdict::Noise, "as every summer")
    );
    done(&mut model, run, Ok(()));
    assert!(
        model
            .told
            .as_ref()
            .is_some_and(|told| told.starts_with("taken back: "))
    );
}

#[test]
fn a_warning_of_the_open_account_is_acted_on_under_why() {
    let mut model = known(120, 36);
    play(&mut model, "2 <enter> a");
    assert!(
        model
            .told
            .as_ref()
            .is_some_and(|told| told.contains("below the measures"))
    );
    let orders = play(&mut model, "j j j j j j j j a");
    let (_, acts) = ordered(&orders).unwrap();
    assert_eq!(acts.len(), 1);
}
