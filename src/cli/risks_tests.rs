#![allow(clippy::unwrap_used)]

use super::*;
use crate::domain::desk::{Accounts, Day, Warning};

#[test]
fn the_help_and_the_answer_for_programs_have_the_curve_of_p() {
    assert!(HELP.contains(&risk::curve_in_words()), "{HELP}");
    assert!(HELP.contains(&format!("at {} %", risk::BASE_RATE / 10)));
    assert_eq!(
        curve()["points"][1],
        json!({ "score": 30, "not_renewing_permille": 500 })
    );
}

#[test]
fn what_is_no_risk_has_neither_p_nor_money_at_stake() {
    use WarningKind::{Defect, Opportunity, Risk};
    let usd = Currency::parse("USD").unwrap();
    let row = |kinds: &[WarningKind]| RiskRow {
        warnings: kinds.iter().copied().map(warning).collect(),
        at_stake: Some(4_000_000),
        ..empty()
    };
    let today = jiff::civil::date(2026, 11, 23);
    let told = |kinds: &[WarningKind]| {
        let (row, shown) = (row(kinds), fields(&row(kinds), (usd, today)));
        let json = shape::risk(&row, usd);
        let sum = at_stake(&[row]).known;
        (shown[2].clone(), shown[3].clone(), json["at_stake"].clone(), sum)
    };
    for kinds in [&[Opportunity][..], &[Defect], &[Opportunity, Defect]] {
        let (p, stake, json, sum) = told(kinds);
        assert_eq!((p.as_str(), stake.as_str(), sum), ("·", "·", 0));
        assert!(json.is_null());
    }
    let (p, stake, json, sum) = told(&[Risk, Opportunity]);
    assert_eq!((p.as_str(), stake.as_str(), sum), ("41 %", "$40k", 4_000_000));
    assert_eq!(json["minor"], 4_000_000);
}

fn warning(kind: WarningKind) -> Warning {
    Warning {
        account: "1".into(),
        signal: "seats-above-90".to_owned(),
        version: 1,
        kind,
        severity: crate::domain::desk::Severity::Low,
        reason: String::new(),
        evidence: Vec::new(),
        since: jiff::civil::date(2026, 11, 23),
        standing: false,
        line: crate::domain::warning::Line {
            basis: kind.is_at_stake().then_some(risk::Basis::Curve {
                score: 40,
                coverage: 100,
                from: (30, 500),
                to: (50, 320),
                raised: 3_000,
            }),
            ..Default::default()
        },
    }
}

fn empty() -> RiskRow {
    RiskRow {
        account: "1".into(),
        name: String::new(),
        warnings: Vec::new(),
        at_stake: None,
        arr: None,
        notice_by: None,
        ends: None,
        score: None,
        band: crate::domain::summary::Band::Red,
        csm: None,
        segment: None,
    }
}

#[test]
fn the_counts_are_those_of_the_day_and_of_the_queue() {
    let mut desk = Desk {
        risks: vec![empty(); 15],
        queue: 15,
        day: Day {
            risks: 24,
            at_risk: 13,
            ..Day::default()
        },
        ..Desk::default()
    };
    let before = "24 risks on 13 accounts · 15 accounts in the queue";
    assert_eq!(counts(&desk, 15, true), before);
    assert_eq!(counts(&desk, 15, false), "? risks on ? accounts");
    let one = Desk {
        queue: 1,
        day: Day {
            risks: 1,
            at_risk: 1,
            ..Day::default()
        },
        ..Desk::default()
    };
    assert_eq!(
        counts(&one, 0, true),
        "1 risk on 1 account · 1 account in the queue"
    );
    desk.cannot_tell = vec![("usage-drop".to_owned(), 2)];
    let held = Accounts {
        all: 3,
        warnings: [4, 1, 0],
        ..Accounts::default()
    };
    desk.counts.lists.insert(Shelf::Held, held);
    assert_eq!(
        counts(&desk, 10, true),
        format!("{before} · 10 shown · 3 accounts · 5 warnings held back · in 2 cases a signal cannot tell")
    );
}

#[test]
fn what_a_group_has_at_stake_is_that_of_all_its_accounts_however_few_are_listed() {
    let usd = Currency::parse("USD").unwrap();
    let row = |id: &str, csm: &str| RiskRow {
        account: id.into(),
        csm: Some(csm.to_owned()),
        warnings: vec![warning(WarningKind::Risk)],
        at_stake: Some(4_000_000),
        ..empty()
    };
    let rows = [row("1", "Ana"), row("2", "Bo"), row("3", "Ana")];
    let titles = |most| -> Vec<String> {
        let groups = groups(&rows, By::Owner, most);
        groups.iter().map(|group| group.title(usd)).collect()
    };
    assert_eq!(titles(3), ["Ana · $80k at stake", "Bo · $40k at stake"]);
    assert_eq!(
        titles(1),
        [
            "Ana · $80k at stake · 1 of 2 shown",
            "Bo · $40k at stake · 0 of 1 shown"
        ]
    );
    let told = group(&groups(&rows, By::Owner, 1)[0], usd);
    assert_eq!((&told["accounts"], &told["total"]), (&json!(["1"]), &json!(2)));
    assert_eq!(told["at_stake"]["known"]["minor"], 8_000_000);
}
