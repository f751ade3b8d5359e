//! `retain signals backtest`: what a rule, and another one beside it, would have said over a time that has passed.

use std::path::PathBuf;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::domain::signal::Signal;
use crate::engine::playback::{Firing, History, Load, Period, play_back};

use super::super::CliError;
use super::super::as_of::{CONTRACTS_LATER, not_of_the_day};
use super::super::context::{Context, nothing_yet};
use super::super::freshness::Freshness;
use super::super::output::{Column, Plain};
use super::super::shape::Shape;

const PLAIN: Plain = Plain::Table(
    "rules",
    &[
        "source",
        "version",
        "fired",
        "standing",
        "accounts",
        "before_churn",
        "median_days_before_churn",
        "before_red",
        "median_days_before_red",
        "churns",
        "churns_missed",
        "cannot_tell",
        "most_between_looks",
        "above_budget",
    ],
);
const FIRINGS: [Column; 5] = [
    Column::words("day"),
    Column::names("account"),
    Column::words("cleared"),
    Column::number("left after"),
    Column::number("red after"),
];
/// Why a rule takes nothing of the budget.
const OUTSIDE: &str = "critical warnings are outside of the budget";
/// So far back a rule is played without `--from`.
const DAYS: i64 = 364;
/// Days between two looks without `--daily`.
const WEEK: i64 = 7;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "A red band and a churn are put down to a warning while it was open and up to 90 days after it cleared."
)]
pub struct Args {
    /// Id of the signal
    id: String,
    /// Beside it, the same signal as this file has it, laid over what is in force
    #[arg(long, value_name = "FILE")]
    with: Option<PathBuf>,
    /// From this day on; a year back if left out
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// Up to this day; to now if left out
    #[arg(long, value_name = "DAY", visible_alias = "as-of")]
    to: Option<String>,
    /// Look every day instead of every week
    #[arg(long)]
    daily: bool,
}

/// Prints what the rules would have said.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace_to_answer()?;
    let other = args
        .with
        .as_ref()
        .map(|path| context.signals_with(path))
        .transpose()?;
    let mut rules: Vec<(String, &Signal)> = Vec::new();
    match (super::signal(&workplace.setup, &args.id), &other) {
        (Ok(signal), _) => rules.push(("in force".to_owned(), signal)),
        (Err(error), None) => return Err(error),
        (Err(_), Some(_)) => {}
    }
    if let (Some(path), Some(other)) = (&args.with, &other) {
        let found = other.signals.iter().find(|one| one.id == args.id);
        let signal = found
            .ok_or_else(|| CliError::usage(format!("{} has no signal `{}`", path.display(), args.id)))?;
        // Beside itself a rule would seem to change nothing.
        if rules.iter().any(|(_, in_force)| *in_force == signal) {
            let what = format!("{} changes nothing of `{}`", path.display(), args.id);
            let hint = format!(
                "give it a [[signals]] table with `id = \"{}\"` and what is to be other",
                args.id
            );
            return Err(CliError::usage(what).hint(hint));
        }
        rules.push((path.display().to_string(), signal));
    }
    let (cache, ledger) = (workplace.cache()?, workplace.ledger()?);
    if cache.top_of_desk()?.is_none() {
        return Err(nothing_yet());
    }
    let freshness = Freshness::of(&cache, &workplace, context.now())?;
    let period = period(args, &workplace.setup.settings.zone(), context.now())?;
    let signals: Vec<&Signal> = rules.iter().map(|(_, signal)| *signal).collect();
    let played = play_back(
        (&cache, &ledger),
        &workplace.setup,
        &signals,
        period,
        context.now(),
    )
    .map_err(|error| super::failed(&error))?;
    let told: Vec<Told<'_>> = rules
        .into_iter()
        .zip(played.histories)
        .map(|((source, signal), history)| Told {
            source,
            signal,
            history,
        })
        .collect();
    let budget = period.budget(workplace.setup.settings.warnings.budget);
    if !context.output.is_text() {
        let answer = Shape::default()
            .with("data", freshness.json_of(period.until < context.now()))
            .with("signal", &args.id)
            .with("from", period.from)
            .with("to", period.until)
            .with("looks", played.looks)
            .with("days_between_looks", period.every)
            .with("budget_between_looks", budget)
            .with(CONTRACTS_LATER, played.contracts_later)
            .with("rules", told.iter().map(answer).collect::<Vec<_>>())
            .done();
        return context.output.values(&answer, PLAIN);
    }
    let zone = workplace.setup.settings.zone();
    print(args, &told, (period, played.looks, budget, &zone), context)?;
    let rest = not_of_the_day(played.contracts_later);
    context
        .output
        .aside(&format!("\nas it stood at each look; {rest}"))?;
    let words = freshness.words(context.now(), &zone);
    context.output.aside(&format!("\n{words}"))
}

