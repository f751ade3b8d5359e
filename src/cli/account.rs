//! `retain account`: one account with everything around it.

mod followed;
mod page;

pub use followed::row as followed;
pub use page::said;

use serde_json::{Value, json};

use crate::app::account::Part;
use crate::config::Setup;
use crate::domain::account_view::{
    self, AccountView, BandSince, ChartPoint, ContractLine, FEWEST_OF_SEGMENT, Fix, MeasureLine, Person,
    TicketLine,
};
use crate::domain::health::ledger::Cause;
use crate::domain::summary::Summary;
use crate::domain::words::Health;
use crate::engine;
use crate::runtime::connection;
use crate::store::Cache;

use super::CliError;
use super::brief::ask;
use super::context::{Context, Workplace};
use super::freshness::Freshness;
use super::goal;
use super::output::Plain;
use super::shape::{self, NOT_SET, NOT_THEN, NOTHING_OBSERVED, Shape};

/// So many accounts are named when a name means several.
const CANDIDATES: usize = 10;

/// Show one account with everything around it
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Its id, or its name or a part of it
    #[arg(required = true)]
    account: Vec<String>,
}

/// Prints the account.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    print(&args.account, context, page::page)
}

/// Prints the account that these words mean, for people as this page.
pub fn print(
    words: &[String],
    context: &Context,
    page: impl Fn(&AccountView, &Setup, &Context) -> Vec<String>,
) -> Result<(), CliError> {
    let workplace = context.workplace_to_answer()?;
    let cache = workplace.cache()?;
    let view = find(&workplace, &cache, &words.join(" "), context)?;
    let view = context.masked(view, &workplace);
    let freshness = Freshness::of(&cache, &workplace, context.now())?;
    if !context.output.is_text() {
        let answer = answer(&view, &freshness, &workplace, context);
        return context.output.values(&answer, Plain::Values);
    }
    let page = page(&view, &workplace.setup, context);
    context.output.text(&page.join("\n"))?;
    let zone = workplace.setup.settings.zone();
    context
        .output
        .aside(&format!("\n{}", freshness.words(context.now(), &zone)))
}

/// The one account that a text means, with everything around it.
pub fn find(
    workplace: &Workplace,
    cache: &Cache,
    text: &str,
    context: &Context,
) -> Result<AccountView, CliError> {
    let ledger = workplace.ledger()?;
    let found = engine::find_account(cache, &ledger, text).map_err(|error| failed(&error))?;
    if found.len() > 1 {
        // The answer would name them.
        context.refuse_redacted("which accounts these words mean")?;
    }
    let line = only(&found, text)?;
    let view = engine::account_view(cache, &ledger, &workplace.setup, &line.id, context.now());
    let mut view = view.map_err(|error| failed(&error))?.ok_or_else(|| {
        CliError::failed(format!("the account {} is gone", line.id))
            .hint("`retain sync` brings the list up to date")
    })?;
    view.link = connection::account_link(cache, &line.id)?;
    Ok(view)
}

fn failed(error: &engine::EngineError) -> CliError {
    CliError::of_engine("the account cannot be read", error)
}

/// None and several are the same mistake of the command line, and end with the same code.
pub(super) fn only<'a>(found: &'a [Summary], text: &str) -> Result<&'a Summary, CliError> {
    match found {
        [] if text.trim().is_empty() => Err(CliError::usage("which account is not said: the text is empty")
            .hint("give its name, a part of it, or its id; `retain accounts` lists them")),
        [] => {
            let is_number = text.trim().bytes().all(|byte| byte.is_ascii_digit());
            let what = if is_number { "has the id" } else { "is called" };
            Err(CliError::usage(format!("no account {what} `{}`", text.trim()))
                .hint("`retain accounts WORD` lists those that have a word in their name; each has its id in front"))
        }
        [one] => Ok(one),
        several => {
            let names = several.iter().take(CANDIDATES);
            let names = names.map(|line| format!("{} ({})", line.name, line.id));
            let mut error = CliError::usage(format!("`{}` means several accounts", text.trim()))
                .hint("say more of the name, or give the id");
            error.details = names.collect();
            if several.len() > CANDIDATES {
                error.details.push("and others".to_owned());
            }
            Err(error)
        }
    }
}

