//! Parse, run, turn an error kind into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    retain::cli::main()
}
