//! Looks at the CRM before it is said that there is nothing to do: what the cache says may be old.

use std::time::Instant;

use serde_json::json;

use crate::domain::record::RecordId;
use crate::runtime::worker::{self, Order, Worker, WorkerError};
use crate::store::lock::SyncLock;
use crate::sync::SyncError;

use super::CliError;
use super::context::{Context, Workplace, tell_notice};
use super::freshness::Freshness;
use super::output::{Plain, complain};
use super::sending::{Flags, SLOW};
use super::silence::Silence;

/// What is told once the CRM is slow.
const WAITING: &str = "note: waiting for the CRM, which is asked whether there is anything to do …";
const PLAIN: Plain = Plain::Table("entries", &["id", "state", "title"]);

/// Reads an account with its tasks from the CRM, which is waited for as long as the flags say; the error says why that is
/// not possible.
pub fn look(
    workplace: &Workplace,
    account: &RecordId,
    flags: &Flags,
    context: &Context,
) -> Result<(), String> {
    let setup = &workplace.setup;
    let _lock = match SyncLock::acquire(&workplace.paths.lock) {
        Ok(Ok(lock)) => lock,
        Ok(Err(_)) => return Err("another program of yours is talking to the CRM".to_owned()),
        Err(error) => return Err(error.to_string()),
    };
    let (mut stores, notices) =
        worker::open_stores(setup, &workplace.paths).map_err(|error| error.to_string())?;
    notices.into_iter().for_each(tell_notice);
    let worker = Worker::new(setup, workplace.texts.clone()).map_err(|error| error.to_string())?;
    let order = Order {
        now: context.now(),
        full: false,
        accept_deletes: false,
    };
    let _silence = Silence::told_after(SLOW, || complain(WAITING));
    let begun = Instant::now();
    let read = worker.account(setup, &mut stores, order, account, flags.within());
    flags.has_waited(begun);
    match read {
        Err(WorkerError::Sync(SyncError::Stopped)) => Err("the CRM takes too long to answer".to_owned()),
        read => read.map_err(|error| error.to_string()),
    }
}

/// Tells that there is nothing to do, as of when that is known where the CRM could not be asked just now.
pub fn nothing_to_do(
    why: &str,
    unasked: Option<&str>,
    workplace: &Workplace,
    context: &Context,
) -> Result<(), CliError> {
    let told = nothing_because(why, unasked, workplace, context)?;
    if context.output.is_text() {
        return context.output.text(&told);
    }
    let answer = json!({ "entries": [], "nothing_because": told });
    context.output.values(&answer, PLAIN)
}

/// The same in words.
pub fn nothing_because(
    why: &str,
    unasked: Option<&str>,
    workplace: &Workplace,
    context: &Context,
) -> Result<String, CliError> {
    let told = format!("nothing to change: {why}");
    let Some(reason) = unasked else { return Ok(told) };
    let freshness = Freshness::of(&workplace.cache()?, workplace, context.now())?;
    let zone = workplace.setup.settings.zone();
    let as_of = freshness.words(context.now(), &zone);
    Ok(format!(
        "{told}, as far as is known here ({as_of}); the CRM was not asked now: {reason}"
    ))
}
