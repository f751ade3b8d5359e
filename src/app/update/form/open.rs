//! Forms open: on the account that the screen speaks of, or on one of its lines.

use super::super::{done, handoffs, overlay, routing};
use super::hold;
use crate::app::action::{about, missed_goal, selected_due};
use crate::app::cmd::{Cmd, RunId};
use crate::app::model::Model;
use crate::app::overlay::Overlay;
use crate::app::overlay::form::{Form, Handing, Leave};
use crate::app::overlay::routing::Resuming;
use crate::app::run::PlayRun;
use crate::app::step::{PlayStep, StepAct};
use crate::domain::account_view::AccountView;
use crate::domain::acts::edit::EditableField;
use crate::domain::acts::task::Task;
use crate::domain::acts::touch::Contact;
use crate::domain::acts::{About, Somebody, again};
use crate::domain::desk::StepRef;
use crate::domain::handoff::{Promised, Reply, Template};
use crate::domain::outbox::{BESIDE, DraftLine, Entry, State};
use crate::domain::record::RecordId;
use crate::domain::routing::Handed;

/// A note on the account.
pub(in crate::app::update) fn note(model: &mut Model) -> Vec<Cmd> {
    about(model).map_or_else(Vec::new, |about| begin(model, Form::note(about)))
}

/// A note on the account with what was kept under the name of another form.
pub(in crate::app::update) fn kept_note(model: &mut Model, about: About, draft: &str) -> Vec<Cmd> {
    begin(model, Form::note(about).kept_as(draft))
}

/// What waits, to be changed before it is sent; the error is one sentence.
pub(in crate::app::update) fn revising(model: &mut Model, entry: &Entry) -> Result<Vec<Cmd>, String> {
    let form = revise(model, entry)?;
    Ok(begin_revising(model, form, entry))
}

/// Lays the form over the screen; what waits stays meanwhile.
fn begin_revising(model: &mut Model, mut form: Form, entry: &Entry) -> Vec<Cmd> {
    let waits = entry.leaves_at().is_some();
    let held = waits.then(|| hold::begin(model, &mut form)).flatten();
    // It may leave within the second.
    let mut orders: Vec<Cmd> = held.into_iter().collect();
    orders.extend(begin(model, form));
    orders
}

fn revise(model: &Model, entry: &Entry) -> Result<Form, String> {
    let (view, people) = (&model.outbox.view, &model.outbox.people);
    let form = Form::revise(entry, view, people, &model.zone);
    form.ok_or_else(|| "it has nothing to edit: r sends it again, d gives it up".to_owned())
}

/// Whether what an entry writes can be changed by a form: before it is sent, in the CRM, or to be written anew.
fn is_open(entry: &Entry) -> bool {
    match entry.state {
        State::TakenBack | State::Discarded => again::check_anew(entry).is_ok(),
        state => state != State::Conflict,
    }
}

