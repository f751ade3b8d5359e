//! What an act rests on, beside the values that it changes: that a handoff, a step or a promise is still where the person
//! saw it. Somebody may have been faster while a form was open; then nothing of the act is kept.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::desk::HandoffCard;
use super::handoff::{self, Head, Outcome};
use super::outbox::{Field, NewEntry, Target, Write};
use super::playbook::{Deed, Run, StepState, What};
use super::record::Core;
use super::words;

/// What somebody did first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overtaken {
    /// Who, raw: a name or an address; `None` where that is not known.
    pub who: Option<String>,
    /// What they did, in words, raw: `returned it`.
    pub did: String,
    /// When (UTC).
    pub when: Timestamp,
}

/// What an act rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RestsOn {
    /// That a handoff has no event with this number, and no later one.
    Handoff {
        /// Its id.
        handoff: String,
        /// The number that the act's own event has.
        number: u32,
    },
    /// That nobody said what became of a promise.
    Promise {
        /// Its task.
        task: Target,
    },
    /// That a step is open, and its run neither given up nor paused.
    Step {
        /// Id of the run.
        run: String,
        /// Id of the step.
        step: String,
    },
}

impl RestsOn {
    /// All that an act rests on.
    pub fn of(deed: &Deed) -> Vec<Self> {
        let events = deed.events.iter().filter_map(|event| match &event.what {
            What::Done { run, step } | What::Skipped { run, step, .. } => Some(Self::Step {
                run: run.clone(),
                step: step.clone(),
            }),
            _ => None,
        });
        let of_notes = deed.entries.iter().filter_map(|entry| {
            let said = Said::by(&entry.write)?;
            match said {
                Said::Event(event) if event.number > 1 => Some(Self::Handoff {
                    handoff: event.handoff,
                    number: event.number,
                }),
                Said::Event(_) => None,
                Said::Outcome(_) => deed
                    .entries
                    .iter()
                    .find_map(completed)
                    .map(|task| Self::Promise { task: task.clone() }),
            }
        });
        of_notes.chain(events).collect()
    }
}

/// What a note that we write says of a handoff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// It is an event of one.
    Event(handoff::HandoffEvent),
    /// It tells what became of a promise.
    Outcome(Outcome),
}

impl Said {
    /// What a write says that makes a note; `None` where it says nothing of the kind.
    pub fn by(write: &Write) -> Option<Self> {
        let fields = write.of_note()?;
        let text = |field| fields.get(&Field::Core(field)).map_or("", String::as_str);
        let lines: Vec<String> = text(Core::Body).lines().map(str::to_owned).collect();
        let when = text(Core::Occurred).parse().unwrap_or_default();
        let event = handoff::parse(&lines, when).map(Self::Event);
        event.or_else(|| Outcome::parse(&lines, when).map(Self::Outcome))
    }
}

/// The task that an entry completes.
fn completed(entry: &NewEntry) -> Option<&Target> {
    entry
        .write
        .closes()
        .filter(|(_, closes)| *closes)
        .map(|(task, _)| task)
}

impl Overtaken {
    /// By an event of a handoff, as it was first seen.
    pub fn by_event(head: &Head) -> Self {
        Self {
            who: head.by.clone(),
            did: format!("{} it", words::handoff(head.state)),
            when: head.when,
        }
    }

    /// By what somebody said of a promise.
    pub fn by_outcome(said: &Outcome) -> Self {
        let not = if said.kept { "" } else { "not " };
        Self {
            who: said.by.clone(),
            did: format!("said that it was {not}kept"),
            when: said.when,
        }
    }

    /// By a newer state of the handoff than a reply was begun on, whose last event had this number.
    pub fn by_card(newest: &HandoffCard, last: u32) -> Option<Self> {
        if newest.last <= last {
            return None;
        }
        let since = newest.events.iter().find(|event| event.number > last);
        Some(since.map_or_else(
            || Self {
                who: None,
                did: "noted something of it that does not count".to_owned(),
                when: newest.when,
            },
            |event| Self {
                who: event.by.clone(),
                did: format!("{} it", words::handoff(event.state)),
                when: event.when,
            },
        ))
    }

    /// By what became of a step, or of its run.
    pub fn by_run(run: &Run, step: &str) -> Option<Self> {
        let by_us = |did: &str, when: &Timestamp| Self {
            who: None,
            did: did.to_owned(),
            when: *when,
        };
        if let Some((when, _)) = &run.abandoned {
            return Some(by_us("gave its run up", when));
        }
        let step = run.step(step)?;
        let did = match &step.state {
            StepState::Open => return run.paused.as_ref().map(|(when, _)| by_us("paused its run", when)),
            StepState::Done if step.closed_in_crm => "completed its task in the CRM",
            StepState::Done => "did it",
            StepState::Skipped { .. } => "left it out",
        };
        Some(Self {
            who: step.by.clone(),
            ..by_us(did, &step.since)
        })
    }

    /// It in one sentence without a full stop, for somebody in this zone at this instant: `Ida Berg returned it today at
    /// 10:05: what you wrote cannot follow that`.
    pub fn told(&self, now: Timestamp, zone: &TimeZone) -> String {
        let here = |at: Timestamp| -> Zoned { at.to_zoned(zone.clone()) };
        let (now, when) = (here(now), here(self.when));
        format!(
            "{} {} {} at {}: what you wrote cannot follow that",
            self.who.as_deref().unwrap_or("somebody"),
            self.did,
            words::weekday(now.date(), when.date()),
            when.strftime("%H:%M")
        )
    }
}
