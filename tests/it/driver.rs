//! Drives the real program in a real pseudo-terminal against the embedded CRM, in the words of a person.
//!
//! Nothing here waits for a time: a test waits until the cockpit is at rest after what was typed, or
//! until the screen shows something; the limit only ends a test that would hang.

mod bad_disk;
mod cockpit;
mod crm;
mod home;

use std::time::{Duration, Instant};

pub use bad_disk::BadDisk;
pub use cockpit::{Cockpit, Opening};
pub use crm::Crm;
pub use home::{Home, files, retain};

/// The present of every test: Monday morning, 08:50 UTC.
pub const NOW: &str = "2026-11-23T08:50:00Z";

/// How long anything may take before the test is given up.
const LIMIT: Duration = Duration::from_secs(30);

/// Looks until there is something, or gives the test up, saying what was waited for.
pub fn until<T>(what: &str, describe: impl Fn() -> String, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + LIMIT;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "waited for {what} in vain\n{}", describe());
        std::thread::sleep(Duration::from_millis(2));
    }
}
