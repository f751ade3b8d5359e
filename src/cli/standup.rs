//! `retain standup`: what changed on the accounts of a scope since the last standup, how one is held, and its minutes.

mod hold;
mod json;
mod told;

use std::io::IsTerminal;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::acts::days;
use crate::domain::money::Currency;
use crate::domain::standup::{Item, Order, Promise, Scope, Tone, open};
use crate::domain::words;
use crate::engine::EngineError;
use crate::engine::standup::{self as engine, FIRST_DAYS, Review};
use crate::store::Cache;

use super::CliError;
use super::cockpit;
use super::context::{Context, Workplace};
use super::freshness::Freshness;
use super::output::Plain;
use super::shape;

const PLAIN: Plain = Plain::Table(
    "agenda",
    &[
        "account", "name", "csm_name", "band", "score", "at_stake", "tone", "words",
    ],
);

/// What changed since the last standup, how one is held, and its minutes
#[derive(Debug, Default, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Without a flag the cockpit opens in standup mode, as `S` does there.\n\
    Scopes: mine (and those of whom I stand in for), team (whom I lead, else my team in the CRM),\n\
    team:NAME, owner:WHO,WHO, segment:NAME. Each has its own last standup.\n\
    Example: retain standup --print --scope team --by owner"
)]
pub struct Args {
    /// What to do with a standup
    #[command(subcommand)]
    act: Option<hold::Act>,
    /// Print what a standup would go over now
    #[arg(long)]
    print: bool,
    /// Whose accounts: mine, team, team:NAME, owner:WHO,WHO or segment:NAME
    #[arg(long, value_name = "SCOPE", default_value = "mine")]
    scope: String,
    /// In which order
    #[arg(long, value_enum, value_name = "BY", requires = "print")]
    by: Option<By>,
    /// What changed since this day began: 2026-11-20, yesterday, 7d ago
    #[arg(long, value_name = "DAY", requires = "print")]
    since: Option<String>,
    /// Print the minutes as Markdown, of the scope's last standup or the one with this id
    #[arg(long, value_name = "ID", num_args = 0..=1, default_missing_value = "", conflicts_with = "print")]
    minutes: Option<String>,
    /// Write the minutes into this file
    #[arg(long, value_name = "FILE", requires = "minutes")]
    to: Option<PathBuf>,
}

/// In which order accounts come on the command line: as the risk queue ranks them, or by who looks after them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum By {
    Worst,
    Owner,
}

impl By {
    fn order(self) -> Order {
        match self {
            Self::Worst => Order::Worst,
            Self::Owner => Order::Owner,
        }
    }
}

/// Prints what a standup would go over, or the minutes of one, or holds one.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    if let Some(act) = &args.act {
        context.refuse_redacted("what is done with a standup")?;
        return hold::run(act, context);
    }
    if let Some(id) = &args.minutes {
        return told::run(id, &args.scope, args.to.as_deref(), context);
    }
    if !args.print {
        return open_it(args, context);
    }
    let workplace = context.workplace_to_answer()?;
    let (cache, ledger) = (workplace.cache()?, workplace.ledger()?);
    let scope = scope(&args.scope, &cache, &workplace, context.now())?;
    let since = args.since.as_deref();
    let since = since
        .map(|text| beginning(text, &workplace, context))
        .transpose()?;
    let order = args.by.map(By::order).unwrap_or_default();
    let asked = (scope, since, order);
    let mut review = engine::review(&cache, &ledger, &workplace.setup, asked, context.now())
        .map_err(|error| unread(&error))?;
    let held = engine::all(&ledger, &workplace.setup).map_err(|error| unread(&error))?;
    let key = review.agenda.scope.key.clone();
    let under_way = open(&held, &key);
    review.agenda = context.masked(review.agenda, &workplace);
    let freshness = Freshness::of(&cache, &workplace, context.now())?;
    let currency = shape::currency(&workplace.setup);
    if !context.output.is_text() {
        let answer = json::review(&review, order, (under_way, &freshness, currency));
        return context.output.values(&answer, PLAIN);
    }
    let is_asked = since.is_some();
    let text = text(&review, order, (currency, is_asked));
    context.output.text(&text.join("\n"))?;
    if let Some(held) = under_way {
        let began = held.begun.local.strftime("%a %-d %b %H:%M");
        context.output.aside(&format!(
            "\na standup of it is under way, begun {began}: {}",
            held.id
        ))?;
    }
    let zone = workplace.setup.settings.zone();
    context
        .output
        .aside(&format!("\n{}", freshness.words_of_lists(context.now(), &zone)))
}

