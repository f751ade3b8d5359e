//! What was promised to a customer, as a field of a handoff says it: who does what by when, a line each.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use super::event::{begun, marked};
use super::follows::{Followed, is_rest, unsigned};
use super::{Asks, HandoffTask};
use crate::domain::acts::task::{self, NewTask, Task};
use crate::domain::acts::{About, Occasion, Somebody, days, note};
use crate::domain::outbox::NewEntry;
use crate::domain::text::{is_same, one_line};
use crate::domain::words;

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

/// What a field says that tells of promises.
#[derive(Debug)]
pub struct Promises<'a> {
    /// Those that it makes.
    pub new: Vec<Promise>,
    /// The lines that it says on, raw: an earlier handoff made these promises.
    pub earlier: Vec<&'a str>,
}

impl<'a> Promises<'a> {
    /// What this text says after that was promised before. A line of that which somebody changed is a new promise.
    pub fn of(on: &Occasion, text: &'a str, before: &[Followed]) -> Self {
        let is_earlier = |line: &&str| is_rest(line) || before.iter().any(|one| one.is_carried_by(line));
        let (earlier, new): (Vec<&str>, Vec<&str>) = text.lines().map(str::trim).partition(is_earlier);
        let said = new.into_iter().map(|line| unsigned(line, before));
        let mut new: Vec<Promise> = Vec::new();
        for promise in said.flat_map(|line| promises(on, line)) {
            // Said twice at once it is promised once.
            if !new.contains(&promise) {
                new.push(promise);
            }
        }
        Self { new, earlier }
    }

    /// What makes it doubtful that a promise is meant as it is read, in one sentence without its end: its time is past when
    /// it is made, or nothing says by when.
    pub fn doubt(&self, on: &Occasion) -> Option<String> {
        self.new.iter().find_map(|promise| promise.doubt(on))
    }

    /// It as the note says it.
    pub fn told(&self) -> String {
        let earlier = self.earlier.iter().map(|line| (*line).to_owned());
        let lines: Vec<String> = self.new.iter().map(Promise::told).chain(earlier).collect();
        if lines.is_empty() {
            return NOTHING.to_owned();
        }
        lines.join("\n")
    }
}

/// The promises that a text tells of, a line each or divided by semicolons: `Mara calls by 16:00; Ben looks at it by fri`. A
/// time without a day is today's.
fn promises(on: &Occasion, text: &str) -> Vec<Promise> {
    let parts = text.lines().flat_map(|line| line.split([';', '；']));
    let parts = parts.map(|part| part.trim().trim_end_matches('.'));
    let told = parts.filter(|part| !is_nothing(part));
    told.map(|part| promise(on, part)).collect()
}

/// Whether a line says nothing, or that there is nothing.
pub(super) fn is_nothing(line: &str) -> bool {
    let line = line.trim().trim_end_matches('.').to_lowercase();
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
    fn doubt(&self, on: &Occasion) -> Option<String> {
        let Some((day, at)) = self.due else {
            return Some(format!(
                "“{}” says no day that can be read: write it like “Mara calls by fri 16:00”, else it is due {}",
                self.words,
                words::dated(on.today(), on.workday())
            ));
        };
        let here = on.here();
        let is_past = match at {
            Some(at) => day.to_datetime(at) <= here.datetime(),
            None => day < here.date(),
        };
        let told = self.told();
        is_past.then(|| {
            format!(
                "“{told}” is past already: it is {}",
                here.strftime("%Y-%m-%d %H:%M")
            )
        })
    }

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
            subject: format!("{SUBJECT}{}", self.words),
            body: format!(
                "{}{TOLD}{}: {}\n\n{}",
                on.me.name,
                on.today(),
                self.told(),
                Asks::Promise.mark(handoff)
            ),
            due,
            at: at.flatten(),
            owner: Some(to.clone()),
        };
        task::make(on, about, &asked)
    }
}

/// What was promised, as a task of whoever is to see to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promised {
    /// The task.
    pub task: Task,
    /// The handoff in which it was promised.
    pub handoff: String,
    /// Who does what by when, as it was promised: the task may say something else by now.
    pub words: String,
}

