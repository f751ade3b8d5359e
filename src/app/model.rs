//! Everything the cockpit knows at a moment.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::account::AccountScreen;
use super::accounts::Accounts;
use super::action::{Action, Context};
use super::cmd::{Cmd, RunId};
use super::cursor::Cursor;
use super::failure::Failure;
use super::key::Key;
use super::keymap::Keymap;
use super::layout::{Layout, Pane, Shape, Size};
use super::outbox::{Means, Outbox};
use super::overlay::Overlay;
use super::queue::Queue;
use super::queue_filter::QueueFilter;
use super::redaction::Behind;
use super::standup::Standup;
use super::sync_line::SyncLine;
use crate::config::settings::Scope;
use crate::domain::book::Row;
use crate::domain::desk::{Desk, DueItem, Steps};
use crate::domain::handoff::Unlinked;
use crate::domain::money::Currency;
use crate::domain::reach::Reach;
use crate::domain::record::RecordId;
use crate::domain::standup::Order;

/// What is known before the first frame, from settings and command line.
#[derive(Debug, Clone)]
pub struct Start {
    /// The tenant's name, as the CRM or the profile calls it; raw.
    pub tenant: String,
    /// What the list is about.
    pub scope: Scope,
    /// What it takes to write.
    pub means: Means,
    /// The currency of all sums.
    pub currency: Currency,
    /// The person's time zone: what `today` means.
    pub zone: TimeZone,
    /// The time (UTC).
    pub now: Timestamp,
    /// Size of the terminal.
    pub size: Size,
    /// Which key does what.
    pub keymap: Keymap,
    /// Where the sync stands, as far as it is known.
    pub sync: SyncLine,
    /// What is wrong from the start and stays so while the program runs: mistakes in the configuration.
    pub standing: Option<Failure>,
    /// What must be read before anything else: the ledger is gone.
    pub loss: Option<Failure>,
    /// The scope over which it opens in standup mode, if it does.
    pub standup: Option<String>,
    /// Whether people, customers and money are masked from the start.
    pub redacted: bool,
}

/// Everything the cockpit knows at a moment.
#[derive(Debug)]
pub struct Model {
    /// The tenant's name, raw.
    pub tenant: String,
    /// What the list is about.
    pub scope: Scope,
    /// The currency of all sums; while redacted the one whose amounts nobody sees.
    pub currency: Currency,
    /// What waits while people, customers and money are masked: all that the model knows is masked then.
    pub redacted: Option<Behind>,
    /// The person's time zone.
    pub zone: TimeZone,
    /// The time (UTC), as of the last `Msg::Clock`.
    pub now: Timestamp,
    /// The civil day in the person's zone.
    pub today: Date,
    /// Size of the terminal.
    pub size: Size,
    /// Which key does what.
    pub keymap: Keymap,
    /// Keys of a chord that has begun.
    pub pending: Vec<Key>,
    /// The focused pane.
    pub pane: Pane,
    /// Whether the focused pane has the whole screen.
    pub full: bool,
    /// The account list.
    pub accounts: Accounts,
    /// Risk queue, steps, handoffs and the day.
    pub desk: DeskState,
    /// What was done, and what becomes of it.
    pub outbox: Outbox,
    /// The account that every pane speaks of.
    pub selected: Option<Selected>,
    /// Where its first line is in the list of each pane that has not the focus; `None` where it has none.
    pub followed: [Option<usize>; 4],
    /// The account screen, if it is open.
    pub account: Option<AccountScreen>,
    /// Standup mode, if it is on.
    pub standup: Option<Box<Standup>>,
    /// The accounts that are marked, for what is done with many.
    pub marked: BTreeSet<RecordId>,
    /// What lies over the screen, one on the other; the last one takes the keys.
    pub overlays: Vec<Overlay>,
    /// Where the sync stands.
    pub sync: SyncLine,
    /// Whether the lists are scored by another configuration than the one in force.
    pub by_former_model: bool,
    /// How the last attempt of this program found the CRM, and since when attempts end so (UTC).
    pub reach: (Reach, Timestamp),
    /// What is wrong from the start and stays so while the program runs.
    pub standing: Option<Failure>,
    /// Failures that nobody dismissed yet, the last one shows.
    pub failures: Vec<Failure>,
    /// Whether the cache could not be read; what was shown before stays.
    pub unreadable: bool,
    /// What just happened, in one sentence; gone at the next key.
    pub told: Option<String>,
    /// What was to be done where nothing may be written: it is done if that was allowed elsewhere; gone at the next key.
    pub wanted: Option<Action>,
    /// Number of the last order that answers.
    pub run: RunId,
}

