//! The lines of what is due: a step of a bulk play is one line, however many accounts it is due on; only its exceptions
//! have lines of their own.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::DueItem;
use crate::domain::record::RecordId;

/// What a step is of a bulk play.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartOf {
    /// Id of the bulk play.
    pub id: String,
    /// What people call the playbook, raw.
    pub title: String,
    /// On how many accounts it was started.
    pub accounts: u32,
    /// Place of the step in the playbook, from 1.
    pub place: u32,
    /// Why a person is to look at it on this account, raw; lateness, which comes with the clock, is not told here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub odd: Option<String>,
}

/// Where a step stands in its run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InRun {
    /// What people call the playbook, raw.
    pub title: String,
    /// Place of the step in the playbook, from 1.
    pub place: u32,
    /// How many steps the run has.
    pub of: u32,
    /// How many of them are done or left out.
    pub closed: u32,
    /// What is to be done before it, raw: titles of the open steps that it comes after.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waits: Vec<String>,
    /// The condition under which alone it counts, while nothing is decided of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_if: Option<String>,
    /// That a colleague does the same for the same reason, raw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub also: Option<String>,
}

impl InRun {
    /// It in words, raw: `Waning interest, step 3 of 4, waits for Call the sponsor, 1 closed`.
    pub fn words(&self) -> String {
        let (place, of, closed) = (self.place, self.of, self.closed);
        let mut words = vec![format!("{}, step {place} of {of}", self.title)];
        if !self.waits.is_empty() {
            words.push(format!("waits for {}", self.waits.join(" and ")));
        }
        words.extend(self.only_if.iter().map(|when| format!("only if {when}")));
        words.push(format!("{closed} closed"));
        words.extend(self.also.clone());
        words.join(", ")
    }
}

/// A step of a bulk play on the accounts on which it is due for me.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkStep {
    /// What makes it the same one after new data.
    pub key: String,
    /// Its items that are as they should be, by their places: what the line opens to. Two or more.
    pub items: Vec<usize>,
    /// On how many accounts it is to be done, exceptions too.
    pub to_do: usize,
    /// On how many of those it is late.
    pub late: usize,
    /// On how many of those a person is to look at it for another reason.
    pub odd: usize,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepLine {
    /// Something that is due, by its place; whether it stands below the bulk play that it is part of.
    Item(usize, bool),
    /// A step of a bulk play.
    Bulk(BulkStep),
}

/// What is due as it is looked at. Arranged when it arrives, is opened or the clock makes something late.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Steps {
    /// What shows, in order.
    pub lines: Vec<StepLine>,
    /// Keys of the bulk plays that are opened.
    pub open: BTreeSet<String>,
}

impl DueItem {
    /// The bulk play that it is part of.
    pub fn part_of(&self) -> Option<&PartOf> {
        self.step.as_ref()?.bulk.as_ref()
    }

    /// Whether it is a step that cannot be done yet: others come before it, or whether it counts is not decided.
    pub fn waits(&self) -> bool {
        self.waiting().is_some()
    }

    /// What a step that cannot be done yet waits for, in words, raw: `waits for Call the sponsor`, `only if score > 40`.
    pub fn waiting(&self) -> Option<String> {
        let within = self.step.as_ref()?.within.as_ref()?;
        let waits = (!within.waits.is_empty()).then(|| format!("waits for {}", within.waits.join(" and ")));
        waits.or_else(|| Some(format!("only if {}", within.only_if.as_ref()?)))
    }

    /// What makes it one of the same step of the same bulk play, of the same person.
    fn bulk_key(&self) -> Option<String> {
        let step = self.step.as_ref()?;
        let owner = self.owner.as_deref().unwrap_or_default();
        Some(format!("{} {} {owner}", step.bulk.as_ref()?.id, step.step))
    }
}

impl Steps {
    /// Arranges what is due at a moment of the person's own day.
    pub fn arrange(&mut self, due: &[DueItem], now: DateTime) {
        let mut bulks: BTreeMap<String, BulkStep> = BTreeMap::new();
        for (at, item) in due.iter().enumerate() {
            let Some(key) = item.bulk_key() else { continue };
            let bulk = bulks.entry(key.clone()).or_insert_with(|| BulkStep {
                key,
                items: Vec::new(),
                to_do: 0,
                late: 0,
                odd: 0,
            });
            bulk.to_do += 1;
            match item.part_of() {
                Some(PartOf { odd: Some(_), .. }) => bulk.odd += 1,
                _ if item.is_late(now) => bulk.late += 1,
                _ => bulk.items.push(at),
            }
        }
        bulks.retain(|_, bulk| bulk.items.len() > 1);
        let told = bulks.values();
        let told: BTreeMap<usize, &BulkStep> = told
            .flat_map(|bulk| bulk.items.iter().map(move |at| (*at, bulk)))
            .collect();
        self.lines.clear();
        for at in 0..due.len() {
            // The line stands where the first of what it stands for would; the others are told by it.
            match told.get(&at) {
                None => self.lines.push(StepLine::Item(at, false)),
                Some(bulk) if bulk.items.first() == Some(&at) => {
                    self.lines.push(StepLine::Bulk((*bulk).clone()));
                    if self.open.contains(&bulk.key) {
                        let below = bulk.items.iter().map(|at| StepLine::Item(*at, true));
                        self.lines.extend(below);
                    }
                }
                Some(_) => {}
            }
        }
    }

