//! The selected line, as the actions see it: what would be copied, and the account around it.

use std::collections::BTreeSet;

use crate::app::account::Part;
use crate::app::layout::Pane;
use crate::app::model::Model;
use crate::app::queue::Line;
use crate::domain::account_view::{AccountView, TermLine};
use crate::domain::acts::About;
use crate::domain::acts::task::{self, Task};
use crate::domain::acts::warn::Seen;
use crate::domain::desk::{BulkStep, DueItem, DueKind, Warning};
use crate::domain::goal::{self, Goal};
use crate::domain::outbox::State;
use crate::domain::record::{Kind, RecordId};
use crate::domain::warning::Shelf;

/// The account on the account screen, once it is read.
pub fn open_account(model: &Model) -> Option<&AccountView> {
    model.account.as_ref()?.view.as_deref()
}

/// Whether a playbook is started on the accounts that are marked: where they show.
pub fn plays_on_marked(model: &Model) -> bool {
    let shows = matches!(model.pane, Pane::Accounts | Pane::Risks);
    model.account.is_none() && shows && !model.marked.is_empty()
}

/// The account that what is done now is about: the open one, else that of the marked line, which may have none; else,
/// where nothing is marked, the one that every pane speaks of.
pub fn about(model: &Model) -> Option<About> {
    if let Some(account) = &model.account {
        let name = account.view.as_deref().map(|view| &view.summary.name);
        return Some(About {
            id: account.id.clone(),
            name: name.unwrap_or(&account.name).clone(),
        });
    }
    let at = model.cursor(model.pane).at;
    let selected = model.selected.as_ref();
    let id = if at < model.len(model.pane) {
        model.account_at(model.pane, at)?
    } else {
        selected?.id.clone()
    };
    let row = match selected.filter(|selected| selected.id == id) {
        Some(selected) => selected.row,
        None => model.accounts.book.find(&id),
    };
    let row = row.and_then(|row| model.accounts.book.row(row));
    let name = row.map_or_else(|| name_on_desk(model), |row| Some(row.name().to_owned()));
    Some(About {
        name: name.unwrap_or_else(|| id.to_string()),
        id,
    })
}

/// The name of the selected account as the desk has it: it may be outside the book.
fn name_on_desk(model: &Model) -> Option<String> {
    let (desk, at) = (model.desk.desk.as_deref()?, model.cursor(model.pane).at);
    match model.pane {
        Pane::Accounts => None,
        Pane::Risks => model
            .desk
            .queue
            .account_of(desk, at)
            .map(|(_, name)| name.to_owned()),
        Pane::Steps => model.desk.due_at(at).map(|due| due.account_name.clone()),
        Pane::Handoffs => match desk.handoffs.get(at) {
            Some(handoff) => Some(handoff.account_name.clone()),
            None => model.desk.unlinked_at(at).map(|one| one.account_name.clone()),
        },
    }
}

/// The warnings under the cursor as they are seen, each with the list that it is in: of the line of the queue, or the
/// one of the open account; if there is none, why.
pub fn warnings_here(model: &Model) -> Result<Vec<(Seen, Shelf)>, String> {
    let seen = |name: &str, warning: &Warning| {
        let seen = Seen {
            account: warning.account.clone(),
            name: name.to_owned(),
            signal: warning.signal.clone(),
            reason: warning.reason.clone(),
            level: warning.line.level.clone(),
            worse_from: warning.line.worse_from.clone(),
            rearms: warning.line.rearms,
            closed: (warning.line.closed.as_ref()).map(|closing| (closing.verdict, closing.why.clone())),
        };
        (seen, warning.line.shelf())
    };
    if let (Some(account), Some(_)) = (&model.account, model.in_standup()) {
        let view = account.view.as_deref().ok_or("the account is being read")?;
        let open = view.warnings.iter().map(|one| seen(&view.summary.name, one));
        let open: Vec<(Seen, Shelf)> = open.collect();
        return if open.is_empty() {
            Err("no warning is open on this account".to_owned())
        } else {
            Ok(open)
        };
    }
    if let Some(account) = &model.account {
        let view = account.view.as_deref().filter(|_| account.part == Part::Why);
        let at = account.cursors[Part::Why.index()].at;
        let warning = view.and_then(|view| Some((view, view.warning_at(at)?)));
        let (view, warning) = warning.ok_or("choose a warning below the measures first")?;
        return Ok(vec![seen(&view.summary.name, warning)]);
    }
    let desk = model.desk.warned().filter(|_| model.pane == Pane::Risks);
    let desk = desk.ok_or("choose a warning in the risk queue first")?;
    let at = model.cursor(Pane::Risks).at;
    if let Some(Line::Segment(segment)) = model.desk.queue.lines.get(at)
        && let Some(segment) = desk.segments.get(*segment)
        && segment.rows.len() < segment.accounts as usize
    {
        return Err("these are too many accounts for one act: open the line".to_owned());
    }
    let warnings = model.desk.queue.warnings(desk, at);
    if warnings.is_empty() {
        return Err("choose a warning in the risk queue first".to_owned());
    }
    Ok(warnings
        .into_iter()
        .map(|(row, warning)| seen(&row.name, warning))
        .collect())
}

