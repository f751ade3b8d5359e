//! What if: values and weights that are tried on an account, and what brings it back to green. Nothing is saved.

use serde_json::{Value as Json, json};

use crate::config::Setup;
use crate::domain::book::trial::{BandCounts, BookTrial, Mine};
use crate::domain::book::{Book, Filling};
use crate::domain::expression::Value;
use crate::domain::health::Score;
use crate::domain::health::ledger::{points, tenths};
use crate::domain::health::what_if::{HEAVIEST, Need, Trial, Tried, Way, WhatIf};
use crate::domain::record::RecordId;
use crate::domain::summary::Band;
use crate::domain::values::{in_words, plain, unsigned_zero};
use crate::domain::vocabulary::nearest;
use crate::domain::words;
use crate::engine;
use crate::store::{Cache, Ledger};

use super::super::CliError;
use super::super::context::Context;
use super::super::freshness::Freshness;
use super::super::output::{Column, Plain};
use super::super::shape::{NEVER_OBSERVED, Shape};
use super::{Args, failed};

const MEASURES: [Column; 6] = [
    Column::words("measure"),
    Column::number("weight"),
    Column::number("points"),
    Column::number("counts"),
    Column::words("now"),
    Column::sentences("tried"),
];

/// Prints what the trials make of the account and of the book.
pub(super) fn run(
    args: &Args,
    (cache, ledger): (&Cache, &Ledger),
    setup: &Setup,
    id: &RecordId,
    freshness: &Freshness,
    context: &Context,
) -> Result<(), CliError> {
    let view = engine::account_view(cache, ledger, setup, id, context.now());
    let view = view.map_err(|error| failed(&error))?.ok_or_else(|| {
        CliError::failed(format!("the account {id} is gone")).hint("`retain sync` brings the list up to date")
    })?;
    let what_if = &view.what_if;
    let mut tried = tried(args, what_if)?;
    let way = what_if.back_to_green(&tried.weights);
    if args.green
        && let Way::By(needs) = &way
    {
        tried
            .values
            .extend(needs.iter().map(|need| (need.at, need.to.clone())));
    }
    let score = what_if.score(&tried);
    let book = book(cache).map_err(|error| CliError::failed("the book cannot be read").because(&error))?;
    let weights: Vec<(String, i64)> = tried
        .weights
        .iter()
        .map(|(at, weight)| (what_if.trials[*at].measure.clone(), *weight))
        .collect();
    let mine = book.find(id).map(|row| Mine {
        row,
        score: score.clone(),
    });
    let day = setup.settings.day_of(context.now());
    let trial = book.tried(
        &setup.health,
        &setup.health.reweighed(&weights),
        day,
        mine.as_ref(),
    );
    let told = Told {
        name: &view.summary.name,
        id,
        what_if,
        tried: &tried,
        score: &score,
        way: &way,
        book: &trial,
    };
    if !context.output.is_text() {
        return context.output.values(&told.answer(freshness), Plain::Values);
    }
    told.print(context)?;
    let words = freshness.words(context.now(), &setup.settings.zone());
    context.output.aside(&format!("\nnothing is saved · {words}"))
}

fn book(cache: &Cache) -> Result<Book, crate::store::StoreError> {
    let mut filling = Filling::default();
    cache.each_summary(&mut |summary| filling.add(&summary))?;
    Ok(filling.finish())
}

fn tried(args: &Args, what_if: &WhatIf) -> Result<Tried, CliError> {
    let mut tried = Tried::default();
    for text in &args.values {
        let (at, value) = named(what_if, text)?;
        let value = what_if.trials[at].parse(value).map_err(CliError::usage)?;
        tried.values.insert(at, value);
    }
    for text in &args.weights {
        let (at, weight) = named(what_if, text)?;
        let number: Option<f64> = weight.parse().ok().filter(|number: &f64| number.is_finite());
        let thousandths = number.map(|weight| (weight * 1000.0).round() as i64);
        let weight = thousandths
            .filter(|weight| (0..=HEAVIEST).contains(weight))
            .ok_or_else(|| {
                CliError::usage(format!("`{weight}` is no weight")).hint("a weight is from 0 to 1000")
            })?;
        tried.weights.insert(at, weight);
    }
    Ok(tried)
}

/// The measure's place and what is to be tried, of `MEASURE=WHAT`.
fn named<'t>(what_if: &WhatIf, text: &'t str) -> Result<(usize, &'t str), CliError> {
    let (id, what) = text.split_once('=').ok_or_else(|| {
        CliError::usage(format!("`{text}` names no measure and value"))
            .hint("write MEASURE=VALUE, such as usage=38")
    })?;
    let ids = || what_if.trials.iter().map(|trial| trial.measure.as_str());
    let at = ids().position(|known| known == id.trim()).ok_or_else(|| {
        let hint = match nearest(id, ids()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", ids().collect::<Vec<_>>().join(", ")),
        };
        CliError::usage(format!("no measure is called `{id}`")).hint(hint)
    })?;
    Ok((at, what.trim()))
}

