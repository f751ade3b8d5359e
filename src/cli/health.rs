//! `retain health`: why an account's score is what it is and what changed it; without an account, the book.

mod json;
mod what_if;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::config::Setup;
use crate::config::settings::Settings;
use crate::domain::account_view::Freshness as Fresh;
use crate::domain::acts::days;
use crate::domain::health::account::{End, MeasureChange, ScoreLedger, Sight};
use crate::domain::health::ledger::signed;
use crate::domain::rates::round_half_even;
use crate::domain::record::RecordId;
use crate::domain::summary::{Band, Summary};
use crate::domain::words;
use crate::engine::{self, Base, BookLine, Window};
use crate::store::{Cache, Ledger};

use super::CliError;
use super::account::only;
use super::context::Context;
use super::freshness::Freshness;
use super::output::{Column, Plain};
use super::shape::{BELOW_FLOOR, CHANGE_UNKNOWN, Last, Shape};

/// Without `--limit` so many accounts of the book are listed.
const MOVED: usize = 20;
const BOOK: [Column; 4] = [
    Column::words("health"),
    Column::number("Δ"),
    Column::number("covered"),
    Column::names("account"),
];
const BOOK_PLAIN: Plain = Plain::Table(
    "accounts",
    &["id", "name", "score", "band", "coverage_percent", "delta"],
);
const MEASURES: [Column; 6] = [
    Column::words("measure"),
    Column::number("weight"),
    Column::number("points"),
    Column::number("part"),
    Column::words("age"),
    Column::sentences("then → now"),
];
/// Why there is no change.
const NO_CHANGE: &str = "the score then or now cannot be told";

/// Why a score is what it is and what changed it; without an account, what moved most in the book
#[derive(Debug, Default, clap::Args)]
#[command(
    after_help = "A day counts to its end: 2026-10-01, yesterday, 3 days ago, or 30d for thirty.\n\
    Examples: retain health juniper --from 2026-10-01\n\
    \x20         retain health juniper --try usage=38 --weight survey=20"
)]
pub struct Args {
    /// Its id, or its name or a part of it
    account: Vec<String>,
    /// Count changes from this day; from your last look on an earlier day, if left out
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// Count them to this day; to now, if left out
    #[arg(long, value_name = "DAY", visible_alias = "as-of")]
    to: Option<String>,
    /// Try a value: `usage=38`; see what it makes of the score, the band and the place in the book
    #[arg(long = "try", value_name = "MEASURE=VALUE", requires = "account", conflicts_with_all = ["from", "to"])]
    values: Vec<String>,
    /// Try a weight: `survey=20`; see what it makes of the account and of the whole book
    #[arg(long = "weight", value_name = "MEASURE=WEIGHT", requires = "account", conflicts_with_all = ["from", "to"])]
    weights: Vec<String>,
    /// Tell the smallest changes that bring it back to green
    #[arg(long, requires = "account", conflicts_with_all = ["from", "to"])]
    green: bool,
    /// List at most so many accounts of the book
    #[arg(long, value_name = "N", conflicts_with = "account")]
    limit: Option<usize>,
}

