//! `retain doctor --fix`: makes the property that keeps what we write from being made twice, where it is missing.

use std::path::Path;

use serde_json::json;

use crate::cli::CliError;
use crate::cli::connect::prompt::Prompts;
use crate::cli::context::Context;
use crate::cli::output::{Plain, complain};
use crate::config::Setup;
use crate::config::edit::with_key;
use crate::crm::hubspot::HubSpot;
use crate::crm::{CrmError, CrmWrite};
use crate::domain::record::Kind;
use crate::runtime::own_file::at;
use crate::runtime::{connection, own_file};
use crate::store::lock::SyncLock;

use super::connection::{hint, in_time};

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
    runtime.block_on(async {
        let hubspot = connection::hubspot(&setup).map_err(|error| refused(&error))?;
        for kind in &lacking {
            in_time(hubspot.make_key(permit, *kind, &name))
                .await
                .map_err(|error| refused(&error))?;
        }
        Ok::<_, CliError>(())
    })?;
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

/// The kinds on which the CRM keeps no key of ours, asked anew.
async fn lacking(setup: &Setup) -> Result<Vec<Kind>, CliError> {
    let hubspot: HubSpot = connection::hubspot(setup).map_err(|error| refused(&error))?;
    let mut lacking = Vec::new();
    for kind in MADE {
        let keyed = in_time(hubspot.is_keyed(kind))
            .await
            .map_err(|error| refused(&error))?;
        if !keyed {
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
    CliError::failed("the property was not added")
        .because(error)
        .hint(hint(error))
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
