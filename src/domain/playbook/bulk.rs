//! One playbook on many accounts: what it would do on each, and what became of it.
//!
//! It is one run with a run on each account, all of one act and kept with one commit. What it did not start on is kept too,
//! with why: an account that was asked for is never left out in silence.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use super::act::{Deed, Team, start};
use super::event::{PlayEvent, What};
use super::{Fell, Fit, Playbook, Run, abandon, colleague, pause, resume, running};
use crate::domain::account_view::AccountView;
use crate::domain::acts::Occasion;
use crate::domain::base32;
use crate::domain::record::RecordId;
use crate::domain::role::Role;
use crate::domain::words::counted;

/// For what reason a playbook is started on many accounts.
#[derive(Debug, Clone, Copy)]
pub enum Because<'a> {
    /// The open warning of this signal: on an account that has none nothing is started.
    Signal(&'a str),
    /// On each account the first open warning that the playbook answers, if there is one: (signal, playbook).
    Answers(&'a [(String, String)]),
}

/// What starting a playbook on many accounts would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Id of the whole, e.g. `B-7K3M9QX2`.
    pub id: String,
    /// What people call the playbook.
    pub title: String,
    /// The accounts: those on which it starts, those of which a person is to see why not, those that are rightly left out;
    /// each in the order in which they were asked for.
    ranked: [Vec<Line>; 3],
    /// Those that were found.
    known: BTreeSet<RecordId>,
    /// All that is started, and what is not.
    deed: Deed,
    /// On how many accounts a step falls to somebody who is not known to have its role: the step, its role, why, and whether
    /// that is who starts it.
    fallen: BTreeMap<(String, Role, Fell, bool), u64>,
    playbook: (String, u32),
    /// Who starts it.
    starter: RecordId,
}

/// What it would do on one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The account; `None` where none was found.
    pub account: Option<RecordId>,
    /// Its name, or what was asked for, raw.
    pub name: String,
    /// What is started, or why nothing is.
    pub does: Result<Starts, Spared>,
}

/// Why a playbook is not started on an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spared {
    /// In one sentence, raw.
    pub why: String,
    /// Whether that is as it should be: the playbook is not for it, has nothing to do there, or runs already. Else a person
    /// is to look at it.
    pub rightly: bool,
}

impl Spared {
    /// As it should be, for a reason in one sentence.
    pub fn rightly(why: String) -> Self {
        Self { why, rightly: true }
    }

    /// Something that a person is to look at, in one sentence.
    pub fn odd(why: String) -> Self {
        Self { why, rightly: false }
    }
}

impl Line {
    /// Its place among others: those on which it starts come first, those that are rightly left out last.
    fn rank(&self) -> usize {
        match &self.does {
            Ok(_) => 0,
            Err(spared) if !spared.rightly => 1,
            Err(_) => 2,
        }
    }
}

/// A run that is started on an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Starts {
    /// How many steps it has.
    pub steps: usize,
    /// How many of them are tasks in the CRM too.
    pub tasks: usize,
    /// By when its first step is due, and whose that is.
    pub first: Option<(Date, String)>,
    /// Why it is started, raw; `None` without a warning.
    pub reason: Option<String>,
}

impl Plan {
    /// A plan of no account yet.
    pub fn new(on: &Occasion, playbook: &Playbook) -> Self {
        Self {
            id: format!("B-{}", base32::of_texts(&[&on.act, &playbook.id], 8)),
            title: playbook.title.clone(),
            ranked: Default::default(),
            known: BTreeSet::new(),
            deed: Deed::default(),
            fallen: BTreeMap::new(),
            playbook: (playbook.id.clone(), playbook.version),
            starter: on.me.id.clone(),
        }
    }

    /// The playbook on one account more, as it was read.
    pub fn add(
        &mut self,
        on: &Occasion,
        playbook: &Playbook,
        view: &AccountView,
        team: Team<'_>,
        because: Because<'_>,
    ) {
        let (id, name) = (view.summary.id.clone(), view.summary.name.clone());
        if self.known.contains(&id) {
            return;
        }
        match one(on, playbook, view, team, because) {
            Ok(deed) => self.starts_on(&id, &name, deed),
            Err(spared) => self.leave_out(Some(id), name, spared),
        }
    }

