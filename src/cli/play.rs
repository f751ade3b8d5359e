//! `retain play`: playbooks, and the runs of them.

mod bulk;
mod bulks;
mod list;
mod outcomes;
mod page;
mod plan;
mod show;
mod theirs;

use crate::domain::account_view::AccountView;
use crate::domain::acts::Somebody;
use crate::domain::desk::Warning;
use crate::domain::playbook::{self, Deed, Ground, Playbook, Reader, Run, RunStep, WithAll};
use crate::domain::record::RecordId;
use crate::engine;
use crate::store::Cache;

use super::CliError;
use super::context::{Context, Workplace};
use super::output::Plain;
use super::sending::{self, Done, Flags};
use super::writing::{self, Writing};
use page::{page, shape};

/// List playbooks, start one on an account, do its steps
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List the playbooks that can be started, and whether each applies to an account
    List {
        /// Id of an account, or its name or a part of it
        account: Vec<String>,
        /// List instead what came of the runs of each version
        #[arg(long, conflicts_with = "account")]
        outcomes: bool,
        /// List instead the plays that were started on many accounts, and how each stands
        #[arg(long, conflicts_with_all = ["account", "outcomes"])]
        bulk: bool,
    },
    /// Start a playbook on an account, or on many
    #[command(
        after_help = "On many accounts (--account, --filter, --where) it is told of each what is done, or why nothing; then \
        how many accounts it starts on is typed, or given with --count. --filter and --where together mean the accounts that \
        both fit; where it cannot be told whether the condition holds, the account is listed and left out. Where an account \
        has an open warning that the playbook answers, the first of them is the reason, unless --reason names another."
    )]
    Start {
        /// Id of the playbook
        playbook: String,
        /// Id of the account, or its name or a part of it
        #[arg(
            required_unless_present_any = ["also", "filter", "where"],
            conflicts_with_all = ["also", "filter", "where"]
        )]
        account: Vec<String>,
        /// One of many accounts: its id, or its name or a part of it
        #[arg(long = "account", value_name = "ACCOUNT", id = "also")]
        also: Vec<String>,
        /// On the accounts that have all these words, as `retain accounts WORDS` lists them
        #[arg(long, value_name = "WORDS")]
        filter: Option<String>,
        /// On the accounts of which this holds, e.g. 'arr > 20000 && segment == "smb"', in the language of signals
        #[arg(long = "where", value_name = "CONDITION", id = "where")]
        condition: Option<String>,
        /// How many accounts it starts on, instead of typing it when asked; any other number starts nothing
        #[arg(long, value_name = "N", conflicts_with_all = ["account", "dry_run"])]
        count: Option<usize>,
        /// Id of the signal whose open warning is the reason
        #[arg(long, value_name = "SIGNAL")]
        reason: Option<String>,
        /// Start it although the same play runs on the account for the same reason, yours or a colleague's
        #[arg(long, conflicts_with_all = ["also", "filter", "where"])]
        again: bool,
        /// Start it although it does not apply to the account, that cannot be told, or it would be over at once
        #[arg(long, conflicts_with_all = ["also", "filter", "where"])]
        anyway: bool,
        /// Only say what it would do, and what speaks against it
        #[arg(long)]
        dry_run: bool,
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
    /// Reassign an open step, and its task in the CRM with it
    Reassign {
        /// Id of the run
        run: String,
        /// Id of the step
        step: String,
        /// Whose it is to be: e-mail address, id or a part of the name
        to: String,
        #[command(flatten)]
        flags: Flags,
    },
    /// Pause a run, or all runs of a bulk play: no step of it is due or late until it is resumed
    Pause {
        /// Id of the run, or of the bulk play
        run: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        flags: Flags,
    },
    /// Resume a run, or all paused runs of a bulk play; open steps are due as many business days later as it was paused
    Resume {
        /// Id of the run, or of the bulk play
        run: String,
        #[command(flatten)]
        flags: Flags,
    },
    /// Give a run up, or all runs of a bulk play; the tasks of open steps are closed
    Abandon {
        /// Id of the run, or of the bulk play
        run: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        flags: Flags,
    },
    /// Show the runs that are under way, one run, or all runs of an account
    Show {
        /// Id of a run, of a bulk play or of the account, or its name or a part of it
        account: Vec<String>,
    },
}

