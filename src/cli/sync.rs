//! `retain sync`: brings the cache up to what the CRM has, once.

mod turn;

use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::config::Setup;
use crate::domain::words;
use crate::runtime::connection;
use crate::runtime::lookout::Occasion;
use crate::runtime::process;
use crate::runtime::sync_thread::NICE;
use crate::runtime::worker::{self, Order, Worker, WorkerError};
use crate::sync::{PushReport, Stores, SyncError, SyncEvent, SyncReport};

use super::context::{Context, Workplace, tell_notice};
use super::error::{CliError, FailureKind};
use super::output::{Plain, complain, shows_ascii};
use super::silence::{AGAIN, Silence};

/// Brings the cache up to what the CRM has.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Args {
    /// Compare everything with the CRM, not only what changed
    #[arg(long)]
    pub full: bool,
    /// Apply removals even when they are suspiciously many
    #[arg(long)]
    pub accept_deletes: bool,
    /// Wait for another program that talks to the CRM no longer than this
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    pub within: u64,
}

/// Syncs and says what was done.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    // A cockpit beside it, which shows what this brings, comes first.
    process::step_behind(NICE);
    let workplace = context.workplace()?;
    tell_weak_token(&workplace.setup);
    let report = sync(args, context, &workplace)?;
    if !context.output.is_text() {
        return context.output.values(&answer(&report), Plain::Values);
    }
    context.output.text(&summary(&report))
}

/// Syncs the profile of this workplace, with a progress bar where a person looks on.
pub fn sync(args: &Args, context: &Context, workplace: &Workplace) -> Result<SyncReport, CliError> {
    let _lock = turn::take(&workplace.paths.lock, Duration::from_secs(args.within))?;
    let (mut stores, notices) = worker::open_stores_looked_over(
        &workplace.setup,
        &workplace.paths,
        Occasion::ByHand,
        context.now(),
    )?;
    for notice in notices {
        tell_notice(notice);
    }
    let worker = Worker::new(&workplace.setup, Arc::clone(&workplace.texts))?;
    let pushed = worker.push(&workplace.setup, &mut stores, context.clock, &mut |_| ())?;
    tell_what_waits(pushed.needs_a_person);
    let order = Order {
        now: context.now(),
        full: args.full,
        accept_deletes: args.accept_deletes,
    };
    let bar = progress_bar(context);
    let begins = SyncEvent::Stage {
        what: "connection",
        done: 0,
        total: None,
    };
    show(&bar, &begins);
    let silence = Silence::told_after(AGAIN, waiting_words(&bar));
    let mut meanwhile = Meanwhile {
        length: stores.ledger.outbox_length()?,
        next: pushed.next,
    };
    let report = worker.sync(&workplace.setup, &mut stores, order, &mut |event, stores| {
        silence.heard();
        show(&bar, event);
        if *event == SyncEvent::Between {
            meanwhile.push(&worker, context, workplace, stores);
        }
    });
    drop(silence);
    bar.finish_and_clear();
    let report = report?;
    for warning in &report.warnings {
        complain(&format!("warning: {warning}"));
    }
    let later = worker.push(&workplace.setup, &mut stores, context.clock, &mut |_| ())?;
    if later.needs_a_person != pushed.needs_a_person {
        tell_what_waits(later.needs_a_person);
    }
    if let Some(told) = what_leaves_later(&later, &workplace.setup.settings.zone()) {
        complain(&told);
    }
    Ok(report)
}

/// What other programs write while this one has the way to the CRM: they were told that whoever has it sends it.
struct Meanwhile {
    /// How long the outbox was when it was last sent from.
    length: i64,
    /// When something of it is due (UTC).
    next: Option<Timestamp>,
}

impl Meanwhile {
    /// Sends what came since, or is due by now.
    fn push(&mut self, worker: &Worker, context: &Context, workplace: &Workplace, stores: &mut Stores) {
        let length = |stores: &Stores| stores.ledger.outbox_length().unwrap_or(self.length);
        let is_due = self.next.is_some_and(|next| next <= context.now());
        if length(stores) == self.length && !is_due {
            return;
        }
        // What fails here is tried again, and told, once the sync has ended.
        let pushed = worker.push(&workplace.setup, stores, context.clock, &mut |_| ());
        let next = pushed.map_or(None, |report| report.next);
        (self.length, self.next) = (length(stores), next);
    }
}

/// Warns of a source of the token that is not a good one; one that cannot be used is told when the CRM is asked.
fn tell_weak_token(setup: &Setup) {
    let source = setup
        .profile()
        .map(|profile| connection::token_source(setup, profile));
    if let Some(warning) = source.and_then(Result::ok).and_then(|source| source.warning()) {
        complain(&format!("warning: {warning}"));
    }
}

/// Says how many entries of the outbox a person must decide.
fn tell_what_waits(entries: u64) {
    if entries > 0 {
        let waits = words::counted(entries, "entry in the outbox waits", "entries in the outbox wait");
        complain(&format!("note: {waits} for your word; see `retain outbox`"));
    }
}

/// Says how many entries of the outbox leave by themselves later, from when, and what stands in the way.
fn what_leaves_later(pushed: &PushReport, zone: &TimeZone) -> Option<String> {
    let waits = words::counted(
        pushed.waiting,
        "entry in the outbox waits",
        "entries in the outbox wait",
    );
    let from = pushed.next.map_or_else(String::new, |next| {
        let next = next.to_zoned(zone.clone());
        format!(", from {} on", next.strftime("%H:%M:%S"))
    });
    let why = pushed
        .stopped
        .as_ref()
        .map_or_else(String::new, |why| format!(": {why}"));
    (pushed.waiting > 0)
        .then(|| format!("note: {waits} to leave{from}, by the cockpit or the next sync{why}"))
}

