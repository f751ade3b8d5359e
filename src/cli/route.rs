//! `retain route`: open questions with who should answer them, and what the rules say of a text.

use std::io::Read;

use serde_json::{Value, json};

use crate::domain::role::Role;
use crate::domain::routing::{
    Hit, NO_SUPPORT, Proposal, Question, Questions, Requester, Router, Verdict, question,
};
use crate::domain::words;
use crate::engine;

use super::CliError;
use super::context::{Context, Workplace, nothing_yet};
use super::freshness::Freshness;
use super::output::{Column, Plain};
use super::shape::{NOT_SET, Shape};

mod hand_over;
mod stats;

/// So many bytes of a text at most are read from standard input.
const MOST_BYTES: u64 = 1 << 20;
const COLUMNS: [Column; 11] = [
    Column::words("id"),
    Column::number("age"),
    Column::words("answer by"),
    Column::words("desk"),
    Column::names("rule"),
    Column::names("words"),
    Column::names("account"),
    Column::names("asked by"),
    Column::names("support"),
    Column::names("whose"),
    Column::sentences("question"),
];
const PLAIN: Plain = Plain::Table(
    "questions",
    &[
        "id",
        "kind",
        "asked_at",
        "answer_by",
        "desk",
        "why",
        "account",
        "account_name",
        "entitlement",
        "owner_name",
        "subject",
    ],
);
const HITS: [Column; 3] = [
    Column::words("rule"),
    Column::words("desk"),
    Column::sentences("words"),
];
/// Why no account is named.
const NO_ACCOUNT: &str = "it belongs to no account in the cache";
/// Why nothing is said of a handoff.
const NO_HANDOFF: &str = "no handoff tells of it";
/// Why a desk is proposed.
const PROPOSED: &str = "a desk is proposed";

/// List open questions with the desk that should answer each, hand one over, or say what the rules say of a text
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// List open questions, the most pressing first, with the desk that the rules propose and the words they found
    #[command(
        after_help = "Complaints that go to the lead too, or may, come first, then what is to be answered first, as on the \
        cockpit's desk.\n\n\
        Questions are open tickets, and inbound e-mails where mapping.toml says how to tell one. Where rules \
        disagree on the desk, or none matches, a person decides. An account that has bought no support: its CSM decides \
        what support would answer. An account with support on business days: the age is in business days (bd).\n\n\
        `!` marks a complaint that goes to the lead too, `?` one of an account whose ARR is unknown; `↪` a question that is \
        handed over already, `↩` one whose handoff was returned. `—` is known to be no time, `?` is unknown."
    )]
    List {
        /// Only those that I own, or of accounts that I look after
        #[arg(long)]
        mine: bool,
    },
    /// Hand an open question over: a note with its context, a task for who receives it, and the ticket becomes theirs
    HandOver(Box<hand_over::Args>),
    /// Count misroutes and the support work of CSMs, week by week
    #[command(
        after_help = "A misroute is a question that another desk had than the one a person decided on when handing it \
        over; the note of the handoff says so. A touch is support work where the rules give its words to support; of \
        how many they cannot tell is told too, and the share is of the others."
    )]
    Stats {
        /// How many weeks, this one included
        #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=520))]
        weeks: u32,
    },
    /// Say what the rules say of a text, by which words
    Test {
        /// The text; `-` reads it from standard input
        #[arg(required = true)]
        text: Vec<String>,
    },
}

/// Does what was asked.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    match &args.what {
        Command::List { mine } => list(*mine, context),
        Command::HandOver(args) => hand_over::run(args, context),
        Command::Stats { weeks } => stats::run(*weeks, context),
        Command::Test { text } => test(text, context),
    }
}

