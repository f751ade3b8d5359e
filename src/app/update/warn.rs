//! What a person does to warnings: acknowledge, plan, snooze, wake, close; noted in the ledger, taken back with `u`.

use super::overlay::open;
use super::{account, failed, outbox, standup};
use crate::app::action::warnings_here;
use crate::app::cmd::{Cmd, RunId, WriteCmd};
use crate::app::failure::Failure;
use crate::app::input::Input;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::outbox::{Act, Writing};
use crate::app::overlay::Overlay;
use crate::app::overlay::warn::{Purpose, Warn};
use crate::domain::acts::warn::{Said, Seen};
use crate::domain::record::RecordId;
use crate::domain::warning::Shelf;
use crate::domain::words;

/// Asks for the line that says what becomes of the warnings under the cursor.
pub(super) fn ask(model: &mut Model, purpose: Purpose) -> Vec<Cmd> {
    let Ok(here) = warnings_here(model) else {
        return Vec::new();
    };
    let seen: Vec<Seen> = here.into_iter().map(|(seen, _)| seen).collect();
    let is_one_account = seen.iter().all(|one| one.account == seen[0].account);
    // A verdict is about one warning; a snooze is about the account, a segment warning about all of its accounts.
    let one = (purpose == Purpose::Close && is_one_account).then_some(0);
    let warn = Warn {
        purpose,
        seen,
        one,
        input: Input::default(),
        sending: false,
    };
    open(model, Overlay::Warn(warn))
}

/// Does what needs no words to the warnings under the cursor.
pub(super) fn at_once(model: &mut Model, said: &Said) -> Vec<Cmd> {
    let here = warnings_here(model).unwrap_or_default();
    let (closed, others): (Vec<_>, Vec<_>) = here.into_iter().partition(|(_, shelf)| *shelf == Shelf::Closed);
    let seen = |list: Vec<(Seen, Shelf)>| list.into_iter().map(|(seen, _)| seen).collect::<Vec<_>>();
    // What was closed does not sleep: it is opened again.
    let ordered = if *said == Said::Rouse && others.is_empty() {
        order(model, &Said::Reopen, &seen(closed))
    } else {
        order(model, said, &seen(others))
    };
    told(model, ordered)
}

/// Letters are typed, enter does it, tab chooses which warning, esc leaves everything as it is.
pub(super) fn pressed(model: &mut Model, mut warn: Warn, key: Key) -> Vec<Cmd> {
    if warn.sending {
        model.told = Some(super::conflict::ONE_MOMENT.to_owned());
        return open(model, Overlay::Warn(warn));
    }
    match key.code {
        Code::Esc => return Vec::new(),
        Code::Tab => warn.turn(),
        Code::Enter => {
            let said = warn.said(&model.reading_occasion());
            match said.and_then(|said| order(model, &said, &warn.chosen())) {
                Ok(orders) => {
                    warn.sending = true;
                    open(model, Overlay::Warn(warn));
                    return orders;
                }
                // What was typed and is wrong is said below it already.
                Err(why)
                    if warn.input.text().trim().is_empty()
                        || warn.understood(&model.reading_occasion()).is_ok() =>
                {
                    model.told = Some(why);
                }
                Err(_) => {}
            }
        }
        _ => drop(warn.input.take(key)),
    }
    open(model, Overlay::Warn(warn))
}

