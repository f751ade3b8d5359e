//! What is said of files and directories that may not be read: which, and what to do, once.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use retain::store::{Cache, Ledger};

use crate::store::minute;

/// Root may read everything, so the program runs as nobody in particular.
const NOBODY: u32 = 65_534;

const PROFILE: &str = "default_profile = \"north\"\n[profiles.north]\nbase_url = \"http://127.0.0.1:9\"\n\
                       tenant = \"4711\"\ntoken_file = \"token\"\n";

struct Home {
    directory: tempfile::TempDir,
    program: PathBuf,
    is_root: bool,
}

impl Home {
    /// A profile, a token, and both databases, all of one who is not root.
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let home = directory.path();
        fs::create_dir_all(home.join("config/playbooks")).unwrap();
        for (name, text) in [
            ("retain.toml", PROFILE),
            ("token", "pat-eu1-0000\n"),
            ("mapping.toml", ""),
        ] {
            fs::write(home.join("config").join(name), text).unwrap();
        }
        let below = |part: &str, file: &str| home.join(part).join("north/hubspot-4711").join(file);
        let (mut ledger, _) = Ledger::open(&below("state", "ledger.db"), "t").unwrap();
        ledger.record_look(minute(1)).unwrap();
        drop(ledger);
        drop(Cache::open(&below("cache", "cache.db")).unwrap());
        let mut home = Self {
            program: env!("CARGO_BIN_EXE_retain").into(),
            is_root: rustix::process::geteuid().is_root(),
            directory,
        };
        if home.is_root {
            let program = home.path().join("retain");
            fs::copy(&home.program, &program).unwrap();
            home.program = program;
            hand_over(home.path());
        }
        home.private(home.path());
        home
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn private(&self, path: &Path) {
        let mode = if path.is_dir() || path == self.program {
            0o700
        } else {
            0o600
        };
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        for entry in fs::read_dir(path).into_iter().flatten() {
            self.private(&entry.unwrap().path());
        }
    }

    /// Runs a command while nobody may read what lies at this path below the home.
    fn run_without(&self, hidden: &str, arguments: &[&str]) -> Output {
        let hidden = self.path().join(hidden);
        let before = hidden.metadata().unwrap().permissions();
        fs::set_permissions(&hidden, fs::Permissions::from_mode(0o000)).unwrap();
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .env_clear()
            .env("LANG", "C.UTF-8")
            .env("RETAIN_HOME", self.path());
        if self.is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        let output = command.output().unwrap();
        fs::set_permissions(&hidden, before).unwrap();
        output
    }
}

fn hand_over(path: &Path) {
    chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    for entry in fs::read_dir(path).into_iter().flatten() {
        hand_over(&entry.unwrap().path());
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_file_or_directory_that_may_not_be_read_is_named_once_by_the_doctor_with_what_to_do() {
    let home = Home::new();
    for (hidden, hint) in [
        ("config", "chmod u+rx"),
        ("config/retain.toml", "chmod u+r "),
        ("config/mapping.toml", "chmod u+r "),
        ("config/playbooks", "chmod u+rx"),
        ("config/token", "chmod 600"),
        ("cache", "chmod u+rwx"),
        ("cache/north/hubspot-4711", "chmod u+rwx"),
        ("cache/north/hubspot-4711/cache.db", "look at its owner and mode"),
        ("state", "chmod u+rwx"),
        ("state/north/hubspot-4711/ledger.db", "look at its owner and mode"),
    ] {
        let output = home.run_without(hidden, &["doctor", "--offline"]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(1), "{hidden}: {said}");
        let path = home.path().join(hidden).display().to_string();
        assert!(said.contains(&path) && said.contains(hint), "{hidden}: {said}");
        assert_eq!(said.matches("permission denied").count(), 1, "{hidden}: {said}");
        assert!(said.contains("doctor found one problem"), "{hidden}: {said}");
        for wrong in [
            "does not exist",
            "there is no cache yet",
            "there is no ledger yet",
            "os error",
        ] {
            assert!(!said.contains(wrong), "{hidden} {wrong}: {said}");
        }
    }
}

#[test]
fn what_cannot_be_read_ends_a_command_instead_of_changing_its_meaning() {
    let home = Home::new();
    for (hidden, command, code) in [
        ("config", "sync", 2),
        ("config/mapping.toml", "sync", 2),
        ("config/mapping.toml", "accounts", 2),
        ("config/token", "sync", 3),
        ("cache", "accounts", 2),
        ("cache/north/hubspot-4711/cache.db", "risks", 2),
        ("cache/north/hubspot-4711/cache.db", "sync", 2),
        ("state", "sync", 2),
    ] {
        let output = home.run_without(hidden, &[command]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(code), "{hidden} {command}: {said}");
        let path = home.path().join(hidden).display().to_string();
        assert!(
            said.contains(&path) && said.contains("permission denied"),
            "{hidden} {command}: {said}"
        );
        assert!(said.contains("hint: "), "{hidden} {command}: {said}");
    }
}
