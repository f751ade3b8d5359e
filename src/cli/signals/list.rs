//! `retain signals`: the rules, how many warnings of each are open, and of how many accounts it cannot tell.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::signal::Signal;
use crate::engine::signals::{self, Count, Everything};

use super::super::CliError;
use super::super::as_of::{CONTRACTS_LATER, FIRST_LOOK_LATER, not_of_the_day};
use super::super::context::{Context, Workplace, nothing_yet};
use super::super::freshness::Freshness;
use super::super::output::{Column, Plain};
use super::super::shape::Shape;

const COLUMNS: [Column; 7] = [
    Column::names("signal"),
    Column::words("kind"),
    Column::words("severity"),
    Column::number("version"),
    Column::number("open"),
    Column::number("cannot tell"),
    Column::words("playbook"),
];
const UNTOLD: [Column; 3] = [
    Column::words("id"),
    Column::names("account"),
    Column::sentences("what is unknown"),
];
const PLAIN: Plain = Plain::Table(
    "signals",
    &[
        "id",
        "kind",
        "severity",
        "version",
        "open",
        "holds",
        "cannot_tell",
        "playbook",
    ],
);
const UNTOLD_PLAIN: Plain = Plain::Table("accounts", &["id", "name", "unknown"]);

#[derive(Debug, Default, clap::Args)]
pub struct Listing {
    /// List the accounts of which this signal cannot tell, and what is unknown of each
    #[arg(long, value_name = "ID")]
    cannot_tell: Option<String>,
    /// As it was at the end of this day
    #[arg(long, value_name = "DAY")]
    as_of: Option<String>,
}

/// Prints the rules, or of whom one cannot tell.
pub fn run(args: &Listing, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace_to_answer()?;
    let (cache, ledger) = (workplace.cache()?, workplace.ledger()?);
    if cache.top_of_desk()?.is_none() {
        return Err(nothing_yet());
    }
    let (freshness, zone) = (
        Freshness::of(&cache, &workplace, context.now())?,
        workplace.setup.settings.zone(),
    );
    let as_of = super::past(args.as_of.as_ref(), &zone, context.now())?;
    let when = (context.now(), as_of);
    let told = signals::everything(&cache, &ledger, &workplace.setup, when)
        .map_err(|error| super::failed(&error))?;
    let data = |shape: Shape| {
        let shape = shape.with("data", freshness.json_of(as_of.is_some()));
        let shape = shape.maybe("as_of", as_of, "now");
        match as_of {
            Some(_) => shape.with(CONTRACTS_LATER, told.contracts_later),
            None => shape,
        }
    };
    if let Some(id) = &args.cannot_tell {
        untold(id, &told, &workplace, data, context)?;
    } else {
        let open = signals::open(&cache, &ledger, as_of).map_err(|error| super::failed(&error))?;
        rules(&told, open.as_ref(), &workplace, data, context)?;
    }
    if context.output.is_text() {
        if as_of.is_some() {
            let rest = not_of_the_day(told.contracts_later);
            context.output.aside(&format!("\nas it stood then; {rest}"))?;
        }
        let words = freshness.words(context.now(), &zone);
        context.output.aside(&format!("\n{words}"))?;
    }
    Ok(())
}

fn rules(
    told: &Everything,
    open: Option<&BTreeMap<String, Count>>,
    workplace: &Workplace,
    data: impl FnOnce(Shape) -> Shape,
    context: &Context,
) -> Result<(), CliError> {
    let signals = &workplace.setup.signals.signals;
    if !context.output.is_text() {
        let rule = |(place, signal): (usize, &Signal)| answer(signal, told, place, open);
        let answer = data(Shape::default())
            .with("accounts", told.asked)
            .with(
                "signals",
                signals.iter().enumerate().map(rule).collect::<Vec<_>>(),
            )
            .done();
        return context.output.values(&answer, PLAIN);
    }
    let row = |(place, signal): (usize, &Signal)| {
        vec![
            signal.id.clone(),
            word(signal.kind),
            word(signal.severity),
            signal.version.to_string(),
            open.map_or("?".to_owned(), |open| of(signal, open).open.to_string()),
            told.count(place, None).to_string(),
            signal.playbook.clone().unwrap_or_default(),
        ]
    };
    let rows: Vec<Vec<String>> = signals.iter().enumerate().map(row).collect();
    context.output.table(&COLUMNS, &rows)?;
    if open.is_none() {
        let unknown = format!("\nwhat was open is unknown: {FIRST_LOOK_LATER}");
        context.output.aside(&unknown)?;
    }
    Ok(())
}

/// How many warnings of a signal are open; none where the journal or the cache has none.
fn of(signal: &Signal, open: &BTreeMap<String, Count>) -> Count {
    open.get(&signal.id).copied().unwrap_or_default()
}

fn answer(signal: &Signal, told: &Everything, place: usize, open: Option<&BTreeMap<String, Count>>) -> Value {
    let count = open.map(|open| of(signal, open));
    let clears = signal.clears_when.as_ref();
    Shape::default()
        .with("id", &signal.id)
        .with("title", &signal.title)
        .with("kind", signal.kind)
        .with("severity", signal.severity)
        .with("version", signal.version)
        .with("when", signal.when.expression().source())
        .maybe(
            "clears_when",
            clears.map(|clears| clears.expression().source()),
            "it clears when `when` no longer holds",
        )
        .maybe("playbook", signal.playbook.as_ref(), "none answers it")
        .maybe("open", count.map(|count| count.open), FIRST_LOOK_LATER)
        .maybe("standing", count.map(|count| count.standing), FIRST_LOOK_LATER)
        .with("holds", told.count(place, Some(true)))
        .with("cannot_tell", told.count(place, None))
        .done()
}

/// The word by which files call it.
fn word(value: impl serde::Serialize) -> String {
    serde_json::json!(value).as_str().unwrap_or_default().to_owned()
}

/// The accounts of which a signal cannot tell.
fn untold(
    id: &str,
    told: &Everything,
    workplace: &Workplace,
    data: impl FnOnce(Shape) -> Shape,
    context: &Context,
) -> Result<(), CliError> {
    let signal = super::signal(&workplace.setup, id)?;
    let place = workplace
        .setup
        .signals
        .signals
        .iter()
        .position(|one| one.id == id);
    let of = |one: &signals::Told| {
        let said = one
            .said
            .iter()
            .find(|said| Some(said.signal) == place && said.holds.is_none())?;
        Some((one.account.clone(), one.name.clone(), said.unknown.clone()))
    };
    let found: Vec<_> = told.accounts.iter().filter_map(of).collect();
    if !context.output.is_text() {
        let account = |(id, name, unknown): &(_, String, Vec<String>)| {
            Shape::default()
                .with("id", id)
                .with("name", name)
                .with("unknown", unknown)
                .done()
        };
        let answer = data(Shape::default())
            .with("signal", &signal.id)
            .with("accounts", found.iter().map(account).collect::<Vec<_>>())
            .done();
        return context.output.values(&answer, UNTOLD_PLAIN);
    }
    if found.is_empty() {
        return context.output.text(&format!("{id} can be told of every account"));
    }
    let row = |(id, name, unknown): &(crate::domain::record::RecordId, String, Vec<String>)| {
        vec![id.to_string(), name.clone(), unknown.join(", ")]
    };
    let rows: Vec<Vec<String>> = found.iter().map(row).collect();
    context.output.table(&UNTOLD, &rows)
}