/// Does what was asked.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    match &args.what {
        Command::List { outcomes: true, .. } => outcomes::run(context),
        Command::List { bulk: true, .. } => bulks::list(context),
        Command::List { account, .. } => list::run(&account.join(" "), context),
        Command::Start {
            playbook,
            account,
            also,
            filter,
            condition,
            count,
            reason,
            dry_run,
            flags,
            ..
        } if account.is_empty() => {
            let start = bulk::Start {
                playbook,
                accounts: also,
                filter: filter.as_deref(),
                condition: condition.as_deref(),
                reason: reason.as_deref(),
                count: *count,
                dry_run: *dry_run,
            };
            start.run(flags, context)
        }
        Command::Start {
            playbook,
            account,
            reason,
            again,
            anyway,
            dry_run,
            flags,
            ..
        } => {
            let writing = sending::begin_or_tell(*dry_run, flags, context)?;
            let view = writing.account(&account.join(" "), context)?;
            let start = Start {
                id: playbook,
                reason: reason.as_deref(),
                again: *again,
                anyway: *anyway,
            };
            if *dry_run {
                return start.told(&writing, &view, context);
            }
            start.carry_out(writing, &view, flags, context)
        }
        Command::Done {
            run,
            step,
            note,
            flags,
        } => act(context, flags, run, |writing, case| {
            done(writing, case, step, note.as_deref())
        }),
        Command::Skip {
            run,
            step,
            reason,
            flags,
        } => act(context, flags, run, |writing, case| {
            told(playbook::skip(&writing.on, &case.run, &case.name, step, reason))
        }),
        Command::Undo { run, step, flags } => act(context, flags, run, |writing, case| {
            told(playbook::reopen(&writing.on, &case.run, &case.name, step))
        }),
        Command::Reassign { run, step, to, flags } => act(context, flags, run, |writing, case| {
            let to = sending::one_of_us(writing, to)?;
            told(playbook::reassign(&writing.on, &case.run, &case.name, step, &to))
        }),
        Command::Pause { run, reason, flags } => match bulks::find(run, context)? {
            Some(bulk) => bulks::with_all(bulk, WithAll::Pause(reason), flags, context),
            None => act(context, flags, run, |_, case| {
                told(playbook::pause(&case.run, reason))
            }),
        },
        Command::Resume { run, flags } => match bulks::find(run, context)? {
            Some(bulk) => bulks::with_all(bulk, WithAll::Resume, flags, context),
            None => act(context, flags, run, |writing, case| {
                told(playbook::resume(&writing.on, &case.run, &case.name))
            }),
        },
        Command::Abandon { run, reason, flags } => match bulks::find(run, context)? {
            Some(bulk) => bulks::with_all(bulk, WithAll::GiveUp(reason), flags, context),
            None => act(context, flags, run, |writing, case| {
                told(playbook::abandon(&writing.on, &case.run, &case.name, reason))
            }),
        },
        Command::Show { account } => show::run(&account.join(" "), context),
    }
}

/// What it does to have done a step.
fn done(writing: &Writing, case: &Case, step: &str, note: Option<&str>) -> Result<Deed, CliError> {
    let gone = || CliError::failed("the cache has the account of this run no more");
    let view = case.view.as_ref().ok_or_else(gone)?;
    let people = &Somebody::active(&writing.owners);
    let deed = playbook::complete(&writing.on, &case.run, Ground { view, people }, step, note);
    deed.map_err(|why| match case.run.step(step) {
        Some(step) => not_done(&case.run, step, note, why),
        None => CliError::usage(why),
    })
}

