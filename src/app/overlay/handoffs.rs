//! What can be done with the handoffs of an account that wait for me, and what can be handed over of it, to choose one.

use super::Hint;
use crate::app::cmd::RunId;
use crate::app::cursor::Cursor;
use crate::app::outbox::Outbox;
use crate::domain::account_view::AccountView;
use crate::domain::acts::About;
use crate::domain::desk::{HandoffCard, HandoffState};
use crate::domain::handoff::{Ground, Reply, Template};
use crate::domain::routing::Handed;

/// What one can press in it.
pub const HINTS: &[Hint] = &[("enter", "write it"), ("j k", "choose"), ("esc", "close")];

/// What can be handed over of an account, or answered on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Handoffs {
    /// The account.
    pub about: About,
    /// The order that reads it.
    pub asked: RunId,
    /// The account, from which the form is filled; `None` until it is read.
    pub view: Option<Box<AccountView>>,
    /// Place among the choices.
    pub cursor: Cursor,
    /// What is chosen already: its form opens as soon as the account is read.
    pub chosen: Option<Choice>,
    /// The question that is handed over, if it is one.
    pub question: Option<Box<Handed>>,
    /// The handoff on whose line it was opened: it comes first.
    pub first: Option<String>,
}

/// What one can choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// To make this of a handoff that waits for me: its id.
    Reply(String, HandoffState),
    /// To hand the account over by a template: its id.
    Send(String),
}

impl Handoffs {
    /// What can be done with what waits for me, then every template, first those of my role. Nothing until the account is
    /// read, so that nothing moves under the cursor.
    pub fn choices(&self, outbox: &Outbox) -> Vec<Choice> {
        let Some(view) = &self.view else {
            return Vec::new();
        };
        let mut mine: Vec<&HandoffCard> = view.handoffs.iter().filter(|card| card.for_me).collect();
        mine.sort_by_key(|card| Some(&card.handoff) != self.first.as_ref());
        let replies = mine.into_iter().flat_map(|card| {
            let replies = card.replies().iter();
            replies.map(|to| Choice::Reply(card.handoff.clone(), *to))
        });
        let mut templates: Vec<_> = outbox.means.handoffs.iter().collect();
        templates.sort_by_key(|(_, template)| template.from != outbox.means.role);
        let sends = templates.into_iter().map(|(id, _)| Choice::Send(id.clone()));
        replies.chain(sends).collect()
    }

    /// The handoff with this id, of the account that was read.
    pub fn card(&self, handoff: &str) -> Option<&HandoffCard> {
        let mut cards = self.view.as_ref()?.handoffs.iter();
        cards.find(|card| card.handoff == handoff)
    }

    /// The reply that makes this of a handoff, by what was read of the account.
    pub fn reply(&self, outbox: &Outbox, handoff: &str, to: HandoffState) -> Result<Reply, String> {
        let gone = || format!("the handoff {handoff} is not known here any more");
        let (card, view) = (
            self.card(handoff).ok_or_else(gone)?,
            self.view.as_ref().ok_or_else(gone)?,
        );
        card.may_become(to)?;
        Ok(Reply {
            card: card.clone(),
            to,
            template: template(outbox, card).cloned(),
            ground: Ground::of(view, Some(handoff)),
        })
    }
}

/// The template of a handoff, if the organisation has one.
pub fn template<'a>(outbox: &'a Outbox, card: &HandoffCard) -> Option<&'a Template> {
    let mut templates = outbox.means.handoffs.iter().map(|(_, template)| template);
    templates.find(|template| template.is_between(&card.from_role, &card.to_role))
}
