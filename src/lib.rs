//! `retain`: the terminal cockpit for customer success.
//!
//! `ARCHITECTURE.md` at the root of the repository explains the rooms and the rules between them.

pub mod app;
pub mod cli;
pub mod config;
pub mod crm;
pub mod demo;
pub mod domain;
pub mod engine;
pub mod runtime;
pub mod store;
pub mod sync;
pub mod ui;
