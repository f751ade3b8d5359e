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
/// Most proposals that are kept whose place another one took.
const MOST_KEPT: u32 = 10_000;

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
        let mut names = (1..MOST_KEPT)
            .map(|number| mapping.with_file_name(format!("mapping.proposed.before-{number}.toml")));
        let kept = names.find(|name| !name.exists()).ok_or_else(|| {
            let full = format!("{} earlier proposals lie beside {}", MOST_KEPT, mapping.display());
            CliError::failed(full).hint("remove those that are of no use, then connect again")
        })?;
        files::write(&kept, &there)?;
        complain(&format!(
            "note: another proposal lay there; it is kept as {}",
            kept.display()
        ));
    }
    files::write(&beside, proposed)?;
    Ok(beside)
}

/// Removes what lies beside a `mapping.toml` that says what is proposed, unless it says something else: then somebody may
/// have corrected it.
pub fn remove_stale(mapping: &Path, proposed: &str) -> Result<(), CliError> {
    let beside = mapping.with_file_name(PROPOSED);
    let there = files::read(&beside)?;
    if !there.is_empty() && files::changes(proposed, &there).is_empty() {
        std::fs::remove_file(&beside)?;
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proposal_that_nobody_corrected_is_removed() {
        let home = tempfile::tempdir().unwrap();
        let (mapping, beside) = (home.path().join("mapping.toml"), home.path().join(PROPOSED));
        let proposed = "[account]\nsegment = \"tier\"\n";
        remove_stale(&mapping, proposed).unwrap();
        for (there, stays) in [
            ("[account]\n# 97 %\nsegment = \"tier\"\n", false),
            ("[account]\n", true),
        ] {
            std::fs::write(&beside, there).unwrap();
            remove_stale(&mapping, proposed).unwrap();
            assert_eq!(beside.exists(), stays, "{there}");
        }
    }

    #[test]
    fn a_proposal_that_was_corrected_is_kept_where_another_one_takes_its_place() {
        let home = tempfile::tempdir().unwrap();
        let mapping = home.path().join("mapping.toml");
        let read = |name: &str| std::fs::read_to_string(home.path().join(name)).ok();
        write_beside(&mapping, "[account]\n# filled on 98 %\nsegment = \"tier\"\n").unwrap();
        write_beside(&mapping, "[account]\n# filled on 97 %\nsegment = \"tier\"\n").unwrap();
        let kept = |number: u32| read(&format!("mapping.proposed.before-{number}.toml"));
        assert_eq!(kept(1), None);
        let proposed = "[account]\nsegment = \"tier\"\n";
        for (number, own) in [(1, "size"), (2, "plan")] {
            let corrected = format!("[account]\nsegment = \"{own}\"\n");
            std::fs::write(home.path().join(PROPOSED), &corrected).unwrap();
            write_beside(&mapping, proposed).unwrap();
            assert_eq!(
                kept(number),
                Some(corrected),
                "none of them takes the place of another"
            );
            assert_eq!(read(PROPOSED).as_deref(), Some(proposed));
        }
    }
}
