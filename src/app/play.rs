//! For tests: a small book to work on, and `play`, which presses keys and gives the model and its orders.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, Time, date, time};
use jiff::tz::TimeZone;

use super::key::Key;
use super::keymap::Keymap;
use super::layout::Size;
use super::msg::{AccountMsg, BookMsg, DeskMsg, Msg, TerminalMsg};
use super::sync_line::SyncLine;
use super::{Cmd, Model, Start, update};
use crate::domain::account_view::{
    AccountView, ChartPoint, ContractLine, Freshness, MeasureLine, NoteLine, Person, TicketLine,
    TimelineKind, TimelineLine, Why,
};
use crate::domain::book::Book;
use crate::domain::desk::{
    Day, Desk, DueItem, DueKind, HandoffCard, HandoffState, RiskRow, Severity, Warning, WarningKind,
};
use crate::domain::money::{Currency, Money, Sum};
use crate::domain::record::RecordId;
use crate::domain::summary::{Band, Summary};

/// The currency of the fixtures.
pub fn usd() -> Currency {
    Currency::parse("USD").unwrap()
}

/// The morning of the fixtures.
pub fn now() -> Timestamp {
    "2026-11-23T08:50:00Z".parse().unwrap()
}

/// A moment some hours before it.
pub fn ago(hours: i64) -> Timestamp {
    now() - jiff::SignedDuration::from_hours(hours)
}

/// A model of this size before anything was read.
pub fn fresh(width: u16, height: u16) -> Model {
    Model::new(Start {
        tenant: "Alder & Finch".to_owned(),
        scope: "my book".to_owned(),
        read_only: false,
        currency: usd(),
        zone: TimeZone::UTC,
        now: now(),
        size: Size { width, height },
        keymap: Keymap::default(),
        sync: SyncLine {
            last_success: Some(ago(0)),
            ..SyncLine::default()
        },
    })
}

/// A model of this size with the book and the desk of the fixtures.
pub fn loaded(width: u16, height: u16) -> Model {
    let mut model = fresh(width, height);
    load_book(&mut model, summaries());
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk())))));
    model
}

/// Gives the model a book, as the runtime would.
pub fn load_book(model: &mut Model, summaries: Vec<Summary>) {
    let book = Arc::new(Book::from_summaries(summaries));
    let sort = model.accounts.sort;
    let rows = book.order(sort).into();
    update(model, Msg::Book(BookMsg::Loaded { book, sort, rows }));
}

/// Presses keys (`j k <enter> ctrl-d`, words after `type:` letter by letter) and carries out what needs no world:
/// fuzzy rankings and the account of the fixtures. Returns all orders.
pub fn play(model: &mut Model, keys: &str) -> Vec<Cmd> {
    let mut orders = Vec::new();
    for word in keys.split_whitespace() {
        let pressed: Vec<Key> = match word.strip_prefix("type:") {
            Some(text) => text
                .chars()
                .map(|letter| Key::plain(super::key::Code::Char(letter)))
                .collect(),
            None => vec![word.trim_matches(['<', '>']).parse().unwrap()],
        };
        for key in pressed {
            for order in update(model, Msg::Terminal(TerminalMsg::Key(key))) {
                answer(model, &order);
                orders.push(order);
            }
        }
    }
    orders
}

fn answer(model: &mut Model, order: &Cmd) {
    match order {
        Cmd::RankFuzzily {
            run,
            book,
            query,
            rows,
        } => {
            let rows = book.rank(query, rows).into();
            update(model, Msg::Book(BookMsg::Ranked { run: *run, rows }));
        }
        Cmd::OpenAccount { run, id } => {
            let view = (id.as_str() == "1").then(|| Box::new(account()));
            update(model, Msg::Account(AccountMsg::Loaded { run: *run, view }));
        }
        _ => {}
    }
}

