//! The shapes of JSON answers. Names here are documented and stay as they are.
//!
//! Money is in minor units with its currency. Whatever is `null`, or holds a `null` in a list, has a field
//! of the same name and `_reason` beside it; days and times are ISO 8601, times in UTC, never ages.

use jiff::civil::DateTime;
use serde_json::{Map, Value, json};

use crate::config::Setup;
use crate::domain::desk::{DueItem, HandoffCard, Known, RiskRow, SegmentRow, StepRef, Warning};
use crate::domain::handoff::HandoffEvent;
use crate::domain::money::{Currency, Money, Sum};
use crate::domain::risk::Probability;
use crate::domain::summary::{Band, Summary};
use crate::domain::warning::{Line, Snooze};
use crate::domain::words;

/// The band of an account that is known, or was known last.
#[derive(Debug, Clone, Copy)]
pub enum Last {
    /// As of now; `None` when none was ever known.
    Now(Option<Band>),
    /// Of a day of the past.
    NotKept,
}

impl Last {
    /// The band, where one is known.
    pub fn band(self) -> Option<Band> {
        match self {
            Self::Now(band) => band,
            Self::NotKept => None,
        }
    }
}

/// An object that is built field by field.
#[derive(Debug, Default)]
pub struct Shape(Map<String, Value>);

impl Shape {
    /// A field that is always known.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl serde::Serialize) -> Self {
        self.0.insert(name.to_owned(), json!(value));
        self
    }

    /// A field that may be unknown, and why it is.
    #[must_use]
    pub fn maybe(self, name: &str, value: Option<impl serde::Serialize>, reason: &str) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self
                .with(name, Value::Null)
                .with(&format!("{name}_reason"), reason),
        }
    }

    /// A list of which some may be unknown, and why they are.
    #[must_use]
    pub fn list<T: serde::Serialize>(self, name: &str, values: &[Option<T>], reason: &str) -> Self {
        let all_known = values.iter().all(Option::is_some);
        let shape = self.with(name, values);
        if all_known {
            shape
        } else {
            shape.with(&format!("{name}_reason"), reason)
        }
    }

    /// A list of which not everything may be known, and why; an empty one is then no list at all.
    #[must_use]
    pub fn known_list(self, name: &str, items: Vec<Value>, why: Option<String>) -> Self {
        let Some(why) = why else {
            return self.with(name, items);
        };
        let items = (!items.is_empty()).then_some(items);
        self.with(name, items).with(&format!("{name}_reason"), why)
    }

    /// A count, or why it is not known.
    #[must_use]
    pub fn known(self, name: &str, count: &Known) -> Self {
        match count {
            Ok(count) => self.with(name, count),
            Err(why) => self.maybe(name, None::<u32>, why),
        }
    }

    /// A score as far as it is shown; `computed` says whether there is none at all.
    #[must_use]
    pub fn score(self, computed: Option<u8>, shown: Option<u8>) -> Self {
        let why = if computed.is_none() {
            NEVER_OBSERVED
        } else {
            BELOW_FLOOR
        };
        self.maybe("score", shown, why)
    }

    /// A band; beside an unknown one it says why nothing is to be read from the score.
    #[must_use]
    pub fn band(self, band: Band) -> Self {
        let shape = self.with("band", band);
        match band {
            Band::Unknown => shape.with("band_reason", BELOW_FLOOR),
            _ => shape,
        }
    }

    /// The band that was known last, where the band is not.
    #[must_use]
    pub fn last_band(self, band: Band, last: Last) -> Self {
        let is_unknown = band == Band::Unknown;
        let why = match last {
            _ if !is_unknown => "the band is known",
            Last::Now(_) => "no band was ever known",
            Last::NotKept => "of the past it is not kept which band was known last",
        };
        self.maybe("last_band", last.band().filter(|_| is_unknown), why)
    }

    /// The object.
    pub fn done(self) -> Value {
        Value::Object(self.0)
    }
}

/// The reporting currency; the one whose amounts nobody sees where `--redact` was given.
pub fn currency(setup: &Setup) -> Currency {
    if setup.redacted {
        return Currency::HIDDEN;
    }
    setup.settings.organisation.reporting_currency
}

