//! What a person does in one go: it is kept with one commit, if what the ledger knows by then admits it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Connection, Transaction};

use crate::domain::outbox::{Entry, NewEntry, WritePermit};
use crate::domain::record::{Kind, RecordId};
use crate::store::drafts;
use crate::store::error::StoreError;
use crate::store::journal::{self, Event, NewEvent};
use crate::store::ledger::{self, Ledger};

use super::{Folded, queue, rows};

/// What a person does in one go.
#[derive(Debug, Clone, Copy)]
pub struct NewAct<'a> {
    /// What is queued.
    pub entries: &'a [NewEntry],
    /// What the journal gets with it.
    pub events: &'a [NewEvent],
    /// The drafts that it was made of: they go with it.
    pub drafts_done: &'a [&'a str],
}

/// What the ledger has of accounts, whatever the CRM called them before.
#[derive(Debug)]
pub struct OnAccounts {
    /// Events, in their order.
    pub events: Vec<Event>,
    /// Entries, in the order in which they were made.
    pub entries: Vec<Entry>,
}

impl Ledger {
    /// Queues the entries of an act, notes its events and drops its drafts, with one commit. What is returned is on disk.
    pub fn enqueue_noted(
        &mut self,
        _permit: WritePermit,
        act: NewAct<'_>,
        now: Timestamp,
    ) -> Result<Vec<Entry>, StoreError> {
        self.write_outbox(|transaction, folded, author| act.keep(transaction, (folded, author), now))
    }

    /// The same, if what the ledger has of the act's accounts admits it: their entries, and their events of these kinds.
    /// Both is one transaction: nobody queues or notes anything in between.
    pub fn enqueue_if<E>(
        &mut self,
        _permit: WritePermit,
        act: NewAct<'_>,
        kinds: &[&str],
        admit: impl FnOnce(&OnAccounts) -> Result<(), E>,
        now: Timestamp,
    ) -> Result<Result<Vec<Entry>, E>, StoreError> {
        self.write_outbox(|transaction, folded, author| {
            let accounts = ledger::all_names(transaction, Kind::Account, act.accounts())?;
            let known = OnAccounts {
                events: journal::of_accounts(transaction, &accounts, kinds)?,
                entries: entries_on(transaction, folded, &accounts)?,
            };
            match admit(&known) {
                Ok(()) => act.keep(transaction, (folded, author), now).map(Ok),
                Err(why) => Ok(Err(why)),
            }
        })
    }
}

impl NewAct<'_> {
    /// The accounts that it is about.
    fn accounts(&self) -> BTreeSet<RecordId> {
        let of_entries = self.entries.iter().filter_map(|entry| entry.account.clone());
        let of_events = self.events.iter().filter_map(|event| event.account.clone());
        of_entries.chain(of_events).collect()
    }

    fn keep(
        &self,
        transaction: &Transaction<'_>,
        (folded, author): (&Folded, &str),
        now: Timestamp,
    ) -> rusqlite::Result<Vec<Entry>> {
        let queued = queue(transaction, folded, author, self.entries, now)?;
        journal::append(transaction, author, self.events, now)?;
        for name in self.drafts_done {
            drafts::put(transaction, name, None, now)?;
        }
        Ok(queued)
    }
}

/// The entries of these accounts, in the order in which they were made.
fn entries_on(
    connection: &Connection,
    folded: &Folded,
    accounts: &BTreeSet<RecordId>,
) -> rusqlite::Result<Vec<Entry>> {
    let mut found = BTreeSet::new();
    for account in accounts {
        found.extend(rows::on_account(connection, account)?);
    }
    let mut entries = Vec::with_capacity(found.len());
    for id in found {
        entries.extend(folded.entry(connection, id)?);
    }
    Ok(entries)
}
