//! Allows writing in a profile, and remembers it in the person's own settings.

use toml::Value;

use crate::app::{Failure, FailureKind, Msg, OutboxMsg, TerminalMsg};
use crate::config::edit;

use super::exec::Workshop;
use super::own_file::{self, at};

/// Sets `read_only = false` in the profile's table of `retain.toml`; from then on this session may write too. Tells how
/// that went.
pub fn run(workshop: &Workshop) -> Msg {
    let Some(profile) = &workshop.setup.profile else {
        return Msg::Failed(failure("no profile is in use".to_owned()));
    };
    let path = workshop.paths.config_dir.join("retain.toml");
    let edit = |text: &str| edit::with_key(text, &format!("profiles.{profile}"), "read_only", "false");
    let kept = own_file::change(&path, edit, |table| {
        at(table, &["profiles", profile, "read_only"]) == Some(&Value::Boolean(false))
    });
    if let Err(unchanged) = kept {
        return Msg::Failed(failure(unchanged.to_string()));
    }
    let setup = workshop.allowed.get_or_init(|| workshop.setup.allowing_writes());
    match setup.write_permit() {
        Ok(permit) => Msg::Outbox(OutboxMsg::Allowed(permit)),
        Err(read_only) => Msg::Terminal(TerminalMsg::Told(read_only.why)),
    }
}

fn failure(summary: String) -> Failure {
    Failure {
        kind: FailureKind::Configuration,
        summary,
        hint: Some("set `read_only = false` in the profile in retain.toml".to_owned()),
        detail: None,
    }
}
