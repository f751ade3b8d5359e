//! Why an account's score changed between two instants, with what each measure saw at both.

use jiff::Timestamp;

use crate::config::Setup;
use crate::domain::account_view::Freshness;
use crate::domain::expression::{Unit, Value};
use crate::domain::health::account::{End, Input, MeasureChange, ScoreLedger, Sight};
use crate::domain::health::ledger::{Change, Sheet, change};
use crate::domain::health::{HealthModel, Measure, Part, Reads};
use crate::domain::record::{Kind, RecordId};
use crate::domain::summary::Band;
use crate::domain::values::{in_words, plain};
use crate::store::{Cache, Ledger};

use super::EngineError;
use super::judge::Judge;
use super::measures;
use super::moment::Moment;
use super::segments::Segments;
use super::subject::Subject;
use super::wanted::{BASE, EXTRA, NOW};
use super::world::{World, days_before};

/// Without a beginning, a window that ends in the past is so many days long.
const DAYS: i64 = 30;

/// The window of a ledger; without an end it is now, without a beginning my last look on an earlier day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// Its beginning (UTC).
    pub from: Option<Timestamp>,
    /// Its end (UTC).
    pub to: Option<Timestamp>,
}

/// One end of the window: the instant's place, and the model that was in force.
#[derive(Clone, Copy)]
struct Point<'m> {
    at: usize,
    model: &'m HealthModel,
    hash: &'m str,
}

/// The ledger of an account over a window; `None` when it is no account or not in the cache.
pub fn score_ledger(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    id: &RecordId,
    window: Window,
    now: Timestamp,
) -> Result<Option<ScoreLedger>, EngineError> {
    let ends = Ends::of(window, now);
    let world = World::read(cache, ledger, setup, now, &ends.extra(now))?;
    let Some(subject) = Subject::read(cache, ledger, &world, id)? else {
        return Ok(None);
    };
    let judge = Judge::new(&world, &subject.account, &subject.own);
    let (start, end) = ends.points(&world);
    Ok(Some(of(&judge, start, end, &Segments::read(cache)?)))
}

/// The ends of a window that were asked for.
struct Ends {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl Ends {
    fn of(window: Window, now: Timestamp) -> Self {
        let to = window.to.filter(|to| *to < now);
        let from = window.from.or_else(|| to.map(|to| days_before(to, DAYS)));
        Self { from, to }
    }

    /// The instants that are wanted for them.
    fn extra(&self, now: Timestamp) -> [Timestamp; 2] {
        [self.from.unwrap_or(now), self.to.unwrap_or(now)]
    }

    fn points<'m>(&self, world: &'m World<'_>) -> (Point<'m>, Point<'m>) {
        let start = if self.from.is_some() { EXTRA } else { BASE };
        let end = if self.to.is_some() { EXTRA + 1 } else { NOW };
        (point(world, start), point(world, end))
    }
}

/// An account of the book at the end of a window.
#[derive(Debug, Clone, PartialEq)]
pub struct BookLine {
    /// Id of the account.
    pub id: RecordId,
    /// Its name today, raw.
    pub name: String,
    /// Its score at the beginning; `None` when it cannot be told, or too little of the model had fresh data.
    pub from: Option<u8>,
    /// Its score, band and coverage at the end.
    pub to: End,
}

/// The scores of every account in the cache at both ends of a window, by id; those that had not come by its end, or
/// had left, are left out. It judges all of them, which takes seconds for a large book.
pub fn book_between(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    window: Window,
    now: Timestamp,
) -> Result<Vec<BookLine>, EngineError> {
    let ends = Ends::of(window, now);
    let world = World::read(cache, ledger, setup, now, &ends.extra(now))?;
    let (start, end) = ends.points(&world);
    cache.at_once(|| {
        ledger.at_once(|| {
            let mut lines = Vec::new();
            for id in cache.ids(Kind::Account)? {
                if let Some(subject) = Subject::read(cache, ledger, &world, &id)? {
                    lines.extend(book_line(&subject, &world, start, end));
                }
            }
            Ok(lines)
        })
    })
}

