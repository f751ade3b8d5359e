//! What no stamp tells of has passes of its own: archived records, links, calculated values, and the complete sweep.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::error::SyncError;
use super::first::kinds;
use super::leaving::{Leaving, Why};
use super::merges::MERGEABLE;
use super::plan::due;
use super::reader::LINKED;
use super::session::{ACCOUNTS, Haul, Session};
use crate::crm::{Batch, Crm, CrmError, Hit};
use crate::domain::record::{Kind, RecordId};

/// Name of the stream.
const STREAM: &str = "passes";
/// Accounts whose links are read together: as many as one call takes.
const TOGETHER: usize = 1_000;
/// Up to so many accounts are small work: their links are read in every sync.
const FEW: u64 = 1_000;
/// Up to so many accounts are read anew every hour.
const SOME: u64 = 2_000;
/// An archived list of more pages is read once a day.
const FEW_PAGES: u32 = 100;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// When each pass was last done.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Passes {
    archived: Option<Timestamp>,
    archived_pages: u32,
    links: Option<Timestamp>,
    /// `None` after a first sync that left them to the next one.
    conversations: Option<Timestamp>,
    calculated: Option<Timestamp>,
    sweep: Option<Timestamp>,
}

impl<C: Crm> Session<'_, C> {
    /// After the first sync everything is as fresh as it gets. With whom conversations were is read now where that is
    /// little; else by the next sync, and of an account when it is opened.
    pub fn begin_passes(&mut self) -> Result<(), SyncError> {
        let few = self.stores.cache.count(Kind::Account)? <= SOME;
        if few {
            self.read_all_conversations()?;
        }
        let now = Some(self.options.now);
        self.put_cursor(
            STREAM,
            &Passes {
                archived: now,
                archived_pages: 0,
                links: now,
                conversations: now.filter(|_| few),
                calculated: now,
                sweep: now,
            },
        )
    }

    /// Whether the complete sweep is due.
    pub fn is_sweep_due(&self) -> Result<bool, SyncError> {
        let passes: Passes = self.cursor(STREAM)?.unwrap_or_default();
        Ok(self.options.full || due(passes.sweep, self.options.full_sweep, self.options.now))
    }

    /// Does the passes that are due. `calculated` are the kinds with properties that the CRM computes.
    pub fn passes(
        &mut self,
        calculated: &BTreeSet<Kind>,
        mine: &[Hit],
        blind: bool,
    ) -> Result<(), SyncError> {
        let now = self.options.now;
        let mut passes: Passes = self.cursor(STREAM)?.unwrap_or_default();
        let accounts = self.stores.cache.count(Kind::Account)?;
        let sweep = self.is_sweep_due()?;
        let slow = self.options.full_sweep;
        let mut archived_people = BTreeSet::new();
        if sweep
            || due(
                passes.archived,
                if passes.archived_pages > FEW_PAGES {
                    slow
                } else {
                    HOUR
                },
                now,
            )
        {
            let (pages, people) = self.archived()?;
            passes.archived_pages = pages;
            passes.archived = Some(now);
            self.put_cursor(STREAM, &passes)?;
            archived_people = people;
        }
        if sweep && !blind && self.whose.owners.is_none() {
            self.sweep_accounts()?;
        }
        if sweep || accounts <= FEW || due(passes.links, if accounts <= SOME { HOUR } else { slow }, now) {
            self.read_links(mine)?;
            self.read_all_conversations()?;
            (passes.links, passes.conversations) = (Some(now), Some(now));
            self.put_cursor(STREAM, &passes)?;
        } else if passes.conversations.is_none() && !self.report.full {
            self.read_all_conversations()?;
            passes.conversations = Some(now);
            self.put_cursor(STREAM, &passes)?;
        }
        if sweep || due(passes.calculated, if accounts <= SOME { HOUR } else { slow }, now) {
            self.read_calculated(calculated, blind)?;
            passes.calculated = Some(now);
            self.put_cursor(STREAM, &passes)?;
        }
        if sweep {
            for kind in kinds() {
                self.stage(kind.plural(), 0, None)?;
                self.walk_again(kind)?;
            }
            self.forget_people(&archived_people)?;
            passes.sweep = Some(now);
            self.status.last_complete = Some(now);
            self.put_cursor(STREAM, &passes)?;
        }
        Ok(())
    }

    /// Takes out what the CRM has archived; archiving moves no stamp. Gives how many pages that took, and the contacts
    /// among them.
    fn archived(&mut self) -> Result<(u32, BTreeSet<RecordId>), SyncError> {
        self.begin_pass("archived");
        let mut pages = 0;
        let mut people = BTreeSet::new();
        for kind in Kind::ALL {
            let mut leaving = Vec::new();
            let mut after: Option<String> = None;
            loop {
                let page = self.reader.list(kind, after.as_deref(), true)?;
                pages += 1;
                for record in page.items {
                    if kind == Kind::Contact {
                        people.insert(record.id.clone());
                    }
                    if self.has(kind, &record.id)? {
                        leaving.push(record.id);
                    }
                }
                let Some(next) = page.after else { break };
                after = Some(next);
            }
            if kind == Kind::Account {
                self.let_archived_accounts_go(&leaving)?;
            } else {
                self.let_archived_go(kind, leaving)?;
            }
        }
        Ok((pages, people))
    }

    /// An archived account may be one that was merged away, so it is asked for by its id.
    fn let_archived_accounts_go(&mut self, ids: &[RecordId]) -> Result<(), SyncError> {
        let leaving = self.read_accounts(ids)?;
        self.let_accounts_go(leaving.into_iter().map(archived).collect())
    }

    /// So may be any other record.
    fn let_archived_go(&mut self, kind: Kind, ids: Vec<RecordId>) -> Result<(), SyncError> {
        let leaving = self.why_unlinked(kind, ids)?;
        let touched = self.let_go(leaving.into_iter().map(archived).collect())?;
        self.tell_changed(touched);
        Ok(())
    }

    /// Records that hang on nothing any more, with why: the CRM has them no more, they were merged into another, or they
    /// hang on something that is not here.
    fn why_unlinked(&mut self, kind: Kind, ids: Vec<RecordId>) -> Result<Vec<Leaving>, SyncError> {
        let mut merged = BTreeMap::new();
        let mut missing = BTreeSet::new();
        if MERGEABLE.contains(&kind) {
            let batch = match self.reader.read(kind, &ids) {
                // It says nothing of any of them: no sign that they are deleted or merged.
                Err(SyncError::Crm(CrmError::Refused { .. })) => Batch::default(),
                batch => batch?,
            };
            merged = self.living_on(kind, &ids, &batch)?;
            missing.extend(batch.missing);
        }
        let leaving = ids.into_iter().map(|id| Leaving {
            kind,
            why: match merged.remove(&id) {
                Some(into) => Why::Merged(into),
                None if missing.contains(&id) => Why::Deleted,
                None => Why::Left,
            },
            id,
        });
        Ok(leaving.collect())
    }

    /// Lists every account; what is here and not there is asked for once more and then goes.
    pub fn sweep_accounts(&mut self) -> Result<(), SyncError> {
        self.begin_pass(ACCOUNTS);
        let mut extra: HashSet<RecordId> = self.accounts()?.into_iter().collect();
        let mut after: Option<String> = None;
        let mut done = 0;
        loop {
            let page = self.reader.list(Kind::Account, after.as_deref(), false)?;
            let records: Vec<_> = page
                .items
                .into_iter()
                .filter(|record| self.whose.holds(record, self.mapping))
                .collect();
            done += records.len() as u64;
            for record in &records {
                extra.remove(&record.id);
            }
            self.keep_accounts(Batch {
                records,
                ..Batch::default()
            })?;
            self.stage("accounts", done, page.total)?;
            let Some(next) = page.after else { break };
            after = Some(next);
        }
        let extra: Vec<RecordId> = extra.into_iter().collect();
        self.report.compared = done + extra.len() as u64;
        let leaving = self.read_accounts(&extra)?;
        self.let_accounts_go(leaving)
    }

    /// Reads the links of all accounts anew; a change of links moves no stamp. What hangs on nothing then, goes.
    fn read_links(&mut self, mine: &[Hit]) -> Result<(), SyncError> {
        self.begin_pass("links");
        let accounts: Vec<RecordId> = self.accounts()?.into_iter().collect();
        for (part, ids) in accounts.chunks(TOGETHER).enumerate() {
            let mut haul = Haul::default();
            for mut branch in self.reader.families(ids, false)? {
                let linked: BTreeSet<RecordId> =
                    branch.links.iter().flat_map(|(_, ids)| ids.clone()).collect();
                let unknown = self.unknown(branch.to, linked)?;
                branch.records = self.reader.read(branch.to, &unknown)?.records;
                haul.add(branch);
            }
            let touched = self.keep(haul)?;
            self.tell_changed(touched);
            self.stage(
                "links",
                ((part + 1) * TOGETHER).min(accounts.len()) as u64,
                Some(accounts.len() as u64),
            )?;
        }
        let mine: HashSet<&RecordId> = mine.iter().map(|hit| &hit.id).collect();
        for kind in LINKED
            .into_iter()
            .chain([Kind::Survey])
            .filter(|kind| self.reader.is_open(*kind))
        {
            let parent = if kind == Kind::Survey {
                Kind::Contact
            } else {
                Kind::Account
            };
            let mut extra: HashSet<RecordId> = self.stores.cache.ids(kind)?.into_iter().collect();
            self.stores.cache.each_link(kind, parent, &mut |id, _| {
                extra.remove(&RecordId::from(id));
            })?;
            extra.retain(|id| kind != Kind::Task || !mine.contains(id));
            let leaving = self.why_unlinked(kind, extra.into_iter().collect())?;
            self.let_go(leaving)?;
        }
        Ok(())
    }

    /// Reads anew what has properties that the CRM computes; that moves no stamp. Of e-mails, which are many, only those
    /// count that are young enough to be open questions.
    fn read_calculated(&mut self, calculated: &BTreeSet<Kind>, blind: bool) -> Result<(), SyncError> {
        if calculated.contains(&Kind::Account) && !blind {
            self.begin_pass("calculated");
            let accounts: Vec<RecordId> = self.accounts()?.into_iter().collect();
            let leaving = self.read_accounts(&accounts)?;
            self.let_accounts_go(leaving)?;
        }
        for kind in calculated.iter().copied().filter(|kind| *kind != Kind::Account) {
            let ids = match kind {
                Kind::Email => self.young_emails()?,
                kind => self.stores.cache.ids(kind)?,
            };
            for part in ids.chunks(TOGETHER) {
                let records = self.reader.read(kind, part)?.records;
                let touched = self.keep(Haul {
                    records,
                    ..Haul::default()
                })?;
                self.tell_changed(touched);
            }
        }
        Ok(())
    }

    /// E-mails that were logged no longer ago than one can be an open question.
    fn young_emails(&self) -> Result<Vec<RecordId>, SyncError> {
        let within = self.mapping.emails.within.duration();
        let from = self.options.now.checked_sub(within).unwrap_or(Timestamp::MIN);
        let mut young = Vec::new();
        self.stores.cache.each_record(Kind::Email, &mut |email| {
            if email.created >= from {
                young.push(email.id);
            }
        })?;
        Ok(young)
    }
}

/// What the CRM lists as archived is deleted, unless it was merged.
fn archived(one: Leaving) -> Leaving {
    match one.why {
        Why::Left => Leaving {
            why: Why::Deleted,
            ..one
        },
        _ => one,
    }
}
