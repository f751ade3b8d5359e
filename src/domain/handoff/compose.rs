//! A handoff as a person writes it: a form filled from the account, and the note and task that it becomes.

use std::collections::BTreeMap;

use jiff::Zoned;

use super::follows::{Follow, Followed, rest};
use super::promise::Promises;
use super::reply::{Acceptance, Ground};
use super::template::{FieldTemplate, Prefill, Template};
use super::{Asks, MARK, NOTHING};
use crate::domain::account_view::{AccountView, TimelineKind};
use crate::domain::acts::task::{self, NewTask};
use crate::domain::acts::{About, Occasion, Somebody, note};
use crate::domain::base32;
use crate::domain::contract::State;
use crate::domain::desk::{DueItem, DueKind, HandoffCard, HandoffState};
use crate::domain::money::Money;
use crate::domain::outbox::{NewEntry, Write};
use crate::domain::routing::Handed;
use crate::domain::text::one_line;
use crate::domain::words;

/// The most lines that the account gives to a field.
const MOST_LINES: usize = 5;

/// A field of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormField {
    /// Its id within the template.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Whether nothing is sent without it.
    pub required: bool,
    /// Whether what it says was promised to the customer.
    pub promise: bool,
    /// What the account gives, raw; empty when it gives nothing.
    pub text: String,
    /// Where that comes from, in words; `None` when it gives nothing.
    pub from: Option<String>,
}

/// Where an answer comes from that nobody gave.
const DEFAULT: &str = "the default answer";

impl FormField {
    /// Whether it says what nobody has said: a person says otherwise by typing.
    pub fn is_default(&self) -> bool {
        self.from.as_deref() == Some(DEFAULT)
    }
}

/// The form of a template, filled from what is known of the account now, in the person's zone.
pub fn form(template: &Template, view: &AccountView, now: &Zoned) -> Vec<FormField> {
    let field = |field: &FieldTemplate| {
        let found = field.prefill.and_then(|prefill| prefilled(prefill, view, now));
        let (text, from) = found.map_or((String::new(), None), |(text, from)| (text, Some(from)));
        FormField {
            id: field.id.clone(),
            title: field.title.clone(),
            required: field.required,
            promise: field.promise,
            text,
            from,
        }
    };
    template.fields.iter().map(field).collect()
}

/// What the question gives that is handed over, in place of what the account gives.
pub fn ask(form: &mut [FormField], template: &Template, handed: &Handed, on: &Occasion) {
    for (field, asked) in form.iter_mut().zip(&template.fields) {
        let (text, from) = match asked.prefill {
            Some(Prefill::Question) => (handed.told(on), Some("the question")),
            Some(Prefill::TheirWords) => (handed.their_words(), Some("the question")),
            Some(Prefill::Requesters) => (handed.requesters(), Some("who asks")),
            // Whoever promised something says so in its place.
            _ if asked.promise => (NOTHING.to_owned(), Some(DEFAULT)),
            _ => continue,
        };
        if !text.is_empty() {
            (field.text, field.from) = (text, from.map(str::to_owned));
        }
    }
}

/// That a handoff goes without all that is required.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// Name of who lets it pass, raw.
    pub by: String,
    /// Why.
    pub why: String,
}

/// Why no answer can be asked for.
pub(super) const BEYOND: &str = "the day of the answer would be beyond the calendar";

/// What a handoff says.
#[derive(Debug, Clone, Copy)]
pub struct Saying<'a> {
    /// The texts by the fields' ids, as the person left them.
    pub values: &'a BTreeMap<String, String>,
    /// That it goes without all that is required.
    pub pass: Option<&'a Pass>,
    /// The question that it hands over, if it does.
    pub question: Option<&'a Handed>,
    /// What of the account it rests on.
    pub ground: &'a Ground,
}

impl<'a> Saying<'a> {
    /// These texts and nothing else.
    pub fn of(values: &'a BTreeMap<String, String>, ground: &'a Ground) -> Self {
        Self {
            values,
            pass: None,
            question: None,
            ground,
        }
    }
}

/// Id of the handoff of an account that an act makes.
pub fn id_of(on: &Occasion, about: &About) -> String {
    format!("H-{}", base32::of_texts(&[&on.act, about.id.as_str()], 8))
}