/// The line of an account; none where it had not come by the end of the window, or had left.
fn book_line(subject: &Subject, world: &World<'_>, start: Point<'_>, end: Point<'_>) -> Option<BookLine> {
    let judge = Judge::new(world, &subject.account, &subject.own);
    let until = judge.instant(end.at);
    if judge.has_left(world.day(until)) || until < subject.account.created {
        return None;
    }
    let [then, _, now] = sheets(&judge, start, end);
    Some(BookLine {
        id: subject.account.id.clone(),
        name: subject.account.name.clone(),
        from: end_of(&judge, start, &then).shown(),
        to: end_of(&judge, end, &now),
    })
}

/// The instant with the model that was in force then.
fn point<'m>(world: &'m World<'_>, at: usize) -> Point<'m> {
    let other = world
        .wanted
        .instants
        .get(at)
        .filter(|_| at != NOW)
        .and_then(|at| world.models.other_at(*at));
    match other {
        Some(other) => Point {
            at,
            model: &other.health,
            hash: &other.hash,
        },
        None => Point {
            at,
            model: &world.setup.health,
            hash: &world.models.now,
        },
    }
}

/// The score at an instant, by the model that was in force then, and what changed it since. Nothing is told of a score
/// below the coverage floor.
pub fn since(judge: &Judge<'_>, then: usize) -> (Option<u8>, Option<Change>) {
    let (start, end) = (point(judge.world, then), point(judge.world, NOW));
    let sheets = sheets(judge, start, end);
    let score = sheets[0].score();
    if !told(judge, start) || start.model.band(&score) == Band::Unknown {
        return (None, None);
    }
    let [then, rescored, now] = sheets;
    (score.shown(), change(&then, &rescored, &now))
}

fn sheets(judge: &Judge<'_>, start: Point<'_>, end: Point<'_>) -> [Sheet; 3] {
    [
        judge.sheet(start.model, start.at, start.at),
        judge.sheet(end.model, end.at, start.at),
        judge.sheet(end.model, end.at, end.at),
    ]
}

/// Score and band at an instant, by the model that was in force then, and whether they can be told.
pub fn end_at(judge: &Judge<'_>, at: usize) -> (End, bool) {
    let point = point(judge.world, at);
    let sheet = judge.sheet(point.model, at, at);
    (end_of(judge, point, &sheet), told(judge, point))
}

/// Whether the score at that end can be told.
fn told(judge: &Judge<'_>, point: Point<'_>) -> bool {
    judge.can_tell_at(point.model, point.at)
}

fn of(judge: &Judge<'_>, start: Point<'_>, end: Point<'_>, segments: &Segments) -> ScoreLedger {
    let [then, rescored, now] = sheets(judge, start, end);
    let both = told(judge, start) && told(judge, end);
    let account = judge.account;
    let mut ids: Vec<&str> = Vec::new();
    for measure in end.model.measures.iter().chain(&start.model.measures) {
        if !ids.contains(&measure.id.as_str()) {
            ids.push(&measure.id);
        }
    }
    let measure = |id: &str| {
        let now_seen = sight(judge, id, end, &now);
        MeasureChange {
            id: id.to_owned(),
            then: sight(judge, id, start, &then),
            percentile: now_seen
                .points
                .filter(|_| end.at == NOW)
                .and_then(|points| segments.percentile(account.segment.as_deref(), id, points)),
            now: now_seen,
        }
    };
    ScoreLedger {
        account: account.id.clone(),
        name: account.name.clone(),
        segment: account.segment.clone(),
        from: end_of(judge, start, &then),
        to: end_of(judge, end, &now),
        change: both.then(|| change(&then, &rescored, &now)).flatten(),
        measures: ids.into_iter().map(measure).collect(),
    }
}

