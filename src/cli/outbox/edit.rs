//! `retain outbox edit`: changes what an entry writes, before it is sent or after the CRM refused it.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use serde_json::json;

use crate::cli::CliError;
use crate::cli::context::Context;
use crate::cli::edit::once;
use crate::cli::output::{Column, Plain};
use crate::cli::sending::{self, Believing, Flags};
use crate::domain::acts::Somebody;
use crate::domain::acts::edit::EditableField;
use crate::domain::acts::note;
use crate::domain::outbox::{Entry, Field, Line, OutboxView, State, Write};
use crate::domain::record::{Core, ValueType};
use crate::runtime::outbox_view;

use super::Names;
use super::mending::{self, Mending};

const COLUMNS: [Column; 4] = [
    Column::names("field"),
    Column::sentences("value"),
    Column::sentences("allowed"),
    Column::words(""),
];
const PLAIN: Plain = Plain::Table("fields", &["field", "label", "value", "asked"]);

/// Change what an entry writes before it is sent, or after the CRM refused it; without a change its fields are listed
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples: retain outbox edit 7 'churn reason=price'\n          retain outbox edit 7 due=fri owner=ida\n          retain outbox edit 7 text=@note.txt"
)]
pub struct Args {
    /// The entry's number
    id: i64,
    /// What is written, as FIELD=VALUE: subject, text (- reads standard input, @FILE a file), due, owner, or a field of
    /// the CRM, also one that it asks for
    #[arg(value_name = "FIELD=VALUE")]
    changes: Vec<String>,
    #[command(flatten)]
    believing: Believing,
    #[command(flatten)]
    flags: Flags,
}

/// Changes the entry, or lists what can be changed of it.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    if args.changes.is_empty() {
        return list(args.id, context);
    }
    let mending = Mending::begin(args.id, &args.flags, context)?;
    let lines = changeable(&mending.view, &mending.entry)?;
    let mut write = mending.entry.new.write.clone();
    let mut named = BTreeSet::new();
    for change in &args.changes {
        let (name, value) = mending::assignment(change)?;
        let (field, editable) = called(&mending, &lines, name)?;
        once(&mut named, label(&mending.view, &field))?;
        let value_type = editable
            .as_ref()
            .map_or(ValueType::Text, |editable| editable.value_type);
        let value = meant(&mending, &field, editable.as_ref(), value)?;
        let doubt =
            editable.and_then(|editable| editable.doubt(mending.writing.on.today(), value.as_deref()));
        args.believing.check(doubt)?;
        write.set(&field, value, value_type).map_err(CliError::usage)?;
    }
    if write == mending.entry.new.write {
        return Err(CliError::usage("nothing was changed: it writes that already"));
    }
    let step = mending.revised(write);
    mending.take(&step, &args.flags, context)
}

/// What can be changed of an entry; an error that says why nothing can.
fn changeable(view: &OutboxView, entry: &Entry) -> Result<Vec<Line>, CliError> {
    let id = entry.id;
    let why = match entry.state {
        State::Conflict => {
            let why = format!("{id} is in conflict: somebody else changed it too");
            return Err(CliError::failed(why).hint(format!("`retain outbox resolve {id}` decides")));
        }
        State::Sending => format!("{id} is being sent right now"),
        State::Unknown => format!("the CRM may have {id} already"),
        State::Sent => {
            let why = format!("{id} is sent: nothing of it can be changed here any more");
            return Err(
                CliError::failed(why).hint(format!("`retain outbox undo {id} --in-crm` takes it back"))
            );
        }
        state if state.is_final() => format!("{id} is {}: nothing of it is sent", state.word()),
        State::Queued | State::Retry | State::Parked => match view.lines_of(entry) {
            lines if lines.is_empty() => format!("{id} has nothing to change"),
            lines => return Ok(lines),
        },
        state => format!("{id} is {}", state.word()),
    };
    Err(CliError::failed(why).hint(mending::HINT))
}

fn label(view: &OutboxView, field: &Field) -> String {
    match field {
        Field::Core(Core::Body) => "text".to_owned(),
        field => view.label(field),
    }
}

