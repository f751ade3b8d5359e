//! How the other threads speak to the event loop: a queue of messages and a byte that wakes it.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};

use crate::app::Msg;

use super::curtain::Curtain;

/// What the event loop reads from.
#[derive(Debug)]
pub struct Inbox {
    messages: Receiver<(u64, Msg)>,
    woken: UnixStream,
    unread: Arc<AtomicUsize>,
    curtain: Arc<Curtain>,
}

/// Where messages to the event loop are sent; each thread has its own.
#[derive(Debug, Clone)]
pub struct Address {
    messages: Sender<(u64, Msg)>,
    wake: Arc<UnixStream>,
    unread: Arc<AtomicUsize>,
    /// What each message passes.
    pub curtain: Arc<Curtain>,
}

/// An inbox and the address that leads to it, through a curtain.
pub fn inbox(curtain: Arc<Curtain>) -> io::Result<(Inbox, Address)> {
    let (sender, messages) = mpsc::channel();
    let (woken, wake) = UnixStream::pair()?;
    woken.set_nonblocking(true)?;
    wake.set_nonblocking(true)?;
    let unread = Arc::default();
    let address = Address {
        messages: sender,
        wake: Arc::new(wake),
        unread: Arc::clone(&unread),
        curtain: Arc::clone(&curtain),
    };
    let inbox = Inbox {
        messages,
        woken,
        unread,
        curtain,
    };
    Ok((inbox, address))
}

impl Inbox {
    /// Everything that has come since the last time. What was sent before the curtain was last drawn or opened is dropped: all
    /// that it told of is read again.
    pub fn take(&mut self) -> Vec<Msg> {
        let mut bytes = [0; 64];
        while self
            .woken
            .read(&mut bytes)
            .is_ok_and(|count| count == bytes.len())
        {}
        let messages: Vec<(u64, Msg)> = self.messages.try_iter().collect();
        self.unread.fetch_sub(messages.len(), Ordering::SeqCst);
        let side = self.curtain.side();
        let here = messages.into_iter().filter(|(sent, _)| *sent == side);
        here.map(|(_, message)| message).collect()
    }

    /// Whether everything that was sent is taken.
    pub fn is_empty(&self) -> bool {
        self.unread.load(Ordering::SeqCst) == 0
    }
}

impl AsFd for Inbox {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.woken.as_fd()
    }
}

impl Address {
    /// Sends a message. After the event loop has ended nobody listens, and that is fine.
    pub fn send(&self, message: Msg) {
        let side = self.curtain.side();
        let Some(message) = self.curtain.pass(message, side) else {
            return self.wake();
        };
        self.unread.fetch_add(1, Ordering::SeqCst);
        if self.messages.send((side, message)).is_ok() {
            self.wake();
        }
    }

    /// Wakes the event loop without a message. A full pipe means that it is being woken already.
    pub fn wake(&self) {
        let _ = (&*self.wake).write(&[0]);
    }
}
