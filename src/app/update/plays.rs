//! Keys of the list of playbooks that can be started.

use super::overlay::{meaning, open, other, step};
use super::{confirm, outbox, run_view};
use crate::app::account::Part;
use crate::app::action::about;
use crate::app::cmd::Cmd;
use crate::app::cursor::Cursor;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::outbox::Act;
use crate::app::overlay::plays::{Choice, Line};
use crate::app::overlay::{Overlay, Plays, Question};

/// How many lines a movement by page goes.
const PAGE: usize = 10;

/// Opens the list on the account that the screen speaks of, and reads its warnings and runs.
pub(super) fn show(model: &mut Model) -> Vec<Cmd> {
    let Some(about) = about(model) else {
        return Vec::new();
    };
    let named = named(model).map(str::to_owned);
    let (asked, id) = (model.next_run(), about.id.clone());
    let list = Plays {
        about,
        named,
        asked,
        view: None,
        cursor: Cursor::default(),
    };
    open(model, Overlay::Plays(list));
    vec![Cmd::OpenAccount {
        run: asked,
        id,
        since: None,
    }]
}

/// The playbook that the line under the cursor names.
fn named(model: &Model) -> Option<&str> {
    let account = model
        .account
        .as_ref()
        .filter(|account| account.part == Part::Why)?;
    let at = account.cursors[Part::Why.index()].at;
    account.view.as_deref()?.playbook_at(at)
}

/// Movements choose, enter starts.
pub(super) fn pressed(model: &mut Model, mut list: Plays, key: Key) -> Vec<Cmd> {
    if key.code == Code::Esc || key.typed() == Some('q') {
        return Vec::new();
    }
    if key.code == Code::Enter && list.view.is_some() {
        if let Some(Line::Run(run)) = list.lines(&model.outbox).get(list.cursor.at) {
            let id = run.id.clone();
            return run_view::of_list(model, list.about, id, list.view);
        }
        let doubt = chosen(model, &list).ok().and_then(|choice| choice.doubt());
        if let Some(why) = doubt {
            open(model, Overlay::Plays(list));
            return confirm::ask(model, Question::StartAllTheSame(why));
        }
        return order(model, list);
    } else if let Some(step) = step(meaning(model, key)) {
        let len = list.lines(&model.outbox).len();
        list.cursor = list.cursor.moved(step, len, PAGE);
    } else if key.code != Code::Enter {
        open(model, Overlay::Plays(list));
        return other(model, key);
    }
    open(model, Overlay::Plays(list))
}

/// Starts the chosen playbook though it is not for the account, that cannot be told, or a colleague does the same.
pub(super) fn start_all_the_same(model: &mut Model) -> Vec<Cmd> {
    match model.overlays.pop() {
        Some(Overlay::Plays(list)) => order(model, list),
        other => {
            model.overlays.extend(other);
            Vec::new()
        }
    }
}

/// Starts the chosen playbook; the list stays, and why is told, where it cannot be.
fn order(model: &mut Model, list: Plays) -> Vec<Cmd> {
    start(model, &list).unwrap_or_else(|why| {
        model.told = Some(why);
        open(model, Overlay::Plays(list))
    })
}

/// The playbook under the cursor, if it can be started; if not, why.
fn chosen<'a>(model: &'a Model, list: &'a Plays) -> Result<Choice<'a>, String> {
    let lines = list.lines(&model.outbox);
    let Some(Line::Start(choice)) = lines.get(list.cursor.at).copied() else {
        return Err("there is no playbook to start".to_owned());
    };
    if let Some(run) = choice.running {
        return Err(format!(
            "it runs already, {} by {}: retain play start --again starts it a second time",
            run.id, run.author
        ));
    }
    Ok(choice)
}

fn start(model: &mut Model, list: &Plays) -> Result<Vec<Cmd>, String> {
    let on = model.occasion()?;
    let choice = chosen(model, list)?;
    let deed = choice.deed(&on, &model.outbox, model.currency)?;
    let act = Act::of(&on, format!("Play: {}", choice.playbook.title), &deed);
    outbox::commit(model, deed, Vec::new(), Some(act)).map(|(_, orders)| orders)
}
