//! `retain signals`: the rules of early warning, what each says of an account and why, and what it would have said.

mod backtest;
mod list;
mod test;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::config::Setup;
use crate::domain::acts::days;
use crate::domain::signal::Signal;
use crate::domain::vocabulary::nearest;

use super::CliError;
use super::context::Context;

/// List the signals, or say what one saw, or would have said
#[derive(Debug, Default, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "A day counts to its end: 2026-10-01, yesterday, 3 days ago, or 30d for thirty. Of the past, segments \
    and stages are those of today.\n\
    Example: retain signals test usage-drop --account juniper"
)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    list: list::Listing,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Say what a signal sees of an account, of all without one, and why it holds or not
    Test(test::Args),
    /// Play a signal back over the past: when it would have spoken, of whom, before what
    Backtest(backtest::Args),
}

/// Prints what was asked for.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    match &args.action {
        None => list::run(&args.list, context),
        Some(Action::Test(args)) => test::run(args, context),
        Some(Action::Backtest(args)) => backtest::run(args, context),
    }
}

/// The signal in force with this id.
fn signal<'s>(setup: &'s Setup, id: &str) -> Result<&'s Signal, CliError> {
    let signals = &setup.signals.signals;
    signals.iter().find(|one| one.id == id).ok_or_else(|| {
        let ids = signals.iter().map(|one| one.id.as_str());
        if setup.signals_faulty {
            let what = format!("no signal `{id}` is in force, and signals.toml has mistakes: one that has a mistake is left out");
            return CliError::usage(what).hint("`retain check` tells them, each with its place");
        }
        let error = CliError::usage(format!("no signal is called `{id}`"));
        match nearest(id, ids) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error.hint("`retain signals` lists them"),
        }
    })
}

/// The end of a day that has passed; `None` for today, whose end is now.
fn past(text: Option<&String>, zone: &TimeZone, now: Timestamp) -> Result<Option<Timestamp>, CliError> {
    let today = now.to_zoned(zone.clone()).date();
    let Some(text) = text else { return Ok(None) };
    let day = days::past(today, text).ok_or_else(|| {
        CliError::usage(format!("`{text}` is no day of the past"))
            .hint(format!("write {}", days::PAST_EXAMPLES))
    })?;
    Ok((day < today).then(|| days::end_of(day, zone)).flatten())
}

fn failed(error: &crate::engine::EngineError) -> CliError {
    CliError::of_engine("the signals cannot be evaluated", error)
}

/// `yes`, `no`, or that it cannot be told.
fn word(holds: Option<bool>) -> &'static str {
    match holds {
        Some(true) => "holds",
        Some(false) => "does not hold",
        None => "cannot tell",
    }
}
