//! What `doctor` wants to know of a database that is there.

use std::fs;
use std::path::{Path, PathBuf};

use super::cache::Cache;
use super::error::StoreError;
use super::files;
use super::ledger::Ledger;

/// What was found out about a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// Size with its log, bytes.
    pub size: u64,
    /// Version of its schema.
    pub schema: u32,
    /// How many records or entries it holds.
    pub entries: u64,
    /// What is wrong with its content; empty when all is well.
    pub problems: Vec<String>,
}

/// Reads a cache whole and says what is wrong with it.
pub fn cache(path: &Path) -> Result<Inspection, StoreError> {
    let cache = Cache::open_read_only(path)?;
    if let Some(newer) = cache.database.newer() {
        return Err(newer);
    }
    Ok(Inspection {
        size: size_with_log(path),
        schema: cache.database.stored_schema()?,
        entries: cache.count_all()?,
        problems: cache.database.quick_check()?,
    })
}

/// Reads a ledger whole, entry by entry, and says what is wrong with it.
pub fn ledger(path: &Path) -> Result<Inspection, StoreError> {
    let ledger = Ledger::open_read_only(path)?;
    if let Some(newer) = ledger.database.newer() {
        return Err(newer);
    }
    Ok(Inspection {
        size: size_with_log(path),
        schema: ledger.database.stored_schema()?,
        entries: ledger.entries()?,
        problems: ledger.check()?,
    })
}

/// Copies of a database that were kept when it was damaged or replaced.
pub fn kept_copies(path: &Path) -> Vec<PathBuf> {
    let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else {
        return Vec::new();
    };
    let name = name.to_string_lossy().into_owned();
    let mut copies: Vec<PathBuf> = fs::read_dir(directory)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|found| {
            let found = found.file_name().map(|name| name.to_string_lossy().into_owned());
            found
                .and_then(|found| found.strip_prefix(&name).map(str::to_owned))
                .is_some_and(|rest| {
                    let is_copy = rest.starts_with(".corrupt-") || rest.starts_with(".before-restore-");
                    // What SQLite keeps beside a copy is part of it.
                    is_copy && !files::is_companion(&rest)
                })
        })
        .collect();
    copies.sort();
    copies
}

/// Whether damage was seen that the next start mends.
pub fn is_suspect(path: &Path) -> bool {
    super::database::is_suspect(path)
}

fn size_with_log(path: &Path) -> u64 {
    [path.to_owned(), files::with_suffix(path, "-wal")]
        .iter()
        .filter_map(|file| fs::metadata(file).ok())
        .map(|found| found.len())
        .sum()
}
