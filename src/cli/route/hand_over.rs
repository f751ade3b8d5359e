//! `retain route hand-over`: an open question goes to a desk, with its context, and the ticket with it.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde_json::json;

use crate::cli::CliError;
use crate::cli::context::Context;
use crate::cli::handing::{self, Said};
use crate::cli::output::Plain;
use crate::cli::sending::{self, Flags};
use crate::cli::writing::{Writing, about};
use crate::domain::acts::Somebody;
use crate::domain::handoff::{self, Ground, Saying};
use crate::domain::playbook::Deed;
use crate::domain::routing::{Desk, DeskChoice, Question, Questions, Staff, YOURS};
use crate::engine;

/// So many questions at most are named where several are meant.
const MOST_NAMED: usize = 5;
/// The desks by their names.
const DESKS: [(&str, Desk); 2] = [("csm", Desk::Csm), ("support", Desk::Support)];

/// A question that is handed over.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The note says what a person decided and counts as a misroute where another desk had the question. What was \
    promised to the customer (`--field promised=\"Mara calls by 16:00\"`) becomes a task with its time; `retain handoff templates` \
    names the fields. A complaint of a large account is told to whoever leads the CSM."
)]
pub struct Args {
    /// Id of the question, as `retain route list` names it, or a part of its subject that only one has
    #[arg(required = true)]
    question: Vec<String>,
    /// The desk that answers it; the one that the rules propose when left out
    #[arg(long, value_parser = desks())]
    desk: Option<Desk>,
    /// Who receives it: e-mail address or name, or a part of them; who of the desk it would go to when left out
    #[arg(long, value_name = "WHO")]
    to: Option<String>,
    #[command(flatten)]
    said: Said,
    /// Hand it over although it is handed over already, or who receives it has it
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    flags: Flags,
}

fn desks() -> impl TypedValueParser<Value = Desk> {
    let of = |word: String| {
        DESKS
            .iter()
            .find(|(name, _)| *name == word)
            .map(|(_, desk)| *desk)
    };
    PossibleValuesParser::new(DESKS.map(|(name, _)| name)).try_map(move |word| of(word).ok_or("no desk"))
}

/// Hands it over.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let writing = sending::begin(&args.flags, context)?;
    let setup = writing.workplace.setup.clone();
    let templates = || setup.handoffs.of_phase(setup.settings.organisation.phase);
    let questions = engine::questions(writing.cache(), writing.ledger(), &setup, context.now())
        .map_err(|error| CliError::of_engine("the open questions cannot be read", &error))?;
    let question = find(&questions, &args.question.join(" "))?;
    let staff = Staff {
        owners: &writing.owners,
        roster: &setup.team,
        support: setup.routing.support.as_deref(),
        me: Some(&writing.on.me),
        today: writing.on.today(),
    };
    let choice = staff.choice(question, desk(question, args.desk)?, templates());
    let to = receiver(&writing, args, &choice)?;
    let DeskChoice { handed, template, .. } = choice;
    let by = template.map_err(CliError::usage)?;
    let template = templates()
        .find(|(known, _)| *known == by)
        .map(|(_, template)| template);
    let (Some(template), Some(asking)) = (template, &question.account) else {
        return Err(CliError::failed(
            "the question has no account, or its handoff no template",
        ));
    };
    args.said.check_receiver(&writing, &to, template.to)?;
    let view = writing.account(asking.id.as_str(), context)?;
    let mut form = handoff::form(template, &view, &writing.on.here());
    handoff::ask(&mut form, template, &handed, &writing.on);
    let filled = args.said.fill(form)?;
    let ground = Ground::of(&view, None);
    args.said
        .check_promises(&writing.on, template, &filled, &ground)?;
    let pass = args.said.pass(&writing)?;
    let saying = Saying {
        values: &filled.values,
        pass: pass.as_ref(),
        question: Some(&handed),
        ground: &ground,
    };
    let id = handoff::id_of(&writing.on, &about(&view));
    let entries = handoff::compose(&writing.on, &about(&view), template, &to, saying);
    let deed = Deed {
        entries: entries.map_err(handing::refused)?,
        events: Vec::new(),
    };
    let done = sending::perform(writing, &deed, &args.flags, context)?;
    if !context.output.is_text() {
        let mut answer = done.shape(context.now());
        answer["question"] = json!(question.id);
        answer["kind"] = json!(question.kind);
        answer["handoff"] = json!(id);
        answer["account"] = json!(asking.id);
        answer["desk"] = json!(handed.decided);
        answer["misroute"] = json!(handed.routed().is_misroute());
        answer["to"] = json!(to.id);
        answer["to_name"] = json!(to.name);
        answer["prefilled"] = filled.shape();
        context.output.values(&answer, Plain::Values)?;
        return done.not_done();
    }
    let what = format!("{} {} of {}", question.kind.word(), question.id, asking.name);
    context
        .output
        .text(&handing::outcome(&what, &to.name, &done.entries))?;
    handing::tell_id(&id, context)?;
    filled.tell(context)?;
    done.tell(context)?;
    done.not_done()
}

