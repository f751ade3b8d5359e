//! Whether a playbook is for an account.

use super::{Playbook, colleague};
use crate::domain::account_view::AccountView;
use crate::domain::desk::Warning;
use crate::domain::expression::{Condition, Facts};

/// Whether a playbook is for an account; what fits best comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It is.
    Applies,
    /// What it asks for is not known of the account.
    CannotTell,
    /// It is for others.
    DoesNot,
}

impl Playbook {
    /// The first open warning of an account that it answers, of those that may be answered: (signal, playbook).
    pub fn answered<'a>(&self, view: &'a AccountView, answers: &[(String, String)]) -> Option<&'a Warning> {
        let is_answered = |warning: &&Warning| {
            let mut answers = answers.iter();
            answers.any(|(signal, id)| *signal == warning.signal && *id == self.id)
        };
        view.warnings.iter().find(is_answered)
    }

    /// Whether it is for an account that was read: as of then, by what it asks for.
    pub fn fit(&self, view: &AccountView) -> Fit {
        if self.applies_when.is_none() {
            return Fit::Applies;
        }
        match view.applies.get(&self.id).copied().flatten() {
            Some(true) => Fit::Applies,
            Some(false) => Fit::DoesNot,
            None => Fit::CannotTell,
        }
    }

    /// What speaks against starting it on an account, in one sentence: it is not for it, or would be over at once; `None`
    /// when nothing does.
    pub fn misfit(&self, view: &AccountView) -> Option<String> {
        let (title, name) = (&self.title, &view.summary.name);
        let asks = self.applies_when.as_ref();
        let asks = asks.map_or("", |asks| asks.expression().source());
        match self.fit(view) {
            Fit::Applies => {
                let over = self.over(view)?;
                Some(format!(
                    "`{title}` would be over at once on {name}: `{over}` holds already"
                ))
            }
            Fit::DoesNot => Some(format!(
                "`{title}` does not apply to {name}: it is for accounts with `{asks}`"
            )),
            Fit::CannotTell => Some(format!(
                "whether `{title}` applies to {name} cannot be told: it is for accounts with `{asks}`"
            )),
        }
    }

    /// What is to be known before it is started on an account for a reason (a signal), in one sentence: a colleague does
    /// the same already, or it is not for it; `None` when nothing speaks against it.
    pub fn doubt(&self, view: &AccountView, signal: Option<&str>) -> Option<String> {
        let theirs = colleague(&view.colleagues, &self.id, signal).map(|run| {
            let (title, name) = (&self.title, &view.summary.name);
            format!("`{title}` runs on {name} already: {}, of {}", run.id, run.by())
        });
        theirs.or_else(|| self.misfit(view))
    }

    /// Whether it can help the account that these facts are of: it is for it, and what it is for is not reached already.
    pub fn helps(&self, facts: &dyn Facts) -> Fit {
        match self.applies(facts) {
            _ if self.is_over(facts) == Some(true) => Fit::DoesNot,
            Some(true) => Fit::Applies,
            Some(false) => Fit::DoesNot,
            None => Fit::CannotTell,
        }
    }

    /// What ends it, where that holds of an account already, as it was read.
    pub fn over(&self, view: &AccountView) -> Option<&str> {
        let exit = self.exit_when.as_ref().filter(|_| view.over.contains(&self.id))?;
        Some(exit.expression().source())
    }

    /// Whether what ends it holds of the account that these facts are of; `None` when nothing ends it, or that cannot be
    /// told.
    pub fn is_over(&self, facts: &dyn Facts) -> Option<bool> {
        self.exit_when.as_ref()?.holds(facts)
    }

    /// Whether it is for the account that these facts are of; `None` when that cannot be told.
    pub fn applies(&self, facts: &dyn Facts) -> Option<bool> {
        let applies = |condition: &Condition| condition.holds(facts);
        self.applies_when.as_ref().map_or(Some(true), applies)
    }
}
