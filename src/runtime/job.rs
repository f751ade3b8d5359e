//! Stopping like any job of the shell on Ctrl-Z, and coming back.

use std::os::fd::AsFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Signal, kill_current_process_group};

use super::signals::Signals;

/// How long to wait to be stopped. Without a shell that does job control it never happens.
const STOPPED_WITHIN: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 100_000_000,
};

/// Stops the whole job, so that the shell takes over, and returns once it is continued.
pub fn stop(signals: &mut Signals) {
    signals.drain();
    signals.take_continued();
    if kill_current_process_group(Signal::TSTP).is_err() {
        return;
    }
    // The stop may reach us a moment later; what it ends with is the signal to continue.
    while !signals.take_continued() && signals.ending().is_none() {
        let mut source = [PollFd::from_borrowed_fd(signals.as_fd(), PollFlags::IN)];
        if matches!(poll(&mut source, Some(&STOPPED_WITHIN)), Ok(0)) {
            return;
        }
        signals.drain();
    }
}
