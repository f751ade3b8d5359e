//! The bound that a condition sets on a value.

use std::cmp::Ordering;

use super::term::{Comparison, Nothing, Term};
use super::{Condition, Expression};

/// How a condition compares a value with a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bound {
    /// The number; `None` where a condition chooses between several: `entitlement == '24x7' ? 24 : 72`.
    pub number: Option<f64>,
    /// Whether it holds below the number; above it otherwise.
    pub below: bool,
    /// Whether it holds at the number itself.
    pub at_it: bool,
    /// Whether the condition cannot hold without it.
    pub needed: bool,
}

impl Condition {
    /// How it compares this value with a number, or one of several, where it does so first, whichever stands on the left; `None` when it
    /// does not. Terms are compared as they were understood: quotes, spaces and the way a window is written are alike.
    pub fn bound_on(&self, value: &Expression) -> Option<Bound> {
        first(&self.0.term, &value.term.to_string(), true, true)
    }
}

impl Condition {
    /// Whether there are values for which both hold, as far as each does nothing but compare the same term with a number,
    /// and they are not the same condition.
    pub fn overlaps(&self, other: &Self) -> bool {
        let Term::Compare(left, _, right) = &self.0.term else {
            return false;
        };
        let compared = if right.number(&Nothing).is_some() {
            left
        } else {
            right
        };
        let compared = compared.to_string();
        if !matches!(other.0.term, Term::Compare(..)) || self.0.source.trim() == other.0.source.trim() {
            return false;
        }
        let bound = |term| first(term, &compared, true, true).filter(|bound| bound.number.is_some());
        let (Some(one), Some(other)) = (bound(&self.0.term), bound(&other.0.term)) else {
            return false;
        };
        if one.below == other.below {
            return true;
        }
        let (above, below) = if one.below { (other, one) } else { (one, other) };
        match above.number.partial_cmp(&below.number) {
            Some(Ordering::Equal) => above.at_it && below.at_it,
            order => order == Some(Ordering::Less),
        }
    }
}

/// The first bound in a term that is to come out as `truth`.
fn first(term: &Term, value: &str, truth: bool, needed: bool) -> Option<Bound> {
    let either = |a, b, needed| first(a, value, truth, needed).or_else(|| first(b, value, truth, needed));
    match term {
        Term::Not(term) => first(term, value, !truth, needed),
        Term::And(a, b) => either(a, b, needed && truth),
        Term::Or(a, b) => either(a, b, needed && !truth),
        Term::If(_, yes, no) => either(yes, no, false),
        Term::Compare(left, comparison, right) => {
            let (number, comparison) = if left.to_string() == value {
                (right, *comparison)
            } else if right.to_string() == value {
                (left, comparison.turned())
            } else {
                return None;
            };
            if !is_fixed(number) {
                return None;
            }
            let comparison = if truth { comparison } else { comparison.denied() };
            Some(Bound {
                number: number.number(&Nothing),
                below: matches!(comparison, Comparison::Less | Comparison::LessOrEqual),
                at_it: matches!(comparison, Comparison::LessOrEqual | Comparison::GreaterOrEqual),
                needed,
            })
        }
        _ => None,
    }
}

/// Whether it is a number, or a choice between numbers.
fn is_fixed(term: &Term) -> bool {
    match term {
        Term::If(_, yes, no) => is_fixed(yes) && is_fixed(no),
        other => other.number(&Nothing).is_some(),
    }
}

impl Comparison {
    /// With left and right in each other's place.
    fn turned(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }

    /// What holds where it does not.
    fn denied(self) -> Self {
        match self {
            Self::Less => Self::GreaterOrEqual,
            Self::LessOrEqual => Self::Greater,
            Self::Greater => Self::LessOrEqual,
            Self::GreaterOrEqual => Self::Less,
        }
    }
}