/// A playbook to be started.
struct Start<'a> {
    id: &'a str,
    reason: Option<&'a str>,
    again: bool,
    anyway: bool,
}

impl Start<'_> {
    fn carry_out(
        &self,
        writing: Writing,
        view: &AccountView,
        flags: &Flags,
        context: &Context,
    ) -> Result<(), CliError> {
        let playbook = called(&writing.workplace.setup.playbooks, self.id)?;
        let warning = self.warning(&writing, view)?;
        if let Some(why) = self.runs_already(view, warning).filter(|_| !self.again) {
            return Err(CliError::failed(why).hint("--again starts it a second time"));
        }
        if let Some(why) = playbook.misfit(view).filter(|_| !self.anyway) {
            return Err(CliError::failed(why).hint("--anyway starts it all the same"));
        }
        let deed = self.deed(&writing, view, warning)?;
        let run = deed.events.first().map(|event| event.what.run().to_owned());
        let done = sending::perform(writing, &deed, flags, context)?;
        answer(context, &run.unwrap_or_default(), &done)
    }

    /// Says what it would do, and what speaks against it.
    fn told(&self, writing: &Writing, view: &AccountView, context: &Context) -> Result<(), CliError> {
        let playbook = called(&writing.workplace.setup.playbooks, self.id)?;
        let warning = self.warning(writing, view)?;
        let against: Vec<String> = self
            .runs_already(view, warning)
            .into_iter()
            .chain(playbook.misfit(view))
            .collect();
        let deed = self.deed(writing, view, warning)?;
        plan::tell(&deed, &against, writing.on.today(), context)
    }

    fn deed(
        &self,
        writing: &Writing,
        view: &AccountView,
        warning: Option<&Warning>,
    ) -> Result<Deed, CliError> {
        let playbook = called(&writing.workplace.setup.playbooks, self.id)?;
        told(playbook::start(
            &writing.on,
            playbook,
            view,
            writing.team(),
            warning,
        ))
    }

    /// The open warning for which it is started: the one that is named, else the first that the playbook answers.
    fn warning<'a>(&self, writing: &Writing, view: &'a AccountView) -> Result<Option<&'a Warning>, CliError> {
        let setup = &writing.workplace.setup;
        match self.reason {
            Some(signal) => warning(view, signal).map(Some),
            None => Ok(called(&setup.playbooks, self.id)?.answered(view, &setup.answers())),
        }
    }

    /// That the same play runs for the same reason, mine or a colleague's, in one sentence.
    fn runs_already(&self, view: &AccountView, warning: Option<&Warning>) -> Option<String> {
        let (id, name) = (self.id, &view.summary.name);
        let signal = warning.map(|warning| warning.signal.as_str());
        let mine = playbook::running(&view.plays, id, signal)
            .map(|run| format!("`{id}` runs on {name} already: {}, by {}", run.id, run.author));
        let theirs = || {
            let run = playbook::colleague(&view.colleagues, id, signal)?;
            Some(format!(
                "`{id}` runs on {name} already: {}, of {}",
                run.id,
                run.by()
            ))
        };
        mine.or_else(theirs)
    }
}

fn called<'a>(playbooks: &'a [Playbook], id: &str) -> Result<&'a Playbook, CliError> {
    let known: Vec<&str> = playbooks.iter().map(|one| one.id.as_str()).collect();
    let found = playbooks.iter().find(|one| one.id == id);
    found.ok_or_else(|| {
        let known = known.join(", ");
        CliError::usage(format!("no playbook is called `{id}`; there is: {known}"))
    })
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

/// A run that something is done with.
struct Case {
    run: Run,
    /// Name of the account.
    name: String,
    /// The account with everything around it; `None` where the cache has it no more.
    view: Option<AccountView>,
}

