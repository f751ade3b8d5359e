//! A playbook on three of the accounts, one of which is none of its.

use super::{account, play};
use crate::app::Cmd;
use crate::app::cmd::RunId;
use crate::app::model::Model;
use crate::app::msg::{DeskMsg, Msg};
use crate::app::update::update;
use crate::domain::playbook::{Because, Plan, Team};

/// What the runtime answers.
pub fn planned(model: &mut Model, run: RunId, planned: Result<Box<Plan>, String>) {
    update(model, Msg::Desk(DeskMsg::Planned { run, planned }));
}

/// Three accounts are marked, the second playbook is chosen, and what it would do on them is there.
pub fn known_plan(model: &mut Model) -> Vec<Cmd> {
    let orders = play(model, "1 g space space space p j <enter>");
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
            why.to_owned(),
        );
        planned(model, *run, Ok(Box::new(plan)));
    }
    orders
}
