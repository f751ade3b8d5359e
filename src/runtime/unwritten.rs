//! What a person did and is not in the ledger yet. It is known here until it is, or until whoever has the text has
//! heard that it is not; what is left when the program ends goes into a file beside the ledger, or onto the screen.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;

use crate::app::WriteCmd;
use crate::store::{Notice, recovery};

use super::recovery::{File, Kept, Order};

/// How long the file may take: a disk that does not answer must not keep the program from ending.
const PATIENCE: Duration = Duration::from_millis(350);

/// Orders to write of which it is not known that they are done, in the order in which they were given.
#[derive(Debug, Clone, Default)]
pub struct Unwritten(Arc<Mutex<Pending>>);

#[derive(Debug, Default)]
struct Pending {
    last: u64,
    orders: BTreeMap<u64, Kept>,
    /// Those that the ledger refused.
    refused: BTreeSet<u64>,
    /// Refusals of which the core has not heard yet, in the order in which they are told.
    unheard: VecDeque<u64>,
    /// The marks of the drafts that were read or kept from here: whatever else the ledger has under their names,
    /// another program keeps.
    known: BTreeSet<i64>,
    closed: bool,
}

impl Unwritten {
    /// One more order; the number stands for it.
    pub fn add(&self, order: &WriteCmd, at: Timestamp) -> u64 {
        let mut pending = self.pending();
        pending.last += 1;
        let (number, order) = (pending.last, Order::of(order));
        if let Order::SaveDraft { name, .. } = &order {
            pending.forget_refused(&[name]);
        }
        pending.orders.insert(number, Kept { at, order });
        number
    }

    /// The draft with this mark was read or kept from here.
    pub fn know(&self, mark: i64) {
        self.pending().known.insert(mark);
    }

    /// Whether the draft with this mark was read or kept from here.
    pub fn knows(&self, mark: i64) -> bool {
        self.pending().known.contains(&mark)
    }

    /// It is in the ledger, or somebody else was faster.
    pub fn done(&self, number: u64) {
        let mut pending = self.pending();
        if let Some(kept) = pending.orders.remove(&number) {
            pending.forget_refused(&kept.order.drafts());
        }
    }

    /// The ledger did not take it, which is told next.
    pub fn refused(&self, number: u64) {
        let mut pending = self.pending();
        pending.refused.insert(number);
        pending.unheard.push_back(number);
    }

    /// The core has heard of a refusal: whoever has the text keeps it. A draft stays, since its form may be closed.
    pub fn heard(&self) {
        let mut pending = self.pending();
        let Some(number) = pending.unheard.pop_front() else {
            return;
        };
        let is_draft = |kept: &Kept| matches!(kept.order, Order::SaveDraft { .. } | Order::KeepBeside { .. });
        if !pending.orders.get(&number).is_some_and(is_draft) {
            pending.orders.remove(&number);
            pending.refused.remove(&number);
        }
    }

    /// The draft of this name as it is going to be, if the ledger has it otherwise; `Some(None)` when it is to go.
    pub fn draft(&self, name: &str) -> Option<Option<String>> {
        let pending = self.pending();
        pending.orders.values().rev().find_map(|kept| match &kept.order {
            Order::SaveDraft { name: saved, text } if saved == name => Some(Some(text.clone())),
            Order::DropDraft { name: dropped, .. } if dropped == name => Some(None),
            _ => None,
        })
    }

    /// Whether the program ends, and what is not written by now is kept elsewhere.
    pub fn is_closed(&self) -> bool {
        self.pending().closed
    }

