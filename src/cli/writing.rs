//! What a subcommand needs to write: the ledger, the permission, and who acts when.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

use crate::domain::account_view::AccountView;
use crate::domain::acts::{About, Occasion, Somebody};
use crate::domain::outbox::{Entry, EntryId, NewEntry, Step, Undone, Write, WritePermit};
use crate::domain::playbook::{Deed, Team};
use crate::domain::record::{Owner, RecordId};
use crate::domain::standup::StandupEvent;
use crate::domain::warning::WarningEvent;
use crate::engine::{self, EngineError, What};
use crate::runtime::{recovery, worker};
use crate::store::{Cache, Ledger, TooLate, documents};

use super::CliError;
use super::account;
use super::context::{Context, Workplace, nothing_yet, tell_notice};
use super::output::complain;
use super::team_journal;

/// What a subcommand writes with.
pub struct Writing {
    /// Settings and places.
    pub workplace: Workplace,
    /// Who acts, when and where.
    pub on: Occasion,
    /// Our people.
    pub owners: Vec<Owner>,
    cache: Cache,
    ledger: Ledger,
}

impl Writing {
    /// Ready to write; an error that says what speaks against it.
    pub fn begin(context: &Context) -> Result<Self, CliError> {
        let workplace = context.workplace_to_answer()?;
        allowed(&workplace)?;
        Self::on(workplace, context)
    }

    /// Ready to tell what would be written, also where nothing may be.
    pub fn only_told(context: &Context) -> Result<Self, CliError> {
        Self::on(context.workplace_to_answer()?, context)
    }

    fn on(workplace: Workplace, context: &Context) -> Result<Self, CliError> {
        let setup = &workplace.setup;
        let (cache, notice) = Cache::open(&workplace.paths.cache_db)?;
        notice.into_iter().for_each(tell_notice);
        let mine = setup.my_owner().unwrap_or_default();
        let (mut ledger, notice) = worker::open_ledger(setup, &workplace.paths)?;
        notice.into_iter().for_each(tell_notice);
        let owners = owners(&cache)?;
        if owners.is_empty() {
            return Err(nothing_yet());
        }
        let me = Owner::find(&owners, &mine).ok_or_else(|| {
            CliError::usage("the CRM knows no user with your address, so nothing can be written as you")
                .hint("set owner under [me] in retain.toml, then run `retain sync`")
        })?;
        let now = context.now();
        let grace = setup.settings.outbox.grace.duration();
        recovery::take_over(
            &mut ledger,
            &workplace.paths.state_dir,
            setup.write_permit().ok(),
            grace,
            now,
        )?
        .into_iter()
        .for_each(tell_notice);
        // No other run has the same word: the standard library's hasher is keyed by the system.
        let nonce = RandomState::new().build_hasher().finish();
        let on = Occasion {
            me: Somebody::of(me),
            now,
            zone: setup.settings.zone(),
            calendars: Arc::new(setup.calendars(&owners)),
            grace,
            act: format!("{:x}-{nonce:x}", now.as_millisecond()),
        };
        Ok(Self {
            workplace,
            on,
            owners,
            cache,
            ledger,
        })
    }

    /// The one account that a text means, with everything around it.
    pub fn account(&self, text: &str, context: &Context) -> Result<AccountView, CliError> {
        account::find(&self.workplace, &self.cache, text, context)
    }

