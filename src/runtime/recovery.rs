//! What could not be saved before the program had to end: what the file beside the ledger says, and how the next start
//! takes it over. What goes into the file is gathered in [`unwritten`](super::unwritten).
//!
//! A write that was under way may have been saved after all while the file was being written: so nothing is taken
//! over that the ledger has already, and no step that came after another one.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::app::WriteCmd;
use crate::domain::outbox::{EntryId, NewEntry, Step, WritePermit};
use crate::domain::playbook::{Deed, PlayEvent, What};
use crate::domain::record::RecordId;
use crate::domain::standup::{Happened, StandupEvent};
use crate::domain::warning::{self, WarningEvent};
use crate::domain::words;
use crate::engine::{note_warnings_with, plays, standup};
use crate::store::{Draft, Ledger, NewEvent, Notice, StoreError, recovery};

use super::compose;
use said::{has_all, said_in, words_of};

mod said;

/// The form of the file.
const VERSION: u32 = 1;

/// What the file says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct File {
    version: u32,
    pub(super) orders: Vec<Kept>,
    /// The marks of the drafts that the session had read or kept: another one may have kept others under their names.
    #[serde(default)]
    known: BTreeSet<i64>,
}

/// An order, and when it was given (UTC).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) at: Timestamp,
    #[serde(flatten)]
    pub(super) order: Order,
}

/// A [`WriteCmd`] as the file keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "kebab-case")]
pub(super) enum Order {
    Queue {
        entries: Vec<NewEntry>,
        events: Vec<(RecordId, What)>,
        drafts_done: Vec<String>,
        #[serde(default)]
        standup: Vec<(Option<RecordId>, Happened)>,
    },
    Step {
        id: EntryId,
        step: Step,
    },
    TakeBack {
        act: String,
    },
    Undo {
        act: String,
        back: Vec<NewEntry>,
    },
    Warn {
        acts: Vec<(RecordId, warning::What)>,
        #[serde(default)]
        standup: Vec<(Option<RecordId>, Happened)>,
    },
    Standup {
        events: Vec<(Option<RecordId>, Happened)>,
    },
    GiveUpDamaged {
        id: EntryId,
        why: String,
    },
    SaveDraft {
        name: String,
        text: String,
    },
    KeepBeside {
        name: String,
        text: String,
    },
    DropDraft {
        name: String,
        /// Whether it stays where another session keeps it.
        #[serde(default = "yes")]
        only_ours: bool,
    },
}

/// Where the file does not say that all may go.
fn yes() -> bool {
    true
}

impl File {
    /// A file with these orders of a session that knew the drafts with these marks, as this version writes it.
    pub(super) fn of(orders: Vec<Kept>, known: BTreeSet<i64>) -> Self {
        Self {
            version: VERSION,
            orders,
            known,
        }
    }
}

impl Order {
    /// The order as the file keeps it.
    pub(super) fn of(order: &WriteCmd) -> Self {
        match order.clone() {
            WriteCmd::Enqueue {
                deed,
                drafts_done,
                standup,
                ..
            } => Self::Queue {
                entries: deed.entries,
                events: deed
                    .events
                    .into_iter()
                    .map(|event| (event.account, event.what))
                    .collect(),
                drafts_done,
                standup: in_parts(standup),
            },
            WriteCmd::TurnBack { entry, .. } => Self::Queue {
                entries: vec![*entry],
                events: Vec::new(),
                drafts_done: Vec::new(),
                standup: Vec::new(),
            },
            WriteCmd::TakeStep { id, step } => Self::Step { id, step },
            WriteCmd::TakeBack { act } => Self::TakeBack { act },
            WriteCmd::Undo { act, back, .. } => Self::Undo { act, back },
            WriteCmd::Warn { acts, standup, .. } => Self::Warn {
                acts: acts.into_iter().map(|act| (act.account, act.what)).collect(),
                standup: in_parts(standup),
            },
            WriteCmd::Standup { events, .. } => Self::Standup {
                events: in_parts(events),
            },
            WriteCmd::GiveUpDamaged { id, why } => Self::GiveUpDamaged { id, why },
            WriteCmd::SaveDraft { name, text } => Self::SaveDraft { name, text },
            WriteCmd::KeepBeside { name, text } => Self::KeepBeside { name, text },
            WriteCmd::DropDraft { name, only_ours } => Self::DropDraft { name, only_ours },
        }
    }

    /// Names of the drafts that it replaces, or that are done with after it.
    pub(super) fn drafts(&self) -> Vec<&String> {
        match self {
            Self::SaveDraft { name, .. } | Self::DropDraft { name, .. } => vec![name],
            Self::Queue { drafts_done, .. } => drafts_done.iter().collect(),
            _ => Vec::new(),
        }
    }

