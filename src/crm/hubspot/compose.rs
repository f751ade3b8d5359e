//! Neutral fields as HubSpot's properties: the reverse of `map`, and what a new record needs beside them.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::kinds::{Shape, association, shape};
use super::schema::Schema;
use crate::crm::NewRecord;
use crate::domain::html;
use crate::domain::outbox::Field;
use crate::domain::record::{Core, Kind};
use crate::domain::words;

/// Properties and values as they are sent.
pub type Properties = Map<String, Value>;

/// Turns neutral fields of one kind into HubSpot's.
pub struct Composer<'a> {
    kind: Kind,
    shape: &'static Shape,
    schema: &'a Schema,
}

impl<'a> Composer<'a> {
    /// A composer for this kind.
    pub fn new(kind: Kind, schema: &'a Schema) -> Self {
        Self {
            kind,
            shape: shape(kind),
            schema,
        }
    }

    /// A new record as an input of a batch, with its associations and its signature line; its key in the
    /// property of that name. The error is a sentence for the person.
    pub fn input(&self, record: &NewRecord, key: Option<&str>) -> Result<Value, String> {
        let given = record
            .fields
            .iter()
            .map(|(field, text)| (field, Some(text.as_str())));
        let mut properties = self.properties(given)?;
        self.sign(&mut properties, record);
        for (name, value) in starts_with(self.kind) {
            if self.schema.has(name) {
                properties
                    .entry((*name).to_owned())
                    .or_insert_with(|| json!(value));
            }
        }
        if self.kind == Kind::Meeting
            && let Some(at) = properties.get("hs_timestamp").cloned()
        {
            properties.entry("hs_meeting_start_time").or_insert(at);
        }
        if let Some(key) = key {
            properties.insert(key.to_owned(), json!(record.key));
        }
        let mut associations = Vec::new();
        for (kind, id) in &record.about {
            let Some(number) = association(self.kind, *kind) else {
                return Err(format!(
                    "a {} cannot be linked to a {} there",
                    self.kind.word(),
                    kind.word()
                ));
            };
            let types = [json!({"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": number})];
            associations.push(json!({"to": {"id": id.as_str()}, "types": types}));
        }
        Ok(json!({
            "properties": properties,
            "associations": associations,
            "objectWriteTraceId": record.key,
        }))
    }

    /// Fields as properties; an empty value clears.
    pub fn properties<'f>(
        &self,
        fields: impl Iterator<Item = (&'f Field, Option<&'f str>)>,
    ) -> Result<Properties, String> {
        let mut properties = Properties::new();
        for (field, text) in fields {
            let text = text.unwrap_or_default();
            let (name, value) = match field {
                Field::Mapped(name) => (name.clone(), text.to_owned()),
                Field::Core(core) => {
                    let name = self.name(*core).ok_or_else(|| {
                        format!(
                            "`{}` of a {} cannot be written there",
                            core.name(),
                            self.kind.word()
                        )
                    })?;
                    (name.to_owned(), self.value(*core, name, text))
                }
            };
            properties.insert(name, Value::String(value));
        }
        Ok(properties)
    }

    /// The property behind a core field, unless HubSpot keeps it itself.
    fn name(&self, core: Core) -> Option<&'static str> {
        let mut fields = self.shape.fields.iter();
        let found = fields.find(|(_, field)| *field == core && core != Core::MergedIds);
        found.map(|(property, _)| *property)
    }

    fn value(&self, core: Core, property: &str, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        match core {
            // HubSpot keeps milliseconds; what is finer is cut, as it does.
            Core::Due | Core::Occurred | Core::ClosedAt => text
                .parse::<Timestamp>()
                .and_then(|at| Timestamp::from_millisecond(at.as_millisecond()))
                .map_or_else(|_| text.to_owned(), |at| at.to_string()),
            // HubSpot keeps a day as its midnight in UTC.
            Core::CloseDate => text
                .parse::<Date>()
                .map_or_else(|_| text.to_owned(), |day| format!("{day}T00:00:00Z")),
            Core::Done => if text == "true" {
                "COMPLETED"
            } else {
                "NOT_STARTED"
            }
            .to_owned(),
            Core::Priority => text.to_uppercase(),
            Core::Outcome => self.schema.value(property, text).unwrap_or(text).to_owned(),
            Core::Body if is_formatted(property) => html::from_text(text),
            _ => text.to_owned(),
        }
    }

    /// Adds who wrote it and the key as the last line, above one that binds it: the portal itself only knows whose key it is.
    fn sign(&self, properties: &mut Properties, record: &NewRecord) {
        let Some(name) = self.name(Core::Body) else {
            return;
        };
        let author = record.author.replace(['\r', '\n'], " ");
        let line = format!("{author} · retain {}", record.key);
        let (line, end) = if is_formatted(name) {
            (html::from_text(&line), "<br>")
        } else {
            (line, "\n")
        };
        let text = properties.get(name).and_then(Value::as_str).unwrap_or_default();
        let signed = words::signed(text, &line, end);
        properties.insert(name.to_owned(), Value::String(signed));
    }
}

