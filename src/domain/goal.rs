//! Goals of an account's success plan: what is to be reached, by when, where it stands; and what is said of one that was
//! missed: why, what changes, when to look again. That is a note in the CRM, bound by its last line, so that everybody's
//! program reads it; what was reached stands in it as it was then, beside what is reached now.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::acts::note;
use super::acts::task::{self, NewTask};
use super::acts::{About, Occasion};
use super::outbox::NewEntry;
use super::values::plain;
use super::words;

/// What the last line of such a note begins with.
pub const MARK: &str = "retain: goal ";
/// How the lines of such a note begin.
const REACHED: &str = "Reached: ";
const WHY: &str = "Why: ";
const CHANGES: &str = "What changes: ";
const LOOK: &str = "Look again: ";
const BY: &str = "Said by: ";
/// A goal that was missed and of which nobody said why is told in standups for so many days.
pub const TOLD_DAYS: i32 = 90;

/// A goal, as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// What `mapping.toml` calls it.
    pub id: String,
    /// What is to be reached, in words, raw.
    pub title: String,
    /// What is counted, in words; `None` where the CRM names no metric that the mapping knows.
    pub metric: Option<String>,
    /// Where it began.
    pub baseline: Option<f64>,
    /// What is to be reached.
    pub target: Option<f64>,
    /// By when.
    pub due: Option<Date>,
    /// Name of whose goal it is, raw.
    pub owner: Option<String>,
    /// What shows that it was reached, raw.
    pub evidence: Option<String>,
    /// What is reached by now.
    pub value: Option<f64>,
    /// What was said when it was missed, last.
    pub told: Option<Told>,
}

/// What was said of a goal that was missed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// What had been reached then.
    pub was: Option<f64>,
    /// Why it was missed, raw.
    pub why: String,
    /// What changes, raw.
    pub changes: String,
    /// When to look again.
    pub look: Option<Date>,
    /// Name of who said so, raw.
    pub by: Option<String>,
}

/// Where a goal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The target is reached.
    Reached,
    /// There is time left.
    Ahead,
    /// Its day has passed, and the target is not reached.
    Missed,
    /// Target, day or what is reached is not known.
    Unknown,
}

impl State {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::Ahead => "ahead",
            Self::Missed => "missed",
            Self::Unknown => "unknown",
        }
    }
}

/// What a person says of a goal that was missed.
#[derive(Debug, Clone, Copy)]
pub struct Saying<'a> {
    /// Why it was missed.
    pub why: &'a str,
    /// What changes.
    pub changes: &'a str,
    /// When to look again.
    pub look: Date,
}

impl Goal {
    /// Where it stands on a day. A target below where it began is to be come down to.
    pub fn state(&self, today: Date) -> State {
        let (Some(target), Some(value)) = (self.target, self.value) else {
            return State::Unknown;
        };
        let falls = self.baseline.is_some_and(|baseline| target < baseline);
        match self.due {
            _ if (falls && value <= target) || (!falls && value >= target) => State::Reached,
            None => State::Unknown,
            Some(due) if due >= today => State::Ahead,
            Some(_) => State::Missed,
        }
    }

    /// What is to be reached, with where it began: `weekly users 40 → 60`; the title where that is not known.
    pub fn aim(&self) -> String {
        let (Some(metric), Some(target)) = (&self.metric, self.target) else {
            return self.title.clone();
        };
        match self.baseline {
            Some(baseline) => format!("{metric} {} → {}", plain(baseline), plain(target)),
            None => format!("{metric} to {}", plain(target)),
        }
    }

    /// It in one line: `weekly users 40 → 60 by 1 Nov: 47 now, missed`.
    pub fn words(&self, today: Date) -> String {
        let by = self
            .due
            .map_or_else(|| "?".to_owned(), |due| words::calendar_day(today, due));
        let now = self.value.map_or_else(|| "?".to_owned(), plain);
        format!("{} by {by}: {now} now, {}", self.aim(), self.state(today).word())
    }

