//! A write that waits, changed before it is sent: a form with what a person wrote of it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::purpose::{choices, day, line_of};
use super::{Field, Form, Purpose, Shape};
use crate::domain::acts::edit::EditableField;
use crate::domain::acts::{About, END_OF_DAY, Occasion, Somebody, note};
use crate::domain::outbox::{self, Change, Entry, EntryId, OutboxView, Write};
use crate::domain::record::{Core, Kind};

/// Of what is made these are a person's own words and choices, in the order of the form.
const OWN: [Core; 4] = [Core::Subject, Core::Due, Core::Owner, Core::Body];

/// A write that is changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Revising {
    /// The entry that it belongs to.
    pub id: EntryId,
    /// What the entry is called, raw.
    pub title: String,
    /// What it writes as long as nothing is changed.
    pub write: Write,
    /// What each field of the form changes, and what the CRM takes in it where that is known.
    fields: Vec<(outbox::Field, Option<EditableField>)>,
}

impl Form {
    /// An entry's write, to be changed; `None` when nothing of it was typed by a person.
    pub fn revise(entry: &Entry, view: &OutboxView, people: &[Somebody], zone: &TimeZone) -> Option<Self> {
        let values: Vec<(outbox::Field, String)> = match &entry.new.write {
            Write::Create { fields, .. } => {
                let own = OWN.into_iter().map(outbox::Field::Core);
                own.filter_map(|field| Some((field.clone(), fields.get(&field)?.clone())))
                    .collect()
            }
            Write::Update { changes, .. } => changes
                .iter()
                .map(|change| (change.field.clone(), change.to.clone().unwrap_or_default()))
                .collect(),
            Write::Archive { .. } => Vec::new(),
        };
        if values.is_empty() {
            return None;
        }
        let kind = entry.new.write.kind();
        let fields: Vec<_> = values
            .into_iter()
            .map(|(field, value)| {
                let editable = mapped(view, kind, &field, &value);
                let line = match &editable {
                    Some(editable) => line_of(editable, people),
                    None => shown(&field, &value, view, people, zone),
                };
                ((field, editable), line)
            })
            .collect();
        let (fields, lines) = fields.into_iter().unzip();
        let about = entry.new.account.as_ref().map(|id| About {
            id: id.clone(),
            name: view.account_name(id).to_owned(),
        });
        let revising = Revising {
            id: entry.id,
            title: entry.new.title.clone(),
            write: entry.new.write.clone(),
            fields,
        };
        Some(Self::new(Purpose::Revise(Box::new(revising)), about, lines))
    }

    /// What is changed, and what it writes from now on; the error is one sentence for the person.
    pub fn revised(&self, on: &Occasion) -> Result<(&Revising, Write), String> {
        let Purpose::Revise(revising) = &self.purpose else {
            return Err("nothing that waits is changed here".to_owned());
        };
        let mut write = revising.write.clone();
        let touched = revising
            .fields
            .iter()
            .zip(&self.fields)
            .filter(|(_, line)| !line.is_untouched());
        for ((field, editable), line) in touched {
            put(&mut write, field, value(on, field, editable.as_ref(), line)?)?;
        }
        if write == revising.write {
            return Err("nothing was changed: esc leaves it as it was, and r sends it as it is".to_owned());
        }
        Ok((revising, write))
    }
}

/// What the CRM takes in a mapped field, with the value that waits.
fn mapped(view: &OutboxView, kind: Kind, field: &outbox::Field, value: &str) -> Option<EditableField> {
    if !matches!(field, outbox::Field::Mapped(_)) {
        return None;
    }
    let editable = view.editable(kind, field)?;
    let value = Some(value.to_owned()).filter(|value| !value.is_empty());
    Some(EditableField { value, ..editable })
}

fn shown(
    field: &outbox::Field,
    value: &str,
    view: &OutboxView,
    people: &[Somebody],
    zone: &TimeZone,
) -> Field {
    let (label, shape, text) = match field {
        outbox::Field::Core(Core::Body) => ("text".to_owned(), Shape::Text, value.to_owned()),
        outbox::Field::Core(Core::Due) => ("due".to_owned(), Shape::Day, local(value, zone)),
        outbox::Field::Core(Core::Owner) => {
            let owner = people.iter().find(|one| one.id.as_str() == value);
            let name = owner.map_or("", |one| one.name.as_str());
            (
                "owner".to_owned(),
                Shape::Choice(choices(people)),
                name.to_owned(),
            )
        }
        _ => (view.label(field), Shape::Line, value.to_owned()),
    };
    Field::new(&label, shape, &text)
}

/// An instant as a person would type it, in their zone; a text that is none stays.
fn local(value: &str, zone: &TimeZone) -> String {
    let instant = value.parse::<Timestamp>();
    instant.map_or_else(
        |_| value.to_owned(),
        |instant| instant.to_zoned(zone.clone()).strftime("%F %H:%M").to_string(),
    )
}

/// What a line means, as the outbox keeps it; `None` empties the field.
fn value(
    on: &Occasion,
    field: &outbox::Field,
    editable: Option<&EditableField>,
    line: &Field,
) -> Result<Option<String>, String> {
    match line.shape {
        Shape::Day => {
            let Some((day, at)) = day(on, line)? else {
                return Ok(None);
            };
            let instant = on.instant(day, at.unwrap_or(END_OF_DAY));
            let instant = instant.ok_or_else(|| format!("{day} cannot be a due date"))?;
            Ok(Some(instant.to_string()))
        }
        Shape::Choice(_) => Ok(line.chosen()?.map(|(value, _)| value)),
        Shape::Line | Shape::Text => {
            let text = line.text();
            if let Some(editable) = editable {
                // Nobody of us is named in a line: they are a choice.
                return editable.parse(on, &[], &text);
            }
            if matches!(field, outbox::Field::Core(Core::Body | Core::Subject)) {
                note::check_text(&text, &line.label)?;
            }
            Ok(Some(text.trim_end().to_owned()).filter(|text| !text.is_empty()))
        }
    }
}

fn put(write: &mut Write, field: &outbox::Field, value: Option<String>) -> Result<(), String> {
    let of_field = |change: &&mut Change| change.field == *field;
    match (write, value) {
        (Write::Update { changes, .. }, value) => {
            changes
                .iter_mut()
                .filter(of_field)
                .for_each(|change| change.to.clone_from(&value));
        }
        (Write::Create { fields, .. }, Some(value)) => {
            fields.insert(field.clone(), value);
        }
        (Write::Create { .. }, None) => return Err("what is made needs a day and an owner".to_owned()),
        (Write::Archive { .. }, _) => {}
    }
    Ok(())
}
