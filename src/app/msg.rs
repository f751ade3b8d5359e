//! What happened. Every change of the model comes from one of these, so a session replays from its log.

use std::sync::Arc;

use jiff::Timestamp;

use super::cmd::RunId;
use super::failure::Failure;
use super::key::Key;
use super::layout::Size;
use super::run::Whole;
use super::sync_line::SyncLine;
use crate::domain::account_view::AccountView;
use crate::domain::acts::Somebody;
use crate::domain::book::Book;
use crate::domain::book::order::Sort;
use crate::domain::book::trial::BookTrial;
use crate::domain::desk::Desk;
use crate::domain::health::what_if::Way;
use crate::domain::nps::Report;
use crate::domain::outbox::{Entry, OutboxView, Undone, WritePermit};
use crate::domain::playbook::{Plan, Standing};
use crate::domain::reach::Reach;
use crate::domain::record::{Owner, RecordId};
use crate::domain::routing::{Questions, Weeks, Whose};
use crate::domain::standup::Prepared;
use crate::domain::summary::Summary;
use crate::domain::team_table::TeamTable;
use crate::domain::warning::AlarmReport;

/// What happened, by feature.
#[derive(Debug, Clone)]
pub enum Msg {
    /// It is now this late (UTC): the only way in which time enters.
    Clock(Timestamp),
    /// From the terminal.
    Terminal(TerminalMsg),
    /// About the account list.
    Book(BookMsg),
    /// About the risk queue, the steps and the handoffs.
    Desk(DeskMsg),
    /// About the account screen.
    Account(AccountMsg),
    /// About the sync.
    Sync(SyncMsg),
    /// About what a person did and what becomes of it.
    Outbox(OutboxMsg),
    /// About what customers answered.
    Nps(NpsMsg),
    /// About the routing desk.
    Routing(RoutingMsg),
    /// About standup mode.
    Standup(StandupMsg),
    /// Something failed that belongs to no feature above.
    Failed(Failure),
}

/// From the terminal.
#[derive(Debug, Clone)]
pub enum TerminalMsg {
    /// It has a new size.
    Resized(Size),
    /// A key was pressed.
    Key(Key),
    /// Text was pasted. It only ever goes into an open input; control characters are dropped.
    Pasted(String),
    /// Of the text just pasted so many bytes at its end did not come: it was too long.
    PasteCut(usize),
    /// The person's own editor has ended.
    Composed {
        /// From the order.
        run: RunId,
        /// The text as it left it, or why there is none, in one sentence.
        text: Result<String, String>,
    },
    /// An order was carried out: one sentence for the footer, gone at the next key.
    Told(String),
}

/// About the account list.
#[derive(Debug, Clone)]
pub enum BookMsg {
    /// The worst accounts were read, before the whole book is.
    FirstPageLoaded(Vec<Summary>),
    /// The whole book was read and put in order.
    Loaded {
        /// All accounts in scope.
        book: Arc<Book>,
        /// The order in `rows`.
        sort: Sort,
        /// All rows in that order.
        rows: Arc<[u32]>,
    },
    /// The book was put into another order.
    Ordered {
        /// From the order.
        run: RunId,
        /// All rows in that order.
        rows: Arc<[u32]>,
    },
    /// The book was put into orders that somebody may ask for.
    Prepared {
        /// From the order.
        run: RunId,
        /// All rows in each order.
        orders: Vec<(Sort, Arc<[u32]>)>,
    },
    /// A fuzzy filter has its hits, best first.
    Ranked {
        /// From the order.
        run: RunId,
        /// The hits.
        rows: Arc<[u32]>,
    },
    /// What is tried was worked out over the whole book.
    Tried {
        /// From the order.
        run: RunId,
        /// What it makes of it.
        trial: BookTrial,
        /// What makes the account green with the weights that are tried.
        way: Way,
    },
}

/// About the risk queue, the steps and the handoffs.
#[derive(Debug, Clone)]
pub enum DeskMsg {
    /// The desk was read; `None` when no sync has built one yet.
    Loaded(Option<Box<Desk>>),
    /// The filter of the queue was looked up in all warnings.
    Narrowed {
        /// From the order.
        run: RunId,
        /// What it finds, as a desk of its own; or why that is not known.
        found: Result<Box<Desk>, Failure>,
    },
    /// How the alarms do was read.
    Alarms {
        /// From the order.
        run: RunId,
        /// How they do.
        report: Box<AlarmReport>,
    },
    /// What a playbook would do on many accounts was worked out, or why not in one sentence.
    Planned {
        /// From the order.
        run: RunId,
        /// What it would do.
        planned: Result<Box<Plan>, String>,
    },
    /// How bulk plays stand was read, the newest first; or why not in one sentence.
    Standings {
        /// From the order.
        run: RunId,
        /// How they stand.
        read: Result<Vec<Standing>, String>,
    },
    /// A bulk play was read, to do something with all of it; or why not in one sentence.
    Bulk {
        /// From the order.
        run: RunId,
        /// The bulk play.
        read: Result<Box<Whole>, String>,
    },
    /// The team's table was read, or why not in one sentence.
    Team {
        /// From the order.
        run: RunId,
        /// The table.
        read: Result<Box<TeamTable>, String>,
    },
    /// How the alarms do could not be read.
    AlarmsFailed {
        /// From the order.
        run: RunId,
        /// Why, in one sentence.
        why: String,
    },
}