/// The account as JSON.
fn answer(view: &AccountView, freshness: &Freshness, workplace: &Workplace, context: &Context) -> Value {
    let local = workplace.setup.settings.local(context.now());
    let today = local.date();
    let currency = shape::currency(&workplace.setup);
    let no_median = match view.too_few {
        Some(scored) => {
            format!("{scored} accounts of the segment have a score, a median needs {FEWEST_OF_SEGMENT}")
        }
        None => "no median of the segment was kept then".to_owned(),
    };
    let unread = |part: Part| view.unread.why(part.kinds());
    Shape::default()
        .with("data", freshness.json())
        .with("account", shape::account(&view.summary, currency))
        .maybe(
            "link",
            view.link.as_ref(),
            "the CRM's web address is not known before the first sync",
        )
        .maybe("commercial_owner", view.commercial_owner.as_ref(), NOT_SET)
        .maybe(
            "parent",
            view.parent.as_ref(),
            "the CRM has none, or it is not in the cache",
        )
        .maybe("entitlement", view.entitlement.as_ref(), NOT_SET)
        .with("why", why(view))
        .with("metrics", &view.metrics)
        .with("warnings", each(&view.warnings, shape::warning))
        .with("fixes", each(&view.fixes, fix))
        .known_list(
            "next",
            each(&view.next, |item| shape::due(item, local)),
            unread(Part::Next),
        )
        .known_list(
            "contracts",
            each(&view.contracts, contract),
            unread(Part::Contract),
        )
        .with("goals", each(&view.goals, |goal| goal::of_goal(goal, today)))
        .known_list(
            "timeline",
            each(&view.timeline, |line| json!(line)),
            unread(Part::Timeline),
        )
        .known_list("people", each(&view.people, person), unread(Part::People))
        .known_list("tickets", each(&view.tickets, ticket), unread(Part::Tickets))
        .known_list(
            "notes",
            each(&view.notes, |note| json!(note)),
            unread(Part::Notes),
        )
        .known_list(
            "followed",
            each(&view.followed, followed::shape),
            unread(Part::Handoffs),
        )
        .known_list(
            "handoffs",
            each(&view.handoffs, shape::handoff),
            unread(Part::Handoffs),
        )
        .with("ask", ask::questions(view, today))
        .with(
            "chart",
            each(&view.chart, |point| chart_point(*point, &no_median)),
        )
        .done()
}

fn fix(fix: &Fix) -> Value {
    const NONE_FITS: &str = "no playbook that restores the measure fits the account";
    Shape::default()
        .with("measure", &fix.measure)
        .with("tenths", fix.tenths)
        .maybe("playbook", fix.playbook.as_ref(), NONE_FITS)
        .done()
}

fn each<T>(items: &[T], shape: impl Fn(&T) -> Value) -> Vec<Value> {
    items.iter().map(shape).collect()
}

fn why(view: &AccountView) -> Value {
    let (why, line) = (&view.why, &view.summary);
    Shape::default()
        .score(why.score, Health::of(line.band, line.last_band, why.score).score)
        .maybe(
            "band_since",
            why.band_since.and_then(|since| since.day()),
            &no_first_day(view),
        )
        .maybe(
            "band_before",
            why.band_since.and_then(|since| since.before()),
            &match why.band_since {
                Some(BandSince::Day { .. }) => "the account was not there before".to_owned(),
                _ => no_first_day(view),
            },
        )
        .with("base_day", why.base_day)
        .maybe(
            "base_score",
            why.base_score,
            "the score on that day cannot be told",
        )
        .maybe(
            "change_tenths",
            why.tenths.map(|(then, now)| now - then),
            "one of the two scores cannot be told",
        )
        .with("coverage_percent", why.coverage)
        .with("measures", each(&why.measures, measure))
        .done()
}