/// Opens the form of a text that was being composed; the error is one sentence.
pub(in crate::app::update) fn resume(model: &mut Model, draft: &DraftLine) -> Result<Vec<Cmd>, String> {
    let id = draft.account().ok_or("the draft belongs to no account")?;
    let about = About {
        name: model.outbox.view.account_name(&id).to_owned(),
        id,
    };
    Ok(match draft.what() {
        // A goal may stand otherwise by now: the words can still go as a note.
        "note" | "goal" => kept_note(model, about, &draft.name),
        "task" => begin(model, new_task(model, about).kept_as(&draft.name)),
        "log" => log_on(model, about, Some(&draft.name)),
        // What was kept beside another text has the words of the form, but not its place.
        "handoff" | "reply" | "step note" if draft.name.contains(BESIDE) => {
            kept_note(model, about, &draft.name)
        }
        "revise" => {
            let entry = draft.revised();
            let entry = entry.and_then(|id| model.outbox.view.entry(id)).cloned();
            match entry.as_ref().filter(|entry| is_open(entry)) {
                Some(entry) => {
                    let form = revise(model, entry)?.kept_as(&draft.name);
                    begin_revising(model, form, entry)
                }
                // Nothing of it is known any more: the words can still go as a note.
                None => kept_note(model, about, &draft.name),
            }
        }
        "handoff" => match draft.which().split_once(' ') {
            // A question is handed over from the routing desk alone: its form lies over that.
            Some((template, question)) => {
                let resuming = Resuming {
                    about,
                    template: template.to_owned(),
                    question: RecordId::from(question),
                    draft: draft.name.clone(),
                };
                routing::resume(model, resuming)
            }
            None => handoffs::resume(model, about, draft.which()),
        },
        "reply" => handoffs::resume_reply(model, about, draft.which())?,
        "step note" => {
            let (run, step) = draft.which().split_once(' ').ok_or("the draft names no step")?;
            let step = StepRef {
                run: run.to_owned(),
                step: step.to_owned(),
                bulk: None,
                within: None,
            };
            done::read_for(model, step, about.id, StepAct::Done)
        }
        other => {
            return Err(format!(
                "this version writes no {other}: the draft stays as it is"
            ));
        }
    })
}

/// A task on the account.
pub(in crate::app::update) fn task(model: &mut Model) -> Vec<Cmd> {
    about(model).map_or_else(Vec::new, |about| begin(model, new_task(model, about)))
}

fn new_task(model: &Model, about: About) -> Form {
    Form::task(about, &model.outbox.people, model.outbox.me.as_ref())
}

/// A line that logs a touchpoint with the account. Its people come with the account.
pub(in crate::app::update) fn log(model: &mut Model) -> Vec<Cmd> {
    about(model).map_or_else(Vec::new, |about| log_on(model, about, None))
}

/// The line on this account, with the draft of this name or else its own.
fn log_on(model: &mut Model, about: About, name: Option<&str>) -> Vec<Cmd> {
    let known = known_view(model, &about.id).map(Contact::of);
    let read = known.is_none().then(|| read(model, &about.id));
    let form = Form::log(about, known.unwrap_or_default());
    let mut orders = begin(model, name.into_iter().fold(form, Form::kept_as));
    orders.extend(read);
    orders
}

/// When the selected task is due and whose it is.
pub(in crate::app::update) fn change(model: &mut Model) -> Vec<Cmd> {
    let Some(item) = selected_due(model) else {
        return Vec::new();
    };
    let Some(task) = Task::of(item) else {
        return Vec::new();
    };
    let due = item.due.map(|day| (day, item.at));
    let form = Form::change(task, due, &model.outbox.people);
    begin(model, form)
}

/// One field of an account.
pub(in crate::app::update) fn edit_field(model: &mut Model, field: EditableField, about: About) -> Vec<Cmd> {
    let form = Form::edit(field, about, &model.outbox.people, &model.zone);
    begin(model, form)
}

/// What came of a step, or why it is left out.
pub(in crate::app::update) fn step(model: &mut Model, step: PlayStep) -> Vec<Cmd> {
    begin(model, Form::step(step))
}

/// What is said of a goal that was missed: the one of the line, else the first of which nobody said why.
pub(in crate::app::update) fn missed(model: &mut Model) -> Vec<Cmd> {
    let Some(about) = about(model) else {
        return Vec::new();
    };
    match missed_goal(model).cloned() {
        Ok(goal) => begin(model, Form::missed(about, goal)),
        Err(why) => {
            model.told = Some(why.to_owned());
            Vec::new()
        }
    }
}

/// Why what was promised was not kept.
pub(in crate::app::update) fn not_kept(model: &mut Model, promised: Promised) -> Vec<Cmd> {
    begin(model, Form::not_kept(promised))
}

/// Why a run rests, or whose a step of it is to be.
pub(in crate::app::update) fn run(model: &mut Model, play: PlayRun) -> Vec<Cmd> {
    let form = Form::run(play, &model.outbox.people);
    begin(model, form)
}

