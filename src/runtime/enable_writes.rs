//! Allows writing in a profile, and remembers it in the person's own settings.

use std::fs;
use std::io;

use crate::app::{Failure, FailureKind, Msg, OutboxMsg, TerminalMsg};
use crate::config::edit;
use crate::store::files;

use super::exec::Workshop;

/// Sets `read_only = false` in the profile's table of `retain.toml`; from then on this session may write too. Tells how
/// that went.
pub fn run(workshop: &Workshop) -> Msg {
    let Some(profile) = &workshop.setup.profile else {
        return Msg::Failed(failure("no profile is in use".to_owned()));
    };
    let path = workshop.paths.config_dir.join("retain.toml");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Msg::Failed(failure(format!("cannot read {}: {error}", path.display()))),
    };
    let text = edit::with_key(&text, &format!("profiles.{profile}"), "read_only", "false");
    if let Err(error) = files::atomic_write(&path, text.as_bytes()) {
        return Msg::Failed(Workshop::storage_failure(&error));
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
