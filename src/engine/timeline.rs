//! What happened on an account, newest first.

use jiff::Timestamp;

use crate::domain::account_view::{TimelineKind, TimelineLine};
use crate::domain::handoff::MARK;
use crate::domain::html;
use crate::domain::record::{Core, Kind, Record, RecordId};
use crate::domain::text::one_line;
use crate::domain::values::plain;
use crate::domain::warning::{KINDS, PERSONS, WarningEvent, What, sleeps};
use crate::domain::words;
use crate::store::erase::contact as departures;
use crate::store::{Event, Ledger, Observed};

use super::EngineError;
use super::account_view::{Around, who};
use super::departures::{has_left, left_at};
use super::handoffs::Said;
use super::interpret::account::Account;
use super::interpret::{activity, contact};
use super::promises;
use super::world::World;

/// The timeline holds so many lines at most.
const MOST_LINES: usize = 500;
/// A line has so many characters at most.
const MOST_CHARACTERS: usize = 200;

/// The timeline of an account.
pub fn timeline(
    ledger: &Ledger,
    world: &World<'_>,
    account: &Account,
    (around, said): (&Around, &Said),
) -> Result<Vec<TimelineLine>, EngineError> {
    let mut lines = Vec::new();
    lines.extend(around.touchpoints.iter().map(|record| touchpoint(world, record)));
    lines.extend(around.notes.iter().filter_map(|record| note(world, record, said)));
    lines.extend(around.tickets.iter().flat_map(tickets));
    lines.extend(around.surveys.iter().filter_map(survey));
    for record in &around.contacts {
        let left = has_left(world, record)
            .then(|| left_at(ledger, world, record))
            .transpose()?;
        if let Some(left) = left.flatten() {
            let role = contact::role(record, &world.setup.mapping);
            let words = format!("{} left", contact::name(record));
            let who = role.unwrap_or_default();
            lines.push(line(left, TimelineKind::Contact, &words, who));
        }
    }
    let around_it = (around.tasks.as_slice(), around.notes.as_slice());
    for kept in promises::kept_on(ledger, world, &account.id, around_it)? {
        let words = format!("Promise kept: {} (its task was completed in the CRM)", kept.words);
        let who = kept.by.unwrap_or_default();
        lines.push(line(kept.when, TimelineKind::Note, &words, who));
    }
    let mut kinds = vec![super::bands::CHANGED, departures::GONE, departures::BACK];
    kinds.extend(KINDS);
    for id in world.ids_of(&account.id) {
        lines.extend(changes(world, &ledger.history_of_account(id)?, id));
        lines.extend(noted(world, &ledger.events(Some(id), &kinds)?));
    }
    lines.retain(|line| line.when <= world.now);
    lines.sort_by(|one, other| (other.when, &one.words).cmp(&(one.when, &other.words)));
    lines.truncate(MOST_LINES);
    Ok(lines)
}

fn line(when: Timestamp, kind: TimelineKind, words: &str, who: String) -> TimelineLine {
    TimelineLine {
        when,
        kind,
        words: one_line(&words.chars().take(MOST_CHARACTERS).collect::<String>()),
        who,
        pending: None,
    }
}

fn touchpoint(world: &World<'_>, record: &Record) -> TimelineLine {
    let subject = record.core(Core::Subject).unwrap_or_default();
    let words = match subject {
        "" => record.kind.word().to_owned(),
        subject => format!("{}: {subject}", record.kind.word()),
    };
    TimelineLine {
        pending: world.overlay.state(record.kind, &record.id),
        ..line(
            activity::occurred(record),
            TimelineKind::Touchpoint,
            &words,
            who(world, record),
        )
    }
}

fn note(world: &World<'_>, record: &Record, said: &Said) -> Option<TimelineLine> {
    let body = record.core(Core::Body)?;
    let lines = html::lines(body);
    let first = lines.iter().find(|line| !line.is_empty())?;
    // An edit changes nothing of what happened.
    let words = match said.get(&record.id) {
        Some(said) => said.clone(),
        None if body.contains(MARK.trim_end()) => first.clone(),
        None => format!("note: {first}"),
    };
    Some(TimelineLine {
        pending: world.overlay.state(Kind::Note, &record.id),
        ..line(
            activity::occurred(record),
            TimelineKind::Note,
            &words,
            who(world, record),
        )
    })
}