/// The account that every pane speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// Its id.
    pub id: RecordId,
    /// Its row in the present book, if the book has it.
    pub row: Option<u32>,
}

/// Risk queue, steps, handoffs and the day, with a cursor in each list.
#[derive(Debug, Default)]
pub struct DeskState {
    /// Whether the cache was read; before, the panes say so.
    pub loaded: bool,
    /// What lies on the desk; `None` when no sync has built one yet.
    pub desk: Option<Box<Desk>>,
    /// How the risk queue is looked at.
    pub queue: Queue,
    /// What narrows it.
    pub filter: QueueFilter,
    /// The lines of the steps.
    pub steps: Steps,
    /// Places in the risk queue, the steps and the handoffs.
    pub cursors: [Cursor; 3],
    /// When something next becomes late, as of the last message.
    pub next_late: Option<Timestamp>,
    /// The items that were taken up again, until one of them is in the list: there the cursor goes.
    pub taken_up: Vec<String>,
}

impl DeskState {
    /// The desk whose warnings the risk queue shows: what its filter finds, else all.
    pub fn warned(&self) -> Option<&Desk> {
        self.filter.found.as_deref().or(self.desk.as_deref())
    }

    /// Arranges the lines of the steps anew, at a moment of the person's own day.
    pub fn arrange_steps(&mut self, now: DateTime) {
        let due = self.desk.as_deref().map_or(&[][..], |desk| &desk.due);
        self.steps.arrange(due, now);
    }

    /// What is due on a line of the steps; `None` where that is a bulk play.
    pub fn due_at(&self, at: usize) -> Option<&DueItem> {
        self.desk.as_deref()?.due.get(self.steps.item(at)?)
    }

    /// What is unlinked on a line of the handoffs: below them.
    pub fn unlinked_at(&self, at: usize) -> Option<&Unlinked> {
        let desk = self.desk.as_deref()?;
        desk.unlinked.get(at.checked_sub(desk.handoffs.len())?)
    }

    /// Arranges the lines of the queue anew.
    pub fn arrange(&mut self) {
        let found = self.filter.found.as_deref();
        self.queue
            .arrange(found.or(self.desk.as_deref()), found.is_some());
    }
}

impl Model {
    /// The cockpit before anything was read.
    pub fn new(start: Start) -> Self {
        let today = Zoned::new(start.now, start.zone.clone()).date();
        let failures: Vec<Failure> = start.standing.iter().chain(&start.loss).cloned().collect();
        let (currency, shown, redacted) = if start.redacted {
            let shown = failures.iter().map(Failure::redacted).collect();
            let behind = Behind {
                currency: start.currency,
                acts: Vec::new(),
                failures,
            };
            (Currency::HIDDEN, shown, Some(behind))
        } else {
            (start.currency, failures, None)
        };
        let mut model = Self {
            tenant: start.tenant,
            scope: start.scope,
            currency,
            redacted,
            zone: start.zone,
            now: start.now,
            today,
            size: start.size,
            keymap: start.keymap,
            pending: Vec::new(),
            pane: Pane::Accounts,
            full: false,
            accounts: Accounts::default(),
            desk: DeskState::default(),
            outbox: Outbox::new(start.means),
            selected: None,
            followed: [None; 4],
            account: None,
            standup: None,
            marked: BTreeSet::new(),
            overlays: Vec::new(),
            sync: start.sync,
            by_former_model: false,
            reach: (Reach::Answers, start.now),
            failures: shown,
            standing: start.standing,
            unreadable: false,
            told: None,
            wanted: None,
            run: RunId::default(),
        };
        if Shape::of(model.size) == Shape::Tabs {
            model.pane = Pane::Steps;
        }
        if let Some(scope) = start.standup {
            let asked = model.next_run();
            let standup = Standup::new(asked, scope, Order::default(), model.now);
            model.standup = Some(Box::new(standup));
        }
        model
    }

