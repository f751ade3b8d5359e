//! What a command takes over from the team before it answers, and tells the team after it has noted something.
//!
//! Neither keeps a command from its answer: what cannot be read or written is told on standard error.

use jiff::Timestamp;

use crate::config::Setup;
use crate::runtime::team_journal::{self, Exchange};
use crate::runtime::worker::{self, WorkerError};
use crate::store::{Ledger, StoreError};

use super::context::{Workplace, tell_notice};
use super::output::complain;

/// Takes over what others said since, and makes the accounts anew that it is about.
pub fn hear(workplace: &Workplace, now: Timestamp) {
    if let Err(error) = try_to_hear(workplace, now) {
        complain(&format!(
            "warning: what the team says is not known: {error}; `retain doctor` says more"
        ));
    }
}

fn try_to_hear(workplace: &Workplace, now: Timestamp) -> Result<(), WorkerError> {
    let (setup, paths) = (&workplace.setup, &workplace.paths);
    if setup.settings.team.folder().is_none() {
        return Ok(());
    }
    // Before the first sync there is nothing to take it over into; what else is wrong with it is told by who needs it.
    let Ok(ledger) = Ledger::open_read_only(&paths.ledger_db) else {
        return Ok(());
    };
    match Exchange::of(setup, &ledger)? {
        Some(exchange) if exchange.is_behind(&ledger)? => {}
        _ => return Ok(()),
    }
    drop(ledger);
    let (mut stores, notices) = worker::open_stores(setup, paths)?;
    notices.into_iter().for_each(tell_notice);
    let heard = team_journal::hear_and_show(setup, &mut stores, now)?;
    // They name files, and those name their authors.
    if setup.redacted && !heard.notices.is_empty() {
        complain("warning: something is wrong with the team's journal; --redact hides what");
        return Ok(());
    }
    heard.notices.into_iter().for_each(tell_notice);
    Ok(())
}

/// Tells the team what was noted.
pub fn say(setup: &Setup, ledger: &Ledger) {
    let said: Result<(), StoreError> = team_journal::say(setup, ledger);
    if let Err(error) = said {
        complain(&format!(
            "warning: it is saved, and the team learns of it with the next command or cockpit: {error}"
        ));
    }
}
