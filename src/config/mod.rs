//! What people may set: layers, parsing, diagnostics with line and column.
//!
//! [`load()`] reads the shipped files, the team's, the user's, the environment and the flags, in this
//! order; later ones win. What a key means is not decided here.

mod address;
mod condition;
pub mod diagnostic;
pub mod edit;
pub mod feeds;
pub mod fields;
mod file;
#[cfg(test)]
mod handoffs_tests;
mod keyed;
pub mod keys;
pub mod load;
pub mod mapping;
mod names;
mod origins;
pub mod paths;
mod place;
pub mod playbooks;
mod reader;
mod routing;
pub mod secret;
pub mod settings;
mod slip;
pub mod tree;

pub use condition::condition;
pub use diagnostic::Diagnostic;
pub use load::{Dirs, Loaded, Override, Setup, environment, load, mapping_with, signals_with};
pub use names::words_of;
pub use origins::KeyOrigin;
