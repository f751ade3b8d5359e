//! HubSpot's objects as neutral records.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::kinds::{EMAIL_HTML, Shape, shape};
use super::schema::{Schema, Stages};
use super::value;
use super::wire::Object;
use crate::domain::record::{Core, Kind, Record, RecordId};

/// What one property is wanted for.
#[derive(Debug, Default, Clone, Copy)]
struct Use {
    core: Option<Core>,
    mapped: bool,
}

/// Turns the objects of one kind into records, with the properties of one mapping.
pub struct Reader {
    /// The kind.
    pub kind: Kind,
    shape: &'static Shape,
    uses: HashMap<String, Use>,
    names: Vec<String>,
    schema: Arc<Schema>,
    stages: Arc<Stages>,
    zone: TimeZone,
}

impl Reader {
    /// A reader for these properties of the mapping; those that HubSpot does not have are left out.
    pub fn new(
        kind: Kind,
        mapped: &[String],
        schema: Arc<Schema>,
        stages: Arc<Stages>,
        zone: TimeZone,
    ) -> Self {
        let shape = shape(kind);
        let mut uses: HashMap<String, Use> = HashMap::new();
        for (property, core) in shape.fields {
            uses.entry((*property).to_owned()).or_default().core = Some(*core);
        }
        for property in mapped {
            uses.entry(property.clone()).or_default().mapped = true;
        }
        let own = shape.fields.iter().map(|(property, _)| *property);
        let own = own.chain([shape.cursor]).chain(shape.helpers.iter().copied());
        let mut seen = HashSet::new();
        // The core fields come first, so that they are together in the first part.
        let names: Vec<String> = own
            .chain(mapped.iter().map(String::as_str))
            .filter(|name| schema.has(name) && seen.insert(*name))
            .map(str::to_owned)
            .collect();
        Self {
            kind,
            shape,
            uses,
            names,
            schema,
            stages,
            zone,
        }
    }

    /// The properties to ask for, in parts of at most so many names and bytes; never no part at all.
    /// The core fields are all in the first.
    pub fn parts(&self, names: usize, bytes: usize) -> Vec<&[String]> {
        let mut parts = Vec::new();
        let (mut start, mut length) = (0, 0);
        for (place, name) in self.names.iter().enumerate() {
            if place > start && (place - start == names || length + name.len() >= bytes) {
                parts.push(&self.names[start..place]);
                (start, length) = (place, 0);
            }
            length += name.len() + 1;
        }
        parts.push(&self.names[start..]);
        parts
    }

    /// One object as a record.
    pub fn record(&self, object: &Object<'_>) -> Result<Record, String> {
        let stamp = |text: Option<&str>| text.and_then(value::instant);
        let values = &object.properties.0;
        let property = |name: &str| {
            values
                .iter()
                .find(|(key, _)| key.as_str() == name)
                .map(|(_, value)| value.as_str())
        };
        let created = stamp(object.created_at.as_ref().map(super::wire::Text::as_str));
        let changed = stamp(property(self.shape.cursor))
            .or_else(|| stamp(object.updated_at.as_ref().map(super::wire::Text::as_str)))
            .or(created)
            .ok_or("a record has no stamp")?;
        let mut record = Record {
            kind: self.kind,
            id: RecordId(object.id.as_str().to_owned()),
            created: created.unwrap_or(changed),
            changed,
            archived: object.archived,
            core: BTreeMap::new(),
            mapped: BTreeMap::new(),
        };
        for (name, text) in values {
            let Some(wanted) = self.uses.get(name.as_str()) else {
                continue;
            };
            if wanted.mapped {
                record
                    .mapped
                    .insert(name.as_str().to_owned(), text.as_str().to_owned());
            }
            if let Some(core) = wanted.core
                && let Some(text) = self.core_value(core, name.as_str(), text.as_str())
            {
                record.core.insert(core, text);
            }
        }
        self.add_stage(
            &mut record,
            property("hs_is_closed"),
            property("hs_is_closed_won"),
        );
        if self.kind == Kind::Email
            && record.core(Core::Body).is_none_or(|body| body.trim().is_empty())
            && let Some(html) = property(EMAIL_HTML)
        {
            record.core.insert(Core::Body, html.to_owned());
        }
        if self.kind == Kind::Task {
            record
                .core
                .entry(Core::Done)
                .or_insert_with(|| "false".to_owned());
        }
        Ok(record)
    }

    /// A property's value as the core field has it.
    pub fn core_value(&self, core: Core, property: &str, text: &str) -> Option<String> {
        match core {
            Core::Due | Core::Occurred | Core::ClosedAt => value::instant(text).map(|at| at.to_string()),
            Core::CloseDate => value::date(text, &self.zone).map(|day| day.to_string()),
            Core::Done => Some(text.eq_ignore_ascii_case("completed").to_string()),
            Core::Priority => priority(text),
            Core::SurveyKind => Some(text.to_lowercase()),
            Core::Domain => Some(bare_domain(text)),
            Core::Outcome => Some(self.schema.label(property, text).unwrap_or(text).to_owned()),
            _ => Some(text.to_owned()),
        }
    }

    fn add_stage(&self, record: &mut Record, closed: Option<&str>, won: Option<&str>) {
        let Some(stage) = record.core.get(&Core::StageId) else {
            return;
        };
        let known = self.stages.find(record.core(Core::Pipeline), stage).cloned();
        let told = |text: Option<&str>| text.and_then(value::boolean);
        let closed = known.as_ref().map(|stage| stage.closed).or(told(closed));
        let won = known.as_ref().map(|stage| stage.won).or(told(won));
        record.core.extend(known.map(|stage| (Core::Stage, stage.label)));
        record
            .core
            .extend(closed.map(|closed| (Core::Closed, closed.to_string())));
        if self.kind == Kind::Contract {
            record.core.extend(won.map(|won| (Core::Won, won.to_string())));
        }
    }
}

/// Adds what a further part of the properties gave to the records of the first.
pub fn complete(records: &mut [Record], further: Vec<Record>) {
    let mut by_id: HashMap<RecordId, Record> = further
        .into_iter()
        .map(|record| (record.id.clone(), record))
        .collect();
    for record in records {
        if let Some(more) = by_id.remove(&record.id) {
            record.mapped.extend(more.mapped);
        }
    }
}

/// The last-changed stamp of a hit.
pub fn changed(kind: Kind, object: &Object<'_>) -> Option<Timestamp> {
    let cursor = shape(kind).cursor;
    let property = object
        .properties
        .0
        .iter()
        .find(|(name, _)| name.as_str() == cursor);
    property
        .and_then(|(_, text)| value::instant(text.as_str()))
        .or_else(|| value::instant(object.updated_at.as_ref()?.as_str()))
}

fn priority(text: &str) -> Option<String> {
    let word = text.to_lowercase();
    ["low", "medium", "high", "urgent"]
        .contains(&word.as_str())
        .then_some(word)
}

fn bare_domain(text: &str) -> String {
    let text = text.trim();
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    rest.split(['/', '?', '#'])
        .next()
        .unwrap_or_default()
        .to_lowercase()
}

#[cfg(test)]
mod tests;
