//! One line that logs a call, a meeting or an e-mail:
//! `call with Ana, Tom yesterday: went well, wants SSO; next: send offer by fri`.
//!
//! Order: what it was, with whom, when (now when left out; a day without a year is the last such day), `about` what, a colon, what came out of it, and after
//! `next:` a next step, which becomes a task, with its day and time at the end. What it was about begins the text. The person sees how the line is
//! understood while typing it. Somebody whom the CRM does not have stands in the text, behind `with` and before the colon
//! or `about`, and is linked to nobody. Where words may be part of a name or of the text, or a day that of the call or
//! part of the text, the line is not understood and says how to write it.

use jiff::civil::{Date, Time};

use super::days::{Looks, Reach};
use super::next_step::{NextStep, next_step};
use super::task::{self, NewTask};
use super::{About, END_OF_DAY, Occasion, days, first_line, note};
use crate::domain::account_view::AccountView;
use crate::domain::outbox::NewEntry;
use crate::domain::record::{Core, Kind, RecordId};
use crate::domain::words;

/// How a line begins, and what it then is.
const WORDS: [(&str, Kind); 10] = [
    ("call", Kind::Call),
    ("called", Kind::Call),
    ("phone", Kind::Call),
    ("meeting", Kind::Meeting),
    ("met", Kind::Meeting),
    ("meet", Kind::Meeting),
    ("email", Kind::Email),
    ("e-mail", Kind::Email),
    ("mail", Kind::Email),
    ("mailed", Kind::Email),
];
/// Who has a name of more words is hardly meant.
const LONGEST_NAME: usize = 4;
/// What a person can write, for hints.
pub const EXAMPLE: &str = "call with Ana: went well; next: send the offer by fri";

/// Somebody at the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Id of the contact.
    pub id: RecordId,
    /// Full name, raw.
    pub name: String,
    /// Whether they left: nothing is linked to them any more.
    pub left: bool,
}

impl Contact {
    /// Those of an account, also who left it.
    pub fn of(view: &AccountView) -> Vec<Self> {
        let people = view.people.iter();
        people
            .map(|person| Self {
                id: person.id.clone(),
                name: person.name.clone(),
                left: person.left,
            })
            .collect()
    }
}

/// A line as it is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// A call, a meeting or an e-mail.
    pub kind: Kind,
    /// With whom of the account's contacts.
    pub people: Vec<Contact>,
    /// With whom else, as it was typed: the CRM has nobody of that name here.
    pub others: Vec<String>,
    /// With whom of those who left the account, by their full names: they stand in the text, as others do.
    pub left: Vec<String>,
    /// On which day, in my time zone.
    pub day: Date,
    /// At which time, if the line says so.
    pub at: Option<Time>,
    /// What came out of it.
    pub outcome: String,
    /// The next step.
    pub next: Option<NextStep>,
}

/// Understands a line; the error is one sentence with a hint.
pub fn parse(on: &Occasion, contacts: &[Contact], line: &str) -> Result<Touch, String> {
    let line = line.trim();
    let (line, next) = split_next(line);
    let (head, outcome) = match line.split_once(':') {
        // A time of day has a colon too.
        Some((head, _)) if ends_in_hour(head, line) => split_after_time(line),
        Some((head, outcome)) => (head.trim(), outcome.trim()),
        None => (line, ""),
    };
    let has_colon = head.len() < line.len();
    let (word, rest) = head.split_once(char::is_whitespace).unwrap_or((head, ""));
    let kind = WORDS.iter().find(|(known, _)| word.eq_ignore_ascii_case(known));
    let kind = kind
        .map(|(_, kind)| *kind)
        .ok_or_else(|| format!("begin with call, meeting or e-mail, e.g. `{EXAMPLE}`"))?;
    let (rest, topic) = split_topic(rest);
    let Company {
        people,
        others,
        left,
        when,
    } = company(on, contacts, &rest)?;
    if let Some(name) = others.first().filter(|_| !has_colon && topic.is_none()) {
        return Err(unknown(contacts, name));
    }
    let outcome = match &topic {
        Some(topic) => about(on, topic, when.is_some(), outcome)?,
        None => outcome.to_owned(),
    };
    let (day, at) = when.unwrap_or((on.today(), None));
    if day > on.today() {
        return Err("a touchpoint is logged when it has been: for a later day make a task".to_owned());
    }
    let next = next.map(|next| next_step(on, next)).transpose()?;
    if outcome.is_empty() && people.is_empty() && others.is_empty() && left.is_empty() && next.is_none() {
        return Err(format!("say with whom or what came of it, e.g. `{EXAMPLE}`"));
    }
    Ok(Touch {
        kind,
        people,
        others,
        left,
        day,
        at,
        outcome,
        next,
    })
}