/// Why nothing is handed over from me to me.
pub const TO_MYSELF: &str = "you would hand it over to yourself: somebody else receives it";

/// Whether it would go from me to me. A question that another has I may take.
pub fn to_myself(on: &Occasion, to: &Somebody, question: Option<&Handed>) -> bool {
    let is_mine = |handed: &Handed| handed.question.owner.as_ref() == Some(&on.me.id);
    to.id == on.me.id && question.is_none_or(is_mine)
}

/// A handoff of an account to somebody: the note that says it, the task to answer it, a task for each promise, and what
/// goes with a question. What I take myself is accepted with it. The error names everything that is missing, unless somebody lets it pass.
pub fn compose(
    on: &Occasion,
    about: &About,
    template: &Template,
    to: &Somebody,
    saying: Saying<'_>,
) -> Result<Vec<NewEntry>, String> {
    let Saying {
        values,
        pass,
        question,
        ground,
    } = saying;
    let raw = |field: &FieldTemplate| values.get(&field.id).map_or("", |text| text.trim());
    let promises = |field: &FieldTemplate| Promises::of(on, raw(field), &ground.promised);
    let text = |field: &FieldTemplate| match raw(field) {
        said if field.promise && !said.is_empty() => promises(field).told(),
        said => said.to_owned(),
    };
    if to_myself(on, to, question) {
        return Err(TO_MYSELF.to_owned());
    }
    let is_taken = to.id == on.me.id;
    let gate = check(template, values, pass)?;
    let id = id_of(on, about);
    let answer_by = template.answer_by(on, Some(&to.id)).ok_or(BEYOND)?;
    let filled: Vec<(&FieldTemplate, String)> = template
        .fields
        .iter()
        .map(|field| (field, text(field)))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    let roles = template.roles();
    let mut lines = vec![
        format!("Handoff {roles}: sent"),
        format!("From: {}", on.me.name),
        format!("To: {}", to.name),
        format!("Fields: {} of {}", filled.len(), template.fields.len()),
    ];
    lines.extend((!is_taken).then(|| format!("Answer by: {}", answer_by.told(on))));
    lines.extend(gate.map(|gate| format!("Gate: {gate}")));
    lines.extend(question.map(|handed| format!("Routed: {}", handed.routed().line())));
    lines.extend(
        filled
            .iter()
            .map(|(field, text)| format!("{}: {text}", field.title)),
    );
    lines.push(format!("{MARK}{id} event 1"));
    let mut said = note::note(on, about, &lines.join("\n"))?;
    said.title = format!("Handoff to {}", to.name);
    let follows = if is_taken {
        accepted(on, about, &roles, &id)?
    } else {
        let asked = NewTask {
            subject: format!("Accept or return the handoff of {}", about.name),
            body: format!(
                "{roles}, from {}: the note on the account says what is handed over.\n\n{}",
                on.me.name,
                Asks::Answer.mark(&id)
            ),
            due: Some(answer_by.day),
            at: answer_by.at,
            owner: Some(to.clone()),
        };
        task::make(on, about, &asked)?
    };
    let mut entries = vec![said, follows];
    for field in template.fields.iter().filter(|field| field.promise) {
        for promise in promises(field).new {
            entries.push(promise.task(on, about, &id, to)?);
        }
    }
    if let Some(handed) = question {
        let ticket = handed.about();
        for entry in &mut entries {
            if let Write::Create { about, .. } = &mut entry.write {
                about.extend(ticket.clone());
            }
        }
        entries.extend(handed.entries(on, about, to, &Asks::Lead.mark(&id))?);
    }
    if is_taken {
        let acceptance = Acceptance {
            roles: &roles,
            handoff: &id,
            template: Some(template),
            ground,
        };
        let me = std::slice::from_ref(&on.me);
        entries.extend(acceptance.follows(on, about, me, Some(&on.me))?);
    }
    Ok(entries)
}

/// What makes it doubtful that what is promised is meant as it is read, in one sentence without its end.
pub fn promise_doubt(
    on: &Occasion,
    template: &Template,
    values: &BTreeMap<String, String>,
    ground: &Ground,
) -> Option<String> {
    let promising = template.fields.iter().filter(|field| field.promise);
    let mut texts = promising.filter_map(|field| values.get(&field.id));
    texts.find_map(|text| Promises::of(on, text, &ground.promised).doubt(on))
}

