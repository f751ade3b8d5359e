//! What a portal holds and how it changes: records, links, schema, owners, clock. No HTTP here.
//!
//! Tests edit a portal between two syncs through [`Portal`]'s methods, as colleagues would in the CRM's own interface.

mod edit;
mod links;
mod object_type;
pub(in crate::demo) mod people;
pub(in crate::demo) mod pipelines;
pub(in crate::demo) mod properties;
pub mod query;
pub(in crate::demo) mod row;
pub mod schema;
mod table;
mod validate;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use jiff::Timestamp;

pub use edit::{NewValues, Refused};
pub use links::Links;
pub use object_type::ObjectType;
pub use people::{Person, Team};
pub use row::Row;
pub(in crate::demo) use row::{Packer, PropertyNumber};
use schema::Source;
pub use schema::{Property, Schema, ValueType};
pub(in crate::demo) use table::Table;

/// One value that a property had, and from when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// When it became so, Unix milliseconds.
    pub at: i64,
    /// What it became; empty when it was cleared.
    pub value: String,
    /// Who did it, in HubSpot's words: `CRM_UI`, `INTEGRATION`, `IMPORT` …
    pub by: &'static str,
}

/// A rule of the portal's admin: a record of which one property has this value must have another one set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The kind of record.
    pub kind: ObjectType,
    /// The property, and the value that makes the rule hold.
    pub when: (String, String),
    /// The property that must be set then.
    pub required: String,
}

/// Past values from before the server started, made up when they are asked for: a large book has millions.
pub(in crate::demo) type PastSource = Box<dyn Fn(&Portal, ObjectType, u64, &str) -> Option<Vec<Past>> + Send>;

/// A portal: all that the server serves.
pub struct Portal {
    /// HubSpot's id of the portal.
    pub id: u64,
    /// Properties per object type.
    pub schema: Schema,
    /// Owners, archived ones too.
    pub people: Vec<Person>,
    /// Associations.
    pub links: Links,
    /// Scopes that the key does not have.
    pub missing_scopes: HashSet<String>,
    /// Rules of the portal's admin that hold for every write.
    pub rules: Vec<Rule>,
    /// Whether a batch with a bad input is refused as a whole, after what stood before it was done.
    pub untraced: bool,
    /// How much later the search index learns of changes, milliseconds.
    pub index_lag: i64,
    /// As many linked records as one page of associations holds.
    pub links_per_page: usize,
    tables: Vec<Table>,
    aliases: HashMap<(ObjectType, u64), u64>,
    edits: HashMap<(ObjectType, u64, PropertyNumber), Vec<Past>>,
    past: Option<PastSource>,
    clock: Clock,
}

#[derive(Debug)]
struct Clock {
    now: i64,
    ticking_since: Option<Instant>,
}

