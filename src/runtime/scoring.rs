//! When to score anew while a sync brings accounts in.
//!
//! After the first page at once, so that the list can be used; then in batches that quadruple, because
//! each one makes the whole desk anew; everything when the day, the configuration or an unfinished
//! batch asks for it.

use std::fmt::Write;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::config::Setup;
use crate::config::keys::Keys;
use crate::config::settings::{Outbox, Profile, TeamFacts};
use crate::domain::desk::Desk;
use crate::domain::record::RecordId;
use crate::domain::signal::Signals;
use crate::engine::{self, EngineError, What};
use crate::store::documents::SCORED;
use crate::store::{Cache, Ledger, StoreError};
use crate::sync::Stores;

/// Accounts of the first batch.
const FIRST_BATCH: usize = 500;
/// By so much each batch is larger than the one before. At the end of a first sync all are scored in any case, with
/// everything that hangs on them: until then it is enough that the list keeps growing.
const GROWTH: usize = 4;

/// The form of what scoring keeps in the cache beside the lines. It rises with each change of one of those documents: what
/// another build kept is scored anew, and not read as if there were none.
const FORM: u32 = 5;

/// What [`SCORED`] says when something is not scored that is to be.
const UNSCORED: &str = "null";

/// What a sync has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// Everything there is.
    Everything,
    /// Records that are new, changed or gone.
    Something,
    /// Nothing that was not in the cache as it is.
    Nothing,
}

/// Scores what a sync brings.
pub struct Scoring<'a> {
    setup: &'a Setup,
    now: Timestamp,
    /// What [`SCORED`] says when all is scored.
    fingerprint: String,
    /// Whether everything was scored, for this day and configuration but for its signals, before this sync.
    was_scored: bool,
    /// Whether the signals were others then.
    other_signals: bool,
    waiting: Vec<RecordId>,
    batch: usize,
    outcome: Result<(), EngineError>,
}

impl<'a> Scoring<'a> {
    /// Nothing has come yet.
    pub fn new(setup: &'a Setup, stores: &Stores, now: Timestamp) -> Result<Self, StoreError> {
        let fingerprint = fingerprint(setup, now);
        let before = stores.cache.document(SCORED)?.unwrap_or_default();
        Ok(Self {
            was_scored: but_for_signals(&before) == but_for_signals(&fingerprint),
            other_signals: before != fingerprint,
            fingerprint,
            setup,
            now,
            waiting: Vec::new(),
            batch: 0,
            outcome: Ok(()),
        })
    }

    /// These accounts changed in the cache.
    pub fn changed(&mut self, stores: &mut Stores, accounts: &[RecordId]) {
        if self.outcome.is_err() {
            return;
        }
        self.waiting.extend_from_slice(accounts);
        if self.waiting.len() > self.batch {
            self.outcome = self.score_batch(stores);
        }
    }

    /// The sync has ended, in whatever way. Scoring all accounts takes a while: `between` is called between two steps of
    /// it, under the rules of [`engine::refresh_between`].
    pub fn finish(
        mut self,
        stores: &mut Stores,
        read: Read,
        between: &mut dyn FnMut(),
    ) -> Result<(), EngineError> {
        std::mem::replace(&mut self.outcome, Ok(()))?;
        let (setup, now) = (self.setup, self.now);
        // Hours go on where nothing changes: what is to be answered within a day must not wait for the day's turn.
        self.waiting.extend(engine::turned(&stores.cache, now)?);
        // Another thread or program may have failed to score something since.
        let is_scored = self.batch > 0 || stores.cache.document(SCORED)?.as_deref() != Some(UNSCORED);
        if read == Read::Everything || !self.was_scored || !is_scored {
            let (cache, ledger) = (&mut stores.cache, &mut stores.ledger);
            engine::refresh_between(cache, ledger, setup, What::All, now, between)?;
        } else if self.other_signals {
            let (cache, ledger) = (&mut stores.cache, &mut stores.ledger);
            engine::update(cache, ledger, setup, What::Accounts(&self.waiting), now)?;
            engine::refresh_between(cache, ledger, setup, What::Warnings, now, between)?;
        } else if !self.waiting.is_empty() || self.batch > 0 {
            let (cache, ledger) = (&mut stores.cache, &mut stores.ledger);
            engine::refresh(cache, ledger, setup, What::Accounts(&self.waiting), now)?;
        } else if read == Read::Something {
            // A task without a company concerns no account, and my desk all the same.
            engine::keep_desk(&mut stores.cache, &stores.ledger, setup, now)?;
        }
        stores.cache.put_document(SCORED, &self.fingerprint)?;
        Ok(())
    }

