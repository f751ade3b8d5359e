//! Sends at once what a subcommand has written, and tells what became of it.
//!
//! What a person did is on disk before anything is said. Then it is sent, if the CRM can be reached and no other
//! program is talking to it; if not, it waits in the outbox and leaves later.

use std::cell::Cell;
use std::fs;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::domain::acts::Somebody;
use crate::domain::outbox::{Entry, NewEntry, State};
use crate::domain::playbook::Deed;
use crate::runtime::clock::Clock;
use crate::runtime::worker::{self, Worker};
use crate::store::lock::SyncLock;
use crate::store::{Ledger, StoreError};
use crate::sync::PushReport;

use super::CliError;
use super::context::{Context, Workplace, tell_notice};
use super::error::FailureKind;
use super::outbox;
use super::output::{Plain, complain};
use super::silence::Silence;
use super::writing::Writing;

const PLAIN: Plain = Plain::Table("entries", &["id", "state", "title", "record", "link", "said"]);

/// After how long a person is told that the CRM is waited for.
pub const SLOW: Duration = Duration::from_secs(2);
/// What is told then.
const WAITING: &str = "note: it is saved in the outbox; waiting for the CRM …";
/// What sends later what was not sent now.
const SENDS: &str = "`retain sync` or the cockpit sends it";

/// Flags of the subcommands that send at once.
#[derive(Debug, clap::Args)]
pub struct Flags {
    /// Only queue it: it leaves with the next sync, or from the cockpit
    #[arg(long)]
    queue: bool,
    /// Wait at most so long for the CRM; the outbox keeps what was not sent, or not answered, by then
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    within: u64,
    /// For so long it was waited for already.
    #[arg(skip)]
    waited: Cell<Duration>,
}

impl Flags {
    /// Whether the CRM may be talked to now.
    pub fn is_only_queued(&self) -> bool {
        self.queue
    }

    /// How long the CRM may still be waited for.
    pub fn within(&self) -> Duration {
        Duration::from_secs(self.within).saturating_sub(self.waited.get())
    }

    /// The same for what is to be sent; an error where that time is over.
    fn to_send(&self) -> Result<Duration, Waits> {
        let left = Some(self.within()).filter(|left| !left.is_zero());
        left.ok_or_else(|| Waits {
            why: "the time allowed for the CRM was over before it could be sent".to_owned(),
            failure: Some(FailureKind::Unreachable),
        })
    }

    /// The CRM was waited for since then.
    pub fn has_waited(&self, since: Instant) {
        self.waited.set(self.waited.get() + since.elapsed());
    }
}

/// Why the CRM was not asked, where it was not to be.
pub const ONLY_QUEUED: &str = "--queue only queues";

/// The flag of what writes days and amounts.
#[derive(Debug, Default, clap::Args)]
pub struct Believing {
    /// Write too what is hard to believe: a day long ago or far ahead, an amount far from what it was
    #[arg(long)]
    force: bool,
}

impl Believing {
    /// An error for a value that is hard to believe for this reason, unless it is to be written all the same.
    pub fn check(&self, doubt: Option<String>) -> Result<(), CliError> {
        match doubt.filter(|_| !self.force) {
            None => Ok(()),
            Some(why) => Err(CliError::usage(why).hint("`--force` writes it all the same")),
        }
    }
}

/// Ready to write. Who types a whole command has thought about it: without `--queue` it leaves at once.
pub fn begin(flags: &Flags, context: &Context) -> Result<Writing, CliError> {
    begin_or_tell(false, flags, context)
}

/// The same; what is only told and not done may be where nothing may be written.
pub fn begin_or_tell(is_only_told: bool, flags: &Flags, context: &Context) -> Result<Writing, CliError> {
    let mut writing = if is_only_told {
        Writing::only_told(context)?
    } else {
        Writing::begin(context)?
    };
    if !flags.queue {
        writing.on.grace = SignedDuration::ZERO;
    }
    Ok(writing)
}

/// What became of an act.
pub struct Done {
    /// Settings and places.
    pub workplace: Workplace,
    /// Its entries as they are now.
    pub entries: Vec<Entry>,
    /// Why they wait, if they could not be sent now.
    pub waits: Option<Waits>,
    /// Why parts of what was asked for had not to be written, in words.
    pub nothing_because: Vec<String>,
}