fn period(args: &Args, zone: &TimeZone, now: Timestamp) -> Result<Period, CliError> {
    let until = super::past(args.to.as_ref(), zone, now)?.unwrap_or(now);
    let year = SignedDuration::from_hours(24 * DAYS);
    let from = super::past(args.from.as_ref(), zone, now)?;
    let from = from.or_else(|| until.checked_sub(year).ok()).unwrap_or(until);
    if from >= until {
        let error = CliError::usage("--from must be a day before the last one that is looked at");
        return Err(error.hint("give an earlier --from, or a later --to"));
    }
    Ok(Period {
        from,
        until,
        every: if args.daily { 1 } else { WEEK },
    })
}

/// A rule and what it would have said.
struct Told<'s> {
    source: String,
    signal: &'s Signal,
    history: History,
}

impl Told<'_> {
    fn new_ones(&self) -> usize {
        self.history.firings.iter().filter(|one| !one.standing).count()
    }

    fn standing(&self) -> usize {
        self.history.firings.len() - self.new_ones()
    }

    fn accounts(&self) -> usize {
        let mut accounts: Vec<_> = self.history.firings.iter().map(|one| &one.account).collect();
        accounts.sort_unstable();
        accounts.dedup();
        accounts.len()
    }

    fn before(&self, of: impl Fn(&Firing) -> Option<i32>) -> usize {
        self.history
            .firings
            .iter()
            .filter(|one| of(one).is_some())
            .count()
    }
}

fn answer(told: &Told<'_>) -> Value {
    let history = &told.history;
    let missed = |(id, name, day): &(crate::domain::record::RecordId, String, jiff::civil::Date)| {
        Shape::default()
            .with("id", id)
            .with("name", name)
            .with("left", day)
            .done()
    };
    Shape::default()
        .with("source", &told.source)
        .with("version", told.signal.version)
        .with("when", told.signal.when.expression().source())
        .with("fired", told.new_ones())
        .with("standing", told.standing())
        .with("accounts", told.accounts())
        .with("before_churn", told.before(|one| one.before_churn))
        .maybe(
            "median_days_before_churn",
            history.median(|one| one.before_churn),
            "it never spoke before a churn",
        )
        .with("before_red", told.before(|one| one.before_red))
        .maybe(
            "median_days_before_red",
            history.median(|one| one.before_red),
            "it never spoke before a red band",
        )
        .with("churns", history.churns)
        .with("churns_missed", history.missed.len())
        .with("churns_untold", history.untold)
        .with("cannot_tell", history.cannot_tell)
        .maybe(
            "most_between_looks",
            history.load.map(|load| load.most_between_looks),
            OUTSIDE,
        )
        .maybe(
            "above_budget",
            history.load.map(|load| load.above_budget),
            OUTSIDE,
        )
        .with("firings", history.firings.iter().map(firing).collect::<Vec<_>>())
        .with("missed", history.missed.iter().map(missed).collect::<Vec<_>>())
        .done()
}

