//! What forms are for: their fields, and the writes that they become.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::{Field, Form, Handing, Revising, Shape, replying};
use crate::app::outbox::Act;
use crate::app::run::{PlayRun, RunAct};
use crate::app::step::{PlayStep, StepAct};
use crate::domain::acts::edit::EditableField;
use crate::domain::acts::task::{self, NewTask, Task};
use crate::domain::acts::touch::{self, Contact};
use crate::domain::acts::{About, Occasion, Somebody, days, note};
use crate::domain::goal::{Goal, Saying};
use crate::domain::handoff::{Promised, Reply};
use crate::domain::outbox::NewEntry;
use crate::domain::playbook::Deed;
use crate::domain::record::{RecordId, ValueType};
use crate::domain::words;

/// What a form is for.
#[derive(Debug, Clone, PartialEq)]
pub enum Purpose {
    /// A note on an account.
    Note,
    /// A new task on an account.
    Task,
    /// A call, meeting or e-mail that has been, in one line.
    Log,
    /// A task that is there: when it is due and whose it is.
    Change(Task),
    /// One field of the account or its contract.
    Edit(EditableField),
    /// A step of a playbook: what came of it, or why it is left out.
    Step(Box<PlayStep>),
    /// A run of a playbook, or all of a bulk play: why it rests, or whose a step of it is to be.
    Run(Box<PlayRun>),
    /// What was promised to the customer: why it was not kept.
    NotKept(Box<Promised>),
    /// A goal that was missed: why, what changes, when to look again.
    Missed(Box<Goal>),
    /// A handoff of the account to somebody.
    Handoff(Box<Handing>),
    /// A reply to a handoff: it is accepted, returned or answered.
    Reply(Box<Reply>),
    /// A write that waits, to be changed before it is sent.
    Revise(Box<Revising>),
}

impl Purpose {
    /// What stands in the border before the account.
    pub(super) fn title(&self) -> String {
        match self {
            Self::Note => "Note".to_owned(),
            Self::Task => "Task".to_owned(),
            Self::Log => "Log a call, meeting or e-mail".to_owned(),
            Self::Change(task) => format!("Task: {}", task.subject),
            Self::Edit(field) => format!("Edit {}", field.name()),
            Self::Step(step) => step.title(),
            Self::Run(play) => play.title(),
            Self::NotKept(promised) => format!("Promise not kept: {}", promised.words),
            Self::Missed(goal) => format!("Goal missed: {}", goal.aim()),
            Self::Revise(revising) => format!("Change {}", revising.title),
            Self::Handoff(handing) => format!("Handoff {}", handing.roles()),
            Self::Reply(reply) => replying::title(reply),
        }
    }

    /// The name under which what is typed is kept; what is only a word or two is not.
    pub(super) fn draft_name(&self, account: &str) -> Option<String> {
        match self {
            Self::Note => Some(format!("note:{account}")),
            Self::Task => Some(format!("task:{account}")),
            Self::Log => Some(format!("log:{account}")),
            Self::Step(step) if step.act == StepAct::Done => {
                Some(format!("step note:{account}:{} {}", step.run.id, step.step))
            }
            Self::Handoff(handing) => Some(match &handing.question {
                Some(handed) => {
                    let question = &handed.question;
                    format!("handoff:{account}:{} {}", handing.id, question.id)
                }
                None => format!("handoff:{account}:{}", handing.id),
            }),
            Self::Reply(reply) => Some(format!(
                "reply:{account}:{} {}",
                reply.card.handoff,
                words::handoff(reply.to)
            )),
            Self::Missed(goal) => Some(format!("goal:{account}:{}", goal.id)),
            Self::Revise(revising) => Some(format!("revise:{account}:{}", revising.id)),
            Self::Change(_) | Self::Edit(_) | Self::Step(_) | Self::Run(_) | Self::NotKept(_) => None,
        }
    }

