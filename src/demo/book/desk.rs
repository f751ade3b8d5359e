//! My tasks and notes, and some of colleagues about my customers.

use std::collections::HashMap;

use crate::demo::portal::{ObjectType, instant};

use super::calendar::DAY;
use super::customer::Written;
use super::team::{BEN, IDA, MARA};
use super::writer::{Maybe, Writer};

/// My written customers by name.
pub(super) type ByName = HashMap<String, Written>;

/// A task: customer, subject, body, days from today, hour (UTC) or all day, status, priority, owner.
struct Task(
    &'static str,
    &'static str,
    &'static str,
    i64,
    Option<i64>,
    &'static str,
    &'static str,
    u64,
);

const OPEN: &str = "NOT_STARTED";
const DONE: &str = "COMPLETED";

const TASKS: [Task; 24] = [
    Task(
        "Kestrel Foods",
        "Call the new sponsor",
        "She took over on 1 November. Ask what she was promised.",
        -2,
        None,
        OPEN,
        "HIGH",
        MARA,
    ),
    Task(
        "Juniper Freight",
        "Call the champion's manager",
        "Ask who owns the rollout, now Dana Wolf has left.",
        0,
        None,
        OPEN,
        "HIGH",
        MARA,
    ),
    Task(
        "Kestrel Foods",
        "Promised: Mara calls",
        "Ben Osei told the customer: Mara calls, by 16:00<br>retain: handoff H-1047 promise",
        0,
        Some(16),
        OPEN,
        "HIGH",
        MARA,
    ),
    Task(
        "Fjord & Falk",
        "Ask who follows Sunniva Dahl",
        "",
        0,
        None,
        "IN_PROGRESS",
        "MEDIUM",
        MARA,
    ),
    Task(
        "Juniper Freight",
        "Agree the recovery plan",
        "With Idris Okafor; bring the usage report.",
        2,
        Some(9),
        OPEN,
        "HIGH",
        MARA,
    ),
    Task(
        "Marlow & Pike",
        "Book the quarterly review",
        "",
        2,
        None,
        OPEN,
        "MEDIUM",
        MARA,
    ),
    Task(
        "Vela Robotics",
        "Look again 30 d after the handoff",
        "",
        3,
        None,
        OPEN,
        "LOW",
        MARA,
    ),
    Task(
        "Nordkap Energi",
        "Ask for a reference",
        "",
        4,
        None,
        OPEN,
        "LOW",
        MARA,
    ),
    Task(
        "Granit Bau",
        "Prepare the renewal offer",
        "Usage has halved; offer fewer seats and training.",
        4,
        Some(13),
        OPEN,
        "MEDIUM",
        MARA,
    ),
    Task(
        "Brasserie Verte",
        "Propose ten more seats",
        "47 of 50 are used.",
        8,
        None,
        OPEN,
        "MEDIUM",
        MARA,
    ),
    Task(
        "Dunmore Tools",
        "Call before the notice date",
        "",
        9,
        None,
        OPEN,
        "MEDIUM",
        MARA,
    ),
    Task(
        "Lumen Optik",
        "Send the renewal papers",
        "",
        15,
        None,
        OPEN,
        "MEDIUM",
        MARA,
    ),
    Task(
        "深圳云帆科技",
        "Introduce the APAC support desk",
        "",
        22,
        None,
        OPEN,
        "LOW",
        MARA,
    ),
    Task(
        "Tallinn Textiles",
        "Find a new champion",
        "Ask for an introduction to production planning.",
        7,
        None,
        "WAITING",
        "HIGH",
        MARA,
    ),
    Task(
        "Quill Press",
        "Offer an annual contract",
        "",
        36,
        None,
        "DEFERRED",
        "LOW",
        MARA,
    ),
    Task(
        "Alpine Dental",
        "Look again for Jonas",
        "How do health and tickets stand beside the day you took it?</p><p>retain: handoff H-1036 look",
        11,
        None,
        OPEN,
        "LOW",
        MARA,
    ),
    Task(
        "Juniper Freight",
        "Pull the usage report",
        "",
        -3,
        None,
        DONE,
        "MEDIUM",
        MARA,
    ),
    Task(
        "Juniper Freight",
        "Tell the account manager",
        "",
        -5,
        None,
        DONE,
        "HIGH",
        MARA,
    ),
    Task(
        "Kestrel Foods",
        "Apologise for the outage",
        "",
        -4,
        None,
        DONE,
        "HIGH",
        MARA,
    ),
    Task(
        "Nordkap Energi",
        "Thank them for the ten",
        "",
        -20,
        None,
        DONE,
        "LOW",
        MARA,
    ),
    Task(
        "Juniper Freight",
        "Fix ticket: SSO loop",
        "Support; late.",
        -2,
        None,
        "IN_PROGRESS",
        "HIGH",
        BEN,
    ),
    Task(
        "Osprey Clinics",
        "Get SSO signed off",
        "",
        1,
        None,
        OPEN,
        "HIGH",
        IDA,
    ),
    Task(
        "Kestrel Foods",
        "Name one engineer for the account",
        "",
        1,
        None,
        OPEN,
        "HIGH",
        BEN,
    ),
    Task(
        "",
        "Write the team's quarterly summary",
        "Not about one customer.",
        5,
        None,
        OPEN,
        "MEDIUM",
        MARA,
    ),
];

