//! State of the outbox: what waits, what was done in this session, and who acts.

use std::sync::Arc;

use jiff::civil::Weekday;
use jiff::{SignedDuration, Timestamp};

use super::cmd::RunId;
use super::model::Model;
use super::step::AwaitedStep;
use crate::domain::acts::title::{self, Known};
use crate::domain::acts::{Occasion, Somebody};
use crate::domain::calendar::Calendars;
use crate::domain::handoff::Template;
use crate::domain::outbox::{Entry, EntryId, OutboxView, ReadOnly, State, Step, Write, WritePermit};
use crate::domain::playbook::{Deed, PlayEvent, Playbook};
use crate::domain::record::{Owner, RecordId};
use crate::domain::role::Role;
use crate::domain::team::Roster;
use crate::domain::warning::WarningEvent;

/// What does not change while the program runs, and without which nothing is written.
#[derive(Debug, Clone)]
pub struct Means {
    /// The permission to write, or what speaks against it.
    pub permit: Result<WritePermit, ReadOnly>,
    /// How long a write waits in which it can be taken back.
    pub grace: SignedDuration,
    /// For so long what was not answered is looked for in the CRM.
    pub settle: SignedDuration,
    /// The days of the week on which we work.
    pub business_days: Vec<Weekday>,
    /// A number that no other cockpit has: it keeps apart what is done here from what is done there.
    pub nonce: u64,
    /// The playbooks that can be started.
    pub playbooks: Arc<[Playbook]>,
    /// What can be handed over, from which role to which: ids and templates.
    pub handoffs: Arc<[(String, Template)]>,
    /// Who leads whom, who is away, and who stands in.
    pub roster: Arc<Roster>,
    /// Who takes what goes to support: their address.
    pub support: Option<String>,
    /// Which signal is answered by which playbook: ids.
    pub answers: Arc<[(String, String)]>,
    /// What whoever sits here does.
    pub role: Role,
    /// Whether what is said of warnings, churns and promises comes to the team.
    pub shared: bool,
}

/// The outbox as far as the cockpit knows it.
#[derive(Debug)]
pub struct Outbox {
    /// What does not change.
    pub means: Means,
    /// Whether it was read from the ledger.
    pub loaded: bool,
    /// As the ledger had it last.
    pub view: Arc<OutboxView>,
    /// What was done here, the newest last: what `u` takes back.
    pub acts: Vec<Act>,
    /// Orders to queue that are not answered yet.
    pub writing: Vec<Writing>,
    /// The step whose run is being read.
    pub awaited: Option<AwaitedStep>,
    /// Whoever sits here, if the CRM knows them.
    pub me: Option<Somebody>,
    /// Everybody of us who is active, by name.
    pub people: Arc<[Somebody]>,
    /// All of us as the CRM has them, also those who left.
    pub owners: Arc<[Owner]>,
    /// On which days each of us works.
    pub calendars: Arc<Calendars>,
}

/// Something that was done in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// The word that its entries carry.
    pub word: String,
    /// The one of these entries that a person has decided about since; `None` for all that was done.
    pub decided: Option<EntryId>,
    /// What it is, in words, raw.
    pub title: String,
    /// Until when it can be taken back before anything leaves (UTC).
    pub leaves_at: Timestamp,
    /// Whether anything of it goes to the CRM.
    pub writes: bool,
    /// What the journal gets when it is undone.
    pub back: Vec<PlayEvent>,
    /// What it gets of warnings then.
    pub warnings: Vec<WarningEvent>,
    /// What was typed for it.
    pub typed: Option<Typed>,
}

impl Act {
    /// What is done now with playbooks: undone by what turns back each of its events.
    pub fn of(on: &Occasion, title: String, deed: &Deed) -> Self {
        Self {
            word: on.act.clone(),
            decided: None,
            title,
            leaves_at: on.now.checked_add(on.grace).unwrap_or(on.now),
            writes: !deed.entries.is_empty(),
            back: deed.events.iter().filter_map(PlayEvent::undone).collect(),
            warnings: Vec::new(),
            typed: None,
        }
    }
}

impl Act {
    /// What was done, as it can be undone: as it was ordered, else as its first entry tells.
    pub fn ordered(ordered: Option<Self>, entries: &[Entry]) -> Option<Self> {
        let first = entries.first().map(|entry| &entry.new);
        match (ordered, first) {
            (Some(act), _) => Some(Self {
                writes: first.is_some(),
                ..act
            }),
            (None, Some(first)) => Some(Self {
                word: first.act.clone(),
                decided: None,
                title: first.title.clone(),
                leaves_at: first.leaves_at,
                writes: true,
                back: Vec::new(),
                warnings: Vec::new(),
                typed: None,
            }),
            (None, None) => None,
        }
    }
}