    /// Rows that tell how what is typed is understood.
    pub(super) fn says_rows(&self) -> u16 {
        match self {
            Self::Log => 5,
            Self::Edit(_) | Self::Handoff(_) | Self::Reply(_) | Self::Step(_) => 2,
            Self::Note
            | Self::Task
            | Self::Change(_)
            | Self::Run(_)
            | Self::NotKept(_)
            | Self::Missed(_)
            | Self::Revise(_) => 0,
        }
    }

    /// How what the form becomes is undone, where its entries alone do not tell.
    pub fn undone_by(&self, on: &Occasion, deed: &Deed) -> Option<Act> {
        match self {
            Self::Step(_) | Self::Run(_) => Some(Act::of(on, self.title(), deed)),
            _ => None,
        }
    }
}

impl Form {
    /// A note on an account.
    pub fn note(about: About) -> Self {
        let text = Field::new("note", Shape::Text, "");
        Self::new(Purpose::Note, Some(about), vec![text])
    }

    /// A new task on an account, mine unless said otherwise.
    pub fn task(about: About, people: &[Somebody], me: Option<&Somebody>) -> Self {
        let mine = me.map_or("", |me| me.name.as_str());
        let fields = vec![
            Field::new("subject", Shape::Line, ""),
            Field::new("due", Shape::Day, ""),
            Field::new("owner", Shape::Choice(choices(people)), mine),
            Field::new("text", Shape::Text, ""),
        ];
        Self::new(Purpose::Task, Some(about), fields)
    }

    /// A line that logs a touchpoint with an account.
    pub fn log(about: About, contacts: Vec<Contact>) -> Self {
        let line = Field::new("log", Shape::Line, "");
        Self {
            contacts,
            ..Self::new(Purpose::Log, Some(about), vec![line])
        }
    }

    /// When a task is due and whose it is, to be changed.
    pub fn change(task: Task, due: Option<(Date, Option<Time>)>, people: &[Somebody]) -> Self {
        let day = due.map_or_else(String::new, |(day, at)| match at {
            Some(at) => format!("{day} {}", at.strftime("%H:%M")),
            None => day.to_string(),
        });
        let theirs = people
            .iter()
            .find(|one| task.owner.as_deref() == Some(one.id.as_str()));
        let owner = theirs.map_or("", |one| one.name.as_str());
        let fields = vec![
            Field::new("due", Shape::Day, &day),
            Field::new("owner", Shape::Choice(choices(people)), owner),
        ];
        let about = task.about.clone();
        Self::new(Purpose::Change(task), about, fields)
    }

    /// One field of an account, to be edited.
    pub fn edit(field: EditableField, about: About, people: &[Somebody], zone: &TimeZone) -> Self {
        let line = line_of(&field, people, zone);
        Self::new(Purpose::Edit(field), Some(about), vec![line])
    }

    /// A step of a playbook: a note of what came of it, or a line why it is left out.
    pub fn step(step: PlayStep) -> Self {
        let about = About {
            id: step.run.account.clone(),
            name: step.view.summary.name.clone(),
        };
        let text = match step.act {
            StepAct::Done => Field::new("what came of it", Shape::Text, ""),
            StepAct::LeaveOut => Field::new("why", Shape::Line, ""),
        };
        Self::new(Purpose::Step(Box::new(step)), Some(about), vec![text])
    }

    /// A run of a playbook, or all of a bulk play: a line why it rests, or whose a step of it is to be.
    pub fn run(play: PlayRun, people: &[Somebody]) -> Self {
        let about = play.played.about();
        let field = match play.act {
            RunAct::Reassign(_) => Field::new("whose", Shape::Choice(choices(people)), ""),
            RunAct::Pause | RunAct::Resume | RunAct::GiveUp => Field::new("why", Shape::Line, ""),
        };
        Self::new(Purpose::Run(Box::new(play)), about, vec![field])
    }

    /// A line why what was promised was not kept.
    pub fn not_kept(promised: Promised) -> Self {
        let about = promised.task.about.clone();
        let why = Field::new("why", Shape::Line, "");
        Self::new(Purpose::NotKept(Box::new(promised)), about, vec![why])
    }

