//! A warning's life: what the journal's events about one signal on one account add up to.
//!
//! opened → acknowledged → plan in place → recovered, lost, gone, withdrawn or accepted. Nothing is stored but [`WarningEvent`]s; a
//! [`Life`] is a fold over them and never changed by assignment. A person closes a warning with a [`Verdict`]; from then
//! on it is silent until its condition has cleared and holds again, or is worse by the signal's `rearm`.

pub mod alarms;
pub mod budget;
mod event;
pub mod gauge;
mod life;
mod line;
mod report;
mod state;

pub use event::{
    Acknowledged, Closed, KINDS, Level, Opened, PERSONS, Planned, Snoozed, Verdict, Waking, WarningEvent,
    What, sleeps,
};
pub use gauge::Gauge;
pub use life::{Act, Done, End, Life, Lives, Noted};
pub use line::{Closing, Line, Shelf, Snooze};
pub use report::{AlarmReport, Avoidable, CaseLine, ChurnRecord, FirstWarning, SignalReport, Suggestion};
pub use state::{Plan, Stage, plans};

#[cfg(test)]
mod tests;
