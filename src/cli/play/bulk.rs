//! A playbook on many accounts: the dry run, the number that is typed, what became of each.

use std::collections::BTreeMap;
use std::io::IsTerminal;

use jiff::civil::Date;
use serde_json::{Value, json};

use super::called;
use crate::cli::CliError;
use crate::cli::account;
use crate::cli::accounts;
use crate::cli::connect::prompt::Prompts;
use crate::cli::context::{Context, Workplace};
use crate::cli::output::{Column, Plain};
use crate::cli::sending::{self, Done, Flags, Waits};
use crate::cli::shape::Shape;
use crate::cli::writing::Writing;
use crate::domain::outbox::State;
use crate::domain::playbook::{Because, Bulk, Line, Plan};
use crate::domain::record::RecordId;
use crate::domain::words;
use crate::engine::{self, EngineError};
use crate::store::Cache;

const PLANNED: Plain = Plain::Table(
    "accounts",
    &[
        "account",
        "account_name",
        "starts",
        "steps",
        "tasks",
        "first_due",
        "owner_name",
        "why",
    ],
);

/// A playbook that is to be started on many accounts.
pub struct Start<'a> {
    /// Id of the playbook.
    pub playbook: &'a str,
    /// Ids of accounts, or names, or parts of them.
    pub accounts: &'a [String],
    /// Words that accounts have, as `retain accounts` lists them.
    pub filter: Option<&'a str>,
    /// Id of the signal whose open warning is the reason.
    pub reason: Option<&'a str>,
    /// On how many accounts it is to be started: what a person would type.
    pub count: Option<usize>,
    /// Whether it is only told.
    pub dry_run: bool,
}

impl Start<'_> {
    /// Tells what would be done, asks for the number of accounts, and does it.
    pub fn run(&self, flags: &Flags, context: &Context) -> Result<(), CliError> {
        let writing = sending::begin(flags, context)?;
        let plan = self.plan(&writing)?;
        if self.dry_run {
            return tell(&plan, writing.on.today(), context);
        }
        let typed = match self.count {
            Some(count) => count.to_string(),
            None => Self::ask(&plan, writing.on.today(), context)?,
        };
        let deed = plan.confirmed(&typed).map_err(|why| {
            CliError::usage(why).hint("`--dry-run` tells of each account what would be done, or why nothing")
        })?;
        let done = sending::perform(writing, deed, flags, context)?;
        answer(&plan, &done, context)
    }

    /// Has the number typed by whoever sits here, who has seen the whole plan.
    fn ask(plan: &Plan, today: Date, context: &Context) -> Result<String, CliError> {
        if plan.starts() == 0 || !std::io::stdin().is_terminal() {
            tell(plan, today, context)?;
            let error = CliError::usage("nothing was started: the number of accounts was not typed");
            return Err(error.hint(format!("`--count {}` says it", plan.starts())));
        }
        tell(plan, today, context)?;
        let question = format!("Type how many accounts it is to start on ({}):", plan.starts());
        Prompts { yes: false }.text(&question, None, "--count")
    }

    fn plan(&self, writing: &Writing) -> Result<Plan, CliError> {
        let setup = &writing.workplace.setup;
        let playbook = called(&setup.playbooks, self.playbook)?;
        let (mut ids, mut unknown) = (Vec::new(), Vec::new());
        for text in self.accounts {
            let found = engine::find_account(writing.cache(), writing.ledger(), text)
                .map_err(|error| failed(&error))?;
            match account::only(&found, text) {
                Ok(line) => ids.push(line.id.clone()),
                Err(why) => unknown.push((text, why)),
            }
        }
        if let Some(words) = self.filter {
            ids.extend(accounts::matching(writing.cache(), words)?);
        }
        let answers: Vec<(String, String)> = setup
            .signals
            .signals
            .iter()
            .filter_map(|signal| Some((signal.id.clone(), signal.playbook.clone()?)))
            .collect();
        let because = self.reason.map_or(Because::Answers(&answers), Because::Signal);
        let (cache, ledger) = (writing.cache(), writing.ledger());
        let plan = engine::plan(cache, ledger, setup, &writing.on, (playbook, because), &ids);
        let mut plan = plan.map_err(|error| failed(&error))?;
        for (text, why) in unknown {
            plan.leave_out(None, text.clone(), why.to_string());
        }
        Ok(plan)
    }
}

fn failed(error: &EngineError) -> CliError {
    CliError::failed("the accounts cannot be read").because(error)
}

