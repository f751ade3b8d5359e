//! How the alarms do: it is read when it is opened, put into lines once; a signal opens to its warnings, a warning to
//! its account.

use super::overlay::{meaning, open, other, step};
use super::{account, action};
use crate::app::action::Action;
use crate::app::cmd::{Cmd, RunId};
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::{Alarms, Overlay};
use crate::app::reading::alarms::Row;
use crate::domain::warning::AlarmReport;

/// Opens it, and has it read.
pub(super) fn show(model: &mut Model) -> Vec<Cmd> {
    let asked = model.next_run();
    let screen = Alarms {
        asked,
        ..Alarms::default()
    };
    open(model, Overlay::Alarms(screen));
    vec![Cmd::LoadAlarms { run: asked }]
}

/// Movements choose, enter opens.
pub(super) fn pressed(model: &mut Model, mut screen: Alarms, key: Key) -> Vec<Cmd> {
    let action = meaning(model, key);
    if key.code == Code::Esc || matches!(action, Some(Action::Leave | Action::Alarms)) {
        return Vec::new();
    }
    if key.code == Code::Enter {
        if let Some((id, name)) = screen.account() {
            let (id, name) = (id.clone(), name.to_owned());
            return account::open_of(model, id, name);
        }
        if let Some(Row::Signal(signal)) = screen.row() {
            let has_fired = |report: &AlarmReport| !report.signals[signal].cases.is_empty();
            if screen.report.as_deref().is_some_and(has_fired) {
                screen.toggle(signal, model.today, model.size);
            } else {
                model.told = Some("it has never fired: there is nothing to open".to_owned());
            }
        }
        return open(model, Overlay::Alarms(screen));
    }
    if action == Some(Action::Copy) {
        let text = screen.copied().map(str::to_owned);
        let orders = text.map_or_else(Vec::new, |text| action::copied(model, &text));
        model.overlays.push(Overlay::Alarms(screen));
        return orders;
    }
    let Some(step) = step(action) else {
        open(model, Overlay::Alarms(screen));
        return other(model, key);
    };
    screen.step(step, model.size);
    open(model, Overlay::Alarms(screen))
}

/// It was read: whoever waits for it has it.
pub(super) fn read(model: &mut Model, run: RunId, report: Box<AlarmReport>) -> Vec<Cmd> {
    for overlay in &mut model.overlays {
        if let Overlay::Alarms(screen) = overlay
            && screen.asked == run
        {
            screen.report = Some(report);
            lay_out(model);
            return Vec::new();
        }
    }
    Vec::new()
}

/// It could not be read: what waits for it closes, and why is told.
pub(super) fn failed(model: &mut Model, run: RunId, why: String) -> Vec<Cmd> {
    let awaits = |overlay: &Overlay| matches!(overlay, Overlay::Alarms(screen) if screen.asked == run);
    if model.overlays.iter().any(awaits) {
        model.overlays.retain(|overlay| !awaits(overlay));
        model.told = Some(why);
    }
    Vec::new()
}

/// Puts what was read into lines, for the day and the width that it is.
pub(super) fn lay_out(model: &mut Model) {
    for overlay in &mut model.overlays {
        if let Overlay::Alarms(screen) = overlay {
            screen.lay_out(model.today, model.size);
        }
    }
}
