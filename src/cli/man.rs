//! `retain man`: the manual page.

use super::context::Context;
use super::error::CliError;
use super::flags;

/// Print the manual page
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Read it with `retain man | man -l -`.")]
pub struct Args {}

/// Prints the manual page of the whole program, one section per subcommand.
pub fn run(_: &Args, context: &Context) -> Result<(), CliError> {
    let mut page = Vec::new();
    let command = flags::command_without_help();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    for subcommand in command.get_subcommands().filter(|command| !command.is_hide_set()) {
        clap_mangen::Man::new(subcommand.clone()).render(&mut page)?;
    }
    context.output.raw(&page)
}