/// What `--json` answers.
fn answer(report: &SyncReport) -> serde_json::Value {
    json!({
        "full": report.full,
        "accounts": report.accounts,
        "accounts_compared": report.compared,
        "records_read": report.read,
        "records_changed": report.changed,
        "records_removed": report.gone,
        "observations": report.observed,
        "warnings": report.warnings,
    })
}

fn summary(report: &SyncReport) -> String {
    let accounts = words::counted(report.accounts, "account", "accounts");
    let came = if report.full {
        // What was compared is far more than what was read record by record.
        format!(
            "{accounts}, all of them and their links compared with the CRM; {} new or changed",
            words::counted(report.changed, "record", "records")
        )
    } else {
        let read = words::counted(report.read, "record", "records");
        let changed = words::grouped(report.changed.into());
        format!("{accounts}; {read} read, {changed} of them new or changed")
    };
    format!(
        "{came}, {} removed; {} kept",
        words::grouped(report.gone.into()),
        words::counted(report.observed, "observation", "observations"),
    )
}

/// A bar on standard error when that is a terminal that can move its cursor, else nothing.
fn progress_bar(context: &Context) -> ProgressBar {
    let dumb = std::env::var("TERM").is_ok_and(|term| term == "dumb");
    let target = if dumb || !context.output.is_text() {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    };
    ProgressBar::with_draw_target(None, target)
}

/// Says above the bar, where there is one, that the CRM is waited for.
fn waiting_words(bar: &ProgressBar) -> impl Fn() + Send + 'static {
    const WORDS: &str = "note: waiting for the CRM: it is slow, or its rate limit is used up";
    let bar = bar.clone();
    move || {
        if bar.is_hidden() {
            complain(WORDS);
        } else {
            bar.println(WORDS);
        }
    }
}

fn show(bar: &ProgressBar, event: &SyncEvent) {
    if let SyncEvent::Stage { what, done, total } = event {
        let template = match (total, done) {
            (Some(_), _) => "{msg:12} {bar:30} {pos}/{len}",
            (None, 0) if shows_ascii() => "{msg} ...",
            (None, 0) => "{msg} …",
            (None, _) => "{msg:12} {spinner} {pos}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(if shows_ascii() {
                style.progress_chars("#>-").tick_chars("|/-\\ ")
            } else {
                style
            });
        }
        bar.set_message(*what);
        bar.set_length(total.unwrap_or(0));
        bar.set_position(*done);
    }
}

impl From<WorkerError> for CliError {
    fn from(error: WorkerError) -> Self {
        match error {
            WorkerError::Setup(error) => error.into(),
            WorkerError::Sync(error) => error.into(),
            WorkerError::System(error) => error.into(),
            WorkerError::Store(error) => error.into(),
            WorkerError::Engine(error) => {
                Self::of_engine("what follows from the data could not be computed", &error)
            }
        }
    }
}

impl From<SyncError> for CliError {
    fn from(error: SyncError) -> Self {
        if let SyncError::Store(error) = error {
            return error.into();
        }
        let hint = error.hint();
        let mut told = Self::new(kind(&error), error.to_string());
        if let SyncError::Crm(error) = &error {
            told = told.quoting(error);
        }
        if hint.is_empty() { told } else { told.hint(hint) }
    }
}

fn kind(error: &SyncError) -> FailureKind {
    match error {
        SyncError::Crm(error) => error.into(),
        SyncError::Waiting { .. } => FailureKind::Unreachable,
        SyncError::OtherTenant { .. } | SyncError::NotAnOwner { .. } => FailureKind::Usage,
        SyncError::Store(_) | SyncError::Stopped | SyncError::MadeWay => FailureKind::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_told_with_when_it_leaves_and_why_it_could_not() {
        let told = |pushed: &PushReport| what_leaves_later(pushed, &TimeZone::UTC);
        assert_eq!(told(&PushReport::default()), None);
        let mut pushed = PushReport {
            waiting: 1,
            next: "2026-11-23T08:50:10Z".parse().ok(),
            ..PushReport::default()
        };
        assert_eq!(
            told(&pushed).as_deref(),
            Some(
                "note: 1 entry in the outbox waits to leave, from 08:50:10 on, by the cockpit or the next sync"
            )
        );
        (pushed.waiting, pushed.next) = (2, None);
        pushed.stopped = Some("the CRM is away".to_owned());
        assert_eq!(
            told(&pushed).as_deref(),
            Some(
                "note: 2 entries in the outbox wait to leave, by the cockpit or the next sync: the CRM is away"
            )
        );
    }

    #[test]
    fn one_is_not_many() {
        let report = SyncReport {
            accounts: 1,
            read: 1,
            gone: 0,
            observed: 1_200,
            ..SyncReport::default()
        };
        assert_eq!(
            summary(&report),
            "1 account; 1 record read, 0 of them new or changed, 0 removed; 1,200 observations kept"
        );
        let full = SyncReport {
            full: true,
            changed: 1,
            ..report
        };
        assert_eq!(
            summary(&full),
            "1 account, all of them and their links compared with the CRM; 1 record new or changed, 0 removed; \
             1,200 observations kept"
        );
    }
}
