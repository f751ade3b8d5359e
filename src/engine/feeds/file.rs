//! A file as it lies on the disk: whether it can be read, and whether anybody is still writing it.

use std::fs::{File, Metadata};
use std::io::Read as _;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use jiff::Timestamp;
use rustix::fs::{Mode, OFlags};

use super::parse::{Days, Parsed, parse};
use crate::config::Setup;
use crate::config::feeds::Feed;

/// Largest file, in bytes.
const LARGEST: u64 = 64 << 20;

/// Size, time and place of a file: another one means that it was written since.
pub type Stamp = String;

/// What became of reading a file.
#[derive(Debug)]
pub enum Read {
    /// It was read as a whole.
    Whole(Whole),
    /// Somebody is writing it: it is left for the next look. Why that is so.
    Unfinished(Stamp, String),
    /// It cannot be read.
    Closed(String),
}

/// A file that was read as a whole.
#[derive(Debug)]
pub struct Whole {
    /// Of when it is.
    pub stamp: Stamp,
    /// What it says.
    pub parsed: Parsed,
}

/// A file of the mapping that was looked at without taking it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// The file, for messages.
    pub path: String,
    /// What is wrong, a sentence each, with lines. Raw text.
    pub wrong: Vec<String>,
    /// Good rows.
    pub rows: usize,
}

/// The stamps of all files that metrics come from, as far as they are there.
pub fn stamps(setup: &Setup) -> Vec<(String, Option<Stamp>)> {
    let feeds = setup.mapping.feeds();
    let stamp_of = |feed: &Feed| std::fs::metadata(&feed.path).ok().map(|found| stamp(&found));
    feeds
        .keys()
        .map(|feed| (feed.path.display().to_string(), stamp_of(feed)))
        .collect()
}

/// Looks at every file that metrics come from; nothing is kept of it.
pub fn look(setup: &Setup, now: Timestamp) -> Vec<Looked> {
    let look = |(feed, columns): (&Feed, Vec<(&str, &str)>)| {
        let columns: Vec<&str> = columns.iter().map(|(_, column)| *column).collect();
        let (wrong, rows) = match read(feed, &columns, setup, now, None) {
            Read::Closed(why) | Read::Unfinished(_, why) => (vec![why], 0),
            Read::Whole(whole) => (told(&whole.parsed), whole.parsed.rows.len()),
        };
        Looked {
            path: feed.path.display().to_string(),
            wrong,
            rows,
        }
    };
    setup.mapping.feeds().into_iter().map(look).collect()
}

/// The columns that are missing and the bad rows, the first of them with their lines, and how many more there are.
pub fn told(parsed: &Parsed) -> Vec<String> {
    let bad = &parsed.bad;
    let rows = bad.told.iter();
    let mut told = parsed.lacks.clone();
    told.extend(rows.map(|(line, what)| format!("line {line}: {what}")));
    if bad.count > bad.told.len() {
        told.push(format!("{} more bad rows", bad.count - bad.told.len()));
    }
    told
}

/// Reads a file. One whose last line has no end is read only once it was `seen` so before: somebody may be writing it.
pub fn read(feed: &Feed, columns: &[&str], setup: &Setup, now: Timestamp, seen: Option<&str>) -> Read {
    let (bytes, before) = match open(&feed.path) {
        Ok(read) => read,
        Err(why) => return Read::Closed(why),
    };
    let stamp_before = stamp(&before);
    let after = std::fs::metadata(&feed.path).map(|found| stamp(&found));
    if after.ok().as_ref() != Some(&stamp_before) || bytes.len() as u64 != before.size() {
        let why = "it changes while it is read: it is taken once it stays as it is".to_owned();
        return Read::Unfinished(stamp_before, why);
    }
    let has_end = bytes.last().is_none_or(|byte| *byte == b'\n');
    if !has_end && seen != Some(&stamp_before) {
        let why = "its last line has no end: it is taken at the next look if it stays as it is".to_owned();
        return Read::Unfinished(stamp_before, why);
    }
    let zone = setup.settings.zone();
    let written = Timestamp::from_second(before.mtime()).unwrap_or(now).min(now);
    let days = Days {
        today: now.to_zoned(zone.clone()).date(),
        written: written.to_zoned(zone).date(),
    };
    match parse(&bytes, feed, columns, days) {
        Ok(parsed) => Read::Whole(Whole {
            stamp: stamp_before,
            parsed,
        }),
        Err(why) => Read::Closed(why),
    }
}

fn stamp(found: &Metadata) -> Stamp {
    format!(
        "{}:{}.{:09}:{}",
        found.size(),
        found.mtime(),
        found.mtime_nsec(),
        found.ino()
    )
}

fn open(path: &Path) -> Result<(Vec<u8>, Metadata), String> {
    let cannot = |error: std::io::Error| format!("it cannot be read: {error}");
    // NONBLOCK: opening a pipe must not wait for somebody to write into it.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let opened = rustix::fs::open(path, flags, Mode::empty()).map_err(|error| cannot(error.into()))?;
    let mut file = File::from(opened);
    let found = file.metadata().map_err(cannot)?;
    if !found.is_file() {
        return Err("it is no regular file".to_owned());
    }
    let mut bytes = Vec::new();
    (&mut file)
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(cannot)?;
    if bytes.len() as u64 > LARGEST {
        return Err("it is larger than 64 MiB".to_owned());
    }
    Ok((bytes, found))
}
