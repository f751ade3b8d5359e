//! What can be handed over of an account, to choose one.

use super::Hint;
use crate::app::cmd::RunId;
use crate::app::cursor::Cursor;
use crate::app::outbox::Outbox;
use crate::domain::account_view::AccountView;
use crate::domain::acts::About;
use crate::domain::handoff::Template;

/// What one can press in it.
pub const HINTS: &[Hint] = &[("enter", "write it"), ("j k", "choose"), ("esc", "close")];

/// What can be handed over of an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Handoffs {
    /// The account.
    pub about: About,
    /// The order that reads it.
    pub asked: RunId,
    /// The account, from which the form is filled; `None` until it is read.
    pub view: Option<Box<AccountView>>,
    /// Place among the templates.
    pub cursor: Cursor,
    /// Id of the template that is chosen already: its form opens as soon as the account is read.
    pub chosen: Option<String>,
}

impl Handoffs {
    /// Every template with its id, first those of my role.
    pub fn choices(outbox: &Outbox) -> Vec<&(String, Template)> {
        let mut choices: Vec<_> = outbox.means.handoffs.iter().collect();
        choices.sort_by_key(|(_, template)| template.from != outbox.means.role);
        choices
    }
}
