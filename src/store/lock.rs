//! Locks of the operating system on files: freed when their process ends, however it ends.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

use super::error::StoreError;
use super::files;

/// How often, and how far apart, the right to talk to the CRM is tried for.
const ASKED: u32 = 5;
const ASKING: Duration = Duration::from_millis(10);

/// Whether a process with this number exists.
pub fn is_alive(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    // A process of someone else answers with a refusal, and is there.
    pid.is_some_and(|pid| test_kill_process(pid) != Err(Errno::SRCH))
}

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The process, if it runs on this machine and has written its number.
    pub pid: Option<u32>,
    /// The other machine that it runs on: the files may lie on a network file system.
    pub host: Option<String>,
    /// Whether the process is stopped (Ctrl-Z, SIGSTOP) and so will not let go by itself.
    pub stopped: bool,
}

impl Holder {
    /// That it has the way to the CRM, in one sentence.
    pub fn sentence(&self) -> String {
        match (self.pid, self.stopped) {
            (Some(pid), true) => format!("process {pid} keeps the CRM, but is stopped"),
            _ => format!("{self} talks to the CRM already"),
        }
    }

    /// What to do about it; one that is stopped does not let go however long one waits.
    pub fn hint(&self) -> String {
        match (self.pid, self.stopped) {
            (Some(pid), true) => {
                format!(
                    "continue it with `kill -CONT {pid}`, or end it; until then nothing is synced or sent"
                )
            }
            _ => "wait for it: what it brings lands in the same cache".to_owned(),
        }
    }

    /// Who it is and why it does not let go, in a few words.
    pub fn in_short(&self) -> String {
        match (&self.host, self.pid, self.stopped) {
            (Some(host), ..) => format!("a process on {host} has the CRM"),
            (None, Some(pid), true) => format!("process {pid} is stopped"),
            (None, Some(pid), false) => format!("process {pid} has the CRM"),
            (None, None, _) => "another process has the CRM".to_owned(),
        }
    }
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(host) = &self.host {
            return write!(f, "a process on {host}");
        }
        match (self.pid, self.stopped) {
            (Some(pid), true) => write!(f, "process {pid}, which is stopped"),
            (Some(pid), false) => write!(f, "process {pid}"),
            (None, _) => f.write_str("another process"),
        }
    }
}

/// The right to talk to the CRM on behalf of a profile: one process at a time has it.
#[derive(Debug)]
pub struct SyncLock {
    /// Open for as long as the lock is held: closing it lets go.
    _file: File,
}

impl SyncLock {
    /// Takes the lock, or says who has it. Waits no longer than it takes somebody to ask for the holder, which keeps
    /// the lock from being taken for that moment.
    pub fn acquire(path: &Path) -> Result<Result<Self, Holder>, StoreError> {
        files::private_parent(path)?;
        let mut file = files::open_private(path)?;
        let mut tries = 0;
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {
                    sign(&mut file).map_err(|error| StoreError::io(path, error))?;
                    return Ok(Ok(Self { _file: file }));
                }
                Err(Errno::WOULDBLOCK) if tries < ASKED => {
                    tries += 1;
                    sleep(ASKING);
                }
                Err(Errno::WOULDBLOCK) => return Ok(Err(holder_of(&mut file))),
                Err(error) => return Err(StoreError::io(path, error.into())),
            }
        }
    }

    /// Who holds the lock now, without trying to take it for longer than a moment.
    pub fn holder(path: &Path) -> Result<Option<Holder>, StoreError> {
        if !path.exists() {
            return Ok(None);
        }
        let mut file = files::open_private(path)?;
        match flock(&file, FlockOperation::NonBlockingLockShared) {
            Ok(()) => Ok(None),
            Err(Errno::WOULDBLOCK) => Ok(Some(holder_of(&mut file))),
            Err(error) => Err(StoreError::io(path, error.into())),
        }
    }
}

/// Held while a database is opened, created, migrated or mended, so that two processes never do it at once.
pub(super) struct Opening {
    _file: File,
}

impl Opening {
    /// How long another process may take.
    const PATIENCE: Duration = Duration::from_secs(30);

    /// Waits for the lock beside this database.
    pub(super) fn of(database: &Path) -> Result<Self, StoreError> {
        let file = locked(database, ".lock", Self::PATIENCE)?;
        Ok(Self { _file: file })
    }
}

/// Held while accounts are judged and what follows is noted in the journal: whoever comes second reads what the first
/// one has noted, and notes none of it again.
#[derive(Debug)]
pub struct Scoring {
    _file: File,
}

