//! What can be done with a run of a playbook, or with all of a bulk play, to choose one.

use super::Hint;
use crate::app::cursor::Cursor;
use crate::app::run::{PlayRun, Played};

/// What one can press in it.
pub const HINTS: &[Hint] = &[("enter", "do it"), ("j k", "choose"), ("esc", "close")];

/// What can be done with a run, or with all of a bulk play.
#[derive(Debug, Clone, PartialEq)]
pub struct RunMenu {
    /// With what.
    pub played: Played,
    /// Place among what can be done.
    pub cursor: Cursor,
}

impl RunMenu {
    /// Everything that can be done with it now.
    pub fn choices(&self) -> Vec<PlayRun> {
        let acts = self.played.choices().into_iter();
        acts.map(|act| PlayRun {
            played: self.played.clone(),
            act,
        })
        .collect()
    }
}
