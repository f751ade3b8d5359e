//! Tickets and survey answers of one customer.

use crate::demo::portal::{ObjectType, instant};

use super::calendar::DAY;
use super::customer::{HISTORY_DAYS, Written};
use super::draw::Draw;
use super::questions;
use super::sketch::Sketch;
use super::writer::{Maybe, Writer};

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

/// What some tickets say, by their subjects; all others ask for help.
const TEXTS: [(&str, &str); 16] = [
    (
        "Route export misses the last column",
        "<p>Since Thursday the arrival times are gone; all else is there. It looks like a bug to us.</p>",
    ),
    (
        "Driver app asks for the PIN twice",
        "<p>Drivers type it, and the app asks again. How do we stop that? It would be great if once were enough.</p>",
    ),
    (
        "Third outage of the cold-chain feed this month",
        "<p>It stopped working at 04:10 and came back at 06:30. Nobody told us.</p>",
    ),
    (
        "Label printer prints the wrong lot",
        "<p>Line two prints yesterday's lot on today's pallets, without an error message.</p>",
    ),
    (
        "Recall list is a day old",
        "<p>What we download at seven has the recalls of yesterday.</p>",
    ),
    (
        "SSO is not signed off",
        "<p>Before they sign, our security people ask: do you support SCIM as well?</p>",
    ),
    (
        "Timetable import fails on Sundays",
        "<p>Only then; the same file goes through on a Monday.</p>",
    ),
    (
        "No answer on ticket 4290",
        "<p>We opened it nine days ago and nobody has called. That is not acceptable for a cold chain.</p>",
    ),
    (
        "Tickets are sold twice",
        "<p>Passengers were turned away on the quay again. We are very disappointed.</p>",
    ),
    (
        "Wunsch: dunkles Design",
        "<p>Guten Tag,</p><p>im Lager ist es nachts dunkel. Es wäre schön, wenn es ein dunkles Design gäbe.</p>",
    ),
    (
        "Inloggen lukt niet",
        "<p>Beste,</p><p>mijn collega is haar wachtwoord kwijt. Kunnen jullie het resetten?</p>",
    ),
    (
        "批量导出报表",
        "<p>您好，请问如何把上个月的报表批量导出成 Excel？谢谢。</p>",
    ),
    (
        "SSO loop after the login page",
        "<p>After the login page we land on the login page. Nobody in dispatch can work.</p>",
    ),
    (
        "Dashboard is empty since this morning",
        "<p>All of us get a blank page where the figures were.</p>",
    ),
    (
        "Webhook answers with 500",
        "<p>Each call failed since 07:40; before that all of them went through.</p>",
    ),
    (
        "Two users cannot see the new report",
        "<p>Everybody else can. Is it a question of their permissions?</p>",
    ),
];

/// What a ticket with this subject says, as HTML.
pub(super) fn text(subject: &str) -> String {
    let told = TEXTS.iter().find(|(known, _)| *known == subject);
    told.map_or_else(
        || format!("<p>{subject}. Please help.</p>"),
        |(_, text)| (*text).to_owned(),
    )
}

/// Writes the open tickets of the sketch and some that are closed.
pub(super) fn write(writer: &mut Writer, sketch: &Sketch, company: &Written, draw: &mut Draw) {
    for (topic, priority, days) in sketch.tickets {
        let (subject, said) = questions::asked(topic, sketch.region, company.id);
        let text = said.map_or_else(|| text(subject), |said| format!("<p>{said}</p>"));
        ticket(writer, company, (subject, &text), priority, *days, None);
    }
    for _ in 0..draw.within(0, 4) {
        let days = draw.within(40, HISTORY_DAYS);
        let priority = draw.pick(&["LOW", "LOW", "MEDIUM", "HIGH"]);
        let subject = draw.pick(&OLD_TICKETS);
        ticket(
            writer,
            company,
            (subject, &text(subject)),
            priority,
            days,
            Some(days - draw.within(1, 9)),
        );
    }
}

fn ticket(
    writer: &mut Writer,
    company: &Written,
    (subject, text): (&str, &str),
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
            ("content", &text),
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

/// What promoters say.
const WINS: [&str; 7] = [
    "Does what we need, and people answer.",
    "Month end went from four days to one.",
    "Our planners would not go back to the spreadsheets.",
    "Set up in a week, and the training was good.",
    "The forecast has been right three quarters in a row.",
    "Support called before we had noticed the problem.",
    "Two sites fewer to audit by hand.",
];
/// What those between say.
const PASSIVES: [&str; 5] = [
    "Good, but reports are slow.",
    "Fine for us; the mobile app lags behind.",
    "Solid. Pricing for seats is hard to follow.",
    "Works, though each release moves the buttons.",
    "We use half of it and are content with that.",
];
/// What detractors say.
const PAINS: [&str; 7] = [
    "Third outage this month, nobody called.",
    "Our administrator left and nobody trained the new one.",
    "Exports break at ten thousand rows, since May.",
    "We pay for sixty seats and use twenty.",
    "Every question goes to another person who asks it all again.",
    "The integration with our warehouse was promised for spring.",
    "Two tickets open for weeks without a word.",
];

/// One of these, the same for the same contact.
fn one_of<'t>(texts: &[&'t str], contact: u64) -> &'t str {
    texts[(contact.wrapping_mul(2_654_435_761) >> 7) as usize % texts.len()]
}

/// Writes the survey answers. They hang on contacts only, as in HubSpot.
pub(super) fn write_surveys(writer: &mut Writer, sketch: &Sketch, company: &Written) {
    let Some(contact) = company.contacts.last().copied() else {
        return;
    };
    for (days, score) in sketch.nps {
        let at = writer.calendar.at(-*days, 12, i64::from(*score) * 5);
        let (group, words) = match score {
            9.. => ("PROMOTER", one_of(&WINS, contact)),
            7.. => ("PASSIVE", one_of(&PASSIVES, contact)),
            _ => ("DETRACTOR", one_of(&PAINS, contact)),
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
