//! Being told when another connection has committed to a database of ours, in this process or another.
//!
//! The kernel tells of writes to the WAL; whether they were a commit is asked of `SQLite`. Where the
//! kernel cannot tell (a network file system, no inotify left) it is asked once a second.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::database::Database;
use super::error::StoreError;
use super::files::{self, FileId};
use super::migrations::{CACHE, LEDGER, Schema};

/// How often is asked where the kernel cannot tell.
const POLL: Duration = Duration::from_secs(1);
/// How long writes are let run on before they are looked at: a sync commits many pages a second.
const SETTLE: Duration = Duration::from_millis(50);
/// What was heard is looked for again, at twice the distance each time, up to this one: a slow disk makes a commit of it
/// only long after the last write that is heard.
const SLOWEST: Duration = Duration::from_secs(10);

/// Waits for commits to a database. Lives in a thread of its own.
#[derive(Debug)]
pub struct Watcher {
    path: PathBuf,
    schema: &'static Schema,
    database: Database,
    seen: i64,
    /// Which file is open: device and inode. While it is, no other file can have the same.
    file: Option<FileId>,
    bell: Option<bell::Bell>,
    /// How soon to look again after a write that may not be a commit yet.
    again: Option<Duration>,
}

impl Watcher {
    /// Watches the cache at this path, which must be there. What was committed so far counts as seen.
    pub fn of_cache(path: &Path) -> Result<Self, StoreError> {
        Self::new(path, &CACHE)
    }

    /// Watches the ledger at this path, which must be there. What was committed so far counts as seen.
    pub fn of_ledger(path: &Path) -> Result<Self, StoreError> {
        Self::new(path, &LEDGER)
    }

    fn new(path: &Path, schema: &'static Schema) -> Result<Self, StoreError> {
        // The bell is hung up first, so that nothing is missed between it and the first look.
        let bell = bell::Bell::new(path);
        let file = files::identity(path).ok();
        let database = Database::open_read_only(path, schema, true)?;
        let seen = database.data_version()?;
        Ok(Self {
            path: path.to_owned(),
            schema,
            database,
            seen,
            file,
            bell,
            again: None,
        })
    }

    /// Waits until something was committed since the last call, which is `true`, or the time is over.
    pub fn wait(&mut self, timeout: Duration) -> bool {
        let until = Instant::now() + timeout;
        loop {
            // A file that takes the place of another is empty at first, and cannot be opened yet.
            let comes = !self.follow();
            if self.look() {
                return true;
            }
            let mut left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            if comes {
                left = left.min(SETTLE);
            }
            left = self.again.map_or(left, |again| left.min(again));
            match &mut self.bell {
                Some(bell) => match bell.wait(left) {
                    bell::Heard::Write => {
                        self.again = Some(SETTLE);
                        std::thread::sleep(SETTLE.min(left));
                    }
                    bell::Heard::Nothing => {
                        let later = self.again.map(|again| again * 2);
                        self.again = later.filter(|again| *again <= SLOWEST);
                    }
                    bell::Heard::Deaf => self.bell = None,
                },
                None => std::thread::sleep(POLL.min(left)),
            }
        }
    }

    /// Whether there was a commit since the last look. An error counts as none: readers tell it.
    fn look(&mut self) -> bool {
        match self.database.data_version() {
            Ok(version) if version != self.seen => {
                self.seen = version;
                true
            }
            _ => false,
        }
    }

    /// If the file was replaced, from now on the new one counts, and that is a change. `false` while it cannot be opened.
    fn follow(&mut self) -> bool {
        let file = files::identity(&self.path).ok();
        if file.is_none() || file == self.file {
            return true;
        }
        let Ok(database) = Database::open_read_only(&self.path, self.schema, true) else {
            return false;
        };
        self.database = database;
        self.seen = -1;
        self.file = file;
        true
    }
}

#[cfg(target_os = "linux")]
mod bell {
    //! What the kernel says about the cache's directory.

    use std::mem::MaybeUninit;
    use std::os::fd::OwnedFd;
    use std::path::Path;
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
    use rustix::io::Errno;

    use crate::store::files;

    /// What was heard.
    pub(super) enum Heard {
        /// Somebody wrote to the database or its log, or put a file in its place.
        Write,
        /// Nothing within the time, or nothing of interest.
        Nothing,
        /// The kernel does not tell any more.
        Deaf,
    }

    /// An inotify watch on the cache's directory.
    #[derive(Debug)]
    pub(super) struct Bell {
        fd: OwnedFd,
        name: Vec<u8>,
    }

    impl Bell {
        /// A watch, or `None` where the kernel cannot tell of all writes.
        pub(super) fn new(path: &Path) -> Option<Self> {
            let directory = path.parent()?;
            if files::on_network(directory) {
                return None;
            }
            let fd = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok()?;
            let what = WatchFlags::MODIFY | WatchFlags::CREATE | WatchFlags::MOVED_TO;
            inotify::add_watch(&fd, directory, what).ok()?;
            let name = path.file_name()?.as_encoded_bytes().to_vec();
            Some(Self { fd, name })
        }

