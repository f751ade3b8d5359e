//! A person's settings and databases, in a directory of their own.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

use super::{Crm, NOW};

/// The program with a clean environment.
pub fn retain() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_retain"));
    command
        .env_clear()
        .env("TERM", "xterm-256color")
        .env("LANG", "C.UTF-8")
        .env("HOME", "/nonexistent")
        .stdin(Stdio::null());
    command
}

/// A directory with settings for a CRM; it is gone with the test.
pub struct Home {
    dir: TempDir,
}

impl Home {
    /// Settings for this CRM and nothing cached yet.
    pub fn new(crm: &Crm) -> Self {
        Self::of(&crm.address, &crm.token, crm.portal)
    }

    /// The same for a CRM at this address, with its token and tenant.
    pub fn of(address: &str, token: &str, portal: u64) -> Self {
        let home = Self::empty();
        home.write("token", token);
        home.write("retain.toml", &home.settings(address, portal));
        home
    }

    /// No settings at all.
    pub fn empty() -> Self {
        let dir = tempfile::Builder::new().prefix("retain-test-").tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).unwrap();
        fs::create_dir(dir.path().join("config")).unwrap();
        Self { dir }
    }

    /// Everything synced with the CRM that all such tests share.
    pub fn synced() -> Self {
        static SHARED: OnceLock<(Crm, Home)> = OnceLock::new();
        Self::synced_with(&SHARED)
    }

    /// The same with a CRM that only those share who name it.
    pub fn synced_with(shared: &OnceLock<(Crm, Self)>) -> Self {
        let (crm, template) = shared.get_or_init(|| {
            let crm = Crm::start();
            let home = Home::new(&crm);
            let output = home.run(&["sync"]);
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
            (crm, home)
        });
        let home = Self::empty();
        copy(template.path(), home.path());
        home.write("retain.toml", &home.settings(&crm.address, crm.portal));
        home
    }

    /// From now on this colleague sits there, with everybody's accounts.
    pub fn colleague(self, email: &str) -> Self {
        let path = self.path().join("config/retain.toml");
        let settings = fs::read_to_string(path).unwrap();
        let settings = settings.replace("mara.lindt@alderfinch.example", email);
        self.write(
            "retain.toml",
            &settings.replace("[profiles.test]\n", "[profiles.test]\nscope = \"all\"\n"),
        );
        self
    }

    /// From now on its profile may write, at once: the clock of the tests stands still.
    pub fn writing(self) -> Self {
        let path = self.path().join("config/retain.toml");
        let settings = fs::read_to_string(path).unwrap();
        let settings = settings.replace("[profiles.test]\n", "[profiles.test]\nread_only = false\n");
        self.write("retain.toml", &(settings + "[outbox]\ngrace = \"0s\"\n"));
        self
    }

    /// The same, and from now on it talks to this CRM.
    pub fn writing_to(self, crm: &Crm) -> Self {
        self.talking_to(crm).writing()
    }

    /// As after a first sync with a [CRM as it is](Crm::start), in which nothing was changed: all of them hold the same.
    pub fn synced_to(crm: &Crm) -> Self {
        Self::synced().talking_to(crm)
    }

    fn talking_to(self, crm: &Crm) -> Self {
        self.write("token", &crm.token);
        self.write("retain.toml", &self.settings(&crm.address, crm.portal));
        self
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file of the configuration.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join("config").join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Appends to a file of the configuration.
    pub fn append(&self, name: &str, text: &str) {
        let path = self.path().join("config").join(name);
        let before = fs::read_to_string(&path).unwrap_or_default();
        self.write(name, &(before + text));
    }

    /// The one file with this name below it.
    pub fn find(&self, name: &str) -> PathBuf {
        files(self.path())
            .into_iter()
            .find(|path| path.file_name().is_some_and(|file| file == name))
            .unwrap_or_else(|| panic!("no {name} in {:?}", files(self.path())))
    }

    /// Deletes the cache, with what SQLite keeps beside it.
    pub fn delete_cache(&self) {
        let cache = self.find("cache.db");
        for file in files(cache.parent().unwrap()) {
            let name = file.file_name().unwrap().to_string_lossy();
            if name.starts_with("cache.db") {
                fs::remove_file(&file).unwrap();
            }
        }
    }

    /// The program on this home, at the time of the tests.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = retain();
        command
            .env("RETAIN_HOME", self.path())
            .args(["--now", NOW])
            .args(arguments);
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn settings(&self, address: &str, portal: u64) -> String {
        format!(
            "default_profile = \"test\"\n\
             [me]\nowner = \"mara.lindt@alderfinch.example\"\n\
             [organisation]\nname = \"Alder & Finch\"\n\
             [profiles.test]\nbase_url = \"{address}\"\ntenant = \"{portal}\"\ntoken_file = \"{}\"\n\
             [sync]\nusers = 1\n",
            self.path().join("config/token").display()
        )
    }
}

/// Every file below a directory.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn copy(from: &Path, to: &Path) {
    for path in files(from) {
        let target = to.join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&path, &target).unwrap();
    }
    for dir in ["state", "cache"] {
        private(&to.join(dir));
    }
}

fn private(dir: &Path) {
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).unwrap();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            private(&path);
        }
    }
}