    /// What is said of a goal that was missed.
    pub fn missed(about: About, goal: Goal) -> Self {
        let fields = vec![
            Field::new("why", Shape::Line, ""),
            Field::new("what changes", Shape::Line, ""),
            Field::new("look again", Shape::Day, ""),
        ];
        Self::new(Purpose::Missed(Box::new(goal)), Some(about), fields)
    }

    /// The writes that it becomes, and what the journal gets; the error is one sentence for the person.
    pub fn deed(&self, on: &Occasion, people: &[Somebody]) -> Result<Deed, String> {
        let about = || self.about.as_ref().ok_or("the task belongs to no account");
        let entries = match &self.purpose {
            Purpose::Step(step) => return step.deed(on, people, &self.fields[0].text()),
            Purpose::Run(play) => {
                let field = &self.fields[0];
                let chosen = match field.shape {
                    Shape::Choice(_) => somebody(field)?,
                    _ => None,
                };
                return play.deed(on, &field.text(), chosen.as_ref());
            }
            Purpose::Revise(_) => return Err("what waits is changed, not made anew".to_owned()),
            Purpose::NotKept(promised) => promised.settle(on, Err(&self.fields[0].text())),
            Purpose::Missed(goal) => {
                let (why, changes, look) = self.missed_fields(on)?;
                let (why, changes) = (&*why, &*changes);
                goal.missed(on, about()?, &Saying { why, changes, look })
            }
            Purpose::Handoff(handing) => self.handed_over(on, about()?, handing),
            Purpose::Reply(reply) => self.replied(on, about()?, reply, people),
            Purpose::Note => Ok(vec![note::note(on, about()?, &self.fields[0].text())?]),
            Purpose::Task => Ok(vec![task::make(on, about()?, &self.new_task(on)?)?]),
            Purpose::Log => touch::parse(on, &self.contacts, &self.fields[0].text())?.write(on, about()?),
            Purpose::Change(task) => self.changes(on, task),
            Purpose::Edit(field) => {
                let to = self.edited(on, field, people)?;
                let entry = field.write(on, about()?, people, to);
                Ok(vec![entry.ok_or("that is what the field has already")?])
            }
        };
        Ok(Deed {
            entries: entries?,
            events: Vec::new(),
        })
    }

    /// Why, what changes, and when to look again.
    fn missed_fields(&self, on: &Occasion) -> Result<(String, String, Date), String> {
        let [why, changes, look] = self.fields.as_slice() else {
            return Err("the form has not the fields of a goal".to_owned());
        };
        let (look, _) = day(on, look)?.ok_or("say when to look again")?;
        Ok((why.text(), changes.text(), look))
    }

    fn new_task(&self, on: &Occasion) -> Result<NewTask, String> {
        let [subject, due, owner, body] = self.fields.as_slice() else {
            return Err("the form has not the fields of a task".to_owned());
        };
        let (day, at) = day(on, due)?.unzip();
        Ok(NewTask {
            subject: subject.text(),
            body: body.text(),
            due: day,
            at: at.flatten(),
            owner: somebody(owner)?,
        })
    }

    /// Goes to the field that is to blame for what was refused, where one is.
    pub fn to_what_is_wrong(&mut self, on: &Occasion) {
        let due = |field: &Field, needed: bool| {
            day(on, field).is_err() || (needed && field.text().trim().is_empty())
        };
        // In the order in which they are refused.
        let found = match (&self.purpose, self.fields.as_slice()) {
            (Purpose::Task, [subject, when, owner, body]) => [
                (1, due(when, false)),
                (2, owner.chosen().is_err()),
                (0, task::check_subject(&subject.text()).is_err()),
                (3, task::check_body(&body.text()).is_err()),
            ]
            .into_iter()
            .find(|(_, is_wrong)| *is_wrong),
            (Purpose::Change(_), [when, owner]) => [
                (0, !when.is_untouched() && due(when, true)),
                (1, owner.chosen().is_err()),
            ]
            .into_iter()
            .find(|(_, is_wrong)| *is_wrong),
            _ => None,
        };
        self.to_blame = found.map(|(at, _)| at);
        self.at = self.to_blame.unwrap_or(self.at);
    }

