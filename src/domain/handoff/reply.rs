//! What becomes of a handoff that was sent: it is accepted, returned with questions, or a returned one is answered.
//!
//! A person does that: nothing that a note says makes anything of it by itself. Each is one note, never edited by us, with
//! the task of whoever acted done and one for whoever is next.

use super::compose::BEYOND;
use super::event::MOST_EVENTS;
use super::follows::{Follow, Followed};
use super::template::Template;
use super::{AnswerBy, Asks, MARK};
use crate::domain::account_view::AccountView;
use crate::domain::acts::edit::{CSM, EditableField, SENTIMENT};
use crate::domain::acts::task::{self, NewTask, Task};
use crate::domain::acts::{About, Occasion, Somebody, note};
use crate::domain::desk::{DueItem, HandoffCard, HandoffState};
use crate::domain::outbox::NewEntry;
use crate::domain::period::{BusinessDays, BusinessTime};
use crate::domain::words;

/// What a line of a returned handoff begins with that asks something.
pub(super) const QUESTION: &str = "Question";
/// What a line of an answer begins with.
pub(super) const ANSWER: &str = "Answer";
/// What the words begin with that go with an acceptance: they stand below the head, whatever they say.
const WORDS: &str = "Said";
/// Within which time a reply is answered where no template says it.
const ANSWERED_WITHIN: BusinessTime = BusinessTime::Days(BusinessDays(1));
/// Of the open tickets so many are named in the task to look again.
const MOST_TICKETS: usize = 10;

/// What of the account a handoff, or a reply to one, rests on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ground {
    /// Open tasks that ask to answer this handoff, whoever's they are.
    pub tasks: Vec<Task>,
    /// The field that names the CSM, if it may be written.
    pub csm: Option<EditableField>,
    /// The field with the CSM's sentiment, if it may be written.
    pub sentiment: Option<EditableField>,
    /// Health and open tickets as they are now, in words.
    pub stands: String,
    /// What was promised before.
    pub promised: Vec<Followed>,
}

/// A reply to a handoff.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// Where it stands.
    pub card: HandoffCard,
    /// What becomes of it.
    pub to: HandoffState,
    /// The template of such handoffs, if the organisation has one still.
    pub template: Option<Template>,
    /// What of the account it rests on.
    pub ground: Ground,
}

impl HandoffCard {
    /// What whoever is to act can make of it, the likeliest first.
    pub fn replies(&self) -> &'static [HandoffState] {
        match self.state {
            HandoffState::Sent | HandoffState::Answered => &[HandoffState::Accepted, HandoffState::Returned],
            HandoffState::Returned => &[HandoffState::Answered],
            HandoffState::Accepted => &[],
        }
    }

    /// Whether this can be made of it now; the error says in one sentence why not.
    pub fn may_become(&self, to: HandoffState) -> Result<(), String> {
        if self.replies().contains(&to) {
            return Ok(());
        }
        let who = self.events.last().and_then(|event| event.by.as_deref());
        let who = who.unwrap_or("somebody");
        Err(match self.state {
            HandoffState::Accepted => format!("it was accepted already, by {who}"),
            HandoffState::Returned => format!("{who} returned it: it is to be answered first"),
            state => format!("it is {}, and nothing was asked", words::handoff(state)),
        })
    }

    /// The roles, as the note says them.
    fn roles(&self) -> String {
        format!(
            "{} → {}",
            words::role(&self.from_role),
            words::role(&self.to_role)
        )
    }
}

impl Ground {
    /// What of an account replies to one of its handoffs rest on, or a new one.
    pub fn of(view: &AccountView, handoff: Option<&str>) -> Self {
        let field = |label: &str| {
            let mut fields = view.editable.iter();
            fields
                .find(|field| field.contract.is_none() && field.label == label)
                .cloned()
        };
        let answers = |item: &&DueItem| {
            let task = item.of_handoff.as_ref();
            task.zip(handoff)
                .is_some_and(|(task, handoff)| task.is(Asks::Answer, handoff))
        };
        let tasks = view.handoff_tasks.iter().filter(answers);
        let promised = view.followed.iter().filter(|one| one.what == Follow::Promised);
        Self {
            tasks: tasks.filter_map(Task::of).collect(),
            csm: field(CSM).filter(|field| field.is_owner),
            sentiment: field(SENTIMENT),
            stands: stands(view),
            promised: promised.cloned().collect(),
        }
    }
}

