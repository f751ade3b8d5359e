//! One occurrence of a signal on an account, and all of them: folds over events.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::event::{Closed, Opened, Planned, Snoozed, Waking, WarningEvent, What};
use crate::domain::desk::Severity;

/// A customer that is back so soon had not left: as churn is reversed in the figures of retention.
const BACK_WITHIN: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What was done to an open warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A person takes it on.
    Acknowledged,
    /// A person says that something is done about it.
    Planned(Planned),
    /// A person does not want to see it for a while.
    Snoozed(Snoozed),
    /// The snooze is over by itself.
    Woke(Waking),
    /// A person has ended the snooze.
    Roused,
    /// A person has judged it.
    Closed(Closed),
}

/// An act, when it took effect (UTC), and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// When (UTC).
    pub at: Timestamp,
    /// Who: the owner's e-mail address.
    pub by: String,
    /// What.
    pub act: Act,
}

/// One occurrence of a signal on an account, from when its condition began to hold until it holds no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// As it opened.
    pub opened: Opened,
    /// When (UTC).
    pub opened_at: Timestamp,
    /// When the budget had room for it (UTC).
    pub told: Option<Timestamp>,
    /// What was done since, without what was taken back.
    pub acts: Vec<Done>,
    /// When its condition ceased to hold, or to be asked for (UTC), and why.
    pub cleared: Option<(Timestamp, End)>,
}

/// Why a warning is over without a person's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It is not so any more.
    Recovered,
    /// The customer has left.
    Lost,
    /// The account is not here any more.
    Gone,
    /// The configuration has its signal no more.
    Withdrawn,
}

/// Where an event was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// In this ledger, whose warnings these are.
    Here,
    /// In the ledger of another person or machine, which has its own warnings.
    Elsewhere,
}

/// All occurrences of all signals on one account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lives {
    /// By signal, the oldest first.
    of: BTreeMap<String, Vec<Life>>,
    /// What persons said elsewhere of a signal of which nothing stands here yet, with by whom and when, in order.
    waiting: BTreeMap<String, Vec<(What, String, Timestamp)>>,
    /// The signals of which the one that stands here has recovered elsewhere: what is said there since is of another.
    recovered: BTreeSet<String>,
}

impl Life {
    /// How a person closed it, and when and by whom.
    pub fn closing(&self) -> Option<(&Closed, &Done)> {
        let last = self.acts.last()?;
        match &last.act {
            Act::Closed(closed) => Some((closed, last)),
            _ => None,
        }
    }

    /// The snooze that it is under, and by whom.
    pub fn snooze(&self) -> Option<(&Snoozed, &Done)> {
        self.closing().is_none().then_some(())?;
        let ends = |act: &Act| matches!(act, Act::Woke(_) | Act::Roused);
        for done in self.acts.iter().rev() {
            match &done.act {
                Act::Snoozed(snoozed) => return Some((snoozed, done)),
                act if ends(act) => return None,
                _ => {}
            }
        }
        None
    }

    /// What woke it, if nothing was done since.
    pub fn waking(&self) -> Option<&Waking> {
        match &self.acts.last()?.act {
            Act::Woke(waking) => Some(waking),
            _ => None,
        }
    }

    /// Whether it is open: its condition holds and nobody closed it.
    pub fn is_open(&self) -> bool {
        self.cleared.is_none() && self.closing().is_none()
    }

    /// Whether it waits for room in the budget. What a person acted on is known to them.
    pub fn is_held(&self) -> bool {
        self.opened.budgeted
            && self.opened.severity != Severity::Critical
            && self.told.is_none()
            && self.acts.is_empty()
            && self.cleared.is_none()
    }

    /// Whether it ended for a reason that may be taken back, and still can be: its condition may hold as before.
    fn is_interrupted(&self, now: Timestamp) -> bool {
        match self.cleared {
            Some((at, End::Lost)) => now.duration_since(at) <= BACK_WITHIN,
            Some((_, End::Gone | End::Withdrawn)) => true,
            Some((_, End::Recovered)) | None => false,
        }
    }

    fn take(&mut self, event: &What, at: Timestamp, by: &str) {
        let act = match event {
            What::Opened(_) | What::Resumed { .. } => return,
            What::Cleared { lost, gone, .. } => {
                let end = match (lost, gone) {
                    (true, _) => End::Lost,
                    (false, true) => End::Gone,
                    (false, false) => End::Recovered,
                };
                self.cleared = Some((at, end));
                return;
            }
            What::Withdrawn { .. } => {
                self.cleared = Some((at, End::Withdrawn));
                return;
            }
            What::Told { .. } => {
                self.told.get_or_insert(at);
                return;
            }
            What::TakenBack { .. } => return self.take_back(),
            What::Acknowledged(_) => Act::Acknowledged,
            What::Planned(planned) => Act::Planned(planned.clone()),
            What::Snoozed(snoozed) => Act::Snoozed(snoozed.clone()),
            What::Woke { by, .. } => Act::Woke(by.clone()),
            What::Roused { .. } => Act::Roused,
            What::Closed(closed) => Act::Closed(closed.clone()),
        };
        let wakes = matches!(act, Act::Woke(_) | Act::Roused);
        // What is closed is done with; what does not sleep cannot wake.
        if self.closing().is_none() && (!wakes || self.snooze().is_some()) {
            self.acts.push(Done {
                at,
                by: by.to_owned(),
                act,
            });
        }
    }

