//! Standups for programs.

use serde_json::Value;

use crate::cli::freshness::Freshness;
use crate::cli::shape::{self, Shape};
use crate::domain::countdown::Countdown;
use crate::domain::money::Currency;
use crate::domain::standup::{Change, Decision, Held, Item, Order, Promise, Standing};
use crate::engine::standup::Review;

/// Why nobody is named.
const NOBODY: &str = "nobody was named";
/// Why there is no day.
const NO_DAY: &str = "no day was named";

/// What a standup would go over.
pub fn review(
    review: &Review,
    order: Order,
    (under_way, freshness, currency): (Option<&Held>, &Freshness, Currency),
) -> Value {
    let agenda = &review.agenda;
    let tally = agenda.tally();
    let items: Vec<Value> = agenda.items.iter().map(|one| item(one, currency)).collect();
    let beside: Vec<Value> = agenda.beside.iter().map(promise).collect();
    let promises = Shape::default()
        .with("kept", tally.kept)
        .with("not_kept", tally.not_kept)
        .with("no_record", tally.no_record)
        .with("still_ahead", tally.ahead);
    Shape::default()
        .with("data", freshness.json())
        .with("scope", &agenda.scope.key)
        .with("title", &agenda.scope.title)
        .with("changes_since", agenda.since)
        .with("first", agenda.first)
        .with("order", order)
        .with("accounts", agenda.accounts)
        .with("worse", tally.worse)
        .with("better", tally.better)
        .with("promise_counts", promises.done())
        .with("agenda", items)
        .with("promised_on_accounts_gone", beside)
        .maybe(
            "under_way",
            under_way.map(|held| &held.id),
            "no standup of the scope is under way",
        )
        .done()
}

fn item(item: &Item, currency: Currency) -> Value {
    let line = &item.line;
    let countdown = Countdown::of(line);
    let words = item.changes.iter().map(|change| change.words.as_str());
    let words = words.collect::<Vec<_>>().join("; ");
    Shape::default()
        .with("account", &line.id)
        .with("name", &line.name)
        .maybe("csm_name", line.csm_name.as_ref(), "the account has no CSM")
        .score(
            line.score,
            crate::domain::words::Health::of(line.band, line.last_band, line.score).score,
        )
        .band(line.band)
        .maybe(
            "at_stake",
            shape::money(line.at_stake, currency),
            "what is in force, a value, an end, a rate or the score is unknown",
        )
        .maybe(
            "notice_by",
            countdown.notice_by,
            "no renewal with a notice date, or contracts cannot be read",
        )
        .maybe(
            "ends",
            countdown.ends,
            "no contract with an end, or contracts cannot be read",
        )
        .with("churned", line.has_churned())
        .with("tone", item.tone())
        .with("words", words)
        .with("changes", item.changes.iter().map(change).collect::<Vec<_>>())
        .with("promises", item.promises.iter().map(promise).collect::<Vec<_>>())
        .done()
}

fn change(change: &Change) -> Value {
    Shape::default()
        .with("what", change.what)
        .with("tone", change.what.tone())
        .with("words", &change.words)
        .maybe("at", change.at, "it came with the days")
        .done()
}

fn promise(promise: &Promise) -> Value {
    let (why, said_by) = match &promise.standing {
        Standing::Kept { by } => (None, by.as_ref()),
        Standing::NotKept { why, by } => (Some(why), Some(by)),
        Standing::NoRecord | Standing::Ahead => (None, None),
    };
    Shape::default()
        .with("decision", &promise.decision)
        .with("standup", &promise.standup)
        .with("account", &promise.account)
        .with("name", &promise.name)
        .maybe("who", promise.who.as_ref(), NOBODY)
        .with("what", &promise.what)
        .maybe("due", promise.by, NO_DAY)
        .with("standing", promise.standing.word())
        .maybe("not_kept_why", why, "nobody said why it was not kept")
        .maybe("said_by", said_by, "nobody said it: its task tells, or its day")
        .done()
}

/// A standup that was held, or is being held.
pub fn held(held: &Held) -> Value {
    let line = |line: &crate::domain::standup::Line| line.account.clone();
    let first = held.first_decision().map(|first| first.as_secs());
    Shape::default()
        .with("standup", &held.id)
        .with("scope", &held.begun.scope)
        .with("title", &held.begun.title)
        .with("held_by", &held.begun.by)
        .with("begun_at", held.at)
        .with("changes_since", held.begun.since)
        .with("first", held.begun.first)
        .with("minutes_planned", held.begun.minutes)
        .with("seconds_talked", held.spent().as_secs())
        .maybe("seconds_to_first_decision", first, "nothing was decided yet")
        .with(
            "on_agenda",
            held.begun.agenda.iter().map(line).collect::<Vec<_>>(),
        )
        .with("discussed", held.discussed())
        .with(
            "not_discussed",
            held.not_discussed().map(line).collect::<Vec<_>>(),
        )
        .with(
            "decisions",
            held.decisions.iter().map(decision).collect::<Vec<_>>(),
        )
        .maybe(
            "ended_at",
            held.ended.as_ref().map(|(at, _)| at),
            "it is under way, or was cut off: it goes on where it was",
        )
        .done()
}

fn decision(decision: &Decision) -> Value {
    Shape::default()
        .with("decision", &decision.id)
        .with("account", &decision.account)
        .with("name", &decision.name)
        .with("decided", decision.kind)
        .maybe("who", decision.who.as_ref(), NOBODY)
        .with("what", &decision.words)
        .maybe("due", decision.by, NO_DAY)
        .with("decided_at", decision.at)
        .with("is_task", decision.act.is_some())
        .done()
}
