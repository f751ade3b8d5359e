//! The people of one customer, with roles and departures.

use crate::demo::portal::ObjectType;

use super::calendar::DAY;
use super::customer::{Customer, Written};
use super::draw::Draw;
use super::names;
use super::sketch::Hole;
use super::writer::{Maybe, Writer};

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

/// Writes the contacts of a customer; the first is the champion.
pub(super) fn write(writer: &mut Writer, customer: &Customer, written: &mut Written, draw: &mut Draw) {
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
    let gone = left.map(|days| calendar.office(-days, 7, 30));
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
