//! What fields and values are called, and when things happen, as people read them of the outbox.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::cli::context::Workplace;
use crate::domain::acts::title::NOTHING;
use crate::domain::outbox::{Conflict, Entry, Field, OutboxView};
use crate::runtime::outbox_view;
use crate::store::Ledger;
use crate::sync::status::{DOCUMENT, SyncStatus};

/// What fields are called, and the zone in which times are told.
pub struct Names {
    pub(super) view: OutboxView,
    pub(super) zone: TimeZone,
    /// How long retain itself looks for what was not answered.
    pub(super) settle: SignedDuration,
    /// Until when the CRM asked to be left alone (UTC), if it did.
    pub(super) not_before: Option<Timestamp>,
    /// When it is asked for (UTC).
    pub(super) now: Timestamp,
}

impl Names {
    /// As the last sync found them, and how things stand now; before the first one a field goes by its name in the CRM.
    pub fn of(workplace: &Workplace, now: Timestamp) -> Self {
        let mapping = &workplace.setup.mapping;
        let ledger = Ledger::open_read_only(&workplace.paths.ledger_db).ok();
        let cache = workplace.cache().ok();
        let view = ledger.and_then(|ledger| outbox_view::of(&ledger, cache.as_ref(), mapping).ok());
        let status = cache.and_then(|cache| cache.document(DOCUMENT).ok().flatten());
        Self {
            not_before: SyncStatus::parse(status.as_deref()).held_until(now),
            now,
            view: view.unwrap_or_default(),
            zone: workplace.setup.settings.zone(),
            settle: workplace.setup.settings.outbox.settle.duration(),
        }
    }

    pub(super) fn time(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%F %H:%M").to_string()
    }

    /// That the CRM asked to be left alone, where an entry waits for nothing else.
    pub(super) fn limited_until(&self, entry: &Entry) -> Option<String> {
        let until = self.not_before?;
        let waits = entry.leaves_at().is_some_and(|at| at <= until);
        waits.then(|| {
            format!(
                "waits for the CRM's limit until {}, then leaves by itself",
                self.time(until)
            )
        })
    }

    /// When an entry is tried again, as ` at 2026-11-23 08:51`; nothing where that may be now.
    pub(super) fn again(&self, entry: &Entry) -> String {
        let at = entry.retry_at.filter(|at| *at > self.now);
        at.map_or_else(String::new, |at| format!(" at {}", self.time(at)))
    }

    /// A value of a field as people read it.
    pub(super) fn value(&self, field: &Field, value: Option<&str>) -> String {
        let value = self.view.value(field, value).unwrap_or(NOTHING);
        let instant = value.parse().ok();
        instant.map_or_else(|| value.to_owned(), |at| self.time(at))
    }

    /// What stands against what in the fields that somebody else changed too, a line for each.
    pub fn sides(&self, entry: &Entry) -> String {
        let line = |one: &Conflict| {
            let value = |value: &Option<String>| self.value(&one.field, value.as_deref());
            let set = one.set(|at| self.time(at));
            let set = set.map_or_else(String::new, |set| format!(" (set {set})"));
            format!(
                "{}: you saw {}, you want {}, the CRM has {}{set}",
                self.view.label(&one.field),
                value(&one.base),
                value(&one.mine),
                value(&one.theirs)
            )
        };
        let lines: Vec<String> = entry.conflicts.iter().map(line).collect();
        lines.join("\n")
    }

    /// The fields that somebody else changed too, each with when and by whom, where the CRM tells.
    pub(super) fn changed_too(&self, entry: &Entry) -> String {
        let told = entry.conflicts.iter().map(|one| {
            let label = self.view.label(&one.field);
            match one.set(|at| self.time(at)) {
                Some(set) => format!("{label} ({set})"),
                None => label,
            }
        });
        told.collect::<Vec<_>>().join(", ")
    }
}
