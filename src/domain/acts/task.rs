//! Tasks: made, completed, reopened, put off, given to another.

use jiff::civil::{Date, Time};

use super::days::{self, Reach};
use super::note::{LONGEST, check_text};
use super::{About, END_OF_DAY, Occasion, Somebody, first_line};
use crate::domain::desk::DueItem;
use crate::domain::outbox::{Change, Field, NewEntry, Target, Write};
use crate::domain::record::{Core, Kind, ValueType};
use crate::domain::text;

/// How the title of an entry begins that completes a task.
const DONE: &str = "Done: ";
/// How that of one begins that takes it up again.
const REOPEN: &str = "Reopen: ";
/// How the title of one begins that closes a task which nobody did, and from then on the task's own subject in the CRM:
/// there it reads as completed.
pub const LEFT_OUT: &str = "Left out: ";
/// The longest subject of a task, in characters.
const LONGEST_SUBJECT: usize = 250;

/// A task to be made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewTask {
    /// What is to be done, in one line.
    pub subject: String,
    /// More about it; may be empty.
    pub body: String,
    /// The day it is due, in my time zone; the next on which whoever does it works when left out.
    pub due: Option<Date>,
    /// The time of that day; the end of the working day when left out.
    pub at: Option<Time>,
    /// Who does it; I myself when left out.
    pub owner: Option<Somebody>,
}

/// What is known of a task that is there, as the CRM wrote it: the base of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The task.
    pub target: Target,
    /// Its subject, raw.
    pub subject: String,
    /// When it is due.
    pub due: Option<String>,
    /// Whether it is done.
    pub done: Option<String>,
    /// Id of who does it.
    pub owner: Option<String>,
    /// The account that it belongs to, if any.
    pub about: Option<About>,
}

impl Task {
    /// Whether it is done.
    pub fn is_done(&self) -> bool {
        self.done.as_deref() == Some("true")
    }

    /// Whether it is this one's already.
    pub fn is_of(&self, who: &Somebody) -> bool {
        self.owner.as_deref() == Some(who.id.as_str())
    }

    /// Whether it is due just then already.
    pub fn is_due(&self, on: &Occasion, day: Date, at: Option<Time>) -> bool {
        let due = self.due.as_deref().and_then(|due| due.parse().ok());
        due.is_some() && due == on.instant(day, at.unwrap_or(END_OF_DAY))
    }

    /// The task behind something that is due, if it is one and is known well enough to be changed.
    pub fn of(item: &DueItem) -> Option<Self> {
        let facts = item.task.as_ref()?;
        Some(Self {
            target: Target::of(&item.record),
            subject: item.title.clone(),
            due: facts.due.clone(),
            done: facts.done.clone(),
            owner: facts.owner.clone(),
            about: item.account.clone().map(|id| About {
                id,
                name: item.account_name.clone(),
            }),
        })
    }
}

/// Makes a task; the error is one sentence for the person.
pub fn make(on: &Occasion, about: &About, task: &NewTask) -> Result<NewEntry, String> {
    let subject = text::written(Core::Subject, task.subject.trim());
    let subject = subject.trim();
    check_subject(subject)?;
    check_body(&task.body)?;
    let owner = task.owner.as_ref().unwrap_or(&on.me);
    let due = due_at(on, task.due.unwrap_or_else(|| on.workday_of(&owner.id)), task.at)?;
    let mut fields = vec![
        (Core::Subject, subject.to_owned()),
        (Core::Due, due),
        (Core::Done, "false".to_owned()),
    ];
    if !task.body.trim().is_empty() {
        fields.push((Core::Body, task.body.trim_end().to_owned()));
    }
    let mut other = None;
    if let Some(owner) = &task.owner {
        fields.push((Core::Owner, owner.id.to_string()));
        other = (owner.id != on.me.id).then_some(owner.name.as_str());
    }
    Ok(on.create(Kind::Task, about, &title(subject, other), fields, &[]))
}

/// An error for a subject that no task can have.
pub fn check_subject(subject: &str) -> Result<(), String> {
    let subject = subject.trim();
    check_text(subject, "the task")?;
    if subject.chars().count() > LONGEST_SUBJECT {
        return Err(format!(
            "a task's first line has at most {LONGEST_SUBJECT} characters: put the rest below it"
        ));
    }
    Ok(())
}

/// An error for a text that no task can have.
pub fn check_body(body: &str) -> Result<(), String> {
    if body.chars().count() > LONGEST {
        return Err(format!("a task's text has at most {LONGEST} characters"));
    }
    Ok(())
}

/// What a new task is called by its subject, and by whose it is unless it is mine.
pub(super) fn title(subject: &str, other: Option<&str>) -> String {
    match other {
        Some(name) => format!("Task for {name}: {subject}"),
        None => format!("Task: {subject}"),
    }
}