/// An amount of the reporting currency.
pub fn money(minor: Option<i64>, currency: Currency) -> Option<Money> {
    minor.map(|minor| Money { minor, currency })
}

/// Why a value of the CRM is not there.
pub const NOT_SET: &str = "not set in the CRM, or not mapped";
/// Why a measure has no value.
pub const NOTHING_OBSERVED: &str =
    "never observed, or a sentiment that was set before the account changed hands";
/// Why there is no score.
pub const NEVER_OBSERVED: &str = "no measure was ever observed";
/// Why it is unknown what is at stake.
const STAKE_UNKNOWN: &str = "what is in force, a value, an end, a rate or the score is unknown";
/// Why no money is at stake.
pub const NO_RISK: &str = "no risk: a chance or a defect puts no money at stake and says nothing of renewing";
/// Why there is no band.
pub const BELOW_FLOOR: &str =
    "too little of the model has fresh data: coverage is below the floor, so the score tells little";
/// Why no change of a score is told.
pub const CHANGE_UNKNOWN: &str =
    "the score then or now is unknown, or too little of the model had fresh data: coverage below the floor";
/// Why a score of the past is not there.
pub const NOT_THEN: &str =
    "null where no measure had been observed by then, or too little of the model had fresh data";

/// One line of the account list.
pub fn account(line: &Summary, currency: Currency) -> Value {
    Shape::default()
        .with("id", &line.id)
        .with("name", &line.name)
        .maybe("domain", line.domain.as_ref(), "the CRM has none")
        .with("former_names", &line.former_names)
        .maybe(
            "arr",
            money(line.arr, currency),
            "no contract with a known annual value and a rate, one that ran out undecided, contracts cannot be read, or the CRM does not say when they end",
        )
        .with("arr_at_least", line.arr_at_least)
        .score(line.score, words::Health::of(line.band, line.last_band, line.score).score)
        .band(line.band)
        .last_band(line.band, Last::Now(line.last_band))
        .with("coverage_percent", line.coverage)
        .maybe(
            "delta",
            line.delta,
            if line.has_churned() {
                "the customer has left"
            } else {
                CHANGE_UNKNOWN
            },
        )
        .with("churned", line.has_churned())
        .list("trend", &trend(line), NOT_THEN)
        .maybe(
            "notice_by",
            line.notice_by,
            "no renewal with a notice date, or contracts cannot be read",
        )
        .maybe(
            "ends",
            line.ends,
            "no contract with an end, or contracts cannot be read",
        )
        .with("monthly", line.monthly)
        .maybe("segment", line.segment.as_ref(), NOT_SET)
        .maybe("stage", line.stage.as_ref(), NOT_SET)
        .maybe("csm", line.csm.as_ref(), "the account has no CSM")
        .maybe("csm_name", line.csm_name.as_ref(), "the CRM has no such owner")
        .maybe(
            "last_touch",
            line.last_touch,
            "no touchpoint was ever logged, or they cannot all be read",
        )
        .maybe(
            "at_stake",
            money(line.at_stake, currency),
            STAKE_UNKNOWN,
        )
        .with("open_warnings", line.open_warnings)
        .done()
}

/// Eight scores; `None` where it was not known.
fn trend(line: &Summary) -> Vec<Option<u8>> {
    line.trend
        .iter()
        .map(|score| Some(*score).filter(|score| *score <= 100))
        .collect()
}

/// A warning.
pub fn warning(warning: &Warning) -> Value {
    let evidence: Vec<Value> = warning
        .evidence
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    let shape = Shape::default()
        .with("id", format!("{}:{}", warning.account, warning.signal))
        .with("account", &warning.account)
        .with("signal", &warning.signal)
        .with("version", warning.version)
        .with("kind", warning.kind)
        .with("severity", warning.severity)
        .with("reason", &warning.reason)
        .with("evidence", evidence)
        .with("since", warning.since)
        .with("standing", warning.standing)
        .maybe(
            "not_renewing_permille",
            warning
                .line
                .not_renewing()
                .filter(|_| warning.kind.is_at_stake())
                .map(Probability::permille),
            if warning.kind.is_at_stake() {
                "the score is unknown, or no renewal is ahead"
            } else {
                NO_RISK
            },
        )
        .maybe(
            "not_renewing_rests_on",
            warning.line.basis.as_ref(),
            if warning.kind.is_at_stake() {
                "the score is unknown, or no renewal is ahead"
            } else {
                NO_RISK
            },
        )
        .maybe(
            "locked_in_since",
            warning.line.locked_in(),
            "the next renewal does not go on by itself, or its notice date has not passed",
        )
        .maybe("decide_by", warning.line.decide_by, "no renewal is ahead")
        .maybe(
            "playbook",
            warning.line.playbook.as_ref(),
            "signals.toml names none",
        );
    line(shape, &warning.line).done()
}