/// Prints the ledger of an account, or the book.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace_to_answer()?;
    let cache = workplace.cache()?;
    let (freshness, zone) = (
        Freshness::of(&cache, &workplace, context.now())?,
        workplace.setup.settings.zone(),
    );
    if args.account.is_empty() {
        let today = context.now().to_zoned(zone.clone()).date();
        let window = window(args, &zone, context.now())?;
        let asked = args.from.is_some() || args.to.is_some();
        let ledger = workplace.ledger()?;
        let base = engine::base(&ledger, &zone, context.now()).map_err(|error| failed(&error))?;
        let lines = if asked {
            between((&cache, &ledger), &workplace.setup, window, context)?
        } else {
            now(&cache)?
        };
        let told = Told {
            lines,
            is_over: window.to.is_some(),
            as_of: window.to.map_or(today, |to| to.to_zoned(zone.clone()).date()),
            since: match (&args.from, &args.to) {
                (None, None) => since(base, &zone, today),
                (Some(_), _) => "in that time".to_owned(),
                (None, Some(_)) => "in the thirty days before".to_owned(),
            },
        };
        book(told, &freshness, args.limit.unwrap_or(MOVED), context)?;
    } else {
        let window = window(args, &zone, context.now())?;
        let text = args.account.join(" ");
        let ledger = workplace.ledger()?;
        let found = engine::find_account(&cache, &ledger, &text).map_err(|error| failed(&error))?;
        let line = only(&found, &text)?;
        if args.green || !args.values.is_empty() || !args.weights.is_empty() {
            return what_if::run(
                args,
                (&cache, &ledger),
                &workplace.setup,
                &line.id,
                &freshness,
                context,
            );
        }
        let told = engine::score_ledger(&cache, &ledger, &workplace.setup, &line.id, window, context.now());
        let told = told.map_err(|error| failed(&error))?.ok_or_else(|| {
            CliError::failed(format!("the account {} is gone", line.id))
                .hint("`retain sync` brings the list up to date")
        })?;
        let last = match window.to {
            None => Last::Now(line.known_band()),
            Some(_) => Last::NotKept,
        };
        if !context.output.is_text() {
            let data = freshness.json_of(window.to.is_some());
            return context
                .output
                .values(&json::answer(&told, last, data), Plain::Values);
        }
        print(&told, last, &zone, context)?;
    }
    if context.output.is_text() {
        // Over a window every account is judged anew, as one alone is.
        let is_list = args.account.is_empty() && args.from.is_none() && args.to.is_none();
        let words = if is_list {
            freshness.words_of_lists(context.now(), &zone)
        } else {
            freshness.words(context.now(), &zone)
        };
        context.output.aside(&format!("\n{words}"))?;
    }
    Ok(())
}

fn failed(error: &engine::EngineError) -> CliError {
    CliError::of_engine("the score cannot be told", error)
}

/// A day of the past as people write it, and its last instant.
pub(super) fn end_of_day(
    text: &str,
    settings: &Settings,
    now: Timestamp,
) -> Result<(Date, Timestamp), CliError> {
    let day = days::past(settings.day_of(now), text);
    let end = day.and_then(|day| Some((day, days::end_of(day, &settings.zone())?)));
    end.ok_or_else(|| {
        CliError::usage(format!("`{text}` is no day of the past"))
            .hint(format!("write {}", days::PAST_EXAMPLES))
    })
}

/// The instants between which changes are counted: each day counts to its end.
fn window(args: &Args, zone: &TimeZone, now: Timestamp) -> Result<Window, CliError> {
    let today = now.to_zoned(zone.clone()).date();
    let read = |text: &String| {
        days::past(today, text).ok_or_else(|| {
            CliError::usage(format!("`{text}` is no day of the past"))
                .hint(format!("write {}", days::PAST_EXAMPLES))
        })
    };
    let from = args.from.as_ref().map(read).transpose()?;
    let to = args.to.as_ref().map(read).transpose()?;
    if from.is_some_and(|from| from >= to.unwrap_or(today)) {
        let error = CliError::usage("--from must be a day before the last one that is counted");
        return Err(error.hint("give an earlier --from, or a later --to"));
    }
    Ok(Window {
        from: from.and_then(|day| days::end_of(day, zone)),
        to: to
            .filter(|day| *day < today)
            .and_then(|day| days::end_of(day, zone)),
    })
}

fn print(told: &ScoreLedger, last: Last, zone: &TimeZone, context: &Context) -> Result<(), CliError> {
    let (from, to) = (&told.from, &told.to);
    let segment = told
        .segment
        .as_ref()
        .map_or(String::new(), |segment| format!(" · {segment}"));
    let health = words::Health::of(to.band, last.band(), to.score).words();
    let coverage = to.coverage;
    context.output.text(&format!(
        "{}{segment} · {health} · {coverage} % of the model has data",
        told.name
    ))?;
    let today = context.now().to_zoned(zone.clone()).date();
    let day = |end: &End| words::calendar_day(today, end.day);
    let change = told
        .shown()
        .map_or_else(|| NO_CHANGE.to_owned(), |(_, change)| change.words());
    context
        .output
        .text(&format!("{} → {}: {change}", day(from), day(to)))?;
    if (from.model, &from.hash) != (to.model, &to.hash) {
        context
            .output
            .text(&models((from.model, &day(from)), (to.model, &day(to))))?;
    }
    context.output.text("\n")?;
    let rows: Vec<Vec<String>> = told.measures.iter().map(|one| row(one, told, zone)).collect();
    context.output.table(&MEASURES, &rows)
}

