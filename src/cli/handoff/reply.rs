//! `retain handoff accept`, `return` and `answer`: what becomes of a handoff.

use serde_json::json;

use crate::cli::CliError;
use crate::cli::context::Context;
use crate::cli::output::Plain;
use crate::cli::sending::{self, Flags};
use crate::cli::writing::{self, about};
use crate::domain::acts::Somebody;
use crate::domain::desk::HandoffState;
use crate::domain::handoff::{self, Ground, Reply};
use crate::domain::outbox::State;
use crate::domain::playbook::Deed;
use crate::domain::words;

/// What can be made of a handoff.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Accept a handoff: a note says it, and the account is yours from then on where the template says so
    Accept {
        /// Id of the handoff, as `retain handoff list` names it
        id: String,
        /// Words to go with it
        #[arg(long, value_name = "TEXT")]
        say: Option<String>,
        #[command(flatten)]
        flags: Flags,
    },
    /// Return a handoff with questions to who sent it
    Return {
        /// Id of the handoff, as `retain handoff list` names it
        id: String,
        /// A question: on a field of the handoff, or on anything
        #[arg(long = "ask", value_name = "[FIELD=]TEXT", required = true)]
        asks: Vec<String>,
        #[command(flatten)]
        flags: Flags,
    },
    /// Answer a handoff that was returned to you
    Answer {
        /// Id of the handoff, as `retain handoff list` names it
        id: String,
        /// An answer: one for each question, in the order in which they were asked
        #[arg(long = "say", value_name = "TEXT", required = true)]
        says: Vec<String>,
        #[command(flatten)]
        flags: Flags,
    },
}

impl Command {
    fn parts(&self) -> (&str, HandoffState, &Flags) {
        match self {
            Self::Accept { id, flags, .. } => (id, HandoffState::Accepted, flags),
            Self::Return { id, flags, .. } => (id, HandoffState::Returned, flags),
            Self::Answer { id, flags, .. } => (id, HandoffState::Answered, flags),
        }
    }

    /// The texts for what is asked, in its order.
    fn texts(&self, reply: &Reply) -> Result<Vec<String>, CliError> {
        match self {
            Self::Accept { say, .. } => Ok(vec![say.clone().unwrap_or_default()]),
            Self::Return { asks, .. } => questions(reply, asks),
            Self::Answer { says, .. } => {
                let asked = reply.card.questions();
                if says.len() == asked.len() {
                    return Ok(says.clone());
                }
                let asks: Vec<&str> = asked.iter().map(|(_, asks)| asks.as_str()).collect();
                let there = words::counted(asked.len() as u64, "question", "questions");
                Err(
                    CliError::usage(format!("{there} were asked, and {} answered", says.len()))
                        .hint(format!("--say once for each of them: {}", asks.join(" / "))),
                )
            }
        }
    }
}

/// A text for each field of the template, and one for what is asked beside.
fn questions(reply: &Reply, asks: &[String]) -> Result<Vec<String>, CliError> {
    let fields = || reply.template.iter().flat_map(|template| &template.fields);
    let mut texts = vec![String::new(); handoff::asked(reply).len()];
    let last = texts.len().saturating_sub(1);
    for ask in asks {
        // A question may have a `=` of its own, but no word before it that looks like a field.
        let named = ask.split_once('=').filter(|(field, _)| is_id(field.trim()));
        let (at, text) = match named {
            None => (last, ask.as_str()),
            Some((field, text)) => {
                let at = fields().position(|known| known.id == field.trim());
                let ids: Vec<&str> = fields().map(|known| known.id.as_str()).collect();
                let unknown = || {
                    CliError::usage(format!("there is no field `{}`", field.trim()))
                        .hint(format!("there is: {}; or ask without a field", ids.join(", ")))
                };
                (at.ok_or_else(unknown)?, text)
            }
        };
        if !texts[at].is_empty() {
            texts[at].push('\n');
        }
        texts[at].push_str(text.trim());
    }
    Ok(texts)
}

/// Whether this could be the id of a field.
fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte == b'-')
}

/// Replies to a handoff.
pub fn run(command: &Command, context: &Context) -> Result<(), CliError> {
    let (id, to, flags) = command.parts();
    writing::allowed(&context.workplace()?)?;
    let writing = sending::begin(flags, context)?;
    let setup = writing.workplace.setup.clone();
    let desk = writing.workplace.desk(context.now())?;
    let account = super::list::find(&desk, id)?.account.clone();
    let view = writing.account(account.as_str(), context)?;
    // The account is read anew: what the desk knows may be older.
    let mut cards = view.handoffs.iter();
    let card = cards.find(|card| card.handoff.eq_ignore_ascii_case(id.trim()));
    let card = card.ok_or_else(|| CliError::failed(format!("the handoff {id} is gone from its account")))?;
    card.may_become(to).map_err(CliError::usage)?;
    if !card.for_me {
        let whom = match card.state {
            HandoffState::Returned => card.from.as_deref(),
            _ => card.to.as_deref(),
        };
        let whom = whom.unwrap_or("another role");
        return Err(CliError::usage(format!("it waits for {whom}, not for you")));
    }
    let phase = setup.settings.organisation.phase;
    let reply = Reply {
        card: card.clone(),
        to,
        template: setup
            .handoffs
            .between(phase, &card.from_role, &card.to_role)
            .cloned(),
        ground: Ground::of(&view, Some(&card.handoff)),
    };
    let people = Somebody::active(&writing.owners);
    let texts = command.texts(&reply)?;
    let entries = handoff::reply(&writing.on, &about(&view), &reply, &texts, &people);
    let deed = Deed {
        entries: entries.map_err(CliError::usage)?,
        events: Vec::new(),
    };
    let done = sending::perform(writing, &deed, flags, context)?;
    if !context.output.is_text() {
        let mut answer = done.shape(context.now());
        answer["account"] = json!(view.summary.id);
        answer["handoff"] = json!(card.handoff);
        answer["becomes"] = json!(to);
        context.output.values(&answer, Plain::Values)?;
        return done.not_done();
    }
    let is_sent = done.entries.iter().all(|entry| entry.state == State::Sent);
    let is = if is_sent { "is" } else { "is not yet" };
    let word = words::handoff(to);
    context.output.text(&format!(
        "the handoff {} of {} {is} {word}",
        card.handoff, view.summary.name
    ))?;
    done.tell(context)?;
    done.not_done()
}
