//! The warnings that were open at the end of a day.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::cli::CliError;
use crate::cli::as_of::{CONTRACTS_LATER, FIRST_LOOK_LATER, not_of_the_day};
use crate::cli::context::Context;
use crate::cli::health::end_of_day;
use crate::cli::output::{Column, Plain};
use crate::cli::shape::{self, Shape};
use crate::domain::desk::WarningKind;
use crate::domain::money::Currency;
use crate::domain::warning::{Level, Shelf};
use crate::domain::words;
use crate::engine::{self, PastRisk, Stood};

const COLUMNS: [Column; 5] = [
    Column::words("state"),
    Column::names("account"),
    Column::number("at stake"),
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
    let workplace = context.workplace_to_answer()?;
    let settings = &workplace.setup.settings;
    let (day, until) = end_of_day(day, settings, context.now())?;
    let (cache, ledger) = (workplace.cache()?, workplace.ledger()?);
    let found = engine::risks_as_of(&cache, &ledger, &workplace.setup, (context.now(), until));
    let found = found.map_err(|error| CliError::of_engine("the past cannot be told", &error))?;
    let Some(mut found) = found else {
        return unknown(day, context);
    };
    found.retain(|one| {
        let is_shown = all || one.line.shelf() == Shelf::Queue;
        is_shown && kind.is_none_or(|kind| kind == one.life.opened.kind)
    });
    let total = found.len();
    found.truncate(limit.unwrap_or(usize::MAX));
    let currency = shape::currency(&workplace.setup);
    let later = contracts_later(&found);
    if !context.output.is_text() {
        let answer = json!({
            "as_of": day,
            "warnings": found.iter().map(|one| answer(one, currency)).collect::<Vec<_>>(),
            "total": total,
            CONTRACTS_LATER: later,
        });
        return context.output.values(&answer, PLAIN);
    }
    if found.is_empty() {
        return context.output.text("no warning was open");
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
                        one.at_stake()
                    } else {
                        Some(0)
                    },
                    currency,
                ),
                opened.since.to_string(),
                why(one, day),
            ]
        })
        .collect();
    context.output.table(&COLUMNS, &rows)?;
    context.output.aside(&format!(
        "\n{total} as known at the end of {day}, and as they stood then; {}",
        not_of_the_day(later)
    ))
}

/// Of how many of the accounts that are told the ledger did not know each contract by then.
fn contracts_later(found: &[PastRisk]) -> usize {
    let later = |one: &&PastRisk| one.stood.as_ref().is_ok_and(|stood| !stood.knew_contracts);
    let accounts: BTreeSet<_> = found.iter().filter(later).map(|one| &one.account).collect();
    accounts.len()
}

/// That no signal was evaluated by then is not the same as that nothing was open.
fn unknown(day: Date, context: &Context) -> Result<(), CliError> {
    if context.output.is_text() {
        return context
            .output
            .text(&format!("warnings unknown: {FIRST_LOOK_LATER}"));
    }
    let none = None::<Value>;
    let answer = Shape::default()
        .with("as_of", day)
        .maybe("warnings", none.as_ref(), FIRST_LOOK_LATER)
        .maybe("total", none.as_ref(), FIRST_LOOK_LATER)
        .maybe(CONTRACTS_LATER, none.as_ref(), FIRST_LOOK_LATER);
    context.output.values(&answer.done(), PLAIN)
}

/// The reason of the day, and what else was to be said of it: `usage −61 % in 30 d [worse than when it opened: −46 %]`.
fn why(one: &PastRisk, day: Date) -> String {
    let opened = &one.life.opened.level.words;
    let moved = match &one.stood {
        Err(why) => Some(format!("as when it opened: {why}")),
        // Most stand as they opened: only what moved is said.
        Ok(stood) => compared(stood)
            .filter(|word| *word != SAME && !opened.is_empty())
            .map(|word| format!("{word} than when it opened: {opened}")),
    };
    let said: Vec<String> = one.line.said(day).into_iter().chain(moved).collect();
    if said.is_empty() {
        one.reason().to_owned()
    } else {
        format!("{} [{}]", one.reason(), said.join("; "))
    }
}

const SAME: &str = "same";

/// How bad it was beside when it opened, in a word.
fn compared(stood: &Stood) -> Option<&'static str> {
    Some(match stood.since_opened? {
        Ordering::Greater => "worse",
        Ordering::Equal => SAME,
        Ordering::Less => "better",
    })
}

/// Why a number is missing that tells how bad a warning was.
const NO_NUMBER: &str = "its condition is about no number, or it was unknown";
/// Why a score is missing, or a reason.
const NOT_TOLD: &str = "it cannot be told of that day";

/// How bad it was, in words.
fn words_of(level: &Level) -> Option<&str> {
    Some(level.words.as_str()).filter(|words| !words.is_empty())
}

fn answer(one: &PastRisk, currency: Currency) -> Value {
    let opened = &one.life.opened;
    let unknown = if opened.kind.is_at_stake() {
        "a value, an end, a rate or the score was unknown"
    } else {
        shape::NO_RISK
    };
    let of_risk = |amount: Option<i64>| shape::money(amount.filter(|_| opened.kind.is_at_stake()), currency);
    let stood = one.stood.as_ref().ok();
    // Where the day cannot be told, that is why; else why one figure of it is missing.
    let or = |missing: &'static str| *one.stood.as_ref().err().unwrap_or(&missing);
    let shape = Shape::default()
        .with("id", format!("{}:{}", one.account, opened.signal))
        .with("account", &one.account)
        .with("name", &one.name)
        .with("signal", &opened.signal)
        .with("version", opened.version)
        .with("kind", opened.kind)
        .with("severity", opened.severity)
        .maybe("reason", stood.map(|stood| &stood.reason), or(NOT_TOLD))
        .with("reason_when_opened", &opened.reason)
        .maybe(
            "level",
            stood.and_then(|_| words_of(&one.line.level)),
            or(NO_NUMBER),
        )
        .maybe("level_when_opened", words_of(&opened.level), NO_NUMBER)
        .maybe(
            "compared_with_when_opened",
            stood.and_then(compared),
            or(NO_NUMBER),
        )
        .with("since", opened.since)
        .with("standing", opened.standing)
        .maybe(
            "at_stake",
            of_risk(stood.and_then(|stood| stood.at_stake)),
            or(unknown),
        )
        .maybe("at_stake_when_opened", of_risk(opened.at_stake), unknown)
        .maybe("score", stood.and_then(|stood| stood.score), or(NOT_TOLD))
        .maybe("score_when_opened", opened.score, shape::NEVER_OBSERVED);
    shape::line(shape, &one.line).done()
}
