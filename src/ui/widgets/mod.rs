//! Small things that several panes draw with.

pub mod border;
pub mod chart;
pub mod spark;
pub mod spinner;