/// The note that says that I accept what I took.
fn accepted(on: &Occasion, about: &About, roles: &str, id: &str) -> Result<NewEntry, String> {
    let (me, accepted) = (&on.me.name, words::handoff(HandoffState::Accepted));
    let text = format!("Handoff {roles}: {accepted}\nFrom: {me}\nTo: {me}\nBy: {me}\n{MARK}{id} event 2");
    let mut noted = note::note(on, about, &text)?;
    "Handoff accepted".clone_into(&mut noted.title);
    Ok(noted)
}

/// The required fields that have no text yet, in the order of the template.
pub fn missing<'a>(
    template: &'a Template,
    values: &BTreeMap<String, String>,
) -> impl Iterator<Item = &'a FieldTemplate> {
    let has_text = |field: &FieldTemplate| values.get(&field.id).is_some_and(|text| !text.trim().is_empty());
    let required = template.fields.iter().filter(|field| field.required);
    required.filter(move |field| !has_text(field))
}

/// Every required field has a text, or somebody lets it pass: what the note says of that; and every text has a field.
fn check(
    template: &Template,
    values: &BTreeMap<String, String>,
    pass: Option<&Pass>,
) -> Result<Option<String>, String> {
    let known: Vec<&str> = template.fields.iter().map(|field| field.id.as_str()).collect();
    if let Some(unknown) = values.keys().find(|id| !known.contains(&id.as_str())) {
        return Err(format!(
            "there is no field `{unknown}`; there is: {}",
            known.join(", ")
        ));
    }
    let missing: Vec<&FieldTemplate> = missing(template, values).collect();
    match pass {
        None if missing.is_empty() => Ok(None),
        None => {
            let named: Vec<String> = missing
                .iter()
                .map(|field| format!("{} ({})", field.title, field.id))
                .collect();
            Err(format!("the handoff still needs: {}", named.join("; ")))
        }
        Some(_) if missing.is_empty() => {
            Err("nothing is missing, so nobody has to let it pass: leave the reason out".to_owned())
        }
        Some(pass) => {
            let why = one_line(pass.why.trim());
            if why.is_empty() {
                return Err(format!("say why {} lets it pass", pass.by));
            }
            let titles: Vec<&str> = missing.iter().map(|field| field.title.as_str()).collect();
            Ok(Some(format!(
                "passed by {}: {why} (missing: {})",
                pass.by,
                titles.join("; ")
            )))
        }
    }
}

