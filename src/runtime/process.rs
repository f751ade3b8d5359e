//! What the process does before anything else, because the box is shared with other people.

use rustix::fs::Mode;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit, umask};

/// Makes every file private from here on, and keeps memory out of core files and debuggers of others.
pub fn harden() {
    umask(Mode::RWXG | Mode::RWXO);
    // Both only narrow what others may see; where the system refuses, the rest still works.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    let _ = setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(0),
            maximum: Some(0),
        },
    );
}