fn list(mine: bool, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace_to_answer()?;
    let cache = workplace.cache()?;
    if cache.top_of_desk()?.is_none() {
        return Err(nothing_yet());
    }
    let freshness = Freshness::of(&cache, &workplace, context.now())?;
    let told = engine::questions(&cache, &workplace.ledger()?, &workplace.setup, context.now())
        .map_err(|error| CliError::failed("the open questions cannot be read").because(&error))?;
    let Questions {
        mut open,
        unread,
        nobody,
    } = told.pressing_first();
    let all = open.len();
    open.retain(|question| !mine || question.mine);
    if !context.output.is_text() {
        let questions = open.iter().map(|one| shape(one, nobody.as_deref()));
        let answer = Shape::default()
            .with("data", freshness.json())
            .with("phase", workplace.setup.settings.organisation.phase)
            .known_list("questions", questions.collect(), unread)
            .done();
        return context.output.values(&answer, PLAIN);
    }
    let zone = workplace.setup.settings.zone();
    if let Some(why) = &unread {
        context.output.text(&format!("open questions unknown: {why}"))?;
    }
    if !open.is_empty() {
        let rows: Vec<Vec<String>> = open.iter().map(|one| row(one, &workplace, context)).collect();
        context.output.table(&COLUMNS, &rows)?;
    }
    if unread.is_none() {
        context.output.aside(&format!("\n{}", headline(&open, all)))?;
    }
    if workplace.setup.settings.organisation.phase == 1 {
        context.output.aside(
            "in phase 1 one CSM does everything (`phase` under [organisation] in retain.toml): there is nobody to route to",
        )?;
    }
    context.output.aside(&freshness.words(context.now(), &zone))
}

/// `12 open questions: 5 for support, 3 for the CSM, 4 for a person to decide`.
fn headline(open: &[Question], all: usize) -> String {
    let of = |word: &str| open.iter().filter(|one| one.proposal().words() == word).count();
    let (support, csm) = (of("support"), of("CSM"));
    let counted = words::counted(open.len() as u64, "open question", "open questions");
    let others = if open.len() < all {
        format!(" of {}", words::count(all))
    } else {
        String::new()
    };
    format!(
        "{counted}{others}: {support} for support, {csm} for the CSM, {} for a person to decide",
        open.len() - support - csm
    )
}

fn row(one: &Question, workplace: &Workplace, context: &Context) -> Vec<String> {
    let age = match one.business_days {
        Some(0) => "today".to_owned(),
        Some(days) => format!("{days} bd"),
        None => words::age(context.now(), one.asked, &workplace.setup.settings.zone()),
    };
    let lead = match one.to_lead {
        Some(true) => " !",
        Some(false) => "",
        None => " ?",
    };
    let found: Vec<&str> = one.verdict.hits.iter().map(|hit| hit.words.as_str()).collect();
    vec![
        one.id.to_string(),
        age,
        answer_by(one, workplace, context),
        format!("{}{lead}", one.proposal().words()),
        one.verdict.routes().join(", "),
        found.join(", "),
        one.account
            .as_ref()
            .map_or("?", |account| &account.name)
            .to_owned(),
        one.asked_by(),
        one.account
            .as_ref()
            .and_then(|account| account.entitlement.clone())
            .unwrap_or_else(|| "?".to_owned()),
        one.owner_name.clone().unwrap_or_else(|| "nobody".to_owned()),
        one.marked_subject(),
    ]
}

/// By when it is to be answered: the day with its time, and how late that is.
fn answer_by(one: &Question, workplace: &Workplace, context: &Context) -> String {
    let by = match one.answers_by() {
        Ok(by) => by,
        Err(never) => return never.sign.to_owned(),
    };
    let zone = workplace.setup.settings.zone();
    let (at, now) = (by.to_zoned(zone.clone()), context.now().to_zoned(zone));
    let when = format!("{} {}", words::day(now.date(), at.date()), at.strftime("%H:%M"));
    match words::late(now.datetime(), at.date(), Some(at.time())) {
        Some(late) if at.date() == now.date() => late,
        Some(late) => format!("{late}, {when}"),
        None => when,
    }
}

