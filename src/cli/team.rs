//! `retain team`: the team lead's table, a line per person who looks after accounts.

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::domain::load::{Load, Work};
use crate::domain::money::Currency;
use crate::domain::team_table::{BookAccount, BookRow, DEFINITION, Figures, Keeper, Presence, TeamTable};
use crate::domain::words;
use crate::engine;

use super::CliError;
use super::context::Context;
use super::freshness::Freshness;
use super::output::{Column, Plain};
use super::shape::{self, Shape};

const COLUMNS: [Column; 10] = [
    Column::names("CSM"),
    Column::words("team"),
    Column::number("accounts"),
    Column::number("ARR"),
    Column::number("at risk"),
    Column::number("risks"),
    Column::number("goals"),
    Column::number("late"),
    Column::number("load"),
    Column::sentences("there"),
];
const BOOK: [Column; 6] = [
    Column::names("account"),
    Column::number("score"),
    Column::number("ARR"),
    Column::number("at risk"),
    Column::number("risks"),
    Column::words("ends"),
];
const PLAIN: Plain = Plain::Table(
    "rows",
    &[
        "owner",
        "name",
        "team",
        "accounts",
        "risks",
        "late",
        "load_percent",
    ],
);
/// Why nothing is known of the accounts of nobody.
const NOT_HERE: &str = "the profile's scope caches none of them";
/// Why nothing is known of goals.
const NO_GOALS: &str = "mapping.toml names no [goals]";
/// Why nobody is named.
const NOBODY: &str = "nobody looks after these accounts";
/// Why there is no load.
const NO_LOAD: &str =
    "no hours: [load] gives the role none, they are away on all ten days, or it is nobody who works here";

/// The team lead's table: per CSM the book, what is at risk and late, and their load; accounts without an owner too
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Of those whom you lead by team.toml, and yours; of everybody where you lead nobody, or with --all.\n\
    The worst book comes first: by ARR at risk, then by what is late.\n\
    Who looks after accounts and has no role in team.toml counts as a CSM.\n\
    Examples: retain team\n\
    \x20         retain team chen\n\
    \x20         retain team --all --json"
)]
pub struct Args {
    /// One of us, whose book is listed: a name or a part of it
    who: Option<String>,
    /// Everybody, not only those whom you lead
    #[arg(long)]
    all: bool,
}

/// Prints it.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace_to_answer()?;
    let cache = workplace.cache()?;
    let freshness = Freshness::of(&cache, &workplace, context.now())?;
    let table = engine::team_table(
        &cache,
        &workplace.ledger()?,
        &workplace.setup,
        args.all,
        context.now(),
    )
    .map_err(|error| CliError::of_engine("the team's table cannot be told", &error))?;
    let zone = workplace.setup.settings.zone();
    let today = context.now().to_zoned(zone.clone()).date();
    let currency = shape::currency(&workplace.setup);
    let only = args.who.as_deref().map(|who| one(&table, who)).transpose()?;
    if !context.output.is_text() {
        let answer = answer(&table, only, (&freshness, currency));
        return context.output.values(&answer, PLAIN);
    }
    match only {
        Some(row) => book(row, context, (currency, today))?,
        None => whole(&table, context, (currency, today))?,
    }
    if let Some(why) = table.partial {
        context.output.aside(&format!("\npartial: {why}"))?;
    }
    context.output.aside(&format!("\n{DEFINITION}"))?;
    context.output.aside(&freshness.words(context.now(), &zone))
}

/// The line of one of us.
fn one<'t>(table: &'t TeamTable, who: &str) -> Result<&'t BookRow, CliError> {
    let wanted = who.to_lowercase();
    let is_it = |row: &&BookRow| row.name().to_lowercase().contains(&wanted);
    let found: Vec<&BookRow> = table.rows.iter().filter(is_it).collect();
    let exact = found
        .iter()
        .find(|row| row.name().to_lowercase().starts_with(&wanted));
    match (found.as_slice(), exact) {
        ([row], _) | (_, Some(row)) => Ok(row),
        _ => {
            let names: Vec<&str> = table.rows.iter().map(BookRow::name).collect();
            let error = CliError::usage(format!("`{who}` is nobody of the table, or not only one"));
            Err(error.hint(format!("there is {}", names.join(", "))))
        }
    }
}

