//! Accounts are marked, and a playbook is started on all that are: chosen, told of each, and started once the number of
//! accounts is typed.

use super::overlay::{meaning, open, other, step};
use super::{outbox, overlay};
use crate::app::action::{Action, about};
use crate::app::cmd::{Cmd, RunId};
use crate::app::cursor::Cursor;
use crate::app::input::Input;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::outbox::Act;
use crate::app::overlay::bulk::Stage;
use crate::app::overlay::{BulkPlay, Overlay};
use crate::domain::playbook::Plan;
use crate::domain::record::RecordId;
use crate::domain::words::counted;

/// Marks the account of the line, or takes its mark off, and goes to the next line.
pub(super) fn mark(model: &mut Model) -> Vec<Cmd> {
    let Some(about) = about(model) else {
        return Vec::new();
    };
    if !model.marked.remove(&about.id) {
        model.marked.insert(about.id);
    }
    super::action::run(model, Action::MoveDown)
}

/// Marks every account that the list shows; where all of them are, takes all marks off.
pub(super) fn mark_all(model: &mut Model) -> Vec<Cmd> {
    let list = &model.accounts;
    let shown: Vec<RecordId> = (0..list.rows.len())
        .filter_map(|at| Some(RecordId::from(list.row_at(at)?.id())))
        .collect();
    let all_are = shown.iter().all(|id| model.marked.contains(id));
    if all_are {
        model.marked.clear();
    } else {
        model.marked.extend(shown);
    }
    Vec::new()
}

/// The accounts that are marked, in the order of the list; those that it does not show come last.
fn marked(model: &Model) -> Vec<RecordId> {
    let list = &model.accounts;
    let rows = (0..list.rows.len()).filter_map(|at| list.row_at(at));
    let mut found: Vec<RecordId> = rows
        .map(|row| RecordId::from(row.id()))
        .filter(|id| model.marked.contains(id))
        .collect();
    let seen: std::collections::BTreeSet<RecordId> = found.iter().cloned().collect();
    found.extend(model.marked.difference(&seen).cloned());
    found
}

/// Opens the list of playbooks for the accounts that are marked.
pub(super) fn show(model: &mut Model) -> Vec<Cmd> {
    let accounts = marked(model);
    open(model, Overlay::Bulk(Box::new(BulkPlay::on(accounts))))
}

/// Movements choose or scroll; enter goes on, with a number typed it starts.
pub(super) fn pressed(model: &mut Model, mut bulk: Box<BulkPlay>, key: Key) -> Vec<Cmd> {
    if key.code == Code::Esc || key.typed() == Some('q') {
        return Vec::new();
    }
    if key.code == Code::Enter {
        return go_on(model, bulk);
    }
    if let Stage::Planned { typed, .. } = &mut bulk.stage
        && (key.typed().is_none_or(|one| one.is_ascii_digit()))
        && typed.take(key)
    {
        return open(model, Overlay::Bulk(bulk));
    }
    if let Some(step) = step(meaning(model, key)) {
        let (page, len) = (bulk.page(model.size), bulk.len(&model.outbox));
        bulk.cursor = match bulk.stage {
            Stage::Planned { .. } => Cursor {
                top: overlay::scrolled(bulk.cursor.top, step, page as u16, len.saturating_sub(page)),
                ..bulk.cursor
            },
            Stage::Choosing | Stage::Reading { .. } => bulk.cursor.moved(step, len, page),
        };
        return open(model, Overlay::Bulk(bulk));
    }
    open(model, Overlay::Bulk(bulk));
    other(model, key)
}

fn go_on(model: &mut Model, mut bulk: Box<BulkPlay>) -> Vec<Cmd> {
    match &bulk.stage {
        Stage::Choosing => {
            let playbook = model.outbox.means.playbooks.get(bulk.cursor.at).cloned();
            let (Some(playbook), Ok(on)) = (playbook, model.occasion()) else {
                model.told = Some("there is no playbook to start, or nobody known to start it".to_owned());
                return open(model, Overlay::Bulk(bulk));
            };
            let (asked, on) = (model.next_run(), Box::new(on));
            let order = Cmd::PlanBulk {
                run: asked,
                on: on.clone(),
                playbook: Box::new(playbook),
                accounts: bulk.accounts.clone(),
            };
            bulk.stage = Stage::Reading { asked, on };
            bulk.cursor = Cursor::default();
            open(model, Overlay::Bulk(bulk));
            vec![order]
        }
        Stage::Reading { .. } => open(model, Overlay::Bulk(bulk)),
        Stage::Planned { .. } => start(model, bulk),
    }
}

/// Starts it, if the number is right; what was typed stays where it is not.
fn start(model: &mut Model, bulk: Box<BulkPlay>) -> Vec<Cmd> {
    let Stage::Planned { plan, on, typed } = &bulk.stage else {
        return open(model, Overlay::Bulk(bulk));
    };
    let starts = plan.starts();
    let started = plan.confirmed(typed.text()).cloned().and_then(|mut deed| {
        // Whoever read the plan has as long to take it back as whoever did not have to read.
        let mut on = (**on).clone();
        on.now = model.now;
        let leaves_at = on.leaves_at();
        deed.entries
            .iter_mut()
            .for_each(|entry| entry.leaves_at = leaves_at);
        let title = format!(
            "Play: {} on {}",
            plan.title,
            counted(starts as u64, "account", "accounts")
        );
        let act = Act::of(&on, title, &deed);
        outbox::commit(model, deed, Vec::new(), Some(act))
    });
    match started {
        Ok((_, orders)) => {
            model.marked.clear();
            let left_out = match plan.all() - starts {
                0 => String::new(),
                left_out => format!(", not on {left_out}"),
            };
            let keys = model.keymap.keys_of(Action::BulkPlays, model.context());
            let key = keys.first().map_or("`:bulk-plays`", String::as_str);
            model.told = Some(format!(
                "{} starts on {starts}{left_out}: {key} tells how it stands ({})",
                plan.title, plan.id
            ));
            orders
        }
        Err(why) => {
            model.told = Some(why);
            open(model, Overlay::Bulk(bulk))
        }
    }
}

/// It was worked out what it would do, or why not is told: whoever waits for it has it, or chooses again.
pub(super) fn planned(model: &mut Model, run: RunId, planned: Result<Box<Plan>, String>) -> Vec<Cmd> {
    for overlay in &mut model.overlays {
        let Overlay::Bulk(bulk) = overlay else { continue };
        let Stage::Reading { asked, on } = &bulk.stage else {
            continue;
        };
        if *asked != run {
            continue;
        }
        let on = on.clone();
        match planned {
            Ok(plan) => {
                bulk.stage = Stage::Planned {
                    plan,
                    on,
                    typed: Input::default(),
                };
            }
            Err(why) => {
                bulk.stage = Stage::Choosing;
                model.told = Some(why);
            }
        }
        return Vec::new();
    }
    Vec::new()
}