/// An account in one line.
pub fn summary(id: u32, name: &str, arr: i64, score: Option<u8>, delta: Option<i16>, notice: i32) -> Summary {
    let band = match score {
        None => Band::Unknown,
        Some(..50) => Band::Red,
        Some(..70) => Band::Amber,
        Some(_) => Band::Green,
    };
    let trend = std::array::from_fn(|at| match (score, delta) {
        (Some(score), Some(delta)) => (i16::from(score) - delta * (7 - at as i16) / 7).clamp(0, 100) as u8,
        _ => 255,
    });
    Summary {
        id: RecordId(id.to_string()),
        name: name.to_owned(),
        domain: Some(format!(
            "{}.example",
            name.split(' ').next().unwrap_or("x").to_lowercase()
        )),
        former_names: Vec::new(),
        arr: Some(arr * 100_000),
        arr_at_least: false,
        score,
        band,
        last_band: None,
        coverage: 86,
        delta,
        trend,
        notice_by: (notice > 0).then(|| today() + jiff::Span::new().days(notice)),
        ends: (notice > 0).then(|| today() + jiff::Span::new().days(notice + 13)),
        monthly: false,
        segment: Some("mid-market".to_owned()),
        stage: Some("adopted".to_owned()),
        csm: Some(RecordId::from("7")),
        csm_name: Some("Mara Lindt".to_owned()),
        last_touch: Some(date(2026, 11, 9)),
        at_stake: score.map(|score| i64::from(100 - score) * arr * 1_000 * i64::from(score < 70)),
        open_warnings: u16::from(band == Band::Red),
        worst: i64::from(score.unwrap_or(60)),
    }
}

/// The day of the fixtures.
pub fn today() -> Date {
    date(2026, 11, 23)
}

/// Twelve accounts.
pub fn summaries() -> Vec<Summary> {
    let mut all = vec![
        summary(1, "Juniper Freight", 84, Some(41), Some(-31), 9),
        summary(2, "Kestrel Foods", 63, Some(46), Some(-12), 16),
        summary(3, "Marlow & Pike", 61, Some(55), Some(-4), 61),
        summary(4, "Osprey Clinics", 31, Some(58), Some(0), 119),
        summary(5, "Tallinn Textiles", 44, Some(63), Some(-2), 88),
        summary(6, "Harbour Retail", 12, None, None, 0),
        summary(7, "深圳云帆科技", 48, Some(82), Some(3), 140),
        summary(8, "Brasserie Verte", 39, Some(77), Some(0), 201),
        summary(9, "Nordkap Energi", 36, Some(91), Some(0), 172),
        summary(10, "Quill Press", 28, Some(84), Some(0), 0),
        summary(11, "Lindqvist Bygg", 22, Some(79), Some(1), 247),
        summary(12, "Vela Robotics", 11, Some(88), Some(0), 301),
    ];
    all[2].former_names = vec!["Pike Brothers".to_owned()];
    all[3].arr_at_least = true;
    all[9].monthly = true;
    all[11].last_band = Some(Band::Amber);
    all[11].band = Band::Unknown;
    all
}

fn warning(account: u32, kind: WarningKind, severity: Severity, reason: &str) -> Warning {
    Warning {
        account: RecordId(account.to_string()),
        signal: "usage-drop".to_owned(),
        version: 1,
        kind,
        severity,
        reason: reason.to_owned(),
        evidence: vec![("weekly users".to_owned(), "22".to_owned())],
        since: date(2026, 11, 16),
        standing: false,
    }
}

fn risk(row: &Summary, warnings: Vec<Warning>) -> RiskRow {
    RiskRow {
        account: row.id.clone(),
        name: row.name.clone(),
        warnings,
        at_stake: row.at_stake,
        arr: row.arr,
        notice_by: row.notice_by,
        score: row.score,
        band: row.band,
    }
}

fn due(record: &str, account: &Summary, title: &str, day: Option<Date>, at: Option<Time>) -> DueItem {
    DueItem {
        kind: if title.starts_with("Accept") {
            DueKind::Handoff
        } else {
            DueKind::Task
        },
        record: RecordId::from(record),
        title: title.to_owned(),
        account: Some(account.id.clone()),
        account_name: account.name.clone(),
        due: day,
        at,
        body: "Ask who owns the rollout, now Dana Wolf has left.".to_owned(),
    }
}

