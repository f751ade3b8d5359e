//! Prospects: companies that are no customers, with a person and now and then a deal of new business.

use crate::demo::portal::{ObjectType, instant};

use super::calendar::DAY;
use super::draw::Draw;
use super::names;
use super::team::SELLERS;
use super::writer::{Maybe, Writer};

/// Prospects of a very large book that one bulk edit gave the same stamp: more than one search can reach.
const BULK: u64 = 12_000;

/// Writes so many prospects, whose names begin at a place of the crowd.
pub(super) fn write(writer: &mut Writer, seed: u64, first: u64, count: u64) {
    for place in first..first + count {
        let mut draw = Draw::new(seed, place << 8 | 3);
        let bulk = count > 2 * BULK && place - first < BULK;
        prospect(writer, place, bulk, &mut draw);
    }
}

fn prospect(writer: &mut Writer, place: u64, bulk: bool, draw: &mut Draw) {
    let calendar = writer.calendar;
    let name = names::company(place);
    let domain = names::domain(&name, place);
    let hot = draw.percent(30);
    let age = draw.within(20, 900);
    let created = calendar.office(-age, 10, 40);
    let changed = if bulk {
        calendar.at(-40, 3, 0)
    } else {
        created + draw.within(1, age * 20) * DAY / 20
    };
    let seller = draw.pick(&SELLERS);
    let company = writer.record(
        ObjectType::Companies,
        created.min(changed),
        changed,
        &[
            ("name", &name),
            ("domain", &domain),
            ("lifecyclestage", &(if hot { "opportunity" } else { "lead" })),
            ("hubspot_owner_id", &seller),
        ],
    );
    let (given, family) = names::person(draw);
    let email = format!("hello@{domain}");
    let contact = writer.record(
        ObjectType::Contacts,
        created,
        created,
        &[
            ("firstname", &given),
            ("lastname", &family),
            ("email", &email),
            ("company", &name),
            ("lifecyclestage", &"lead"),
            ("associatedcompanyid", &company),
        ],
    );
    writer
        .portal
        .links
        .push((ObjectType::Companies, company), (ObjectType::Contacts, contact));
    if hot {
        deal(writer, company, &name, seller, created, draw);
    }
}

fn deal(writer: &mut Writer, company: u64, name: &str, seller: u64, created: i64, draw: &mut Draw) {
    let stage = draw.pick(&[
        "appointmentscheduled",
        "qualifiedtobuy",
        "contractsent",
        "nb_lost",
    ]);
    let close = writer.calendar.at(draw.within(5, 120), 12, 0);
    let deal = writer.record(
        ObjectType::Deals,
        created,
        created + DAY,
        &[
            ("dealname", &format!("{name} new business")),
            ("pipeline", &"default"),
            ("dealstage", &stage),
            ("dealtype", &"newbusiness"),
            ("hubspot_owner_id", &seller),
            (
                "amount",
                &Maybe(draw.percent(80).then(|| draw.within(20, 300) * 100)),
            ),
            ("deal_currency_code", &"USD"),
            ("closedate", &instant(close)),
        ],
    );
    writer
        .portal
        .links
        .push((ObjectType::Companies, company), (ObjectType::Deals, deal));
}
