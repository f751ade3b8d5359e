//! The language of signals: the grammar of CEL over a small, checked vocabulary.
//!
//! An expression is compiled once when its file is loaded; names, arguments and types are checked
//! there, so that a misspelt name can never hide behind `|| true`. It is evaluated in three values:
//! whatever rests on something unknown is unknown, unless the rest decides it.

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SourceInfo, operators};
use serde::{Deserialize, Serialize};

use super::vocabulary::{self, Function, Type};

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

/// Nothing is known: what still has a value is a constant.
struct Nothing;

impl Facts for Nothing {
    fn name(&self, _: &str) -> Option<Value> {
        None
    }
    fn metric(&self, _: &str) -> Option<f64> {
        None
    }
    fn change(&self, _: &str, _: f64) -> Option<f64> {
        None
    }
    fn days_since(&self, _: &str) -> Option<f64> {
        None
    }
    fn days_until(&self, _: &str) -> Option<f64> {
        None
    }
    fn count(&self, _: &str, _: Option<f64>) -> Option<f64> {
        None
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
                format!("not an expression: {}, at column {}", error.msg, error.pos.1)
            })
        })?;
        let compiler = Compiler {
            positions: program.source_info(),
        };
        let (term, of) = compiler.term(program.expression())?;
        Ok(Self { source, term, of })
    }
}

/// A checked node.
#[derive(Debug, Clone)]
enum Term {
    Constant(Value),
    Name(String),
    Metric(String),
    Change(String, Box<Term>),
    DaysSince(String),
    DaysUntil(String),
    Count(String, Option<Box<Term>>),
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

#[derive(Debug, Clone, Copy)]
enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Term {
    fn value(&self, facts: &dyn Facts) -> Option<Value> {
        match self {
            Self::Constant(value) => Some(value.clone()),
            Self::Name(name) => facts.name(name),
            Self::If(condition, yes, no) => {
                let chosen = if condition.truth(facts)? { yes } else { no };
                chosen.value(facts)
            }
            Self::Metric(_)
            | Self::Change(..)
            | Self::DaysSince(_)
            | Self::DaysUntil(_)
            | Self::Count(..)
            | Self::Negate(_)
            | Self::Arithmetic(..) => self.number(facts).map(Value::Number),
            _ => self.truth(facts).map(Value::Bool),
        }
    }

    fn number(&self, facts: &dyn Facts) -> Option<f64> {
        let number = match self {
            Self::Metric(id) => facts.metric(id)?,
            Self::Change(id, days) => facts.change(id, days.number(facts)?)?,
            Self::DaysSince(event) => facts.days_since(event)?,
            Self::DaysUntil(date) => facts.days_until(date)?,
            Self::Count(what, None) => facts.count(what, None)?,
            Self::Count(what, Some(days)) => facts.count(what, Some(days.number(facts)?))?,
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
    fn truth(&self, facts: &dyn Facts) -> Option<bool> {
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
            Self::Missing(term) => Some(term.value(facts).is_none()),
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

    fn visit<'a>(&'a self, seen: &mut impl FnMut(&'a Self)) {
        seen(self);
        match self {
            Self::Change(_, a)
            | Self::Count(_, Some(a))
            | Self::Missing(a)
            | Self::Not(a)
            | Self::Negate(a) => {
                a.visit(seen);
            }
            Self::And(a, b)
            | Self::Or(a, b)
            | Self::Equal(a, b, _)
            | Self::Compare(a, _, b)
            | Self::Arithmetic(a, _, b) => {
                a.visit(seen);
                b.visit(seen);
            }
            Self::If(a, b, c) => [a, b, c].into_iter().for_each(|term| term.visit(seen)),
            Self::In(a, items) => {
                a.visit(seen);
                for item in items {
                    item.visit(seen);
                }
            }
            _ => {}
        }
    }
}

/// Checks a parsed tree against the vocabulary.
struct Compiler<'a> {
    positions: &'a SourceInfo,
}

type Checked = Result<(Term, Type), String>;

impl Compiler<'_> {
    fn term(&self, node: &IdedExpr) -> Checked {
        match &node.expr {
            Expr::Literal(literal) => constant(literal)
                .ok_or_else(|| self.wrong(node, "this kind of value is not known here", None)),
            Expr::Ident(name) => match vocabulary::name(name) {
                Some(of) => Ok((Term::Name(name.clone()), of)),
                None => Err(self.wrong(
                    node,
                    &format!("unknown name `{name}`"),
                    vocabulary::nearest_name(name),
                )),
            },
            Expr::Call(call) => self.call(node, call),
            _ => Err(self.wrong(node, "lists, maps and fields are not known here", None)),
        }
    }

    fn call(&self, node: &IdedExpr, call: &CallExpr) -> Checked {
        if call.target.is_some() {
            return Err(self.wrong(
                node,
                &format!("`{}` cannot be called on a value", call.func_name),
                None,
            ));
        }
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_NOT, [a]) => Ok((Term::Not(self.typed(a, Type::Bool)?), Type::Bool)),
            (operators::NEGATE, [a]) => Ok((Term::Negate(self.typed(a, Type::Number)?), Type::Number)),
            (operators::LOGICAL_AND, [a, b]) => Ok((
                Term::And(self.typed(a, Type::Bool)?, self.typed(b, Type::Bool)?),
                Type::Bool,
            )),
            (operators::LOGICAL_OR, [a, b]) => Ok((
                Term::Or(self.typed(a, Type::Bool)?, self.typed(b, Type::Bool)?),
                Type::Bool,
            )),
            (operators::CONDITIONAL, [a, b, c]) => {
                let (yes, of) = self.term(b)?;
                Ok((
                    Term::If(self.typed(a, Type::Bool)?, Box::new(yes), self.typed(c, of)?),
                    of,
                ))
            }
            (operators::EQUALS, [a, b]) => self.equal(a, b, true),
            (operators::NOT_EQUALS, [a, b]) => self.equal(a, b, false),
            (operators::IN, [a, b]) => self.within(a, b),
            (operators::LESS, [a, b]) => self.compare(a, Comparison::Less, b),
            (operators::LESS_EQUALS, [a, b]) => self.compare(a, Comparison::LessOrEqual, b),
            (operators::GREATER, [a, b]) => self.compare(a, Comparison::Greater, b),
            (operators::GREATER_EQUALS, [a, b]) => self.compare(a, Comparison::GreaterOrEqual, b),
            (operators::ADD, [a, b]) => self.arithmetic(a, '+', b),
            (operators::SUBSTRACT, [a, b]) => self.arithmetic(a, '-', b),
            (operators::MULTIPLY, [a, b]) => self.arithmetic(a, '*', b),
            (operators::DIVIDE, [a, b]) => self.arithmetic(a, '/', b),
            (name, arguments) => self.function(node, name, arguments),
        }
    }

