//! Keys of the team's table: a book opens to its accounts, an account to its screen.

use super::overlay::{meaning, open, other, step};
use super::{account, action};
use crate::app::action::Action;
use crate::app::cmd::{Cmd, RunId};
use crate::app::cursor::Cursor;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::{Overlay, TeamScreen};
use crate::domain::team_table::TeamTable;

/// Opens it, and has it read.
pub(super) fn show(model: &mut Model) -> Vec<Cmd> {
    load(model, false)
}

fn load(model: &mut Model, everybody: bool) -> Vec<Cmd> {
    let run = model.next_run();
    open(model, Overlay::Team(Box::new(TeamScreen::new(run, everybody))));
    vec![Cmd::LoadTeam { run, everybody }]
}

/// It was read, or why not is told and what waits for it closes; a stale answer is dropped.
pub(super) fn heard(model: &mut Model, run: RunId, read: Result<Box<TeamTable>, String>) -> Vec<Cmd> {
    let awaits = |overlay: &Overlay| matches!(overlay, Overlay::Team(screen) if screen.asked == run);
    let Some(at) = model.overlays.iter().position(awaits) else {
        return Vec::new();
    };
    match (read, &mut model.overlays[at]) {
        (Ok(table), Overlay::Team(screen)) => screen.table = Some(table),
        (Err(why), _) => {
            model.overlays.remove(at);
            model.told = Some(why);
        }
        (Ok(_), _) => {}
    }
    Vec::new()
}

/// Movements choose, enter goes deeper, esc back.
pub(super) fn pressed(model: &mut Model, mut screen: Box<TeamScreen>, key: Key) -> Vec<Cmd> {
    let action = meaning(model, key);
    if key.code == Code::Esc || matches!(action, Some(Action::Leave | Action::Team)) {
        if screen.book.take().is_some() && action != Some(Action::Team) {
            return open(model, Overlay::Team(screen));
        }
        return Vec::new();
    }
    if key.code == Code::Enter {
        return deeper(model, screen);
    }
    match action {
        Some(Action::NextPane | Action::PreviousPane) if screen.book.is_none() && screen.table.is_some() => {
            return load(model, !screen.everybody);
        }
        Some(Action::Copy) => {
            let listed = screen.listed().map(|one| one.name.clone());
            let text = listed.or_else(|| screen.row().map(|row| row.name().to_owned()));
            let orders = text.map_or_else(Vec::new, |text| action::copied(model, &text));
            model.overlays.push(Overlay::Team(screen));
            return orders;
        }
        action => {
            let Some(step) = step(action) else {
                open(model, Overlay::Team(screen));
                return other(model, key);
            };
            screen.step(step, model.size);
        }
    }
    open(model, Overlay::Team(screen))
}

/// A book opens to its accounts, an account to its screen.
fn deeper(model: &mut Model, mut screen: Box<TeamScreen>) -> Vec<Cmd> {
    if let Some((id, name)) = screen.account() {
        let (id, name) = (id.clone(), name.to_owned());
        return account::open_of(model, id, name);
    }
    match screen.row() {
        Some(row) if row.listed.is_empty() => {
            model.told = Some(format!("{}: no accounts", row.name()));
        }
        Some(_) => screen.book = Some(Cursor::default()),
        None => {}
    }
    open(model, Overlay::Team(screen))
}

/// The screen has another size: what is chosen shows.
pub(super) fn settle(model: &mut Model) {
    let size = model.size;
    for overlay in &mut model.overlays {
        if let Overlay::Team(screen) = overlay {
            let Some(table) = screen.table.as_deref() else {
                continue;
            };
            let listed = screen.row().map_or(0, |row| row.listed.len());
            screen.cursor = screen.cursor.within(table.rows.len(), TeamScreen::page(size));
            screen.book = screen
                .book
                .map(|book| book.within(listed, TeamScreen::book_page(size)));
        }
    }
}
