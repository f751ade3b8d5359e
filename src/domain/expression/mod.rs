//! The language of signals: the grammar of CEL over a small, checked vocabulary.
//!
//! An expression is compiled once when its file is loaded; names, arguments and types are checked
//! there, so that a misspelt name can never hide behind `|| true`. It is evaluated in three values:
//! whatever rests on something unknown is unknown, unless the rest decides it.

mod bound;
mod bounds;
mod compile;
mod explain;
mod fault;
mod term;

use serde::{Deserialize, Serialize};

use super::vocabulary::Type;

pub use bound::Bound;
pub use explain::{Asked, Clause};
pub use fault::Fault;

use compile::{Compiler, Found};
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
    /// A length of time, in hours.
    Hours,
    /// A share that is gained or lost each day.
    Daily,
    /// A part of a whole.
    Ratio,
}

/// What an expression may ask about an account. Each answer is `None` when it is not known.
pub trait Facts {
    /// A plain name of the vocabulary, e.g. `stage`.
    fn name(&self, name: &str) -> Option<Value>;
    /// The latest value of a metric.
    fn metric(&self, id: &str) -> Option<f64>;
    /// The relative change of a metric over so many days: −0.3 is 30 % less.
    fn change(&self, id: &str, days: f64) -> Option<f64>;
    /// The median of the metric over the account's segment.
    fn median(&self, id: &str) -> Option<f64>;
    /// How a metric rises per day over so many days, as a share of its mean: −0.01 is one percent of it less each day.
    fn slope(&self, id: &str, days: f64) -> Option<f64>;
    /// Whole days from the event until now.
    fn days_since(&self, event: &str) -> Option<f64>;
    /// Whole hours from the event until now.
    fn hours_since(&self, event: &str) -> Option<f64>;
    /// Days from today until the date; negative when it is past.
    fn days_until(&self, date: &str) -> Option<f64>;
    /// How many there are, or were within so many days.
    fn count(&self, what: &str, days: Option<f64>) -> Option<f64>;
    /// How many people with this role are there.
    fn people(&self, role: &str) -> Option<f64>;
    /// How many open tickets raise a signal by the rules of the routing desk.
    fn raised(&self, signal: &str) -> Option<f64>;
    /// Whether a name, date, event or metric of which nothing is known is missing; `None` where it cannot be told.
    /// What the CRM has no place for is not missing.
    fn is_missing(&self, _name: &str) -> Option<bool> {
        Some(true)
    }
}

/// A compiled expression.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Expression {
    source: String,
    term: Term,
    of: Type,
    /// Metrics that it names, and at which column each, in characters from 1.
    named: Vec<(String, usize)>,
    /// Plain names that it reads, and at which column each.
    called: Vec<(String, usize)>,
    /// Signals of which it counts what raises them, and at which column each.
    raised: Vec<(String, usize)>,
    compared: Vec<Compared>,
}

/// A name that is compared with a text, as in `stage == 'adoption'`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// The name, of the vocabulary.
    pub name: String,
    /// The text.
    pub text: String,
    /// At which column the text stands, in characters from 1.
    pub column: usize,
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
        let fault = |message: String| {
            let column = 1;
            let meant = None;
            Fault {
                message,
                column,
                meant,
            }
            .to_string()
        };
        match (expression.of, expression.term.truth(&Nothing)) {
            (Type::Bool, None) => Ok(Self(expression)),
            (Type::Bool, Some(always)) => Err(fault(format!(
                "this condition is always {always}, whatever the account"
            ))),
            (other, _) => Err(fault(format!(
                "a condition must be true or false, this is {}",
                other.word()
            ))),
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
        self.term.unit()
    }

    /// As it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The type of its value.
    pub fn of(&self) -> Type {
        self.of
    }

    /// The plain names that it reads.
    pub fn names(&self) -> Vec<&str> {
        self.called.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The same, each with the column at which it stands, in characters from 1.
    pub fn called(&self) -> &[(String, usize)] {
        &self.called
    }

    /// Ids of the metrics of the account that it reads now or over a time.
    pub fn metrics(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.term.visit(&mut |term| {
            if let Term::Metric(id) | Term::Change(id, _) | Term::Slope(id, _) = term {
                found.push(id.as_str());
            }
        });
        found
    }

    /// Ids of the metrics whose median over the segment it reads.
    pub fn medians(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.term.visit(&mut |term| {
            if let Term::Median(id) = term {
                found.push(id.as_str());
            }
        });
        found
    }

    /// The roles whose people it counts.
    pub fn roles(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.term.visit(&mut |term| {
            if let Term::People(role) = term {
                found.push(role.as_str());
            }
        });
        found
    }

    /// The signals of which it counts the open tickets that raise them, each with the column at which it stands, in
    /// characters from 1.
    pub fn raised(&self) -> &[(String, usize)] {
        &self.raised
    }

    /// Ids of all metrics that it names, each with the column at which it does, in characters from 1.
    pub fn named(&self) -> &[(String, usize)] {
        &self.named
    }

    /// The texts that its names are compared with.
    pub fn compared(&self) -> &[Compared] {
        &self.compared
    }

    /// The times in days over which it asks for the past of metrics: (metric, days).
    pub fn windows(&self) -> Vec<(&str, f64)> {
        let mut found = Vec::new();
        self.term.visit(&mut |term| {
            if let Term::Change(id, days) | Term::Slope(id, days) = term
                && let Some(days) = days.number(&Nothing)
            {
                found.push((id.as_str(), days));
            }
        });
        found
    }

    /// The events since which it counts hours.
    pub fn hours(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.term.visit(&mut |term| {
            if let Term::HoursSince(event) = term {
                found.push(event.as_str());
            }
        });
        found
    }

    /// The longest time in days over which it counts what happened; zero when it counts nothing.
    pub fn longest_of_counts(&self) -> f64 {
        let mut longest: f64 = 0.0;
        self.term.visit(&mut |term| {
            if let Term::Count(_, Some(days)) = term {
                longest = longest.max(days.number(&Nothing).unwrap_or_default());
            }
        });
        longest
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
        Self::check(source).map_err(Fault::tell)
    }
}

impl Expression {
    fn check(source: String) -> Result<Self, Vec<Fault>> {
        let fault = |message: String, meant: Option<String>, column: usize| {
            vec![Fault {
                message,
                column,
                meant,
            }]
        };
        if source.len() > LONGEST {
            let message = format!("an expression may be {LONGEST} bytes long");
            return Err(fault(message, None, 1));
        }
        let program = cel::Program::compile(&source).map_err(|errors| match errors.errors.first() {
            None => fault("not an expression".to_owned(), None, 1),
            Some(error) => {
                let column = usize::try_from(error.pos.1).unwrap_or_default().max(1);
                let (message, meant) = fault::of_grammar(&error.msg);
                fault(message, meant.map(str::to_owned), column)
            }
        })?;
        let compiler = Compiler::new(&source, program.source_info());
        let checked = compiler.term(program.expression());
        let Found {
            named,
            called,
            raised,
            compared,
            mut further,
        } = compiler.found();
        match checked {
            Ok((term, of)) => Ok(Self {
                source,
                term,
                of,
                named,
                called,
                raised,
                compared,
            }),
            Err(first) => {
                further.insert(0, first);
                Err(further)
            }
        }
    }
}

#[cfg(test)]
mod tests;
