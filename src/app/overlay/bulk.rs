//! A playbook on the accounts that are marked: which one, what it would do on each, and the number that starts it.

use super::Hint;
use crate::app::cmd::RunId;
use crate::app::cursor::Cursor;
use crate::app::input::Input;
use crate::app::layout::{Area, Frame, Size};
use crate::app::outbox::Outbox;
use crate::domain::acts::Occasion;
use crate::domain::playbook::Plan;
use crate::domain::record::RecordId;

/// While a playbook is chosen.
const CHOOSING: &[Hint] = &[("enter", "what it would do"), ("j k", "choose"), ("esc", "close")];
/// While the accounts are read.
const READING: &[Hint] = &[("esc", "close")];
/// Once it is known what it would do.
const PLANNED: &[Hint] = &[
    ("0-9 enter", "start it on so many"),
    ("j k", "scroll"),
    ("esc", "close"),
];

/// Most cells of the list of playbooks.
const WIDEST: u16 = 90;
/// Most rows of the list of playbooks.
const HIGHEST: u16 = 24;
/// Lines that are not of the list of accounts: its heads above it; a rule, what is asked, what is typed below.
const BESIDE: u16 = 4;

/// A playbook on many accounts.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkPlay {
    /// The accounts, in the order of the list.
    pub accounts: Vec<RecordId>,
    /// How far it is.
    pub stage: Stage,
    /// Place among the playbooks, or the first account that shows.
    pub cursor: Cursor,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// A playbook is to be chosen.
    Choosing,
    /// It is worked out what it would do on each account.
    Reading {
        /// The order that reads them.
        asked: RunId,
        /// Who acts, when and where.
        on: Box<Occasion>,
    },
    /// It is known what it would do.
    Planned {
        /// What it would do.
        plan: Box<Plan>,
        /// Who acts, when and where.
        on: Box<Occasion>,
        /// The number that was typed.
        typed: Input,
    },
}

impl BulkPlay {
    /// On these accounts.
    pub fn on(accounts: Vec<RecordId>) -> Self {
        Self {
            accounts,
            stage: Stage::Choosing,
            cursor: Cursor::default(),
        }
    }

    /// What one can press in it.
    pub fn hints(&self) -> &'static [Hint] {
        match self.stage {
            Stage::Choosing => CHOOSING,
            Stage::Reading { .. } => READING,
            Stage::Planned { .. } => PLANNED,
        }
    }

    /// How many lines there are to move through.
    pub fn len(&self, outbox: &Outbox) -> usize {
        match &self.stage {
            Stage::Choosing => outbox.means.playbooks.len(),
            Stage::Reading { .. } => 0,
            Stage::Planned { plan, .. } => plan.all(),
        }
    }

    /// Where it lies on a screen of this size, border included: what it would do takes all of it.
    pub fn area(&self, size: Size) -> Area {
        let frame = Frame::of(size, 0);
        match self.stage {
            Stage::Choosing => frame.body.middle(
                WIDEST.min(frame.body.width.saturating_sub(4)),
                HIGHEST.min(frame.body.height.saturating_sub(2)),
            ),
            Stage::Reading { .. } | Stage::Planned { .. } => frame.between(),
        }
    }

    /// How many lines of its list show.
    pub fn page(&self, size: Size) -> usize {
        let inside = self.area(size).inside().height;
        let beside = match self.stage {
            Stage::Choosing => 0,
            Stage::Reading { .. } | Stage::Planned { .. } => BESIDE,
        };
        usize::from(inside.saturating_sub(beside)).max(1)
    }
}
