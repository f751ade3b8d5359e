//! Writes one customer: the company, its people, contracts, usage, tickets, surveys and touchpoints.

use crate::demo::portal::{ObjectType, instant};

use super::calendar::DAY;
use super::contracts::{self, Contract};
use super::draw::Draw;
use super::names;
use super::sketch::{Hole, Sketch};
use super::usage::Usage;
use super::writer::{Maybe, Writer};

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
    owner: Option<u64>,
}

const HISTORY_DAYS: i64 = 540;

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
    people(writer, customer, &mut written, draw);
    for contract in &customer.contracts {
        if customer.full || contract.end.is_none_or(|end| end >= 0) {
            contracts::write(writer, &customer.sketch, contract, &written);
        }
    }
    if customer.full {
        touches(writer, &customer.sketch, &written, draw);
        tickets(writer, &customer.sketch, &written, draw);
        surveys(writer, &customer.sketch, &written);
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
        (sketch.stage == "onboarding").then(|| calendar.day(if sketch.name.is_empty() { 20 } else { -21 }));
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
            ("account_manager", &customer.seller),
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
    if let Some((days, reason)) = customer.sketch.churn {
        let then = calendar.office(-days, 9, 0);
        let date = calendar.day(-days).to_string();
        writer.past(ObjectType::Companies, id, "churn_date", &[(then, &date)]);
        writer.past(ObjectType::Companies, id, "churn_reason", &[(then, reason)]);
        let stages = [(created, "adoption"), (then, "churned")];
        writer.past(ObjectType::Companies, id, "customer_stage", &stages);
    }
}

const TITLES: [&str; 6] = [
    "Head of Operations",
    "IT Manager",
    "Finance Director",
    "Team Lead",
    "Administrator",
    "Planner",
];
const OTHER_ROLES: [&str; 5] = [
    "BUDGET_HOLDER",
    "END_USER",
    "DECISION_MAKER",
    "INFLUENCER",
    "END_USER",
];

fn people(writer: &mut Writer, customer: &Customer, written: &mut Written, draw: &mut Draw) {
    let sketch = &customer.sketch;
    let domain = names::domain(&customer.name, customer.place);
    let count = if customer.full { draw.within(2, 4) } else { 2 };
    for place in 0..count {
        let mut who = names::person(draw);
        if place == 0 && !sketch.champion.0.is_empty() {
            who = sketch.champion;
        }
        if sketch.name == "Juniper Freight" && place > 0 {
            who = [("Idris", "Okafor"), ("Lea", "Brandt"), ("Milo", "Hesse")][place as usize - 1];
        }
        let role = match place {
            _ if sketch.hole == Hole::NoRoles => "",
            0 => "CHAMPION",
            _ => OTHER_ROLES[(place as usize - 1 + customer.place as usize) % OTHER_ROLES.len()],
        };
        let left = sketch.champion_left.filter(|_| place == 0);
        let id = contact(writer, written, who, &domain, role, left, draw);
        written.contacts.push(id);
    }
}

fn contact(
    writer: &mut Writer,
    company: &Written,
    (first, last): (&str, &str),
    domain: &str,
    role: &str,
    left: Option<i64>,
    draw: &mut Draw,
) -> u64 {
    let calendar = writer.calendar;
    let created = calendar.office(-draw.within(300, 750), 13, 20);
    let gone = left.map(|days| calendar.office(-days, 10, 0).max(calendar.at(-days - 1, 0, 0)));
    let letters = |text: &str| {
        text.to_lowercase()
            .replace(|c: char| !c.is_ascii_alphanumeric(), "")
    };
    let tag = if company.contacts.is_empty() {
        String::new()
    } else {
        company.contacts.len().to_string()
    };
    let email = format!("{}.{}{tag}@{domain}", letters(first), letters(last));
    let id = writer.record(
        ObjectType::Contacts,
        created,
        gone.unwrap_or(created + 5 * DAY),
        &[
            ("firstname", &first),
            ("lastname", &last),
            ("email", &email),
            ("phone", &format!("+31 20 555 {:04}", draw.within(100, 9_999))),
            ("jobtitle", &draw.pick(&TITLES)),
            ("company", &company.name),
            ("lifecyclestage", &"customer"),
            ("hubspot_owner_id", &Maybe(company.owner)),
            ("associatedcompanyid", &company.id),
            ("hs_buying_role", &role),
            ("left_company", &Maybe(gone.map(|_| true))),
        ],
    );
    writer
        .portal
        .links
        .push((ObjectType::Companies, company.id), (ObjectType::Contacts, id));
    if let Some(gone) = gone {
        writer.past(
            ObjectType::Contacts,
            id,
            "left_company",
            &[(created, "false"), (gone, "true")],
        );
    }
    id
}

