//! Writes one customer: the company and its past here, what hangs on it through the neighbouring modules.

use crate::demo::portal::{ObjectType, instant};

use super::calendar::DAY;
use super::contracts::{self, Contract};
use super::draw::Draw;
use super::sketch::{Goal, Hole, Sketch};
use super::usage::Usage;
use super::writer::{Maybe, Writer};
use super::{names, people, tickets, touches};

/// A customer who is to be written.
pub(super) struct Customer {
    pub(super) sketch: Sketch,
    pub(super) name: String,
    pub(super) owner: Option<u64>,
    pub(super) seller: u64,
    pub(super) contracts: Vec<Contract>,
    /// Whether it has touchpoints, tickets and surveys too, or in a very large book only people and contracts.
    pub(super) full: bool,
    /// Place among all customers, from 0.
    pub(super) place: u64,
    pub(super) parent: Option<u64>,
}

/// A customer who has been written.
pub(super) struct Written {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) seller: u64,
    pub(super) full: bool,
    pub(super) contacts: Vec<u64>,
    pub(super) owner: Option<u64>,
}

/// How far the history of touchpoints, tickets and surveys goes back, in days.
pub(super) const HISTORY_DAYS: i64 = 540;

/// Writes a customer with everything around it; gives its usage, from which its history is made up later.
pub(super) fn write(writer: &mut Writer, customer: &Customer, draw: &mut Draw) -> (Written, Option<Usage>) {
    let usage = usage(&customer.sketch, draw);
    let id = company(writer, customer, usage, draw);
    let mut written = Written {
        id,
        name: customer.name.clone(),
        seller: customer.seller,
        full: customer.full,
        contacts: Vec::new(),
        owner: customer.owner,
    };
    people::write(writer, customer, &mut written, draw);
    for contract in &customer.contracts {
        if customer.full || contract.end.is_none_or(|end| end >= 0) {
            contracts::write(writer, &customer.sketch, contract, &written);
        }
    }
    if customer.full {
        touches::write(writer, &customer.sketch, &written, draw);
        tickets::write(writer, &customer.sketch, &written, draw);
        tickets::write_surveys(writer, &customer.sketch, &written);
    }
    (written, usage)
}

fn usage(sketch: &Sketch, draw: &mut Draw) -> Option<Usage> {
    (sketch.seats > 0).then(|| Usage {
        seed: draw.next(),
        seats: sketch.seats,
        first: sketch.level.0,
        last: sketch.level.1,
        left: sketch.left,
        silent: sketch.silent,
    })
}

