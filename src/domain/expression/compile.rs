//! From CEL's parsed tree to a checked one: names, arguments and types.

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SourceInfo, operators};

use super::Value;
use super::term::{Comparison, Nothing, Term};
use crate::domain::vocabulary::{self, Function, Type};

/// Days that a window may have: ten years are more than any history holds.
const WINDOW: std::ops::RangeInclusive<f64> = 1.0..=3_650.0;

/// Checks a parsed tree against the vocabulary.
pub(super) struct Compiler<'a> {
    /// Where each node was written.
    pub(super) positions: &'a SourceInfo,
}

pub(super) type Checked = Result<(Term, Type), String>;

impl Compiler<'_> {
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

    /// A window of time that reaches back from now: a fixed number of days, within [`WINDOW`].
    fn window(&self, node: &IdedExpr) -> Result<Box<Term>, String> {
        let term = self.typed(node, Type::Number)?;
        match term.number(&Nothing) {
            Some(days) if WINDOW.contains(&days) => Ok(term),
            Some(_) => Err(self.wrong(node, "a time must be of 1 to 3,650 days", None)),
            None => Err(self.wrong(node, "a time must be a fixed number of days, like days(30)", None)),
        }
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