    /// The place of the item of a line; `None` for a bulk play and where there is no line.
    pub fn item(&self, at: usize) -> Option<usize> {
        match self.lines.get(at)? {
            StepLine::Item(item, _) => Some(*item),
            StepLine::Bulk(_) => None,
        }
    }

    /// The bulk play of a line that is one.
    pub fn bulk(&self, at: usize) -> Option<&BulkStep> {
        match self.lines.get(at)? {
            StepLine::Bulk(bulk) => Some(bulk),
            StepLine::Item(..) => None,
        }
    }

    /// The first line that is about an account: its own, or the bulk play that has it.
    pub fn line_of(&self, due: &[DueItem], account: &RecordId) -> Option<usize> {
        let is_its = |at: usize| due.get(at).and_then(|item| item.account.as_ref()) == Some(account);
        let has = |line: &StepLine| match line {
            StepLine::Item(at, _) => is_its(*at),
            StepLine::Bulk(bulk) => !self.open.contains(&bulk.key) && bulk.items.iter().any(|at| is_its(*at)),
        };
        self.lines.iter().position(has)
    }

    /// Opens a bulk play, or closes it again.
    pub fn turn(&mut self, key: String) {
        if !self.open.remove(&key) {
            self.open.insert(key);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::civil::date;

    use super::super::{DueKind, StepRef};
    use super::*;

    fn of_bulk(account: &str, day: i8, odd: Option<&str>) -> DueItem {
        DueItem {
            kind: DueKind::Step,
            record: account.into(),
            title: format!("Call {account}"),
            account: Some(account.into()),
            account_name: account.to_owned(),
            due: Some(date(2026, 11, day)),
            at: None,
            body: String::new(),
            owner: None,
            pending: None,
            step: Some(StepRef {
                run: format!("P-{account}"),
                step: "call".to_owned(),
                bulk: Some(PartOf {
                    id: "B-1".to_owned(),
                    title: "Value review".to_owned(),
                    accounts: 42,
                    place: 2,
                    odd: odd.map(str::to_owned),
                }),
                within: None,
            }),
            task: None,
            of_handoff: None,
        }
    }

    fn now() -> DateTime {
        date(2026, 11, 23).at(10, 0, 0, 0)
    }

    /// Late, ordinary, doubtful, ordinary, ordinary, and a task of its own.
    fn due() -> Vec<DueItem> {
        let mut own = of_bulk("own", 24, None);
        own.step = None;
        vec![
            of_bulk("late", 20, None),
            of_bulk("a", 23, None),
            of_bulk("odd", 23, Some("whether it counts cannot be told")),
            of_bulk("b", 23, None),
            of_bulk("c", 24, None),
            own,
        ]
    }

    #[test]
    fn a_step_of_a_bulk_play_is_one_line_and_its_exceptions_have_their_own() {
        let (due, mut steps) = (due(), Steps::default());
        steps.arrange(&due, now());
        let [
            StepLine::Item(0, false),
            StepLine::Bulk(bulk),
            StepLine::Item(2, false),
            StepLine::Item(5, false),
        ] = &steps.lines[..]
        else {
            panic!("{:?}", steps.lines)
        };
        assert_eq!((bulk.to_do, bulk.late, bulk.odd), (5, 1, 1));
        assert_eq!(bulk.items, [1, 3, 4]);
        assert_eq!((steps.item(1), steps.item(3)), (None, Some(5)));
        // Opened it has the others below it; who looks for an account finds the line that tells of it.
        assert_eq!(steps.line_of(&due, &"b".into()), Some(1));
        let key = steps.bulk(1).unwrap().key.clone();
        steps.turn(key);
        steps.arrange(&due, now());
        assert_eq!(steps.lines[2..5], [1, 3, 4].map(|at| StepLine::Item(at, true)));
        assert_eq!(steps.line_of(&due, &"b".into()), Some(3));
    }

    #[test]
    fn another_step_another_person_and_what_is_alone_have_lines_of_their_own() {
        let mut due = due();
        due[3].owner = Some("Ben Osei".to_owned());
        due[4].step.as_mut().unwrap().step = "write".to_owned();
        let mut steps = Steps::default();
        steps.arrange(&due, now());
        let items: Vec<Option<usize>> = (0..steps.lines.len()).map(|at| steps.item(at)).collect();
        assert_eq!(items, [0, 1, 2, 3, 4, 5].map(Some));
    }

    #[test]
    fn what_the_clock_makes_late_comes_out_of_its_bulk_play() {
        let (due, mut steps) = (due(), Steps::default());
        steps.arrange(&due, date(2026, 11, 24).at(0, 0, 0, 0));
        let items: Vec<Option<usize>> = (0..steps.lines.len()).map(|at| steps.item(at)).collect();
        assert_eq!(
            items,
            [0, 1, 2, 3, 4, 5].map(Some),
            "one is left of it: it stands alone"
        );
    }
}
