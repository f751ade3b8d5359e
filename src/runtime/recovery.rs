//! What a person did and could not be saved before the program had to end: kept in a file beside the ledger, and
//! taken over at the next start.
//!
//! A write that was under way may have been saved after all while the file was being written: so nothing is taken
//! over that the ledger has already, and no step that came after another one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::app::WriteCmd;
use crate::domain::outbox::{EntryId, NewEntry, Step, WritePermit};
use crate::domain::playbook::{Deed, PlayEvent, What};
use crate::domain::record::RecordId;
use crate::engine::plays;
use crate::store::{Ledger, Notice, StoreError, recovery};

/// The form of the file.
const VERSION: u32 = 1;

/// Orders to write that are not answered yet, in the order in which they were given.
#[derive(Debug, Clone, Default)]
pub struct Unwritten(Arc<Mutex<Pending>>);

#[derive(Debug, Default)]
struct Pending {
    last: u64,
    orders: BTreeMap<u64, Kept>,
    closed: bool,
}

/// What the file says.
#[derive(Debug, Serialize, Deserialize)]
struct File {
    version: u32,
    orders: Vec<Kept>,
}

/// An order, and when it was given (UTC).
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    at: Timestamp,
    #[serde(flatten)]
    order: Order,
}

/// A [`WriteCmd`] as the file keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "kebab-case")]
enum Order {
    Queue {
        entries: Vec<NewEntry>,
        events: Vec<(RecordId, What)>,
        drafts_done: Vec<String>,
    },
    Step {
        id: EntryId,
        step: Step,
    },
    TakeBack {
        act: String,
    },
    GiveUpDamaged {
        id: EntryId,
        why: String,
    },
    SaveDraft {
        name: String,
        text: String,
    },
    DropDraft {
        name: String,
    },
}

impl Unwritten {
    /// One more order; the number stands for it.
    pub fn add(&self, order: &WriteCmd, at: Timestamp) -> u64 {
        let mut pending = self.pending();
        pending.last += 1;
        let (number, order) = (pending.last, Order::of(order));
        pending.orders.insert(number, Kept { at, order });
        number
    }

    /// It is answered.
    pub fn done(&self, number: u64) {
        self.pending().orders.remove(&number);
    }

    /// Whether the program ends, and what is not written by now is kept elsewhere.
    pub fn is_closed(&self) -> bool {
        self.pending().closed
    }