    fn function(&self, node: &IdedExpr, name: &str, arguments: &[IdedExpr]) -> Checked {
        let Some(function) = vocabulary::function(name) else {
            let near = vocabulary::nearest_function(name);
            return Err(self.wrong(node, &format!("unknown function `{name}`"), near));
        };
        let (least, most) = function.arity();
        if arguments.len() < least || arguments.len() > most {
            return Err(self.wrong(node, &format!("`{name}` takes {}", function.usage()), None));
        }
        let first = &arguments[0];
        let days = |at: usize| {
            arguments
                .get(at)
                .map(|days| self.typed(days, Type::Number))
                .transpose()
        };
        Ok(match function {
            Function::Days => return Ok((*self.typed(first, Type::Number)?, Type::Number)),
            Function::Weeks => {
                let seven = Box::new(Term::Constant(Value::Number(7.0)));
                (
                    Term::Arithmetic(self.typed(first, Type::Number)?, '*', seven),
                    Type::Number,
                )
            }
            Function::Metric => (Term::Metric(self.literal(first)?), Type::Number),
            Function::Change => {
                let days = days(1)?.ok_or_else(|| self.wrong(node, function.usage(), None))?;
                (Term::Change(self.literal(first)?, days), Type::Number)
            }
            Function::DaysSince => (
                Term::DaysSince(self.word(first, vocabulary::EVENTS)?),
                Type::Number,
            ),
            Function::DaysUntil => (
                Term::DaysUntil(self.word(first, vocabulary::DATES)?),
                Type::Number,
            ),
            Function::Count => {
                let days = days(1)?;
                let words = if days.is_some() {
                    vocabulary::HAPPENINGS
                } else {
                    vocabulary::THINGS
                };
                (Term::Count(self.word(first, words)?, days), Type::Number)
            }
            Function::Missing => (Term::Missing(Box::new(self.asked(first)?)), Type::Bool),
        })
    }

