//! Orders to the outside. Plain data: `runtime` carries them out and answers with a message.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::acts::Occasion;
use crate::domain::book::Book;
use crate::domain::book::order::Sort;
use crate::domain::book::search::Query;
use crate::domain::book::trial::Mine;
use crate::domain::desk::Desk;
use crate::domain::health::what_if::WhatIf;
use crate::domain::outbox::{EntryId, NewEntry, Step, WritePermit};
use crate::domain::playbook::{Deed, Playbook};
use crate::domain::record::{Kind, RecordId};
use crate::domain::routing::Sought;
use crate::domain::standup::{Order, StandupEvent};
use crate::domain::warning::WarningEvent;

/// Number of an order that answers. An answer with another number than the last order's is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RunId(pub u64);

impl RunId {
    /// The number after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// An order to the outside.
#[derive(Debug, Clone)]
pub enum Cmd {
    // Reading the cache.
    /// Read the worst accounts for the first frame. Answer: `BookMsg::FirstPageLoaded`.
    LoadFirstPage {
        /// How many rows the screen has.
        rows: usize,
    },
    /// Read every summary, build the book and its order away from the event loop. Answer: `BookMsg::Loaded`.
    /// Order it after the first frame is flushed; a newer one replaces one that has not begun.
    LoadBook {
        /// The order the list is in.
        sort: Sort,
    },
    /// Read the desk. Answer: `DeskMsg::Loaded`.
    LoadDesk,
    /// Read one account with everything around it from the cache. Answer: `AccountMsg::Loaded`.
    OpenAccount {
        /// Comes back in the answer.
        run: RunId,
        /// Which account.
        id: RecordId,
        /// Since when the change of its score is counted (UTC); since my last look without it.
        since: Option<Timestamp>,
    },

    /// Read one account from the CRM now, if this process may and the CRM answers soon.
    /// Answer: `AccountMsg::ReadAnew`, or `TerminalMsg::Told` with what stood in the way.
    ReadAccount {
        /// Which account.
        id: RecordId,
    },

    /// Read how the alarms do, from the whole journal. Answer: `DeskMsg::Alarms`, or `DeskMsg::AlarmsFailed`.
    LoadAlarms {
        /// Comes back in the answer.
        run: RunId,
    },
    /// Read the team's table. Answer: `DeskMsg::Team`.
    LoadTeam {
        /// Comes back in the answer.
        run: RunId,
        /// Whether of everybody, also where I lead some.
        everybody: bool,
    },
    /// Read what a standup of a scope would go over, and the one that is under way there. Answer: `StandupMsg`.
    LoadStandup {
        /// Comes back in the answer.
        run: RunId,
        /// The scope, as `retain standup --scope` takes it.
        scope: String,
        /// In which order accounts come.
        order: Order,
    },
    /// Read what customers answered. Answer: `NpsMsg`.
    LoadNps {
        /// Comes back in the answer.
        run: RunId,
    },
    /// Read the open questions. Answer: `RoutingMsg`.
    LoadQuestions {
        /// Comes back in the answer.
        run: RunId,
    },
    /// Read what the routing desk did, week by week. Answer: `RoutingMsg::WeeksLoaded`, or a failure.
    LoadRouteWeeks {
        /// Comes back in the answer.
        run: RunId,
    },
    /// Look for the account of a requester. Answer: `RoutingMsg::RequesterFound`.
    FindRequester {
        /// Comes back in the answer.
        run: RunId,
        /// Their address, or its domain.
        sought: Sought,
    },
    /// Read the outbox. Answer: `OutboxMsg::Loaded`.
    LoadOutbox,
    /// Read who of us there is. Answer: `OutboxMsg::PeopleLoaded`.
    LoadPeople,
    /// Read a text that was being composed. Answer: `OutboxMsg::DraftLoaded`.
    LoadDraft {
        /// Comes back in the answer.
        run: RunId,
        /// What it is, e.g. `note:<account>`.
        name: String,
    },

    // Writing what a person did.
    /// Put it into the ledger. It is on disk before it is answered.
    Write(WriteCmd),
    /// Make these accounts' lines and the desk anew, with what waits in the outbox laid over the cache.
    Rescore {
        /// Which accounts.
        accounts: Vec<RecordId>,
    },
    /// Send what is due, now or as soon as it is.
    Push,

