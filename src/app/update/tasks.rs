//! Tasks that are there: done with one key.

use super::outbox;
use crate::app::action::selected_due;
use crate::app::cmd::Cmd;
use crate::app::model::Model;
use crate::domain::acts::task::{self, Task};

/// Completes the selected task.
pub(super) fn done(model: &mut Model) -> Vec<Cmd> {
    let Some(task) = selected_due(model).and_then(Task::of) else {
        return Vec::new();
    };
    let queued = model
        .occasion()
        .and_then(|on| outbox::queue(model, vec![task::complete(&on, &task)], Vec::new()));
    match queued {
        Ok((_, orders)) => orders,
        Err(why) => {
            model.told = Some(why);
            Vec::new()
        }
    }
}
