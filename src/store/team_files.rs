//! The files of the team's journal: each appended to by one ledger alone and read by those of the whole team. The one
//! exception to files of ours being readable by nobody else: a group may read them.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use crate::domain::team_journal::{Header, Line};

use super::error::StoreError;
use super::files;
use super::lock;

/// The mode of a file.
const FILE: u32 = 0o640;
/// What a folder takes over of the one that it is made in: what group and owner may do, the group for what is made in
/// it, and that nobody removes what is another's.
const FOLDER: u32 = 0o3770;
/// How the name of a file ends.
const ENDING: &str = ".jsonl";
/// A larger file is none of ours.
const LARGEST: u64 = 1 << 30;
/// So much of the end of a file is looked at for the last event that it has.
const TAIL: u64 = 1 << 20;
/// How often, and how far apart, is tried to append while another program of the same ledger does.
const TRIES: u32 = 50;
const APART: Duration = Duration::from_millis(40);

/// What changes when a file does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stamp {
    inode: u64,
    bytes: u64,
    seconds: i64,
    nanoseconds: i64,
}

impl Stamp {
    fn of(found: &fs::Metadata) -> Self {
        Self {
            inode: found.ino(),
            bytes: found.len(),
            seconds: found.mtime(),
            nanoseconds: found.mtime_nsec(),
        }
    }
}

/// The folder of one CRM and tenant below the one that the team shares.
pub fn folder(shared: &Path, crm: &str, tenant: &str) -> PathBuf {
    shared.join(plain(&format!("{crm}-{tenant}")))
}

/// A name as a part of a path: what is not plain is an underscore.
fn plain(name: &str) -> String {
    let letters = name.chars().enumerate().map(|(place, letter)| match letter {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => letter,
        '-' | '.' | '@' | '+' if place > 0 => letter,
        _ => '_',
    });
    letters.collect()
}

/// The files in a folder by name, each with its stamp; none where there is no folder yet. That the one above is not there is
/// an error: it may be on a disk that is away.
pub fn list(folder: &Path) -> Result<Vec<(String, Stamp)>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let shared = files::directory_of(folder);
            let found = fs::metadata(shared).map(|_| Vec::new());
            return found.map_err(|error| StoreError::io(shared, error));
        }
        entries => entries.map_err(|error| StoreError::io(folder, error))?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| StoreError::io(folder, error))?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        // One that went in between is not there.
        if let Ok(metadata) = entry.metadata()
            && name.ends_with(ENDING)
        {
            found.push((name, Stamp::of(&metadata)));
        }
    }
    found.sort();
    Ok(found)
}

/// The bytes of a file of the folder; links and whatever is no file are refused.
pub fn read(folder: &Path, name: &str) -> Result<Vec<u8>, StoreError> {
    let path = folder.join(name);
    let fail = |error| StoreError::io(&path, error);
    let file = OpenOptions::new()
        .read(true)
        .custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed())
        .open(&path)
        .map_err(fail)?;
    let found = file.metadata().map_err(fail)?;
    if !found.is_file() || found.len() > LARGEST {
        return Err(StoreError::Refused {
            path,
            reason: "it is no file of a journal".to_owned(),
        });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(found.len()).unwrap_or(0));
    file.take(LARGEST).read_to_end(&mut bytes).map_err(fail)?;
    Ok(bytes)
}

/// The file that a ledger appends to.
#[derive(Debug)]
pub struct OwnFile {
    path: PathBuf,
    header: Header,
}

