//! What starting a playbook would do.

use jiff::civil::Date;
use serde_json::Value;

use super::page::because;
use crate::cli::CliError;
use crate::cli::context::Context;
use crate::cli::output::{Column, Plain};
use crate::cli::shape::Shape;
use crate::domain::playbook::{Deed, StartedStep, StepKind, What};
use crate::domain::words;

const PLAIN: Plain = Plain::Table("steps", &["step", "due", "owner_name", "crm_task", "title"]);

/// Says what a start would do, and what speaks against it; nothing is kept.
pub fn tell(deed: &Deed, against: &[String], today: Date, context: &Context) -> Result<(), CliError> {
    let started = deed.events.first().map(|event| &event.what);
    let Some(What::Started { steps, reason, .. }) = started else {
        return Ok(());
    };
    if !context.output.is_text() {
        let shapes: Vec<Value> = steps.iter().map(shape).collect();
        let answer = because(Shape::default(), reason.as_ref());
        let answer = answer.with("against", against).with("steps", shapes);
        return context.output.values(&answer.done(), PLAIN);
    }
    if let Some(reason) = reason {
        context.output.text(&format!("because of {}", reason.words))?;
    }
    let columns = [
        Column::words("step"),
        Column::words("due"),
        Column::names("whose"),
        Column::words("in the CRM"),
        Column::sentences("what"),
    ];
    let rows: Vec<Vec<String>> = steps.iter().map(|step| row(step, today)).collect();
    context.output.table(&columns, &rows)?;
    for (step, fallen) in steps.iter().filter_map(|step| Some((&step.id, step.fallen()?))) {
        context.output.aside(&format!("{step}: {fallen}"))?;
    }
    against.iter().try_for_each(|why| context.output.aside(why))
}

fn row(step: &StartedStep, today: Date) -> Vec<String> {
    let when = step.when.iter().map(|when| format!("if {when}"));
    let asks = step.evidence.iter().map(|evidence| evidence.asks().to_owned());
    let more: Vec<String> = when.chain(asks).collect();
    let what = match more.as_slice() {
        [] => step.title.clone(),
        more => format!("{} ({})", step.title, more.join("; ")),
    };
    let in_crm = match (&step.field, &step.value) {
        (Some(_), Some(list)) if step.kind == StepKind::List => format!("list {list}"),
        (Some(field), Some(_)) => format!("sets {field}"),
        _ if step.crm_task => "task".to_owned(),
        _ => String::new(),
    };
    let due = words::short_day(today, step.due);
    vec![step.id.clone(), due, step.owner_name.clone(), in_crm, what]
}

fn shape(step: &StartedStep) -> Value {
    Shape::default()
        .with("step", &step.id)
        .with("title", &step.title)
        .with("guidance", &step.guidance)
        .with("owner", &step.owner)
        .with("owner_name", &step.owner_name)
        .maybe(
            "fell",
            step.fallen(),
            "it is of whoever has its role, or is named",
        )
        .with("due", step.due)
        .with("after", &step.after)
        .with("crm_task", step.crm_task)
        .with("kind", step.kind)
        .maybe("field", step.field.as_ref(), "it is about no field")
        .maybe("value", step.value.as_ref(), "it sets no field")
        .maybe("when", step.when.as_ref(), "it always counts")
        .maybe("evidence", step.evidence, "it asks for none")
        .done()
}
