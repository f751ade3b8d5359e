//! `retain outbox`: what waits to be sent, what was sent, what went wrong, and what to do about it.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::domain::acts::undo as undo_of;
use crate::domain::outbox::{Entry, EntryId, OutboxCounts, State, Step, Write, waits_on};
use crate::domain::record::RecordId;
use crate::domain::words;
use crate::engine::{self, EngineError, What};
use crate::runtime::worker;
use crate::store::{Cache, Ledger, Notice, StoreError, TooLate, keeper};

use super::CliError;
use super::context::{Context, Workplace, tell_notice};
use super::output::{Column, Plain};
use super::sending::{self, Flags};
use super::shape::Shape;

mod drafts;
mod edit;
mod mending;
mod names;
pub mod refused;
mod resolve;
mod undo;

pub use names::Names;

const COLUMNS: [Column; 6] = [
    Column::number("id"),
    Column::words("state"),
    Column::words("since"),
    Column::names("what"),
    Column::names("account"),
    Column::sentences("what to do"),
];

const PLAIN: Plain = Plain::Table(
    "entries",
    &[
        "id", "state", "since", "account", "title", "key", "said", "record",
    ],
);

/// How many entries that are done are listed.
const LISTED: usize = 20;

/// List what waits to be sent to the CRM, what went wrong, and what was sent last
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// At most so many that are done; what is not done is always listed
    #[arg(long, value_name = "N", default_value_t = LISTED)]
    limit: usize,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    Edit(edit::Args),
    Resolve(resolve::Args),
    Undo(undo::Args),
    #[command(flatten)]
    Step(Act),
}

/// What needs to be told nothing more about an entry.
#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Send an entry again; one that is unknown may then be in the CRM twice
    Resend {
        /// The entry's number
        id: i64,
        #[command(flatten)]
        flags: Flags,
    },
    /// Give up an entry that was not sent, or that is damaged
    Discard {
        /// The entry's number
        id: i64,
        /// Why; it is kept in the ledger, and may be left out
        #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
        reason: String,
    },
}

/// Lists the outbox, or does what was asked for.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    match &args.action {
        None => list(args, context, &context.workplace()?),
        Some(Action::Edit(args)) => edit::run(args, context),
        Some(Action::Resolve(args)) => resolve::run(args, context),
        Some(Action::Undo(args)) => undo::run(args, context),
        Some(Action::Step(action)) => act(action, context, context.workplace()?),
    }
}

/// How many entries wait for what; nothing does where there is no ledger yet.
pub fn counts(workplace: &Workplace) -> Result<OutboxCounts, CliError> {
    match Ledger::open_read_only(&workplace.paths.ledger_db) {
        Err(StoreError::Missing { .. }) => Ok(OutboxCounts::default()),
        ledger => Ok(ledger?.outbox_counts()?),
    }
}

