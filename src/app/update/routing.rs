//! Keys of the routing desk. It is read when it opens, and again when anything changed that it shows.

use super::overlay::{meaning, open, other, step};
use super::{account, action, form, handoffs, who};
use crate::app::action::Action;
use crate::app::cmd::{Cmd, RunId};
use crate::app::desks::Deciding;
use crate::app::key::{Code, Key};
use crate::app::model::Model;
use crate::app::msg::RoutingMsg;
use crate::app::overlay::routing::{Resuming, Tab};
use crate::app::overlay::{Overlay, Reader, RoutingScreen};
use crate::domain::acts::About;
use crate::domain::routing::{Question, Questions};
use crate::domain::words;

/// Opens it, and has it read.
pub(super) fn show(model: &mut Model) -> Vec<Cmd> {
    let asked = model.next_run();
    let screen = RoutingScreen {
        asked,
        ..RoutingScreen::default()
    };
    open(model, Overlay::Routing(Box::new(screen)));
    vec![Cmd::LoadQuestions { run: asked }]
}

/// Opens it, and over it the form of a handoff of a question that was begun, as soon as the questions are read.
pub(super) fn resume(model: &mut Model, resuming: Resuming) -> Vec<Cmd> {
    let orders = show(model);
    if let Some(screen) = screen(model) {
        screen.resuming = Some(resuming);
    }
    orders
}

/// Goes back to it from the account of a question: it is as it was, and is read again.
pub(super) fn back(model: &mut Model, screen: Box<RoutingScreen>) -> Vec<Cmd> {
    open(model, Overlay::Routing(screen));
    reload(model)
}

/// Has it read again if it is open: what it shows may have changed. What shows stays until then.
pub(super) fn reload(model: &mut Model) -> Vec<Cmd> {
    let asked = model.next_run();
    let Some(screen) = screen(model) else {
        return Vec::new();
    };
    screen.asked = asked;
    let mut orders = vec![Cmd::LoadQuestions { run: asked }];
    // What was handed over counts in the weeks too: they are read again now or when they are looked at again.
    if screen.tab == Tab::Weeks {
        orders.extend(count(model));
    } else {
        (screen.weeks, screen.counting) = (None, None);
    }
    orders
}

/// Has the weeks read.
fn count(model: &mut Model) -> Option<Cmd> {
    let run = model.next_run();
    screen(model)?.counting = Some(run);
    Some(Cmd::LoadRouteWeeks { run })
}

fn screen(model: &mut Model) -> Option<&mut RoutingScreen> {
    model.overlays.iter_mut().find_map(|overlay| match overlay {
        Overlay::Routing(screen) => Some(&mut **screen),
        _ => None,
    })
}

/// It was read, or not; a stale answer is dropped.
pub(super) fn heard(model: &mut Model, msg: RoutingMsg) -> Vec<Cmd> {
    match msg {
        RoutingMsg::Loaded { run, told } => return read(model, run, told),
        RoutingMsg::Failed { run, why } => failed(model, run, why),
        RoutingMsg::WeeksLoaded { run, told } => {
            if let Some(screen) = screen(model).filter(|screen| screen.counting == Some(run)) {
                screen.weeks = Some(told);
            }
        }
        RoutingMsg::RequesterFound { run, found } => who::found(model, run, found),
    }
    Vec::new()
}

fn read(model: &mut Model, run: RunId, told: Box<Questions>) -> Vec<Cmd> {
    let size = model.size;
    let Some(screen) = screen(model).filter(|screen| screen.asked == run) else {
        return Vec::new();
    };
    screen.read(told, size);
    let Some(resuming) = screen.resuming.take() else {
        return Vec::new();
    };
    let question = screen.seek(&resuming.about.id, &resuming.question, size).cloned();
    go_on(model, resuming, question.as_ref())
}

/// The form of a handoff that was begun opens with its question; where that is open no more, what was typed as a note.
fn go_on(model: &mut Model, resuming: Resuming, question: Option<&Question>) -> Vec<Cmd> {
    let Resuming { about, template, .. } = resuming;
    let Some(question) = question else {
        model.told =
            Some("the question is not open any more: what was written about it can go as a note".to_owned());
        return form::kept_note(model, about, &resuming.draft);
    };
    let choices = Deciding::of(model, question).choices;
    let mut by_it = choices
        .into_iter()
        .filter(|one| one.template.as_ref() == Ok(&template));
    if let Some(choice) = by_it.next() {
        return handoffs::question(model, about, template, Box::new(choice.handed));
    }
    model.told = Some(format!(
        "nothing is handed over by {template} any more: what was written can go as a note"
    ));
    form::kept_note(model, about, &resuming.draft)
}

/// What waits for it closes, and why is told.
fn failed(model: &mut Model, run: RunId, why: String) {
    let awaits = |overlay: &Overlay| matches!(overlay, Overlay::Routing(screen) if screen.asked == run);
    if model.overlays.iter().any(awaits) {
        model.overlays.retain(|overlay| !awaits(overlay));
        model.told = Some(why);
    }
}

