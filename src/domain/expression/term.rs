//! A checked expression as a tree, and its evaluation in three values.

use super::{Facts, Value};

/// A checked node.
#[derive(Debug, Clone)]
pub(super) enum Term {
    Constant(Value),
    Name(String),
    Metric(String),
    Median(String),
    Change(String, Box<Term>),
    Slope(String, Box<Term>),
    DaysSince(String),
    HoursSince(String),
    DaysUntil(String),
    Count(String, Option<Box<Term>>),
    People(String),
    Raised(String),
    Missing(Box<Term>),
    Not(Box<Term>),
    Negate(Box<Term>),
    And(Box<Term>, Box<Term>),
    Or(Box<Term>, Box<Term>),
    If(Box<Term>, Box<Term>, Box<Term>),
    In(Box<Term>, Vec<Term>),
    Equal(Box<Term>, Box<Term>, bool),
    Compare(Box<Term>, Comparison, Box<Term>),
    Arithmetic(Box<Term>, char, Box<Term>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Term {
    pub(super) fn value(&self, facts: &dyn Facts) -> Option<Value> {
        match self {
            Self::Constant(value) => Some(value.clone()),
            Self::Name(name) => facts.name(name),
            Self::If(condition, yes, no) => {
                let chosen = if condition.truth(facts)? { yes } else { no };
                chosen.value(facts)
            }
            Self::Metric(_)
            | Self::Median(_)
            | Self::Change(..)
            | Self::Slope(..)
            | Self::DaysSince(_)
            | Self::HoursSince(_)
            | Self::DaysUntil(_)
            | Self::Count(..)
            | Self::People(_)
            | Self::Raised(_)
            | Self::Negate(_)
            | Self::Arithmetic(..) => self.number(facts).map(Value::Number),
            _ => self.truth(facts).map(Value::Bool),
        }
    }

    pub(super) fn number(&self, facts: &dyn Facts) -> Option<f64> {
        let number = match self {
            Self::Metric(id) => facts.metric(id)?,
            Self::Median(id) => facts.median(id)?,
            Self::Change(id, days) => facts.change(id, days.number(facts)?)?,
            Self::Slope(id, days) => facts.slope(id, days.number(facts)?)?,
            Self::DaysSince(event) => facts.days_since(event)?,
            Self::HoursSince(event) => facts.hours_since(event)?,
            Self::DaysUntil(date) => facts.days_until(date)?,
            Self::Count(what, None) => facts.count(what, None)?,
            Self::Count(what, Some(days)) => facts.count(what, Some(days.number(facts)?))?,
            Self::People(role) => facts.people(role)?,
            Self::Raised(signal) => facts.raised(signal)?,
            Self::Negate(term) => -term.number(facts)?,
            Self::Arithmetic(left, operator, right) => {
                let (left, right) = (left.number(facts)?, right.number(facts)?);
                match operator {
                    '+' => left + right,
                    '-' => left - right,
                    '*' => left * right,
                    _ => left / right,
                }
            }
            other => match other.value(facts)? {
                Value::Number(number) => number,
                _ => return None,
            },
        };
        number.is_finite().then_some(number)
    }

    /// Kleene's three values: `false && unknown` is false, `true || unknown` is true.
    pub(super) fn truth(&self, facts: &dyn Facts) -> Option<bool> {
        match self {
            Self::Not(term) => term.truth(facts).map(|truth| !truth),
            Self::And(left, right) => match (left.truth(facts), right.truth(facts)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Self::Or(left, right) => match (left.truth(facts), right.truth(facts)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Self::Missing(term) => match term.value(facts) {
                Some(_) => Some(false),
                None => facts.is_missing(term.asks()?),
            },
            Self::In(term, items) => {
                let value = term.value(facts)?;
                Some(
                    items
                        .iter()
                        .any(|item| item.value(facts).as_ref() == Some(&value)),
                )
            }
            Self::Equal(left, right, equal) => Some((left.value(facts)? == right.value(facts)?) == *equal),
            Self::Compare(left, comparison, right) => {
                let (left, right) = (left.number(facts)?, right.number(facts)?);
                Some(match comparison {
                    Comparison::Less => left < right,
                    Comparison::LessOrEqual => left <= right,
                    Comparison::Greater => left > right,
                    Comparison::GreaterOrEqual => left >= right,
                })
            }
            other => match other.value(facts)? {
                Value::Bool(truth) => Some(truth),
                _ => None,
            },
        }
    }

    /// The name, date, event or metric that it asks for, when it does nothing else.
    pub(super) fn asks(&self) -> Option<&str> {
        match self {
            Self::Name(name) | Self::Metric(name) | Self::DaysSince(name) | Self::DaysUntil(name) => {
                Some(name)
            }
            _ => None,
        }
    }

    /// Hands over this term and all that it is made of.
    pub(super) fn visit<'a>(&'a self, seen: &mut dyn FnMut(&'a Self)) {
        seen(self);
        self.parts(&mut |part| part.visit(seen));
    }

    /// Hands over what it is made of.
    pub(super) fn parts<'a>(&'a self, found: &mut dyn FnMut(&'a Self)) {
        match self {
            Self::Change(_, a)
            | Self::Slope(_, a)
            | Self::Count(_, Some(a))
            | Self::Missing(a)
            | Self::Not(a)
            | Self::Negate(a) => found(a),
            Self::And(a, b)
            | Self::Or(a, b)
            | Self::Equal(a, b, _)
            | Self::Compare(a, _, b)
            | Self::Arithmetic(a, _, b) => {
                found(a);
                found(b);
            }
            Self::If(a, b, c) => [a, b, c].into_iter().for_each(|term| found(term)),
            Self::In(a, items) => {
                found(a);
                items.iter().for_each(found);
            }
            _ => {}
        }
    }
}

/// Nothing is known: what still has a value is a constant.
pub(super) struct Nothing;

impl Facts for Nothing {
    fn name(&self, _: &str) -> Option<Value> {
        None
    }
    fn metric(&self, _: &str) -> Option<f64> {
        None
    }
    fn median(&self, _: &str) -> Option<f64> {
        None
    }
    fn change(&self, _: &str, _: f64) -> Option<f64> {
        None
    }
    fn slope(&self, _: &str, _: f64) -> Option<f64> {
        None
    }
    fn days_since(&self, _: &str) -> Option<f64> {
        None
    }
    fn hours_since(&self, _: &str) -> Option<f64> {
        None
    }
    fn days_until(&self, _: &str) -> Option<f64> {
        None
    }
    fn count(&self, _: &str, _: Option<f64>) -> Option<f64> {
        None
    }
    fn people(&self, _: &str) -> Option<f64> {
        None
    }
    fn raised(&self, _: &str) -> Option<f64> {
        None
    }
    fn is_missing(&self, _: &str) -> Option<bool> {
        None
    }
}
