//! `retain signals test`: what a condition sees of an account, and why it holds, does not, or cannot be told.

use serde_json::{Value, json};

use crate::domain::expression::Asked;
use crate::domain::signal::Signal;
use crate::domain::summary::Summary;
use crate::domain::values::unsigned_zero;
use crate::domain::words;
use crate::engine::signals::{Sight, sights, value_in_words};
use crate::engine::{Unseen, find_account, unseen};

use super::super::CliError;
use super::super::account::only;
use super::super::as_of::{CONTRACTS_LATER, not_of_the_day};
use super::super::context::{Context, nothing_yet};
use super::super::freshness::Freshness;
use super::super::output::{Column, Plain};
use super::super::shape::Shape;

const PARTS: [Column; 2] = [Column::words(""), Column::sentences("part of the condition")];
const SEEN: [Column; 2] = [Column::sentences("it sees"), Column::sentences("")];
const MANY: [Column; 3] = [
    Column::words(""),
    Column::names("account"),
    Column::sentences("it sees"),
];
const PLAIN: Plain = Plain::Table("accounts", &["id", "name", "holds", "unknown"]);
/// Why it is not known whether something holds.
const UNKNOWN: &str = "it rests on something unknown";

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Id of the signal
    id: String,
    /// Its id, or its name or a part of it; all accounts if left out
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// As it was at the end of this day
    #[arg(long, value_name = "DAY")]
    as_of: Option<String>,
}

/// Prints what the signal sees.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace_to_answer()?;
    let signal = super::signal(&workplace.setup, &args.id)?;
    let (cache, ledger) = (workplace.cache()?, workplace.ledger()?);
    if cache.top_of_desk()?.is_none() {
        return Err(nothing_yet());
    }
    let (freshness, zone) = (
        Freshness::of(&cache, &workplace, context.now())?,
        workplace.setup.settings.zone(),
    );
    let as_of = super::past(args.as_of.as_ref(), &zone, context.now())?;
    let mut accounts: Vec<Summary> = Vec::new();
    if let Some(text) = &args.account {
        let found = find_account(&cache, &ledger, text).map_err(|error| super::failed(&error))?;
        accounts.push(only(&found, text)?.clone());
    } else {
        cache.each_summary(&mut |line| accounts.push(line))?;
    }
    if as_of.is_some() {
        // Worst first is an order of today.
        accounts.sort_by(|one, other| one.id.cmp(&other.id));
    }
    let stores = (&cache, &ledger);
    let mut seen = sights(
        stores,
        &workplace.setup,
        signal,
        &accounts,
        (context.now(), as_of),
    )
    .map_err(|error| super::failed(&error))?;
    seen.retain(|one| one.there || args.account.is_some());
    let unseen = unseen(&cache, &workplace.setup, std::slice::from_ref(signal));
    let unseen = unseen.map_err(|error| super::failed(&error))?;
    let unseen: Vec<String> = unseen.iter().map(Unseen::words).collect();
    let later = seen.iter().filter(|one| !one.knew_contracts).count();
    if !context.output.is_text() {
        let of_the_day = match as_of {
            Some(_) => Shape::default().with(CONTRACTS_LATER, later),
            None => Shape::default(),
        };
        let answer = of_the_day
            .with("data", freshness.json_of(as_of.is_some()))
            .with("signal", &signal.id)
            .with("version", signal.version)
            .with("when", signal.when.expression().source())
            .maybe("as_of", as_of, "now")
            .with("unseen", &unseen)
            .with("accounts", seen.iter().map(answer).collect::<Vec<_>>())
            .done();
        return context.output.values(&answer, PLAIN);
    }
    match (&args.account, seen.as_slice()) {
        (Some(_), [one]) => print_one(signal, one, context)?,
        _ => print_all(signal, &seen, context)?,
    }
    for words in &unseen {
        context.output.text(&format!("\n{words}"))?;
    }
    if as_of.is_some() {
        context
            .output
            .aside(&format!("\nas it stood then; {}", not_of_the_day(later)))?;
    }
    let words = freshness.words(context.now(), &zone);
    context.output.aside(&format!("\n{words}"))
}