/// Health and open tickets, a line each.
fn stands(view: &AccountView) -> String {
    let health = match view.why.score {
        Some(score) => format!("{score}, {}", view.summary.band.word()),
        None => "unknown".to_owned(),
    };
    let open: Vec<&str> = view
        .tickets
        .iter()
        .filter(|ticket| ticket.closed.is_none())
        .map(|ticket| ticket.subject.as_str())
        .collect();
    let shown = open
        .iter()
        .take(MOST_TICKETS)
        .copied()
        .collect::<Vec<_>>()
        .join("; ");
    let tickets = match open.len() {
        0 => "none".to_owned(),
        many if many > MOST_TICKETS => format!("{many}: {shown}; and {} more", many - MOST_TICKETS),
        many => format!("{many}: {shown}"),
    };
    // What the key may not read is not known to be none.
    let tickets = match view.unread.why(&[crate::domain::record::Kind::Ticket]) {
        Some(why) => format!("unknown, {why}"),
        None => tickets,
    };
    format!("Health: {health}\nOpen tickets: {tickets}")
}

/// What is asked of whoever replies: what the texts are about, in this order; none is required but one of them.
pub fn asked(reply: &Reply) -> Vec<String> {
    match reply.to {
        HandoffState::Sent | HandoffState::Accepted => vec![String::new()],
        HandoffState::Returned => {
            let fields = reply.template.iter().flat_map(|template| &template.fields);
            let titles = fields.map(|field| field.title.clone());
            titles.chain([String::new()]).collect()
        }
        HandoffState::Answered => {
            let questions = reply.card.questions().into_iter();
            questions.map(|(about, _)| about).collect()
        }
    }
}

/// A reply, with a text for each thing that is [`asked`]: the note that says it, the task of whoever acted done, what
/// follows. The error is one sentence for the person.
pub fn reply(
    on: &Occasion,
    about: &About,
    reply: &Reply,
    texts: &[String],
    people: &[Somebody],
) -> Result<Vec<NewEntry>, String> {
    let card = &reply.card;
    card.may_become(reply.to)?;
    if card.last >= MOST_EVENTS {
        return Err(format!(
            "a note says that it is event {MOST_EVENTS}, and no event comes after that: hand the account over anew"
        ));
    }
    let number = card.last + 1;
    let said = said(reply, texts);
    match reply.to {
        HandoffState::Returned if said.is_empty() => {
            return Err("ask something: a handoff is returned with a question".to_owned());
        }
        HandoffState::Answered if said.is_empty() => return Err("answer something first".to_owned()),
        _ => {}
    }
    let mut lines = vec![format!("Handoff {}: {}", card.roles(), words::handoff(reply.to))];
    lines.extend(card.from.iter().map(|from| format!("From: {from}")));
    lines.extend(card.to.iter().map(|to| format!("To: {to}")));
    lines.push(format!("By: {}", on.me.name));
    let within = reply
        .template
        .as_ref()
        .map_or(ANSWERED_WITHIN, |template| template.accept_within);
    let next = next(card, reply.to, people);
    let answer_by = AnswerBy::of(within, on, next.map(|next| &next.id)).ok_or(BEYOND)?;
    if reply.to != HandoffState::Accepted {
        lines.push(format!("Answer by: {}", answer_by.told(on)));
    }
    lines.extend(said);
    lines.push(format!("{MARK}{} event {number}", card.handoff));
    let mut noted = note::note(on, about, &lines.join("\n"))?;
    noted.title = match (reply.to, next) {
        (HandoffState::Accepted, _) => "Handoff accepted".to_owned(),
        (to, Some(next)) => format!("Handoff {} to {}", words::handoff(to), next.name),
        (to, None) => format!("Handoff {}", words::handoff(to)),
    };
    let mut entries = vec![noted];
    entries.extend(reply.ground.tasks.iter().map(|task| task::complete(on, task)));
    if reply.to == HandoffState::Accepted {
        let heir = heir(on, card, people);
        let acceptance = Acceptance {
            roles: &card.roles(),
            handoff: &card.handoff,
            template: reply.template.as_ref(),
            ground: &reply.ground,
        };
        entries.extend(acceptance.follows(on, about, people, heir)?);
    } else if let Some(next) = next {
        let what = match reply.to {
            HandoffState::Returned => "Answer the returned handoff",
            _ => "Accept or return the answered handoff",
        };
        let asked = NewTask {
            subject: format!("{what} of {}", about.name),
            body: format!(
                "{}, from {}: the note on the account says it.\n\n{}",
                card.roles(),
                on.me.name,
                Asks::Answer.mark(&card.handoff)
            ),
            due: Some(answer_by.day),
            at: answer_by.at,
            owner: Some(next.clone()),
        };
        entries.push(task::make(on, about, &asked)?);
    }
    Ok(entries)
}

