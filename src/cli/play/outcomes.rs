//! What came of the runs of each version of a playbook.

use serde_json::{Value, json};

use super::all;
use crate::cli::CliError;
use crate::cli::context::Context;
use crate::cli::output::{Column, Plain};
use crate::cli::shape::Shape;
use crate::domain::playbook::{Tally, tally};

const PLAIN: Plain = Plain::Table(
    "outcomes",
    &[
        "playbook",
        "version",
        "started",
        "under_way",
        "ended",
        "exit_reached",
        "cannot_tell",
        "given_up",
        "median_days",
    ],
);

/// Lists starts, ends and outcomes by playbook and version.
pub fn run(context: &Context) -> Result<(), CliError> {
    let outcomes = tally(&all(&context.workplace_to_answer()?)?);
    if !context.output.is_text() {
        let shapes: Vec<Value> = outcomes.iter().map(shape).collect();
        return context.output.values(&json!({ "outcomes": shapes }), PLAIN);
    }
    if outcomes.is_empty() {
        return context.output.text("no playbook was started yet");
    }
    let columns = [
        Column::words("playbook"),
        Column::number("version"),
        Column::number("started"),
        Column::number("under way"),
        Column::number("ended"),
        Column::number("exit reached"),
        Column::number("cannot tell"),
        Column::number("given up"),
        Column::number("median days"),
    ];
    let rows: Vec<Vec<String>> = outcomes.iter().map(row).collect();
    context.output.table(&columns, &rows)
}

fn row(tally: &Tally) -> Vec<String> {
    let days = tally.median_days.map_or("?".to_owned(), |days| days.to_string());
    let mut row = vec![tally.playbook.clone(), tally.version.to_string()];
    row.extend(
        [
            tally.started,
            tally.under_way,
            tally.ended,
            tally.reached,
            tally.cannot_tell,
            tally.given_up,
        ]
        .map(|number| number.to_string()),
    );
    row.push(days);
    row
}

fn shape(tally: &Tally) -> Value {
    Shape::default()
        .with("playbook", &tally.playbook)
        .with("version", tally.version)
        .with("title", &tally.title)
        .with("started", tally.started)
        .with("under_way", tally.under_way)
        .with("ended", tally.ended)
        .with("exit_reached", tally.reached)
        .with("cannot_tell", tally.cannot_tell)
        .with("given_up", tally.given_up)
        .maybe(
            "median_days",
            tally.median_days,
            "none has ended since ends are noted",
        )
        .done()
}
