//! The sync: where it stands, and what to read again when the cache changed.

use jiff::Timestamp;

use super::{account, failed, fields, routing, run_view, settle_all, standings};
use crate::app::cmd::Cmd;
use crate::app::failure::{Failure, FailureKind};
use crate::app::model::Model;
use crate::app::msg::SyncMsg;
use crate::app::sync_line::SyncLine;
use crate::domain::reach::Reach;

pub(super) fn heard(model: &mut Model, msg: SyncMsg) -> Vec<Cmd> {
    match msg {
        SyncMsg::Progressed(line) => stands(model, line),
        SyncMsg::Reached(reach) => {
            if model.reach.0 != reach {
                model.reach = (reach, model.now);
            }
            // What stopped because of it need not wait for its next time.
            let stopped = model.sync.failed.as_ref().map(|failure| failure.kind);
            let is_lost = matches!(
                stopped,
                Some(FailureKind::Offline | FailureKind::Unanswered | FailureKind::Trouble)
            );
            if reach == Reach::Answers && is_lost && model.sync.under_way.is_none() {
                vec![Cmd::SyncNow]
            } else {
                Vec::new()
            }
        }
        SyncMsg::ByFormerModel(former) => {
            model.by_former_model = former;
            Vec::new()
        }
        SyncMsg::CacheChanged => {
            let mut orders = vec![
                Cmd::LoadDesk,
                Cmd::LoadBook {
                    sort: model.accounts.sort,
                },
                Cmd::LoadPeople,
            ];
            orders.extend(account::reload(model));
            orders.extend(fields::reread(model, |_| true));
            orders.extend(run_view::reload(model, |_| true));
            orders.extend(standings::reload(model));
            orders.extend(routing::reload(model));
            orders
        }
    }
}

/// The time until which the CRM asked to be left alone may be over: what told of it goes.
pub(super) fn clock_turned(model: &mut Model) {
    if waited(&model.sync, model.now) {
        model.sync.failed = None;
        model
            .failures
            .retain(|failure| failure.kind != FailureKind::Limited);
        settle_all(model);
    }
}

/// Whether a sync stopped for a wait that is over.
fn waited(line: &SyncLine, now: Timestamp) -> bool {
    let is_limit = |failure: &Failure| failure.kind == FailureKind::Limited;
    line.failed.as_ref().is_some_and(is_limit) && line.not_before.is_some_and(|until| until <= now)
}

/// A new failure shows until it is read; it goes by itself when a later sync succeeds.
fn stands(model: &mut Model, mut line: SyncLine) -> Vec<Cmd> {
    if waited(&line, model.now) {
        line.failed = None;
    }
    let before = std::mem::replace(&mut model.sync, line);
    noted(model, &before.notes);
    if before.failed != model.sync.failed {
        model
            .failures
            .retain(|failure| Some(failure) != before.failed.as_ref());
        settle_all(model);
        if let Some(failure) = model.sync.failed.clone() {
            return failed(model, failure);
        }
    }
    Vec::new()
}

/// The cache that was shown is gone or damaged: what is known of it is as old as nothing.
pub(super) fn cache_is_gone(model: &mut Model) {
    let every = model.sync.every;
    model.sync = SyncLine {
        every,
        ..SyncLine::default()
    };
}

/// New notes show until they are dismissed; those that hold no more go by themselves.
fn noted(model: &mut Model, before: &[String]) {
    let notes = model.sync.notes.clone();
    model
        .failures
        .retain(|failure| failure.kind != FailureKind::Note || notes.contains(&failure.summary));
    // The first one is the one that shows.
    for text in notes.iter().rev().filter(|text| !before.contains(text)) {
        failed(model, note(text));
    }
    settle_all(model);
}

/// Shows again what is wrong from the start, the notes of the last sync, and why the last one did not come to its end.
pub(super) fn show_notes(model: &mut Model) -> Vec<Cmd> {
    let notes: Vec<Failure> = model.sync.notes.iter().rev().map(|text| note(text)).collect();
    let (standing, stopped) = (model.standing.clone(), model.sync.failed.clone());
    // The last one is the one that shows.
    for failure in standing.into_iter().chain(notes).chain(stopped) {
        shown_last(model, failure);
    }
    Vec::new()
}

/// Shows a failure in front of the others, also one that waits behind them.
fn shown_last(model: &mut Model, failure: Failure) {
    model.failures.retain(|known| *known != failure);
    failed(model, failure);
}

fn note(text: &str) -> Failure {
    Failure {
        kind: FailureKind::Note,
        summary: text.to_owned(),
        hint: None,
        detail: None,
    }
}