/// By which two models, each with the day of its end. Their version alone tells them apart only where it was raised.
fn models((from, then): (u32, &str), (to, now): (u32, &str)) -> String {
    if from == to {
        format!(
            "by model {from} as it was on {then}, by model {to} as it is on {now}: its version was not raised"
        )
    } else {
        format!("by model {from} then, by model {to} now")
    }
}

fn row(one: &MeasureChange, told: &ScoreLedger, zone: &TimeZone) -> Vec<String> {
    let part = told
        .shown()
        .map_or("?".to_owned(), |(_, change)| signed(change.of(&one.id)));
    let points = one.now.points.map_or("?".to_owned(), whole);
    let age = one
        .now
        .observed
        .map_or("never".to_owned(), |then| words::age(told.to.at, then, zone));
    vec![
        one.id.clone(),
        shown(one.now.weight),
        points,
        part,
        age,
        sentence(one),
    ]
}

/// Points of hundredths in whole ones, rounded half to even.
fn whole(points: i32) -> String {
    round_half_even(points.into(), 100).to_string()
}

fn shown(weight: i64) -> String {
    (weight as f64 / 1000.0).to_string()
}

/// `41 → 22 · stale · as good as or better than 20 % of its segment`
fn sentence(one: &MeasureChange) -> String {
    let seen = |sight: &Sight| match sight.inputs.as_slice() {
        inputs if sight.computed || inputs.is_empty() => {
            sight.value.clone().unwrap_or_else(|| "?".to_owned())
        }
        inputs => inputs
            .iter()
            .map(|input| input.value.as_str())
            .collect::<Vec<_>>()
            .join(" of "),
    };
    let (then, now) = (seen(&one.then), seen(&one.now));
    let moved = if then == now {
        now
    } else {
        format!("{then} → {now}")
    };
    let stale = (one.now.freshness == Fresh::Stale).then(|| "stale: counts at most 50".to_owned());
    let is_anothers = one.now.value.is_none() && one.now.observed.is_some();
    let anothers = is_anothers.then(|| "set before the account changed hands: counts no more".to_owned());
    let percentile = one
        .percentile
        .map(|percent| format!("as good as or better than {percent} % of its segment"));
    let parts: Vec<String> = [Some(moved), stale, anothers, percentile]
        .into_iter()
        .flatten()
        .collect();
    parts.join(" · ")
}

/// The book: how many accounts are in which band, and those whose score moved most.
fn book(told: Told, freshness: &Freshness, most: usize, context: &Context) -> Result<(), CliError> {
    let mut lines = told.lines;
    let bands = [Band::Red, Band::Amber, Band::Green, Band::Unknown];
    let counts = bands.map(|band| (band, lines.iter().filter(|line| line.band == band).count()));
    lines.retain(|line| line.delta.is_some_and(|delta| delta != 0));
    let moved = lines.len();
    lines.sort_by_key(|line| (std::cmp::Reverse(line.delta.map(i16::abs)), line.place.clone()));
    lines.truncate(most);
    if !context.output.is_text() {
        let counts: serde_json::Map<String, Value> = counts
            .into_iter()
            .map(|(band, count)| (band.word().to_owned(), json!(count)))
            .collect();
        let answer = json!({
            "data": freshness.json_of(told.is_over),
            "as_of": told.as_of,
            "bands": counts,
            "moved": moved,
            "accounts": lines.iter().map(moved_line).collect::<Vec<_>>(),
        });
        return context.output.values(&answer, BOOK_PLAIN);
    }
    let rows: Vec<Vec<String>> = lines.iter().map(book_row).collect();
    if rows.is_empty() {
        context.output.text(&format!("no score moved {}", told.since))?;
    } else {
        context.output.table(&BOOK, &rows)?;
    }
    let counts = counts.map(|(band, count)| format!("{} {count} {}", words::sign(band), band.word()));
    let shown = format!("{} of {moved} that moved {}", rows.len(), told.since);
    context
        .output
        .aside(&format!("\n{} · {shown}", counts.join("  ")))
}

/// An account of the book.
struct Line {
    id: RecordId,
    name: String,
    score: Option<u8>,
    band: Band,
    last: Last,
    coverage: u8,
    delta: Option<i16>,
    /// Place among those that moved as far.
    place: (i64, RecordId),
}

/// The book at the end of a window.
struct Told {
    lines: Vec<Line>,
    /// The day that it is as of.
    as_of: Date,
    /// Whether that day is over.
    is_over: bool,
    /// Since when scores moved, in words.
    since: String,
}

