//! Several processes on the same files. The children are this binary again, asked for one test.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use retain::domain::outbox::{State, Step};
use retain::domain::record::Kind;
use retain::store::lock::SyncLock;
use retain::store::{Cache, CachePage, Ledger};

use super::outbox::{note, permit, sent};
use super::{Home, account, minute, observation};

/// Names the directory and the child's part to the child.
const PART: &str = "RETAIN_TEST_PART";
/// Stands before what a child has counted.
const QUEUED: &str = "counted:";
/// How many processes.
const PROCESSES: usize = 4;
/// So often an impatient one writes before it gives up finding the file busy.
const MOST_TRIES: u32 = 1_000_000;

/// How many operations of each.
fn operations() -> i64 {
    crate::share(2_000).into()
}

fn spawn(part: &str, home: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "store::processes::child", "--ignored", "--nocapture"])
        .env(PART, format!("{part} {}", home.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Not a test of its own: what the children do.
#[test]
#[ignore = "a part of other tests"]
fn child() {
    let Ok(part) = std::env::var(PART) else {
        return;
    };
    let words: Vec<&str> = part.splitn(3, ' ').collect();
    let [what, number, home] = words[..] else {
        panic!("{part}")
    };
    let home = PathBuf::from(home);
    let (cache_db, ledger_db) = (home.join("cache/cache.db"), home.join("state/ledger.db"));
    match what {
        "write" => write((&cache_db, &ledger_db), number.parse().unwrap(), operations()),
        "umask" => {
            let mask = u32::from_str_radix(number, 8).unwrap();
            rustix::process::umask(rustix::fs::Mode::from_raw_mode(mask));
            write((&cache_db, &ledger_db), 0, 10);
        }
        "outbox" => outbox(&ledger_db, number, true),
        "heedless" => outbox(&ledger_db, number, false),
        "impatient" => impatient(&ledger_db),
        "lock" => {
            let _lock = SyncLock::acquire(&home.join("sync.lock")).unwrap().unwrap();
            println!("locked");
            loop {
                std::thread::park();
            }
        }
        other => panic!("{other}"),
    }
}

fn write((cache_db, ledger_db): (&Path, &Path), number: i64, operations: i64) {
    let (mut cache, notice) = Cache::open(cache_db).unwrap();
    assert_eq!(notice, None);
    let (mut ledger, notice) = Ledger::open(ledger_db, "test").unwrap();
    assert_eq!(notice, None);
    for operation in 0..operations {
        let records = [
            account("1", "shared", &format!("{number}-{operation}"), operation),
            account(
                &(10_000 * (number + 1) + operation).to_string(),
                "own",
                "1",
                operation,
            ),
        ];
        let batch: Vec<_> = records.iter().map(observation).collect();
        ledger.observe(&batch, minute(operation)).unwrap();
        cache
            .commit_page(&CachePage {
                records: &records,
                ..CachePage::default()
            })
            .unwrap();
        assert!(cache.record(Kind::Account, &"1".into()).unwrap().is_some());
    }
}

/// Queues, sends and takes back, its own entries and those of the others. Prints how many entries it has queued, how
/// many attempts it has begun, and how often it came too late. Who is heedless sends also what was another's by then.
fn outbox(ledger_db: &Path, number: &str, heeds: bool) {
    let (mut ledger, notice) = Ledger::open(ledger_db, "test").unwrap();
    assert_eq!(notice, None);
    let (mut queued, mut begun, mut late) = (0, 0, 0);
    for operation in 0..operations() {
        let now = minute(operation);
        if operation % 4 == 0 {
            let act = format!("{number}-{operation}");
            queued += ledger
                .enqueue(permit(), &[note(&act, "text")], &[], now)
                .unwrap()
                .len();
            continue;
        }
        // Everybody wants the oldest one that waits.
        let open = ledger.outbox_open().unwrap();
        let Some(entry) = open.iter().find(|entry| entry.state == State::Queued) else {
            continue;
        };
        let sending = operation % 4 != 3;
        let step = if sending {
            Step::Sending {
                seen: None,
                keyed: false,
            }
        } else {
            Step::TakenBack
        };
        match ledger.step(entry.id, &step, now).unwrap() {
            Err(_) => {
                late += 1;
                begun += u32::from(sending && !heeds);
            }
            Ok(_) if sending => {
                begun += 1;
                ledger.step(entry.id, &sent("900"), now).unwrap().unwrap();
            }
            Ok(_) => {}
        }
    }
    println!("{QUEUED} {queued} {begun} {late}");
}

/// Writes as one that does not wait for the others' locks, until one of them has found the file busy, which a file beside it
/// tells the others: so it does not matter when each gets a processor. Prints how often it was busy.
fn impatient(ledger_db: &Path) {
    let told = ledger_db.with_file_name("busy");
    let connection = rusqlite::Connection::open(ledger_db).unwrap();
    connection.busy_timeout(std::time::Duration::ZERO).unwrap();
    let mut busy = 0;
    for _ in 0..MOST_TRIES {
        if told.exists() {
            break;
        }
        if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
            assert_eq!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseBusy));
            busy += 1;
            std::fs::write(&told, "").unwrap();
        } else {
            connection.execute_batch("COMMIT").unwrap();
        }
    }
    println!("{QUEUED} {busy} 0 0");
}

