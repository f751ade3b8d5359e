//! A playbook on three of the accounts, one of which is none of its.

use super::{account, desk, today};
use crate::app::Cmd;
use crate::app::cmd::RunId;
use crate::app::model::Model;
use crate::app::msg::{DeskMsg, Msg};
use crate::app::run::Whole;
use crate::app::update::update;
use crate::domain::desk::{DueItem, DueKind, PartOf, StepRef};
use crate::domain::playbook::{
    AccountOf, Because, Bulk, Plan, Run, RunState, Spared, Standing, StepCount, Team,
};
use crate::domain::record::RecordId;

/// What the runtime answers.
pub fn planned(model: &mut Model, run: RunId, planned: Result<Box<Plan>, String>) {
    update(model, Msg::Desk(DeskMsg::Planned { run, planned }));
}

/// Three accounts are marked, the second playbook is chosen, and what it would do on them is there.
pub fn known_plan(model: &mut Model) -> Vec<Cmd> {
    let orders = super::play(model, "1 g space space space p j <enter>");
    if let Some(Cmd::PlanBulk {
        run,
        on,
        playbook,
        accounts,
    }) = orders.last()
    {
        let mut plan = Plan::new(on, playbook);
        let team = Team {
            owners: &model.outbox.owners,
            role: model.outbox.means.role,
            roster: &model.outbox.means.roster,
            currency: model.currency,
        };
        for (id, name) in accounts[..2].iter().zip(["Juniper Freight", "Kestrel Foods"]) {
            let mut view = account();
            (view.summary.id, view.summary.name) = (id.clone(), name.to_owned());
            view.plays.clear();
            if name.starts_with('K') {
                view.warnings.clear();
            }
            plan.add(
                on,
                playbook,
                &view,
                team,
                Because::Answers(&model.outbox.means.answers),
            );
        }
        let why = "it runs already: P-9, of Ben Osei";
        plan.leave_out(
            Some(accounts[2].clone()),
            "Marlow & Pike".to_owned(),
            Spared::rightly(why.to_owned()),
        );
        planned(model, *run, Ok(Box::new(plan)));
    }
    orders
}

/// A step of a bulk play on an account, due so many days from now.
fn step_on(account: usize, days: i64, odd: Option<&str>) -> DueItem {
    DueItem {
        kind: DueKind::Step,
        record: RecordId(format!("P-{account} call")),
        title: "Call the sponsor".to_owned(),
        account: Some(RecordId(account.to_string())),
        account_name: format!("Account {account}"),
        due: today().checked_add(jiff::Span::new().days(days)).ok(),
        step: Some(StepRef {
            run: format!("P-{account}"),
            step: "call".to_owned(),
            bulk: Some(PartOf {
                id: "B-1".to_owned(),
                title: "Value review".to_owned(),
                accounts: 42,
                place: 2,
                odd: odd.map(str::to_owned),
            }),
            within: None,
        }),
        task: None,
        ..desk().due[0].clone()
    }
}

/// The desk with a step of a bulk play on seven accounts beside all else: late on the first, a person's on the second.
pub fn bulk_due(model: &mut Model) {
    let mut desk = desk();
    let odd = Some("the task of `call` is parked: no such owner");
    let steps = [
        (2, -2, None),
        (3, 0, odd),
        (4, 0, None),
        (5, 0, None),
        (6, 0, None),
        (7, 0, None),
        (8, 1, None),
    ];
    desk.due.splice(
        1..1,
        steps.map(|(account, days, odd)| step_on(account, days, odd)),
    );
    update(model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
}

/// How two bulk plays stand; the first is the one of [`bulk_due`].
pub fn standings() -> Vec<Standing> {
    let one = |account: usize, state, progress, odd: Option<&str>| AccountOf {
        account: RecordId(account.to_string()),
        name: format!("Account {account}"),
        run: (state != RunState::NotStarted).then(|| format!("P-{account}")),
        state,
        progress,
        current: (state == RunState::UnderWay).then(|| ("call".to_owned(), today(), "Mara Lindt".to_owned())),
        odd: odd.map(str::to_owned),
        left_out: None,
    };
    let step = |step: &str, done, late, open| StepCount {
        step: step.to_owned(),
        done,
        left_out: 0,
        late,
        open,
        undecided: 0,
        only_if: None,
        given_up: 0,
    };
    let first = Standing {
        id: "B-1".to_owned(),
        playbook: "value-review".to_owned(),
        version: 1,
        title: "Value review".to_owned(),
        author: "mara@x.example".to_owned(),
        started: super::ago(9),
        steps: vec![step("look", 3, 0, 1), step("call", 1, 1, 2)],
        accounts: vec![
            one(
                2,
                RunState::UnderWay,
                (1, 2),
                Some("late: `call`, due 21 Nov, Mara Lindt"),
            ),
            one(4, RunState::UnderWay, (1, 2), None),
            one(5, RunState::Reached, (2, 2), None),
            one(6, RunState::UnderWay, (0, 2), None),
            AccountOf {
                left_out: Some("it runs already: P-9, of Ben Osei".to_owned()),
                ..one(9, RunState::NotStarted, (0, 0), None)
            },
        ],
    };
    let over = Standing {
        id: "B-0".to_owned(),
        title: "Renewal 90 days".to_owned(),
        accounts: vec![one(7, RunState::Ended, (2, 2), None)],
        started: super::ago(60),
        ..first.clone()
    };
    vec![over, first]
}

/// What the runtime answers.
pub fn stand(model: &mut Model, run: RunId, read: Result<Vec<Standing>, String>) {
    update(model, Msg::Desk(DeskMsg::Standings { run, read }));
}

/// A bulk play of two runs, the second of which rests.
pub fn half_paused() -> Whole {
    let run = account().plays[0].clone();
    let rests = Run {
        id: "P-2".to_owned(),
        paused: Some((super::ago(2), "their freeze".to_owned())),
        ..run.clone()
    };
    let bulk = Bulk {
        id: "B-0".to_owned(),
        playbook: run.playbook.clone(),
        version: run.version,
        title: run.title.clone(),
        author: run.author.clone(),
        started: run.started,
        runs: vec![run, rests],
        not_started: Vec::new(),
    };
    Whole::new(bulk, std::collections::BTreeMap::new())
}

/// What the runtime answers.
pub fn whole(model: &mut Model, run: RunId, read: Result<Box<Whole>, String>) {
    update(model, Msg::Desk(DeskMsg::Bulk { run, read }));
}
