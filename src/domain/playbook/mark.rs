//! The last visible line of a step's task in the CRM: what binds it for colleagues who use `retain` too.

use crate::domain::words;

/// What the line begins with.
pub const MARK: &str = "retain: play ";
/// More letters than this no word of the line has.
const LONGEST: usize = 64;

/// What the line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Id of the run.
    pub run: String,
    /// Id of the step.
    pub step: String,
    /// Which of the run's tasks it is, from 1, and how many the run has; tasks of earlier versions do not say.
    pub place: Option<(usize, usize)>,
    /// Id of the playbook.
    pub playbook: Option<String>,
    /// Id of the signal that the run was started from.
    pub signal: Option<String>,
}

impl Mark {
    /// The line: `retain: play P-7K3M9QX2 step call, task 1 of 2, waning-interest for usage-drop`.
    pub fn line(&self) -> String {
        let place = self.place.map(|(at, of)| format!(", task {at} of {of}"));
        let signal = self.signal.iter().map(|signal| format!(" for {signal}"));
        let what = self.playbook.iter().map(|playbook| format!(", {playbook}"));
        let parts: String = place.into_iter().chain(what).chain(signal).collect();
        format!("{MARK}{} step {}{parts}", self.run, self.step)
    }

    /// What the line that binds a text says, if it begins so. People edit texts: what does not read as we write it is
    /// none, and one that stands further up is another text's.
    pub fn read<'t>(lines: impl DoubleEndedIterator<Item = &'t str>) -> Option<Self> {
        let line = words::closing(lines).find_map(|line| line.trim().strip_prefix(MARK))?;
        let (run, rest) = line.split_once(" step ")?;
        let mut parts = rest.split(", ");
        let mut mark = Self {
            run: word(run)?,
            step: word(parts.next()?)?,
            place: None,
            playbook: None,
            signal: None,
        };
        if let Some(place) = parts.next() {
            let (at, of) = place.strip_prefix("task ")?.split_once(" of ")?;
            mark.place = Some((at.parse().ok()?, of.parse().ok()?));
        }
        if let Some(what) = parts.next() {
            let (playbook, signal) = what.split_once(" for ").unzip();
            mark.playbook = Some(word(playbook.unwrap_or(what))?);
            mark.signal = signal.and_then(word);
        }
        Some(mark)
    }
}

/// A word that an id can be.
fn word(text: &str) -> Option<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_word = !text.is_empty() && text.len() <= LONGEST && text.chars().all(is_part);
    is_word.then(|| text.to_owned())
}
