//! How long a full refresh takes. Run by hand, optimised:
//! `CARGO_PROFILE_TEST_OPT_LEVEL=3 cargo test --lib scale -- --ignored --nocapture`

#![allow(clippy::print_stdout)] // what it measures is read by a person

use std::collections::BTreeMap;
use std::time::Instant;

use super::book::{Book, NOW, at, record};
use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::engine::{What, refresh};
use crate::store::{CachePage, LinkSet, Observation, Source};

const ACCOUNTS: usize = 100_000;
const PAGE: usize = 1_000;

fn with(mut record: Record, mapped: &[(&str, &str)]) -> Record {
    record.mapped = mapped
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    record
}

fn fill(book: &mut Book) {
    for first in (0..ACCOUNTS).step_by(PAGE) {
        let (mut records, mut links, mut observed) = (Vec::new(), Vec::new(), Vec::new());
        for number in first..first + PAGE {
            let id = (20_000_000_000 + number as u64).to_string();
            let wau = (number % 50).to_string();
            let properties = [
                ("lifecyclestage", "customer"),
                ("hubspot_owner_id", "o1"),
                ("customer_tier", "small"),
                ("customer_stage", "adoption"),
                ("seats_bought", "50"),
                ("wau", &wau),
                ("wau_updated_at", "2026-11-22T00:00:00Z"),
            ];
            let account = record(Kind::Account, &id, &[(Core::Name, &format!("Account {number}"))]);
            records.push(with(account, &properties));
            let contract = record(
                Kind::Contract,
                &format!("3{id}"),
                &[(Core::Pipeline, "renewals"), (Core::StageId, "closedwon")],
            );
            let term = [
                ("contract_start", "2026-02-01"),
                ("contract_end", "2027-01-31"),
                ("hs_arr", "9000"),
            ];
            records.push(with(contract, &term));
            link(&mut links, &id, Kind::Contract, vec![format!("3{id}")]);
            let contacts: Vec<String> = (0..3).map(|n| format!("{n}{id}")).collect();
            for contact in &contacts {
                let role = [(
                    "hs_buying_role",
                    if contact.starts_with('0') {
                        "CHAMPION"
                    } else {
                        "END_USER"
                    },
                )];
                records.push(with(
                    record(Kind::Contact, contact, &[(Core::FirstName, "Ida")]),
                    &role,
                ));
            }
            link(&mut links, &id, Kind::Contact, contacts);
            observed.push(Observation {
                account: Some(RecordId(id.clone())),
                kind: Kind::Account,
                record: RecordId(id),
                source: Source::Sync,
                effective_at: at("2026-09-01"),
                fields: properties
                    .iter()
                    .map(|(key, value)| ((*key).to_owned(), Some((*value).to_owned())))
                    .collect::<BTreeMap<_, _>>(),
            });
        }
        let page = CachePage {
            records: &records,
            links: &links,
            ..CachePage::default()
        };
        book.cache.commit_page(&page).unwrap();
        book.ledger.observe(&observed, at(NOW)).unwrap();
    }
}

fn link(links: &mut Vec<LinkSet>, account: &str, to: Kind, ids: Vec<String>) {
    links.push(LinkSet {
        from: (Kind::Account, account.into()),
        to,
        ids: ids.into_iter().map(RecordId).collect(),
    });
}

#[test]
#[ignore = "takes a while: run by hand, optimised"]
fn a_full_refresh_of_a_hundred_thousand_accounts() {
    let mut book = Book::new();
    fill(&mut book);
    let mut time = |what: &str, which: What<'_>| {
        let start = Instant::now();
        refresh(&mut book.cache, &mut book.ledger, &book.setup, which, at(NOW)).unwrap();
        println!("{what}: {:?}", start.elapsed());
    };
    time("all, first", What::All);
    time("all, again", What::All);
    let few: Vec<RecordId> = (0..100)
        .map(|n| RecordId((20_000_000_000_u64 + n).to_string()))
        .collect();
    time("100 accounts", What::Accounts(&few));
}