/// About the account screen.
#[derive(Debug, Clone)]
pub enum AccountMsg {
    /// The account was read; `None` when the cache has no such account.
    Loaded {
        /// From the order.
        run: RunId,
        /// The account with everything around it.
        view: Option<Box<AccountView>>,
    },
    /// The CRM was asked for this account and the cache has the answer: it is read again.
    ReadAnew {
        /// Which account.
        id: RecordId,
    },
    /// It could not be read.
    Failed {
        /// From the order.
        run: RunId,
        /// Why.
        failure: Failure,
    },
}

/// About what customers answered to "would you recommend us".
#[derive(Debug, Clone)]
pub enum NpsMsg {
    /// It was read.
    Loaded {
        /// From the order.
        run: RunId,
        /// What they answered.
        told: Box<Report>,
    },
    /// It could not be read.
    Failed {
        /// From the order.
        run: RunId,
        /// Why, in one sentence.
        why: String,
    },
}

/// About the routing desk.
#[derive(Debug, Clone)]
pub enum RoutingMsg {
    /// The open questions were read, the most pressing first.
    Loaded {
        /// From the order.
        run: RunId,
        /// What is open.
        told: Box<Questions>,
    },
    /// They could not be read.
    Failed {
        /// From the order.
        run: RunId,
        /// Why, in one sentence.
        why: String,
    },
    /// What the desk did, week by week, was read.
    WeeksLoaded {
        /// From the order.
        run: RunId,
        /// The weeks.
        told: Box<Weeks>,
    },
    /// The account of a requester was looked for.
    RequesterFound {
        /// From the order.
        run: RunId,
        /// The accounts; or that nobody was found, in one sentence.
        found: Result<Vec<Whose>, String>,
    },
}

/// About standup mode.
#[derive(Debug, Clone)]
pub enum StandupMsg {
    /// What a standup would go over was read.
    Loaded {
        /// From the order.
        run: RunId,
        /// What it would go over, and the one that is under way.
        prepared: Box<Prepared>,
    },
    /// It could not be read.
    Failed {
        /// From the order.
        run: RunId,
        /// Why, in one sentence.
        why: String,
    },
    /// The minutes were to be kept in a file: what became of it, in one sentence.
    Kept(String),
}

/// About the sync.
// One comes with each step of a sync, which is a few a second.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Clone)]
pub enum SyncMsg {
    /// The sync stands here now (also its start, its end and its failure).
    Progressed(SyncLine),
    /// The CRM answers again, or just now it did not, or could not be reached.
    Reached(Reach),
    /// Whether the lists are scored by another configuration than the one in force.
    ByFormerModel(bool),
    /// Rows changed in the cache, by this process or another: book, desk and open account are read again.
    CacheChanged,
}

/// About what a person did and what becomes of it.
#[derive(Debug, Clone)]
pub enum OutboxMsg {
    /// It was queued and is on disk.
    Queued {
        /// From the order.
        run: RunId,
        /// All of it, in order.
        entries: Vec<Entry>,
    },
    /// It only turned back what waited: that is taken back, and nothing is left to write.
    TurnedBack {
        /// From the order.
        run: RunId,
        /// What waited.
        entry: Box<Entry>,
    },
    /// Nothing of it was queued.
    NotQueued {
        /// From the order.
        run: RunId,
        /// Why.
        failure: Failure,
    },
    /// What a person did to warnings is on disk; or one of them is not as they saw it, in one sentence.
    Warned {
        /// From the order.
        run: RunId,
        /// The accounts that it was about.
        accounts: Vec<RecordId>,
        /// Whether it was done.
        done: Result<(), String>,
    },
    /// What a person did to warnings could not be kept.
    NotWarned {
        /// From the order.
        run: RunId,
        /// Why.
        failure: Failure,
    },
    /// What happened in a standup is on disk, or why not.
    StandupNoted {
        /// From the order.
        run: RunId,
        /// Whether it is.
        done: Result<(), Failure>,
    },
    /// The outbox was read.
    Loaded(Arc<OutboxView>),
    /// The outbox changed in the ledger, by this process or another: it is read again.
    Changed,
    /// A step was taken and is on disk: the entry after it.
    StepTaken(Box<Entry>),
    /// What was done in one go was taken back, and that is on disk.
    TakenBack(Vec<Entry>),
    /// What was done in one go was undone as far as it can be, and that is on disk.
    Undone {
        /// From the order.
        run: RunId,
        /// What came of it.
        undone: Undone,
    },
    /// Somebody was faster: nothing was changed. One sentence about where the entry stands.
    TooLate(String),
    /// Something could not be kept.
    Unsaved(Failure),
    /// The person has allowed writing in this profile, and that is on disk.
    Allowed(WritePermit),
    /// A text that is being composed is on disk.
    DraftSaved {
        /// What it is.
        name: String,
        /// Under which name it is kept, where another cockpit keeps another text under that one.
        beside: Option<String>,
    },
    /// A text that was being composed was read; `None` when there is none.
    DraftLoaded {
        /// From the order.
        run: RunId,
        /// The text, raw.
        text: Option<String>,
        /// Whether the ledger has it so; what it refused is known only here.
        kept: bool,
    },
    /// A text that was being composed could not be read: there may be one.
    DraftUnread {
        /// From the order.
        run: RunId,
        /// Why.
        failure: Failure,
    },
    /// Who of us there is was read.
    PeopleLoaded {
        /// Whoever sits here, if the CRM knows them.
        me: Option<Somebody>,
        /// Everybody who is active, by name.
        people: Arc<[Somebody]>,
        /// All of us as the CRM has them, also those who left.
        owners: Arc<[Owner]>,
    },
}

impl OutboxMsg {
    /// Whether it tells that something is not in the ledger that was to be put there.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::NotQueued { .. }
                | Self::NotWarned { .. }
                | Self::StandupNoted { done: Err(_), .. }
                | Self::Unsaved(_)
        )
    }
}
