//! `retain task`: make a task, complete it, take it up again, put it off, give it to somebody.

use crate::domain::acts::task::{self, NewTask, Task};
use crate::domain::acts::{About, days};
use crate::domain::outbox::Target;
use crate::domain::record::{Core, Kind, Record, RecordId};

use super::CliError;
use super::context::Context;
use super::sending::{self, Flags};
use super::writing::{Writing, about};

/// Make a task, complete it, put it off or give it to somebody
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

/// What to do.
#[derive(Debug, clap::Subcommand)]
enum What {
    /// Make a task on an account
    Add {
        /// The account: its id, or its name or a part of it
        account: String,
        /// What is to be done, in one line
        subject: String,
        /// When it is due: today, fri, +3d, +2bd, 27 nov, 2026-11-27, with a time behind
        #[arg(long, value_name = "DAY", default_value = "today")]
        due: String,
        /// Who does it: e-mail address or name; you when left out
        #[arg(long, value_name = "WHO")]
        owner: Option<String>,
        /// More about it; - reads standard input, @FILE a file
        #[arg(long, value_name = "TEXT")]
        text: Option<String>,
        #[command(flatten)]
        flags: Flags,
    },
    /// Complete a task
    Done {
        /// The task's id in the CRM
        id: String,
        #[command(flatten)]
        flags: Flags,
    },
    /// Take up a completed task again
    Reopen {
        /// The task's id in the CRM
        id: String,
        #[command(flatten)]
        flags: Flags,
    },
    /// Put a task off, or bring it forward
    Due {
        /// The task's id in the CRM
        id: String,
        /// When it is due: today, fri, +3d, +2bd, 27 nov, 2026-11-27, with a time behind
        day: String,
        #[command(flatten)]
        flags: Flags,
    },
    /// Give a task to somebody
    Give {
        /// The task's id in the CRM
        id: String,
        /// Who does it from now on: e-mail address or name
        who: String,
        #[command(flatten)]
        flags: Flags,
    },
}

/// Does it.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let flags = args.what.flags();
    let writing = sending::begin(flags, context)?;
    let on = &writing.on;
    let entry = match &args.what {
        What::Add {
            account,
            subject,
            due,
            owner,
            text,
            ..
        } => {
            let about = about(&writing.account(account, context)?);
            let (day, at) = days::parse(on, due).map_err(CliError::usage)?;
            let owner = owner
                .as_ref()
                .map(|who| sending::one_of_us(&writing, who))
                .transpose()?;
            let body = text.as_ref().map(|text| sending::text(text)).transpose()?;
            let new = NewTask {
                subject: subject.clone(),
                body: body.unwrap_or_default(),
                due: Some(day),
                at,
                owner,
            };
            task::make(on, &about, &new).map_err(CliError::usage)?
        }
        What::Done { id, .. } => task::complete(on, &known(&writing, id)?),
        What::Reopen { id, .. } => task::reopen(on, &known(&writing, id)?),
        What::Due { id, day, .. } => {
            let (day, at) = days::parse(on, day).map_err(CliError::usage)?;
            task::reschedule(on, &known(&writing, id)?, day, at).map_err(CliError::usage)?
        }
        What::Give { id, who, .. } => {
            let to = sending::one_of_us(&writing, who)?;
            task::reassign(on, &known(&writing, id)?, &to)
        }
    };
    sending::carry_out(writing, vec![entry], flags, context)
}

impl What {
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

/// A task as the cache has it.
fn known(writing: &Writing, id: &str) -> Result<Task, CliError> {
    let cache = writing.cache();
    let id = RecordId::from(id);
    let record = cache.record(Kind::Task, &id)?.ok_or_else(|| {
        CliError::failed(format!("no task has the id `{id}`"))
            .hint("`retain brief ACCOUNT --json` names the ids; `retain sync` brings new ones")
    })?;
    let account = cache
        .linked_ids((Kind::Task, &id), Kind::Account)?
        .into_iter()
        .next();
    let about = match account {
        Some(account) => {
            let name = cache.record(Kind::Account, &account)?;
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
        target: Target::Record(record.id.clone()),
        subject: value(Core::Subject).unwrap_or_default(),
        due: value(Core::Due),
        done: value(Core::Done),
        owner: value(Core::Owner),
        about,
    }
}
