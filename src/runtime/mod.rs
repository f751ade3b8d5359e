//! The impure shell of the cockpit: terminal, event loop, executor, clock.
//!
//! Everything that touches the world on behalf of the cockpit lives here. Rules about accounts do
//! not: they are in `app` (what happens on a key) and `domain` (what things mean).

mod beside;
mod bulk;
pub mod clipboard;
pub mod clock;
mod compose;
pub mod compute;
pub mod connection;
pub mod curtain;
pub mod enable_writes;
pub mod event_loop;
pub mod exec;
mod feeds;
pub mod heartbeat;
pub mod idle;
pub mod inbox;
pub mod input;
pub mod job;
mod keep_weights;
pub mod lookout;
pub mod opener;
pub mod outbox;
pub mod outbox_view;
pub mod own_file;
pub mod process;
pub mod pushing;
pub mod reader;
pub mod recovery;
pub mod rescoring;
pub mod scoring;
pub mod screen;
pub mod signals;
mod standup;
pub mod sync_thread;
pub mod team_journal;
mod team_thread;
pub mod terminal;
mod threads;
pub mod unwritten;
pub mod watch;
pub mod worker;
pub mod writer;
