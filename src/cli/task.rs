//! `retain task`: make a task, complete it, take it up again, put it off, give it to somebody.

use crate::domain::acts::task::{self, NewTask, Task};
use crate::domain::acts::{About, days};
use crate::domain::handoff::Promised;
use crate::domain::outbox::Target;
use crate::domain::playbook::Deed;
use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::engine::HandoffTasks;
use crate::store::Overlay;

use super::CliError;
use super::anew;
use super::context::{Context, Workplace};
use super::output::complain;
use super::sending::{self, Believing, Flags, ONLY_QUEUED};
use super::writing::{self, Writing, about};

mod list;
mod step;

/// Why there is nothing to do with a task.
const DONE: &str = "the task is done already";
const OPEN: &str = "the task is open";
const DUE: &str = "the task is due then already";
const THEIRS: &str = "the task is theirs already";

/// List tasks; make one, complete it, put it off or give it to somebody
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

/// What to do.
#[derive(Debug, clap::Subcommand)]
enum What {
    /// List open tasks with their ids: mine, or everybody's on an account
    List {
        /// The account: its id, or its name or a part of it
        account: Option<String>,
    },
    #[command(flatten)]
    Act(Act),
}

/// What changes a task.
#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Make a task on an account
    Add {
        /// The account: its id, or its name or a part of it
        account: String,
        /// What is to be done, in one line
        subject: String,
        /// When it is due: today, fri, +3d, +2bd, 27 nov, 2026-11-27, with a time behind
        #[arg(long, value_name = "DAY", default_value = "today")]
        due: String,
        /// Who does it: e-mail address or name, or a part of them; you when left out
        #[arg(long, value_name = "WHO")]
        owner: Option<String>,
        /// More about it; - reads standard input, @FILE a file
        #[arg(long, value_name = "TEXT")]
        text: Option<String>,
        #[command(flatten)]
        believing: Believing,
        #[command(flatten)]
        flags: Flags,
    },
    /// Complete a task
    Done {
        /// The task's id, as `retain task list` names it
        id: String,
        /// What came of it, as a note on the account; of a step of a playbook
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        /// Why it was not kept, of what was promised to the customer; without it the note says that it was
        #[arg(long, value_name = "WHY", conflicts_with = "note")]
        not_kept: Option<String>,
        #[command(flatten)]
        flags: Flags,
    },
    /// Take up a completed task again
    Reopen {
        /// The task's id, as `retain task list` names it
        id: String,
        #[command(flatten)]
        flags: Flags,
    },
    /// Put a task off, or bring it forward
    Due {
        /// The task's id, as `retain task list` names it
        id: String,
        /// When it is due: today, fri, +3d, +2bd, 27 nov, 2026-11-27, with a time behind
        day: String,
        #[command(flatten)]
        believing: Believing,
        #[command(flatten)]
        flags: Flags,
    },
    /// Give a task to somebody
    Give {
        /// The task's id, as `retain task list` names it
        id: String,
        /// Who does it from now on: e-mail address or name, or a part of them
        who: String,
        #[command(flatten)]
        flags: Flags,
    },
}

/// Lists tasks, or does what was asked for.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    match &args.what {
        What::List { account } => list::run(account.as_deref(), context),
        What::Act(act) => carry_out(act, context),
    }
}

