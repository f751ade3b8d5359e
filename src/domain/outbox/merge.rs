//! Three-way merge of fields: what the person saw, what the person wants, what the CRM has now.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Change, Field};
use crate::domain::instant;
use crate::domain::record::ValueType;

/// A field that both sides changed, differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// Which field.
    pub field: Field,
    /// What the person saw.
    pub base: Option<String>,
    /// What the person wants.
    pub mine: Option<String>,
    /// What the CRM has now.
    pub theirs: Option<String>,
    /// When the CRM got it (UTC), if it says so.
    pub theirs_at: Option<Timestamp>,
    /// From whom or what the CRM got it, in words, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs_by: Option<String>,
}

impl Conflict {
    /// When, and from whom or what, the CRM got its value, with these words for when; `None` where it does not say when.
    pub fn set(&self, when: impl FnOnce(Timestamp) -> String) -> Option<String> {
        let when = when(self.theirs_at?);
        Some(match &self.theirs_by {
            Some(by) => format!("by {by}, {when}"),
            None => when,
        })
    }
}

/// What is left to do for a set of changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    /// To be written: the CRM still has what the person saw.
    pub write: Vec<Change>,
    /// Nothing to do: the CRM has what the person wants.
    pub there: Vec<Field>,
    /// To be decided.
    pub conflicts: Vec<Conflict>,
}

/// Holds each change against what the CRM has now. An empty text and no value are the same.
pub fn merge(changes: &[Change], theirs: impl Fn(&Field) -> Option<String>) -> Merged {
    let mut merged = Merged::default();
    for change in changes {
        let now = theirs(&change.field);
        if change.same(now.as_deref(), change.to.as_deref()) {
            merged.there.push(change.field.clone());
        } else if change.same(now.as_deref(), change.base.as_deref()) {
            merged.write.push(change.clone());
        } else {
            merged.conflicts.push(Conflict {
                field: change.field.clone(),
                base: change.base.clone(),
                mine: change.to.clone(),
                theirs: now,
                theirs_at: None,
                theirs_by: None,
            });
        }
    }
    merged
}

/// Whether two values mean the same as far as a CRM is concerned: absent and empty do, and so do two ways
/// to write one number or one instant. Of texts, which `3.10` and `01234` may be, only the same one means the same.
pub fn same(value_type: ValueType, one: Option<&str>, other: Option<&str>) -> bool {
    let text = |value: Option<&str>| {
        value
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let (one, other) = (text(one), text(other));
    if one == other {
        return true;
    }
    let (Some(one), Some(other)) = (one, other) else {
        return false;
    };
    match value_type {
        ValueType::Number => decimal(&one).is_some_and(|number| decimal(&other) == Some(number)),
        ValueType::Date | ValueType::DateTime => {
            // CRMs keep milliseconds; our clock is finer.
            let instant = |text: &str| instant::read(text).map(Timestamp::as_millisecond);
            instant(&one).is_some_and(|at| instant(&other) == Some(at))
        }
        ValueType::Text | ValueType::Bool | ValueType::Choice => false,
    }
}

/// A decimal number in one form: no sign of plus, no leading zeros, no trailing zeros of a fraction.
fn decimal(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let sign = if whole.is_empty() && fraction.is_empty() {
        ""
    } else {
        sign
    };
    Some(format!("{sign}{whole}.{fraction}"))
}
