//! `retain check`: whether the configuration is sound, for people and for CI.

mod playbooks;

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::config::{Diagnostic, Dirs, KeyOrigin, Loaded, Setup, load};

use crate::domain::text::SafeText;
use crate::domain::words;
use crate::engine::{self, Unseen, editable, feeds};
use crate::store::{Cache, Ledger};

use super::CliError;
use super::context::Context;
use super::output::{Plain, complain};
use super::shape::Shape;
use super::writing;

const PLAIN: Plain = Plain::Table("diagnostics", &["file", "line", "column", "message", "hint"]);

/// Check every configuration file
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit code 0 when there is no mistake, notes or not; 2 otherwise.")]
pub struct Args {
    /// Check the files of this directory alone, over the shipped ones, as a team does in CI
    directory: Option<PathBuf>,
}

/// Says what is wrong, or that nothing is.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let loaded = match &args.directory {
        None => context.loaded()?,
        Some(directory) if directory.is_dir() => {
            let dirs = Dirs {
                team: None,
                user: Some(directory.clone()),
            };
            load(&dirs, &[], None)
        }
        Some(directory) => {
            return Err(CliError::usage(format!(
                "{} is not a directory",
                directory.display()
            )));
        }
    };
    let expired = expired(&loaded, context);
    let ran_out = ran_out(&loaded, context);
    let unpromised = unpromised(&loaded);
    let unmapped = unmapped(&loaded);
    let of_files = of_files(&loaded, context);
    // A team's files are checked without anybody's accounts.
    let (unseen, refused) = match &args.directory {
        None => {
            let refused = refused(&loaded, context).into_iter().chain(no_folder(&loaded));
            (unseen(&loaded, context), refused.collect())
        }
        Some(_) => (Vec::new(), Vec::new()),
    };
    let unraised = match &args.directory {
        None => unraised(&loaded, context),
        Some(_) => None,
    };
    let of_playbooks = playbooks::notes(&loaded, context, args.directory.is_none());
    if context.output.is_text() {
        loaded
            .diagnostics
            .iter()
            .map(ToString::to_string)
            .chain(of_files.iter().cloned())
            .chain(refused.iter().cloned())
            .chain(
                expired
                    .iter()
                    .map(|one| format!("note: {one}, it does not count any more")),
            )
            .chain(ran_out.iter().map(|one| format!("note: {one}")))
            .chain(
                [&unpromised, &unmapped, &unseen, &of_playbooks]
                    .into_iter()
                    .flatten()
                    .chain(&unraised)
                    .map(|one| format!("note: {one}")),
            )
            .for_each(|line| complain(&line));
    } else {
        let diagnostics: Vec<Value> = loaded.diagnostics.iter().map(answer).collect();
        let answer = json!({
            "diagnostics": diagnostics, "expired": expired, "unseen": unseen, "unraised": unraised.iter().collect::<Vec<_>>(), "files": of_files,
            "refused": refused, "ran_out": ran_out, "unmapped": unmapped, "unpromised": unpromised, "playbooks": of_playbooks,
        });
        context.output.values(&answer, PLAIN)?;
    }
    verdict(loaded.diagnostics.len() + refused.len(), of_files.len())?;
    if !context.output.is_text() {
        return Ok(());
    }
    let setup = &loaded.setup;
    context.output.text(&format!(
        "{}: {} measures, {} signals, {} rules of routing, {} playbooks, {}",
        sound(
            expired.len()
                + ran_out.len()
                + unpromised.len()
                + unmapped.len()
                + unseen.len()
                + of_playbooks.len()
                + usize::from(unraised.is_some())
        ),
        setup.health.measures.len(),
        setup.signals.signals.len(),
        setup.routing.routes.len(),
        setup.playbooks.len(),
        handoffs(setup),
    ))
}

/// What figures rest on and the mapping has no property for: no mistake, since the CRM may have none.
fn unmapped(loaded: &Loaded) -> Vec<String> {
    let ends = loaded.setup.mapping.ends_unmapped();
    ends.map(|(what, hint)| format!("{what}; {hint}"))
        .into_iter()
        .collect()
}

