//! The terminal: taken over on entering, given back on every way out.
//!
//! The terminal is opened anew by its name, so that it can be set non-blocking without changing the
//! descriptors that the shell shares with us: a stalled terminal then never keeps us from ending.
//! Nothing is ever asked of it.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr, ttyname};

use super::signals::Signals;

/// Alternate screen, no cursor, marked pastes.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[H\x1b[2J";
/// The reverse, with colours and the cursor as they should be.
const LEAVE: &[u8] = b"\x1b[0m\x1b[?2004l\x1b[?25h\x1b[?1049l";
/// Back to the shell's screen, which is cleared with all that has scrolled out of it (`ED 3`, which tmux takes for its history too),
/// and to ours again, empty.
const WIPE: &[u8] = b"\x1b[0m\x1b[?1049l\x1b[H\x1b[2J\x1b[3J\x1b[?1049h\x1b[H\x1b[2J";
/// How long giving the terminal back may take when it does not take our bytes.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// So many bytes a terminal takes without waiting once it says that it takes any.
const SURE: usize = 256;

/// What must be put back, for whoever ends the process: the event loop or a panic on any thread.
static TAKEN: Mutex<Option<Taken>> = Mutex::new(None);

struct Taken {
    tty: Tty,
    original: Termios,
}

/// Whether a thread has panicked: from then on nothing may be drawn.
static PANICKED: AtomicBool = AtomicBool::new(false);

/// Whether a thread has panicked.
pub fn has_panicked() -> bool {
    PANICKED.load(Ordering::SeqCst)
}

/// The terminal that the cockpit draws on.
#[derive(Debug)]
pub struct Terminal {
    tty: Tty,
    /// How many bytes were written, so that a test knows when it has seen them all.
    written: u64,
}

/// The open terminal.
#[derive(Debug)]
struct Tty {
    file: File,
    /// Whether it is the shell's own descriptor, which must stay blocking.
    shared: bool,
}

impl Tty {
    fn new(file: File, shared: bool) -> Self {
        Self { file, shared }
    }

    fn try_clone(&self) -> io::Result<Self> {
        Ok(Self::new(self.file.try_clone()?, self.shared))
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }

    /// Writes what goes at once, or says that nothing does now; it never waits for a stalled terminal.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.shared {
            return self.file.write(bytes);
        }
        let mut ready = [PollFd::new(&self.file, PollFlags::OUT)];
        poll(&mut ready, Some(&Timespec::default()))?;
        if !ready[0].revents().contains(PollFlags::OUT) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.file.write(&bytes[..bytes.len().min(SURE)])
    }
}

impl AsFd for Tty {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// Why writing stopped.
#[derive(Debug)]
pub enum Stopped {
    /// The terminal is gone.
    Lost,
    /// A signal asks us to end.
    Signal(i32),
    /// A thread panicked.
    Panicked,
}

impl Terminal {
    /// Opens the terminal that standard input and output are connected to; `None` if they are not.
    pub fn open() -> Option<Self> {
        let (stdin, stdout) = (io::stdin(), io::stdout());
        if !stdin.is_terminal() || !stdout.is_terminal() {
            return None;
        }
        let own = ttyname(stdout.as_fd(), Vec::new()).and_then(|name| {
            let flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
            rustix::fs::open(name, flags, Mode::empty())
        });
        // After `su` the terminal belongs to someone else: then the shared descriptor must do.
        let tty = own
            .map(|own| Tty::new(own.into(), false))
            .or_else(|_| duplicate(stdin.as_fd()).map(|shared| Tty::new(shared, true)))
            .ok()?;
        Some(Self { tty, written: 0 })
    }

    /// Takes the terminal over.
    pub fn enter(&mut self) -> io::Result<()> {
        let original = tcgetattr(&self.tty)?;
        let mut raw = original.clone();
        raw.make_raw();
        tcsetattr(&self.tty, OptionalActions::Now, &raw)?;
        let tty = self.tty.try_clone()?;
        *TAKEN.lock().unwrap_or_else(PoisonError::into_inner) = Some(Taken { tty, original });
        self.written += write_for(&mut self.tty, ENTER, LAST_WORDS);
        Ok(())
    }

    /// Gives the terminal back as it was.
    pub fn leave(&mut self) {
        self.written += give_back(&mut TAKEN.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Clears what was on the screen before, the shell's and ours, and what has scrolled out of it.
    pub fn wipe(&mut self) {
        self.written += write_for(&mut self.tty, WIPE, LAST_WORDS);
    }

    /// How many bytes were written in all.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Columns and rows. A terminal that does not say gets the usual size.
    pub fn size(&self) -> (u16, u16) {
        match tcgetwinsize(&self.tty) {
            Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col, size.ws_row),
            _ => (80, 24),
        }
    }

    /// What was typed; `Ok(0)` when there is nothing to read now.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Stopped> {
        match self.tty.read(buffer) {
            Ok(0) => Err(Stopped::Lost),
            Ok(count) => Ok(count),
            Err(error) if is_passing(&error) => Ok(0),
            Err(_) => Err(Stopped::Lost),
        }
    }

