//! What a person can change of a write that waits, and what the CRM asks for beside it.

use std::collections::BTreeSet;

use super::binding::{own_words, reworded};
use super::{Change, Entry, Field, OutboxView, State, Write};
use crate::domain::acts::edit::EditableField;
use crate::domain::record::{Core, Kind, ValueType};
use crate::domain::text;

/// Of what is made these are a person's own words and choices, in the order of a form.
const OWN: [Core; 4] = [Core::Subject, Core::Due, Core::Owner, Core::Body];

/// A field of a write as it can be changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Which field.
    pub field: Field,
    /// What is written into it, as the CRM keeps it; `None` empties it, or leaves it alone where the CRM asks for it. Of a
    /// text that is bound the words alone.
    pub value: Option<String>,
    /// What the CRM takes in it, with the value that waits, where it is a property that is known.
    pub editable: Option<EditableField>,
    /// Whether it is not written yet, but named by the CRM where it refused the write.
    pub is_asked: bool,
}

impl OutboxView {
    /// What a person can change of an entry: what is written, then what the CRM names beside it. Empty when nothing
    /// of it was typed by a person.
    pub fn lines_of(&self, entry: &Entry) -> Vec<Line> {
        let line = |field: Field, value: Option<String>, is_asked| {
            let value = value.map(|value| own_words(&field, &value).to_owned());
            let mapped = Some(&field).filter(|field| matches!(field, Field::Mapped(_)));
            let editable = mapped.and_then(|field| self.editable_in(&entry.new.write, field));
            let editable = editable.map(|editable| EditableField {
                value: value.clone(),
                ..editable
            });
            Line {
                field,
                value,
                editable,
                is_asked,
            }
        };
        let mut lines: Vec<Line> = match &entry.new.write {
            Write::Create { fields, .. } => {
                let named = fields.keys().filter(|field| matches!(field, Field::Mapped(_)));
                let own = OWN.into_iter().map(Field::Core).chain(named.cloned());
                own.filter_map(|field| Some(line(field.clone(), Some(fields.get(&field)?.clone()), false)))
                    .collect()
            }
            Write::Update { changes, .. } => changes
                .iter()
                .map(|change| line(change.field.clone(), change.to.clone(), false))
                .collect(),
            Write::Archive { .. } => Vec::new(),
        };
        if !lines.is_empty() {
            let asked = self.asked_for(entry).into_iter();
            lines.extend(asked.map(|field| line(field, None, true)));
        }
        lines
    }

    /// Properties that the CRM named where it refused an entry and that the entry does not write.
    fn asked_for(&self, entry: &Entry) -> Vec<Field> {
        let kind = entry.new.write.kind();
        let named: BTreeSet<Field> = entry.named().collect();
        let is_known = |field: &Field| self.properties.contains_key(&(kind, field.clone()));
        let written = |field: &Field| match &entry.new.write {
            Write::Create { fields, .. } => fields.contains_key(field),
            Write::Update { changes, .. } => changes.iter().any(|change| change.field == *field),
            Write::Archive { .. } => true,
        };
        named
            .into_iter()
            .filter(|field| is_known(field) && !written(field))
            .collect()
    }
}

impl Entry {
    /// What may be properties in the CRM's own words, where it refused the entry.
    pub fn named(&self) -> impl Iterator<Item = Field> + '_ {
        let said = self.said.as_deref().filter(|_| self.state == State::Parked);
        let words = said
            .unwrap_or_default()
            .split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        words
            .filter(|word| !word.is_empty())
            .map(|word| Field::Mapped(word.to_owned()))
    }
}

impl Kind {
    /// Whether the CRM's properties of such records are known by the mapping.
    pub fn has_mapped_properties(self) -> bool {
        matches!(self, Self::Account | Self::Contact | Self::Contract)
    }
}

impl Write {
    /// Writes another value into a field, also into one that was not written so far. A text that is bound stays so. The
    /// error is one sentence.
    pub fn set(&mut self, field: &Field, value: Option<String>, value_type: ValueType) -> Result<(), String> {
        let written = |value: String| match field {
            Field::Core(core) => text::written(*core, &value),
            Field::Mapped(_) => text::writable(&value),
        };
        match (self, value.map(written)) {
            (Self::Update { changes, .. }, value) => {
                if let Some(change) = changes.iter_mut().find(|change| change.field == *field) {
                    change.to = reworded(field, change.to.as_deref(), value)?;
                } else if value.is_some() {
                    // The CRM asks for it because it is empty; where it is not by then, that is a conflict as ever.
                    changes.push(Change {
                        field: field.clone(),
                        base: None,
                        to: value,
                        value_type,
                    });
                }
            }
            (Self::Create { fields, .. }, Some(value)) => {
                let before = fields.get(field).map(String::as_str);
                if let Some(value) = reworded(field, before, Some(value))? {
                    fields.insert(field.clone(), value);
                }
            }
            (Self::Create { fields, .. }, None) if matches!(field, Field::Mapped(_)) => {
                fields.remove(field);
            }
            (Self::Create { .. }, None) => return Err("what is made needs a day and an owner".to_owned()),
            (Self::Archive { .. }, _) => {}
        }
        Ok(())
    }
}

