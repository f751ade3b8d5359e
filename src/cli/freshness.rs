//! How old the cached data is, and whether the last sync failed: told beside every answer.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::app::sync_line::SyncLine;
use crate::domain::words;
use crate::runtime::watch;
use crate::store::Cache;
use crate::sync::SyncStatus;
use crate::sync::status::DOCUMENT;

use super::CliError;
use super::shape::Shape;

/// Why there is no time of the last sync.
const NEVER: &str = "no sync has come to its end yet";

/// How old the cached data is.
#[derive(Debug, Clone)]
pub struct Freshness(SyncStatus, SyncLine);

impl Freshness {
    /// What the last sync has left in the cache.
    pub fn of(cache: &Cache) -> Result<Self, CliError> {
        let document = cache.document(DOCUMENT)?;
        Ok(Self(
            SyncStatus::parse(document.as_deref()),
            watch::line_of(cache)?,
        ))
    }

    /// For people: `data from 08:41, 9 min old; last sync failed: cannot reach the CRM`.
    pub fn words(&self, now: Timestamp, zone: &TimeZone) -> String {
        let read = match self.0.last_success {
            None => NEVER.to_owned(),
            Some(then) => {
                let (then_there, now_there) = (then.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
                let day = if then_there.date() == now_there.date() {
                    String::new()
                } else {
                    format!("{} ", words::calendar_day(now_there.date(), then_there.date()))
                };
                let age = match words::age(now, then).as_str() {
                    "now" => "just now".to_owned(),
                    age => format!("{age} old"),
                };
                format!("data from {day}{}, {age}", then_there.strftime("%H:%M"))
            }
        };
        if let Some(since) = self.1.stalled(now) {
            return format!("{read}; sync stalled {}", words::age(now, since));
        }
        match (&self.0.failed, &self.1.under_way) {
            (Some(failed), _) => format!("{read}; last sync failed: {}", failed.what),
            (None, Some(under_way)) => format!("{read}; a sync is under way: {}", under_way.what),
            // A process that is gone has left it behind.
            (None, None) if self.0.under_way.is_some() => format!("{read}; the last sync was cut off"),
            (None, None) => read,
        }
    }

    /// For a status line: nothing while the data is fresh, its age when the last sync failed, that one stands still.
    pub fn when_failed(&self, now: Timestamp) -> Option<String> {
        if self.1.stalled(now).is_some() {
            return Some("sync stalled".to_owned());
        }
        let then = self.0.failed.as_ref().and(self.0.last_success)?;
        Some(format!("{} old", words::age(now, then))).filter(|age| age != "now old")
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let failed = self.0.failed.as_ref();
        Shape::default()
            .maybe("read_at", self.0.last_success, NEVER)
            .maybe(
                "failed",
                failed.map(|failed| json!({ "at": failed.at, "what": failed.what, "hint": failed.hint })),
                "the last sync came to its end, or there was none",
            )
            .maybe(
                "sync_moved_at",
                self.1.under_way.as_ref().and_then(|progress| progress.moved),
                "no sync is under way",
            )
            .done()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::status::Failed;

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn freshness(read: Option<&str>, failed: bool) -> Freshness {
        let status = SyncStatus {
            last_success: read.map(at),
            failed: failed.then(|| Failed {
                at: at("2026-11-23T08:45:00Z"),
                what: "cannot reach the CRM".to_owned(),
                hint: String::new(),
                offline: false,
            }),
            ..SyncStatus::default()
        };
        Freshness(status, SyncLine::default())
    }

    fn check(read: Option<&str>, failed: bool, expected: &str) {
        let words = freshness(read, failed).words(at("2026-11-23T08:50:00Z"), &TimeZone::UTC);
        assert_eq!(words, expected);
    }

    #[test]
    fn the_age_of_the_data_and_a_failure_are_told() {
        check(Some("2026-11-23T08:41:00Z"), false, "data from 08:41, 9 min old");
        check(Some("2026-11-23T08:49:50Z"), false, "data from 08:49, just now");
        check(
            Some("2026-11-20T08:41:00Z"),
            true,
            "data from 20 Nov 08:41, 3 d old; last sync failed: cannot reach the CRM",
        );
        check(None, false, "no sync has come to its end yet");
    }

    #[test]
    fn programs_get_times_and_reasons_never_ages() {
        let json = freshness(None, false).json();
        assert_eq!(json["read_at_reason"], NEVER);
        assert!(json["failed"].is_null() && json["failed_reason"].is_string());
        assert_eq!(
            freshness(None, true).json()["failed"]["what"],
            "cannot reach the CRM"
        );
    }
}