    /// Whether people, customers and money are masked.
    pub fn is_redacted(&self) -> bool {
        self.redacted.is_some()
    }

    /// The moment in the person's zone.
    pub fn local(&self) -> DateTime {
        self.now.to_zoned(self.zone.clone()).datetime()
    }

    /// When the CRM was last asked for what is on the screen (UTC): the open account may be newer than the rest.
    pub fn data_until(&self) -> Option<Timestamp> {
        let account = self.account.as_ref().and_then(|account| account.view.as_deref());
        account.and_then(|view| view.read_at).max(self.sync.last_success)
    }

    /// The orders with which a session begins: what the first frame needs first.
    pub fn first_orders(&self) -> Vec<Cmd> {
        let rows = usize::from(self.size.height).max(50);
        let mut orders = vec![
            Cmd::LoadFirstPage { rows },
            Cmd::LoadDesk,
            Cmd::LoadBook {
                sort: self.accounts.sort,
            },
            Cmd::LoadPeople,
            Cmd::LoadOutbox,
        ];
        orders.extend(self.standup.as_ref().and_then(|standup| standup.order()));
        orders
    }

    /// Whether nothing is in flight: no spinner turns, and an end-to-end test may look.
    pub fn is_idle(&self) -> bool {
        (self.unreadable || (self.accounts.complete && self.desk.loaded))
            && self.accounts.ranking.is_none()
            && self.accounts.ordering.is_none()
            && self.desk.filter.searching.is_none()
            && self.outbox.writing.is_empty()
            && self.outbox.awaited.is_none()
            && self.standup.as_ref().is_none_or(|standup| !standup.is_waiting())
            && self.account.as_ref().is_none_or(|account| !account.is_loading())
            && self.sync.under_way.is_none()
    }

    /// Whether nothing was ever read and the first sync is at it, or begins by itself: no key is needed.
    pub fn awaits_first_sync(&self) -> bool {
        let SyncLine {
            last_success,
            failed,
            under_way,
            ..
        } = &self.sync;
        last_success.is_none() && (failed.is_none() || under_way.is_some())
    }

    /// Whether a sync has come to its end, and what follows from it is not here yet: its accounts are still to be scored.
    pub fn awaits_scores(&self) -> bool {
        self.has_synced() && self.desk.desk.is_none()
    }

    /// Whether the desk tells of accounts that the list does not have yet: the book takes longer to be read.
    pub fn awaits_book(&self) -> bool {
        let desk = self.desk.desk.as_deref();
        self.accounts.book.is_empty() && desk.is_some_and(|desk| desk.day.arr.parts > 0)
    }

    /// What the sums of the day are about, in words.
    pub fn book_words(&self) -> &str {
        let day = self.desk.desk.as_deref().map(|desk| &desk.day);
        if day.is_some_and(|day| day.shared) {
            "shared with me"
        } else {
            self.scope.words()
        }
    }

    /// Whether an account of my book's list is not mine: a task or a handoff brings it, and no sum counts it.
    pub fn is_of_another(&self, row: Row<'_>) -> bool {
        let (Some(me), Some(desk)) = (&self.outbox.me, self.desk.desk.as_deref()) else {
            return false;
        };
        self.scope == Scope::Me && !desk.day.shared && row.csm_id() != Some(me.id.as_str())
    }

    /// Whether a sync has ever come to its end: before, nothing is known to be zero.
    pub fn has_synced(&self) -> bool {
        self.sync.last_success.is_some()
    }

