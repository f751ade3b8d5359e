//! A proposal that a person has corrected where it lies.

use std::path::{Path, PathBuf};

use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::output::complain;
use crate::config::mapping::Mapping;
use crate::config::mapping_with;

use super::files;

/// Where a proposal lies that is not in force.
const PROPOSED: &str = "mapping.proposed.toml";
/// Where one is kept whose place another one took.
const BEFORE: &str = "mapping.proposed.before.toml";

/// A proposal beside the place of `mapping.toml` that says something else than what is proposed now.
pub struct Corrected {
    /// Where it lies.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
    /// The mapping that would be in force with it.
    pub mapping: Mapping,
    /// The lines in which it says something else.
    changes: Vec<String>,
}

impl Corrected {
    /// What lies in this directory, if it says something else; refused when something is wrong in it.
    pub fn read(context: &Context, directory: &Path, proposed: &str) -> Result<Option<Self>, CliError> {
        let path = directory.join(PROPOSED);
        let text = files::read(&path)?;
        let changes = files::changes(proposed, &text);
        if text.is_empty() || changes.is_empty() {
            return Ok(None);
        }
        let (mapping, wrong) = mapping_with(&context.dirs()?, &path.display().to_string(), text.clone());
        if let Some(first) = wrong.first() {
            let error = CliError::usage(format!("{}: {}", first.place(), first.message));
            let hint = first.hint.as_deref().unwrap_or("correct it there");
            return Err(error.hint(format!(
                "{hint}; without the file connecting begins with a new proposal"
            )));
        }
        Ok(Some(Self {
            path,
            text,
            mapping,
            changes,
        }))
    }

    /// Says what it says instead of what is proposed.
    pub fn tell(&self) {
        complain(&format!(
            "{} is read in place of the proposal; it differs in:",
            self.path.display()
        ));
        for line in &self.changes {
            complain(&format!("  {line}"));
        }
    }
}

/// Writes a proposal that is not in force beside `mapping.toml`. One that says something else may have been corrected, and
/// is kept.
pub fn write_beside(mapping: &Path, proposed: &str) -> Result<PathBuf, CliError> {
    let beside = mapping.with_file_name(PROPOSED);
    let there = files::read(&beside)?;
    if !there.is_empty() && !files::changes(proposed, &there).is_empty() {
        let kept = mapping.with_file_name(BEFORE);
        files::write(&kept, &there)?;
        complain(&format!(
            "note: another proposal lay there; it is kept as {}",
            kept.display()
        ));
    }
    files::write(&beside, proposed)?;
    Ok(beside)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_that_was_corrected_is_kept_where_another_one_takes_its_place() {
        let home = tempfile::tempdir().unwrap();
        let mapping = home.path().join("mapping.toml");
        let read = |name: &str| std::fs::read_to_string(home.path().join(name)).ok();
        write_beside(&mapping, "[account]\n# filled on 98 %\nsegment = \"tier\"\n").unwrap();
        write_beside(&mapping, "[account]\n# filled on 97 %\nsegment = \"tier\"\n").unwrap();
        assert_eq!(read(BEFORE), None);
        let corrected = "[account]\nsegment = \"size\"\n";
        std::fs::write(home.path().join(PROPOSED), corrected).unwrap();
        let proposed = "[account]\nsegment = \"tier\"\n";
        write_beside(&mapping, proposed).unwrap();
        assert_eq!(read(BEFORE).as_deref(), Some(corrected));
        assert_eq!(read(PROPOSED).as_deref(), Some(proposed));
    }
}
