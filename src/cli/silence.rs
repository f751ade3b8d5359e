//! Tells a person who waits that the CRM says nothing.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::Duration;

/// After so long without a word it is told again; a sync, whose progress shows, is silent for that long before.
pub const AGAIN: Duration = Duration::from_secs(10);

/// Tells it when nothing was heard for a while, and again after each [`AGAIN`], until it is dropped.
pub struct Silence(Sender<()>);

impl Silence {
    /// From now on tells it, for the first time after so long.
    pub fn told_after(first: Duration, tell: impl Fn() + Send + 'static) -> Self {
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let mut long = first;
            loop {
                match receiver.recv_timeout(long) {
                    Ok(()) => long = first,
                    Err(RecvTimeoutError::Timeout) => {
                        tell();
                        long = AGAIN;
                    }
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        });
        Self(sender)
    }

    /// Something was heard.
    pub fn heard(&self) {
        // The thread lives as long as this does.
        let _ = self.0.send(());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_told_after_each_word_until_the_end() {
        let (sender, receiver) = mpsc::channel();
        let silence = Silence::told_after(Duration::from_millis(1), move || {
            // Nobody listens any more at the end.
            let _ = sender.send(());
        });
        assert!(receiver.recv().is_ok());
        silence.heard();
        assert!(receiver.recv().is_ok());
        drop(silence);
        // The thread ends: what it told with is gone after what it told.
        assert_eq!(receiver.iter().find(|()| false), None);
    }
}