    /// What `missing('…')` asks for: a name, a date, an event, or a metric.
    fn asked(&self, node: &IdedExpr) -> Result<Term, String> {
        let word = self.literal(node)?;
        Ok(if vocabulary::name(&word).is_some() {
            Term::Name(word)
        } else if vocabulary::DATES.contains(&word.as_str()) {
            Term::DaysUntil(word)
        } else if vocabulary::EVENTS.contains(&word.as_str()) {
            Term::DaysSince(word)
        } else {
            Term::Metric(word)
        })
    }

    fn typed(&self, node: &IdedExpr, wanted: Type) -> Result<Box<Term>, String> {
        let (term, of) = self.term(node)?;
        if of == wanted {
            return Ok(Box::new(term));
        }
        Err(self.wrong(
            node,
            &format!("expected {}, found {}", wanted.word(), of.word()),
            None,
        ))
    }

    fn equal(&self, a: &IdedExpr, b: &IdedExpr, equal: bool) -> Checked {
        let (left, of) = self.term(a)?;
        Ok((Term::Equal(Box::new(left), self.typed(b, of)?, equal), Type::Bool))
    }

    fn compare(&self, a: &IdedExpr, comparison: Comparison, b: &IdedExpr) -> Checked {
        let (a, b) = (self.typed(a, Type::Number)?, self.typed(b, Type::Number)?);
        Ok((Term::Compare(a, comparison, b), Type::Bool))
    }

    fn arithmetic(&self, a: &IdedExpr, operator: char, b: &IdedExpr) -> Checked {
        let (a, b) = (self.typed(a, Type::Number)?, self.typed(b, Type::Number)?);
        Ok((Term::Arithmetic(a, operator, b), Type::Number))
    }

    fn within(&self, a: &IdedExpr, list: &IdedExpr) -> Checked {
        let (term, of) = self.term(a)?;
        let Expr::List(list) = &list.expr else {
            return Err(self.wrong(list, "`in` needs a list like ['a', 'b']", None));
        };
        let items = list
            .elements
            .iter()
            .map(|item| self.typed(item, of).map(|term| *term));
        Ok((
            Term::In(Box::new(term), items.collect::<Result<_, _>>()?),
            Type::Bool,
        ))
    }

    fn literal(&self, node: &IdedExpr) -> Result<String, String> {
        match &node.expr {
            Expr::Literal(LiteralValue::String(text)) => Ok(text.inner().to_owned()),
            _ => Err(self.wrong(node, "expected a text in quotes", None)),
        }
    }

    fn word(&self, node: &IdedExpr, words: &[&'static str]) -> Result<String, String> {
        let word = self.literal(node)?;
        if words.contains(&word.as_str()) {
            return Ok(word);
        }
        let near = vocabulary::nearest(&word, words.iter().copied());
        Err(self.wrong(
            node,
            &format!("unknown name `{word}`, known are {}", words.join(", ")),
            near,
        ))
    }

    fn wrong(&self, node: &IdedExpr, message: &str, near: Option<&str>) -> String {
        let column = self
            .positions
            .offset_for(node.id)
            .map_or(1, |(start, _)| start + 1);
        match near {
            Some(near) => format!("{message} at column {column} of the expression; try `{near}`"),
            None => format!("{message} at column {column} of the expression"),
        }
    }
}

fn constant(literal: &LiteralValue) -> Option<(Term, Type)> {
    let (value, of) = match literal {
        LiteralValue::Boolean(yes) => (Value::Bool(*yes.inner()), Type::Bool),
        LiteralValue::Double(number) => (Value::Number(*number.inner()), Type::Number),
        LiteralValue::Int(number) => (Value::Number(*number.inner() as f64), Type::Number),
        LiteralValue::String(text) => (Value::Text(text.inner().to_owned()), Type::Text),
        _ => return None,
    };
    Some((Term::Constant(value), of))
}

#[cfg(test)]
#[path = "expression_tests.rs"]
mod tests;
