//! From CEL's parsed tree to a checked one: names, arguments and types.

use std::cell::RefCell;

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SourceInfo, operators};

use super::bounds;
use super::term::{Comparison, Nothing, Term};
use super::{Compared, Fault, Value};
use crate::domain::vocabulary::{self, Function, Type};

/// Days that a window may have: ten years are more than any history holds.
const WINDOW: std::ops::RangeInclusive<f64> = 1.0..=3_650.0;

/// Checks a parsed tree against the vocabulary.
pub(super) struct Compiler<'a> {
    source: &'a str,
    /// Where each node was written.
    positions: &'a SourceInfo,
    found: RefCell<Found>,
}

/// What was found on the way through a tree.
#[derive(Default)]
pub(super) struct Found {
    /// Metrics that were named, and at which column each.
    pub named: Vec<(String, usize)>,
    /// Plain names, and at which column each.
    pub called: Vec<(String, usize)>,
    /// Signals of which it is counted what raises them, and at which column each.
    pub raised: Vec<(String, usize)>,
    /// Texts that names are compared with.
    pub compared: Vec<Compared>,
    /// Mistakes beside the first one.
    pub further: Vec<Fault>,
}

pub(super) type Checked = Result<(Term, Type), Fault>;

impl<'a> Compiler<'a> {
    pub(super) fn new(source: &'a str, positions: &'a SourceInfo) -> Self {
        Self {
            source,
            positions,
            found: RefCell::default(),
        }
    }

    /// What was found on the way.
    pub(super) fn found(self) -> Found {
        self.found.into_inner()
    }

    /// Both of two parts. Where both are wrong, the second mistake is told beside the first.
    fn both<A, B>(&self, first: Result<A, Fault>, second: Result<B, Fault>) -> Result<(A, B), Fault> {
        match (first, second) {
            (Ok(first), Ok(second)) => Ok((first, second)),
            (Err(first), Err(second)) => {
                self.found.borrow_mut().further.push(second);
                Err(first)
            }
            (Err(fault), _) | (_, Err(fault)) => Err(fault),
        }
    }

    /// A part by whose type others are judged. Where it is wrong, they are looked at for mistakes of their own.
    fn leading(&self, node: &IdedExpr, others: &[&IdedExpr]) -> Checked {
        self.term(node).inspect_err(|_| {
            let wrong = others.iter().filter_map(|other| self.term(other).err());
            let wrong: Vec<Fault> = wrong.collect();
            self.found.borrow_mut().further.extend(wrong);
        })
    }