/// Why what was to be sent at once waits.
#[derive(Debug)]
pub struct Waits {
    /// In words.
    pub why: String,
    /// What kind of failure that is: the CRM was waited for in vain (slow, in trouble, or at its limits), or lets nobody in;
    /// `None` where there is no way to it, or another program is on it.
    pub failure: Option<FailureKind>,
}

impl<E: std::error::Error> From<E> for Waits {
    fn from(error: E) -> Self {
        let (why, failure) = (error.to_string(), None);
        Self { why, failure }
    }
}

/// Queues what was done, sends it unless `--queue` was given, and prints what became of it.
pub fn carry_out(
    writing: Writing,
    entries: Vec<NewEntry>,
    flags: &Flags,
    context: &Context,
) -> Result<(), CliError> {
    let deed = Deed {
        entries,
        events: Vec::new(),
    };
    perform(writing, &deed, flags, context)?.print(context)
}

/// Keeps an act and sends what it writes, unless `--queue` was given.
pub fn perform(
    mut writing: Writing,
    deed: &Deed,
    flags: &Flags,
    context: &Context,
) -> Result<Done, CliError> {
    let queued = writing.keep(deed)?;
    finish(writing.end(), queued, flags, context)
}

/// Sends what is queued, unless `--queue` was given, and reads what became of it.
pub fn finish(
    workplace: Workplace,
    queued: Vec<Entry>,
    flags: &Flags,
    context: &Context,
) -> Result<Done, CliError> {
    let waits = if flags.queue || queued.is_empty() {
        None
    } else {
        send(&workplace, &queued, flags, context).err()
    };
    let entries = as_they_are(queued, &workplace).map_err(|error| {
        // Who is told only that something failed writes it once more.
        CliError::failed("it is saved, but what became of it cannot be read now")
            .because(&error)
            .hint("do not write it again: `retain outbox` tells what became of it")
    })?;
    let nothing_because = entries.iter().filter_map(had).collect();
    Ok(Done {
        workplace,
        entries,
        waits,
        nothing_because,
    })
}

/// That nothing was written, where the CRM had it already.
fn had(entry: &Entry) -> Option<String> {
    entry
        .was_there()
        .then(|| format!("the CRM has it already: {}", entry.new.title))
}

/// The entries as the ledger has them now.
fn as_they_are(queued: Vec<Entry>, workplace: &Workplace) -> Result<Vec<Entry>, StoreError> {
    let ledger = Ledger::open_read_only(&workplace.paths.ledger_db)?;
    let now = queued
        .into_iter()
        .map(|entry| Ok(ledger.entry(entry.id)?.unwrap_or(entry)));
    now.collect()
}

/// Sends what is due, and what waits for the CRM again as long as that may be waited for; the error says why any of these
/// waits still.
fn send(workplace: &Workplace, queued: &[Entry], flags: &Flags, context: &Context) -> Result<(), Waits> {
    let within = flags.to_send()?;
    let until = Instant::now().checked_add(within);
    let setup = &workplace.setup;
    let Ok(_lock) = SyncLock::acquire(&workplace.paths.lock)? else {
        return Err(Waits {
            why: "another program of yours is talking to the CRM and sends it".to_owned(),
            failure: None,
        });
    };
    let (mut stores, notices) = worker::open_stores(setup, &workplace.paths)?;
    notices.into_iter().for_each(tell_notice);
    let worker = Worker::within(setup, workplace.texts.clone(), within)?;
    let _silence = Silence::told_after(SLOW, || complain(WAITING));
    loop {
        let report = worker.push(setup, &mut stores, context.clock, &mut |_| ())?;
        let is_refused = report.stopped.is_none() && any(&stores.ledger, queued, is_tried_again)?;
        if !is_refused && (report.stopped.is_none() || !any(&stores.ledger, queued, leaves)?) {
            return Ok(());
        }
        let is_waited_for = is_refused || report.kept_waiting;
        let wait = report
            .next
            .filter(|_| is_waited_for && context.clock == Clock::System);
        let wait = wait.and_then(|next| Duration::try_from(next.duration_since(context.now())).ok());
        let again = wait.and_then(|wait| Instant::now().checked_add(wait));
        if let Some(again) = again.filter(|again| until.is_none_or(|until| *again < until)) {
            thread::sleep(again.saturating_duration_since(Instant::now()));
            continue;
        }
        // What the CRM answered to an entry itself stands with the entry.
        let Some(why) = report.stopped else { return Ok(()) };
        let failure = match report {
            PushReport { denied: true, .. } => Some(FailureKind::Authentication),
            PushReport {
                kept_waiting: true, ..
            } => Some(FailureKind::Unreachable),
            _ => None,
        };
        return Err(Waits { why, failure });
    }
}

