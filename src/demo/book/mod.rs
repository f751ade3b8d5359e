//! The book of Alder & Finch: fills a portal with customers, prospects, people and their story.
//!
//! A customer is first a sketch, told by hand in `story` or drawn in `sketch`, and then written by
//! `customer`, `contracts` and `desk`. Every date is so many days from the portal's present. The fiscal
//! year starts on 1 February: on that day the ARR of my 100 customers is exactly $1,000,000.

mod calendar;
mod contracts;
mod customer;
mod desk;
mod draw;
mod handoffs;
mod live;
mod mine;
mod names;
mod people;
mod prospects;
mod questions;
mod sketch;
mod spoil;
mod story;
mod team;
mod tickets;
mod touches;
mod usage;
mod writer;

use std::collections::HashMap;

use super::DemoOptions;
use super::portal::{ObjectType, Past, Portal, instant};
use calendar::DAY;
use customer::{Customer, Written};
use desk::ByName;
use draw::Draw;
pub(super) use draw::mix;
pub(super) use live::step;
use sketch::Sketch;
pub(super) use spoil::spoil;
use usage::{Usage, WEEKS};
use writer::Writer;

pub use team::{Member, member, roster};

/// The CSM whose book it is.
pub const ME: &str = "mara.lindt@alderfinch.example";
/// Constant rates of the book: one unit of the currency in US dollars.
pub const RATES: [(&str, &str); 3] = [("EUR", "1.08"), ("GBP", "1.27"), ("JPY", "0.0067")];
/// What a `mapping.toml` says of the success plans that its customers have.
pub const GOALS: &str = r#"[goals.plan]
title = "success_goal"
metric = "success_metric"
baseline = "success_baseline"
target = "success_target"
due = "success_due_date"
"#;
/// First day of the fiscal year (month and day), on which my customers' ARR is exactly $1,000,000.
pub const FISCAL_YEAR_START: &str = "02-01";

/// The portal's id, whatever the seed.
pub const PORTAL: u64 = 26_091_123;
/// Customers that have touchpoints, tickets and surveys too.
const FULL: u64 = 1_600;
/// How many customers the team has for each of mine, in a book of up to 100.
const TEAM_SHARE: u64 = 16;

/// The token that a server with this seed accepts.
pub fn token(seed: u64) -> String {
    format!("pat-eu1-{}", uuid(seed, u64::MAX))
}

/// A UUID for a seed and a number.
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

/// How many customers are mine and how many there are in all.
fn sizes(accounts: u32) -> (u64, u64) {
    let accounts = u64::from(accounts);
    let mine = accounts.min(100);
    (mine, accounts.max(mine * TEAM_SHARE))
}

/// A portal with the whole book in it.
pub(super) fn fill(options: &DemoOptions) -> Portal {
    let mut portal = Portal::new(PORTAL, options.now, options.ticks);
    portal.people = team::people();
    let (mine, all) = sizes(options.accounts);
    let mut writer = Writer::new(&mut portal);
    let mut filling = Filling {
        seed: options.seed,
        usage: HashMap::new(),
        parent: None,
    };
    let book = filling.mine(&mut writer, mine);
    filling.crowd(&mut writer, mine..all);
    prospects::write(&mut writer, options.seed, all, all * 2);
    desk::write(&mut writer, &book);
    let feed = writer.calendar.last_feed();
    portal.links.sort();
    let usage = filling.usage;
    portal.set_past(Box::new(move |_, kind, id, name| {
        let usage = usage.get(&id).filter(|_| kind == ObjectType::Companies)?;
        weekly(usage, name, feed)
    }));
    spoil(&mut portal, &options.faults);
    portal
}

struct Filling {
    seed: u64,
    /// By company id: usage, and milliseconds between the feed's start and the company's turn.
    usage: HashMap<u64, (Usage, i64)>,
    /// The parent of the customers that are being written.
    parent: Option<u64>,
}

