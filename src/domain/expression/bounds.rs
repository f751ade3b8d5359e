//! What a term can be at all, so that a comparison that decides nothing is found when its file is read.

use super::Value;
use super::term::{Comparison, Nothing, Term};

/// Whether a comparison always comes out the same; `None` when it depends on the account.
pub(super) fn decided(left: &Term, comparison: Comparison, right: &Term) -> Option<bool> {
    let ((low, high), (least, most)) = (of(left), of(right));
    match comparison {
        Comparison::Less => opposite(low, high, least, most, |a, b| a < b),
        Comparison::LessOrEqual => opposite(low, high, least, most, |a, b| a <= b),
        Comparison::Greater => opposite(least, most, low, high, |a, b| a < b),
        Comparison::GreaterOrEqual => opposite(least, most, low, high, |a, b| a <= b),
    }
}

/// `small(a, b)` for every a in `low..=high` and b in `least..=most`: always, never, or it depends.
fn opposite(low: f64, high: f64, least: f64, most: f64, small: impl Fn(f64, f64) -> bool) -> Option<bool> {
    if small(high, least) {
        Some(true)
    } else if small(low, most) {
        None
    } else {
        Some(false)
    }
}

/// The least and the most that a term can be.
fn of(term: &Term) -> (f64, f64) {
    match term {
        Term::Constant(Value::Number(number)) => (*number, *number),
        Term::Count(..) | Term::People(_) | Term::Raised(_) => (0.0, f64::INFINITY),
        Term::Metric(id) if id == "nps" => (0.0, 10.0),
        Term::Metric(id) if id == "sponsors" || id == "ticket_load" => (0.0, f64::INFINITY),
        Term::Name(name) if name == "score" || name == "coverage" => (0.0, 100.0),
        other => other
            .number(&Nothing)
            .map_or((f64::NEG_INFINITY, f64::INFINITY), |number| (number, number)),
    }
}
