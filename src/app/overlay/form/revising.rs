//! A write that waits, changed before it is sent: a form with what a person wrote of it.

use jiff::tz::TimeZone;

use super::purpose::{choices, day, line_of};
use super::reading::moment;
use super::{Field, Form, Hold, Purpose, Reading, Shape};
use crate::domain::acts::edit::EditableField;
use crate::domain::acts::{About, END_OF_DAY, Occasion, Somebody, note, task};
use crate::domain::instant;
use crate::domain::outbox::{self, Entry, EntryId, Line, OutboxView, State, Write};
use crate::domain::record::{Core, Kind, ValueType};
use crate::domain::words;

/// Where a field goes that the CRM asks for and of which nothing else is known.
const OTHERS: &str = "more fields";

/// A write that is changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Revising {
    /// The entry that it belongs to.
    pub id: EntryId,
    /// What the entry is called, raw.
    pub title: String,
    /// What it writes as long as nothing is changed.
    pub write: Write,
    /// The hold on the entry, as long as it waits.
    pub hold: Option<Hold>,
    /// Whether nothing of it goes on: the same once more is a change of what the CRM has.
    anew: bool,
    /// What each field of the form changes, and what the CRM takes in it where that is known.
    fields: Vec<(outbox::Field, Option<EditableField>)>,
}

impl Revising {
    /// What makes a day that was typed hard to believe.
    pub(super) fn doubt(&self, on: &Occasion, lines: &[Field]) -> Option<String> {
        let mut typed = self
            .fields
            .iter()
            .zip(lines)
            .filter(|(_, line)| !line.is_untouched());
        typed.find_map(|((field, editable), line)| {
            if let Some(editable) = editable {
                let to = value(on, field, Some(editable), line).ok()?;
                return editable.doubt(on.today(), to.as_deref());
            }
            let is_due = line.shape == Shape::Day;
            is_due.then(|| task::doubt(on, day(on, line).ok()??.0))?
        })
    }

    /// Whether a field of the form is one of the CRM of which it is known what it takes.
    pub(super) fn is_mapped(&self, at: usize) -> bool {
        self.fields
            .get(at)
            .is_some_and(|(_, editable)| editable.is_some())
    }

    /// How a day that is typed into such a field is understood.
    pub(super) fn reading(&self, at: usize, on: &Occasion, line: &Field) -> Option<Reading> {
        let (field, editable) = self.fields.get(at).filter(|_| line.shape == Shape::Day)?;
        Some(match value(on, field, editable.as_ref(), line) {
            Err(why) => Reading::Wrong(why),
            Ok(None) => Reading::Hint("empties it".to_owned()),
            Ok(to) => {
                let (day, at) = editable.as_ref()?.moment(to.as_deref(), &on.zone)?;
                Reading::Means(vec![moment(words::dated(on.today(), day), at)])
            }
        })
    }
}

impl Form {
    /// An entry's write, to be changed; `None` when nothing of it was typed by a person.
    pub fn revise(entry: &Entry, view: &OutboxView, people: &[Somebody], zone: &TimeZone) -> Option<Self> {
        let waiting = view.lines_of(entry);
        let first_asked = waiting.iter().position(|line| line.is_asked);
        let mut lines: Vec<Field> = waiting
            .iter()
            .map(|line| shown(line, view, people, zone))
            .collect();
        if lines.is_empty() {
            return None;
        }
        if entry.state == State::Parked && !entry.new.write.kind().has_mapped_properties() {
            lines.push(Field::new(OTHERS, Shape::Line, ""));
        }
        let fields = waiting
            .into_iter()
            .map(|line| (line.field, line.editable))
            .collect();
        let about = entry.new.account.as_ref().map(|id| About {
            id: id.clone(),
            name: view.account_name(id).to_owned(),
        });
        let revising = Revising {
            id: entry.id,
            title: entry.new.title.clone(),
            write: entry.new.write.clone(),
            hold: None,
            anew: matches!(entry.state, State::TakenBack | State::Discarded),
            fields,
        };
        let mut form = Self::new(Purpose::Revise(Box::new(revising)), about, lines);
        // Of what is made, whom it is of is rarely what one comes for.
        let is_typed = |field: &Field| !matches!(field.shape, Shape::Choice(_));
        let typed = match &entry.new.write {
            Write::Create { .. } => form.fields.iter().position(is_typed),
            Write::Update { .. } | Write::Archive { .. } => None,
        };
        form.at = first_asked.or(typed).unwrap_or(0);
        Some(form)
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
            let value_type = editable
                .as_ref()
                .map_or(ValueType::Text, |field| field.value_type);
            write.set(field, value(on, field, editable.as_ref(), line)?, value_type)?;
        }
        if let Some(others) = self.fields.get(revising.fields.len()) {
            for (field, value) in outbox::assignments(&others.text())? {
                write.set(&field, Some(value), ValueType::Text)?;
            }
        }
        if write == revising.write && !revising.anew {
            return Err("nothing was changed: esc leaves it as it was, and r sends it as it is".to_owned());
        }
        Ok((revising, write))
    }
}

