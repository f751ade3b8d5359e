//! `retain handoff list` and `show`: handoffs as they stand in the CRM's notes.

use jiff::Zoned;
use serde_json::Value;

use crate::cli::CliError;
use crate::cli::context::{Context, Workplace};
use crate::cli::freshness::Freshness;
use crate::cli::output::{Column, Plain};
use crate::cli::shape::{self, Shape};
use crate::cli::writing;
use crate::domain::acts::Somebody;
use crate::domain::calendar::Calendars;
use crate::domain::desk::{Desk, HandoffCard, NOT_YET};
use crate::domain::handoff::{Beside, Clock, TicketsBeside, Unlinked};
use crate::domain::record::Kind;
use crate::domain::summary::Band;
use crate::domain::words;
use crate::engine;
use crate::store::Cache;

const COLUMNS: [Column; 8] = [
    Column::words("id"),
    Column::words("for"),
    Column::words("state"),
    Column::names("account"),
    Column::names("from"),
    Column::names("to"),
    Column::words("answer by"),
    Column::words("clock"),
];
const PLAIN: Plain = Plain::Table(
    "handoffs",
    &[
        "handoff",
        "for_me",
        "state",
        "account",
        "account_name",
        "from_role",
        "from",
        "to_role",
        "to",
        "answer_by",
        "business_minutes_waited",
        "business_minutes_left",
    ],
);

/// Lists open handoffs and those accepted lately.
pub fn run(context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace_to_answer()?;
    let cache = workplace.cache()?;
    let freshness = Freshness::of(&cache, &workplace, context.now())?;
    let mut desk = workplace.desk(context.now())?;
    let ledger = workplace.ledger()?;
    desk.handoffs = engine::handoffs_now(&cache, &ledger, &workplace.setup, context.now())
        .map_err(|error| CliError::of_engine("the handoffs cannot be read", &error))?;
    let clocks = Clocks::of(&cache, &workplace, context)?;
    let early = (!freshness.has_synced()).then(|| NOT_YET.to_owned());
    let unknown = desk.unread.why(&[Kind::Note]).or(early);
    if !context.output.is_text() {
        let cards = desk.handoffs.iter();
        let cards: Vec<Value> = cards.map(|card| shaped(card, &clocks).done()).collect();
        let answer = Shape::default()
            .with("data", freshness.json())
            .known(
                "past_the_gate",
                &desk.told(freshness.has_synced()).handoffs_past_the_gate,
            )
            .known_list("handoffs", cards, unknown.clone())
            .known_list("unlinked", desk.unlinked.iter().map(unlinked).collect(), unknown)
            .done();
        return context.output.values(&answer, PLAIN);
    }
    if let Some(why) = &unknown {
        context.output.text(&format!("open handoffs unknown: {why}"))?;
    } else if desk.handoffs.is_empty() {
        context.output.text("no handoff is open")?;
    }
    if !desk.handoffs.is_empty() {
        let rows: Vec<Vec<String>> = desk.handoffs.iter().map(|card| row(card, &clocks)).collect();
        context.output.table(&COLUMNS, &rows)?;
        context.output.aside(&gates(&desk))?;
        context
            .output
            .aside("`retain handoff show ID` tells all of one; `accept`, `return` and `answer ID` reply")?;
    }
    for one in &desk.unlinked {
        context.output.text(&format!(
            "! {}: {}: “{}”",
            one.account_name,
            one.why(),
            one.words.trim()
        ))?;
    }
    let zone = workplace.setup.settings.zone();
    context.output.aside(&freshness.words(context.now(), &zone))
}

fn unlinked(one: &Unlinked) -> Value {
    Shape::default()
        .with("record", &one.record)
        .with("account", &one.account)
        .with("account_name", &one.account_name)
        .maybe(
            "handoff",
            one.handoff.as_ref(),
            "it is a note, which does not say",
        )
        .with("words", &one.words)
        .with("when", one.when)
        .with("why", one.why())
        .done()
}

fn gates(desk: &Desk) -> String {
    let all = words::counted(desk.handoffs.len() as u64, "handoff", "handoffs");
    match desk.day.handoffs_past_the_gate {
        0 => format!("\n{all}, none let past the gate"),
        some => format!("\n{all}, {some} let past the gate without all that is required"),
    }
}

/// What the clocks of handoffs run by.
struct Clocks {
    people: Vec<Somebody>,
    calendars: Calendars,
    now: Zoned,
}

impl Clocks {
    fn of(cache: &Cache, workplace: &Workplace, context: &Context) -> Result<Self, CliError> {
        let owners = writing::owners(cache)?;
        Ok(Self {
            people: Somebody::active(&owners),
            calendars: workplace.setup.calendars(&owners),
            now: context.now().to_zoned(workplace.setup.settings.zone()),
        })
    }

    /// That of a handoff; `None` once it is accepted.
    fn clock(&self, card: &HandoffCard) -> Option<Clock> {
        card.clock(card.works(&self.people, &self.calendars), &self.now)
    }

    /// By when it is to be answered.
    fn answer_by(&self, card: &HandoffCard) -> String {
        match card.answers_here(self.now.time_zone()) {
            Some((day, Some(at))) => day.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string(),
            Some((day, None)) => day.to_string(),
            None => String::new(),
        }
    }
}

