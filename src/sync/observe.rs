//! What a record tells the ledger: mapped fields and the core fields whose past cannot be asked again.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::store::{Observation, Source};

/// The kinds of which the ledger keeps what was observed.
pub const KINDS: [Kind; 4] = [Kind::Account, Kind::Contract, Kind::Contact, Kind::Ticket];

/// The core fields of a kind that are journalled.
fn journalled(kind: Kind) -> &'static [Core] {
    match kind {
        Kind::Account => &[Core::Name, Core::Domain, Core::Owner, Core::Parent],
        Kind::Contract => &[
            Core::Name,
            Core::Owner,
            Core::StageId,
            Core::Pipeline,
            Core::Closed,
            Core::Won,
            Core::Amount,
            Core::Currency,
            Core::CloseDate,
        ],
        Kind::Ticket => &[Core::StageId, Core::Priority],
        _ => &[],
    }
}

/// The ledger's name of a core field.
pub fn core_name(field: Core) -> String {
    format!("core:{}", field.name())
}

/// What a record tells, when `before` is what the cache had.
///
/// A fact counts from the record's own stamp. When the stamp stood still while a value changed (calculated
/// properties do that), it counts from `now`, the moment it was noticed.
pub fn observations(
    record: &Record,
    properties: &[String],
    account: Option<&RecordId>,
    before: Option<&Record>,
    now: Timestamp,
) -> Vec<Observation> {
    let at = match before {
        Some(before) if before.changed == record.changed && before != record => now.max(record.changed),
        _ => record.changed,
    };
    let mapped = properties
        .iter()
        .map(|name| (name.clone(), record.mapped(name).map(str::to_owned)));
    let core = journalled(record.kind)
        .iter()
        .map(|field| (core_name(*field), record.core(*field).map(str::to_owned)));
    let mut found = vec![(Source::Sync, at, mapped.chain(core).collect::<BTreeMap<_, _>>())];
    if record.kind == Kind::Ticket {
        let past = |(at, fields)| (Source::History, at, fields);
        found.extend(open_and_closed(record).into_iter().map(past));
    }
    found
        .into_iter()
        .filter(|(_, _, fields)| !fields.is_empty())
        .map(|(source, effective_at, fields)| Observation {
            account: account.filter(|_| record.kind != Kind::Account).cloned(),
            kind: record.kind,
            record: record.id.clone(),
            source,
            effective_at,
            fields,
        })
        .collect()
}

/// A ticket was open from its making on, and closed from the time that the CRM says.
fn open_and_closed(ticket: &Record) -> Vec<(Timestamp, BTreeMap<String, Option<String>>)> {
    let state = |closed: &str| BTreeMap::from([(core_name(Core::Closed), Some(closed.to_owned()))]);
    let mut states = vec![(ticket.created, state("false"))];
    if ticket.core(Core::Closed) == Some("true") {
        let closed = ticket.core(Core::ClosedAt).and_then(|at| at.parse().ok());
        states.push((closed.unwrap_or(ticket.changed), state("true")));
    }
    states
}
