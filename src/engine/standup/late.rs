//! What became late since an instant, on any account and whoever's it is.

use std::collections::BTreeMap;

use jiff::civil::{DateTime, Time};

use crate::domain::desk::{DueItem, late_from};
use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::domain::standup::Frame;
use crate::store::{Cache, Ledger};

use crate::engine::EngineError;
use crate::engine::desk::{gather, task_item};
use crate::engine::handoff_tasks::HandoffTasks;
use crate::engine::interpret::{activity, values};
use crate::engine::plays::{self, OpenSteps};
use crate::engine::world::World;

/// The tasks and steps that became late, by their accounts.
pub fn since(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
    frame: &Frame,
) -> Result<BTreeMap<RecordId, Vec<DueItem>>, EngineError> {
    let shown = world.shown(cache);
    let mut tasks = Vec::new();
    shown.each_record(Kind::Task, &mut |task| {
        if activity::is_open_task(&task) && became_late(&task, world, frame) {
            tasks.push(task);
        }
    })?;
    let seen = HandoffTasks::seen(ledger, None)?;
    let mut late = Vec::new();
    for task in &tasks {
        let accounts = shown.linked_ids((Kind::Task, &task.id), Kind::Account)?;
        let account = accounts.into_iter().next();
        late.push(task_item(cache, world, (task, &seen), account)?);
    }
    let steps = OpenSteps::of(plays::runs(ledger, None)?, Vec::new(), plays::waiting(ledger)?);
    late.extend(steps.without_task(cache, world)?);
    gather(&mut late, &steps);
    let mut by_account: BTreeMap<RecordId, Vec<DueItem>> = BTreeMap::new();
    for item in late {
        if let Some(account) = item.account.clone() {
            by_account.entry(account).or_default().push(item);
        }
    }
    Ok(by_account)
}

/// Whether an open task's time passed since then: what is late longer is not read further.
fn became_late(task: &Record, world: &World<'_>, frame: &Frame) -> bool {
    let due = task.core(Core::Due).and_then(values::instant);
    let due: Option<DateTime> = due.map(|due| due.to_zoned(world.zone.clone()).datetime());
    let from = due.and_then(|due| {
        let at = Some(due.time()).filter(|time| *time != Time::midnight());
        late_from(due.date(), at)
    });
    from.is_some_and(|from| from > frame.since_local && from <= frame.now)
}