/// The same in words: `2 to send, 1 looked for, 1 in the outbox for you to decide`; `None` when all is sent.
pub fn in_words(counts: &OutboxCounts) -> Option<String> {
    let needs = counts.needs_a_person();
    let needs = (needs > 0).then(|| format!("{needs} in the outbox for you to decide"));
    let parts: Vec<String> = counts.on_their_way().chain(needs).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn list(args: &Args, context: &Context, workplace: &Workplace) -> Result<(), CliError> {
    let (entries, damaged) = match Ledger::open_read_only(&workplace.paths.ledger_db) {
        Err(StoreError::Missing { .. }) => (Vec::new(), Vec::new()),
        ledger => {
            let ledger = ledger?;
            (listed(&ledger, args.limit)?, ledger.outbox_damaged()?)
        }
    };
    let counts = OutboxCounts::of(&entries, damaged.len());
    let names = Names::of(workplace, context.now());
    if !context.output.is_text() {
        let answer = json!({
            "counts": counts,
            "damaged": damaged,
            "entries": entries.iter().map(|entry| shape(entry, &names)).collect::<Vec<_>>(),
            "drafts": names.view.drafts.iter().map(drafts::shape).collect::<Vec<_>>(),
        });
        return context.output.values(&answer, PLAIN);
    }
    let cache = workplace.cache().ok();
    let rows = entries
        .iter()
        .map(|entry| fields(entry, cache.as_ref(), &names, context.now()));
    let drafts = drafts::rows(&names, context.now());
    let rows: Vec<Vec<String>> = drafts.into_iter().chain(rows).collect();
    if rows.is_empty() {
        context.output.text("nothing was written yet")?;
    } else {
        context.output.table(&COLUMNS, &rows)?;
    }
    for id in &damaged {
        let told = format!(
            "{id} is damaged and is never sent; `retain outbox discard {id} --reason TEXT` gives it up"
        );
        context.output.text(&told)?;
    }
    let mut told = in_words(&counts).unwrap_or_else(|| "nothing waits to be sent".to_owned());
    if let drafts @ 1.. = names.view.drafts.len() {
        told = format!("{told}; {}", words::counted(drafts as u64, "draft", "drafts"));
    }
    context.output.aside(&format!("\n{told}"))
}

/// All that are not done, those first that a person decides about, and the newest of those that are done; of each the
/// newest first.
fn listed(ledger: &Ledger, most_done: usize) -> Result<Vec<Entry>, CliError> {
    let mut open = ledger.outbox_open()?;
    open.retain(|entry| !entry.state.is_final());
    let recent = ledger.outbox_recent(open.len().saturating_add(most_done))?;
    let done = recent.into_iter().filter(|entry| entry.state.is_final());
    open.extend(done.take(most_done));
    open.sort_by_key(|entry| {
        let (done, waits) = (entry.state.is_final(), !entry.state.needs_a_person());
        (done, waits, std::cmp::Reverse(entry.id))
    });
    Ok(open)
}

/// An entry as JSON.
pub fn shape(entry: &Entry, names: &Names) -> Value {
    let receipt = entry.receipt.as_ref();
    let not_sent = "the CRM has not confirmed it";
    Shape::default()
        .with("id", entry.id)
        .with("state", entry.state)
        .with("since", entry.since)
        .with("title", &entry.new.title)
        .maybe("account", entry.new.account.as_ref(), "it is about no account")
        .with("author", &entry.author)
        .with("key", &entry.key)
        .with("act", &entry.new.act)
        .with("queued_at", entry.queued_at)
        .with("leaves_at", entry.new.leaves_at)
        .with("attempts", entry.attempts)
        .maybe("tried_at", entry.tried_at, never_tried(entry))
        .maybe("retry_at", entry.retry_at, never_retried(entry.state))
        .maybe("said", entry.said.as_ref(), "nothing was said")
        .maybe("record", receipt.map(|receipt| &receipt.record), not_sent)
        .maybe(
            "link",
            receipt.and_then(|receipt| receipt.link.as_ref()),
            "the CRM has no address for it, or has not confirmed it",
        )
        .with(
            "conflicting_fields",
            entry.conflicts.iter().map(|one| &one.field).collect::<Vec<_>>(),
        )
        .maybe(
            "undone_by",
            undone_by(entry, names).map(|other| other.id),
            "no entry that shows takes it back",
        )
        .with("what_to_do", what_to_do(entry, names))
        .done()
}

/// Why an entry has no last attempt.
fn never_tried(entry: &Entry) -> &'static str {
    match entry.said {
        Some(_) if entry.state == State::Retry => {
            "nothing of it has left yet: an attempt counts from when it is sent"
        }
        _ => "no attempt was made",
    }
}

/// Why an entry has no next attempt.
fn never_retried(state: State) -> &'static str {
    match state {
        State::Queued => "it was not tried yet: it leaves by itself, not before `leaves_at`",
        State::Sending => "it is being tried now",
        _ => "it is not to be tried again by itself",
    }
}