/// Lets processes do a part each, and adds up what they have counted.
fn counted(home: &Home, parts: &[&str]) -> [u32; 3] {
    drop(home.ledger());
    let spawned = parts.iter().enumerate();
    let children: Vec<Child> = spawned
        .map(|(number, part)| spawn(&format!("{part} {number}"), home.path()))
        .collect();
    let mut sums = [0, 0, 0];
    for child in children {
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{text}");
        let told = text.split(QUEUED).nth(1).unwrap_or_else(|| panic!("{text}"));
        let numbers = told.split_whitespace().map_while(|word| word.parse::<u32>().ok());
        for (sum, number) in sums.iter_mut().zip(numbers) {
            *sum += number;
        }
    }
    sums
}

#[test]
fn four_processes_share_an_outbox_without_one_busy_error_and_no_entry_is_begun_twice() {
    let home = Home::new();
    let [queued, begun, late] = counted(&home, &["outbox"; PROCESSES]);
    println!("{queued} queued, {begun} sent, {late} came too late");
    let ledger = home.ledger();
    let all = ledger.outbox_recent(100_000).unwrap();
    assert_eq!(all.len(), queued as usize);
    assert!(all.iter().all(|entry| entry.attempts <= 1));
    assert_eq!(all.iter().map(|entry| entry.attempts).sum::<u32>(), begun);
    assert_eq!(ledger.check().unwrap(), [""; 0]);
}

#[test]
fn who_does_not_heed_the_others_sends_twice_and_who_does_not_wait_for_them_finds_the_file_busy() {
    // The controls: the same work by programs that leave out one rule each.
    let home = Home::new();
    let [_, begun, late] = counted(&home, &["heedless"; PROCESSES]);
    let all = home.ledger().outbox_recent(100_000).unwrap();
    let sent: u32 = all.iter().map(|entry| entry.attempts).sum();
    assert!(
        late > 0 && begun > sent,
        "{begun} begun, {sent} were there to send"
    );

    let home = Home::new();
    let [busy, ..] = counted(&home, &["impatient"; PROCESSES]);
    assert!(busy > 0);
}

#[test]
fn four_processes_write_at_once_without_one_busy_error() {
    let home = Home::new();
    let children: Vec<Child> = (0..PROCESSES)
        .map(|number| spawn(&format!("write {number}"), home.path()))
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
    let own = PROCESSES as u64 * operations() as u64;
    assert_eq!(home.cache().count(Kind::Account).unwrap(), own + 1);
    assert_eq!(home.ledger().check().unwrap(), [""; 0]);
}

#[test]
fn files_are_private_under_every_umask() {
    for mask in ["000", "002", "022", "077"] {
        let home = Home::new();
        let output = spawn(&format!("umask {mask}"), home.path())
            .wait_with_output()
            .unwrap();
        assert!(output.status.success(), "umask {mask}");
        let mut files = 0;
        for directory in ["cache", "state"].map(|name| home.path().join(name)) {
            let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&directory), 0o700, "umask {mask}");
            for entry in directory.read_dir().unwrap() {
                let path = entry.unwrap().path();
                assert_eq!(mode(&path), 0o600, "umask {mask}: {}", path.display());
                files += 1;
            }
        }
        assert!(files >= 4);
    }
}

#[test]
fn a_stopped_holder_of_the_lock_is_named_and_a_killed_one_lets_go() {
    use std::io::{BufRead, BufReader};
    let home = Home::new();
    let mut child = spawn("lock 0", home.path());
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while !lines.next().unwrap().unwrap().contains("locked") {}
    let path = home.path().join("sync.lock");
    let holder = || SyncLock::acquire(&path).unwrap().unwrap_err();
    assert_eq!((holder().pid, holder().stopped), (Some(child.id()), false));

    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::STOP).unwrap();
    // The kernel stops it soon; what is waited for is the state, not a time.
    while !holder().stopped {
        std::thread::yield_now();
    }
    let holder = holder();
    assert!(holder.hint().contains(&format!("kill -CONT {}", child.id())));
    assert!(!holder.hint().contains("wait") && holder.sentence().contains("is stopped"));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(SyncLock::acquire(&path).unwrap().is_ok());
}
