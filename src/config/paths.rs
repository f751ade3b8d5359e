//! Where things are: configuration, databases and lock.
//!
//! Databases lie in a directory per profile, CRM and tenant, so that a changed key or address never
//! mixes two tenants' data, and a corrected profile finds its own again.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::load::Dirs;

/// Puts everything below one directory: for the demo, for tests, and for homes on the network.
pub const HOME_VARIABLE: &str = "RETAIN_HOME";

/// The team's configuration on a shared box.
const TEAM: &str = "/etc/xdg/retain";
/// Stands for the tenant until the CRM was asked.
const FIRST: &str = "first";

/// The four places, before a profile is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// My configuration.
    pub config_dir: PathBuf,
    /// The team's configuration, below mine.
    pub team_config_dir: PathBuf,
    /// What cannot be fetched again.
    pub state_dir: PathBuf,
    /// What may be thrown away.
    pub cache_dir: PathBuf,
}

/// Everything that belongs to one profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfilePaths {
    /// My configuration.
    pub config_dir: PathBuf,
    /// The team's configuration, below mine.
    pub team_config_dir: PathBuf,
    /// The directory of `ledger_db` and `lock`.
    pub state_dir: PathBuf,
    /// The directory of `cache_db`.
    pub cache_dir: PathBuf,
    /// The cache.
    pub cache_db: PathBuf,
    /// The ledger.
    pub ledger_db: PathBuf,
    /// Held by the process that talks to the CRM.
    pub lock: PathBuf,
}

/// Neither `RETAIN_HOME` nor `HOME` says where files go.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("neither HOME nor RETAIN_HOME is set, so there is no place for files")]
pub struct NoHome;

impl Places {
    /// The places by the environment of this process; without `HOME`, as under cron, the system's user
    /// database says where home is.
    pub fn from_env() -> Result<Self, NoHome> {
        Self::new(|name| {
            std::env::var_os(name).or_else(|| {
                let known = directories::BaseDirs::new().filter(|_| name == "HOME")?;
                Some(known.home_dir().as_os_str().to_owned())
            })
        })
    }

