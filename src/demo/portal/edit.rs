//! How a portal changes: create, update, archive, restore, merge, link; with and without moving the stamp.

use std::collections::BTreeMap;

use super::object_type::ObjectType;
use super::row::Packer;
use super::validate::check_required;
use super::{Past, Portal};

/// Property values to write; `None` clears.
pub type NewValues = BTreeMap<String, Option<String>>;

/// Why a write is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// There is no such record.
    NotFound,
    /// Values that are not allowed: (property, HubSpot's code, message).
    Invalid(Vec<(String, &'static str, String)>),
    /// Required properties are missing.
    Missing(Vec<String>),
    /// A unique value is taken by this record.
    Taken(u64),
    /// The kind cannot be written through the API.
    ReadOnly,
}

impl Portal {
    /// Makes a record after checking the values.
    pub fn create(&mut self, kind: ObjectType, values: &NewValues) -> Result<u64, Refused> {
        let mut values = self.checked(kind, values, None)?;
        check_required(kind, &values)?;
        self.follow(kind, &mut values, None);
        let stamp = self.stamp();
        let mut packer = Packer::default();
        for (name, value) in &values {
            if let (Some((number, _)), Some(value)) = (self.schema.find(kind, name), value) {
                packer.put(number, value);
            }
        }
        let id = self.tables[kind as usize].push(stamp, stamp, packer.take());
        if self.index_lag > 0 {
            let (until, now) = (stamp + self.index_lag, self.now());
            self.tables[kind as usize].hide_from_index(id, until, now);
        }
        Ok(id)
    }

    /// Makes a record that nobody writes through the API, such as an answer to a survey, without checks. Values of
    /// properties that there are none of are left out.
    pub(in crate::demo) fn arrive(&mut self, kind: ObjectType, values: &NewValues) -> u64 {
        let stamp = self.stamp();
        let mut packer = Packer::default();
        for (name, value) in values {
            if let (Some((number, _)), Some(value)) = (self.schema.find(kind, name), value) {
                packer.put(number, value);
            }
        }
        self.tables[kind as usize].push(stamp, stamp, packer.take())
    }

    /// Changes values of a record after checking them.
    pub fn update(&mut self, kind: ObjectType, id: u64, values: &NewValues) -> Result<u64, Refused> {
        let id = self.resolve(kind, id);
        let alive = self.row(kind, id).is_some_and(|row| row.archived.is_none());
        if !alive {
            return Err(Refused::NotFound);
        }
        let mut values = self.checked(kind, values, Some(id))?;
        self.follow(kind, &mut values, Some(id));
        self.keep_for_index(kind, id);
        for (name, value) in &values {
            self.write(kind, id, name, value.as_deref(), "INTEGRATION");
        }
        self.touch(kind, id);
        Ok(id)
    }

    /// Sets or clears one value as a colleague would, without checks. Returns false when there is no such record or property.
    pub fn set(&mut self, kind: ObjectType, id: u64, name: &str, value: Option<&str>) -> bool {
        self.keep_for_index(kind, id);
        let done = self.write(kind, id, name, value, "CRM_UI");
        if done {
            self.touch(kind, id);
        }
        done
    }

    /// Changes one value without moving the last-changed stamp, as calculated properties do.
    pub fn set_quietly(&mut self, kind: ObjectType, id: u64, name: &str, value: Option<&str>) -> bool {
        self.write(kind, id, name, value, "CALCULATED")
    }

    /// Gives records one and the same last-changed stamp (Unix milliseconds), as a bulk edit does.
    pub fn stamp_all(&mut self, kind: ObjectType, ids: &[u64], stamp: i64) {
        for id in ids {
            if let Some(row) = self.tables[kind as usize].row_mut(*id) {
                row.changed = stamp;
            }
        }
    }

    /// Archives a record. This does not move its last-changed stamp.
    pub fn archive(&mut self, kind: ObjectType, id: u64) -> bool {
        let id = self.resolve(kind, id);
        self.keep_for_index(kind, id);
        let stamp = self.stamp();
        let row = self.tables[kind as usize].row_mut(id);
        row.map(|row| row.archived = Some(row.archived.unwrap_or(stamp)))
            .is_some()
    }

    /// Brings an archived record back.
    pub fn restore(&mut self, kind: ObjectType, id: u64) -> bool {
        self.keep_for_index(kind, id);
        let row = self.tables[kind as usize].row_mut(id);
        row.map(|row| row.archived = None).is_some()
    }

    /// Removes a record and its links for good, without any trace in the API.
    pub fn purge(&mut self, kind: ObjectType, id: u64) -> bool {
        let linked: Vec<(ObjectType, u64)> = ObjectType::ALL
            .into_iter()
            .flat_map(|other| {
                self.links
                    .of((kind, id), other)
                    .map(move |linked| (other, linked))
            })
            .collect();
        for other in linked {
            self.links.remove((kind, id), other);
        }
        self.tables[kind as usize].remove(id).is_some()
    }

    /// Merges one record into another; with `new_id` the result gets a third id and both old ones answer with it.
    pub fn merge(&mut self, kind: ObjectType, winner: u64, loser: u64, new_id: bool) -> Option<u64> {
        let (winner, loser) = (self.resolve(kind, winner), self.resolve(kind, loser));
        if winner == loser || self.row(kind, winner).is_none() {
            return None;
        }
        self.keep_for_index(kind, loser);
        self.keep_for_index(kind, winner);
        self.tables[kind as usize].remove(loser)?;
        self.links.move_all((kind, loser), (kind, winner));
        self.aliases.insert((kind, loser), winner);
        let result = if new_id {
            self.renumber(kind, winner)?
        } else {
            winner
        };
        let merged = [
            self.value(kind, result, "hs_merged_object_ids"),
            Some(loser.to_string()),
        ];
        let merged: Vec<String> = merged
            .into_iter()
            .flatten()
            .chain((result != winner).then(|| winner.to_string()))
            .collect();
        self.write(
            kind,
            result,
            "hs_merged_object_ids",
            Some(&merged.join(";")),
            "MERGE_OBJECTS",
        );
        self.touch(kind, result);
        Some(result)
    }

    fn renumber(&mut self, kind: ObjectType, old: u64) -> Option<u64> {
        let row = self.tables[kind as usize].remove(old)?;
        let id = self.tables[kind as usize].push(row.created, row.changed, row.values);
        self.links.move_all((kind, old), (kind, id));
        self.aliases.insert((kind, old), id);
        Some(id)
    }

    /// Links two records, both of which must be there. This does not move their stamps.
    pub fn link(&mut self, from: (ObjectType, u64), to: (ObjectType, u64)) -> bool {
        let from = (from.0, self.resolve(from.0, from.1));
        let to = (to.0, self.resolve(to.0, to.1));
        let there = self.row(from.0, from.1).is_some() && self.row(to.0, to.1).is_some();
        if there {
            self.links.add(from, to);
        }
        there
    }

    fn write(
        &mut self,
        kind: ObjectType,
        id: u64,
        name: &str,
        value: Option<&str>,
        by: &'static str,
    ) -> bool {
        let id = self.resolve(kind, id);
        let Some((number, _)) = self.schema.find(kind, name) else {
            return false;
        };
        if self
            .row(kind, id)
            .is_none_or(|row| row.values.get(number) == value)
        {
            return self.row(kind, id).is_some();
        }
        let before = self.history(kind, id, name);
        let at = self.stamp();
        let edits = self
            .edits
            .entry((kind, id, number))
            .or_insert_with(|| before.into_iter().rev().collect());
        edits.push(Past {
            at,
            value: value.unwrap_or_default().to_owned(),
            by,
        });
        if let Some(row) = self.tables[kind as usize].row_mut(id) {
            row.values.set(number, value);
        }
        true
    }

    fn touch(&mut self, kind: ObjectType, id: u64) {
        let id = self.resolve(kind, id);
        let stamp = self.stamp();
        if let Some(row) = self.tables[kind as usize].row_mut(id) {
            row.changed = stamp;
        }
    }

    fn keep_for_index(&mut self, kind: ObjectType, id: u64) {
        if self.index_lag > 0 {
            let now = self.now();
            let id = self.resolve(kind, id);
            self.tables[kind as usize].keep_for_index(id, now + self.index_lag, now);
        }
    }
}