const TOPICS: [(&str, &str); 8] = [
    ("Monthly check-in", "Went through open points; all on track."),
    (
        "Quarterly review",
        "Reviewed goals and usage with the team; next one in three months.",
    ),
    (
        "Roadmap questions",
        "Asked about the new importer. Sent the release notes.",
    ),
    (
        "Training for new users",
        "Six new users trained; recording shared.",
    ),
    (
        "Renewal talk",
        "Happy to go on; wants the price in writing before the board meets.",
    ),
    (
        "Adoption of reports",
        "Only two teams use reports. Agreed to show it in the team meeting.",
    ),
    (
        "Introduction of a new colleague",
        "New planner joins next month; sent the starter kit.",
    ),
    (
        "Follow-up on tickets",
        "Both tickets are solved; thanked support.",
    ),
];

fn touches(writer: &mut Writer, sketch: &Sketch, company: &Written, draw: &mut Draw) {
    let Some(last) = sketch.touch else {
        return;
    };
    let calendar = writer.calendar;
    let mut days = last;
    while days < HISTORY_DAYS {
        let hour = draw.within(8, 15);
        let minute = draw.within(0, 11) * 5;
        let at = calendar.office(-days, hour, minute);
        let (title, text) = draw.pick(&TOPICS);
        let freeze = days == last && sketch.name == "Juniper Freight";
        let text = if freeze {
            "Freeze from 10 Dec; no rollout before January. Who inherits the rollout budget?"
        } else {
            text
        };
        let body = format!("<p>{text}</p>");
        let mut to = vec![(ObjectType::Companies, company.id)];
        let contact = company
            .contacts
            .get(draw.within(0, 3) as usize % company.contacts.len().max(1));
        to.extend(contact.map(|id| (ObjectType::Contacts, *id)));
        touch(
            writer,
            if freeze { 0 } else { draw.within(0, 3) },
            at,
            &to,
            &(title, &body, company.owner),
        );
        days += draw.within(18, 46);
    }
}

/// What is said about a touchpoint: title, body and owner.
type Said<'a> = (&'a str, &'a str, Option<u64>);

fn touch(writer: &mut Writer, kind: i64, at: i64, to: &[(ObjectType, u64)], (title, body, owner): &Said) {
    let owner = Maybe(*owner);
    match kind {
        0 => writer.event(
            ObjectType::Calls,
            at,
            to,
            &[
                ("hubspot_owner_id", &owner),
                ("hs_call_title", title),
                ("hs_call_body", body),
                ("hs_call_duration", &1_200_000),
                ("hs_call_direction", &"OUTBOUND"),
                ("hs_call_status", &"COMPLETED"),
                ("hs_call_disposition", &"f240bbac-87c9-4f6e-bf70-924b57d47db7"),
            ],
        ),
        1 => writer.event(
            ObjectType::Meetings,
            at,
            to,
            &[
                ("hubspot_owner_id", &owner),
                ("hs_meeting_title", title),
                ("hs_meeting_body", body),
                ("hs_meeting_start_time", &instant(at)),
                ("hs_meeting_end_time", &instant(at + 45 * 60_000)),
                ("hs_meeting_outcome", &"COMPLETED"),
            ],
        ),
        _ => writer.event(
            ObjectType::Emails,
            at,
            to,
            &[
                ("hubspot_owner_id", &owner),
                ("hs_email_subject", title),
                ("hs_email_html", body),
                (
                    "hs_email_direction",
                    &(if kind == 2 { "EMAIL" } else { "INCOMING_EMAIL" }),
                ),
                ("hs_email_status", &"SENT"),
            ],
        ),
    };
}

