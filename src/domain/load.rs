//! Load: the work of a person that is due within the next ten business days, over the hours that their role has for it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::role::Role;
use super::words;

/// Load looks so many business days ahead, that of today among them.
pub const DAYS: i32 = 10;
/// So many business days have the hours of a week.
const WEEK: u32 = 5;

/// What kind of work it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Work {
    /// A task in the CRM.
    Task,
    /// A step of a playbook.
    Step,
    /// What was promised to a customer.
    Promise,
    /// A handoff to answer, or to look after.
    Handoff,
}

impl Work {
    /// All kinds, in the order in which they are told.
    pub const ALL: [Self; 4] = [Self::Task, Self::Step, Self::Promise, Self::Handoff];

    /// Its name for one, and for several.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Task => ("task", "tasks"),
            Self::Step => ("step", "steps"),
            Self::Promise => ("promise", "promises"),
            Self::Handoff => ("handoff", "handoffs"),
        }
    }
}

/// `[load]`: how long work takes, and how many hours each role has for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// How long one piece of work takes, in minutes.
    pub minutes: BTreeMap<Work, u32>,
    /// How many hours of a week of five days a role has for such work.
    pub hours_a_week: BTreeMap<Role, u32>,
}

impl Default for Rules {
    fn default() -> Self {
        let minutes = [30, 45, 45, 60];
        Self {
            minutes: Work::ALL.into_iter().zip(minutes).collect(),
            hours_a_week: BTreeMap::new(),
        }
    }
}

impl Rules {
    /// How long one piece of work takes, in minutes; nothing where the settings say nothing of it.
    fn minutes(&self, work: Work) -> u32 {
        self.minutes.get(&work).copied().unwrap_or_default()
    }
}

/// Work that is due for one person, late work too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Due {
    /// How much of it is late.
    pub late: u32,
    /// How much there is of each kind, by its place in [`Work::ALL`].
    pub of: [u32; 4],
}

impl Due {
    /// Adds one piece.
    pub fn add(&mut self, work: Work, is_late: bool) {
        self.of[work as usize] += 1;
        self.late += u32::from(is_late);
    }

    /// How many pieces there are.
    pub fn pieces(&self) -> u32 {
        self.of.iter().sum()
    }
}

/// Load with its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// What is due.
    pub due: Due,
    /// How long that takes, in minutes.
    pub minutes: u32,
    /// How long the person has for it, in minutes; `None` where the settings give their role no hours.
    pub has: Option<u32>,
}

impl Load {
    /// That of a person of this role who is at work on so many of the ten business days.
    pub fn of(due: Due, rules: &Rules, (role, days): (Role, u32)) -> Self {
        let takes = Work::ALL.iter().map(|work| rules.minutes(*work));
        let minutes = due.of.iter().zip(takes).map(|(count, takes)| count * takes).sum();
        let a_week = rules.hours_a_week.get(&role).copied().filter(|hours| *hours > 0);
        Self {
            due,
            minutes,
            has: a_week.map(|hours| hours * 60 * days / WEEK),
        }
    }

    /// In percent; `None` where there are no hours for it.
    pub fn percent(&self) -> Option<u32> {
        let has = self.has.filter(|has| *has > 0)?;
        Some((self.minutes * 100 + has / 2) / has)
    }

    /// In a few cells: `83 %`, `?`.
    pub fn short(&self) -> String {
        self.percent()
            .map_or_else(|| "?".to_owned(), |percent| format!("{percent} %"))
    }

    /// With its parts: `83 %: 14 h 15 min of 18 h, 9 tasks, 3 steps; 2 late`.
    pub fn words(&self) -> String {
        let counts = Work::ALL
            .into_iter()
            .zip(self.due.of)
            .filter(|(_, count)| *count > 0);
        let parts: Vec<String> = counts
            .map(|(work, count)| {
                let (one, other) = work.words();
                words::counted(count.into(), one, other)
            })
            .collect();
        let parts = if parts.is_empty() {
            "nothing due".to_owned()
        } else {
            parts.join(", ")
        };
        let late = match self.due.late {
            0 => String::new(),
            late => format!("; {late} late"),
        };
        let takes = hours(self.minutes);
        let over = match self.has {
            Some(0) => format!("{takes}, and no day at work"),
            Some(has) => format!("{takes} of {}", hours(has)),
            None => format!("{takes}, and [load] gives the role no hours"),
        };
        format!("{}: {over}, {parts}{late}", self.short())
    }
}

/// `14 h 15 min`, `45 min`, `18 h`.
fn hours(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due() -> Due {
        let mut due = Due::default();
        for at in 0..9 {
            due.add(Work::Task, at < 2);
        }
        for _ in 0..3 {
            due.add(Work::Step, false);
        }
        due
    }

    fn rules() -> Rules {
        Rules {
            hours_a_week: BTreeMap::from([(Role::Csm, 9)]),
            ..Rules::default()
        }
    }

    #[test]
    fn load_is_due_work_over_the_hours_of_the_role_and_told_with_its_parts() {
        let load = Load::of(due(), &rules(), (Role::Csm, 10));
        assert_eq!((load.minutes, load.has), (9 * 30 + 3 * 45, Some(18 * 60)));
        assert_eq!(load.words(), "38 %: 6 h 45 min of 18 h, 9 tasks, 3 steps; 2 late");
        let half_away = Load::of(due(), &rules(), (Role::Csm, 5));
        assert_eq!(half_away.percent(), Some(75), "the hours of days at work alone");
    }

    #[test]
    fn without_hours_it_is_unknown_and_never_zero() {
        let of_lead = Load::of(due(), &rules(), (Role::Lead, 10));
        assert_eq!((of_lead.percent(), of_lead.short().as_str()), (None, "?"));
        let away = Load::of(Due::default(), &rules(), (Role::Csm, 0));
        assert_eq!((away.percent(), away.short().as_str()), (None, "?"));
        assert_eq!(away.words(), "?: 0 min, and no day at work, nothing due");
        let idle = Load::of(Due::default(), &rules(), (Role::Csm, 10));
        assert_eq!(idle.short(), "0 %", "nothing due is known");
    }
}