/// What changes of the book as it is now are counted from, in words.
fn since(base: Base, zone: &TimeZone, today: Date) -> String {
    let day = words::calendar_day(today, base.at.to_zoned(zone.clone()).date());
    if base.is_look {
        format!("since your last look on {day}")
    } else {
        format!("since {day}, as no look of yours on an earlier day is on record")
    }
}

/// The book as it was last judged.
fn now(cache: &Cache) -> Result<Vec<Line>, CliError> {
    let mut lines = Vec::new();
    cache.each_summary(&mut |line: Summary| {
        if line.has_churned() {
            return;
        }
        lines.push(Line {
            place: (line.worst, line.id.clone()),
            score: words::Health::of(line.band, line.last_band, line.score).score,
            last: Last::Now(line.known_band()),
            id: line.id,
            name: line.name,
            band: line.band,
            coverage: line.coverage,
            delta: line.delta,
        });
    })?;
    Ok(lines)
}

/// The book over a window, judged anew.
fn between(
    (cache, ledger): (&Cache, &Ledger),
    setup: &Setup,
    window: Window,
    context: &Context,
) -> Result<Vec<Line>, CliError> {
    let lines = engine::book_between(cache, ledger, setup, window, context.now());
    let line = |line: BookLine| -> Result<Line, CliError> {
        let last = match window.to {
            None => Last::Now(cache.summary(&line.id)?.and_then(|line| line.known_band())),
            Some(_) => Last::NotKept,
        };
        Ok(Line {
            place: (0, line.id.clone()),
            id: line.id,
            name: line.name,
            score: words::Health::of(line.to.band, last.band(), line.to.score).score,
            band: line.to.band,
            last,
            coverage: line.to.coverage,
            delta: line
                .to
                .shown()
                .zip(line.from)
                .map(|(to, from)| i16::from(to) - i16::from(from)),
        })
    };
    lines
        .map_err(|error| failed(&error))?
        .into_iter()
        .map(line)
        .collect()
}

fn book_row(line: &Line) -> Vec<String> {
    vec![
        words::Health::of(line.band, line.last.band(), line.score).words(),
        words::change(line.delta.map(i32::from)),
        format!("{} %", line.coverage),
        line.name.clone(),
    ]
}

fn moved_line(line: &Line) -> Value {
    Shape::default()
        .with("id", &line.id)
        .with("name", &line.name)
        .maybe("score", line.score, BELOW_FLOOR)
        .band(line.band)
        .last_band(line.band, line.last)
        .with("coverage_percent", line.coverage)
        .maybe("delta", line.delta, CHANGE_UNKNOWN)
        .done()
}

#[cfg(test)]
#[test]
fn models_of_one_version_are_told_apart_by_their_days() {
    let told = |to| models((1, "20 Nov"), (to, "23 Nov"));
    assert_eq!(told(2), "by model 1 then, by model 2 now");
    let days = "by model 1 as it was on 20 Nov, by model 1 as it is on 23 Nov: its version was not raised";
    assert_eq!(told(1), days);
}

#[cfg(test)]
#[test]
fn points_are_printed_rounded_half_to_even() {
    assert_eq!([7_250, 7_251, 7_350].map(whole), ["72", "73", "74"]);
}

#[cfg(test)]
#[test]
fn what_an_expression_gives_is_told_and_not_what_it_rests_on() {
    let sight = |value: &str, inputs: &[&str], computed| Sight {
        value: Some(value.to_owned()),
        computed,
        points: None,
        weight: 1_000,
        freshness: Fresh::Fresh,
        observed: None,
        inputs: inputs
            .iter()
            .map(|value| crate::domain::health::account::Input {
                name: "weekly_active_users".to_owned(),
                value: (*value).to_owned(),
                observed: Timestamp::UNIX_EPOCH,
            })
            .collect(),
    };
    let told = |then, now| {
        sentence(&MeasureChange {
            id: "momentum".to_owned(),
            then,
            now,
            percentile: None,
        })
    };
    let momentum = told(sight("−12 %", &["41"], true), sight("−48 %", &["22"], true));
    assert_eq!(momentum, "−12 % → −48 %");
    let usage = told(
        sight("0.64", &["41", "64"], false),
        sight("0.34", &["22", "64"], false),
    );
    assert_eq!(usage, "41 of 64 → 22 of 64");
}