/// Where a warning stands.
pub fn line(shape: Shape, line: &Line) -> Shape {
    let stages: Vec<Value> = line
        .stages
        .iter()
        .map(|(stage, since)| json!({ "state": stage, "since": since }))
        .collect();
    shape
        .with("state", line.stage())
        .with("states", stages)
        .with("held_back", line.held)
        .maybe("snoozed", line.snoozed.as_ref().map(snooze), "it does not sleep")
        .maybe(
            "woke",
            line.woke.as_ref(),
            "it did not wake, or something was done since",
        )
        .maybe("closed", line.closed.as_ref(), "nobody closed it")
        .maybe("again", line.again.as_ref(), "it was not closed before")
}

fn snooze(snooze: &Snooze) -> Value {
    Shape::default()
        .maybe(
            "until",
            snooze.until,
            "it sleeps until it is worse, whenever that is",
        )
        .with("or_worse", snooze.or_worse)
        .with("why", &snooze.why)
        .with("by", &snooze.by)
        .with("since", snooze.since)
        .done()
}

/// A signal that is true for much of a segment.
pub fn segment(row: &SegmentRow, currency: Currency) -> Value {
    let accounts: Vec<_> = row.rows.iter().map(|row| &row.account).collect();
    let at_stake = row.kind.is_at_stake().then(|| sum(&row.at_stake, currency));
    Shape::default()
        .with("segment", &row.segment)
        .with("signal", &row.signal)
        .with("kind", row.kind)
        .with("severity", row.severity)
        .with("true_for", row.accounts)
        .with("of", row.of)
        .maybe("at_stake", at_stake, NO_RISK)
        .with("accounts", accounts)
        .done()
}

/// One account of the risk queue.
pub fn risk(row: &RiskRow, currency: Currency) -> Value {
    let (at_stake, unknown) = if row.is_at_stake() {
        (row.at_stake, STAKE_UNKNOWN)
    } else {
        (None, NO_RISK)
    };
    Shape::default()
        .with("account", &row.account)
        .with("name", &row.name)
        .maybe("at_stake", money(at_stake, currency), unknown)
        .maybe(
            "arr",
            money(row.arr, currency),
            "no contract with a known annual value and a rate",
        )
        .maybe("notice_by", row.notice_by, "no renewal with a notice date")
        .maybe("csm_name", row.csm.as_ref(), "the account has no CSM")
        .maybe("segment", row.segment.as_ref(), NOT_SET)
        .score(row.score, row.score.filter(|_| row.band != Band::Unknown))
        .band(row.band)
        .with(
            "signals",
            row.warnings
                .iter()
                .map(|warning| &warning.signal)
                .collect::<Vec<_>>(),
        )
        .with("warnings", row.warnings.iter().map(warning).collect::<Vec<_>>())
        .done()
}

/// Something that is due, at a moment of the person's own day.
pub fn due(item: &DueItem, now: DateTime) -> Value {
    Shape::default()
        .with("kind", item.kind)
        .with("record", &item.record)
        .with("title", &item.title)
        .maybe(
            "account",
            item.account.as_ref(),
            "it belongs to no account in the cache",
        )
        .with("account_name", &item.account_name)
        .maybe("due", item.due, "the CRM has no due date")
        .maybe("at", item.at, "the CRM has no time of the day")
        .with("late", item.is_late(now))
        .with("body", &item.body)
        .maybe("pending", item.pending, "nothing of it waits to be sent")
        .maybe(
            "step",
            item.step.as_ref().map(step),
            "it is no step of a playbook",
        )
        .done()
}

