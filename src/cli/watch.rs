//! `retain watch`: a line for each thing that changes, as it does, for hooks that tell a chat.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::domain::record::RecordId;
use crate::domain::redaction::{Mask, Redact};
use crate::domain::standup::{Change, Item, Order, What};
use crate::engine::standup as engine;

use super::CliError;
use super::context::{Context, Workplace};
use super::standup::{beginning, scope, unread};

/// The columns of --plain.
const COLUMNS: [&str; 6] = ["at", "account", "name", "what", "tone", "words"];

/// How often it looks whether anything was read or noted.
const EVERY: Duration = Duration::from_secs(2);
/// What is noted may have happened so long ago: all accounts of a large book are judged as of one moment.
const OVERLAP: SignedDuration = SignedDuration::from_hours(1);

/// Tell what changes as it does, a line each, until it is interrupted
#[derive(Debug, Default, clap::Args)]
#[command(
    after_help = "It reads what the cockpit or `retain sync` keeps here, and asks the CRM nothing.\n\
    With --json each line is an object of its own.\n\
    Example: retain watch --json | while read -r line; do tell-the-chat \"$line\"; done"
)]
pub struct Args {
    /// Whose accounts: mine, team, team:NAME, owner:WHO,WHO or segment:NAME
    #[arg(long, value_name = "SCOPE", default_value = "mine")]
    scope: String,
    /// Tell first what changed since this day began: 2026-11-20, yesterday, 7d ago
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// End after the first look
    #[arg(long)]
    once: bool,
}

/// Tells what changes until it is interrupted.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace()?;
    let begun = args.since.as_deref();
    let begun = begun
        .map(|text| beginning(text, &workplace, context))
        .transpose()?;
    let mut watch = Watch {
        scope: &args.scope,
        workplace: &workplace,
        mask: context.mask(&workplace),
        told: BTreeSet::new(),
        seen: None,
    };
    let mut since = begun.unwrap_or_else(|| before(context.now()));
    let mut tells = begun.is_some();
    loop {
        let now = context.now();
        watch.look(since, tells, context)?;
        if args.once {
            return Ok(());
        }
        (since, tells) = (before(now).max(since), true);
        thread::sleep(EVERY);
    }
}

fn before(now: Timestamp) -> Timestamp {
    now.checked_sub(OVERLAP).unwrap_or(now)
}

/// What was told already.
struct Watch<'a> {
    scope: &'a str,
    workplace: &'a Workplace,
    /// What is seen through, where people, customers and money are masked.
    mask: Option<Mask>,
    told: BTreeSet<(RecordId, What, String)>,
    /// How far cache and journal were at the last look, and in which minute that was.
    seen: Option<(u64, i64, i64)>,
}

impl Watch<'_> {
    /// Tells what changed since then and was not told yet, where anything was read or noted, or a minute has passed.
    fn look(&mut self, since: Timestamp, tells: bool, context: &Context) -> Result<(), CliError> {
        let now = context.now();
        let (cache, ledger) = (self.workplace.cache()?, self.workplace.ledger()?);
        let seen = (cache.generation()?, ledger.last_event()?, now.as_second() / 60);
        if self.seen.replace(seen) == Some(seen) {
            return Ok(());
        }
        let scope = scope(self.scope, &cache, self.workplace, now)?;
        let asked = (scope, Some(since), Order::Worst);
        let review = engine::review(&cache, &ledger, &self.workplace.setup, asked, now)
            .map_err(|error| unread(&error))?;
        for item in &review.agenda.items {
            for change in &item.changes {
                let is_new = self.told.insert(key(item, change));
                if is_new && tells {
                    let alone = Item {
                        line: item.line.clone(),
                        changes: vec![change.clone()],
                        promises: Vec::new(),
                    };
                    let alone = match &self.mask {
                        Some(mask) => alone.redacted(mask),
                        None => alone,
                    };
                    for change in &alone.changes {
                        tell(&alone, change, (now, self.workplace), context)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// What tells a change from others: for how long something is late is no news.
fn key(item: &Item, change: &Change) -> (RecordId, What, String) {
    let words = match (change.what, change.words.split_once(": ")) {
        (What::Late, Some((_, what))) => what,
        _ => change.words.as_str(),
    };
    (item.line.id.clone(), change.what, words.to_owned())
}

fn tell(
    item: &Item,
    change: &Change,
    (now, workplace): (Timestamp, &Workplace),
    context: &Context,
) -> Result<(), CliError> {
    let at = change.at.unwrap_or(now);
    let line = &item.line;
    if context.output.is_text() {
        let at = at.to_zoned(workplace.setup.settings.zone());
        let at = at.strftime("%a %-d %b %H:%M");
        return context
            .output
            .line(&format!("{at}  {}: {}", line.name, change.words));
    }
    let told = json!({
        "at": at,
        "account": line.id,
        "name": line.name,
        "what": change.what,
        "tone": change.what.tone(),
        "words": change.words,
    });
    context.output.record(&told, &COLUMNS)
}
