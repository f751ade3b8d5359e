//! Keys of what-if: values and weights are tried on the account at once, and on the whole book behind.

use std::sync::Arc;

use super::overlay::{meaning, open, other, step};
use super::{ask, confirm};
use crate::app::action::about;
use crate::app::cmd::{Cmd, RunId};
use crate::app::cursor::Cursor;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::overlay::what_if::WEIGHT_STEP;
use crate::app::overlay::{Asked, Overlay, Question, WhatIfScreen};
use crate::domain::book::trial::{BookTrial, Mine};
use crate::domain::health::what_if::{HEAVIEST, Tried, Way};

/// How many lines a movement by page goes.
const PAGE: usize = 10;

/// Opens it on the account that the screen speaks of, and reads the account.
pub(super) fn show(model: &mut Model) -> Vec<Cmd> {
    let Some(about) = about(model) else {
        return Vec::new();
    };
    let (asked, id) = (model.next_run(), about.id.clone());
    let screen = WhatIfScreen {
        about,
        asked,
        view: None,
        at: 0,
        tried: Tried::default(),
        trying: None,
        way: None,
        book: None,
    };
    open(model, Overlay::WhatIf(Box::new(screen)));
    vec![Cmd::OpenAccount {
        run: asked,
        id,
        since: None,
    }]
}

/// The account was read: the whole book as it is shows beside it.
pub(super) fn resumed(model: &mut Model, at: usize) -> Vec<Cmd> {
    let Some(Overlay::WhatIf(screen)) = model.overlays.get(at) else {
        return Vec::new();
    };
    let screen = screen.clone();
    let (screen, orders) = tried(model, screen);
    model.overlays[at] = Overlay::WhatIf(screen);
    orders
}

/// Movements choose, the other keys try.
pub(super) fn pressed(model: &mut Model, mut screen: Box<WhatIfScreen>, key: Key) -> Vec<Cmd> {
    let Some(measures) = screen.what_if().map(|what_if| what_if.trials.len()) else {
        let closes = key.code == Code::Esc || key.typed() == Some('q');
        if closes {
            return Vec::new();
        }
        open(model, Overlay::WhatIf(screen));
        return other(model, key);
    };
    let at = screen.at;
    match (key.typed(), key.code) {
        (_, Code::Esc) | (Some('q'), _) => return Vec::new(),
        (_, Code::Enter) => return ask_value(model, screen),
        (Some('+'), _) => reweigh(&mut screen, WEIGHT_STEP),
        (Some('-'), _) => reweigh(&mut screen, -WEIGHT_STEP),
        (Some('0'), _) => {
            screen.tried.values.remove(&at);
            if screen.tried.weights.remove(&at).is_some() {
                screen.way = None;
            }
        }
        (Some('g'), _) => green(model, &mut screen),
        (Some('W'), _) => return keep(model, screen),
        _ => {
            let Some(step) = step(meaning(model, key)) else {
                open(model, Overlay::WhatIf(screen));
                return other(model, key);
            };
            let cursor = Cursor { at, top: 0 };
            screen.at = cursor.moved(step, measures, PAGE).at;
            return open(model, Overlay::WhatIf(screen));
        }
    }
    let (screen, orders) = tried(model, screen);
    open(model, Overlay::WhatIf(screen));
    orders
}

/// Orders what is tried to be worked out over the whole book.
fn tried(model: &mut Model, mut screen: Box<WhatIfScreen>) -> (Box<WhatIfScreen>, Vec<Cmd>) {
    let Some(what_if) = screen.what_if() else {
        return (screen, Vec::new());
    };
    let account = Box::new((what_if.clone(), screen.tried.weights.clone()));
    let mine = model.accounts.book.find(&screen.about.id).map(|row| Mine {
        row,
        score: what_if.score(&screen.tried),
    });
    let weights = screen.weights();
    let run = model.next_run();
    screen.trying = Some(run);
    let order = Cmd::TryOnBook {
        run,
        book: Arc::clone(&model.accounts.book),
        weights,
        mine,
        account,
    };
    (screen, vec![order])
}

/// What it makes of the whole book was worked out; a stale answer is dropped.
pub(super) fn worked_out(model: &mut Model, run: RunId, book: BookTrial, way: Way) -> Vec<Cmd> {
    for overlay in &mut model.overlays {
        if let Overlay::WhatIf(screen) = overlay
            && screen.trying == Some(run)
        {
            screen.trying = None;
            screen.book = Some(book);
            screen.way = Some(way);
            break;
        }
    }
    Vec::new()
}

fn reweigh(screen: &mut WhatIfScreen, by: i64) {
    let at = screen.at;
    let Some(own) = screen
        .what_if()
        .and_then(|what_if| Some(what_if.trials.get(at)?.weight))
    else {
        return;
    };
    let weight = screen.tried.weights.get(&at).copied().unwrap_or(own);
    let weight = (weight + by).clamp(0, HEAVIEST);
    screen.way = None;
    if weight == own {
        screen.tried.weights.remove(&at);
    } else {
        screen.tried.weights.insert(at, weight);
    }
}

/// Tries the smallest changes that bring the account back to green.
fn green(model: &mut Model, screen: &mut WhatIfScreen) {
    let (Some(what_if), Some(way)) = (screen.what_if(), &screen.way) else {
        model.told = Some("it is being worked out: one moment".to_owned());
        return;
    };
    if let Way::By(needs) = way {
        screen.tried.values = needs.iter().map(|need| (need.at, need.to.clone())).collect();
    } else {
        model.told = Some(what_if.words(way, &screen.tried.weights));
    }
}

fn ask_value(model: &mut Model, screen: Box<WhatIfScreen>) -> Vec<Cmd> {
    let at = screen.at;
    let Some(trial) = screen.what_if().and_then(|what_if| what_if.trials.get(at)) else {
        return open(model, Overlay::WhatIf(screen));
    };
    let name = if trial.label.is_empty() {
        trial.measure.clone()
    } else {
        format!("{}: {}", trial.measure, trial.label)
    };
    let name = match &trial.per {
        Some((whole, of)) => format!("{name} of {} {of}", crate::domain::values::plain(*whole)),
        None => name,
    };
    model.overlays.push(Overlay::WhatIf(screen));
    ask::ask(model, Asked::Try(at), &name, "")
}

/// The value that was typed for a measure of the screen below; an empty one takes the trial back.
pub(super) fn typed(model: &mut Model, at: usize, about: &str, text: &str) -> Vec<Cmd> {
    let Some(Overlay::WhatIf(mut screen)) = model.overlays.pop() else {
        return Vec::new();
    };
    let trial = screen.what_if().and_then(|what_if| what_if.trials.get(at));
    let value = match trial {
        Some(trial) if !text.is_empty() => trial.parse(text).map(Some),
        _ => Ok(None),
    };
    match value {
        Err(why) => {
            model.overlays.push(Overlay::WhatIf(screen));
            model.told = Some(why);
            return ask::ask(model, Asked::Try(at), about, text);
        }
        Ok(Some(value)) => drop(screen.tried.values.insert(at, value)),
        Ok(None) => drop(screen.tried.values.remove(&at)),
    }
    let (screen, orders) = tried(model, screen);
    open(model, Overlay::WhatIf(screen));
    orders
}

fn keep(model: &mut Model, screen: Box<WhatIfScreen>) -> Vec<Cmd> {
    let weights = screen.weights();
    open(model, Overlay::WhatIf(screen));
    if weights.is_empty() {
        model.told = Some("no weight is tried: + and - try one".to_owned());
        return Vec::new();
    }
    confirm::ask(model, Question::KeepWeights(weights))
}
