//! What a person did: it is queued, taken back, undone; and what becomes of it shows.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{
    account, action, awaiting, confirm, desk, failed, fields, form, routing, run_view, standings, standup,
    theirs, typed, warn,
};
use crate::app::cmd::{Cmd, RunId, WriteCmd};
use crate::app::failure::Failure;
use crate::app::model::Model;
use crate::app::msg::OutboxMsg;
use crate::app::outbox::{Act, Writing};
use crate::app::overlay::{Overlay, Question};
use crate::domain::acts::{again, undo};
use crate::domain::outbox::{Entry, NewEntry, State, Step, Undone, turned_back};
use crate::domain::playbook::Deed;
use crate::domain::record::RecordId;

/// So many acts can be undone one after the other.
const MOST_ACTS: usize = 100;

/// Orders that these be queued, all or none. The answer carries the number; until it comes nothing counts as
/// saved, and whoever has the text keeps it. The error is one sentence.
pub(super) fn queue(
    model: &mut Model,
    entries: Vec<NewEntry>,
    drafts_done: Vec<String>,
) -> Result<(RunId, Vec<Cmd>), String> {
    let deed = Deed {
        entries,
        events: Vec::new(),
    };
    commit(model, deed, drafts_done, None)
}

/// Like [`queue`], with what the journal gets, and how all of it is undone if its entries alone do not tell.
pub(super) fn commit(
    model: &mut Model,
    deed: Deed,
    drafts_done: Vec<String>,
    act: Option<Act>,
) -> Result<(RunId, Vec<Cmd>), String> {
    let permit = model.may_write().map_err(|read_only| read_only.why)?;
    let accounts = deed.events.iter().map(|event| event.account.clone()).collect();
    let run = writing(model, accounts, act);
    let standup = standup::decides(model, run, &deed);
    let order = WriteCmd::Enqueue {
        run,
        permit,
        deed,
        drafts_done,
        standup,
    };
    Ok((run, vec![Cmd::Write(order)]))
}

/// An order that is under way from now on.
fn writing(model: &mut Model, accounts: Vec<RecordId>, act: Option<Act>) -> RunId {
    let run = model.next_run();
    model.outbox.writing.push(Writing {
        run,
        accounts,
        act,
        takes_back: None,
        typed: None,
    });
    run
}

/// Orders that a field be written. Where that only turns back what waits to be written into it, whoever has the stores
/// decides whether nothing is left to write.
pub(super) fn edit(model: &mut Model, entry: NewEntry) -> Result<(RunId, Vec<Cmd>), String> {
    if turned_back(&model.outbox.view.open, &entry.write).is_none() {
        return queue(model, vec![entry], Vec::new());
    }
    let permit = model.may_write().map_err(|read_only| read_only.why)?;
    let run = writing(model, Vec::new(), None);
    let entry = Box::new(entry);
    Ok((run, vec![Cmd::Write(WriteCmd::TurnBack { run, permit, entry })]))
}

