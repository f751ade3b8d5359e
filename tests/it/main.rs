//! One integration binary.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod adapter;
mod answers;
mod answers_again;
mod asked_anew;
mod between;
mod bulk;
mod colleagues;
mod commands;
mod connect;
mod contract;
mod crash;
mod denied;
mod doctor;
mod driver;
mod e2e;
mod erasure;
mod feeds;
mod fixing;
mod full;
mod handoffs;
mod hardship;
mod health;
mod json_fields;
mod keeping;
mod ledger;
mod live;
mod mailed;
mod meanwhile;
mod mending;
mod never_waits;
mod nps;
mod outbox;
mod outbox_screen;
mod partial;
mod push;
mod read_only;
mod reading;
mod redaction;
mod rig;
mod routing;
mod routing_desk;
mod screenshots;
mod scripted;
mod sending;
mod signals;
mod standup;
mod store;
mod sync;
mod sync_rules;
mod team_journal;
mod tidy;
mod told;
mod transport;
mod trouble;
mod two_people;
mod warnings;
mod ways_out;
mod writing;

use full::in_full;

/// So many of the full count of a harness.
fn share(full: u32) -> u32 {
    full::share(full, u32::MAX)
}
