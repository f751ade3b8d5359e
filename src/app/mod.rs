//! The pure core: model, messages, commands, update. No I/O, no clock.
