//! When an entry is tried again, and when there is something to do at all.

use std::ops::ControlFlow;

use jiff::{SignedDuration, Timestamp};

use super::{Ended, PushReport, Pusher};
use crate::crm::{CrmError, CrmWrite, Written};
use crate::domain::outbox::{Entry, Remedy, State, Step, Write};
use crate::domain::record::Kind;
use crate::sync::error::SyncError;

/// The first wait before another attempt.
const FIRST: SignedDuration = SignedDuration::from_secs(2);
/// The longest wait that the CRM did not ask for.
const LONGEST: SignedDuration = SignedDuration::from_mins(5);
/// How far our clock may be ahead of the CRM's.
const CLOCKS: SignedDuration = SignedDuration::from_hours(48);
/// The wait for what may leave now, and whose turn in this push is over.
const SOON: SignedDuration = SignedDuration::from_secs(1);
/// How often the CRM is read for an entry that may be there.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(15);

/// The wait before the next attempt: doubling with the attempts, and with the waits before.
pub(super) fn pause(entry: &Entry) -> SignedDuration {
    let tried = FIRST.saturating_mul(1 << entry.attempts.saturating_sub(1).min(10));
    let waited = entry.retry_at.map(|at| at.duration_since(entry.since));
    let waited = waited.map_or(SignedDuration::ZERO, |waited| waited.saturating_mul(2));
    tried.max(waited).min(LONGEST)
}

/// The CRM cannot have made it before then, by a clock of its own that differs from ours.
pub(super) fn made_since(entry: &Entry) -> Timestamp {
    entry.queued_at.checked_sub(CLOCKS).unwrap_or(Timestamp::MIN)
}

/// Whether an error is about the CRM or the way to it as a whole, and not about what was asked.
pub(super) fn is_about_everything(error: &CrmError) -> bool {
    !is_refused(error) && !matches!(error, CrmError::BadAnswer { .. })
}

/// Whether the CRM refused what was asked, and would again.
pub(super) fn is_refused(error: &CrmError) -> bool {
    matches!(error, CrmError::MissingScope { .. } | CrmError::Refused { .. })
}

/// What helps an entry that the CRM refused so.
fn remedy(error: &CrmError) -> Remedy {
    match error {
        CrmError::MissingScope { .. } => Remedy::Right,
        _ if error.is_forbidden() => Remedy::Right,
        _ if error.is_not_found() => Remedy::Restore,
        _ => Remedy::Edit,
    }
}

/// That a record is there no more, with what the CRM said.
fn gone(kind: Kind, said: &str) -> String {
    format!("the CRM has this {} no more: {said}", kind.word())
}

