//! What a command can end with: kinds, hints, exit codes, and the one printer.

use std::fmt::Write;
use std::io;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::crm::CrmError;
use crate::engine::EngineError;
use crate::store::StoreError;

/// Why a command ended, as far as a script needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// It did not work: exit code 1.
    Failed,
    /// The command line or the configuration is wrong: exit code 2.
    Usage,
    /// The CRM does not accept the token, or there is none: exit code 3.
    Authentication,
    /// The CRM cannot be reached or its rate limit is used up: exit code 4.
    Unreachable,
    /// The reader of our output has gone away, which is its right: exit code 0.
    BrokenPipe,
    /// A signal ended it: the process ends by that signal, as its parent expects.
    Signal(i32),
    /// A thread panicked, which is told already: exit code 1.
    Defect,
}

impl FailureKind {
    /// The documented exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::BrokenPipe => 0,
            Self::Failed | Self::Defect => 1,
            Self::Usage => 2,
            Self::Authentication => 3,
            Self::Unreachable => 4,
            Self::Signal(signal) => 128_u8.saturating_add(u8::try_from(signal).unwrap_or(0)),
        }
    }
}

impl FailureKind {
    /// The kind as programs read it.
    fn word(self) -> &'static str {
        match self {
            Self::Failed | Self::Defect => "failed",
            Self::Usage => "usage",
            Self::Authentication => "authentication",
            Self::Unreachable => "unreachable",
            Self::BrokenPipe => "broken-pipe",
            Self::Signal(_) => "signal",
        }
    }
}

/// A command's error: one clear sentence, what lies behind it, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{summary}")]
pub struct CliError {
    /// What kind of failure it is.
    pub kind: FailureKind,
    /// One clear sentence.
    pub summary: String,
    /// What lies behind it, outermost first.
    pub causes: Vec<String>,
    /// What it is about, one a line: the candidates among which to choose.
    pub details: Vec<String>,
    /// What the person can do about it.
    pub hint: Option<String>,
}

impl CliError {
    /// An error of this kind with its one sentence.
    pub fn new(kind: FailureKind, summary: impl Into<String>) -> Self {
        Self {
            kind,
            summary: summary.into(),
            causes: Vec::new(),
            details: Vec::new(),
            hint: None,
        }
    }

    /// It did not work.
    pub fn failed(summary: impl Into<String>) -> Self {
        Self::new(FailureKind::Failed, summary)
    }

