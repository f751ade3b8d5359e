//! How what is typed is understood, while it is typed.

use jiff::civil::{Date, Time};

use super::purpose::{day, somebody};
use super::{Field, Form, Purpose, Shape, replying};
use crate::domain::acts::edit::EditableField;
use crate::domain::acts::touch::{self, Touch};
use crate::domain::acts::{END_OF_DAY, Occasion, Somebody, task};
use crate::domain::record::Kind;
use crate::domain::words;

/// So many names are offered at once.
const MOST_NAMES: usize = 5;

/// How what is typed is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Nothing was typed yet: what could be.
    Hint(String),
    /// It is understood so, a line each.
    Means(Vec<String>),
    /// It is not understood; one sentence.
    Wrong(String),
}

impl Form {
    /// How a field is understood now, if there is anything to understand.
    pub fn reading(&self, at: usize, on: &Occasion, people: &[Somebody]) -> Option<Reading> {
        let field = self.fields.get(at)?;
        match &self.purpose {
            Purpose::Revise(revising) if revising.is_mapped(at) => revising.reading(at, on, field),
            _ if field.shape == Shape::Day => Some(self.due(on, field)),
            Purpose::Log => Some(self.touch(on, field)),
            Purpose::Edit(edit) => Some(self.value(on, edit, people)),
            Purpose::Handoff(handing) => Some(self.handed(at, on, handing)),
            Purpose::Reply(reply) => Some(replying::reading(at, on, reply, people)),
            Purpose::Step(step) if field.editor.is_blank() => Some(Reading::Hint(step.hint().to_owned())),
            Purpose::Note
            | Purpose::Task
            | Purpose::Change(_)
            | Purpose::Step(_)
            | Purpose::Run(_)
            | Purpose::NotKept(_)
            | Purpose::Missed(_)
            | Purpose::Revise(_) => None,
        }
    }

    /// The names of the account's people that the beginning of a name in the line may mean, best first, with the
    /// byte at which that beginning stands.
    pub fn names(&self) -> (usize, Vec<&str>) {
        let text = self.fields[0].text();
        let end = text.find(':').unwrap_or(text.len());
        let marks = ["with ", ", ", "& ", " and "];
        let ends = marks
            .iter()
            .filter_map(|mark| Some(text[..end].rfind(mark)? + mark.len()));
        let first_word = text[..end].find(' ').map(|at| at + 1);
        let Some(from) = ends.max().or(first_word).filter(|_| end == text.len()) else {
            return (0, Vec::new());
        };
        let wanted = text[from..].trim().to_lowercase();
        let begins = |name: &&str| {
            let name = name.to_lowercase();
            name != wanted
                && (name.starts_with(&wanted) || name.split(' ').any(|part| part.starts_with(&wanted)))
        };
        let there = self.contacts.iter().filter(|contact| !contact.left);
        let names = there.map(|contact| contact.name.as_str());
        (from, names.filter(begins).take(MOST_NAMES).collect())
    }

    fn due(&self, on: &Occasion, field: &Field) -> Reading {
        match day(on, field) {
            Ok(None) => Reading::Hint(self.due_untyped(on)),
            Ok(Some((day, at))) => {
                let due = due(on.today(), day, at);
                Reading::Means(std::iter::once(due).chain(task::doubt(on, day)).collect())
            }
            Err(why) => Reading::Wrong(why),
        }
    }

    /// When something is due of which no day is typed: only a new task needs none.
    fn due_untyped(&self, on: &Occasion) -> String {
        let (Purpose::Task, [_, _, owner, _]) = (&self.purpose, self.fields.as_slice()) else {
            return "a day is needed, e.g. fri or +2bd".to_owned();
        };
        let owner = somebody(owner).ok().flatten();
        let day = on.workday_of(&owner.as_ref().unwrap_or(&on.me).id);
        format!("left empty: {}", due(on.today(), day, None))
    }

    fn touch(&self, on: &Occasion, field: &Field) -> Reading {
        let text = field.text();
        if text.trim().is_empty() {
            return Reading::Hint(format!("e.g. {}", touch::EXAMPLE));
        }
        match touch::parse(on, &self.contacts, &text) {
            Ok(touch) => Reading::Means(touched(on, &touch)),
            Err(why) => Reading::Wrong(why),
        }
    }

    fn value(&self, on: &Occasion, edit: &EditableField, people: &[Somebody]) -> Reading {
        let named = |value: Option<String>| {
            let shown = EditableField {
                value,
                ..edit.clone()
            };
            match shown.shown(people, &on.zone) {
                empty if empty.is_empty() => "nothing".to_owned(),
                shown => shown,
            }
        };
        match self.edited(on, edit, people) {
            Ok(to) if edit.has(to.as_deref()) => Reading::Hint(format!("is now {}", named(to))),
            Ok(to) => {
                let doubt = edit.doubt(on.today(), to.as_deref());
                let change = format!("{} → {}", named(edit.value.clone()), named(to));
                Reading::Means(std::iter::once(change).chain(doubt).collect())
            }
            Err(why) => Reading::Wrong(why),
        }
    }
}

/// `Call · Idris Okafor · today 09:50`, then what came of it, then what is next.
fn touched(on: &Occasion, touch: &Touch) -> Vec<String> {
    let what = match touch.kind {
        Kind::Meeting => "Meeting",
        Kind::Email => "E-mail",
        _ => "Call",
    };
    let is_now = touch.day == on.today() && touch.at.is_none();
    let at = if is_now {
        Some(on.now.to_zoned(on.zone.clone()).time())
    } else {
        touch.at
    };
    let names = touch
        .people
        .iter()
        .map(|one| &one.name)
        .chain(&touch.others)
        .cloned();
    let head: Vec<String> = std::iter::once(what.to_owned())
        .chain(names)
        .chain([moment(words::weekday(on.today(), touch.day), at)])
        .collect();
    let mut lines = vec![head.join(" · ")];
    lines.extend(touch.day_doubt(on));
    lines.extend(touch.not_linked());
    if !touch.outcome.is_empty() {
        lines.push(format!("outcome: {}", touch.outcome));
    }
    if let Some(next) = &touch.next {
        let due = due(on.today(), next.due.unwrap_or_else(|| on.workday()), next.at);
        lines.push(format!("next: {}, {due}", next.what));
        lines.extend(next.due.and_then(|day| task::doubt(on, day)));
    }
    lines
}

/// When something is due, by the evening unless a time is said: `today, Mon 23 Nov 17:00`, `Fri 27 Nov 17:00`.
fn due(today: Date, day: Date, at: Option<Time>) -> String {
    moment(words::dated(today, day), at.or(Some(END_OF_DAY)))
}

/// `today 09:50`, `Fri 27 Nov 17:00`.
pub(super) fn moment(day: String, at: Option<Time>) -> String {
    match at {
        Some(at) => format!("{day} {}", at.strftime("%H:%M")),
        None => day,
    }
}
