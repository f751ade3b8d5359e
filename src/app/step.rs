//! A step of a playbook that somebody does or leaves out here.

use super::cmd::RunId;
use super::key::Key;
use crate::domain::account_view::AccountView;
use crate::domain::acts::{Occasion, Somebody};
use crate::domain::desk::StepRef;
use crate::domain::playbook::{self, Deed, Evidence, Ground, Run};

/// What becomes of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepAct {
    /// It was done.
    Done,
    /// It is left out, with a reason.
    LeaveOut,
}

/// A step whose run is being read, since the key was pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitedStep {
    /// The order that reads the account with its runs.
    pub run: RunId,
    /// Which step.
    pub step: StepRef,
    /// What becomes of it.
    pub act: StepAct,
    /// The keys that were pressed since: they may be what is typed into the form that opens.
    pub keys: Vec<Key>,
}

/// A step and what becomes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayStep {
    /// The run, as it was read.
    pub run: Run,
    /// The account, as it was read with it.
    pub view: AccountView,
    /// Id of the step.
    pub step: String,
    /// What becomes of it.
    pub act: StepAct,
}

impl PlayStep {
    /// What it does, with the note or the reason that was typed; the error is one sentence for the person.
    pub fn deed(&self, on: &Occasion, people: &[Somebody], text: &str) -> Result<Deed, String> {
        let view = &self.view;
        match self.act {
            StepAct::Done => {
                playbook::complete(on, &self.run, Ground { view, people }, &self.step, Some(text))
            }
            StepAct::LeaveOut => playbook::skip(on, &self.run, &view.summary.name, &self.step, text),
        }
    }

    /// Whether something has to be typed first.
    pub fn needs_text(&self) -> bool {
        let step = self.run.step(&self.step);
        self.act == StepAct::LeaveOut || step.is_some_and(|one| one.step.evidence == Some(Evidence::Note))
    }

    /// What is to be typed, in one sentence.
    pub fn hint(&self) -> &'static str {
        match self.act {
            StepAct::Done => {
                "what came of it: the step is not done without, and it becomes a note on the account"
            }
            StepAct::LeaveOut => "why it is left out: its run keeps the reason",
        }
    }

    /// What it is, in words, raw.
    pub fn title(&self) -> String {
        let step = self.run.step(&self.step);
        let title = step.map_or(self.step.as_str(), |one| one.step.title.as_str());
        match self.act {
            StepAct::Done => format!("Done: {title}"),
            StepAct::LeaveOut => format!("Leave out: {title}"),
        }
    }
}
