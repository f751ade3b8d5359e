//! Files beside the ledger with a text that the person's own editor has open. Each belongs to one process and one draft,
//! which its name says; what a process left that is gone is taken over by the next one.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::files;

/// How the names of the files begin and end.
const BEGINS: &str = "composing-";
const ENDS: &str = ".md";

/// A file with a text that is, or was, open in an editor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composing {
    /// Where it is.
    pub path: PathBuf,
    /// The process whose person edits it.
    pub process: u32,
    /// The draft that it belongs to, e.g. `note:<account>`.
    pub draft: String,
}

/// Puts a text into a file of its own, for this process alone, in whole lines. It is not synced: the ledger has the text.
pub fn create(directory: &Path, draft: &str, text: &str) -> Result<PathBuf, StoreError> {
    files::private_dir(directory)?;
    let (own, draft) = (std::process::id(), written(draft));
    let end = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    // A process that had our number may have left some.
    let mut names = (0_u32..).map(|number| directory.join(format!("{BEGINS}{own}-{number}.{draft}{ENDS}")));
    loop {
        let path = names.next().unwrap_or_else(|| directory.to_owned());
        let made =
            files::create_new(&path).and_then(|mut file| file.write_all([text, end].concat().as_bytes()));
        match made {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(StoreError::io(&path, error)),
        }
    }
}

/// Every such file in this directory, whosever it is.
pub fn all(directory: &Path) -> Vec<Composing> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut all: Vec<Composing> = entries.filter_map(|entry| of(&entry.path())).collect();
    all.sort_by(|one, other| one.path.cmp(&other.path));
    all
}

/// The text in a file. What is not UTF-8 in it is replaced.
pub fn read(path: &Path) -> Result<String, StoreError> {
    let bytes = fs::read(path).map_err(|error| StoreError::io(path, error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The text is elsewhere: the file goes.
pub fn remove(path: &Path) -> Result<(), StoreError> {
    fs::remove_file(path).map_err(|error| StoreError::io(path, error))
}

fn of(path: &Path) -> Option<Composing> {
    let name = path.file_name()?.to_str()?;
    let name = name.strip_prefix(BEGINS)?.strip_suffix(ENDS)?;
    let (number, draft) = name.split_once('.')?;
    Some(Composing {
        path: path.to_owned(),
        process: number.split_once('-')?.0.parse().ok()?,
        draft: read_name(draft)?,
    })
}

/// The name of a draft as part of a file's: letters, digits and hyphens stay.
fn written(draft: &str) -> String {
    let mut name = String::new();
    for byte in draft.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' {
            name.push(char::from(byte));
        } else {
            name.extend(['%', hex(byte >> 4), hex(byte & 15)]);
        }
    }
    name
}

fn hex(half: u8) -> char {
    char::from_digit(u32::from(half), 16).unwrap_or('0')
}

fn read_name(name: &str) -> Option<String> {
    let mut parts = name.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_whose_and_which_draft_it_is_and_replaces_none() {
        let directory = tempfile::tempdir().unwrap();
        let name = "step note:1:P-1/é call:+2";
        let first = create(directory.path(), name, "one").unwrap();
        let second = create(directory.path(), name, "two").unwrap();
        assert_eq!(
            (read(&first).unwrap(), read(&second).unwrap()),
            ("one\n".into(), "two\n".into())
        );
        let all = all(directory.path());
        let own = std::process::id();
        assert!(all.iter().all(|one| one.draft == name && one.process == own));
        assert_eq!(all.len(), 2);
    }
}
