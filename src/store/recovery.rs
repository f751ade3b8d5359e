//! Files beside the ledger for what could not be put into it before the program had to end. Each is written once,
//! whole, for us alone, and goes once it is taken over. What is in them is `runtime`'s to say.

use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::error::StoreError;
use super::files;

/// How the names of the files begin and end.
const BEGINS: &str = "unsaved-";
const ENDS: &str = ".json";

/// A file that was left, held until it is dropped: no other program takes it over meanwhile.
#[derive(Debug)]
pub struct Left {
    /// Where it is.
    pub path: PathBuf,
    /// What it says, or why it cannot be read.
    pub text: Result<String, StoreError>,
    _file: Option<fs::File>,
}

/// Keeps a text in a file of its own in this directory, and says in which. It is on disk when this returns.
pub fn keep(directory: &Path, text: &str) -> Result<PathBuf, StoreError> {
    files::private_dir(directory)?;
    let own = std::process::id();
    // A process that had our number may have left some.
    let names = (0_u32..).map(|number| directory.join(format!("{BEGINS}{own}-{number}{ENDS}")));
    for path in names {
        if fs::symlink_metadata(&path).is_err() {
            files::atomic_write(&path, text.as_bytes())?;
            return Ok(path);
        }
    }
    Ok(directory.to_owned())
}

/// The files that were left in this directory and that nobody else is taking over, the oldest first.
pub fn left(directory: &Path) -> Result<Vec<Left>, StoreError> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(StoreError::io(directory, error)),
    };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(BEGINS) && name.ends_with(ENDS) {
            let changed = entry.metadata().and_then(|metadata| metadata.modified()).ok();
            found.push((changed, entry.path()));
        }
    }
    found.sort();
    Ok(found.into_iter().filter_map(|(_, path)| hold(path)).collect())
}

/// Holds a file that was left; `None` when another program has it, or has taken it over.
fn hold(path: PathBuf) -> Option<Left> {
    let mut file = match files::open_private(&path) {
        Ok(file) => file,
        Err(error) => {
            return Some(Left {
                path,
                text: Err(error),
                _file: None,
            });
        }
    };
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        return None;
    }
    let mut text = String::new();
    let read = file.read_to_string(&mut text);
    let text = read.map(|_| text).map_err(|error| StoreError::io(&path, error));
    // Whoever held it before us may have taken it over, and opening made it anew, empty.
    if text.as_ref().is_ok_and(String::is_empty) {
        let _ = fs::remove_file(&path);
        return None;
    }
    Some(Left {
        path,
        text,
        _file: Some(file),
    })
}

impl Left {
    /// It is taken over: the file goes.
    pub fn done(self) -> Result<(), StoreError> {
        fs::remove_file(&self.path).map_err(|error| StoreError::io(&self.path, error))
    }
}