impl std::fmt::Debug for Portal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Portal")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Portal {
    /// An empty portal with the standard schema.
    pub fn new(id: u64, now: Timestamp, ticks: bool) -> Self {
        Self {
            id,
            schema: Schema::standard(),
            people: Vec::new(),
            links: Links::default(),
            missing_scopes: HashSet::new(),
            rules: Vec::new(),
            untraced: false,
            index_lag: 0,
            links_per_page: 500,
            tables: ObjectType::ALL.into_iter().map(Table::new).collect(),
            aliases: HashMap::new(),
            edits: HashMap::new(),
            past: None,
            clock: Clock {
                now: now.as_millisecond(),
                ticking_since: ticks.then(Instant::now),
            },
        }
    }

    /// The portal's present, Unix milliseconds.
    pub fn now(&self) -> i64 {
        let run = self
            .clock
            .ticking_since
            .map_or(0, |since| since.elapsed().as_millis() as i64);
        self.clock.now + run
    }

    /// Lets time pass.
    pub fn advance(&mut self, time: Duration) {
        self.clock.now += time.as_millis() as i64;
    }

    /// The stamp of a write: a millisecond later than the one before.
    fn stamp(&mut self) -> i64 {
        self.clock.now += 1;
        self.now()
    }

    /// All records of a kind, archived ones too, by id.
    pub fn rows(&self, kind: ObjectType) -> &[Row] {
        self.tables[kind as usize].rows()
    }

    /// Ids of the records of a kind that are not archived.
    pub fn ids(&self, kind: ObjectType) -> Vec<u64> {
        let alive = self.rows(kind).iter().filter(|row| row.archived.is_none());
        alive.map(|row| row.id).collect()
    }

    /// The record of that id; an id that was merged away gives the record it went into.
    pub fn row(&self, kind: ObjectType, id: u64) -> Option<&Row> {
        self.tables[kind as usize].row(self.resolve(kind, id))
    }

    /// The id that stands for this one after merges.
    pub fn resolve(&self, kind: ObjectType, id: u64) -> u64 {
        let mut id = id;
        while let Some(next) = self.aliases.get(&(kind, id)) {
            id = *next;
        }
        id
    }

    /// The value of a property by name; `None` when it is not set or there is no such property.
    pub fn value(&self, kind: ObjectType, id: u64, name: &str) -> Option<String> {
        let (number, property) = self.schema.find(kind, name)?;
        let row = self.row(kind, id)?;
        self.read(kind, row, number, property).map(Cow::into_owned)
    }

    /// Ids of the records (not archived) of which the property has this value.
    pub fn find(&self, kind: ObjectType, name: &str, value: &str) -> Vec<u64> {
        let Some((number, property)) = self.schema.find(kind, name) else {
            return Vec::new();
        };
        let rows = self.rows(kind).iter().filter(|row| row.archived.is_none());
        rows.filter(|row| self.read(kind, row, number, property).as_deref() == Some(value))
            .map(|row| row.id)
            .collect()
    }

    /// The value of a property of a record, computed where it must be.
    pub(in crate::demo) fn read<'a>(
        &self,
        kind: ObjectType,
        row: &'a Row,
        number: PropertyNumber,
        property: &Property,
    ) -> Option<Cow<'a, str>> {
        let stage = || {
            let name = if kind == ObjectType::Deals {
                "dealstage"
            } else {
                "hs_pipeline_stage"
            };
            let (number, _) = self.schema.find(kind, name)?;
            pipelines::stage_of(kind, row.values.get(number)?)
        };
        match property.source {
            Source::Stored | Source::ReadOnly => row.values.get(number).map(Cow::Borrowed),
            Source::Id => Some(row.id.to_string().into()),
            Source::Created => Some(instant(row.created).into()),
            Source::Changed => Some(instant(row.changed).into()),
            Source::Count(other) => Some(self.alive(kind, row.id, other).count().to_string().into()),
            Source::OpenDeals => Some(self.open_deals(kind, row.id).to_string().into()),
            Source::LastContacted => self.last_contacted(kind, row.id).map(|at| instant(at).into()),
            Source::Closed => stage().map(|stage| stage.closed.to_string().into()),
            Source::Won => {
                stage().map(|stage| (stage.closed && stage.probability == "1.0").to_string().into())
            }
            Source::Probability => stage().map(|stage| stage.probability.into()),
        }
    }

    fn alive(&self, kind: ObjectType, id: u64, other: ObjectType) -> impl Iterator<Item = &Row> {
        let linked = self
            .links
            .of((kind, id), other)
            .filter_map(move |id| self.row(other, id));
        linked.filter(|row| row.archived.is_none())
    }

    fn open_deals(&self, kind: ObjectType, id: u64) -> usize {
        let Some((number, _)) = self.schema.find(ObjectType::Deals, "dealstage") else {
            return 0;
        };
        let stages = self
            .alive(kind, id, ObjectType::Deals)
            .filter_map(|deal| deal.values.get(number));
        let stages = stages.filter_map(|stage| pipelines::stage_of(ObjectType::Deals, stage));
        stages.filter(|stage| !stage.closed).count()
    }

    fn last_contacted(&self, kind: ObjectType, id: u64) -> Option<i64> {
        [ObjectType::Calls, ObjectType::Meetings, ObjectType::Emails]
            .into_iter()
            .filter_map(|touch| {
                let (number, _) = self.schema.find(touch, "hs_timestamp")?;
                let stamps = self
                    .alive(kind, id, touch)
                    .filter_map(|row| row.values.get(number));
                stamps.filter_map(query::milliseconds).max()
            })
            .max()
    }

    /// Every value that a property had, newest first.
    pub fn history(&self, kind: ObjectType, id: u64, name: &str) -> Vec<Past> {
        let Some((number, property)) = self.schema.find(kind, name) else {
            return Vec::new();
        };
        let Some(row) = self.row(kind, id) else {
            return Vec::new();
        };
        let mut past = match self.edits.get(&(kind, row.id, number)) {
            Some(edits) => edits.clone(),
            None => self.made_up(kind, row, name),
        };
        if past.is_empty() {
            let value = self.read(kind, row, number, property).map(Cow::into_owned);
            past.extend(value.map(|value| Past {
                at: row.created,
                value,
                by: "CRM_UI",
            }));
        }
        past.reverse();
        past
    }

    fn made_up(&self, kind: ObjectType, row: &Row, name: &str) -> Vec<Past> {
        let source = self.past.as_ref();
        source
            .and_then(|source| source(self, kind, row.id, name))
            .unwrap_or_default()
    }

    /// Counts changes of records and links, so that a search can be kept for its next page.
    fn version(&self) -> u64 {
        self.links.version() + self.tables.iter().map(Table::version).sum::<u64>()
    }

    /// The owner of that id.
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.id.to_string() == id)
    }

    pub(in crate::demo) fn table_mut(&mut self, kind: ObjectType) -> &mut Table {
        &mut self.tables[kind as usize]
    }

    pub(in crate::demo) fn table(&self, kind: ObjectType) -> &Table {
        &self.tables[kind as usize]
    }

    /// Replaces what a property was, oldest first; for filling a portal.
    pub(in crate::demo) fn set_history(&mut self, kind: ObjectType, id: u64, name: &str, past: Vec<Past>) {
        if let Some((number, _)) = self.schema.find(kind, name) {
            self.edits.insert((kind, id, number), past);
        }
    }

    /// Lets an id be one that was merged into a record long ago; for filling a portal.
    pub(in crate::demo) fn merged_before(&mut self, kind: ObjectType, old: u64, id: u64, at: i64) {
        self.aliases.insert((kind, old), id);
        let Some((number, _)) = self.schema.find(kind, "hs_merged_object_ids") else {
            return;
        };
        let value = old.to_string();
        if let Some(row) = self.tables[kind as usize].row_mut(id) {
            row.values.set(number, Some(&value));
        }
        let merged = Past {
            at,
            value,
            by: "MERGE_OBJECTS",
        };
        self.edits.insert((kind, id, number), vec![merged]);
    }

    pub(in crate::demo) fn set_past(&mut self, source: PastSource) {
        self.past = Some(source);
    }
}

/// An instant as HubSpot writes it: RFC 3339 in UTC, with a fraction only where there is one.
pub(in crate::demo) fn instant(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_string()
}