impl Form {
    /// The form in which a note or a task was made, with what it says; `None` for anything else.
    pub fn made_again(write: &Write, about: About, people: &[Somebody], zone: &TimeZone) -> Option<Self> {
        let Write::Create { kind, fields, .. } = write else {
            return None;
        };
        let mut form = match kind {
            Kind::Note => Self::note(about),
            Kind::Task => Self::task(about, people, None),
            _ => return None,
        };
        let view = OutboxView::default();
        for (core, value) in fields {
            let line = Line {
                field: core.clone(),
                value: Some(value.clone()),
                editable: None,
                is_asked: false,
            };
            let field = shown(&line, &view, people, zone);
            let is_it = |one: &Field| {
                one.label == field.label || (one.shape == Shape::Text && field.shape == Shape::Text)
            };
            if let Some(at) = form.fields.iter().position(is_it) {
                form.fields[at] = field;
            }
        }
        Some(form)
    }
}

fn shown(line: &Line, view: &OutboxView, people: &[Somebody], zone: &TimeZone) -> Field {
    if let Some(editable) = &line.editable {
        return match editable.value_type {
            ValueType::Date | ValueType::DateTime => {
                Field::new(&editable.label, Shape::Day, &editable.shown(people, zone))
            }
            _ => line_of(editable, people, zone),
        };
    }
    let value = line.value.as_deref().unwrap_or_default();
    let (label, shape, text) = match &line.field {
        outbox::Field::Core(Core::Body) => ("text".to_owned(), Shape::Text, value.to_owned()),
        outbox::Field::Core(Core::Due) => ("due".to_owned(), Shape::Day, instant::local(value, zone)),
        outbox::Field::Core(Core::Owner) => {
            let owner = people.iter().find(|one| one.id.as_str() == value);
            let name = owner.map_or("", |one| one.name.as_str());
            (
                "owner".to_owned(),
                Shape::Choice(choices(people)),
                name.to_owned(),
            )
        }
        field => (view.label(field), Shape::Line, value.to_owned()),
    };
    Field::new(&label, shape, &text)
}

/// What a line means, as the outbox keeps it; `None` empties the field.
fn value(
    on: &Occasion,
    field: &outbox::Field,
    editable: Option<&EditableField>,
    line: &Field,
) -> Result<Option<String>, String> {
    match (&line.shape, editable) {
        (Shape::Choice(_), _) => Ok(line.chosen()?.map(|(value, _)| value)),
        // Nobody of us is named in a line: they are a choice.
        (_, Some(editable)) => editable.parse(on, &[], &line.text()),
        (Shape::Day, None) => {
            let Some((day, at)) = day(on, line)? else {
                return Ok(None);
            };
            let instant = on.instant(day, at.unwrap_or(END_OF_DAY));
            let instant = instant.ok_or_else(|| format!("{day} cannot be a due date"))?;
            Ok(Some(instant.to_string()))
        }
        (Shape::Line | Shape::Text, None) => {
            let text = line.text();
            if matches!(field, outbox::Field::Core(Core::Body | Core::Subject)) {
                note::check_text(&text, &line.label)?;
            }
            Ok(Some(text.trim_end().to_owned()).filter(|text| !text.is_empty()))
        }
    }
}
