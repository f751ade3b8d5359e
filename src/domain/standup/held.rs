//! A standup that was held, or is being held: what its events add up to.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::event::{Begun, Ended, Happened, Kind, Line, Said, Settled, StandupEvent};
use super::promise::Promise;
use super::{Standing, promise};
use crate::domain::record::RecordId;

/// A standup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its id.
    pub id: String,
    /// As it began.
    pub begun: Begun,
    /// When (UTC).
    pub at: Timestamp,
    /// Who holds it: the owner's e-mail address.
    pub author: String,
    /// What was talked about, in this order.
    pub visits: Vec<Visit>,
    /// What was decided, in this order, without what was taken back.
    pub decisions: Vec<Decision>,
    /// What was said in it of the promises of earlier ones, by their decisions, last.
    pub said: BTreeMap<String, Said>,
    /// When and how it ended (UTC); `None` while it can be resumed.
    pub ended: Option<(Timestamp, Ended)>,
}

/// An account was talked about for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The account.
    pub account: RecordId,
    /// From when (UTC).
    pub from: Timestamp,
    /// Until when (UTC).
    pub until: Timestamp,
    /// How long after `from` the first decision fell; `None` where none did.
    pub first_decision: Option<SignedDuration>,
}

/// Something that was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Its id.
    pub id: String,
    /// The account.
    pub account: RecordId,
    /// Its name then, raw.
    pub name: String,
    /// What kind of decision it is.
    pub kind: Kind,
    /// Who does it, raw.
    pub who: Option<String>,
    /// What, raw.
    pub words: String,
    /// By when.
    pub by: Option<Date>,
    /// The word of the act whose entry in the outbox makes a task of it.
    pub act: Option<String>,
    /// Id of that task in the CRM, once whoever wrote it knows it.
    pub task: Option<RecordId>,
    /// When it was decided (UTC).
    pub at: Timestamp,
    /// What a person said last of whether it was done.
    pub said: Option<Said>,
}

impl Decision {
    /// Who does what by when: `Mara Lindt: call the sponsor, by Tue 24 Nov`.
    pub fn told(&self, today: Date) -> String {
        promise::told(self.who.as_deref(), &self.words, self.by, today)
    }
}

/// The standups that events add up to, in the order in which they began. Events are given in the journal's order, each with
/// its author and when it took effect (UTC). What comes to one that has ended is void, but for what is said of its promises, for
/// which task one became, and for a decision that is taken back.
pub fn fold<'a>(events: impl IntoIterator<Item = (&'a StandupEvent, &'a str, Timestamp)>) -> Vec<Held> {
    let mut held: Vec<Held> = Vec::new();
    for (event, author, at) in events {
        if let Happened::Begun(begun) = &event.what {
            if !held.iter().any(|one| one.id == begun.standup) {
                held.push(Held::new(begun, author, at));
            }
            continue;
        }
        if let Happened::Settled(settled) = &event.what {
            for one in &mut held {
                one.settle(settled, author, at);
            }
            continue;
        }
        if let Some(one) = held.iter_mut().find(|one| one.id == event.standup()) {
            one.take(event, at);
        }
    }
    held
}

/// The last standup of a scope that was held to its end.
pub fn last<'h>(all: &'h [Held], scope: &str) -> Option<&'h Held> {
    all.iter()
        .rev()
        .find(|held| held.begun.scope == scope && held.ended.is_some())
}

/// The standup of a scope that was begun last, unless it was ended: it goes on where it was. One that was begun before another
/// is left behind.
pub fn open<'h>(all: &'h [Held], scope: &str) -> Option<&'h Held> {
    let newest = all.iter().rev().find(|held| held.begun.scope == scope);
    newest.filter(|held| held.ended.is_none())
}

impl Held {
    fn new(begun: &Begun, author: &str, at: Timestamp) -> Self {
        Self {
            id: begun.standup.clone(),
            begun: begun.clone(),
            at,
            author: author.to_owned(),
            visits: Vec::new(),
            decisions: Vec::new(),
            said: BTreeMap::new(),
            ended: None,
        }
    }

