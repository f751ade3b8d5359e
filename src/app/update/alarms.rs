//! How the alarms do: it is read when it is opened, and scrolled.

use super::overlay::{meaning, open, scrolled, step};
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
        top: 0,
    };
    open(model, Overlay::Alarms(screen));
    vec![Cmd::LoadAlarms { run: asked }]
}

/// Movements scroll, everything else closes.
pub(super) fn pressed(model: &mut Model, mut screen: Alarms, key: Key) -> Vec<Cmd> {
    if key.code == Code::Esc || key.typed() == Some('q') {
        return Vec::new();
    }
    if let Some(step) = step(meaning(model, key)) {
        let page = Alarms::area(model.size).inside().height;
        let lines = screen
            .report
            .as_deref()
            .map_or(0, |report| lines(model, report).len());
        screen.top = scrolled(screen.top, step, page, Alarms::last_top(lines, model.size));
    }
    open(model, Overlay::Alarms(screen))
}

/// It was read: whoever waits for it has it.
pub(super) fn read(model: &mut Model, run: RunId, report: Box<AlarmReport>) -> Vec<Cmd> {
    for overlay in &mut model.overlays {
        if let Overlay::Alarms(screen) = overlay
            && screen.asked == run
        {
            screen.report = Some(report);
            return Vec::new();
        }
    }
    Vec::new()
}