    fn score_batch(&mut self, stores: &mut Stores) -> Result<(), EngineError> {
        if self.batch == 0 {
            // Killed from here on, the next sync scores everything.
            stores.cache.put_document(SCORED, UNSCORED)?;
        }
        self.batch = (self.batch * GROWTH).max(FIRST_BATCH);
        let what = What::Accounts(&self.waiting);
        engine::update(&mut stores.cache, &mut stores.ledger, self.setup, what, self.now)?;
        // The day's budget is for all that is new, which is not known before the end.
        engine::keep_desk(&mut stores.cache, &stores.ledger, self.setup, self.now)?;
        self.waiting.clear();
        Ok(())
    }
}

/// Tells a desk that was made on another day in the words of this one. Of a ledger that cannot be read another says so:
/// then the words stay.
pub fn retell(
    cache: &Cache,
    ledger: &Path,
    setup: &Setup,
    now: Timestamp,
    desk: &mut Desk,
) -> Result<(), EngineError> {
    if scored_on(cache)? == Some(setup.settings.day_of(now)) {
        return Ok(());
    }
    let Ok(ledger) = Ledger::open_read_only(ledger) else {
        return Ok(());
    };
    engine::retell(cache, &ledger, setup, now, desk)
}

/// Scores these accounts anew, on which something was committed. Where that fails, the next sync scores everything: nothing
/// else would come back to them before the day's turn.
pub fn anew(
    setup: &Setup,
    stores: &mut Stores,
    accounts: &[RecordId],
    now: Timestamp,
) -> Result<(), EngineError> {
    let (cache, ledger) = (&mut stores.cache, &mut stores.ledger);
    let scored = engine::refresh(cache, ledger, setup, What::Accounts(accounts), now);
    if scored.is_err() {
        stores.cache.put_document(SCORED, UNSCORED)?;
    }
    scored
}

/// The day for which all accounts are scored; `None` while that is not so for any day.
pub fn scored_on(cache: &Cache) -> Result<Option<Date>, StoreError> {
    Ok(cache.document(SCORED)?.as_deref().and_then(day_of))
}

/// Whether all accounts are scored, but by another configuration than the one in force: the lists are the former model's.
pub fn is_by_former(cache: &Cache, setup: &Setup, now: Timestamp) -> Result<bool, StoreError> {
    let kept = cache.document(SCORED)?.unwrap_or_default();
    let by = |fingerprint: &str| fingerprint.split_once(' ').map(|(_, by)| by.to_owned());
    Ok(day_of(&kept).is_some() && by(&kept) != by(&fingerprint(setup, now)))
}

/// Whether all accounts are scored, but by another configuration or for a day before: no sync is needed to score them anew.
/// What a sync has left unfinished is for the next one.
pub fn is_behind(cache: &Cache, setup: &Setup, now: Timestamp) -> Result<bool, StoreError> {
    let today = setup.settings.day_of(now);
    Ok(match scored_on(cache)? {
        Some(day) if day == today => is_by_former(cache, setup, now)?,
        Some(day) => day < today,
        None => false,
    })
}

/// Scores by the configuration in force, for today, what [`is_behind`].
pub fn catch_up(setup: &Setup, stores: &mut Stores, now: Timestamp) -> Result<(), EngineError> {
    let scoring = Scoring::new(setup, stores, now)?;
    scoring.finish(stores, Read::Nothing, &mut || ())
}

/// The day that a fingerprint is for.
fn day_of(fingerprint: &str) -> Option<Date> {
    let (day, _) = fingerprint.trim_start_matches('"').split_once(' ')?;
    day.parse().ok()
}

/// The day and the configuration that scores follow from, and then the signals, as JSON. How the CRM is reached, which
/// keys do what and whether anything may be written change no score.
fn fingerprint(setup: &Setup, now: Timestamp) -> String {
    fingerprint_in(FORM, setup, now)
}

/// The same where scoring keeps its documents in this form.
fn fingerprint_in(form: u32, setup: &Setup, now: Timestamp) -> String {
    let mut judging = Setup {
        read_only: false,
        redacted: false,
        keys: Keys::default(),
        signals: Signals::default(),
        signals_faulty: false,
        ..setup.clone()
    };
    judging.settings.team = TeamFacts::default();
    judging.settings.outbox = Outbox::default();
    for profile in judging.settings.profiles.values_mut() {
        *profile = Profile {
            scope: profile.scope,
            owner: profile.owner.take(),
            ..Profile::default()
        };
    }
    let signals = format!("{:?} {}", setup.signals, setup.signals_faulty);
    let judging = format!("{form} {judging:?}");
    format!(
        "\"{} {} {}\"",
        setup.settings.day_of(now),
        hash(&judging),
        hash(&signals)
    )
}