    /// What it is, in words.
    pub(super) fn title(&self) -> String {
        match self {
            Self::Queue { entries, events, .. } => match entries.first() {
                Some(entry) => entry.title.clone(),
                None if events.is_empty() => "nothing".to_owned(),
                None => "what was done in a playbook".to_owned(),
            },
            Self::Step { id, step } => format!("outbox {id} {}", step.state().word()),
            Self::TakeBack { .. } | Self::Undo { .. } => "an undo".to_owned(),
            Self::Standup { .. } => "what happened in a standup".to_owned(),
            Self::Warn { acts, .. } => match acts.first() {
                Some((account, what)) => {
                    let signal = words::signal(what.signal());
                    format!("what was said of {signal} on account {account}")
                }
                None => "nothing".to_owned(),
            },
            Self::GiveUpDamaged { id, .. } => format!("outbox {id} given up"),
            Self::SaveDraft { name, .. } | Self::KeepBeside { name, .. } => format!("the draft {name}"),
            Self::DropDraft { name, .. } => format!("the draft {name}, dropped"),
        }
    }
}

/// Events of standups as the file keeps them.
fn in_parts(events: Vec<StandupEvent>) -> Vec<(Option<RecordId>, Happened)> {
    events
        .into_iter()
        .map(|event| (event.account, event.what))
        .collect()
}

/// The same as the journal gets them.
fn as_noted(events: &[(Option<RecordId>, Happened)], now: Timestamp) -> Vec<NewEvent> {
    let events = events.iter().map(|(account, what)| StandupEvent {
        account: account.clone(),
        what: what.clone(),
    });
    standup::as_noted(&events.collect::<Vec<_>>(), now)
}

/// Whether any earlier session left something.
pub fn is_any(directory: &Path) -> Result<bool, StoreError> {
    Ok(compose::is_any_left(directory) || !recovery::left(directory)?.is_empty())
}

/// What a file is taken over with.
#[derive(Debug, Clone, Copy)]
struct Means {
    permit: WritePermit,
    grace: SignedDuration,
    now: Timestamp,
}

/// What became of an order.
#[derive(Debug, PartialEq, Eq)]
enum Became {
    /// The ledger has it now, or had it.
    Saved,
    /// Something else happened meanwhile.
    TooLate,
    /// Something else happened meanwhile; its words are kept as a draft.
    Drafted,
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
        let place = left.path.display();
        let text = left.text.as_deref().ok();
        let file: Option<File> = text.and_then(|text| serde_json::from_str(text).ok());
        let Some(file) = file.filter(|file| file.version == VERSION) else {
            let why = left.text.as_ref().err();
            let why = why.map_or_else(String::new, |error| format!(": {error}"));
            notices.push(Notice {
                summary: format!("{place} was left by a session and cannot be read{why}"),
                hint: Some("it stays as it is: look into it, and remove it".to_owned()),
            });
            continue;
        };
        let Some(permit) = permit else {
            notices.push(Notice {
                summary: format!("{place} keeps what could not be saved, and nothing may be written here"),
                hint: Some("it is saved once writing is allowed".to_owned()),
            });
            continue;
        };
        notices.extend(carry_all_out(ledger, Means { permit, grace, now }, &file)?);
        left.done()?;
    }
    notices.extend(compose::take_over(ledger, directory, now)?);
    Ok(notices)
}

fn carry_all_out(
    ledger: &mut Ledger,
    means: Means,
    file: &File,
) -> Result<impl Iterator<Item = Notice> + use<>, StoreError> {
    let (mut saved, mut late, mut drafted) = (Vec::new(), Vec::new(), Vec::new());
    let mut known = file.known.clone();
    for kept in &file.orders {
        let list = match carry_out(ledger, means, kept, &mut known)? {
            Became::Saved => &mut saved,
            Became::TooLate => &mut late,
            Became::Drafted => &mut drafted,
        };
        list.push(kept.order.title());
    }
    let notices = [
        became("saved now, after the last session could not", &saved),
        became("left by the last session, and it is too late for it", &late),
        became(
            "left by the last session and overtaken, its words are kept as a draft",
            &drafted,
        ),
    ];
    Ok(notices.into_iter().flatten())
}

fn became(what: &str, titles: &[String]) -> Option<Notice> {
    (!titles.is_empty()).then(|| Notice {
        summary: format!("{what}: {}", titles.join("; ")),
        hint: None,
    })
}

