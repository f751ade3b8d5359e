//! A text in the person's own editor: `$VISUAL`, else `$EDITOR`, else `vi`. The terminal is the editor's meanwhile.
//!
//! What the editor left counts, however it ended: the file goes only once the ledger has its text, and what a session
//! could not finish is taken over by the next one.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::{env, io};

use jiff::Timestamp;

use crate::config::settings::Settings;
use crate::store::composing::{self, Composing};
use crate::store::{Ledger, Notice, StoreError};

/// What is run when the person names no editor.
const USUAL: &str = "vi";

/// What came of a text in an editor.
#[derive(Debug)]
pub struct Edited {
    /// The text as the editor left it; the error is one sentence.
    pub text: Result<String, String>,
    /// What else the person is told.
    pub aside: Option<String>,
    /// The file that goes once its text is saved; `None` when there is none, or it is to stay.
    pub file: Option<PathBuf>,
}

/// Waits for the end of the editor.
pub type Wait<'a> = &'a mut dyn FnMut(&mut Child) -> io::Result<ExitStatus>;

/// Lets the person edit the text of a draft. The file lies among our own, for us alone.
pub fn edit(directory: &Path, settings: &Settings, draft: &str, text: &str, wait: Wait<'_>) -> Edited {
    let named = ["VISUAL", "EDITOR"].into_iter().find_map(|name| {
        let value = env::var(name).ok()?;
        (!value.trim().is_empty()).then_some(value)
    });
    let editor = named.unwrap_or_else(|| USUAL.to_owned());
    match composing::create(directory, draft, text) {
        Ok(path) => {
            let ended = command(&editor, &path, settings).spawn();
            let ended = ended.and_then(|mut child| wait(&mut child));
            judge(&editor, path, text, ended)
        }
        Err(error) => Edited {
            text: Err(format!("no editor: {error}")),
            aside: None,
            file: None,
        },
    }
}

/// What an editor left, by how it ended: a changed text is never thrown away.
fn judge(editor: &str, path: PathBuf, before: &str, ended: io::Result<ExitStatus>) -> Edited {
    let left = composing::read(&path);
    let is_changed = left.as_ref().is_ok_and(|text| {
        !text.trim().is_empty() && text.trim_end_matches('\n') != before.trim_end_matches('\n')
    });
    let (text, aside) = match (ended, left) {
        (Ok(status), Ok(text)) if status.success() => (Ok(text), None),
        (Ok(status), Ok(text)) if is_changed => {
            let aside =
                format!("`{editor}` ended with {status}: what it had saved is here, alt-u undoes that");
            (Ok(text), Some(aside))
        }
        (Ok(status), Err(error)) if status.success() => {
            // It may still be there for whoever can read it.
            let text = Err(format!("what `{editor}` left cannot be read: {error}"));
            let (aside, file) = (None, None);
            return Edited { text, aside, file };
        }
        (Ok(status), _) => (
            Err(format!("`{editor}` ended with {status}: the text is as it was")),
            None,
        ),
        (Err(error), _) => (Err(format!("`{editor}` did not start: {error}")), None),
    };
    let file = Some(path);
    Edited { text, aside, file }
}

/// The editor may come with arguments: a shell takes it apart, as everywhere. It gets no token.
fn command(editor: &str, path: &Path, settings: &Settings) -> Command {
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!("{editor} \"$1\""))
        .arg("sh")
        .arg(path);
    for variable in settings.token_variables() {
        command.env_remove(variable);
    }
    command
}

/// Texts in editors of sessions that are gone.
fn left(directory: &Path) -> impl Iterator<Item = Composing> {
    let all = composing::all(directory).into_iter();
    all.filter(Composing::is_left)
}

/// Whether a session that is gone left any.
pub fn is_any_left(directory: &Path) -> bool {
    left(directory).next().is_some()
}

/// Takes over the texts that sessions which are gone had in an editor: each becomes a draft, unless one has it already.
pub fn take_over(ledger: &mut Ledger, directory: &Path, now: Timestamp) -> Result<Vec<Notice>, StoreError> {
    let mut notices = Vec::new();
    for one in left(directory) {
        notices.extend(take(ledger, &one, now)?);
    }
    Ok(notices)
}

