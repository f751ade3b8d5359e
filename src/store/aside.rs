//! Moving databases about, with the files that `SQLite` keeps beside them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::database::trust;
use super::error::StoreError;
use super::files::{self, COMPANIONS, LOG, with_suffix};

/// Moves a damaged database and its companions to `<name>.corrupt-<n>` and says where to.
pub(super) fn move_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let target = free_name(path, "corrupt");
    for companion in COMPANIONS {
        rename(&with_suffix(path, companion), &with_suffix(&target, companion))?;
    }
    rename(path, &target)?;
    trust(path);
    Ok(target)
}

/// Removes copies that were moved aside before, but this one: a cache is large and of no further use.
pub(super) fn keep_only(path: &Path, kept: &Path) {
    let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else {
        return;
    };
    let prefix = format!("{}.corrupt-", name.to_string_lossy());
    let kept = kept.file_name().map(|name| name.to_string_lossy().into_owned());
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_kept = kept.as_deref().is_some_and(|kept| {
            name == kept
                || COMPANIONS
                    .iter()
                    .any(|companion| name == format!("{kept}{companion}"))
        });
        if name.starts_with(&prefix) && !is_kept {
            // A copy that cannot be removed only takes room.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Keeps a copy of a database under another name while it stays in its place; its companions move
/// to the copy, since they would be taken for the next database's own. Says where the copy is. One that a crash cut off
/// goes on under its name.
pub(super) fn keep_copy(path: &Path, why: &str) -> Result<PathBuf, StoreError> {
    let file = files::identity(path).map_err(|error| StoreError::io(path, error))?;
    let is_begun = |target: &Path| files::identity(target).is_ok_and(|other| other == file);
    let begun = numbered(path, why)
        .take_while(|target| target.exists())
        .find(|target| is_begun(target));
    let target = begun.unwrap_or_else(|| free_name(path, why));
    // Not every file system has hard links.
    if !is_begun(&target) && fs::hard_link(path, &target).is_err() {
        fs::copy(path, &target).map_err(|error| StoreError::io(&target, error))?;
    }
    if fs::metadata(with_suffix(path, LOG)).is_ok_and(|found| found.len() == 0) {
        // It came only with whoever looked at the database last.
        remove_companions(path)?;
    }
    for companion in COMPANIONS {
        rename(&with_suffix(path, companion), &with_suffix(&target, companion))?;
    }
    Ok(target)
}

/// Puts a finished database into the place of another one, in one step that survives a power cut.
pub(super) fn take_place(finished: &Path, path: &Path) -> Result<(), StoreError> {
    let directory = files::directory_of(path);
    File::open(finished)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(finished, path))
        .and_then(|()| File::open(directory)?.sync_all())
        .map_err(|error| StoreError::io(path, error))
}

/// Removes what is left of a database that was never finished.
pub(super) fn remove_with_companions(path: &Path) -> Result<(), StoreError> {
    remove_companions(path)?;
    remove(path)
}

/// Removes what `SQLite` keeps beside a database that is closed.
pub(super) fn remove_companions(path: &Path) -> Result<(), StoreError> {
    COMPANIONS
        .iter()
        .try_for_each(|companion| remove(&with_suffix(path, companion)))
}

fn remove(file: &Path) -> Result<(), StoreError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::io(file, error)),
        _ => Ok(()),
    }
}

/// The names that copies of a database have.
fn numbered(path: &Path, why: &str) -> impl Iterator<Item = PathBuf> {
    (1_u32..10_000).map(move |number| with_suffix(path, &format!(".{why}-{number}")))
}

fn free_name(path: &Path, why: &str) -> PathBuf {
    numbered(path, why)
        .find(|target| !target.exists())
        .unwrap_or_else(|| with_suffix(path, &format!(".{why}")))
}

fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    match fs::rename(from, to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::io(from, error)),
        _ => Ok(()),
    }
}
