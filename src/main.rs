//! Parse, run, turn an error kind into an exit code.
fn main() {}
