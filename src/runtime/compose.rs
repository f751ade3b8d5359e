//! A text in the person's own editor: `$VISUAL`, else `$EDITOR`, else `vi`. The terminal is the editor's meanwhile.

use std::path::Path;
use std::process::Command;
use std::{env, fs, process};

use crate::config::settings::Settings;
use crate::store::files;

/// What is run when the person names no editor.
const USUAL: &str = "vi";

/// The text as the editor left it; the error is one sentence. The file lies among our own, for us alone, and goes.
pub fn edit(directory: &Path, settings: &Settings, text: &str) -> Result<String, String> {
    let named = ["VISUAL", "EDITOR"].into_iter().find_map(|name| {
        let value = env::var(name).ok()?;
        (!value.trim().is_empty()).then_some(value)
    });
    edit_with(
        &named.unwrap_or_else(|| USUAL.to_owned()),
        directory,
        settings,
        text,
    )
}

fn edit_with(editor: &str, directory: &Path, settings: &Settings, text: &str) -> Result<String, String> {
    let path = directory.join(format!("composing-{}.md", process::id()));
    let lost = |error: &dyn std::fmt::Display| format!("no editor: {}: {error}", path.display());
    files::atomic_write(&path, text.as_bytes()).map_err(|error| lost(&error))?;
    let status = command(editor, &path, settings).status();
    let edited = fs::read(&path);
    let _ = fs::remove_file(&path);
    match status {
        Ok(status) if status.success() => {
            let edited = edited.map_err(|error| lost(&error))?;
            Ok(String::from_utf8_lossy(&edited).into_owned())
        }
        Ok(status) => Err(format!("`{editor}` ended with {status}: the text is as it was")),
        Err(error) => Err(format!("`{editor}` did not start: {error}")),
    }
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_editor_with_arguments_changes_the_text_and_leaves_nothing_behind() {
        let directory = tempfile::tempdir().unwrap();
        let settings = Settings::default();
        let edited = edit_with("sed -i s/one/two/", directory.path(), &settings, "one\n");
        assert_eq!(edited.as_deref(), Ok("two\n"));
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[test]
    fn an_editor_that_fails_or_is_not_there_changes_nothing_and_says_so() {
        let directory = tempfile::tempdir().unwrap();
        let settings = Settings::default();
        for editor in ["false", "no-such-editor-anywhere"] {
            let why = edit_with(editor, directory.path(), &settings, "one").unwrap_err();
            assert!(why.contains(editor) && why.contains("as it was"), "{why}");
        }
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}
