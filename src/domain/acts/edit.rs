//! Editing a mapped field: what a person types, as the CRM keeps it.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::amount::{Amount, number};
use super::days::{self, Looks, Reach};
use super::title::NOTHING;
use super::{About, END_OF_DAY, MOST_NAMED, Occasion, Somebody, closest, is_name, rank};
use crate::domain::instant;
use crate::domain::outbox::{Change, Entry, Field, NewEntry, State, Target, Write, same};
use crate::domain::record::{Core, Kind, RecordId, ValueType};
use crate::domain::text::writable;
use crate::domain::vocabulary::nearest;

/// What people call the field that names the CSM of an account.
pub const CSM: &str = "CSM";
/// What people call the list of the CRM on which an account is.
pub const LIST: &str = "list";
/// What people call the field with the CSM's own sentiment.
pub const SENTIMENT: &str = "sentiment";

/// A field that can be edited, with what is known about its values.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct EditableField {
    /// What kind of record it belongs to.
    pub kind: Kind,
    /// Which record.
    pub record: RecordId,
    /// Which field.
    pub field: Field,
    /// What people call it.
    pub label: String,
    /// Name of the contract that it belongs to, raw; `None` for a field of the account itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    /// The type of its values.
    pub value_type: ValueType,
    /// Whether it names one of us.
    pub is_owner: bool,
    /// Allowed values of a choice: (value, label).
    pub options: Vec<(String, String)>,
    /// What it is now, as the CRM wrote it, or as a pending write makes it.
    pub value: Option<String>,
    /// Where the write stands that has not arrived in the CRM yet; `None` when nothing is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<State>,
    /// Which day of its contract, or of the customer's leaving, it is, and the days of the contract, or of all of the
    /// customer's, as far as they are known; `None` for everything else.
    #[serde(skip)]
    pub term: Option<(TermDay, Term)>,
    /// What is known of it as an amount, where it is the annual value; `None` for everything else.
    #[serde(skip)]
    pub amount: Option<Amount>,
}

/// What a date is of a contract, or of its end for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermDay {
    /// Its first day.
    Start,
    /// The last day on which the customer can still leave.
    Notice,
    /// Its last day.
    End,
    /// The day on which the customer left.
    Churned,
}

/// The days of a contract, as far as they are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Term {
    /// Its first day.
    pub start: Option<Date>,
    /// The last day on which the customer can still leave.
    pub notice: Option<Date>,
    /// Its last day.
    pub end: Option<Date>,
}

impl Term {
    /// The same with this day of it set anew.
    #[must_use]
    pub fn with(self, which: TermDay, day: Option<Date>) -> Self {
        match which {
            TermDay::Start => Self { start: day, ..self },
            TermDay::End => Self { end: day, ..self },
            TermDay::Notice => Self { notice: day, ..self },
            TermDay::Churned => self,
        }
    }
}

impl EditableField {
    /// What people call it, with the contract that it belongs to: an account may have several.
    pub fn name(&self) -> String {
        let label = &self.label;
        let contract = self.contract.as_ref();
        contract.map_or_else(|| label.clone(), |contract| format!("{label} of {contract}"))
    }

    /// Whether people mean it by this name: what they call it, or its name in the CRM.
    pub fn is_called(&self, name: &str) -> bool {
        let names = [self.label.clone(), self.name(), self.field.to_string()];
        names.iter().any(|own| own.to_lowercase() == name.to_lowercase())
    }

    /// What it is now, in words: the label of a choice, the name of one of us, an instant in this zone.
    pub fn shown(&self, people: &[Somebody], zone: &TimeZone) -> String {
        let Some(value) = &self.value else {
            return String::new();
        };
        if self.is_owner {
            let person = people.iter().find(|one| one.id.as_str() == value);
            return person.map_or_else(|| value.clone(), |one| one.name.clone());
        }
        match (self.value_type, value.as_str()) {
            (ValueType::Bool, "true") => return "yes".to_owned(),
            (ValueType::Bool, "false") => return "no".to_owned(),
            (ValueType::DateTime, _) if !self.is_day() => return instant::local(value, zone),
            (ValueType::Date | ValueType::DateTime, _) => {
                return instant::date(value).map_or_else(|| value.clone(), |day| day.to_string());
            }
            _ => {}
        }
        let option = self.options.iter().find(|(known, _)| known == value);
        option.map_or_else(|| value.clone(), |(_, label)| label.clone())
    }