fn end_of(judge: &Judge<'_>, point: Point<'_>, sheet: &Sheet) -> End {
    let score = sheet.score();
    let told = told(judge, point);
    let at = if point.at == NOW {
        judge.world.now
    } else {
        judge.instant(point.at)
    };
    End {
        at,
        day: judge.world.day(at),
        score: score.shown().filter(|_| told),
        untold: (!told).then(|| {
            let why = if at < judge.account.created {
                "the account was made later"
            } else {
                "the history begins later"
            };
            why.to_owned()
        }),
        band: if told {
            point.model.band(&score)
        } else {
            Band::Unknown
        },
        coverage: score.coverage(),
        model: point.model.version,
        hash: point.hash.to_owned(),
    }
}

/// What a measure saw; one that the model did not have saw nothing and weighed nothing.
fn sight(judge: &Judge<'_>, id: &str, point: Point<'_>, sheet: &Sheet) -> Sight {
    let measure = point.model.measures.iter().find(|measure| measure.id == id);
    let line = sheet.lines.iter().find(|line| line.measure == id);
    let (Some(measure), Some(line)) = (measure, line) else {
        return Sight {
            value: None,
            computed: false,
            points: None,
            weight: 0,
            freshness: Freshness::Unknown,
            observed: None,
            inputs: Vec::new(),
        };
    };
    let part = Part::new(line.weight, line.seen);
    let reading = judge.read(measure, point.at);
    let observed = match &reading {
        Some(reading) => Timestamp::from_second(reading.since).ok(),
        None if point.at == NOW => measures::taken_back(judge, measure),
        None => None,
    };
    Sight {
        value: reading.map(|reading| words(measure, &reading.value)),
        computed: matches!(measure.reads, Reads::Value(_)),
        points: part.points,
        weight: line.weight,
        freshness: part.freshness,
        observed,
        inputs: inputs(judge, measure, point.at),
    }
}

/// A share of another metric is a share; what an expression gives has the expression's unit.
fn words(measure: &Measure, value: &Value) -> String {
    let unit = match &measure.reads {
        Reads::Value(expression) => expression.unit(),
        Reads::Metric { .. } => Unit::Plain,
    };
    in_words(unit, Some(value))
}

/// What a measure rested on at an instant, by the model that was in force then: the value itself where that is counted from
/// records and not from metrics. `None` where the model had none of this id.
pub fn observations(judge: &Judge<'_>, id: &str, at: usize) -> Option<Vec<Input>> {
    let point = point(judge.world, at);
    let measure = point.model.measures.iter().find(|measure| measure.id == id)?;
    let mut found = inputs(judge, measure, at);
    if found.is_empty()
        && let Some(reading) = judge.read(measure, at)
        && let Ok(observed) = Timestamp::from_second(reading.since)
    {
        found.push(Input {
            name: id.to_owned(),
            value: words(measure, &reading.value),
            observed,
        });
    }
    Some(found)
}

/// The metrics, and the sentiment, that a measure rests on.
fn inputs(judge: &Judge<'_>, measure: &Measure, at: usize) -> Vec<Input> {
    let moment = Moment::measured(judge, at);
    let input = |name: &str, value: String, since: i64| {
        Some(Input {
            name: name.to_owned(),
            value,
            observed: Timestamp::from_second(since).ok()?,
        })
    };
    let metric = |id: &&str| {
        let reading = moment.metric(id)?;
        input(id, plain(reading.value), reading.since)
    };
    let mut found: Vec<Input> = measure.reads.metrics().iter().filter_map(metric).collect();
    let names = measure
        .reads
        .expression()
        .map(|one| one.names())
        .unwrap_or_default();
    if names.contains(&"sentiment")
        && let Some(feeling) = moment.sentiment()
    {
        found.extend(input("sentiment", feeling.value, feeling.since));
    }
    found
}
