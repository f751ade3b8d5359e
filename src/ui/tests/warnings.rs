//! Frames of the risk queue as it is looked at, of what is said of warnings, and of how the alarms do.

use jiff::civil::date;

use super::{SIZES, Theme, buffer, text};
use crate::app::play::{desk, known, now, play, untold, write};
use crate::app::{Cmd, DeskMsg, Model, Msg, update};
use crate::domain::desk::{Accounts, Desk, SegmentRow, Severity, Untold, WarningKind, at_stake};
use crate::domain::warning::alarms::{Moved, Tally};
use crate::domain::warning::{
    AlarmReport, Avoidable, CaseLine, ChurnRecord, FirstWarning, Shelf, SignalReport, Snooze, Stage,
    Suggestion, Verdict, Waking,
};
use crate::domain::wrap::width;

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
        until: Some(date(2026, 12, 4)),
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
        warnings: [3, 0, 0],
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
        accounts: vec![untold("6", "Harbour Retail")],
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

/// The queue, of whose accounts the warnings of some are standing.
fn with_standing(width: u16, height: u16, stands: impl Fn(usize) -> bool) -> String {
    let mut model = known(width, height);
    let mut desk = desk();
    for (at, row) in desk.risks.iter_mut().enumerate() {
        row.warnings.iter_mut().for_each(|one| one.standing = stands(at));
    }
    desk.risks[0].warnings.truncate(1);
    desk.risks[0].warnings[0].reason = "usage fell, and fell again, ".repeat(10);
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
    play(&mut model, "2");
    text(&buffer(&model, Theme::default()))
}

#[test]
fn standing_has_one_place_at_the_end_of_the_reasons() {
    for (cells, rows) in SIZES {
        let picture = with_standing(cells, rows, |at| at < 2);
        let said: Vec<&str> = picture.lines().filter(|line| line.contains("standing")).collect();
        assert_eq!(said.len(), 2, "{picture}");
        assert!(said[0].contains("… standing"), "{picture}");
        let end = |line: &str| line.split("standing").next().map(width);
        assert_eq!(end(said[0]), end(said[1]), "{picture}");
    }
}

#[test]
fn what_is_true_of_every_warning_is_said_once() {
    for (width, height) in SIZES {
        let picture = with_standing(width, height, |_| true);
        assert_eq!(picture.matches("standing").count(), 1, "{picture}");
        assert!(picture.contains("all standing"), "{picture}");
    }
}

#[test]
fn the_queue_as_it_is_looked_at() {
    check("queue", |model| drop(play(model, "2")));
    check("queue-opened", |model| {
        drop(play(model, "2 f j <enter> G <enter> k <enter> k <enter>"));
    });
    check("queue-by-owner", |model| drop(play(model, "2 f b b b")));
    check("queue-chances", |model| drop(play(model, "2 ;")));
    check("queue-filter", |model| drop(play(model, "2 / type:champ")));
    check("queue-filter-nothing", |model| {
        drop(play(model, "2 / type:xyz <enter>"));
    });
}

/// The second line of the first account of the queue.
fn reasons(desk: Desk, width: u16, height: u16) -> String {
    let mut model = known(width, height);
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
    play(&mut model, "2");
    let picture = text(&buffer(&model, Theme::default()));
    let mut lines = picture.lines().skip_while(|line| !line.contains("P 41 %"));
    lines.nth(1).unwrap_or_default().to_owned()
}

#[test]
fn what_is_said_of_one_of_several_warnings_names_it() {
    let planned = vec![(Stage::Open, now()), (Stage::Planned, now())];
    for (width, height) in SIZES {
        let mut desk = desk();
        let warnings = &mut desk.risks[0].warnings;
        "champion-left".clone_into(&mut warnings[1].signal);
        warnings[1].line.stages = planned.clone();
        let second = reasons(desk.clone(), width, height);
        assert!(second.contains("champion left: plan in place"), "{second}");
        desk.risks[0].warnings[0].line.stages = planned.clone();
        let both = reasons(desk.clone(), width, height);
        assert!(
            both.contains("plan in place") && !both.contains("left: plan"),
            "{both}"
        );
        desk.risks[0].warnings.truncate(1);
        let alone = reasons(desk, width, height);
        assert!(alone.contains("  plan in place"), "{alone}");
    }
}

#[test]
fn what_is_at_stake_in_the_queue_is_said_of_its_accounts_and_that_some_stand_twice() {
    for (width, keys, expected) in [
        (80, "2", "$111k at stake in 3 accounts · 1–4 of 4"),
        (80, "2 b", "$111k in 3 accounts, groups overlap · 1–5 of 7"),
        (120, "2", "P is assumed · $111k in 3 accounts · 1–4 of 4"),
        (120, "2 b", "P is assumed · $111k, groups overlap · "),
        (120, "2 f", "$111k at stake in 3 accounts ─╮"),
        (120, "2 f b", "$111k at stake in 3 accounts, groups overlap ─╮"),
    ] {
        let mut model = known(width, if width == 80 { 24 } else { 36 });
        let mut desk = desk();
        "champion-left".clone_into(&mut desk.risks[0].warnings[1].signal);
        update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
        play(&mut model, keys);
        let picture = text(&buffer(&model, Theme::default()));
        assert!(
            picture.contains(expected),
            "{width} {keys}: {expected}\n{picture}"
        );
    }
}