impl Touch {
    /// The writes: the touchpoint itself, and a task for the next step.
    pub fn write(&self, on: &Occasion, about: &About) -> Result<Vec<NewEntry>, String> {
        let now = self.day == on.today() && self.at.is_none();
        let occurred = if now {
            Some(on.now)
        } else {
            on.instant(self.day, self.at.unwrap_or(END_OF_DAY))
        };
        let occurred = occurred.ok_or_else(|| format!("{} is no day", self.day))?;
        let people: Vec<&str> = self.people.iter().map(|one| one.name.as_str()).collect();
        let people: Vec<&str> = people
            .into_iter()
            .chain(self.left.iter().chain(&self.others).map(String::as_str))
            .collect();
        let subject = match people.as_slice() {
            [] => format!("{} with {}", capital(self.kind), about.name),
            people => format!("{} with {}", capital(self.kind), people.join(", ")),
        };
        let outcome = Some(self.outcome.clone()).filter(|outcome| !outcome.is_empty());
        let others = (!self.others.is_empty())
            .then(|| format!("With {}, no contact in the CRM", self.others.join(", ")));
        let left = (!self.left.is_empty())
            .then(|| format!("With {}, who left the account before", self.left.join(", ")));
        let next = self.next.as_ref().map(|next| format!("Next: {}", next.what));
        let lines: Vec<String> = [outcome, others, left, next].into_iter().flatten().collect();
        let body = lines.join("\n");
        let mut fields = vec![
            (Core::Subject, subject.clone()),
            (Core::Occurred, occurred.to_string()),
        ];
        if !body.is_empty() {
            fields.push((Core::Body, body));
        }
        let ids: Vec<RecordId> = self.people.iter().map(|one| one.id.clone()).collect();
        let title = match first_line(&self.outcome, note::TITLE) {
            outcome if outcome.is_empty() => subject,
            outcome => format!("{subject}: {outcome}"),
        };
        let mut entries = vec![on.create(self.kind, about, &title, fields, &ids)];
        if let Some(next) = &self.next {
            let task = NewTask {
                subject: next.what.clone(),
                due: next.due,
                at: next.at,
                ..NewTask::default()
            };
            entries.push(task::make(on, about, &task)?);
        }
        Ok(entries)
    }

    /// What makes the day on which it was hard to believe, in one sentence without its end.
    pub fn day_doubt(&self, on: &Occasion) -> Option<String> {
        Reach::TOUCH.doubt(on.today(), self.day)
    }

    /// The same of that day or the one of the next step.
    pub fn doubt(&self, on: &Occasion) -> Option<String> {
        let next = || {
            let why = task::doubt(on, self.next.as_ref()?.due?)?;
            Some(format!("the next step: {why}"))
        };
        self.day_doubt(on).or_else(next)
    }

    /// On which day it was and when the next step is due, in a sentence without its end.
    pub fn days(&self, on: &Occasion) -> String {
        let moment = |day: Date, at: Option<Time>| {
            let day = match words::weekday(on.today(), day) {
                near if near == "today" => format!("today, {}", day.strftime("%a %-d %b %Y")),
                _ => day.strftime("%a %-d %b %Y").to_string(),
            };
            at.map_or_else(|| day.clone(), |at| format!("{day} {}", at.strftime("%H:%M")))
        };
        let was = format!("it was {}", moment(self.day, self.at));
        match &self.next {
            None => was,
            Some(next) => {
                let due = moment(next.due.unwrap_or_else(|| on.workday()), next.at);
                format!("{was}; the next step is due {due}")
            }
        }
    }

    /// What becomes of the names that no contact of the account has who is still there, in a sentence without its end;
    /// `None` without any.
    pub fn not_linked(&self) -> Option<String> {
        let (others, left) = (self.others.join(", "), self.left.join(", "));
        let others = match self.others.len() {
            0 => None,
            1 => Some(format!("{others} is no contact here")),
            _ => Some(format!("{others} are no contacts here")),
        };
        let left = match self.left.len() {
            0 => None,
            1 => Some(format!("{left} has left the account")),
            _ => Some(format!("{left} have left the account")),
        };
        let why: Vec<String> = [left, others].into_iter().flatten().collect();
        let names = match self.others.len() + self.left.len() {
            0 => return None,
            1 => "a name",
            _ => "names",
        };
        Some(format!(
            "{}: {names} in the text, linked to nobody",
            why.join(", and ")
        ))
    }
}

