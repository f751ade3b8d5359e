//! What the journal tells of an account's warnings: their lives, and the plans that runs of playbooks are.

use jiff::Timestamp;

use crate::domain::playbook::{self, PlayEvent};
use crate::domain::record::RecordId;
use crate::domain::warning::{KINDS, Lives, Plan, WarningEvent, What, plans};
use crate::store::{Event, Ledger, NewEvent, StoreError};

/// The lives of an account's warnings, by its own events, oldest first.
pub fn lives(account: &RecordId, events: &[Event]) -> Lives {
    let read = |event: &Event| {
        let read = WarningEvent::read(account, &event.kind, &event.payload)?;
        Some((read, event.author.clone(), event.effective_at))
    };
    let events: Vec<_> = events.iter().filter_map(read).collect();
    Lives::of(events.iter().map(|(event, by, at)| (event, by.as_str(), *at)))
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

/// The lives of an account's warnings and the plans on it, as they were known by then.
pub fn of_account(
    ledger: &Ledger,
    account: &RecordId,
    until: Option<Timestamp>,
) -> Result<(Lives, Vec<Plan>), StoreError> {
    let mut events = ledger.events(Some(account), &kinds())?;
    events.retain(|event| until.is_none_or(|until| event.recorded_at <= until));
    Ok((lives(account, &events), plans_of(account, &events)))
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
/// No lock is needed: what another program notes in between makes the act void in the fold, never the fold wrong.
pub fn note_warnings(
    ledger: &mut Ledger,
    acts: &[WarningEvent],
    now: Timestamp,
) -> Result<Result<(), NotOpen>, StoreError> {
    let now = kept(now);
    for act in acts {
        let (lives, _) = of_account(ledger, &act.account, None)?;
        if let Err(why) = admits(&lives, &act.what) {
            return Ok(Err(NotOpen(format!("{} {why}", act.what.signal()))));
        }
    }
    let events: Vec<NewEvent> = acts.iter().map(|act| noted(act, now)).collect();
    ledger.append(&events, now)?;
    Ok(Ok(()))
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
