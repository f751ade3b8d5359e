//! The playbooks that can be started on an account, each with what it would do; and its runs that are under way, each at its playbook.

use super::Hint;
use crate::app::cmd::RunId;
use crate::app::cursor::Cursor;
use crate::app::outbox::Outbox;
use crate::domain::account_view::AccountView;
use crate::domain::acts::{About, Occasion};
use crate::domain::desk::Warning;
use crate::domain::money::Currency;
use crate::domain::playbook::{self, Deed, Fit, Playbook, Run, Team};

/// What one can press in it.
pub const HINTS: &[Hint] = &[
    ("enter", "start it, or open a run"),
    ("j k", "choose"),
    ("esc", "close"),
];

/// The playbooks that can be started on an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Plays {
    /// The account.
    pub about: About,
    /// The playbook that the line names from which it was opened: it comes first.
    pub named: Option<String>,
    /// The order that reads it.
    pub asked: RunId,
    /// The account with its warnings and runs; `None` until it is read.
    pub view: Option<Box<AccountView>>,
    /// Place among the lines.
    pub cursor: Cursor,
}

/// A line of the list.
#[derive(Debug, Clone, Copy)]
pub enum Line<'a> {
    /// A playbook that can be started.
    Start(Choice<'a>),
    /// A run that is under way or rests.
    Run(&'a Run),
}

/// A playbook on the account of the list.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'a> {
    /// The playbook.
    pub playbook: &'a Playbook,
    /// The warning that it answers, if one is open.
    pub warning: Option<&'a Warning>,
    /// The run that does the same already.
    pub running: Option<&'a Run>,
    view: &'a AccountView,
}

impl Plays {
    /// Every playbook, first the one that was named, then those that answer a warning of the account, in the order of the
    /// warnings, then those that run, then those that apply; none until it is read.
    pub fn choices<'a>(&'a self, outbox: &'a Outbox) -> Vec<Choice<'a>> {
        let Some(view) = self.view.as_deref() else {
            return Vec::new();
        };
        let mut choices: Vec<Choice> = outbox
            .means
            .playbooks
            .iter()
            .map(|playbook| {
                let warning = playbook.answered(view, &outbox.means.answers);
                let signal = warning.map(|one| one.signal.as_str());
                Choice {
                    playbook,
                    warning,
                    running: playbook::running(&view.plays, &playbook.id, signal),
                    view,
                }
            })
            .collect();
        let place = |choice: &Choice| {
            let signal = &choice.warning?.signal;
            view.warnings.iter().position(|one| one.signal == *signal)
        };
        let has_run = |choice: &Choice| {
            let mut plays = view.plays.iter();
            plays.any(|run| run.is_open() && run.playbook == choice.playbook.id)
        };
        let is_other = |choice: &Choice| self.named.as_ref() != Some(&choice.playbook.id);
        choices.sort_by_key(|choice| {
            let place = place(choice).unwrap_or(usize::MAX);
            (is_other(choice), place, !has_run(choice), choice.fit())
        });
        choices
    }

    /// Every line: each playbook with its runs that are under way or rest below it. Those of a playbook that is not there
    /// any more come first.
    pub fn lines<'a>(&'a self, outbox: &'a Outbox) -> Vec<Line<'a>> {
        let choices = self.choices(outbox);
        let plays = self.view.as_deref().map_or(&[][..], |view| &view.plays);
        let runs: Vec<&Run> = plays.iter().filter(|run| run.is_open()).collect();
        let is_known = |run: &&&Run| choices.iter().any(|choice| choice.playbook.id == run.playbook);
        let mut lines: Vec<Line> = runs
            .iter()
            .filter(|run| !is_known(run))
            .map(|run| Line::Run(run))
            .collect();
        for choice in choices {
            let its = runs.iter().filter(|run| run.playbook == choice.playbook.id);
            lines.push(Line::Start(choice));
            lines.extend(its.map(|run| Line::Run(run)));
        }
        lines
    }
}

impl Choice<'_> {
    /// What is to be known before it is started here, in one sentence; `None` when nothing speaks against it.
    pub fn doubt(&self) -> Option<String> {
        self.playbook.doubt(self.view, self.signal())
    }

    /// Whether a colleague does the same already.
    pub fn is_colleagues(&self) -> bool {
        playbook::colleague(&self.view.colleagues, &self.playbook.id, self.signal()).is_some()
    }

    fn signal(&self) -> Option<&str> {
        self.warning.map(|warning| warning.signal.as_str())
    }

    /// Whether it is for this account.
    pub fn fit(&self) -> Fit {
        self.playbook.fit(self.view)
    }

    /// Whether it would be over at once.
    pub fn is_over(&self) -> bool {
        self.playbook.over(self.view).is_some()
    }

    /// What starting it does; the error is one sentence for the person.
    pub fn deed(&self, on: &Occasion, outbox: &Outbox, currency: Currency) -> Result<Deed, String> {
        let team = Team {
            owners: &outbox.owners,
            role: outbox.means.role,
            roster: &outbox.means.roster,
            currency,
        };
        playbook::start(on, self.playbook, self.view, team, self.warning)
    }
}
