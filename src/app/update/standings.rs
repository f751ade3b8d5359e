//! How bulk plays stand: it is read when it is opened; a bulk play opens to its accounts, an account to its screen.

use super::overlay::{meaning, open, other, step};
use super::{account, action};
use crate::app::action::{Action, bulk_here, selected_due};
use crate::app::cmd::{Cmd, RunId};
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::standings::Line;
use crate::app::overlay::{Overlay, Standings};
use crate::domain::playbook::Standing;

/// Opens it, at the bulk play under the cursor if there is one, and has it read.
pub(super) fn show(model: &mut Model) -> Vec<Cmd> {
    let asked = model.next_run();
    let of_item = || selected_due(model)?.part_of();
    let of_line = || {
        let first = *bulk_here(model)?.items.first()?;
        model.desk.desk.as_deref()?.due.get(first)?.part_of()
    };
    let screen = Standings {
        asked,
        sought: of_line().or_else(of_item).map(|part| part.id.clone()),
        ..Standings::default()
    };
    open(model, Overlay::Standings(screen));
    vec![Cmd::LoadStandings {
        run: asked,
        today: model.today,
    }]
}

/// Movements choose, enter opens.
pub(super) fn pressed(model: &mut Model, mut screen: Standings, key: Key) -> Vec<Cmd> {
    let action = meaning(model, key);
    if key.code == Code::Esc || matches!(action, Some(Action::Leave | Action::BulkPlays)) {
        return Vec::new();
    }
    if key.code == Code::Enter {
        if let Some(one) = screen.account() {
            let (id, name) = (one.account.clone(), one.name.clone());
            return account::open_of(model, id, name);
        }
        if let Some(Line::Play(play)) = screen.chosen() {
            screen.turn(play, model.size);
        }
        return open(model, Overlay::Standings(screen));
    }
    if action == Some(Action::Copy) {
        let text = match screen.chosen() {
            Some(Line::Play(play)) => screen.play(play).map(|one| one.id.clone()),
            _ => screen.account().map(|one| one.name.clone()),
        };
        let orders = text.map_or_else(Vec::new, |text| action::copied(model, &text));
        model.overlays.push(Overlay::Standings(screen));
        return orders;
    }
    let Some(step) = step(action) else {
        open(model, Overlay::Standings(screen));
        return other(model, key);
    };
    screen.step(step, model.size);
    open(model, Overlay::Standings(screen))
}

/// It was read, or could not be: whoever waits for it has it, or is told why not.
pub(super) fn read(model: &mut Model, run: RunId, read: Result<Vec<Standing>, String>) -> Vec<Cmd> {
    let awaits =
        |overlay: &&mut Overlay| matches!(overlay, Overlay::Standings(screen) if screen.asked == run);
    let place = model.overlays.iter_mut().find(awaits);
    let Some(Overlay::Standings(screen)) = place else {
        return Vec::new();
    };
    match read {
        Ok(read) => screen.take(read, model.size),
        Err(why) => {
            model
                .overlays
                .retain(|overlay| !matches!(overlay, Overlay::Standings(screen) if screen.asked == run));
            model.told = Some(why);
        }
    }
    Vec::new()
}

/// The screen has another size.
pub(super) fn settle(model: &mut Model) {
    for overlay in &mut model.overlays {
        if let Overlay::Standings(screen) = overlay {
            screen.settle(model.size);
        }
    }
}