/// Fields with values as a person types several of them: `cost_center=42; region=emea`. The error is one sentence.
pub fn assignments(text: &str) -> Result<Vec<(Field, String)>, String> {
    let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| match part.split_once('=') {
            Some((name, value)) if !name.trim().is_empty() && !value.trim().is_empty() => {
                let field = Field::Mapped(name.trim().to_owned());
                Ok((field, value.trim().to_owned()))
            }
            _ => Err(format!(
                "`{part}` is no field with a value: write NAME=VALUE, with ; between two"
            )),
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;

    use super::*;
    use crate::domain::outbox::{EntryId, NewEntry, Remedy, Step};
    use crate::domain::record::RecordId;

    fn mapped(name: &str) -> Field {
        Field::Mapped(name.to_owned())
    }

    /// An entry that the CRM refused with these words.
    fn refused(write: Write, said: &str) -> Entry {
        let at = Timestamp::UNIX_EPOCH;
        let new = NewEntry {
            act: "act".to_owned(),
            account: None,
            title: "title".to_owned(),
            write,
            leaves_at: at,
        };
        let mut entry = Entry::queued(EntryId(1), String::new(), String::new(), new, at);
        let said = said.to_owned();
        entry.take(
            Step::Parked {
                said,
                remedy: Remedy::Edit,
            },
            at,
        );
        entry
    }

    fn update() -> Write {
        Write::Update {
            kind: Kind::Account,
            target: crate::domain::outbox::Target::Record(RecordId::from("1")),
            changes: vec![Change {
                field: mapped("tier"),
                base: None,
                to: Some("digital".to_owned()),
                value_type: ValueType::Text,
            }],
        }
    }

    #[test]
    fn what_the_crm_names_is_asked_for_if_it_is_a_property_that_is_not_written() {
        let property = |name: &str| {
            let editable = EditableField {
                kind: Kind::Account,
                record: RecordId::from(""),
                field: mapped(name),
                label: name.to_owned(),
                contract: None,
                value_type: ValueType::Text,
                is_owner: false,
                options: Vec::new(),
                value: None,
                pending: None,
                term: None,
                amount: None,
            };
            ((Kind::Account, mapped(name)), editable)
        };
        let view = OutboxView {
            properties: ["tier", "churn_reason", "region"].map(property).into(),
            ..OutboxView::default()
        };
        let entry = refused(
            update(),
            "with tier \"digital\", required: [churn_reason], churn_reason",
        );
        let lines = view.lines_of(&entry);
        let fields: Vec<(String, bool)> = lines
            .iter()
            .map(|line| (line.field.to_string(), line.is_asked))
            .collect();
        assert_eq!(
            fields,
            [("tier".to_owned(), false), ("churn_reason".to_owned(), true)]
        );
        let mut write = entry.new.write;
        let price = Some("price".to_owned());
        write.set(&lines[1].field, price, ValueType::Text).unwrap();
        let Write::Update { changes, .. } = write else {
            panic!("{write:?}");
        };
        assert_eq!(changes.len(), 2);
        assert_eq!(changes[1].base, None);
    }

    #[test]
    fn fields_of_which_nothing_is_known_are_typed_with_their_names() {
        let typed = assignments("cost_center = 42; region=emea;").unwrap();
        assert_eq!(
            typed,
            [
                (mapped("cost_center"), "42".to_owned()),
                (mapped("region"), "emea".to_owned())
            ]
        );
        assert_eq!(assignments(" ").unwrap(), []);
        for wrong in ["cost_center", "=42", "a=1; b"] {
            assert!(assignments(wrong).unwrap_err().contains("NAME=VALUE"), "{wrong}");
        }
        let mut write = Write::Create {
            kind: Kind::Note,
            fields: BTreeMap::from([(Field::Core(Core::Body), "hello".to_owned())]),
            about: Vec::new(),
        };
        for (field, value) in typed {
            write.set(&field, Some(value), ValueType::Text).unwrap();
        }
        let view = OutboxView::default();
        let lines = view.lines_of(&refused(write, "no"));
        assert_eq!(lines.len(), 3, "what was supplied can be changed again");
    }
}
