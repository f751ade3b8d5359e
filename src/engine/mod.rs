//! After a sync or at the day's turn: interpretation, rescoring, signals, read models.
//!
//! The same code serves the cockpit and cron. Everything here is a function of the cache, the ledger,
//! the configuration and the time that is given: the same in, the same out, byte for byte.

mod belongings;
mod desk;
mod error;
mod handoffs;
pub mod interpret;
mod judge;
mod past;
mod refresh;
mod summarise;
mod warnings;
mod world;

pub use desk::desk;
#[cfg(test)]
mod tests;

pub use error::EngineError;
pub use refresh::{What, refresh, update};
