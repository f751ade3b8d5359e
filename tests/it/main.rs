//! One integration binary.
mod store;
