//! Frames of the risk queue as it is looked at, of what is said of warnings, and of how the alarms do.

use jiff::civil::date;

use super::{SIZES, Theme, buffer, text};
use crate::app::play::{desk, known, now, play, write};
use crate::app::{Cmd, DeskMsg, Model, Msg, update};
use crate::domain::desk::{Accounts, Desk, SegmentRow, Severity, Untold, WarningKind, at_stake};
use crate::domain::warning::alarms::{Moved, Tally};
use crate::domain::warning::{
    AlarmReport, ChurnRecord, FirstWarning, Shelf, SignalReport, Snooze, Stage, Suggestion, Waking,
};

/// A desk with something of everything: a segment warning, what is held back, sleeps, woke, cannot be told.
fn rich() -> Desk {
    let mut desk = desk();
    let ago = |days: i64| {
        now()
            .checked_sub(jiff::SignedDuration::from_hours(24 * days))
            .unwrap()
    };
    let mut held = desk.risks.remove(2);
    held.warnings[0].line.held = true;
    desk.apart.held = vec![held.clone()];
    let mut asleep = held;
    asleep.warnings[0].line.snoozed = Some(Snooze {
        until: date(2026, 12, 4),
        or_worse: true,
        why: "waits for the sponsor".to_owned(),
        by: "mara@alder.example".to_owned(),
        since: ago(2),
    });
    desk.apart.snoozed = vec![asleep];
    let woke = &mut desk.risks[0].warnings[0].line;
    woke.woke = Some(Waking::Worse("−46 %".to_owned(), "−61 %".to_owned()));
    desk.risks[1].warnings[0].line.stages = vec![(Stage::Open, ago(7)), (Stage::Planned, ago(3))];
    let rows = vec![desk.risks[0].clone(), desk.risks[1].clone()];
    let one = Accounts {
        all: 1,
        kinds: [1, 0, 0],
    };
    desk.counts.lists = [(Shelf::Held, one), (Shelf::Snoozed, one)].into();
    desk.segments = vec![SegmentRow {
        segment: "mid-market".to_owned(),
        signal: "no-touch".to_owned(),
        kind: WarningKind::Risk,
        severity: Severity::Medium,
        accounts: 14,
        of: 52,
        at_stake: at_stake(&rows),
        rows,
        place: 1,
    }];
    desk.untold = vec![Untold {
        signal: "usage-drop".to_owned(),
        accounts: vec![("6".into(), "Harbour Retail".to_owned())],
    }];
    desk
}

fn check(name: &str, prepare: impl Fn(&mut Model)) {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(rich())))));
        prepare(&mut model);
        let picture = text(&buffer(&model, Theme::default()));
        insta::assert_snapshot!(format!("{name}-{width}"), picture);
    }
}

#[test]
fn the_queue_as_it_is_looked_at() {
    check("queue", |model| drop(play(model, "2")));
    check("queue-opened", |model| {
        drop(play(model, "2 f j <enter> G <enter> k <enter> k <enter>"));
    });
    check("queue-by-owner", |model| drop(play(model, "2 f b b b")));
    check("queue-chances", |model| drop(play(model, "2 ]")));
}

#[test]
fn what_is_said_of_warnings_is_understood_before_it_is_done() {
    check("warn-close", |model| {
        play(model, "2 c");
        write(model, "noise as every summer");
    });
    check("warn-snooze", |model| {
        play(model, "2 z");
        write(model, "2w waits for the sponsor");
    });
    check("warn-empty", |model| drop(play(model, "2 z")));
    check("warn-wrong", |model| {
        play(model, "2 c");
        write(model, "perhaps");
    });
}

#[test]
fn how_the_alarms_do() {
    let tally = Tally {
        fired: 31,
        standing: 5,
        acted: 19,
        real: 14,
        known: 2,
        noise: 8,
        open: 4,
        held: 1,
        to_notice: vec![61, 38, 12],
        to_red: vec![9],
        ..Tally::default()
    };
    let report = AlarmReport {
        signals: vec![
            SignalReport {
                signal: "usage-drop".to_owned(),
                version: 2,
                in_force: true,
                tally,
                suggestion: Some(Suggestion::MoveThreshold {
                    from: "−30 %".to_owned(),
                    to: "−38 %".to_owned(),
                    moved: Moved {
                        to: -380,
                        noise_less: 6,
                        noise: 8,
                        known_less: 1,
                    },
                }),
            },
            SignalReport {
                signal: "nps-detractor".to_owned(),
                version: 1,
                in_force: true,
                tally: Tally::default(),
                suggestion: None,
            },
        ],
        churns: vec![
            ChurnRecord {
                account: "40".into(),
                name: "Petrel Charter".to_owned(),
                on: date(2026, 11, 2),
                reason: Some("Went to a competitor".to_owned()),
                avoidable: None,
                owner: Some("Mara Lindt".to_owned()),
                first: Some(FirstWarning {
                    signal: "usage-drop".to_owned(),
                    on: date(2026, 9, 22),
                    days_before: 41,
                }),
                ignored: vec!["usage-drop: open for 41 d, nobody took it on".to_owned()],
                looked: true,
            },
            ChurnRecord {
                account: "41".into(),
                name: "Old Mill Ceramics".to_owned(),
                on: date(2026, 10, 9),
                reason: None,
                avoidable: None,
                owner: None,
                first: None,
                ignored: Vec::new(),
                looked: true,
            },
        ],
        first_look: Some(date(2026, 6, 1)),
    };
    check("alarms", |model| {
        let orders = play(model, "A");
        let Some(Cmd::LoadAlarms { run }) = orders.last() else {
            panic!("{orders:?}")
        };
        let report = Box::new(report.clone());
        update(model, Msg::Desk(DeskMsg::Alarms { run: *run, report }));
    });
}