/// Why it is not told since which day the band is what it is.
fn no_first_day(view: &AccountView) -> String {
    match view.why.band_since {
        Some(BandSince::OverAYear) => "it was so all of the last year".to_owned(),
        Some(BandSince::OrBefore(day)) => {
            format!("it was so on {day} already, and what is kept tells no band before")
        }
        _ if view.summary.has_churned() => "the account has left".to_owned(),
        _ => "the band is unknown".to_owned(),
    }
}

fn person(person: &Person) -> Value {
    Shape::default()
        .with("id", &person.id)
        .with("name", &person.name)
        .maybe("role", person.role.as_ref(), NOT_SET)
        .maybe("title", person.title.as_ref(), "the CRM has none")
        .maybe("email", person.email.as_ref(), "the CRM has none")
        .with("left", person.left)
        .maybe(
            "left_on",
            person.left_on,
            "they have not left, or the CRM does not say when",
        )
        .maybe(
            "last_touch",
            person.last_touch,
            "no touchpoint with them is known",
        )
        .done()
}

fn ticket(ticket: &TicketLine) -> Value {
    Shape::default()
        .with("id", &ticket.id)
        .with("subject", &ticket.subject)
        .maybe("priority", ticket.priority.as_ref(), "the CRM has none")
        .with("opened", ticket.opened)
        .maybe("closed", ticket.closed, "it is open")
        .done()
}

fn chart_point(point: ChartPoint, no_median: &str) -> Value {
    Shape::default()
        .with("day", point.day)
        .maybe("score", point.score, NOT_THEN)
        .maybe("median", point.median, no_median)
        .done()
}

fn measure(line: &MeasureLine) -> Value {
    Shape::default()
        .with("id", &line.id)
        .with("weight", line.weight)
        .maybe("points", line.points, NOTHING_OBSERVED)
        .maybe(
            "change_tenths",
            line.change_tenths,
            "the score then or now is unknown",
        )
        .with("causes", each(&line.causes, |one| cause(*one)))
        .maybe(
            "percentile",
            line.percentile,
            match line.points {
                None => NOTHING_OBSERVED,
                Some(_) => "the segment is too small to compare with",
            },
        )
        .with("words", &line.words)
        .with("freshness", line.freshness)
        .maybe("observed", line.observed, NOTHING_OBSERVED)
        .with("counted", line.freshness != account_view::Freshness::Unknown)
        .done()
}

fn cause((cause, tenths): (Cause, i32)) -> Value {
    Shape::default()
        .with("cause", cause)
        .with("tenths", tenths)
        .done()
}

fn contract(line: &ContractLine) -> Value {
    Shape::default()
        .with("id", &line.id)
        .with("name", &line.name)
        .maybe("arr", line.arr, "the CRM has no value, or one that is no number")
        .maybe("start", line.start, "the CRM has no start date")
        .maybe("end", line.end, "the CRM has no end date")
        .maybe(
            "notice_by",
            line.notice_by,
            "no notice date is set, or no end that it counts from",
        )
        .maybe("auto_renew", line.auto_renew, NOT_SET)
        .maybe("monthly", line.monthly, NOT_SET)
        .with("state", &line.state)
        .done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_no_playbook_brings_points_back_is_said() {
        let told = fix(&Fix {
            measure: "tickets".to_owned(),
            tenths: 84,
            playbook: None,
        });
        assert_eq!(told["playbook"], Value::Null);
        let why = told["playbook_reason"].as_str();
        assert_eq!(
            why,
            Some("no playbook that restores the measure fits the account")
        );
    }

    #[test]
    fn an_empty_text_is_no_id_that_nothing_has() {
        let told = |text: &str| {
            only(&[], text)
                .err()
                .map(|error| error.summary)
                .unwrap_or_default()
        };
        assert_eq!(told(" "), "which account is not said: the text is empty");
        assert_eq!(told("7"), "no account has the id `7`");
        assert_eq!(told("x"), "no account is called `x`");
    }
}
