//! The first of the twelve accounts with everything around it.

use jiff::civil::{Date, date};

use super::desk::{due, handoff};
use super::{ago, desk, summaries, today, usd};
use crate::domain::account_view::{
    AccountView, BandBefore, BandSince, ChartPoint, ContractLine, Fix, Freshness, MeasureLine, NoteLine,
    Person, TicketLine, TimelineKind, TimelineLine, Why,
};
use crate::domain::acts::edit::EditableField;
use crate::domain::desk::{Desk, DueItem, HandoffState};
use crate::domain::expression::{Unit, Value};
use crate::domain::health::account::Input;
use crate::domain::health::ledger::Cause;
use crate::domain::health::what_if::{Means, Trial, WhatIf};
use crate::domain::health::{Curve, Scale, Seen};
use crate::domain::money::Money;
use crate::domain::outbox::{Field, State};
use crate::domain::record::{Core, Kind, RecordId, ValueType};
use crate::domain::summary::Summary;

fn measure(id: &str, change: Option<i32>, words: &str, freshness: Freshness, hours: i64) -> MeasureLine {
    MeasureLine {
        id: id.to_owned(),
        weight: 1.0,
        points: Some(50.0),
        change_tenths: change,
        words: words.to_owned(),
        freshness,
        observed: (freshness != Freshness::Unknown).then(|| ago(hours)),
        causes: change
            .map(|tenths| (Cause::DataChanged, tenths))
            .into_iter()
            .collect(),
        percentile: Some(40),
        observations: [700, hours].map(|hours| {
            let observed = (freshness != Freshness::Unknown).then(|| Input {
                name: id.to_owned(),
                value: hours.to_string(),
                observed: ago(hours),
            });
            Some(observed.into_iter().collect())
        }),
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
        pending: None,
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
        unread: crate::domain::unread::Unread::default(),
        editable: editable(),
        link: Some("https://crm.example/company/1".to_owned()),
        commercial_owner: Some("Tom Abara".to_owned()),
        parent: Some("Juniper Group".to_owned()),
        entitlement: Some("premium".to_owned()),
        read_at: Some(ago(1)),
        left_on: None,
        why: Why {
            score: summary.score,
            base_day: date(2026, 10, 23),
            base_score: Some(72),
            tenths: Some((720, 410)),
            band_since: Some(BandSince::Day {
                day: date(2026, 11, 16),
                before: Some(BandBefore {
                    day: date(2026, 11, 15),
                    score: Some(52),
                }),
            }),
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
        fixes: vec![
            Fix {
                measure: "usage".to_owned(),
                tenths: 213,
                playbook: Some(("waning-interest".to_owned(), "Waning interest".to_owned())),
            },
            Fix {
                measure: "sponsor".to_owned(),
                tenths: 84,
                playbook: None,
            },
        ],
        next: next(&desk, &summary),
        contracts: contracts(),
        goals: Vec::new(),
        timeline: timeline(),
        people: vec![
            person("Idris Okafor", Some("buyer"), Some(date(2026, 10, 13))),
            person("Lea Brandt", None, Some(date(2026, 11, 20))),
            person("Dana Wolf", Some("champion"), None),
        ],
        tickets: tickets(),
        notes: vec![NoteLine {
            pending: None,
            id: RecordId::from("n1"),
            when: ago(400),
            who: "Mara Lindt".to_owned(),
            text: "Freeze from 10 Dec; no rollout before January.\nBudget: who inherits it is open."
                .to_owned(),
        }],
        followed: Vec::new(),
        handoffs: vec![handoff("h9", &summary, HandoffState::Accepted, "all known")],
        handoff_tasks: Vec::new(),
        plays: vec![super::steps::run()],
        colleagues: Vec::new(),
        beside: std::collections::BTreeMap::new(),
        over: std::collections::BTreeSet::new(),
        applies: std::collections::BTreeMap::new(),
        metrics: std::collections::BTreeMap::new(),
        chart: chart(),
        too_few: None,
        what_if: what_if(),
        summary,
    }
}

/// Its fields that can be edited; the segment is on its way.
fn editable() -> Vec<EditableField> {
    let field = |label: &str, field: Field, value_type, value: &str| EditableField {
        kind: Kind::Account,
        record: RecordId::from("1"),
        field,
        label: label.to_owned(),
        contract: None,
        value_type,
        is_owner: label == "CSM",
        options: Vec::new(),
        value: Some(value.to_owned()),
        pending: None,
        term: None,
        amount: None,
    };
    let mapped = |name: &str| Field::Mapped(name.to_owned());
    let segments = [
        ("smb", "Small business"),
        ("mid", "Mid-market"),
        ("ent", "Enterprise"),
    ];
    vec![
        field("CSM", Field::Core(Core::Owner), ValueType::Text, "7"),
        EditableField {
            options: segments
                .map(|(value, label)| (value.to_owned(), label.to_owned()))
                .to_vec(),
            pending: Some(State::Queued),
            ..field("segment", mapped("customer_segment"), ValueType::Choice, "mid")
        },
        field("region", mapped("region"), ValueType::Text, "DACH"),
        field(
            "renewal date",
            mapped("renewal_date"),
            ValueType::Date,
            "2026-12-15",
        ),
        field("auto renew", mapped("auto_renew"), ValueType::Bool, "true"),
        field("ARR", mapped("arr"), ValueType::Number, "84000"),
    ]
}

/// What is due on it: mine, and a late task of somebody else.
fn next(desk: &Desk, summary: &Summary) -> Vec<DueItem> {
    let theirs = DueItem {
        step: None,
        owner: Some("Ben Osei".to_owned()),
        ..due("t9", summary, "Fix ticket 4312", Some(date(2026, 11, 21)), None)
    };
    let mine = desk
        .due
        .iter()
        .filter(|due| due.account.as_ref() == Some(&summary.id));
    std::iter::once(theirs).chain(mine.cloned()).collect()
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
        monthly: Some(false),
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

fn what_if() -> WhatIf {
    let trial = |measure: &str, weight: i64, corners: &[(f64, f64)], value: Option<f64>, label: &str| {
        let scale = Scale::Curve(Curve::try_from(corners.to_vec()).unwrap());
        let value = value.map(Value::Number);
        Trial {
            measure: measure.to_owned(),
            weight: weight * 1000,
            seen: Seen {
                points: value.as_ref().and_then(|value| scale.points(value)),
                stale: measure == "survey",
            },
            scale,
            value,
            label: label.to_owned(),
            label_of_one: label.strip_suffix("sponsors").map(|_| "sponsor".to_owned()),
            per: None,
            whole: true,
            limits: (Some(0.0), (measure == "survey").then_some(10.0)),
            means: match measure {
                "touch" => Means::Touch,
                "sponsor" => Means::Champion,
                _ => Means::Unknown,
            },
            unit: Unit::Plain,
        }
    };
    let falling: &[(f64, f64)] = &[(0.0, 100.0), (10.0, 0.0)];
    WhatIf {
        trials: vec![
            trial(
                "usage",
                40,
                &[(0.0, 0.0), (60.0, 100.0)],
                Some(22.0),
                "weekly users",
            ),
            trial("sponsor", 20, &[(0.0, 0.0), (1.0, 90.0)], Some(0.0), "sponsors"),
            trial("tickets", 15, falling, Some(5.0), "ticket load"),
            trial(
                "touch",
                15,
                &[(14.0, 100.0), (90.0, 20.0)],
                Some(14.0),
                "days since touch",
            ),
            trial("survey", 10, &[(0.0, 0.0), (10.0, 100.0)], Some(7.0), "nps"),
            trial("outcomes", 10, falling, None, ""),
        ],
        ..WhatIf::default()
    }
}
