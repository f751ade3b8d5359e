//! The playbooks that were started on many accounts: how each stands, exceptions first.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Value, json};

use super::bulk::tell_writes;
use super::name_of;
use crate::cli::CliError;
use crate::cli::context::{Context, Workplace};
use crate::cli::output::{Column, Plain};
use crate::cli::sending::{self, Flags};
use crate::cli::shape::Shape;
use crate::domain::playbook::{AccountOf, Bulk, RunState, Standing, StepCount, WithAll};
use crate::domain::words;
use crate::engine::{self, EngineError};

const PLAIN: Plain = Plain::Table(
    "bulks",
    &[
        "bulk",
        "started",
        "playbook",
        "version",
        "accounts",
        "started_on",
        "under_way",
        "ended",
        "given_up",
        "exception_count",
        "left_out_count",
    ],
);

fn failed(error: &EngineError) -> CliError {
    CliError::of_engine("the runs cannot be read", error)
}

/// The bulk plays that are kept, the newest first.
pub fn all(workplace: &Workplace) -> Result<Vec<Bulk>, CliError> {
    engine::bulks(&workplace.ledger()?).map_err(|error| failed(&error))
}

/// How bulk plays stand today.
pub fn standings(
    workplace: &Workplace,
    bulks: &[Bulk],
    context: &Context,
) -> Result<Vec<Standing>, CliError> {
    let (cache, ledger) = (workplace.cache()?, workplace.ledger()?);
    engine::standings(&cache, &ledger, bulks, today(workplace, context)).map_err(|error| failed(&error))
}

fn today(workplace: &Workplace, context: &Context) -> Date {
    workplace.setup.settings.day_of(context.now())
}

/// How the bulk play with this id stands today.
pub fn standing(workplace: &Workplace, id: &str, context: &Context) -> Result<Standing, CliError> {
    let mut bulks = all(workplace)?;
    bulks.retain(|bulk| bulk.id.eq_ignore_ascii_case(id));
    let found = standings(workplace, &bulks, context)?.pop();
    found.ok_or_else(|| CliError::failed(format!("there is no bulk play `{id}`")))
}

/// Lists every bulk play, the newest first.
pub fn list(context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace_to_answer()?;
    let standings = standings(&workplace, &all(&workplace)?, context)?;
    if !context.output.is_text() {
        let shapes: Vec<Value> = standings.iter().map(shape).collect();
        return context.output.values(&json!({ "bulks": shapes }), PLAIN);
    }
    if standings.is_empty() {
        return context.output.text(
            "no playbook was started on many accounts; `retain play start PLAYBOOK --where CONDITION` does",
        );
    }
    let today = today(&workplace, context);
    let columns = [
        Column::words("id"),
        Column::words("since"),
        Column::sentences("playbook"),
        Column::sentences("stands"),
        Column::number("exceptions"),
        Column::number("left out"),
    ];
    let row = |one: &Standing| {
        let since = workplace.setup.settings.day_of(one.started);
        vec![
            one.id.clone(),
            words::short_day(today, since),
            one.title.clone(),
            one.words(),
            one.exceptions().count().to_string(),
            one.left_out().count().to_string(),
        ]
    };
    let rows: Vec<Vec<String>> = standings.iter().map(row).collect();
    context.output.table(&columns, &rows)?;
    context
        .output
        .aside("\n`retain play show ID` tells of each step and account, exceptions first")
}

/// How it stands, the accounts on which it is not as it should be, and how many were left out.
pub fn exceptions(standing: &Standing) -> String {
    let left_out =
        left_out(standing).map(|told| format!("{told}; `retain play show {}` says why", standing.id));
    let lines: Vec<String> = odd(standing).into_iter().chain(left_out).collect();
    lines.join("\n")
}

/// How many accounts were left out, if any were.
fn left_out(standing: &Standing) -> Option<String> {
    match standing.left_out().count() {
        0 => None,
        count => Some(format!("  {count} left out, rightly not started")),
    }
}

fn odd(standing: &Standing) -> Vec<String> {
    let head = format!("{}: {}   {}", standing.title, standing.words(), standing.id);
    let odd = standing.exceptions();
    let odd = odd.map(|(account, why)| format!("  – {}: {why}", account.name));
    std::iter::once(head).chain(odd).collect()
}

