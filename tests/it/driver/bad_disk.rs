//! A disk that fails, waits or lies under the real program: a library in C that is loaded before the C library.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use super::Home;

/// What goes wrong on the disk of one run.
#[derive(Debug, Clone, Copy)]
pub struct BadDisk {
    /// Which calls are counted: any of `open`, `read`, `write`, `sync`, `rename`.
    pub calls: &'static str,
    /// The first of them that is hit; 1 is the first of the run.
    pub nth: u64,
    /// How many are hit from there on.
    pub most: u64,
    /// The number of the error that they end with; 0 tells success and does nothing.
    pub errno: i32,
    /// How long each sync takes, milliseconds.
    pub sleep: u64,
}

impl BadDisk {
    /// A disk whose syncs take so many milliseconds, and that does what it ought to.
    pub fn slow(sleep: u64) -> Self {
        Self {
            calls: "none",
            nth: 0,
            most: 0,
            errno: 0,
            sleep,
        }
    }

    /// The environment that puts it under state and cache of a home; each hit adds a line to the log.
    pub fn variables(self, home: &Home, log: &Path) -> Vec<(&'static str, String)> {
        vec![
            ("LD_PRELOAD", library().display().to_string()),
            ("BAD_DISK_ROOT", home.path().display().to_string()),
            ("BAD_DISK_CALLS", self.calls.to_owned()),
            ("BAD_DISK_NTH", self.nth.to_string()),
            ("BAD_DISK_MOST", self.most.to_string()),
            ("BAD_DISK_ERRNO", self.errno.to_string()),
            ("BAD_DISK_SLEEP", self.sleep.to_string()),
            ("BAD_DISK_LOG", log.display().to_string()),
        ]
    }
}

/// The library, built once with the C compiler that the build of SQLite needs too.
fn library() -> &'static Path {
    static BUILT: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, library) = BUILT.get_or_init(|| {
        let directory = TempDir::new().unwrap();
        let library = directory.path().join("bad_disk.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/driver/bad_disk.c");
        let built = Command::new("cc")
            .args(["-O1", "-shared", "-fPIC", "-o"])
            .args([&library, &source])
            .arg("-ldl")
            .status()
            .unwrap();
        assert!(built.success());
        (directory, library)
    });
    library
}