    /// One event more.
    pub fn take(&mut self, event: &StandupEvent, at: Timestamp) {
        if let Happened::TakenBack(back) = &event.what {
            self.decisions.retain(|decision| decision.id != back.decision);
            return;
        }
        if let Happened::Bound(bound) = &event.what {
            let mut decisions = self.decisions.iter_mut();
            if let Some(decision) = decisions.find(|one| one.id == bound.decision) {
                decision.task.get_or_insert_with(|| bound.task.clone());
            }
            return;
        }
        if self.ended.is_some() {
            return;
        }
        match (&event.what, &event.account) {
            (Happened::Discussed(discussed), Some(account)) => {
                let visit = Visit {
                    account: account.clone(),
                    from: discussed.from.min(at),
                    until: at,
                    first_decision: discussed.first_decision.map(SignedDuration::from_secs),
                };
                // Noted once more after a crash it is one visit still.
                let is_it = |one: &Visit| one.account == visit.account && one.from == visit.from;
                if !self.visits.iter().any(is_it) {
                    self.visits.push(visit);
                }
            }
            (Happened::Decided(decided), Some(account)) => {
                let decision = Decision {
                    id: decided.decision.clone(),
                    account: account.clone(),
                    name: decided.name.clone(),
                    kind: decided.kind,
                    who: decided.who.clone(),
                    words: decided.words.clone(),
                    by: decided.by,
                    act: decided.act.clone(),
                    task: None,
                    at,
                    said: None,
                };
                if !self.decisions.iter().any(|one| one.id == decision.id) {
                    self.decisions.push(decision);
                }
            }
            (Happened::Ended(ended), _) => self.ended = Some((at, ended.clone())),
            _ => {}
        }
    }

    /// What a person said of a promise, if that was said in it, or made in it.
    pub fn settle(&mut self, settled: &Settled, author: &str, at: Timestamp) {
        let said = Said {
            kept: settled.kept,
            why: settled.why.clone(),
            by: author.to_owned(),
            at,
        };
        if settled.during.as_ref() == Some(&self.id) {
            self.said.insert(settled.decision.clone(), said.clone());
        }
        let is_made = settled.standup == self.id;
        let mut decisions = self.decisions.iter_mut().filter(|_| is_made);
        if let Some(decision) = decisions.find(|decision| decision.id == settled.decision) {
            decision.said = Some(said);
        }
    }

    /// The accounts that were talked about, or on which something was decided.
    pub fn discussed(&self) -> BTreeSet<&RecordId> {
        let visited = self.visits.iter().map(|visit| &visit.account);
        visited
            .chain(self.decisions.iter().map(|decision| &decision.account))
            .collect()
    }

    /// The lines of the agenda that nobody talked about, in its order.
    pub fn not_discussed(&self) -> impl Iterator<Item = &Line> {
        let discussed = self.discussed();
        let of_agenda = self.begun.agenda.iter();
        of_agenda.filter(move |line| !discussed.contains(&line.account))
    }

    /// Where it goes on: the place in the agenda of the first account that nobody left after talking about it; `None` once
    /// all were.
    pub fn goes_on_at(&self) -> Option<usize> {
        let left: BTreeSet<&RecordId> = self.visits.iter().map(|visit| &visit.account).collect();
        let mut agenda = self.begun.agenda.iter();
        agenda.position(|line| !left.contains(&line.account))
    }

    /// How long was talked.
    pub fn spent(&self) -> SignedDuration {
        let times = self
            .visits
            .iter()
            .map(|visit| visit.until.duration_since(visit.from));
        times.fold(SignedDuration::ZERO, SignedDuration::saturating_add)
    }

    /// How long it took until something was decided; `None` where nothing was.
    pub fn first_decision(&self) -> Option<SignedDuration> {
        let first = self.decisions.iter().map(|decision| decision.at).min()?;
        Some(first.duration_since(self.at))
    }

    /// The decisions on an account.
    pub fn decided_on<'h>(&'h self, account: &'h RecordId) -> impl Iterator<Item = &'h Decision> {
        self.decisions
            .iter()
            .filter(move |decision| decision.account == *account)
    }

    /// The decisions of which the next standup asks whether they were done.
    pub fn promises(&self) -> impl Iterator<Item = &Decision> {
        self.decisions.iter().filter(|one| one.kind.is_promise())
    }

    /// What became of a promise of an earlier standup, by what was said of it in this one. `name` says what somebody is called by their
    /// address.
    pub fn standing_of(&self, promise: &Promise, name: impl Fn(&str) -> String) -> Standing {
        let said = self.said.get(&promise.decision);
        said.map_or_else(
            || promise.standing.clone(),
            |said| Standing::said(said, name(&said.by)),
        )
    }
}
