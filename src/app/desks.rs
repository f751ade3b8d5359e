//! The desks between which a person decides, as the cockpit knows who we are.

use super::model::Model;
use crate::domain::routing::{Desk, DeskChoice, Question, Staff};

/// The desks, in the order in which they show.
const DESKS: [Desk; 2] = [Desk::Csm, Desk::Support];

/// The two desks for a question, one of which a person decides on.
#[derive(Debug, Clone, PartialEq)]
pub struct Deciding {
    /// The CSM, then support.
    pub choices: [DeskChoice; 2],
    /// The chosen one; none where a person is to decide and has not yet.
    pub at: Option<usize>,
}

impl Deciding {
    /// The desks for a question: the proposed one is chosen already.
    pub fn of(model: &Model, question: &Question) -> Self {
        let outbox = &model.outbox;
        let staff = Staff {
            owners: &outbox.owners,
            roster: &outbox.means.roster,
            support: outbox.means.support.as_deref(),
            me: outbox.me.as_ref(),
            today: model.today,
        };
        let templates = || outbox.means.handoffs.iter().map(|(id, one)| (id.as_str(), one));
        Self {
            choices: DESKS.map(|desk| staff.choice(question, desk, templates())),
            at: question
                .desk()
                .and_then(|desk| DESKS.iter().position(|one| *one == desk)),
        }
    }

    /// The chosen desk.
    pub fn chosen(&self) -> Option<&DeskChoice> {
        self.choices.get(self.at?)
    }

    /// To the other desk.
    pub fn turn(&mut self) {
        self.at = Some(self.at.map_or(0, |at| 1 - at));
    }
}
