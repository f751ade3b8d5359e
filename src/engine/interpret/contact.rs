//! A contact's record as a person with a role.

use crate::config::mapping::Mapping;
use crate::domain::record::{Core, Record};
use crate::domain::text::one_line;

use super::values;

/// Full name, or the e-mail address, or the id.
pub fn name(record: &Record) -> String {
    let parts = [record.core(Core::FirstName), record.core(Core::LastName)];
    let full = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    match full.trim() {
        "" => record.line(Core::Email).unwrap_or_else(|| record.id.to_string()),
        full => one_line(full),
    }
}

/// The roles in words, e.g. `decision maker, champion`.
pub fn role(record: &Record, mapping: &Mapping) -> Option<String> {
    let raw = record.mapped(mapping.contact.role.as_deref()?)?;
    let words: Vec<String> = raw
        .split(';')
        .map(|role| one_line(role.trim()).replace('_', " ").to_lowercase())
        .filter(|role| !role.is_empty())
        .collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// Whether the roles name a champion or a sponsor.
pub fn is_champion(role: &str) -> bool {
    role.contains("champion") || role.contains("sponsor")
}

/// Whether the mapped property says that the contact has left, or is to leave: a date, `true`, or any other text but a
/// no.
pub fn says_left(record: &Record, mapping: &Mapping) -> bool {
    let property = mapping.contact.left.as_deref();
    let value = property.and_then(|property| record.mapped(property));
    value.is_some_and(means_left)
}

/// Whether a value of the mapped property means that the contact has left, or is to leave.
pub fn means_left(value: &str) -> bool {
    !value.trim().is_empty() && values::truth(value) != Some(false)
}