impl Promised {
    /// The promise behind a task that a handoff made; `None` where it asks for something else.
    pub fn of(task: Task, of_handoff: &HandoffTask) -> Option<Self> {
        Some(Self {
            task,
            handoff: of_handoff.handoff.clone(),
            words: of_handoff.words.clone()?,
        })
    }

    /// A person says that it was kept, or why it was not: the task is done, and a note on the account says which.
    pub fn settle(&self, on: &Occasion, kept: Result<(), &str>) -> Result<Vec<NewEntry>, String> {
        let about = self
            .task
            .about
            .as_ref()
            .ok_or("the promise belongs to no account")?;
        let (said, mark) = match kept {
            Ok(()) => (SAID_KEPT, KEPT),
            Err(why) if why.trim().is_empty() => return Err("say why it was not kept".to_owned()),
            Err(_) => (SAID_NOT_KEPT, NOT_KEPT),
        };
        let mut lines = vec![
            format!("{said}: {}", self.words),
            format!("{BY_WHOM}{}", on.me.name),
        ];
        lines.extend(kept.err().map(|why| format!("{WHY}{}", one_line(why.trim()))));
        lines.push(format!("{} {mark}", Asks::Promise.mark(&self.handoff)));
        let mut told = note::note(on, about, &lines.join("\n"))?;
        told.title = format!("{said}: {}", self.words);
        Ok(vec![told, task::complete(on, &self.task)])
    }
}

/// Who does what by when, as the text of a task that is a promise says it, else who does what by its subject.
pub(super) fn words_of<'a>(lines: &'a [String], subject: &'a str) -> &'a str {
    let said = |line: &'a String| Some(line.split_once(TOLD)?.1.split_once(": ")?.1);
    let told = lines.iter().find_map(said);
    told.unwrap_or_else(|| subject.strip_prefix(SUBJECT).unwrap_or(subject))
        .trim()
}

/// What became of a promise, by a person's word or by its task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The handoff in which it was promised.
    pub handoff: String,
    /// Who was to do what by when; notes of before say no day.
    pub words: String,
    /// Whether it was kept.
    pub kept: bool,
    /// Why not, raw; `None` when it was kept.
    pub why: Option<String>,
    /// Who says so, or whose task it was, raw.
    pub by: Option<String>,
    /// When (UTC).
    pub when: Timestamp,
}

impl Outcome {
    /// What a note says that was written then; `None` when it says that of no promise.
    pub fn parse(lines: &[String], when: Timestamp) -> Option<Self> {
        let (mark, above) = marked(lines)?;
        let (handoff, said) = mark.split_once(Asks::Promise.ending())?;
        let kept = match said.trim() {
            KEPT => true,
            NOT_KEPT => false,
            _ => return None,
        };
        let (first, below) = above.split_first()?;
        let (_, words) = first.split_once(": ")?;
        let begins = |line: &String| line.trim().starts_with(WHY);
        let (head, reason) = below.split_at(below.iter().position(begins).unwrap_or(below.len()));
        let by = head.iter().find_map(|line| line.trim().strip_prefix(BY_WHOM));
        let reason = reason
            .iter()
            .map(|line| line.trim())
            .collect::<Vec<_>>()
            .join("\n");
        Some(Self {
            handoff: handoff.trim().to_owned(),
            words: words.trim().to_owned(),
            kept,
            why: reason.strip_prefix(WHY).map(|why| why.trim_end().to_owned()),
            by: by.map(str::to_owned),
            when,
        })
    }

    /// Whether it is that of a promise of this handoff, as its note says it. A person may have been erased from the words of
    /// either.
    pub fn is_of(&self, handoff: &str, told: &str) -> bool {
        let dated = told.rsplit_once(&format!(",{BY}"));
        let is_its = |words: &str| is_same(&self.words, words);
        self.handoff == handoff && (is_its(told) || dated.is_some_and(|(words, _)| is_its(words)))
    }