fn whole(table: &TeamTable, context: &Context, (currency, today): (Currency, Date)) -> Result<(), CliError> {
    let mut rows: Vec<Vec<String>> = table.rows.iter().map(|row| line(row, currency, today)).collect();
    rows.push(cells("all", "", &table.total, ("", String::new()), currency));
    context.output.table(&COLUMNS, &rows)
}

fn line(row: &BookRow, currency: Currency, today: Date) -> Vec<String> {
    if !row.is_here {
        let unknown = std::iter::repeat_n("?".to_owned(), 6);
        let (name, blank) = (row.name().to_owned(), String::new);
        return [name, blank()]
            .into_iter()
            .chain(unknown)
            .chain([blank(), blank()])
            .collect();
    }
    let keeper = row.keeper.as_ref();
    let team = keeper
        .and_then(|keeper| keeper.team.as_deref())
        .unwrap_or_default();
    let load = keeper.map_or_else(String::new, |keeper| {
        keeper.load.map_or("?".to_owned(), |load| load.short())
    });
    let there = keeper.map_or_else(String::new, |keeper| keeper.presence.words(today));
    cells(row.name(), team, &row.figures, (&load, there), currency)
}

fn cells(
    name: &str,
    team: &str,
    figures: &Figures,
    (load, there): (&str, String),
    currency: Currency,
) -> Vec<String> {
    vec![
        name.to_owned(),
        team.to_owned(),
        words::count(figures.accounts as usize),
        words::sum(&figures.arr, currency),
        words::sum(&figures.at_risk, currency),
        figures.risks.to_string(),
        figures.goals_in_words(),
        figures.late.to_string(),
        load.to_owned(),
        there,
    ]
}

fn book(row: &BookRow, context: &Context, (currency, today): (Currency, Date)) -> Result<(), CliError> {
    for line in row.head(currency, today) {
        context.output.text(&line)?;
    }
    let shown = row.listed.len();
    let all = row.figures.accounts as usize;
    let rest = if shown < all {
        format!(", the worst {shown} shown")
    } else {
        String::new()
    };
    context.output.text(&format!(
        "\naccounts, the worst first · {}{rest}",
        words::count(all)
    ))?;
    let cells = |one: &BookAccount| {
        vec![
            one.name.clone(),
            one.health.words(),
            words::money(one.arr, currency),
            one.at_risk
                .map_or_else(|| "-".to_owned(), |sum| words::sum(&sum, currency)),
            one.risks.to_string(),
            one.ends
                .map_or("?".to_owned(), |day| words::calendar_day(today, day)),
        ]
    };
    let rows: Vec<Vec<String>> = row.listed.iter().map(cells).collect();
    context.output.table(&BOOK, &rows)
}

fn answer(table: &TeamTable, only: Option<&BookRow>, (freshness, currency): (&Freshness, Currency)) -> Value {
    let rows = table
        .rows
        .iter()
        .filter(|row| only.is_none_or(|only| std::ptr::eq(*row, only)));
    let rows: Vec<Value> = rows.map(|row| of_row(row, only.is_some(), currency)).collect();
    Shape::default()
        .with("data", freshness.json())
        .with("definition", DEFINITION)
        .with("led_only", table.led_only)
        .maybe("partial", table.partial, "all accounts are here")
        .with("total", figures(Shape::default(), &table.total, currency).done())
        .with("rows", rows)
        .done()
}

