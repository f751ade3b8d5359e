//! Jobs of the terminal: stopping like any job of the shell on Ctrl-Z, and waiting for one that has the terminal.

use std::io;
use std::os::fd::AsFd;
use std::process::{Child, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, kill_current_process_group, kill_process};

use super::signals::Signals;

/// How long to wait to be stopped. Without a shell that does job control it never happens.
const STOPPED_WITHIN: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 100_000_000,
};

/// How often an editor that has the terminal is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// How long an editor may take to end once we must: with what follows it makes less than two seconds.
const LAST_WORDS: Duration = Duration::from_millis(800);

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

/// Waits for an editor that has the terminal. Keys that interrupt are meant for it; whoever ends us, or a terminal that
/// is gone, ends it too.
pub fn editor_ended(
    editor: &mut Child,
    terminal: &impl AsFd,
    signals: &mut Signals,
) -> io::Result<ExitStatus> {
    let mut until: Option<Instant> = None;
    loop {
        if let Some(status) = editor.try_wait()? {
            signals.forget_keys();
            return Ok(status);
        }
        let is_gone = look(terminal, signals);
        match until {
            None if is_gone || signals.ending().is_some() => {
                until = Some(Instant::now() + LAST_WORDS);
                let pid = i32::try_from(editor.id()).ok().and_then(Pid::from_raw);
                // It saves what it has, as when its window is closed.
                let _ = pid.map(|pid| kill_process(pid, Signal::HUP));
            }
            None => {}
            Some(until) if Instant::now() < until => thread::sleep(LOOK),
            Some(_) => {
                editor.kill()?;
                return editor.wait();
            }
        }
    }
}

/// Waits a moment for a signal; whether the terminal is gone.
fn look(terminal: &impl AsFd, signals: &mut Signals) -> bool {
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    let time = Timespec::try_from(LOOK).ok();
    let mut sources = [
        PollFd::from_borrowed_fd(terminal.as_fd(), PollFlags::empty()),
        PollFd::from_borrowed_fd(signals.as_fd(), PollFlags::IN),
    ];
    let is_gone = poll(&mut sources, time.as_ref()).is_ok() && sources[0].revents().intersects(gone);
    signals.drain();
    signals.forget_keys();
    is_gone
}
