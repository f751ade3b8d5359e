//! The language of signals: the grammar of CEL over a small, checked vocabulary.
//!
//! An expression is compiled once when its file is loaded; names, arguments and types are checked
//! there, so that a misspelt name can never hide behind `|| true`. It is evaluated in three values:
//! whatever rests on something unknown is unknown, unless the rest decides it.

mod compile;
mod term;

use serde::{Deserialize, Serialize};

use super::vocabulary::Type;

use compile::Compiler;
use term::{Nothing, Term};

/// The longest expression that is read, in bytes.
const LONGEST: usize = 4_096;

/// A known value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number; a length of time is its number of days.
    Number(f64),
    /// A text.
    Text(String),
    /// Yes or no.
    Bool(bool),
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// As it is.
    Plain,
    /// A share, in percent.
    Share,
    /// A length of time, in days.
    Days,
}

/// What an expression may ask about an account. Each answer is `None` when it is not known.
pub trait Facts {
    /// A plain name of the vocabulary, e.g. `stage`.
    fn name(&self, name: &str) -> Option<Value>;
    /// The latest value of a metric.
    fn metric(&self, id: &str) -> Option<f64>;
    /// The relative change of a metric over so many days: −0.3 is 30 % less.
    fn change(&self, id: &str, days: f64) -> Option<f64>;
    /// Days from the event until today.
    fn days_since(&self, event: &str) -> Option<f64>;
    /// Days from today until the date; negative when it is past.
    fn days_until(&self, date: &str) -> Option<f64>;
    /// How many there are, or were within so many days.
    fn count(&self, what: &str, days: Option<f64>) -> Option<f64>;
    /// Whether this name, date, event or metric could be told if there were one. What cannot is not *missing*.
    fn can_tell(&self, _name: &str) -> bool {
        true
    }
}

/// A compiled expression.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Expression {
    source: String,
    term: Term,
    of: Type,
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

/// An expression that is true or false.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Condition(Expression);

impl TryFrom<String> for Condition {
    type Error = String;

    fn try_from(source: String) -> Result<Self, String> {
        let expression = Expression::try_from(source)?;
        match expression.of {
            Type::Bool => Ok(Self(expression)),
            other => Err(format!(
                "a condition must be true or false, this is {}",
                other.word()
            )),
        }
    }
}

impl From<Condition> for String {
    fn from(condition: Condition) -> Self {
        condition.0.source
    }
}

impl Condition {
    /// Whether it holds; `None` is *cannot tell*.
    pub fn holds(&self, facts: &dyn Facts) -> Option<bool> {
        self.0.term.truth(facts)
    }

    /// The expression itself.
    pub fn expression(&self) -> &Expression {
        &self.0
    }
}

impl Expression {
    /// Its value; `None` is unknown.
    pub fn value(&self, facts: &dyn Facts) -> Option<Value> {
        self.term.value(facts)
    }

    /// How its value is written.
    pub fn unit(&self) -> Unit {
        match self.term {
            Term::Change(..) => Unit::Share,
            Term::DaysSince(_) | Term::DaysUntil(_) => Unit::Days,
            _ => Unit::Plain,
        }
    }

    /// The type of its value.
    pub fn of(&self) -> Type {
        self.of
    }

    /// The plain names that it reads.
    pub fn names(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.term.visit(&mut |term| {
            if let Term::Name(name) = term {
                found.push(name.as_str());
            }
        });
        found
    }

    /// Ids of the metrics that it names, and of those whose past it asks for.
    pub fn metrics(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.term.visit(&mut |term| {
            if let Term::Metric(id) | Term::Change(id, _) = term {
                found.push(id.as_str());
            }
        });
        found
    }

    /// The times in days over which it asks for changes of metrics: (metric, days).
    pub fn windows(&self) -> Vec<(&str, f64)> {
        let mut found = Vec::new();
        self.term.visit(&mut |term| {
            if let Term::Change(id, days) = term
                && let Some(days) = days.number(&Nothing)
            {
                found.push((id.as_str(), days));
            }
        });
        found
    }
}

impl From<Expression> for String {
    fn from(expression: Expression) -> Self {
        expression.source
    }
}

impl TryFrom<String> for Expression {
    type Error = String;

    fn try_from(source: String) -> Result<Self, String> {
        if source.len() > LONGEST {
            return Err(format!("an expression may be {LONGEST} bytes long"));
        }
        let program = cel::Program::compile(&source).map_err(|errors| {
            let first = errors.errors.first();
            first.map_or("not an expression".to_owned(), |error| {
                let said = error.msg.trim_start_matches("Syntax error: ");
                let said = said.replace("'<EOF>'", "the end");
                format!("not an expression: {said} (character {})", error.pos.1)
            })
        })?;
        let compiler = Compiler {
            positions: program.source_info(),
        };
        let (term, of) = compiler.term(program.expression())?;
        Ok(Self { source, term, of })
    }
}

#[cfg(test)]
mod tests;
