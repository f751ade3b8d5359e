//! `retain doctor --fix`: makes the property that keeps what we write from being made twice, where it is missing.

use std::path::Path;

use serde_json::json;

use crate::cli::CliError;
use crate::cli::connect::prompt::Prompts;
use crate::cli::context::Context;
use crate::cli::error::FailureKind;
use crate::cli::output::{Plain, complain};
use crate::config::Setup;
use crate::config::edit::with_key;
use crate::config::paths::ProfilePaths;
use crate::crm::{Crm, CrmError, CrmWrite, Tenant};
use crate::domain::outbox::WritePermit;
use crate::domain::record::Kind;
use crate::runtime::own_file::at;
use crate::runtime::{connection, own_file};
use crate::store::lock::SyncLock;
use crate::store::{Cache, documents};
use crate::sync::SyncError;

use super::connection::in_time;

/// The kinds that we make.
pub(super) const MADE: [Kind; 5] = [Kind::Note, Kind::Task, Kind::Call, Kind::Meeting, Kind::Email];
/// What the property is called where the mapping does not say.
const NAME: &str = "retain_key";

/// Says what is missing, asks, makes it, and looks whether it is there.
pub(super) fn run(yes: bool, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace()?;
    let mut setup = Setup::clone(&workplace.setup);
    let permit = setup
        .write_permit()
        .map_err(|read_only| CliError::usage(read_only.why))?;
    let is_mapped = setup.mapping.outbox.key.is_some();
    let name = setup
        .mapping
        .outbox
        .key
        .get_or_insert_with(|| NAME.to_owned())
        .clone();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(is_the_same_tenant(&setup, &workplace.paths))?;
    let lacking = runtime.block_on(lacking(&setup))?;
    if lacking.is_empty() && is_mapped {
        return tell(
            context,
            &[],
            "nothing is to be done: every write is found by its key",
        );
    }
    complain(&format!(
        "a text property `{name}` with unique values is added in the CRM to: {}",
        words(&lacking)
    ));
    complain("with it a write that is not answered is repeated safely; without it you are asked");
    if !(Prompts { yes }).confirm("Add it?", false, true, "--yes")? {
        return tell(context, &[], "nothing was changed");
    }
    let _lock = SyncLock::acquire(&workplace.paths.lock)?
        .map_err(|holder| CliError::failed(holder.sentence()).hint(holder.hint()))?;
    runtime.block_on(add(&setup, permit, &lacking, &name))?;
    if !is_mapped {
        note(&workplace.paths.config_dir.join("mapping.toml"), &name)?;
    }
    let left = runtime.block_on(self::lacking(&setup))?;
    if !left.is_empty() {
        return Err(CliError::failed(format!(
            "the CRM has taken it, but does not keep it unique on: {}",
            words(&left)
        ))
        .hint("look at the property in the CRM's settings, then run `retain doctor`"));
    }
    tell(
        context,
        &lacking,
        &format!("`{name}` was added to: {}", words(&lacking)),
    )
}

/// The token must open the portal that the profile, or what was synced, is about: no other one is written to.
async fn is_the_same_tenant(setup: &Setup, paths: &ProfilePaths) -> Result<(), CliError> {
    let hubspot = connection::hubspot(setup).map_err(|error| refused(&error))?;
    let found = in_time(hubspot.tenant()).await.map_err(|error| refused(&error))?;
    let of_profile = setup.profile().and_then(|profile| profile.tenant.clone());
    match of_profile.or_else(|| synced_tenant(&paths.cache_db)) {
        Some(known) if known != found.id => Err(SyncError::OtherTenant {
            known,
            found: found.id,
        }
        .into()),
        _ => Ok(()),
    }
}

/// The tenant that the cache is of, if there is one that can be read.
fn synced_tenant(cache: &Path) -> Option<String> {
    let cache = Cache::open_read_only(cache).ok()?;
    let json = cache.document(documents::TENANT).ok()??;
    serde_json::from_str::<Tenant>(&json).ok().map(|tenant| tenant.id)
}