const OLD_TICKETS: [&str; 8] = [
    "Password reset does not arrive",
    "How do we export all users?",
    "Report shows last month twice",
    "Slow on Monday mornings",
    "Add a second administrator",
    "Calendar shows the wrong time zone",
    "Import stops with a strange message",
    "Which plan includes the audit log?",
];

fn tickets(writer: &mut Writer, sketch: &Sketch, company: &Written, draw: &mut Draw) {
    for (subject, priority, days) in sketch.tickets {
        ticket(writer, company, subject, priority, *days, None);
    }
    for _ in 0..draw.within(0, 4) {
        let days = draw.within(40, HISTORY_DAYS);
        let priority = draw.pick(&["LOW", "LOW", "MEDIUM", "HIGH"]);
        ticket(
            writer,
            company,
            draw.pick(&OLD_TICKETS),
            priority,
            days,
            Some(days - draw.within(1, 9)),
        );
    }
}

fn ticket(
    writer: &mut Writer,
    company: &Written,
    subject: &str,
    priority: &str,
    days: i64,
    closed: Option<i64>,
) {
    let calendar = writer.calendar;
    let opened = calendar.at(-days, 9, (days * 7) % 60);
    let closed = closed.map(|days| calendar.at(-days, 16, 10));
    let stage = match (closed, days % 3) {
        (Some(_), _) => "4",
        (None, 0) => "2",
        (None, 1) => "3",
        (None, _) => "1",
    };
    let id = writer.record(
        ObjectType::Tickets,
        opened,
        closed.unwrap_or(opened + DAY / 24),
        &[
            ("subject", &subject),
            ("content", &format!("<p>{subject}. Please help.</p>")),
            ("hs_pipeline", &"0"),
            ("hs_pipeline_stage", &stage),
            ("hs_ticket_priority", &priority),
            ("hs_ticket_category", &"PRODUCT_ISSUE"),
            ("hubspot_owner_id", &super::team::BEN),
            ("closed_date", &Maybe(closed.map(instant))),
        ],
    );
    writer
        .portal
        .links
        .push((ObjectType::Companies, company.id), (ObjectType::Tickets, id));
    if let Some(contact) = company.contacts.last() {
        writer
            .portal
            .links
            .push((ObjectType::Contacts, *contact), (ObjectType::Tickets, id));
    }
    if let Some(closed) = closed {
        let steps = [(opened, "1"), (opened + DAY / 6, "3"), (closed, "4")];
        writer.past(ObjectType::Tickets, id, "hs_pipeline_stage", &steps);
    }
}

/// Surveys hang on contacts only, as in HubSpot.
fn surveys(writer: &mut Writer, sketch: &Sketch, company: &Written) {
    let Some(contact) = company.contacts.last().copied() else {
        return;
    };
    for (days, score) in sketch.nps {
        let at = writer.calendar.at(-*days, 12, i64::from(*score) * 5);
        let (group, words) = match score {
            9.. => ("PROMOTER", "Does what we need, and people answer."),
            7.. => ("PASSIVE", "Good, but reports are slow."),
            _ => ("DETRACTOR", "Third outage this month, nobody called."),
        };
        let id = writer.record(
            ObjectType::Feedback,
            at,
            at,
            &[
                ("hs_survey_id", &31),
                ("hs_survey_name", &"Would you recommend us?"),
                ("hs_survey_type", &"NPS"),
                ("hs_survey_channel", &"EMAIL"),
                ("hs_value", score),
                ("hs_response_group", &group),
                ("hs_content", &words),
                ("hs_submission_timestamp", &instant(at)),
            ],
        );
        writer
            .portal
            .links
            .push((ObjectType::Feedback, id), (ObjectType::Contacts, contact));
    }
}