    /// Writes one frame, waiting for a slow terminal, but never longer than until a signal ends us.
    pub fn write(&mut self, mut bytes: &[u8], signals: &mut Signals) -> Result<(), Stopped> {
        while !bytes.is_empty() && !has_panicked() {
            match self.tty.write(bytes) {
                Ok(count) => {
                    bytes = &bytes[count..];
                    self.written += count as u64;
                }
                Err(error) if is_passing(&error) => {
                    if wait_to_write(self.tty.as_fd(), Some(signals.as_fd()), None).is_err() {
                        return Err(Stopped::Lost);
                    }
                    if let Some(signal) = signals.ending() {
                        return Err(Stopped::Signal(signal));
                    }
                    // The flags stay set for the event loop; only the bytes that woke us go.
                    signals.drain();
                }
                Err(_) => return Err(Stopped::Lost),
            }
        }
        if has_panicked() {
            Err(Stopped::Panicked)
        } else {
            Ok(())
        }
    }
}

impl AsFd for Terminal {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.tty.as_fd()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Puts the terminal back before a panic on any thread is told, and makes the event loop end.
///
/// The state of the program is not to be trusted then; what must last is in the databases.
/// `complain` prints the message.
pub fn restore_on_panic(complain: fn(&str)) {
    std::panic::set_hook(Box::new(move |panic| {
        PANICKED.store(true, Ordering::SeqCst);
        give_back(&mut TAKEN.lock().unwrap_or_else(PoisonError::into_inner));
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let what = panic.payload_as_str().unwrap_or("no message");
        complain(&format!(
            "error: retain has a defect and had to stop\n  because: {what} ({place})\n\
             hint: nothing that was saved is lost; please report these lines"
        ));
        // Wakes the event loop, wherever it waits; on its own thread the panic ends it by itself.
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TERM);
    }));
}

/// Puts the terminal back, if it is taken, and tells how many bytes that took.
fn give_back(taken: &mut Option<Taken>) -> u64 {
    let Some(Taken { mut tty, original }) = taken.take() else {
        return 0;
    };
    let written = write_for(&mut tty, LEAVE, LAST_WORDS);
    // Fails only when the terminal is gone, and then there is nothing to put back.
    let _ = tcsetattr(&tty, OptionalActions::Now, &original);
    written
}

/// Writes as much as the terminal takes within a time, and tells how much that was.
fn write_for(tty: &mut Tty, bytes: &[u8], time: Duration) -> u64 {
    let end = Instant::now() + time;
    let mut written = 0;
    while written < bytes.len() {
        match tty.write(&bytes[written..]) {
            Ok(count) => written += count,
            Err(error) if is_passing(&error) => {
                let left = end.saturating_duration_since(Instant::now());
                if left.is_zero() || wait_to_write(tty.as_fd(), None, Some(left)).is_err() {
                    break;
                }
            }
            Err(_) => break,
        }
    }
    written as u64
}

/// Waits until the terminal takes bytes, `other` has something to read, or the time is over.
fn wait_to_write(
    tty: BorrowedFd<'_>,
    other: Option<BorrowedFd<'_>>,
    time: Option<Duration>,
) -> io::Result<()> {
    let mut waiting = vec![PollFd::from_borrowed_fd(tty, PollFlags::OUT)];
    waiting.extend(other.map(|other| PollFd::from_borrowed_fd(other, PollFlags::IN)));
    let time = time.and_then(|time| Timespec::try_from(time).ok());
    match poll(&mut waiting, time.as_ref()) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    if waiting[0]
        .revents()
        .intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL)
    {
        return Err(io::ErrorKind::BrokenPipe.into());
    }
    Ok(())
}

fn duplicate(descriptor: BorrowedFd<'_>) -> rustix::io::Result<File> {
    rustix::io::fcntl_dupfd_cloexec(descriptor, 3).map(File::from)
}

/// Whether trying again later may work.
fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::fd::OwnedFd;

    use super::*;

    #[test]
    fn a_stalled_terminal_does_not_keep_us_though_its_descriptor_is_shared() {
        let (_reader, writer) = io::pipe().unwrap();
        let mut tty = Tty::new(OwnedFd::from(writer).into(), true);
        let mut taken = 0;
        let stalled = loop {
            match tty.write(&[b'x'; 4096]) {
                Ok(count) => taken += count,
                Err(error) => break error,
            }
        };
        assert!(taken > 0 && is_passing(&stalled), "{stalled}");
        let begun = Instant::now();
        write_for(&mut tty, b"more", Duration::from_millis(10));
        assert!(begun.elapsed() < LAST_WORDS);
    }
}