pub(super) fn heard(model: &mut Model, msg: OutboxMsg) -> Vec<Cmd> {
    match msg {
        OutboxMsg::Queued { run, entries } => queued(model, run, &entries),
        OutboxMsg::TurnedBack { run, entry } => {
            written(model, run);
            form::queued(model, run);
            let mut orders: Vec<Cmd> = told_back(model, &entry).into_iter().collect();
            orders.extend(changed(model, &accounts([&*entry])));
            orders
        }
        OutboxMsg::NotQueued { run, failure } => not_queued(model, run, failure),
        OutboxMsg::Warned { run, accounts, done } => warn::noted(model, run, accounts, done),
        OutboxMsg::NotWarned { run, failure } => warn::not_noted(model, run, failure),
        OutboxMsg::StandupNoted { run, done: Ok(()) } => standup::noted(model, run),
        OutboxMsg::StandupNoted {
            run,
            done: Err(failure),
        } => standup::refused(model, run, failure),
        OutboxMsg::Loaded(view) => {
            let before = std::mem::replace(&mut model.outbox.view, view);
            for overlay in &mut model.overlays {
                if let Overlay::Outbox(screen) = overlay {
                    *screen = screen.kept(&before);
                }
            }
            let is_first = !std::mem::replace(&mut model.outbox.loaded, true);
            theirs::tell(model, &before, is_first);
            let view = Arc::clone(&model.outbox.view);
            let taken_back = |act: &Act| {
                let is_void = |entry: &Entry| matches!(entry.state, State::TakenBack | State::Discarded);
                let mut of_act = view.of_act(&act.word).peekable();
                of_act.peek().is_some() && of_act.all(is_void)
            };
            // Another cockpit of mine may have been faster.
            model.outbox.acts.retain(|act| !taken_back(act));
            Vec::new()
        }
        OutboxMsg::Changed => {
            awaiting::given_up(model);
            let mut orders = changed(model, &BTreeSet::new());
            // Whoever wrote was allowed to.
            orders.extend(model.is_read_only().then_some(Cmd::LookForPermit));
            orders
        }
        OutboxMsg::StepTaken(entry) => {
            let before = model.outbox.view.entry(entry.id);
            if before.is_some_and(|before| before.new.write != entry.new.write) {
                let mut acts = model.outbox.acts.iter_mut();
                let act = acts.find(|act| act.word == entry.new.act);
                if let Some(act) = act {
                    act.typed = None;
                }
            }
            let stood_still = before.is_some_and(|before| before.state.needs_a_person())
                || awaiting::decides(model, entry.id);
            let mut orders = awaiting::step_taken(model, &entry);
            orders.extend(changed(model, &accounts([&*entry])));
            let now = model.now;
            model.outbox.step_moves_grace(&entry, now);
            match entry.state {
                State::Queued if stood_still => decided(model, &entry),
                State::TakenBack => orders.extend(told_back(model, &entry)),
                _ => {}
            }
            orders
        }
        OutboxMsg::TakenBack(entries) => taken_back(model, &entries),
        OutboxMsg::Undone { run, undone: what } => undone(model, run, &what),
        OutboxMsg::TooLate(why) => {
            form::not_held(model);
            awaiting::not_done(model, &why);
            model.told = Some(why);
            vec![Cmd::LoadOutbox]
        }
        OutboxMsg::Unsaved(failure) => {
            form::draft_unsaved(model);
            awaiting::not_done(model, &failure.summary);
            failed(model, failure)
        }
        OutboxMsg::Allowed(permit) => {
            model.outbox.means.permit = Ok(permit);
            model.told = Some("this profile may write from now on".to_owned());
            let wanted = model.wanted.take();
            let orders = wanted.map_or_else(Vec::new, |action| action::run(model, action));
            [vec![Cmd::LoadOutbox, Cmd::Push], orders].concat()
        }
        OutboxMsg::DraftSaved { name, beside } => {
            form::draft_saved(model, &name, beside.as_deref());
            Vec::new()
        }
        OutboxMsg::DraftLoaded { run, text, kept } => form::draft_loaded(model, run, text.as_deref(), kept),
        OutboxMsg::DraftUnread { run, failure } => form::draft_unread(model, run, failure),
        OutboxMsg::PeopleLoaded { me, people, owners } => {
            let means = &model.outbox.means;
            let calendars = means.roster.calendars(means.business_days.clone(), &owners);
            model.outbox.calendars = Arc::new(calendars);
            model.outbox.owners = owners;
            model.outbox.me = me;
            model.outbox.people = people;
            desk::people_came(model);
            Vec::new()
        }
    }
}

/// It is on disk: the footer says so, the screen shows it, and it is sent once its grace is over.
fn queued(model: &mut Model, run: RunId, entries: &[Entry]) -> Vec<Cmd> {
    let writing = &mut model.outbox.writing;
    let at = writing.iter().position(|other| other.run == run);
    let (changes, act, back, typed) = at.map_or((Vec::new(), None, None, None), |at| {
        let written = writing.remove(at);
        (written.accounts, written.act, written.takes_back, written.typed)
    });
    form::queued(model, run);
    let mut orders = standup::noted(model, run);
    if let Some(back) = back {
        forget(model, &back);
        orders.extend(standup::takes_back(model, (&back.word, &back.title)));
        model.told = Some(format!("taken back: {}", back.title));
    }
    if let Some(act) = Act::ordered(act, entries) {
        remember(model, Act { typed, ..act });
    }
    let mut accounts = accounts(entries);
    accounts.extend(changes);
    orders.extend(changed(model, &accounts));
    orders
}

/// An order is answered: how it is undone, if that was known with it.
pub(super) fn written(model: &mut Model, run: RunId) -> Option<Act> {
    let writing = &mut model.outbox.writing;
    let at = writing.iter().position(|other| other.run == run)?;
    writing.remove(at).act
}

/// Something was done that can be undone.
pub(super) fn remember(model: &mut Model, act: Act) {
    let acts = &mut model.outbox.acts;
    acts.push(act);
    if acts.len() > MOST_ACTS {
        acts.remove(0);
    }
}

fn not_queued(model: &mut Model, run: RunId, failure: Failure) -> Vec<Cmd> {
    model.outbox.writing.retain(|other| other.run != run);
    standup::not_noted(model, run);
    fields::not_turned(model, run);
    form::not_queued(model, run, &failure.summary);
    failed(model, failure)
}

