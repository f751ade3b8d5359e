//! The pure core of the cockpit: a model, what happened to it, and the orders that follow.
//!
//! [`update`](update::update) is a pure function from a model and a [`Msg`] to a changed model and [`Cmd`]s.
//! No terminal, no thread, no clock, no file lives here: time comes in as `Msg::Clock`, answers as messages.
//! `runtime` turns the world into messages and carries orders out; `ui` draws the model and changes nothing.

pub mod account;
pub mod accounts;
pub mod action;
pub mod cmd;
pub mod column;
pub mod cursor;
pub mod deadline;
pub mod desks;
pub mod editor;
pub mod failure;
pub mod input;
pub mod key;
pub mod keymap;
pub mod layout;
pub mod model;
pub mod msg;
pub mod outbox;
pub mod overlay;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::missing_panics_doc)]
pub mod play;
pub mod queue;
pub mod queue_filter;
pub mod reading;
pub mod redaction;
pub mod run;
pub mod span;
pub mod standup;
pub mod step;
pub mod sync_line;
#[cfg(test)]
mod tests;
pub mod update;

pub use self::cmd::{Cmd, RunId, WriteCmd};
pub use self::deadline::deadline;
pub use self::failure::{Failure, FailureKind};
pub use self::key::Key;
pub use self::model::{Model, Start};
pub use self::msg::{
    AccountMsg, BookMsg, DeskMsg, Msg, NpsMsg, OutboxMsg, RoutingMsg, StandupMsg, SyncMsg, TerminalMsg,
};
pub use self::update::update;
