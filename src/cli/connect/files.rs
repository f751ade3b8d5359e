//! The two files that connecting writes: a profile in `retain.toml`, and `mapping.toml`.

use std::path::Path;

use crate::cli::error::CliError;
use crate::config::edit::{with_key, without_key};
use crate::config::settings::{Profile, Scope, Settings};
use crate::crm::Tenant;
use crate::store::files;

/// `retain.toml` with the profile in it; everything else in it stays.
///
/// Of a profile that is replaced nothing stays: a new key must never go to the old address.
pub fn with_profile(
    text: &str,
    before: &Settings,
    name: &str,
    profile: &Profile,
    me: &str,
) -> Result<String, CliError> {
    let table = format!("profiles.{name}");
    let mut text = text.to_owned();
    if before.default_profile.is_none() && before.profiles.is_empty() {
        text = format!(
            "default_profile = {}\n{}{text}",
            quoted(name),
            if text.is_empty() { "" } else { "\n" }
        );
    }
    if before.me.owner.is_none() {
        text = with_key(&text, "me", "owner", &quoted(me));
    }
    for (key, value) in keys(profile, before.me.owner.as_deref(), me) {
        text = match value {
            Some(value) => with_key(&text, &table, key, &value),
            None => without_key(&text, &table, key),
        };
    }
    check(&text, name, profile)?;
    Ok(text)
}

/// A table that is written in an unusual way, such as `north.token_env = …`, cannot be replaced line by line.
fn check(text: &str, name: &str, profile: &Profile) -> Result<(), CliError> {
    let read: Option<Settings> = toml::from_str(text).ok();
    let read = read.and_then(|mut read| read.profiles.remove(name));
    let same = read.is_some_and(|read| {
        Profile { owner: None, ..read }
            == Profile {
                owner: None,
                ..profile.clone()
            }
    });
    if same {
        return Ok(());
    }
    Err(CliError::usage(format!(
        "the profile `{name}` cannot be replaced as it is written in retain.toml"
    ))
    .hint(format!(
        "remove it there, or write it under one header: [profiles.{name}]"
    )))
}

/// How many keys a profile has.
const KEYS: usize = 12;