fn capital(kind: Kind) -> &'static str {
    match kind {
        Kind::Meeting => "Meeting",
        Kind::Email => "E-mail",
        _ => "Call",
    }
}

/// The part before `next:` and the one after it.
fn split_next(line: &str) -> (&str, Option<&str>) {
    let lower = line.to_ascii_lowercase();
    let found = lower.match_indices("next:").find(|(at, _)| {
        let before = line[..*at].trim_end();
        before.is_empty() || before.len() < *at || before.ends_with([';', ',', '.'])
    });
    match found {
        Some((at, mark)) => {
            let before = line[..at].trim_end().trim_end_matches([';', ',']).trim_end();
            let after = line[at + mark.len()..].trim();
            (before, Some(after).filter(|after| !after.is_empty()))
        }
        None => (line, None),
    }
}

/// Whether the first colon stands in a time of day.
fn ends_in_hour(head: &str, line: &str) -> bool {
    let after = line[head.len() + 1..].chars().next();
    head.ends_with(|c: char| c.is_ascii_digit()) && after.is_some_and(|c| c.is_ascii_digit())
}

/// Head and outcome of a line whose first colon is in a time of day.
fn split_after_time(line: &str) -> (&str, &str) {
    let first = line.find(':').unwrap_or(line.len());
    match line[first + 1..].find(':') {
        Some(second) => {
            let at = first + 1 + second;
            (line[..at].trim(), line[at + 1..].trim())
        }
        None => (line, ""),
    }
}

/// With whom and when, and what it was about if the line says so.
fn split_topic(rest: &str) -> (String, Option<String>) {
    let words: Vec<&str> = rest.split_whitespace().collect();
    match words.iter().position(|word| word.eq_ignore_ascii_case("about")) {
        Some(at) => (words[..at].join(" "), Some(words[at + 1..].join(" "))),
        None => (words.join(" "), None),
    }
}

/// The text that begins with what it was about. A day at its end may be meant as the day of the call.
fn about(on: &Occasion, topic: &str, has_day: bool, outcome: &str) -> Result<String, String> {
    let words: Vec<&str> = topic.split_whitespace().collect();
    if let Some((from, _)) = day_at_end(on, &words).filter(|_| !has_day) {
        let day = words[from..].join(" ");
        return Err(format!(
            "`{day}` may be the day of it or what it was about: write the day before `about`, or the rest behind the colon"
        ));
    }
    Ok(match (topic, outcome) {
        ("", outcome) => outcome.to_owned(),
        (topic, "") => format!("about {topic}"),
        (topic, outcome) => format!("about {topic}: {outcome}"),
    })
}

/// The longest end of these words that is a day, with the place of its first word.
fn day_at_end(on: &Occasion, words: &[&str]) -> Option<(usize, (Date, Option<Time>))> {
    (0..words.len()).find_map(|from| {
        let text = words[from..].join(" ");
        let bare = ["on ", "at "].iter().find_map(|word| text.strip_prefix(word));
        let day = bare.unwrap_or(&text);
        let day = days::parse_looking(on, Looks::Back, day).ok()?;
        Some((from, day))
    })
}

type When = Option<(Date, Option<Time>)>;

/// With whom, and when.
struct Company {
    people: Vec<Contact>,
    others: Vec<String>,
    left: Vec<String>,
    when: When,
}

/// Whom a line says that it was with. Of e-mails one says `to`.
const WITH: [&str; 2] = ["with", "to"];

/// What is behind a word, in whatever case, that a text begins with.
fn behind<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (first, rest) = text.split_at_checked(word.len())?;
    let is_word = first.eq_ignore_ascii_case(word) && (rest.is_empty() || rest.starts_with(' '));
    is_word.then_some(rest)
}

/// The names in a text, between commas, signs and `and`.
fn names_in(text: &str) -> Vec<String> {
    let mut names = vec![Vec::new()];
    let spaced = text.replace([',', '&', '+'], " , ");
    for word in spaced.split_whitespace() {
        if word == "," || word.eq_ignore_ascii_case("and") {
            names.push(Vec::new());
        } else if let Some(name) = names.last_mut() {
            name.push(word);
        }
    }
    let names = names.into_iter().map(|words| words.join(" "));
    names.filter(|name| !name.is_empty()).collect()
}

