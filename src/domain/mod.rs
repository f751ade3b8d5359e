//! The rules of customer success: pure types and functions.
//!
//! What lives here knows no I/O, no clock, no async and no vendor's words. Time and money come in as
//! values; whatever is not known is `None` or an explicit "unknown", never zero.

pub mod account_view;
pub mod acts;
pub mod ascii;
pub mod base32;
pub mod book;
pub mod calendar;
pub mod contract;
pub mod countdown;
pub mod desk;
pub mod expression;
pub mod goal;
pub mod handoff;
pub mod health;
pub mod html;
pub mod instant;
pub mod load;
pub mod money;
pub mod nps;
pub mod outbox;
pub mod overtaken;
pub mod period;
pub mod playbook;
pub mod rates;
pub mod reach;
pub mod record;
pub mod redaction;
pub mod risk;
pub mod role;
pub mod routing;
pub mod signal;
pub mod standup;
pub mod summary;
pub mod team;
pub mod team_journal;
pub mod team_table;
pub mod text;
pub mod unread;
pub mod values;
pub mod vocabulary;
pub mod warning;
pub mod wilson;
pub mod words;
pub mod wrap;