fn taken_back(model: &mut Model, entries: &[Entry]) -> Vec<Cmd> {
    let mut orders = Vec::new();
    standup::forget(model, entries);
    if let Some(first) = entries.first() {
        let mut acts = model.outbox.acts.iter();
        let act = acts.rfind(|act| act.word == first.new.act);
        let title = act.map_or(&first.new.title, |act| &act.title);
        model.told = Some(format!("taken back: {title}"));
        let typed = act.and_then(|act| act.typed.clone());
        model.outbox.acts.retain(|act| act.word != first.new.act);
        match (typed, entries) {
            (Some(text), _) => orders.push(typed::draft_again(model, text)),
            (None, [entry]) => orders.extend(told_back(model, entry)),
            (None, _) => {}
        }
    }
    orders.extend(changed(model, &accounts(entries)));
    orders
}

/// Tells that an entry was taken back, and how it goes on; what is only text is a draft again.
fn told_back(model: &mut Model, entry: &Entry) -> Option<Cmd> {
    let title = &entry.new.title;
    model.outbox.acts.retain(|act| act.decided != Some(entry.id));
    model.told = Some(format!("taken back: {title}"));
    again::check_anew(entry).ok()?;
    let draft = form::draft_again(model, entry);
    let how = match &draft {
        Some(_) => "its text is a draft again",
        None => "e in the outbox (O) writes it anew",
    };
    model.told = Some(format!("taken back: {title}; {how}"));
    draft
}

/// What stood still goes on, as a person has decided. As long as it waits, that can be taken back like what is new.
fn decided(model: &mut Model, entry: &Entry) {
    let new = &entry.new;
    model.told = Some(format!("queued again: {}", new.title));
    if new.leaves_at > model.now {
        model.outbox.acts.retain(|act| act.decided != Some(entry.id));
        let act = Act {
            word: new.act.clone(),
            decided: Some(entry.id),
            title: new.title.clone(),
            leaves_at: new.leaves_at,
            writes: true,
            back: Vec::new(),
            warnings: Vec::new(),
            typed: None,
        };
        remember(model, act);
    }
}

/// What is read and done after the outbox changed.
fn changed(model: &mut Model, accounts: &BTreeSet<RecordId>) -> Vec<Cmd> {
    let mut orders = vec![Cmd::LoadOutbox, Cmd::Push];
    let open = model.account.as_ref().map(|account| &account.id);
    if accounts.is_empty() || open.is_some_and(|open| accounts.contains(open)) {
        orders.extend(account::reload(model));
    }
    // What another program did may be about any account.
    orders.extend(fields::reread(model, |id| {
        accounts.is_empty() || accounts.contains(id)
    }));
    orders.extend(run_view::reload(model, |id| {
        accounts.is_empty() || accounts.contains(id)
    }));
    orders.extend(standings::reload(model));
    orders.extend(routing::reload(model));
    if !accounts.is_empty() {
        orders.push(Cmd::Rescore {
            accounts: accounts.iter().cloned().collect(),
        });
    }
    orders
}

fn accounts<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> BTreeSet<RecordId> {
    let accounts = entries.into_iter().filter_map(|entry| entry.new.account.clone());
    accounts.collect()
}

/// Undoes the last act: what has not left is taken back, what the CRM has is asked about first.
pub(super) fn undo(model: &mut Model) -> Vec<Cmd> {
    let Some(act) = model.outbox.acts.last() else {
        return Vec::new();
    };
    let (word, act) = (act.word.clone(), act.clone());
    if !act.warnings.is_empty() {
        return warn::take_back(model, act);
    }
    if let Some(order) = take_back_alone(model, &act) {
        return vec![order];
    }
    let has_left = model
        .outbox
        .view
        .of_act(&word)
        .any(|entry| !entry.admits(&Step::TakenBack));
    if has_left {
        return ask_undo(model, &word).unwrap_or_else(|why| {
            // What was done before it is undone next.
            forget(model, &act);
            model.told = Some(why);
            Vec::new()
        });
    }
    desk::await_what_is_taken_up(model, &act);
    if act.writes {
        // What the journal has of it goes with the same commit.
        return vec![Cmd::Write(WriteCmd::TakeBack { act: word })];
    }
    if takes_back(model, &act) {
        return Vec::new();
    }
    journal_back(model, act).unwrap_or_else(|why| {
        model.told = Some(why);
        Vec::new()
    })
}

/// The order that takes back the one entry of an act that was decided about, where it waits and others were made with it.
fn take_back_alone(model: &Model, act: &Act) -> Option<Cmd> {
    let view = &model.outbox.view;
    let entry = view.entry(act.decided?)?;
    let is_alone = view.of_act(&act.word).count() == 1;
    let step = Step::TakenBack;
    let id = entry.id;
    (!is_alone && entry.admits(&step)).then(|| Cmd::Write(WriteCmd::TakeStep { id, step }))
}

