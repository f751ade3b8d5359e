//! Questions, one line each: on standard error, so that standard output stays the answer's.

use std::io::BufRead;

use crate::cli::error::CliError;
use crate::cli::output::complain;

/// Asks a person, or takes the default everywhere with `--yes`.
#[derive(Debug, Clone, Copy)]
pub struct Prompts {
    /// Nobody is asked.
    pub yes: bool,
}

impl Prompts {
    /// A text; the default with an empty line. `flag` says how to answer without being asked.
    pub fn text(self, question: &str, default: Option<&str>, flag: &str) -> Result<String, CliError> {
        if self.yes {
            return default.map(str::to_owned).ok_or_else(|| {
                CliError::usage(format!("nobody can be asked: {question}"))
                    .hint(format!("say it with {flag}"))
            });
        }
        loop {
            let shown = default.map(|default| format!(" [{default}]")).unwrap_or_default();
            complain(&format!("{question}{shown}"));
            let answer = line(flag)?;
            match (answer.is_empty(), default) {
                (false, _) => return Ok(answer),
                (true, Some(default)) => return Ok(default.to_owned()),
                (true, None) => complain("An answer is needed."),
            }
        }
    }

    /// The same for an answer that has to mean something: a person is told why it does not, and asked again.
    pub fn meaning<T>(
        self,
        question: &str,
        default: Option<&str>,
        flag: &str,
        read: impl Fn(&str) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        loop {
            match read(&self.text(question, default, flag)?) {
                Err(error) if !self.yes => complain(&error.to_text()),
                outcome => return outcome,
            }
        }
    }

    /// Yes or no. With `--yes` it is what `unasked` says.
    pub fn confirm(self, question: &str, default: bool, unasked: bool, flag: &str) -> Result<bool, CliError> {
        if self.yes {
            return Ok(unasked);
        }
        loop {
            complain(&format!("{question} [{}]", if default { "Y/n" } else { "y/N" }));
            if let Some(answer) = yes_or_no(&line(flag)?, default) {
                return Ok(answer);
            }
            complain("Answer y or n.");
        }
    }
}

/// What an answer means; an empty one is the default, anything but yes or no means nothing.
fn yes_or_no(answer: &str, default: bool) -> Option<bool> {
    match answer.to_lowercase().as_str() {
        "" => Some(default),
        "y" | "yes" => Some(true),
        "n" | "no" => Some(false),
        _ => None,
    }
}

fn line(flag: &str) -> Result<String, CliError> {
    let mut line = String::new();
    if std::io::stdin().lock().read_line(&mut line)? == 0 {
        let hint = if flag == "--yes" {
            "give --yes".to_owned()
        } else {
            format!("give {flag}, and --yes to take the defaults")
        };
        return Err(CliError::usage("there is nobody to answer the question").hint(hint));
    }
    Ok(line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_and_no_are_answers() {
        assert_eq!(yes_or_no("", true), Some(true));
        assert_eq!(yes_or_no("", false), Some(false));
        assert_eq!(yes_or_no("Yes", false), Some(true));
        assert_eq!(yes_or_no("N", true), Some(false));
        for other in ["maybe", "yesterday", "nope", "0"] {
            assert_eq!(yes_or_no(other, true), None, "{other}");
        }
    }
}
