//! A form that was open while somebody else acted: what it was opened on is held against the newest that the screen has,
//! so that a person hears at once what the ledger would say at the commit.

use super::known_view;
use crate::app::model::Model;
use crate::app::overlay::form::{Form, Purpose};
use crate::app::step::PlayStep;
use crate::domain::desk::HandoffCard;
use crate::domain::handoff::{Outcome, Promised, Reply};
use crate::domain::overtaken::Overtaken;

/// The error says in one sentence who was faster.
pub(super) fn check(model: &Model, form: &Form) -> Result<(), String> {
    let before = match &form.purpose {
        Purpose::Reply(reply) => of_reply(model, reply),
        Purpose::Step(step) => of_step(model, step),
        Purpose::NotKept(promised) => of_promise(model, promised),
        _ => None,
    };
    before.map_or(Ok(()), |first| Err(first.told(model.now, &model.zone)))
}

fn of_reply(model: &Model, Reply { card, .. }: &Reply) -> Option<Overtaken> {
    let of_account = known_view(model, &card.account).map(|view| view.handoffs.as_slice());
    let on_desk = model.desk.desk.as_ref().map(|desk| desk.handoffs.as_slice());
    let cards = of_account.into_iter().chain(on_desk).flatten();
    let is_it = |one: &&HandoffCard| one.handoff == card.handoff && one.account == card.account;
    cards
        .filter(is_it)
        .find_map(|newest| Overtaken::by_card(newest, card.last))
}

fn of_step(model: &Model, PlayStep { run, step, .. }: &PlayStep) -> Option<Overtaken> {
    let view = known_view(model, &run.account)?;
    let newest = view.plays.iter().find(|one| one.id == run.id)?;
    Overtaken::by_run(newest, step)
}

/// What was said of it, unless its task is open still, or again.
fn of_promise(model: &Model, promised: &Promised) -> Option<Overtaken> {
    let view = known_view(model, &promised.task.about.as_ref()?.id)?;
    let task = promised.task.target.shown_id();
    if view.next.iter().any(|item| item.record == task) {
        return None;
    }
    let mut told = view.followed.iter().filter_map(|one| one.outcome.as_ref());
    let is_its = |said: &&Outcome| said.is_of(&promised.handoff, &promised.words);
    told.find(is_its).map(Overtaken::by_outcome)
}
