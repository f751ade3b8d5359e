//! A goal that was missed: the form asks why, what changes and when to look again, and becomes a task and a note.

use jiff::civil::date;

use crate::app::overlay::Overlay;
use crate::app::play::{account, known, play};
use crate::app::{Cmd, Model, WriteCmd};
use crate::domain::goal::Goal;
use crate::domain::outbox::Write;
use crate::domain::record::Kind;

/// Juniper Freight is open, with a goal of which so much is reached.
pub fn opened(value: f64) -> Model {
    let mut model = known(120, 36);
    play(&mut model, "<enter>");
    let shown = model.account.as_mut().unwrap();
    let view = shown.view.get_or_insert_with(|| Box::new(account()));
    view.goals = vec![Goal {
        id: "plan".to_owned(),
        title: "Every dispatcher plans in it".to_owned(),
        metric: Some("weekly users".to_owned()),
        baseline: Some(36.0),
        target: Some(55.0),
        due: Some(date(2026, 10, 30)),
        owner: Some("Mara Lindt".to_owned()),
        evidence: None,
        value: Some(value),
        told: None,
    }];
    model
}

#[test]
fn m_asks_why_what_changes_and_when_to_look_again_and_writes_a_task_and_a_note() {
    let mut model = opened(41.0);
    play(&mut model, "m");
    assert!(
        matches!(model.overlays.last(), Some(Overlay::Form(_))),
        "{:?}",
        model.told
    );
    let orders = play(&mut model, "l e f t <tab> t r a i n <tab> + 3 w <ctrl-s>");
    let written = orders.iter().find_map(|order| match order {
        Cmd::Write(WriteCmd::Enqueue { deed, .. }) => Some(&deed.entries),
        _ => None,
    });
    let kinds: Vec<Kind> = written.unwrap().iter().map(|entry| entry.write.kind()).collect();
    assert_eq!(kinds, [Kind::Task, Kind::Note]);
    let Write::Create { fields, .. } = &written.unwrap()[1].write else {
        panic!()
    };
    let body = fields.values().find(|text| text.contains("Why: left")).unwrap();
    assert!(
        body.contains("Reached: 41") && body.ends_with("retain: goal plan 2026-10-30"),
        "{body}"
    );
}

#[test]
fn of_a_goal_that_is_reached_there_is_nothing_to_say() {
    let mut model = opened(56.0);
    play(&mut model, "m");
    assert!(model.overlays.is_empty());
    assert_eq!(
        model.told.as_deref(),
        Some("missed goal: no goal of this account was missed")
    );
}