/// Asks whether to undo what has left of an act, by its name: it may be long ago, and on another account than the
/// screen shows. The error says that it is being undone already, or that nothing of it is the person's.
pub(super) fn ask_undo(model: &mut Model, word: &str) -> Result<Vec<Cmd>, String> {
    let view = Arc::clone(&model.outbox.view);
    let (had, sent): (Vec<&Entry>, Vec<&Entry>) = view
        .of_act(word)
        .filter(|entry| entry.state == State::Sent)
        .partition(|entry| entry.was_there());
    let is_rest_final = view.of_act(word).all(|entry| entry.state.is_final());
    if sent.is_empty() && !had.is_empty() && is_rest_final {
        return Err(undo::HAD.to_owned());
    }
    let is_undone = |entry: &&Entry| undo::under_way(entry, view.all()).is_some();
    if !sent.is_empty() && sent.iter().all(is_undone) {
        return Err("it is being taken back already, or was: O shows where that stands".to_owned());
    }
    let Some(first) = view.of_act(word).next() else {
        return Err("nothing of it is known any more".to_owned());
    };
    let others = match view.of_act(word).count() - 1 {
        0 => String::new(),
        1 => ", and one write more".to_owned(),
        more => format!(", and {more} writes more"),
    };
    let account = first.new.account.as_ref().map(|id| view.account_name(id));
    let account = account.map_or_else(String::new, |name| format!(" · {name}"));
    let question = Question::Undo {
        act: word.to_owned(),
        what: format!("{}{others}{account}", first.new.title),
    };
    Ok(confirm::ask(model, question))
}

/// Notes in the journal that an act was undone of which nothing was written. Until that is on disk it stays the act that
/// `u` takes back.
fn journal_back(model: &mut Model, act: Act) -> Result<Vec<Cmd>, String> {
    let deed = Deed {
        entries: Vec::new(),
        events: act.back.clone(),
    };
    let (run, orders) = commit(model, deed, Vec::new(), None)?;
    let mut writing = model.outbox.writing.iter_mut();
    if let Some(writing) = writing.find(|one| one.run == run) {
        writing.takes_back = Some(act);
    }
    Ok(orders)
}

/// Whether an act is being taken back already, which is told.
pub(super) fn takes_back(model: &mut Model, act: &Act) -> bool {
    let mut writing = model.outbox.writing.iter();
    let is = writing.any(|one| one.takes_back.as_ref() == Some(act));
    if is {
        model.told = Some(super::conflict::ONE_MOMENT.to_owned());
    }
    is
}

/// What takes an act back is on disk, or the act is void: it can be taken back no more.
pub(super) fn forget(model: &mut Model, act: &Act) {
    let acts = &mut model.outbox.acts;
    if let Some(at) = acts.iter().rposition(|other| other == act) {
        acts.remove(at);
    }
}

/// Undoes what a person did in one go, as far as it can be: what waits is taken back, what was refused is given up,
/// what the CRM has is written back.
pub(super) fn compensate(model: &mut Model, word: &str) -> Vec<Cmd> {
    let occasion = match model.occasion() {
        Ok(occasion) => occasion,
        Err(why) => {
            model.told = Some(why);
            return Vec::new();
        }
    };
    let permit = match model.may_write() {
        Ok(permit) => permit,
        Err(read_only) => {
            model.told = Some(read_only.why);
            return Vec::new();
        }
    };
    let of_act = || model.outbox.view.of_act(word);
    let all: Vec<&Entry> = model.outbox.view.all().collect();
    let back = undo::compensate_all(&occasion, of_act(), &all);
    let accounts = of_act().filter_map(|entry| entry.new.account.clone()).collect();
    let run = writing(model, accounts, None);
    if let Some(act) = model.outbox.acts.iter().find(|act| act.word == word).cloned() {
        desk::await_what_is_taken_up(model, &act);
    }
    model.outbox.acts.retain(|act| act.word != word);
    vec![Cmd::Write(WriteCmd::Undo {
        run,
        permit,
        act: word.to_owned(),
        back,
    })]
}

/// What makes up for it is itself an act, which can be undone.
fn undone(model: &mut Model, run: RunId, undone: &Undone) -> Vec<Cmd> {
    standup::forget(model, &undone.ended);
    let orders = queued(model, run, &undone.queued);
    model.told = match (undone.is_any(), undone.left) {
        (false, _) => Some("nothing of it can be undone now: O shows where it stands".to_owned()),
        (true, 1..) => Some("undone as far as it can be: O shows where the rest stands".to_owned()),
        (true, 0) => undone
            .ended
            .first()
            .map(|entry| format!("taken back: {}", entry.new.title)),
    };
    orders
}
