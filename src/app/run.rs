//! A run of a playbook with which somebody does something here beside its steps' own turn.

use crate::domain::acts::{Occasion, Somebody};
use crate::domain::playbook::{self, Deed, Run};

/// What is done with a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunAct {
    /// A step, by its id, is reassigned.
    Reassign(String),
    /// It is paused for a time.
    Pause,
    /// It is resumed.
    Resume,
    /// It is given up.
    GiveUp,
}

/// A run and what is done with it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayRun {
    /// The run, as it was read.
    pub run: Run,
    /// Name of its account, raw.
    pub account: String,
    /// What is done with it.
    pub act: RunAct,
}

impl PlayRun {
    /// Everything that can be done with a run now.
    pub fn choices(run: &Run) -> Vec<RunAct> {
        if run.paused.is_some() {
            return vec![RunAct::Resume, RunAct::GiveUp];
        }
        let open = run.steps.iter().filter(|step| step.is_open());
        let mut choices = vec![RunAct::Pause];
        choices.extend(open.map(|step| RunAct::Reassign(step.step.id.clone())));
        choices.push(RunAct::GiveUp);
        choices
    }

    /// What it does, with the reason that was typed or the person who was chosen; the error is one sentence.
    pub fn deed(&self, on: &Occasion, text: &str, chosen: Option<&Somebody>) -> Result<Deed, String> {
        match &self.act {
            RunAct::Reassign(step) => {
                let to = chosen.ok_or("choose whose it is to be")?;
                playbook::reassign(on, &self.run, &self.account, step, to)
            }
            RunAct::Pause => playbook::pause(&self.run, text),
            RunAct::GiveUp => playbook::abandon(on, &self.run, &self.account, text),
            RunAct::Resume => playbook::resume(on, &self.run, &self.account),
        }
    }

    /// What it is, in words, raw.
    pub fn title(&self) -> String {
        match &self.act {
            RunAct::Reassign(step) => {
                let step = self.run.step(step);
                let title = step.map_or("", |step| step.step.title.as_str());
                format!("Reassign: {title}")
            }
            RunAct::Pause => format!("Pause: {}", self.run.title),
            RunAct::GiveUp => format!("Give up: {}", self.run.title),
            RunAct::Resume => format!("Resume: {}", self.run.title),
        }
    }
}
