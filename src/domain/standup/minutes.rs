//! The minutes of a standup as Markdown. They are made of what its events add up to, and of nothing else: the same bytes
//! whenever they are made, whoever makes them.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};

use super::event::{Kind, Line};
use super::held::{Decision, Held};
use crate::domain::record::RecordId;
use crate::domain::text::one_line;
use crate::domain::words;

/// How texts are told.
#[derive(Clone, Copy)]
struct Telling<'a> {
    /// What somebody is called by their address.
    name: &'a dyn Fn(&str) -> String,
    /// A text in one line, of which the reader's program makes nothing else.
    text: fn(&str) -> String,
}

/// The minutes. `name` says what somebody is called by their address.
pub fn minutes(held: &Held, name: &dyn Fn(&str) -> String) -> String {
    let telling = Telling { name, text: plain };
    let begun = &held.begun;
    let mut out = vec![
        format!("# Standup: {}", plain(&begun.title)),
        String::new(),
        when(held, telling),
        since(held),
        counts(held),
        String::new(),
        "## Discussed".to_owned(),
        String::new(),
    ];
    let discussed = held.discussed();
    for account in in_order(held, &discussed) {
        out.push(format!("### {}", plain(&name_of(held, account))));
        out.push(String::new());
        out.extend(told(held, account, telling));
        out.push(String::new());
    }
    if discussed.is_empty() {
        out.extend(["Nothing.".to_owned(), String::new()]);
    }
    out.extend(["## Not discussed".to_owned(), String::new()]);
    let rest = held.not_discussed();
    let rest = rest.map(|line| format!("- {}: {}", plain(&line.name), plain(&in_short(line))));
    let rest: Vec<String> = rest.collect();
    if rest.is_empty() {
        out.push("Nothing was left.".to_owned());
    }
    out.extend(rest);
    out.join("\n") + "\n"
}

/// The part of the minutes that is about one account, as the text of a note on it; `None` where it was not talked about.
pub fn note_of(held: &Held, account: &RecordId, name: &dyn Fn(&str) -> String) -> Option<String> {
    let telling = Telling { name, text: one_line };
    held.discussed().contains(account).then_some(())?;
    let mut lines = vec![
        format!("Standup: {}", one_line(&held.begun.title)),
        when(held, telling),
        String::new(),
    ];
    lines.extend(told(held, account, telling));
    Some(lines.join("\n").trim_end().to_owned())
}

/// What was talked about: in the order of the agenda, then what was not on it.
fn in_order<'h>(held: &'h Held, discussed: &BTreeSet<&'h RecordId>) -> Vec<&'h RecordId> {
    let of_agenda: Vec<&RecordId> = held.begun.agenda.iter().map(|line| &line.account).collect();
    let beside = discussed.iter().filter(|account| !of_agenda.contains(*account));
    let talked = of_agenda.iter().filter(|account| discussed.contains(*account));
    talked.chain(beside).copied().collect()
}

fn line_of<'h>(held: &'h Held, account: &RecordId) -> Option<&'h Line> {
    held.begun.agenda.iter().find(|line| line.account == *account)
}

/// What an account was called then, raw; its id where nothing tells.
fn name_of(held: &Held, account: &RecordId) -> String {
    let decided = held.decided_on(account).next();
    let decided = decided.map(|decision| decision.name.clone());
    let name = line_of(held, account).map(|line| line.name.clone()).or(decided);
    name.unwrap_or_else(|| account.to_string())
}

/// `Mon 23 Nov 2026, 09:00 to 09:14, held by Mara Lindt`
fn when(held: &Held, telling: Telling<'_>) -> String {
    let begun = held.begun.local;
    let until = match &held.ended {
        None => ", not ended".to_owned(),
        Some((_, ended)) if ended.local.date() == begun.date() => {
            format!(" to {}", ended.local.strftime("%H:%M"))
        }
        Some((_, ended)) => format!(" to {}", moment(ended.local)),
    };
    let by = (telling.text)(&held.begun.by);
    format!("{}{until}, held by {by}", moment(begun))
}

/// `Changes since Fri 20 Nov 2026 09:00, the last standup.`
fn since(held: &Held) -> String {
    let since = moment(held.begun.since_local);
    if held.begun.first {
        format!("Changes since {since}: no standup was held here before.")
    } else {
        format!("Changes since {since}, the last standup.")
    }
}

/// `14 of 52 accounts changed · 3 discussed · 11 not · first decision after 2 min`
fn counts(held: &Held) -> String {
    let begun = &held.begun;
    let left = held.not_discussed().count();
    let mut parts = vec![
        format!(
            "{} of {} on the agenda",
            begun.agenda.len(),
            words::counted(begun.accounts.into(), "account", "accounts")
        ),
        format!("{} discussed", held.discussed().len()),
        format!("{left} not"),
    ];
    if let Some(first) = held.first_decision() {
        parts.push(format!("first decision after {}", words::span(first)));
    }
    let spent = held.spent();
    if spent > SignedDuration::ZERO {
        parts.push(format!("{} talked of {} min", words::span(spent), begun.minutes));
    }
    parts.join(" · ")
}

/// What is told of an account that was talked about.
fn told(held: &Held, account: &RecordId, telling: Telling<'_>) -> Vec<String> {
    let Telling { name, text } = telling;
    let today = held.begun.local.date();
    let mut told = Vec::new();
    if let Some(line) = line_of(held, account) {
        told.extend([text(&line.head), String::new()]);
        told.extend(
            line.changes
                .iter()
                .map(|change| format!("- {}", text(&change.words))),
        );
        if !line.promises.is_empty() {
            blank(&mut told);
            told.extend(["Promised last time:".to_owned(), String::new()]);
        }
        told.extend(line.promises.iter().map(|promise| {
            let standing = held.standing_of(promise, name).words();
            format!("- {}: {}", text(&promise.told(today)), text(&standing))
        }));
        blank(&mut told);
    }
    let decided: Vec<&Decision> = held.decided_on(account).collect();
    told.extend(decisions(&decided, today, text));
    told
}

/// One empty line at the end.
fn blank(lines: &mut Vec<String>) {
    if lines.last().is_some_and(|last| !last.is_empty()) {
        lines.push(String::new());
    }
}

fn decisions(decided: &[&Decision], today: Date, text: fn(&str) -> String) -> Vec<String> {
    if decided.is_empty() {
        return vec!["Nothing was decided.".to_owned()];
    }
    let lines = decided.iter().map(|decision| {
        let what = match decision.kind {
            Kind::Assigned | Kind::Noted => "",
            Kind::Played => "play: ",
            Kind::HandedOver => "handed over: ",
            Kind::Snoozed => "snoozed: ",
            Kind::Closed => "closed: ",
        };
        format!("- {what}{}", text(&decision.told(today)))
    });
    let heading = ["Decided:".to_owned(), String::new()];
    heading.into_iter().chain(lines).collect()
}

/// Why an account was on the agenda, in one line.
fn in_short(line: &Line) -> String {
    let changes = line.changes.iter().map(|change| change.words.as_str());
    let promises = line.promises.iter().map(|promise| promise.standing.word());
    changes.chain(promises).collect::<Vec<_>>().join("; ")
}

fn moment(at: DateTime) -> String {
    at.strftime("%a %-d %b %Y %H:%M").to_string()
}

/// A text in one line, of which Markdown makes nothing else.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in one_line(text).chars() {
        if matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}
