//! The measures of an account in words: what each saw, and what it did to the score.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::account_view::{Freshness, MeasureLine};
use crate::domain::expression::{Expression, Value};
use crate::domain::health::ledger::Change;
use crate::domain::health::{Measure, Reads};
use crate::domain::record::{Kind, Record};
use crate::domain::values::{in_words, percent, plain};

use super::account_view::Around;
use super::departures::has_left;
use super::interpret::{activity, contact};
use super::judge::Judge;
use super::moment::Moment;
use super::score_ledger::observations;
use super::segments::Segments;
use super::wanted::NOW;

/// One line per measure, in the model's order; then those that the model has no more but that moved the score since
/// the instant `then`.
pub fn lines(
    judge: &Judge<'_>,
    (then, change): (usize, Option<&Change>),
    around: &Around,
    segments: &Segments,
) -> Vec<MeasureLine> {
    let model = &judge.world.setup.health;
    let observed = |id: &str| [then, NOW].map(|at| observations(judge, id, at));
    let line = |(index, measure): (usize, &Measure)| {
        let part = judge.score.parts.get(index);
        let points = part.and_then(|part| part.points);
        let reading = judge.read(measure, NOW);
        let freshness = part.map_or(Freshness::Unknown, |part| part.freshness);
        let segment = judge.account.segment.as_deref();
        MeasureLine {
            weight: part.map_or(0.0, |part| part.weight as f64 / 1000.0),
            points: points.map(|points| f64::from(points) / 100.0),
            words: words(judge, measure, (freshness, then), around),
            freshness,
            observed: match reading {
                Some(reading) => Timestamp::from_second(reading.since).ok(),
                None => taken_back(judge, measure),
            },
            percentile: points.and_then(|points| segments.percentile(segment, &measure.id, points)),
            observations: observed(&measure.id),
            ..moved(&measure.id, change)
        }
    };
    let mut lines: Vec<MeasureLine> = model.measures.iter().enumerate().map(line).collect();
    for entry in change.iter().flat_map(|change| &change.entries) {
        if !lines.iter().any(|line| line.id == entry.measure) {
            lines.push(MeasureLine {
                observations: observed(&entry.measure),
                ..moved(&entry.measure, change)
            });
        }
    }
    lines
}

/// A measure of which nothing is known but what it did to the score.
fn moved(measure: &str, change: Option<&Change>) -> MeasureLine {
    let causes = change.iter().flat_map(|change| &change.entries);
    MeasureLine {
        id: measure.to_owned(),
        weight: 0.0,
        points: None,
        change_tenths: change.map(|change| change.of(measure)),
        words: "no longer in the model".to_owned(),
        freshness: Freshness::Unknown,
        observed: None,
        causes: causes
            .filter(|entry| entry.measure == measure)
            .map(|entry| (entry.cause, entry.tenths))
            .collect(),
        percentile: None,
        observations: Default::default(),
    }
}

fn words(
    judge: &Judge<'_>,
    measure: &Measure,
    (freshness, then): (Freshness, usize),
    around: &Around,
) -> String {
    let words = match &measure.reads {
        Reads::Value(expression) => value(judge, (measure, expression), then),
        Reads::Metric { metric, per } => match metric.as_str() {
            "sponsors" => sponsors(judge, around),
            "ticket_load" => tickets(judge),
            "days_since_touch" => touch(judge, around),
            "nps" => survey(judge),
            _ => mapped(judge, metric, per.as_deref(), then),
        },
    };
    match freshness {
        Freshness::Stale => format!("{words}: stale, counts at most 50"),
        _ => words,
    }
}

/// `16 Nov`, with the year when it is another one.
pub fn short(day: Date, today: Date) -> String {
    let form = if day.year() == today.year() {
        "%-d %b"
    } else {
        "%-d %b %Y"
    };
    day.strftime(form).to_string()
}

fn day(judge: &Judge<'_>, second: i64) -> String {
    let world = judge.world;
    Timestamp::from_second(second).map_or_else(|_| "?".to_owned(), |at| short(world.day(at), world.today))
}

/// When the sentiment was set that a measure would read, where it counts no more since the account changed hands.
pub fn taken_back(judge: &Judge<'_>, measure: &Measure) -> Option<Timestamp> {
    let second = match &measure.reads {
        Reads::Value(expression) if expression.names().contains(&"sentiment") => {
            Moment::now(judge).sentiment_taken_back()?
        }
        _ => return None,
    };
    Timestamp::from_second(second).ok()
}

/// What an expression gives, and what it gave then: `−46 %, was −12 %`; a text with the day on which it was set.
fn value(judge: &Judge<'_>, (measure, expression): (&Measure, &Expression), then: usize) -> String {
    let unit = expression.unit();
    let told = |at| {
        judge
            .read(measure, at)
            .map(|reading| in_words(unit, Some(&reading.value)))
    };
    let Some(now) = judge.read(measure, NOW) else {
        return if taken_back(judge, measure).is_some() {
            "set before the account changed hands: counts no more".to_owned()
        } else {
            "unknown".to_owned()
        };
    };
    let words = in_words(unit, Some(&now.value));
    match (&now.value, told(then)) {
        (Value::Text(_), _) => format!("{words}, set {}", day(judge, now.since)),
        (_, Some(then)) if then != words => format!("{words}, was {then}"),
        _ => words,
    }
}

