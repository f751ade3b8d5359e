//! A playbook on many accounts: the dry run, the number that is typed, what was started.

use std::collections::BTreeMap;
use std::io::IsTerminal;

use jiff::civil::Date;
use serde_json::{Value, json};

use super::{bulks, called};
use crate::cli::CliError;
use crate::cli::account;
use crate::cli::accounts;
use crate::cli::connect::prompt::Prompts;
use crate::cli::context::Context;
use crate::cli::output::{Column, Plain};
use crate::cli::sending::{self, Done, Flags, Waits};
use crate::cli::shape::Shape;
use crate::cli::writing::Writing;
use crate::config::condition;
use crate::domain::outbox::State;
use crate::domain::playbook::{Because, Line, Plan, Spared};
use crate::domain::record::RecordId;
use crate::domain::signal::Signal;
use crate::domain::words;
use crate::engine::signals::Told;
use crate::engine::{self, EngineError};

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
    /// What holds of the accounts, in the language of signals; beside words, of those that have them.
    pub condition: Option<&'a str>,
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
        let writing = sending::begin_or_tell(self.dry_run, flags, context)?;
        let (plan, untold) = self.plan(&writing, context)?;
        let today = writing.on.today();
        if self.dry_run {
            return tell(&plan, untold, today, context);
        }
        let typed = match self.count {
            Some(count) => count.to_string(),
            None => Self::ask(&plan, untold, today, context)?,
        };
        let deed = plan.confirmed(&typed).map_err(|why| {
            CliError::usage(why).hint("`--dry-run` tells of each account what would be done, or why nothing")
        })?;
        let done = sending::perform(writing, deed, flags, context)?;
        answer(&plan, &done, context)
    }

    /// Has the number typed by whoever sits here, who has seen the whole plan.
    fn ask(plan: &Plan, untold: usize, today: Date, context: &Context) -> Result<String, CliError> {
        if plan.starts() == 0 || !std::io::stdin().is_terminal() {
            tell(plan, untold, today, context)?;
            let error = CliError::usage("nothing was started: the number of accounts was not typed");
            return Err(error.hint(format!("`--count {}` says it", plan.starts())));
        }
        tell(plan, untold, today, context)?;
        let question = format!("Type how many accounts it is to start on ({}):", plan.starts());
        Prompts { yes: false }.text(&question, None, "--count")
    }

    /// What it would do, and of how many accounts it cannot be told whether the condition holds.
    fn plan(&self, writing: &Writing, context: &Context) -> Result<(Plan, usize), CliError> {
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
        let mut untold = Vec::new();
        match (self.filter, self.condition) {
            (Some(words), None) => ids.extend(accounts::matching(writing.cache(), words)?),
            (words, Some(condition)) => {
                let among = accounts::matching(writing.cache(), words.unwrap_or_default())?;
                let told = told(writing, condition, &among, context)?;
                ids.extend(told.0);
                untold = told.1;
            }
            (None, None) => {}
        }
        let answers = setup.answers();
        let because = self.reason.map_or(Because::Answers(&answers), Because::Signal);
        let (cache, ledger) = (writing.cache(), writing.ledger());
        let plan = engine::plan(cache, ledger, setup, &writing.on, (playbook, because), &ids);
        let mut plan = plan.map_err(|error| failed(&error))?;
        // Whoever is named is meant, whatever the condition.
        untold.retain(|(id, ..)| !ids.contains(id));
        for (id, name, why) in &untold {
            plan.leave_out(Some(id.clone()), name.clone(), Spared::odd(why.clone()));
        }
        for (text, why) in unknown {
            plan.leave_out(None, text.clone(), Spared::odd(why.to_string()));
        }
        Ok((plan, untold.len()))
    }
}

/// An account, its name, and why it cannot be told whether a condition holds of it.
type Untold = (RecordId, String, String);

