//! A playbook that runs on the first of the twelve accounts.

use std::sync::Arc;

use serde_json::json;

use super::{ago, today};
use crate::app::model::Model;
use crate::domain::desk::{DueKind, StepRef};
use crate::domain::handoff::Template;
use crate::domain::outbox::Target;
use crate::domain::playbook::{Evidence, Playbook, Reason, Run, RunStep, StartedStep, StepKind, StepState};
use crate::domain::record::RecordId;
use crate::domain::role::Role;

fn step(id: &str, title: &str, after: &[&str], evidence: Option<Evidence>, task: Option<&str>) -> RunStep {
    RunStep {
        step: StartedStep {
            id: id.to_owned(),
            title: title.to_owned(),
            guidance: String::new(),
            role: Role::Csm,
            owner: RecordId::from("7"),
            owner_name: "Mara Lindt".to_owned(),
            fell: None,
            due: today(),
            after: after.iter().map(|id| (*id).to_owned()).collect(),
            evidence,
            crm_task: task.is_some(),
            kind: StepKind::Task,
            field: None,
            value: None,
            when: None,
        },
        state: StepState::Open,
        since: ago(3),
        branch: None,
        task_seen_done: false,
        closed_in_crm: false,
        by: None,
        task: task.map(|id| Target::Record(RecordId::from(id))),
        facts: None,
    }
}

/// Two playbooks; the second answers the first account's warning.
pub fn playbooks() -> Arc<[Playbook]> {
    let playbook = |id: &str, title: &str, task: bool| {
        let step = |id: &str, title: &str, due: &str, task: bool| json!({ "id": id, "title": title, "role": "csm", "due": due, "crm_task": task });
        let steps = [
            step("look", "Look at the usage", "1bd", false),
            step("call", "Call the sponsor", "2bd", task),
        ];
        serde_json::from_value(json!({ "id": id, "version": 1, "title": title, "steps": steps })).unwrap()
    };
    Arc::new([
        playbook("renewal-rescue", "Renewal rescue", false),
        playbook("waning-interest", "Waning interest", true),
    ])
}

/// Two templates of handoffs; the second hands over from my role.
pub fn handoffs() -> Arc<[(String, Template)]> {
    let template = |from: &str, to: &str| {
        let fields = json!([
            { "id": "goals", "title": "The customer's goals, in their words", "required": true },
            { "id": "promised", "title": "What was promised, by whom, by when", "required": true },
            { "id": "people", "title": "Who is who", "required": true, "prefill": "people" },
            { "id": "contract", "title": "Contract", "prefill": "contracts" },
            { "id": "risks", "title": "What could go wrong" },
        ]);
        let template =
            json!({ "from": from, "to": to, "phases": [2], "accept_within": "2bd", "fields": fields });
        serde_json::from_value(template).unwrap()
    };
    Arc::new([
        ("sales-to-csm".to_owned(), template("sales", "csm")),
        ("csm-to-csm".to_owned(), template("csm", "csm")),
    ])
}

/// The run: look, then call and note what came of it, then decide.
pub fn run() -> Run {
    Run {
        id: "P-1".to_owned(),
        account: RecordId::from("1"),
        playbook: "waning-interest".to_owned(),
        version: 1,
        title: "Waning interest".to_owned(),
        reason: Some(Reason {
            signal: "no-touch".to_owned(),
            words: "no touch for 80 d".to_owned(),
        }),
        author: "mara@x.example".to_owned(),
        started: ago(3),
        act: "a1".to_owned(),
        bulk: None,
        exit_when: None,
        exit_reached: None,
        steps: vec![
            step("look", "Look at the usage", &[], None, None),
            step("call", "Call the sponsor", &[], Some(Evidence::Note), Some("t2")),
            step("decide", "Decide with the lead", &["call"], None, None),
            step("send", "Send the figures", &[], None, Some("t4")),
        ],
        abandoned: None,
        paused: None,
        ended: None,
    }
}

/// Puts the cursor of the steps on this step of the run.
pub fn stand_on(model: &mut Model, step: &str) {
    super::play(model, "3 g j");
    let desk = model.desk.desk.as_mut().unwrap();
    desk.due[1].kind = DueKind::Step;
    desk.due[1].step = Some(StepRef {
        run: "P-1".to_owned(),
        step: step.to_owned(),
        bulk: None,
        within: None,
    });
}
