//! Keeps weights that were tried, in the person's own layer of `health.toml`.

use std::fs;
use std::io;

use crate::app::{Failure, FailureKind, Msg, TerminalMsg};
use crate::config::edit;
use crate::domain::health::Weight;
use crate::store::files;

use super::exec::Workshop;

/// Writes the weights (in thousandths, by measure id) and tells how that went.
pub fn run(workshop: &Workshop, weights: &[(String, i64)]) -> Msg {
    let path = workshop.paths.config_dir.join("health.toml");
    let mut text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Msg::Failed(failure(format!("cannot read {}: {error}", path.display()))),
    };
    for (id, weight) in weights {
        text = edit::with_item_key(
            &text,
            ("measures", id),
            "weight",
            &f64::from(Weight(*weight)).to_string(),
        );
    }
    // A file that is written in another form cannot take it; nothing is lost.
    if let Err(error) = text.parse::<toml::Table>() {
        let summary = format!("{} cannot take the weights: {}", path.display(), error.message());
        return Msg::Failed(failure(summary));
    }
    match files::atomic_write(&path, text.as_bytes()) {
        Ok(()) => Msg::Terminal(TerminalMsg::Told(format!(
            "kept in {}: in force from the next start on",
            path.display()
        ))),
        Err(error) => Msg::Failed(Workshop::storage_failure(&error)),
    }
}

fn failure(summary: String) -> Failure {
    Failure {
        kind: FailureKind::Configuration,
        summary,
        hint: Some("set `weight` of the measures in your own health.toml".to_owned()),
        detail: None,
    }
}