    /// Whether signals have looked at all that the first sync has read: that no warning is open is not known before.
    pub fn is_judged(&self) -> bool {
        let desk = self.desk.desk.as_deref();
        self.has_synced() && desk.is_some_and(|desk| !desk.unjudged)
    }

    /// How many accounts a first sync has read that did not come to its end.
    pub fn read_so_far(&self) -> Option<usize> {
        Some(self.accounts.book.len()).filter(|accounts| *accounts > 0 && !self.has_synced())
    }

    /// Whether there is anything that `notes` shows: of the last sync, why none came to its end, or from the start.
    pub fn has_notes(&self) -> bool {
        !self.sync.notes.is_empty() || self.sync.failed.is_some() || self.standing.is_some()
    }

    /// What stands in an empty pane until the cache was read.
    pub fn reading(&self) -> &'static str {
        if self.unreadable {
            "The cache could not be read."
        } else {
            "Reading the cache …"
        }
    }

    /// Whether something is open over the cockpit, or a filter is typed, that esc closes.
    pub fn esc_closes(&self) -> bool {
        !self.overlays.is_empty()
            || self.in_standup().is_some()
            || self.desk.filter.typing
            || self.accounts.filtering
    }

    /// Whether standup mode shows, and not the account that it is about.
    pub fn in_standup(&self) -> Option<&Standup> {
        self.standup.as_deref().filter(|standup| !standup.aside)
    }

    /// What a key means now: the innermost thing it could act on.
    pub fn context(&self) -> Context {
        match self.pane {
            _ if self.account.is_some() => Context::Account,
            Pane::Accounts => Context::Accounts,
            Pane::Risks => Context::Risks,
            Pane::Steps => Context::Steps,
            Pane::Handoffs => Context::Handoffs,
        }
    }

    /// Where everything is on the cockpit's screen.
    pub fn layout(&self) -> Layout {
        Layout::of(self.size, self.banner(), self.pane, self.full)
    }

    /// Rows that a failure takes: for what failed, and for the hint.
    pub fn banner(&self) -> u16 {
        let failure = self.failures.last();
        failure.map_or(0, |failure| failure.lines(self.size.width).len() as u16)
    }

    /// How many items the list of a pane has.
    pub fn len(&self, pane: Pane) -> usize {
        let desk = self.desk.desk.as_deref();
        match pane {
            Pane::Accounts => self.accounts.rows.len(),
            Pane::Risks => self.desk.queue.lines.len(),
            Pane::Steps => self.desk.steps.lines.len(),
            Pane::Handoffs => desk.map_or(0, |desk| desk.handoffs.len() + desk.unlinked.len()),
        }
    }

    /// The cursor of a pane's list.
    pub fn cursor(&self, pane: Pane) -> Cursor {
        match pane.index().checked_sub(1) {
            None => self.accounts.cursor,
            Some(at) => self.desk.cursors[at],
        }
    }

    /// The cursor of a pane's list, to be moved.
    pub fn cursor_mut(&mut self, pane: Pane) -> &mut Cursor {
        match pane.index().checked_sub(1) {
            None => &mut self.accounts.cursor,
            Some(at) => &mut self.desk.cursors[at],
        }
    }

    /// The account of an item in a pane's list.
    pub fn account_at(&self, pane: Pane, at: usize) -> Option<RecordId> {
        let desk = self.desk.desk.as_deref();
        match pane {
            Pane::Accounts => self.accounts.row_at(at).map(|row| RecordId::from(row.id())),
            Pane::Risks => {
                let (id, _) = self.desk.queue.account_of(self.desk.warned()?, at)?;
                Some(id.clone())
            }
            Pane::Steps => self.desk.due_at(at)?.account.clone(),
            Pane::Handoffs => match desk?.handoffs.get(at) {
                Some(handoff) => Some(handoff.account.clone()),
                None => self.desk.unlinked_at(at).map(|one| one.account.clone()),
            },
        }
    }

    /// A new number for an order that answers.
    pub fn next_run(&mut self) -> RunId {
        self.run = self.run.next();
        self.run
    }
}
