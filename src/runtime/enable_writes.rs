//! Allows writing in a profile, and remembers it in the person's own settings.

use toml::Value;

use crate::app::{Failure, FailureKind, Msg, OutboxMsg, TerminalMsg};
use crate::config::{Dirs, Override, edit, environment, load};

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
    allow(workshop)
}

/// Looks whether another program has allowed writing in this profile meanwhile; then this session may write too. The
/// settings are read as at the start, so that what forbids it elsewhere still does.
pub fn look(workshop: &Workshop) -> Option<Msg> {
    if workshop.setup().write_permit().is_ok() || workshop.setup.read_only {
        return None;
    }
    let variables = environment(&|name| std::env::var(name).ok());
    is_allowed(&workshop.dirs, &variables, workshop.setup.profile.as_deref()).then(|| allow(workshop))
}

/// Whether the settings as they are now let this profile write.
fn is_allowed(dirs: &Dirs, variables: &[Override], profile: Option<&str>) -> bool {
    let now = load(dirs, variables, profile).setup;
    now.profile().is_some_and(|profile| !profile.read_only)
}

fn allow(workshop: &Workshop) -> Msg {
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_another_program_allows_is_seen() {
        let home = tempfile::tempdir().unwrap();
        let dirs = Dirs {
            team: None,
            user: Some(home.path().to_owned()),
        };
        let write = |line: &str| {
            let text = format!("default_profile = \"north\"\n[profiles.north]\ntoken_env = \"T\"\n{line}");
            std::fs::write(home.path().join("retain.toml"), text).unwrap();
        };
        write("");
        assert!(
            !is_allowed(&dirs, &[], None),
            "a profile is read-only until somebody says otherwise"
        );
        write("read_only = false\n");
        assert!(is_allowed(&dirs, &[], None) && is_allowed(&dirs, &[], Some("north")));
        assert!(!is_allowed(&dirs, &[], Some("south")));
    }
}