fn answer(sight: &Sight) -> Value {
    let clause = |one: &crate::domain::expression::Clause| {
        Shape::default()
            .with("text", &one.text)
            .maybe("holds", one.holds, UNKNOWN)
            .done()
    };
    let clears = match sight.clears {
        None => "the signal has no condition of its own for this",
        Some(_) => UNKNOWN,
    };
    Shape::default()
        .with("id", &sight.account)
        .with("name", &sight.name)
        .with("asked", !sight.left)
        .maybe("holds", sight.holds, UNKNOWN)
        .maybe("clears", sight.clears.flatten(), clears)
        .with("clauses", sight.clauses.iter().map(clause).collect::<Vec<_>>())
        .with("terms", sight.asked.iter().map(term).collect::<Vec<_>>())
        .with("unknown", &sight.unknown)
        .done()
}

fn term(asked: &Asked) -> Value {
    use crate::domain::expression::Value as Found;
    let value = asked.value.as_ref().map(|value| match value {
        Found::Number(number) => json!(unsigned_zero(*number)),
        Found::Text(text) => json!(text),
        Found::Bool(yes) => json!(yes),
    });
    Shape::default()
        .with("term", &asked.term)
        .maybe("value", value, "not known of this account")
        .with("words", value_in_words(asked))
        .done()
}

/// Whether it holds, for a person; an account that has left is not asked.
fn verdict(sight: &Sight) -> &'static str {
    if sight.left {
        "not asked"
    } else {
        super::word(sight.holds)
    }
}

fn print_one(signal: &Signal, sight: &Sight, context: &Context) -> Result<(), CliError> {
    let output = context.output;
    let why = if sight.left {
        " (it has left by then, or was not there yet)"
    } else {
        ""
    };
    output.text(&format!(
        "{} version {} · {}: {}{why}\n",
        signal.id,
        signal.version,
        sight.name,
        verdict(sight)
    ))?;
    let parts: Vec<Vec<String>> = sight
        .clauses
        .iter()
        .map(|one| vec![super::word(one.holds).to_owned(), one.text.clone()])
        .collect();
    output.table(&PARTS, &parts)?;
    output.text("\n")?;
    let seen: Vec<Vec<String>> = sight
        .asked
        .iter()
        .map(|one| vec![one.term.clone(), value_in_words(one)])
        .collect();
    output.table(&SEEN, &seen)?;
    if !sight.unknown.is_empty() {
        output.text(&format!(
            "\nit cannot tell, as {}",
            words::unknown(&sight.unknown)
        ))?;
    }
    if let (Some(clears), Some(condition)) = (sight.clears, &signal.clears_when) {
        let source = condition.expression().source();
        output.text(&format!("\nwhat clears it {}: {source}", super::word(clears)))?;
    }
    Ok(())
}

/// Those on which it holds or cannot be told, and how many there are of each.
fn print_all(signal: &Signal, seen: &[Sight], context: &Context) -> Result<(), CliError> {
    let asked = || seen.iter().filter(|one| !one.left);
    let count = |holds: Option<bool>| asked().filter(|one| one.holds == holds).count();
    context.output.text(&format!(
        "{} version {}: holds on {}, not on {}, cannot tell of {}\n",
        signal.id,
        signal.version,
        count(Some(true)),
        count(Some(false)),
        count(None)
    ))?;
    let mut shown: Vec<&Sight> = asked().filter(|one| one.holds != Some(false)).collect();
    shown.sort_by_key(|one| one.holds.is_none());
    let saw = |one: &Sight| {
        let terms = one
            .asked
            .iter()
            .map(|asked| format!("{} {}", asked.term, value_in_words(asked)));
        terms.collect::<Vec<_>>().join(" · ")
    };
    let row = |one: &&Sight| vec![verdict(one).to_owned(), one.name.clone(), saw(one)];
    let rows: Vec<Vec<String>> = shown.iter().map(row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    context.output.table(&MANY, &rows)
}