    /// Without the last act of a person. Of a snooze that is over, its end goes too.
    fn take_back(&mut self) {
        while let Some(last) = self.acts.pop() {
            if !matches!(last.act, Act::Woke(_)) {
                break;
            }
        }
    }
}

impl Lives {
    /// What events add up to. They are given in the journal's order, each with its author, when it took effect, and where
    /// it was noted.
    ///
    /// What persons say has that order. What a program works out by itself is known to no other ledger, so no clock that they
    /// share tells whether it came before what was said elsewhere: for that it goes by the time.
    pub fn of<'a>(events: impl IntoIterator<Item = (&'a WarningEvent, &'a str, Timestamp, Noted)>) -> Self {
        let mut lives = Self::default();
        let (here, elsewhere): (Vec<_>, Vec<_>) = (0_usize..)
            .zip(events)
            .partition(|(_, (.., noted))| *noted == Noted::Here);
        let mut elsewhere = elsewhere.into_iter().peekable();
        for (place, (event, by, at, _)) in here {
            let is_before = |(other, (_, _, said_at, _)): &(usize, (_, _, Timestamp, _))| {
                if event.what.is_persons() {
                    *other < place
                } else {
                    *said_at < at
                }
            };
            while let Some((_, (said, by, at, _))) = elsewhere.next_if(is_before) {
                lives.hear(&said.what, by, at);
            }
            lives.take(&event.what, by, at);
        }
        for (_, (said, by, at, _)) in elsewhere {
            lives.hear(&said.what, by, at);
        }
        lives.settle();
        lives
    }

    /// One event more that was noted here.
    pub fn take(&mut self, what: &What, by: &str, at: Timestamp) {
        if let What::Opened(opened) = what {
            if self.current(what.signal()).is_none_or(|life| !life.is_open()) {
                self.of.entry(opened.signal.clone()).or_default().push(Life {
                    opened: opened.clone(),
                    opened_at: at,
                    told: None,
                    acts: Vec::new(),
                    cleared: None,
                });
                self.catch_up(what.signal());
            }
            return;
        }
        let life = self.of.get_mut(what.signal()).and_then(|lives| lives.last_mut());
        let Some(life) = life else { return };
        if life.cleared.is_none() {
            life.take(what, at, by);
        } else if matches!(what, What::Resumed { .. }) && life.is_interrupted(at) {
            // It goes on with all that was said and told of it.
            life.cleared = None;
            self.catch_up(what.signal());
        }
    }

    /// One event more that was noted elsewhere. What a person says counts for what stands here, or comes to stand here
    /// before it has recovered there; what the other program works out by itself is of its own warnings.
    fn hear(&mut self, what: &What, by: &str, at: Timestamp) {
        let signal = what.signal();
        let is_of_before = self.recovered.contains(signal) || self.current(signal).is_none();
        match what {
            What::Cleared {
                lost: false,
                gone: false,
                ..
            } => {
                self.waiting.remove(signal);
                self.recovered.insert(signal.to_owned());
            }
            what if !what.is_persons() => {}
            what if is_of_before => {
                let waiting = self.waiting.entry(signal.to_owned()).or_default();
                waiting.push((what.clone(), by.to_owned(), at));
            }
            what => self.take(what, by, at),
        }
    }

    /// What was said elsewhere before it stood here.
    fn catch_up(&mut self, signal: &str) {
        self.recovered.remove(signal);
        for (what, by, at) in self.waiting.remove(signal).unwrap_or_default() {
            self.take(&what, &by, at);
        }
    }

    /// What was said elsewhere of the next occurrence there counts for the one that goes on here.
    fn settle(&mut self) {
        let waiting: Vec<String> = self.waiting.keys().cloned().collect();
        for signal in waiting {
            if self.current(&signal).is_some() {
                self.catch_up(&signal);
            }
        }
    }

    /// The occurrence whose condition still holds, closed or not.
    pub fn current(&self, signal: &str) -> Option<&Life> {
        let last = self.of.get(signal)?.last()?;
        last.cleared.is_none().then_some(last)
    }

    /// The last occurrence, where what had ended it may be taken back now.
    pub fn interrupted(&self, signal: &str, now: Timestamp) -> Option<&Life> {
        let last = self.of.get(signal)?.last()?;
        last.is_interrupted(now).then_some(last)
    }

    /// The signals of which an occurrence still holds.
    pub fn holding(&self) -> impl Iterator<Item = &str> {
        let holding = |signal: &&String| self.current(signal).is_some();
        self.of.keys().filter(holding).map(String::as_str)
    }

    /// Every occurrence, by signal, the oldest first.
    pub fn all(&self) -> impl Iterator<Item = &Life> {
        self.of.values().flatten()
    }
}
