//! Signals, turned into something that the event loop can wait for.

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGWINCH};
use signal_hook::{flag, low_level};

/// Which signals have come.
#[derive(Debug)]
pub struct Signals {
    woken: UnixStream,
    ending: Arc<AtomicUsize>,
    /// Those that a key of the terminal sends to whoever has it.
    interrupting: Arc<AtomicUsize>,
    resized: Arc<AtomicBool>,
    continued: Arc<AtomicBool>,
}

impl Signals {
    /// Takes over the signals that end, stop or resize the cockpit.
    pub fn register() -> io::Result<Self> {
        let (woken, wake) = UnixStream::pair()?;
        woken.set_nonblocking(true)?;
        let signals = Self {
            woken,
            ending: Arc::default(),
            interrupting: Arc::default(),
            resized: Arc::default(),
            continued: Arc::default(),
        };
        for signal in [SIGTERM, SIGHUP, SIGINT, SIGQUIT] {
            let is_key = matches!(signal, SIGINT | SIGQUIT);
            let place = if is_key {
                &signals.interrupting
            } else {
                &signals.ending
            };
            flag::register_usize(signal, Arc::clone(place), signal as usize)?;
            low_level::pipe::register(signal, wake.try_clone()?)?;
        }
        flag::register(SIGWINCH, Arc::clone(&signals.resized))?;
        low_level::pipe::register(SIGWINCH, wake.try_clone()?)?;
        flag::register(SIGCONT, Arc::clone(&signals.continued))?;
        low_level::pipe::register(SIGCONT, wake)?;
        Ok(signals)
    }

    /// Empties the pipe, so that it can be waited for again.
    pub fn drain(&mut self) {
        let mut bytes = [0; 64];
        while self
            .woken
            .read(&mut bytes)
            .is_ok_and(|count| count == bytes.len())
        {}
    }

    /// The signal that asks us to end, if one came.
    pub fn ending(&self) -> Option<i32> {
        let came = [&self.ending, &self.interrupting].map(|place| place.load(Ordering::Relaxed));
        let first = came.into_iter().find(|signal| *signal != 0)?;
        i32::try_from(first).ok()
    }

    /// Forgets what a key of the terminal asked of whoever has it: that was not us.
    pub fn forget_keys(&self) {
        self.interrupting.store(0, Ordering::Relaxed);
    }

    /// Whether the terminal may have a new size; asking forgets it.
    pub fn take_resized(&self) -> bool {
        self.resized.swap(false, Ordering::Relaxed)
    }

    /// Whether we were stopped and continued; asking forgets it.
    pub fn take_continued(&self) -> bool {
        self.continued.swap(false, Ordering::Relaxed)
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.woken.as_fd()
    }
}