/// With whom and when: `with Ana, Tom yesterday`.
fn company(on: &Occasion, contacts: &[Contact], rest: &str) -> Result<Company, String> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let found = day_at_end(on, &words);
    let when = found.map(|(_, when)| when);
    let names = &words[..found.map_or(words.len(), |(from, _)| from)];
    let none_such = |from: usize| days::none_such(on, Looks::Back, &names[from..].join(" "));
    if let Some(why) = (0..names.len()).find_map(none_such) {
        return Err(why);
    }
    let names = names.join(" ");
    let said = WITH
        .iter()
        .find_map(|word| behind(&names, word).map(|rest| (*word, rest)));
    let is_said = said.is_some();
    let names = said.map_or(names.as_str(), |(_, names)| names);
    let there: Vec<Contact> = contacts.iter().filter(|one| !one.left).cloned().collect();
    let gone: Vec<Contact> = contacts.iter().filter(|one| one.left).cloned().collect();
    let contacts = there.as_slice();
    let (mut people, mut others, mut left) = (Vec::new(), Vec::new(), Vec::new());
    for name in names_in(names) {
        if let Some(one) = contact(contacts, &name)? {
            people.push(one);
            continue;
        }
        match contact(&gone, &name)? {
            Some(one) => left.push(one.name),
            None if is_said => others.push(another(contacts, &name)?),
            None => return Err(unknown(contacts, &name)),
        }
    }
    if let Some((word, _)) = said.filter(|_| people.is_empty() && others.is_empty() && left.is_empty()) {
        return Err(format!(
            "`{word}` names nobody: write a name behind it, or leave it out"
        ));
    }
    Ok(Company {
        people,
        others,
        left,
        when,
    })
}

/// A name that no contact has. What begins like a contact's and goes on in small letters, or is long, may be text.
fn another(contacts: &[Contact], name: &str) -> Result<String, String> {
    const HOW: &str = "write `about` before what it was about, or the rest behind the colon";
    if days::ends_in_time(name) {
        return Err(format!(
            "what day `{name}` ends in is not understood: write {} behind the name",
            days::PAST_EXAMPLES
        ));
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    let goes_on = words
        .iter()
        .skip(1)
        .any(|word| word.starts_with(char::is_lowercase));
    let begins = words.first().filter(|_| goes_on);
    if let Some(one) = begins.and_then(|first| contact(contacts, first).ok().flatten()) {
        return Err(format!(
            "is `{name}` {}? {HOW}; somebody else's name begins with capitals",
            one.name
        ));
    }
    if words.len() > LONGEST_NAME {
        return Err(format!("`{name}` is long for a name: {HOW}"));
    }
    Ok(name.to_owned())
}

/// Nobody has this name, and the line does not say that it is one: without `with` and a colon it may be anything.
fn unknown(contacts: &[Contact], name: &str) -> String {
    let there = contacts.iter().filter(|one| !one.left);
    let some: Vec<&str> = there.take(5).map(|one| one.name.as_str()).collect();
    let there_is = match some.as_slice() {
        [] => "nor any other".to_owned(),
        some => format!("there is {}", some.join(", ")),
    };
    format!("this account has no contact `{name}`, {there_is}; `call with NAME: …` takes any name")
}

/// The one contact that a name means; `None` when nobody has it.
fn contact(contacts: &[Contact], name: &str) -> Result<Option<Contact>, String> {
    let wanted = name.to_lowercase();
    let has = |one: &&Contact| {
        let full = one.name.to_lowercase();
        full == wanted || full.split_whitespace().any(|part| part == wanted)
    };
    let begins = |one: &&Contact| {
        let full = one.name.to_lowercase();
        full.starts_with(&wanted) || full.split_whitespace().any(|part| part.starts_with(&wanted))
    };
    let exact: Vec<&Contact> = contacts.iter().filter(has).collect();
    let found = if exact.is_empty() {
        contacts.iter().filter(begins).collect()
    } else {
        exact
    };
    match found.as_slice() {
        [one] => Ok(Some((*one).clone())),
        [] => Ok(None),
        several => {
            let names: Vec<&str> = several.iter().map(|one| one.name.as_str()).collect();
            Err(format!(
                "`{name}` may be {}: write more of it",
                names.join(" or ")
            ))
        }
    }
}