fn figures(shape: Shape, figures: &Figures, currency: Currency) -> Shape {
    shape
        .with("accounts", figures.accounts)
        .with("arr", shape::sum(&figures.arr, currency))
        .with("arr_at_risk", shape::sum(&figures.at_risk, currency))
        .with("accounts_at_risk", figures.accounts_at_risk)
        .with("risks", figures.risks)
        .with("late", figures.late)
        .maybe("goals_met", figures.goals.map(|goals| goals.met), NO_GOALS)
        .maybe("goals_due", figures.goals.map(|goals| goals.due), NO_GOALS)
}

fn of_row(row: &BookRow, whole: bool, currency: Currency) -> Value {
    let keeper = row.keeper.as_ref();
    let shape = Shape::default()
        .maybe("owner", keeper.map(|keeper| &keeper.id), NOBODY)
        .maybe("name", keeper.map(|keeper| &keeper.name), NOBODY)
        .maybe(
            "team",
            keeper.and_then(|keeper| keeper.team.as_ref()),
            "the CRM has them in no team",
        )
        .maybe("role", keeper.and_then(|keeper| keeper.role), NOBODY);
    let shape = if row.is_here {
        figures(shape, &row.figures, currency).with("segments", segments(row))
    } else {
        [
            "accounts",
            "arr",
            "arr_at_risk",
            "accounts_at_risk",
            "risks",
            "late",
            "goals_met",
            "goals_due",
            "segments",
        ]
        .into_iter()
        .fold(shape, |shape, name| shape.maybe(name, None::<u32>, NOT_HERE))
    };
    let loaded = keeper.and_then(|keeper| keeper.load);
    let shape = presence(shape, keeper)
        .maybe("load_percent", loaded.and_then(|load| load.percent()), NO_LOAD)
        .maybe("load", loaded.map(load), NO_LOAD);
    if !whole {
        return shape.done();
    }
    let book: Vec<Value> = row.listed.iter().map(|one| account(one, currency)).collect();
    shape.with("book", book).done()
}

/// How many accounts each segment has.
fn segments(row: &BookRow) -> Vec<Value> {
    let of = |(name, accounts): (&String, &u32)| {
        Shape::default()
            .maybe(
                "segment",
                Some(name).filter(|name| !name.is_empty()),
                shape::NOT_SET,
            )
            .with("accounts", accounts)
            .done()
    };
    row.segments.iter().map(of).collect()
}

fn presence(shape: Shape, keeper: Option<&Keeper>) -> Shape {
    let presence = keeper.map(|keeper| &keeper.presence);
    let (until, deputy) = match presence {
        Some(Presence::Away(until, deputy)) => (Some(until), deputy.as_ref()),
        _ => (None, None),
    };
    shape
        .with("has_left", presence == Some(&Presence::Gone))
        .maybe("away_until", until, "they are not away")
        .maybe("stands_in", deputy, "they are not away, or nobody stands in")
}

fn load(load: Load) -> Value {
    let [tasks, steps, promises, handoffs] = Work::ALL.map(|work| load.due.of[work as usize]);
    Shape::default()
        .with("minutes", load.minutes)
        .maybe("has_minutes", load.has, "[load] gives the role no hours")
        .with("late", load.due.late)
        .with(
            "of",
            json!({ "tasks": tasks, "steps": steps, "promises": promises, "handoffs": handoffs }),
        )
        .with("words", load.words())
        .done()
}

fn account(one: &BookAccount, currency: Currency) -> Value {
    let at_risk = one.at_risk.map(|sum| shape::sum(&sum, currency));
    Shape::default()
        .with("account", &one.id)
        .with("name", &one.name)
        .with("band", one.health.band)
        .with("stale", one.health.stale)
        .maybe("score", one.health.score, shape::BELOW_FLOOR)
        .maybe("arr", shape::money(one.arr, currency), shape::NOT_SET)
        .maybe("arr_at_risk", at_risk, "it is not at risk")
        .with("risks", one.risks)
        .maybe("ends", one.ends, shape::NOT_SET)
        .done()
}
