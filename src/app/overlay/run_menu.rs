//! What can be done with a run of a playbook, to choose one.

use super::Hint;
use crate::app::cursor::Cursor;
use crate::app::run::{PlayRun, RunAct};
use crate::domain::playbook::Run;

/// What one can press in it.
pub const HINTS: &[Hint] = &[("enter", "do it"), ("j k", "choose"), ("esc", "close")];

/// What can be done with a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunMenu {
    /// The run, as it was read.
    pub run: Run,
    /// Name of its account, raw.
    pub account: String,
    /// Place among what can be done.
    pub cursor: Cursor,
}

impl RunMenu {
    /// Everything that can be done with it now.
    pub fn choices(&self) -> Vec<PlayRun> {
        let acts = PlayRun::choices(&self.run).into_iter();
        acts.map(|act| self.with(act)).collect()
    }

    fn with(&self, act: RunAct) -> PlayRun {
        PlayRun {
            run: self.run.clone(),
            account: self.account.clone(),
            act,
        }
    }
}
