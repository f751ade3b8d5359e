//! What the process does before anything else, because the box is shared with other people; and who else runs.

use rustix::fs::Mode;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit, umask};

pub use crate::store::lock::is_alive;

/// Where to panic on purpose, so that a test sees the terminal restored (`--panic-in`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum PanicIn {
    /// At the first input.
    EventLoop,
    /// When an account is opened.
    Reader,
}

impl PanicIn {
    /// Panics here if that was asked for.
    ///
    /// # Panics
    /// That is its purpose.
    pub fn reach(asked: Option<Self>, here: Self) {
        assert!(asked != Some(here), "on purpose");
    }
}

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

/// Lets this thread, and those that it begins, step behind the others when there are not processors enough: by so
/// much its priority is lower (0 to 19). Elsewhere than on Linux a priority belongs to the whole process.
#[cfg(target_os = "linux")]
pub fn step_behind(nice: i32) {
    use rustix::process::{getpriority_process, setpriority_process};
    let thread = Some(rustix::thread::gettid());
    // Where the system refuses, everything works as well, only less evenly.
    let _ = getpriority_process(thread).and_then(|now| setpriority_process(thread, now + nice));
}

/// Only Linux has priorities of threads.
#[cfg(not(target_os = "linux"))]
pub fn step_behind(_nice: i32) {}
