//! Changes of a person's own configuration files.
//!
//! A file is changed line by line, so that comments and order stay. What is written in an unusual form cannot be changed
//! so: what came out is read once more, and a file that would not say what was meant stays as it is.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::store::{StoreError, files};

/// Why a file stayed as it was.
#[derive(Debug)]
pub enum Unchanged {
    /// It cannot be read.
    Unreadable(PathBuf, io::Error),
    /// As it is written it cannot take the change.
    Form(PathBuf, String),
    /// It cannot be written.
    Unwritable(StoreError),
}

impl fmt::Display for Unchanged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(path, error) => write!(f, "cannot read {}: {error}", path.display()),
            Self::Form(path, why) => write!(f, "{} cannot take the change: {why}", path.display()),
            Self::Unwritable(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Unchanged {}

/// Changes a file, or begins it; its directory is made if there is none. `says` tells whether a file says what is meant.
///
/// # Errors
/// The file cannot be read or written, or would not say it afterwards; it is then as it was.
pub fn change(
    path: &Path,
    edit: impl FnOnce(&str) -> String,
    says: impl FnOnce(&Table) -> bool,
) -> Result<(), Unchanged> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(Unchanged::Unreadable(path.to_owned(), error)),
    };
    let text = edit(&text);
    let form = |why: &str| Unchanged::Form(path.to_owned(), why.to_owned());
    let table: Table = text
        .parse()
        .map_err(|error: toml::de::Error| form(error.message()))?;
    if !says(&table) {
        return Err(form("it is written in another form"));
    }
    if let Some(directory) = path.parent() {
        files::private_dir(directory).map_err(Unchanged::Unwritable)?;
    }
    files::atomic_write(path, text.as_bytes()).map_err(Unchanged::Unwritable)
}

/// What stands under a path of keys.
pub fn at<'a>(table: &'a Table, keys: &[&str]) -> Option<&'a Value> {
    let (last, tables) = keys.split_last()?;
    tables
        .iter()
        .try_fold(table, |table, key| table.get(*key)?.as_table())?
        .get(*last)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::edit::with_key;

    const KEYS: [&str; 3] = ["profiles", "north", "read_only"];

    fn allow(path: &Path) -> Result<(), Unchanged> {
        let edit = |text: &str| with_key(text, "profiles.north", "read_only", "false");
        change(path, edit, |table| {
            at(table, &KEYS) == Some(&Value::Boolean(false))
        })
    }

    #[test]
    fn a_file_in_a_form_that_cannot_be_changed_stays_as_it_is() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("retain.toml");
        for text in [
            "[profiles]\nnorth.token_env = \"T\"\n",
            "[profiles]\nnorth = { token_env = \"T\" }\n",
            "profiles.north.token_env = \"T\"\n",
        ] {
            fs::write(&path, text).unwrap();
            let told = allow(&path).unwrap_err().to_string();
            assert!(told.contains("retain.toml cannot take the change"), "{told}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        fs::write(&path, "[profiles.north] # mine\ntoken_env = \"T\"\n").unwrap();
        allow(&path).unwrap();
        assert!(
            fs::read_to_string(&path)
                .unwrap()
                .starts_with("[profiles.north] # mine\n")
        );
    }

    #[test]
    fn a_person_without_files_of_their_own_gets_the_first_one() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("config/retain/retain.toml");
        allow(&path).unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "[profiles.north]\nread_only = false\n"
        );
    }
}
