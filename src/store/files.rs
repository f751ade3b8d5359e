//! Files and directories that are ours alone: created 0600 and 0700, never through a symbolic link,
//! never rewritten in place.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{OFlags, StatFs};

use super::error::StoreError;

/// Mode bits that let anyone but the owner in.
const OTHERS: u32 = 0o077;
/// Mode bit of directories that everybody may write to, like `/tmp`.
const STICKY: u32 = 0o1000;
/// How often a free name for a temporary file is looked for.
const TRIES: u32 = 100;

/// Makes sure that the directory exists, is a directory of ours, and lets nobody else in.
///
/// Missing parents are created as private as itself; parents that exist are left as they are.
pub fn private_dir(path: &Path) -> Result<(), StoreError> {
    let fail = |error| StoreError::io(path, error);
    match fs::symlink_metadata(path) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(path)
                .map_err(fail)?;
        }
        Err(error) => return Err(fail(error)),
    }
    let found = fs::symlink_metadata(path).map_err(fail)?;
    ours(path, &found, found.is_dir(), "directory")?;
    if found.mode() & STICKY != 0 {
        return Err(StoreError::Refused {
            path: path.to_owned(),
            reason: "it is a directory that everybody uses".to_owned(),
        });
    }
    if found.mode() & OTHERS != 0 {
        fs::set_permissions(path, Permissions::from_mode(found.mode() & 0o700)).map_err(fail)?;
    }
    Ok(())
}

/// Files that `SQLite` keeps beside a database.
pub(super) const COMPANIONS: [&str; 3] = [LOG, "-shm", "-journal"];
/// The one of them that may hold the last commits. Beside it there is no journal.
pub(super) const LOG: &str = "-wal";

/// Whether a file of this name is one that `SQLite` keeps beside a database.
pub fn is_companion(name: &str) -> bool {
    COMPANIONS.iter().any(|companion| name.ends_with(companion))
}

/// The directory that a file is in; of a plain name the current one.
pub(super) fn directory_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Makes sure that the directory of a file is private.
pub(super) fn private_parent(path: &Path) -> Result<(), StoreError> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => private_dir(parent),
        _ => Ok(()),
    }
}

/// Makes sure that the file exists, is a regular file of ours, and lets nobody else in. Says whether
/// it was there before. `SQLite` opens it afterwards, and gives `-wal` and `-shm` the same mode.
pub fn private_file(path: &Path) -> Result<bool, StoreError> {
    let fail = |error| StoreError::io(path, error);
    match create_new(path) {
        Ok(_) => return Ok(false),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(fail(error)),
    }
    let found = fs::symlink_metadata(path).map_err(fail)?;
    ours(path, &found, found.is_file(), "regular file")?;
    if found.mode() & OTHERS != 0 {
        let file = open_existing(path).map_err(fail)?;
        file.set_permissions(Permissions::from_mode(found.mode() & 0o700))
            .map_err(fail)?;
    }
    Ok(true)
}

/// Replaces the content of a file in one step: a reader sees the old or the new content, also after
/// a power cut. A symbolic link is followed, since people link their configuration.
pub fn atomic_write(path: &Path, content: &[u8]) -> Result<(), StoreError> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let fail = |error| StoreError::io(path, error);
    let directory = directory_of(&target);
    let (temporary, mut file) = temporary_beside(&target).map_err(fail)?;
    let written = file
        .write_all(content)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&temporary, &target))
        .and_then(|()| File::open(directory)?.sync_all());
    if written.is_err() {
        // What is left over is of no use to anybody; the error that matters is the first one.
        let _ = fs::remove_file(&temporary);
    }
    written.map_err(fail)
}

/// Opens a private file for reading and writing, creating it when it is not there.
pub(super) fn open_private(path: &Path) -> Result<File, StoreError> {
    private_file(path)?;
    open_existing(path).map_err(|error| StoreError::io(path, error))
}

/// Creates a file that must not be there yet, readable by nobody else.
pub(super) fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .custom_flags(no_follow())
        .open(path)
}

/// Which file it is: device and inode. While somebody has it open no other can have the same.
pub(super) type FileId = (u64, u64);

/// Which file stands at a path.
pub(super) fn identity(path: &Path) -> io::Result<FileId> {
    let found = fs::metadata(path)?;
    Ok((found.dev(), found.ino()))
}

/// What is wrong with the owner or the mode of a file or directory that is ours alone, if anything.
pub fn exposure(path: &Path) -> Option<String> {
    exposed_by(path, OTHERS)
}

/// What is wrong with the owner or the mode of a file that others may read but not write, if anything.
pub fn writable_by_others(path: &Path) -> Option<String> {
    exposed_by(path, OTHERS & 0o022)
}

fn exposed_by(path: &Path, bits: u32) -> Option<String> {
    let found = fs::symlink_metadata(path).ok()?;
    if found.is_symlink() {
        return Some("it is a symbolic link".to_owned());
    }
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Some(format!("it belongs to another user (uid {})", found.uid()));
    }
    (found.mode() & bits != 0).then(|| format!("others may use it (mode {:o})", found.mode() & 0o777))
}

