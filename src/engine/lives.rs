//! What the journal tells of an account's warnings: their lives, and the plans that runs of playbooks are.

use jiff::Timestamp;

use crate::domain::playbook::{self, PlayEvent};
use crate::domain::record::RecordId;
use crate::domain::warning::{KINDS, Lives, Noted, Plan, WarningEvent, What, plans};
use crate::domain::words::signal;
use crate::store::{Event, Ledger, NewEvent, StoreError};

/// The lives of an account's warnings, by its own events, in the journal's order.
pub fn lives<'a>(account: &RecordId, events: impl IntoIterator<Item = &'a Event>) -> Lives {
    let read = |event: &'a Event| {
        let read = WarningEvent::read(account, &event.kind, &event.payload)?;
        let noted = if event.here { Noted::Here } else { Noted::Elsewhere };
        Some((read, event.author.as_str(), event.effective_at, noted))
    };
    let events: Vec<_> = events.into_iter().filter_map(read).collect();
    Lives::of(
        events
            .iter()
            .map(|(event, by, at, noted)| (event, *by, *at, *noted)),
    )
}

/// The plans on an account, by its own events, oldest first.
pub fn plans_of(account: &RecordId, events: &[Event]) -> Vec<Plan> {
    let read = |event: &Event| {
        let read = PlayEvent::read(account, &event.kind, &event.payload)?;
        Some((read, event.author.clone(), event.effective_at))
    };
    let events: Vec<_> = events.iter().filter_map(read).collect();
    let runs = playbook::runs(events.iter().map(|(event, by, at)| (event, by.as_str(), *at)));
    plans(&runs)
}

/// The kinds of events that tell of warnings and of what is done about them.
pub fn kinds() -> Vec<&'static str> {
    KINDS.iter().chain(&playbook::KINDS).copied().collect()
}

/// An event as the journal gets it; kept to the millisecond, as it is read again.
pub fn noted(event: &WarningEvent, now: Timestamp) -> NewEvent {
    let (kind, payload) = event.stored();
    NewEvent {
        account: Some(event.account.clone()),
        kind,
        effective_at: now,
        payload,
    }
}

/// The ends of what still holds on an account that is not here any more: deleted, merged, or not ours.
pub fn gone(account: &RecordId, lives: &Lives, now: Timestamp) -> Vec<NewEvent> {
    let end = |signal: &str| {
        let what = What::Cleared {
            signal: signal.to_owned(),
            lost: false,
            gone: true,
        };
        let account = account.clone();
        noted(&WarningEvent { account, what }, kept(now))
    };
    lives.holding().map(end).collect()
}

/// An instant as the journal keeps it: to the millisecond.
pub fn kept(now: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// Why acts on warnings are not done, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotOpen(String);

impl std::fmt::Display for NotOpen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Notes what a person does to warnings, all or nothing; says why where one of them is not as the person saw it.
///
/// What is noted is never void: the look at the journal and the note are one transaction. The lock of scoring is not
/// taken, since a person would wait for all accounts: what a run concluded from before the act does not undo it.
pub fn note_warnings(
    ledger: &mut Ledger,
    acts: &[WarningEvent],
    now: Timestamp,
) -> Result<Result<(), NotOpen>, StoreError> {
    note_warnings_with(ledger, acts, Vec::new(), now)
}

/// The same with what else the journal gets, as what was decided in a standup.
pub fn note_warnings_with(
    ledger: &mut Ledger,
    acts: &[WarningEvent],
    also: Vec<NewEvent>,
    now: Timestamp,
) -> Result<Result<(), NotOpen>, StoreError> {
    let now = kept(now);
    let own = acts.iter().map(|act| noted(act, now));
    let events: Vec<NewEvent> = own.chain(also).collect();
    ledger.append_if(&events, &KINDS, |known| all_admitted(known, acts), now)
}

/// Whether persons' acts can be done after these events of their accounts; if not, why.
fn all_admitted(known: &[Event], acts: &[WarningEvent]) -> Result<(), NotOpen> {
    for act in acts {
        let of_account = known
            .iter()
            .filter(|event| event.account.as_ref() == Some(&act.account));
        let lives = lives(&act.account, of_account);
        admits(&lives, &act.what).map_err(|why| NotOpen(format!("{} {why}", signal(act.what.signal()))))?;
    }
    Ok(())
}

/// Whether a person's act can be done now; if not, why.
fn admits(lives: &Lives, what: &What) -> Result<(), String> {
    let Some(life) = lives.current(what.signal()) else {
        return Err("is not open on this account any more".to_owned());
    };
    match what {
        What::TakenBack { .. } if life.acts.is_empty() => Err("has nothing to take back".to_owned()),
        What::TakenBack { .. } => Ok(()),
        What::Roused { .. } if life.snooze().is_none() => Err("does not sleep".to_owned()),
        _ => match life.closing() {
            Some((closed, done)) => Err(format!(
                "was closed as {} by {} already",
                closed.verdict.word(),
                done.by
            )),
            None => Ok(()),
        },
    }
}