fn firing(one: &Firing) -> Value {
    Shape::default()
        .with("id", &one.account)
        .with("name", &one.name)
        .maybe("csm", one.csm.as_ref(), "the account has none")
        .with("from", one.from)
        .maybe("until", one.until, "it had not cleared by the last look")
        .with("standing", one.standing)
        .maybe("days_before_churn", one.before_churn, "the account has not left")
        .maybe(
            "days_before_red",
            one.before_red,
            "its band was not red afterwards",
        )
        .done()
}

fn print(
    args: &Args,
    told: &[Told<'_>],
    (period, looks, budget, zone): (Period, usize, usize, &TimeZone),
    context: &Context,
) -> Result<(), CliError> {
    let apart = if period.every == 1 { "a day" } else { "a week" };
    let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
    context.output.text(&format!(
        "{} from {} to {}: {looks} looks, {apart} apart\n",
        args.id,
        day(period.from),
        day(period.until)
    ))?;
    let mut columns = vec![Column::sentences("")];
    columns.extend(told.iter().map(|_| Column::sentences("")));
    let titles: Vec<String> = told
        .iter()
        .map(|one| format!("{}, version {}", one.source, one.signal.version))
        .collect();
    context.output.text(&titles.join("  ·  beside it: "))?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = |name: &str, of: &dyn Fn(&Told<'_>) -> String| {
        rows.push(
            std::iter::once(name.to_owned())
                .chain(told.iter().map(of))
                .collect(),
        );
    };
    let days = |count: usize, median: Option<i32>| match median {
        Some(median) => format!("{count}, {median} d before (median)"),
        None => count.to_string(),
    };
    row("new warnings", &|one| one.new_ones().to_string());
    row("held already at the first look", &|one| {
        one.standing().to_string()
    });
    row("accounts", &|one| one.accounts().to_string());
    row("before the account left", &|one| {
        days(
            one.before(|one| one.before_churn),
            one.history.median(|one| one.before_churn),
        )
    });
    row("before a red band", &|one| {
        days(
            one.before(|one| one.before_red),
            one.history.median(|one| one.before_red),
        )
    });
    row("accounts that left, and it would have said nothing", &|one| {
        let said = format!("{} of {}", one.history.missed.len(), one.history.churns);
        match one.history.untold {
            0 => said,
            untold => format!("{said}, cannot be told of {untold}"),
        }
    });
    row("accounts of which a look cannot tell", &|one| {
        one.history.cannot_tell.to_string()
    });
    let load = |one: &Told<'_>, words: &dyn Fn(Load) -> String| {
        one.history
            .load
            .map_or_else(|| "critical: outside of it".to_owned(), words)
    };
    row("most new of one CSM between two looks", &|one| {
        load(one, &|load| format!("{} of {budget}", load.most_between_looks))
    });
    row("above that budget", &|one| {
        load(one, &|load| load.above_budget.to_string())
    });
    context.output.table(&columns, &rows)?;
    for one in told {
        print_firings(one, context)?;
    }
    Ok(())
}

fn print_firings(told: &Told<'_>, context: &Context) -> Result<(), CliError> {
    let history = &told.history;
    context
        .output
        .text(&format!("\n{}, version {}", told.source, told.signal.version))?;
    let days = |days: Option<i32>| days.map_or(String::new(), |days| format!("{days} d"));
    let row = |one: &Firing| {
        vec![
            one.from.to_string(),
            one.name.clone(),
            one.until.map_or("open".to_owned(), |day| day.to_string()),
            days(one.before_churn),
            days(one.before_red),
        ]
    };
    let rows: Vec<Vec<String>> = history.firings.iter().map(row).collect();
    if rows.is_empty() {
        context.output.text("it would never have spoken")?;
    } else {
        context.output.table(&FIRINGS, &rows)?;
    }
    for (_, name, day) in &history.missed {
        context.output.text(&format!("missed: {name} left {day}"))?;
    }
    Ok(())
}
