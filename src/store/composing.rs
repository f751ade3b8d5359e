//! Files beside the ledger with a text that the person's own editor has open. Each belongs to one process and one draft,
//! which its name says; what a process left that is gone is taken over by the next one.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::lock::this_host;
use super::{files, keeper};
use crate::domain::outbox::Keeper;

/// How the names of the files begin and end.
const BEGINS: &str = "composing-";
const ENDS: &str = ".md";

/// A file with a text that is, or was, open in an editor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composing {
    /// Where it is.
    pub path: PathBuf,
    /// The process whose person edits it. One on another machine is no more: a ledger on a network is for one at a time.
    pub keeper: Keeper,
    /// The draft that it belongs to, e.g. `note:<account>`.
    pub draft: String,
}

impl Composing {
    /// Whether the process is gone that had it: another one may have its number since.
    pub fn is_left(&self) -> bool {
        keeper::is_gone(&self.keeper)
    }
}

/// Puts a text into a file of its own, for this process alone, in whole lines. It is not synced: the ledger has the text.
pub fn create(directory: &Path, draft: &str, text: &str) -> Result<PathBuf, StoreError> {
    files::private_dir(directory)?;
    let (own, draft) = (keeper::this(), written(draft));
    let end = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    let pid = own.pid;
    let began = own.began.map_or_else(String::new, |began| format!("-{began}"));
    // A process that had our number may have left some.
    let mut names =
        (0_u32..).map(|number| directory.join(format!("{BEGINS}{pid}-{number}{began}.{draft}{ENDS}")));
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

/// The text is elsewhere: the file goes. One that is gone already was taken over by another process.
pub fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(StoreError::io(path, error)),
        _ => Ok(()),
    }
}

fn of(path: &Path) -> Option<Composing> {
    let name = path.file_name()?.to_str()?;
    let name = name.strip_prefix(BEGINS)?.strip_suffix(ENDS)?;
    let (numbers, draft) = name.split_once('.')?;
    let mut numbers = numbers.split('-');
    let pid = numbers.next()?.parse().ok()?;
    // Earlier versions did not say when the process began.
    let began = numbers.nth(1).and_then(|began| began.parse().ok());
    Some(Composing {
        path: path.to_owned(),
        keeper: Keeper {
            host: this_host(),
            pid,
            began,
        },
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
        let own = keeper::this();
        assert!(all.iter().all(|one| one.draft == name && one.keeper == own));
        assert_eq!(all.len(), 2);
        assert!(!all.iter().any(Composing::is_left));
    }

    #[test]
    fn a_file_is_left_once_another_process_has_the_number_of_its_own_and_one_of_an_earlier_version_is_read() {
        let own = keeper::this();
        let named = |numbers: &str| of(Path::new(&format!("composing-{numbers}.note%3A1.md"))).unwrap();
        let earlier = named(&format!("{}-3", own.pid));
        assert_eq!((earlier.keeper.began, earlier.is_left()), (None, false));
        assert_eq!(earlier.draft, "note:1");
        let began = own.began.unwrap_or(7) + 1;
        let another = named(&format!("{}-0-{began}", own.pid));
        assert_eq!(another.is_left(), own.began.is_some());
        assert!(named("4194305-0").is_left(), "no process has this number");
    }

    #[test]
    fn a_file_that_another_process_took_over_is_done() {
        let directory = tempfile::tempdir().unwrap();
        let path = create(directory.path(), "note:1", "one").unwrap();
        remove(&path).unwrap();
        remove(&path).unwrap();
        assert!(
            remove(directory.path()).is_err(),
            "a directory is no file of ours"
        );
    }
}
