//! The impure shell of the cockpit: terminal, event loop, executor, clock.