/// Whether HubSpot shows the property's values as HTML.
fn is_formatted(property: &str) -> bool {
    matches!(
        property,
        "hs_note_body" | "hs_task_body" | "hs_call_body" | "hs_meeting_body"
    )
}

/// What a new record of a kind says unless something else is said.
fn starts_with(kind: Kind) -> &'static [(&'static str, &'static str)] {
    match kind {
        Kind::Task => &[("hs_task_status", "NOT_STARTED"), ("hs_task_type", "TODO")],
        Kind::Call => &[("hs_call_status", "COMPLETED")],
        Kind::Email => &[("hs_email_direction", "EMAIL"), ("hs_email_status", "SENT")],
        _ => &[],
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::crm::{Property, ValueType};
    use crate::domain::record::RecordId;

    fn new(fields: &[(Core, &str)]) -> NewRecord {
        NewRecord {
            key: "K7Q2".to_owned(),
            fields: fields
                .iter()
                .map(|(core, text)| (Field::Core(*core), (*text).to_owned()))
                .collect::<BTreeMap<_, _>>(),
            about: vec![(Kind::Account, RecordId::from("12"))],
            author: "Mara Lindt".to_owned(),
            since: Timestamp::MIN,
        }
    }

    #[test]
    fn a_note_is_signed_linked_and_escaped() {
        let note = new(&[
            (Core::Body, "a < b\nend\n"),
            (Core::Occurred, "2026-11-23T09:00:00+01:00"),
        ]);
        let schema = Schema::default();
        let input = Composer::new(Kind::Note, &schema).input(&note, None).unwrap();
        assert_eq!(
            input,
            json!({
                "properties": {
                    "hs_note_body": "a &lt; b<br>end<br><br>Mara Lindt · retain K7Q2",
                    "hs_timestamp": "2026-11-23T08:00:00Z",
                },
                "associations": [{
                    "to": {"id": "12"},
                    "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 190}],
                }],
                "objectWriteTraceId": "K7Q2",
            })
        );
        let keyed = Composer::new(Kind::Note, &schema)
            .input(&note, Some("retain_key"))
            .unwrap();
        assert_eq!(keyed["properties"]["retain_key"], "K7Q2");
        let bare = Composer::new(Kind::Email, &schema)
            .input(&new(&[]), None)
            .unwrap();
        assert_eq!(bare["properties"]["hs_email_text"], "Mara Lindt · retain K7Q2");
        assert_eq!(bare["properties"]["hs_email_direction"], "EMAIL");
    }

    #[test]
    fn what_binds_a_text_stays_its_last_line_below_who_wrote_it() {
        let body = "Handoff sent\n\nretain: handoff H-7 event 1\n";
        let composer =
            |kind| Composer::new(kind, &Schema::default()).input(&new(&[(Core::Body, body)]), None);
        let note = composer(Kind::Note).unwrap();
        let expected = "Handoff sent<br><br>Mara Lindt · retain K7Q2<br>retain: handoff H-7 event 1";
        assert_eq!(note["properties"]["hs_note_body"], expected);
        let mail = composer(Kind::Email).unwrap();
        assert_eq!(
            mail["properties"]["hs_email_text"],
            expected.replace("<br>", "\n")
        );
    }

    #[test]
    fn core_fields_become_hubspots_words() {
        let outcome = Property {
            name: "hs_call_disposition".to_owned(),
            label: String::new(),
            value_type: ValueType::Choice,
            options: vec![("f240".to_owned(), "Connected".to_owned())],
            calculated: false,
            unique: false,
            read_only: false,
            is_owner: false,
        };
        let schema = Schema::new(&[outcome]);
        let composed = |kind, core, text: Option<&str>| {
            let field = Field::Core(core);
            let properties = Composer::new(kind, &schema).properties([(&field, text)].into_iter());
            properties.map(|properties| properties.into_iter().next().unwrap())
        };
        let cases = [
            (Kind::Task, Core::Done, "true", "hs_task_status", "COMPLETED"),
            (Kind::Task, Core::Done, "false", "hs_task_status", "NOT_STARTED"),
            (Kind::Task, Core::Priority, "high", "hs_task_priority", "HIGH"),
            (
                Kind::Contract,
                Core::CloseDate,
                "2026-11-30",
                "closedate",
                "2026-11-30T00:00:00Z",
            ),
            (
                Kind::Call,
                Core::Outcome,
                "connected",
                "hs_call_disposition",
                "f240",
            ),
            (Kind::Call, Core::Outcome, "well", "hs_call_disposition", "well"),
            (Kind::Account, Core::Owner, "7", "hubspot_owner_id", "7"),
            (Kind::Ticket, Core::Body, "a<b", "content", "a<b"),
        ];
        for (kind, core, text, name, value) in cases {
            assert_eq!(
                composed(kind, core, Some(text)),
                Ok((name.to_owned(), json!(value))),
                "{core:?}"
            );
        }
        assert_eq!(
            composed(Kind::Task, Core::Priority, None),
            Ok(("hs_task_priority".to_owned(), json!("")))
        );
        for (kind, core) in [(Kind::Contract, Core::Stage), (Kind::Account, Core::MergedIds)] {
            assert!(
                composed(kind, core, Some("x"))
                    .unwrap_err()
                    .contains("cannot be written")
            );
        }
    }
}
