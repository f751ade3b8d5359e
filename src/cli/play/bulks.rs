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
    let workplace = context.workplace()?;
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
    ];
    let row = |one: &Standing| {
        let since = workplace.setup.settings.day_of(one.started);
        vec![
            one.id.clone(),
            words::short_day(today, since),
            one.title.clone(),
            one.words(),
            one.exceptions().count().to_string(),
        ]
    };
    let rows: Vec<Vec<String>> = standings.iter().map(row).collect();
    context.output.table(&columns, &rows)?;
    context
        .output
        .aside("\n`retain play show ID` tells of each step and account, exceptions first")
}

/// How it stands, and the accounts on which it is not as it should be.
pub fn exceptions(standing: &Standing) -> String {
    let head = format!("{}: {}   {}", standing.title, standing.words(), standing.id);
    let odd = standing.exceptions();
    let odd = odd.map(|(account, why)| format!("  – {}: {why}", account.name));
    let lines: Vec<String> = std::iter::once(head).chain(odd).collect();
    lines.join("\n")
}

/// The same with each step, and each account that is as it should be.
pub fn page(standing: &Standing, workplace: &Workplace, context: &Context) -> String {
    let today = today(workplace, context);
    let steps = standing.steps.iter().enumerate();
    let steps = steps.map(|(at, step)| format!("  step {} {:<14} {}", at + 1, step.step, step.words()));
    let rest = standing.accounts.iter().filter(|one| one.odd.is_none());
    let rest = rest.map(|one| format!("  {}: {}", one.name, one.words(today)));
    let lines: Vec<String> = std::iter::once(exceptions(standing))
        .chain(steps)
        .chain(rest)
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
        .done()
}

/// The bulk play that this id means, if it means one.
pub fn find(id: &str, context: &Context) -> Result<Option<Bulk>, CliError> {
    let mut bulks = all(&context.workplace()?)?.into_iter();
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