/// What the account gives to a field, and where that comes from.
fn prefilled(prefill: Prefill, view: &AccountView, now: &Zoned) -> Option<(String, String)> {
    let list = |lines: Vec<String>, from: &str| {
        let more = lines.len().saturating_sub(MOST_LINES);
        let mut shown: Vec<String> = lines.into_iter().take(MOST_LINES).collect();
        if more > 0 {
            shown.push(format!("and {more} more"));
        }
        (!shown.is_empty()).then(|| (shown.join("; "), from.to_owned()))
    };
    match prefill {
        Prefill::Question | Prefill::TheirWords => None,
        Prefill::People | Prefill::Requesters => {
            let there = view.people.iter().filter(|person| !person.left);
            let named =
                there.filter_map(|person| Some(format!("{}, {}", person.name, person.role.as_ref()?)));
            list(named.collect(), "contacts with a role")
        }
        Prefill::Contracts => list(contracts(view), "contracts in force"),
        Prefill::Health => {
            let score = view.why.score?;
            let measures = view
                .why
                .measures
                .iter()
                .filter(|measure| measure.points.is_some());
            let parts: Vec<&str> = measures.map(|measure| measure.words.as_str()).collect();
            Some((
                format!("{score}: {}", parts.join("; ")),
                "the health score".to_owned(),
            ))
        }
        Prefill::Warnings => {
            let open = view.warnings.iter().map(|warning| warning.reason.clone());
            list(open.collect(), "open warnings")
        }
        Prefill::OpenTickets => {
            let open = view.tickets.iter().filter(|ticket| ticket.closed.is_none());
            list(
                open.map(|ticket| ticket.subject.clone()).collect(),
                "open tickets",
            )
        }
        Prefill::OpenQuestions => {
            let asked = view.followed.iter().filter(|one| one.what == Follow::Asked);
            let asked = asked.map(|one| one.text.clone());
            let open = view.tickets.iter().filter(|ticket| ticket.closed.is_none());
            let open = open.map(|ticket| ticket.subject.clone());
            list(asked.chain(open).collect(), "open questions and tickets")
        }
        Prefill::ToldUs => followed(view, Follow::ToldUs, now),
        Prefill::Promises => followed(view, Follow::Promised, now),
        Prefill::NextSteps => {
            // It is read on other days too: a day stands in it as a date.
            // What a handoff asks of whoever receives it is done by then.
            let due = view
                .next
                .iter()
                .filter(|item| !answers_a_handoff(item))
                .map(|item| {
                    let day = item
                        .due
                        .map(|due| format!("due {}", words::calendar_day(now.date(), due)));
                    let at = item.at.map(|at| at.strftime(" %H:%M").to_string());
                    let when = day.map_or_else(|| "no date".to_owned(), |day| day + &at.unwrap_or_default());
                    format!("{} ({when})", item.title)
                });
            list(due.collect(), "what is due on the account")
        }
        Prefill::LastTouch => {
            let is = |kind| kind == TimelineKind::Touchpoint;
            let touch = view.timeline.iter().find(|line| is(line.kind))?;
            let day = touch.when.to_zoned(now.time_zone().clone()).date();
            let day = words::calendar_day(now.date(), day);
            let who = Some(touch.who.as_str()).filter(|who| !who.is_empty());
            let by = who.map_or_else(String::new, |who| format!(" ({who})"));
            Some((
                format!("{day}, {}{by}", touch.words),
                "the last touchpoint".to_owned(),
            ))
        }
        Prefill::LastNote => {
            let note = view.notes.first()?;
            let who = if note.who.is_empty() {
                "somebody"
            } else {
                &note.who
            };
            Some((note.text.clone(), format!("the newest note, by {who}")))
        }
    }
}

/// Whether something that is due is to accept, return or answer a handoff.
fn answers_a_handoff(item: &DueItem) -> bool {
    item.kind == DueKind::Handoff || item.answers().is_some()
}

/// What handoffs have of this and is open still, the newest first, with who wrote it and when.
fn followed(view: &AccountView, what: Follow, now: &Zoned) -> Option<(String, String)> {
    let is_open = |one: &&Followed| one.what == what && one.outcome.is_none();
    let found: Vec<&Followed> = view.followed.iter().filter(is_open).collect();
    let newest = found.iter().take(MOST_LINES);
    let mut lines: Vec<String> = newest.map(|one| one.carried(now.time_zone())).collect();
    let more = found.len() - lines.len();
    if more > 0 {
        lines.push(rest(more));
    }
    (!lines.is_empty()).then(|| (lines.join("\n"), "earlier handoffs".to_owned()))
}

fn contracts(view: &AccountView) -> Vec<String> {
    let running = view
        .contracts
        .iter()
        .filter(|line| State::of(&line.state).is_some_and(State::counts));
    running
        .map(|line| {
            let arr = line
                .arr
                .map_or("value unknown".to_owned(), |arr: Money| words::exact(arr));
            let end = line.end.map_or("no end".to_owned(), |end| format!("ends {end}"));
            format!("{}: {arr}, {end}", line.name)
        })
        .collect()
}
/// The handoff of an account between the same two roles that was not accepted yet, in one sentence without its end: a second
/// one is hardly meant.
pub fn open_already(template: &Template, of_account: &[HandoffCard]) -> Option<String> {
    let is_same = |card: &&HandoffCard| {
        card.from_role == template.from.word()
            && card.to_role == template.to.word()
            && card.state != HandoffState::Accepted
    };
    let open = of_account.iter().find(is_same)?;
    let to = open
        .to
        .as_ref()
        .map_or_else(String::new, |to| format!(" to {to}"));
    Some(format!(
        "it is handed over{to} already: {} is {}, and not accepted yet",
        open.handoff,
        words::handoff(open.state)
    ))
}
