//! `retain brief`: one page to read before a call, at most 45 lines of 80 columns.

pub mod ask;

use jiff::civil::{Date, DateTime};

use crate::config::Setup;
use crate::domain::account_view::{
    AccountView, Freshness, MeasureLine, Person, TicketLine, TimelineKind, TimelineLine,
};
use crate::domain::countdown::Countdown;
use crate::domain::money::HIDDEN_AMOUNT;
use crate::domain::record::Kind;
use crate::domain::words;

use super::CliError;
use super::account;
use super::account::{followed, said};
use super::context::Context;
use super::output::{Column, Output};
use super::shape;

/// Lines of each list.
const FEW: usize = 4;

/// Print one page about an account, to read before a call
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Its id, or its name or a part of it
    #[arg(required = true)]
    account: Vec<String>,
}

/// Prints the page.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    account::print(&args.account, context, page)
}

/// Who they are, what they pay and until when, why the score is what it is, what is open, whom one meets, what
/// happened and what to ask.
fn page(view: &AccountView, setup: &Setup, context: &Context) -> Vec<String> {
    let local = setup.settings.local(context.now());
    let today = local.date();
    let mut page = Page {
        lines: Vec::new(),
        output: context.output,
    };
    page.lines.push(title(view));
    page.table(LABELLED, who(view, setup, today), usize::MAX);
    page.list("Why", MEASURE, weighty(view).map(measure).collect(), FEW);
    let mut rows = open(view, setup, local);
    // In front, since what comes after the first lines is left out.
    let hidden = [Kind::Task, Kind::Note, Kind::Ticket];
    rows.splice(0..0, unknown(view, &hidden));
    page.list("Open", LABELLED, rows, 2 * FEW);
    let mut people: Vec<&Person> = view.people.iter().collect();
    people.sort_by_key(|person| (person.left, person.role.is_none()));
    let people = people.into_iter().map(|one| person(one, today));
    page.pairs("People", people.collect(), FEW);
    if let Some(row) = unknown(view, &[Kind::Contact]) {
        if view.people.is_empty() {
            page.title("People", 0, FEW);
        }
        page.table(LABELLED, vec![row], 1);
    }
    page.list("Lately", LABELLED, lately(view, setup, today), FEW);
    let questions = ask::questions(view, today).into_iter();
    let questions = questions.map(|question| vec!["-".to_owned(), question]);
    page.list("Ask", LABELLED, questions.collect(), FEW);
    page.lines
}

/// Why not everything is known of these kinds.
fn unknown(view: &AccountView, kinds: &[Kind]) -> Option<Vec<String>> {
    let why = view.unread.why(kinds)?;
    Some(vec!["?".to_owned(), format!("unknown: {why}")])
}

/// A label, and a sentence that is cut where the terminal ends: the page stays one page.
const LABELLED: &[Column] = &[Column::words(""), Column::names("")];
/// A measure, its part of the change, what was observed.
const MEASURE: &[Column] = &[Column::words(""), Column::number(""), Column::names("")];

struct Page {
    lines: Vec<String>,
    output: Output,
}

impl Page {
    /// A list below its title; how many are left out stands in the title.
    fn list(&mut self, title: &str, columns: &[Column], rows: Vec<Vec<String>>, most: usize) {
        if rows.is_empty() {
            return;
        }
        self.title(title, rows.len(), most);
        self.table(columns, rows, most);
    }

    /// The same where each item takes two lines.
    fn pairs(&mut self, title: &str, items: Vec<[Vec<String>; 2]>, most: usize) {
        if items.is_empty() {
            return;
        }
        self.title(title, items.len(), most);
        let rows = items.into_iter().take(most).flatten().collect();
        self.table(LABELLED, rows, usize::MAX);
    }