/// Saves an order as if it were given now. `known` are the marks of the drafts that are the session's own.
fn carry_out(
    ledger: &mut Ledger,
    means: Means,
    kept: &Kept,
    known: &mut BTreeSet<i64>,
) -> Result<Became, StoreError> {
    let Means { permit, grace, now } = means;
    Ok(match &kept.order {
        Order::Queue {
            entries,
            events,
            drafts_done,
            standup,
        } => {
            let deed = deed(entries, events, grace, now);
            if !is_there(ledger, &deed, kept.at)? {
                let mut drafts = Vec::new();
                for name in drafts_done {
                    let there = ledger.draft(name)?;
                    let is_own = |there: Draft| known.contains(&there.mark) && there.saved_at <= kept.at;
                    if there.is_none_or(is_own) {
                        drafts.push(name.as_str());
                    }
                }
                let also = as_noted(standup, now);
                if plays::commit_with(ledger, permit, &deed, (&drafts, also), now)?.is_err() {
                    return drafted(ledger, &deed, drafts_done, now);
                }
            }
            Became::Saved
        }
        Order::Step { id, step } => return take_step(ledger, *id, step, kept.at, now),
        Order::TakeBack { act } => saved(plays::take_back(ledger, act, now)?.is_ok()),
        Order::Undo { act, back } => {
            let back = deed(back, &[], grace, now);
            let there = !back.entries.is_empty() && is_there(ledger, &back, kept.at)?;
            saved(there || plays::undo(ledger, permit, act, &back.entries, now)?.is_any())
        }
        // Noted once more, what happened in a standup is the same.
        Order::Standup { events } => {
            ledger.append(&as_noted(events, now), now)?;
            Became::Saved
        }
        Order::Warn { acts, standup } => {
            let acts = acts.iter().map(|(account, what)| WarningEvent {
                account: account.clone(),
                what: what.clone(),
            });
            let also = as_noted(standup, now);
            saved(warn(ledger, (&acts.collect::<Vec<_>>(), also), kept.at, now)?)
        }
        Order::GiveUpDamaged { id, why } => saved(ledger.give_up_damaged(*id, why, now)?),
        Order::SaveDraft { name, text } if is_newer(ledger, name, kept.at)? => {
            ledger.put_draft_beside(name, text, now)?;
            Became::Drafted
        }
        Order::SaveDraft { name, text } => {
            let put = ledger.put_draft_over(name, text, &|mark| known.contains(&mark), now)?;
            known.extend(put.mark);
            put.beside.map_or(Became::Saved, |_| Became::Drafted)
        }
        Order::KeepBeside { name, text } => {
            ledger.put_draft_beside(name, text, now)?;
            Became::Saved
        }
        Order::DropDraft { name, only_ours } => {
            let may_go =
                |there: Draft| there.saved_at <= kept.at && (!only_ours || known.contains(&there.mark));
            let may_go = ledger.draft(name)?.is_none_or(may_go);
            if may_go {
                ledger.drop_draft(name, now)?;
            }
            saved(may_go)
        }
    })
}

/// What was to be queued comes too late: its words are kept as a draft, unless the one that it was made of has them.
fn drafted(
    ledger: &mut Ledger,
    deed: &Deed,
    drafts_done: &[String],
    now: Timestamp,
) -> Result<Became, StoreError> {
    let Some((account, words)) = said_in(deed) else {
        return Ok(Became::TooLate);
    };
    for name in drafts_done {
        if ledger
            .draft(name)?
            .is_some_and(|draft| has_all(&draft.body, &words))
        {
            return Ok(Became::Drafted);
        }
    }
    ledger.put_draft_beside(&format!("note:{account}"), &words, now)?;
    Ok(Became::Drafted)
}

fn saved(is_saved: bool) -> Became {
    if is_saved { Became::Saved } else { Became::TooLate }
}

/// Whether a draft was saved after this moment.
fn is_newer(ledger: &Ledger, name: &str, at: Timestamp) -> Result<bool, StoreError> {
    Ok(ledger.draft(name)?.is_some_and(|draft| draft.saved_at > at))
}

/// Takes a step unless another one came since; the words of one that comes too late become a draft.
fn take_step(
    ledger: &mut Ledger,
    id: EntryId,
    step: &Step,
    at: Timestamp,
    now: Timestamp,
) -> Result<Became, StoreError> {
    let Some(entry) = ledger.entry(id)? else {
        return Ok(Became::TooLate);
    };
    if let Step::Revised { write, .. } = step
        && *write == entry.new.write
    {
        return Ok(Became::Saved);
    }
    if entry.since <= at && ledger.step(id, step, now)?.is_ok() {
        return Ok(Became::Saved);
    }
    let (Step::Revised { write, .. }, Some(account)) = (step, &entry.new.account) else {
        return Ok(Became::TooLate);
    };
    let words = words_of(write, &entry.new.write);
    if words.is_empty() {
        return Ok(Became::TooLate);
    }
    ledger.put_draft_beside(&format!("note:{account}"), &words, now)?;
    Ok(Became::Drafted)
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

/// Notes what was said of warnings, unless that was noted after all.
fn warn(
    ledger: &mut Ledger,
    (acts, also): (&[WarningEvent], Vec<NewEvent>),
    since: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    for act in acts {
        let (kind, payload) = act.stored();
        let noted = ledger.events(Some(&act.account), &[kind.as_str()])?;
        let is_it = |event: &crate::store::Event| {
            event.here && event.recorded_at >= since && event.payload == payload
        };
        if noted.iter().any(is_it) {
            return Ok(true);
        }
    }
    Ok(note_warnings_with(ledger, acts, also, now)?.is_ok())
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
            .any(|noted| noted.here && noted.recorded_at >= since && noted.payload == payload)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
#[path = "recovery_tests.rs"]
mod tests;
