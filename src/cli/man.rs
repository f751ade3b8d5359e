//! `retain man`: the manual page.

use clap::CommandFactory;

use super::Cli;
use super::context::Context;
use super::error::CliError;

/// Prints the manual page (roff); read it with `retain man | man -l -`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {}

/// Prints the manual page of the whole program, one section per subcommand.
pub fn run(_: &Args, context: &Context) -> Result<(), CliError> {
    let mut page = Vec::new();
    let mut command = Cli::command();
    command.build();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for subcommand in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        clap_mangen::Man::new(subcommand.clone()).render(&mut page)?;
    }
    context.output.raw(&page)
}