    /// The same, an amount with its currency.
    pub fn told(&self, people: &[Somebody], zone: &TimeZone) -> String {
        let shown = self.shown(people, zone);
        match self.amount.and_then(|amount| amount.currency) {
            Some(currency) if !shown.is_empty() => format!("{shown} {}", currency.code()),
            _ => shown,
        }
    }

    /// The value that a text means, as the CRM keeps it; `None` empties the field. The error is one sentence
    /// with a hint.
    pub fn parse(&self, on: &Occasion, people: &[Somebody], text: &str) -> Result<Option<String>, String> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        // What shows may be less than what is there: seconds, one of two hours of the same name.
        if text == self.shown(people, &on.zone) {
            return Ok(self.value.clone());
        }
        if self.is_owner {
            let is_meant = |one: &Somebody| one.id.as_str() == text || rank(&one.name, text) == Some(0);
            if !people.iter().any(is_meant) {
                is_name(text)?;
            }
            let names: Vec<_> = people
                .iter()
                .map(|one| (one.id.as_str(), one.name.as_str()))
                .collect();
            return one_of(text, &names, "nobody of us is called").map(Some);
        }
        match self.value_type {
            ValueType::Text => Ok(writable(text)),
            ValueType::Number => self
                .amount
                .map_or_else(|| number(text), |amount| amount.parse(text)),
            ValueType::Bool => yes_or_no(text),
            ValueType::Date => days::parse_looking(on, self.looks(), text).map(|(day, _)| day.to_string()),
            ValueType::DateTime => self.instant(on, text),
            ValueType::Choice => {
                let options = self.options.iter();
                let options: Vec<_> = options
                    .map(|(value, label)| (value.as_str(), label.as_str()))
                    .collect();
                one_of(text, &options, "no value is called")
            }
        }
        .map(Some)
    }

    /// Whether an instant stands for a day: CRMs keep those of contracts as midnight UTC.
    fn is_day(&self) -> bool {
        self.term.is_some()
    }

    fn instant(&self, on: &Occasion, text: &str) -> Result<String, String> {
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Ok(instant.to_string());
        }
        let (day, time) = days::parse_looking(on, self.looks(), text)?;
        let instant = if self.is_day() && time.is_none() {
            instant::read(&day.to_string())
        } else {
            on.instant(day, time.unwrap_or(END_OF_DAY))
        };
        let instant = instant.ok_or_else(|| format!("there is no such time as {text}"))?;
        Ok(instant.to_string())
    }

    /// What is to be written into it and is not in the CRM, of these entries: the one that holds it, else the last.
    pub fn waiting<'a>(&self, open: &'a [Entry]) -> Option<&'a Entry> {
        let target = Target::Record(self.record.clone());
        let is_of = |entry: &&Entry| {
            let write = &entry.new.write;
            let mut changes = write.changes().into_iter().flatten();
            !entry.state.is_final()
                && write.kind() == self.kind
                && write.target() == Some(&target)
                && changes.any(|change| change.field == self.field)
        };
        let mut of_field = open.iter().filter(is_of);
        let held = of_field.clone().find(|entry| holds(entry));
        held.or_else(|| of_field.next_back())
    }

    /// The entry, of these, that a person has to decide before another value of the field may leave: somebody else changed
    /// it too, or the CRM refused it.
    pub fn held_by<'a>(&self, open: &'a [Entry]) -> Option<&'a Entry> {
        self.waiting(open).filter(|entry| holds(entry))
    }

    /// What the field is to be by an entry, in words; empty where it is to have no value.
    pub fn wanted(&self, entry: &Entry, people: &[Somebody], zone: &TimeZone) -> String {
        let mut changes = entry.new.write.changes().into_iter().flatten();
        let change = changes.find(|change| change.field == self.field);
        let after = Self {
            value: change.and_then(|change| change.to.clone()),
            ..self.clone()
        };
        after.told(people, zone)
    }

    /// Whether a value means what the field has already.
    pub fn has(&self, value: Option<&str>) -> bool {
        same(self.value_type, value, self.value.as_deref())
    }

    /// Which way a day is looked for that is typed into it without a year: what is due, or the end of a contract, is to
    /// come; of other days nobody knows.
    fn looks(&self) -> Looks {
        match (&self.field, self.term) {
            (Field::Core(Core::Due), _) | (_, Some((TermDay::Notice | TermDay::End, _))) => Looks::Ahead,
            _ => Looks::Nearest,
        }
    }

    /// What makes a value hard to believe, in one sentence without its end, so that a person is asked once; `None` for one
    /// that is as good as any.
    pub fn doubt(&self, today: Date, to: Option<&str>) -> Option<String> {
        if self.is_owner && to.is_none() && self.value.is_some() {
            return Some("the account would be nobody's, and leave the book of whoever has it".to_owned());
        }
        if let Some(amount) = self.amount {
            return amount.doubt(self.value.as_deref(), to);
        }
        let day = self.day(to)?;
        let beyond = |what: &str, other: Date| Some(format!("{day} is {what}, {other}"));
        if let Some((which, term)) = self.term {
            match (which, term.start, term.end) {
                (TermDay::Start | TermDay::Notice, _, Some(end)) if day > end => {
                    return beyond("after the contract's renewal date", end);
                }
                (TermDay::Notice | TermDay::End, Some(start), _) if day < start => {
                    return beyond("before the contract's start", start);
                }
                (TermDay::End, ..) if term.notice.is_some_and(|notice| day < notice) => {
                    return beyond("before the day until which notice can be given", term.notice?);
                }
                (TermDay::Churned, Some(start), _) if day < start => {
                    return beyond("before the start of the first contract", start);
                }
                _ => {}
            }
        }
        let reach = match (&self.field, self.term) {
            (Field::Core(Core::Due), _) => Reach::TASK,
            (_, Some((TermDay::Churned, _))) => Reach::CHURN,
            _ => Reach::FIELD,
        };
        reach.doubt(today, day)
    }

    /// The day that a value is, with its time where the field has one, where the field is a date; in this zone.
    pub fn moment(&self, value: Option<&str>, zone: &TimeZone) -> Option<(Date, Option<Time>)> {
        if self.value_type == ValueType::DateTime && !self.is_day() {
            let moment = instant::read(value?)?.to_zoned(zone.clone()).datetime();
            return Some((moment.date(), Some(moment.time())));
        }
        Some((self.day(value)?, None))
    }

    /// The day that a value is, where the field is a date.
    pub fn day(&self, value: Option<&str>) -> Option<Date> {
        let is_date = matches!(self.value_type, ValueType::Date | ValueType::DateTime);
        instant::date(value.filter(|_| is_date)?)
    }

    /// Writes this value; `None` when it is what the field has already.
    pub fn write(
        &self,
        on: &Occasion,
        about: &About,
        people: &[Somebody],
        to: Option<String>,
    ) -> Option<NewEntry> {
        let is_so = self.has(to.as_deref());
        (!is_so).then(|| self.write_all_the_same(on, about, people, to))
    }

    /// The same also where the field has this value already: what the CRM has by now may be another one, which the person
    /// has not seen, so that it becomes a conflict.
    pub fn write_all_the_same(
        &self,
        on: &Occasion,
        about: &About,
        people: &[Somebody],
        to: Option<String>,
    ) -> NewEntry {
        let after = Self {
            value: to.clone(),
            ..self.clone()
        };
        let shown = match after.shown(people, &on.zone) {
            empty if empty.is_empty() => NOTHING.to_owned(),
            shown => shown,
        };
        let title = format!("{}: {shown}", self.name());
        let write = Write::Update {
            kind: self.kind,
            target: Target::Record(self.record.clone()),
            changes: vec![Change {
                field: self.field.clone(),
                base: self.value.clone(),
                to,
                value_type: self.value_type,
            }],
        };
        on.entry(Some(about), title, write)
    }
}

