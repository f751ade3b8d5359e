//! What somebody else changed at the same time is told at once, wherever one is, with the key that opens it.

use jiff::SignedDuration;

use super::{conflict, failed, settle_all};
use crate::app::action::Action;
use crate::app::cmd::Cmd;
use crate::app::failure::{Failure, FailureKind};
use crate::app::model::Model;
use crate::app::reading;
use crate::domain::outbox::{Entry, OutboxView, State};

/// What was replaced before the program started is told for so long.
const NEWS: SignedDuration = SignedDuration::from_hours(24);

/// Opens the oldest conflict.
pub(super) fn decide(model: &mut Model) -> Vec<Cmd> {
    let entry = model.outbox.view.conflict().cloned();
    entry.map_or_else(Vec::new, |entry| conflict::show(model, &entry))
}

/// The outbox was read: what is new of what others changed is told, what is decided is told no more.
pub(super) fn tell(model: &mut Model, before: &OutboxView, is_first: bool) {
    let view = std::sync::Arc::clone(&model.outbox.view);
    if view.conflict().is_none() {
        model
            .failures
            .retain(|failure| failure.kind != FailureKind::Conflict);
    }
    let was = |entry: &Entry| before.entry(entry.id).map(|entry| entry.state);
    let is_news = |entry: &&Entry| {
        let is_new = was(entry) != Some(State::Sent);
        is_new && (!is_first || model.now.duration_since(entry.since) < NEWS)
    };
    let replaced: Vec<Failure> = view
        .done
        .iter()
        .filter(is_news)
        .filter_map(|entry| replaced(model, entry))
        .collect();
    for failure in replaced {
        failed(model, failure);
    }
    // What needs a decision shows before what only needs to be known.
    let conflicts: Vec<&Entry> = view
        .open
        .iter()
        .filter(|entry| entry.state == State::Conflict)
        .collect();
    if conflicts.iter().any(|entry| was(entry) != Some(State::Conflict)) {
        model
            .failures
            .retain(|failure| failure.kind != FailureKind::Conflict);
        let failure = conflicting(model, &conflicts);
        failed(model, failure);
    } else if !conflicts.is_empty() {
        // Some of them may be decided, in another cockpit too: what is still told is told of the rest.
        let now = conflicting(model, &conflicts);
        let told = model
            .failures
            .iter_mut()
            .filter(|failure| failure.kind == FailureKind::Conflict);
        told.for_each(|failure| *failure = now.clone());
    }
    conflict::reread(model);
    settle_all(model);
}

fn conflicting(model: &Model, entries: &[&Entry]) -> Failure {
    let view = &model.outbox.view;
    let summary = match entries {
        [only] => {
            let fields: Vec<String> = only.conflicts.iter().map(|one| view.label(&one.field)).collect();
            format!(
                "Somebody else changed {}{} too: yours waits",
                fields.join(" and "),
                of(model, only)
            )
        }
        all => format!(
            "Somebody else changed what you changed: {} of yours wait",
            all.len()
        ),
    };
    let hint = format!(
        "{} shows what you saw, what you want and what they set",
        key(model, Action::Decide)
    );
    told(FailureKind::Conflict, summary, hint)
}

fn replaced(model: &Model, entry: &Entry) -> Option<Failure> {
    let sentences = reading::replaced(model, entry.receipt.as_ref()?);
    if sentences.is_empty() {
        return None;
    }
    let summary = format!(
        "On{}: {}",
        of(model, entry).replacen(" of", "", 1),
        sentences.join("; ")
    );
    let hint = format!("{} has it under “Done lately”", key(model, Action::Outbox));
    Some(told(FailureKind::Replaced, summary, hint))
}

/// ` of ACCOUNT`, if it belongs to one.
fn of(model: &Model, entry: &Entry) -> String {
    let account = entry.new.account.as_ref();
    account.map_or_else(String::new, |id| {
        format!(" of {}", model.outbox.view.account_name(id))
    })
}

/// The first key of an action, else its name in the palette.
fn key(model: &Model, action: Action) -> String {
    let keys = model.keymap.keys_of(action, model.context());
    keys.into_iter()
        .next()
        .unwrap_or_else(|| format!(":{}", action.info().id))
}

fn told(kind: FailureKind, summary: String, hint: String) -> Failure {
    Failure {
        kind,
        summary,
        hint: Some(hint),
        detail: None,
    }
}