    /// The command line or the configuration is wrong.
    pub fn usage(summary: impl Into<String>) -> Self {
        Self::new(FailureKind::Usage, summary)
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds an error and all that lies behind it as causes.
    #[must_use]
    pub fn because(mut self, error: &dyn std::error::Error) -> Self {
        let mut cause = Some(error);
        while let Some(error) = cause {
            self.causes.push(error.to_string());
            cause = error.source();
        }
        self
    }

    /// What cannot be worked out, why, and what to do about it.
    pub fn of_engine(summary: &str, error: &EngineError) -> Self {
        let failed = Self::failed(summary).because(error);
        match error {
            EngineError::Store(error) => failed.hint(error.hint()),
            EngineError::Json(_) => failed,
        }
    }

    /// Adds what the CRM said itself.
    #[must_use]
    pub fn quoting(mut self, error: &CrmError) -> Self {
        self.causes
            .extend(error.own_words().map(|words| format!("the CRM says: {words}")));
        self
    }

    /// Prints the error on standard error, with `json` as one JSON object, and gives the exit code.
    pub fn report(&self, json: bool) -> ExitCode {
        match self.kind {
            FailureKind::BrokenPipe | FailureKind::Defect => {}
            // If that returns, the exit code tells as much.
            FailureKind::Signal(signal) => drop(signal_hook::low_level::emulate_default_handler(signal)),
            _ if json => super::output::complain_exactly(&self.to_json().to_string()),
            _ => super::output::complain(&self.to_text()),
        }
        ExitCode::from(self.kind.code())
    }

    /// The error for programs.
    pub fn to_json(&self) -> Value {
        json!({ "error": {
            "code": self.kind.word(),
            "exit_code": self.kind.code(),
            "message": self.summary,
            "causes": self.causes,
            "details": self.details,
            "hint": self.hint,
        }})
    }

    /// A command line that clap does not understand: its first sentence, and the rest as a hint.
    pub fn of_arguments(error: &clap::Error) -> Self {
        let text = error.render().to_string();
        let mut paragraphs = text
            .split("\n\n")
            .map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
        let first = paragraphs.next().unwrap_or_default();
        let summary = first.strip_prefix("error: ").unwrap_or(&first).to_owned();
        let rest: Vec<String> = paragraphs.filter(|part| !part.is_empty()).collect();
        let told = Self::usage(summary);
        if rest.is_empty() {
            return told;
        }
        told.hint(rest.join("; ").trim_start_matches("tip: ").to_owned())
    }

    /// The error as it is printed: `error:`, the causes, `hint:`.
    pub fn to_text(&self) -> String {
        let mut text = format!("error: {}\n", self.summary);
        for cause in &self.causes {
            let _ = writeln!(text, "  because: {cause}");
        }
        for detail in &self.details {
            let _ = writeln!(text, "  {detail}");
        }
        if let Some(hint) = &self.hint {
            let _ = writeln!(text, "hint: {hint}");
        }
        text
    }
}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::new(FailureKind::BrokenPipe, "the reader of the output has gone away");
        }
        let failed = Self::failed("reading or writing failed").because(&error);
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                failed.hint("there is no room where the output goes: free some, or send it elsewhere")
            }
            _ => failed,
        }
    }
}

impl From<&CrmError> for FailureKind {
    fn from(error: &CrmError) -> Self {
        match error {
            CrmError::Authentication { .. } | CrmError::NoToken(_) | CrmError::MissingScope { .. } => {
                Self::Authentication
            }
            CrmError::Unreachable { .. }
            | CrmError::Trouble { .. }
            | CrmError::Unanswered { .. }
            | CrmError::RateLimited { .. } => Self::Unreachable,
            CrmError::Setup(_) | CrmError::Elsewhere { .. } => Self::Usage,
            CrmError::BadAnswer { .. } | CrmError::Refused { .. } => Self::Failed,
        }
    }
}