fn step(of: &StepRef) -> Value {
    let waits_for = of.within.as_ref().map(|within| within.waits.as_slice());
    let mut shape = Shape::default()
        .with("run", &of.run)
        .with("step", &of.step)
        .with("waits_for", waits_for.unwrap_or_default());
    if let Some(bulk) = &of.bulk {
        shape = shape.with("bulk", bulk);
    }
    shape.done()
}

/// A handoff.
pub fn handoff(card: &HandoffCard) -> Value {
    handoff_shape(card).done()
}

/// The same, to which more can be added.
pub fn handoff_shape(card: &HandoffCard) -> Shape {
    Shape::default()
        .with("handoff", &card.handoff)
        .with("account", &card.account)
        .with("account_name", &card.account_name)
        .with("from_role", &card.from_role)
        .with("to_role", &card.to_role)
        .maybe("from", card.from.as_ref(), "no note names who hands over")
        .maybe("to", card.to.as_ref(), "no note names who receives")
        .with("state", card.state)
        .with("for_me", card.for_me)
        .with("text", &card.text)
        .maybe(
            "fields",
            card.fields
                .map(|(filled, expected)| json!({ "filled": filled, "expected": expected })),
            "the note does not say how many fields there are",
        )
        .with("when", card.when)
        .maybe("answer_by", card.answer_by, "the note names no day")
        .maybe("answer_at", card.answer_at, "the note names no time of the day")
        .maybe(
            "for_whom",
            card.for_whom.as_ref(),
            "it is for me, or does not wait for me",
        )
        .maybe("gate", card.gate.as_ref(), "all that is required was there")
        .with("told", &card.told)
        .with(
            "events",
            card.events.iter().map(handoff_event).collect::<Vec<_>>(),
        )
}

fn handoff_event(event: &HandoffEvent) -> Value {
    Shape::default()
        .with("number", event.number)
        .with("state", event.state)
        .with("when", event.when)
        .maybe("by", event.by.as_ref(), "the note does not tell who wrote it")
        .with("text", &event.text)
        .maybe(
            "first_text",
            event.first.as_ref(),
            "nobody edited it since it was first seen, or what it said then is not known",
        )
        .done()
}

/// A sum: what is known of it, and of how many accounts it is not.
pub fn sum(sum: &Sum, currency: Currency) -> Value {
    let says_something = sum.exact().is_some() || sum.known != 0;
    Shape::default()
        .maybe(
            "known",
            says_something.then_some(Money {
                minor: sum.known,
                currency,
            }),
            "what is known of it is nothing, and parts are unknown",
        )
        .with("known_parts", sum.parts)
        .with("unknown_parts", sum.unknown)
        .done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_is_null_with_a_reason_and_what_is_known_has_none() {
        let shape = Shape::default()
            .maybe("arr", money(Some(5), Currency::USD), "why")
            .maybe("score", None::<u8>, "no measure was ever observed")
            .done();
        let expected = json!({
            "arr": { "minor": 5, "currency": "USD" },
            "score": null,
            "score_reason": "no measure was ever observed",
        });
        assert_eq!(shape, expected);
        let trend = Shape::default().list("trend", &[Some(1), None], "why").done();
        assert_eq!(trend, json!({ "trend": [1, null], "trend_reason": "why" }));
        let known = Shape::default().list("trend", &[Some(1)], "why").done();
        assert_eq!(known, json!({ "trend": [1] }));
        let why = || Some("why".to_owned());
        let hidden = Shape::default().known_list("people", vec![], why()).done();
        assert_eq!(hidden, json!({ "people": null, "people_reason": "why" }));
        let some = Shape::default()
            .known_list("people", vec![json!(1)], why())
            .done();
        assert_eq!(some, json!({ "people": [1], "people_reason": "why" }));
        let all = Shape::default().known_list("people", vec![], None).done();
        assert_eq!(all, json!({ "people": [] }));
        let mut nothing = Sum::default();
        assert!(sum(&nothing, Currency::USD)["known"].is_object());
        nothing.add(Some(0));
        nothing.add(None);
        let nothing = sum(&nothing, Currency::USD);
        assert!(
            nothing["known"].is_null() && nothing["known_reason"].is_string(),
            "{nothing}"
        );
    }
}
