//! The impure shell of the cockpit: terminal, event loop, executor, clock.
//!
//! Everything that touches the world on behalf of the cockpit lives here. Rules about accounts do
//! not: they are in `app` (what happens on a key) and `domain` (what things mean).

pub mod clock;
pub mod process;
