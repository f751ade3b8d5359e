//! Writing to the embedded CRM over HTTP: the outbox is sent, whatever goes wrong on the way.

pub mod bench;
mod correcting;
mod crash;
mod doubt;
mod edits;
pub mod faults;
mod meddler;
mod once;
mod plays;
mod poison;
mod read_only;
mod refused;
mod sending;
mod turns;
mod undo;
mod unheard;