struct Told<'a> {
    name: &'a str,
    id: &'a RecordId,
    what_if: &'a WhatIf,
    tried: &'a Tried,
    score: &'a Score,
    way: &'a Way,
    book: &'a BookTrial,
}

impl Told<'_> {
    fn health(&self, score: &Score) -> String {
        words::Health::of(self.what_if.band(score), None, score.shown()).words()
    }

    fn print(&self, context: &Context) -> Result<(), CliError> {
        let now = self.what_if.score(&Tried::default());
        let output = &context.output;
        output.text(&format!(
            "{}  {} → {}   {} % has data",
            self.name,
            self.health(&now),
            self.health(self.score),
            self.score.coverage()
        ))?;
        let counts = self.score.counts();
        let rows: Vec<Vec<String>> = (0..self.what_if.trials.len())
            .map(|at| self.row(at, counts[at]))
            .collect();
        output.table(&MEASURES, &rows)?;
        output.text(&format!(
            "\n{}",
            self.what_if.words(self.way, &self.tried.weights)
        ))?;
        output.text(&self.of_book())
    }

    fn row(&self, at: usize, counts: Option<i32>) -> Vec<String> {
        let (trial, part) = (&self.what_if.trials[at], &self.score.parts[at]);
        vec![
            trial.measure.clone(),
            plain(part.weight as f64 / 1000.0),
            part.points
                .map_or_else(|| "?".to_owned(), |hundredths| points(tenths(hundredths))),
            counts.map_or_else(|| "?".to_owned(), points),
            in_words(trial.unit, trial.value.as_ref()),
            self.tried
                .values
                .get(&at)
                .map_or_else(String::new, |value| in_words(trial.unit, Some(value))),
        ]
    }

    fn of_book(&self) -> String {
        let book = self.book;
        let bands = |counts: &BandCounts| {
            format!(
                "{} {}  {} {}  {} {}  {} {}",
                words::sign(Band::Red),
                counts.red,
                words::sign(Band::Unknown),
                counts.unknown,
                words::sign(Band::Amber),
                counts.amber,
                words::sign(Band::Green),
                counts.green
            )
        };
        let place = |place: Option<u32>| place.map_or_else(|| "?".to_owned(), |place| place.to_string());
        format!(
            "Place {} → {} of {}, lowest score first.\nWhole book  {}  →  {}; {}",
            place(book.place_before),
            place(book.place_after),
            book.known,
            bands(&book.before),
            bands(&book.after),
            words::counted(book.moved.into(), "account changes band", "accounts change band")
        )
    }

    fn answer(&self, freshness: &Freshness) -> Json {
        let now = self.what_if.score(&Tried::default());
        let end = |score: &Score, place: Option<u32>, bands: &BandCounts| {
            Shape::default()
                .maybe("score", score.shown(), NEVER_OBSERVED)
                .maybe("exact", score.tenths().map(|tenths| f64::from(tenths) / 10.0), NEVER_OBSERVED)
                .band(self.what_if.band(score))
                .with("coverage_percent", score.coverage())
                .maybe("place", place, "its band is unknown")
                .with(
                    "book",
                    json!({ "red": bands.red, "amber": bands.amber, "green": bands.green, "unknown": bands.unknown }),
                )
                .done()
        };
        let (green, needs) = match self.way {
            Way::Green => ("green-already", &[][..]),
            Way::None => ("out-of-reach", &[][..]),
            Way::Many => ("more-than-three", &[][..]),
            Way::By(needs) => ("by-these", needs.as_slice()),
        };
        let need =
            |need: &Need| json!({ "measure": self.what_if.trials[need.at].measure, "to": json_of(&need.to) });
        let counts = self.score.counts();
        let measure = |(at, trial): (usize, &Trial)| {
            let part = &self.score.parts[at];
            Shape::default()
                .with("id", &trial.measure)
                .with("weight", part.weight as f64 / 1000.0)
                .maybe(
                    "points",
                    part.points.map(|points| f64::from(points) / 100.0),
                    NEVER_OBSERVED,
                )
                .maybe(
                    "counts",
                    counts[at].map(|tenths| f64::from(tenths) / 10.0),
                    NEVER_OBSERVED,
                )
                .maybe("value", trial.value.as_ref().map(json_of), NEVER_OBSERVED)
                .maybe(
                    "tried",
                    self.tried.values.get(&at).map(json_of),
                    "no value is tried",
                )
                .done()
        };
        json!({
            "data": freshness.json(),
            "account": self.id,
            "name": self.name,
            "before": end(&now, self.book.place_before, &self.book.before),
            "after": end(self.score, self.book.place_after, &self.book.after),
            "accounts_changing_band": self.book.moved,
            "accounts_with_known_band": self.book.known,
            "green": { "way": green, "changes": needs.iter().map(need).collect::<Vec<_>>() },
            "measures": self.what_if.trials.iter().enumerate().map(measure).collect::<Vec<_>>(),
        })
    }
}

fn json_of(value: &Value) -> Json {
    match value {
        Value::Number(number) => json!(unsigned_zero(*number)),
        Value::Text(text) => json!(text),
        Value::Bool(yes) => json!(yes),
    }
}