/// The entry that takes back what this one did in the CRM.
fn undone_by<'a>(entry: &Entry, names: &'a Names) -> Option<&'a Entry> {
    undo_of::under_way(entry, names.view.all())
}

/// What becomes of an entry that left and was not answered: retain looks for it first, then a person decides.
fn unanswered(entry: &Entry, names: &Names) -> String {
    let (id, said) = (entry.id, entry.said.as_deref().unwrap_or("no reason was given"));
    let decides = format!("`retain outbox resend {id}` or `retain outbox discard {id} --reason TEXT`");
    if entry.settled || entry.doubted {
        return format!("may have arrived: {said}; look in the CRM, then {decides}");
    }
    let until = entry.looked_for_until(names.settle).unwrap_or(entry.since);
    format!(
        "may have arrived: {said}; each sync looks for it until {}; if it is unknown still after that, look in the CRM, then {decides}",
        names.time(until)
    )
}

fn fields(entry: &Entry, cache: Option<&Cache>, names: &Names, now: Timestamp) -> Vec<String> {
    let account = entry.new.account.as_ref();
    // Of one that is gone only the id is known.
    let account = account.map_or_else(String::new, |id| {
        let line = cache.and_then(|cache| cache.summary(id).ok().flatten());
        line.map_or_else(|| id.to_string(), |line| line.name)
    });
    vec![
        entry.id.to_string(),
        entry.state.word().to_owned(),
        words::age(now, entry.since, &names.zone),
        entry.new.title.clone(),
        account,
        what_to_do(entry, names),
    ]
}

/// What becomes of an entry, or what a person can do about it.
fn what_to_do(entry: &Entry, names: &Names) -> String {
    let id = entry.id;
    let said = entry.said.as_deref().unwrap_or("no reason was given");
    if let Some(other) = waits_on(&names.view.open, entry) {
        return format!(
            "waits until you have decided about {}; `retain outbox undo {id}` takes it back",
            other.id
        );
    }
    match entry.state {
        State::Queued if entry.held.is_some() && !entry.held_by.as_ref().is_some_and(keeper::is_gone) => {
            format!(
                "is being changed in the cockpit: it stays until that is over, or at most until {}; `retain outbox undo {id}` takes it back",
                names.time(entry.new.leaves_at)
            )
        }
        State::Queued if entry.may_be_there() => {
            let when = names
                .limited_until(entry)
                .unwrap_or_else(|| "leaves by itself".to_owned());
            format!(
                "{when}, and may be in the CRM already; `retain outbox discard {id} --reason TEXT` gives it up"
            )
        }
        State::Queued => {
            let when = names
                .limited_until(entry)
                .unwrap_or_else(|| "leaves by itself".to_owned());
            format!("{when}; `retain outbox undo {id}` takes it back")
        }
        State::Sending => {
            let since = entry.tried_at.unwrap_or(entry.since);
            format!(
                "is being sent: no answer from the CRM since {}",
                names.time(since)
            )
        }
        State::Retry => names
            .limited_until(entry)
            .unwrap_or_else(|| format!("is tried again by itself{}: {said}", names.again(entry))),
        State::Unknown => unanswered(entry, names),
        State::Conflict if matches!(entry.new.write, Write::Archive { .. }) => format!(
            "somebody else changed {} since you made it; `retain outbox resend {id}` archives it all the same, `retain outbox discard {id} --reason TEXT` keeps it",
            names.changed_too(entry)
        ),
        State::Conflict => format!(
            "somebody else changed {}; `retain outbox resolve {id}` shows and decides it, as ! in the cockpit does",
            names.changed_too(entry)
        ),
        State::Parked => refused::what_helps(entry, said, &names.view),
        State::Sent => match undone_by(entry, names) {
            Some(other) if other.state == State::Sent => format!("was undone by {}", other.id),
            Some(other) => format!("{} is to undo it and is {}", other.id, other.state.word()),
            None => {
                let receipt = entry.receipt.as_ref();
                let link = receipt.and_then(|receipt| receipt.link.clone());
                link.unwrap_or_default()
            }
        },
        State::TakenBack => String::new(),
        State::Discarded => entry.said.clone().unwrap_or_default(),
    }
}