/// Adds the property, kind by kind. What stops it says which have it already.
async fn add(setup: &Setup, permit: WritePermit, lacking: &[Kind], name: &str) -> Result<(), CliError> {
    let hubspot = connection::hubspot(setup).map_err(|error| refused(&error))?;
    for (place, kind) in lacking.iter().enumerate() {
        // Without a limit to its time: a write that we cut off may arrive all the same.
        let mut stopped = match hubspot.make_key(permit, *kind, name).await {
            Ok(Ok(())) => continue,
            Ok(Err(why)) => unclear(*kind, why),
            Err(error) => refused(&error),
        };
        if place > 0 {
            let told = format!("`{name}` was added to: {}", words(&lacking[..place]));
            stopped.details.push(told);
        }
        return Err(stopped);
    }
    Ok(())
}

/// The kinds on which the CRM keeps no key of ours, asked anew.
async fn lacking(setup: &Setup) -> Result<Vec<Kind>, CliError> {
    let hubspot = connection::hubspot(setup).map_err(|error| refused(&error))?;
    let mut lacking = Vec::new();
    for kind in MADE {
        if !in_time(hubspot.is_keyed(kind))
            .await
            .map_err(|error| refused(&error))?
        {
            lacking.push(kind);
        }
    }
    Ok(lacking)
}

/// Writes the name into the person's own mapping; everything else in it stays as it stands.
fn note(mapping: &Path, name: &str) -> Result<(), CliError> {
    let edit = |text: &str| with_key(text, "outbox", "key", &format!("\"{name}\""));
    let says =
        |table: &toml::Table| at(table, &["outbox", "key"]).and_then(toml::Value::as_str) == Some(name);
    own_file::change(mapping, edit, says).map_err(|unchanged| {
        CliError::failed("the property was added to the CRM, and its name could not be noted")
            .because(&unchanged)
            .hint(format!(
                "write `key = \"{name}\"` under [outbox] in your mapping.toml"
            ))
    })
}

fn refused(error: &CrmError) -> CliError {
    let told = CliError::new(FailureKind::from(error), "the property was not added");
    told.because(error).hint(error.hint()).quoting(error)
}

/// The question left, and no answer came.
fn unclear(kind: Kind, why: String) -> CliError {
    let what = format!("the property may have been added to {}", words(&[kind]));
    let told = CliError::new(FailureKind::Unreachable, what);
    told.because(&std::io::Error::other(why))
        .hint("run `retain doctor --fix` again: it adds only what is not there")
}

fn words(kinds: &[Kind]) -> String {
    let names: Vec<String> = kinds.iter().map(|kind| format!("{}s", kind.word())).collect();
    names.join(", ")
}

fn tell(context: &Context, made: &[Kind], told: &str) -> Result<(), CliError> {
    if context.output.is_text() {
        return context.output.line(told);
    }
    let made: Vec<&str> = made.iter().map(|kind| kind.word()).collect();
    context
        .output
        .values(&json!({ "added": made, "told": told }), Plain::Values)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_question_that_was_not_answered_is_not_told_as_one_that_was_refused() {
        let told = unclear(Kind::Call, "the CRM answered HTTP 502".to_owned());
        assert_eq!(told.kind, FailureKind::Unreachable);
        assert!(
            told.to_text().starts_with(
                "error: the property may have been added to calls\n  because: the CRM answered HTTP 502\n"
            ),
            "{}",
            told.to_text()
        );
    }

    #[test]
    fn the_persons_mapping_keeps_what_they_wrote() {
        let home = tempfile::tempdir().unwrap();
        let mapping = home.path().join("mapping.toml");
        std::fs::write(&mapping, "# mine\n[account]\nwau = \"users\" # weekly\n").unwrap();
        note(&mapping, "our_key").unwrap();
        let text = std::fs::read_to_string(&mapping).unwrap();
        assert!(
            text.starts_with("# mine\n[account]\nwau = \"users\" # weekly\n"),
            "{text}"
        );
        assert!(text.contains("[outbox]\nkey = \"our_key\""), "{text}");
    }
}
