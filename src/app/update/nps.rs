//! Keys of the NPS screen.

use super::overlay::{meaning, open, other, step};
use super::{account, action};
use crate::app::action::Action;
use crate::app::cmd::{Cmd, RunId};
use crate::app::cursor::Cursor;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::nps::{Row, Tab};
use crate::app::overlay::{NpsScreen, Overlay};
use crate::domain::nps::Report;

/// Opens it, and has it read.
pub(super) fn show(model: &mut Model) -> Vec<Cmd> {
    let run = model.next_run();
    let screen = NpsScreen {
        asked: run,
        told: None,
        tab: Tab::default(),
        cursor: Cursor::default(),
    };
    open(model, Overlay::Nps(Box::new(screen)));
    vec![Cmd::LoadNps { run }]
}

/// It was read; a stale answer is dropped.
pub(super) fn heard(model: &mut Model, run: RunId, told: Box<Report>) -> Vec<Cmd> {
    for overlay in &mut model.overlays {
        if let Overlay::Nps(screen) = overlay
            && screen.asked == run
        {
            screen.told = Some(told);
            return Vec::new();
        }
    }
    Vec::new()
}

/// It could not be read: what waits for it closes, and why is told.
pub(super) fn failed(model: &mut Model, run: RunId, why: String) -> Vec<Cmd> {
    let awaits = |overlay: &Overlay| matches!(overlay, Overlay::Nps(screen) if screen.asked == run);
    if model.overlays.iter().any(awaits) {
        model.overlays.retain(|overlay| !awaits(overlay));
        model.told = Some(why);
    }
    Vec::new()
}

/// Movements choose, tab goes to the next list, enter opens the account.
pub(super) fn pressed(model: &mut Model, mut screen: Box<NpsScreen>, key: Key) -> Vec<Cmd> {
    let action = meaning(model, key);
    if key.code == Code::Esc || matches!(action, Some(Action::Leave | Action::Nps)) {
        return Vec::new();
    }
    if key.code == Code::Enter {
        if let Some((id, name)) = screen.account() {
            let (id, name) = (id.clone(), name.to_owned());
            return account::open_of(model, id, name);
        }
        model.told = Some("the line belongs to no account".to_owned());
        return open(model, Overlay::Nps(screen));
    }
    match action {
        Some(Action::NextPane) => turn(&mut screen, 1),
        Some(Action::PreviousPane) => turn(&mut screen, Tab::ALL.len() - 1),
        Some(Action::Copy) => {
            let text = match screen.selected() {
                Some(Row::Verbatim(one)) if !one.words.is_empty() => Some(one.words.clone()),
                Some(Row::Verbatim(one)) => Some(one.name.clone()),
                Some(Row::Silent(one)) => Some(one.name.clone()),
                Some(Row::Group(group)) => group.name.clone(),
                None => None,
            };
            let orders = text.map_or_else(Vec::new, |text| action::copied(model, &text));
            model.overlays.push(Overlay::Nps(screen));
            return orders;
        }
        action => {
            let Some(step) = step(action) else {
                open(model, Overlay::Nps(screen));
                return other(model, key);
            };
            screen.step(step, model.size);
        }
    }
    open(model, Overlay::Nps(screen))
}

fn turn(screen: &mut NpsScreen, by: usize) {
    screen.tab = screen.tab.after(by);
    screen.cursor = Cursor::default();
}
