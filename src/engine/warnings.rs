//! Signals evaluated over a judged account: which warnings open, stay and clear.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use minijinja::{Environment, Error, ErrorKind};
use serde_json::json;

use crate::domain::desk::Warning;
use crate::domain::expression::Value;
use crate::domain::signal::{Evidence, Signal};
use crate::domain::values::{days, hours, in_words, part, percent};
use crate::store::{Event, Ledger, NewEvent};

use super::EngineError;
use super::judge::Judge;
use super::moment::Moment;
use super::world::World;

/// Kind of the event that a warning opened.
pub const OPENED: &str = "warning-opened";
/// Kind of the event that a warning cleared.
pub const CLEARED: &str = "warning-cleared";
/// Kind of the event that a version of a signal was evaluated for the first time.
const EVALUATED: &str = "signal-evaluated";
/// What holds within so many seconds of a signal's first evaluation was there before it.
const STANDING: i64 = 86_400;

/// A warning that is open, as the ledger has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open {
    /// The first day on which it held.
    pub since: Date,
    /// Whether it already held when its signal was first evaluated.
    pub standing: bool,
}

/// The open warnings of an account: signal → how it is open.
pub type OpenWarnings = BTreeMap<String, Open>;

/// What is open by an account's own events, oldest first.
pub fn open(events: &[Event]) -> OpenWarnings {
    let mut open = OpenWarnings::new();
    for event in events {
        let Some(signal) = event.payload["signal"].as_str() else {
            continue;
        };
        if event.kind == OPENED {
            let since = event.payload["since"]
                .as_str()
                .and_then(|since| since.parse().ok());
            let standing = event.payload["standing"].as_bool().unwrap_or(false);
            open.insert(
                signal.to_owned(),
                Open {
                    since: since.unwrap_or(Date::MIN),
                    standing,
                },
            );
        } else if event.kind == CLEARED {
            open.remove(signal);
        }
    }
    open
}

/// When each version of each signal was first evaluated; notes those that are new.
pub fn first_evaluated(
    ledger: &mut Ledger,
    world: &World<'_>,
) -> Result<BTreeMap<(String, u32), Timestamp>, EngineError> {
    let key = |event: &Event| {
        let version = u32::try_from(event.payload["version"].as_u64()?).ok()?;
        Some((
            (event.payload["signal"].as_str()?.to_owned(), version),
            event.effective_at,
        ))
    };
    let mut known: BTreeMap<_, _> = ledger
        .events(None, &[EVALUATED])?
        .iter()
        .filter_map(key)
        .collect();
    let mut new = Vec::new();
    for signal in world.signals() {
        known
            .entry((signal.id.clone(), signal.version))
            .or_insert_with(|| {
                new.push(NewEvent {
                    account: None,
                    kind: EVALUATED.to_owned(),
                    effective_at: world.now,
                    payload: json!({ "signal": signal.id, "version": signal.version }),
                });
                world.now
            });
    }
    if !ledger.is_read_only() {
        ledger.append(&new, world.now)?;
    }
    Ok(known)
}

/// What signals say of one account.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Open warnings, worst first.
    pub warnings: Vec<Warning>,
    /// Ids of the signals that cannot tell.
    pub cannot_tell: Vec<String>,
    /// What opened and cleared.
    pub events: Vec<NewEvent>,
}

/// Evaluates signals. Made once per run: titles are compiled once.
pub struct Evaluator<'a> {
    world: &'a World<'a>,
    titles: Environment<'a>,
    first: BTreeMap<(String, u32), Timestamp>,
}

impl<'a> Evaluator<'a> {
    /// Ready to evaluate the signals in force.
    pub fn new(world: &'a World<'a>, first: BTreeMap<(String, u32), Timestamp>) -> Self {
        let mut titles = environment();
        for signal in world.signals() {
            // A title that cannot be compiled was reported when its file was loaded.
            let _ = titles.add_template(&signal.id, &signal.title);
        }
        Self { world, titles, first }
    }

    /// Evaluates every signal on one account. `open` is what was open before, `new` whether the account
    /// was never evaluated before.
    pub fn evaluate(&self, judge: &Judge<'_>, open: &OpenWarnings, new: bool) -> Verdict {
        let mut verdict = Verdict::default();
        if judge.world.complete {
            let left = judge.has_churned();
            for signal in self.world.signals().iter().filter(|one| one.left_too || !left) {
                self.evaluate_one(signal, judge, open, new, &mut verdict);
            }
        }
        let still = |id: &str| verdict.warnings.iter().any(|warning| warning.signal == id);
        let cleared: Vec<_> = open
            .iter()
            .filter(|(id, _)| judge.world.complete && !still(id))
            .map(|(id, _)| self.event(CLEARED, judge, json!({ "signal": id })))
            .collect();
        verdict.events.extend(cleared);
        verdict
            .warnings
            .sort_by_key(|warning| (warning.kind, std::cmp::Reverse(warning.severity)));
        verdict
    }