/// Whether this is so of any of these as they are now.
fn any(ledger: &Ledger, queued: &[Entry], is_so: fn(&Entry) -> bool) -> Result<bool, StoreError> {
    for entry in queued {
        if ledger.entry(entry.id)?.is_some_and(|entry| is_so(&entry)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether it leaves by itself later.
fn leaves(entry: &Entry) -> bool {
    entry.leaves_at().is_some()
}

/// Whether the CRM was asked for it, could not do it, and is asked again.
fn is_tried_again(entry: &Entry) -> bool {
    entry.state == State::Retry && was_tried(entry)
}

impl Done {
    /// Prints what became of it; an error if any of it was tried and not done.
    pub fn print(&self, context: &Context) -> Result<(), CliError> {
        if context.output.is_text() {
            self.tell(context)?;
        } else {
            context.output.values(&self.shape(context.now()), PLAIN)?;
        }
        self.not_done()
    }

    /// What became of it, a line for each write.
    pub fn tell(&self, context: &Context) -> Result<(), CliError> {
        let output = context.output;
        let lines: Vec<String> = self.entries.iter().map(line).collect();
        if !lines.is_empty() {
            output.text(&lines.join("\n"))?;
        }
        let mut conflicts = self.entries.iter().filter(|entry| entry.state == State::Conflict);
        if conflicts.clone().next().is_some() {
            let names = outbox::Names::of(&self.workplace, context.now());
            conflicts.try_for_each(|entry| output.text(&names.sides(entry)))?;
        }
        for told in &self.nothing_because {
            output.text(told)?;
        }
        let is_left = self.entries.iter().any(|entry| !entry.state.is_final());
        let waits = self
            .waits
            .as_ref()
            .filter(|waits| waits.failure.is_none() && is_left);
        if let Some(Waits { why, .. }) = waits {
            output.aside(&format!("{why}; {SENDS}"))?;
        } else if self.entries.iter().any(|entry| entry.state.needs_a_person()) {
            output.aside("`retain outbox` says what to do")?;
        }
        Ok(())
    }

    /// The same as JSON, at this instant.
    pub fn shape(&self, now: Timestamp) -> Value {
        let names = outbox::Names::of(&self.workplace, now);
        let entries = self.entries.iter().map(|entry| outbox::shape(entry, &names));
        let entries: Vec<Value> = entries.collect();
        let mut answer = json!({ "entries": entries });
        if let Some(waits) = &self.waits {
            answer["waits_because"] = waits.why.as_str().into();
        }
        if !self.nothing_because.is_empty() {
            answer["nothing_because"] = self.nothing_because.join("; ").into();
        }
        answer
    }

    /// An error if any of it was tried and not done, the CRM was waited for in vain, or lets nobody in: what a person decides
    /// before what the CRM did not answer. What is only queued is no error.
    pub fn not_done(&self) -> Result<(), CliError> {
        let first = |states: &[State]| {
            let tried = |state: &State| {
                let mut tried = self.entries.iter().filter(|entry| was_tried(entry));
                tried.find(|entry| entry.state == *state)
            };
            states.iter().find_map(tried).map(not_done)
        };
        let failed = |waits: &Waits| waits.failure.map(|kind| not_sent(kind, waits));
        let not_sent = self.waits.as_ref().and_then(failed);
        let (denied, in_vain) = match not_sent {
            Some(error) if error.kind == FailureKind::Authentication => (Some(error), None),
            error => (None, error),
        };
        first(&[State::Parked, State::Conflict, State::Unknown])
            .or(denied)
            .or_else(|| first(&[State::Retry]))
            .or(in_vain)
            .map_or(Ok(()), Err)
    }
}

/// The error where nothing of it left.
fn not_sent(kind: FailureKind, waits: &Waits) -> CliError {
    let told = format!("it is saved in the outbox, and not sent yet: {}", waits.why);
    let hint = format!("do not write it again: {SENDS}");
    CliError::new(kind, told).hint(match kind {
        FailureKind::Authentication => format!("{hint} once the token is good; `retain doctor` tests it"),
        _ => hint,
    })
}

/// Whether anything of an entry may have left: what never did waits, as what is queued does.
fn was_tried(entry: &Entry) -> bool {
    entry.state != State::Retry || entry.attempts > 0
}

/// The error of an entry that was tried and not done.
fn not_done(entry: &Entry) -> CliError {
    let (id, said) = (entry.id, entry.said.as_deref().unwrap_or_default());
    let unreachable = |told: String| CliError::new(FailureKind::Unreachable, told);
    match entry.state {
        State::Conflict => CliError::failed("it is not written: somebody else changed it too")
            .hint(format!("it is kept: `retain outbox` says how {id} is decided")),
        State::Unknown => unreachable(format!("whether the CRM has it is not known: {said}")).hint(format!(
            "do not write it again: it waits in the outbox, where `retain outbox` tells what becomes of {id}"
        )),
        State::Retry => unreachable(format!("it is not written yet: {said}"))
            .hint(format!("do not write it again: {id} is tried again by itself")),
        _ => CliError::failed(outbox::refused::why(entry, said))
            .hint(format!("it is kept: `retain outbox` shows it as {id}")),
    }
}

fn line(entry: &Entry) -> String {
    let mut parts = vec![entry.state.word().to_owned(), entry.new.title.clone()];
    if let Some(receipt) = &entry.receipt {
        parts.push(format!("→ {}", receipt.record));
        parts.extend(receipt.link.clone());
    } else {
        parts.extend(entry.said.clone());
    }
    parts.join("  ")
}

/// A text from an argument, from standard input with `-`, or from a file with `@FILE`.
pub fn text(given: &str) -> Result<String, CliError> {
    let unreadable =
        |what: &str, error: &io::Error| CliError::failed(format!("cannot read {what}")).because(error);
    match (given, given.strip_prefix('@')) {
        ("-", _) => io::read_to_string(io::stdin()).map_err(|error| unreadable("standard input", &error)),
        (_, Some(path)) => fs::read_to_string(path).map_err(|error| unreadable(path, &error)),
        _ => Ok(given.to_owned()),
    }
}

/// One of us, by e-mail address, id or a part of the name.
pub fn one_of_us(writing: &Writing, text: &str) -> Result<Somebody, CliError> {
    Somebody::called(&writing.owners, text).map_err(|error| {
        CliError::usage(error).hint(
            "e-mail address or name of an active user of the CRM, or a part that only one has; \
                                     `retain sync` reads anew who there is",
        )
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::app::play;
    use crate::domain::outbox::Remedy;

    #[test]
    fn what_a_look_before_it_left_no_time_for_is_not_sent_and_told_as_not_answered() {
        let looked = |seconds| Flags {
            queue: false,
            within: 5,
            waited: Cell::new(Duration::from_secs(seconds)),
        };
        assert_eq!(looked(3).to_send().unwrap(), Duration::from_secs(2));
        let waits = looked(5).to_send().unwrap_err();
        let error = not_sent(waits.failure.unwrap(), &waits);
        assert_eq!(error.kind.code(), 4);
        let hint = error.hint.unwrap();
        assert!(!hint.contains("token"), "{hint}");
    }

    #[test]
    fn what_was_tried_and_not_done_says_so_by_its_exit_code() {
        let code = |state| {
            let mut entry = play::outbox::conflicting();
            entry.state = state;
            not_done(&entry).kind.code()
        };
        let states = [State::Parked, State::Conflict, State::Unknown, State::Retry];
        assert_eq!(states.map(code), [1, 1, 4, 4]);
        let mut forsaken = play::outbox::conflicting();
        (forsaken.state, forsaken.remedy) = (State::Parked, Remedy::Discard);
        forsaken.said = Some("it belongs to a note".to_owned());
        assert_eq!(
            not_done(&forsaken).summary,
            "cannot be sent: it belongs to a note"
        );
        let mut waits = play::outbox::conflicting();
        (waits.state, waits.attempts) = (State::Retry, 0);
        assert!(!was_tried(&waits), "nothing of it left");
        waits.attempts = 1;
        assert!(was_tried(&waits));
    }
}
