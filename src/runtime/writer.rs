//! The thread for what is noted: what a person did, that a person looked, that a profile may write.
//!
//! It is apart from the thread that reads, so that a disk that is slow to write delays nothing that shows.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender};

use crate::app::{Msg, WriteCmd};
use crate::store::composing;

use super::enable_writes;
use super::exec::Workshop;
use super::keep_weights;
use super::outbox;
use super::standup;
use super::worker;

/// Something to be noted.
#[derive(Debug)]
pub enum Writing {
    /// What a person did, with its number among what is not written yet.
    Outbox(u64, WriteCmd),
    /// What an editor left is saved, unless it was refused: its file goes.
    Composed {
        /// The draft that it belongs to.
        draft: String,
        /// Where it is.
        file: PathBuf,
    },
    /// Minutes that the person wants in a file.
    Minutes {
        /// The file's name.
        name: String,
        /// The minutes.
        text: String,
    },
    /// That a person looked.
    RecordLook,
    /// Weights (in thousandths, by measure id) that the person wants to keep.
    KeepWeights(Vec<(String, i64)>),
    /// That this profile may write to the CRM.
    EnableWrites,
    /// Whether another program has allowed it meanwhile.
    LookForPermit,
    /// Say when everything before is done, and end.
    End(Sender<()>),
}

/// Writes until the cockpit ends.
pub fn run(workshop: &Workshop, writings: &Receiver<Writing>) {
    outbox::take_over(workshop);
    for writing in writings {
        match writing {
            Writing::Outbox(number, order) => {
                let answer = outbox::write(workshop, &order);
                if answer.is_refusal() {
                    workshop.unwritten.refused(number);
                } else {
                    workshop.unwritten.done(number);
                }
                workshop.answer(Msg::Outbox(answer));
            }
            Writing::Composed { draft, file } => {
                if workshop.unwritten.draft(&draft).is_none() {
                    // What is left over is taken over by the next start, which finds the text in the ledger.
                    let _ = composing::remove(&file);
                }
                workshop.done();
            }
            Writing::Minutes { name, text } => {
                workshop.answer(Msg::Standup(standup::keep(&name, &text)));
            }
            Writing::RecordLook => {
                record_look(workshop);
                workshop.done();
            }
            Writing::KeepWeights(weights) => workshop.answer(keep_weights::run(workshop, &weights)),
            Writing::EnableWrites => {
                let answer = enable_writes::run(workshop);
                if matches!(answer, Msg::Outbox(_)) {
                    outbox::take_over(workshop);
                }
                workshop.answer(answer);
            }
            Writing::LookForPermit => {
                if let Some(answer) = enable_writes::look(workshop) {
                    outbox::take_over(workshop);
                    workshop.address.send(answer);
                }
                workshop.done();
            }
            Writing::End(done) => {
                let _ = done.send(());
                return;
            }
        }
    }
}

fn record_look(workshop: &Workshop) {
    // Only the next Δ suffers when this cannot be noted.
    if let Ok((mut ledger, notice)) = worker::open_ledger(&workshop.setup, &workshop.paths) {
        workshop.tell(notice);
        let _ = ledger.record_look(workshop.clock.now());
    }
}
