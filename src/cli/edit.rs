//! `retain edit`: the fields of an account that can be edited.

use serde_json::json;

use crate::domain::acts::Somebody;
use crate::domain::acts::edit::EditableField;
use crate::domain::vocabulary::nearest;

use super::CliError;
use super::account;
use super::context::Context;
use super::output::{Column, Plain};
use super::sending::{self, Flags};
use super::writing::{self, about};

const COLUMNS: [Column; 4] = [
    Column::names("field"),
    Column::words("type"),
    Column::sentences("value"),
    Column::sentences("allowed"),
];
const PLAIN: Plain = Plain::Table("fields", &["field", "label", "kind", "record", "type", "value"]);

/// Change fields of an account, or list those that can be changed
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: retain edit juniper segment=enterprise 'renewal date=15 dec'")]
pub struct Args {
    /// The account: its id, or its name or a part of it
    account: String,
    /// What to change, as FIELD=VALUE; nothing behind the sign empties the field. Without any, the fields are listed
    #[arg(value_name = "FIELD=VALUE")]
    changes: Vec<String>,
    #[command(flatten)]
    flags: Flags,
}

/// Changes the fields, all in one go, or lists them.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    if args.changes.is_empty() {
        return list(&args.account, context);
    }
    let writing = sending::begin(&args.flags, context)?;
    let view = writing.account(&args.account, context)?;
    let (about, people) = (about(&view), Somebody::active(&writing.owners));
    let mut entries = Vec::new();
    for change in &args.changes {
        let (name, value) = change
            .split_once('=')
            .ok_or_else(|| CliError::usage(format!("`{change}` is no change")).hint("write FIELD=VALUE"))?;
        let field = called(&view.editable, name.trim())?;
        let to = field
            .parse(&writing.on, &people, value)
            .map_err(CliError::usage)?;
        entries.extend(field.write(&writing.on, &about, &people, to));
    }
    if entries.is_empty() {
        return context
            .output
            .text("nothing to change: the CRM has these values already");
    }
    sending::carry_out(writing, entries, &args.flags, context)
}

/// The field that a text means: by its label, its name in the CRM, or the only one that begins so.
fn called<'a>(fields: &'a [EditableField], name: &str) -> Result<&'a EditableField, CliError> {
    let wanted = name.to_lowercase();
    let label = |field: &EditableField| field.label.to_lowercase();
    let exact = fields
        .iter()
        .find(|field| label(field) == wanted || field.field.to_string().to_lowercase() == wanted);
    if let Some(field) = exact {
        return Ok(field);
    }
    let begins: Vec<_> = fields
        .iter()
        .filter(|field| label(field).starts_with(&wanted))
        .collect();
    if let [only] = begins.as_slice() {
        return Ok(only);
    }
    let near = nearest(name, fields.iter().map(|field| field.label.as_str()));
    let hint = near.map_or_else(
        || "`retain edit ACCOUNT` lists the fields".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    Err(CliError::usage(format!("no field that can be edited is called `{name}`")).hint(hint))
}

/// Lists the fields of an account that can be edited; nothing is written.
fn list(account: &str, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace()?;
    let cache = workplace.cache()?;
    let view = account::find(&workplace, &cache, account, context)?;
    let fields = &view.editable;
    if !context.output.is_text() {
        let fields: Vec<_> = fields
            .iter()
            .map(|field| {
                json!({
                    "field": field.field,
                    "label": field.label,
                    "kind": field.kind,
                    "record": field.record,
                    "type": field.value_type,
                    "options": field.options.iter().map(|(value, label)| json!({ "value": value, "label": label })).collect::<Vec<_>>(),
                    "value": field.value,
                })
            })
            .collect();
        return context.output.values(&json!({ "fields": fields }), PLAIN);
    }
    let people = Somebody::active(&writing::owners(&cache)?);
    let rows: Vec<Vec<String>> = fields
        .iter()
        .map(|field| {
            let allowed = field.options.iter().map(|(_, label)| label.as_str());
            vec![
                field.label.clone(),
                format!("{:?}", field.value_type).to_lowercase(),
                field.shown(&people),
                if field.is_owner {
                    "one of us".to_owned()
                } else {
                    allowed.collect::<Vec<_>>().join(", ")
                },
            ]
        })
        .collect();
    context.output.table(&COLUMNS, &rows)?;
    context
        .output
        .aside("`retain edit ACCOUNT FIELD=VALUE` changes one")
}
