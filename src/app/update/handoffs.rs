//! Keys of the list of what can be handed over, or answered.

use super::form::{self, known_view};
use super::overlay::{meaning, open, other, step};
use crate::app::action::{about, selected_handoff};
use crate::app::cmd::{Cmd, RunId};
use crate::app::cursor::Cursor;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::handoffs::Choice;
use crate::app::overlay::{Handoffs, Overlay};
use crate::domain::acts::About;
use crate::domain::handoff;
use crate::domain::routing::Handed;

/// How many lines a movement by page goes.
const PAGE: usize = 10;

/// Opens the list on the account that the screen speaks of, and first on the handoff of the marked line.
pub(super) fn show(model: &mut Model) -> Vec<Cmd> {
    let first = selected_handoff(model);
    about(model).map_or_else(Vec::new, |about| on(model, list(about, None, first)))
}

/// Opens the form by which a question of an account is handed over, as soon as its account is read.
pub(super) fn question(model: &mut Model, about: About, template: String, handed: Box<Handed>) -> Vec<Cmd> {
    let list = Handoffs {
        question: Some(handed),
        ..list(about, Some(Choice::Send(template)), None)
    };
    on(model, list)
}

/// Opens the form of a handoff that was begun, as soon as its account is read.
pub(super) fn resume(model: &mut Model, about: About, template: &str) -> Vec<Cmd> {
    on(model, list(about, Some(Choice::Send(template.to_owned())), None))
}

/// Opens the form of a reply that was begun, as soon as its account is read; the error is one sentence.
pub(super) fn resume_reply(model: &mut Model, about: About, which: &str) -> Result<Vec<Cmd>, String> {
    let (handoff, state) = which.split_once(' ').ok_or("the draft names no handoff")?;
    let state = handoff::state_of(state).ok_or("the draft does not say what becomes of the handoff")?;
    let chosen = Choice::Reply(handoff.to_owned(), state);
    Ok(on(model, list(about, Some(chosen), None)))
}

/// The list on an account before that is read.
fn list(about: About, chosen: Option<Choice>, first: Option<String>) -> Handoffs {
    Handoffs {
        about,
        asked: RunId::default(),
        view: None,
        cursor: Cursor::default(),
        chosen,
        question: None,
        first,
    }
}

fn on(model: &mut Model, list: Handoffs) -> Vec<Cmd> {
    let (asked, id) = (model.next_run(), list.about.id.clone());
    let view = known_view(model, &id).cloned().map(Box::new);
    let is_known = view.is_some();
    open(model, Overlay::Handoffs(Handoffs { asked, view, ..list }));
    if is_known {
        return resumed(model, model.overlays.len() - 1);
    }
    vec![Cmd::OpenAccount {
        run: asked,
        id,
        since: None,
    }]
}

/// The account of the list at this place was read: what is chosen already opens.
pub(super) fn resumed(model: &mut Model, at: usize) -> Vec<Cmd> {
    let Some(Overlay::Handoffs(list)) = model.overlays.get(at) else {
        return Vec::new();
    };
    let Some(chosen) = list.chosen.clone() else {
        return Vec::new();
    };
    let Overlay::Handoffs(list) = model.overlays.remove(at) else {
        return Vec::new();
    };
    write(model, &list, &chosen)
}

/// Movements choose, enter opens the form.
pub(super) fn pressed(model: &mut Model, mut list: Handoffs, key: Key) -> Vec<Cmd> {
    if key.code == Code::Esc || key.typed() == Some('q') {
        return Vec::new();
    }
    let choices = list.choices(&model.outbox);
    let chosen = choices.get(list.cursor.at).cloned();
    if key.code == Code::Enter
        && let Some(chosen) = chosen
    {
        return write(model, &list, &chosen);
    }
    if let Some(step) = step(meaning(model, key)) {
        list.cursor = list.cursor.moved(step, choices.len(), PAGE);
    } else if key.code != Code::Enter {
        open(model, Overlay::Handoffs(list));
        return other(model, key);
    }
    open(model, Overlay::Handoffs(list))
}

/// Opens the form of what was chosen.
fn write(model: &mut Model, list: &Handoffs, choice: &Choice) -> Vec<Cmd> {
    match choice {
        Choice::Send(id) => send(model, list, id),
        Choice::Reply(handoff, to) => match list.reply(&model.outbox, handoff, *to) {
            Ok(reply) => form::reply(model, list.about.clone(), reply),
            Err(why) => {
                model.told = Some(why);
                Vec::new()
            }
        },
    }
}

/// Opens the form of a template.
fn send(model: &mut Model, list: &Handoffs, id: &str) -> Vec<Cmd> {
    let templates = std::sync::Arc::clone(&model.outbox.means.handoffs);
    let template = templates.iter().find(|(known, _)| known == id);
    match (template, list.view.as_deref()) {
        (Some((id, template)), Some(view)) => {
            let question = list.question.clone();
            form::handoff(model, list.about.clone(), (id, template), view, question)
        }
        (None, _) => {
            model.told = Some(format!(
                "handoffs.toml has no `{id}` any more: the draft stays as it is"
            ));
            Vec::new()
        }
        _ => Vec::new(),
    }
}