/// What was typed for an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// The name of the draft that it was.
    pub name: String,
    /// All of it.
    pub text: String,
}

/// An order to queue that is not answered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writing {
    /// Its number.
    pub run: RunId,
    /// The accounts whose runs it changes.
    pub accounts: Vec<RecordId>,
    /// How it is undone; `None` when its entries tell.
    pub act: Option<Act>,
    /// The act that it takes back, if it does.
    pub takes_back: Option<Act>,
    /// What was typed for it.
    pub typed: Option<Typed>,
}

impl Outbox {
    /// An outbox that was not read yet.
    pub fn new(means: Means) -> Self {
        Self {
            calendars: Arc::new(Calendars::of_week(means.business_days.clone())),
            means,
            loaded: false,
            view: Arc::default(),
            acts: Vec::new(),
            writing: Vec::new(),
            awaited: None,
            me: None,
            people: Arc::new([]),
            owners: Arc::new([]),
        }
    }

    /// The newest act, as long as it can be taken back before anything leaves.
    pub fn in_grace(&self, now: Timestamp) -> Option<&Act> {
        self.acts.last().filter(|act| now < act.leaves_at)
    }

    /// A step of an entry moves how long what was done with it can be taken back: not at all while it is edited, anew once that
    /// is over.
    pub fn step_moves_grace(&mut self, entry: &Entry, now: Timestamp) {
        if entry.state != State::Queued {
            return;
        }
        let of = |act: &&mut Act| {
            act.word == entry.new.act && act.decided.is_none_or(|decided| decided == entry.id)
        };
        for act in self.acts.iter_mut().filter(of) {
            act.leaves_at = if entry.is_held(now) {
                now
            } else {
                entry.new.leaves_at
            };
        }
    }
}

impl Model {
    /// The permission to write, or what speaks against it. While redacted the model has pseudonyms where names should be: none of
    /// them may ever be written.
    pub fn may_write(&self) -> Result<WritePermit, ReadOnly> {
        if self.is_redacted() {
            return Err(ReadOnly {
                why: "nothing is written while redacted; R shows everything again".to_owned(),
                by_profile: false,
            });
        }
        self.may_note()
    }

    /// The permission to note what has no text of its own, or what speaks against it.
    pub fn may_note(&self) -> Result<WritePermit, ReadOnly> {
        self.outbox.means.permit.clone()
    }

    /// Whether nothing may be written.
    pub fn is_read_only(&self) -> bool {
        self.outbox.means.permit.is_err()
    }

    /// Who acts, when and where, with a word for this act that no other act has; the error is one sentence.
    pub fn occasion(&mut self) -> Result<Occasion, String> {
        let me = self.outbox.me.clone().ok_or_else(|| {
            "the CRM knows no user with my address: set owner under [me] in retain.toml, then ctrl-r"
                .to_owned()
        })?;
        let run = self.next_run();
        let (now, nonce) = (self.now.as_millisecond(), self.outbox.means.nonce);
        Ok(self.occasion_of(me, format!("{now:x}-{nonce:x}-{:x}", run.0)))
    }

    /// When and where it is, to tell how something is understood before it is done; whoever acts does not matter.
    pub fn reading_occasion(&self) -> Occasion {
        let nobody = || Somebody {
            id: "".into(),
            name: String::new(),
        };
        self.occasion_of(self.outbox.me.clone().unwrap_or_else(nobody), String::new())
    }

    /// The step with which what is called so writes something else from now on, and is called accordingly. It can be
    /// taken back for as long as what is new.
    pub fn revised(&self, called: &str, before: &Write, write: Write) -> Step {
        let known = Known {
            view: &self.outbox.view,
            me: self.outbox.me.as_ref().map(|me| &me.id),
            zone: &self.zone,
        };
        let title = title::revised(called, before, &write, known);
        Step::Revised {
            write,
            title,
            base: Some(before.clone()),
            grace: Some(self.outbox.means.grace),
        }
    }

    fn occasion_of(&self, me: Somebody, act: String) -> Occasion {
        let means = &self.outbox.means;
        Occasion {
            me,
            now: self.now,
            zone: self.zone.clone(),
            calendars: Arc::clone(&self.outbox.calendars),
            grace: means.grace,
            act,
        }
    }
}
