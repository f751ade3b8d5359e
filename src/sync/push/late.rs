//! Writes whose answers are long in coming: what goes to other records leaves meanwhile.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::timeout;

use super::{Form, Pusher};
use crate::crm::{CrmError, CrmWrite, Written};
use crate::domain::outbox::Entry;
use crate::domain::record::{Kind, RecordId};
use crate::sync::error::SyncError;

/// Without an answer for so long, what goes to other records leaves meanwhile.
const PATIENCE: Duration = Duration::from_secs(3);
/// So many such answers are waited for at once.
const MOST: usize = 4;

/// What became of each entry of a question; an error where surely nothing was done.
type Said = Result<Vec<Written>, CrmError>;

/// The answer to a question that writes.
pub(super) type Answer<'a> = Pin<Box<dyn Future<Output = Said> + 'a>>;

/// What leaves with one question.
pub(super) struct Group {
    /// The form of its writes.
    pub form: Form,
    /// What they write.
    pub kind: Kind,
    /// The entries, in the order of the question. The step says already that they leave.
    pub entries: Vec<Entry>,
    /// The records that they change.
    pub ids: Vec<RecordId>,
}

/// A question without an answer so far.
pub(super) struct Late<'a> {
    group: Group,
    answer: Answer<'a>,
    said: Option<Said>,
}

impl<'a, C: CrmWrite> Pusher<'a, C> {
    /// Waits for one answer, and takes down what comes to earlier questions meanwhile.
    pub(super) fn ask<T>(&self, answer: impl Future<Output = Result<T, CrmError>>) -> Result<T, SyncError> {
        let listening = async {
            let mut answer = pin!(answer);
            poll_fn(|context| {
                self.listen(context);
                answer.as_mut().poll(context)
            })
            .await
        };
        self.reader.ask(listening)
    }

    fn listen(&self, context: &mut Context<'_>) {
        let mut late = self.late.borrow_mut();
        for one in late.iter_mut().filter(|one| one.said.is_none()) {
            if let Poll::Ready(said) = one.answer.as_mut().poll(context) {
                one.said = Some(said);
            }
        }
    }

    /// Sends a question, if its entries may leave, and notes what became of them, now or, where its answer is long in
    /// coming, later.
    pub(super) fn leave(&mut self, group: Group, mut answer: Answer<'a>) -> Result<(), SyncError> {
        while self.late.borrow().len() >= MOST {
            self.hear_late()?;
        }
        if self.none_leave(&group.entries)? {
            return Ok(());
        }
        let soon = async { Ok(timeout(PATIENCE, answer.as_mut()).await.ok()) };
        match self.ask(soon) {
            Ok(Some(said)) => self.heard(group, said.map_err(SyncError::Crm)),
            Ok(None) => {
                let said = None;
                self.late.borrow_mut().push(Late { group, answer, said });
                Ok(())
            }
            Err(error) => self.heard(group, Err(error)),
        }
    }

    /// Waits for the first of the answers that are long in coming, and notes what became of its entries. Says whether
    /// there was one to wait for.
    pub(super) fn hear_late(&mut self) -> Result<bool, SyncError> {
        if self.late.borrow().is_empty() {
            return Ok(false);
        }
        let first = poll_fn(|context| {
            self.listen(context);
            let late = self.late.borrow();
            let place = late.iter().position(|one| one.said.is_some());
            place.map_or(Poll::Pending, Poll::Ready)
        });
        let place = self.reader.wait(first);
        let Late { group, said, .. } = self.late.borrow_mut().remove(place);
        if let Some(said) = said {
            self.heard(group, said.map_err(SyncError::Crm))?;
        }
        Ok(true)
    }

    /// Whether a record is being changed by a question that has no answer yet.
    pub(super) fn is_late(&self, kind: Kind, id: &RecordId) -> bool {
        let late = self.late.borrow();
        late.iter()
            .any(|one| one.group.kind == kind && one.group.ids.contains(id))
    }

    fn heard(&mut self, group: Group, said: Result<Vec<Written>, SyncError>) -> Result<(), SyncError> {
        let Group {
            form, kind, entries, ..
        } = group;
        let mut ids = Vec::new();
        for (entry, written) in self.answers(entries, said)? {
            let Written::Done { id } = written else {
                self.not_done(&entry, written)?;
                continue;
            };
            let is_told = match form {
                Form::Create => self.made(&entry, &id)?,
                Form::Update => self.told(&entry, &id)?,
                Form::Archive => {
                    self.gone(&entry, kind, &id)?;
                    false
                }
            };
            if is_told {
                ids.push(id);
            }
        }
        self.fetch(kind, &ids)
    }
}
