//! Where the key comes from, asked of a person.

use crate::cli::error::CliError;
use crate::cli::output::complain;
use crate::config::secret::TokenSource;

use super::prompt::Prompts;

/// The words of a command: there is no shell.
pub fn split(command: &str) -> Vec<String> {
    command.split_whitespace().map(str::to_owned).collect()
}

/// Asks from where the key comes.
pub fn ask(name: &str, prompts: Prompts) -> Result<TokenSource, CliError> {
    const FLAGS: &str = "--token-command, --token-file, --keyring or --token-env";
    complain(
        "Where does the key come from? It is never typed here and never written into a file of ours.\n\
         1  a command that prints it, such as `pass show crm/key`\n\
         2  a file that only you can read\n\
         3  the kernel's keyring\n\
         4  an environment variable (not advised)",
    );
    let number = prompts.meaning("1, 2, 3 or 4?", None, FLAGS, |number| match number {
        "1" | "2" | "3" | "4" => Ok(number.to_owned()),
        _ => Err(CliError::usage(format!("`{number}` is none of the four"))),
    })?;
    match number.as_str() {
        "1" => Ok(TokenSource::Command(split(&prompts.text(
            "Which command?",
            None,
            FLAGS,
        )?))),
        "2" => prompts.meaning("Which file?", None, FLAGS, |path| {
            answering(TokenSource::File(path.into()))
        }),
        "3" => Ok(TokenSource::Keyring(format!("retain:{name}"))),
        _ => prompts.meaning("Which variable?", None, FLAGS, |variable| {
            answering(TokenSource::Environment(variable.to_owned()))
        }),
    }
}

/// A source that has a token to give: what is wrong with it is told while it can be answered anew.
fn answering(source: TokenSource) -> Result<TokenSource, CliError> {
    match source.read(&[]) {
        Ok(_) => Ok(source),
        Err(error) => Err(CliError::usage(error.to_string())),
    }
}
