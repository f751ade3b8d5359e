//! The CRM's strings as numbers, dates and instants. What cannot be read is unknown, never zero.

use std::collections::BTreeMap;

use crate::domain::record::{Core, Record};

pub use crate::domain::instant::{date, read as instant};

/// Whether every name of a rule has one of its values. `pipeline` and `stage` mean the core fields; other names are
/// properties.
pub fn fit(record: &Record, rule: &BTreeMap<String, Vec<String>>) -> bool {
    rule.iter().all(|(name, allowed)| {
        let value = match name.as_str() {
            "pipeline" => record.core(Core::Pipeline),
            "stage" => record.core(Core::StageId),
            property => record.mapped(property),
        };
        value.is_some_and(|value| allowed.iter().any(|one| one == value))
    })
}

/// A decimal number; text around it makes it unknown.
pub fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// `true` or `false`, also as `yes`, `no`, `1` and `0`.
pub fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Some(true),
        "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_a_crm_writes_is_read_and_what_it_should_not_is_unknown() {
        assert_eq!(number(" 22.5 "), Some(22.5));
        for wrong in ["", "n/a", "NaN", "inf", "22 users"] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
        assert_eq!(truth("TRUE"), Some(true));
        assert_eq!(truth("maybe"), None);
        let day: jiff::civil::Date = "2026-11-23".parse().unwrap();
        for text in [
            "2026-11-23",
            "2026-11-23T08:50:00Z",
            "1795392000000",
            "2026-11-23T08:50:00.123Z",
        ] {
            assert_eq!(date(text), Some(day), "{text}");
        }
        assert_eq!(date("soon"), None);
        assert_eq!(instant("2026-11-23"), instant("2026-11-23T00:00:00Z"));
    }
}