/// Of which of these accounts a condition holds, in their order; and of which that cannot be told.
fn told(
    writing: &Writing,
    text: &str,
    among: &[RecordId],
    context: &Context,
) -> Result<(Vec<RecordId>, Vec<Untold>), CliError> {
    let setup = &writing.workplace.setup;
    let condition = condition("--where", text, setup).map_err(|wrong| {
        let told: Vec<String> = wrong
            .iter()
            .map(|one| format!("at column {} of --where: {}", one.column, one.message))
            .collect();
        let hints: Vec<&str> = wrong.iter().filter_map(|one| one.hint.as_deref()).collect();
        let error = CliError::usage(told.join("; "));
        if hints.is_empty() {
            error.hint("the words are those of signals: the head of config/signals.toml lists them")
        } else {
            error.hint(hints.join(" "))
        }
    })?;
    let (cache, ledger) = (writing.cache(), writing.ledger());
    // A word that no account has is no mistake, but may be a slip.
    let unseen = engine::unseen(cache, setup, &[Signal::asking(condition.clone())]);
    for one in unseen.map_err(|error| failed(&error))? {
        if context.output.is_text() {
            context.output.aside(&one.words())?;
        }
    }
    let asked = engine::signals::asked(cache, ledger, setup, &condition, writing.on.now);
    let asked = asked.map_err(|error| failed(&error))?;
    let mut asked: BTreeMap<RecordId, Told> = asked
        .into_iter()
        .map(|told| (told.account.clone(), told))
        .collect();
    let (mut holds, mut untold) = (Vec::new(), Vec::new());
    for told in among.iter().filter_map(|id| asked.remove(id)) {
        match told.said.first() {
            Some(said) if said.holds.is_none() => {
                let unknown = said.unknown.join(" and ");
                let is = if said.unknown.len() > 1 { "are" } else { "is" };
                let why = format!("whether `{text}` holds cannot be told, as {unknown} {is} unknown");
                untold.push((told.account, told.name, why));
            }
            Some(_) => holds.push(told.account),
            None => {}
        }
    }
    Ok((holds, untold))
}

fn failed(error: &EngineError) -> CliError {
    CliError::of_engine("the accounts cannot be read", error)
}

/// What would be done on each account, or why nothing.
fn tell(plan: &Plan, untold: usize, today: Date, context: &Context) -> Result<(), CliError> {
    let (starts, all) = (plan.starts(), plan.all());
    if !context.output.is_text() {
        let accounts: Vec<Value> = plan.lines().map(planned).collect();
        let answer = json!({
            "title": plan.title, "starts": starts, "of": all, "left_out_count": plan.left_out(),
            "exception_count": plan.exceptions(), "cannot_tell": untold, "fallen": plan.fallen(), "accounts": accounts
        });
        return context.output.values(&answer, PLANNED);
    }
    let columns = [
        Column::names("account"),
        Column::words("would"),
        Column::words("first due"),
        Column::names("whose"),
        Column::sentences("why"),
    ];
    let rows: Vec<Vec<String>> = plan.lines().map(|line| row(line, today)).collect();
    context.output.table(&columns, &rows)?;
    for fallen in plan.fallen() {
        context.output.aside(&fallen)?;
    }
    let left_out = match plan.left_out() {
        0 => String::new(),
        1 => "; one is left out".to_owned(),
        more => format!("; {more} are left out"),
    };
    let odd = match plan.exceptions() {
        0 => String::new(),
        odd => format!("; not on {odd} for a reason to look at"),
    };
    let untold = match untold {
        0 => String::new(),
        untold => format!(", of {untold} since the condition cannot be told"),
    };
    let all = words::counted(all as u64, "account", "accounts");
    context.output.aside(&format!(
        "\n{} would start on {starts} of {all}{left_out}{odd}{untold}",
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
        Err(Spared { why, .. }) => {
            row.extend(["not".to_owned(), String::new(), String::new(), why.clone()]);
        }
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
            .with("left_out", false)
            .done(),
        Err(spared) => shape
            .with("why", &spared.why)
            .with("left_out", spared.rightly)
            .done(),
    }
}

/// What became of it: how many were started, what was written, and the exceptions.
fn answer(plan: &Plan, done: &Done, context: &Context) -> Result<(), CliError> {
    let workplace = &done.workplace;
    let standing = bulks::standing(workplace, &plan.id, context)?;
    if context.output.is_text() {
        let nowhere = plan.lines().filter(|line| line.account.is_none());
        let nowhere = nowhere.filter_map(|line| Some(format!("  – {}", line.does.as_ref().err()?.why)));
        let lines = std::iter::once(bulks::exceptions(&standing)).chain(nowhere);
        context.output.text(&lines.collect::<Vec<_>>().join("\n"))?;
        tell_writes(done, "are", context)?;
    } else {
        let mut answer = done.shape(context.now());
        answer["bulk"] = bulks::shape(&standing);
        let accounts: Vec<Value> = plan.lines().map(planned).collect();
        answer["accounts"] = accounts.into();
        context.output.values(&answer, Plain::Values)?;
    }
    done.not_done()
}

/// What became of the writes to tasks, which have then happened to them: only those that a person is to look at have a line.
pub fn tell_writes(done: &Done, happened: &str, context: &Context) -> Result<(), CliError> {
    let sent = done
        .entries
        .iter()
        .filter(|entry| entry.state == State::Sent)
        .count();
    let all = words::counted(done.entries.len() as u64, "task", "tasks");
    if !done.entries.is_empty() {
        context
            .output
            .aside(&format!("{sent} of {all} {happened} in the CRM"))?;
    }
    if let Some(Waits { why, .. }) = &done.waits {
        context
            .output
            .aside(&format!("{why}; `retain sync` or the cockpit sends the rest"))?;
    }
    Ok(())
}
