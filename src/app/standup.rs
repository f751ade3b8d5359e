//! State of standup mode: one account a screen. It lies under what it opens, and what it opens acts on the account that shows.

use jiff::Timestamp;

use super::cmd::{Cmd, RunId};
use super::overlay::Hint;
use crate::domain::record::RecordId;
use crate::domain::standup::{Begun, Budget, Held, Line, Order, Prepared, Promise, Standing, StandupEvent};

/// My own scope, and that of my team, as [`Scope::asked`](crate::domain::standup::Scope::asked) reads them: one key changes between the two.
pub const MINE: &str = "mine";
/// See [`MINE`].
pub const TEAM: &str = "team";

/// Before it begins.
const REVIEW: &[Hint] = &[
    ("enter", "begin"),
    ("tab", "mine or team"),
    ("b", "by owner"),
    ("j k", "look"),
    ("esc", "close"),
];
/// Where one was cut off.
const RESUME: &[Hint] = &[
    ("enter", "go on where it was"),
    ("tab", "mine or team"),
    ("j k", "look"),
    ("esc", "close"),
];
/// On an account.
const ACCOUNT: &[Hint] = &[
    ("J", "next"),
    ("K", "back"),
    ("tab", "roster"),
    ("t", "assign"),
    ("p", "play"),
    ("h", "hand over"),
    ("z", "snooze"),
    ("c", "close"),
    ("n", "note"),
    ("l", "log, or kept"),
    ("u", "undo"),
    ("m", "missed goal"),
    ("enter", "account"),
    ("esc", "end or leave"),
];
/// In the roster.
const ROSTER: &[Hint] = &[
    ("j k", "choose"),
    ("enter", "to it"),
    ("tab", "back"),
    ("esc", "back"),
];
/// Where it is asked whether to end.
const LEAVING: &[Hint] = &[
    ("enter", "end it"),
    ("q", "leave it, to go on later"),
    ("esc", "go on"),
];
/// On the minutes.
const MINUTES: &[Hint] = &[
    ("y", "copy"),
    ("f", "into a file"),
    ("n", "a note on each account"),
    ("j k", "scroll"),
    ("esc", "close"),
];
/// While something is read or kept.
const NOTHING: &[Hint] = &[("esc", "close")];

/// Standup mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standup {
    /// The order that reads what it would go over, while that is not answered.
    pub asked: Option<RunId>,
    /// Whose accounts, as it was asked for.
    pub scope: String,
    /// In which order accounts come.
    pub order: Order,
    /// What it would go over.
    pub prepared: Option<Box<Prepared>>,
    /// The standup once it has begun, and that is on disk.
    pub held: Option<Box<Held>>,
    /// What shows.
    pub stage: Stage,
    /// The place of the account in the agenda.
    pub at: usize,
    /// Since when it shows (UTC).
    pub since: Timestamp,
    /// The chosen line of the review and the roster, and the first one of the minutes.
    pub line: usize,
    /// Whether the account shows whole instead.
    pub aside: bool,
    /// What is ordered to be noted, by the orders, until it is on disk.
    pub noting: Vec<(RunId, Vec<StandupEvent>)>,
}

/// What shows of a standup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// What it would go over.
    Review,
    /// One account.
    Account,
    /// All accounts of it.
    Roster,
    /// Whether it is to end.
    Leaving,
    /// Its minutes, once it has ended.
    Minutes,
}

impl Standup {
    /// Standup mode that waits for what it would go over.
    pub fn new(asked: RunId, scope: String, order: Order, now: Timestamp) -> Self {
        Self {
            asked: Some(asked),
            scope,
            order,
            prepared: None,
            held: None,
            stage: Stage::Review,
            at: 0,
            since: now,
            line: 0,
            aside: false,
            noting: Vec::new(),
        }
    }

    /// The order that reads what it would go over, while that is not answered.
    pub fn order(&self) -> Option<Cmd> {
        Some(Cmd::LoadStandup {
            run: self.asked?,
            scope: self.scope.clone(),
            order: self.order,
        })
    }

    /// Whether something that was ordered is not answered.
    pub fn is_waiting(&self) -> bool {
        self.asked.is_some() || !self.noting.is_empty()
    }

    /// What one can press.
    pub fn hints(&self) -> &'static [Hint] {
        match self.stage {
            Stage::Review if self.prepared.is_none() => NOTHING,
            Stage::Review if self.open().is_some() => RESUME,
            Stage::Review => REVIEW,
            Stage::Account => ACCOUNT,
            Stage::Roster => ROSTER,
            Stage::Leaving => LEAVING,
            Stage::Minutes => MINUTES,
        }
    }

    /// The one that was cut off, before it goes on.
    pub fn open(&self) -> Option<&Held> {
        self.prepared.as_ref()?.open.as_deref()
    }

    /// As it began, or would begin.
    pub fn begun(&self) -> Option<&Begun> {
        let held = self.held.as_deref().or(self.open());
        let begun = held.map(|held| &held.begun);
        begun.or(self.prepared.as_ref().map(|prepared| &prepared.begun))
    }

    /// The lines of its agenda.
    pub fn agenda(&self) -> &[Line] {
        self.begun().map_or(&[], |begun| &begun.agenda)
    }

    /// The account that shows.
    pub fn current(&self) -> Option<&Line> {
        let is_on = matches!(self.stage, Stage::Account | Stage::Roster | Stage::Leaving);
        self.agenda()
            .get(self.at)
            .filter(|_| is_on && self.held.is_some())
    }

    /// How many accounts nobody left yet, the one that shows among them.
    pub fn left(&self) -> usize {
        let Some(held) = self.held.as_deref() else {
            return self.agenda().len();
        };
        let is_left = |line: &&Line| {
            let is_current = self
                .current()
                .is_some_and(|current| current.account == line.account);
            is_current || !held.visits.iter().any(|visit| visit.account == line.account)
        };
        self.agenda().iter().filter(is_left).count()
    }

    /// How long it may take.
    pub fn budget(&self) -> Option<Budget> {
        Some(Budget::of(self.held.as_deref()?, self.since))
    }

    /// The first promise on an account of which nothing tells whether it was kept.
    pub fn unsettled(&self, account: &RecordId) -> Option<&Promise> {
        let held = self.held.as_deref()?;
        let line = self.agenda().iter().find(|line| line.account == *account)?;
        let is_open = |promise: &&Promise| {
            let is_told = held.said.contains_key(&promise.decision);
            !is_told && matches!(promise.standing, Standing::NoRecord | Standing::Ahead)
        };
        line.promises.iter().find(is_open)
    }
}