fn company(writer: &mut Writer, customer: &Customer, usage: Option<Usage>, draw: &mut Draw) -> u64 {
    let sketch = &customer.sketch;
    let calendar = writer.calendar;
    let created = calendar.office(-draw.within(760, 1_600), 11, 5);
    // The feed writes a hundred companies at a time, each batch under one stamp.
    let feed = calendar.last_feed() - 7 * DAY * sketch.silent + (customer.place / 100) as i64 * 250;
    let changed = if usage.is_some() {
        feed
    } else {
        calendar.office(-draw.within(40, 200), 14, 2)
    };
    let known = sketch.hole != Hole::NoSegment;
    let stage = if sketch.churn.is_some() {
        "churned"
    } else {
        sketch.stage
    };
    let support = match sketch.tier {
        "enterprise" => "24x7",
        "digital" => "community",
        _ => "business hours",
    };
    let late_go_live =
        (sketch.stage == "onboarding").then(|| calendar.day(if sketch.onboarding < 90 { 20 } else { -21 }));
    let goal = sketch.goal.or_else(|| usual_goal(customer));
    let users = usage.map(|usage| usage.users(usage.silent));
    let domain = names::domain(&customer.name, customer.place);
    let id = writer.record(
        ObjectType::Companies,
        created,
        changed,
        &[
            ("name", &customer.name),
            ("domain", &domain),
            ("industry", &"COMPUTER_SOFTWARE"),
            ("numberofemployees", &(u64::from(sketch.seats) * 9 + 20)),
            ("lifecyclestage", &"customer"),
            ("hubspot_owner_id", &Maybe(customer.owner)),
            (
                "account_manager",
                &Maybe((!sketch.unsold).then_some(customer.seller)),
            ),
            ("hs_parent_company_id", &Maybe(customer.parent)),
            ("customer_tier", &Maybe(known.then_some(sketch.tier))),
            ("region", &Maybe(known.then_some(sketch.region))),
            ("customer_stage", &stage),
            ("support_plan", &support),
            ("hs_csm_sentiment", &sketch.sentiment),
            (
                "churn_date",
                &Maybe(sketch.churn.map(|(days, _)| calendar.day(-days))),
            ),
            ("churn_reason", &Maybe(sketch.churn.map(|(_, reason)| reason))),
            ("wau", &Maybe(users)),
            ("wau_updated_at", &Maybe(usage.map(|_| instant(feed)))),
            ("seats_bought", &Maybe(usage.map(|usage| usage.seats))),
            (
                "seats_used",
                &Maybe(usage.map(|usage| usage.seats_used(usage.silent))),
            ),
            (
                "onboarding_project",
                &Maybe(late_go_live.map(|_| "Onboarding: SSO, import, training")),
            ),
            ("onboarding_go_live", &Maybe(late_go_live)),
            ("success_goal", &Maybe(goal.map(|goal| goal.words))),
            ("success_metric", &Maybe(goal.map(|_| "weekly_active_users"))),
            ("success_baseline", &Maybe(goal.map(|goal| goal.baseline))),
            ("success_target", &Maybe(goal.map(|goal| goal.target))),
            (
                "success_due_date",
                &Maybe(goal.map(|goal| calendar.day(goal.due))),
            ),
        ],
    );
    if let Some(parent) = customer.parent {
        writer
            .portal
            .links
            .push((ObjectType::Companies, id), (ObjectType::Companies, parent));
    }
    company_past(writer, customer, id, created);
    id
}

/// Every fifth customer of those who are told in no more words has a goal: most of its seats in use.
fn usual_goal(customer: &Customer) -> Option<Goal> {
    let sketch = &customer.sketch;
    let has_one = sketch.name.is_empty() && sketch.seats > 0 && customer.place.is_multiple_of(5);
    has_one.then_some(Goal {
        words: "Most of the team uses it every week",
        baseline: sketch.seats / 3,
        target: sketch.seats * 4 / 5,
        due: (customer.place % 120) as i64 - 60,
    })
}

fn company_past(writer: &mut Writer, customer: &Customer, id: u64, created: i64) {
    let calendar = writer.calendar;
    if let Some((former, days)) = customer.sketch.renamed {
        let then = calendar.office(-days, 16, 30);
        writer.past(
            ObjectType::Companies,
            id,
            "name",
            &[(created, former), (then, &customer.name)],
        );
    }
    if let (Some((former, days)), Some(owner)) = (customer.sketch.former_owner, customer.owner) {
        let then = calendar.office(-days, 8, 45);
        let values = [(created, &*former.to_string()), (then, &*owner.to_string())];
        writer.past(ObjectType::Companies, id, "hubspot_owner_id", &values);
    }
    if customer.sketch.sentiment == "at_risk" {
        let then = calendar.office(-12, 17, 10);
        writer.past(
            ObjectType::Companies,
            id,
            "hs_csm_sentiment",
            &[(created, "happy"), (then, "at_risk")],
        );
    }
    if customer.sketch.stage == "onboarding" && customer.sketch.churn.is_none() {
        let then = calendar.office(-customer.sketch.onboarding, 9, 30);
        let stages = [(then, "onboarding")];
        writer.past(ObjectType::Companies, id, "customer_stage", &stages);
    }
    if let Some((days, reason)) = customer.sketch.churn {
        let then = calendar.office(-days, 9, 0);
        let date = calendar.day(-days).to_string();
        writer.past(ObjectType::Companies, id, "churn_date", &[(then, &date)]);
        writer.past(ObjectType::Companies, id, "churn_reason", &[(then, reason)]);
        let stages = [(created, "adoption"), (then, "churned")];
        writer.past(ObjectType::Companies, id, "customer_stage", &stages);
    }
}
