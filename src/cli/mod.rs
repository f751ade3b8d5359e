//! The command line: one file per subcommand, output, errors, exit codes.
//!
//! A subcommand is a file with `Args` and `run`, one line in [`Command`] and one in `dispatch`.
//! What it prints goes through [`output`]; what goes wrong is a [`CliError`].

pub mod account;
pub mod accounts;
pub mod alarms;
pub mod anew;
mod as_of;
pub mod brief;
pub mod check;
pub mod cockpit;
pub mod completions;
pub mod config_show;
pub mod connect;
pub mod context;
pub mod demo;
pub mod demo_server;
pub mod doctor;
pub mod edit;
pub mod error;
pub mod flags;
pub mod freshness;
pub mod goal;
mod handing;
pub mod handoff;
pub mod health;
pub mod ledger;
pub mod locale;
pub mod log;
pub mod man;
pub mod note;
pub mod nps;
pub mod outbox;
pub mod output;
pub mod play;
pub mod risks;
pub mod route;
pub mod sending;
pub mod shape;
pub mod signals;
mod silence;
pub mod standup;
pub mod status;
pub mod sync;
pub mod task;
pub mod team;
mod team_journal;
pub mod watch;
pub mod who;
pub mod writing;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{FromArgMatches, Parser};
use jiff::Timestamp;

use crate::runtime::process::{self, PanicIn};

use context::Context;
pub use error::CliError;
use error::FailureKind;

/// The terminal cockpit for customer success
#[derive(Debug, Parser)]
#[command(
    name = "retain",
    version,
    max_term_width = 100,
    override_usage = "retain [OPTIONS]\n       retain <COMMAND> [OPTIONS]",
    after_help = "Without a command the cockpit opens. `retain demo` shows everything on a made-up CRM.\n\
        Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 authentication, 4 CRM out of reach."
)]
pub struct Cli {
    /// The flags that may stand before or behind a subcommand.
    #[command(flatten)]
    pub global: Global,
    /// What to do; the cockpit when nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The flags that may stand before or behind a subcommand; where each acts is said in [`flags`].
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Global {
    /// Print one JSON document
    #[arg(long, global = true, conflicts_with = "plain", display_order = 900)]
    pub json: bool,
    /// Print exact values for programs: the fields of --json, tab-separated
    #[arg(long, global = true, display_order = 901)]
    pub plain: bool,
    /// Use this profile, not that of RETAIN_PROFILE or the default one
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        env = "RETAIN_PROFILE",
        hide_env = true,
        display_order = 902
    )]
    pub profile: Option<String>,
    /// Never change anything in the CRM
    #[arg(long, global = true, display_order = 903)]
    pub read_only: bool,
    /// Mask people, customers and money, for others to look on
    #[arg(long, global = true, display_order = 903)]
    pub redact: bool,
    /// Refuse to go on with a mistake in a configuration file
    #[arg(long, global = true, display_order = 904)]
    pub strict: bool,
    /// Let the clock stand still at this instant, such as 2026-11-23T08:50:00Z
    #[arg(long, global = true, value_name = "TIME", value_parser = instant, display_order = 905)]
    pub now: Option<Timestamp>,
    /// Note in this file when the cockpit is at rest, for tests
    #[arg(long, global = true, hide = true, value_name = "FILE")]
    pub idle_file: Option<PathBuf>,
    /// Panic there, for tests
    #[arg(
        long,
        global = true,
        hide = true,
        hide_possible_values = true,
        value_enum,
        value_name = "THREAD"
    )]
    pub panic_in: Option<PanicIn>,
}

/// Everything that `retain` can be asked to do, in the order of use.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Open the cockpit on a made-up CRM
    Demo(demo::Args),
    /// Connect a CRM: check the key, propose the mapping, write the files
    Connect(connect::Args),
    /// Bring the cache up to what the CRM has
    Sync(sync::Args),
    /// List accounts, worst first
    Accounts(accounts::Args),
    /// Show one account with everything around it
    Account(account::Args),
    /// Print one page about an account, to read before a call
    Brief(brief::Args),
    /// List the risk queue, most pressing first; close, snooze or take on a warning
    Risks(risks::Args),
    /// Say how each signal does, and what was known of customers that left
    Alarms(alarms::Args),
    /// Say what changed since the last standup; hold one, print its minutes
    Standup(standup::Args),
    /// Show the team lead's table: per CSM book, risk, what is late, load
    Team(team::Args),
    /// Say why a score is what it is and what changed it
    Health(health::Args),
    /// List the signals, or say what one saw, or would have said
    Signals(signals::Args),
    /// Say what customers answered to "would you recommend us", and who is silent
    Nps(nps::Args),
    /// Write a note on an account
    Note(note::Args),
    /// Log a call, meeting or e-mail in one line
    Log(log::Args),
    /// Make a task, complete it, put it off or give it to somebody
    Task(task::Args),
    /// List the goals of an account, or say why one was missed and when to look again
    Goal(goal::Args),
    /// Change fields of an account, or list those that can be changed
    Edit(edit::Args),
    /// List playbooks, start one on an account, do its steps
    Play(play::Args),
    /// List the templates of handoffs, or hand an account over
    Handoff(handoff::Args),
    /// List open questions with the desk that should answer each, or test the rules
    Route(route::Args),
    /// Find the account of a requester by e-mail address or domain
    Who(who::Args),
    /// Print the day in one line, for a status bar or a script
    Status(status::Args),
    /// Tell what changes as it does, a line each, for hooks of a chat
    Watch(watch::Args),
    /// Say what is wrong with files, databases, token, CRM and terminal, and what helps
    Doctor(doctor::Args),
    /// Check every configuration file
    Check(check::Args),
    /// List what waits to be sent to the CRM, what went wrong, and what was sent last
    Outbox(outbox::Args),
    /// Show the configuration that is in force
    Config(config_show::Args),
    /// Copy the ledger to a file, or bring a copy back
    Ledger(ledger::Args),
    /// Serve a made-up CRM on this machine
    DemoServer(demo_server::Args),
    /// Print a completion script for a shell
    Completions(completions::Args),
    /// Print the manual page
    Man(man::Args),
}

