//! The selected line, as the actions see it: what would be copied, and the account around it.

use crate::app::account::Part;
use crate::app::layout::Pane;
use crate::app::model::Model;
use crate::domain::account_view::AccountView;

/// The account on the account screen, once it is read.
pub fn open_account(model: &Model) -> Option<&AccountView> {
    model.account.as_ref()?.view.as_deref()
}

/// What `copy` would copy now: raw, it is made safe where it is ordered.
pub fn copy_text(model: &Model) -> Option<String> {
    let Some(account) = &model.account else {
        let at = model.cursor(model.pane).at;
        let desk = model.desk.desk.as_deref();
        return match model.pane {
            Pane::Accounts => model.accounts.row_at(at).map(|row| row.name().to_owned()),
            Pane::Risks => desk?.risks.get(at).map(|risk| risk.name.clone()),
            Pane::Steps => desk?.due.get(at).map(|due| due.title.clone()),
            Pane::Handoffs => desk?.handoffs.get(at).map(|handoff| handoff.text.clone()),
        };
    };
    let view = account.view.as_deref()?;
    let at = account.cursors[account.part.index()].at;
    match account.part {
        Part::People => view
            .people
            .get(at)
            .map(|one| one.email.clone().unwrap_or_else(|| one.name.clone())),
        Part::Tickets => view
            .tickets
            .get(at)
            .map(|ticket| format!("{} {}", ticket.id, ticket.subject)),
        Part::Notes => view.notes.get(at).map(|note| note.text.clone()),
        Part::Next => view.next.get(at).map(|due| due.title.clone()),
        Part::Timeline => view.timeline.get(at).map(|line| line.words.clone()),
        Part::Contract => view.contracts.get(at).map(|contract| contract.name.clone()),
        Part::Handoffs => view.handoffs.get(at).map(|handoff| handoff.text.clone()),
        Part::Why | Part::Chart => Some(view.link.clone().unwrap_or_else(|| view.summary.name.clone())),
    }
}
