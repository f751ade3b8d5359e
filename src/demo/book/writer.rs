//! Writes records into a portal by property name.

use std::collections::HashMap;
use std::fmt::Display;

use crate::demo::portal::{ObjectType, Packer, Past, Portal, PropertyNumber, instant};

use super::calendar::Calendar;

/// Values of a new record, by property name. Empty ones are not set.
pub(super) type Values<'a> = &'a [(&'a str, &'a dyn Display)];

/// Writes into a portal.
pub(super) struct Writer<'p> {
    pub(super) portal: &'p mut Portal,
    pub(super) calendar: Calendar,
    numbers: Vec<HashMap<String, PropertyNumber>>,
    packer: Packer,
}

/// A value that may not be there.
pub(super) struct Maybe<T>(pub(super) Option<T>);

impl<T: Display> Display for Maybe<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.as_ref().map_or(Ok(()), |value| value.fmt(f))
    }
}

impl<'p> Writer<'p> {
    pub(super) fn new(portal: &'p mut Portal) -> Self {
        let numbers = |kind| {
            let present = portal.schema.present(kind);
            present
                .map(|(number, property)| (property.name.clone(), number))
                .collect()
        };
        Self {
            numbers: ObjectType::ALL.into_iter().map(numbers).collect(),
            calendar: Calendar::new(portal.now()),
            packer: Packer::default(),
            portal,
        }
    }

    /// Writes a record and gives its id.
    pub(super) fn record(&mut self, kind: ObjectType, created: i64, changed: i64, values: Values) -> u64 {
        for (name, value) in values {
            if let Some(number) = self.numbers[kind as usize].get(*name) {
                self.packer.put(*number, value);
            }
        }
        let values = self.packer.take();
        let now = self.calendar.now;
        self.portal
            .table_mut(kind)
            .push(created.min(now), changed.min(now), values)
    }

    /// Writes a record that happened at one instant and is linked to others.
    pub(super) fn event(
        &mut self,
        kind: ObjectType,
        at: i64,
        to: &[(ObjectType, u64)],
        values: Values,
    ) -> u64 {
        let stamp = instant(at);
        let mut all: Vec<(&str, &dyn Display)> = vec![("hs_timestamp", &stamp)];
        all.extend_from_slice(values);
        let written = at.min(self.calendar.now);
        let id = self.record(kind, written, written, &all);
        for end in to {
            self.portal.links.push((kind, id), *end);
        }
        id
    }

    /// Writes what a property was before, oldest first; the last one is what it is now.
    pub(super) fn past(&mut self, kind: ObjectType, id: u64, name: &str, values: &[(i64, &str)]) {
        let past = values
            .iter()
            .map(|(at, value)| Past {
                at: *at,
                value: (*value).to_owned(),
                by: "CRM_UI",
            })
            .collect();
        self.portal.set_history(kind, id, name, past);
    }
}