impl Scoring {
    /// How long another process may take for all accounts.
    const PATIENCE: Duration = Duration::from_mins(2);

    /// Waits for the lock beside this ledger.
    pub fn of(ledger: &Path) -> Result<Self, StoreError> {
        let file = locked(ledger, ".scoring", Self::PATIENCE)?;
        Ok(Self { _file: file })
    }
}

/// The lock file beside a database, once it is ours.
fn locked(database: &Path, suffix: &str, patience: Duration) -> Result<File, StoreError> {
    files::private_parent(database)?;
    let file = files::open_private(&files::with_suffix(database, suffix))?;
    let until = Instant::now() + patience;
    loop {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(file),
            Err(Errno::WOULDBLOCK | Errno::INTR) if Instant::now() < until => {
                sleep(Duration::from_millis(5));
            }
            Err(Errno::WOULDBLOCK | Errno::INTR) => {
                return Err(StoreError::Busy {
                    path: database.to_owned(),
                });
            }
            Err(error) => return Err(StoreError::io(database, error.into())),
        }
    }
}

/// Writes our process's number and machine, always of the same width, so that no reader sees half of it.
fn sign(file: &mut File) -> std::io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    file.write_all(signature(std::process::id(), &this_host()).as_bytes())
}

fn signature(pid: u32, host: &str) -> String {
    format!("{pid:>10} {host:<HOST$}\n")
}

/// The longest name of a machine that is written, bytes.
const HOST: usize = 64;

/// The name of this machine.
pub(super) fn this_host() -> String {
    let name = rustix::system::uname();
    let name = name.nodename().to_string_lossy();
    let known = name.chars().filter(|letter| !letter.is_whitespace());
    known.filter(char::is_ascii).take(HOST).collect()
}

fn holder_of(file: &mut File) -> Holder {
    let mut text = String::new();
    // Without a number the holder is just not named.
    let _ = Read::by_ref(file).take(128).read_to_string(&mut text);
    let (number, host) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
    let host = Some(host.to_owned()).filter(|host| !host.is_empty() && *host != this_host());
    // The number of a process on another machine says nothing on this one.
    let pid = number.parse().ok().filter(|_| host.is_none());
    Holder {
        pid,
        host,
        stopped: pid.is_some_and(is_stopped),
    }
}

/// Whether `/proc` says that a process is stopped. Its name may contain spaces and parentheses.
fn is_stopped(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .ok()
        .and_then(|stat| state_of(&stat))
        .is_some_and(|state| matches!(state, 'T' | 't'))
}

fn state_of(stat: &str) -> Option<char> {
    stat.rsplit_once(')')?.1.trim_start().chars().next()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn one_holder_at_a_time_and_it_is_named() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("sync.lock");
        assert_eq!(SyncLock::holder(&path).unwrap(), None);
        let held = SyncLock::acquire(&path).unwrap().unwrap();
        let holder = SyncLock::acquire(&path).unwrap().unwrap_err();
        let expected = Holder {
            pid: Some(std::process::id()),
            host: None,
            stopped: false,
        };
        assert_eq!(holder, expected);
        assert_eq!(SyncLock::holder(&path).unwrap(), Some(expected));

        std::fs::write(&path, signature(std::process::id(), "other-host")).unwrap();
        let holder = SyncLock::acquire(&path).unwrap().unwrap_err();
        assert_eq!((holder.pid, holder.host.as_deref()), (None, Some("other-host")));
        assert_eq!(holder.to_string(), "a process on other-host");
        drop(held);
        assert_eq!(SyncLock::holder(&path).unwrap(), None);
        assert!(SyncLock::acquire(&path).unwrap().is_ok());
    }

    #[test]
    fn whoever_asks_for_the_holder_takes_the_lock_from_nobody() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("sync.lock");
        drop(SyncLock::acquire(&path).unwrap().unwrap());
        let asking = files::open_private(&path).unwrap();
        flock(&asking, FlockOperation::NonBlockingLockShared).unwrap();
        let asker = std::thread::spawn(move || {
            sleep(ASKING);
            drop(asking);
        });
        assert!(SyncLock::acquire(&path).unwrap().is_ok());
        asker.join().unwrap();
    }

    #[test]
    fn the_state_of_a_process_is_read_behind_its_name() {
        assert_eq!(state_of("7 (a) T (b)) T 1 1"), Some('T'));
        assert_eq!(state_of("7 (retain) S 1 1"), Some('S'));
        assert_eq!(state_of(""), None);
    }
}