    /// Before and after, once something was said: `47 then → 52 now, look again 15 Dec`.
    pub fn before_and_after(&self, today: Date) -> Option<String> {
        let told = self.told.as_ref()?;
        let number = |value: Option<f64>| value.map_or_else(|| "?".to_owned(), plain);
        let look = told.look.map(|look| {
            let day = words::calendar_day(today, look);
            if look <= today {
                format!(", looked at since {day}")
            } else {
                format!(", look again {day}")
            }
        });
        let (then, now) = (number(told.was), number(self.value));
        Some(format!("{then} then → {now} now{}", look.unwrap_or_default()))
    }

    /// What a standup tells of it over some days, after the first of them: that it was missed as long as nobody said why, and on
    /// its day that it is to be looked at again. With whether it is missed.
    pub fn news(&self, (since, today): (Date, Date)) -> Option<(bool, String)> {
        let is_within = |day: Date| day > since && day <= today;
        match &self.told {
            Some(told) if told.look.is_some_and(is_within) => {
                let beside = self.before_and_after(today).unwrap_or_default();
                Some((false, format!("goal to look at again: {}: {beside}", self.aim())))
            }
            Some(_) => None,
            None => {
                let days = words::days(self.due?, today);
                let is_told = self.state(today) == State::Missed && days <= TOLD_DAYS;
                is_told.then(|| (true, format!("goal {}", self.words(today))))
            }
        }
    }

    /// The note that says it and the task to look again; the task first. The error is one sentence for the person.
    pub fn missed(&self, on: &Occasion, about: &About, say: &Saying<'_>) -> Result<Vec<NewEntry>, String> {
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (why, changes) = (one_line(say.why), one_line(say.changes));
        if why.is_empty() {
            return Err("say why it was missed".to_owned());
        }
        if changes.is_empty() {
            return Err("say what changes".to_owned());
        }
        if say.look <= on.today() {
            return Err("the day to look again is still to come".to_owned());
        }
        if self.state(on.today()) != State::Missed {
            return Err(format!("the goal is not missed: {}", self.words(on.today())));
        }
        let due = self.due.map(|due| due.to_string()).unwrap_or_default();
        let was = self
            .value
            .map_or_else(|| "?".to_owned(), |value| value.to_string());
        let text = format!(
            "Goal missed: {} by {due}\n{REACHED}{was}\n{WHY}{why}\n{CHANGES}{changes}\n{LOOK}{}\n{BY}{}\n\n{MARK}{} {due}",
            self.aim(),
            say.look,
            on.me.name,
            self.id
        );
        let task = NewTask {
            subject: format!("Look again at the goal: {}", self.aim()),
            body: format!("Missed on {due}. {changes}"),
            due: Some(say.look),
            ..NewTask::default()
        };
        Ok(vec![task::make(on, about, &task)?, note::note(on, about, &text)?])
    }
}

/// What a note says of a goal, by its lines: the goal's id and day, and what was said; `None` where it is no such note.
pub fn parse(lines: &[String]) -> Option<((String, String), Told)> {
    let mark =
        words::closing(lines.iter().map(String::as_str)).find_map(|line| line.trim().strip_prefix(MARK))?;
    let (id, due) = mark.trim().split_once(' ')?;
    let of = |begin: &str| {
        let mut found = lines.iter().filter_map(|line| line.trim().strip_prefix(begin));
        found.next().map(|rest| rest.trim().to_owned())
    };
    let told = Told {
        was: of(REACHED).and_then(|text| text.parse().ok()),
        why: of(WHY)?,
        changes: of(CHANGES)?,
        look: of(LOOK).and_then(|text| text.parse().ok()),
        by: of(BY),
    };
    Some(((id.to_owned(), due.trim().to_owned()), told))
}

