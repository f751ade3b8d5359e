//! A task that is a step of a playbook: it is done as the step is.

use crate::cli::CliError;
use crate::cli::context::Context;
use crate::cli::play;
use crate::cli::writing::Writing;
use crate::domain::acts::Somebody;
use crate::domain::acts::task::Task;
use crate::domain::playbook::{self, Deed, Ground};

/// Does the open step whose task this is, by the rules of `play done`; `None` where it is the task of none.
pub fn completed(
    writing: &Writing,
    task: &Task,
    note: Option<&str>,
    context: &Context,
) -> Result<Option<Deed>, CliError> {
    let Some(about) = &task.about else {
        return Ok(None);
    };
    let view = writing.account(about.id.as_str(), context)?;
    let Some((run, step)) = playbook::step_of(&view.plays, &task.target) else {
        return Ok(None);
    };
    let people = &Somebody::active(&writing.owners);
    let ground = Ground { view: &view, people };
    let deed = playbook::complete(&writing.on, run, ground, &step.step.id, note);
    deed.map(Some).map_err(|why| play::not_done(run, step, note, why))
}