impl OwnFile {
    /// That of the ledger with this id, of a person who sits at this machine.
    pub fn new(folder: &Path, tenant: &str, writer: &str, author: &str) -> Self {
        let host = lock::this_host();
        let name = plain(&format!("{author}@{host}-{writer}{ENDING}"));
        Self {
            path: folder.join(name),
            header: Header::new(tenant, writer, author, &host),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends what `lines` gives for the number of the last event that the file has, and says how many those were. They are
    /// on disk afterwards. A last line that has no end is ended first, so that it cannot spoil what follows. Nothing is begun
    /// before there is something to say.
    pub fn append(&self, lines: impl Fn(i64) -> Result<Vec<Line>, StoreError>) -> Result<usize, StoreError> {
        let fail = |error| StoreError::io(&self.path, error);
        let mut file = loop {
            if let Some(file) = self.open_locked()? {
                break file;
            }
            if lines(0)?.is_empty() {
                return Ok(0);
            }
            self.make()?;
        };
        self.settle_header(&mut file)?;
        let last = self.last(&mut file).map_err(fail)?;
        self.write(&mut file, &lines(last)?)
    }

    /// Has the file tell what the ledger tells, where that is another by now: an erasure takes names out of what was said. It
    /// is the one reason for which it is written anew, and mends what is damaged in it too. `lines` are all that the ledger has.
    pub fn keep_to(&self, lines: &[Line]) -> Result<bool, StoreError> {
        let fail = |error| StoreError::io(&self.path, error);
        let Some(mut file) = self.open_locked()? else {
            return Ok(false);
        };
        self.settle_header(&mut file)?;
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0)).map_err(fail)?;
        file.read_to_end(&mut bytes).map_err(fail)?;
        let told = |line: &[u8]| {
            let line = std::str::from_utf8(line).ok()?;
            Line::read(&self.header.writer, line)
        };
        let stored = bytes.split(|byte| *byte == b'\n').skip(1);
        let mut stored = stored.filter(|line| !line.is_empty());
        let is_told = |line: Line| {
            let place = lines.binary_search_by_key(&line.n, |one| one.n);
            // What the ledger does not have at all, another one wrote: that is not for us to take away.
            place.is_ok_and(|place| lines[place] == line) || place.is_err()
        };
        if stored.all(|line| told(line).is_some_and(is_told)) {
            return Ok(false);
        }
        let mut text = self.header.written();
        for line in lines {
            text += &line.written(&self.header.writer);
        }
        let (under_way, mut new) = files::temporary_beside(&self.path).map_err(fail)?;
        let written = new
            .write_all(text.as_bytes())
            .and_then(|()| new.set_permissions(Permissions::from_mode(FILE)))
            .and_then(|()| new.sync_all())
            .and_then(|()| fs::rename(&under_way, &self.path))
            .and_then(|()| File::open(files::directory_of(&self.path))?.sync_all());
        if written.is_err() {
            // What is left over is of no use to anybody; the error that matters is the first one.
            let _ = fs::remove_file(&under_way);
        }
        written.map_err(fail).map(|()| true)
    }