/// What would be done on each account, or why nothing.
fn tell(plan: &Plan, today: Date, context: &Context) -> Result<(), CliError> {
    let (starts, all) = (plan.starts(), plan.lines.len());
    if !context.output.is_text() {
        let accounts: Vec<Value> = plan.lines.iter().map(planned).collect();
        let answer = json!({ "title": plan.title, "starts": starts, "of": all, "accounts": accounts });
        return context.output.values(&answer, PLANNED);
    }
    let columns = [
        Column::names("account"),
        Column::words("would"),
        Column::words("first due"),
        Column::names("whose"),
        Column::sentences("why"),
    ];
    let rows: Vec<Vec<String>> = plan.lines.iter().map(|line| row(line, today)).collect();
    context.output.table(&columns, &rows)?;
    let left_out = match all - starts {
        0 => String::new(),
        1 => "; one is left out".to_owned(),
        more => format!("; {more} are left out"),
    };
    let all = words::counted(all as u64, "account", "accounts");
    context.output.aside(&format!(
        "\n{} would start on {starts} of {all}{left_out}",
        plan.title
    ))
}

fn row(line: &Line, today: Date) -> Vec<String> {
    let mut row = vec![line.name.clone()];
    match &line.does {
        Ok(starts) => {
            let tasks = match starts.tasks {
                0 => String::new(),
                tasks => format!(", {}", words::counted(tasks as u64, "task", "tasks")),
            };
            row.push(format!(
                "{}{tasks}",
                words::counted(starts.steps as u64, "step", "steps")
            ));
            let (due, whose) = starts.first.clone().map_or_else(
                || (String::new(), String::new()),
                |(due, whose)| (words::short_day(today, due), whose),
            );
            row.extend([due, whose, starts.reason.clone().unwrap_or_default()]);
        }
        Err(why) => row.extend(["not".to_owned(), String::new(), String::new(), why.clone()]),
    }
    row
}

fn planned(line: &Line) -> Value {
    let shape = Shape::default()
        .maybe("account", line.account.as_ref(), "no account was found")
        .with("account_name", &line.name)
        .with("starts", line.does.is_ok());
    match &line.does {
        Ok(starts) => shape
            .with("steps", starts.steps)
            .with("tasks", starts.tasks)
            .maybe(
                "first_due",
                starts.first.as_ref().map(|(due, _)| due),
                "it has no step",
            )
            .maybe(
                "owner_name",
                starts.first.as_ref().map(|(_, whose)| whose),
                "it has no step",
            )
            .maybe("why", starts.reason.as_ref(), "it answers no warning there")
            .done(),
        Err(why) => shape.with("why", why).done(),
    }
}

/// What became of it: how many were started, what was written, and the exceptions.
fn answer(plan: &Plan, done: &Done, context: &Context) -> Result<(), CliError> {
    let workplace = &done.workplace;
    let bulk = find(workplace, &plan.id)?;
    let names = Names::of(workplace, &bulk)?;
    if context.output.is_text() {
        let nowhere = plan.lines.iter().filter(|line| line.account.is_none());
        let nowhere = nowhere.filter_map(|line| Some(format!("  – {}", line.does.as_ref().err()?)));
        let lines = std::iter::once(page(&bulk, &names, context, workplace)?).chain(nowhere);
        context.output.text(&lines.collect::<Vec<_>>().join("\n"))?;
        tell_writes(done, context)?;
    } else {
        let mut answer = done.shape(context.now());
        answer["bulk"] = shape(&bulk, &names, context, workplace)?;
        let accounts: Vec<Value> = plan.lines.iter().map(planned).collect();
        answer["accounts"] = accounts.into();
        context.output.values(&answer, Plain::Values)?;
    }
    done.not_done()
}

/// What became of the writes: only those that a person is to look at have a line.
fn tell_writes(done: &Done, context: &Context) -> Result<(), CliError> {
    let sent = done
        .entries
        .iter()
        .filter(|entry| entry.state == State::Sent)
        .count();
    let all = words::counted(done.entries.len() as u64, "task", "tasks");
    if !done.entries.is_empty() {
        context.output.aside(&format!("{sent} of {all} are in the CRM"))?;
    }
    if let Some(Waits { why, .. }) = &done.waits {
        context
            .output
            .aside(&format!("{why}; `retain sync` or the cockpit sends the rest"))?;
    }
    Ok(())
}

/// The names of the accounts of a bulk play.
pub struct Names(BTreeMap<RecordId, String>);

