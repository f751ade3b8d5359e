//! How bulk plays stand: it is read when it is opened, and anew after each change; a bulk play opens to its accounts, an
//! account to its screen; with all of a bulk play one does what one does with a run.

use std::sync::Arc;

use super::overlay::{meaning, open, other, step};
use super::{account, action, run_menu, run_view};
use crate::app::action::{Action, bulk_here, selected_due};
use crate::app::cmd::{Cmd, RunId};
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::standings::Line;
use crate::app::overlay::{Overlay, Standings};
use crate::app::run::{Played, Whole};
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
        reading: true,
        sought: of_line().or_else(of_item).map(|part| part.id.clone()),
        ..Standings::default()
    };
    open(model, Overlay::Standings(screen));
    vec![Cmd::LoadStandings {
        run: asked,
        today: model.today,
    }]
}

/// Movements choose, enter opens, `p` acts on all of a bulk play, `u` takes back what was done.
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
        screen.turn(model.size);
        return open(model, Overlay::Standings(screen));
    }
    if run_view::meant(model, key) == Some(Action::Play)
        && let Some(Line::Play(play)) = screen.chosen()
    {
        return act(model, screen, play);
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
        if action == Some(Action::Undo) {
            return action::run(model, Action::Undo);
        }
        return other(model, key);
    };
    screen.step(step, model.size);
    open(model, Overlay::Standings(screen))
}

/// Has a bulk play read, to do something with all of it: whatever shows here, what may be done is what the journal says by
/// now. Where nothing may be written nothing is read for it either.
fn act(model: &mut Model, mut screen: Standings, play: usize) -> Vec<Cmd> {
    if let Err(read_only) = model.may_write() {
        model.told = Some(read_only.why);
        open(model, Overlay::Standings(screen));
        // It may have been allowed in another cockpit since.
        return vec![Cmd::LookForPermit];
    }
    let Some(id) = screen.play(play).map(|one| one.id.clone()) else {
        return open(model, Overlay::Standings(screen));
    };
    let run = model.next_run();
    screen.acting = Some(run);
    open(model, Overlay::Standings(screen));
    vec![Cmd::LoadBulk {
        run,
        id,
        now: model.now,
    }]
}

/// A bulk play was read, or could not be: its menu opens over the screen that waits for it.
pub(super) fn whole(model: &mut Model, run: RunId, read: Result<Box<Whole>, String>) -> Vec<Cmd> {
    // What was opened over it since is not covered.
    let Some(Overlay::Standings(screen)) = model.overlays.last_mut() else {
        return Vec::new();
    };
    if screen.acting != Some(run) {
        return Vec::new();
    }
    screen.acting = None;
    let played = match read {
        Ok(whole) => Played::All(Arc::from(whole)),
        Err(why) => {
            model.told = Some(why);
            return Vec::new();
        }
    };
    if played.choices().is_empty() {
        model.told = Some(format!("{} is over", played.title()));
        return Vec::new();
    }
    run_menu::show(model, played)
}

/// Reads anew how they stand where that is looked at, with the old content in place.
pub(super) fn reload(model: &mut Model) -> Vec<Cmd> {
    let (run, today) = (model.next_run(), model.today);
    let mut orders = Vec::new();
    for overlay in &mut model.overlays {
        let Overlay::Standings(screen) = overlay else {
            continue;
        };
        if screen.reading {
            screen.again = true;
            continue;
        }
        (screen.asked, screen.reading) = (run, true);
        orders.push(Cmd::LoadStandings { run, today });
    }
    orders
}

/// It was read, or could not be: whoever waits for it has it, or is told why not.
pub(super) fn read(model: &mut Model, run: RunId, read: Result<Vec<Standing>, String>) -> Vec<Cmd> {
    let awaits =
        |overlay: &&mut Overlay| matches!(overlay, Overlay::Standings(screen) if screen.asked == run);
    let place = model.overlays.iter_mut().find(awaits);
    let Some(Overlay::Standings(screen)) = place else {
        return Vec::new();
    };
    screen.reading = false;
    let again = std::mem::take(&mut screen.again);
    match read {
        Ok(read) => {
            screen.take(read, model.size);
            if again {
                return reload(model);
            }
        }
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