/// What lies on the desk of the fixtures.
pub fn desk() -> Desk {
    let all = summaries();
    let (mut arr, mut at_stake) = (Sum::default(), Sum::default());
    for row in &all {
        arr.add(row.arr);
        at_stake.add(row.at_stake);
    }
    let usage = warning(1, WarningKind::Risk, Severity::High, "usage −46 % in 30 d");
    let champion = warning(1, WarningKind::Risk, Severity::High, "champion left 7 d ago");
    Desk {
        queue: 4,
        risks: vec![
            risk(&all[0], vec![usage, champion]),
            risk(
                &all[1],
                vec![warning(2, WarningKind::Risk, Severity::Critical, "NPS 3 (was 9)")],
            ),
            risk(
                &all[2],
                vec![warning(
                    3,
                    WarningKind::Risk,
                    Severity::Medium,
                    "no touch for 74 d",
                )],
            ),
            risk(
                &all[7],
                vec![warning(
                    8,
                    WarningKind::Opportunity,
                    Severity::Low,
                    "seats 47 of 50 used",
                )],
            ),
            risk(
                &all[5],
                vec![warning(6, WarningKind::Defect, Severity::Low, "no renewal date")],
            ),
        ],
        cannot_tell: vec![("usage-drop".to_owned(), 3)],
        due: vec![
            due(
                "t1",
                &all[1],
                "Call the new sponsor",
                Some(date(2026, 11, 21)),
                None,
            ),
            due("t2", &all[0], "Call the champion's manager", Some(today()), None),
            due(
                "t3",
                &all[3],
                "Accept or return the handoff",
                Some(today()),
                Some(time(17, 0, 0, 0)),
            ),
            due(
                "t4",
                &all[0],
                "Agree the recovery plan",
                Some(date(2026, 11, 25)),
                None,
            ),
            due(
                "t5",
                &all[8],
                "Ask for a reference",
                Some(date(2026, 12, 4)),
                None,
            ),
            due("t6", &all[10], "Thank them", None, None),
        ],
        handoffs: vec![
            handoff(
                "h1",
                &all[3],
                HandoffState::Sent,
                "All fields but the sponsor are known.",
            ),
            handoff("h2", &all[11], HandoffState::Returned, "who signs off SSO?"),
            handoff("h3", &all[10], HandoffState::Accepted, "thanks, taken"),
        ],
        day: Day {
            arr,
            at_stake,
            due_today: 2,
            late: 1,
            handoffs_for_me: 2,
            handoffs_returned: 1,
            at_risk: 4,
            risks: 3,
        },
    }
}

fn handoff(id: &str, account: &Summary, state: HandoffState, text: &str) -> HandoffCard {
    HandoffCard {
        handoff: id.to_owned(),
        account: account.id.clone(),
        account_name: account.name.clone(),
        from_role: "onboarding".to_owned(),
        to_role: "csm".to_owned(),
        state,
        for_me: state != HandoffState::Accepted,
        text: text.to_owned(),
        fields: (state == HandoffState::Sent).then_some((8, 9)),
        when: ago(3),
        answer_by: (state == HandoffState::Returned).then(|| date(2026, 11, 24)),
    }
}

fn measure(id: &str, change: Option<i32>, words: &str, freshness: Freshness, hours: i64) -> MeasureLine {
    MeasureLine {
        id: id.to_owned(),
        weight: 1.0,
        points: Some(50.0),
        change_tenths: change,
        words: words.to_owned(),
        freshness,
        observed: (freshness != Freshness::Unknown).then(|| ago(hours)),
    }
}

fn person(name: &str, role: Option<&str>, last: Option<Date>) -> Person {
    Person {
        id: RecordId::from(name),
        name: name.to_owned(),
        role: role.map(str::to_owned),
        title: Some("Head of operations".to_owned()),
        email: Some(format!(
            "{}@juniper.example",
            name.split(' ').next().unwrap_or("x").to_lowercase()
        )),
        left: last.is_none(),
        left_on: last.is_none().then(|| date(2026, 11, 16)),
        last_touch: last,
    }
}

fn entry(hours: i64, kind: TimelineKind, words: &str, who: &str) -> TimelineLine {
    TimelineLine {
        when: ago(hours),
        kind,
        words: words.to_owned(),
        who: who.to_owned(),
    }
}

