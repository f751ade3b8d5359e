//! How old the cached data is, and whether the last sync failed: told beside every answer.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::app::sync_line::{SyncLine, WAITING};
use crate::config::Setup;
use crate::config::paths::ProfilePaths;
use crate::domain::desk::NOT_YET;
use crate::domain::record::Kind;
use crate::domain::words;
use crate::runtime::{scoring, watch};
use crate::store::Cache;
use crate::store::lock::SyncLock;
use crate::sync::SyncStatus;
use crate::sync::status::DOCUMENT;

use super::CliError;
use super::context::Workplace;
use super::shape::Shape;

/// Why an answer about a day that is over says nothing of the sync: it is the same whenever it is asked.
const OVER: &str =
    "told of a day that is over, whenever the CRM was read: `retain status --json` says when that was";

/// Why nothing is said of what lists are scored for, and by.
const UNSCORED: &str = "not all accounts are scored yet";

/// Without a program that syncs by itself a sync is taken to be due this often.
const ALONE: SignedDuration = SignedDuration::from_mins(20);

/// How old the cached data is.
#[derive(Debug, Clone)]
pub struct Freshness {
    /// What was kept.
    status: SyncStatus,
    /// How it stands.
    line: SyncLine,
    /// The instant that this was asked at.
    now: Timestamp,
    /// How many accounts a first sync has read that did not come to its end.
    so_far: u64,
    /// The day for which all accounts are scored.
    scored: Option<Date>,
    /// Whether another configuration than the one in force has scored them.
    former: bool,
}

impl Freshness {
    /// What the last sync has left in the cache, and who keeps the next one from coming.
    pub fn of(cache: &Cache, workplace: &Workplace, now: Timestamp) -> Result<Self, CliError> {
        Self::read(cache, &workplace.setup, &workplace.paths, now)
    }

    /// The same, by its parts.
    pub fn read(
        cache: &Cache,
        setup: &Setup,
        paths: &ProfilePaths,
        now: Timestamp,
    ) -> Result<Self, CliError> {
        let document = cache.document(DOCUMENT)?;
        let every = setup.settings.sync.interval();
        let mut line = watch::line_of(cache, Some(every))?;
        let holder = SyncLock::holder(&paths.lock).ok().flatten();
        // Where nobody keeps them coming, as between two calls from cron, they are late after hours and not minutes.
        if holder.is_none() {
            line.every = Some(every.max(ALONE));
        }
        line.kept_by = holder.map(|holder| holder.in_short());
        let status = SyncStatus::parse(document.as_deref());
        let so_far = match status.last_success {
            None => cache.count(Kind::Account)?,
            Some(_) => 0,
        };
        Ok(Self {
            status,
            line,
            now,
            so_far,
            scored: scoring::scored_on(cache)?,
            former: scoring::is_by_former(cache, setup, now)?,
        })
    }

    /// [`Self::words`] under a list of accounts, whose scores are those of the day on which all were last scored, and of the
    /// model of then; one that is shown alone is scored for today, by the model in force.
    pub fn words_of_lists(&self, now: Timestamp, zone: &TimeZone) -> String {
        let (read, today) = (self.words(now, zone), now.to_zoned(zone.clone()).date());
        if self.former {
            return format!(
                "{read}; scored by the former model, `retain sync` or the next start of the cockpit scores anew"
            );
        }
        match self.scored.filter(|scored| *scored < today) {
            Some(scored) => format!(
                "{read}; scored for {}, `retain sync` scores for today",
                words::calendar_day(today, scored)
            ),
            None => read,
        }
    }

