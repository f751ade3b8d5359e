//! How the alarms do, as lines: a heading, two lines a signal, the customers that left.

use jiff::civil::Date;

use crate::domain::warning::alarms::median;
use crate::domain::warning::{AlarmReport, Avoidable, ChurnRecord, SignalReport};
use crate::domain::words;
use crate::domain::wrap::wrapped;

/// So many lines at most of a suggestion.
const MOST_LINES: usize = 4;

/// A line of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A heading.
    Heading(String),
    /// The names of the columns.
    Columns,
    /// A version of a signal: its name, its numbers, its precision.
    Signal(String, [u32; 5], String),
    /// What is to be said about the line above.
    Said(String),
    /// What would be better.
    Suggested(String),
    /// A customer that left, and whether nothing had warned.
    Churn(String, bool),
    /// Nothing.
    Blank,
}

/// All lines, on this day and a screen of so many cells.
pub fn lines(report: &AlarmReport, today: Date, width: u16) -> Vec<Line> {
    let mut lines = vec![Line::Heading("Signals".to_owned()), Line::Columns];
    for signal in &report.signals {
        lines.extend(of_signal(signal, width));
    }
    let missed = report.missed().count();
    lines.push(Line::Blank);
    let since = report.first_look.map_or_else(
        || "signals were never evaluated".to_owned(),
        |day| format!("signals look since {}", words::calendar_day(today, day)),
    );
    let left = words::counted(report.churns.len() as u64, "customer", "customers");
    lines.push(Line::Heading(format!(
        "{left} left, {missed} without a warning · {since}"
    )));
    for churn in &report.churns {
        lines.extend(of_churn(churn, today));
    }
    lines
}

fn of_signal(report: &SignalReport, width: u16) -> Vec<Line> {
    let tally = &report.tally;
    let name = format!("{} v{}", report.signal, report.version);
    let numbers = [tally.fired, tally.acted, tally.real, tally.known, tally.noise];
    let mut lines = vec![
        Line::Signal(name, numbers, report.precision()),
        Line::Said(lead(report)),
    ];
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

fn of_churn(churn: &ChurnRecord, today: Date) -> Vec<Line> {
    let reason = churn.reason.as_deref().unwrap_or("no reason in the CRM");
    let day = words::calendar_day(today, churn.on);
    let mut lines = vec![
        Line::Churn(format!("{day}  {} · {reason}", churn.name), churn.is_missed()),
        Line::Said(warned(churn)),
    ];
    lines.extend(
        churn
            .ignored
            .iter()
            .map(|ignored| Line::Said(format!("ignored: {ignored}"))),
    );
    lines
}

/// What was known before a customer left: `first warning usage-drop, 41 d before · owner Dana Reyes · avoidable`.
pub fn warned(churn: &ChurnRecord) -> String {
    let first = match &churn.first {
        Some(first) => format!("first warning {}, {} d before", first.signal, first.days_before),
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