impl Filling {
    fn mine(&mut self, writer: &mut Writer, count: u64) -> ByName {
        let mut book = ByName::new();
        let group = group(writer, "Juniper Group");
        let fiscal_start = writer.calendar.fiscal_start();
        for (place, (sketch, contracts)) in mine::sketches(self.seed, count, fiscal_start)
            .into_iter()
            .enumerate()
        {
            let place = place as u64;
            let customer = Customer {
                name: sketch.name.to_owned(),
                owner: Some(team::MARA),
                seller: team::SELLERS[place as usize % 3],
                contracts,
                full: true,
                place,
                parent: (place == 0).then_some(group),
                sketch,
            };
            let written = self.customer(writer, &customer);
            if customer.name == "Tallinn Textiles" {
                merged(writer, &written, place);
            }
            book.insert(customer.name, written);
        }
        // Two more accounts of the same parent follow among the colleagues'.
        self.parent = Some(group);
        book
    }

    fn crowd(&mut self, writer: &mut Writer, places: std::ops::Range<u64>) {
        let fiscal_start = writer.calendar.fiscal_start();
        let first = places.start;
        for place in places {
            let mut draw = Draw::new(self.seed, place << 8);
            let sketch = sketch::drawn(&mut draw);
            match (place - first) % 40 {
                2 | 23 => self.parent = None,
                20 => {
                    let name = format!("{} Group", names::company(1_000_000 + place));
                    self.parent = Some(group(writer, &name));
                }
                _ => {}
            }
            let customer = Customer {
                name: names::company(place),
                owner: owner(place, &mut draw),
                seller: draw.pick(&team::SELLERS),
                contracts: contracts::of(&sketch, fiscal_start, &mut draw),
                full: place < FULL,
                place,
                parent: self.parent,
                sketch: Sketch {
                    renamed: renamed(&mut draw),
                    ..sketch
                },
            };
            let written = self.customer(writer, &customer);
            if place % 97 == 5 && customer.full {
                merged(writer, &written, place);
            }
        }
    }

    fn customer(&mut self, writer: &mut Writer, customer: &Customer) -> Written {
        let mut draw = Draw::new(self.seed, customer.place << 8 | 1);
        let (written, usage) = customer::write(writer, customer, &mut draw);
        if let Some(usage) = usage {
            self.usage
                .insert(written.id, (usage, (customer.place / 100) as i64 * 250));
        }
        written
    }
}

/// A company that is only the parent of customers.
fn group(writer: &mut Writer, name: &str) -> u64 {
    let created = writer.calendar.office(-1_400, 10, 0);
    let domain = names::domain(name, 0);
    let values: writer::Values = &[
        ("name", &name),
        ("domain", &domain),
        ("lifecyclestage", &"other"),
        ("hubspot_owner_id", &team::SELLERS[0]),
    ];
    writer.record(ObjectType::Companies, created, created, values)
}

/// A colleague; in a few cases one who has left, or nobody.
fn owner(place: u64, draw: &mut Draw) -> Option<u64> {
    match draw.within(0, 199) {
        0..=1 => None,
        2..=3 => Some(team::PAULA),
        _ => Some(team::COLLEAGUES[(place % 7) as usize]),
    }
}

/// In a few cases a former name, and days since it was changed.
fn renamed(draw: &mut Draw) -> Option<(&'static str, i64)> {
    let former = draw.pick(&["Bright Harbour", "Old Bridge", "First Light", "Twin Oaks"]);
    draw.percent(2).then(|| (former, draw.within(30, 400)))
}

/// Another company had been merged into this one.
fn merged(writer: &mut Writer, company: &Written, place: u64) {
    let old = 9_000_000_000 + place;
    let at = writer.calendar.office(-200, 12, 0);
    writer
        .portal
        .merged_before(ObjectType::Companies, old, company.id, at);
}

/// The weekly history of a usage property, oldest first.
fn weekly((usage, turn): &(Usage, i64), name: &str, feed: i64) -> Option<Vec<Past>> {
    let at = |week: i64| feed - 7 * DAY * week + turn;
    let value = |week: i64| match name {
        "wau" => Some(usage.users(week).to_string()),
        "seats_used" => Some(usage.seats_used(week).to_string()),
        "wau_updated_at" => Some(instant(at(week))),
        _ => None,
    };
    value(0)?;
    let mut past: Vec<Past> = Vec::new();
    for week in (usage.silent..=WEEKS).rev() {
        let value = value(week)?;
        // HubSpot keeps a version only when the value has changed.
        if past.last().is_none_or(|last| last.value != value) {
            past.push(Past {
                at: at(week),
                value,
                by: "INTEGRATION",
            });
        }
    }
    Some(past)
}

#[cfg(test)]
mod tests;
