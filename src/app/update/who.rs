//! Keys of the search for a requester's account.

use super::account;
use super::overlay::open;
use crate::app::cmd::{Cmd, RunId};
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::{Overlay, WhoScreen};
use crate::domain::routing::{Question, Sought, Whose};

/// Opens it.
pub(super) fn show(model: &mut Model) -> Vec<Cmd> {
    open(model, Overlay::Who(Box::default()))
}

/// Opens it with the address of who asks, and looks for that at once.
pub(super) fn of(model: &mut Model, question: &Question) -> Vec<Cmd> {
    let mut screen = Box::<WhoScreen>::default();
    let email = question.requesters.iter().find_map(|one| one.email.as_deref());
    if email.is_some_and(|email| screen.paste(email)) {
        screen.given = true;
        return look(model, screen);
    }
    open(model, Overlay::Who(screen))
}

/// Letters are typed, enter looks for them; then it opens the account that the arrows choose.
pub(super) fn pressed(model: &mut Model, mut screen: Box<WhoScreen>, key: Key) -> Vec<Cmd> {
    let len = screen.accounts().len();
    match key.code {
        Code::Esc => return Vec::new(),
        Code::Enter => match screen.selected() {
            Some(chosen) => {
                let (id, name) = (chosen.line.id.clone(), chosen.line.name.clone());
                // The routing desk may lie below, which would hide it.
                model.overlays.clear();
                return account::open_of(model, id, name);
            }
            None => return look(model, screen),
        },
        Code::Down | Code::Tab => screen.at = (screen.at + 1).min(len.saturating_sub(1)),
        Code::Up | Code::BackTab => screen.at = screen.at.saturating_sub(1),
        _ => {
            screen.take(key);
        }
    }
    open(model, Overlay::Who(screen))
}

fn look(model: &mut Model, mut screen: Box<WhoScreen>) -> Vec<Cmd> {
    let text = screen.input.text().trim().to_owned();
    let Some(sought) = Sought::parse(&text) else {
        if !text.is_empty() {
            screen.found = Some(Err(format!("`{text}` is neither an e-mail address nor a domain")));
        }
        return open(model, Overlay::Who(screen));
    };
    let run = model.next_run();
    screen.asked = Some(run);
    open(model, Overlay::Who(screen));
    vec![Cmd::FindRequester { run, sought }]
}

/// It was looked for; what nobody waits for any more is dropped.
pub(super) fn found(model: &mut Model, run: RunId, found: Result<Vec<Whose>, String>) {
    for overlay in &mut model.overlays {
        if let Overlay::Who(screen) = overlay
            && screen.asked == Some(run)
        {
            (screen.asked, screen.found) = (None, Some(found));
            return;
        }
    }
}