    /// It in words: `not kept: she was ill`.
    pub fn told(&self) -> String {
        match &self.why {
            _ if self.kept => "kept".to_owned(),
            Some(why) => format!("not kept: {}", one_line(why)),
            None => "not kept".to_owned(),
        }
    }
}

/// Whether the rest of a last line is that of a note which says what became of a promise.
pub(super) fn is_outcome(mark: &str) -> bool {
    let said = mark
        .split_once(Asks::Promise.ending())
        .map(|(_, said)| said.trim());
    said.is_some_and(|said| said == KEPT || said == NOT_KEPT)
}

/// So many bytes of such a note stand before the reason, which alone is a person's words.
pub(super) fn head_of(text: &str) -> usize {
    let says = |line: &str, said: &str| line.strip_prefix(said).is_some_and(|rest| rest.starts_with(": "));
    let is_first = |line: &str| says(line, SAID_KEPT) || says(line, SAID_NOT_KEPT);
    let head = begun(text, is_first, |line| line.starts_with(BY_WHOM));
    let why = head > 0 && text[head..].starts_with(WHY);
    head + if why { WHY.len() } else { 0 }
}

/// How the note begins that says that a promise was kept.
const SAID_KEPT: &str = "Promise kept";
/// How the one begins that says that it was not.
const SAID_NOT_KEPT: &str = "Promise not kept";
/// What stands before the reason in such a note.
const WHY: &str = "Why: ";
/// What stands before who says it.
const BY_WHOM: &str = "By: ";
/// How the last line of a note ends that says that it was kept.
const KEPT: &str = "kept";
/// How that of one ends that says that it was not.
const NOT_KEPT: &str = "not kept";
/// What stands between who told it and when in such a task.
const TOLD: &str = " told the customer on ";
/// How the subject of a task begins that is a promise.
const SUBJECT: &str = "Promised: ";

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::civil::{date, time};

    use super::super::tests::occasion;
    use super::*;

    type Due = Option<(Date, Option<Time>)>;

    fn check(text: &str, expected: &[(&str, Due)]) {
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
        let (friday, third) = (date(2026, 11, 27), date(2026, 12, 3));
        check(
            "Mara calls by fri 4pm; Ida sends the plan by 3 dec.",
            &[
                ("Mara calls", Some((friday, four))),
                ("Ida sends the plan", Some((third, None))),
            ],
        );
        check(
            "Mara calls by 16:00 tomorrow；Ben looks at it by 4pm on fri;",
            &[
                ("Mara calls", Some((date(2026, 11, 21), four))),
                ("Ben looks at it", Some((friday, four))),
            ],
        );
        check("Somebody calls soon", &[("Somebody calls soon", None)]);
        for none in ["", " ", "nothing", "Nothing.", "none", "-"] {
            check(none, &[]);
        }
        assert_eq!(
            promises(&occasion(), "Mara calls by 16:00")[0].told(),
            "Mara calls, by 2026-11-20 16:00"
        );
    }

    #[test]
    fn a_promise_that_is_past_when_it_is_made_or_names_no_day_is_doubted() {
        let mut on = occasion();
        on.now = "2026-11-20T11:15:00Z".parse().unwrap();
        let doubt = |text: &str| Promises::of(&on, text, &[]).doubt(&on).unwrap_or_default();
        for sure in [
            "",
            "nothing",
            "Mara calls by 16:00",
            "Mara calls by today",
            "Mara calls by mon 09:00",
        ] {
            assert_eq!(doubt(sure), "", "{sure}");
        }
        let past = doubt("Ben looks by mon.\nMara calls by 09:00");
        assert_eq!(
            past,
            "“Mara calls, by 2026-11-20 09:00” is past already: it is 2026-11-20 11:15"
        );
        assert!(doubt("Mara calls by 2026-11-19").contains("is past already"));
        let half = doubt("Mara calls by 16:00; she has the number");
        assert!(half.starts_with("“she has the number” says no day"), "{half}");
        let undated = doubt("we will look into it");
        assert!(
            undated.contains("“we will look into it” says no day"),
            "{undated}"
        );
        assert!(undated.ends_with("it is due today, Fri 20 Nov"), "{undated}");
    }

    #[test]
    fn a_promise_is_kept_or_not_by_a_persons_word_and_a_note_says_which() {
        use super::super::tests::{juniper, value};
        use crate::domain::outbox::Target;
        use crate::domain::record::{Core, Kind};

        let on = occasion();
        let made = promises(&on, "Mara calls by 16:00")[0]
            .task(&on, &juniper(), "H-7", &on.me)
            .unwrap();
        let body: Vec<String> = value(&made, Core::Body)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect();
        let task = Task {
            target: Target::Record("t1".into()),
            subject: value(&made, Core::Subject).unwrap().to_owned(),
            due: None,
            done: Some("false".to_owned()),
            owner: None,
            about: Some(juniper()),
        };
        let read = |body: &[String]| HandoffTask::read(body, &task.subject);
        let promised = Promised::of(task.clone(), &read(&body).unwrap()).unwrap();
        assert_eq!(
            (promised.handoff.as_str(), promised.words.as_str()),
            ("H-7", "Mara calls, by 2026-11-20 16:00")
        );
        let other = read(&[Asks::Answer.mark("H-7")]).unwrap();
        assert_eq!(Promised::of(task.clone(), &other), None);
        let [note, done] = promised.settle(&on, Ok(())).unwrap().try_into().unwrap();
        let said = value(&note, Core::Body).unwrap();
        assert_eq!(
            said,
            "Promise kept: Mara calls, by 2026-11-20 16:00\nBy: Olu Ade\nretain: handoff H-7 promise kept"
        );
        let told = |said: &str| -> Vec<String> { said.lines().map(str::to_owned).collect() };
        let outcome = |said: &[String]| Outcome::parse(said, on.now);
        let read = outcome(&told(said)).unwrap();
        assert_eq!(
            (read.told(), read.by.as_deref()),
            ("kept".to_owned(), Some("Olu Ade"))
        );
        assert!(read.is_of("H-7", &promises(&on, "Mara calls by 16:00")[0].told()));
        // Of the same words for another day it is not that; of notes of before, which say no day, nobody can tell.
        assert!(!read.is_of("H-7", "Mara calls, by 2026-11-23 16:00"));
        let before = outcome(&told(
            "Promise kept: Mara calls\nretain: handoff H-7 promise kept",
        ))
        .unwrap();
        assert!(before.is_of("H-7", "Mara calls, by 2026-11-23 16:00"));
        // A reason has all its lines, and no line of it says who told it.
        let long = "Promise not kept: Mara calls\nBy: Olu Ade\nWhy: she was ill\nBy: nobody\n\nBen calls\n\
                    retain: handoff H-7 promise not kept";
        let long = outcome(&told(long)).unwrap();
        assert_eq!(
            (long.by.as_deref(), long.why.as_deref(), long.told().as_str()),
            (
                Some("Olu Ade"),
                Some("she was ill\nBy: nobody\n\nBen calls"),
                "not kept: she was ill By: nobody  Ben calls"
            )
        );
        assert!(!read.is_of("H-8", "Mara calls") && !read.is_of("H-7", "Mara writes, by 2026-11-20"));
        assert_eq!(outcome(&body), None, "the task itself says nothing of that");
        assert_eq!(done.write.kind(), Kind::Task);
        let [note, _] = promised
            .settle(&on, Err("She was ill"))
            .unwrap()
            .try_into()
            .unwrap();
        let said = value(&note, Core::Body).unwrap();
        assert!(
            said.starts_with(
                "Promise not kept: Mara calls, by 2026-11-20 16:00\nBy: Olu Ade\nWhy: She was ill\n"
            ),
            "{said}"
        );
        assert!(
            promised.settle(&on, Err(" ")).is_err(),
            "without a reason it is not said"
        );
        assert_eq!(outcome(&told(said)).unwrap().told(), "not kept: She was ill");
        // Neither is a handoff's event, nor another promise.
        let lines: Vec<String> = said.lines().map(str::to_owned).collect();
        assert_eq!(HandoffTask::read(&lines, ""), None);
        assert_eq!(super::super::parse(&lines, Timestamp::UNIX_EPOCH), None);
    }
}