/// What the texts say, a line each or more, under what they are about; what is empty is left out.
fn said(reply: &Reply, texts: &[String]) -> Vec<String> {
    let word = match reply.to {
        HandoffState::Returned => QUESTION,
        HandoffState::Answered => ANSWER,
        HandoffState::Sent | HandoffState::Accepted => WORDS,
    };
    let asked = asked(reply);
    let pairs = asked
        .iter()
        .zip(texts)
        .filter(|(_, text)| !text.trim().is_empty());
    pairs
        .map(|(about, text)| match about.as_str() {
            "" => format!("{word}: {}", text.trim()),
            about => format!("{word} on {about}: {}", text.trim()),
        })
        .collect()
}

/// Who is to act after this: one of us by the name that the handoff has.
pub fn next<'a>(card: &HandoffCard, to: HandoffState, people: &'a [Somebody]) -> Option<&'a Somebody> {
    let name = match to {
        HandoffState::Returned => card.from.as_deref(),
        HandoffState::Answered | HandoffState::Sent => card.to.as_deref(),
        HandoffState::Accepted => None,
    };
    let name = name?.trim().to_lowercase();
    let mut found = people.iter().filter(|one| one.name.trim().to_lowercase() == name);
    // Of two with one name nobody can tell who is meant.
    found.next().filter(|_| found.next().is_none())
}

/// Whose an account is to be whose handoff is accepted: whoever receives it, and not whoever accepts it in their place. Me,
/// where nobody is named; nobody, where whoever is named cannot be told.
pub type Heir<'a> = Option<&'a Somebody>;

/// Whose the account of a handoff is to be once I accept it.
pub fn heir<'a>(on: &'a Occasion, card: &HandoffCard, people: &'a [Somebody]) -> Heir<'a> {
    match card.to.as_deref() {
        None => Some(&on.me),
        Some(_) => next(card, HandoffState::Answered, people),
    }
}

/// What is accepted.
pub(super) struct Acceptance<'a> {
    /// From which role to which, as the note says it.
    pub roles: &'a str,
    /// Id of the handoff.
    pub handoff: &'a str,
    /// The template of such handoffs, if the organisation has one still.
    pub template: Option<&'a Template>,
    /// What of the account it rests on.
    pub ground: &'a Ground,
}

impl Acceptance<'_> {
    /// What the template makes of it.
    pub fn follows(
        &self,
        on: &Occasion,
        about: &About,
        people: &[Somebody],
        heir: Heir<'_>,
    ) -> Result<Vec<NewEntry>, String> {
        let mut entries = self.taken_over(on, about, people, heir);
        entries.extend(self.look_again(on, about, heir)?);
        Ok(entries)
    }

    /// The account is whose it was handed to from now on, and what another felt about it counts no more.
    fn taken_over(&self, on: &Occasion, about: &About, people: &[Somebody], heir: Heir<'_>) -> Vec<NewEntry> {
        let Some(heir) = heir.filter(|_| self.template.is_some_and(|template| template.takes_over)) else {
            return Vec::new();
        };
        let csm = self.ground.csm.as_ref();
        let owner = csm.and_then(|csm| csm.write(on, about, people, Some(heir.id.to_string())));
        let sentiment = self.ground.sentiment.as_ref();
        let reset = sentiment.and_then(|sentiment| sentiment.write(on, about, people, None));
        owner.into_iter().chain(reset).collect()
    }

    /// The task to look again, with how it stands now.
    fn look_again(&self, on: &Occasion, about: &About, heir: Heir<'_>) -> Result<Option<NewEntry>, String> {
        let today = on.today();
        let Some(due) = self.template.and_then(|template| template.looks_again(today)) else {
            return Ok(None);
        };
        let asked = NewTask {
            subject: format!("Look again at {} after the handoff", about.name),
            body: format!(
                "{}, accepted on {today}. At that time:\n{}\nHow do health and tickets stand beside that now?\n\n{}",
                self.roles,
                self.ground.stands,
                Asks::Look.mark(self.handoff)
            ),
            due: Some(due?),
            at: None,
            owner: Some(heir.unwrap_or(&on.me).clone()),
        };
        task::make(on, about, &asked).map(Some)
    }
}
