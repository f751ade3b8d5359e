//! What waits for me: my open tasks are always in scope, and bring the accounts that they are about.

use super::error::SyncError;
use super::plan::Walk;
use super::scope::{DONE, OWNER};
use super::session::Session;
use crate::crm::{Condition, Crm, Hit};
use crate::domain::record::{Kind, RecordId};

impl<C: Crm> Session<'_, C> {
    /// Finds my open tasks and the accounts that they bring.
    pub fn find_mine(&mut self) -> Result<Vec<Hit>, SyncError> {
        let Some(me) = self.whose.me.clone() else {
            return Ok(Vec::new());
        };
        let conditions = [
            Condition::OneOf(OWNER.to_owned(), vec![me.0]),
            Condition::OneOf(DONE.to_owned(), vec!["false".to_owned()]),
        ];
        let mut tasks = Vec::new();
        let mut walk = Walk::everything();
        while let Some(search) = walk.search(Kind::Task, &conditions) {
            tasks.extend(walk.take(self.reader.search(&search)?));
        }
        let ids: Vec<RecordId> = tasks.iter().map(|hit| hit.id.clone()).collect();
        for (_, accounts) in self.reader.links(Kind::Task, Kind::Account, &ids)? {
            self.whose.brought.extend(accounts);
        }
        Ok(tasks)
    }

    /// Keeps those of my tasks that are newer than here, and reads again those that the search does not have any more.
    pub fn keep_mine(&mut self, tasks: &[Hit]) -> Result<(), SyncError> {
        let mut wanted = Vec::new();
        for Hit { id, changed } in tasks {
            let here = self.stores.cache.record(Kind::Task, id)?;
            if here.is_none_or(|here| *changed >= here.changed.min(self.recent())) {
                wanted.push(id.clone());
            }
        }
        for part in wanted.chunks(500) {
            let haul = self.haul_of(Kind::Task, part, true)?;
            let touched = self.keep(haul)?;
            self.tell_changed(touched);
        }
        Ok(())
    }
}