    /// The file, to which nobody else appends meanwhile; `None` where there is none yet.
    fn open_locked(&self) -> Result<Option<File>, StoreError> {
        let fail = |error| StoreError::io(&self.path, error);
        loop {
            let file = match self.open(false) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                opened => opened.map_err(fail)?,
            };
            self.lock(&file)?;
            // It may have been written anew, or taken away, while we waited.
            let opened = file.metadata().map_err(fail)?;
            match fs::symlink_metadata(&self.path) {
                Ok(found) if found.ino() == opened.ino() => return Ok(Some(file)),
                _ => {}
            }
        }
    }

    /// A file whose first line was never finished tells nobody anything: it is begun anew. That of another is left alone.
    fn settle_header(&self, file: &mut File) -> Result<(), StoreError> {
        let fail = |error| StoreError::io(&self.path, error);
        let mut first = String::new();
        file.seek(SeekFrom::Start(0)).map_err(fail)?;
        let read = BufReader::new(&mut *file).take(TAIL).read_line(&mut first);
        // What is no text is no first line either.
        let header = read.ok().and_then(|_| Header::read(first.trim_end()));
        match header {
            None => file.set_len(0).map_err(fail),
            Some(header) if header.writer != self.header.writer || header.tenant != self.header.tenant => {
                Err(StoreError::Refused {
                    path: self.path.clone(),
                    reason: "it is the file of another ledger".to_owned(),
                })
            }
            Some(_) => Ok(()),
        }
    }

    fn open(&self, create: bool) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create_new(create).mode(FILE);
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        options.custom_flags(flags.bits().cast_signed()).open(&self.path)
    }

    /// Makes it and the folder that it is in. What the process lets nobody else do is not asked here.
    fn make(&self) -> Result<(), StoreError> {
        let folder = files::directory_of(&self.path);
        let fail = |error| StoreError::io(folder, error);
        if !folder.exists() {
            let shared = fs::metadata(files::directory_of(folder)).map_err(fail)?;
            match DirBuilder::new().mode(0o700).create(folder) {
                Ok(()) => {
                    let mode = (shared.mode() & FOLDER) | 0o700;
                    fs::set_permissions(folder, Permissions::from_mode(mode)).map_err(fail)?;
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(fail(error)),
            }
        }
        let fail = |error| StoreError::io(&self.path, error);
        match self.open(true) {
            Ok(file) => {
                file.set_permissions(Permissions::from_mode(FILE)).map_err(fail)?;
                File::open(folder)
                    .and_then(|folder| folder.sync_all())
                    .map_err(fail)
            }
            // Another program of the same ledger was faster.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(fail(error)),
        }
    }

    /// Nobody else appends until the file is closed; one that is not ours is refused.
    fn lock(&self, file: &File) -> Result<(), StoreError> {
        let refuse = |reason: &str| StoreError::Refused {
            path: self.path.clone(),
            reason: reason.to_owned(),
        };
        let found = file
            .metadata()
            .map_err(|error| StoreError::io(&self.path, error))?;
        if !found.is_file() || found.uid() != rustix::process::geteuid().as_raw() {
            return Err(refuse("it is no file of ours"));
        }
        for _ in 0..TRIES {
            match flock(file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(()),
                Err(Errno::WOULDBLOCK) => sleep(APART),
                Err(error) => return Err(StoreError::io(&self.path, error.into())),
            }
        }
        Err(StoreError::Busy {
            path: self.path.clone(),
        })
    }

    /// The number of the last event that it has; 0 before the first.
    fn last(&self, file: &mut File) -> io::Result<i64> {
        let length = file.metadata()?.len();
        let tail = self.last_behind(file, length.saturating_sub(TAIL))?;
        match tail {
            None if length > TAIL => Ok(self.last_behind(file, 0)?.unwrap_or(0)),
            tail => Ok(tail.unwrap_or(0)),
        }
    }

    fn last_behind(&self, file: &mut File, from: u64) -> io::Result<Option<i64>> {
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let mut lines = bytes.split(|byte| *byte == b'\n').rev();
        Ok(lines.find_map(|line| {
            let line = std::str::from_utf8(line).ok()?;
            Some(Line::read(&self.header.writer, line)?.n)
        }))
    }

    fn write(&self, file: &mut File, lines: &[Line]) -> Result<usize, StoreError> {
        let fail = |error| StoreError::io(&self.path, error);
        let length = file.metadata().map_err(fail)?.len();
        let mut text = String::new();
        if length == 0 {
            if !lines.is_empty() {
                text += &self.header.written();
            }
        } else {
            let mut last = [0];
            file.seek(SeekFrom::Start(length - 1)).map_err(fail)?;
            file.read_exact(&mut last).map_err(fail)?;
            if last != *b"\n" {
                text.push('\n');
            }
        }
        for line in lines {
            text += &line.written(&self.header.writer);
        }
        if text.is_empty() {
            return Ok(0);
        }
        // One write: whoever reads meanwhile sees a torn last line at worst, and waits for its end.
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(fail)?;
        Ok(lines.len())
    }
}

/// What is wrong with the mode of a folder or a file of the journal, if anything: others than the group may use it.
pub fn exposure(path: &Path) -> Option<String> {
    let found = fs::symlink_metadata(path).ok()?;
    let mode = found.mode() & 0o777;
    if found.is_symlink() {
        return Some("it is a symbolic link".to_owned());
    }
    (mode & 0o007 != 0).then(|| format!("others than the group may use it (mode {mode:o})"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "team_files_tests.rs"]
mod tests;
