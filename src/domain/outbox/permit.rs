//! The permission to write, which has to be shown wherever something is queued or sent.

/// Why nothing may be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct ReadOnly {
    /// One sentence for the person, with what to do about it.
    pub why: String,
    /// Whether the person may allow it from within the program: where nothing but their own profile forbids it.
    pub by_profile: bool,
}

/// Shows that this program may write to this tenant. There is no other way to get one than [`Self::unless`],
/// and neither the outbox nor the transport takes a write without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WritePermit(());

impl WritePermit {
    /// The permit, unless something speaks against it.
    pub fn unless(reason: Option<ReadOnly>) -> Result<Self, ReadOnly> {
        match reason {
            Some(reason) => Err(reason),
            None => Ok(Self(())),
        }
    }
}
