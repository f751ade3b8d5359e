//! The records of one kind, by id, and what the search index does not know yet.

use super::object_type::ObjectType;
use super::row::{PropertyNumber, Row, Values};

/// The records of one kind.
#[derive(Debug)]
pub(in crate::demo) struct Table {
    rows: Vec<Row>,
    next_id: u64,
    version: u64,
    unindexed: Vec<Unindexed>,
}

/// A change that the search index learns of later.
#[derive(Debug)]
struct Unindexed {
    id: u64,
    until: i64,
    before: Option<Row>,
}

impl Table {
    pub(super) fn new(kind: ObjectType) -> Self {
        Self {
            rows: Vec::new(),
            next_id: kind.first_id() + 1,
            version: 0,
            unindexed: Vec::new(),
        }
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub(super) fn row(&self, id: u64) -> Option<&Row> {
        self.place(id).map(|place| &self.rows[place])
    }

    pub(super) fn row_mut(&mut self, id: u64) -> Option<&mut Row> {
        self.version += 1;
        let place = self.place(id)?;
        self.rows.get_mut(place)
    }

    fn place(&self, id: u64) -> Option<usize> {
        self.rows.binary_search_by_key(&id, |row| row.id).ok()
    }

    /// Adds a record under the next id.
    pub(in crate::demo) fn push(&mut self, created: i64, changed: i64, values: Values) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        self.version += 1;
        self.rows.push(Row {
            id,
            created,
            changed,
            archived: None,
            values,
        });
        id
    }

    /// Removes a record for good.
    pub(super) fn remove(&mut self, id: u64) -> Option<Row> {
        self.version += 1;
        let place = self.place(id)?;
        Some(self.rows.remove(place))
    }

    /// Gives every value under one number another, without a trace.
    pub(in crate::demo) fn rewrite(&mut self, number: PropertyNumber, new: impl Fn(u64, &str) -> String) {
        self.version += 1;
        for row in &mut self.rows {
            if let Some(value) = row.values.get(number) {
                let value = new(row.id, value);
                row.values.set(number, Some(&value));
            }
        }
    }

    /// Counts changes.
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    /// Remembers how a record was before a change, for as long as the search index does.
    pub(super) fn keep_for_index(&mut self, id: u64, until: i64, now: i64) {
        self.unindexed.retain(|change| change.until > now);
        let before = self.row(id).cloned();
        self.unindexed.push(Unindexed { id, until, before });
    }

    /// Keeps a new record from the search index for a while.
    pub(super) fn hide_from_index(&mut self, id: u64, until: i64, now: i64) {
        self.unindexed.retain(|change| change.until > now);
        self.unindexed.push(Unindexed {
            id,
            until,
            before: None,
        });
    }

    /// The records as the search index knows them now, by id.
    pub(super) fn indexed(&self, now: i64) -> Vec<&Row> {
        let stale: Vec<&Unindexed> = self
            .unindexed
            .iter()
            .filter(|change| change.until > now)
            .collect();
        if stale.is_empty() {
            return self.rows.iter().collect();
        }
        let mut rows: Vec<&Row> = self
            .rows
            .iter()
            .filter(|row| stale.iter().all(|change| change.id != row.id))
            .collect();
        for (place, change) in stale.iter().enumerate() {
            let first = stale[..place].iter().all(|earlier| earlier.id != change.id);
            if first {
                rows.extend(&change.before);
            }
        }
        rows.sort_unstable_by_key(|row| row.id);
        rows
    }

    /// Whether the search index knows everything.
    pub(super) fn is_indexed(&self, now: i64) -> bool {
        self.unindexed.iter().all(|change| change.until <= now)
    }
}
