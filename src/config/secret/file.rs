//! A token from a file: owner and mode are checked on the open descriptor, as ssh does with its keys.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Mode, OFlags, fstat, open};

use super::{MOST_BYTES, SecretError};

/// Reads the file, at most one byte more than is allowed. A leading `~/` means the home directory.
pub fn read(path: &Path) -> Result<Vec<u8>, SecretError> {
    let path = expand(path);
    let refused = |reason: String| SecretError::File {
        path: path.clone(),
        reason,
    };
    // NONBLOCK: opening a pipe must not wait for somebody to write into it.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let descriptor = open(&path, flags, Mode::empty()).map_err(|error| {
        refused(match error {
            rustix::io::Errno::LOOP => "is a symbolic link: name the file itself".to_owned(),
            rustix::io::Errno::NOENT => "is not there".to_owned(),
            rustix::io::Errno::ACCESS => {
                "cannot be opened: permission denied; it must be yours alone (chmod 600, or chown it)"
                    .to_owned()
            }
            error => format!("cannot be opened: {error}"),
        })
    })?;
    let stat = fstat(&descriptor).map_err(|error| refused(format!("cannot be checked: {error}")))?;
    let me = rustix::process::geteuid().as_raw();
    if let Some(reason) = objection(
        FileType::from_raw_mode(stat.st_mode),
        stat.st_mode,
        stat.st_uid,
        me,
    ) {
        return Err(refused(reason));
    }
    let mut bytes = Vec::new();
    File::from(descriptor)
        .take(MOST_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| refused(format!("cannot be read: {error}")))?;
    Ok(bytes)
}

/// What speaks against a file with this type, mode and owner, read by `me`.
pub fn objection(kind: FileType, mode: u32, owner: u32, me: u32) -> Option<String> {
    if kind != FileType::RegularFile {
        Some("is not a regular file".to_owned())
    } else if owner != me && owner != 0 {
        Some(format!("belongs to another user (uid {owner})"))
    } else if mode & 0o077 != 0 {
        Some(format!(
            "can be read or written by others (mode {:04o}): chmod 600 it",
            mode & 0o7777
        ))
    } else {
        None
    }
}

/// The path with a leading `~/` as the home directory.
pub fn expand(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), std::env::var_os("HOME")) {
        (Ok(rest), Some(home)) => Path::new(&home).join(rest),
        _ => path.to_owned(),
    }
}
