//! How records are written as JSON: straight from the portal's rows.

use serde::Serialize;
use serde::ser::{SerializeMap, SerializeStruct, Serializer};

use crate::demo::portal::properties::by_default;
use crate::demo::portal::{ObjectType, Portal, PropertyNumber, Row, instant};

/// Which properties an answer holds.
pub struct Wanted {
    plain: Vec<(PropertyNumber, String)>,
    history: Vec<String>,
}

impl Wanted {
    /// The asked-for properties that are there, and those that always come.
    pub fn new(portal: &Portal, kind: ObjectType, asked: &[String], history: Vec<String>) -> Self {
        let always = [kind.created_property(), kind.changed_property(), "hs_object_id"];
        let mut names: Vec<&str> = asked.iter().map(String::as_str).collect();
        names.extend(history.iter().map(String::as_str));
        names.extend(if names.is_empty() {
            by_default(kind)
        } else {
            &always
        });
        names.sort_unstable();
        names.dedup();
        let plain = names
            .into_iter()
            .filter_map(|name| {
                portal
                    .schema
                    .find(kind, name)
                    .map(|(number, _)| (number, name.to_owned()))
            })
            .collect();
        Self { plain, history }
    }

    /// Every property that is there, as answers to writes hold them.
    pub fn all(portal: &Portal, kind: ObjectType) -> Self {
        let present = portal.schema.present(kind);
        Self {
            plain: present
                .map(|(number, property)| (number, property.name.clone()))
                .collect(),
            history: Vec::new(),
        }
    }
}

/// One record on its way out.
pub struct Out<'a> {
    /// The portal.
    pub portal: &'a Portal,
    /// The kind of record.
    pub kind: ObjectType,
    /// The record.
    pub row: &'a Row,
    /// Which properties.
    pub wanted: &'a Wanted,
    /// Associations to these kinds, under the names that were asked for.
    pub linked: &'a [(String, ObjectType)],
    /// Whether it was made by an upsert; `None` elsewhere.
    pub new: Option<bool>,
    /// The trace id that the writer gave it.
    pub trace: Option<&'a str>,
}

impl Serialize for Out<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Object", 9)?;
        out.serialize_field("id", &self.row.id.to_string())?;
        out.serialize_field("properties", &Values(self))?;
        if !self.wanted.history.is_empty() {
            out.serialize_field("propertiesWithHistory", &Histories(self))?;
        }
        out.serialize_field("createdAt", &instant(self.row.created))?;
        out.serialize_field("updatedAt", &instant(self.row.changed))?;
        out.serialize_field("archived", &self.row.archived.is_some())?;
        if let Some(at) = self.row.archived {
            out.serialize_field("archivedAt", &instant(at))?;
        }
        if let Some(new) = self.new {
            out.serialize_field("new", &new)?;
        }
        if let Some(trace) = self.trace {
            out.serialize_field("objectWriteTraceId", trace)?;
        }
        let any = |other: ObjectType| {
            self.portal
                .links
                .of((self.kind, self.row.id), other)
                .next()
                .is_some()
        };
        if self.linked.iter().any(|(_, other)| any(*other)) {
            out.serialize_field("associations", &Associations(self))?;
        }
        out.end()
    }
}

struct Values<'a>(&'a Out<'a>);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Out {
            portal,
            kind,
            row,
            wanted,
            ..
        } = self.0;
        let mut map = serializer.serialize_map(Some(wanted.plain.len()))?;
        for (number, name) in &wanted.plain {
            let property = portal.schema.property(*kind, *number);
            let value = property.and_then(|property| portal.read(*kind, row, *number, property));
            map.serialize_entry(name, &value)?;
        }
        map.end()
    }
}

struct Histories<'a>(&'a Out<'a>);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    value: String,
    timestamp: String,
    source_type: &'static str,
}

impl Serialize for Histories<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Out {
            portal,
            kind,
            row,
            wanted,
            ..
        } = self.0;
        let mut map = serializer.serialize_map(None)?;
        for name in &wanted.history {
            let versions: Vec<Version> = portal
                .history(*kind, row.id, name)
                .into_iter()
                .map(|past| Version {
                    value: past.value,
                    timestamp: instant(past.at),
                    source_type: past.by,
                })
                .collect();
            if !versions.is_empty() {
                map.serialize_entry(name, &versions)?;
            }
        }
        map.end()
    }
}

struct Associations<'a>(&'a Out<'a>);

#[derive(Serialize)]
struct LinkedIds {
    results: Vec<LinkedId>,
}

#[derive(Serialize)]
struct LinkedId {
    id: String,
    #[serde(rename = "type")]
    word: String,
}

impl Serialize for Associations<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Out {
            portal,
            kind,
            row,
            linked,
            ..
        } = self.0;
        let mut map = serializer.serialize_map(None)?;
        for (name, other) in *linked {
            let word = format!("{}_to_{}", kind.singular(), other.singular());
            let results: Vec<LinkedId> = portal
                .links
                .of((*kind, row.id), *other)
                .map(|id| LinkedId {
                    id: id.to_string(),
                    word: word.clone(),
                })
                .collect();
            if !results.is_empty() {
                map.serialize_entry(name, &LinkedIds { results })?;
            }
        }
        map.end()
    }
}