/// A question, for programs. `nobody` says why requesters cannot be read.
fn shape(one: &Question, nobody: Option<&str>) -> Value {
    let (account, passed) = (one.account.as_ref(), one.passed.as_ref());
    let requester = |requester: &Requester| {
        Shape::default()
            .with("name", &requester.name)
            .maybe("email", requester.email.as_ref(), "the CRM has none")
            .done()
    };
    let entitlement = account.and_then(|account| account.entitlement.as_ref());
    let support = account.and_then(|account| account.support);
    verdict(Shape::default(), one.proposal(), &one.verdict, &one.text)
        .with("id", &one.id)
        .with("kind", one.kind)
        .with("subject", &one.subject)
        .with("text", &one.text)
        .with("asked_at", one.asked)
        .maybe(
            "answer_by",
            one.answer_by,
            one.answers_by().err().map_or("", |never| never.why),
        )
        .maybe("had_by", one.had, "nobody owns it")
        .maybe(
            "business_days",
            one.business_days,
            "the account has not bought support on business days alone",
        )
        .maybe("account", account.map(|account| &account.id), NO_ACCOUNT)
        .maybe("account_name", account.map(|account| &account.name), NO_ACCOUNT)
        .maybe(
            "csm_name",
            account.and_then(|account| account.csm.as_ref()),
            "the account has no CSM",
        )
        .maybe("entitlement", entitlement, NOT_SET)
        .maybe(
            "support",
            support,
            if entitlement.is_some() { UNLISTED } else { NOT_SET },
        )
        .known_list(
            "requesters",
            one.requesters.iter().map(requester).collect(),
            nobody.map(str::to_owned),
        )
        .maybe("owner", one.owner.as_ref(), "nobody owns it")
        .maybe(
            "owner_name",
            one.owner_name.as_ref(),
            "nobody owns it, or the CRM has no such owner",
        )
        .maybe("to_lead", one.to_lead, "the ARR of the account is unknown")
        .with("mine", one.mine)
        .maybe("handoff", passed.map(|passed| &passed.handoff), NO_HANDOFF)
        .maybe(
            "handed_to",
            passed.and_then(|passed| passed.to.as_ref()),
            passed.map_or(NO_HANDOFF, |_| "the note of the handoff names nobody"),
        )
        .maybe("handed_at", passed.map(|passed| passed.when), NO_HANDOFF)
        .maybe("handoff_state", passed.map(|passed| passed.state), NO_HANDOFF)
        .done()
}

/// Why it is not known what an entitlement means.
pub(super) const UNLISTED: &str = "no list under [entitlement] in routing.toml has this value";

/// What the rules say of a text.
fn verdict(shape: Shape, proposal: Proposal, verdict: &Verdict, text: &str) -> Shape {
    let desk = match proposal {
        Proposal::Desk(desk) => Some(desk),
        Proposal::Person(_) => None,
    };
    let hit = |hit: &Hit| {
        // Programs count characters, not the bytes of one encoding.
        let start = text[..hit.place.start].chars().count();
        let end = start + hit.words.chars().count();
        json!({ "rule": hit.route, "desk": hit.desk, "words": hit.words, "start": start, "end": end })
    };
    shape
        .maybe("desk", desk, proposal.why().unwrap_or(PROPOSED))
        .with("proposal", proposal.words())
        .maybe("why", proposal.why(), PROPOSED)
        .with("rules", verdict.routes())
        .with("raises", verdict.raises())
        .with("words", verdict.hits.iter().map(hit).collect::<Vec<Value>>())
}

fn test(given: &[String], context: &Context) -> Result<(), CliError> {
    let setup = context.setup()?;
    let text = match given {
        [dash] if dash == "-" => standard_input()?,
        words => words.join(" "),
    };
    // Read as the text of a question would be: without markup and quoted lines.
    let text = question("", &text);
    let said = Router::new(&setup.routing).read(&text);
    let has_support = Role::Support.is_of_phase(setup.settings.organisation.phase);
    let proposal = said.proposal_for(has_support, None);
    if !context.output.is_text() {
        let answer = verdict(Shape::default(), proposal, &said, &text)
            .with("text", &text)
            .done();
        return context.output.values(&answer, Plain::Values);
    }
    let why = match proposal.why() {
        Some(why) => format!(": {why}"),
        None if !has_support => format!(": {NO_SUPPORT}"),
        None => String::new(),
    };
    context.output.text(&format!("{}{why}", proposal.words()))?;
    if !said.hits.is_empty() {
        let row = |hit: &Hit| vec![hit.route.clone(), hit.desk.title().to_owned(), hit.words.clone()];
        let rows: Vec<Vec<String>> = said.hits.iter().map(row).collect();
        context.output.text("")?;
        context.output.table(&HITS, &rows)?;
    }
    let raised: Vec<&str> = said.raises().into_iter().collect();
    if raised.is_empty() {
        return Ok(());
    }
    context.output.aside(&format!(
        "\nas an open question it raises {}, whatever desk answers",
        raised.join(", ")
    ))
}

fn standard_input() -> Result<String, CliError> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .take(MOST_BYTES)
        .read_to_end(&mut bytes)
        .map_err(|error| CliError::failed("standard input cannot be read").because(&error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
