//! From CEL's parsed tree to a checked one: names, arguments and types.

use std::cell::RefCell;

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SourceInfo, operators};

use super::bounds;
use super::term::{Comparison, Nothing, Term};
use super::{Fault, Value};
use crate::domain::vocabulary::{self, Function, Type};

/// Days that a window may have: ten years are more than any history holds.
const WINDOW: std::ops::RangeInclusive<f64> = 1.0..=3_650.0;

/// Checks a parsed tree against the vocabulary.
pub(super) struct Compiler<'a> {
    source: &'a str,
    /// Where each node was written.
    positions: &'a SourceInfo,
    /// Metrics that were named so far, and where.
    named: RefCell<Vec<(String, usize)>>,
}

pub(super) type Checked = Result<(Term, Type), Fault>;

impl<'a> Compiler<'a> {
    pub(super) fn new(source: &'a str, positions: &'a SourceInfo) -> Self {
        Self {
            source,
            positions,
            named: RefCell::default(),
        }
    }

    /// The metrics that were named, and at which column each.
    pub(super) fn named(self) -> Vec<(String, usize)> {
        self.named.into_inner()
    }

    pub(super) fn term(&self, node: &IdedExpr) -> Checked {
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
        let days = |at: usize| arguments.get(at).map(|days| self.window(days)).transpose();
        Ok(match function {
            Function::Days => return Ok((*self.typed(first, Type::Number)?, Type::Number)),
            Function::Weeks => {
                let seven = Box::new(Term::Constant(Value::Number(7.0)));
                (
                    Term::Arithmetic(self.typed(first, Type::Number)?, '*', seven),
                    Type::Number,
                )
            }
            Function::Metric => (Term::Metric(self.metric(first)?), Type::Number),
            Function::Median => (Term::Median(self.median(first)?), Type::Number),
            Function::Change => {
                let days = days(1)?.ok_or_else(|| self.wrong(node, function.usage(), None))?;
                (Term::Change(self.metric(first)?, days), Type::Number)
            }
            Function::Slope => {
                let days = days(1)?.ok_or_else(|| self.wrong(node, function.usage(), None))?;
                (Term::Slope(self.metric(first)?, days), Type::Number)
            }
            Function::DaysSince => (
                Term::DaysSince(self.word(first, vocabulary::EVENTS)?),
                Type::Number,
            ),
            Function::HoursSince => (
                Term::HoursSince(self.word(first, vocabulary::EVENTS)?),
                Type::Number,
            ),
            Function::People => (Term::People(self.role(first)?), Type::Number),
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

    /// A window of time that reaches back from now: a fixed number of days, within [`WINDOW`].
    fn window(&self, node: &IdedExpr) -> Result<Box<Term>, Fault> {
        let term = self.typed(node, Type::Number)?;
        match term.number(&Nothing) {
            Some(days) if WINDOW.contains(&days) => Ok(term),
            Some(_) => Err(self.wrong(node, "a time must be of 1 to 3,650 days", None)),
            None => Err(self.wrong(node, "a time must be a fixed number of days, like days(30)", None)),
        }
    }

    /// What `missing('…')` asks for: a name, a date, an event, or a metric.
    fn asked(&self, node: &IdedExpr) -> Result<Term, Fault> {
        let word = self.literal(node)?;
        Ok(if vocabulary::name(&word).is_some() {
            Term::Name(word)
        } else if vocabulary::DATES.contains(&word.as_str()) {
            Term::DaysUntil(word)
        } else if vocabulary::EVENTS.contains(&word.as_str()) {
            Term::DaysSince(word)
        } else {
            Term::Metric(self.metric(node)?)
        })
    }

    fn typed(&self, node: &IdedExpr, wanted: Type) -> Result<Box<Term>, Fault> {
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
        let right = self.typed(b, of)?;
        self.possible(&left, b, &right)?;
        self.possible(&right, a, &left)?;
        Ok((Term::Equal(Box::new(left), right, equal), Type::Bool))
    }

    /// Whether a name can have a value at all: there are only so many bands.
    fn possible(&self, name: &Term, node: &IdedExpr, value: &Term) -> Result<(), Fault> {
        let (Term::Name(name), Term::Constant(Value::Text(text))) = (name, value) else {
            return Ok(());
        };
        match vocabulary::values(name) {
            Some(known) if !known.contains(&text.as_str()) => {
                let near = vocabulary::nearest(text, known.iter().copied());
                let message = format!("`{name}` is never '{text}', it is {}", known.join(", "));
                Err(self.wrong(node, &message, near))
            }
            _ => Ok(()),
        }
    }

    fn compare(&self, a: &IdedExpr, comparison: Comparison, b: &IdedExpr) -> Checked {
        let (left, right) = (self.typed(a, Type::Number)?, self.typed(b, Type::Number)?);
        if let Some(always) = bounds::decided(&left, comparison, &right) {
            let term = Term::Compare(left, comparison, right);
            let always = if always { "always" } else { "never" };
            return Err(self.wrong(a, &format!("`{term}` is {always} true"), None));
        }
        Ok((Term::Compare(left, comparison, right), Type::Bool))
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
        let items = list.elements.iter().map(|item| {
            let value = self.typed(item, of)?;
            self.possible(&term, item, &value)?;
            Ok(*value)
        });
        let items: Vec<Term> = items.collect::<Result<_, Fault>>()?;
        if items.is_empty() {
            return Err(self.wrong(a, "nothing is in an empty list", None));
        }
        Ok((Term::In(Box::new(term), items), Type::Bool))
    }

    fn literal(&self, node: &IdedExpr) -> Result<String, Fault> {
        match &node.expr {
            Expr::Literal(LiteralValue::String(text)) => Ok(text.inner().to_owned()),
            _ => Err(self.wrong(node, "expected a text in quotes", None)),
        }
    }

    fn word(&self, node: &IdedExpr, words: &[&'static str]) -> Result<String, Fault> {
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

    /// The id of a metric; whether there is one is checked with the mapping.
    fn metric(&self, node: &IdedExpr) -> Result<String, Fault> {
        let id = self.literal(node)?;
        self.named.borrow_mut().push((id.clone(), self.column(node)));
        Ok(id)
    }

    /// The id of a metric of which the segment's median is known.
    fn median(&self, node: &IdedExpr) -> Result<String, Fault> {
        let id = self.metric(node)?;
        if vocabulary::OWN_METRICS.contains(&id.as_str()) {
            let message =
                format!("there are medians of the mapping's metrics only, `{id}` is the program's own");
            return Err(self.wrong(node, &message, None));
        }
        Ok(id)
    }

    /// A role of contacts, written as roles are told apart: in lower case and with spaces.
    fn role(&self, node: &IdedExpr) -> Result<String, Fault> {
        let role = self.literal(node)?;
        let plain = role.trim().replace('_', " ").to_lowercase();
        if plain.is_empty() {
            return Err(self.wrong(node, "expected a role, like 'decision maker'", None));
        }
        if plain != role {
            let message = format!("roles are written in lower case and with spaces, not `{role}`");
            return Err(self.wrong(node, &message, Some(&plain)));
        }
        Ok(role)
    }

    /// Where a node begins; a call begins with its name, though the parser tells where its bracket stands.
    fn column(&self, node: &IdedExpr) -> usize {
        let told = self.positions.offset_for(node.id);
        let start = told.map_or(0, |(start, _)| start as usize);
        let before = self.source.get(..start).unwrap_or_default();
        let before = match &node.expr {
            Expr::Call(call) => before.trim_end().strip_suffix(&call.func_name).unwrap_or(before),
            _ => before,
        };
        before.chars().count() + 1
    }

    fn wrong(&self, node: &IdedExpr, message: &str, near: Option<&str>) -> Fault {
        Fault {
            message: message.to_owned(),
            column: self.column(node),
            meant: near.map(str::to_owned),
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