/// Every key of a profile, with its value if it has one.
fn keys(profile: &Profile, owner: Option<&str>, me: &str) -> [(&'static str, Option<String>); KEYS] {
    let path = |path: &Path| quoted(&path.display().to_string());
    let command = profile.token_command.as_ref().map(|words| {
        let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        format!("[{}]", words.join(", "))
    });
    // A key further down is inserted above the ones before it: last comes first in the file.
    [
        ("read_only", Some(profile.read_only.to_string())),
        ("owner", owner.filter(|owner| *owner != me).map(|_| quoted(me))),
        ("scope", Some(quoted(scope_word(profile.scope)))),
        ("token_env", profile.token_env.as_deref().map(quoted)),
        ("keyring", profile.keyring.then(|| "true".to_owned())),
        ("token_file", profile.token_file.as_deref().map(path)),
        ("token_command", command),
        ("tenant", profile.tenant.as_deref().map(quoted)),
        ("base_url", profile.base_url.as_deref().map(quoted)),
        ("ca_file", profile.ca_file.as_deref().map(path)),
        ("proxy", profile.proxy.as_deref().map(quoted)),
        ("crm", Some(quoted(profile.crm.word()))),
    ]
}

/// How a scope is written.
pub fn scope_word(scope: Scope) -> &'static str {
    match scope {
        Scope::Me => "me",
        Scope::Team => "team",
        Scope::All => "all",
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// The profile of a tenant. A tenant that was not connected before starts read-only.
pub fn profile_for(tenant: &Tenant, asked: Profile, before: Option<&Profile>) -> Profile {
    let known = before.filter(|before| before.tenant.as_deref() == Some(tenant.id.as_str()));
    Profile {
        tenant: Some(tenant.id.clone()),
        read_only: known.is_none_or(|known| known.read_only),
        ..asked
    }
}

/// What changes between two texts: lines that go and lines that come, without comments.
pub fn changes(before: &str, after: &str) -> Vec<String> {
    let lines = |text: &str| -> Vec<String> {
        let lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.map(str::to_owned).collect()
    };
    let (old, new) = (lines(before), lines(after));
    let gone = old
        .iter()
        .filter(|line| !new.contains(line))
        .map(|line| format!("- {line}"));
    let come = new
        .iter()
        .filter(|line| !old.contains(line))
        .map(|line| format!("+ {line}"));
    gone.chain(come).collect()
}

/// The text of a file, or nothing when there is none.
pub fn read(path: &Path) -> Result<String, CliError> {
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        read => read
            .map_err(|error| CliError::usage(format!("{} cannot be read", path.display())).because(&error)),
    }
}

/// Writes a private file in one step.
pub fn write(path: &Path, text: &str) -> Result<(), CliError> {
    if let Some(directory) = path.parent() {
        files::private_dir(directory)?;
    }
    Ok(files::atomic_write(path, text.as_bytes())?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn asked() -> Profile {
        Profile {
            base_url: Some("http://127.0.0.1:1".into()),
            token_command: Some(vec!["pass".into(), "show \"x\"".into()]),
            scope: Scope::Team,
            ..Profile::default()
        }
    }

    fn tenant() -> Tenant {
        Tenant {
            id: "77".into(),
            time_zone: "UTC".into(),
            currency: "USD".into(),
            currencies: Vec::new(),
            web: None,
        }
    }

    #[test]
    fn a_profile_is_read_back_as_it_was_written() {
        let profile = profile_for(&tenant(), asked(), None);
        assert!(profile.read_only);
        let text = with_profile(
            "",
            &Settings::default(),
            "north",
            &profile,
            "dana@northwind.example",
        )
        .unwrap();
        let read: Settings = toml::from_str(&text).unwrap();
        assert_eq!(read.profiles["north"], profile, "{text}");
        assert_eq!(read.default_profile.as_deref(), Some("north"));
        assert_eq!(read.me.owner.as_deref(), Some("dana@northwind.example"));
    }

    #[test]
    fn what_stood_in_the_file_stays() {
        let before = "# mine\ndefault_profile = \"old\"\n[me]\nowner = \"a@x.example\" # me\n\n[profiles.old]\nscope = \"all\"\n";
        let settings: Settings = toml::from_str(before).unwrap();
        let text = with_profile(before, &settings, "north", &asked(), "b@x.example").unwrap();
        assert!(text.starts_with(before), "{text}");
        let read: Settings = toml::from_str(&text).unwrap();
        assert_eq!(read.profiles["old"].scope, Scope::All);
        assert_eq!(read.profiles["north"].owner.as_deref(), Some("b@x.example"));
        assert_eq!(read.me.owner.as_deref(), Some("a@x.example"));
    }

    #[test]
    fn nothing_of_a_replaced_profile_stays() {
        let before = "[me]\nowner = \"a@x.example\"\n\n[profiles.north]\n# mine\nbase_url = \"https://old.example\"\nkeyring = true\nowner = \"old@x.example\"\ntoken_command = [\n  \"old\",\n]\n";
        let settings: Settings = toml::from_str(before).unwrap();
        let new = Profile {
            token_env: Some("NEW_TOKEN".into()),
            tenant: Some("77".into()),
            proxy: Some("http://proxy.example:3128".into()),
            ca_file: Some("/etc/ca.pem".into()),
            ..Profile::default()
        };
        let text = with_profile(before, &settings, "north", &new, "a@x.example").unwrap();
        let read: Settings = toml::from_str(&text).unwrap();
        assert_eq!(read.profiles["north"], new, "{text}");
        assert!(text.contains("# mine"), "{text}");
    }

    #[test]
    fn a_profile_that_cannot_be_replaced_line_by_line_is_left_alone() {
        for before in [
            "[profiles]\nnorth.token_env = \"OLD\"\n",
            "profiles = { north = { keyring = true } }\n",
        ] {
            let settings: Settings = toml::from_str(before).unwrap();
            assert!(with_profile(before, &settings, "north", &asked(), "a@x.example").is_err());
        }
    }

    #[test]
    fn a_known_tenant_keeps_its_permission_and_a_new_one_has_none() {
        let mut before = asked();
        before.read_only = false;
        before.tenant = Some("77".into());
        assert!(!profile_for(&tenant(), asked(), Some(&before)).read_only);
        before.tenant = Some("78".into());
        assert!(profile_for(&tenant(), asked(), Some(&before)).read_only);
    }

    #[test]
    fn changes_are_lines_without_comments() {
        let changed = changes("# a\nx = 1\ny = 2\n", "# b\nx = 1\ny = 3\n");
        assert_eq!(changed, ["- y = 2", "+ y = 3"]);
    }
}
