//! Keys of the menu of a run, or of a bulk play.

use super::overlay::{meaning, open, other, step};
use super::{form, outbox};
use crate::app::cmd::Cmd;
use crate::app::cursor::Cursor;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::outbox::Act;
use crate::app::overlay::{Overlay, RunMenu};
use crate::app::run::{PlayRun, Played, RunAct};

/// How many lines a movement by page goes.
const PAGE: usize = 10;

/// Opens the menu of a run, or of a bulk play.
pub(super) fn show(model: &mut Model, played: Played) -> Vec<Cmd> {
    let menu = RunMenu {
        played,
        cursor: Cursor::default(),
    };
    open(model, Overlay::RunMenu(Box::new(menu)))
}

/// Movements choose; enter does it, or asks for what it needs.
pub(super) fn pressed(model: &mut Model, mut menu: Box<RunMenu>, key: Key) -> Vec<Cmd> {
    if key.code == Code::Esc || key.typed() == Some('q') {
        return Vec::new();
    }
    let mut choices = menu.choices();
    if key.code == Code::Enter && menu.cursor.at < choices.len() {
        return begin(model, choices.swap_remove(menu.cursor.at));
    }
    let step = step(meaning(model, key));
    if let Some(step) = step {
        menu.cursor = menu.cursor.moved(step, choices.len(), PAGE);
    }
    open(model, Overlay::RunMenu(menu));
    match step {
        Some(_) => Vec::new(),
        None => other(model, key),
    }
}

fn begin(model: &mut Model, play: PlayRun) -> Vec<Cmd> {
    if play.act != RunAct::Resume {
        return form::run(model, play);
    }
    let queued = model.occasion().and_then(|on| {
        let deed = play.deed(&on, "", None)?;
        let act = Act::of(&on, play.title(), &deed);
        outbox::commit(model, deed, Vec::new(), Some(act))
    });
    queued.map_or_else(
        |why| {
            model.told = Some(why);
            Vec::new()
        },
        |(_, orders)| orders,
    )
}