/// The stages, segments and roles that signals and overrides ask for and nobody has, and people whom the CRM does not know,
/// each with its place: no mistake, since one may come to have it. Nothing is told where there is no cache to ask.
fn unseen(loaded: &Loaded, context: &Context) -> Vec<String> {
    let Some(cache) = cache(context) else {
        return Vec::new();
    };
    let signals = &loaded.setup.signals.signals;
    let found = engine::unseen(&cache, &loaded.setup, signals).unwrap_or_default();
    let of_overrides = engine::unseen_overrides(&cache, &loaded.setup).unwrap_or_default();
    let told = [("signals.toml", found), ("health.toml", of_overrides)];
    let told = told.iter().flat_map(|(file, found)| {
        let line = |one: &Unseen| format!("{}: {}", place(loaded, file, &one.key), one.words());
        found.iter().map(line).collect::<Vec<_>>()
    });
    let owners = writing::owners(&cache).unwrap_or_default();
    // Before the first sync the CRM's people are not known.
    let strangers = loaded.setup.team.strangers(&owners).into_iter();
    let strangers = strangers.filter(|_| !owners.is_empty()).map(|(_, email)| {
        format!(
            "{}: the CRM knows nobody with the address {email}",
            place(loaded, "team.toml", "people")
        )
    });
    told.chain(strangers)
        .map(|line| SafeText::line(&line).to_string())
        .collect()
}

/// What steps of playbooks are to set that the CRM does not take, each with its place. Nothing is told where there is
/// no cache to ask.
fn refused(loaded: &Loaded, context: &Context) -> Vec<String> {
    let Some(cache) = cache(context) else {
        return Vec::new();
    };
    let found = editable::refused(&cache, &loaded.setup, context.now()).unwrap_or_default();
    let told = found.iter().map(|one| {
        let (file, key) = (
            format!("playbooks/{}.toml", one.playbook),
            format!("steps.{}.{}", one.step, one.key),
        );
        format!("{}: {}", place(loaded, &file, &key), one.why)
    });
    told.map(|line| SafeText::line(&line).to_string()).collect()
}

/// That the folder of the team's journal cannot be one, with its place.
fn no_folder(loaded: &Loaded) -> Option<String> {
    let folder = loaded.setup.settings.team.folder()?;
    let why = match std::fs::metadata(folder) {
        Ok(found) if found.is_dir() => return None,
        Ok(_) => "is no folder".to_owned(),
        Err(error) => format!("cannot be used: {error}"),
    };
    let place = place(loaded, "retain.toml", "team.journal");
    Some(format!("{place}: {} {why}", folder.display()))
}

fn cache(context: &Context) -> Option<Cache> {
    let workplace = context.workplace_for_a_status_line(false).ok()?;
    let path = &workplace.paths.cache_db;
    path.exists().then(|| Cache::open_read_only(path))?.ok()
}

