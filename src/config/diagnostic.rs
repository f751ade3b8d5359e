//! What is wrong in a file that people write: where, what, and what was probably meant.

use crate::domain::vocabulary::nearest;

/// One complaint about one place in a configuration file.
/// Ordered by file, then as a person reads it, from the top.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// The file, or the variable or flag, that holds the mistake.
    pub file: String,
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
    /// What is wrong, as one sentence without a full stop.
    pub message: String,
    /// What was probably meant, or what to do about it.
    pub hint: Option<String>,
}

/// How the message begins when a file could not be read at all.
pub(super) const UNREAD: &str = "cannot read the file";

impl Diagnostic {
    /// Whether the whole file could not be read.
    pub fn is_unread(&self) -> bool {
        self.message.starts_with(UNREAD)
    }

    /// Where it is: `FILE:LINE:COLUMN`, or the file alone when it could not be read at all.
    pub fn place(&self) -> String {
        if self.is_unread() {
            return self.file.clone();
        }
        format!("{}:{}:{}", self.file, self.line, self.column)
    }
}

impl std::fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place(), self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

/// A text in which each word that may be a secret, long and of letters and digits, gives way to `…`: what is said of a
/// file goes to screens and logs, and the file may be another one than was meant.
pub(super) fn without_secrets(text: &str) -> String {
    let is_of_word = |one: char| one.is_alphanumeric() || "-_+/.~=".contains(one);
    let mut rest = text;
    let mut shown = String::new();
    while !rest.is_empty() {
        let end = rest.find(|one| !is_of_word(one)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        shown.push_str(if may_be_secret(word) { "…" } else { word });
        let next = behind.find(is_of_word).unwrap_or(behind.len());
        shown.push_str(&behind[..next]);
        rest = &behind[next..];
    }
    shown
}

fn may_be_secret(word: &str) -> bool {
    const SHORTEST: usize = 16;
    let has = |kind: fn(char) -> bool| word.contains(kind);
    let is_mixed = has(|one| one.is_ascii_digit()) || (has(char::is_uppercase) && has(char::is_lowercase));
    word.chars().count() >= SHORTEST && has(char::is_alphabetic) && is_mixed
}

/// The hint that says what was meant.
pub(super) fn did_you_mean(meant: Option<&str>) -> Option<String> {
    meant.map(|meant| format!("did you mean `{meant}`?"))
}

/// The hint for a wrong word: what was probably meant, else all that there is.
pub(super) fn meant(wrong: &str, there: &[&str], what: &str) -> Option<String> {
    match nearest(wrong, there.iter().copied()) {
        Some(near) => did_you_mean(Some(near)),
        None if there.is_empty() => None,
        None => Some(format!("{what}: {}", there.join(", "))),
    }
}