/// Movements choose, tab goes from desk to desk, enter opens the question.
pub(super) fn pressed(model: &mut Model, mut screen: Box<RoutingScreen>, key: Key) -> Vec<Cmd> {
    if let Some(deciding) = screen.deciding.take() {
        return decide(model, screen, deciding, key);
    }
    let action = meaning(model, key);
    if key.code == Code::Esc || matches!(action, Some(Action::Leave | Action::Route)) {
        return Vec::new();
    }
    let chosen = screen.selected().cloned();
    match (key.typed(), action, chosen) {
        (_, Some(Action::NextPane), _) => return turn(model, screen, 1),
        (_, Some(Action::PreviousPane), _) => return turn(model, screen, Tab::ALL.len() - 1),
        (_, Some(Action::Handoff), Some(question)) => match model.may_write() {
            Ok(_) => screen.deciding = Some(Deciding::of(model, &question)),
            Err(read_only) => {
                model.told = Some(format!("hand over: {}", read_only.why));
                open(model, Overlay::Routing(screen));
                // It may have been allowed in another cockpit since.
                return vec![Cmd::LookForPermit];
            }
        },
        (_, Some(Action::Undo), _) => {
            open(model, Overlay::Routing(screen));
            return action::run(model, Action::Undo);
        }
        (_, Some(Action::Who), Some(question)) => {
            open(model, Overlay::Routing(screen));
            return who::of(model, &question);
        }
        (Some('i'), _, Some(question)) => return to_account(model, screen, &question),
        (_, Some(Action::OpenInCrm), Some(question)) => {
            open(model, Overlay::Routing(screen));
            let (kind, id) = (question.kind, question.id);
            return vec![Cmd::OpenRecord { kind, id }];
        }
        (_, Some(Action::Copy), Some(question)) => {
            let orders = action::copied(model, &question.text);
            model.overlays.push(Overlay::Routing(screen));
            return orders;
        }
        (_, _, Some(question)) if key.code == Code::Enter => {
            let reader = in_full(model, &question);
            open(model, Overlay::Routing(screen));
            return open(model, Overlay::Reader(reader));
        }
        (_, action, _) => {
            let Some(step) = step(action) else {
                open(model, Overlay::Routing(screen));
                return other(model, key);
            };
            screen.step(step, model.size);
        }
    }
    open(model, Overlay::Routing(screen))
}

/// A person decides which desk answers: enter goes on with the form of the handoff.
fn decide(model: &mut Model, mut screen: Box<RoutingScreen>, mut deciding: Deciding, key: Key) -> Vec<Cmd> {
    let action = meaning(model, key);
    let turns = matches!(action, Some(Action::NextPane | Action::PreviousPane));
    match (key.code, deciding.chosen()) {
        (Code::Esc, _) => return open(model, Overlay::Routing(screen)),
        (Code::Enter, Some(chosen)) => match (&chosen.template, &chosen.handed.question.account) {
            (Ok(template), Some(asking)) => {
                let (id, name) = (asking.id.clone(), asking.name.clone());
                let (template, handed) = (template.clone(), Box::new(chosen.handed.clone()));
                open(model, Overlay::Routing(screen));
                return handoffs::question(model, About { id, name }, template, handed);
            }
            (Err(why), _) => model.told = Some(why.clone()),
            (Ok(_), None) => {}
        },
        (Code::Enter, None) => {
            model.told = Some("the rules propose no desk: tab chooses one".to_owned());
        }
        _ if turns || step(action).is_some() => deciding.turn(),
        _ => model.told = Some("enter hands it over, tab chooses the other desk, esc goes back".to_owned()),
    }
    screen.deciding = Some(deciding);
    open(model, Overlay::Routing(screen))
}

/// To another tab; the weeks are read when they are first looked at.
fn turn(model: &mut Model, mut screen: Box<RoutingScreen>, by: usize) -> Vec<Cmd> {
    screen.turn(by, model.size);
    let unread = screen.tab == Tab::Weeks && screen.weeks.is_none();
    open(model, Overlay::Routing(screen));
    let order = if unread { count(model) } else { None };
    order.into_iter().collect()
}

fn to_account(model: &mut Model, screen: Box<RoutingScreen>, question: &Question) -> Vec<Cmd> {
    if let Some(asking) = &question.account {
        return account::open_from_desk(model, (asking.id.clone(), asking.name.clone()), screen);
    }
    model.told = Some("the question belongs to no account of the cache".to_owned());
    open(model, Overlay::Routing(screen))
}

/// The question with all that is known of it.
fn in_full(model: &Model, question: &Question) -> Reader {
    let asked = question.asked.to_zoned(model.zone.clone()).datetime();
    let day = words::weekday(model.today, asked.date());
    let asked = format!("{day} {}", asked.strftime("%H:%M"));
    let who: Vec<String> = question
        .requesters
        .iter()
        .map(|one| match &one.email {
            Some(email) => format!("{} <{email}>", one.name),
            None => one.name.clone(),
        })
        .collect();
    let who = if who.is_empty() {
        "?".to_owned()
    } else {
        who.join(", ")
    };
    let account = question.account.as_ref();
    let mut facts = vec![
        ("subject", question.subject.clone()),
        ("account", account.map_or("?", |account| &account.name).to_owned()),
        ("asked by", format!("{who}, {asked}")),
        (
            "desk",
            format!("{}: {}", question.proposal().words(), question.because()),
        ),
        ("clock", question.clock().to_owned()),
        (
            "whose",
            question
                .owner_name
                .clone()
                .unwrap_or_else(|| "nobody's".to_owned()),
        ),
    ];
    let now = model.now.to_zoned(model.zone.clone());
    let passed = question.passed.as_ref();
    facts.extend(passed.map(|passed| ("handed over", passed.told(&now))));
    Reader {
        title: format!("{} {}", question.kind.word(), question.id),
        facts,
        text: question.text.clone(),
        top: 0,
    }
}