fn tickets(record: &Record) -> Vec<TimelineLine> {
    let subject = record.core(Core::Subject).unwrap_or_default();
    let urgent = if activity::is_urgent(record) {
        "urgent ticket"
    } else {
        "ticket"
    };
    let words = format!("{urgent}: {subject}");
    let mut lines = vec![line(
        record.created,
        TimelineKind::TicketOpened,
        &words,
        String::new(),
    )];
    if let Some(closed) = activity::closed(record) {
        let words = format!("ticket closed: {subject}");
        lines.push(line(closed, TimelineKind::TicketClosed, &words, String::new()));
    }
    lines
}

fn survey(record: &Record) -> Option<TimelineLine> {
    let score = activity::nps(record)?;
    let comment = record.core(Core::Body).map(|body| html::lines(body).join(" "));
    let words = match comment.filter(|comment| !comment.is_empty()) {
        Some(comment) => format!("NPS {}: “{comment}”", plain(score)),
        None => format!("NPS {}", plain(score)),
    };
    Some(line(
        activity::occurred(record),
        TimelineKind::Survey,
        &words,
        String::new(),
    ))
}

/// Changes of name, owner, stage and segment. What was first seen is no change.
fn changes(world: &World<'_>, history: &[Observed], id: &RecordId) -> Vec<TimelineLine> {
    let mapping = &world.setup.mapping.account;
    let mut watched: Vec<(&str, &str)> = vec![("core:name", "name"), (&world.wanted.csm, "CSM")];
    watched.extend(
        mapping
            .stage
            .iter()
            .map(|stage| (stage.property.as_str(), "stage")),
    );
    watched.extend(mapping.segment.as_deref().map(|segment| (segment, "segment")));
    let mut lines = Vec::new();
    for (field, label) in watched {
        let mut before: Option<&Observed> = None;
        let of_field = history
            .iter()
            .filter(|one| one.kind == Kind::Account && one.record == *id && one.field == field);
        for observed in of_field {
            if let Some(before) = before
                && before.value != observed.value
            {
                let words = format!(
                    "{label} {} → {}",
                    told(world, label, before),
                    told(world, label, observed)
                );
                lines.push(line(
                    observed.effective_at,
                    TimelineKind::Change,
                    &words,
                    String::new(),
                ));
            }
            before = Some(observed);
        }
    }
    lines
}

fn told(world: &World<'_>, label: &str, observed: &Observed) -> String {
    match &observed.value {
        None => "none".to_owned(),
        Some(value) if label == "CSM" => {
            let name = world.name_of(&RecordId(value.clone()));
            name.unwrap_or(value).to_owned()
        }
        Some(value) => value.clone(),
    }
}

/// What happened to a warning by itself, in words; `None` where it says nothing to a reader.
fn warning(world: &World<'_>, event: &Event) -> Option<TimelineLine> {
    let account = event.account.as_ref()?;
    let what = WarningEvent::read(account, &event.kind, &event.payload)?.what;
    // By what it is called: its title is a template, and what the condition saw is in the line that it opened with.
    let signal = words::signal(what.signal());
    let said = match &what {
        What::Opened(opened) => match &opened.again {
            Some((then, now)) => format!("{}: again, worse {then} → {now}", opened.reason),
            None => opened.reason.clone(),
        },
        What::Cleared { lost: true, .. } => format!("{signal}: ended, the customer left"),
        What::Cleared { gone: true, .. } => format!("{signal}: ended, the account was gone"),
        What::Cleared { .. } => format!("{signal}: cleared"),
        What::Withdrawn { .. } => {
            format!("{signal}: withdrawn, the configuration has no such signal any more")
        }
        What::Resumed { .. } => format!("{signal}: goes on, what had ended it was taken back"),
        What::Woke { by, .. } => format!("{signal}: {}", by.words(world.today)),
        _ => return None,
    };
    Some(line(
        event.effective_at,
        TimelineKind::Warning,
        &said,
        String::new(),
    ))
}

