//! What can go wrong with a database or a file of ours, told so that a person knows what to do.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use rusqlite::ffi;

use super::files;
use super::lock::Holder;

/// Something that was mended or that limits what is possible, to be shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// One clear sentence.
    pub summary: String,
    /// What to do about it, if anything.
    pub hint: Option<String>,
}

/// An error of a database or a file of ours.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file was written by a newer version of the program.
    #[error("{} was written by a newer retain (schema {found}, this one knows {known})", path.display())]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its schema version.
        found: u32,
        /// The newest schema version that this program knows.
        known: u32,
    },
    /// The disk or the quota is full.
    #[error("the disk is full: {} could not be written", path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The content is not what was written.
    #[error("{} is damaged: {reason}", path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// Another process holds the database for longer than we wait.
    #[error("another process keeps {} locked", path.display())]
    Busy {
        /// The database.
        path: PathBuf,
    },
    /// Only one process may use the files, and another one does.
    #[error(
        "{} is in use by {holder}, and its file system does not allow two",
        path.display()
    )]
    InUse {
        /// The database.
        path: PathBuf,
        /// The other process, and its machine where it is not this one.
        holder: Box<Holder>,
    },
    /// The file cannot be opened, read or written, or does not belong to us alone.
    #[error("{} cannot be used: {reason}", path.display())]
    Refused {
        /// The file or directory.
        path: PathBuf,
        /// What stands in the way.
        reason: String,
    },
    /// There is no such file yet.
    #[error("{} does not exist yet", path.display())]
    Missing {
        /// The database.
        path: PathBuf,
    },
    /// Another database was put into its place, so that what was known of the old one does not hold.
    #[error("{} was replaced meanwhile by a mended one or a backup: nothing was done", path.display())]
    Replaced {
        /// The database.
        path: PathBuf,
    },
    /// The database was opened for reading only.
    #[error("{} is open for reading only", path.display())]
    ReadOnly {
        /// The database.
        path: PathBuf,
    },
    /// The system failed while reading or writing.
    #[error("{} cannot be read or written: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// `SQLite` failed in a way that has no better name.
    #[error("the database {} failed: {message}", path.display())]
    Database {
        /// The database.
        path: PathBuf,
        /// What `SQLite` said.
        message: String,
    },
}

impl StoreError {
    /// What the person can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Newer { .. } => "install the newest retain; the file was left as it was",
            Self::Full { .. } => {
                "free some space or raise the quota, then try again; nothing that was saved is lost"
            }
            Self::Damaged { .. } => {
                "run `retain sync`: a cache is rebuilt from the CRM, a ledger is salvaged row by row \
                 and the damaged file is kept"
            }
            Self::Busy { .. } => "`retain doctor` names the process that holds it",
            Self::InUse { .. } => "quit the other one, or put the state on a local disk with RETAIN_HOME",
            Self::Refused { .. } => {
                "it must be yours, and yours alone: look at its owner and mode, and at those of its directory"
            }
            Self::Missing { .. } => "run `retain sync` once",
            Self::Replaced { .. } => "look at what is there now, then do it again",
            Self::ReadOnly { .. } => "install the newest retain to write to it",
            Self::Io { .. } => "check the disk and the file's permissions; `retain doctor` tests both",
            Self::Database { .. } => "`retain doctor` checks the database",
        }
    }

    /// The error of an operation of the system on this file.
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
            io::ErrorKind::PermissionDenied => Self::Refused {
                path: files::closed_above(&path).map_or(path.clone(), Path::to_owned),
                reason: "permission denied".to_owned(),
            },
            io::ErrorKind::NotFound => Self::Missing { path },
            io::ErrorKind::ReadOnlyFilesystem => Self::Refused {
                path,
                reason: "the file system is mounted for reading only".to_owned(),
            },
            _ => Self::Io { path, source },
        }
    }

    /// The error of a statement on this database.
    pub(super) fn sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        let message = error.to_string();
        let rusqlite::Error::SqliteFailure(failure, _) = error else {
            // Our own statements are right by test: what does not fit was not written by us.
            return Self::Damaged {
                path,
                reason: message,
            };
        };
        match failure.code {
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::TypeMismatch => Self::Damaged {
                path,
                reason: message,
            },
            ErrorCode::Unknown if failure.extended_code == ffi::SQLITE_ERROR => Self::Damaged {
                path,
                reason: message,
            },
            ErrorCode::DiskFull => Self::Full { path },
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy { path },
            ErrorCode::ReadOnly if failure.extended_code == ffi::SQLITE_READONLY => Self::ReadOnly { path },
            ErrorCode::CannotOpen if is_denied(&path) => {
                Self::io(&path, io::ErrorKind::PermissionDenied.into())
            }
            ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly => Self::Refused {
                path,
                reason: message,
            },
            ErrorCode::SystemIoFailure => Self::Io {
                path,
                source: io::Error::other(message),
            },
            _ => Self::Database { path, message },
        }
    }
}

/// Whether the system does not let us read a file: `SQLite` says no more than that it cannot open it.
fn is_denied(path: &Path) -> bool {
    let opened = std::fs::File::open(path);
    opened.is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied)
}