/// A handoff with its clock, for programs.
fn shaped(card: &HandoffCard, clocks: &Clocks) -> Shape {
    const NOT_OPEN: &str = "it was accepted: nobody waits for it";
    let clock = clocks.clock(card);
    let unknown = if clock.is_some() {
        "the note names no day"
    } else {
        NOT_OPEN
    };
    shape::handoff_shape(card)
        .maybe(
            "business_minutes_waited",
            clock.map(|clock| clock.waited),
            NOT_OPEN,
        )
        .maybe(
            "business_minutes_left",
            clock.and_then(|clock| clock.left),
            unknown,
        )
}

fn row(card: &HandoffCard, clocks: &Clocks) -> Vec<String> {
    let clock = clocks.clock(card);
    let waits = |clock: &Clock| match clock.waited {
        0 => clock.waits(),
        _ => format!("waits {}", clock.waits()),
    };
    let who = |name: &Option<String>, role: &str| {
        let role = words::role(role);
        name.as_ref()
            .map_or(role.clone(), |name| format!("{name}, {role}"))
    };
    vec![
        card.handoff.clone(),
        match &card.for_whom {
            Some(whom) => format!("me, for {whom}"),
            None if card.for_me => "me".to_owned(),
            None => String::new(),
        },
        words::handoff(card.state).to_owned(),
        card.account_name.clone(),
        who(&card.from, &card.from_role),
        who(&card.to, &card.to_role),
        clocks.answer_by(card),
        clock
            .map(|clock| clock.told().unwrap_or_else(|| waits(&clock)))
            .unwrap_or_default(),
    ]
}

/// Shows one handoff with all that was said, the oldest first.
pub fn show(id: &str, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace_to_answer()?;
    let (cache, ledger) = (workplace.cache()?, workplace.ledger()?);
    let clocks = Clocks::of(&cache, &workplace, context)?;
    let card = engine::handoff(&cache, &ledger, &workplace.setup, id.trim(), context.now())
        .map_err(|error| CliError::of_engine("the handoffs cannot be read", &error))?
        .ok_or_else(|| {
            CliError::usage(format!("no handoff has the id `{}`", id.trim()))
                .hint("`retain handoff list` names those that are open or were accepted lately")
        })?;
    let beside = engine::beside(
        &cache,
        &ledger,
        &workplace.setup,
        (&card.account, std::slice::from_ref(&card)),
        context.now(),
    )
    .map_err(|error| CliError::of_engine("the account cannot be read", &error))?;
    let beside = beside.get(&card.handoff);
    if !context.output.is_text() {
        let answer = shaped(&card, &clocks).maybe(
            "beside",
            beside.map(then_and_now),
            "it is not accepted, or the account is not here any more",
        );
        return context.output.values(&answer.done(), Plain::Values);
    }
    let [_, _, state, account, from, to, by, clock] = row(&card, &clocks).try_into().unwrap_or_default();
    context
        .output
        .text(&format!("{} of {account}: {state}", card.handoff))?;
    context.output.text(&format!("from {from} to {to}"))?;
    if !by.is_empty() && !clock.is_empty() {
        context.output.text(&format!("answer by {by}: {clock}"))?;
    }
    if let Some(gate) = &card.gate {
        context.output.text(&format!("the gate was {gate}"))?;
    }
    for told in &card.told {
        context.output.text(&format!("! {told}"))?;
    }
    for (what, words) in beside.map(Beside::lines).unwrap_or_default() {
        context.output.text(&format!("{what}: {words}"))?;
    }
    let zone = workplace.setup.settings.zone();
    for event in &card.events {
        let when = event
            .when
            .to_zoned(zone.clone())
            .strftime("%Y-%m-%d %H:%M")
            .to_string();
        let who = event.by.as_deref().unwrap_or("somebody");
        let did = words::handoff(event.state);
        context
            .output
            .text(&format!("\n{}. {when} {who} {did} it", event.number))?;
        for line in event.told().lines() {
            context.output.text(&format!("   {line}"))?;
        }
    }
    Ok(())
}

/// How an account stood when a handoff of it was accepted, beside how it stands now.
fn then_and_now(beside: &Beside) -> Value {
    let health = |stood: Option<(u8, Band)>| {
        let untold = "it cannot be told, or too little is fresh";
        Shape::default()
            .maybe("score", stood.map(|(score, _)| score), untold)
            .maybe("band", stood.map(|(_, band)| band.word()), untold)
            .done()
    };
    let unread = "the key may not read tickets";
    let tickets = beside.tickets.as_ref();
    Shape::default()
        .with("accepted", beside.accepted)
        .with("then", health(beside.then))
        .with("now", health(beside.now))
        .maybe("tickets_then", tickets.map(TicketsBeside::then), unread)
        .maybe("tickets_now", tickets.map(TicketsBeside::now), unread)
        .maybe("still_open", tickets.map(|one| &one.still), unread)
        .maybe("closed_since", tickets.map(|one| &one.closed), unread)
        .maybe("opened_since", tickets.map(|one| &one.opened), unread)
        .maybe("came_and_went", tickets.map(|one| one.came_and_went), unread)
        .done()
}

/// The handoff with this id, of those that are listed.
pub fn find<'a>(desk: &'a Desk, id: &str) -> Result<&'a HandoffCard, CliError> {
    let id = id.trim();
    let mut cards = desk.handoffs.iter();
    cards
        .find(|card| card.handoff.eq_ignore_ascii_case(id))
        .ok_or_else(|| {
            CliError::usage(format!("no open handoff has the id `{id}`"))
                .hint("`retain handoff list` names those that are open or were accepted lately")
        })
}
