//! What a person says of warnings on the command line.

use serde_json::json;

use crate::cli::CliError;
use crate::cli::context::Context;
use crate::cli::output::Plain;
use crate::cli::writing::Writing;
use crate::domain::account_view::AccountView;
use crate::domain::acts::warn::{self, CLOSE, SNOOZE, Said, Seen};
use crate::domain::desk::Warning;

/// What to say of a warning.
#[derive(Debug, clap::Subcommand)]
pub enum Act {
    /// Close it: real, known or noise, and why
    Close {
        /// The warning: ACCOUNT:SIGNAL, or ACCOUNT where one alone is open
        warning: String,
        /// The verdict, then why
        #[arg(required = true)]
        words: Vec<String>,
    },
    /// Let it sleep until a day, or until it is worse
    Snooze {
        /// The warning: ACCOUNT:SIGNAL, or ACCOUNT where one alone is open
        warning: String,
        /// Until when (fri, +2w, 2026-12-04), or `worse` for no day but until it is worse; after a day `only` has it
        /// sleep though it gets worse; then why
        #[arg(required = true)]
        words: Vec<String>,
    },
    /// Take it on: you have seen it
    Ack {
        /// The warning: ACCOUNT:SIGNAL, or ACCOUNT where one alone is open
        warning: String,
    },
    /// Say what is done about it
    Plan {
        /// The warning: ACCOUNT:SIGNAL, or ACCOUNT where one alone is open
        warning: String,
        /// What is done
        words: Vec<String>,
    },
    /// Wake it before its day
    Wake {
        /// The warning: ACCOUNT:SIGNAL, or ACCOUNT where one alone is open
        warning: String,
    },
    /// Take the last thing back that was said of it; opens again what was closed
    Undo {
        /// The warning: ACCOUNT:SIGNAL
        warning: String,
    },
}

/// Says it, and tells what follows.
pub fn run(act: &Act, context: &Context) -> Result<(), CliError> {
    let mut writing = Writing::begin(context)?;
    let (target, said) = match act {
        Act::Close { warning, words } => (
            warning,
            warn::close(&words.join(" ")).map_err(|why| wrong(why, CLOSE))?,
        ),
        Act::Snooze { warning, words } => {
            let said = warn::snooze(&writing.on, &words.join(" "));
            (warning, said.map_err(|why| wrong(why, SNOOZE))?)
        }
        Act::Ack { warning } => (warning, Said::Acknowledge),
        Act::Plan { warning, words } => (warning, Said::Plan(words.join(" "))),
        Act::Wake { warning } => (warning, Said::Rouse),
        Act::Undo { warning } => (warning, Said::TakeBack),
    };
    let seen = seen(&writing, target, said == Said::TakeBack, context)?;
    said.wakes(std::slice::from_ref(&seen))
        .map_err(|why| wrong(why, SNOOZE))?;
    writing.warn(&said.events(std::slice::from_ref(&seen)))?;
    let today = writing.on.today();
    if context.output.is_text() {
        let means = said.means(std::slice::from_ref(&seen), today);
        return context
            .output
            .text(&format!("{} · {}: {means}", seen.name, seen.signal));
    }
    let answer = json!({
        "warning": format!("{}:{}", seen.account, seen.signal),
        "account": seen.account,
        "name": seen.name,
        "signal": seen.signal,
        "said": said.words(today),
    });
    context.output.values(&answer, Plain::Values)
}

fn wrong(why: String, write: &str) -> CliError {
    CliError::usage(why).hint(write)
}

/// The warning that a text means, as it is now.
fn seen(writing: &Writing, text: &str, may_be_closed: bool, context: &Context) -> Result<Seen, CliError> {
    let (account, signal) = match text.rsplit_once(':') {
        Some((account, signal)) => (account, Some(signal)),
        None => (text, None),
    };
    let view = writing.account(account, context)?;
    let found: Vec<&Warning> = view
        .warnings
        .iter()
        .filter(|one| signal.is_none_or(|signal| one.signal == signal))
        .collect();
    let warning = match (found.as_slice(), signal) {
        ([one], _) => *one,
        // What was closed is not on the account any more; the ledger says whether there is something to take back.
        ([], Some(signal)) if may_be_closed => {
            return Ok(Seen {
                account: view.summary.id.clone(),
                name: view.summary.name.clone(),
                signal: signal.to_owned(),
                reason: String::new(),
                level: crate::domain::warning::Level::default(),
                worse_from: None,
                rearms: false,
                closed: None,
            });
        }
        ([], Some(signal)) => {
            let error = CliError::usage(format!("{} has no open warning `{signal}`", view.summary.name));
            return Err(error.hint(open(&view)));
        }
        ([], None) => {
            return Err(CliError::usage(format!(
                "{} has no open warning",
                view.summary.name
            )));
        }
        _ => {
            let error = CliError::usage(format!(
                "{} has several open warnings: say which",
                view.summary.name
            ));
            return Err(error.hint(open(&view)));
        }
    };
    Ok(Seen {
        account: view.summary.id.clone(),
        name: view.summary.name.clone(),
        signal: warning.signal.clone(),
        reason: warning.reason.clone(),
        level: warning.line.level.clone(),
        worse_from: warning.line.worse_from.clone(),
        rearms: warning.line.rearms,
        closed: None,
    })
}

/// What is open on an account, for a hint.
fn open(view: &AccountView) -> String {
    let signals: Vec<String> = view
        .warnings
        .iter()
        .map(|one| format!("{}:{}", view.summary.id, one.signal))
        .collect();
    match signals.as_slice() {
        [] => "none is open".to_owned(),
        some => format!("open are {}", some.join(", ")),
    }
}