fn carry_out(act: &Act, context: &Context) -> Result<(), CliError> {
    let flags = act.flags();
    writing::allowed(&context.workplace()?)?;
    // Whoever types it may take an hour: what was opened before would be old by then.
    let body = match act {
        Act::Add { text: Some(text), .. } => sending::text(text)?,
        _ => String::new(),
    };
    let Looked {
        writing,
        unasked,
        seen,
    } = looked_at(act, context)?;
    let on = &writing.on;
    // What came since was not seen: it is not replaced unasked.
    let as_seen = |task: Task| match seen {
        Some(Task { due, owner, .. }) => Task { due, owner, ..task },
        None => task,
    };
    let entry = match act {
        Act::Add {
            account,
            subject,
            due,
            owner,
            believing,
            ..
        } => {
            let about = about(&writing.account(account, context)?);
            let (day, at) = days::parse(on, due).map_err(CliError::usage)?;
            believing.check(task::doubt_of(on, due, day))?;
            let owner = owner
                .as_ref()
                .map(|who| sending::one_of_us(&writing, who))
                .transpose()?;
            let new = NewTask {
                subject: subject.clone(),
                body,
                due: Some(day),
                at,
                owner,
            };
            task::make(on, &about, &new).map_err(CliError::usage)?
        }
        Act::Done {
            id, note, not_kept, ..
        } => {
            let task = known(&writing, id)?;
            if task.is_done() {
                let workplace = writing.end();
                return anew::nothing_to_do(DONE, unasked.as_deref(), &workplace, context);
            }
            if let Some(deed) = step::completed(&writing, &task, note.as_deref(), context)? {
                return sending::perform(writing, &deed, flags, context)?.print(context);
            }
            if let Some(promised) = promised(&writing, id, &task)? {
                let kept = not_kept.as_deref().map_or(Ok(()), Err);
                let entries = promised.settle(on, kept).map_err(CliError::usage)?;
                return sending::carry_out(writing, entries, flags, context);
            }
            is_plain(note.as_deref(), not_kept.as_deref())?;
            task::complete(on, &task)
        }
        Act::Reopen { id, .. } => {
            let task = known(&writing, id)?;
            if !task.is_done() {
                let workplace = writing.end();
                return anew::nothing_to_do(OPEN, unasked.as_deref(), &workplace, context);
            }
            task::reopen(on, &task)
        }
        Act::Due {
            id, day, believing, ..
        } => {
            let (due, at) = days::parse(on, day).map_err(CliError::usage)?;
            believing.check(task::doubt_of(on, day, due))?;
            let task = known(&writing, id)?;
            if task.is_due(on, due, at) {
                let workplace = writing.end();
                return anew::nothing_to_do(DUE, unasked.as_deref(), &workplace, context);
            }
            task::reschedule(on, &as_seen(task), due, at).map_err(CliError::usage)?
        }
        Act::Give { id, who, .. } => {
            let to = sending::one_of_us(&writing, who)?;
            let task = known(&writing, id)?;
            if task.is_of(&to) {
                let workplace = writing.end();
                return anew::nothing_to_do(THEIRS, unasked.as_deref(), &workplace, context);
            }
            task::reassign(on, &as_seen(task), &to)
        }
    };
    let deed = Deed {
        entries: vec![entry],
        events: Vec::new(),
    };
    let done = sending::perform(writing, &deed, flags, context)?;
    if let Act::Due { id, .. } | Act::Give { id, .. } = act {
        tell_if_completed(&done.workplace, id)?;
    }
    done.print(context)
}

/// A task that is neither a promise nor a step takes nothing of what those take.
fn is_plain(note: Option<&str>, not_kept: Option<&str>) -> Result<(), CliError> {
    let told = |what: &str, hint: &str| Err(CliError::usage(what).hint(hint));
    match (not_kept, note) {
        (Some(_), _) => told(
            "the task is nothing that was promised to a customer",
            "`retain task done ID` without --not-kept completes it",
        ),
        (None, Some(_)) => told(
            "the task is no step of a playbook under way",
            "`retain note ACCOUNT TEXT` writes the note",
        ),
        (None, None) => Ok(()),
    }
}

/// Begins to write, after a look at the CRM where by what is known here there is nothing to do: a colleague may have changed
/// the task since the last sync.
fn looked_at(act: &Act, context: &Context) -> Result<Looked, CliError> {
    let flags = act.flags();
    let writing = sending::begin(flags, context)?;
    let seen = act.is_done_by_now(&writing)?;
    let (writing, unasked) = match &seen {
        None => (writing, None),
        Some(_) if flags.is_only_queued() => (writing, Some(ONLY_QUEUED.to_owned())),
        Some(Task { about: None, .. }) => (writing, Some("the task belongs to no account".to_owned())),
        Some(Task {
            about: Some(account), ..
        }) => {
            let looked = anew::look(&writing.end(), &account.id, flags, context);
            (sending::begin(flags, context)?, looked.err())
        }
    };
    Ok(Looked {
        writing,
        unasked,
        seen,
    })
}