    /// Who we are, as far as steps need to know.
    pub fn team(&self) -> Team<'_> {
        let settings = &self.workplace.setup.settings;
        Team {
            owners: &self.owners,
            role: self.workplace.setup.my_role(),
            roster: &self.workplace.setup.team,
            currency: settings.organisation.reporting_currency,
        }
    }

    /// Keeps what an act does, and makes anew what shows of its accounts.
    pub fn keep(&mut self, deed: &Deed) -> Result<Vec<Entry>, CliError> {
        let (now, permit) = (self.on.now, allowed(&self.workplace)?);
        let entries = engine::plays::commit(&mut self.ledger, permit, deed, &[], now)
            .map_err(|error| failed("nothing was saved", &error.into()))?
            .map_err(|first| {
                let told = CliError::failed(first.told(now, &self.on.zone));
                told.hint("nothing was written: look how it stands now, and decide anew")
            })?;
        let written = deed.entries.iter().filter_map(|entry| entry.account.clone());
        let noted = deed.events.iter().map(|event| event.account.clone());
        self.show(written.chain(noted).collect());
        team_journal::say(&self.workplace.setup, &self.ledger);
        Ok(entries)
    }

    /// Notes what a person says of warnings, and makes anew what shows of their accounts.
    pub fn warn(&mut self, acts: &[WarningEvent]) -> Result<(), CliError> {
        let noted = engine::note_warnings(&mut self.ledger, acts, self.on.now)?;
        noted.map_err(|why| CliError::failed(why.to_string()))?;
        self.show(acts.iter().map(|act| act.account.clone()).collect());
        team_journal::say(&self.workplace.setup, &self.ledger);
        Ok(())
    }

    /// Notes what happened in a standup and queues what it writes, with one commit.
    pub fn standup(&mut self, events: &[StandupEvent], entries: &[NewEntry]) -> Result<Vec<Entry>, CliError> {
        let permit = allowed(&self.workplace)?;
        let queued = engine::standup::note_with(&mut self.ledger, permit, (events, entries), self.on.now)
            .map_err(|error| failed("nothing was saved", &error))?;
        let changed: Vec<RecordId> = entries.iter().filter_map(|entry| entry.account.clone()).collect();
        if !changed.is_empty() {
            self.show(changed);
        }
        team_journal::say(&self.workplace.setup, &self.ledger);
        Ok(queued)
    }

    /// Notes whether a churn could have been avoided.
    pub fn judge_churn(&mut self, account: &RecordId, avoidable: bool, why: &str) -> Result<(), CliError> {
        engine::judge_churn(&mut self.ledger, account, (avoidable, why), self.on.now)
            .map_err(|error| failed("nothing was saved", &error))?;
        team_journal::say(&self.workplace.setup, &self.ledger);
        Ok(())
    }

    /// Makes anew what shows of accounts.
    fn show(&mut self, mut changed: Vec<RecordId>) {
        changed.sort();
        changed.dedup();
        self.refresh(&changed);
    }

    /// Takes a step of an entry, and makes anew what shows of its account. The inner error says that somebody was
    /// faster.
    pub fn take(&mut self, id: EntryId, step: &Step) -> Result<Result<Entry, TooLate>, CliError> {
        let taken = self.ledger.step(id, step, self.on.now)?;
        if let Ok(entry) = &taken {
            let account: Vec<RecordId> = entry.new.account.iter().cloned().collect();
            self.refresh(&account);
        }
        Ok(taken)
    }

    /// Takes back what waits where a change only turns it back, and makes anew what shows of its account.
    pub fn turn_back(&mut self, new: &Write) -> Result<Option<Entry>, CliError> {
        let taken = engine::turn_back(&self.cache, &mut self.ledger, new, self.on.now)?;
        if let Some(account) = taken.as_ref().and_then(|entry| entry.new.account.clone()) {
            self.refresh(&[account]);
        }
        Ok(taken)
    }

    /// Undoes all that was done in one go, of which some may have left, and makes anew what shows of its accounts.
    pub fn undo(&mut self, act: &str, back: &[NewEntry]) -> Result<Undone, CliError> {
        let permit = allowed(&self.workplace)?;
        let undone = engine::plays::undo(&mut self.ledger, permit, act, back, self.on.now)?;
        let changed = undone.ended.iter().chain(&undone.queued);
        self.show(changed.filter_map(|entry| entry.new.account.clone()).collect());
        Ok(undone)
    }

    fn refresh(&mut self, accounts: &[RecordId]) {
        let (setup, what) = (&self.workplace.setup, What::Accounts(accounts));
        if let Err(error) = engine::refresh(&mut self.cache, &mut self.ledger, setup, what, self.on.now) {
            // It is on disk: an error here would have it written a second time.
            complain(&format!(
                "warning: it is saved, and shows in lists only after the next sync: {error}"
            ));
        }
    }

    /// Closes both databases; settings and places are still of use.
    pub fn end(self) -> Workplace {
        self.workplace
    }

    /// The ledger, for reading.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The cache, for reading.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }
}

/// The permission to write; an error that says what speaks against it.
pub fn allowed(workplace: &Workplace) -> Result<WritePermit, CliError> {
    let permit = workplace.setup.write_permit();
    permit.map_err(|read_only| CliError::usage(read_only.why))
}

/// Our people, as the CRM told last.
pub fn owners(cache: &Cache) -> Result<Vec<Owner>, CliError> {
    let document = cache.document(documents::OWNERS)?;
    Ok(document
        .and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default())
}

/// The account that an act is about.
pub fn about(view: &AccountView) -> About {
    About {
        id: view.summary.id.clone(),
        name: view.summary.name.clone(),
    }
}

fn failed(what: &str, error: &EngineError) -> CliError {
    CliError::of_engine(what, error)
}
