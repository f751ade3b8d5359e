//! The text of a file that people write: what cannot be read is told, and nothing else than a file is opened.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{Mode, OFlags};

use super::diagnostic::{Diagnostic, UNREAD};

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// A file that was read.
pub(super) struct Text {
    /// What it says.
    pub text: String,
    /// Only this user and root can have written it.
    pub is_mine: bool,
}

pub(super) fn read_text(path: &Path, diagnostics: &mut Vec<Diagnostic>) -> Option<Text> {
    match open_and_read(path) {
        Ok(text) => text,
        Err((message, hint)) => {
            diagnostics.push(unread(path, message, hint));
            None
        }
    }
}

/// A file that cannot be read; where its whole directory cannot, or is none, that is said of the directory, once for all
/// its files.
pub(super) fn unread(path: &Path, message: String, hint: Option<&str>) -> Diagnostic {
    let above = || path.ancestors().skip(1);
    let closed = above().filter(|above| is_closed(above)).last();
    let no_directory = above().find(|above| above.exists() && !above.is_dir());
    let (file, message, hint) = match (closed, no_directory) {
        (_, Some(file)) => (
            file,
            format!("{UNREAD}s in it: it is not a directory"),
            Some(format!(
                "put a directory in the place of {}, or move away what is there",
                file.display()
            )),
        ),
        (Some(parent), None) => (
            parent,
            format!("{UNREAD}s in it: permission denied"),
            Some(format!("let yourself in: `chmod u+rx {}`", parent.display())),
        ),
        (None, None) => (
            path,
            message,
            hint.map(|hint| hint.replace("FILE", &path.display().to_string())),
        ),
    };
    Diagnostic {
        file: file.display().to_string(),
        line: 1,
        column: 1,
        message,
        hint,
    }
}

/// Whether a directory is there and nothing in it can be reached.
fn is_closed(directory: &Path) -> bool {
    let access = rustix::fs::access(directory, rustix::fs::Access::EXEC_OK);
    access == Err(rustix::io::Errno::ACCESS)
}

/// Everything is asked of the opened file, so that nobody can put another one in its place in between.
fn open_and_read(path: &Path) -> Result<Option<Text>, (String, Option<&'static str>)> {
    let unreadable = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::PermissionDenied => (
            format!("{UNREAD}: permission denied"),
            Some("it must be yours to read: `chmod u+r FILE`, or `chown` it to yourself"),
        ),
        _ => (format!("{UNREAD}: {error}"), Some("check the disk and the file")),
    };
    // NONBLOCK: opening a pipe must not wait for somebody to write into it.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let mut file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(descriptor) => File::from(descriptor),
        Err(rustix::io::Errno::NOENT) => return Ok(None),
        Err(error) => return Err(unreadable(error.into())),
    };
    let found = file.metadata().map_err(unreadable)?;
    if !found.is_file() {
        return Err((
            format!("{UNREAD}: it is not a regular file"),
            Some("put a file in the place of FILE, or move away what is there"),
        ));
    }
    let mut bytes = Vec::new();
    (&mut file)
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST {
        return Err((
            format!("{UNREAD}: it is larger than 1 MiB"),
            Some("look at FILE: that is no configuration"),
        ));
    }
    let owned = [0, rustix::process::getuid().as_raw()].contains(&found.uid());
    let text = String::from_utf8(bytes)
        .map_err(|_| (format!("{UNREAD}: it is not UTF-8"), Some("save FILE as UTF-8")))?;
    Ok(Some(Text {
        text,
        is_mine: owned && found.mode() & 0o022 == 0,
    }))
}