/// The one open question that a text means: by its id, else by a part of its subject.
fn find<'a>(questions: &'a Questions, text: &str) -> Result<&'a Question, CliError> {
    let text = text.trim();
    let part = text.to_lowercase();
    let by_id: Vec<&Question> = questions
        .open
        .iter()
        .filter(|one| one.id.as_str() == text)
        .collect();
    let by_subject = || {
        let all = questions.open.iter();
        all.filter(|one| one.subject.to_lowercase().contains(&part))
            .collect()
    };
    let found: Vec<&Question> = if by_id.is_empty() { by_subject() } else { by_id };
    match found.as_slice() {
        [one] => Ok(one),
        [] => {
            let error = CliError::usage(format!("no open question is `{text}`, by its id or subject"));
            Err(error.hint(match &questions.unread {
                Some(why) => format!("not all are known: {why}"),
                None => "`retain route list` names those that are open; `retain sync` reads anew".to_owned(),
            }))
        }
        several => {
            let named = several.iter().take(MOST_NAMED);
            let named: Vec<String> = named.map(|one| format!("{} {}", one.id, one.subject)).collect();
            let words = format!("`{text}` may be {} open questions", several.len());
            Err(CliError::usage(words).hint(format!("name one by its id: {}", named.join("; "))))
        }
    }
}

/// The desk that a person decided on, else the one that the rules propose.
fn desk(question: &Question, decided: Option<Desk>) -> Result<Desk, CliError> {
    decided.or_else(|| question.desk()).ok_or_else(|| {
        let why = question.proposal().why().unwrap_or_default();
        CliError::usage(format!("no desk is proposed: {why}"))
            .hint("--desk csm or --desk support says which one answers it")
    })
}

/// Who receives it: who is named, else who of the desk it would go to.
fn receiver(writing: &Writing, args: &Args, choice: &DeskChoice) -> Result<Somebody, CliError> {
    let title = choice.handed.decided.title();
    let to = match &args.to {
        Some(who) => sending::one_of_us(writing, who)?,
        None => choice.handed.to.clone().ok_or_else(|| {
            let words = format!("who answers for {title} is not known or not there");
            CliError::usage(words).hint("--to says who receives it")
        })?,
    };
    if handoff::to_myself(&writing.on, &to, Some(&choice.handed)) {
        return Err(CliError::usage(YOURS).hint("--desk or --to names somebody else"));
    }
    let on = &writing.on;
    match choice.handed.question.again(&on.me, Some(&to), &on.here()) {
        Some(why) if !args.again => {
            Err(CliError::failed(why).hint("--again hands it over all the same, with a note and a task"))
        }
        _ => Ok(to),
    }
}
