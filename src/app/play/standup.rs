//! What a standup over the first accounts of the fixtures goes over.

use jiff::civil::date;

use super::{ago, now};
use crate::app::model::Model;
use crate::app::{Cmd, Msg, StandupMsg, WriteCmd, update};
use crate::domain::standup::{
    Begun, Change, Happened, Line, Prepared, Promise, Standing, StandupEvent, What, fold,
};

fn change(what: What, words: &str) -> Change {
    Change {
        what,
        words: words.to_owned(),
        at: None,
    }
}

fn line(account: &str, name: &str, changes: Vec<Change>) -> Line {
    Line {
        account: account.into(),
        name: name.to_owned(),
        head: "▲ 38 · $19k at stake · notice in 9 d · Mara Lindt".to_owned(),
        changes,
        promises: Vec::new(),
    }
}

fn promise(what: &str, standing: Standing) -> Promise {
    Promise {
        standup: "S-0".to_owned(),
        decision: format!("D-{what}"),
        account: "1".into(),
        name: "Juniper Freight".to_owned(),
        who: Some("Ben Osei".to_owned()),
        what: what.to_owned(),
        by: Some(date(2026, 11, 20)),
        standing,
    }
}

/// Three accounts: one that fell, with two promises; one that recovered; one whose renewal comes near.
pub fn prepared() -> Prepared {
    let mut first = line(
        "1",
        "Juniper Freight",
        vec![
            change(What::BandWorse, "amber 61 → red 38"),
            change(What::WarningNew, "new: usage −46 % in 30 d"),
            change(What::Late, "late 3 d: Apologise and agree one date (Ben Osei)"),
        ],
    );
    first.promises = vec![
        promise("names one engineer", Standing::Kept { by: None }),
        promise("calls the sponsor", Standing::NoRecord),
    ];
    let since_local = date(2026, 11, 20).at(9, 0, 0, 0);
    Prepared {
        begun: Begun {
            standup: String::new(),
            scope: "book:7".to_owned(),
            title: "book of Mara Lindt".to_owned(),
            by: "Mara Lindt".to_owned(),
            local: date(2026, 11, 23).at(8, 50, 0, 0),
            since: ago(72),
            since_local,
            first: false,
            minutes: 15,
            accounts: 52,
            agenda: vec![
                first,
                line(
                    "2",
                    "Kestrel Foods",
                    vec![change(What::WarningRecovered, "recovered: usage drop")],
                ),
                line(
                    "3",
                    "Old Mill",
                    vec![change(What::Renewal, "renewal within 90 days: notice in 87 d")],
                ),
            ],
        },
        open: None,
    }
}

/// What would be gone over was read, as the runtime would.
pub fn loaded(model: &mut Model, orders: &[Cmd], prepared: Prepared) {
    let run = orders.iter().find_map(|order| match order {
        Cmd::LoadStandup { run, .. } => Some(*run),
        _ => None,
    });
    let prepared = Box::new(prepared);
    let run = run.unwrap();
    update(model, Msg::Standup(StandupMsg::Loaded { run, prepared }));
}

/// What happens in a standup by these orders.
pub fn events(orders: &[Cmd]) -> Vec<StandupEvent> {
    let events = orders.iter().flat_map(|order| match order {
        Cmd::Write(
            WriteCmd::Standup { events, .. }
            | WriteCmd::Enqueue { standup: events, .. }
            | WriteCmd::Warn { standup: events, .. },
        ) => events.clone(),
        _ => Vec::new(),
    });
    events.collect()
}

/// What was begun and cut off after the first account.
pub fn cut_off() -> Prepared {
    let prepared = prepared();
    let begun = Begun {
        standup: "S-1".to_owned(),
        ..prepared.begun.clone()
    };
    let event = |account: Option<&str>, what| StandupEvent {
        account: account.map(Into::into),
        what,
    };
    let discussed = crate::domain::standup::Discussed {
        standup: "S-1".to_owned(),
        from: ago(1),
        first_decision: None,
    };
    let events = [
        event(None, Happened::Begun(Box::new(begun))),
        event(Some("1"), Happened::Discussed(discussed)),
    ];
    let until = ago(1) + jiff::SignedDuration::from_mins(4);
    let held = fold([(&events[0], "mara@x", ago(1)), (&events[1], "mara@x", until)]).pop();
    assert!(until < now());
    Prepared {
        open: held.map(Box::new),
        ..prepared
    }
}
