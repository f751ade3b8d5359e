//! Calls, meetings and e-mails with one customer.

use crate::demo::portal::{ObjectType, instant};

use super::customer::{HISTORY_DAYS, Written};
use super::draw::Draw;
use super::sketch::Sketch;
use super::writer::{Maybe, Writer};

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

/// Writes eighteen months of touchpoints, the newest first.
pub(super) fn write(writer: &mut Writer, sketch: &Sketch, company: &Written, draw: &mut Draw) {
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