/// The outermost directory above a path that may not be looked into, if there is one.
pub(super) fn closed_above(path: &Path) -> Option<&Path> {
    let is_closed = |above: &&Path| {
        let access = rustix::fs::access(*above, rustix::fs::Access::EXEC_OK);
        access == Err(rustix::io::Errno::ACCESS)
    };
    path.ancestors().skip(1).filter(is_closed).last()
}

/// Whether a path lies on a file system of the network, where several machines may write.
pub fn on_network(path: &Path) -> bool {
    #[cfg(test)]
    if pretend::is_on_network(path) {
        return true;
    }
    rustix::fs::statfs(path).is_ok_and(|found| is_network(&found))
}

/// Magic numbers of `statfs(2)`: NFS, SMB, CIFS, SMB2, 9P, AFS, Ceph, Coda, NCP, Lustre, GPFS, FUSE (sshfs).
fn is_network(found: &StatFs) -> bool {
    matches!(
        found.f_type as u32,
        0x6969
            | 0x517B
            | 0xFF53_4D42
            | 0xFE53_4D42
            | 0x0102_1997
            | 0x5346_414F
            | 0x00C3_6400
            | 0x7375_7245
            | 0x564C
            | 0x0BD0_0BD0
            | 0x4750_4653
            | 0x6573_5546
    )
}

/// Lets a test say what lies on the network: no test can mount a file system.
#[cfg(test)]
pub(super) mod pretend {
    use std::cell::RefCell;
    use std::path::{Path, PathBuf};

    thread_local! {
        static NETWORK: RefCell<Vec<PathBuf>> = const { RefCell::new(Vec::new()) };
    }

    /// From now on, in this thread, everything below this directory lies on the network.
    pub fn network(directory: &Path) {
        NETWORK.with_borrow_mut(|all| all.push(directory.to_owned()));
    }

    pub fn is_on_network(path: &Path) -> bool {
        NETWORK.with_borrow(|all| all.iter().any(|directory| path.starts_with(directory)))
    }
}

/// A path with something appended to its last part: `cache.db` and `-wal`.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn open_existing(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(no_follow())
        .open(path)
}

fn no_follow() -> i32 {
    OFlags::NOFOLLOW.bits().cast_signed()
}

fn ours(path: &Path, found: &fs::Metadata, right_type: bool, what: &str) -> Result<(), StoreError> {
    let refuse = |reason: String| {
        Err(StoreError::Refused {
            path: path.to_owned(),
            reason,
        })
    };
    if found.is_symlink() {
        return refuse(format!("it is a symbolic link, not a {what}"));
    }
    if !right_type {
        return refuse(format!("it is not a {what}"));
    }
    if found.uid() != rustix::process::geteuid().as_raw() {
        return refuse(format!("it belongs to another user (uid {})", found.uid()));
    }
    Ok(())
}

/// A new file of ours beside another, under a name that nobody has.
pub(super) fn temporary_beside(target: &Path) -> io::Result<(PathBuf, File)> {
    let mut last = io::Error::from(io::ErrorKind::AlreadyExists);
    for number in 0..TRIES {
        let path = with_suffix(target, &format!(".{}.{number}.new", std::process::id()));
        match create_new(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn a_plain_name_is_in_the_current_directory() {
        assert_eq!(directory_of(Path::new("backup.db")), Path::new("."));
        assert_eq!(directory_of(Path::new("a/backup.db")), Path::new("a"));
    }

    #[test]
    fn directories_and_files_are_made_private_and_kept_so() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("a/b");
        private_dir(&dir).unwrap();
        assert_eq!((mode(&home.path().join("a")), mode(&dir)), (0o700, 0o700));
        let file = dir.join("f");
        assert!(!private_file(&file).unwrap());
        assert_eq!(mode(&file), 0o600);

        fs::set_permissions(&dir, Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o664)).unwrap();
        assert!(exposure(&file).unwrap().contains("664"));
        private_dir(&dir).unwrap();
        assert!(private_file(&file).unwrap());
        assert_eq!((mode(&dir), mode(&file)), (0o700, 0o600));
        assert_eq!(exposure(&file), None);
    }

    #[test]
    fn links_and_other_kinds_of_files_are_refused() {
        let home = tempfile::tempdir().unwrap();
        let link = home.path().join("link");
        std::os::unix::fs::symlink(home.path().join("elsewhere"), &link).unwrap();
        for error in [
            private_file(&link).unwrap_err(),
            private_dir(&link).unwrap_err(),
            private_file(home.path()).unwrap_err(),
        ] {
            assert!(matches!(error, StoreError::Refused { .. }), "{error}");
        }
        assert!(!home.path().join("elsewhere").exists());
    }

    #[test]
    fn a_file_is_replaced_whole_and_through_a_link() {
        let home = tempfile::tempdir().unwrap();
        let (file, link) = (home.path().join("f"), home.path().join("l"));
        atomic_write(&file, b"one").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        atomic_write(&link, b"two").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"two");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(mode(&file), 0o600);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2);
    }
}
