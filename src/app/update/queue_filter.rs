//! The filter of the risk queue: every warning is searched on another thread, and what shows stays until the answer.

use super::{action, desk, settle};
use crate::app::cmd::{Cmd, Replaced, RunId};
use crate::app::cursor::{Cursor, Step};
use crate::app::failure::Failure;
use crate::app::input::Input;
use crate::app::key::{Code, Key};
use crate::app::layout::Pane;
use crate::app::model::Model;
use crate::app::queue_filter::QueueFilter;
use crate::domain::desk::Desk;

/// Opens the input; what was typed before is still there.
pub(super) fn open(model: &mut Model) -> Vec<Cmd> {
    model.desk.filter.typing = true;
    Vec::new()
}

/// Takes a key while the input is open.
pub(super) fn pressed(model: &mut Model, key: Key) -> Vec<Cmd> {
    let filter = &mut model.desk.filter;
    match key.code {
        Code::Enter => {
            filter.typing = false;
            Vec::new()
        }
        Code::Esc => clear(model),
        Code::Down => desk::moved(model, Pane::Risks, Step::Down),
        Code::Up => desk::moved(model, Pane::Risks, Step::Up),
        Code::PageDown => desk::moved(model, Pane::Risks, Step::PageDown),
        Code::PageUp => desk::moved(model, Pane::Risks, Step::PageUp),
        Code::Backspace if filter.input.text().is_empty() => clear(model),
        _ => typed(model, |input| input.take(key)).unwrap_or_default(),
    }
}

/// Changes the input, if it is open, and asks for what it finds.
pub(super) fn typed(model: &mut Model, change: impl FnOnce(&mut Input) -> bool) -> Option<Vec<Cmd>> {
    let filter = &mut model.desk.filter;
    if !filter.typing || !change(&mut filter.input) {
        return None;
    }
    if !filter.is_on() {
        return Some(shown(model, None));
    }
    filter.is_new = true;
    Some(search(model))
}

/// Closes the input and shows the whole queue again, with the cursor on the line it was on.
pub(super) fn clear(model: &mut Model) -> Vec<Cmd> {
    let found = std::mem::take(&mut model.desk.filter).found;
    model.desk.filter = QueueFilter {
        found,
        ..QueueFilter::default()
    };
    shown(model, None)
}

/// Asks what the filter finds, if there is one: it was changed, or there are other warnings.
pub(super) fn search(model: &mut Model) -> Vec<Cmd> {
    let query = model.desk.filter.query();
    if query.is_empty() {
        return Vec::new();
    }
    let run = model.next_run();
    model.desk.filter.searching = Some(run);
    vec![Cmd::NarrowQueue { run, query }]
}

/// What the filter finds, or why that is not known; a stale answer is dropped.
pub(super) fn answered(model: &mut Model, run: RunId, found: Result<Box<Desk>, Failure>) -> Vec<Cmd> {
    if model.desk.filter.searching != Some(run) {
        return Vec::new();
    }
    model.desk.filter.searching = None;
    match found {
        Ok(found) => shown(model, Some(found)),
        Err(failure) => super::failed(model, failure),
    }
}

/// Shows what was found, or the whole queue. The cursor stays on its line, unless something else is looked for.
fn shown(model: &mut Model, found: Option<Box<Desk>>) -> Vec<Cmd> {
    let at = model.cursor(Pane::Risks).at;
    let kept = desk::key(&model.desk, Pane::Risks, at);
    let filter = &mut model.desk.filter;
    if found.is_none() {
        filter.searching = None;
    }
    let is_over = found.is_none();
    let is_new = std::mem::take(&mut filter.is_new);
    let before = std::mem::replace(&mut filter.found, found);
    model.desk.arrange();
    let is_kept = !is_new && kept.is_some_and(|kept| desk::keep(model, Pane::Risks, &kept));
    if !is_kept {
        *model.cursor_mut(Pane::Risks) = Cursor::default();
        settle(model, Pane::Risks);
    }
    if model.pane == Pane::Risks {
        action::select(model, Pane::Risks);
    }
    let before = before.map(|found| Cmd::Discard(Replaced::Found { found, is_over }));
    before.into_iter().collect()
}