/// What a task is written with, after a look at the CRM.
struct Looked {
    writing: Writing,
    /// Why the CRM was not asked, where it was to be.
    unasked: Option<String>,
    /// The task before the look, where it was as it is to be.
    seen: Option<Task>,
}

/// Says that a task that was put off or given to somebody is completed, by whomever: nobody does it any more.
fn tell_if_completed(workplace: &Workplace, id: &str) -> Result<(), CliError> {
    let record = workplace.cache()?.record(Kind::Task, &RecordId::from(id))?;
    if record.is_some_and(|record| record.core(Core::Done) == Some("true")) {
        complain(&format!(
            "note: the task is completed in the CRM; `retain task reopen {id}` takes it up again"
        ));
    }
    Ok(())
}

impl Act {
    /// The task that is as it is to be already, as far as is known here.
    fn is_done_by_now(&self, writing: &Writing) -> Result<Option<Task>, CliError> {
        let (task, is_so) = match self {
            Self::Done { id, .. } => {
                let task = known(writing, id)?;
                let is_done = task.is_done();
                (task, is_done)
            }
            Self::Reopen { id, .. } => {
                let task = known(writing, id)?;
                let is_open = !task.is_done();
                (task, is_open)
            }
            Self::Due { id, day, .. } => {
                let (day, at) = days::parse(&writing.on, day).map_err(CliError::usage)?;
                let task = known(writing, id)?;
                let is_due = task.is_due(&writing.on, day, at);
                (task, is_due)
            }
            Self::Give { id, who, .. } => {
                let to = sending::one_of_us(writing, who)?;
                let task = known(writing, id)?;
                let is_theirs = task.is_of(&to);
                (task, is_theirs)
            }
            Self::Add { .. } => return Ok(None),
        };
        Ok(Some(task).filter(|_| is_so))
    }

    fn flags(&self) -> &Flags {
        match self {
            Self::Add { flags, .. }
            | Self::Done { flags, .. }
            | Self::Reopen { flags, .. }
            | Self::Due { flags, .. }
            | Self::Give { flags, .. } => flags,
        }
    }
}

/// The promise behind a task, if it is one.
fn promised(writing: &Writing, id: &str, task: &Task) -> Result<Option<Promised>, CliError> {
    let overlay = Overlay::read(writing.cache(), writing.ledger(), writing.on.now)?;
    let record = overlay
        .over(writing.cache())
        .record(Kind::Task, &RecordId::from(id))?;
    let seen = HandoffTasks::seen(writing.ledger(), None);
    let seen = seen.map_err(|error| CliError::of_engine("the task could not be read", &error))?;
    let of_handoff = record.as_ref().and_then(|record| seen.of(record));
    Ok(of_handoff.and_then(|of_handoff| Promised::of(task.clone(), &of_handoff)))
}

/// A task as the CRM has it, or as it waits here to be made or changed.
fn known(writing: &Writing, id: &str) -> Result<Task, CliError> {
    let overlay = Overlay::read(writing.cache(), writing.ledger(), writing.on.now)?;
    let shown = overlay.over(writing.cache());
    let id = RecordId::from(id);
    let record = shown.record(Kind::Task, &id)?.ok_or_else(|| {
        CliError::usage(format!("no task has the id `{id}`"))
            .hint("`retain task list` names the ids of mine, `retain task list ACCOUNT` those of an account")
    })?;
    let account = shown
        .linked_ids((Kind::Task, &id), Kind::Account)?
        .into_iter()
        .next();
    let about = match account {
        Some(account) => {
            let name = shown.record(Kind::Account, &account)?;
            let name = name.as_ref().and_then(|record| record.line(Core::Name));
            Some(About {
                name: name.unwrap_or_default(),
                id: account,
            })
        }
        None => None,
    };
    Ok(as_task(&record, about))
}

fn as_task(record: &Record, about: Option<About>) -> Task {
    let value = |field| record.core(field).map(str::to_owned);
    Task {
        target: Target::of(&record.id),
        subject: value(Core::Subject).unwrap_or_default(),
        due: value(Core::Due),
        done: value(Core::Done),
        owner: value(Core::Owner),
        about,
    }
}
