//! What was promised to a customer, as a field of a handoff says it: who does what by when, a line each.

use jiff::civil::{Date, Time};

use super::MARK;
use crate::domain::acts::task::{self, NewTask};
use crate::domain::acts::{About, Occasion, Somebody, days};
use crate::domain::outbox::NewEntry;

/// What says that nothing was promised.
pub const NOTHING: &str = "nothing";
/// Other words for it.
const NONE: [&str; 5] = ["none", "-", "no", "nothing was promised", "nothing promised"];
/// What stands before the day or time.
const BY: &str = " by ";

/// One thing that was promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// Who does what.
    pub words: String,
    /// By when, where that is said.
    pub due: Option<(Date, Option<Time>)>,
}

/// The promises that a text tells of: `Mara calls by 16:00`. A time without a day is today's.
pub fn promises(on: &Occasion, text: &str) -> Vec<Promise> {
    let lines = text.lines().map(|line| line.trim().trim_end_matches('.'));
    let told = lines.filter(|line| !is_nothing(line));
    told.map(|line| promise(on, line)).collect()
}

fn is_nothing(line: &str) -> bool {
    let line = line.to_lowercase();
    line.is_empty() || line == NOTHING || NONE.contains(&line.as_str())
}

fn promise(on: &Occasion, line: &str) -> Promise {
    let dated = line.rsplit_once(BY).and_then(|(words, by)| {
        let due = days::parse(on, by)
            .or_else(|_| days::parse(on, &format!("today {by}")))
            .ok()?;
        Some(Promise {
            words: words.trim_end_matches([',', ' ']).to_owned(),
            due: Some(due),
        })
    });
    dated.unwrap_or_else(|| Promise {
        words: line.to_owned(),
        due: None,
    })
}

impl Promise {
    /// As the note says it: with the day as a date, since it is read on other days too.
    pub fn told(&self) -> String {
        match self.due {
            Some((day, Some(at))) => format!("{}, by {day} {}", self.words, at.strftime("%H:%M")),
            Some((day, None)) => format!("{}, by {day}", self.words),
            None => self.words.clone(),
        }
    }

    /// The task of whoever is to see to it.
    pub fn task(
        &self,
        on: &Occasion,
        about: &About,
        handoff: &str,
        to: &Somebody,
    ) -> Result<NewEntry, String> {
        let (due, at) = self.due.unzip();
        let asked = NewTask {
            subject: format!("Promised: {}", self.words),
            body: format!(
                "{} told the customer on {}: {}\n\n{MARK}{handoff}{PROMISE}",
                on.me.name,
                on.today(),
                self.told()
            ),
            due,
            at: at.flatten(),
            owner: Some(to.clone()),
        };
        task::make(on, about, &asked)
    }
}

/// How the last line of a task ends that is a promise.
pub(super) const PROMISE: &str = " promise";

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::civil::{date, time};

    use super::super::tests::occasion;
    use super::*;

    fn check(text: &str, expected: &[(&str, Option<(Date, Option<Time>)>)]) {
        let found = promises(&occasion(), text);
        let found: Vec<_> = found.iter().map(|one| (one.words.as_str(), one.due)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn who_does_what_by_when_is_read_and_nothing_is_no_promise() {
        // A Friday.
        let today = date(2026, 11, 20);
        let four = Some(time(16, 0, 0, 0));
        check("Mara calls by 16:00", &[("Mara calls", Some((today, four)))]);
        check(
            "Mara calls, by mon 16:00.\nBen looks at it by tomorrow",
            &[
                ("Mara calls", Some((date(2026, 11, 23), four))),
                ("Ben looks at it", Some((date(2026, 11, 21), None))),
            ],
        );
        check("Stand by me", &[("Stand by me", None)]);
        check("Somebody calls soon", &[("Somebody calls soon", None)]);
        for none in ["", " ", "nothing", "Nothing.", "none", "-"] {
            check(none, &[]);
        }
        assert_eq!(
            promises(&occasion(), "Mara calls by 16:00")[0].told(),
            "Mara calls, by 2026-11-20 16:00"
        );
    }
}
