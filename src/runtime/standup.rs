//! What the threads that compute and write do for standup mode.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::app::{RunId, StandupMsg};
use crate::domain::standup::{Order, Prepared};
use crate::engine;
use crate::store::Ledger;

use super::exec::Workshop;
use super::reader;
use super::worker::{self, WorkerError};

/// Reads what a standup of a scope would go over.
pub fn prepare(workshop: &Workshop, run: RunId, asked: (&str, Order)) -> StandupMsg {
    let read = || -> Result<Result<Prepared, String>, WorkerError> {
        let Some(cache) = reader::cache(workshop)? else {
            return Ok(Err("nothing has been synced yet".to_owned()));
        };
        let ledger = Ledger::open_read_only(&workshop.paths.ledger_db)?;
        let now = workshop.clock.now();
        Ok(engine::standup::prepare(
            &cache,
            &ledger,
            &workshop.setup,
            asked,
            now,
        )?)
    };
    let why = match read() {
        Ok(Ok(prepared)) => {
            let prepared = Box::new(prepared);
            return StandupMsg::Loaded { run, prepared };
        }
        Ok(Err(why)) => why,
        Err(error) => worker::failure(&error).summary,
    };
    StandupMsg::Failed { run, why }
}

/// Keeps minutes in a new file in the directory that the program was started in.
pub fn keep(name: &str, text: &str) -> StandupMsg {
    let path = std::env::current_dir().map(|directory| directory.join(name));
    let kept = path.and_then(|path| write(&path, text).map(|()| path));
    StandupMsg::Kept(match kept {
        Ok(path) => format!("the minutes are in {}", path.display()),
        Err(error) => format!("the minutes are in no file: {error}; y copies them"),
    })
}

/// Writes a file that is new, and its own person's alone; one that says the same already stays.
fn write(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn minutes_replace_no_file_and_are_kept_once() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("standup.md");
        write(&path, "one\n").unwrap();
        write(&path, "one\n").unwrap();
        let error = write(&path, "two\n").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\n");
    }
}