/// The first account of the fixtures with everything around it.
pub fn account() -> AccountView {
    let desk = desk();
    let summary = summaries().swap_remove(0);
    AccountView {
        link: Some("https://crm.example/company/1".to_owned()),
        commercial_owner: Some("Tom Abara".to_owned()),
        parent: Some("Juniper Group".to_owned()),
        entitlement: Some("premium".to_owned()),
        read_at: Some(ago(1)),
        why: Why {
            score: summary.score,
            base_day: date(2026, 10, 23),
            base_score: Some(72),
            measures: vec![
                measure(
                    "usage",
                    Some(-206),
                    "weekly users 41 → 22, −46 %",
                    Freshness::Fresh,
                    2,
                ),
                measure(
                    "sponsor",
                    Some(-84),
                    "champion Dana Wolf left 16 Nov",
                    Freshness::Fresh,
                    168,
                ),
                measure("tickets", Some(-20), "3 open, 1 urgent", Freshness::Fresh, 2),
                measure("touch", Some(0), "last call 9 Nov", Freshness::Fresh, 2),
                measure("survey", Some(0), "NPS 7, held at 50", Freshness::Stale, 5_040),
                measure("outcomes", None, "never measured", Freshness::Unknown, 0),
            ],
            coverage: 86,
        },
        warnings: desk.risks[0].warnings.clone(),
        next: desk
            .due
            .iter()
            .filter(|due| due.account.as_ref() == Some(&summary.id))
            .cloned()
            .collect(),
        contracts: contracts(),
        timeline: timeline(),
        people: vec![
            person("Idris Okafor", Some("buyer"), Some(date(2026, 10, 13))),
            person("Lea Brandt", None, Some(date(2026, 11, 20))),
            person("Dana Wolf", Some("champion"), None),
        ],
        tickets: tickets(),
        notes: vec![NoteLine {
            id: RecordId::from("n1"),
            when: ago(400),
            who: "Mara Lindt".to_owned(),
            text: "Freeze from 10 Dec; no rollout before January.\nBudget: who inherits it is open."
                .to_owned(),
        }],
        handoffs: vec![handoff("h9", &summary, HandoffState::Accepted, "all known")],
        chart: chart(),
        summary,
    }
}

fn contracts() -> Vec<ContractLine> {
    let contract = |name: &str, major: i64, state: &str| ContractLine {
        id: RecordId::from(name),
        name: name.to_owned(),
        arr: Some(Money {
            minor: major * 100,
            currency: usd(),
        }),
        start: Some(date(2025, 12, 16)),
        end: Some(date(2026, 12, 15)),
        notice_by: Some(date(2026, 12, 2)),
        auto_renew: Some(true),
        monthly: false,
        state: state.to_owned(),
    };
    vec![
        contract("Platform", 66_000, "active"),
        contract("Routing add-on", 18_000, "active"),
    ]
}

fn timeline() -> Vec<TimelineLine> {
    vec![
        entry(1, TimelineKind::Health, "health 48 → 41", "usage"),
        entry(2, TimelineKind::Warning, "usage −46 % in 30 d", ""),
        entry(168, TimelineKind::Contact, "Dana Wolf left", "champion"),
        entry(
            192,
            TimelineKind::TicketOpened,
            "ticket 4312: SSO loop",
            "support",
        ),
        entry(336, TimelineKind::Touchpoint, "call, 20 min", "Mara Lindt"),
        entry(9_000, TimelineKind::Survey, "NPS 7", "Lea Brandt"),
    ]
}

fn tickets() -> Vec<TicketLine> {
    let ticket = |id: &str, subject: &str, priority: &str, closed: bool| TicketLine {
        id: RecordId::from(id),
        subject: subject.to_owned(),
        priority: Some(priority.to_owned()),
        opened: ago(190),
        closed: closed.then(|| ago(20)),
    };
    vec![
        ticket("4312", "SSO loop", "urgent", false),
        ticket("4313", "Export is slow", "low", false),
        ticket("4200", "Invoice twice", "high", true),
    ]
}

fn chart() -> Vec<ChartPoint> {
    (0..53_i32)
        .map(|week| ChartPoint {
            day: today() - jiff::Span::new().weeks(52 - week),
            score: Some(if week < 40 {
                80 - (week % 7) as u8
            } else {
                (80 - (week - 40) * 3) as u8
            }),
            median: Some(71),
        })
        .collect()
}
