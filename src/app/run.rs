//! A run of a playbook, or all runs of a bulk play, with which somebody does something here beside its steps' own turn.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::acts::{About, Occasion, Somebody};
use crate::domain::playbook::{self, Bulk, Deed, Run, WithAll};
use crate::domain::record::RecordId;
use crate::domain::words::counted;

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

/// A bulk play with what is known of the tasks of its runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Whole {
    /// The bulk play, as it was read.
    pub bulk: Bulk,
    /// Names of its accounts, raw.
    pub names: BTreeMap<RecordId, String>,
    /// How many of its runs are under way.
    pub runs: usize,
    /// How many of them rest.
    pub resting: usize,
}

/// What something is done with, as it was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Played {
    /// A run.
    One {
        /// The run.
        run: Box<Run>,
        /// Name of its account, raw.
        account: String,
    },
    /// All runs of a bulk play that it can be done with: as many as a book has accounts, so they are never copied.
    All(Arc<Whole>),
}

impl Played {
    /// Its id.
    pub fn id(&self) -> &str {
        match self {
            Self::One { run, .. } => &run.id,
            Self::All(whole) => &whole.bulk.id,
        }
    }

    /// What people call the playbook, raw.
    pub fn title(&self) -> &str {
        match self {
            Self::One { run, .. } => &run.title,
            Self::All(whole) => &whole.bulk.title,
        }
    }

    /// On what it runs, in words, raw.
    pub fn place(&self) -> String {
        match self {
            Self::One { account, .. } => account.clone(),
            Self::All(whole) => format!("all of it, {}", accounts(whole.bulk.runs.len())),
        }
    }

    /// The account that it is about; `None` for many.
    pub fn about(&self) -> Option<About> {
        match self {
            Self::One { run, account } => Some(About {
                id: run.account.clone(),
                name: account.clone(),
            }),
            Self::All(_) => None,
        }
    }

    /// Everything that can be done with it now; nothing where it is over.
    pub fn choices(&self) -> Vec<RunAct> {
        match self {
            Self::One { run, .. } if run.paused.is_some() => vec![RunAct::Resume, RunAct::GiveUp],
            Self::One { run, .. } => {
                let open = run.steps.iter().filter(|step| step.is_open());
                let mut choices = vec![RunAct::Pause];
                choices.extend(open.map(|step| RunAct::Reassign(step.step.id.clone())));
                choices.push(RunAct::GiveUp);
                choices
            }
            Self::All(whole) => {
                let (pause, resume) = (whole.resting < whole.runs, whole.resting > 0);
                let acts = [
                    (pause, RunAct::Pause),
                    (resume, RunAct::Resume),
                    (pause || resume, RunAct::GiveUp),
                ];
                let can = acts.into_iter().filter(|(can, _)| *can);
                can.map(|(_, act)| act).collect()
            }
        }
    }
}

impl Whole {
    /// A bulk play as it was read, with the names of its accounts, raw.
    pub fn new(bulk: Bulk, names: BTreeMap<RecordId, String>) -> Self {
        let open = || bulk.runs.iter().filter(|run| run.is_open());
        Self {
            runs: open().count(),
            resting: open().filter(|run| run.paused.is_some()).count(),
            bulk,
            names,
        }
    }

    fn with_all(&self, on: &Occasion, what: WithAll<'_>) -> Result<Deed, String> {
        let name = |id: &RecordId| self.names.get(id).cloned();
        self.bulk
            .with_all(on, what, |id| name(id).unwrap_or_else(|| id.to_string()))
    }
}

/// What is done with a run, or with all of a bulk play.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayRun {
    /// With what.
    pub played: Played,
    /// What is done with it.
    pub act: RunAct,
}

impl PlayRun {
    /// What it does, with the reason that was typed or the person who was chosen; the error is one sentence.
    pub fn deed(&self, on: &Occasion, text: &str, chosen: Option<&Somebody>) -> Result<Deed, String> {
        match (&self.played, &self.act) {
            (Played::One { run, account }, RunAct::Reassign(step)) => {
                let to = chosen.ok_or("choose whose it is to be")?;
                playbook::reassign(on, run, account, step, to)
            }
            (Played::One { run, .. }, RunAct::Pause) => playbook::pause(run, text),
            (Played::One { run, account }, RunAct::GiveUp) => playbook::abandon(on, run, account, text),
            (Played::One { run, account }, RunAct::Resume) => playbook::resume(on, run, account),
            (Played::All(whole), RunAct::Pause) => whole.with_all(on, WithAll::Pause(text)),
            (Played::All(whole), RunAct::GiveUp) => whole.with_all(on, WithAll::GiveUp(text)),
            (Played::All(whole), RunAct::Resume) => whole.with_all(on, WithAll::Resume),
            (Played::All(_), RunAct::Reassign(_)) => {
                Err("a step is reassigned on one account at a time".to_owned())
            }
        }
    }

    /// What it is, in words, raw.
    pub fn title(&self) -> String {
        let verb = match (&self.played, &self.act) {
            (Played::One { run, .. }, RunAct::Reassign(step)) => {
                let title = run.step(step).map_or("", |step| step.step.title.as_str());
                return format!("Reassign: {title}");
            }
            (Played::All(_), RunAct::Reassign(_)) => "Reassign",
            (_, RunAct::Pause) => "Pause",
            (_, RunAct::GiveUp) => "Give up",
            (_, RunAct::Resume) => "Resume",
        };
        let on = match &self.played {
            Played::One { .. } => String::new(),
            Played::All(whole) => format!(" on {}", accounts(self.reaches(whole))),
        };
        format!("{verb}: {}{on}", self.played.title())
    }

    /// With how many runs of a bulk play it can be done.
    fn reaches(&self, whole: &Whole) -> usize {
        match self.act {
            RunAct::Pause => whole.runs - whole.resting,
            RunAct::Resume => whole.resting,
            RunAct::GiveUp | RunAct::Reassign(_) => whole.runs,
        }
    }
}

fn accounts(count: usize) -> String {
    counted(count as u64, "account", "accounts")
}
