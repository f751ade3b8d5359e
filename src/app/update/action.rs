//! An action is run: one call per arm.

use super::{
    account, accounts, alarms, bulk, confirm, desk, done, fields, filter, follow, form, handoffs,
    last_orders, nps, outbox, outbox_screen, overlay, plays, queue, queue_filter, reader, redact, routing,
    run_view, settle, settle_all, sort_menu, standings, standup, steps, sync, team, theirs, warn, what_if,
    who,
};
use crate::app::action::{Action, copy_text, open_account, plays_on_marked, record_of_line, selected_due};
use crate::app::cmd::Cmd;
use crate::app::cursor::Step;
use crate::app::layout::Pane;
use crate::app::model::{Model, Selected};
use crate::app::overlay::warn::Purpose;
use crate::app::overlay::{Help, Overlay, Palette, Question};
use crate::domain::acts::warn::Said;
use crate::domain::desk::DueKind;
use crate::domain::text::SafeText;
use crate::domain::wrap::cut_middle;

/// More characters than this are not copied at once.
const MOST_COPIED: usize = 10_000;
/// Cells of what was copied, as it is told.
const MOST_TOLD: u16 = 48;

/// Runs an action, or says why not.
pub(super) fn run(model: &mut Model, action: Action) -> Vec<Cmd> {
    if let Err(why) = action.available(model) {
        model.told = Some(format!("{}: {why}", action.info().name));
        // It may have been allowed in another cockpit since.
        let is_forbidden = action.info().writes && model.is_read_only();
        model.wanted = is_forbidden.then_some(action);
        return is_forbidden.then_some(Cmd::LookForPermit).into_iter().collect();
    }
    match action {
        Action::MoveDown => moved(model, Step::Down),
        Action::MoveUp => moved(model, Step::Up),
        Action::MoveFirst => moved(model, Step::First),
        Action::MoveLast => moved(model, Step::Last),
        Action::HalfPageDown => moved(model, Step::HalfPageDown),
        Action::HalfPageUp => moved(model, Step::HalfPageUp),
        Action::PageDown => moved(model, Step::PageDown),
        Action::PageUp => moved(model, Step::PageUp),
        Action::NextPane => next_pane(model, 1),
        Action::PreviousPane => next_pane(model, -1),
        Action::Focus(pane) => focus(model, pane),
        Action::Open if model.account.is_some() => reader::show(model),
        Action::Open if model.pane == Pane::Risks && queue::toggle(model) => Vec::new(),
        Action::Open if model.pane == Pane::Steps && steps::toggle(model) => Vec::new(),
        Action::Open if model.pane == Pane::Steps => {
            run_view::of_line(model).unwrap_or_else(|| account::open(model))
        }
        Action::Open => account::open(model),
        Action::Back => back(model),
        Action::Leave => leave(model),
        Action::Filter if model.pane == Pane::Risks => queue_filter::open(model),
        Action::Filter => filter::open(model),
        Action::Sort => sort_menu::show(model),
        Action::Mark => bulk::mark(model),
        Action::MarkAll => bulk::mark_all(model),
        Action::FullScreen => full_screen(model),
        Action::OpenInCrm => open_in_crm(model),
        Action::WhatIf => what_if::show(model),
        Action::LongerSpan => account::widen(model, true),
        Action::ShorterSpan => account::widen(model, false),
        Action::Since => account::ask_since(model),
        Action::Copy => copy(model),
        Action::Outbox => outbox_screen::show(model),
        Action::Team => team::show(model),
        Action::Nps => nps::show(model),
        Action::Route => routing::show(model),
        Action::Who => who::show(model),
        Action::Note => form::note(model),
        Action::Task => form::task(model),
        Action::Log => form::log(model),
        Action::MissedGoal => form::missed(model),
        Action::Edit if is_task(model) => form::change(model),
        Action::Edit => fields::show(model),
        Action::Acknowledge => warn::at_once(model, &Said::Acknowledge),
        Action::Wake => warn::at_once(model, &Said::Rouse),
        Action::Plan => warn::ask(model, Purpose::Plan),
        Action::Snooze => warn::ask(model, Purpose::Snooze),
        Action::CloseWarning => warn::ask(model, Purpose::Close),
        Action::NextKind => queue::tab(model),
        Action::Group => queue::group(model),
        Action::Alarms => alarms::show(model),
        Action::Standup => standup::show(model),
        Action::Done if is_handoff(model) => handoffs::show(model),
        Action::Done => done::done(model),
        Action::Reopen => done::reopen(model),
        Action::LeaveOut => done::left_out(model),
        Action::BulkPlays => standings::show(model),
        Action::Play if plays_on_marked(model) => bulk::show(model),
        Action::Play => plays::show(model),
        Action::Handoff => handoffs::show(model),
        Action::Decide => theirs::decide(model),
        Action::Undo => outbox::undo(model),
        Action::Sync => vec![Cmd::SyncNow],
        Action::Palette => {
            let palette = Palette::of(model);
            overlay::open(model, Overlay::Palette(palette))
        }
        Action::Help => overlay::open(model, Overlay::Help(Help::default())),
        Action::EnableWrites => confirm::ask(model, Question::EnableWrites),
        Action::Notes => sync::show_notes(model),
        Action::Dismiss => dismiss(model),
        Action::Redact => redact::toggle(model),
        Action::Redraw => vec![Cmd::Redraw],
        Action::Suspend => vec![Cmd::Suspend],
        Action::Quit => last_orders(model).into_iter().chain([Cmd::Quit]).collect(),
    }
}