    fn changes(&self, on: &Occasion, task: &Task) -> Result<Vec<NewEntry>, String> {
        let [due, owner] = self.fields.as_slice() else {
            return Err("the form has not the fields of a task".to_owned());
        };
        let mut entries = Vec::new();
        if !due.is_untouched() {
            let (day, at) = day(on, due)?.ok_or("a task that is put off needs a day")?;
            if !task.is_due(on, day, at) {
                entries.push(task::reschedule(on, task, day, at)?);
            }
        }
        if let Some(to) = somebody(owner)?
            && !task.is_of(&to)
        {
            entries.push(task::reassign(on, task, &to));
        }
        if entries.is_empty() {
            return Err("nothing was changed: esc closes".to_owned());
        }
        Ok(entries)
    }

    /// What makes a day that was typed hard to believe, or that who is to receive something is away or has it already, in
    /// one sentence, so that it is asked about before it is queued.
    pub fn doubt(&self, on: &Occasion, people: &[Somebody]) -> Option<String> {
        match &self.purpose {
            Purpose::Edit(field) => {
                let to = self.edited(on, field, people).ok()?;
                field
                    .doubt(on.today(), to.as_deref())
                    .filter(|_| !field.has(to.as_deref()))
            }
            Purpose::Revise(revising) => revising.doubt(on, &self.fields),
            Purpose::Task => task::doubt(on, self.new_task(on).ok()?.due?),
            Purpose::Change(_) => {
                let due = self.fields.first().filter(|due| !due.is_untouched())?;
                task::doubt(on, day(on, due).ok()??.0)
            }
            Purpose::Log => {
                let touch = touch::parse(on, &self.contacts, &self.fields[0].text());
                touch.ok()?.doubt(on)
            }
            Purpose::Handoff(handing) => self.handing_doubt(on, handing),
            Purpose::Missed(_) => task::doubt(on, day(on, self.fields.last()?).ok()??.0),
            Purpose::Note | Purpose::Step(_) | Purpose::Run(_) | Purpose::NotKept(_) | Purpose::Reply(_) => {
                None
            }
        }
    }

    /// The value that the field is to have, as the CRM keeps it.
    pub(super) fn edited(
        &self,
        on: &Occasion,
        field: &EditableField,
        people: &[Somebody],
    ) -> Result<Option<String>, String> {
        match self.fields[0].shape {
            Shape::Choice(_) => Ok(self.fields[0].chosen()?.map(|(value, _)| value)),
            _ => field.parse(on, people, &self.fields[0].text()),
        }
    }
}

/// The line in which a field of a record is edited.
pub(super) fn line_of(field: &EditableField, people: &[Somebody], zone: &TimeZone) -> Field {
    let shape = match field.value_type {
        _ if field.is_owner => Shape::Choice(choices(people)),
        ValueType::Choice => Shape::Choice(field.options.clone()),
        _ => Shape::Line,
    };
    Field::new(&field.label, shape, &field.shown(people, zone))
}

/// The day that a field means; `None` when it is empty.
pub(super) fn day(on: &Occasion, field: &Field) -> Result<Option<(Date, Option<Time>)>, String> {
    match field.text().trim() {
        "" => Ok(None),
        text => days::parse(on, text).map(Some),
    }
}

pub(super) fn somebody(field: &Field) -> Result<Option<Somebody>, String> {
    let chosen = field.chosen()?;
    Ok(chosen.map(|(id, name)| Somebody {
        id: RecordId(id),
        name,
    }))
}

pub(super) fn choices(people: &[Somebody]) -> Vec<(String, String)> {
    people
        .iter()
        .map(|one| (one.id.to_string(), one.name.clone()))
        .collect()
}
