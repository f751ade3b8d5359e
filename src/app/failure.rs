//! An error as data: what the screen shows in place until it is read.

use crate::domain::wrap::wrapped;

/// Cells beside the first line: how many more there are, and how this one is dismissed.
const BESIDE: u16 = 20;
/// Cells before each line.
const BEFORE: u16 = 4;
/// Most lines of what failed, and of the hint.
const MOST_LINES: usize = 3;

/// Where a failure shows and what it keeps from working.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// There is no way to the CRM: the cache is shown with its age.
    Offline,
    /// The CRM does not answer within the time allowed: the cache is shown with its age.
    Unanswered,
    /// The CRM answers that it cannot do it now: the cache is shown with its age.
    Trouble,
    /// The CRM asked to be left alone for a while, by a limit or otherwise: the cache is shown with its age.
    Limited,
    /// The CRM does not accept who we are, or lacks a scope.
    Authentication,
    /// The sync went on, but something is missing or held back.
    Note,
    /// Somebody else changed what I changed too: a person decides. Goes by itself once nothing is to be decided.
    Conflict,
    /// The CRM refused what I wrote, or did not answer and does not show it: a person decides. Goes by itself too.
    Stuck,
    /// History is gone unless a person brings it back: shows before whatever comes after it.
    Loss,
    /// A value of mine replaced one that somebody else had just set.
    Replaced,
    /// The CRM answered something that a sync could not use.
    Sync,
    /// The cache or the ledger could not be read or written.
    Storage,
    /// Something that a person did could not be kept.
    Unsaved,
    /// A file that a person can edit is wrong.
    Configuration,
    /// Something on this machine: the clipboard, a browser, the terminal.
    Machine,
}

/// An error as data, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Where it belongs.
    pub kind: FailureKind,
    /// What failed, in one clear sentence without a full stop.
    pub summary: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Its causes, for those who want to know; never a secret.
    pub detail: Option<String>,
}

impl Failure {
    /// What failed, then the hint, in lines for a screen of so many columns; `true` marks lines of the hint.
    pub fn lines(&self, columns: u16) -> Vec<(bool, String)> {
        let lines = |hint: bool, text: &str, cells: u16| {
            let lines = wrapped(text, cells.max(1), MOST_LINES);
            lines.into_iter().map(move |line| (hint, line))
        };
        let hint = self.hint.as_deref().map(|hint| format!("hint: {hint}"));
        let columns = columns.saturating_sub(BEFORE);
        let summary = lines(false, &self.summary, columns.saturating_sub(BESIDE));
        summary
            .chain(lines(true, hint.as_deref().unwrap_or_default(), columns))
            .collect()
    }
}