#[test]
fn beside_the_tabs_what_is_told_of_the_queue_gives_way_part_by_part_and_never_whole() {
    for count in [0, 7, 1_234, 99_999] {
        for keys in ["2", "2 b", "2 b b", "2 ; b"] {
            let mut model = known(80, 24);
            let mut desk = desk();
            "champion-left".clone_into(&mut desk.risks[0].warnings[1].signal);
            desk.day.risks = count;
            update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
            play(&mut model, keys);
            let picture = text(&buffer(&model, Theme::default()));
            let rule = picture.lines().nth(3).unwrap();
            assert!(rule.contains(" of ") && rule.ends_with(" ─"), "{keys}\n{picture}");
        }
    }
}

#[test]
fn the_kind_that_shows_and_its_count_stay_where_the_title_has_no_room_for_all() {
    let mut model = known(120, 36);
    let mut desk = desk();
    desk.day.risks = 12_345;
    desk.counts.open[1..].copy_from_slice(&[10_500, 33_000]);
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
    play(&mut model, "2 ;");
    let picture = text(&buffer(&model, Theme::default()));
    assert!(
        picture.contains("Risk queue  10,500 opportunities · ▲ 12,345 ─"),
        "{picture}"
    );
}

#[test]
fn who_looks_after_no_account_sees_whose_the_sums_are() {
    let mut model = known(120, 36);
    let mut desk = desk();
    desk.day.shared = true;
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
    let picture = text(&buffer(&model, Theme::default()));
    assert!(picture.contains("Alder & Finch  shared with me"), "{picture}");
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

/// How the alarms of the fixtures did.
fn alarms() -> AlarmReport {
    let tally = usage_tally();
    AlarmReport {
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
                        unjudged_less: 3,
                        unjudged: 7,
                        real: 14,
                    },
                }),
                cases: vec![
                    CaseLine {
                        account: "1".into(),
                        name: "Juniper Freight".to_owned(),
                        on: date(2026, 9, 4),
                        stage: Stage::Accepted,
                        held: false,
                        acted: true,
                        judged: Some(Verdict::Noise),
                        said: Some(("Mara Lindt".to_owned(), "as every summer".to_owned())),
                        saw: "−46 %, amber".to_owned(),
                    },
                    CaseLine {
                        account: "40".into(),
                        name: "Petrel Charter".to_owned(),
                        on: date(2026, 9, 22),
                        stage: Stage::Lost,
                        held: false,
                        acted: false,
                        judged: Some(Verdict::Real),
                        said: None,
                        saw: String::new(),
                    },
                    CaseLine {
                        account: "2".into(),
                        name: "Kestrel Foods".to_owned(),
                        on: date(2026, 11, 16),
                        stage: Stage::Planned,
                        held: false,
                        acted: true,
                        judged: None,
                        said: None,
                        saw: String::new(),
                    },
                ],
            },
            SignalReport {
                signal: "nps-detractor".to_owned(),
                version: 1,
                in_force: true,
                tally: Tally::default(),
                suggestion: None,
                cases: Vec::new(),
            },
        ],
        churns: churns(),
        first_look: Some(date(2026, 6, 1)),
        began_later: false,
    }
}

/// The customers that left in the fixtures.
fn churns() -> Vec<ChurnRecord> {
    vec![
        ChurnRecord {
            account: "40".into(),
            name: "Petrel Charter".to_owned(),
            on: date(2026, 11, 2),
            reason: Some("Went to a competitor".to_owned()),
            avoidable: Some(Avoidable {
                yes: true,
                why: "we saw the usage fall and did nothing".to_owned(),
                by: "mara@alder.example".to_owned(),
                by_name: "Mara Lindt".to_owned(),
            }),
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
    ]
}

fn usage_tally() -> Tally {
    Tally {
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
    }
}

#[test]
fn how_the_alarms_do() {
    let read = |model: &mut Model| read_alarms(model, alarms());
    check("alarms", read);
    check("alarms-opened", |model| {
        read(model);
        play(model, "<enter> j");
    });
}

fn read_alarms(model: &mut Model, report: AlarmReport) {
    let orders = play(model, "A");
    let Some(Cmd::LoadAlarms { run }) = orders.last() else {
        panic!("{orders:?}")
    };
    let report = Box::new(report);
    update(model, Msg::Desk(DeskMsg::Alarms { run: *run, report }));
}

#[test]
fn customers_that_left_stand_in_one_column_with_the_year_where_it_is_another_one() {
    for (cells, rows) in SIZES {
        let mut model = known(cells, rows);
        let mut report = alarms();
        report.churns[1].on = date(2025, 10, 9);
        read_alarms(&mut model, report);
        play(&mut model, "G");
        let picture = text(&buffer(&model, Theme::default()));
        let place = |name: &str| {
            let line = picture.lines().find(|line| line.contains(name)).unwrap();
            line.split(name).next().map(width)
        };
        assert!(picture.contains("9 Oct 25"), "{picture}");
        assert_eq!(place("Petrel Charter"), place("Old Mill Ceramics"), "{picture}");
    }
}

#[test]
fn a_plan_says_what_to_write_before_anything_is_written() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        play(&mut model, "2 P");
        let picture = text(&buffer(&model, Theme::default()));
        assert!(picture.contains("write what is done about it"), "{picture}");
    }
}

#[test]
fn where_there_is_no_notice_date_the_queue_counts_down_to_the_end() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        let mut desk = desk();
        (desk.risks[0].notice_by, desk.risks[0].ends) = (None, Some(date(2026, 11, 28)));
        update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
        play(&mut model, "2");
        let picture = text(&buffer(&model, Theme::default()));
        assert!(picture.contains("ends 5 d"), "{picture}");
    }
}
