//! How the alarms do, as lines: signals, the warnings of those that are opened, the customers that left.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::domain::warning::alarms::median;
use crate::domain::warning::{AlarmReport, Avoidable, CaseLine, ChurnRecord, SignalReport};
use crate::domain::words;
use crate::domain::wrap::wrapped;

/// So many lines at most of one text.
const MOST_LINES: usize = 4;
/// Cells that what is said of a signal or a churn has not, and of a warning: borders, bar, indent.
const INDENT: u16 = 8;
const INDENT_OF_CASE: u16 = 18;

/// Above the signals, with what their columns count.
const SIGNALS: &str = "Signals · acted: acknowledged, planned for, or a playbook runs";

/// What can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// A version of a signal, by its place.
    Signal(usize),
    /// One of its warnings, by the places of both.
    Case(usize, usize),
    /// A customer that left, by its place.
    Churn(usize),
}

/// A line with the row that it belongs to, if it does to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Laid {
    /// Place among the rows.
    pub row: Option<usize>,
    /// What stands there.
    pub line: Line,
}

/// A line of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A heading.
    Heading(String),
    /// The names of the columns.
    Columns,
    /// A version of a signal: its name, its numbers, its precision.
    Signal(String, [u32; 5], String),
    /// A warning of the signal above: when, on which account, what became of it.
    Case(String, String, String),
    /// What is to be said about the line above.
    Said(String),
    /// What is to be said about the warning above.
    SaidOfCase(String),
    /// What would be better.
    Suggested(String),
    /// A customer that left: when, which, and whether nothing had warned.
    Churn(String, String, bool),
    /// Nothing.
    Blank,
}

/// All rows and lines, on this day and a screen of so many cells, with the warnings of the signals that are opened.
pub fn lines(report: &AlarmReport, open: &BTreeSet<usize>, today: Date, width: u16) -> (Vec<Row>, Vec<Laid>) {
    let mut page = Page::default();
    page.apart([Line::Heading(SIGNALS.to_owned()), Line::Columns]);
    for (at, signal) in report.signals.iter().enumerate() {
        page.row(Row::Signal(at), of_signal(signal, width));
        if open.contains(&at) {
            for (place, case) in signal.cases.iter().enumerate() {
                page.row(Row::Case(at, place), of_case(case, today, width));
            }
            let more = (signal.tally.fired as usize).saturating_sub(signal.cases.len());
            if more > 0 {
                page.apart([Line::SaidOfCase(format!("and {} more", words::count(more)))]);
            }
        }
    }
    let missed = report.missed().count();
    let since = report.first_look.map_or_else(
        || "signals were never evaluated".to_owned(),
        |day| format!("signals look since {}", words::calendar_day(today, day)),
    );
    let left = words::counted(report.churns.len() as u64, "customer", "customers");
    let missed = report.missed_in_words(format!("{missed} without a warning"));
    let heading = format!("{left} left · {missed} · {since}");
    page.apart([Line::Blank, Line::Heading(heading)]);
    for (at, churn) in report.churns.iter().enumerate() {
        page.row(Row::Churn(at), of_churn(churn, today, width));
    }
    (page.rows, page.lines)
}

#[derive(Default)]
struct Page {
    rows: Vec<Row>,
    lines: Vec<Laid>,
}

impl Page {
    fn row(&mut self, row: Row, lines: Vec<Line>) {
        let at = Some(self.rows.len());
        self.rows.push(row);
        self.lines
            .extend(lines.into_iter().map(|line| Laid { row: at, line }));
    }

    fn apart<const N: usize>(&mut self, lines: [Line; N]) {
        self.lines.extend(lines.map(|line| Laid { row: None, line }));
    }
}

