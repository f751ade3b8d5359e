//! Carries out the core's orders: one arm each, all on other threads, answered with messages.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;

use crate::app::{Cmd, Failure, FailureKind, Msg, OutboxMsg, WriteCmd};
use crate::config::paths::ProfilePaths;
use crate::config::{Dirs, Setup};
use crate::domain::record::RecordId;
use crate::store::{Notice, StoreError};

use super::bulk::{self, Planning};
use super::clock::Clock;
use super::compose::{self, Edited, Wait};
use super::compute::{self, Computation};
use super::feeds;
use super::inbox::Address;
use super::opener;
use super::process::PanicIn;
use super::reader::{self, Reading};
use super::rescoring;
use super::sync_thread::{self, SyncOrder};
use super::team_thread;
use super::unwritten::Unwritten;
use super::watch;
use super::worker::Texts;
use super::writer::{self, Writing};

/// How long the last order of a session may take after the screen is given back. What takes longer is kept in a file.
const LAST_ORDER: Duration = Duration::from_millis(600);

/// What the other threads work with.
#[derive(Debug, Clone)]
pub struct Workshop {
    /// Settings, mapping, health model and signals.
    pub setup: Arc<Setup>,
    /// The same once the person has allowed writing in this session.
    pub allowed: Arc<OnceLock<Setup>>,
    /// Where the files that people write are.
    pub dirs: Dirs,
    /// The configuration as text, for the ledger.
    pub texts: Arc<Texts>,
    /// Where the databases are.
    pub paths: Arc<ProfilePaths>,
    /// Tells the time.
    pub clock: Clock,
    /// Where answers go.
    pub address: Address,
    /// How many orders are not answered yet.
    pub busy: Busy,
    /// Where to panic on purpose.
    pub panic_in: Option<PanicIn>,
    /// Accounts that were read alone, with when (UTC): newer than the rest.
    pub read_alone: ReadAlone,
    /// What a person did and is not in the ledger yet.
    pub unwritten: Unwritten,
}

/// When single accounts were read from the CRM in this session.
#[derive(Debug, Clone, Default)]
pub struct ReadAlone(Arc<Mutex<HashMap<RecordId, Timestamp>>>);

impl ReadAlone {
    /// This account was read now.
    pub fn note(&self, id: RecordId, now: Timestamp) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, now);
    }

    /// When this account was last read alone.
    pub fn when(&self, id: &RecordId) -> Option<Timestamp> {
        let read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        read.get(id).copied()
    }
}

/// Counts orders that are not answered yet.
#[derive(Debug, Clone, Default)]
pub struct Busy(Arc<AtomicUsize>);

impl Busy {
    /// One more order.
    pub fn more(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    /// One order is answered.
    pub fn done(&self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }

    /// Whether any order is not answered yet.
    pub fn any(&self) -> bool {
        self.0.load(Ordering::SeqCst) > 0
    }
}

/// Carries out orders on other threads.
#[derive(Debug)]
pub struct Executor {
    workshop: Workshop,
    reader: Sender<Reading>,
    writer: Sender<Writing>,
    /// Begun after the first frame, so that nothing competes with it.
    late: Option<Late>,
    /// Orders that wait for the first frame.
    waiting: Vec<Cmd>,
}

#[derive(Debug)]
struct Late {
    compute: Sender<Computation>,
    rescoring: Sender<Vec<RecordId>>,
    sync: Sender<SyncOrder>,
}

impl Executor {
    /// Begins the threads that read the cache and that write; the others follow after the first frame.
    pub fn new(workshop: Workshop) -> Self {
        let (reader, readings) = mpsc::channel();
        let own = workshop.clone();
        thread::spawn(move || reader::run(&own, &readings));
        let (writer, writings) = mpsc::channel();
        let own = workshop.clone();
        thread::spawn(move || writer::run(&own, &writings));
        Self {
            workshop,
            reader,
            writer,
            late: None,
            waiting: Vec::new(),
        }
    }

    /// The first frame is on the screen: what would have delayed it begins now.
    pub fn first_frame_drawn(&mut self) {
        let (compute, computations) = mpsc::channel();
        let (sync, orders) = mpsc::channel();
        let own = self.workshop.clone();
        thread::spawn(move || compute::run(&own, &computations));
        let own = self.workshop.clone();
        self.workshop.busy.more();
        thread::spawn(move || sync_thread::run(&own, &orders));
        let (rescoring, accounts) = mpsc::channel();
        let own = self.workshop.clone();
        thread::spawn(move || rescoring::run(&own, &accounts));
        let own = self.workshop.clone();
        thread::spawn(move || watch::run(&own));
        let own = self.workshop.clone();
        thread::spawn(move || watch::outbox(&own));
        let own = self.workshop.clone();
        thread::spawn(move || feeds::run(&own));
        let own = self.workshop.clone();
        thread::spawn(move || team_thread::run(&own));
        self.late = Some(Late {
            compute,
            rescoring,
            sync,
        });
        for order in std::mem::take(&mut self.waiting) {
            self.carry_out(order);
        }
    }

