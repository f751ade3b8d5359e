//! A column of people: who looks after each account, by id and by name.

use std::collections::HashMap;

use super::arena::Words;

/// Of each row a person. Rows of one person share an entry, so that ids take no room by the row.
#[derive(Debug, Default)]
pub(super) struct People {
    /// Of each row its entry, from 1; 0 is nobody.
    rows: Vec<u32>,
    /// Of each entry the id in the CRM; empty where only a name is known.
    ids: Vec<Box<str>>,
    /// Of each entry the name.
    names: Words,
    /// While it is filled: entries by their id, with the raw name of each. Lines that are older than a rename have another one.
    known: HashMap<Box<str>, Vec<(Box<str>, u32)>>,
}

impl People {
    /// Appends a row; what is `None` is unknown.
    pub(super) fn push(&mut self, id: Option<&str>, name: Option<&str>) {
        if id.is_none() && name.is_none() {
            self.rows.push(0);
            return;
        }
        let (id, raw) = (id.unwrap_or_default(), name.unwrap_or_default());
        let namesakes = self.known.get(id).map_or(&[][..], Vec::as_slice);
        let entry = namesakes.iter().find(|(other, _)| **other == *raw);
        let entry = entry.map_or(self.ids.len() as u32 + 1, |(_, entry)| *entry);
        if entry as usize > self.ids.len() {
            self.ids.push(id.into());
            self.names.push(name);
            self.known.entry(id.into()).or_default().push((raw.into(), entry));
        }
        self.rows.push(entry);
    }

    /// Ranks the names by alphabet, so that a row's number sorts as its name does.
    pub(super) fn rank(&mut self) {
        self.known = HashMap::new();
        self.names.rank();
    }

    /// Lets go of the room that was set aside to grow.
    pub(super) fn shrink(&mut self) {
        self.rows.shrink_to_fit();
        self.ids.shrink_to_fit();
        self.names.shrink();
    }

    /// The id of a row's person.
    pub(super) fn id(&self, row: u32) -> Option<&str> {
        let id = self.ids.get(self.entry(row)? as usize)?;
        Some(id.as_ref()).filter(|id| !id.is_empty())
    }

    /// The name of a row's person, safe to show.
    pub(super) fn name(&self, row: u32) -> Option<&str> {
        self.names.get(self.entry(row)?)
    }

    /// The number of a row's name, by alphabet; 0 is unknown.
    pub(super) fn code(&self, row: u32) -> u32 {
        self.entry(row).map_or(0, |entry| self.names.code(entry))
    }

    fn entry(&self, row: u32) -> Option<u32> {
        self.rows[row as usize].checked_sub(1)
    }
}