/// What a person did to a warning; `None` where it was no person's act.
fn act_of_person(world: &World<'_>, what: &What) -> Option<String> {
    let because = |why: &str| {
        if why.is_empty() {
            String::new()
        } else {
            format!(": {why}")
        }
    };
    Some(match what {
        What::Acknowledged(_) => "acknowledged".to_owned(),
        What::Planned(planned) => format!("has a plan{}", because(&planned.why)),
        What::Snoozed(snoozed) => {
            let day = |day| words::calendar_day(world.today, day);
            let sleeps = sleeps(snoozed.until, snoozed.or_worse, day);
            format!("snoozed {sleeps}{}", because(&snoozed.why))
        }
        What::Roused { .. } => "woken".to_owned(),
        What::Closed(closed) => format!("closed as {}{}", closed.verdict.word(), because(&closed.why)),
        What::TakenBack { .. } => "the last act was taken back".to_owned(),
        _ => return None,
    })
}

/// An act of a person: when, who and what, with the signals of which it spoke.
type Act<'e> = ((Timestamp, &'e str, String), Vec<String>);

/// What the journal noted of an account: a line for each event, and one for each act of a person, of however many warnings it
/// spoke: `3 warnings: acknowledged (usage drop, no touch, seats)`.
fn noted(world: &World<'_>, events: &[Event]) -> Vec<TimelineLine> {
    let mut lines = Vec::new();
    let mut acts: Vec<Act<'_>> = Vec::new();
    for noted in events {
        let Some((signal, act)) = persons(world, noted) else {
            // What another program worked out is of its own warnings.
            lines.extend(noted.here.then(|| event(world, noted)).flatten());
            continue;
        };
        let act = (noted.effective_at, noted.author.as_str(), act);
        match acts.last_mut() {
            // Of one act a warning is spoken of once: the second time it is another act.
            Some((last, signals)) if *last == act && !signals.contains(&signal) => signals.push(signal),
            _ => acts.push((act, vec![signal])),
        }
    }
    lines.extend(acts.into_iter().map(|((when, author, act), signals)| {
        let said = match signals.as_slice() {
            [signal] => format!("{signal}: {act}"),
            many => format!("{} warnings: {act} ({})", many.len(), many.join(", ")),
        };
        let who = world.name_of_author(author);
        line(when, TimelineKind::Warning, &said, who)
    }));
    lines
}

/// The signal and the act, where an event is a person's act on a warning.
fn persons(world: &World<'_>, event: &Event) -> Option<(String, String)> {
    if !PERSONS.contains(&event.kind.as_str()) {
        return None;
    }
    let account = event.account.as_ref()?;
    let what = WarningEvent::read(account, &event.kind, &event.payload)?.what;
    Some((words::signal(what.signal()), act_of_person(world, &what)?))
}

fn event(world: &World<'_>, event: &Event) -> Option<TimelineLine> {
    if KINDS.contains(&event.kind.as_str()) {
        return warning(world, event);
    }
    let text = |key: &str| event.payload[key].as_str().unwrap_or("?");
    let score = |key: &str| {
        event.payload[key]
            .as_u64()
            .map_or("?".to_owned(), |score| score.to_string())
    };
    let (kind, words) = match event.kind.as_str() {
        departures::GONE => (
            TimelineKind::Contact,
            "a contact was archived or deleted in the CRM".to_owned(),
        ),
        departures::BACK => (TimelineKind::Contact, "a contact came back in the CRM".to_owned()),
        _ => {
            let scores = format!("health {} → {}", score("score_from"), score("score_to"));
            (
                TimelineKind::Health,
                format!("{scores}, {} → {}", text("from"), text("to")),
            )
        }
    };
    Some(line(event.effective_at, kind, &words, String::new()))
}
