//! Tickets, touchpoints, survey answers and tasks.

use jiff::Timestamp;

use crate::config::mapping::Mapping;
use crate::domain::record::{Core, Kind, Record};

use super::values;

/// When a note, touchpoint or survey answer happened; when its record was made, if it does not say.
pub fn occurred(record: &Record) -> Timestamp {
    record
        .core(Core::Occurred)
        .and_then(values::instant)
        .unwrap_or(record.created)
}

/// When a ticket was closed; `None` while it is open.
pub fn closed(record: &Record) -> Option<Timestamp> {
    (record.core(Core::Closed) == Some("true")).then(|| {
        record
            .core(Core::ClosedAt)
            .and_then(values::instant)
            .unwrap_or(record.changed)
    })
}

/// Whether a ticket is a question of a customer, open or not.
pub fn is_question(record: &Record, mapping: &Mapping) -> bool {
    !record.archived && values::fit(record, &mapping.tickets.rule)
}

/// Whether an e-mail surely came from a customer.
pub fn is_inbound(record: &Record, mapping: &Mapping) -> bool {
    let rule = &mapping.emails.inbound;
    !record.archived && !rule.is_empty() && values::fit(record, rule)
}

/// Whether a touchpoint is one of ours: one that answers what a customer wrote before.
pub fn is_ours(record: &Record, mapping: &Mapping) -> bool {
    !record.archived && (record.kind != Kind::Email || !is_inbound(record, mapping))
}

/// Whether a ticket's priority is urgent or high.
pub fn is_urgent(record: &Record) -> bool {
    record
        .core(Core::Priority)
        .is_some_and(|priority| matches!(priority.to_ascii_lowercase().as_str(), "urgent" | "high"))
}

/// What a survey answer gave, when it asked for a recommendation (0 to 10).
pub fn nps(record: &Record) -> Option<f64> {
    let kind = record.core(Core::SurveyKind)?;
    if !kind.eq_ignore_ascii_case("nps") {
        return None;
    }
    values::number(record.core(Core::Score)?).filter(|score| (0.0..=10.0).contains(score))
}

/// Whether a task waits to be done.
pub fn is_open_task(record: &Record) -> bool {
    !record.archived && record.core(Core::Done) != Some("true")
}