impl Names {
    /// Those of its runs, and of what it was not started on.
    pub fn of(workplace: &Workplace, bulk: &Bulk) -> Result<Self, CliError> {
        let cache: Cache = workplace.cache()?;
        let runs = bulk.runs.iter().map(|run| &run.account);
        let mut names = BTreeMap::new();
        for id in runs.chain(bulk.not_started.iter().map(|(id, _)| id)) {
            names.insert(id.clone(), super::name_of(&cache, id)?);
        }
        Ok(Self(names))
    }

    /// The name of one.
    pub fn name(&self, id: &RecordId) -> String {
        self.0.get(id).cloned().unwrap_or_else(|| id.to_string())
    }
}

/// The bulk plays that are kept, the newest first.
pub fn all(workplace: &Workplace) -> Result<Vec<Bulk>, CliError> {
    let bulks = engine::bulks(&workplace.ledger()?);
    bulks.map_err(|error| CliError::failed("the runs cannot be read").because(&error))
}

fn find(workplace: &Workplace, id: &str) -> Result<Bulk, CliError> {
    let mut bulks = all(workplace)?.into_iter();
    bulks
        .find(|bulk| bulk.id.eq_ignore_ascii_case(id))
        .ok_or_else(|| CliError::failed(format!("there is no bulk play `{id}`")))
}

/// A bulk play for people: how it stands, and the accounts on which it is not as it should be.
pub fn page(
    bulk: &Bulk,
    names: &Names,
    context: &Context,
    workplace: &Workplace,
) -> Result<String, CliError> {
    let standing = bulk.standing();
    let all = bulk.runs.len() + bulk.not_started.len();
    let mut parts = vec![format!("started on {}", bulk.runs.len())];
    for (count, what) in [
        (standing.under_way, "under way"),
        (standing.ended, "ended"),
        (standing.given_up, "given up"),
    ] {
        parts.extend((count > 0).then(|| format!("{count} {what}")));
    }
    let all = words::counted(all as u64, "account", "accounts");
    let mut lines = vec![format!(
        "{} on {all}: {}   {}",
        bulk.title,
        parts.join(", "),
        bulk.id
    )];
    for (account, why) in exceptions(bulk, context, workplace)? {
        lines.push(format!("  – {}: {why}", names.name(&account)));
    }
    Ok(lines.join("\n"))
}

fn exceptions(
    bulk: &Bulk,
    context: &Context,
    workplace: &Workplace,
) -> Result<Vec<(RecordId, String)>, CliError> {
    let today = workplace.setup.settings.day_of(context.now());
    let found = engine::exceptions(&workplace.ledger()?, bulk, today);
    found.map_err(|error| CliError::failed("the runs cannot be read").because(&error))
}

/// The same as JSON.
pub fn shape(
    bulk: &Bulk,
    names: &Names,
    context: &Context,
    workplace: &Workplace,
) -> Result<Value, CliError> {
    let standing = bulk.standing();
    let exceptions: Vec<Value> = exceptions(bulk, context, workplace)?
        .iter()
        .map(|(account, why)| json!({ "account": account, "account_name": names.name(account), "why": why }))
        .collect();
    let runs: Vec<Value> = bulk
        .runs
        .iter()
        .map(|run| json!({ "run": run.id, "account": run.account, "account_name": names.name(&run.account) }))
        .collect();
    Ok(Shape::default()
        .with("bulk", &bulk.id)
        .with("playbook", &bulk.playbook)
        .with("version", bulk.version)
        .with("title", &bulk.title)
        .with("author", &bulk.author)
        .with("started", bulk.started)
        .with("accounts", bulk.runs.len() + bulk.not_started.len())
        .with("under_way", standing.under_way)
        .with("ended", standing.ended)
        .with("given_up", standing.given_up)
        .with("runs", runs)
        .with("exceptions", exceptions)
        .done())
}

/// Gives up all runs of a bulk play that are under way.
pub fn abandon(bulk: &Bulk, why: &str, flags: &Flags, context: &Context) -> Result<(), CliError> {
    let writing = sending::begin(flags, context)?;
    let names = Names::of(&writing.workplace, bulk)?;
    let deed = bulk.abandon(&writing.on, why, |id| names.name(id));
    let done = sending::perform(writing, &deed.map_err(CliError::usage)?, flags, context)?;
    let workplace = &done.workplace;
    let bulk = find(workplace, &bulk.id)?;
    if context.output.is_text() {
        context.output.text(&page(&bulk, &names, context, workplace)?)?;
        tell_writes(&done, context)?;
    } else {
        let mut answer = done.shape(context.now());
        answer["bulk"] = shape(&bulk, &names, context, workplace)?;
        context.output.values(&answer, Plain::Values)?;
    }
    done.not_done()
}