    /// Whether an order is not answered yet.
    pub fn is_busy(&self) -> bool {
        self.workshop.busy.any() || !self.waiting.is_empty()
    }

    /// Carries an order out; what concerns the terminal never comes here.
    pub fn carry_out(&mut self, order: Cmd) {
        let Some(late) = &self.late else {
            return self.carry_out_early(order);
        };
        match order {
            Cmd::LoadFirstPage { rows } => self.read(Reading::FirstPage { rows }),
            Cmd::LoadDesk => self.read(Reading::Desk),
            Cmd::OpenAccount { run, id, since } => self.read(Reading::Account { run, id, since }),
            Cmd::LoadAlarms { run } => self.begin(&late.compute, Computation::Alarms { run }),
            Cmd::LoadStandup { run, scope, order } => {
                self.begin(&late.compute, Computation::Standup { run, scope, order });
            }
            Cmd::KeepMinutes { name, text } => self.begin(&self.writer, Writing::Minutes { name, text }),
            Cmd::LoadTeam { run, everybody } => self.begin(&late.compute, Computation::Team(run, everybody)),
            Cmd::LoadNps { run } => self.begin(&late.compute, Computation::Nps { run }),
            Cmd::LoadQuestions { run } => self.begin(&late.compute, Computation::Questions { run }),
            Cmd::LoadRouteWeeks { run } => self.begin(&late.compute, Computation::RouteWeeks { run }),
            Cmd::FindRequester { run, sought } => self.read(Reading::Requester { run, sought }),
            Cmd::LoadOutbox => self.read(Reading::Outbox),
            Cmd::LoadPeople => self.read(Reading::People),
            Cmd::LoadDraft { run, name } => self.read(Reading::Draft { run, name }),
            Cmd::Write(order) => self.write(order),
            Cmd::Rescore { accounts } => self.begin(&late.rescoring, accounts),
            Cmd::Push => self.begin(&late.sync, SyncOrder::Push),
            Cmd::RecordLook => self.begin(&self.writer, Writing::RecordLook),
            Cmd::LoadBook { sort } => self.begin(&late.compute, Computation::Book { sort }),
            Cmd::OrderBook { run, book, sort } => {
                self.begin(&late.compute, Computation::Order { run, book, sort });
            }
            Cmd::PrepareOrders { run, book, sorts } => {
                self.begin(&late.compute, Computation::Prepare { run, book, sorts });
            }
            Cmd::TryOnBook {
                run,
                book,
                weights,
                mine,
                account,
            } => {
                let computation = Computation::Try {
                    run,
                    book,
                    weights,
                    mine,
                    account,
                };
                self.begin(&late.compute, computation);
            }
            Cmd::Discard(replaced) => drop(late.compute.send(Computation::Discard(replaced))),
            Cmd::RankFuzzily {
                run,
                book,
                query,
                rows,
            } => {
                let computation = Computation::Rank {
                    run,
                    book,
                    query,
                    rows,
                };
                self.begin(&late.compute, computation);
            }
            Cmd::NarrowQueue { run, query } => {
                self.begin(&late.compute, Computation::Narrow { run, query });
            }
            Cmd::PlanBulk {
                run,
                on,
                playbook,
                accounts,
            } => {
                let planning = Planning {
                    run,
                    on,
                    playbook,
                    accounts,
                };
                bulk::plan(planning, &self.workshop);
            }
            Cmd::LoadStandings { run, today } => bulk::standings(run, today, &self.workshop),
            Cmd::LoadBulk { run, id, now } => bulk::whole(run, id, now, &self.workshop),
            Cmd::ReadAccount { id } => self.begin(&late.sync, SyncOrder::Account(id)),
            Cmd::SyncNow => self.begin(&late.sync, SyncOrder::Now),
            Cmd::KeepWeights { weights } => self.begin(&self.writer, Writing::KeepWeights(weights)),
            Cmd::EnableWrites => self.begin(&self.writer, Writing::EnableWrites),
            Cmd::LookForPermit => self.begin(&self.writer, Writing::LookForPermit),
            Cmd::OpenRecord { kind, id } => self.read(Reading::Link { kind, id }),
            Cmd::OpenLink { url } => opener::open(url, &self.workshop),
            Cmd::Copy { .. }
            | Cmd::Compose { .. }
            | Cmd::Suspend
            | Cmd::Redraw
            | Cmd::Redact { .. }
            | Cmd::Quit => {}
        }
    }

