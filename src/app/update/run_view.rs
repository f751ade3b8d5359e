//! Keys of a run that is looked at, and what is read for it: it is read when it is opened, and anew after each change.

use super::overlay::{open, other, step};
use super::{account, action, done, form, run_menu};
use crate::app::action::{Action, Context, selected_due};
use crate::app::cmd::Cmd;
use crate::app::cursor::Cursor;
use crate::app::key::{Code, Key};
use crate::app::keymap::Meaning;
use crate::app::model::Model;
use crate::app::overlay::{Overlay, RunView};
use crate::app::reading::runs;
use crate::app::run::{PlayRun, Played, RunAct};
use crate::app::step::StepAct;
use crate::domain::account_view::AccountView;
use crate::domain::acts::About;
use crate::domain::desk::StepRef;
use crate::domain::record::RecordId;

/// How many lines a movement by page goes.
const PAGE: usize = 10;

/// Opens the run of the step under the cursor; `None` where what stands there is no step of a run.
pub(super) fn of_line(model: &mut Model) -> Option<Vec<Cmd>> {
    let item = selected_due(model)?;
    let (step, id) = item.step.clone().zip(item.account.clone())?;
    let about = About {
        id,
        name: item.account_name.clone(),
    };
    let asked = model.next_run();
    let account = about.id.clone();
    let shown = RunView {
        about,
        id: step.run,
        step: Some(step.step),
        asked,
        view: None,
    };
    open(model, Overlay::RunView(Box::new(shown)));
    Some(vec![Cmd::OpenAccount {
        run: asked,
        id: account,
        since: None,
    }])
}

/// Opens a run of an account that was read.
pub(super) fn of_list(
    model: &mut Model,
    about: About,
    id: String,
    view: Option<Box<AccountView>>,
) -> Vec<Cmd> {
    let asked = model.next_run();
    let shown = RunView {
        about,
        id,
        step: None,
        asked,
        view,
    };
    open(model, Overlay::RunView(Box::new(shown)))
}

/// Movements choose a step, `x`, `-` and `e` act on it, `f` shows all of its text, `p` acts on the run, `u` takes back what
/// was done; enter goes to the account.
pub(super) fn pressed(model: &mut Model, mut view: Box<RunView>, key: Key) -> Vec<Cmd> {
    let action = meant(model, key);
    if key.code == Code::Esc || action == Some(Action::Leave) {
        return Vec::new();
    }
    if key.code == Code::Enter {
        return to_account(model, &view);
    }
    if let Some(step) = step(action) {
        let len = view.run().map_or(0, |run| run.steps.len());
        let at = Cursor {
            at: view.at(),
            top: 0,
        }
        .moved(step, len, PAGE)
        .at;
        let chosen = view.run().and_then(|run| run.steps.get(at));
        view.step = chosen.map(|one| one.step.id.clone());
        return open(model, Overlay::RunView(view));
    }
    let shown = (*view).clone();
    open(model, Overlay::RunView(view));
    match action {
        Some(Action::Copy) => action::copied(model, &shown.id),
        Some(Action::Undo) => action::run(model, Action::Undo),
        Some(Action::FullScreen) => in_full(model, &shown),
        Some(action @ (Action::Done | Action::LeaveOut | Action::Edit | Action::Play)) => {
            act(model, &shown, action)
        }
        _ => other(model, key),
    }
}

/// Shows all that is known of the chosen step.
fn in_full(model: &mut Model, shown: &RunView) -> Vec<Cmd> {
    match shown.run().zip(shown.chosen()) {
        Some((run, one)) => {
            let reader = runs::step(model, run, one);
            open(model, Overlay::Reader(reader))
        }
        None => Vec::new(),
    }
}

/// What a key means among steps, wherever the run was opened from.
pub(super) fn meant(model: &Model, key: Key) -> Option<Action> {
    match model.keymap.meaning(&[key], Context::Steps) {
        Meaning::Run(action) => Some(action),
        _ => None,
    }
}

/// Does something with the chosen step, or with the run. Where nothing may be written nothing is typed for it either.
fn act(model: &mut Model, shown: &RunView, action: Action) -> Vec<Cmd> {
    if let Err(read_only) = model.may_write() {
        model.told = Some(read_only.why);
        // It may have been allowed in another cockpit since.
        return vec![Cmd::LookForPermit];
    }
    let Some((run, step)) = shown.run().cloned().zip(shown.chosen()) else {
        model.told = Some("the run is being read".to_owned());
        return Vec::new();
    };
    let (id, account) = (step.step.id.clone(), shown.about.name.clone());
    if !run.is_open() {
        model.told = Some(format!("{} is over", run.title));
        return Vec::new();
    }
    let step_act = match action {
        Action::Play => {
            return run_menu::show(
                model,
                Played::One {
                    run: Box::new(run),
                    account,
                },
            );
        }
        Action::Done => StepAct::Done,
        Action::LeaveOut => StepAct::LeaveOut,
        _ if run.paused.is_some() || !step.is_open() => {
            let closed = if step.is_open() {
                "paused: resume it first (p)"
            } else {
                "closed already"
            };
            let what = if step.is_open() {
                &run.title
            } else {
                &step.step.title
            };
            model.told = Some(format!("{what} is {closed}"));
            return Vec::new();
        }
        _ => {
            let act = RunAct::Reassign(id);
            let played = Played::One {
                run: Box::new(run),
                account,
            };
            return form::run(model, PlayRun { played, act });
        }
    };
    // Whatever shows here, what may be done is what the journal says by now.
    let step = StepRef {
        run: run.id,
        step: id,
        bulk: None,
        within: None,
    };
    done::read_for(model, step, shown.about.id.clone(), step_act)
}

/// To the account, at the line of the chosen step where it has one; what lies over it closes.
fn to_account(model: &mut Model, view: &RunView) -> Vec<Cmd> {
    model.overlays.clear();
    if model
        .account
        .as_ref()
        .is_some_and(|open| open.id == view.about.id)
    {
        return Vec::new();
    }
    let (id, name) = (view.about.id.clone(), view.about.name.clone());
    let step = view.chosen().map(|one| one.step.id.as_str());
    account::open_at_step(model, (id, name), (&view.id, step.unwrap_or_default()))
}

/// Reads anew the runs that are looked at on these accounts, with the old content in place; on any, where `None`.
pub(super) fn reload(model: &mut Model, changed: impl Fn(&RecordId) -> bool) -> Vec<Cmd> {
    let mut orders = Vec::new();
    for at in 0..model.overlays.len() {
        let run = model.next_run();
        if let Overlay::RunView(view) = &mut model.overlays[at]
            && changed(&view.about.id)
        {
            view.asked = run;
            orders.push(Cmd::OpenAccount {
                run,
                id: view.about.id.clone(),
                since: None,
            });
        }
    }
    orders
}