/// Writes tasks, handoffs and notes for the customers of the story that are there.
pub(super) fn write(writer: &mut Writer, book: &ByName) {
    for task in &TASKS {
        write_task(writer, book, task);
    }
    super::handoffs::write(writer, book);
    notes(writer, book);
}

fn write_task(writer: &mut Writer, book: &ByName, task: &Task) {
    let Task(customer, subject, body, days, hour, status, priority, owner) = task;
    let company = book.get(*customer);
    if company.is_none() && !customer.is_empty() {
        return;
    }
    let calendar = writer.calendar;
    let due = match hour {
        Some(hour) => calendar.at(*days, *hour, 0),
        None => calendar.at(*days, 0, 0),
    };
    let made = calendar.office(days.min(&0) - 6, 9, 30);
    let done = (*status == DONE).then(|| instant(due + 10 * 3_600_000));
    let body = if body.is_empty() {
        String::new()
    } else {
        format!("<p>{body}</p>")
    };
    let id = writer.record(
        ObjectType::Tasks,
        made,
        if done.is_some() {
            due + 10 * 3_600_000
        } else {
            made
        },
        &[
            ("hs_timestamp", &instant(due)),
            ("hs_task_subject", subject),
            ("hs_task_body", &body),
            ("hs_task_status", status),
            ("hs_task_priority", priority),
            (
                "hs_task_type",
                &(if subject.starts_with("Call") {
                    "CALL"
                } else {
                    "TODO"
                }),
            ),
            ("hubspot_owner_id", owner),
            ("hs_task_completion_date", &Maybe(done)),
        ],
    );
    if let Some(company) = company {
        writer
            .portal
            .links
            .push((ObjectType::Tasks, id), (ObjectType::Companies, company.id));
    }
}

/// A note: customer, days ago, text.
const NOTES: [(&str, i64, &str); 8] = [
    (
        "Juniper Freight",
        7,
        "<p>Dana Wolf has left. Her manager is <b>Idris Okafor</b>.</p>",
    ),
    (
        "Juniper Freight",
        40,
        "<p>Freeze from 10 Dec; no rollout before January.</p><ul><li>Three regions</li><li>Budget unclear</li></ul>",
    ),
    (
        "Kestrel Foods",
        30,
        "<p>Reorganisation in November: new sponsor.</p>",
    ),
    (
        "Marlow & Pike",
        76,
        "<p>They do not want calls during the audit.</p>",
    ),
    (
        "Osprey Clinics",
        21,
        "<p>Go-live moved: SSO is not signed off.</p>",
    ),
    ("深圳云帆科技", 13, "<p>客户希望明年增加二十个席位。</p>"),
    ("Brasserie Verte", 16, "<p>47 sièges sur 50 sont utilisés.</p>"),
    (
        "Harbour Retail",
        31,
        "<p>Contract was signed on paper; nobody has the end date.</p>",
    ),
];

fn notes(writer: &mut Writer, book: &ByName) {
    for (customer, days, body) in NOTES {
        let Some(company) = book.get(customer) else {
            continue;
        };
        let at = writer.calendar.now - days * DAY - 3_600_000;
        let to = [(ObjectType::Companies, company.id)];
        writer.event(
            ObjectType::Notes,
            at,
            &to,
            &[("hs_note_body", &body), ("hubspot_owner_id", &MARA)],
        );
    }
}
