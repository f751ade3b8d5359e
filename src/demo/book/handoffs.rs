//! Handoffs that wait for me or were returned to me, as notes.
//!
//! A handoff is a chain of notes on the company, one per event. A note's body is HTML that people can read,
//! one `<p>` per line, in this order:
//!
//! ```text
//! Handoff onboarding → CSM: sent          from role → to role: sent, returned, answered or accepted
//! From: Ida Vance                          who hands over; the same in every event
//! To: Mara Lindt                           who receives; the same in every event
//! Fields: 5 of 7                           optional: filled of expected
//! Answer by: 2026-11-24                    optional: a day
//! …                                        the filled fields, each begun with its title: what is told us, asked and
//!                                          promised is read from there; free lines in a reply
//! retain: handoff H-1042 event 1           the last line: id of the handoff and number of the event
//! ```

use crate::demo::portal::ObjectType;

use super::desk::ByName;
use super::team::{BEN, IDA, JONAS, MARA};
use super::writer::Writer;

/// Who receives most of them.
const MARAS_NAME: &str = "Mara Lindt";

/// One event of a handoff as it is written.
struct Event<'a> {
    customer: &'a str,
    id: &'a str,
    number: u32,
    roles: (&'a str, &'a str),
    state: &'a str,
    people: (&'a str, &'a str),
    fields: Option<(u32, u32)>,
    answer_by: Option<i64>,
    lines: &'a [&'a str],
    author: u64,
    /// When it was written, Unix milliseconds.
    at: i64,
}

/// Writes every handoff for the customers of the story that are there.
pub(super) fn write(writer: &mut Writer, book: &ByName) {
    let calendar = writer.calendar;
    let osprey = Event {
        customer: "Osprey Clinics",
        id: "H-1042",
        number: 1,
        roles: ("onboarding", "CSM"),
        state: "sent",
        people: ("Ida Vance", MARAS_NAME),
        fields: Some((5, 7)),
        answer_by: Some(0),
        lines: &[
            "The customer's goals, in their words: go live in three clinics by January.",
            "What the customer already told us: no rollout while the audit runs, until 15 January.",
            "What is live, what is not: one of three clinics is live.",
            "Open questions and tickets: who signs off SSO.",
            "Who is who: the head of operations decides, IT sets up SSO.",
        ],
        author: IDA,
        at: calendar.office(-1, 15, 20),
    };
    event(writer, book, &osprey);
    let today = calendar.day(0);
    let promised = format!("What was promised, by whom, by when: Mara calls, by {today} 16:00");
    let kestrel = Event {
        customer: "Kestrel Foods",
        id: "H-1047",
        number: 1,
        roles: ("support", "CSM"),
        state: "sent",
        people: ("Ben Osei", MARAS_NAME),
        fields: Some((3, 4)),
        answer_by: Some(0),
        lines: &[
            "What happened: third outage this month, nobody called: a complaint.",
            "What the customer told us: they throw away what was not logged, and want one engineer to call.",
            &promised,
        ],
        author: BEN,
        at: calendar.now - 20 * 60_000,
    };
    event(writer, book, &kestrel);
    returned(writer, book);
    accepted(writer, book);
}

/// What Mara handed over, and Ida asked about.
fn returned(writer: &mut Writer, book: &ByName) {
    let calendar = writer.calendar;
    let vela = Event {
        customer: "Vela Robotics",
        id: "H-1031",
        number: 1,
        roles: ("CSM", "onboarding"),
        state: "sent",
        people: (MARAS_NAME, "Ida Vance"),
        fields: Some((4, 4)),
        answer_by: None,
        lines: &[
            "What is to be set up: the second plant, connected before February.",
            "What the customer already told us: both plants stand still from 21 December to 4 January.",
            "Who is who: the plant manager decides, her deputy tests.",
            "By when, and why then: end of January, the new line starts in February.",
        ],
        author: MARA,
        at: calendar.office(-6, 10, 0),
    };
    event(writer, book, &vela);
    event(
        writer,
        book,
        &Event {
            number: 2,
            state: "returned",
            fields: None,
            answer_by: Some(1),
            lines: &["Question: who signs off SSO?"],
            author: IDA,
            at: calendar.office(-3, 16, 45),
            ..vela
        },
    );
}

/// What Mara took over from Jonas.
fn accepted(writer: &mut Writer, book: &ByName) {
    let calendar = writer.calendar;
    let alpine = Event {
        customer: "Alpine Dental",
        id: "H-1036",
        number: 1,
        roles: ("CSM", "CSM"),
        state: "sent",
        people: ("Jonas Holm", MARAS_NAME),
        fields: Some((5, 7)),
        answer_by: None,
        lines: &[
            "The customer's goals, in their words: every practice books online by spring.",
            "What the customer already told us: they decide about more seats in February.",
            "What is due: nothing while Jonas is away until 4 January; look in once.",
            "Who is who: the office manager decides.",
            "Open questions and tickets: none.",
        ],
        author: JONAS,
        at: calendar.office(-12, 9, 0),
    };
    event(writer, book, &alpine);
    event(
        writer,
        book,
        &Event {
            number: 2,
            state: "accepted",
            fields: None,
            lines: &["Look again on the fourth of December."],
            author: MARA,
            at: calendar.office(-12, 11, 30),
            ..alpine
        },
    );
}

fn event(writer: &mut Writer, book: &ByName, event: &Event) {
    let Some(company) = book.get(event.customer) else {
        return;
    };
    let mut lines = vec![
        format!("Handoff {} → {}: {}", event.roles.0, event.roles.1, event.state),
        format!("From: {}", event.people.0),
        format!("To: {}", event.people.1),
    ];
    lines.extend(
        event
            .fields
            .map(|(filled, all)| format!("Fields: {filled} of {all}")),
    );
    lines.extend(
        event
            .answer_by
            .map(|days| format!("Answer by: {}", writer.calendar.day(days))),
    );
    lines.extend(event.lines.iter().map(|line| (*line).to_owned()));
    lines.push(format!("retain: handoff {} event {}", event.id, event.number));
    let body = format!("<p>{}</p>", lines.join("</p><p>"));
    let to = [(ObjectType::Companies, company.id)];
    writer.event(
        ObjectType::Notes,
        event.at,
        &to,
        &[("hs_note_body", &body), ("hubspot_owner_id", &event.author)],
    );
}
