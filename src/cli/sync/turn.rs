//! One program at a time talks to the CRM: who comes second waits for its turn.

use std::io::{IsTerminal, stderr};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::cli::error::CliError;
use crate::cli::output::complain;
use crate::store::lock::{Holder, SyncLock};

/// How far apart the lock is tried for.
const APART: Duration = Duration::from_millis(100);

/// The right to talk to the CRM. Another program that has it is waited for so long, since its end is near as a rule;
/// one that is stopped is not, as it would not come to an end.
pub fn take(lock: &Path, within: Duration) -> Result<SyncLock, CliError> {
    wait(lock, within, |holder| {
        // From a clock, two that meet are no news.
        if stderr().is_terminal() {
            complain(&format!("note: waiting for {holder}, which talks to the CRM"));
        }
    })
}

/// The same; who is waited for is told once.
fn wait(lock: &Path, within: Duration, tell: impl FnOnce(&Holder)) -> Result<SyncLock, CliError> {
    let begun = Instant::now();
    let mut tell = Some(tell);
    loop {
        let holder = match SyncLock::acquire(lock)? {
            Ok(lock) => return Ok(lock),
            Err(holder) => holder,
        };
        if holder.stopped || begun.elapsed() >= within {
            return Err(CliError::failed(holder.sentence()).hint(holder.hint()));
        }
        if let Some(tell) = tell.take() {
            tell(&holder);
        }
        sleep(APART);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn whoever_talks_to_the_crm_is_waited_for_but_not_for_ever() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("sync.lock");
        let held = SyncLock::acquire(&path).unwrap().unwrap();
        let refused = take(&path, Duration::ZERO).unwrap_err();
        assert!(refused.summary.ends_with("talks to the CRM already"), "{refused}");
        let mut told = None;
        let taken = wait(&path, Duration::MAX, |holder| {
            told = holder.pid;
            drop(held);
        });
        assert!(taken.is_ok());
        assert_eq!(told, Some(std::process::id()));
    }
}