    /// The program ends: what is not written is kept in a file, and this tells so. `None` when all is.
    pub fn close(&self, directory: &Path) -> Option<Notice> {
        let orders: Vec<Kept> = {
            let mut pending = self.pending();
            pending.closed = true;
            std::mem::take(&mut pending.orders).into_values().collect()
        };
        if orders.is_empty() {
            return None;
        }
        let titles: Vec<String> = orders.iter().map(|kept| kept.order.title()).collect();
        let titles = titles.join("; ");
        let file = File {
            version: VERSION,
            orders,
        };
        Some(told(kept_in(directory, &file), &titles, &file))
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn kept_in(directory: &Path, file: &File) -> Result<PathBuf, StoreError> {
    let text = serde_json::to_string_pretty(file).unwrap_or_default();
    recovery::keep(directory, &text)
}

fn told(kept: Result<PathBuf, StoreError>, titles: &str, file: &File) -> Notice {
    match kept {
        Ok(path) => Notice {
            summary: format!(
                "the ledger did not take this in time: {titles}. It is kept in {}",
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

impl Order {
    fn of(order: &WriteCmd) -> Self {
        match order.clone() {
            WriteCmd::Enqueue {
                deed, drafts_done, ..
            } => Self::Queue {
                entries: deed.entries,
                events: deed
                    .events
                    .into_iter()
                    .map(|event| (event.account, event.what))
                    .collect(),
                drafts_done,
            },
            WriteCmd::TakeStep { id, step } => Self::Step { id, step },
            WriteCmd::TakeBack { act } => Self::TakeBack { act },
            WriteCmd::GiveUpDamaged { id, why } => Self::GiveUpDamaged { id, why },
            WriteCmd::SaveDraft { name, text } => Self::SaveDraft { name, text },
            WriteCmd::DropDraft { name } => Self::DropDraft { name },
        }
    }

    /// What it is, in words.
    fn title(&self) -> String {
        match self {
            Self::Queue { entries, events, .. } => match entries.first() {
                Some(entry) => entry.title.clone(),
                None if events.is_empty() => "nothing".to_owned(),
                None => "a step of a playbook".to_owned(),
            },
            Self::Step { id, step } => format!("outbox {id} {}", step.state().word()),
            Self::TakeBack { .. } => "an undo".to_owned(),
            Self::GiveUpDamaged { id, .. } => format!("outbox {id} given up"),
            Self::SaveDraft { name, .. } => format!("the draft {name}"),
            Self::DropDraft { name } => format!("the draft {name}, dropped"),
        }
    }
}

/// Whether any earlier session left something.
pub fn is_any(directory: &Path) -> Result<bool, StoreError> {
    Ok(!recovery::left(directory)?.is_empty())
}

/// Takes over what earlier sessions left, and tells what became of it. What cannot be taken over now stays.
pub fn take_over(
    ledger: &mut Ledger,
    directory: &Path,
    permit: Option<WritePermit>,
    grace: SignedDuration,
    now: Timestamp,
) -> Result<Vec<Notice>, StoreError> {
    let mut notices = Vec::new();
    for left in recovery::left(directory)? {
        let file: Option<File> = serde_json::from_str(&left.text).ok();
        let Some(file) = file.filter(|file| file.version == VERSION) else {
            let summary = format!("{} was left by a session and cannot be read", left.path.display());
            notices.push(Notice { summary, hint: None });
            continue;
        };
        let Some(permit) = permit else {
            let place = left.path.display();
            notices.push(Notice {
                summary: format!("{place} keeps what could not be saved, and nothing may be written here"),
                hint: Some("it is saved once writing is allowed".to_owned()),
            });
            continue;
        };
        let (mut saved, mut late) = (Vec::new(), Vec::new());
        for kept in &file.orders {
            let list = if carry_out(ledger, permit, kept, grace, now)? {
                &mut saved
            } else {
                &mut late
            };
            list.push(kept.order.title());
        }
        left.done()?;
        notices.extend(became("saved now, after the last session could not", &saved));
        notices.extend(became(
            "left by the last session, and it is too late for it",
            &late,
        ));
    }
    Ok(notices)
}

fn became(what: &str, titles: &[String]) -> Option<Notice> {
    (!titles.is_empty()).then(|| Notice {
        summary: format!("{what}: {}", titles.join("; ")),
        hint: None,
    })
}

/// Saves an order as if it were given now; `false` when something else happened meanwhile.
fn carry_out(
    ledger: &mut Ledger,
    permit: WritePermit,
    kept: &Kept,
    grace: SignedDuration,
    now: Timestamp,
) -> Result<bool, StoreError> {
    match &kept.order {
        Order::Queue {
            entries,
            events,
            drafts_done,
        } => {
            let deed = deed(entries, events, grace, now);
            if !is_there(ledger, &deed, kept.at)? {
                let drafts: Vec<&str> = drafts_done.iter().map(String::as_str).collect();
                plays::commit(ledger, permit, &deed, &drafts, now)?;
            }
            Ok(true)
        }
        Order::Step { id, step } => {
            let untouched = ledger.entry(*id)?.is_some_and(|entry| entry.since <= kept.at);
            Ok(untouched && ledger.step(*id, step, now)?.is_ok())
        }
        Order::TakeBack { act } => Ok(plays::take_back(ledger, act, now)?.is_ok()),
        Order::GiveUpDamaged { id, why } => ledger.give_up_damaged(*id, why, now),
        Order::SaveDraft { name, text } => {
            let newer = ledger.draft(name)?.is_some_and(|draft| draft.saved_at > kept.at);
            if !newer {
                ledger.put_draft(name, text, now)?;
            }
            Ok(!newer)
        }
        Order::DropDraft { name } => ledger.drop_draft(name, now).map(|()| true),
    }
}

/// The act anew: it waits its grace, so that it can be taken back.
fn deed(entries: &[NewEntry], events: &[(RecordId, What)], grace: SignedDuration, now: Timestamp) -> Deed {
    let leaves = now.checked_add(grace).unwrap_or(now);
    let entries = entries.iter().map(|entry| NewEntry {
        leaves_at: entry.leaves_at.max(leaves),
        ..entry.clone()
    });
    let events = events.iter().map(|(account, what)| PlayEvent {
        account: account.clone(),
        what: what.clone(),
    });
    Deed {
        entries: entries.collect(),
        events: events.collect(),
    }
}

/// Whether an act was saved after all: its entries carry its word; what has no entries left its events since.
fn is_there(ledger: &Ledger, deed: &Deed, since: Timestamp) -> Result<bool, StoreError> {
    if let Some(entry) = deed.entries.first() {
        return Ok(!ledger.entries_of_act(&entry.act)?.is_empty());
    }
    for event in &deed.events {
        let (kind, payload) = event.stored();
        let noted = ledger.events(Some(&event.account), &[kind.as_str()])?;
        if noted
            .iter()
            .any(|noted| noted.recorded_at >= since && noted.payload == payload)
        {
            return Ok(true);
        }
    }
    Ok(false)
}
