//! `retain brief`: one page to read before a call.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::config::Setup;
use crate::domain::account_view::{AccountView, ContractLine, MeasureLine, Person};
use crate::domain::desk::HandoffState;
use crate::domain::words;

use super::CliError;
use super::account;
use super::accounts::symbol;
use super::context::Context;
use super::shape;

/// Lines of each list on the page.
const FEW: usize = 5;

/// Print one page about an account, to read before a call
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Its id, or its name or a part of it
    #[arg(required = true)]
    account: Vec<String>,
}

/// Prints the page.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace()?;
    let view = account::find(&workplace, &args.account.join(" "), context)?;
    if context.output.is_json() {
        return context.output.json(&account::json(&view, &workplace));
    }
    let lines = page(&view, &workplace.setup, context.now(), FEW);
    context.output.text(&lines.join("\n"))
}

/// The page: who they are and what is at stake, why, what changed, who is there, what is open and due.
/// Each list has at most `most` lines.
pub fn page(view: &AccountView, setup: &Setup, now: Timestamp, most: usize) -> Vec<String> {
    let today = setup.settings.day_of(now);
    let mut page = Page {
        lines: head(view, setup, today),
        most,
    };
    page.list("Why", &view.why.measures, usize::MAX, measure);
    page.list("Warnings", &view.warnings, most, |warning| {
        let since = words::short_day(today, warning.since);
        format!("{}, since {since}", warning.reason)
    });
    page.list("Due", &view.next, most, |item| {
        format!("{:<10} {}", words::due(today, item), item.title)
    });
    page.list("People", &view.people, most, |person| self::person(person, today));
    let open: Vec<_> = view
        .tickets
        .iter()
        .filter(|ticket| ticket.closed.is_none())
        .collect();
    page.list("Open tickets", &open, most, |ticket| {
        let opened = words::short_day(today, setup.settings.day_of(ticket.opened));
        let priority = ticket.priority.as_deref().unwrap_or("no priority");
        format!("{} {}, {priority}, since {opened}", ticket.id, ticket.subject)
    });
    page.list("Handoffs", &view.handoffs, most, |card| {
        let text = card.text.replace('\n', " ");
        format!(
            "{} → {}, {}: {text}",
            card.from_role,
            card.to_role,
            state(card.state)
        )
    });
    page.list("Contracts", &view.contracts, most, |line| contract(line, today));
    page.list("Lately", &view.timeline, most * 2, |line| {
        let who = if line.who.is_empty() {
            String::new()
        } else {
            format!("  ({})", line.who)
        };
        format!(
            "{:<9} {}{who}",
            words::short_day(today, setup.settings.day_of(line.when)),
            line.words
        )
    });
    page.lines
}

/// The state of a handoff in a word.
fn state(state: HandoffState) -> &'static str {
    match state {
        HandoffState::Sent => "sent",
        HandoffState::Returned => "returned",
        HandoffState::Answered => "answered",
        HandoffState::Accepted => "accepted",
    }
}

struct Page {
    lines: Vec<String>,
    most: usize,
}

impl Page {
    fn list<T>(&mut self, title: &str, items: &[T], most: usize, line: impl Fn(&T) -> String) {
        if items.is_empty() {
            return;
        }
        self.lines.push(String::new());
        self.lines.push(title.to_owned());
        self.lines
            .extend(items.iter().take(most).map(|item| format!("  {}", line(item))));
        if items.len() > most && self.most != usize::MAX {
            self.lines.push(format!("  and {} more", items.len() - most));
        }
    }
}

fn head(view: &AccountView, setup: &Setup, today: Date) -> Vec<String> {
    let line = &view.summary;
    let currency = shape::currency(setup);
    let at_least = if line.arr_at_least { "at least " } else { "" };
    let exact = |minor| shape::money(minor, currency).map_or("unknown".to_owned(), words::exact);
    let score = line.score.map_or("unknown".to_owned(), |score| score.to_string());
    let was = view
        .why
        .base_score
        .map(|base| format!(" (was {base} on {})", words::short_day(today, view.why.base_day)))
        .unwrap_or_default();
    let day = |day: Option<Date>| day.map_or("unknown".to_owned(), |day| words::short_day(today, day));
    let facts: Vec<&str> = [
        &line.segment,
        &line.stage,
        &line.csm_name,
        &view.parent,
        &view.entitlement,
    ]
    .into_iter()
    .flatten()
    .map(String::as_str)
    .collect();
    vec![
        format!(
            "{}{}",
            line.name,
            line.domain
                .as_ref()
                .map(|domain| format!("  {domain}"))
                .unwrap_or_default()
        ),
        format!(
            "{} health {score}{was}, {} % of the model has data",
            symbol(line.band),
            view.why.coverage
        ),
        format!(
            "ARR {at_least}{}   at stake {} (an assumption)   notice by {}   ends {}",
            exact(line.arr),
            exact(line.at_stake),
            day(line.notice_by),
            day(line.ends),
        ),
        facts.join(" · "),
    ]
}

fn measure(line: &MeasureLine) -> String {
    let change = line.change_tenths.map_or("?".to_owned(), |tenths| {
        let sign = match tenths {
            t if t < 0 => "−",
            t if t > 0 => "+",
            _ => "",
        };
        format!("{sign}{}.{}", tenths.abs() / 10, tenths.abs() % 10)
    });
    let points = line
        .points
        .map_or("?".to_owned(), |points| format!("{points:.0}"));
    format!("{:<10} {points:>4} {change:>6}  {}", line.id, line.words)
}

fn person(person: &Person, today: Date) -> String {
    let facts = [&person.role, &person.title]
        .into_iter()
        .flatten()
        .map(String::as_str);
    let left = match (person.left, person.left_on) {
        (false, _) => None,
        (true, Some(day)) => Some(format!("left {}", words::short_day(today, day))),
        (true, None) => Some("left".to_owned()),
    };
    let facts: Vec<&str> = facts.chain(left.as_deref()).collect();
    format!("{:<24} {}", person.name, facts.join(", "))
}

fn contract(line: &ContractLine, today: Date) -> String {
    let arr = line.arr.map_or("value unknown".to_owned(), words::exact);
    let end = line.end.map_or("no end date".to_owned(), |end| {
        format!("ends {}", words::short_day(today, end))
    });
    let renews = match (line.monthly, line.auto_renew) {
        (true, _) => ", monthly",
        (_, Some(true)) => ", renews by itself",
        _ => "",
    };
    format!("{:<24} {arr}, {end}{renews}, {}", line.name, line.state)
}
