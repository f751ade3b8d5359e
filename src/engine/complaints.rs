//! Complaints that go to the lead too, among the lead's steps: they follow from what is open, so that the lead sees one although
//! nobody has handed it over. Nothing is written for that.

use crate::domain::desk::{DueItem, DueKind};
use crate::domain::handoff::Asks;
use crate::domain::record::{Kind, RecordId};
use crate::domain::routing::Question;
use crate::domain::words;
use crate::store::{Cache, Ledger};

use super::EngineError;
use super::handoffs::Found;
use super::route;
use super::world::World;

/// The open complaints that go to me as the lead, but for those that I was told of when they were handed over.
pub fn of_lead(
    cache: &Cache,
    ledger: &Ledger,
    world: &World<'_>,
    found: &Found,
) -> Result<Vec<DueItem>, EngineError> {
    let mut items = Vec::new();
    for question in route::complaints(cache, ledger, world)? {
        if let Some(account) = question.account.as_ref().map(|account| account.id.clone())
            && !is_told(cache, world, (&account, &question), found)?
        {
            items.push(item(world, account, &question));
        }
    }
    Ok(items)
}

/// Whether the lead knows of it by its handoff: a task says so, or they handed it over or received it themselves.
fn is_told(
    cache: &Cache,
    world: &World<'_>,
    (account, question): (&RecordId, &Question),
    found: &Found,
) -> Result<bool, EngineError> {
    let handoffs = found.of_question(question.kind, &question.id);
    let mine = world.reader().name;
    let is_me = |name: &Option<String>| {
        let name = name.as_deref().map(str::trim);
        name.zip(mine)
            .is_some_and(|(name, mine)| name.eq_ignore_ascii_case(mine))
    };
    if handoffs
        .iter()
        .any(|event| is_me(&event.from) || is_me(&event.to))
    {
        return Ok(true);
    }
    if handoffs.is_empty() {
        return Ok(false);
    }
    let tasks = world.shown(cache).linked((Kind::Account, account), Kind::Task)?;
    let mut tasks = tasks.iter().filter(|task| !task.archived);
    Ok(tasks.any(|task| {
        let of_handoff = found.tasks.of(task);
        let tells = |handoff: &str| {
            of_handoff
                .as_ref()
                .is_some_and(|task| task.is(Asks::Lead, handoff))
        };
        handoffs.iter().any(|event| tells(&event.handoff))
    }))
}

/// A complaint as something that is due for the lead: when it is to be answered; where that is unknown, where business days
/// would put it.
fn item(world: &World<'_>, account: RecordId, question: &Question) -> DueItem {
    let local = |at: jiff::Timestamp| at.to_zoned(world.zone.clone()).datetime();
    let asked = local(question.asked);
    let by = local(question.stands_at);
    let unknown = if question.answer_by.is_none() {
        ", by when to answer is not known"
    } else {
        ""
    };
    let asking = question.account.as_ref();
    let currency = world.setup.settings.organisation.reporting_currency;
    // It is read on other days too: a day stands in it as a date.
    let since = words::calendar_day(world.today, asked.date());
    let facts = format!(
        "{}, open since {since} {}, ARR {}{unknown}",
        question.who_has_it(),
        asked.strftime("%H:%M"),
        asking.map_or_else(|| "?".to_owned(), |asking| asking.arr_in_words(currency)),
    );
    DueItem {
        kind: DueKind::Complaint,
        record: question.id.clone(),
        title: format!("Complaint: {}", question.subject),
        account: Some(account),
        account_name: asking.map(|asking| asking.name.clone()).unwrap_or_default(),
        due: Some(by.date()),
        at: Some(by.time()),
        body: format!("{facts}\n{}", question.text),
        owner: None,
        pending: None,
        step: None,
        task: None,
        of_handoff: None,
    }
}