/// A due instant in a title; a time only where it is not the end of the working day.
pub(super) fn due_words(day: Date, at: Time) -> String {
    if at == END_OF_DAY {
        return day.to_string();
    }
    format!("{day} {}", at.strftime("%H:%M"))
}

/// What it is called to put a task off.
pub(super) fn due_title(day: &str, subject: &str) -> String {
    format!("Due {day}: {subject}")
}

/// What it is called to give a task to somebody.
pub(super) fn owner_title(name: &str, subject: &str) -> String {
    format!("To {name}: {subject}")
}

/// What it is called to complete a task, or to take it up again.
pub(super) fn done_title(done: bool, subject: &str) -> String {
    format!("{}{subject}", if done { DONE } else { REOPEN })
}

/// Completes a task.
pub fn complete(on: &Occasion, task: &Task) -> NewEntry {
    let title = done_title(true, &task.subject);
    change(on, task, title, Core::Done, task.done.clone(), "true".to_owned())
}

/// Closes a task that nobody did, and says so with the reason where whoever reads it in the CRM sees it first.
pub fn leave_out(on: &Occasion, task: &Task, why: &str) -> NewEntry {
    let subject = first_line(
        &format!("{LEFT_OUT}{} ({why})", task.subject),
        LONGEST_SUBJECT - 1,
    );
    let mut entry = renamed(complete(on, task), &task.subject, subject);
    entry.title = format!("{LEFT_OUT}{}", task.subject);
    entry
}

/// The subject of a task, from the title of the entry that completed it or left it out.
pub fn subject_of(title: &str) -> &str {
    let subject = [DONE, LEFT_OUT]
        .into_iter()
        .find_map(|begin| title.strip_prefix(begin));
    subject.unwrap_or(title)
}

/// Takes up a completed task again.
pub fn reopen(on: &Occasion, task: &Task) -> NewEntry {
    let title = done_title(false, &task.subject);
    change(on, task, title, Core::Done, task.done.clone(), "false".to_owned())
}

/// Takes up a task again that may have been left out: it is called as before.
pub fn reopen_as(on: &Occasion, task: &Task, subject: &str) -> NewEntry {
    if !task.subject.starts_with(LEFT_OUT) {
        return reopen(on, task);
    }
    let mut entry = renamed(reopen(on, task), &task.subject, subject.to_owned());
    entry.title = done_title(false, subject);
    entry
}

/// The same write, with another subject for the task.
fn renamed(mut entry: NewEntry, from: &str, to: String) -> NewEntry {
    if let Write::Update { changes, .. } = &mut entry.write {
        changes.push(Change {
            field: Field::Core(Core::Subject),
            base: Some(from.to_owned()),
            to: Some(to),
            value_type: ValueType::Text,
        });
    }
    entry
}

/// Puts a task off, or brings it forward.
pub fn reschedule(on: &Occasion, task: &Task, day: Date, at: Option<Time>) -> Result<NewEntry, String> {
    let title = due_title(&due_words(day, at.unwrap_or(END_OF_DAY)), &task.subject);
    let due = due_at(on, day, at)?;
    Ok(change(on, task, title, Core::Due, task.due.clone(), due))
}

/// Gives a task to somebody.
pub fn reassign(on: &Occasion, task: &Task, to: &Somebody) -> NewEntry {
    let title = owner_title(&to.name, &task.subject);
    change(
        on,
        task,
        title,
        Core::Owner,
        task.owner.clone(),
        to.id.to_string(),
    )
}

/// What makes a typed due date hard to believe, in one sentence without its end, so that a person is asked once.
pub fn doubt_of(on: &Occasion, text: &str, due: Date) -> Option<String> {
    days::turned(on, text).or_else(|| doubt(on, due))
}

/// The same of a due date alone.
pub fn doubt(on: &Occasion, due: Date) -> Option<String> {
    Reach::TASK.doubt(on.today(), due)
}

fn due_at(on: &Occasion, day: Date, at: Option<Time>) -> Result<String, String> {
    let instant = on.instant(day, at.unwrap_or(END_OF_DAY));
    let instant = instant.ok_or_else(|| format!("{day} cannot be a due date"))?;
    Ok(instant.to_string())
}

fn change(
    on: &Occasion,
    task: &Task,
    title: String,
    field: Core,
    base: Option<String>,
    to: String,
) -> NewEntry {
    let write = Write::Update {
        kind: Kind::Task,
        target: task.target.clone(),
        changes: vec![Change {
            field: Field::Core(field),
            base,
            to: Some(to),
            value_type: ValueType::Text,
        }],
    };
    on.entry(task.about.as_ref(), title, write)
}
