//! An outbox, an embedded CRM and a clock that the test moves.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use retain::crm::CrmWrite;
use retain::crm::hubspot::{HubSpot, HubSpotOptions};
use retain::crm::transport::{Proxying, TransportOptions};
use retain::demo::{DemoOptions, DemoServer, Faults, ObjectType};
use retain::domain::outbox::{Change, Entry, Field, NewEntry, Step, Target, Write, WritePermit};
use retain::domain::record::{Core, Kind, RecordId, ValueType};
use retain::runtime::outbox_view;
use retain::store::{Cache, Ledger};
use retain::sync::{PushEvent, PushOptions, PushReport, Scope, Stores, SyncError, SyncOptions, push};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::meddler::{self, Held};
use crate::rig::{KINDS, NOW, mapping};

/// Numbers that look random and repeat.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len() as u64) as usize]
    }
}

pub struct Bench {
    pub runtime: Runtime,
    pub server: Arc<DemoServer>,
    pub crm: RefCell<HubSpot>,
    pub stores: Stores,
    pub clock: Cell<Timestamp>,
    pub mapping: retain::config::mapping::Mapping,
    pub settle: SignedDuration,
    directory: TempDir,
    acts: Cell<u64>,
}

pub fn permit() -> WritePermit {
    WritePermit::unless(None).unwrap()
}

/// The disk has its own tests: here everything lies in memory where that can be.
fn directory() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| TempDir::new().unwrap())
}

fn open(directory: &Path, me: &str) -> Stores {
    let (cache, _) = Cache::open(&directory.join("cache.db")).unwrap();
    let (ledger, _) = Ledger::open(&directory.join("ledger.db"), me).unwrap();
    Stores { cache, ledger }
}

pub fn connect(server: &DemoServer, writing: Option<WritePermit>) -> HubSpot {
    let token = server.token.clone();
    let options = HubSpotOptions {
        base_url: server.url(),
        transport: TransportOptions {
            allow_loopback_http: true,
            // Nothing in these tests is meant to be answered too late: a machine with much to do answers slowly, and
            // that must not look like no answer.
            read_timeout: Duration::from_secs(30),
            total_timeout: Duration::from_mins(1),
            write_timeout: Duration::from_mins(1),
            proxy: Proxying::Off,
            sharing: None,
            // The time of these tests is their own: the transport waits for nothing.
            patience: Duration::ZERO,
            retries: 0,
            writing,
            ..TransportOptions::default()
        },
        key: Some("retain_key".to_owned()),
        ..HubSpotOptions::default()
    };
    HubSpot::connect(options, Arc::new(move || Ok(token.clone()))).unwrap()
}

impl Bench {
    pub fn new() -> Self {
        let now: Timestamp = NOW.parse().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let mut demo = DemoOptions::new(now);
        demo.accounts = 4;
        let server = Arc::new(runtime.block_on(retain::demo::start(demo)).unwrap());
        let directory = directory();
        let crm = connect(&server, Some(permit()));
        let mut stores = open(directory.path(), server.me);
        let options = SyncOptions::new(Scope::Me, Some(server.me.to_owned()), now);
        let patient = crate::rig::hubspot(&server, &server.token);
        retain::sync::run(
            &patient,
            runtime.handle(),
            &mut stores,
            &mapping(),
            &options,
            &mut |_, _| (),
        )
        .unwrap();
        Self {
            runtime,
            crm: RefCell::new(crm),
            server,
            stores,
            clock: Cell::new(now),
            mapping: mapping(),
            settle: SignedDuration::from_secs(120),
            directory,
            acts: Cell::new(0),
        }
    }

    /// As after a restart: other handles on the same files, another connection.
    pub fn reopen(&mut self) {
        self.reopen_stores();
        self.reconnect();
    }

    /// Other handles on the same files.
    pub fn reopen_stores(&mut self) {
        self.stores = open(self.directory.path(), self.server.me);
    }

    /// A sync at this moment.
    pub fn sync(&mut self) {
        let options = SyncOptions::new(Scope::Me, Some(self.server.me.to_owned()), self.clock.get());
        let crm = self.crm.borrow().clone();
        let handle = self.runtime.handle();
        retain::sync::run(
            &crm,
            handle,
            &mut self.stores,
            &self.mapping,
            &options,
            &mut |_, _| (),
        )
        .unwrap();
    }

    pub fn reconnect(&self) {
        *self.crm.borrow_mut() = connect(&self.server, Some(permit()));
    }

    /// The transport holds itself back in real time, which these tests do not have.
    pub fn reconnect_if_held(&self) {
        let crm = self.crm.borrow().clone();
        if self.runtime.block_on(retain::crm::Crm::usage(&crm)).is_err() {
            self.reconnect();
        }
    }

    pub fn set_faults(&self, faults: &str) {
        self.server.set_faults(Faults::parse(faults).unwrap());
    }

    pub fn wait(&self, seconds: i64) {
        let later = self.clock.get() + SignedDuration::from_secs(seconds);
        self.clock.set(later);
        self.server
            .with_portal(|portal| portal.advance(Duration::from_secs(seconds.unsigned_abs())));
    }

    pub fn account(&self, place: usize) -> RecordId {
        let ids = self.stores.cache.ids(Kind::Account).unwrap();
        ids[place % ids.len()].clone()
    }

    pub fn new_entry(&self, account: &RecordId, write: Write) -> NewEntry {
        self.acts.set(self.acts.get() + 1);
        NewEntry {
            act: format!("act-{}", self.acts.get()),
            account: Some(account.clone()),
            title: "something".to_owned(),
            write,
            leaves_at: self.clock.get(),
        }
    }

