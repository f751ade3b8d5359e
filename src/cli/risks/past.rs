//! The warnings that were open at the end of a day.

use serde_json::{Value, json};

use crate::cli::CliError;
use crate::cli::context::Context;
use crate::cli::health::end_of_day;
use crate::cli::output::{Column, Plain};
use crate::cli::shape::{self, Shape};
use crate::domain::desk::WarningKind;
use crate::domain::money::Currency;
use crate::domain::warning::Shelf;
use crate::domain::words;
use crate::engine::{self, PastRisk};

const COLUMNS: [Column; 5] = [
    Column::words("state"),
    Column::names("account"),
    Column::number("at stake then"),
    Column::words("since"),
    Column::sentences("why"),
];

const PLAIN: Plain = Plain::Table(
    "warnings",
    &[
        "account", "name", "signal", "version", "kind", "state", "since", "reason",
    ],
);

/// Prints what was open; with `all`, also what was held back, slept or was closed.
pub fn run(
    day: &str,
    kind: Option<WarningKind>,
    all: bool,
    limit: Option<usize>,
    context: &Context,
) -> Result<(), CliError> {
    let workplace = context.workplace()?;
    let settings = &workplace.setup.settings;
    let (day, until) = end_of_day(day, settings, context.now())?;
    let (cache, ledger) = (workplace.cache()?, workplace.ledger()?);
    let found = engine::risks_as_of(&cache, &ledger, &workplace.setup, until);
    let mut found = found.map_err(|error| CliError::failed("the past cannot be told").because(&error))?;
    found.retain(|one| {
        let is_shown = all || one.line.shelf() == Shelf::Queue;
        is_shown && kind.is_none_or(|kind| kind == one.life.opened.kind)
    });
    let total = found.len();
    found.truncate(limit.unwrap_or(usize::MAX));
    let currency = shape::currency(&workplace.setup);
    if !context.output.is_text() {
        let answer = json!({
            "as_of": day,
            "warnings": found.iter().map(|one| answer(one, currency)).collect::<Vec<_>>(),
            "total": total,
        });
        return context.output.values(&answer, PLAIN);
    }
    if found.is_empty() {
        return context
            .output
            .text("no warning was open, as far as the journal goes");
    }
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|one| {
            let opened = &one.life.opened;
            let state = match one.line.shelf() {
                Shelf::Queue => one.line.stage().words(),
                shelf => shelf.words(),
            };
            vec![
                state.to_owned(),
                one.name.clone(),
                words::at_stake(
                    if opened.kind.is_at_stake() {
                        opened.at_stake
                    } else {
                        Some(0)
                    },
                    currency,
                ),
                opened.since.to_string(),
                opened.reason.clone(),
            ]
        })
        .collect();
    context.output.table(&COLUMNS, &rows)?;
    context.output.aside(&format!(
        "\n{total} as known at the end of {day}; reasons and money as they were when each opened"
    ))
}

fn answer(one: &PastRisk, currency: Currency) -> Value {
    let opened = &one.life.opened;
    let (at_stake, unknown) = if opened.kind.is_at_stake() {
        (
            opened.at_stake,
            "a value, an end, a rate or the score was unknown",
        )
    } else {
        (None, shape::NO_RISK)
    };
    let shape = Shape::default()
        .with("id", format!("{}:{}", one.account, opened.signal))
        .with("account", &one.account)
        .with("name", &one.name)
        .with("signal", &opened.signal)
        .with("version", opened.version)
        .with("kind", opened.kind)
        .with("severity", opened.severity)
        .with("reason", &opened.reason)
        .with("since", opened.since)
        .with("standing", opened.standing)
        .maybe("at_stake_when_opened", shape::money(at_stake, currency), unknown)
        .maybe("score_when_opened", opened.score, shape::NEVER_OBSERVED);
    shape::line(shape, &one.line).done()
}
