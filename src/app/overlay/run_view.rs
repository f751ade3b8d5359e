//! A run of a playbook, whole: what it is, each step and where it stands, and what can be done with it.

use super::Hint;
use crate::app::cmd::RunId;
use crate::app::layout::{Area, Frame, Size};
use crate::app::model::Model;
use crate::domain::account_view::AccountView;
use crate::domain::acts::About;
use crate::domain::playbook::{Run, RunStep};

/// Until it was read, and where it is not known any more.
const NOTHING: &[Hint] = &[("enter", "account"), ("esc", "close")];
/// On a step that is to be done.
const OPEN: &[Hint] = &[
    ("x", "done"),
    ("-", "leave out"),
    ("enter", "account"),
    ("e", "reassign"),
    ("p", "pause, give up"),
    ("f", "in full"),
    ("u", "undo"),
    ("j k", "choose"),
    ("y", "copy its id"),
    ("esc", "close"),
];
/// On a step of a run that is paused.
const PAUSED: &[Hint] = &at_rest("resume, give up");
/// On a step that is closed, of a run under way.
const CLOSED: &[Hint] = &at_rest("pause, give up");
/// On a step of a run that is over, and where nothing may be written.
const LOOK: &[Hint] = &[
    ("enter", "account"),
    ("f", "in full"),
    ("j k", "choose"),
    ("y", "copy its id"),
    ("esc", "close"),
];

/// On a step with which nothing is to be done now; `p` offers this for the run.
const fn at_rest(p: &'static str) -> [Hint; 7] {
    [
        ("p", p),
        ("enter", "account"),
        ("f", "in full"),
        ("u", "undo"),
        ("j k", "choose"),
        ("y", "copy its id"),
        ("esc", "close"),
    ]
}

/// A run that is looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct RunView {
    /// Its account.
    pub about: About,
    /// Its id.
    pub id: String,
    /// Id of the chosen step; the one that can be done next where it has none such.
    pub step: Option<String>,
    /// The order that reads it.
    pub asked: RunId,
    /// The account with its runs; `None` until it is read. What was read stays while it is read anew.
    pub view: Option<Box<AccountView>>,
}

impl RunView {
    /// Where it lies on a screen of this size, border included.
    pub fn area(size: Size) -> Area {
        Frame::of(size, 0).between()
    }

    /// The run as it was read; `None` until then, and where it is not known any more.
    pub fn run(&self) -> Option<&Run> {
        let runs = self.view.as_deref()?.plays.iter();
        runs.into_iter().find(|run| run.id == self.id)
    }

    /// The place of the chosen step: of the one that was chosen, else of the one that is to be done next.
    pub fn at(&self) -> usize {
        let Some(run) = self.run() else { return 0 };
        let chosen = self.step.as_deref();
        let next = || run.current().map(|one| one.step.id.as_str());
        let place = |id: &str| run.steps.iter().position(|one| one.step.id == id);
        let chosen = chosen.and_then(place);
        chosen.or_else(|| next().and_then(place)).unwrap_or(0)
    }

    /// The chosen step.
    pub fn chosen(&self) -> Option<&RunStep> {
        self.run()?.steps.get(self.at())
    }

    /// What one can press on the chosen step.
    pub fn hints(&self, model: &Model) -> &'static [Hint] {
        let Some((run, step)) = self.run().zip(self.chosen()) else {
            return NOTHING;
        };
        match (run.is_open(), step.is_open()) {
            _ if model.is_read_only() => LOOK,
            (false, _) => LOOK,
            (true, _) if run.paused.is_some() => PAUSED,
            (true, false) => CLOSED,
            (true, true) => OPEN,
        }
    }
}
