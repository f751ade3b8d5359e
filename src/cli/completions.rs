//! `retain completions`: completion scripts for shells.

use clap_complete::Shell;

use super::context::Context;
use super::error::CliError;
use super::flags;

/// Prints a completion script.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The shell to complete in
    pub shell: Shell,
}

/// Prints the script for the shell that was asked for.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut flags::command(), "retain", &mut script);
    context.output.raw(&script)
}