/// A handoff of an account that was read.
pub(in crate::app::update) fn handoff(
    model: &mut Model,
    about: About,
    (id, template): (&str, &Template),
    view: &AccountView,
    question: Option<Box<Handed>>,
) -> Vec<Cmd> {
    let on = model.reading_occasion();
    let (me, people) = (model.outbox.me.as_ref(), &model.outbox.people);
    let (roster, owners) = (&model.outbox.means.roster, &model.outbox.owners);
    let away = people.iter().filter_map(|one| {
        Some(Leave {
            id: one.id.clone(),
            told: roster.doubt(owners, &one.id, model.today)?,
            instead: roster.instead_of(owners, (me.map(|me| &me.id), &one.id), model.today),
        })
    });
    let others = people.iter().filter_map(|one| {
        let other = roster.other_role(owners, &one.id, template.to)?;
        Some((one.id.clone(), other))
    });
    let others: Vec<(RecordId, String)> = others.collect();
    // Whose role it is stands first, who does another one last.
    let does = |one: &Somebody| {
        let owner = owners.iter().find(|owner| owner.id == one.id);
        owner.is_some_and(|owner| roster.does(&owner.email, template.to))
    };
    let does_another = |one: &Somebody| others.iter().any(|(id, _)| *id == one.id);
    let mut offered = people.to_vec();
    // Nobody is there to answer in a queue: it is offered only where nobody else is, or where it has the question already.
    let is_queue = |one: &Somebody| owners.iter().any(|owner| owner.queue && owner.id == one.id);
    if offered.iter().any(|one| !is_queue(one) && Some(one) != me) {
        let has_it = |one: &Somebody| {
            question
                .as_ref()
                .is_some_and(|handed| handed.to.as_ref() == Some(one))
        };
        offered.retain(|one| !is_queue(one) || has_it(one));
    }
    offered.sort_by_key(|one| (!does(one), does_another(one)));
    let handing = Handing::new(id, template, view, &on.here())
        .knowing(away.collect(), others)
        .asking(question, &on);
    let form = Form::handoff(about, handing, &offered, me);
    begin(model, form)
}

/// A reply to a handoff of an account that was read.
pub(in crate::app::update) fn reply(model: &mut Model, about: About, reply: Reply) -> Vec<Cmd> {
    begin(model, Form::reply(about, reply))
}

/// An account was read: what waits for it has it.
pub(in crate::app::update) fn account_read(model: &mut Model, view: &AccountView) {
    let (id, writing) = (&view.summary.id, &model.outbox.writing);
    for overlay in &mut model.overlays {
        match overlay {
            Overlay::Form(form) if form.about.as_ref().is_some_and(|about| about.id == *id) => {
                form.contacts = Contact::of(view);
            }
            Overlay::Fields(list) if list.about.id == *id => {
                let is_under_way = |run: &RunId| writing.iter().any(|one| one.run == *run);
                list.turning = list.turning.filter(is_under_way);
                list.read(view);
            }
            _ => {}
        }
    }
}

/// The account as the screen has it, if it is this one.
pub(in crate::app::update) fn known_view<'a>(model: &'a Model, id: &RecordId) -> Option<&'a AccountView> {
    let account = model.account.as_ref().filter(|account| account.id == *id)?;
    account.view.as_deref()
}

/// Reads an account that is not on the screen.
pub(in crate::app::update) fn read(model: &mut Model, id: &RecordId) -> Cmd {
    let run = model.next_run();
    Cmd::OpenAccount {
        run,
        id: id.clone(),
        since: None,
    }
}

/// Lays a form over the screen and asks for its draft.
fn begin(model: &mut Model, mut form: Form) -> Vec<Cmd> {
    let mut orders = Vec::new();
    if let Some(draft) = &form.draft {
        let (run, name) = (model.next_run(), draft.name.clone());
        form.asked = Some(run);
        orders.push(Cmd::LoadDraft { run, name });
    }
    form.scroll(model.size);
    overlay::open(model, Overlay::Form(Box::new(form)));
    orders
}
