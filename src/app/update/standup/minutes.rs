//! The minutes of a standup that has ended: read, copied, kept in a file, written as notes.

use super::{close, other};
use crate::app::action::Action;
use crate::app::cmd::Cmd;
use crate::app::cursor::Step;
use crate::app::key::{Code, Key};
use crate::app::layout::Frame;
use crate::app::model::Model;
use crate::app::update::overlay::{meaning, scrolled, step};
use crate::app::update::{action, outbox};
use crate::domain::acts::{About, note};
use crate::domain::record::Owner;
use crate::domain::standup::{Held, minutes, note_of};

/// A key on the minutes.
pub fn on_minutes(model: &mut Model, key: Key) -> Vec<Cmd> {
    let Some(held) = model.standup.as_ref().and_then(|standup| standup.held.clone()) else {
        return close(model);
    };
    let text = minutes_of(model, &held);
    match key.code {
        Code::Esc => close(model),
        Code::Char('f') => vec![Cmd::KeepMinutes {
            name: format!("standup-{}-{}.md", held.begun.local.date(), held.id),
            text,
        }],
        _ => match meaning(model, key) {
            Some(Action::Leave) => close(model),
            Some(Action::Copy) => action::copied(model, &text),
            Some(Action::Note) => notes(model, &held),
            action => {
                let Some(step) = step(action) else {
                    return other(model, key);
                };
                scroll(model, step, text.lines().count());
                Vec::new()
            }
        },
    }
}

fn scroll(model: &mut Model, by: Step, lines: usize) {
    let page = Frame::of(model.size, 0).between().height;
    let last = lines.saturating_sub(usize::from(page));
    if let Some(standup) = &mut model.standup {
        standup.line = scrolled(standup.line, by, page, last);
    }
}

/// The minutes, with the names that we go by.
pub fn minutes_of(model: &Model, held: &Held) -> String {
    minutes(held, &|address: &str| name_of(model, address))
}

fn name_of(model: &Model, address: &str) -> String {
    let me = model.outbox.me.as_ref().filter(|_| address.is_empty());
    let found = Owner::find(&model.outbox.owners, address).map(|owner| owner.name.clone());
    found
        .or(me.map(|me| me.name.clone()))
        .unwrap_or_else(|| address.to_owned())
}

/// What the minutes say of each account, as a note on it.
fn notes(model: &mut Model, held: &Held) -> Vec<Cmd> {
    let queued = model.occasion().and_then(|on| {
        let mut entries = Vec::new();
        for line in &held.begun.agenda {
            let name = |address: &str| name_of(model, address);
            if let Some(text) = note_of(held, &line.account, &name) {
                let about = About {
                    id: line.account.clone(),
                    name: line.name.clone(),
                };
                entries.push(note::note(&on, &about, &text)?);
            }
        }
        if entries.is_empty() {
            return Err("no account was talked about".to_owned());
        }
        outbox::queue(model, entries, Vec::new())
    });
    queued.map_or_else(
        |why| {
            model.told = Some(why);
            Vec::new()
        },
        |(_, orders)| orders,
    )
}
