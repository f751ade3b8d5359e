//! The lock for judging: held from reading what the journal knows to noting what follows, and let go in between.

use super::EngineError;
use crate::store::Ledger;
use crate::store::lock::Scoring;

/// The lock under which the journal is read and what follows from it is noted; none where nothing may be noted.
pub fn scoring(ledger: &Ledger) -> Result<Option<Scoring>, EngineError> {
    let may_note = !ledger.is_read_only();
    Ok(may_note.then(|| Scoring::of(ledger.path())).transpose()?)
}

/// A run over many accounts, which lets others judge between two batches.
pub struct Judging {
    /// `None` too while it is let go.
    lock: Option<Scoring>,
    overtaken: bool,
}

impl Judging {
    /// Waits for the lock.
    pub fn begin(ledger: &Ledger) -> Result<Self, EngineError> {
        Ok(Self {
            lock: scoring(ledger)?,
            overtaken: false,
        })
    }

    /// Lets the lock go while `between` does something else, and waits for it again.
    pub fn pause(&mut self, ledger: &Ledger, between: &mut dyn FnMut()) -> Result<(), EngineError> {
        let before = known(ledger)?;
        drop(self.lock.take());
        between();
        self.lock = scoring(ledger)?;
        self.overtaken |= known(ledger)? != before;
        Ok(())
    }

    /// Whether somebody noted or wrote something in a pause since this was last asked: what was read of it before is old.
    pub fn is_overtaken(&mut self) -> bool {
        std::mem::take(&mut self.overtaken)
    }
}

/// How much the journal and the outbox hold.
fn known(ledger: &Ledger) -> Result<(i64, i64), EngineError> {
    Ok((ledger.last_event()?, ledger.outbox_length()?))
}
