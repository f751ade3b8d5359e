//! Risk queue, steps, handoffs and the day of the twelve accounts.

use jiff::civil::{Date, Time, date, time};

use super::{ago, summaries, today};
use crate::domain::book::search::Query;
use crate::domain::desk::{
    Counts, Day, Desk, DueItem, DueKind, HandoffCard, HandoffState, OpenOn, RiskRow, Severity, TaskFacts,
    UntoldAccount, Warning, WarningKind,
};
use crate::domain::money::Sum;
use crate::domain::record::RecordId;
use crate::domain::risk::Basis;
use crate::domain::summary::Summary;
use crate::domain::warning::{Line, Shelf};

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
        line: Line {
            basis: kind.is_at_stake().then_some(Basis::Curve {
                score: 40,
                coverage: 100,
                from: (30, 500),
                to: (50, 320),
                raised: 3_000,
            }),
            decide_by: Some(date(2026, 12, 2)),
            worse_from: Some("change at −55 % or less".to_owned()),
            playbook: Some("waning-interest".to_owned()),
            ..Line::default()
        },
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
        ends: row.ends,
        score: row.score,
        band: row.band,
        csm: row.csm_name.clone(),
        segment: row.segment.clone(),
    }
}

pub(super) fn due(
    record: &str,
    account: &Summary,
    title: &str,
    day: Option<Date>,
    at: Option<Time>,
) -> DueItem {
    DueItem {
        step: None,
        pending: None,
        task: (!title.starts_with("Accept")).then(|| TaskFacts {
            subject: Some(title.to_owned()),
            due: day.map(|day| format!("{day}T17:00:00Z")),
            done: Some("false".to_owned()),
            owner: Some("7".to_owned()),
        }),
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
        owner: None,
        of_handoff: None,
    }
}

fn open_on(rows: &[Summary]) -> OpenOn {
    let mut on = OpenOn::default();
    for row in rows {
        on.accounts += 1;
        on.at_stake.add(row.at_stake);
    }
    on
}

/// The rows of the queue, first is most pressing.
fn risks(all: &[Summary]) -> Vec<RiskRow> {
    let usage = warning(1, WarningKind::Risk, Severity::High, "usage −46 % in 30 d");
    let champion = warning(1, WarningKind::Risk, Severity::High, "champion left 7 d ago");
    vec![
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
    ]
}

/// What lies on the desk of the fixtures.
pub fn desk() -> Desk {
    let all = summaries();
    let (mut arr, mut at_stake) = (Sum::default(), Sum::default());
    for row in &all {
        arr.add(row.arr);
        at_stake.add(row.at_stake);
    }
    Desk {
        unread: crate::domain::unread::Unread::default(),
        signals_faulty: false,
        unjudged: false,
        untold: Vec::new(),
        unlinked: Vec::new(),
        segments: Vec::new(),
        apart: crate::domain::desk::Apart::default(),
        counts: Counts {
            open: [3, 1, 1],
            on: [open_on(&all[..3]), open_on(&all[7..8]), open_on(&all[5..6])],
            ..Counts::default()
        },
        queue: 4,
        risks: risks(&all),
        cannot_tell: vec![("usage-drop".to_owned(), 3)],
        answers: Vec::new(),
        arr: all
            .iter()
            .filter_map(|row| Some((row.id.clone(), row.arr?)))
            .collect(),
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
            shared: false,
            due_today: 2,
            late: 1,
            handoffs_for_me: 2,
            handoffs_returned: 1,
            handoffs_past_the_gate: 0,
            at_risk: 4,
            risks: 3,
        },
    }
}

/// What a filter finds on a desk that has room for all its warnings.
pub(super) fn narrowed(all: &Desk, query: &Query) -> Desk {
    let mut sieve = query.sieve();
    let mut found = Desk::default();
    for row in &all.risks {
        let mut row = row.clone();
        let name = row.name.to_lowercase();
        row.warnings.retain(|warning| {
            sieve.finds(
                &name,
                &format!("{}\t{}", warning.signal, warning.reason).to_lowercase(),
            )
        });
        if row.warnings.is_empty() {
            continue;
        }
        let mut kinds = [0; 3];
        for warning in &row.warnings {
            kinds[warning.kind as usize] += 1;
        }
        found.day.count_risks(kinds[0] as usize);
        found.counts.add_open(kinds, row.at_stake);
        found.counts.lists.entry(Shelf::Queue).or_default().add(kinds);
        found.risks.push(row);
    }
    found
}

pub(super) fn handoff(id: &str, account: &Summary, state: HandoffState, text: &str) -> HandoffCard {
    HandoffCard {
        handoff: id.to_owned(),
        account: account.id.clone(),
        account_name: account.name.clone(),
        from_role: "onboarding".to_owned(),
        to_role: "csm".to_owned(),
        from: Some("Ben Osei".to_owned()),
        to: Some("Mara Lindt".to_owned()),
        state,
        for_me: state != HandoffState::Accepted,
        text: text.to_owned(),
        subject: None,
        fields: (state == HandoffState::Sent).then_some((8, 9)),
        when: ago(3),
        answer_at: None,
        answer_by: (state == HandoffState::Returned).then(|| date(2026, 11, 24)),
        last: 1,
        gate: None,
        for_whom: None,
        told: Vec::new(),
        events: Vec::new(),
    }
}

/// An account of which a signal cannot tell.
pub fn untold(id: &str, name: &str) -> UntoldAccount {
    UntoldAccount {
        id: id.into(),
        name: name.to_owned(),
        unknown: vec!["change('weekly_active_users', days(30))".to_owned()],
    }
}