impl Case {
    fn read(writing: &Writing, id: &str, context: &Context) -> Result<Self, CliError> {
        let run = find(&writing.workplace, id)?;
        let name = name_of(writing.cache(), &run.account)?;
        let is_here = writing.cache().summary(&run.account)?.is_some();
        let view = is_here.then(|| writing.account(run.account.as_str(), context));
        let view = view.transpose()?;
        // As the account's page has it, what can be told of it now is told too.
        let told = view
            .as_ref()
            .and_then(|view| view.plays.iter().find(|one| one.id == run.id));
        Ok(Self {
            run: told.cloned().unwrap_or(run),
            name,
            view,
        })
    }
}

/// Does something with a run, and says how the run stands then.
fn act(
    context: &Context,
    flags: &Flags,
    id: &str,
    deed: impl FnOnce(&Writing, &Case) -> Result<Deed, CliError>,
) -> Result<(), CliError> {
    let writing = sending::begin(flags, context)?;
    let case = Case::read(&writing, id, context)?;
    let deed = deed(&writing, &case)?;
    let done = sending::perform(writing, &deed, flags, context)?;
    answer(context, id, &done)
}

/// The error of a step that is not done for this reason, with what gives the note that it may need.
pub fn not_done(run: &Run, step: &RunStep, note: Option<&str>, why: String) -> CliError {
    let error = CliError::usage(why);
    if !run.is_ready(step) || !playbook::needs_note(step) || note.is_some_and(|note| !note.trim().is_empty())
    {
        return error;
    }
    error.hint("`--note TEXT` writes it")
}

fn told(deed: Result<Deed, String>) -> Result<Deed, CliError> {
    deed.map_err(CliError::usage)
}

/// How a run stands after something was done, and what became of what that writes.
fn answer(context: &Context, id: &str, done: &Done) -> Result<(), CliError> {
    let workplace = &done.workplace;
    let run = find(workplace, id)?;
    let name = name_of(&workplace.cache()?, &run.account)?;
    if context.output.is_text() {
        let (zone, owners) = (
            workplace.setup.settings.zone(),
            writing::owners(&workplace.cache()?)?,
        );
        let reader = Reader {
            today: workplace.setup.settings.day_of(context.now()),
            zone: &zone,
            owners: &owners,
        };
        let theirs = show::colleagues(workplace, &workplace.cache()?, context)?;
        context.output.text(&page(&run, &name, reader, &theirs))?;
        done.tell(context)?;
    } else {
        let mut answer = done.shape(context.now());
        answer["run"] = shape(&run, &name, context, workplace);
        context.output.values(&answer, Plain::Values)?;
    }
    done.not_done()
}

fn all(workplace: &Workplace) -> Result<Vec<Run>, CliError> {
    let runs = engine::plays::runs(&workplace.ledger()?, None);
    runs.map_err(|error| CliError::of_engine("the runs cannot be read", &error))
}

fn find(workplace: &Workplace, id: &str) -> Result<Run, CliError> {
    let mut runs = all(workplace)?.into_iter();
    if let Some(run) = runs.find(|run| run.id.eq_ignore_ascii_case(id)) {
        return Ok(run);
    }
    let is_bulk = bulks::all(workplace)?
        .iter()
        .any(|bulk| bulk.id.eq_ignore_ascii_case(id));
    Err(if is_bulk {
        CliError::usage(format!(
            "`{id}` is a bulk play, and this is done to one of its runs"
        ))
        .hint("`retain play show ACCOUNT` names the run on an account; `pause`, `resume` and `abandon` act on all of them")
    } else {
        CliError::usage(format!("there is no run `{id}`")).hint("`retain play show` lists those under way")
    })
}

fn name_of(cache: &Cache, account: &RecordId) -> Result<String, CliError> {
    let line = cache.summary(account)?;
    Ok(line.map_or_else(|| account.to_string(), |line| line.name))
}