    fn title(&mut self, title: &str, all: usize, most: usize) {
        let more = match all.saturating_sub(most) {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        self.lines.push(String::new());
        self.lines.push(format!("{title}{more}"));
    }

    fn table(&mut self, columns: &[Column], mut rows: Vec<Vec<String>>, most: usize) {
        rows.truncate(most);
        self.lines.extend(self.output.rows(columns, &rows));
    }
}

/// Facts in one line; those that are not known are left out.
fn joined(facts: &[Option<String>]) -> String {
    facts.iter().flatten().cloned().collect::<Vec<_>>().join(" · ")
}

fn title(view: &AccountView) -> String {
    let line = &view.summary;
    let about = [&line.domain, &line.segment, &line.stage, &view.entitlement].map(Clone::clone);
    format!("{}  {}", line.name, joined(&about))
}

/// Whose they are, what they pay, and how they are.
fn who(view: &AccountView, setup: &Setup, today: Date) -> Vec<Vec<String>> {
    let line = &view.summary;
    let currency = shape::currency(setup);
    let exact = |minor| match shape::money(minor, currency) {
        _ if setup.redacted => HIDDEN_AMOUNT.to_owned(),
        Some(money) => words::exact(money),
        None => "unknown".to_owned(),
    };
    let row = |label: &str, text: String| vec![label.to_owned(), text];
    let at_least = if line.arr_at_least { "at least " } else { "" };
    let notice = match line.notice_by {
        _ if line.has_churned() => "churned".to_owned(),
        None if line.monthly => "monthly".to_owned(),
        _ => Countdown::of(line).dated(today),
    };
    let ends = line
        .ends
        .map(|day| format!("ends {}", words::calendar_day(today, day)));
    let stake = line.at_stake.map(|minor| match minor {
        0 => "nothing at stake in the horizon".to_owned(),
        _ => format!("at stake {}, an assumption", exact(line.at_stake)),
    });
    let was = view
        .why
        .band_since
        .map(|since| format!("{} {}", line.band.word(), since.words(today)));
    let csm = line.csm_name.as_ref().map(|name| format!("CSM {name}"));
    let sells = view.commercial_owner.as_ref().map(|name| format!("{name} sells"));
    let parent = view.parent.as_ref().map(|name| format!("parent {name}"));
    let health = words::Health::of(line.band, line.last_band, line.score).words();
    vec![
        row("Ours", joined(&[csm, sells, parent])),
        row(
            "Pays",
            joined(&[
                Some(format!("ARR {at_least}{}", exact(line.arr))),
                Some(notice),
                ends,
            ]),
        ),
        row(
            "Risk",
            stake.unwrap_or_else(|| format!("at stake {}", exact(None))),
        ),
        row(
            "Health",
            format!(
                "health {health}, {} % of the model has fresh data{}",
                view.why.coverage,
                was.map(|was| format!("; {was}")).unwrap_or_default()
            ),
        ),
    ]
}

/// The measures that say something: those that moved the score most, then those that are stale.
fn weighty(view: &AccountView) -> impl Iterator<Item = &MeasureLine> {
    let mut measures: Vec<&MeasureLine> = view.why.measures.iter().collect();
    let weight = |line: &MeasureLine| {
        let moved = line.change_tenths.unwrap_or(0).unsigned_abs();
        (std::cmp::Reverse(moved), line.freshness == Freshness::Fresh)
    };
    measures.sort_by_key(|line| weight(line));
    measures.into_iter()
}

fn measure(line: &MeasureLine) -> Vec<String> {
    let change = line.change_tenths.map_or("?".to_owned(), |tenths| {
        let sign = match tenths {
            ..0 => "−",
            0 => "",
            1.. => "+",
        };
        let size = tenths.unsigned_abs();
        format!("{sign}{}.{}", size / 10, size % 10)
    });
    let stale = if line.freshness == Freshness::Stale && !line.words.contains("stale") {
        ", stale"
    } else {
        ""
    };
    vec![line.id.clone(), change, format!("{}{stale}", line.words)]
}

/// Open warnings, handoffs, what is due, tickets.
fn open(view: &AccountView, setup: &Setup, local: DateTime) -> Vec<Vec<String>> {
    let today = local.date();
    let mut rows = Vec::new();
    for warning in &view.warnings {
        let since = words::calendar_day(today, warning.since);
        rows.push(vec![
            format!("{} warning", words::warning_sign(Some(warning))),
            format!("{}, since {since}{}", warning.reason, said(warning, today)),
        ]);
    }
    let waits =
        |card: &&crate::domain::desk::HandoffCard| card.state != crate::domain::desk::HandoffState::Accepted;
    for card in view.handoffs.iter().filter(waits) {
        let (from, to) = (words::role(&card.from_role), words::role(&card.to_role));
        let text = format!("{from} → {to}, {}", card.stands());
        rows.push(vec!["→ handoff".to_owned(), text]);
    }
    rows.extend(view.followed.iter().map(|one| followed(one, setup, today)));
    for item in &view.next {
        let owner = item
            .owner
            .as_ref()
            .map(|name| format!(" ({name})"))
            .unwrap_or_default();
        let waiting = item.waiting().map(|waiting| format!(", {waiting}"));
        let waiting = waiting.unwrap_or_default();
        rows.push(vec![
            words::due_at(local, item),
            format!("{}{owner}{waiting}", item.title),
        ]);
    }
    let is_open = |ticket: &&TicketLine| ticket.closed.is_none();
    for ticket in view.tickets.iter().filter(is_open) {
        let opened = words::calendar_day(today, setup.settings.day_of(ticket.opened));
        let priority = ticket.priority.as_deref().unwrap_or("no priority");
        rows.push(vec![
            "ticket".to_owned(),
            format!("{priority}: {}, since {opened}", ticket.subject),
        ]);
    }
    rows
}

/// Name, role and last touch; below it the e-mail address.
fn person(person: &Person, today: Date) -> [Vec<String>; 2] {
    let about = person.role.as_deref().or(person.title.as_deref());
    let touch = match (person.left, person.left_on, person.last_touch) {
        (true, Some(day), _) => format!("left {}", words::calendar_day(today, day)),
        (true, None, _) => "left".to_owned(),
        (false, _, Some(day)) => format!("touch {}", words::ago(today, day)),
        (false, _, None) => "touch ?".to_owned(),
    };
    let email = person.email.as_deref().unwrap_or("no e-mail address");
    [
        vec![
            person.name.clone(),
            format!("{}, {touch}", about.unwrap_or("no role")),
        ],
        vec![String::new(), email.to_owned()],
    ]
}

/// What was said, written and done, newest first. Warnings and health have places of their own on the page.
fn lately(view: &AccountView, setup: &Setup, today: Date) -> Vec<Vec<String>> {
    let told = |line: &&TimelineLine| !matches!(line.kind, TimelineKind::Warning | TimelineKind::Health);
    let rows = view.timeline.iter().filter(told).map(|line| {
        let who = match line.who.as_str() {
            "" => String::new(),
            who => format!(" ({who})"),
        };
        let day = setup.settings.day_of(line.when);
        vec![words::short_day(today, day), format!("{}{who}", line.words)]
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::app::play;

    #[test]
    fn what_was_said_and_written_is_not_crowded_out_by_warnings() {
        let mut view = play::account();
        let warning = TimelineLine {
            kind: TimelineKind::Warning,
            words: "usage −46 % in 30 d".to_owned(),
            ..view.timeline[0].clone()
        };
        view.timeline.splice(0..0, std::iter::repeat_n(warning, FEW));
        let rows = lately(&view, &Setup::default(), date(2026, 11, 23));
        assert!(
            rows.len() > 1 && rows.iter().all(|row| !row[1].contains("usage")),
            "{rows:?}"
        );
        let mut said = view
            .timeline
            .iter()
            .filter(|line| line.kind == TimelineKind::Touchpoint);
        let is_told = |line: &TimelineLine| rows.iter().any(|row| row[1].contains(&line.words));
        assert!(said.any(is_told), "{rows:?}");
    }
}