    /// The program ends: what is not written is kept in a file, and this tells so. `None` when all is.
    pub fn close(&self, directory: &Path) -> Option<Notice> {
        let (orders, known): (Vec<Kept>, _) = {
            let mut pending = self.pending();
            pending.closed = true;
            let orders = std::mem::take(&mut pending.orders);
            (orders.into_values().collect(), pending.known.clone())
        };
        if orders.is_empty() {
            return None;
        }
        let titles: Vec<String> = orders.iter().map(|kept| kept.order.title()).collect();
        let file = File::of(orders, known);
        Some(told(kept_in(directory, &file), &titles.join("; "), &file))
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pending {
    /// Forgets refused versions of these drafts: a newer one is known, or they are done with.
    fn forget_refused(&mut self, names: &[&String]) {
        let (refused, orders) = (&mut self.refused, &mut self.orders);
        refused.retain(|number| {
            let is_one = match orders.get(number).map(|kept| &kept.order) {
                Some(Order::SaveDraft { name, .. }) => names.contains(&name),
                _ => false,
            };
            if is_one {
                orders.remove(number);
            }
            !is_one
        });
    }
}

/// Writes the file, away from here and for a while: the sync of a disk that does not answer never ends. The error is a
/// few words.
fn kept_in(directory: &Path, file: &File) -> Result<PathBuf, String> {
    let text = serde_json::to_string_pretty(file).unwrap_or_default();
    let directory = directory.to_owned();
    let (done, written) = mpsc::channel();
    let write = move || drop(done.send(recovery::keep(&directory, &text)));
    let begun = thread::Builder::new().spawn(write);
    begun.map_err(|error| error.to_string())?;
    match written.recv_timeout(PATIENCE) {
        Ok(kept) => kept.map_err(|error| error.to_string()),
        Err(_) => Err("the disk does not answer".to_owned()),
    }
}

fn told(kept: Result<PathBuf, String>, titles: &str, file: &File) -> Notice {
    match kept {
        Ok(path) => Notice {
            summary: format!(
                "the ledger did not take this: {titles}. It is kept in {}",
                path.display()
            ),
            hint: Some("the next start of the cockpit, or the next write, saves it".to_owned()),
        },
        Err(error) => Notice {
            summary: format!("this could not be saved: {titles} ({error})"),
            hint: serde_json::to_string(&file.orders)
                .ok()
                .map(|text| format!("copy it from here: {text}")),
        },
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn save(text: &str) -> WriteCmd {
        WriteCmd::SaveDraft {
            name: "note:1".to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_refused_draft_is_known_until_a_newer_one_is_saved() {
        let unwritten = Unwritten::default();
        let first = unwritten.add(&save("Ana"), Timestamp::UNIX_EPOCH);
        unwritten.refused(first);
        unwritten.heard();
        assert_eq!(
            unwritten.draft("note:1"),
            Some(Some("Ana".to_owned())),
            "its form may be closed"
        );
        let second = unwritten.add(&save("Ana is"), Timestamp::UNIX_EPOCH);
        assert_eq!(unwritten.pending().orders.len(), 1, "the newer one has all of it");
        unwritten.done(second);
        assert_eq!(unwritten.draft("note:1"), None);
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(unwritten.close(directory.path()), None);
    }

    #[test]
    fn what_was_refused_is_kept_unless_the_core_has_heard_of_it() {
        let directory = tempfile::tempdir().unwrap();
        let order = WriteCmd::TakeBack {
            act: "an act".to_owned(),
        };
        for is_heard in [true, false] {
            let unwritten = Unwritten::default();
            unwritten.refused(unwritten.add(&order, Timestamp::UNIX_EPOCH));
            if is_heard {
                unwritten.heard();
            }
            assert_eq!(unwritten.close(directory.path()).is_none(), is_heard);
        }
    }

    #[test]
    fn what_cannot_be_kept_in_a_file_either_is_told_whole() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("a file");
        std::fs::write(&file, "").unwrap();
        let unwritten = Unwritten::default();
        unwritten.add(&save("Ana is leaving"), Timestamp::UNIX_EPOCH);
        let notice = unwritten.close(&file).unwrap();
        let hint = notice.hint.unwrap();
        assert!(
            hint.starts_with("copy it from here") && hint.contains("Ana is leaving"),
            "{hint}"
        );
    }
}
