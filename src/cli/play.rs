//! `retain play`: playbooks, and the runs of them.

use serde_json::{Value, json};

use crate::domain::account_view::AccountView;
use crate::domain::desk::Warning;
use crate::domain::outbox::Target;
use crate::domain::playbook::{self, Deed, Run, RunStep, StepState};
use crate::domain::record::RecordId;
use crate::domain::words;
use crate::engine;
use crate::store::Cache;

use super::CliError;
use super::account;
use super::context::{Context, Workplace};
use super::output::{Column, Plain};
use super::sending::{self, Done, Flags};
use super::shape::Shape;
use super::writing::Writing;

/// List playbooks, start one on an account, do its steps
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the playbooks that can be started
    List,
    /// Start a playbook on an account
    Start {
        /// Id of the playbook
        playbook: String,
        /// Id of the account, or its name or a part of it
        #[arg(required = true)]
        account: Vec<String>,
        /// Id of the signal whose open warning is the reason
        #[arg(long, value_name = "SIGNAL")]
        reason: Option<String>,
        /// Start it although the same play runs on the account for the same reason
        #[arg(long)]
        again: bool,
        #[command(flatten)]
        flags: Flags,
    },
    /// Do a step
    Done {
        /// Id of the run
        run: String,
        /// Id of the step
        step: String,
        /// What came of it: a note on the account
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        #[command(flatten)]
        flags: Flags,
    },
    /// Leave a step out
    Skip {
        /// Id of the run
        run: String,
        /// Id of the step
        step: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        flags: Flags,
    },
    /// Take up again a step that was done or left out
    Undo {
        /// Id of the run
        run: String,
        /// Id of the step
        step: String,
        #[command(flatten)]
        flags: Flags,
    },
    /// Give a run up; the tasks of its open steps are closed
    Abandon {
        /// Id of the run
        run: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        flags: Flags,
    },
    /// Show the runs that are under way, one run, or all runs of an account
    Show {
        /// Id of a run, or of the account, or its name or a part of it
        account: Vec<String>,
    },
}

/// Does what was asked.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    match &args.what {
        Command::List => list(context),
        Command::Start {
            playbook,
            account,
            reason,
            again,
            flags,
        } => {
            let warning = reason.as_deref();
            start(playbook, &account.join(" "), warning, *again, flags, context)
        }
        Command::Done {
            run,
            step,
            note,
            flags,
        } => act(context, flags, run, |writing, run, name| {
            playbook::complete(&writing.on, run, name, step, note.as_deref())
        }),
        Command::Skip {
            run,
            step,
            reason,
            flags,
        } => act(context, flags, run, |writing, run, name| {
            playbook::skip(&writing.on, run, name, step, reason)
        }),
        Command::Undo { run, step, flags } => act(context, flags, run, |writing, run, name| {
            playbook::reopen(&writing.on, run, name, step)
        }),
        Command::Abandon { run, reason, flags } => act(context, flags, run, |writing, run, name| {
            playbook::abandon(&writing.on, run, name, reason)
        }),
        Command::Show { account } => show(&account.join(" "), context),
    }
}

fn list(context: &Context) -> Result<(), CliError> {
    let setup = context.setup()?;
    if !context.output.is_text() {
        let playbooks = setup.playbooks.iter().map(|one| {
            let steps: Vec<&str> = one.steps.iter().map(|step| step.id.as_str()).collect();
            json!({ "id": one.id, "version": one.version, "title": one.title, "steps": steps })
        });
        let answer = json!({ "playbooks": playbooks.collect::<Vec<Value>>() });
        let columns = &["id", "version", "title"];
        return context.output.values(&answer, Plain::Table("playbooks", columns));
    }
    let columns = [
        Column::words("id"),
        Column::number("version"),
        Column::number("steps"),
        Column::sentences("title"),
    ];
    let rows = setup.playbooks.iter().map(|one| {
        let steps = one.steps.len().to_string();
        vec![one.id.clone(), one.version.to_string(), steps, one.title.clone()]
    });
    context.output.table(&columns, &rows.collect::<Vec<_>>())
}