    // Computing.
    /// `book.order(sort)` away from the event loop; a newer one cancels it. Answer: `BookMsg::Ordered`.
    OrderBook {
        /// Comes back in the answer.
        run: RunId,
        /// What to put in order.
        book: Arc<Book>,
        /// Which order.
        sort: Sort,
    },
    /// `book.order(sort)` for each of these, before anybody asks for it; a newer one cancels it. Answer:
    /// `BookMsg::Prepared`.
    PrepareOrders {
        /// Comes back in the answer.
        run: RunId,
        /// What to put in order.
        book: Arc<Book>,
        /// Which orders.
        sorts: Vec<Sort>,
    },
    /// `book.rank(&query, &rows)` away from the event loop; a newer one cancels it. Answer: `BookMsg::Ranked`.
    RankFuzzily {
        /// Comes back in the answer.
        run: RunId,
        /// What to search.
        book: Arc<Book>,
        /// For what.
        query: Query,
        /// Among which rows, in the order that breaks ties.
        rows: Arc<[u32]>,
    },

    /// Search every warning for what the filter of the queue finds, away from the event loop; a newer one cancels it.
    /// Answer: `DeskMsg::Narrowed`.
    NarrowQueue {
        /// Comes back in the answer.
        run: RunId,
        /// For what.
        query: Query,
    },

    /// Work out what other weights, or another score of one account, make of the whole book, and what makes that account
    /// green with them. Answer: `BookMsg::Tried`.
    TryOnBook {
        /// Comes back in the answer.
        run: RunId,
        /// The book.
        book: Arc<Book>,
        /// Weights in thousandths, by measure id, in place of those of the model.
        weights: Vec<(String, i64)>,
        /// The account of which another score is tried.
        mine: Option<Mine>,
        /// The account, with the weights that are tried by the measure's place.
        account: Box<(WhatIf, BTreeMap<usize, i64>)>,
    },

    /// Work out what a playbook would do on each of these accounts. Answer: `DeskMsg::Planned`.
    PlanBulk {
        /// Comes back in the answer.
        run: RunId,
        /// Who acts, when and where.
        on: Box<Occasion>,
        /// The playbook.
        playbook: Box<Playbook>,
        /// On which accounts.
        accounts: Vec<RecordId>,
    },

    /// Read how the playbooks stand that were started on many accounts. Answer: `DeskMsg::Standings`.
    LoadStandings {
        /// Comes back in the answer.
        run: RunId,
        /// The day it is: what is late.
        today: Date,
    },

    /// Read a bulk play, to do something with all of it. Answer: `DeskMsg::Bulk`.
    LoadBulk {
        /// Comes back in the answer.
        run: RunId,
        /// Its id.
        id: String,
        /// Now (UTC): what waits in the outbox is laid over the tasks as of then.
        now: Timestamp,
    },

    /// Let go of what was replaced away from the event loop: to free it takes longer than a frame.
    Discard(Replaced),

    // The CRM.
    /// Start a sync now, or say why not. Answers: `SyncMsg`.
    SyncNow,
    /// Allow writing in this profile and remember it. Answer: `TerminalMsg::Told` or a failure.
    EnableWrites,
    /// Look whether writing was allowed in this profile elsewhere, as in another cockpit. Answer: `OutboxMsg::Allowed`, if so.
    LookForPermit,