impl From<CrmError> for CliError {
    fn from(error: CrmError) -> Self {
        Self::new(FailureKind::from(&error), error.to_string())
            .hint(error.hint())
            .quoting(&error)
    }
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        let hint = error.hint();
        let kind = match &error {
            // What a person has set up does not fit: a newer file, a wrong owner.
            StoreError::Newer { .. }
            | StoreError::ReadOnly { .. }
            | StoreError::Refused { .. }
            | StoreError::InUse { .. } => FailureKind::Usage,
            _ => FailureKind::Failed,
        };
        Self::new(kind, error.to_string()).hint(hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::SyncError;

    #[test]
    fn what_to_do_about_the_crm_is_the_same_on_the_command_line_and_in_a_sync() {
        let text = String::new;
        let errors = || {
            [
                CrmError::Authentication { message: text() },
                CrmError::MissingScope { scopes: Vec::new() },
                CrmError::Unanswered { origin: text() },
                CrmError::RateLimited { wait: None },
                CrmError::Elsewhere { address: text() },
                CrmError::NoToken(text()),
                CrmError::Setup(text()),
            ]
        };
        for (error, same) in errors().into_iter().zip(errors()) {
            let (hint, in_a_sync) = (error.hint(), SyncError::from(same));
            assert_eq!(CliError::from(error).hint.as_deref(), Some(hint));
            assert_eq!(in_a_sync.hint(), hint);
            assert_eq!(CliError::from(in_a_sync).hint.as_deref(), Some(hint));
        }
    }

    #[test]
    fn an_error_prints_its_sentence_causes_and_hint() {
        let error = CliError::usage("the profile `x` does not exist")
            .because(&io::Error::other("no such table"))
            .hint("`retain config show` lists the profiles");
        assert_eq!(
            error.to_text(),
            "error: the profile `x` does not exist\n  because: no such table\n\
             hint: `retain config show` lists the profiles\n"
        );
        assert_eq!(error.kind.code(), 2);
    }

    #[test]
    fn what_the_engine_cannot_read_says_what_to_do() {
        let damaged = StoreError::Damaged {
            path: "cache.db".into(),
            reason: "invalid utf-8 sequence of 1 bytes from index 1".to_owned(),
        };
        let hint = damaged.hint();
        let error = CliError::of_engine("the account cannot be read", &damaged.into());
        let text = error.to_text();
        assert!(
            text.contains("because: cache.db is damaged: invalid utf-8"),
            "{text}"
        );
        assert_eq!(error.hint.as_deref(), Some(hint));
    }

    #[test]
    fn the_kinds_of_crm_errors_have_the_documented_exit_codes() {
        let check = |error: CrmError, code: u8| assert_eq!(CliError::from(error).kind.code(), code);
        check(
            CrmError::Authentication {
                message: "expired".into(),
            },
            3,
        );
        check(
            CrmError::MissingScope {
                scopes: vec!["tickets".into()],
            },
            3,
        );
        check(
            CrmError::Unreachable {
                origin: "http://127.0.0.1:1".into(),
                reason: "refused".into(),
            },
            4,
        );
        check(
            CrmError::Trouble {
                origin: "http://127.0.0.1:1".into(),
                reason: "it answers HTTP 503".into(),
                wait: None,
            },
            4,
        );
        check(
            CrmError::Unanswered {
                origin: "http://127.0.0.1:1".into(),
            },
            4,
        );
        check(CrmError::RateLimited { wait: None }, 4);
        check(CrmError::NoToken("the command failed".into()), 3);
        check(CrmError::Setup("the CA file is no certificate".into()), 2);
    }

    #[test]
    fn our_sentence_comes_first_and_the_crms_own_words_after_it() {
        let error = CliError::from(CrmError::Authentication {
            message: "This API supports OAuth 2.0".into(),
        });
        let text = error.to_text();
        assert!(
            text.starts_with(
                "error: the CRM does not accept the token\n  because: the CRM says: This API supports OAuth 2.0\n"
            ),
            "{text}"
        );
    }

    #[test]
    fn with_json_an_error_is_one_object_in_one_line() {
        let error = CliError::usage("no account is called `x`").hint("say\nmore");
        let text = error.to_json().to_string();
        assert_eq!(text.lines().count(), 1);
        let read: Value = serde_json::from_str(&text).unwrap_or_default();
        let error = &read["error"];
        assert_eq!(
            (&error["code"], &error["exit_code"]),
            (&json!("usage"), &json!(2))
        );
        assert_eq!(error["message"], "no account is called `x`");
        assert_eq!(error["hint"], "say\nmore");
    }

    #[test]
    fn what_clap_says_has_a_sentence_and_a_hint() {
        let wrong = super::super::flags::command().try_get_matches_from(["retain", "acounts"]);
        let error = wrong.map_or_else(|error| CliError::of_arguments(&error), |_| CliError::usage(""));
        assert_eq!(error.summary, "unrecognized subcommand 'acounts'");
        let hint = error.hint.unwrap_or_default();
        assert!(
            hint.contains("accounts") && hint.contains("Usage: retain"),
            "{hint}"
        );
    }

    #[test]
    fn output_that_finds_no_room_says_what_to_do() {
        let hint = |kind: io::ErrorKind| CliError::from(io::Error::from(kind)).hint;
        assert!(hint(io::ErrorKind::StorageFull).is_some_and(|hint| hint.contains("no room")));
        assert_eq!(hint(io::ErrorKind::Other), None);
    }

    #[test]
    fn a_broken_pipe_is_no_failure() {
        let error = CliError::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!(error.kind.code(), 0);
    }
}