/// Where a key, or the first one below it, was written: `FILE:LINE`, or the key itself where no file has it.
fn place(loaded: &Loaded, file: &str, key: &str) -> String {
    let is_it = |own: &str| {
        own.strip_prefix(key)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let written = |origin: &&KeyOrigin| origin.file == file && is_it(&origin.key.replace('"', ""));
    let place = loaded.origins.iter().find(written);
    place.map_or_else(
        || key.to_owned(),
        |origin| format!("{}:{}", origin.source, origin.line),
    )
}

/// That the health model is another one than before under the same version: no mistake, but scores of then and of now
/// are told apart by it. Nothing is told where there is no ledger to ask, or what was read is not what was meant.
fn unraised(loaded: &Loaded, context: &Context) -> Option<String> {
    let is_of_model = |one: &Diagnostic| one.file.ends_with("health.toml");
    if loaded.diagnostics.iter().any(is_of_model) {
        return None;
    }
    let workplace = context.workplace_for_a_status_line(false).ok()?;
    let path = &workplace.paths.ledger_db;
    let ledger = path.exists().then(|| Ledger::open_read_only(path))?.ok()?;
    let health = &loaded.setup.health;
    let since = engine::model_of_same_version(&ledger, health).ok()??;
    let day = since.to_zoned(loaded.setup.settings.zone()).date();
    let place = place(loaded, "health.toml", "version");
    let version = health.version;
    Some(format!(
        "{place}: the model of {day} was another one and has version {version} too; raise `version`"
    ))
}

/// How many handoffs there are, as `handoff templates` lists them: those of another phase wait for it.
fn handoffs(setup: &Setup) -> String {
    let all = setup.handoffs.handoffs.len();
    let here = setup.handoffs.of_phase(setup.settings.organisation.phase).count();
    let counted = words::counted(here as u64, "handoff", "handoffs");
    match all - here {
        0 => counted,
        others => format!("{counted} in use, {others} more only in another phase of the organisation"),
    }
}

/// The overrides of the health model that have run out, each with its place: no mistake, but somebody should know.
fn expired(loaded: &Loaded, context: &Context) -> Vec<String> {
    let today = context.now().to_zoned(loaded.setup.settings.zone()).date();
    let overrides = &loaded.setup.health.overrides;
    let expired = overrides.all().filter(|(.., one)| one.is_expired(today));
    expired
        .map(|(table, name, one)| {
            let until = one.until.map_or_else(String::new, |until| until.to_string());
            let key = format!("overrides.{table}.{name}.until");
            let place = place(loaded, "health.toml", &key);
            format!("{place}: the override of {table} `{name}` ended on {until}")
        })
        .collect()
}

/// The fields of handoffs that tell of promises and make none of what is written in them, each with its place: no mistake,
/// but nobody is asked to keep such a promise.
fn unpromised(loaded: &Loaded) -> Vec<String> {
    let told = loaded.setup.handoffs.unpromised().map(|(id, field)| {
        let place = place(loaded, "handoffs.toml", &format!("handoffs.{id}.fields.{field}.prefill"));
        format!("{place}: what is promised in `{field}` is nobody's task; add `promise = true`, or take `prefill` out")
    });
    told.collect()
}

/// The calendars whose holidays of single years are all past, each with its place: no mistake, but from now on business days
/// are counted without those that follow.
fn ran_out(loaded: &Loaded, context: &Context) -> Vec<String> {
    let today = context.now().to_zoned(loaded.setup.settings.zone()).date();
    let calendars = loaded.setup.team.calendars.iter();
    let ran_out = calendars.filter_map(|(name, calendar)| Some((name, calendar.ran_out(today)?)));
    ran_out
        .map(|(name, last)| {
            let place = place(loaded, "team.toml", &format!("calendars.{name}.holidays"));
            format!("{place}: the last holiday of calendar `{name}` was {last}; add those that follow")
        })
        .collect()
}

/// What is wrong in the files that metrics come from, each with its place.
fn of_files(loaded: &Loaded, context: &Context) -> Vec<String> {
    let looked = feeds::look(&loaded.setup, context.now());
    let told = looked.into_iter().flat_map(|one| {
        one.wrong
            .into_iter()
            .map(move |what| format!("{}: {what}", one.path))
    });
    told.map(|line| SafeText::line(&line).to_string()).collect()
}

fn answer(diagnostic: &Diagnostic) -> Value {
    Shape::default()
        .with("file", &diagnostic.file)
        .with("line", diagnostic.line)
        .with("column", diagnostic.column)
        .with("message", &diagnostic.message)
        .maybe("hint", diagnostic.hint.as_ref(), "the message says it all")
        .done()
}

/// How the last line begins where there is no mistake.
fn sound(notes: usize) -> String {
    match notes {
        0 => "nothing is wrong".to_owned(),
        notes => format!(
            "no mistakes; {} above",
            words::counted(notes as u64, "note", "notes")
        ),
    }
}

/// What is wrong in the files that metrics come from is none of the configuration's.
fn verdict(configuration: usize, files: usize) -> Result<(), CliError> {
    let told = |count: usize, place: &str| match count {
        0 => None,
        1 => Some(format!("one thing is wrong in {place}")),
        many => Some(format!("{many} things are wrong in {place}")),
    };
    let told = [
        told(configuration, "the configuration"),
        told(files, "the files that metrics come from"),
    ];
    let told: Vec<String> = told.into_iter().flatten().collect();
    if told.is_empty() {
        Ok(())
    } else {
        Err(CliError::usage(told.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_says_of_notes_that_there_are_some() {
        assert_eq!(sound(0), "nothing is wrong");
        assert_eq!(sound(1), "no mistakes; 1 note above");
        assert_eq!(sound(2), "no mistakes; 2 notes above");
    }

    #[test]
    fn bad_rows_of_a_file_are_not_counted_as_mistakes_in_the_configuration() {
        let said = |configuration, files| verdict(configuration, files).map_err(|error| error.to_string());
        assert_eq!(said(0, 0), Ok(()));
        let files = "6 things are wrong in the files that metrics come from";
        assert_eq!(said(0, 6), Err(files.to_owned()));
        let both = format!("one thing is wrong in the configuration, {files}");
        assert_eq!(said(1, 6), Err(both));
    }

    #[test]
    fn handoffs_are_counted_as_they_are_listed() {
        let nowhere = Dirs {
            team: None,
            user: None,
        };
        let mut setup = load(&nowhere, &[], None).setup;
        let phase = setup.settings.organisation.phase;
        let (all, here) = (
            setup.handoffs.handoffs.len(),
            setup.handoffs.of_phase(phase).count(),
        );
        assert!(here < all, "one of those that ship is of another phase");
        assert_eq!(
            handoffs(&setup),
            format!(
                "{here} handoffs in use, {} more only in another phase of the organisation",
                all - here
            )
        );
        setup.handoffs.handoffs.clear();
        assert_eq!(handoffs(&setup), "0 handoffs");
    }
}
