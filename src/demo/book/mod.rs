//! The book of Alder & Finch: fills a portal with customers, prospects, people and their story.

use super::portal::{ObjectType, Packer, Person, Portal, Team};
use super::{DemoOptions, Faults};

/// The CSM whose book it is.
pub const ME: &str = "mara.lindt@alderfinch.example";
/// Constant rates of the book: one unit of the currency in US dollars.
pub const RATES: [(&str, &str); 3] = [("EUR", "1.08"), ("GBP", "1.27"), ("JPY", "0.0067")];
/// First day of the fiscal year (month and day), on which my customers' ARR is exactly $1,000,000.
pub const FISCAL_YEAR_START: &str = "02-01";

/// A well-mixed number from another: the one source of all chance in the embedded CRM.
pub(super) fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The token of a seed.
pub(super) fn token(seed: u64) -> String {
    format!("pat-eu1-{}", uuid(seed, u64::MAX))
}

/// A UUID for request number so-and-so.
pub(super) fn uuid(seed: u64, number: u64) -> String {
    let (a, b) = (mix(seed ^ mix(number)), mix(number ^ mix(seed)));
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        a >> 32,
        a >> 16 & 0xffff,
        a & 0xfff,
        b >> 52,
        b & 0xffff_ffff_ffff
    )
}

/// A portal with the whole book in it.
pub(super) fn fill(options: &DemoOptions) -> Portal {
    let mut portal = Portal::new(26_091_123, options.now, options.ticks);
    let success = Team {
        id: 41,
        name: "Customer Success",
    };
    portal.people.push(Person {
        id: 700_001,
        user_id: 9_001,
        first: "Mara",
        last: "Lindt",
        email: ME.to_owned(),
        queue: false,
        archived: false,
        teams: vec![success],
    });
    let now = portal.now();
    let mut packer = Packer::default();
    for name in ["Juniper Freight", "Kestrel Foods", "Marlow & Pike"]
        .iter()
        .take(options.accounts as usize)
    {
        for (property, value) in [
            ("name", *name),
            ("lifecyclestage", "customer"),
            ("hubspot_owner_id", "700001"),
        ] {
            if let Some((number, _)) = portal.schema.find(ObjectType::Companies, property) {
                packer.put(number, value);
            }
        }
        portal
            .table_mut(ObjectType::Companies)
            .push(now - 1000, now - 1000, packer.take());
    }
    spoil(&mut portal, &options.faults);
    portal
}

/// Applies the faults that lie in the data.
pub(super) fn spoil(portal: &mut Portal, faults: &Faults) {
    portal.index_lag = faults.lag.as_millis() as i64;
    portal.missing_scopes.extend(faults.no_scope.iter().cloned());
    for name in &faults.missing {
        if let Some((kind, name)) = split(name)
            && let Some(property) = portal.schema.find_mut(kind, name)
        {
            property.present = false;
        }
    }
    for (name, new) in &faults.renamed {
        if let Some((kind, name)) = split(name)
            && let Some(property) = portal.schema.find_mut(kind, name)
        {
            property.name.clone_from(new);
        }
    }
}

fn split(name: &str) -> Option<(ObjectType, &str)> {
    let (kind, name) = name.split_once('.')?;
    Some((ObjectType::parse(kind)?, name))
}
