//! What was typed for what was done: kept until that can be taken back no more, and then the draft again that it was.

use super::theirs;
use crate::app::action::Action;
use crate::app::cmd::{Cmd, RunId, WriteCmd};
use crate::app::model::Model;
use crate::app::outbox::Typed;

/// What was typed for this order is a draft again once that is taken back.
pub(super) fn keep(model: &mut Model, run: RunId, typed: Option<Typed>) {
    let mut writing = model.outbox.writing.iter_mut();
    if let Some(writing) = writing.find(|writing| writing.run == run) {
        writing.typed = typed;
    }
}

/// What was typed for what was taken back is the draft again that it was; the key that opens it is named. Where that key
/// opens another one (what was begun since, or the form of the account where this was about one question) the outbox is.
pub(super) fn draft_again(model: &mut Model, typed: Typed) -> Cmd {
    let has_other = model
        .outbox
        .view
        .drafts
        .iter()
        .any(|draft| draft.name == typed.name);
    let (opener, has) = match typed.name.split(':').next() {
        _ if has_other => (Action::Outbox, "has"),
        Some("log") => (Action::Log, "opens"),
        Some("step note") => (Action::Done, "opens"),
        Some("handoff") if typed.name.contains(' ') => (Action::Outbox, "has"),
        _ => (Action::Handoff, "opens"),
    };
    let told = model.told.take().unwrap_or_default();
    let key = theirs::key(model, opener);
    model.told = Some(format!("{told}; its text is a draft again: {key} {has} it"));
    let Typed { name, text } = typed;
    Cmd::Write(WriteCmd::KeepBeside { name, text })
}