/// What is due under the cursor: in the steps, or in what is next on the open account.
pub fn selected_due(model: &Model) -> Option<&DueItem> {
    if let Some(account) = &model.account {
        let at = account.cursors[account.part.index()].at;
        return account
            .view
            .as_deref()
            .filter(|_| account.part == Part::Next)?
            .next
            .get(at);
    }
    let is_here = model.pane == Pane::Steps;
    model
        .desk
        .due_at(model.cursor(Pane::Steps).at)
        .filter(|_| is_here)
}

/// The step of a bulk play under the cursor.
pub fn bulk_here(model: &Model) -> Option<&BulkStep> {
    let is_here = model.account.is_none() && model.pane == Pane::Steps;
    let bulk = model.desk.steps.bulk(model.cursor(Pane::Steps).at);
    bulk.filter(|_| is_here)
}

/// The handoff under the cursor, whichever list it stands in: its id.
pub fn selected_handoff(model: &Model) -> Option<String> {
    if let Some(item) = selected_due(model) {
        return (item.kind == DueKind::Handoff).then(|| item.record.to_string());
    }
    let card = if let Some(account) = &model.account {
        let view = account
            .view
            .as_deref()
            .filter(|_| account.part == Part::Handoffs)?;
        view.handoffs.get(account.cursors[Part::Handoffs.index()].at)
    } else {
        let desk = model
            .desk
            .desk
            .as_deref()
            .filter(|_| model.pane == Pane::Handoffs)?;
        desk.handoffs.get(model.cursor(Pane::Handoffs).at)
    };
    card.map(|card| card.handoff.clone())
}

/// The record whose page in the CRM belongs to the marked line of a pane: its task, else its account.
pub fn record_of_line(model: &Model) -> Option<(Kind, RecordId)> {
    match selected_due(model).filter(|item| item.task.is_some()) {
        Some(task) => Some((Kind::Task, task.record.clone())),
        None => about(model).map(|account| (Kind::Account, account.id)),
    }
}

/// Whether what is under the cursor can be completed; if not, why.
pub(super) fn can_be_done(model: &Model) -> Result<(), String> {
    if let Some(bulk) = bulk_here(model) {
        return Err(format!(
            "open the line first (enter): it is due on {} accounts, and each is done by itself",
            bulk.items.len()
        ));
    }
    let item = selected_due(model).ok_or("choose a task in the steps or under Next first")?;
    match (item.kind, &item.task) {
        _ if item.step.is_some() => Ok(()),
        (DueKind::Task | DueKind::Step | DueKind::Promise, Some(_)) | (DueKind::Handoff, _) => Ok(()),
        (DueKind::Complaint, _) => {
            Err("a complaint stays until it is answered: T, the routing desk, hands it over".to_owned())
        }
        (DueKind::Task | DueKind::Step | DueKind::Promise, None) => {
            Err("the task is not known well enough yet: ctrl-r reads it".to_owned())
        }
    }
}

