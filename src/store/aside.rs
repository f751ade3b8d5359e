//! Moving a damaged database out of the way, with what belongs to it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::database::trust;
use super::error::StoreError;
use super::files::with_suffix;

/// Files that `SQLite` keeps beside a database.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Moves a database and its companions to `<name>.corrupt-<n>` and says where to.
pub(super) fn move_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let target = (1_u32..)
        .map(|number| with_suffix(path, &format!(".corrupt-{number}")))
        .find(|target| !target.exists())
        .unwrap_or_else(|| with_suffix(path, ".corrupt"));
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
        let is_kept = kept.as_deref().is_some_and(|kept| name.starts_with(kept));
        if name.starts_with(&prefix) && !is_kept {
            // A copy that cannot be removed only takes room.
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    match fs::rename(from, to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::io(from, error)),
        _ => Ok(()),
    }
}