    pub(super) fn term(&self, node: &IdedExpr) -> Checked {
        match &node.expr {
            Expr::Literal(literal) => constant(literal)
                .ok_or_else(|| self.wrong(node, "this kind of value is not known here", None)),
            Expr::Ident(name) => match vocabulary::name(name) {
                Some(of) => Ok((self.called(node, name), of)),
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
            (operators::LOGICAL_AND, [a, b]) => {
                let (a, b) = self.two(a, b, Type::Bool)?;
                Ok((Term::And(a, b), Type::Bool))
            }
            (operators::LOGICAL_OR, [a, b]) => {
                let (a, b) = self.two(a, b, Type::Bool)?;
                Ok((Term::Or(a, b), Type::Bool))
            }
            (operators::CONDITIONAL, [a, b, c]) => {
                let chosen = self.leading(b, &[c]).and_then(|(yes, of)| {
                    let no = self.typed(c, of)?;
                    Ok((yes, no, of))
                });
                let (when, (yes, no, of)) = self.both(self.typed(a, Type::Bool), chosen)?;
                Ok((Term::If(when, Box::new(yes), no), of))
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
                let (id, days) = self.both(self.metric(first), days(1))?;
                let days = days.ok_or_else(|| self.wrong(node, function.usage(), None))?;
                (Term::Change(id, days), Type::Number)
            }
            Function::Slope => {
                let (id, days) = self.both(self.metric(first), days(1))?;
                let days = days.ok_or_else(|| self.wrong(node, function.usage(), None))?;
                (Term::Slope(id, days), Type::Number)
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
            Function::Raised => (Term::Raised(self.raised(first)?), Type::Number),
            Function::DaysUntil => (
                Term::DaysUntil(self.word(first, vocabulary::DATES)?),
                Type::Number,
            ),
            Function::Count => {
                let (what, days) = self.both(self.counted(first, arguments.len() > 1), days(1))?;
                (Term::Count(what, days), Type::Number)
            }
            Function::Missing => (Term::Missing(Box::new(self.asked(first)?)), Type::Bool),
        })
    }

    /// A window of time that reaches back from now: a fixed number of days, within [`WINDOW`].
    fn window(&self, node: &IdedExpr) -> Result<Box<Term>, Fault> {
        let term = self.typed(node, Type::Number)?;
        match term.number(&Nothing) {
            Some(days) if !says_unit(node) => {
                let meant = format!("days({days})");
                Err(self.wrong(node, "a time needs a unit", Some(&meant)))
            }
            Some(days) if WINDOW.contains(&days) => Ok(term),
            Some(_) => Err(self.wrong(node, "a time must be of 1 to 3,650 days", None)),
            None => Err(self.wrong(node, "a time must be a fixed number of days, like days(30)", None)),
        }
    }

    /// A plain name, which is noted.
    fn called(&self, node: &IdedExpr, name: &str) -> Term {
        let called = (name.to_owned(), self.column(node));
        self.found.borrow_mut().called.push(called);
        Term::Name(name.to_owned())
    }

    /// What `missing('…')` asks for: a name, a date, an event, or a metric.
    fn asked(&self, node: &IdedExpr) -> Result<Term, Fault> {
        let word = self.literal(node)?;
        Ok(if vocabulary::name(&word).is_some() {
            self.called(node, &word)
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

    fn two(&self, a: &IdedExpr, b: &IdedExpr, wanted: Type) -> Result<(Box<Term>, Box<Term>), Fault> {
        self.both(self.typed(a, wanted), self.typed(b, wanted))
    }

    fn equal(&self, a: &IdedExpr, b: &IdedExpr, equal: bool) -> Checked {
        let (left, of) = self.leading(a, &[b])?;
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
            Some(_) => Ok(()),
            None => {
                self.found.borrow_mut().compared.push(Compared {
                    name: name.clone(),
                    text: text.clone(),
                    column: self.column(node),
                });
                Ok(())
            }
        }
    }

    fn compare(&self, a: &IdedExpr, comparison: Comparison, b: &IdedExpr) -> Checked {
        let (left, right) = self.two(a, b, Type::Number)?;
        if let Some(always) = bounds::decided(&left, comparison, &right) {
            let term = Term::Compare(left, comparison, right);
            let always = if always { "always" } else { "never" };
            return Err(self.wrong(a, &format!("`{term}` is {always} true"), None));
        }
        Ok((Term::Compare(left, comparison, right), Type::Bool))
    }

    fn arithmetic(&self, a: &IdedExpr, operator: char, b: &IdedExpr) -> Checked {
        let divisor = b;
        let (a, b) = self.two(a, b, Type::Number)?;
        if operator == '/' && b.number(&Nothing) == Some(0.0) {
            return Err(self.wrong(divisor, "nothing can be divided by 0", None));
        }
        Ok((Term::Arithmetic(a, operator, b), Type::Number))
    }

    fn within(&self, a: &IdedExpr, list: &IdedExpr) -> Checked {
        let Expr::List(list) = &list.expr else {
            self.term(a)?;
            return Err(self.wrong(list, "`in` needs a list like ['a', 'b']", None));
        };
        let others: Vec<&IdedExpr> = list.elements.iter().collect();
        let (term, of) = self.leading(a, &others)?;
        let mut items = Ok(Vec::new());
        for item in &list.elements {
            let value = self.typed(item, of).and_then(|value| {
                self.possible(&term, item, &value)?;
                Ok(*value)
            });
            items = self.both(items, value).map(|(mut items, value)| {
                items.push(value);
                items
            });
        }
        let items: Vec<Term> = items?;
        if items.is_empty() {
            return Err(self.wrong(a, "nothing is in an empty list", None));
        }
        Ok((Term::In(Box::new(term), items), Type::Bool))
    }

    fn literal(&self, node: &IdedExpr) -> Result<String, Fault> {
        match &node.expr {
            Expr::Literal(LiteralValue::String(text)) => Ok(text.inner().to_owned()),
            Expr::Ident(name) => {
                let quoted = format!("'{name}'");
                Err(self.wrong(node, "expected a text in quotes", Some(&quoted)))
            }
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

    /// What `count` counts: what is there, or within a time what happened.
    fn counted(&self, node: &IdedExpr, in_time: bool) -> Result<String, Fault> {
        let (words, others) = if in_time {
            (vocabulary::HAPPENINGS, vocabulary::THINGS)
        } else {
            (vocabulary::THINGS, vocabulary::HAPPENINGS)
        };
        let word = self.literal(node)?;
        let near = vocabulary::nearest(&word, words.iter().chain(others).copied());
        let Some(other) = near.filter(|near| !words.contains(near)) else {
            return self.word(node, words);
        };
        let (how, meant) = if in_time {
            ("as it is now", format!("count('{other}')"))
        } else {
            ("over a time", format!("count('{other}', days(30))"))
        };
        Err(self.wrong(node, &format!("`{other}` is counted {how}"), Some(&meant)))
    }

    /// The id of a metric; whether there is one is checked with the mapping.
    fn metric(&self, node: &IdedExpr) -> Result<String, Fault> {
        let id = self.literal(node)?;
        let named = (id.clone(), self.column(node));
        self.found.borrow_mut().named.push(named);
        Ok(id)
    }

    /// The id of a signal that a rule raises.
    fn raised(&self, node: &IdedExpr) -> Result<String, Fault> {
        let id = self.literal(node)?;
        let raised = (id.clone(), self.column(node));
        self.found.borrow_mut().raised.push(raised);
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

/// Whether a time says in what it counts.
fn says_unit(node: &IdedExpr) -> bool {
    let Expr::Call(call) = &node.expr else {
        return false;
    };
    let units = [Function::Days, Function::Weeks];
    vocabulary::function(&call.func_name).is_some_and(|function| units.contains(&function))
        || call.args.iter().any(says_unit)
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