/// The same with each step, each account that is as it should be, and last each that was left out, with why.
pub fn page(standing: &Standing, workplace: &Workplace, context: &Context) -> String {
    let today = today(workplace, context);
    let steps = standing.steps.iter().enumerate();
    let steps = steps.map(|(at, step)| format!("  step {} {:<14} {}", at + 1, step.step, step.words()));
    let is_as_it_should_be = |one: &&AccountOf| one.odd.is_none() && one.left_out.is_none();
    let rest = standing.accounts.iter().filter(is_as_it_should_be);
    let rest = rest.map(|one| format!("  {}: {}", one.name, one.words(today)));
    let each = standing.left_out();
    let each = each.map(|(one, why)| format!("    {}: {why}", one.name));
    let lines: Vec<String> = odd(standing)
        .into_iter()
        .chain(steps)
        .chain(rest)
        .chain(left_out(standing).map(|told| format!("{told}:")))
        .chain(each)
        .collect();
    lines.join("\n")
}

/// It as JSON.
pub fn shape(standing: &Standing) -> Value {
    let exceptions: Vec<Value> = standing
        .exceptions()
        .map(|(one, why)| json!({ "account": one.account, "account_name": one.name, "why": why }))
        .collect();
    let runs: Vec<Value> = standing
        .accounts
        .iter()
        .filter(|one| one.run.is_some())
        .map(|one| json!({ "run": one.run, "account": one.account, "account_name": one.name }))
        .collect();
    let results: Vec<Value> = standing.accounts.iter().map(account).collect();
    Shape::default()
        .with("bulk", &standing.id)
        .with("playbook", &standing.playbook)
        .with("version", standing.version)
        .with("title", &standing.title)
        .with("author", &standing.author)
        .with("started", standing.started)
        .with("accounts", standing.accounts.len())
        .with("started_on", standing.started_on())
        .with(
            "under_way",
            standing.count(&[RunState::UnderWay, RunState::Paused]),
        )
        .with("ended", standing.count(&[RunState::Ended, RunState::Reached]))
        .with("given_up", standing.count(&[RunState::GivenUp]))
        .with("steps", standing.steps.iter().map(step).collect::<Vec<_>>())
        .with("results", results)
        .with("runs", runs)
        .with("exception_count", exceptions.len())
        .with("left_out_count", standing.left_out().count())
        .with("exceptions", exceptions)
        .done()
}

fn step(one: &StepCount) -> Value {
    Shape::default()
        .with("step", &one.step)
        .with("done", one.done)
        .with("left_out", one.left_out)
        .with("late", one.late)
        .with("open", one.open)
        .with("undecided", one.undecided)
        .maybe("only_if", one.only_if.as_ref(), "it always counts")
        .with("given_up", one.given_up)
        .done()
}

fn account(one: &AccountOf) -> Value {
    let current = one.current.as_ref();
    let no_step = "nothing can be done in it now";
    Shape::default()
        .with("account", &one.account)
        .with("account_name", &one.name)
        .maybe("run", one.run.as_ref(), "none was started on it")
        .with("state", one.state)
        .with("done", one.progress.0)
        .with("of", one.progress.1)
        .maybe("current", current.map(|(step, ..)| step), no_step)
        .maybe("due", current.map(|(_, due, _)| due), no_step)
        .maybe("owner_name", current.map(|(.., whose)| whose), no_step)
        .maybe("exception", one.odd.as_ref(), "it is as it should be")
        .maybe("left_out_because", one.left_out.as_ref(), "it was not left out")
        .done()
}

/// The bulk play that this id means, if it means one.
pub fn find(id: &str, context: &Context) -> Result<Option<Bulk>, CliError> {
    let mut bulks = all(&context.workplace_to_answer()?)?.into_iter();
    Ok(bulks.find(|bulk| bulk.id.eq_ignore_ascii_case(id)))
}

/// Does something with all runs of a bulk play that it can be done with.
pub fn with_all(mut bulk: Bulk, what: WithAll<'_>, flags: &Flags, context: &Context) -> Result<(), CliError> {
    let writing = sending::begin(flags, context)?;
    let mut names = BTreeMap::new();
    for run in &bulk.runs {
        names.insert(run.account.clone(), name_of(writing.cache(), &run.account)?);
    }
    engine::know_bulk(writing.cache(), writing.ledger(), &mut bulk, context.now())
        .map_err(|error| failed(&error))?;
    let deed = bulk.with_all(&writing.on, what, |id| names.get(id).cloned().unwrap_or_default());
    let done = sending::perform(writing, &deed.map_err(CliError::usage)?, flags, context)?;
    let standing = standing(&done.workplace, &bulk.id, context)?;
    if context.output.is_text() {
        context.output.text(&exceptions(&standing))?;
        let happened = match what {
            WithAll::GiveUp(_) => "are closed",
            WithAll::Pause(_) | WithAll::Resume => "are put off",
        };
        tell_writes(&done, happened, context)?;
    } else {
        let mut answer = done.shape(context.now());
        answer["bulk"] = shape(&standing);
        context.output.values(&answer, Plain::Values)?;
    }
    done.not_done()
}
