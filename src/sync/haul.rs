//! What is kept with one commit of the cache.

use std::collections::BTreeMap;

use serde::Serialize;

use super::reader::Branch;
use crate::domain::record::{Kind, Record, RecordId};
use crate::store::LinkSet;

/// What is kept at once.
#[derive(Debug, Default)]
pub struct Haul {
    /// Records as read.
    pub records: Vec<Record>,
    /// Links as read.
    pub links: Vec<LinkSet>,
    /// Where the stream goes on: (stream, JSON).
    pub cursor: Option<(String, String)>,
    /// The account that a record belongs to.
    pub belongs: BTreeMap<(Kind, RecordId), RecordId>,
}

impl Haul {
    /// Takes in one branch: links between accounts (or contacts) and what hangs on them.
    pub fn add(&mut self, branch: Branch) {
        let Branch {
            from,
            to,
            links,
            records,
            ..
        } = branch;
        for (one, others) in links {
            for other in &others {
                let account = match from {
                    Kind::Account => Some(one.clone()),
                    _ => self.belongs.get(&(from, one.clone())).cloned(),
                };
                if let Some(account) = account {
                    self.belongs.entry((to, other.clone())).or_insert(account);
                }
            }
            self.links.push(LinkSet {
                from: (from, one),
                to,
                ids: others,
            });
        }
        self.records.extend(records);
    }
}

/// A place as it goes into a page.
pub fn cursor(stream: &str, place: &impl Serialize) -> (String, String) {
    (
        stream.to_owned(),
        serde_json::to_string(place).unwrap_or_default(),
    )
}
