//! What follows an account from handoff to handoff, for programs and for people.

use jiff::civil::Date;
use serde_json::Value;

use crate::cli::shape::Shape;
use crate::config::Setup;
use crate::domain::handoff::{Followed, Outcome};
use crate::domain::words;

/// It with who wrote it and when, and what became of it.
pub fn shape(one: &Followed) -> Value {
    Shape::default()
        .with("what", one.what)
        .with("text", &one.text)
        .maybe("who", one.who.as_ref(), "the note does not name them")
        .maybe(
            "first_text",
            one.first.as_ref(),
            "nobody edited it since it was first seen, or what it said then is not known",
        )
        .with("when", one.when)
        .with("handoff", &one.handoff)
        .maybe(
            "outcome",
            one.outcome.as_ref().map(outcome),
            "nothing is known to have become of it",
        )
        .done()
}

fn outcome(outcome: &Outcome) -> Value {
    Shape::default()
        .with("kept", outcome.kept)
        .maybe("why", outcome.why.as_ref(), "it was kept, or the note gives none")
        .maybe("by", outcome.by.as_ref(), "nobody is named")
        .with("when", outcome.when)
        .done()
}

/// The same as a row: what it is, and the rest in words.
pub fn row(one: &Followed, setup: &Setup, today: Date) -> Vec<String> {
    let who = one.wrote();
    let day = |when| words::short_day(today, setup.settings.day_of(when));
    let became = one.outcome.as_ref().map_or_else(String::new, |outcome| {
        let by = outcome.by.as_deref().unwrap_or("somebody");
        format!(", {}  ({by}, {})", outcome.told(), day(outcome.when))
    });
    vec![
        one.what.words().to_owned(),
        format!("{}  ({who}, {}){became}", one.text, day(one.when)),
    ]
}
