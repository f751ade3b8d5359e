//! What the reader shows of a line of the account screen: all that is known of it, uncut.

pub mod alarms;
mod outbox;
pub mod runs;

pub use self::outbox::{conflict, outbox_entry, replaced, undone, value};

use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

use super::account::Part;
use super::action::Action;
use super::model::Model;
use super::overlay::Reader;
use crate::domain::account_view::{
    AccountView, ContractLine, Fix, Freshness, MeasureLine, NoteLine, Person, TermLine, TicketLine,
    TimelineLine, WhyLine,
};
use crate::domain::desk::{DueItem, HandoffCard, Warning};
use crate::domain::goal::{Goal, Told};
use crate::domain::handoff::{Asks, Beside, Followed};
use crate::domain::health::account::Input;
use crate::domain::health::ledger::signed;
use crate::domain::risk;
use crate::domain::values::plain;
use crate::domain::words;

/// Facts with their labels.
type Facts = Vec<(&'static str, String)>;

/// The selected line of the account screen in full; `None` where there is none.
pub fn selected(model: &Model) -> Option<Reader> {
    let account = model.account.as_ref()?;
    let view = account.view.as_deref()?;
    let at = account.cursors[account.part.index()].at;
    let (title, facts, text) = match account.part {
        Part::Why => return why(model, view, at),
        Part::Next => due(model, view, view.next.get(at)?),
        Part::Chart => return None,
        Part::Timeline => entry(model, view, view.timeline.get(at)?),
        Part::Contract => match view.term_line(at)? {
            TermLine::Goal(found) => goal(model, found),
            TermLine::Contract(line) => contract(model, view, line),
        },
        Part::People => person(model, view.people.get(at)?),
        Part::Tickets => ticket(model, view.tickets.get(at)?),
        Part::Notes => note(model, view.notes.get(at)?),
        Part::Handoffs => match view.handoffs.get(at) {
            Some(card) => handoff(model, view, card),
            None => followed(model, view.followed.get(at - view.handoffs.len())?),
        },
    };
    Some(reader(title, facts, text))
}

/// A fact that is not known is left out, except where a label says `?` is the answer.
fn reader(title: String, mut facts: Facts, text: String) -> Reader {
    facts.retain(|(_, fact)| !fact.is_empty());
    Reader {
        title,
        facts,
        text,
        top: 0,
    }
}

fn why(model: &Model, view: &AccountView, at: usize) -> Option<Reader> {
    let (title, facts, text) = match view.why_line(at)? {
        WhyLine::Measure(line) => measure(model, view.why.base_day, line),
        WhyLine::Fix(found) => fix(model, found),
        WhyLine::Warning(found) => warning(model, view, found),
    };
    Some(reader(title, facts, text))
}

/// What a measure rested on at an end of the window: `weekly active users 22, 22 Nov 08:00`.
fn observations(model: &Model, inputs: Option<&[Input]>) -> String {
    let Some(inputs) = inputs else {
        return "not in the model".to_owned();
    };
    let told = inputs.iter().map(|one| {
        let name = one.name.replace('_', " ");
        format!("{name} {}, {}", one.value, moment(model, one.observed))
    });
    match told.collect::<Vec<_>>().join("; ") {
        none if none.is_empty() => "nothing observed".to_owned(),
        told => told,
    }
}

fn measure(model: &Model, base: Date, line: &MeasureLine) -> (String, Facts, String) {
    let [then, now] = line.observations.each_ref().map(|inputs| inputs.as_deref());
    let tenths = |tenths: i32| {
        let causes = line.causes.iter().map(|(cause, part)| match line.causes.len() {
            1 => format!(", {}", cause.words()),
            _ => format!(", {} {}", signed(*part), cause.words()),
        });
        format!(
            "{} points of the score{}",
            signed(tenths),
            causes.collect::<String>()
        )
    };
    let freshness = match line.freshness {
        Freshness::Fresh => "fresh",
        Freshness::Stale => "stale: counts the lower of its last points and 50",
        Freshness::Unknown => "no value counts: outside the mean",
    };
    let facts = vec![
        (
            "points",
            line.points
                .map_or_else(|| "?".to_owned(), |points| format!("{points:.0} of 100")),
        ),
        ("weight", format!("{}", line.weight)),
        (
            "change",
            line.change_tenths.map_or_else(|| "?".to_owned(), tenths),
        ),
        ("state", freshness.to_owned()),
        (
            "observed",
            line.observed
                .map_or_else(|| "never".to_owned(), |when| moment(model, when)),
        ),
        (
            "then",
            format!(
                "on {}: {}",
                words::calendar_day(model.today, base),
                observations(model, then)
            ),
        ),
        ("now", observations(model, now)),
        (
            "segment",
            line.percentile.map_or_else(
                || "too few accounts to compare with".to_owned(),
                |percent| format!("as many points as {percent} % of it or more"),
            ),
        ),
    ];
    (line.id.clone(), facts, line.words.clone())
}

/// What brings points of the score back.
fn fix(model: &Model, fix: &Fix) -> (String, Facts, String) {
    let (action, with) = match &fix.playbook {
        Some((_, title)) => (Action::Play, title.as_str()),
        None => (Action::Task, "none fits this account; make a task"),
    };
    let keys = model.keymap.keys_of(action, model.context());
    let key = keys.first().map_or(String::new(), |key| format!(" ({key})"));
    let playbook = format!("{with}{key}");
    let facts = vec![
        ("measure", fix.measure.clone()),
        (
            "brings back",
            format!(
                "{} points of the score, when it is at its best",
                signed(fix.tenths)
            ),
        ),
        ("playbook", playbook),
    ];
    ("What fixes it".to_owned(), facts, String::new())
}

/// The states that a warning went through, each with how long it was in it.
fn states(model: &Model, warning: &Warning) -> String {
    let stages = &warning.line.stages;
    let ends = stages.iter().skip(1).map(|(_, at)| *at).chain([model.now]);
    let state = stages.iter().zip(ends).map(|((stage, since), until)| {
        format!("{} {}", stage.words(), words::age(until, *since, &model.zone))
    });
    state.collect::<Vec<_>>().join(" → ")
}

/// What the queue orders a warning by, in words.
fn rank(model: &Model, view: &AccountView, warning: &Warning) -> String {
    if !warning.kind.is_at_stake() {
        return "after the risks; it puts no money at stake".to_owned();
    }
    let stake = words::at_stake(view.summary.at_stake, model.currency);
    let by = warning.line.decide_by;
    let by = by.map_or("no renewal is known".to_owned(), |day| {
        format!("{} to decide", words::until(model.today, day))
    });
    format!("{stake} at stake × urgency ({by})")
}

fn warning(model: &Model, view: &AccountView, warning: &Warning) -> (String, Facts, String) {
    let line = &warning.line;
    let likely = line.not_renewing().map_or_else(
        || "? (no score, or no renewal ahead)".to_owned(),
        |p| {
            let rests_on = line.locked_in_words(model.today);
            let rests_on =
                rests_on.unwrap_or_else(|| "assumed from score, coverage and time to notice".to_owned());
            format!("{} %, {rests_on}", p.percent())
        },
    );
    let steps = line.basis.as_ref().and_then(risk::Basis::steps);
    let curve = steps.as_ref().map(|_| risk::curve_in_words());
    let mut facts = vec![
        ("state", states(model, warning)),
        ("now", line.said(model.today).unwrap_or_default()),
        ("rank", rank(model, view, warning)),
        (
            "P not renewing",
            if warning.kind.is_at_stake() {
                likely
            } else {
                String::new()
            },
        ),
        ("P comes from", steps.unwrap_or_default()),
        ("curve of P", curve.unwrap_or_default()),
        ("playbook", line.playbook.clone().unwrap_or_default()),
        (
            "signal",
            format!("{} version {}", warning.signal, warning.version),
        ),
        ("since", words::calendar_day(model.today, warning.since)),
    ];
    if warning.standing {
        facts.push((
            "standing",
            "was already true when it was first looked for".to_owned(),
        ));
    }
    for (name, value) in &warning.evidence {
        facts.push(("evidence", format!("{name} {value}")));
    }
    ("Warning".to_owned(), facts, warning.reason.clone())
}

fn due(model: &Model, view: &AccountView, item: &DueItem) -> (String, Facts, String) {
    let looks = item.of_handoff.as_ref().filter(|task| task.asks == Asks::Look);
    let looks = looks.and_then(|task| view.beside.get(&task.handoff));
    let mut facts = vec![
        ("what", item.title.clone()),
        ("due", words::due_at(model.local(), item)),
        ("whose", item.owner.clone().unwrap_or_else(|| "mine".to_owned())),
    ];
    facts.extend(looks.map(Beside::lines).unwrap_or_default());
    ("Next".to_owned(), facts, item.body.clone())
}

fn entry(model: &Model, view: &AccountView, line: &TimelineLine) -> (String, Facts, String) {
    let facts = vec![("when", moment(model, line.when)), ("who", line.who.clone())];
    // The timeline has a note's first line; its own record has all of it.
    let whole = view.notes.iter().find(|note| {
        let first = note.text.lines().find(|line| !line.trim().is_empty());
        note.when == line.when && first.is_some_and(|first| line.words.contains(first.trim()))
    });
    let text = whole.map_or(&line.words, |note| &note.text);
    ("Timeline".to_owned(), facts, text.clone())
}

fn contract(model: &Model, view: &AccountView, line: &ContractLine) -> (String, Facts, String) {
    let day =
        |day: Option<Date>| day.map_or_else(|| "?".to_owned(), |day| words::calendar_day(model.today, day));
    let renews = match (line.monthly, line.auto_renew) {
        (Some(true), _) => "every month",
        (_, Some(true)) => "by itself",
        (_, Some(false)) => "only when it is signed again",
        (_, None) => "?",
    };
    let facts = vec![
        ("contract", line.name.clone()),
        ("ARR", line.arr.map_or_else(|| "?".to_owned(), words::exact)),
        ("state", line.state.clone()),
        ("begins", day(line.start)),
        ("ends", day(line.end)),
        (
            match line.notice_by {
                Some(notice) if notice < model.today => "notice passed",
                _ => "notice by",
            },
            day(line.notice_by),
        ),
        ("renews", renews.to_owned()),
        ("parent", view.parent.clone().unwrap_or_default()),
        ("id", line.id.to_string()),
    ];
    ("Contract".to_owned(), facts, String::new())
}

fn goal(model: &Model, goal: &Goal) -> (String, Facts, String) {
    let number = |value: Option<f64>| value.map_or_else(|| "?".to_owned(), plain);
    let day =
        |day: Option<Date>| day.map_or_else(|| "?".to_owned(), |day| words::calendar_day(model.today, day));
    let told = goal.told.as_ref();
    let said = |what: fn(&Told) -> String| told.map(what).unwrap_or_default();
    let facts = vec![
        ("goal", goal.title.clone()),
        ("counted", goal.metric.clone().unwrap_or_else(|| "?".to_owned())),
        ("began at", number(goal.baseline)),
        ("target", number(goal.target)),
        ("by", day(goal.due)),
        (
            "now",
            format!("{}, {}", number(goal.value), goal.state(model.today).word()),
        ),
        ("owner", goal.owner.clone().unwrap_or_else(|| "?".to_owned())),
        ("evidence", goal.evidence.clone().unwrap_or_default()),
        (
            "before, after",
            goal.before_and_after(model.today).unwrap_or_default(),
        ),
        ("why", said(|told| told.why.clone())),
        ("changes", said(|told| told.changes.clone())),
        ("said by", said(|told| told.by.clone().unwrap_or_default())),
    ];
    ("Goal".to_owned(), facts, String::new())
}

fn person(model: &Model, person: &Person) -> (String, Facts, String) {
    let left = match (person.left, person.left_on) {
        (false, _) => String::new(),
        (true, Some(day)) => words::calendar_day(model.today, day),
        (true, None) => "yes; when is not known".to_owned(),
    };
    let last = person.last_touch.map_or_else(
        || "?".to_owned(),
        |day| {
            format!(
                "{}, {}",
                words::calendar_day(model.today, day),
                words::ago(model.today, day)
            )
        },
    );
    let facts = vec![
        ("name", person.name.clone()),
        ("role", person.role.clone().unwrap_or_else(|| "?".to_owned())),
        ("title", person.title.clone().unwrap_or_default()),
        ("e-mail", person.email.clone().unwrap_or_default()),
        ("last touch", last),
        ("left", left),
    ];
    ("Contact".to_owned(), facts, String::new())
}

fn ticket(model: &Model, ticket: &TicketLine) -> (String, Facts, String) {
    let closed = ticket
        .closed
        .map_or_else(|| "still open".to_owned(), |when| moment(model, when));
    let facts = vec![
        ("subject", ticket.subject.clone()),
        ("priority", ticket.priority.clone().unwrap_or_default()),
        ("opened", moment(model, ticket.opened)),
        ("closed", closed),
        ("id", ticket.id.to_string()),
    ];
    ("Ticket".to_owned(), facts, String::new())
}

fn note(model: &Model, note: &NoteLine) -> (String, Facts, String) {
    let facts = vec![("when", moment(model, note.when)), ("who", note.who.clone())];
    ("Note".to_owned(), facts, note.text.clone())
}

fn handoff(model: &Model, view: &AccountView, card: &HandoffCard) -> (String, Facts, String) {
    let way = format!(
        "{} → {}",
        words::role(&card.from_role),
        words::role(&card.to_role)
    );
    let fields = card
        .fields
        .map(|(filled, expected)| format!("{filled} of {expected} filled"));
    let answer = card.answers_here(&model.zone).map(|(day, at)| {
        let at = at.map(|at| at.strftime(" %H:%M").to_string());
        words::day(model.today, day) + &at.unwrap_or_default()
    });
    let people = [&card.from, &card.to].map(|name| name.clone().unwrap_or_default());
    let [from, to] = people;
    let mut facts = vec![
        ("handoff", way),
        ("from", from),
        ("to", to),
        ("state", words::handoff(card.state).to_owned()),
        ("gate", card.gate.clone().unwrap_or_default()),
        ("fields", fields.unwrap_or_default()),
        ("answer by", answer.unwrap_or_default()),
        ("when", moment(model, card.when)),
    ];
    let looks = view.beside.get(&card.handoff);
    facts.extend(looks.map(Beside::lines).unwrap_or_default());
    ("Handoff".to_owned(), facts, thread(model, card))
}

/// What follows the account, whole.
fn followed(model: &Model, one: &Followed) -> (String, Facts, String) {
    let became = one.outcome.as_ref().map(|outcome| {
        let by = outcome.by.as_deref().unwrap_or("somebody");
        format!("{}; {by}, {}", outcome.told(), moment(model, outcome.when))
    });
    let facts = vec![
        ("what", one.what.words().to_owned()),
        ("by", one.who.as_ref().map(|_| one.wrote()).unwrap_or_default()),
        ("when", moment(model, one.when)),
        ("first", one.first.clone().unwrap_or_default()),
        ("handoff", one.handoff.clone()),
        ("became", became.unwrap_or_default()),
    ];
    ("What follows the account".to_owned(), facts, one.text.clone())
}

/// What does not fit, then what happened, the newest first.
fn thread(model: &Model, card: &HandoffCard) -> String {
    let said = card.events.iter().rev().map(|event| {
        let who = event.by.as_deref().unwrap_or("somebody");
        let did = words::handoff(event.state);
        let (when, words) = (moment(model, event.when), event.told());
        match words.as_str() {
            "" => format!("{who} {did} it, {when}"),
            words => format!("{who} {did} it, {when}:\n{words}"),
        }
    });
    let mut parts: Vec<String> = card.told.clone();
    parts.extend(said);
    if card.events.is_empty() {
        parts.push(card.text.clone());
    }
    parts.join("\n\n")
}

/// A moment in the person's zone with its age: `9 Nov 14:20, 14 d ago`; what is yet to come has none.
pub fn moment(model: &Model, when: Timestamp) -> String {
    let zoned = Zoned::new(when, model.zone.clone());
    let age = match words::age(model.now, when, &model.zone) {
        now if now == "now" => "just now".to_owned(),
        age => format!("{age} ago"),
    };
    let day = words::calendar_day(model.today, zoned.date());
    let at = format!("{day} {}", zoned.strftime("%H:%M"));
    if words::is_ahead(model.now, when) {
        return at;
    }
    format!("{at}, {age}")
}