/// The field that a name means: one of the entry's, else one that the CRM has.
fn called(mending: &Mending, lines: &[Line], name: &str) -> Result<(Field, Option<EditableField>), CliError> {
    let kind = mending.entry.new.write.kind();
    let labels: Vec<(String, String)> = lines
        .iter()
        .map(|line| (label(&mending.view, &line.field), line.field.to_string()))
        .collect();
    let missing = match mending::called(&labels, name) {
        Ok(at) => {
            let field = lines[at].field.clone();
            let editable = mending.view.editable_in(&mending.entry.new.write, &field);
            return Ok((field, editable));
        }
        Err(error) => error,
    };
    if mending.entry.state != State::Parked {
        return Err(missing);
    }
    // Why the CRM refused it, only the person may know.
    let mapping = &mending.writing.workplace.setup.mapping;
    match outbox_view::property(mending.writing.cache(), mapping, kind, name) {
        Some(editable) => Ok((editable.field.clone(), Some(editable))),
        None if kind.has_mapped_properties() => Err(missing),
        None => Ok((Field::Mapped(name.to_owned()), None)),
    }
}

/// What a text means for a field, as the CRM keeps it; `None` empties it.
fn meant(
    mending: &Mending,
    field: &Field,
    editable: Option<&EditableField>,
    text: &str,
) -> Result<Option<String>, CliError> {
    let on = &mending.writing.on;
    match (field, editable) {
        (Field::Core(Core::Owner), _) if !text.is_empty() => {
            let owner = sending::one_of_us(&mending.writing, text)?;
            Ok(Some(owner.id.to_string()))
        }
        (_, Some(editable)) => {
            let people = Somebody::active(&mending.writing.owners);
            editable.parse(on, &people, text).map_err(CliError::usage)
        }
        (Field::Core(Core::Body | Core::Subject), None) => {
            let text = sending::text(text)?;
            let text = text.trim_end();
            note::check_text(text, &label(&mending.view, field)).map_err(CliError::usage)?;
            Ok(Some(text.to_owned()))
        }
        (_, None) => Ok(Some(text.to_owned()).filter(|text| !text.is_empty())),
    }
}

/// What the CRM takes in a field: (value, label).
fn options(line: &Line) -> &[(String, String)] {
    let editable = line.editable.as_ref();
    editable.map_or(&[], |editable| editable.options.as_slice())
}

/// What is written into a field as people read it: an instant in their zone, else by its label where it has one.
fn shown(view: &OutboxView, write: &Write, line: &Line, zone: &TimeZone) -> String {
    let editable = line
        .editable
        .clone()
        .or_else(|| view.editable_in(write, &line.field));
    match editable.filter(|field| matches!(field.value_type, ValueType::Date | ValueType::DateTime)) {
        Some(field) => EditableField {
            value: line.value.clone(),
            ..field
        }
        .shown(&[], zone),
        None => view
            .value(&line.field, line.value.as_deref())
            .unwrap_or_default()
            .to_owned(),
    }
}

fn list(id: i64, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace()?;
    let (view, entry) = mending::look(&workplace, id)?;
    let lines = changeable(&view, &entry)?;
    if !context.output.is_text() {
        let fields: Vec<_> = lines
            .iter()
            .map(|line| {
                let options = options(line).iter();
                let options = options.map(|(value, label)| json!({ "value": value, "label": label }));
                json!({
                    "field": line.field,
                    "label": label(&view, &line.field),
                    "value": line.value,
                    "asked": line.is_asked,
                    "options": options.collect::<Vec<_>>(),
                })
            })
            .collect();
        let answer =
            json!({ "entry": super::shape(&entry, &Names::of(&workplace, context.now())), "fields": fields });
        return context.output.values(&answer, PLAIN);
    }
    let zone = workplace.setup.settings.zone();
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|line| {
            let value = shown(&view, &entry.new.write, line, &zone);
            let allowed = options(line).iter().map(|(_, label)| label.as_str());
            let asked = if line.is_asked { "the CRM asks for it" } else { "" };
            vec![
                label(&view, &line.field),
                value.lines().next().unwrap_or_default().to_owned(),
                allowed.collect::<Vec<_>>().join(", "),
                asked.to_owned(),
            ]
        })
        .collect();
    context.output.table(&COLUMNS, &rows)?;
    let what = match &entry.new.write {
        Write::Create { .. } => "changes what is made",
        _ => "changes what is written",
    };
    context.output.aside(&format!(
        "`retain outbox edit {id} FIELD=VALUE` {what}, and sends it"
    ))
}