/// Opens the cockpit in standup mode.
fn open_it(args: &Args, context: &Context) -> Result<(), CliError> {
    if context.output.is_text() && std::io::stdout().is_terminal() {
        return cockpit::standup(context, &args.scope);
    }
    let error = CliError::usage("standup mode needs a terminal");
    Err(error
        .hint("--print says what changed, --minutes what was decided; `retain standup begin` begins one"))
}

/// That what changed cannot be read.
pub fn unread(error: &EngineError) -> CliError {
    CliError::of_engine("what changed cannot be read", error)
}

/// The scope that a text asks for.
pub fn scope(text: &str, cache: &Cache, workplace: &Workplace, now: Timestamp) -> Result<Scope, CliError> {
    let found = engine::scope(cache, &workplace.setup, text, now).map_err(|error| unread(&error))?;
    found.map_err(|why| {
        // It says who there is.
        CliError::usage(if workplace.setup.redacted {
            "there is no such scope, or not only one; without --redact it says which there are".to_owned()
        } else {
            why
        })
    })
}

/// The moment at which a day of the past began in my time zone.
pub fn beginning(text: &str, workplace: &Workplace, context: &Context) -> Result<Timestamp, CliError> {
    let settings = &workplace.setup.settings;
    let today = settings.day_of(context.now());
    let wrong = || {
        CliError::usage(format!("`{text}` is no day of the past"))
            .hint("write 2026-11-20, yesterday or 7d ago")
    };
    let day = days::past(today, text).ok_or_else(wrong)?;
    let begun = day.to_zoned(settings.zone()).map_err(|_| wrong())?;
    Ok(begun.timestamp())
}

/// The review for people.
fn text(review: &Review, order: Order, (currency, is_asked): (Currency, bool)) -> Vec<String> {
    let (agenda, today) = (&review.agenda, review.frame.now.date());
    let since = review.frame.since_local.strftime("%a %-d %b %H:%M");
    let because = match (is_asked, agenda.first) {
        (true, _) => String::new(),
        (false, true) => format!(": no standup was held here before, so it looks back {FIRST_DAYS} days"),
        (false, false) => ", the last standup".to_owned(),
    };
    let tally = agenda.tally();
    let counts = [
        Some(format!(
            "{} of {} changed",
            agenda.items.len(),
            words::counted(agenda.accounts.into(), "account", "accounts")
        )),
        Some(format!("{} worse", tally.worse)),
        Some(format!("{} better", tally.better)),
        tally.promises(),
    ];
    let counts: Vec<String> = counts.into_iter().flatten().collect();
    let mut out = vec![
        format!("Standup: {} · since {since}{because}", agenda.scope.title),
        counts.join(" · "),
    ];
    let mut of: Option<Option<&str>> = None;
    for item in &agenda.items {
        let owner = item.line.csm_name.as_deref();
        if order == Order::Owner && of != Some(owner) {
            of = Some(owner);
            out.extend([String::new(), format!("== {}", owner.unwrap_or("no CSM"))]);
        }
        out.push(String::new());
        out.extend(account(item, (currency, today)));
    }
    if !agenda.beside.is_empty() {
        out.extend([
            String::new(),
            "Promised on accounts that are not here any more".to_owned(),
        ]);
        out.extend(agenda.beside.iter().map(|one| {
            let told = promise(one, today);
            format!("{told} · {}", one.name)
        }));
    }
    out
}

fn account(item: &Item, (currency, today): (Currency, Date)) -> Vec<String> {
    let mut out = vec![format!("{} · {}", item.line.name, item.head(currency, today))];
    out.extend(item.changes.iter().map(|change| {
        let sign = sign(change.what.tone());
        format!("  {sign} {}", change.words)
    }));
    out.extend(item.promises.iter().map(|one| promise(one, today)));
    out
}

/// `  ? promised: Priya Nair: call the sponsor, by Fri 20 Nov: no record [D-7K3M9Q]`
fn promise(promise: &Promise, today: Date) -> String {
    let (told, standing) = (promise.told(today), &promise.standing);
    let (sign, words, id) = (standing.sign(), standing.words(), &promise.decision);
    format!("  {sign} promised: {told}: {words} [{id}]")
}

fn sign(tone: Tone) -> &'static str {
    match tone {
        Tone::Worse => "▲",
        Tone::Better => "●",
        Tone::Neither => "·",
    }
}
