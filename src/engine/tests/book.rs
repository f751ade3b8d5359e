//! A small book in a cache and a ledger of its own, written by hand.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::config::{Dirs, Setup, load};
use crate::domain::record::{Core, Kind, Owner, Record, RecordId};
use crate::store::{Cache, CachePage, Ledger, LinkSet, Observation, Source, documents};

/// The instant it is in these tests.
pub const NOW: &str = "2026-11-23T08:50:00Z";

pub fn at(text: &str) -> Timestamp {
    let text = if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    text.parse().unwrap()
}

/// A cache, a ledger and a setup; gone with the value.
pub struct Book {
    pub cache: Cache,
    pub ledger: Ledger,
    pub setup: Setup,
    _home: tempfile::TempDir,
}

impl Book {
    /// An empty book of Dana's, synced at [`NOW`].
    pub fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let dirs = Dirs {
            team: None,
            user: None,
        };
        let mut setup = load(&dirs, &[], None).setup;
        setup.settings.me.owner = Some("dana@alder.example".to_owned());
        let mut book = Self {
            cache: Cache::open(&home.path().join("cache.db")).unwrap().0,
            ledger: Ledger::open(&home.path().join("ledger.db"), "dana").unwrap().0,
            setup,
            _home: home,
        };
        book.owners(&[owner("o1", "Dana Reyes", "dana@alder.example")]);
        book.cache
            .put_document("tenant", r#"{"currency":"USD"}"#)
            .unwrap();
        book.synced(NOW);
        book
    }

    /// Whoever the CRM has, and nobody else.
    pub fn owners(&mut self, owners: &[Owner]) {
        let owners = serde_json::to_string(owners).unwrap();
        self.cache.put_document(documents::OWNERS, &owners).unwrap();
    }

    /// A sync came to its end then.
    pub fn synced(&mut self, when: &str) {
        let status = serde_json::json!({ "last_success": at(when) });
        self.cache
            .put_document("sync-status", &status.to_string())
            .unwrap();
    }

    pub fn put(&mut self, record: &Record, account: Option<&str>) {
        let link = account.map(|account| LinkSet {
            from: (record.kind, record.id.clone()),
            to: Kind::Account,
            ids: vec![RecordId::from(account)],
        });
        let page = CachePage {
            records: std::slice::from_ref(record),
            links: link.as_slice(),
            ..CachePage::default()
        };
        self.cache.commit_page(&page).unwrap();
    }

    /// A customer of Dana's with these properties beside the usual ones.
    pub fn account(&mut self, id: &str, name: &str, properties: &[(&str, &str)]) {
        self.account_of("2025-06-01", id, name, properties);
    }

    /// The same, made on this day.
    pub fn account_of(&mut self, made: &str, id: &str, name: &str, properties: &[(&str, &str)]) {
        let usual = [
            ("lifecyclestage", "customer"),
            ("hubspot_owner_id", "o1"),
            ("account_manager", "o1"),
            ("seats_bought", "50"),
        ];
        let mut record = record(Kind::Account, id, &[(Core::Name, name), (Core::Owner, "o1")]);
        record.created = at(made);
        record.mapped = usual
            .iter()
            .chain(properties)
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        self.put(&record, None);
    }

    /// A signed contract of $84,000 a year.
    pub fn contract(&mut self, id: &str, account: &str, start: &str, end: &str) {
        self.deal(
            id,
            account,
            &[
                ("contract_start", start),
                ("contract_end", end),
                ("hs_arr", "84000"),
            ],
            "closedwon",
        );
    }

    pub fn deal(&mut self, id: &str, account: &str, properties: &[(&str, &str)], stage: &str) {
        let mut deal = record(
            Kind::Contract,
            id,
            &[(Core::Pipeline, "renewals"), (Core::StageId, stage)],
        );
        deal.mapped = map(properties);
        self.put(&deal, Some(account));
    }

    pub fn contact(&mut self, id: &str, account: &str, properties: &[(&str, &str)]) {
        let mut contact = record(
            Kind::Contact,
            id,
            &[(Core::FirstName, "Ida"), (Core::LastName, id)],
        );
        contact.mapped = map(properties);
        self.put(&contact, Some(account));
    }

    pub fn touch(&mut self, id: &str, account: &str, when: &str) {
        let when = at(when).to_string();
        self.put(
            &record(
                Kind::Call,
                id,
                &[(Core::Occurred, &when), (Core::Subject, "check-in")],
            ),
            Some(account),
        );
    }

    pub fn ticket(&mut self, id: &str, account: &str, opened: &str, core: &[(Core, &str)]) {
        let mut ticket = record(Kind::Ticket, id, core);
        ticket.created = at(opened);
        self.put(&ticket, Some(account));
    }

    /// An account's property became so then.
    pub fn observe(&mut self, account: &str, property: &str, values: &[(&str, &str)]) {
        self.observe_of(Kind::Account, account, property, values);
    }

    pub fn observe_of(&mut self, kind: Kind, id: &str, property: &str, values: &[(&str, &str)]) {
        let batch: Vec<Observation> = values
            .iter()
            .map(|(when, value)| Observation {
                account: None,
                kind,
                record: id.into(),
                source: Source::History,
                effective_at: at(when),
                fields: BTreeMap::from([(property.to_owned(), Some((*value).to_owned()))]),
            })
            .collect();
        self.ledger.observe(&batch, at(NOW)).unwrap();
    }

    /// An account that is well: steady usage, a champion, no tickets, a fresh touch, NPS 9.
    pub fn healthy(&mut self, id: &str, name: &str) {
        self.account(
            id,
            name,
            &[
                ("wau", "40"),
                ("wau_updated_at", "2026-11-22T00:00:00Z"),
                ("customer_tier", "enterprise"),
            ],
        );
        self.observe(id, "wau", &[("2026-01-01", "40")]);
        self.observe(
            id,
            "seats_bought",
            &[("2026-01-01", "50"), ("2026-11-20", "51"), ("2026-11-21", "50")],
        );
        self.contract(&format!("{id}-c"), id, "2026-02-01", "2027-01-31");
        self.contact(&format!("{id}-p"), id, &[("hs_buying_role", "CHAMPION")]);
        self.touch(&format!("{id}-t"), id, "2026-11-20");
    }
}

fn map(properties: &[(&str, &str)]) -> BTreeMap<String, String> {
    properties
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

pub fn record(kind: Kind, id: &str, core: &[(Core, &str)]) -> Record {
    Record {
        kind,
        id: id.into(),
        created: at("2025-06-01"),
        changed: at("2026-11-20"),
        archived: false,
        core: core
            .iter()
            .map(|(key, value)| (*key, (*value).to_owned()))
            .collect(),
        mapped: BTreeMap::new(),
    }
}

/// An account of ours whose usage has fallen to ten weekly users.
pub fn waning() -> Book {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.account(
        "1",
        "Juniper Freight",
        &[("wau", "10"), ("wau_updated_at", "2026-11-22T00:00:00Z")],
    );
    book
}

/// One who is active, and in no team.
pub fn owner(id: &str, name: &str, email: &str) -> Owner {
    Owner {
        user: None,
        id: id.into(),
        email: email.to_owned(),
        name: name.to_owned(),
        active: true,
        queue: false,
        teams: Vec::new(),
    }
}