impl<C: CrmWrite> Pusher<'_, C> {
    /// What the CRM says of an entry that it has, `None` where it says nothing, now or later. Where it could not be asked
    /// it breaks off: the entry is unknown then, which the step says already, and is asked about once more.
    pub(super) fn told_of<T>(
        &mut self,
        entry: &Entry,
        ask: impl FnOnce(&Self) -> Result<T, SyncError>,
        untold: &str,
    ) -> Result<ControlFlow<(), Option<T>>, SyncError> {
        let why = match &self.ended {
            // Who waits for one answer in vain does not wait for the next one.
            Some(ended) => ended.why.clone(),
            None => match ask(self) {
                Ok(answer) => return Ok(ControlFlow::Continue(Some(answer))),
                Err(SyncError::Crm(error)) => {
                    if is_about_everything(&error) {
                        self.end(&error)?;
                    }
                    if is_refused(&error) || self.is_settled(entry) {
                        return Ok(ControlFlow::Continue(None));
                    }
                    error.to_string()
                }
                Err(stopped @ SyncError::Stopped) => stopped.to_string(),
                Err(error) => return Err(error),
            },
        };
        if entry.state != State::Unknown {
            let why = format!("{untold}: {why}");
            self.step(entry.id, &Step::Unknown { why, settled: false })?;
        }
        Ok(ControlFlow::Break(()))
    }

    /// It surely did not arrive; it is tried again by itself, not before the CRM asked for that.
    pub(super) fn put_off(
        &mut self,
        entry: &Entry,
        until: Option<Timestamp>,
        why: String,
    ) -> Result<(), SyncError> {
        let at = self.now().checked_add(pause(entry)).unwrap_or(Timestamp::MAX);
        let at = until.map_or(at, |until| until.max(at));
        self.step(entry.id, &Step::Retry { at, why })?;
        Ok(())
    }

    /// What would leave now, but the CRM cannot be asked. The first of them is put off, for longer each time, and
    /// tells what stands in the way; the others stay as they are and leave with it. So the ledger does not grow with
    /// the number of entries while there is no connection.
    pub(super) fn put_off_the_rest(&mut self) -> Result<(), SyncError> {
        let Some(Ended { why, until, .. }) = self.ended.clone() else {
            return Ok(());
        };
        let open = self.stores.ledger.outbox_open()?;
        let due = self.due(&open)?;
        if let Some(first) = open.iter().find(|entry| due.contains(&entry.id)) {
            self.put_off(first, until, why)?;
        }
        Ok(())
    }

    /// Whether none of these leaves: there is none, or a question about another entry ended the push after their steps
    /// said that they would. Then they are put off, since who waits for one answer in vain does not wait for the next one.
    pub(super) fn none_leave(&mut self, entries: &[Entry]) -> Result<bool, SyncError> {
        if let Some(Ended { why, until, .. }) = self.ended.clone() {
            for entry in entries {
                self.put_off(entry, until, why.clone())?;
            }
            return Ok(true);
        }
        Ok(entries.is_empty())
    }

    /// Surely nothing was done for any of these.
    pub(super) fn none_done(&mut self, entries: &[Entry], error: &CrmError) -> Result<(), SyncError> {
        if is_about_everything(error) {
            self.end(error)?;
        }
        for entry in entries {
            if is_refused(error) {
                let (said, remedy) = (error.to_string(), remedy(error));
                self.step(entry.id, &Step::Parked { said, remedy })?;
            } else {
                let until = self.ended.as_ref().and_then(|ended| ended.until);
                self.put_off(entry, until, error.to_string())?;
            }
        }
        Ok(())
    }

    /// The CRM says neither that the record is there nor that it is gone, and would not when it is asked for by itself.
    pub(super) fn park_unanswered(&mut self, entries: Vec<Entry>) -> Result<(), SyncError> {
        for entry in entries {
            let kind = entry.new.write.kind().word();
            let said = format!("the CRM would not answer for this {kind}, so nothing was written");
            let remedy = Remedy::Resend;
            self.step(entry.id, &Step::Parked { said, remedy })?;
        }
        Ok(())
    }

    /// What became of a write that was not done.
    pub(super) fn not_done(&mut self, entry: &Entry, written: Written) -> Result<(), SyncError> {
        match written {
            Written::Done { .. } => {}
            Written::Refused { said, remedy } => {
                let (said, remedy) = self.looked_into(entry, said, remedy)?;
                self.step(entry.id, &Step::Parked { said, remedy })?;
            }
            Written::Unclear { why } => drop(self.step(entry.id, &Step::Unknown { why, settled: false })?),
            Written::Later { wait, why } => {
                let wait = wait.and_then(|wait| SignedDuration::try_from(wait).ok());
                let until = wait.and_then(|wait| self.now().checked_add(wait).ok());
                self.put_off(entry, until, why)?;
            }
        }
        Ok(())
    }

    /// What the CRM said of what it refused to make, and what helps that: where something that it is linked to is there
    /// no more, the CRM may say it in other words, and no other value helps.
    fn looked_into(
        &mut self,
        entry: &Entry,
        said: String,
        remedy: Remedy,
    ) -> Result<(String, Remedy), SyncError> {
        let Write::Create { about, .. } = &entry.new.write else {
            return Ok((said, remedy));
        };
        for (kind, target) in about {
            let Some(id) = self.resolved(*kind, target)?.filter(|_| self.ended.is_none()) else {
                continue;
            };
            // Asked for by itself, as what was merged into another is answered only so.
            match self
                .reader
                .ask(self.crm.read(*kind, std::slice::from_ref(&id), &[]))
            {
                Ok(batch) if batch.missing.contains(&id) => return Ok((gone(*kind, &said), Remedy::Restore)),
                Err(SyncError::Crm(error)) if error.is_not_found() => {
                    return Ok((gone(*kind, &said), Remedy::Restore));
                }
                // What cannot be told now is not told.
                Ok(_) | Err(SyncError::Crm(_) | SyncError::Stopped) => {}
                Err(error) => return Err(error),
            }
        }
        Ok((said, remedy))
    }

    /// How the outbox stands now.
    pub(super) fn report(&self) -> Result<PushReport, SyncError> {
        let now = self.now();
        let mut report = PushReport {
            sent: self.sent,
            stopped: self.ended.as_ref().map(|ended| ended.why.clone()),
            kept_waiting: self.ended.as_ref().is_some_and(|ended| ended.kept_waiting),
            denied: self.ended.as_ref().is_some_and(|ended| ended.denied),
            ..PushReport::default()
        };
        let open = self.stores.ledger.outbox_open()?;
        let due = self.due(&open)?;
        for entry in open {
            report.needs_a_person += u64::from(entry.state.needs_a_person());
            report.waiting += u64::from(matches!(entry.state, State::Queued | State::Retry));
            let at = match entry.state {
                State::Unknown if Self::is_unsettled(&entry) => self.look_again(&entry, now),
                // As long as the CRM cannot be asked, all wait for the one that was put off.
                _ if due.contains(&entry.id) && self.ended.is_some() => None,
                _ if due.contains(&entry.id) => now.checked_add(SOON).ok(),
                // One whose time has come and that is not due waits for another entry, not for the time.
                _ => entry.leaves_at().filter(|at| *at > now),
            };
            report.next = report.next.into_iter().chain(at).min();
        }
        Ok(report)
    }

    fn look_again(&self, entry: &Entry, now: Timestamp) -> Option<Timestamp> {
        let soon = now.checked_add(LOOK_AGAIN).ok()?;
        let until = self.ended.as_ref().and_then(|ended| ended.until);
        let settled = self.settled_at(entry);
        let at = if settled > now { settled.min(soon) } else { soon };
        Some(until.map_or(at, |until| until.max(at)))
    }
}
