//! What a subcommand works with, opened only when it is asked for.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::runtime::clock::Clock;

use super::Global;
use super::output::Output;

/// What a subcommand works with.
#[derive(Debug, Clone)]
pub struct Context {
    /// The flags that every subcommand has.
    pub global: Global,
    /// Tells the time.
    pub clock: Clock,
    /// Prints the answer.
    pub output: Output,
}

impl Context {
    /// The context of one run.
    pub fn new(global: Global) -> Self {
        Self {
            clock: Clock::new(global.now),
            output: Output::new(global.json, global.plain),
            global,
        }
    }

    /// The instant it is (UTC).
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The profile that was asked for on the command line, if any.
    pub fn profile(&self) -> Option<&str> {
        self.global.profile.as_deref()
    }

    /// The directory that `RETAIN_HOME` puts everything under, if it is set.
    pub fn home() -> Option<PathBuf> {
        std::env::var_os("RETAIN_HOME")
            .filter(|home| !home.is_empty())
            .map(PathBuf::from)
    }
}
