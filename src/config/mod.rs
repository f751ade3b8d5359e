//! What people may set: layers, parsing, diagnostics with line and column.

pub mod mapping;
pub mod secret;