fn of_signal(report: &SignalReport, width: u16) -> Vec<Line> {
    let tally = &report.tally;
    let name = format!("{} v{}", words::signal(&report.signal), report.version);
    let numbers = [tally.fired, tally.acted, tally.real, tally.known, tally.noise];
    let mut lines = vec![Line::Signal(name, numbers, report.precision())];
    lines.extend(said(&lead(report), width.saturating_sub(INDENT), Line::Said));
    if let Some(suggestion) = &report.suggestion {
        let cells = width.saturating_sub(12);
        let parts = wrapped(&suggestion.words(), cells, MOST_LINES);
        let part = |(at, text)| match at {
            0 => Line::Suggested(text),
            _ => Line::Said(format!("  {text}")),
        };
        lines.extend(parts.into_iter().enumerate().map(part));
    }
    lines
}

fn of_case(case: &CaseLine, today: Date, width: u16) -> Vec<Line> {
    let day = words::short_day(today, case.on);
    let mut lines = vec![Line::Case(day, case.name.clone(), case.words())];
    lines.extend(said(
        &case.why(),
        width.saturating_sub(INDENT_OF_CASE),
        Line::SaidOfCase,
    ));
    lines
}

/// A text in as many lines as it needs; none where there is none.
fn said(text: &str, cells: u16, line: fn(String) -> Line) -> Vec<Line> {
    let parts = wrapped(text, cells, MOST_LINES);
    parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(line)
        .collect()
}

/// Lead times and what is open: `lead: notice 38 d · red 12 d · 4 open, 1 held back`.
pub fn lead(report: &SignalReport) -> String {
    let tally = &report.tally;
    let middle = |what: &str, days: &[i32]| median(days).map(|days| format!("{what} {days} d"));
    let mut parts: Vec<String> = [
        middle("notice", &tally.to_notice),
        middle("red", &tally.to_red),
        middle("churn", &tally.to_churn),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !parts.is_empty() {
        parts[0] = format!("median lead to {}", parts[0]);
    }
    for (count, word) in [
        (tally.open, "open"),
        (tally.held, "held back"),
        (tally.standing, "standing"),
        (tally.recovered, "recovered"),
        (tally.lost, "lost"),
        (tally.withdrawn, "withdrawn"),
    ] {
        parts.extend((count > 0).then(|| format!("{count} {word}")));
    }
    if !report.in_force {
        parts.push("not in force".to_owned());
    }
    if parts.is_empty() {
        parts.push("never fired".to_owned());
    }
    parts.join(" · ")
}

fn of_churn(churn: &ChurnRecord, today: Date, width: u16) -> Vec<Line> {
    let reason = churn.reason.as_deref().unwrap_or("no reason in the CRM");
    let day = words::short_day(today, churn.on);
    let cells = width.saturating_sub(INDENT);
    let mut lines = vec![Line::Churn(
        day,
        format!("{} · {reason}", churn.name),
        churn.is_missed(),
    )];
    lines.extend(said(&warned(churn), cells, Line::Said));
    if let Some(avoidable) = &churn.avoidable {
        lines.extend(said(&avoidable.words(), cells, Line::Said));
    }
    for ignored in &churn.ignored {
        lines.extend(said(&format!("ignored: {ignored}"), cells, Line::Said));
    }
    lines
}

/// What was known before a customer left: `first warning usage drop, 41 d before · owner Dana Reyes · avoidable`.
pub fn warned(churn: &ChurnRecord) -> String {
    let first = match &churn.first {
        Some(first) => {
            let signal = words::signal(&first.signal);
            format!("first warning {signal}, {} d before", first.days_before)
        }
        None if churn.looked => "no signal had warned".to_owned(),
        None => "it had left before signals looked".to_owned(),
    };
    let owner = churn
        .owner
        .as_deref()
        .map_or("owner then ?".to_owned(), |owner| format!("owner {owner}"));
    let avoidable = match &churn.avoidable {
        Some(Avoidable { yes: true, .. }) => "avoidable",
        Some(Avoidable { yes: false, .. }) => "not avoidable",
        None => "avoidable ?",
    };
    format!("{first} · {owner} · {avoidable}")
}
