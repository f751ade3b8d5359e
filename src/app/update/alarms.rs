//! How the alarms do: it is read when it is opened, put into lines once, and scrolled.

use super::overlay::{meaning, open, other, scrolled, step};
use crate::app::action::Action;
use crate::app::cmd::{Cmd, RunId};
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::{Alarms, Overlay};
use crate::app::reading::alarms::lines;
use crate::domain::warning::AlarmReport;

/// Opens it, and has it read.
pub(super) fn show(model: &mut Model) -> Vec<Cmd> {
    let asked = model.next_run();
    let screen = Alarms {
        asked,
        report: None,
        lines: Vec::new(),
        top: 0,
    };
    open(model, Overlay::Alarms(screen));
    vec![Cmd::LoadAlarms { run: asked }]
}

/// Movements scroll, esc and its own key close.
pub(super) fn pressed(model: &mut Model, mut screen: Alarms, key: Key) -> Vec<Cmd> {
    let action = meaning(model, key);
    if key.code == Code::Esc || key.typed() == Some('q') || action == Some(Action::Alarms) {
        return Vec::new();
    }
    let Some(step) = step(action) else {
        open(model, Overlay::Alarms(screen));
        return other(model, key);
    };
    let page = Alarms::area(model.size).inside().height;
    screen.top = scrolled(screen.top, step, page, screen.last_top(model.size));
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
        if let Overlay::Alarms(screen) = overlay
            && let Some(report) = &screen.report
        {
            screen.lines = lines(report, model.today, model.size.width);
            screen.top = screen.top.min(screen.last_top(model.size));
        }
    }
}