    /// For people: `data from 08:41, 9 min old; last sync failed: cannot reach the CRM`.
    pub fn words(&self, now: Timestamp, zone: &TimeZone) -> String {
        let read = match self.status.last_success {
            None if self.so_far > 0 => {
                let accounts = words::counted(self.so_far, "account", "accounts");
                format!("first sync not finished, {accounts} so far")
            }
            None => NOT_YET.to_owned(),
            Some(then) => {
                let (then_there, now_there) = (then.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
                let day = if then_there.date() == now_there.date() {
                    String::new()
                } else {
                    format!("{} ", words::calendar_day(now_there.date(), then_there.date()))
                };
                let age = match words::age(now, then, zone).as_str() {
                    "now" if words::is_ahead(now, then) => "later than the clock says now".to_owned(),
                    "now" => "just now".to_owned(),
                    age => format!("{age} old"),
                };
                format!("data from {day}{}, {age}", then_there.strftime("%H:%M"))
            }
        };
        if let Some(since) = self.line.stalled(now) {
            let stood = words::age(now, since, zone);
            let why = if self.line.is_limited() {
                format!(", {WAITING}")
            } else {
                String::new()
            };
            return format!("{read}; sync stalled {stood}{why}");
        }
        match (&self.status.failed, &self.line.under_way) {
            (Some(failed), _) => format!("{read}; last sync failed: {}", failed.what),
            (None, Some(under_way)) if under_way.limited => format!("{read}; {WAITING}"),
            (None, Some(under_way)) => format!("{read}; a sync is under way: {}", under_way.what),
            (None, None) if self.line.overdue(now).is_some() => {
                format!("{read}; sync stalled: {}", self.why_overdue())
            }
            // A process that is gone has left it behind.
            (None, None) if self.status.under_way.is_some() => format!("{read}; the last sync was cut off"),
            (None, None) => read,
        }
    }

    /// Why no sync came to its end, as far as that is known.
    fn why_overdue(&self) -> String {
        if let Some(holder) = &self.line.kept_by {
            return holder.clone();
        }
        if self.status.under_way.is_some() {
            return "the last one was cut off".to_owned();
        }
        "no process syncs".to_owned()
    }

    /// Why the sync has stalled: the one that is under way, or that none came.
    pub fn why_stalled(&self, now: Timestamp) -> String {
        match &self.line.under_way {
            Some(progress) if progress.limited => WAITING.to_owned(),
            Some(progress) if self.line.stalled(now).is_some() => {
                format!("the CRM does not answer for {}", progress.what)
            }
            _ => self.why_overdue(),
        }
    }

    /// Whether the one that is under way stands still.
    pub fn stands_still(&self, now: Timestamp) -> bool {
        self.line.stalled(now).is_some()
    }

    /// Whether another process keeps one from beginning.
    pub fn is_kept(&self) -> bool {
        self.line.kept_by.is_some()
    }

    /// Since when the sync has stalled: one that is under way, or that none came.
    pub fn stalled(&self, now: Timestamp) -> Option<Timestamp> {
        self.line.stalled(now).or_else(|| self.line.overdue(now))
    }

    /// For a status line: nothing while the data is fresh, its age when the last sync failed, that one stands still.
    pub fn when_failed(&self, now: Timestamp, zone: &TimeZone) -> Option<String> {
        if self.line.stalled(now).is_some() {
            return Some("sync stalled".to_owned());
        }
        if self.line.is_limited() {
            return Some("waiting for the CRM".to_owned());
        }
        if self.status.failed.is_none()
            && let Some(since) = self.line.overdue(now)
        {
            return Some(format!("sync stalled {}", words::age(now, since, zone)));
        }
        let then = self.status.failed.as_ref().and(self.status.last_success)?;
        Some(format!("{} old", words::age(now, then, zone))).filter(|age| age != "now old")
    }

    /// Whether a sync has ever come to its end.
    pub fn has_synced(&self) -> bool {
        self.status.last_success.is_some()
    }

    /// For programs, beside an answer of the present or of a day that is over.
    pub fn json_of(&self, is_over: bool) -> Value {
        if !is_over {
            return self.json();
        }
        let fields = [
            "read_at",
            "failed",
            "sync_moved_at",
            "stalled_since",
            "lists_scored_on",
            "lists_scored_by",
        ];
        let shape = fields.into_iter().fold(Shape::default(), |shape, field| {
            shape.maybe(field, None::<Timestamp>, OVER)
        });
        shape.done()
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let failed = self.status.failed.as_ref();
        let by = if self.former {
            "former model"
        } else {
            "model in force"
        };
        Shape::default()
            .maybe("read_at", self.status.last_success, NOT_YET)
            .maybe(
                "failed",
                failed.map(|failed| json!({ "at": failed.at, "what": failed.what, "hint": failed.hint })),
                "the last sync came to its end, or there was none",
            )
            .maybe(
                "sync_moved_at",
                self.line.under_way.as_ref().and_then(|progress| progress.moved),
                "no sync is under way",
            )
            .maybe(
                "stalled_since",
                self.stalled(self.now),
                "a sync came to its end in time, or comes further",
            )
            .maybe("lists_scored_on", self.scored, UNSCORED)
            .maybe("lists_scored_by", self.scored.map(|_| by), UNSCORED)
            .done()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;
    use jiff::civil::date;

    use crate::app::sync_line::Progress;
    use crate::sync::status::{Cause, Failed};

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
                cause: Cause::Other,
            }),
            ..SyncStatus::default()
        };
        Freshness {
            status,
            line: SyncLine::default(),
            now: at("2026-11-23T08:50:00Z"),
            so_far: 0,
            scored: None,
            former: false,
        }
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
            Some("2026-11-23T08:59:00Z"),
            false,
            "data from 08:59, later than the clock says now",
        );
        check(
            Some("2026-11-20T08:41:00Z"),
            true,
            "data from 20 Nov 08:41, 3 d old; last sync failed: cannot reach the CRM",
        );
        check(None, false, "no sync has come to its end yet");
        let mut cut_off = freshness(None, false);
        cut_off.so_far = 100;
        assert_eq!(
            cut_off.words(cut_off.now, &TimeZone::UTC),
            "first sync not finished, 100 accounts so far"
        );
    }

    #[test]
    fn a_sync_that_the_crm_makes_wait_is_told_as_waiting_and_then_as_stalled() {
        let mut fresh = freshness(Some("2026-11-23T08:41:00Z"), false);
        fresh.line.under_way = Some(Progress {
            what: "connection".to_owned(),
            done: 0,
            total: None,
            moved: Some(at("2026-11-23T08:48:00Z")),
            limited: true,
        });
        let words = |now: &str| fresh.words(at(now), &TimeZone::UTC);
        assert_eq!(
            words("2026-11-23T08:48:59Z"),
            "data from 08:41, 7 min old; waiting for the CRM (rate limit)"
        );
        assert_eq!(
            words("2026-11-23T08:49:00Z"),
            "data from 08:41, 8 min old; sync stalled 1 min, waiting for the CRM (rate limit)"
        );
        assert_eq!(fresh.json()["stalled_since"], "2026-11-23T08:48:00Z");
        assert_eq!(fresh.why_stalled(fresh.now), "waiting for the CRM (rate limit)");
    }

    #[test]
    fn a_list_that_was_scored_for_another_day_says_so() {
        let mut fresh = freshness(Some("2026-11-20T08:41:00Z"), false);
        let words = |fresh: &Freshness| fresh.words_of_lists(at("2026-11-23T08:50:00Z"), &TimeZone::UTC);
        fresh.scored = Some(date(2026, 11, 23));
        assert_eq!(words(&fresh), "data from 20 Nov 08:41, 3 d old");
        fresh.scored = Some(date(2026, 11, 20));
        assert_eq!(
            words(&fresh),
            "data from 20 Nov 08:41, 3 d old; scored for 20 Nov, `retain sync` scores for today"
        );
        assert_eq!(fresh.json()["lists_scored_on"], "2026-11-20");
        assert_eq!(fresh.json()["lists_scored_by"], "model in force");
        fresh.former = true;
        assert!(words(&fresh).contains("; scored by the former model, `retain sync`"));
        assert_eq!(fresh.json()["lists_scored_by"], "former model");
    }

    #[test]
    fn a_sync_that_does_not_come_is_stalled_and_why() {
        let mut fresh = freshness(Some("2026-11-23T08:41:00Z"), false);
        fresh.line.last_success = fresh.status.last_success;
        fresh.line.every = Some(SignedDuration::from_mins(3));
        let words = |fresh: &Freshness, now: &str| fresh.words(at(now), &TimeZone::UTC);
        let (before, after) = ("2026-11-23T08:49:59Z", "2026-11-23T08:50:00Z");
        assert_eq!(words(&fresh, before), "data from 08:41, 8 min old");
        assert_eq!(fresh.when_failed(at(before), &TimeZone::UTC), None);
        assert_eq!(
            words(&fresh, after),
            "data from 08:41, 9 min old; sync stalled: no process syncs"
        );
        assert_eq!(
            fresh.when_failed(at(after), &TimeZone::UTC).as_deref(),
            Some("sync stalled 9 min")
        );
        assert_eq!(fresh.json()["stalled_since"], "2026-11-23T08:41:00Z");
        fresh.now = at(before);
        assert!(fresh.json()["stalled_since"].is_null());
        fresh.line.kept_by = Some("process 7 is stopped".to_owned());
        assert!(words(&fresh, after).ends_with("; sync stalled: process 7 is stopped"));
    }

    #[test]
    fn programs_get_times_and_reasons_never_ages() {
        let json = freshness(None, false).json();
        assert_eq!(json["read_at_reason"], NOT_YET);
        assert!(json["failed"].is_null() && json["failed_reason"].is_string());
        let over = freshness(Some("2026-11-23T08:41:00Z"), true).json_of(true);
        assert_eq!(
            over,
            freshness(None, false).json_of(true),
            "the same whenever it was read"
        );
        assert!(over["read_at"].is_null() && over["failed_reason"] == OVER);
        assert_eq!(
            freshness(None, true).json()["failed"]["what"],
            "cannot reach the CRM"
        );
    }
}