/// `weekly users 41 → 22 of 50 seats, −46 %`
fn mapped(judge: &Judge<'_>, metric: &str, per: Option<&str>, then: usize) -> String {
    let label = |id: &str| judge.world.setup.mapping.label(id);
    let name = label(metric);
    let metric_at = |id: &str, at| Moment::measured(judge, at).metric(id).map(|metric| metric.value);
    let value = |at| metric_at(metric, at);
    let Some(now) = value(NOW) else {
        return format!("{name} unknown");
    };
    let of = per.map(|per| match metric_at(per, NOW) {
        Some(whole) => format!(" of {} {}", plain(whole), label(per)),
        None => format!(", {} unknown", label(per)),
    });
    let of = of.unwrap_or_default();
    match value(then) {
        Some(then) if plain(then) != plain(now) && then > 0.0 => {
            let change = percent((now - then) / then);
            format!("{name} {} → {}{of}, {change}", plain(then), plain(now))
        }
        _ => format!("{name} {}{of}", plain(now)),
    }
}

fn sponsors(judge: &Judge<'_>, around: &Around) -> String {
    if judge.hides(Kind::Contact) {
        return "champion unknown: the key cannot read contacts".to_owned();
    }
    let mapping = &judge.world.setup.mapping;
    let champions = || {
        around
            .contacts
            .iter()
            .filter(|record| contact::role(record, mapping).is_some_and(|role| contact::is_champion(&role)))
    };
    let there: Vec<String> = champions()
        .filter(|record| !has_left(judge.world, record))
        .map(contact::name)
        .collect();
    if !there.is_empty() {
        return format!("champion {}", there.join(", "));
    }
    // Who left last, with the day on which that one did.
    let left = |record: &Record| {
        let own = judge.own.contacts.iter();
        let same = own.filter(|one| one.champion && one.since == record.created.as_second());
        same.filter_map(|one| one.left).max()
    };
    match champions()
        .filter_map(|gone| Some((left(gone)?, gone)))
        .max_by_key(|one| one.0)
    {
        Some((left, gone)) => format!("champion {} left {}", contact::name(gone), day(judge, left)),
        None => "no contact was ever marked as champion".to_owned(),
    }
}

fn tickets(judge: &Judge<'_>) -> String {
    if Moment::now(judge).metric("ticket_load").is_none() {
        return if judge.hides(Kind::Ticket) {
            "tickets unknown: the key cannot read them".to_owned()
        } else {
            "tickets unknown".to_owned()
        };
    }
    let open = || judge.own.tickets.iter().filter(|ticket| ticket.closed.is_none());
    match (open().count(), open().filter(|ticket| ticket.urgent).count()) {
        (0, _) => "no open tickets".to_owned(),
        (open, 0) => format!("{open} open"),
        (open, urgent) => format!("{open} open, {urgent} urgent"),
    }
}

fn touch(judge: &Judge<'_>, around: &Around) -> String {
    const HIDDEN: &str = "the key cannot read all calls, meetings and e-mails";
    let last = around
        .touchpoints
        .iter()
        .filter(|record| activity::occurred(record) <= judge.world.now)
        .max_by_key(|record| (activity::occurred(record), &record.id));
    let Some(record) = last else {
        return if judge.hides_touches() {
            format!("last touch unknown: {HIDDEN}")
        } else {
            "no touchpoint was ever logged".to_owned()
        };
    };
    let words = {
        let kind = if Kind::is_touchpoint(record.kind) {
            record.kind.word()
        } else {
            "touchpoint"
        };
        format!(
            "last {kind} {}",
            day(judge, activity::occurred(record).as_second())
        )
    };
    if judge.hides_touches() {
        format!("{words}, or later: {HIDDEN}")
    } else {
        words
    }
}

fn survey(judge: &Judge<'_>) -> String {
    // Who answered for whom is known by the contacts.
    let hidden = [Kind::Survey, Kind::Contact]
        .into_iter()
        .find(|kind| judge.hides(*kind));
    match (judge.own.surveys.as_slice(), hidden) {
        ([], Some(kind)) => format!("NPS unknown: the key cannot read {}", kind.plural()),
        ([], None) => "NPS never asked or answered".to_owned(),
        ([(at, score)], _) => format!("NPS {} on {}", plain(*score), day(judge, *at)),
        ([.., (_, before), (at, score)], _) => {
            format!(
                "NPS {} → {} on {}",
                plain(*before),
                plain(*score),
                day(judge, *at)
            )
        }
    }
}
