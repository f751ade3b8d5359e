//! One account with everything around it, as people read it on the command line.

use jiff::civil::Date;

use crate::app::account::Part;
use crate::config::Setup;
use crate::domain::account_view::{AccountView, ContractLine, MeasureLine, Person, TicketLine};
use crate::domain::countdown::Countdown;
use crate::domain::desk::Warning;
use crate::domain::summary::Band;
use crate::domain::words;

use super::followed;
use crate::cli::context::Context;
use crate::cli::output::{Column, Output};
use crate::cli::shape;

/// The page: who they are and what is at stake, why, what changed, who is there, what is open and due.
pub fn page(view: &AccountView, setup: &Setup, context: &Context) -> Vec<String> {
    let local = setup.settings.local(context.now());
    let today = local.date();
    let mut page = Page {
        lines: head(view, setup, today),
        output: context.output,
    };
    let unread = |part: Part| view.unread.why(part.kinds());
    page.list("Why", MEASURE, &view.why.measures, measure);
    page.list("Warnings", WORDS, &view.warnings, |warning| {
        let since = words::calendar_day(today, warning.since);
        vec![
            words::warning_sign(Some(warning)).to_owned(),
            format!(
                "{}, since {since}{}  [{}]",
                warning.reason,
                said(warning, today),
                warning.signal
            ),
        ]
    });
    page.list("Due", WORDS, &view.next, |item| {
        let waiting = item.waiting().map(|waiting| format!(", {waiting}"));
        vec![
            words::due_at(local, item),
            format!("{}{}", item.title, waiting.unwrap_or_default()),
        ]
    });
    page.unknown("Due", unread(Part::Next));
    page.list("People", WORDS, &view.people, |person| {
        self::person(person, today)
    });
    page.unknown("People", unread(Part::People));
    let is_open = |ticket: &&TicketLine| ticket.closed.is_none();
    let open: Vec<_> = view.tickets.iter().filter(is_open).collect();
    page.list("Open tickets", WORDS, &open, |ticket| {
        let opened = words::calendar_day(today, setup.settings.day_of(ticket.opened));
        let priority = ticket.priority.as_deref().unwrap_or("no priority");
        vec![
            ticket.id.to_string(),
            format!("{}, {priority}, since {opened}", ticket.subject),
        ]
    });
    page.unknown("Open tickets", unread(Part::Tickets));
    page.list("What follows it", WORDS, &view.followed, |one| {
        followed::row(one, setup, today)
    });
    page.list("Handoffs", WORDS, &view.handoffs, |card| {
        let roles = format!(
            "{} → {}",
            words::role(&card.from_role),
            words::role(&card.to_role)
        );
        vec![roles, card.stands()]
    });
    page.unknown("Handoffs", unread(Part::Handoffs));
    page.list("Contracts", CONTRACT, &view.contracts, |line| {
        contract(line, today)
    });
    page.unknown("Contracts", unread(Part::Contract));
    page.list("Goals", WORDS, &view.goals, |goal| {
        let beside = goal.before_and_after(today).map(|beside| format!("; {beside}"));
        vec![
            goal.state(today).word().to_owned(),
            format!("{}{}", goal.words(today), beside.unwrap_or_default()),
        ]
    });
    page.list("Lately", WORDS, &view.timeline, |line| {
        let who = match line.who.as_str() {
            "" => String::new(),
            who => format!("  ({who})"),
        };
        let day = setup.settings.day_of(line.when);
        vec![words::short_day(today, day), format!("{}{who}", line.words)]
    });
    page.unknown("Lately", unread(Part::Timeline));
    page.lines
}

/// Where a warning stands, when anything was said of it.
pub fn said(warning: &Warning, today: Date) -> String {
    let said = warning.line.said(today);
    said.map_or_else(String::new, |said| format!(", {said}"))
}

/// What it is called, and the rest in words.
const WORDS: &[Column] = &[Column::words(""), Column::sentences("")];
/// A measure, its points, its part of the change, what was observed.
const MEASURE: &[Column] = &[
    Column::words(""),
    Column::number(""),
    Column::number(""),
    Column::sentences(""),
];
/// A contract, its annual value, and the rest in words.
const CONTRACT: &[Column] = &[Column::words(""), Column::number(""), Column::sentences("")];

struct Page {
    lines: Vec<String>,
    output: Output,
}

impl Page {
    /// Says below a list, or in its place, why not all of it is known.
    fn unknown(&mut self, title: &str, why: Option<String>) {
        let Some(why) = why else { return };
        if !self.lines.iter().any(|line| line == title) {
            self.lines.push(String::new());
            self.lines.push(title.to_owned());
        }
        let row = vec!["?".to_owned(), format!("unknown: {why}")];
        self.lines.extend(self.output.rows(WORDS, &[row]));
    }

