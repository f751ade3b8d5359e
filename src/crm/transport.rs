//! One place that attaches the token, checks the origin, waits and retries.
//!
//! No vendor's words here: the adapter says which paths may be posted to for reading, and how to read
//! a refusal.

pub mod options;

pub use options::{AskToken, Proxying, Sharing, TransportOptions};
