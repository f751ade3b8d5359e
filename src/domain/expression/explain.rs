//! An expression in words again: what it asks for, each with what came back, and why it cannot be told.

use std::fmt;

use super::term::{Comparison, Nothing, Term};
use super::{Condition, Expression, Facts, Unit, Value};

/// One thing that an expression asks for, and what came back.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// As it is written, e.g. `days_since('last_touch')`.
    pub term: String,
    /// What came back; `None` is unknown.
    pub value: Option<Value>,
    /// How the value is written.
    pub unit: Unit,
}

/// One part of a condition that must hold with or instead of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// As it is written.
    pub text: String,
    /// Whether it holds; `None` cannot be told.
    pub holds: Option<bool>,
}

impl Expression {
    /// Everything that it asks for, once each, in the order in which it is written.
    pub fn asked(&self, facts: &dyn Facts) -> Vec<Asked> {
        let mut found: Vec<Asked> = Vec::new();
        self.term.visit(&mut |term| {
            if term.is_question() {
                let term_text = term.to_string();
                if found.iter().all(|known| known.term != term_text) {
                    found.push(Asked {
                        term: term_text,
                        value: term.value(facts),
                        unit: term.unit(),
                    });
                }
            }
        });
        found
    }
}

impl Condition {
    /// The parts that `&&` joins at the top, or `||`, each with whether it holds.
    pub fn clauses(&self, facts: &dyn Facts) -> Vec<Clause> {
        let mut clauses = Vec::new();
        let all = matches!(self.0.term, Term::And(..));
        split(&self.0.term, all, &mut |term| {
            clauses.push(Clause {
                text: term.to_string(),
                holds: term.truth(facts),
            });
        });
        clauses
    }

    /// What is unknown and keeps it from being told, once each.
    pub fn unknown(&self, facts: &dyn Facts) -> Vec<String> {
        let mut found = Vec::new();
        self.0.term.unknown(facts, &mut |term| {
            let text = term.to_string();
            if !found.contains(&text) {
                found.push(text);
            }
        });
        found
    }
}

/// Hands over what `&&` joins if `all` must hold, else what `||` joins.
fn split<'a>(term: &'a Term, all: bool, found: &mut impl FnMut(&'a Term)) {
    match (term, all) {
        (Term::And(left, right), true) | (Term::Or(left, right), false) => {
            split(left, all, found);
            split(right, all, found);
        }
        (other, _) => found(other),
    }
}

impl Term {
    /// Whether it asks about the account and is made of nothing else that does.
    pub(super) fn is_question(&self) -> bool {
        matches!(
            self,
            Self::Name(_)
                | Self::Metric(_)
                | Self::Median(_)
                | Self::Change(..)
                | Self::Slope(..)
                | Self::DaysSince(_)
                | Self::HoursSince(_)
                | Self::DaysUntil(_)
                | Self::Count(..)
                | Self::People(_)
                | Self::Raised(_)
        )
    }

    /// How its value is written.
    pub(super) fn unit(&self) -> Unit {
        match self {
            Self::Change(..) => Unit::Share,
            Self::Slope(..) => Unit::Daily,
            Self::DaysSince(_) | Self::DaysUntil(_) => Unit::Days,
            Self::HoursSince(_) => Unit::Hours,
            Self::Arithmetic(_, '/', right) if right.is_question() && right.unit() == Unit::Plain => {
                Unit::Ratio
            }
            _ => Unit::Plain,
        }
    }

    /// Hands over what is unknown in a term that cannot be told.
    fn unknown<'a>(&'a self, facts: &dyn Facts, found: &mut impl FnMut(&'a Self)) {
        if self.value(facts).is_some() {
            return;
        }
        if self.is_question() {
            return found(self);
        }
        self.parts(&mut |part| part.unknown(facts, found));
    }

    /// How strongly it holds together, for brackets.
    fn strength(&self) -> u8 {
        match self {
            Self::If(..) => 0,
            Self::Or(..) => 1,
            Self::And(..) => 2,
            Self::Equal(..) | Self::Compare(..) | Self::In(..) => 3,
            Self::Arithmetic(_, '+' | '-', _) => 4,
            Self::Arithmetic(..) => 5,
            _ => 6,
        }
    }
}

/// A part, in brackets when it holds together less than what it is a part of.
struct Part<'a>(&'a Term, u8);

impl fmt::Display for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.strength() < self.1 {
            write!(f, "({})", self.0)
        } else {
            write!(f, "{}", self.0)
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let own = self.strength();
        let days = |days: &Self| days.number(&Nothing).unwrap_or_default();
        match self {
            Self::Constant(Value::Text(text)) => write!(f, "'{text}'"),
            Self::Constant(Value::Number(number)) => write!(f, "{number}"),
            Self::Constant(Value::Bool(yes)) => write!(f, "{yes}"),
            Self::Name(name) => f.write_str(name),
            Self::Metric(id) => write!(f, "metric('{id}')"),
            Self::Median(id) => write!(f, "median('{id}')"),
            Self::Change(id, window) => write!(f, "change('{id}', days({}))", days(window)),
            Self::Slope(id, window) => write!(f, "slope('{id}', days({}))", days(window)),
            Self::DaysSince(event) => write!(f, "days_since('{event}')"),
            Self::HoursSince(event) => write!(f, "hours_since('{event}')"),
            Self::DaysUntil(date) => write!(f, "days_until('{date}')"),
            Self::Count(what, None) => write!(f, "count('{what}')"),
            Self::Count(what, Some(window)) => write!(f, "count('{what}', days({}))", days(window)),
            Self::People(role) => write!(f, "people('{role}')"),
            Self::Raised(signal) => write!(f, "raised('{signal}')"),
            Self::Missing(term) => write!(f, "missing('{}')", term.asks().unwrap_or_default()),
            Self::Not(term) => write!(f, "!{}", Part(term, 6)),
            Self::Negate(term) => write!(f, "-{}", Part(term, 6)),
            Self::And(a, b) => write!(f, "{} && {}", Part(a, own), Part(b, own)),
            Self::Or(a, b) => write!(f, "{} || {}", Part(a, own), Part(b, own)),
            Self::If(a, b, c) => write!(f, "{} ? {} : {}", Part(a, 1), Part(b, 1), Part(c, 1)),
            Self::In(term, items) => {
                let items: Vec<String> = items.iter().map(ToString::to_string).collect();
                write!(f, "{} in [{}]", Part(term, 4), items.join(", "))
            }
            Self::Equal(a, b, equal) => {
                let sign = if *equal { "==" } else { "!=" };
                write!(f, "{} {sign} {}", Part(a, 4), Part(b, 4))
            }
            Self::Compare(a, comparison, b) => {
                write!(f, "{} {} {}", Part(a, 4), comparison.sign(), Part(b, 4))
            }
            Self::Arithmetic(a, operator, b) => {
                write!(f, "{} {operator} {}", Part(a, own), Part(b, own + 1))
            }
        }
    }
}

impl Comparison {
    fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}