    /// A list under its title.
    fn list<T>(&mut self, title: &str, columns: &[Column], items: &[T], fields: impl Fn(&T) -> Vec<String>) {
        if items.is_empty() {
            return;
        }
        self.lines.push(String::new());
        self.lines.push(title.to_owned());
        let rows: Vec<Vec<String>> = items.iter().map(fields).collect();
        self.lines.extend(self.output.rows(columns, &rows));
    }
}

fn head(view: &AccountView, setup: &Setup, today: Date) -> Vec<String> {
    let line = &view.summary;
    let currency = shape::currency(setup);
    let at_least = if line.arr_at_least { "at least " } else { "" };
    let exact = |minor| shape::money(minor, currency).map_or("unknown".to_owned(), words::exact);
    let since = view.why.band_since.filter(|_| line.band != Band::Unknown);
    let since = since.map_or_else(String::new, |since| {
        format!(", {} {}", line.band.word(), since.words(today))
    });
    let base = view.why.base_score.filter(|_| line.band != Band::Unknown);
    let counted = base.map_or_else(String::new, |base| {
        let day = words::calendar_day(today, view.why.base_day);
        format!(", changes count from {base} on {day}")
    });
    let day = |day: Option<Date>| day.map_or("unknown".to_owned(), |day| words::calendar_day(today, day));
    let at_stake = match line.at_stake {
        _ if line.has_churned() => String::new(),
        Some(_) => format!(" · at stake {} (an assumption)", exact(line.at_stake)),
        None => " · at stake unknown".to_owned(),
    };
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
            "health {}{since}, {} % of the model has fresh data{counted}",
            words::Health::of(line.band, line.last_band, line.score).words(),
            view.why.coverage
        ),
        format!("ARR {at_least}{}{at_stake}", exact(line.arr)),
        match line.notice_by {
            // Nothing of theirs runs on to a renewal.
            _ if line.has_churned() => match view.left_on {
                Some(left) => format!("it left on {}", words::calendar_day(today, left)),
                None => "it has left; the CRM does not say when".to_owned(),
            },
            Some(notice) if notice < today => {
                format!("{} ({})", Countdown::of(line).words(today), day(line.ends))
            }
            notice => format!("notice by {} · ends {}", day(notice), day(line.ends)),
        },
        facts.join(" · "),
    ]
}

fn measure(line: &MeasureLine) -> Vec<String> {
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
    vec![line.id.clone(), points, change, line.words.clone()]
}

fn person(person: &Person, today: Date) -> Vec<String> {
    let left = match (person.left, person.left_on) {
        (false, _) => None,
        (true, Some(day)) => Some(format!("left {}", words::calendar_day(today, day))),
        (true, None) => Some("left".to_owned()),
    };
    let touch = match (person.left, person.last_touch) {
        (true, _) => None,
        (false, Some(day)) => Some(format!("last touch {}", words::ago(today, day))),
        (false, None) => Some("last touch ?".to_owned()),
    };
    let facts = [&person.role, &person.title, &person.email, &left, &touch];
    let facts: Vec<&str> = facts.into_iter().flatten().map(String::as_str).collect();
    vec![person.name.clone(), facts.join(", ")]
}

fn contract(line: &ContractLine, today: Date) -> Vec<String> {
    let arr = line.arr.map_or("value ?".to_owned(), words::exact);
    // Where the CRM does not say when contracts end, this one may have an end.
    let endless = match line.state.as_str() {
        "unknown" => "end unknown",
        _ => "no end date",
    };
    let end = line.end.map_or(endless.to_owned(), |end| {
        format!("ends {}", words::calendar_day(today, end))
    });
    let renews = match (line.monthly, line.auto_renew) {
        (Some(true), _) => ", monthly",
        (_, Some(true)) => ", renews by itself",
        _ => "",
    };
    vec![line.name.clone(), arr, format!("{end}{renews}, {}", line.state)]
}

#[cfg(test)]
#[test]
fn of_who_left_the_head_says_so_and_nothing_counts_down() {
    let mut view = crate::app::play::account();
    view.summary.worst = crate::domain::summary::CHURNED;
    view.left_on = Some(jiff::civil::date(2026, 7, 4));
    let told = |view: &AccountView| head(view, &Setup::default(), jiff::civil::date(2026, 11, 23)).join("\n");
    let left = told(&view);
    assert!(left.contains("it left on 4 Jul"), "{left}");
    for word in ["notice", "ends ", "at stake"] {
        assert!(!left.contains(word), "{left}");
    }
    view.left_on = None;
    assert!(told(&view).contains("it has left; the CRM does not say when"));
}