    // This machine.
    /// Keep weights (in thousandths, by measure id) in the person's own health.toml. Answer: `TerminalMsg::Told` or a
    /// failure.
    KeepWeights {
        /// By measure id.
        weights: Vec<(String, i64)>,
    },
    /// Keep minutes in a new file of this name, in the directory that the program was started in; no file is replaced.
    /// Answer: `StandupMsg::Kept`.
    KeepMinutes {
        /// The file's name.
        name: String,
        /// The minutes.
        text: String,
    },
    /// Copy a text to the clipboard through the terminal (OSC 52). The text is safe and bounded.
    Copy {
        /// What to copy.
        text: String,
    },
    /// Open a record's page in the CRM in a browser. Answer: `TerminalMsg::Told` with what became of it.
    OpenRecord {
        /// Of which kind it is.
        kind: Kind,
        /// Which record.
        id: RecordId,
    },
    /// Open an address in a browser, or say that there is none here.
    OpenLink {
        /// An address from the CRM adapter.
        url: String,
    },
    /// Give a text to the person's own editor, which has the terminal meanwhile.
    /// Answer: `TerminalMsg::Composed`.
    Compose {
        /// Comes back in the answer.
        run: RunId,
        /// The draft that it belongs to, e.g. `note:<account>`.
        name: String,
        /// The text so far.
        text: String,
    },
    /// Remember in the ledger that a person looked, for the next `Δ`.
    RecordLook,
    /// Stop like any job on Ctrl-Z; redraw everything afterwards.
    Suspend,
    /// Draw every cell anew, after other output came over the screen.
    Redraw,
    /// Read everything for others from now on, without what is secret, and clear what was on the screen and above it before; or
    /// for the person alone again. What was on its way is dropped.
    Redact {
        /// Whether what is secret is masked.
        on: bool,
    },
    /// Restore the terminal and end.
    Quit,
}

/// What was replaced by newer data.
#[derive(Debug, Clone)]
pub enum Replaced {
    /// A book.
    Book(Arc<Book>),
    /// A desk.
    Desk(Box<Desk>),
    /// What a filter of the queue found.
    Found {
        /// What it was.
        found: Box<Desk>,
        /// Whether nothing is looked for any more: what was kept for that goes too.
        is_over: bool,
    },
}

/// Something that a person did, to be put into the ledger. Whoever makes one has asked `Model::may_write`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteCmd {
    /// Queue entries and note what they mean for playbooks, all or none; the drafts that they were made of go with them.
    /// Answer: `OutboxMsg::Queued` or `OutboxMsg::NotQueued`.
    Enqueue {
        /// Comes back in the answer.
        run: RunId,
        /// The permission to write.
        permit: WritePermit,
        /// What is queued, and what the journal gets with it.
        deed: Deed,
        /// Names of drafts that are done with.
        drafts_done: Vec<String>,
        /// What it decides in a standup.
        standup: Vec<StandupEvent>,
    },
    /// Queue the change of a field that turns back what waits to be written into it; where the CRM has still what that rests
    /// on, take it back instead. Answer: `OutboxMsg::Queued`, `OutboxMsg::TurnedBack` or `OutboxMsg::NotQueued`.
    TurnBack {
        /// Comes back in the answer.
        run: RunId,
        /// The permission to write.
        permit: WritePermit,
        /// The change.
        entry: Box<NewEntry>,
    },
    /// Add a step to an entry. Answer: `OutboxMsg::StepTaken` or `OutboxMsg::TooLate`.
    TakeStep {
        /// Which entry.
        id: EntryId,
        /// What happens to it.
        step: Step,
    },
    /// Take back all that was done in one go, before any of it leaves.
    /// Answer: `OutboxMsg::TakenBack` or `OutboxMsg::TooLate`.
    TakeBack {
        /// What was done.
        act: String,
    },
    /// Undo what was done in one go and left in part, with what the journal has of it: what waits is taken back, what
    /// was refused given up, what makes up for the rest queued. Answer: `OutboxMsg::Undone` or `OutboxMsg::NotQueued`.
    Undo {
        /// Comes back in the answer.
        run: RunId,
        /// The permission to write.
        permit: WritePermit,
        /// What was done.
        act: String,
        /// What makes up for that of it which the CRM has.
        back: Vec<NewEntry>,
    },
    /// Note what a person does to warnings, all or nothing. Answer: `OutboxMsg::Warned` or `OutboxMsg::NotWarned`.
    Warn {
        /// Comes back in the answer.
        run: RunId,
        /// What is done.
        acts: Vec<WarningEvent>,
        /// What it decides in a standup.
        standup: Vec<StandupEvent>,
    },
    /// Note what happens in a standup. Answer: `OutboxMsg::StandupNoted`.
    Standup {
        /// Comes back in the answer.
        run: RunId,
        /// What happens.
        events: Vec<StandupEvent>,
    },
    /// Give up an entry that is not as it was written. Answer: `OutboxMsg::Changed`.
    GiveUpDamaged {
        /// Which entry.
        id: EntryId,
        /// The reason that was given; may be empty.
        why: String,
    },
    /// Keep a text that is being composed. Answer: `OutboxMsg::DraftSaved` or `OutboxMsg::Unsaved`.
    SaveDraft {
        /// What it is, e.g. `note:<account>`.
        name: String,
        /// The whole text.
        text: String,
    },
    /// Keep a text beside what is kept under this name, which was not seen: nothing is replaced.
    /// Answer: `OutboxMsg::Changed` or `OutboxMsg::Unsaved`.
    KeepBeside {
        /// What it is, e.g. `note:<account>`.
        name: String,
        /// The whole text.
        text: String,
    },
    /// Drop a text that was being composed. Answer: `OutboxMsg::Changed`.
    DropDraft {
        /// What it is.
        name: String,
        /// Only one that was read or kept by this program: what another one keeps under the name stays.
        only_ours: bool,
    },
}