/// What was said of each goal and day, last; notes with when they were written (UTC).
pub fn last_told(
    notes: impl IntoIterator<Item = (Timestamp, (String, String), Told)>,
    goal: (&str, Date),
) -> Option<Told> {
    let (id, due) = (goal.0, goal.1.to_string());
    let of_it = notes
        .into_iter()
        .filter(|(_, (other, day), _)| other == id && *day == due);
    of_it.max_by_key(|(at, ..)| *at).map(|(_, _, told)| told)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::acts::tests::{juniper, occasion};
    use crate::domain::outbox::{Field, Write};
    use crate::domain::record::Core;

    fn goal(target: f64, value: Option<f64>) -> Goal {
        Goal {
            id: "plan".to_owned(),
            title: "Every planner uses it".to_owned(),
            metric: Some("weekly users".to_owned()),
            baseline: Some(40.0),
            target: Some(target),
            due: Some(date(2026, 11, 1)),
            owner: None,
            evidence: None,
            value,
            told: None,
        }
    }

    #[test]
    fn a_goal_is_missed_once_its_day_passed_unreached_and_unknown_is_no_miss() {
        let on = |day: Date, goal: &Goal| goal.state(day);
        let today = date(2026, 11, 23);
        assert_eq!(on(today, &goal(60.0, Some(47.0))), State::Missed);
        assert_eq!(
            on(date(2026, 11, 1), &goal(60.0, Some(47.0))),
            State::Ahead,
            "its day is not over"
        );
        assert_eq!(on(today, &goal(60.0, Some(60.0))), State::Reached);
        assert_eq!(
            on(today, &goal(10.0, Some(12.0))),
            State::Missed,
            "to be come down to"
        );
        assert_eq!(on(today, &goal(10.0, Some(9.0))), State::Reached);
        assert_eq!(on(today, &goal(60.0, None)), State::Unknown);
        assert_eq!(
            goal(60.0, Some(47.0)).words(today),
            "weekly users 40 → 60 by 1 Nov: 47 now, missed"
        );
    }

    #[test]
    fn what_is_said_of_it_becomes_a_task_and_a_note_that_reads_as_it_was_written() {
        let on = occasion();
        let say = Saying {
            why: "The champion left\nin June",
            changes: "A training for the new team",
            look: date(2026, 12, 15),
        };
        let missed = goal(60.0, Some(47.5));
        let entries = missed.missed(&on, &juniper(), &say).unwrap();
        let field = |at: usize, core: Core| match &entries[at].write {
            Write::Create { fields, .. } => fields[&Field::Core(core)].clone(),
            other => panic!("{other:?}"),
        };
        assert!(field(0, Core::Subject).starts_with("Look again at the goal: weekly users"));
        let lines: Vec<String> = field(1, Core::Body).lines().map(str::to_owned).collect();
        let ((id, due), told) = parse(&lines).unwrap();
        assert_eq!((id.as_str(), due.as_str()), ("plan", "2026-11-01"));
        assert_eq!(told.was, Some(47.5));
        assert_eq!(
            (told.why.as_str(), told.look),
            ("The champion left in June", Some(say.look))
        );
        let after = Goal {
            value: Some(52.0),
            told: Some(told),
            ..missed
        };
        let today = date(2026, 12, 15);
        assert_eq!(
            after.before_and_after(today).unwrap(),
            "47.5 then → 52 now, looked at since 15 Dec"
        );
        let (is_missed, words) = after.news((date(2026, 12, 14), today)).unwrap();
        assert!(!is_missed && words.contains("47.5 then → 52 now"), "{words}");
        assert_eq!(after.news((today, date(2026, 12, 16))), None, "that was told");
    }

    #[test]
    fn nothing_is_written_without_a_reason_a_change_and_a_day_to_come_nor_of_a_goal_that_is_not_missed() {
        let on = occasion();
        let say = |why, changes, look| Saying { why, changes, look };
        let later = date(2026, 12, 15);
        let refused = |goal: &Goal, say: &Saying<'_>| goal.missed(&on, &juniper(), say).unwrap_err();
        let missed = goal(60.0, Some(47.0));
        assert_eq!(refused(&missed, &say(" ", "x", later)), "say why it was missed");
        assert_eq!(refused(&missed, &say("x", "", later)), "say what changes");
        assert!(refused(&missed, &say("x", "y", on.today())).contains("still to come"));
        let reached = goal(60.0, Some(61.0));
        assert!(refused(&reached, &say("x", "y", later)).contains("not missed"));
    }

    #[test]
    fn it_is_told_until_somebody_says_why_and_not_for_ever() {
        let missed = goal(60.0, Some(47.0));
        let week = |today: Date| (today.saturating_sub(jiff::Span::new().days(7)), today);
        assert!(missed.news(week(date(2026, 11, 23))).unwrap().0);
        assert_eq!(missed.news(week(date(2027, 3, 1))), None);
        assert_eq!(goal(60.0, Some(61.0)).news(week(date(2026, 11, 23))), None);
    }
}
