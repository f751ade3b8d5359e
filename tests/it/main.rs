//! One integration binary.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod adapter;
mod answers;
mod commands;
mod connect;
mod contract;
mod crash;
mod doctor;
mod driver;
mod e2e;
mod erasure;
mod fixing;
mod hardship;
mod health;
mod keeping;
mod ledger;
mod never_waits;
mod outbox;
mod outbox_screen;
mod push;
mod read_only;
mod reading;
mod rig;
mod screenshots;
mod scripted;
mod sending;
mod store;
mod sync;
mod sync_rules;
mod tidy;
mod told;
mod transport;
mod trouble;
mod two_people;
mod ways_out;
mod writing;