fn hash(text: &str) -> String {
    let hash = Sha256::digest(text);
    hash.iter().take(8).fold(String::new(), |mut text, byte| {
        // Writing to memory cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What a fingerprint says of everything but the signals.
fn but_for_signals(fingerprint: &str) -> Option<&str> {
    Some(fingerprint.rsplit_once(' ')?.0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::config::{Dirs, load};
    use crate::domain::record::{Core, Kind, Owner, Record};
    use crate::store::CachePage;

    /// A cache and a ledger of their own.
    fn stores(home: &Path) -> Stores {
        Stores {
            cache: Cache::open(&home.join("cache.db")).unwrap().0,
            ledger: Ledger::open(&home.join("ledger.db"), "dana").unwrap().0,
        }
    }

    /// The configuration that ships.
    fn shipped() -> Setup {
        let dirs = Dirs {
            team: None,
            user: None,
        };
        load(&dirs, &[], None).setup
    }

    #[test]
    fn other_signals_make_warnings_anew_and_leave_the_lines() {
        let home = tempfile::tempdir().unwrap();
        let mut stores = stores(home.path());
        let mut setup = shipped();
        let now: Timestamp = "2026-11-23T08:50:00Z".parse().unwrap();
        let status = format!("{{\"last_success\":\"{now}\"}}");
        stores.cache.put_document("sync-status", &status).unwrap();
        let account = Record {
            kind: Kind::Account,
            id: "1".into(),
            created: now,
            changed: now,
            archived: false,
            core: BTreeMap::new(),
            mapped: [("lifecyclestage".to_owned(), "customer".to_owned())].into(),
        };
        let page = CachePage {
            records: &[account],
            ..CachePage::default()
        };
        stores.cache.commit_page(&page).unwrap();
        let scored = |stores: &mut Stores, setup: &Setup, read| {
            let scoring = Scoring::new(setup, stores, now).unwrap();
            scoring.finish(stores, read, &mut || ()).unwrap();
            let warnings = stores.cache.warnings().unwrap().into_iter();
            warnings.map(|warning| warning.signal).collect::<Vec<_>>()
        };
        let all = ["renewal-date-missing", "owner-missing"];
        assert_eq!(scored(&mut stores, &setup, Read::Everything), all);
        setup
            .signals
            .signals
            .retain(|signal| signal.id != "owner-missing");
        assert_eq!(scored(&mut stores, &setup, Read::Nothing), all[..1]);
    }

    #[test]
    fn what_another_configuration_scored_is_scored_anew_without_a_sync() {
        let home = tempfile::tempdir().unwrap();
        let mut stores = stores(home.path());
        let mut setup = shipped();
        let now: Timestamp = "2026-11-23T08:50:00Z".parse().unwrap();
        let days = |days: i64| now + jiff::SignedDuration::from_hours(24 * days);
        let told = |stores: &Stores, setup: &Setup, now| {
            let cache = &stores.cache;
            (
                is_by_former(cache, setup, now).unwrap(),
                is_behind(cache, setup, now).unwrap(),
            )
        };
        assert_eq!(
            told(&stores, &setup, now),
            (false, false),
            "nothing is scored yet"
        );
        catch_up(&setup, &mut stores, now).unwrap();
        assert_eq!(told(&stores, &setup, now), (false, false));
        assert_eq!(told(&stores, &setup, days(1)), (false, true), "another day");
        setup.health.measures[0].weight += 1;
        assert_eq!(told(&stores, &setup, now), (true, true));
        assert_eq!(told(&stores, &setup, days(-1)), (true, false), "no day twice");
        catch_up(&setup, &mut stores, days(1)).unwrap();
        assert_eq!(told(&stores, &setup, days(1)), (false, false));
        stores.cache.put_document(SCORED, UNSCORED).unwrap();
        setup.health.measures[0].weight += 1;
        assert_eq!(
            told(&stores, &setup, now),
            (false, false),
            "a sync is to finish it"
        );
    }

    #[test]
    fn what_a_build_with_other_documents_scored_is_scored_anew() {
        let home = tempfile::tempdir().unwrap();
        let mut stores = stores(home.path());
        let setup = shipped();
        let now: Timestamp = "2026-11-23T08:50:00Z".parse().unwrap();
        catch_up(&setup, &mut stores, now).unwrap();
        let former = fingerprint_in(FORM - 1, &setup, now);
        stores.cache.put_document(SCORED, &former).unwrap();
        assert!(is_behind(&stores.cache, &setup, now).unwrap());
        assert!(!Scoring::new(&setup, &stores, now).unwrap().was_scored);
        catch_up(&setup, &mut stores, now).unwrap();
        assert!(!is_behind(&stores.cache, &setup, now).unwrap());
    }

    #[test]
    fn what_could_not_be_scored_is_scored_by_the_next_sync() {
        let home = tempfile::tempdir().unwrap();
        let mut stores = stores(home.path());
        let setup = shipped();
        let now: Timestamp = "2026-11-23T08:50:00Z".parse().unwrap();
        let was_scored = |stores: &Stores| Scoring::new(&setup, stores, now).unwrap().was_scored;
        let scoring = Scoring::new(&setup, &stores, now).unwrap();
        scoring.finish(&mut stores, Read::Everything, &mut || ()).unwrap();
        assert!(was_scored(&stores));
        // The lock cannot be had.
        let lock = home.path().join("ledger.db.scoring");
        std::fs::remove_file(&lock).unwrap();
        std::fs::create_dir(&lock).unwrap();
        anew(&setup, &mut stores, &["1".into()], now).unwrap_err();
        assert!(!was_scored(&stores));
    }

    #[test]
    fn another_way_to_the_crm_scores_nothing_anew_and_other_weights_do() {
        let setup = shipped();
        let now: Timestamp = "2026-11-23T08:50:00Z".parse().unwrap();
        let with = |change: &dyn Fn(&mut Setup)| {
            let mut setup = setup.clone();
            setup
                .settings
                .profiles
                .insert("north".to_owned(), Profile::default());
            change(&mut setup);
            fingerprint(&setup, now)
        };
        let before = with(&|_| ());
        let profile =
            |change: fn(&mut Profile)| with(&|setup| setup.settings.profiles.values_mut().for_each(change));
        assert_eq!(
            profile(|north| north.base_url = Some("https://b.example".to_owned())),
            before
        );
        assert_eq!(profile(|north| north.read_only = false), before);
        assert_eq!(with(&|setup| setup.read_only = true), before);
        assert_eq!(with(&|setup| setup.redacted = true), before);
        assert_eq!(with(&|setup| setup.settings.outbox.grace.seconds += 1), before);
        assert_ne!(
            profile(|north| north.owner = Some("dana@a.example".to_owned())),
            before
        );
        assert_ne!(with(&|setup| setup.health.measures[0].weight += 1), before);
    }

    #[test]
    fn a_task_without_a_company_comes_onto_the_desk_all_the_same() {
        let home = tempfile::tempdir().unwrap();
        let mut stores = stores(home.path());
        let mut setup = shipped();
        setup.settings.me.owner = Some("o1".to_owned());
        let now: Timestamp = "2026-11-23T08:50:00Z".parse().unwrap();
        let dana = Owner {
            user: None,
            id: "o1".into(),
            email: "dana@alder.example".to_owned(),
            name: "Dana Reyes".to_owned(),
            active: true,
            queue: false,
            teams: Vec::new(),
        };
        let owners = serde_json::to_string(&[dana]).unwrap();
        stores.cache.put_document("owners", &owners).unwrap();
        let scored = |stores: &mut Stores, read| {
            let scoring = Scoring::new(&setup, stores, now).unwrap();
            scoring.finish(stores, read, &mut || ()).unwrap();
            stores.cache.desk().unwrap().map_or(0, |desk| desk.due.len())
        };
        assert_eq!(scored(&mut stores, Read::Everything), 0);
        let core = [
            (Core::Owner, "o1"),
            (Core::Subject, "Write the plan"),
            (Core::Done, "false"),
        ];
        let task = Record {
            kind: Kind::Task,
            id: "t".into(),
            created: now,
            changed: now,
            archived: false,
            core: core.map(|(field, value)| (field, value.to_owned())).into(),
            mapped: BTreeMap::new(),
        };
        let page = CachePage {
            records: std::slice::from_ref(&task),
            ..CachePage::default()
        };
        stores.cache.commit_page(&page).unwrap();
        assert_eq!(scored(&mut stores, Read::Nothing), 0);
        assert_eq!(scored(&mut stores, Read::Something), 1);
    }
}