/// Takes over one of them, and says so; `None` where a draft has it, or another start was faster.
fn take(ledger: &mut Ledger, one: &Composing, now: Timestamp) -> Result<Option<Notice>, StoreError> {
    let (summary, hint) = match composing::read(&one.path) {
        Ok(text) => {
            let text = text.trim_end();
            let is_new = !text.is_empty() && ledger.put_draft_beside(&one.draft, text, now)?;
            composing::remove(&one.path)?;
            if !is_new {
                return Ok(None);
            }
            let summary = "what your editor had when the last session ended is kept as a draft";
            (summary.to_owned(), "O in the cockpit shows all drafts")
        }
        Err(StoreError::Missing { .. }) => return Ok(None),
        Err(error) => (
            format!("a text that was left in an editor cannot be read: {error}"),
            "it stays as it is: look into it, and remove it",
        ),
    };
    let hint = Some(hint.to_owned());
    Ok(Some(Notice { summary, hint }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn edit_with(editor: &str, directory: &Path, text: &str) -> Edited {
        let path = composing::create(directory, "note:1", text).unwrap();
        let ended = command(editor, &path, &Settings::default()).spawn();
        let ended = ended.and_then(|mut child| child.wait());
        judge(editor, path, text, ended)
    }

    #[test]
    fn an_editor_with_arguments_changes_the_text() {
        let directory = tempfile::tempdir().unwrap();
        let edited = edit_with("sed -i s/one/two/", directory.path(), "one\n");
        assert_eq!(edited.text.as_deref(), Ok("two\n"));
        assert_eq!(edited.aside, None);
        assert!(edited.file.unwrap().exists(), "it goes once the text is saved");
    }

    #[test]
    fn a_text_is_a_file_of_whole_lines_and_one_that_was_only_looked_at_is_unchanged() {
        let directory = tempfile::tempdir().unwrap();
        for (text, file) in [("one", "one\n"), ("one\n", "one\n"), ("", "")] {
            let path = composing::create(directory.path(), "note:1", text).unwrap();
            assert_eq!(composing::read(&path).unwrap(), file);
        }
        let edited = edit_with("f() { exit 1; }; f", directory.path(), "one");
        assert!(edited.text.is_err(), "{edited:?}");
    }

    #[test]
    fn an_editor_that_fails_or_is_not_there_changes_nothing_and_says_so() {
        let directory = tempfile::tempdir().unwrap();
        for editor in ["false", "no-such-editor-anywhere"] {
            let why = edit_with(editor, directory.path(), "one").text.unwrap_err();
            assert!(why.contains(editor) && why.contains("as it was"), "{why}");
        }
    }

    #[test]
    fn what_an_editor_saved_before_it_ended_badly_counts_and_the_person_is_told() {
        let directory = tempfile::tempdir().unwrap();
        for end in ["kill -HUP $$", "exit 1", "kill -KILL $$"] {
            let editor = format!("f() {{ echo two > $1; {end}; }}; f");
            let edited = edit_with(&editor, directory.path(), "one");
            assert_eq!(edited.text.as_deref(), Ok("two\n"), "{end}");
            assert!(edited.aside.unwrap().contains("alt-u"));
        }
        let edited = edit_with("f() { : > $1; exit 1; }; f", directory.path(), "one");
        assert!(edited.text.is_err(), "a file that was only begun is no text");
    }

    #[test]
    fn what_another_start_takes_over_first_is_done() {
        let directory = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(&directory.path().join("ledger.db"), "dana")
            .unwrap()
            .0;
        let now: Timestamp = "2026-11-23T08:50:00Z".parse().unwrap();
        composing::create(directory.path(), "note:1", "one").unwrap();
        let found = composing::all(directory.path());
        assert!(take(&mut ledger, &found[0], now).unwrap().is_some());
        assert_eq!(take(&mut ledger, &found[0], now).unwrap(), None);
        assert_eq!(ledger.draft("note:1").unwrap().unwrap().body, "one");
    }
}