/// Orders that it be noted; the error is one sentence.
fn order(model: &mut Model, said: &Said, seen: &[Seen]) -> Result<Vec<Cmd>, String> {
    let Some(first) = seen.first() else {
        return Err("there is no warning here for that".to_owned());
    };
    model.may_write().map_err(|read_only| read_only.why)?;
    said.wakes(seen)?;
    let what = match seen {
        [one] => words::signal(&one.signal),
        many => format!("{} warnings", many.len()),
    };
    let on = if seen.iter().all(|one| one.account == first.account) {
        format!("on {}", first.name)
    } else {
        format!("in {}", words::signal(&first.signal))
    };
    let act = Act {
        decided: None,
        word: String::new(),
        title: format!("{what} {on} {}", said.words(model.today)),
        leaves_at: model.now,
        writes: false,
        back: Vec::new(),
        warnings: said.back(seen),
        typed: None,
    };
    let (run, acts) = (model.next_run(), said.events(seen));
    let standup = standup::decides_on_warnings(model, run, (said, &act.title, &first.account));
    model.outbox.writing.push(Writing {
        run,
        accounts: acts.iter().map(|act| act.account.clone()).collect(),
        act: Some(act),
        takes_back: None,
        typed: None,
    });
    Ok(vec![Cmd::Write(WriteCmd::Warn { run, acts, standup })])
}

/// Takes an act on warnings back.
pub(super) fn take_back(model: &mut Model, act: Act) -> Vec<Cmd> {
    if let Err(read_only) = model.may_write() {
        model.told = Some(read_only.why);
        return Vec::new();
    }
    if outbox::takes_back(model, &act) {
        return Vec::new();
    }
    let run = model.next_run();
    let acts = act.warnings.clone();
    let accounts = acts.iter().map(|act| act.account.clone()).collect();
    // It stays the act that `u` takes back until that is on disk.
    model.outbox.writing.push(Writing {
        run,
        accounts,
        act: None,
        takes_back: Some(act),
        typed: None,
    });
    let standup = Vec::new();
    vec![Cmd::Write(WriteCmd::Warn { run, acts, standup })]
}

/// It is on disk, or one of the warnings is not as it was seen.
pub(super) fn noted(
    model: &mut Model,
    run: RunId,
    accounts: Vec<RecordId>,
    done: Result<(), String>,
) -> Vec<Cmd> {
    let takes_back = model.outbox.writing.iter().find(|one| one.run == run);
    let takes_back = takes_back.and_then(|one| one.takes_back.clone());
    let act = outbox::written(model, run);
    if let Some(back) = &takes_back {
        // Done or void: in either case nothing of it is left to be taken back.
        outbox::forget(model, back);
        if done.is_ok() {
            model.told = Some(format!("taken back: {}", back.title));
        }
    }
    if done.is_err() {
        standup::not_noted(model, run);
    }
    let mut orders = standup::noted(model, run);
    if let Some(back) = takes_back.filter(|_| done.is_ok()) {
        orders.extend(standup::takes_back(model, (&back.word, &back.title)));
    }
    if let Err(why) = done {
        answered(model, false);
        model.told = Some(why);
        return vec![Cmd::Rescore { accounts }];
    }
    answered(model, true);
    if let Some(act) = act {
        let keys = model
            .keymap
            .keys_of(crate::app::action::Action::Undo, model.context());
        let back = keys
            .first()
            .map_or(String::new(), |key| format!(" · {key} takes it back"));
        model.told = Some(format!("{}{back}", act.title));
        outbox::remember(model, act);
    }
    let is_open = model
        .account
        .as_ref()
        .is_some_and(|open| accounts.contains(&open.id));
    orders.push(Cmd::Rescore { accounts });
    orders.extend(is_open.then(|| account::reload(model)).flatten());
    orders
}

/// It could not be kept: what was typed stays.
pub(super) fn not_noted(model: &mut Model, run: RunId, failure: Failure) -> Vec<Cmd> {
    outbox::written(model, run);
    standup::not_noted(model, run);
    answered(model, false);
    failed(model, failure)
}

/// What was ordered is answered: its line closes, or can be changed again.
fn answered(model: &mut Model, is_done: bool) {
    model.overlays.retain_mut(|overlay| match overlay {
        Overlay::Warn(warn) if warn.sending => {
            warn.sending = false;
            !is_done
        }
        _ => true,
    });
}

fn told(model: &mut Model, orders: Result<Vec<Cmd>, String>) -> Vec<Cmd> {
    orders.unwrap_or_else(|why| {
        model.told = Some(why);
        Vec::new()
    })
}