        /// Waits for a write, but not longer than this.
        pub(super) fn wait(&mut self, timeout: Duration) -> Heard {
            let mut fds = [PollFd::new(&self.fd, PollFlags::IN)];
            let timeout = Timespec::try_from(timeout).ok();
            match poll(&mut fds, timeout.as_ref()) {
                Ok(0) | Err(Errno::INTR) => Heard::Nothing,
                Ok(_) => self.drain(),
                Err(_) => Heard::Deaf,
            }
        }

        fn drain(&self) -> Heard {
            let mut buffer = [MaybeUninit::uninit(); 4096];
            let mut reader = Reader::new(&self.fd, &mut buffer);
            let mut heard = Heard::Nothing;
            loop {
                match reader.next() {
                    Ok(event) => {
                        let name = event.file_name().map_or(&[][..], std::ffi::CStr::to_bytes);
                        if name.starts_with(&self.name) || event.events().contains(ReadFlags::QUEUE_OVERFLOW)
                        {
                            heard = Heard::Write;
                        }
                    }
                    Err(Errno::AGAIN) => return heard,
                    Err(Errno::INTR) => {}
                    Err(_) => return Heard::Deaf,
                }
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod bell {
    //! Other systems are asked once a second.

    use std::path::Path;
    use std::time::Duration;

    /// What was heard.
    #[allow(dead_code)]
    pub(super) enum Heard {
        Write,
        Nothing,
        Deaf,
    }

    /// Never rings.
    #[derive(Debug)]
    pub(super) struct Bell;

    impl Bell {
        pub(super) fn new(_: &Path) -> Option<Self> {
            None
        }

        pub(super) fn wait(&mut self, _: Duration) -> Heard {
            Heard::Deaf
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::store::Cache;

    #[test]
    fn a_commit_of_another_connection_is_heard_and_silence_is_not() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("cache.db");
        let (mut cache, _) = Cache::open(&path).unwrap();
        let mut watcher = Watcher::of_cache(&path).unwrap();
        assert!(!watcher.wait(Duration::ZERO));
        let waiting = std::thread::spawn(move || {
            assert!(watcher.wait(Duration::from_secs(30)));
            watcher
        });
        cache.put_document("a", "1").unwrap();
        let mut watcher = waiting.join().unwrap();
        assert!(!watcher.wait(Duration::from_millis(120)));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_commit_that_a_slow_disk_finishes_long_after_its_last_write_is_seen() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("cache.db");
        let (mut cache, _) = Cache::open(&path).unwrap();
        let mut watcher = Watcher::of_cache(&path).unwrap();
        // It hears the write, and nothing of the commit.
        let elsewhere = home.path().join("elsewhere");
        std::fs::create_dir(&elsewhere).unwrap();
        watcher.bell = bell::Bell::new(&elsewhere.join("cache.db"));
        let waiting = std::thread::spawn(move || watcher.wait(Duration::from_secs(20)));
        std::fs::write(elsewhere.join("cache.db-wal"), "x").unwrap();
        std::thread::sleep(SETTLE * 4);
        cache.put_document("a", "1").unwrap();
        assert!(waiting.join().unwrap());
    }

    #[test]
    fn a_rebuilt_cache_is_a_change() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("cache.db");
        drop(Cache::open(&path).unwrap());
        let mut watcher = Watcher::of_cache(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let (mut cache, _) = Cache::open(&path).unwrap();
        cache.put_document("a", "1").unwrap();
        assert!(watcher.wait(Duration::from_secs(30)));
        let read = Cache::open_read_only(&path).unwrap().document("a").unwrap();
        assert_eq!(read.as_deref(), Some("1"));
    }

    #[test]
    fn a_cache_that_is_made_anew_while_somebody_waits_is_heard() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("cache.db");
        drop(Cache::open(&path).unwrap());
        let mut watcher = Watcher::of_cache(&path).unwrap();
        assert!(!watcher.wait(Duration::ZERO));
        std::fs::remove_file(&path).unwrap();
        // What the watcher meets first: a file without anything in it.
        std::fs::write(&path, "").unwrap();
        assert!(!watcher.wait(Duration::from_millis(80)));
        std::fs::remove_file(&path).unwrap();
        let (mut cache, _) = Cache::open(&path).unwrap();
        cache.put_document("a", "1").unwrap();
        assert!(watcher.wait(Duration::from_secs(30)));
        cache.put_document("a", "2").unwrap();
        assert!(
            watcher.wait(Duration::from_secs(30)),
            "the new file is the one that counts"
        );
    }

    #[test]
    fn an_empty_file_that_becomes_a_cache_is_heard() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("cache.db");
        drop(Cache::open(&path).unwrap());
        let mut watcher = Watcher::of_cache(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let made = home.path().join("made.db");
        drop(Cache::open(&made).unwrap());
        std::fs::write(&path, "").unwrap();
        assert!(
            !watcher.wait(Duration::from_millis(80)),
            "heard, and nothing to open yet"
        );
        // Filled in place, as another program fills the file that it has begun.
        std::fs::write(&path, std::fs::read(&made).unwrap()).unwrap();
        assert!(watcher.wait(Duration::from_secs(30)));
    }
}
