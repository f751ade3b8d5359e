//! What somebody else changed at the same time, and what the CRM refused or did not answer, is told at once, wherever one
//! is, with the key that opens it.

use jiff::SignedDuration;

use super::{conflict, failed, outbox_screen, settle_all};
use crate::app::action::Action;
use crate::app::cmd::Cmd;
use crate::app::failure::{Failure, FailureKind};
use crate::app::model::Model;
use crate::app::overlay::Overlay;
use crate::app::reading;
use crate::domain::outbox::{Entry, OutboxView, Remedy, State};

/// What was replaced before the program started is told for so long.
const NEWS: SignedDuration = SignedDuration::from_hours(24);

/// Opens the oldest conflict; without one the outbox, where what needs a person stands first.
pub(super) fn decide(model: &mut Model) -> Vec<Cmd> {
    match model.outbox.view.conflict().cloned() {
        Some(entry) => conflict::show(model, &entry),
        None if matches!(model.overlays.last(), Some(Overlay::Outbox(_))) => Vec::new(),
        None => outbox_screen::show(model),
    }
}

/// The outbox was read: what is new of what others changed is told, what is decided is told no more.
pub(super) fn tell(model: &mut Model, before: &OutboxView, is_first: bool) {
    let view = std::sync::Arc::clone(&model.outbox.view);
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
    tell_all(model, before, FailureKind::Stuck);
    tell_all(model, before, FailureKind::Conflict);
    conflict::reread(model);
    settle_all(model);
}

/// Whether an entry waits for a person for what this kind of failure tells.
fn waits_for(kind: FailureKind, entry: &Entry) -> bool {
    match (kind, entry.state) {
        (FailureKind::Conflict, state) => state == State::Conflict,
        // Until it is settled it is looked for, and nobody needs to do anything.
        (_, State::Unknown) => entry.settled,
        (_, state) => state == State::Parked,
    }
}

/// Tells what waits for a person, once for each that is new; of some of them that are decided, in another cockpit too,
/// what is still told is told of the rest.
fn tell_all(model: &mut Model, before: &OutboxView, kind: FailureKind) {
    let view = std::sync::Arc::clone(&model.outbox.view);
    let open = view.open.iter();
    let those: Vec<&Entry> = open.filter(|entry| waits_for(kind, entry)).collect();
    if those.is_empty() {
        model.failures.retain(|failure| failure.kind != kind);
        return;
    }
    let was = |entry: &Entry| before.entry(entry.id).is_some_and(|entry| waits_for(kind, entry));
    let now = match kind {
        FailureKind::Conflict => conflicting(model, &those),
        _ => stuck(model, &those),
    };
    if those.iter().all(|entry| was(entry)) {
        let told = model.failures.iter_mut().filter(|failure| failure.kind == kind);
        told.for_each(|failure| *failure = now.clone());
    } else {
        model.failures.retain(|failure| failure.kind != kind);
        failed(model, now);
    }
}

/// What the CRM refused, or did not answer and does not show.
fn stuck(model: &Model, entries: &[&Entry]) -> Failure {
    let summary = match entries {
        [only] if only.state == State::Unknown => format!(
            "No answer came to “{}”{}, and the CRM does not show it",
            only.new.title,
            of(model, only)
        ),
        [only] => {
            let said = only.said.as_deref().unwrap_or("it gave no reason");
            let (title, of) = (&only.new.title, of(model, only));
            match only.remedy {
                Remedy::Discard => format!("“{title}”{of} cannot be sent: {said}"),
                Remedy::Resend => format!("“{title}”{of} was not sent: {said}"),
                _ => format!("The CRM refused “{title}”{of}: {said}"),
            }
        }
        all => format!(
            "{} of yours are not in the CRM: it refused them, or did not answer",
            all.len()
        ),
    };
    // A conflict is what the key of deciding opens first.
    let shows = match model.outbox.view.conflict() {
        None => decider(model),
        Some(_) => key(model, Action::Outbox),
    };
    let hint = format!("{shows} shows what can be done about it");
    told(FailureKind::Stuck, summary, hint)
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
        decider(model)
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

/// What opens what is to be decided: where nothing may be written, the outbox alone.
fn decider(model: &Model) -> String {
    let action = if model.is_read_only() {
        Action::Outbox
    } else {
        Action::Decide
    };
    key(model, action)
}

/// The first key of an action, else its name in the palette.
pub(super) fn key(model: &Model, action: Action) -> String {
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
