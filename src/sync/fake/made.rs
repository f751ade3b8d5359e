//! Records as the small CRM makes them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Key, id};
use crate::domain::record::{Core, Kind, Record};

pub fn new_record(key: Key, at: Timestamp) -> Record {
    let mut record = Record {
        kind: key.0,
        id: id(key.1),
        created: at,
        changed: at,
        archived: false,
        core: BTreeMap::from([(Core::Owner, "1".to_owned())]),
        mapped: BTreeMap::new(),
    };
    if key.0 == Kind::Account {
        record.mapped.insert("type".to_owned(), "customer".to_owned());
    }
    if key.0 == Kind::Task {
        record.core.insert(Core::Done, "false".to_owned());
    }
    record
}
