//! Where the CRM's token comes from: a command, a private file, the kernel's keyring or the environment.
//!
//! A profile names exactly one source, and there is no fallback to another. A token never appears in an
//! error, a log or `Debug`; the error texts here name the source, not what it gave.

mod command;
mod file;
mod keyring;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

pub use file::expand;

/// Most bytes that a source may give.
const MOST_BYTES: usize = 8 * 1024;

/// A token. `Debug` prints `…`; the only way to the text is [`Secret::expose`].
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes what a source gave: one line of printable ASCII, whatever stands around it cut off.
    pub fn parse(raw: &[u8]) -> Result<Self, SecretError> {
        if raw.len() > MOST_BYTES {
            return Err(SecretError::TooLong);
        }
        let text = raw.trim_ascii();
        if text.is_empty() {
            return Err(SecretError::Empty);
        }
        if !text.iter().all(u8::is_ascii_graphic) {
            return Err(SecretError::NotAToken);
        }
        Ok(Self(String::from_utf8_lossy(text).into_owned()))
    }

    /// The token itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// Why there is no token. None of these ever quotes what a source gave.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The profile names no source.
    #[error(
        "no token source is configured: set one of token_command, token_file, keyring or token_env in the profile"
    )]
    NoSource,
    /// The profile names several.
    #[error("several token sources are configured ({0}): keep exactly one")]
    SeveralSources(String),
    /// The source gave nothing.
    #[error("the token source gave nothing")]
    Empty,
    /// More than 8 KiB came.
    #[error("the token source gave more than 8 KiB")]
    TooLong,
    /// Spaces, line breaks or other characters that no token has.
    #[error("the token source gave something that is not one line of printable ASCII")]
    NotAToken,
    /// The command could not be started, failed or took too long.
    #[error("the token command `{program}` {reason}")]
    Command {
        /// Its first word.
        program: String,
        /// What happened.
        reason: String,
    },
    /// The file cannot be used.
    #[error("the token file {} {reason}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The keyring does not have the key.
    #[error("the kernel keyring has no readable key `{key}` ({reason})")]
    Keyring {
        /// Its description.
        key: String,
        /// What the kernel said.
        reason: String,
    },
    /// The variable is not set.
    #[error("the environment variable {0} with the token is not set")]
    Environment(String),
}

/// The keys of a profile that say where the token comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenSettings {
    /// Program and arguments; its standard output is the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_command: Option<Vec<String>>,
    /// A file that only its owner can read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_file: Option<PathBuf>,
    /// The kernel's keyring has it under `retain:PROFILE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keyring: Option<bool>,
    /// Name of an environment variable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_env: Option<String>,
}

/// Where the token comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenSource {
    /// The output of a program: an argument list, never a shell.
    Command(Vec<String>),
    /// A file that only its owner can read.
    File(PathBuf),
    /// A key of type `user` in the kernel's keyring, by its description.
    Keyring(String),
    /// An environment variable, by name.
    Environment(String),
}

impl TokenSource {
    /// The one source that the profile names.
    pub fn configured(settings: &TokenSettings, profile: &str) -> Result<Self, SecretError> {
        let command = settings.token_command.clone().filter(|words| !words.is_empty());
        let sources = [
            command.map(Self::Command),
            settings.token_file.clone().map(Self::File),
            (settings.keyring == Some(true)).then(|| Self::Keyring(format!("retain:{profile}"))),
            settings.token_env.clone().map(Self::Environment),
        ];
        let mut named: Vec<Self> = sources.into_iter().flatten().collect();
        match named.len() {
            0 => Err(SecretError::NoSource),
            1 => Ok(named.remove(0)),
            _ => {
                let names: Vec<&str> = named.iter().map(Self::key).collect();
                Err(SecretError::SeveralSources(names.join(", ")))
            }
        }
    }

    /// Asks the source. Blocks up to ten seconds for a command, which does not inherit these variables.
    pub fn read(&self, secrets: &[String]) -> Result<Secret, SecretError> {
        self.read_within(command::LONGEST, secrets)
    }

    fn read_within(&self, longest: Duration, secrets: &[String]) -> Result<Secret, SecretError> {
        let raw = match self {
            Self::Command(words) => command::run(words, secrets, longest)?,
            Self::File(path) => file::read(path)?,
            Self::Keyring(key) => keyring::read(key)?,
            Self::Environment(name) => std::env::var_os(name)
                .ok_or_else(|| SecretError::Environment(name.clone()))?
                .into_encoded_bytes(),
        };
        Secret::parse(&raw)
    }

    /// The source as the question that the CRM's transport asks. `secrets` are the variables that hold tokens, of
    /// whatever profile: a command does not inherit them. One that has not ended by then is ended: nobody waits for it any more.
    pub fn asker(
        self,
        secrets: Vec<String>,
        until: Option<Instant>,
    ) -> Arc<dyn Fn() -> Result<String, String> + Send + Sync> {
        Arc::new(move || {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            let longest = left.map_or(command::LONGEST, |left| left.min(command::LONGEST));
            match self.read_within(longest, &secrets) {
                Ok(secret) => Ok(secret.expose().to_owned()),
                Err(error) => Err(error.to_string()),
            }
        })
    }

    /// What `doctor` calls it; arguments of a command are left out, they may be private.
    pub fn describe(&self) -> String {
        match self {
            Self::Command(words) => format!("command `{}`", words.first().map_or("", String::as_str)),
            Self::File(path) => format!("file {}", path.display()),
            Self::Keyring(key) => format!("kernel keyring, key `{key}`"),
            Self::Environment(name) => format!("environment variable {name}"),
        }
    }

    /// Why this source is not a good one, if so.
    pub fn warning(&self) -> Option<&'static str> {
        matches!(self, Self::Environment(_)).then_some(
            "the token comes from the environment, where every child process can read it; \
             a token_command, a token_file or the keyring is safer",
        )
    }

    fn key(&self) -> &'static str {
        match self {
            Self::Command(_) => "token_command",
            Self::File(_) => "token_file",
            Self::Keyring(_) => "keyring",
            Self::Environment(_) => "token_env",
        }
    }
}