/// Whether the cursor stands on a task that can be changed.
fn is_task(model: &Model) -> bool {
    selected_due(model).is_some_and(|item| item.task.is_some())
}

/// Whether the cursor stands on a handoff that waits for me: it is done by accepting, returning or answering it.
fn is_handoff(model: &Model) -> bool {
    selected_due(model).is_some_and(|item| item.kind == DueKind::Handoff)
}

fn moved(model: &mut Model, step: Step) -> Vec<Cmd> {
    if model.account.is_some() {
        return account::moved(model, step);
    }
    match model.pane {
        Pane::Accounts => accounts::moved(model, step),
        pane => desk::moved(model, pane, step),
    }
}

fn next_pane(model: &mut Model, by: isize) -> Vec<Cmd> {
    if let Some(account) = &mut model.account {
        account.part = account.part.after(if by > 0 { 1 } else { 8 });
        return Vec::new();
    }
    let next = (model.pane.index() + if by > 0 { 1 } else { 3 }) % Pane::ALL.len();
    focus(model, Pane::ALL[next])
}

/// The focused pane's item is the one that the others speak of.
fn focus(model: &mut Model, pane: Pane) -> Vec<Cmd> {
    model.pane = pane;
    settle(model, pane);
    select(model, pane);
    Vec::new()
}

/// Makes the account under the pane's cursor the one that every pane speaks of.
pub(super) fn select(model: &mut Model, pane: Pane) {
    let at = model.cursor(pane).at;
    if let Some(id) = model.account_at(pane, at) {
        let row = match pane {
            Pane::Accounts => model.accounts.rows.get(at).copied(),
            _ => model.accounts.book.find(&id),
        };
        model.selected = Some(Selected { id, row });
    } else if pane == Pane::Accounts && model.accounts.is_filtered()
        || pane == Pane::Risks && model.desk.filter.is_on() && model.len(pane) == 0
    {
        // No account has the words: what is written next must not go to one that does not show.
        model.selected = None;
    }
    follow::follow(model);
}

fn full_screen(model: &mut Model) -> Vec<Cmd> {
    if let Some(account) = &mut model.account {
        account.full = !account.full;
        return Vec::new();
    }
    model.full = !model.full;
    settle(model, model.pane);
    Vec::new()
}

/// One step outwards: a part that is full, the account, the full screen, the filter, a failure.
fn back(model: &mut Model) -> Vec<Cmd> {
    let part_is_full = model.account.as_ref().is_some_and(|account| account.full);
    if part_is_full {
        return full_screen(model);
    }
    if model.standup.is_some() {
        return standup::show(model);
    }
    if let Some(orders) = account::close(model) {
        return orders;
    }
    if model.full {
        return full_screen(model);
    }
    let queue_first = model.pane == Pane::Risks || !model.accounts.is_filtered();
    if model.desk.filter.is_on() && queue_first {
        let orders = queue_filter::clear(model);
        follow::follow(model);
        return orders;
    }
    if model.accounts.is_filtered() {
        let orders = filter::clear(model);
        follow::follow(model);
        return orders;
    }
    dismiss(model)
}

fn leave(model: &mut Model) -> Vec<Cmd> {
    if model.account.is_some() || model.full {
        back(model)
    } else {
        run(model, Action::Quit)
    }
}

fn dismiss(model: &mut Model) -> Vec<Cmd> {
    model.failures.pop();
    settle_all(model);
    Vec::new()
}

fn open_in_crm(model: &Model) -> Vec<Cmd> {
    let order = if model.account.is_some() {
        let link = open_account(model).and_then(|view| view.link.clone());
        link.map(|url| Cmd::OpenLink { url })
    } else {
        record_of_line(model).map(|(kind, id)| Cmd::OpenRecord { kind, id })
    };
    order.into_iter().collect()
}

fn copy(model: &mut Model) -> Vec<Cmd> {
    copy_text(model).map_or_else(Vec::new, |raw| copied(model, &raw))
}

/// Copies a text from outside and says what was taken.
pub(super) fn copied(model: &mut Model, raw: &str) -> Vec<Cmd> {
    let lines: Vec<String> = raw
        .lines()
        .map(|line| SafeText::line(line).as_str().to_owned())
        .collect();
    let text: String = lines.join("\n").chars().take(MOST_COPIED).collect();
    let shown = cut_middle(text.lines().next().unwrap_or_default(), MOST_TOLD);
    let more = match text.lines().count().saturating_sub(1) {
        0 => String::new(),
        1 => " and a line more".to_owned(),
        lines => format!(" and {lines} lines more"),
    };
    model.told = Some(format!("copied: {shown}{more}"));
    vec![Cmd::Copy { text }]
}