fn start(
    id: &str,
    account: &str,
    reason: Option<&str>,
    again: bool,
    flags: &Flags,
    context: &Context,
) -> Result<(), CliError> {
    let writing = sending::begin(flags, context)?;
    let view = writing.account(account, context)?;
    let setup = writing.workplace.setup.clone();
    let known = || {
        setup
            .playbooks
            .iter()
            .map(|one| one.id.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let playbook = setup.playbooks.iter().find(|one| one.id == id);
    let playbook = playbook
        .ok_or_else(|| CliError::usage(format!("no playbook is called `{id}`; there is: {}", known())))?;
    let warning = reason.map(|signal| warning(&view, signal)).transpose()?;
    if let Some(run) = playbook::running(&view.plays, id, reason).filter(|_| !again) {
        let words = format!(
            "`{id}` runs on {} already: {}, by {}",
            view.summary.name, run.id, run.author
        );
        return Err(CliError::failed(words).hint("--again starts it a second time"));
    }
    let deed = playbook::start(&writing.on, playbook, &view, writing.team(), warning);
    let deed = deed.map_err(CliError::usage)?;
    let run = deed
        .events
        .first()
        .map(|event| event.what.run().to_owned())
        .unwrap_or_default();
    let done = sending::perform(writing, &deed, flags, context)?;
    answer(context, &run, &done)
}

fn warning<'a>(view: &'a AccountView, signal: &str) -> Result<&'a Warning, CliError> {
    let found = view.warnings.iter().find(|warning| warning.signal == signal);
    found.ok_or_else(|| {
        let open: Vec<&str> = view
            .warnings
            .iter()
            .map(|warning| warning.signal.as_str())
            .collect();
        let error = CliError::usage(format!("{} has no open warning `{signal}`", view.summary.name));
        if open.is_empty() {
            error.hint("start it without --reason")
        } else {
            error.hint(format!("there is: {}", open.join(", ")))
        }
    })
}

/// Does something with a run, and says how the run stands then.
fn act(
    context: &Context,
    flags: &Flags,
    id: &str,
    deed: impl FnOnce(&Writing, &Run, &str) -> Result<Deed, String>,
) -> Result<(), CliError> {
    let writing = sending::begin(flags, context)?;
    let run = find(&writing.workplace, id)?;
    let name = name_of(&writing.workplace.cache()?, &run.account)?;
    let deed = deed(&writing, &run, &name).map_err(CliError::usage)?;
    let done = sending::perform(writing, &deed, flags, context)?;
    answer(context, id, &done)
}

/// How a run stands after something was done, and what became of what that writes.
fn answer(context: &Context, id: &str, done: &Done) -> Result<(), CliError> {
    let workplace = &done.workplace;
    let run = find(workplace, id)?;
    let name = name_of(&workplace.cache()?, &run.account)?;
    if context.output.is_text() {
        context.output.text(&page(&run, &name, context, workplace))?;
        done.tell(context)?;
    } else {
        let mut answer = done.shape();
        answer["run"] = shape(&run, &name, context, workplace);
        context.output.values(&answer, Plain::Values)?;
    }
    done.refused()
}

fn show(account: &str, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace()?;
    let cache = workplace.cache()?;
    let mut runs = all(&workplace)?;
    if account.is_empty() {
        runs.retain(Run::is_open);
    } else if runs.iter().any(|run| run.id.eq_ignore_ascii_case(account)) {
        runs.retain(|run| run.id.eq_ignore_ascii_case(account));
    } else {
        runs = account::find(&workplace, &cache, account, context)?.plays;
    }
    let mut named = Vec::new();
    for run in runs {
        named.push((name_of(&cache, &run.account)?, run));
    }
    if !context.output.is_text() {
        let runs = named
            .iter()
            .map(|(name, run)| shape(run, name, context, &workplace));
        let answer = json!({ "runs": runs.collect::<Vec<Value>>() });
        let columns = &[
            "run",
            "account",
            "account_name",
            "playbook",
            "version",
            "done",
            "of",
            "late",
            "current",
        ];
        return context.output.values(&answer, Plain::Table("runs", columns));
    }
    if named.is_empty() {
        return context
            .output
            .text("no playbook runs; `retain play start PLAYBOOK ACCOUNT` starts one");
    }
    let pages: Vec<String> = named
        .iter()
        .map(|(name, run)| page(run, name, context, &workplace))
        .collect();
    context.output.text(&pages.join("\n\n"))
}

