//! `retain accounts`: the account list.

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::domain::book::search::{Query, Sieve};
use crate::domain::book::search_text;
use crate::domain::money::Currency;
use crate::domain::record::RecordId;
use crate::domain::summary::Summary;
use crate::domain::words;
use crate::store::Cache;

use super::CliError;
use super::context::{Context, Workplace, nothing_yet};
use super::freshness::Freshness;
use super::output::{Column, Plain};
use super::shape;

const COLUMNS: [Column; 9] = [
    Column::words("id"),
    Column::names("account"),
    Column::number("ARR"),
    Column::words("health"),
    Column::number("has data"),
    Column::number("Δ"),
    Column::words("notice by"),
    Column::number("at stake"),
    Column::words("CSM"),
];

const PLAIN: Plain = Plain::Table(
    "accounts",
    &[
        "id",
        "name",
        "arr",
        "arr_at_least",
        "band",
        "last_band",
        "score",
        "coverage_percent",
        "delta",
        "churned",
        "notice_by",
        "ends",
        "monthly",
        "at_stake",
        "open_warnings",
        "last_touch",
        "segment",
        "stage",
        "csm_name",
        "domain",
    ],
);

/// List accounts, worst first
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only accounts that have all these words in their name, former names, domain, segment, stage or CSM; after '~' those
    /// that have these letters in order, with gaps, in their name, former names or domain
    words: Vec<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// The accounts that were asked for.
struct Found {
    /// Those that are shown.
    shown: Vec<Summary>,
    /// How many fit.
    fitting: usize,
    /// How many there are.
    all: usize,
}

/// Prints the list.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace_to_answer()?;
    let cache = workplace.cache()?;
    let freshness = Freshness::of(&cache, &workplace, context.now())?;
    let query = Query::parse(&args.words.join(" "));
    let mut sieve = query.sieve();
    let mut found = Found {
        shown: Vec::new(),
        fitting: 0,
        all: 0,
    };
    cache.each_summary(&mut |line| {
        found.all += 1;
        if fits(&line, &mut sieve) {
            found.fitting += 1;
            if args.limit.is_none_or(|limit| found.shown.len() < limit) {
                found.shown.push(line);
            }
        }
    })?;
    // After a damaged cache was set aside there is one, with nothing in it.
    if found.all == 0 && cache.top_of_desk()?.is_none() {
        return Err(nothing_yet());
    }
    found.shown = context.masked(found.shown, &workplace);
    if !context.output.is_text() {
        let answer = answer(&found, &freshness, shape::currency(&workplace.setup));
        return context.output.values(&answer, PLAIN);
    }
    text(&found, args, context, &workplace)?;
    context
        .output
        .aside(&freshness.words_of_lists(context.now(), &workplace.setup.settings.zone()))
}

fn answer(found: &Found, freshness: &Freshness, currency: Currency) -> Value {
    let accounts: Vec<_> = found
        .shown
        .iter()
        .map(|line| shape::account(line, currency))
        .collect();
    json!({ "data": freshness.json(), "accounts": accounts, "total": found.fitting })
}

fn text(found: &Found, args: &Args, context: &Context, workplace: &Workplace) -> Result<(), CliError> {
    let all = words::counted(found.all as u64, "account", "accounts");
    if found.fitting == 0 {
        let nothing = match args.words.join(" ").as_str() {
            "" => "no account is cached; `retain check` explains the rule that says which are customers"
                .to_owned(),
            asked => format!("nothing matches '{asked}' ({all})"),
        };
        return context.output.text(&nothing);
    }
    let currency = shape::currency(&workplace.setup);
    let one_csm = one_csm(&found.shown);
    let columns = &COLUMNS[..COLUMNS.len() - usize::from(one_csm.is_some())];
    let today = workplace.setup.settings.day_of(context.now());
    let rows: Vec<Vec<String>> = found
        .shown
        .iter()
        .map(|line| fields(line, (currency, today)))
        .collect();
    context.output.table(columns, &rows)?;
    let mut parts = Vec::new();
    if found.shown.len() < found.fitting {
        parts.push(format!("{} shown", words::count(found.shown.len())));
    }
    if found.fitting < found.all {
        parts.push(words::counted(
            found.fitting as u64,
            "account matches",
            "accounts match",
        ));
    }
    parts.push(format!("{all}, worst first"));
    parts.extend(one_csm.map(|csm| format!("CSM {csm}")));
    context.output.aside(&format!("\n{}", parts.join(" · ")))
}

/// The CSM of all these accounts, who then needs no column.
fn one_csm(shown: &[Summary]) -> Option<&str> {
    let csm = shown.first()?.csm_name.as_deref()?;
    let all = shown.iter().all(|line| line.csm_name.as_deref() == Some(csm));
    all.then_some(csm)
}

fn fields(line: &Summary, (currency, today): (Currency, Date)) -> Vec<String> {
    let at_least = if line.arr_at_least && line.arr.is_some() {
        "≥"
    } else {
        ""
    };
    let notice_by = match (line.notice_by, line.ends) {
        _ if line.has_churned() => "·".to_owned(),
        (Some(day), _) if day < today => format!("passed {day}"),
        (Some(day), _) => day.to_string(),
        _ if line.monthly => "monthly".to_owned(),
        (None, Some(end)) => format!("ends {end}"),
        (None, None) => "?".to_owned(),
    };
    let health = if line.has_churned() {
        "churned".to_owned()
    } else {
        words::Health::of(line.band, line.last_band, line.score).words()
    };
    vec![
        line.id.to_string(),
        line.name.clone(),
        format!("{at_least}{}", words::money(line.arr, currency)),
        health,
        if line.has_churned() {
            "·".to_owned()
        } else {
            format!("{} %", line.coverage)
        },
        if line.has_churned() {
            "·".to_owned()
        } else {
            words::change(line.delta.map(i32::from))
        },
        notice_by,
        words::at_stake(line.at_stake, currency),
        line.csm_name.clone().unwrap_or_else(|| "?".to_owned()),
    ]
}

/// Ids of the accounts that have all these words, as the list has them, in its order.
pub fn matching(cache: &Cache, words: &str) -> Result<Vec<RecordId>, CliError> {
    let query = Query::parse(words);
    let mut sieve = query.sieve();
    let mut found = Vec::new();
    cache.each_summary(&mut |line| {
        if fits(&line, &mut sieve) {
            found.push(line.id);
        }
    })?;
    Ok(found)
}

fn fits(line: &Summary, sieve: &mut Sieve<'_>) -> bool {
    let said = [&line.segment, &line.stage, &line.csm_name];
    let said: Vec<String> = said
        .into_iter()
        .flatten()
        .map(|text| text.to_lowercase())
        .collect();
    sieve.finds(&search_text(&line.name, line), &said.join("\t"))
}