/// The task of the account that was completed from here last and not taken up since; if there is none, why.
pub fn completed(model: &Model) -> Result<Task, String> {
    let about = about(model).ok_or("choose an account first")?;
    let view = &model.outbox.view;
    let newest_first = view.open.iter().rev().chain(&view.done);
    let mut seen = BTreeSet::new();
    for entry in newest_first.filter(|entry| entry.new.account.as_ref() == Some(&about.id)) {
        let Some((target, done)) = entry.new.write.closes() else {
            continue;
        };
        let counts = entry.is_pending() || entry.state == State::Sent;
        // Of each task the last that was done with it counts.
        if counts && seen.insert(target.clone()) && done {
            return Ok(Task {
                target: target.clone(),
                subject: task::subject_of(&entry.new.title).to_owned(),
                due: None,
                done: Some("true".to_owned()),
                owner: None,
                about: Some(about),
            });
        }
    }
    Err("no task of this account was completed from here".to_owned())
}

/// Whether what is under the cursor can be left out; if not, why.
pub(super) fn can_be_left_out(model: &Model) -> Result<(), String> {
    let item = selected_due(model).filter(|item| item.step.is_some() || item.kind == DueKind::Promise);
    item.map(|_| ()).ok_or_else(|| {
        "only a step of a playbook is left out, or a promise not kept: choose one in the steps or under Next"
            .to_owned()
    })
}

/// The goal of which it can be said why it was missed: that of the line, else the first that was missed and of which nobody said it,
/// else the first that was missed. The error is one sentence.
pub fn missed_goal(model: &Model) -> Result<&Goal, &'static str> {
    let account = model.account.as_ref().ok_or("open an account first")?;
    let view = account.view.as_deref().ok_or("the account is being read")?;
    let is_missed = |goal: &&Goal| goal.state(model.today) == goal::State::Missed;
    let at = account.cursors[Part::Contract.index()].at;
    let of_line = view.goals.get(at).filter(|_| account.part == Part::Contract);
    let of_line = of_line.filter(is_missed);
    let mut missed = view.goals.iter().filter(is_missed);
    let untold = view
        .goals
        .iter()
        .find(|goal| is_missed(goal) && goal.told.is_none());
    of_line
        .or(untold)
        .or_else(|| missed.next())
        .ok_or("no goal of this account was missed")
}

/// What `copy` would copy now: raw, it is made safe where it is ordered.
pub fn copy_text(model: &Model) -> Option<String> {
    let Some(account) = &model.account else {
        let at = model.cursor(model.pane).at;
        let desk = model.desk.desk.as_deref();
        return match model.pane {
            Pane::Accounts => model.accounts.row_at(at).map(|row| row.name().to_owned()),
            Pane::Risks => model
                .desk
                .queue
                .account_of(desk?, at)
                .map(|(_, name)| name.to_owned()),
            Pane::Steps => model.desk.due_at(at).map(|due| due.title.clone()),
            Pane::Handoffs => match desk?.handoffs.get(at) {
                Some(handoff) => Some(handoff.text.clone()),
                None => model.desk.unlinked_at(at).map(|one| one.words.clone()),
            },
        };
    };
    let view = account.view.as_deref()?;
    let at = account.cursors[account.part.index()].at;
    match account.part {
        Part::People => view
            .people
            .get(at)
            .map(|one| one.email.clone().unwrap_or_else(|| one.name.clone())),
        Part::Tickets => view
            .tickets
            .get(at)
            .map(|ticket| format!("{} {}", ticket.id, ticket.subject)),
        Part::Notes => view.notes.get(at).map(|note| note.text.clone()),
        Part::Next => view.next.get(at).map(|due| due.title.clone()),
        Part::Timeline => view.timeline.get(at).map(|line| line.words.clone()),
        Part::Contract => match view.term_line(at)? {
            TermLine::Goal(goal) => Some(goal.aim()),
            TermLine::Contract(contract) => Some(contract.name.clone()),
        },
        Part::Handoffs => {
            let handoff = view.handoffs.get(at).map(|handoff| &handoff.text);
            let followed = || Some(&view.followed.get(at - view.handoffs.len())?.text);
            handoff.or_else(followed).cloned()
        }
        Part::Why | Part::Chart => Some(view.link.clone().unwrap_or_else(|| view.summary.name.clone())),
    }
}