fn all(workplace: &Workplace) -> Result<Vec<Run>, CliError> {
    let runs = engine::plays::runs(&workplace.ledger()?, None);
    runs.map_err(|error| CliError::failed("the runs cannot be read").because(&error))
}

fn find(workplace: &Workplace, id: &str) -> Result<Run, CliError> {
    let mut runs = all(workplace)?.into_iter();
    runs.find(|run| run.id.eq_ignore_ascii_case(id)).ok_or_else(|| {
        CliError::usage(format!("there is no run `{id}`")).hint("`retain play show` lists those under way")
    })
}

fn name_of(cache: &Cache, account: &RecordId) -> Result<String, CliError> {
    let line = cache.summary(account)?;
    Ok(line.map_or_else(|| account.to_string(), |line| line.name))
}

/// A run for people: what it is, how far it is, one line per step.
fn page(run: &Run, name: &str, context: &Context, workplace: &Workplace) -> String {
    let today = workplace.setup.settings.day_of(context.now());
    let (done, of) = run.progress();
    let mut lines = vec![format!("{} on {name}: {done} of {of}   {}", run.title, run.id)];
    if let Some(reason) = &run.reason {
        lines.push(format!("  because of {}", reason.words));
    }
    if let Some((_, why)) = &run.abandoned {
        lines.push(format!("  given up: {why}"));
    }
    if run.exit_reached == Some(true) {
        lines.push("  what it is for has been reached".to_owned());
    }
    lines.extend(run.steps.iter().map(|step| {
        let sign = match step.state {
            StepState::Done => "✓",
            StepState::Skipped { .. } => "–",
            StepState::Open if run.is_ready(step) => "▶",
            StepState::Open => "○",
        };
        let state = match &step.state {
            StepState::Open if step.step.due < today => "late".to_owned(),
            StepState::Open => words::short_day(today, step.step.due),
            StepState::Done => "done".to_owned(),
            StepState::Skipped { why } => format!("left out: {why}"),
        };
        format!(
            "  {sign} {:<14} {} ({}, {state})",
            step.step.id, step.step.title, step.step.owner_name
        )
    }));
    lines.join("\n")
}

/// A run as JSON.
fn shape(run: &Run, name: &str, context: &Context, workplace: &Workplace) -> Value {
    let today = workplace.setup.settings.day_of(context.now());
    let (done, of) = run.progress();
    let steps: Vec<Value> = run.steps.iter().map(|one| step(run, one)).collect();
    Shape::default()
        .with("run", &run.id)
        .with("account", &run.account)
        .with("account_name", name)
        .with("playbook", &run.playbook)
        .with("version", run.version)
        .with("title", &run.title)
        .maybe(
            "signal",
            run.reason.as_ref().map(|one| &one.signal),
            "it was not started from a warning",
        )
        .maybe(
            "reason",
            run.reason.as_ref().map(|one| &one.words),
            "it was not started from a warning",
        )
        .with("author", &run.author)
        .with("started", run.started)
        .with("done", done)
        .with("of", of)
        .with("open", run.is_open())
        .with("late", run.is_late(today))
        .maybe(
            "current",
            run.current().map(|one| &one.step.id),
            "nothing can be done in it now",
        )
        .maybe(
            "exit_reached",
            run.exit_reached,
            "it has no exit, or only the account's own page can tell",
        )
        .maybe(
            "abandoned",
            run.abandoned.as_ref().map(|(_, why)| why),
            "it was not given up",
        )
        .with("steps", steps)
        .done()
}

fn step(run: &Run, one: &RunStep) -> Value {
    let (state, why) = match &one.state {
        StepState::Open => ("open", None),
        StepState::Done => ("done", None),
        StepState::Skipped { why } => ("skipped", Some(why)),
    };
    Shape::default()
        .with("step", &one.step.id)
        .with("title", &one.step.title)
        .with("guidance", &one.step.guidance)
        .with("role", one.step.role)
        .with("owner", &one.step.owner)
        .with("owner_name", &one.step.owner_name)
        .with("due", one.step.due)
        .with("after", &one.step.after)
        .with("state", state)
        .with("since", one.since)
        .with("ready", run.is_ready(one))
        .maybe("skipped_because", why, "it was not left out")
        .maybe(
            "task",
            one.task.as_ref().map(Target::shown_id),
            "it has no task in the CRM",
        )
        .done()
}
