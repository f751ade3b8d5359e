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
    context.output.raw(&script(args.shell))
}

fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    let mut command = flags::command_for_completions();
    clap_complete::generate(shell, &mut command, "retain", &mut script);
    script
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn no_script_offers_what_help_does_not_show() {
        for shell in Shell::value_variants() {
            let script = String::from_utf8_lossy(&script(*shell)).into_owned();
            for hidden in ["idle-file", "panic-in"] {
                assert!(!script.contains(hidden), "{shell}: {hidden}");
            }
            for shown in [
                "token-command",
                "backup",
                "origin",
                "read-only",
                "help",
                "version",
            ] {
                assert!(script.contains(shown), "{shell}: {shown}");
            }
        }
    }
}
