//! What is decided in a standup, and what is said of the promises of earlier ones: noted with the act that decides it.

use super::note;
use crate::app::action::Action;
use crate::app::cmd::{Cmd, RunId};
use crate::app::model::Model;
use crate::app::overlay::{Ask, Asked, Overlay};
use crate::app::standup::Standup;
use crate::app::update::{action, ask};
use crate::domain::acts::warn::Said;
use crate::domain::outbox::{Entry, NewEntry};
use crate::domain::playbook::Deed;
use crate::domain::record::RecordId;
use crate::domain::standup::{Happened, Promise, Settled, StandupEvent, TakenBack, Talk};

/// Asks whether a promise was kept, where nothing tells; else logs a touchpoint.
pub(super) fn log(model: &mut Model) -> Vec<Cmd> {
    let standup = model.standup.as_ref();
    let promise = standup
        .and_then(|standup| standup.unsettled(&standup.current()?.account))
        .cloned();
    match promise {
        Some(promise) => {
            let told = promise.told(model.today);
            ask::ask(model, Asked::Promise(Box::new(promise)), &told, "")
        }
        None => action::run(model, Action::Log),
    }
}

/// A person says whether it was kept: `kept`, or why not. The error is one sentence.
pub fn settle(model: &mut Model, promise: &Promise, text: &str) -> Result<Vec<Cmd>, String> {
    model.may_write().map_err(|read_only| read_only.why)?;
    if text.is_empty() {
        return Err("write `kept`, or why it was not".to_owned());
    }
    let kept = text.eq_ignore_ascii_case("kept");
    let standup = model.standup.as_ref();
    let during = standup.and_then(|standup| Some(standup.held.as_ref()?.id.clone()));
    let settled = Settled {
        standup: promise.standup.clone(),
        decision: promise.decision.clone(),
        kept,
        why: if kept { String::new() } else { text.to_owned() },
        during,
    };
    let account = promise.account.clone();
    Ok(note(model, Some(account), Happened::Settled(settled)))
}

/// What was typed of a promise is answered: it closes, or can be changed again.
pub(super) fn answered(model: &mut Model, is_done: bool) {
    model.overlays.retain_mut(|overlay| match overlay {
        Overlay::Ask(
            one @ Ask {
                asked: Asked::Promise(_),
                sending: true,
                ..
            },
        ) => {
            one.sending = false;
            !is_done
        }
        _ => true,
    });
}

/// In which standup something is done, if one is under way and shows.
fn talk(model: &Model) -> Option<(&Standup, Talk<'_>)> {
    let standup = model.standup.as_deref()?;
    let (held, line) = (standup.held.as_deref()?, standup.current()?);
    let talk = Talk {
        standup: &held.id,
        account: &line.account,
        name: &line.name,
    };
    held.ended.is_none().then_some((standup, talk))
}

/// What an act decides in the standup that is under way, to be noted with it under this number.
pub fn decides(model: &mut Model, run: RunId, deed: &Deed) -> Vec<StandupEvent> {
    let people = model.outbox.people.clone();
    let called = |id: &RecordId| {
        let mut people = people.iter();
        people.find(|one| one.id == *id).map(|one| one.name.clone())
    };
    let acts: (&[NewEntry], _) = (&deed.entries, deed.events.as_slice());
    let decided = talk(model).and_then(|(_, talk)| {
        let decided = talk.of_deed(acts, &model.zone, called)?;
        Some((talk.account.clone(), Happened::Decided(decided)))
    });
    remembered(model, run, decided)
}

/// The same for what is said of warnings, in a title.
pub fn decides_on_warnings(
    model: &mut Model,
    run: RunId,
    (said, title, on): (&Said, &str, &RecordId),
) -> Vec<StandupEvent> {
    let word = format!("{:x}-{:x}", model.now.as_millisecond(), run.0);
    let decided = talk(model)
        .filter(|(_, talk)| talk.account == on)
        .map(|(_, talk)| {
            let decided = talk.of_warnings(said, title, &word);
            (talk.account.clone(), Happened::Decided(decided))
        });
    remembered(model, run, decided)
}

fn remembered(model: &mut Model, run: RunId, decided: Option<(RecordId, Happened)>) -> Vec<StandupEvent> {
    let Some((account, what)) = decided else {
        return Vec::new();
    };
    let events = vec![StandupEvent {
        account: Some(account),
        what,
    }];
    if let Some(standup) = &mut model.standup {
        standup.noting.push((run, events.clone()));
    }
    events
}

/// What an act decided is taken back, and the ledger knows it.
pub fn forget(model: &mut Model, entries: &[Entry]) {
    if let Some(held) = model.standup.as_mut().and_then(|one| one.held.as_mut()) {
        held.decisions.retain(|decision| {
            !entries
                .iter()
                .any(|entry| Some(&entry.new.act) == decision.act.as_ref())
        });
    }
}

/// What an act decided that has no entries is taken back: that is noted too.
pub fn takes_back(model: &mut Model, (word, title): (&str, &str)) -> Vec<Cmd> {
    let held = model.standup.as_ref().and_then(|one| one.held.as_deref());
    let Some(held) = held else {
        return Vec::new();
    };
    let is_its = |act: Option<&str>, words: &str| match act {
        Some(act) => !word.is_empty() && act == word,
        None => words == title,
    };
    let found = held
        .decisions
        .iter()
        .rev()
        .find(|one| is_its(one.act.as_deref(), &one.words));
    let Some(decision) = found else {
        return Vec::new();
    };
    let back = TakenBack {
        standup: held.id.clone(),
        decision: decision.id.clone(),
    };
    let account = decision.account.clone();
    note(model, Some(account), Happened::TakenBack(back))
}