    fn starts_on(&mut self, account: &RecordId, name: &str, deed: Deed) {
        let tasks = deed.entries.len();
        self.deed.entries.extend(deed.entries);
        for mut event in deed.events {
            if let What::Started {
                bulk, steps, reason, ..
            } = &mut event.what
            {
                *bulk = Some(self.id.clone());
                for step in steps.iter() {
                    if let Some(fell) = step.fell {
                        let is_starters = step.owner == self.starter;
                        let key = (step.id.clone(), step.role, fell, is_starters);
                        *self.fallen.entry(key).or_default() += 1;
                    }
                }
                let first = steps.iter().min_by_key(|step| step.due);
                let starts = Starts {
                    steps: steps.len(),
                    tasks,
                    first: first.map(|step| (step.due, step.owner_name.clone())),
                    reason: reason.as_ref().map(|reason| reason.words.clone()),
                };
                self.put(Line {
                    account: Some(account.clone()),
                    name: name.to_owned(),
                    does: Ok(starts),
                });
            }
            self.deed.events.push(event);
        }
    }

    /// An account on which nothing is started; `None` where none was found.
    pub fn leave_out(&mut self, account: Option<RecordId>, name: String, spared: Spared) {
        if let Some(account) = &account {
            self.deed.events.push(PlayEvent {
                account: account.clone(),
                what: What::NotStarted {
                    bulk: self.id.clone(),
                    playbook: self.playbook.0.clone(),
                    version: self.playbook.1,
                    why: spared.why.clone(),
                    rightly: spared.rightly,
                },
            });
        }
        self.put(Line {
            account,
            name,
            does: Err(spared),
        });
    }

    /// Puts a line behind those that come before it.
    fn put(&mut self, line: Line) {
        self.known.extend(line.account.clone());
        self.ranked[line.rank()].push(line);
    }

    /// The accounts: those on which it starts, those of which a person is to see why not, those that are rightly left out;
    /// each in the order in which they were asked for.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.ranked.iter().flatten()
    }

    /// How many of them there are.
    pub fn all(&self) -> usize {
        self.ranked.iter().map(Vec::len).sum()
    }

    /// The steps that fall to somebody who is not known to have their role, in words, each once:
    /// `sign-off: nobody is known as VP: it falls to who looks after the account, on 3 accounts`.
    pub fn fallen(&self) -> Vec<String> {
        let told = self
            .fallen
            .iter()
            .map(|((step, role, fell, is_starters), count)| {
                let to = if *is_starters {
                    "whoever starts it"
                } else {
                    "who looks after the account"
                };
                let on = counted(*count, "account", "accounts");
                format!("{step}: {}: it falls to {to}, on {on}", fell.words(*role))
            });
        told.collect()
    }

    /// On how many accounts it is started.
    pub fn starts(&self) -> usize {
        self.ranked[0].len()
    }

    /// On how many accounts it is rightly not started.
    pub fn left_out(&self) -> usize {
        self.ranked[2].len()
    }

    /// On how many accounts it is not started for a reason that a person is to look at.
    pub fn exceptions(&self) -> usize {
        self.ranked[1].len()
    }

    /// What starting it does, if the number that was typed is that of the accounts on which it is; the error is one
    /// sentence.
    pub fn confirmed(&self, typed: &str) -> Result<&Deed, String> {
        match (self.starts(), typed.trim().parse::<usize>()) {
            (0, _) => Err("there is no account to start it on".to_owned()),
            (starts, Ok(typed)) if starts == typed => Ok(&self.deed),
            (starts, _) => Err(format!(
                "nothing was started: it is {}, and {} was typed",
                counted(starts as u64, "account", "accounts"),
                match typed.trim() {
                    "" => "no number".to_owned(),
                    typed => format!("`{typed}`"),
                }
            )),
        }
    }
}

/// What starting it on one account does, or why nothing is started.
fn one(
    on: &Occasion,
    playbook: &Playbook,
    view: &AccountView,
    team: Team<'_>,
    because: Because<'_>,
) -> Result<Deed, Spared> {
    let warning = match because {
        Because::Signal(signal) => {
            let found = view.warnings.iter().find(|warning| warning.signal == signal);
            Some(found.ok_or_else(|| Spared::rightly(format!("it has no open warning `{signal}`")))?)
        }
        Because::Answers(answers) => playbook.answered(view, answers),
    };
    let signal = warning.map(|warning| warning.signal.as_str());
    // The account stands beside it: it need not be named.
    if let Some(run) = running(&view.plays, &playbook.id, signal) {
        let why = format!("it runs already: {}, by {}", run.id, run.author);
        return Err(Spared::rightly(why));
    }
    if let Some(run) = colleague(&view.colleagues, &playbook.id, signal) {
        let why = format!("it runs already: {}, of {}", run.id, run.by());
        return Err(Spared::rightly(why));
    }
    let asks = playbook.applies_when.as_ref();
    let asks = asks.map_or("", |condition| condition.expression().source());
    match playbook.fit(view) {
        Fit::Applies => match playbook.over(view) {
            Some(exit) => {
                let why = format!("it would be over at once: `{exit}` holds already");
                Err(Spared::rightly(why))
            }
            None => start(on, playbook, view, team, warning).map_err(Spared::odd),
        },
        Fit::DoesNot => {
            let why = format!("it does not apply: it is for accounts with `{asks}`");
            Err(Spared::rightly(why))
        }
        Fit::CannotTell => Err(Spared::odd(format!("whether `{asks}` holds cannot be told"))),
    }
}