    fn evaluate_one(
        &self,
        signal: &Signal,
        judge: &Judge<'_>,
        open: &OpenWarnings,
        new: bool,
        verdict: &mut Verdict,
    ) {
        let was = open.get(&signal.id).copied();
        let holds = signal.when.holds(&Moment::now(judge));
        if holds.is_none() {
            verdict.cannot_tell.push(signal.id.clone());
        }
        let how = match (was, holds) {
            (Some(was), _) if Self::stays(signal, judge, holds) => was,
            (None, Some(true)) => {
                let first = self.first.get(&(signal.id.clone(), signal.version)).copied();
                let age = first.map_or(0, |first| self.world.now.as_second() - first.as_second());
                Open {
                    since: self.world.today,
                    standing: new || age < STANDING,
                }
            }
            _ => return,
        };
        let warning = self.warning(signal, judge, how);
        if was.is_none() {
            let payload = json!({
                "signal": signal.id, "version": signal.version, "since": how.since,
                "standing": how.standing, "reason": warning.reason, "kind": warning.kind,
            });
            verdict.events.push(self.event(OPENED, judge, payload));
        }
        verdict.warnings.push(warning);
    }

    /// An open warning stays until what clears it holds; while that cannot be told, it stays.
    fn stays(signal: &Signal, judge: &Judge<'_>, holds: Option<bool>) -> bool {
        match &signal.clears_when {
            Some(clears) => clears.holds(&Moment::now(judge)) != Some(true),
            None => holds != Some(false),
        }
    }

    fn event(&self, kind: &str, judge: &Judge<'_>, payload: serde_json::Value) -> NewEvent {
        NewEvent {
            account: Some(judge.account.id.clone()),
            kind: kind.to_owned(),
            effective_at: self.world.now,
            payload,
        }
    }

    fn warning(&self, signal: &Signal, judge: &Judge<'_>, how: Open) -> Warning {
        let moment = Moment::now(judge);
        let values: Vec<(&Evidence, Option<Value>)> = signal
            .evidence
            .iter()
            .map(|evidence| (evidence, evidence.value.value(&moment)))
            .collect();
        let context: BTreeMap<String, minijinja::Value> = values
            .iter()
            .map(|(evidence, value)| (evidence.name(), for_template(value.as_ref())))
            .collect();
        let rendered = self
            .titles
            .get_template(&signal.id)
            .and_then(|title| title.render(&context));
        Warning {
            account: judge.account.id.clone(),
            signal: signal.id.clone(),
            version: signal.version,
            kind: signal.kind,
            severity: signal.severity,
            reason: rendered.unwrap_or_else(|_| signal.id.clone()),
            evidence: values
                .into_iter()
                .map(|(evidence, value)| {
                    (
                        evidence.label.clone(),
                        in_words(evidence.value.unit(), value.as_ref()),
                    )
                })
                .collect(),
            since: how.since,
            standing: how.standing,
        }
    }
}

/// The environment of titles: their filters, and nothing else beside what the language has.
fn environment<'a>() -> Environment<'a> {
    let mut titles = Environment::new();
    titles.add_filter("percent", |value: &minijinja::Value| number(value).map(percent));
    titles.add_filter("share", |value: &minijinja::Value| number(value).map(part));
    titles.add_filter("days", |value: &minijinja::Value| number(value).map(days));
    titles.add_filter("hours", |value: &minijinja::Value| number(value).map(hours));
    titles
}

fn number(value: &minijinja::Value) -> Result<f64, Error> {
    f64::try_from(value.clone()).map_err(|_| Error::new(ErrorKind::InvalidOperation, "not a number"))
}

fn for_template(value: Option<&Value>) -> minijinja::Value {
    match value {
        Some(Value::Number(number)) if number.fract() == 0.0 => minijinja::Value::from(*number as i64),
        Some(Value::Number(number)) => minijinja::Value::from(*number),
        Some(Value::Text(text)) => minijinja::Value::from(text.as_str()),
        Some(Value::Bool(yes)) => minijinja::Value::from(*yes),
        None => minijinja::Value::from("unknown"),
    }
}
