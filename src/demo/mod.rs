//! The embedded CRM: a HubSpot-compatible server on loopback and the book that it serves.
//!
//! Three rooms: [`portal`] holds records, links, schema and clock; `book` fills a portal with the
//! story of Alder & Finch; `http` speaks HubSpot's `2026-09` API over it. [`faults`] makes answers go
//! wrong on purpose. Nothing here knows the adapter in `crm`: the two share no types, so that a wrong
//! one cannot agree with itself.

mod book;
mod connection;
pub mod faults;
mod http;
pub mod limits;
pub mod portal;
pub mod process;
pub mod server;

use std::time::Duration;

use jiff::Timestamp;

pub use book::{FISCAL_YEAR_START, GOALS, ME, Member, PORTAL, RATES, member, roster, token};
pub use faults::{Faults, FaultsError, THERE_IS};
pub use portal::{ObjectType, Portal};
pub use process::run;
pub use server::{DemoError, DemoServer, Logged, start};

/// How the embedded CRM is to be started.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Size of the book. Up to 100: my customers, in a team with sixteen times as many. Above 1,600: all
    /// customers of the portal, 100 of them mine. There are always twice as many prospects.
    pub accounts: u32,
    /// Same seed and same `now`: same bytes.
    pub seed: u64,
    /// The token that is accepted; derived from the seed when left out. `TOKEN-NAME` counts as another app of the same portal.
    pub token: Option<String>,
    /// The portal's present: every date of the book is relative to it.
    pub now: Timestamp,
    /// Whether the portal's clock runs on from `now`; otherwise it moves only with writes and by [`Portal::advance`].
    pub ticks: bool,
    /// What goes wrong on purpose.
    pub faults: Faults,
    /// Whether HubSpot's real rate limits hold.
    pub limits: bool,
    /// How far apart the steps are in which the world moves by itself, by the portal's clock; it stands still without
    /// (only in [`run`]).
    pub live: Option<Duration>,
    /// Whether the process ends when its parent does (only in [`run`]).
    pub die_with_parent: bool,
}

impl DemoOptions {
    /// The default book (100 accounts, seed 1) on a free port, clock standing, no faults, no limits.
    pub fn new(now: Timestamp) -> Self {
        Self {
            port: 0,
            accounts: 100,
            seed: 1,
            token: None,
            now,
            ticks: false,
            faults: Faults::default(),
            limits: false,
            live: None,
            die_with_parent: false,
        }
    }
}