/// A playbook that was started on many accounts.
#[derive(Debug, Clone, PartialEq)]
pub struct Bulk {
    /// Its id.
    pub id: String,
    /// Id of the playbook.
    pub playbook: String,
    /// The playbook's version then.
    pub version: u32,
    /// What people call the playbook.
    pub title: String,
    /// Who started it: the owner's e-mail address.
    pub author: String,
    /// When (UTC).
    pub started: Timestamp,
    /// Its runs, one an account.
    pub runs: Vec<Run>,
    /// The accounts on which it was not started, with why.
    pub not_started: Vec<(RecordId, Spared)>,
}

/// The runs that are part of a bulk play, each with its id. One whose start was taken back never was.
fn parts(runs: &[Run]) -> impl Iterator<Item = (&str, &Run)> {
    let runs = runs.iter().filter(|run| !run.was_taken_back());
    runs.filter_map(|run| Some((run.bulk.as_deref()?, run)))
}

/// On how many accounts each bulk play was started.
pub fn started_on(runs: &[Run]) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    for (id, _) in parts(runs) {
        *counts.entry(id.to_owned()).or_default() += 1;
    }
    counts
}

/// The playbooks that were started on many accounts, the newest first: by their runs, and by the events that tell where they
/// were not started.
pub fn bulks<'a>(runs: &[Run], events: impl IntoIterator<Item = &'a PlayEvent>) -> Vec<Bulk> {
    let mut found: BTreeMap<String, Bulk> = BTreeMap::new();
    for (id, run) in parts(runs) {
        let bulk = found.entry(id.to_owned()).or_insert_with(|| Bulk {
            id: id.to_owned(),
            playbook: run.playbook.clone(),
            version: run.version,
            title: run.title.clone(),
            author: run.author.clone(),
            started: run.started,
            runs: Vec::new(),
            not_started: Vec::new(),
        });
        bulk.runs.push(run.clone());
    }
    for event in events {
        if let What::NotStarted {
            bulk, why, rightly, ..
        } = &event.what
            && let Some(bulk) = found.get_mut(bulk)
        {
            let (why, rightly) = (why.clone(), *rightly);
            bulk.not_started
                .push((event.account.clone(), Spared { why, rightly }));
        }
    }
    let mut found: Vec<Bulk> = found.into_values().collect();
    found.sort_by(|one, other| (other.started, &one.id).cmp(&(one.started, &other.id)));
    found
}

/// What is done with all runs of a bulk play at once.
#[derive(Debug, Clone, Copy)]
pub enum WithAll<'a> {
    /// Those under way are paused, with the reason.
    Pause(&'a str),
    /// Those that are paused are resumed.
    Resume,
    /// Those under way or paused are given up, with the reason.
    GiveUp(&'a str),
}

impl Bulk {
    /// Does something with all runs of it that it can be done with.
    pub fn with_all(
        &self,
        on: &Occasion,
        what: WithAll<'_>,
        name: impl Fn(&RecordId) -> String,
    ) -> Result<Deed, String> {
        let mut all = Deed::default();
        for run in self.runs.iter().filter(|run| run.is_open()) {
            let deed = match what {
                WithAll::Pause(_) if run.paused.is_some() => continue,
                WithAll::Resume if run.paused.is_none() => continue,
                WithAll::Pause(why) => pause(run, why)?,
                WithAll::Resume => resume(on, run, &name(&run.account))?,
                WithAll::GiveUp(why) => abandon(on, run, &name(&run.account), why)?,
            };
            all.entries.extend(deed.entries);
            all.events.extend(deed.events);
        }
        if all.events.is_empty() {
            let none = match what {
                WithAll::Resume => "paused",
                WithAll::Pause(_) | WithAll::GiveUp(_) => "under way",
            };
            return Err(format!("no run of {} is {none}", self.id));
        }
        Ok(all)
    }
}