fn holds(entry: &Entry) -> bool {
    matches!(entry.state, State::Conflict | State::Parked)
}

fn yes_or_no(text: &str) -> Result<String, String> {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" => Ok("true".to_owned()),
        "no" | "n" | "false" | "0" => Ok("false".to_owned()),
        _ => Err(format!("`{text}` is neither yes nor no")),
    }
}

/// The one value that a text means best, by its label or as the CRM keeps it.
fn one_of(text: &str, options: &[(&str, &str)], nobody: &str) -> Result<String, String> {
    let found = closest(options, text, |(value, label)| {
        vec![(*label).to_owned(), (*value).to_owned()]
    });
    if let [(only, _)] = found.as_slice() {
        return Ok((*only).to_owned());
    }
    let labels = || options.iter().map(|(_, label)| *label);
    if !found.is_empty() {
        let several: Vec<&str> = found.iter().map(|(_, label)| *label).take(MOST_NAMED).collect();
        return Err(format!(
            "`{text}` may be {}: write more of it",
            several.join(" or ")
        ));
    }
    if let Some(near) = nearest(text, labels()) {
        return Err(format!("{nobody} `{text}`: did you mean {near}?"));
    }
    let some: Vec<&str> = labels().take(MOST_NAMED).collect();
    let more = match options.len() - some.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Err(format!("{nobody} `{text}`: there is {}{more}", some.join(", ")))
}