    /// The places by an environment. As the XDG specification asks, relative paths are ignored.
    pub fn new(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, NoHome> {
        let given = |name: &str| {
            variable(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        if let Some(home) = given(HOME_VARIABLE) {
            return Ok(Self::below(&home));
        }
        let home = given("HOME");
        let place = |name: &str, default: &str| {
            given(name)
                .filter(|path| path.is_absolute())
                .or_else(|| home.as_ref().map(|home| home.join(default)))
                .map(|base| base.join("retain"))
                .ok_or(NoHome)
        };
        Ok(Self {
            config_dir: place("XDG_CONFIG_HOME", ".config")?,
            team_config_dir: PathBuf::from(TEAM),
            state_dir: place("XDG_STATE_HOME", ".local/state")?,
            cache_dir: place("XDG_CACHE_HOME", ".cache")?,
        })
    }

    /// The places below one directory, the team's configuration too.
    pub fn below(home: &Path) -> Self {
        Self {
            config_dir: home.join("config"),
            team_config_dir: home.join("team"),
            state_dir: home.join("state"),
            cache_dir: home.join("cache"),
        }
    }

    /// Where the layers of configuration files lie.
    pub fn layers(&self) -> Dirs {
        Dirs {
            team: Some(self.team_config_dir.clone()),
            user: Some(self.config_dir.clone()),
        }
    }

    /// The paths of a profile. `tenant` is what `connect` wrote into the profile; without it the one
    /// that this CRM already has a ledger of is meant, if there is just one.
    pub fn profile(&self, profile: &str, crm: &str, tenant: Option<&str>) -> ProfilePaths {
        let of_profile = self.state_dir.join(part(profile));
        let first = format!("{}-{FIRST}", part(crm));
        let key = match tenant {
            Some(tenant) => {
                let named = format!("{}-{}", part(crm), part(tenant));
                // A ledger that was begun before the tenant was known goes on; `sync` stops if it is another's.
                let begun = !of_profile.join(&named).exists() && of_profile.join(&first).exists();
                if begun { first } else { named }
            }
            None => only_key(&of_profile, &part(crm)).unwrap_or(first),
        };
        let state_dir = of_profile.join(&key);
        let cache_dir = self.cache_dir.join(part(profile)).join(&key);
        ProfilePaths {
            config_dir: self.config_dir.clone(),
            team_config_dir: self.team_config_dir.clone(),
            cache_db: cache_dir.join("cache.db"),
            ledger_db: state_dir.join("ledger.db"),
            lock: state_dir.join("sync.lock"),
            state_dir,
            cache_dir,
        }
    }
}

/// The one directory of this CRM, if there is just one.
fn only_key(of_profile: &Path, crm: &str) -> Option<String> {
    let prefix = format!("{crm}-");
    let mut keys = fs::read_dir(of_profile)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with(&prefix));
    let key = keys.next()?;
    keys.next().is_none().then_some(key)
}

/// A name as one part of a path: whatever is not plain is written as `%` and two digits.
fn part(name: &str) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        let first = text.is_empty();
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => text.push(char::from(byte)),
            b'-' | b'.' if !first => text.push(char::from(byte)),
            other => {
                let _ = write!(text, "%{other:02x}");
            }
        }
    }
    if text.is_empty() {
        text.push_str("%00");
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn places(variables: &[(&str, &str)]) -> Result<Places, NoHome> {
        Places::new(|name| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value.into())
        })
    }

    #[test]
    fn the_xdg_variables_are_honoured_and_relative_ones_are_not() {
        let places = places(&[
            ("HOME", "/home/x"),
            ("XDG_CACHE_HOME", "/fast"),
            ("XDG_STATE_HOME", "here"),
        ]);
        let places = places.unwrap();
        assert_eq!(places.config_dir, Path::new("/home/x/.config/retain"));
        assert_eq!(places.state_dir, Path::new("/home/x/.local/state/retain"));
        assert_eq!(places.cache_dir, Path::new("/fast/retain"));
        assert_eq!(places.team_config_dir, Path::new("/etc/xdg/retain"));
    }

    #[test]
    fn one_variable_moves_everything() {
        let places = places(&[("HOME", "/home/x"), ("RETAIN_HOME", "/d")]).unwrap();
        assert_eq!(places, Places::below(Path::new("/d")));
        let paths = places.profile("demo", "hubspot", Some("4711"));
        assert_eq!(paths.ledger_db, Path::new("/d/state/demo/hubspot-4711/ledger.db"));
        assert_eq!(paths.cache_db, Path::new("/d/cache/demo/hubspot-4711/cache.db"));
    }

    #[test]
    fn without_a_home_there_is_no_place() {
        assert_eq!(places(&[]), Err(NoHome));
    }

    #[test]
    fn names_cannot_leave_their_directory() {
        for (name, expected) in [
            ("..", "%2e."),
            ("a/b", "a%2fb"),
            ("", "%00"),
            ("-x", "%2dx"),
            ("é", "%c3%a9"),
        ] {
            assert_eq!(part(name), expected);
        }
    }

    #[test]
    fn a_ledger_that_was_begun_before_the_tenant_was_known_goes_on() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::below(home.path());
        let first = places.profile("p", "hubspot", None);
        fs::create_dir_all(&first.state_dir).unwrap();
        assert_eq!(places.profile("p", "hubspot", Some("1")), first);
        assert_ne!(places.profile("q", "hubspot", Some("1")), first);
    }

    #[test]
    fn a_profile_without_tenant_finds_the_ledger_it_has() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::below(home.path());
        let key = |places: &Places| {
            let paths = places.profile("p", "hubspot", None);
            paths
                .state_dir
                .file_name()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        };
        assert_eq!(key(&places), "hubspot-first");
        fs::create_dir_all(places.profile("p", "hubspot", Some("1")).state_dir).unwrap();
        assert_eq!(key(&places), "hubspot-1");
        fs::create_dir_all(places.profile("p", "hubspot", Some("2")).state_dir).unwrap();
        assert_eq!(key(&places), "hubspot-first");
    }
}
