//! After a sync or at the day's turn: interpretation, rescoring, signals, read models.
//!
//! The same code serves the cockpit and cron. Everything here is a function of the cache, the ledger,
//! the configuration and the time that is given: the same in, the same out, byte for byte.

mod account_view;
mod alarms;
mod band_since;
mod bands;
mod belongings;
mod budget;
mod bulk;
mod cannot_tell;
mod churns;
mod colleagues;
mod columns;
mod complaints;
mod contracts_then;
mod contradictions;
mod departures;
mod desk;
pub mod editable;
mod error;
pub mod feeds;
mod find;
mod first_looks;
mod handoffs;
pub mod interpret;
mod journal;
mod judge;
mod judging;
mod lives;
mod lost;
mod measures;
mod models;
mod moment;
mod nps;
mod past;
mod past_risks;
mod people;
pub mod playback;
pub mod plays;
mod promises;
mod queue;
mod refresh;
mod retell;
mod route;
mod route_weeks;
mod rows;
mod score_ledger;
mod segment_history;
mod segments;
pub mod signals;
mod subject;
mod summarise;
mod timeline;
mod turning;
mod unlinked;
mod unseen;
mod wanted;
mod warnings;
mod what_if;
mod world;

pub use account_view::{account_view, account_view_since, account_views};
pub use alarms::{alarms, judge_churn};
pub use bulk::{bulks, plan, standings};
pub use colleagues::colleagues;
pub use desk::desk;
#[cfg(test)]
mod tests;

pub use error::EngineError;
pub use find::find_account;
pub use handoffs::{now as handoffs_now, one as handoff};
pub use lives::{NotOpen, note_warnings};
pub use models::of_same_version as model_of_same_version;
pub use nps::nps;
pub use past_risks::{PastRisk, Stood, risks_as_of};
pub use queue::counts as cannot_tell;
pub use queue::{Survey, narrowed, searchable};
pub use refresh::{What, keep_desk, refresh, refresh_between, update};
pub use retell::retell;
pub use route::{questions, whose};
pub use route_weeks::route_weeks;
pub use score_ledger::{BookLine, Window, book_between, score_ledger};
pub use turning::turn_back;
pub use unseen::{Unseen, unseen, unseen_overrides};
pub use world::{Base, base};