    /// What can be carried out before all threads are there; the rest waits for them.
    fn carry_out_early(&mut self, order: Cmd) {
        match order {
            Cmd::LoadFirstPage { rows } => self.read(Reading::FirstPage { rows }),
            Cmd::LoadDesk => {
                self.read(Reading::TopOfDesk);
                self.waiting.push(Cmd::LoadDesk);
            }
            Cmd::Write(order) => self.write(order),
            later => self.waiting.push(later),
        }
    }

    /// Lets the person edit the text of a draft in their own editor; the terminal must be theirs.
    pub fn compose(&self, draft: &str, text: &str, wait: Wait<'_>) -> Edited {
        let Workshop { paths, setup, .. } = &self.workshop;
        compose::edit(&paths.state_dir, &setup.settings, draft, text, wait)
    }

    /// From now on everything is read for others, or for the person alone.
    pub fn redact(&self, on: bool) {
        self.workshop.address.curtain.draw(on);
    }

    /// What an editor left is in the core, and ordered to be saved: its file goes after that.
    pub fn composed(&self, draft: String, file: PathBuf) {
        self.begin(&self.writer, Writing::Composed { draft, file });
    }

    /// The core has heard that something is not saved.
    pub fn refusal_is_heard(&self) {
        self.workshop.unwritten.heard();
    }

    /// Lets the last order be finished, for a while: a disk that does not answer must not keep us. What is not saved
    /// then, or was refused, is kept in a file beside the ledger and told.
    pub fn stop(&mut self) -> Option<Notice> {
        let (done, finished) = mpsc::channel();
        if self.writer.send(Writing::End(done)).is_ok() {
            // Whether it came to its end in time, the orders themselves tell.
            let _ = finished.recv_timeout(LAST_ORDER);
        }
        self.workshop.unwritten.close(&self.workshop.paths.state_dir)
    }

    fn write(&self, order: WriteCmd) {
        let run = match &order {
            WriteCmd::Standup { run, .. } => Some(*run),
            _ => None,
        };
        let order = match self.workshop.address.curtain.unmasked(order) {
            Ok(order) => order,
            Err(why) => {
                let failure = Failure {
                    kind: FailureKind::Unsaved,
                    summary: format!("not saved: {why}"),
                    hint: None,
                    detail: None,
                };
                let told = match run {
                    Some(run) => OutboxMsg::StandupNoted {
                        run,
                        done: Err(failure),
                    },
                    None => OutboxMsg::Unsaved(failure),
                };
                return self.workshop.address.send(Msg::Outbox(told));
            }
        };
        let number = self.workshop.unwritten.add(&order, self.workshop.clock.now());
        self.begin(&self.writer, Writing::Outbox(number, order));
    }

    fn read(&self, reading: Reading) {
        self.begin(&self.reader, reading);
    }

    fn begin<T>(&self, thread: &Sender<T>, order: T) {
        self.workshop.busy.more();
        // A thread is gone only after a panic, and then everything ends.
        if thread.send(order).is_err() {
            self.workshop.busy.done();
        }
    }
}

impl Workshop {
    /// The settings by which it is judged whether anything may be written now.
    pub fn setup(&self) -> &Setup {
        self.allowed.get().unwrap_or(&self.setup)
    }

    /// Sends an answer and counts the order as done.
    pub fn answer(&self, message: Msg) {
        self.address.send(message);
        self.done();
    }

    /// Counts an order as done.
    pub fn done(&self) {
        self.busy.done();
        self.address.wake();
    }

    /// Shows what a database had to mend or misses.
    pub fn tell(&self, notices: impl IntoIterator<Item = Notice>) {
        for notice in notices {
            self.address.send(Msg::Failed(Failure {
                kind: FailureKind::Storage,
                summary: notice.summary,
                hint: notice.hint,
                detail: None,
            }));
        }
    }

    /// A failure of a database as the screen shows it.
    pub fn storage_failure(error: &StoreError) -> Failure {
        Failure {
            kind: FailureKind::Storage,
            summary: error.to_string(),
            hint: Some(error.hint().to_owned()),
            detail: None,
        }
    }
}