fn instant(text: &str) -> Result<Timestamp, String> {
    text.parse()
        .map_err(|_| "write an instant, such as 2026-11-23T08:50:00Z".to_owned())
}

/// Runs the program: the whole of `main`.
pub fn main() -> ExitCode {
    process::harden();
    let parsed = flags::command()
        .try_get_matches()
        .and_then(|mut matches| Ok((flags::check(&matches), Cli::from_arg_matches_mut(&mut matches)?)));
    let cli = match parsed {
        Ok((Ok(()), cli)) => cli,
        Ok((Err(error), cli)) => return error.report(cli.global.json),
        Err(error) => return usage(&error),
    };
    let json = cli.global.json;
    let context = Context::new(cli.global);
    match catch_unwind(AssertUnwindSafe(|| dispatch(cli.command, &context))) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => error.report(json),
        // The panic hook has told it.
        Err(_) => CliError::new(FailureKind::Defect, "ended by a defect").report(json),
    }
}

/// One call per subcommand.
fn dispatch(command: Option<Command>, context: &Context) -> Result<(), CliError> {
    let Some(command) = command else {
        return cockpit::run(context);
    };
    match command {
        Command::Accounts(args) => accounts::run(&args, context),
        Command::Account(args) => account::run(&args, context),
        Command::Nps(args) => nps::run(&args, context),
        Command::Note(args) => note::run(&args, context),
        Command::Log(args) => log::run(&args, context),
        Command::Task(args) => task::run(&args, context),
        Command::Edit(args) => edit::run(&args, context),
        Command::Risks(args) => risks::run(&args, context),
        Command::Alarms(args) => alarms::run(&args, context),
        Command::Team(args) => team::run(&args, context),
        Command::Goal(args) => goal::run(&args, context),
        Command::Standup(args) => standup::run(&args, context),
        Command::Health(args) => health::run(&args, context),
        Command::Signals(args) => signals::run(&args, context),
        Command::Brief(args) => brief::run(&args, context),
        Command::Play(args) => play::run(&args, context),
        Command::Handoff(args) => handoff::run(&args, context),
        Command::Route(args) => route::run(&args, context),
        Command::Who(args) => who::run(&args, context),
        Command::Status(args) => status::run(&args, context),
        Command::Watch(args) => watch::run(&args, context),
        Command::Outbox(args) => outbox::run(&args, context),
        Command::Config(args) => config_show::run(&args, context),
        Command::Connect(args) => connect::run(&args, context),
        Command::Check(args) => check::run(&args, context),
        Command::Demo(args) => demo::run(&args, context),
        Command::Sync(args) => sync::run(&args, context),
        Command::DemoServer(args) => demo_server::run(&args, context),
        Command::Doctor(args) => doctor::run(&args, context),
        Command::Ledger(args) => ledger::run(&args, context),
        Command::Completions(args) => completions::run(&args, context),
        Command::Man(args) => man::run(&args, context),
    }
}

/// Whether `--json` was among the arguments; where they are wrong, that is all that is known of them.
fn asks_for_json(arguments: impl Iterator<Item = OsString>) -> bool {
    let mut flags = arguments.skip(1).take_while(|argument| argument != "--");
    flags.any(|argument| argument == "--json")
}

/// Help and version go to standard output with 0; a wrong command line is 2.
fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && asks_for_json(std::env::args_os()) {
        return CliError::of_arguments(error).report(true);
    }
    // A closed pipe while printing help is no failure.
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_tree_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn an_instant_that_is_none_says_how_one_is_written() {
        let wrong = flags::command().try_get_matches_from(["retain", "--now", "yesterday"]);
        let error = wrong.map_or_else(|error| CliError::of_arguments(&error), |_| CliError::usage(""));
        assert!(
            error
                .summary
                .ends_with("write an instant, such as 2026-11-23T08:50:00Z"),
            "{error}"
        );
    }

    #[test]
    fn help_is_short_and_says_where_to_begin() {
        let mut command = flags::command();
        let help = command.render_long_help().to_string();
        // Every command has a line of its own here.
        assert!(help.lines().count() < 75, "{help}");
        assert!(help.contains("`retain demo`") && help.contains("Exit codes"));
        for subcommand in command.get_subcommands_mut() {
            let help = subcommand.render_long_help().to_string();
            let lines = help.lines().count();
            assert!(lines < 70, "{} has {lines} lines", subcommand.get_name());
        }
    }
}
