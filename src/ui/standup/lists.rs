//! What a standup would go over, its roster, the question whether it ends, and its minutes.

use crate::app::Model;
use crate::app::layout::Area;
use crate::app::standup::Standup;
use crate::app::update::minutes_of;
use crate::domain::standup::{Line, Tone, tone};
use crate::ui::canvas::Canvas;
use crate::ui::theme::Role;

/// Cells of an account's name.
const NAME: u16 = 28;

/// What it would go over.
pub fn review(model: &Model, standup: &Standup, canvas: &mut Canvas, area: Area) {
    let Some(begun) = standup.begun() else {
        return;
    };
    let says = match (standup.open(), begun.agenda.is_empty()) {
        (Some(open), _) => format!(
            "{} began it at {}: {} of {} discussed; enter goes on where it was",
            open.begun.by,
            open.begun.local.strftime("%H:%M"),
            open.discussed().len(),
            begun.agenda.len()
        ),
        (None, true) => "Nothing changed: there is nothing to go over.".to_owned(),
        (None, false) => format!(
            "{} of {} accounts changed · {} min · enter begins",
            begun.agenda.len(),
            begun.accounts,
            begun.minutes
        ),
    };
    canvas.line(area, 0).gap(2).text(&says, Role::Plain.strong());
    if model.is_read_only() {
        canvas.line(area, 1).gap(2).text(
            "nothing may be written here: it can be read, and not be held",
            Role::Dim,
        );
    }
    list(standup, canvas, area.below(2));
}

/// All accounts of it.
pub fn roster(standup: &Standup, canvas: &mut Canvas, area: Area) {
    canvas.line(area, 0).gap(2).text("Roster", Role::Plain.strong());
    list(standup, canvas, area.below(2));
}

fn list(standup: &Standup, canvas: &mut Canvas, area: Area) {
    let height = usize::from(area.height);
    let top = (standup.line + 1).saturating_sub(height);
    let discussed = standup.held.as_deref().map(|held| held.discussed());
    for (row, line) in standup.agenda().iter().enumerate().skip(top).take(height) {
        let is_chosen = row == standup.line;
        let is_done = discussed
            .as_ref()
            .is_some_and(|done| done.contains(&line.account));
        let (sign, role) = if is_done { ("✓", Role::Good) } else { sign(line) };
        let mut out = canvas.line(area, (row - top) as u16);
        out.bar(is_chosen)
            .gap(1)
            .field(2, sign, role)
            .column(NAME, &line.name, Role::Plain.strong_if(is_chosen))
            .text(&in_short(line), Role::Dim);
    }
}

fn sign(line: &Line) -> (&'static str, Role) {
    match tone(&line.changes) {
        Tone::Worse => ("▲", Role::Bad),
        Tone::Better => ("●", Role::Good),
        Tone::Neither => ("·", Role::Dim),
    }
}

/// Why it is on the agenda, in one line.
fn in_short(line: &Line) -> String {
    let changes = line.changes.iter().map(|change| change.words.as_str());
    let promises = line.promises.iter().map(|promise| promise.standing.word());
    changes.chain(promises).collect::<Vec<_>>().join(" · ")
}

/// Whether it is to end.
pub fn leaving(standup: &Standup, canvas: &mut Canvas, area: Area) {
    let left = standup.left().saturating_sub(1);
    let rest = match left {
        0 => "All were talked about.".to_owned(),
        1 => "1 account was not talked about: the minutes say so.".to_owned(),
        many => format!("{many} accounts were not talked about: the minutes say so."),
    };
    canvas
        .line(area, 1)
        .gap(4)
        .text("End the standup?", Role::Plain.strong());
    canvas.line(area, 3).gap(4).text(&rest, Role::Plain);
    let keys = [
        ("enter", "end it, and read its minutes"),
        ("q", "leave it as it is: S goes on where it was"),
        ("esc", "go on"),
    ];
    for (row, (key, what)) in keys.into_iter().enumerate() {
        canvas
            .line(area, 5 + row as u16)
            .gap(4)
            .field(7, key, Role::Here.strong())
            .text(what, Role::Plain);
    }
}

/// Its minutes.
pub fn minutes(model: &Model, standup: &Standup, canvas: &mut Canvas, area: Area) {
    let Some(held) = standup.held.as_deref() else {
        return;
    };
    let text = minutes_of(model, held);
    let lines = text.lines().skip(standup.line).take(usize::from(area.height));
    for (row, line) in lines.enumerate() {
        let role = Role::Plain.strong_if(line.starts_with('#'));
        canvas.line(area, row as u16).gap(2).text(line, role);
    }
}