    pub fn queue(&mut self, account: &RecordId, write: Write) -> Entry {
        let new = self.new_entry(account, write);
        let now = self.clock.get();
        let queued = self.stores.ledger.enqueue(permit(), &[new], &[], now).unwrap();
        queued.into_iter().next().unwrap()
    }

    pub fn create(&mut self, account: &RecordId, kind: Kind, text: &str) -> Entry {
        let now = self.clock.get();
        self.queue(account, made(kind, account, text, now))
    }

    pub fn step(&mut self, entry: &Entry, step: &Step) -> Entry {
        let now = self.clock.get();
        self.stores.ledger.step(entry.id, step, now).unwrap().unwrap()
    }

    pub fn entry(&self, entry: &Entry) -> Entry {
        self.stores.ledger.entry(entry.id).unwrap().unwrap()
    }

    pub fn push(&mut self) -> Result<PushReport, SyncError> {
        let crm = self.crm.borrow().clone();
        self.push_with(&crm, &mut |_| ())
    }

    pub fn push_with<C: CrmWrite>(
        &mut self,
        crm: &C,
        on_event: &mut dyn FnMut(&PushEvent),
    ) -> Result<PushReport, SyncError> {
        let clock = || self.clock.get();
        let options = PushOptions {
            permit: permit(),
            settle: self.settle,
            sync: SyncOptions::new(Scope::Me, Some(self.server.me.to_owned()), clock()),
            clock: &clock,
        };
        push(
            crm,
            self.runtime.handle(),
            &mut self.stores,
            &self.mapping,
            &options,
            &mut |event, _| on_event(&event),
        )
    }

    /// The CRM makes what it did not answer for.
    pub fn land(&self, held: &Held) {
        let crm = self.crm.borrow().clone();
        self.runtime.block_on(meddler::land(&crm, permit(), held));
    }

    /// Goes on from moment to moment until nothing is left to do by itself, at most so many times.
    pub fn drain<C: CrmWrite>(&mut self, crm: &C, most: u32) -> PushReport {
        let mut report = PushReport::default();
        for _ in 0..most {
            report = self.push_with(crm, &mut |_| ()).unwrap();
            let Some(next) = report.next else { break };
            let seconds = next.duration_since(self.clock.get()).as_secs() + 1;
            self.wait(seconds.max(1));
        }
        report
    }

    /// Records of the portal that carry an entry's key, archived ones too.
    pub fn made(&self, entry: &Entry) -> Vec<u64> {
        made_for(&self.server, entry)
    }

    /// Leaves no trace of an entry in the portal.
    pub fn purge(&self, entry: &Entry) {
        let object = object(entry.new.write.kind());
        for id in self.made(entry) {
            self.server.with_portal(|portal| portal.purge(object, id));
        }
    }

    /// Everything that was sent and is not known to read only: method and path.
    pub fn writes(&self) -> Vec<String> {
        let requests = self.server.requests().into_iter();
        let writing = requests.filter(|request| {
            let reads = request.path.ends_with("/search") || request.path.ends_with("/batch/read");
            request.method != "GET" && !(request.method == "POST" && reads)
        });
        writing
            .map(|request| format!("{} {}", request.method, request.path))
            .collect()
    }

    pub fn value(&self, kind: Kind, id: &RecordId, name: &str) -> Option<String> {
        let number = id.as_str().parse().unwrap();
        self.server
            .with_portal(|portal| portal.value(object(kind), number, name))
    }

    pub fn ledger(&mut self) -> &mut Ledger {
        &mut self.stores.ledger
    }

    /// What the outbox calls an account.
    pub fn account_name(&self, id: &RecordId) -> String {
        let Stores { cache, ledger } = &self.stores;
        let view = outbox_view::of(ledger, Some(cache), &self.mapping).unwrap();
        view.account_name(id).to_owned()
    }
}

/// Records of a portal that carry an entry's key, archived ones too.
pub fn made_for(server: &DemoServer, entry: &Entry) -> Vec<u64> {
    let object = object(entry.new.write.kind());
    server.with_portal(|portal| {
        let name = body(entry.new.write.kind());
        let ids: Vec<u64> = portal.rows(object).iter().map(|row| row.id).collect();
        ids.into_iter()
            .filter(|id| {
                portal
                    .value(object, *id, name)
                    .is_some_and(|text| text.contains(&entry.key))
            })
            .collect()
    })
}

pub fn object(kind: Kind) -> ObjectType {
    KINDS.into_iter().find(|(known, _)| *known == kind).unwrap().1
}

fn body(kind: Kind) -> &'static str {
    match kind {
        Kind::Task => "hs_task_body",
        Kind::Call => "hs_call_body",
        Kind::Meeting => "hs_meeting_body",
        Kind::Email => "hs_email_text",
        _ => "hs_note_body",
    }
}

/// Something new about an account.
pub fn made(kind: Kind, account: &RecordId, text: &str, at: Timestamp) -> Write {
    let when = if kind == Kind::Task {
        Core::Due
    } else {
        Core::Occurred
    };
    let mut fields = BTreeMap::from([
        (Field::Core(Core::Body), text.to_owned()),
        (Field::Core(when), at.to_string()),
    ]);
    if kind != Kind::Note {
        fields.insert(Field::Core(Core::Subject), "About the renewal".to_owned());
    }
    Write::Create {
        kind,
        fields,
        about: vec![(Kind::Account, Target::Record(account.clone()))],
    }
}

/// One field of a record changes.
pub fn update(kind: Kind, target: Target, field: Field, base: Option<&str>, to: Option<&str>) -> Write {
    Write::Update {
        kind,
        target,
        changes: vec![Change {
            field,
            base: base.map(str::to_owned),
            to: to.map(str::to_owned),
            value_type: ValueType::Text,
        }],
    }
}
