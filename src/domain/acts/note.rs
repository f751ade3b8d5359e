//! A note on an account.

use super::{About, Occasion, first_line};
use crate::domain::outbox::NewEntry;
use crate::domain::record::{Core, Kind};
use crate::domain::text::writable;

/// The longest note that a CRM takes, in characters.
pub const LONGEST: usize = 60_000;

/// So much of a text stands in a title, in characters.
pub(super) const TITLE: usize = 60;

/// What a note is called by its text.
pub(super) fn title(text: &str) -> String {
    format!("Note: {}", first_line(text, TITLE))
}

/// A note; the error is one sentence for the person.
pub fn note(on: &Occasion, about: &About, text: &str) -> Result<NewEntry, String> {
    let text = writable(text);
    let text = text.trim_end();
    check_text(text, "the note")?;
    let title = title(text);
    let fields = [
        (Core::Body, text.to_owned()),
        (Core::Occurred, on.now.to_string()),
    ];
    Ok(on.create(Kind::Note, about, &title, fields, &[]))
}

/// Whether a text can be written: neither empty nor longer than the CRM takes.
pub fn check_text(text: &str, what: &str) -> Result<(), String> {
    if writable(text).trim().is_empty() {
        return Err(format!("{what} is empty"));
    }
    let long = text.chars().count();
    if long > LONGEST {
        return Err(format!(
            "{what} has {long} characters; the CRM takes {LONGEST}: shorten it or split it"
        ));
    }
    Ok(())
}