/// The ledger for writing: what can be done with it alone needs no cache.
fn writable(workplace: &Workplace) -> Result<Ledger, CliError> {
    workplace
        .setup
        .write_permit()
        .map_err(|reason| CliError::usage(reason.to_string()))?;
    let (ledger, mended) = worker::open_ledger(&workplace.setup, &workplace.paths)?;
    mended.into_iter().for_each(tell_notice);
    Ok(ledger)
}

fn act(action: &Act, context: &Context, workplace: Workplace) -> Result<(), CliError> {
    let mut ledger = writable(&workplace)?;
    let now = context.now();
    let changed = match action {
        Act::Resend { id, .. } => one_step(&mut ledger, *id, &Step::Resend { grace: None }, now)?,
        Act::Discard { id, reason } => {
            if ledger.give_up_damaged(EntryId(*id), reason, now)? {
                return context.output.line(&format!("{id} is given up"));
            }
            let step = Step::Discarded { why: reason.clone() };
            one_step(&mut ledger, *id, &step, now)?
        }
    };
    show(&changed, &mut ledger, &workplace, now);
    drop(ledger);
    if let Act::Resend { flags, .. } = action {
        return sending::finish(workplace, changed, flags, context)?.print(context);
    }
    told(&changed, &workplace, context)
}

/// Tells where these entries stand now.
fn told(changed: &[Entry], workplace: &Workplace, context: &Context) -> Result<(), CliError> {
    if !context.output.is_text() {
        let names = Names::of(workplace, context.now());
        let answer =
            json!({ "entries": changed.iter().map(|entry| shape(entry, &names)).collect::<Vec<_>>() });
        return context.output.values(&answer, PLAIN);
    }
    for entry in changed {
        let told = format!("{} is {}: {}", entry.id, entry.state.word(), entry.new.title);
        context.output.line(&told)?;
    }
    Ok(())
}

/// Makes anew what shows of the accounts of these entries; that it cannot be is told.
fn show(changed: &[Entry], ledger: &mut Ledger, workplace: &Workplace, now: Timestamp) {
    if let Err(error) = try_to_show(changed, ledger, workplace, now) {
        let summary = format!("it is done, but does not show in lists before the next sync: {error}");
        tell_notice(Notice { summary, hint: None });
    }
}

fn try_to_show(
    changed: &[Entry],
    ledger: &mut Ledger,
    workplace: &Workplace,
    now: Timestamp,
) -> Result<(), EngineError> {
    let (mut cache, rebuilt) = Cache::open(&workplace.paths.cache_db)?;
    rebuilt.into_iter().for_each(tell_notice);
    let accounts = changed.iter().filter_map(|entry| entry.new.account.clone());
    let accounts: Vec<RecordId> = accounts.collect();
    let what = What::Accounts(&accounts);
    engine::refresh(&mut cache, ledger, &workplace.setup, what, now)
}

fn one_step(ledger: &mut Ledger, id: i64, step: &Step, now: Timestamp) -> Result<Vec<Entry>, CliError> {
    let entry = ledger.step(EntryId(id), step, now)?;
    entry.map(|entry| vec![entry]).map_err(|late| too_late(id, late))
}

fn no_such(id: i64) -> CliError {
    CliError::usage(format!("there is no entry {id} in the outbox")).hint("`retain outbox` lists them")
}

fn too_late(id: i64, late: TooLate) -> CliError {
    match late {
        TooLate::Missing => no_such(id),
        _ => CliError::failed(late.to_string())
            .hint(format!("`retain outbox` says what can be done about {id}")),
    }
}

#[cfg(test)]
mod tests;
