//! Keeps weights that were tried, in the person's own layer of `health.toml`.

use toml::{Table, Value};

use crate::app::{Failure, FailureKind, Msg, TerminalMsg};
use crate::config::edit;
use crate::domain::health::Weight;

use super::exec::Workshop;
use super::own_file;

/// Writes the weights (in thousandths, by measure id) and tells how that went.
pub fn run(workshop: &Workshop, weights: &[(String, i64)]) -> Msg {
    let path = workshop.paths.config_dir.join("health.toml");
    let edit = |text: &str| {
        weights.iter().fold(text.to_owned(), |text, (id, weight)| {
            let weight = f64::from(Weight(*weight)).to_string();
            edit::with_item_key(&text, ("measures", id), "weight", &weight)
        })
    };
    let says = |table: &Table| weights.iter().all(|(id, weight)| is_kept(table, id, *weight));
    match own_file::change(&path, edit, says) {
        Ok(()) => Msg::Terminal(TerminalMsg::Told(format!(
            "kept in {}: in force from the next start on",
            path.display()
        ))),
        Err(unchanged) => Msg::Failed(Failure {
            kind: FailureKind::Configuration,
            summary: unchanged.to_string(),
            hint: Some("set `weight` of the measures in your own health.toml".to_owned()),
            detail: None,
        }),
    }
}

/// Whether the file gives a measure this weight.
fn is_kept(table: &Table, id: &str, weight: i64) -> bool {
    let measures = table.get("measures").and_then(Value::as_array);
    let named = |measure: &&Value| measure.get("id").and_then(Value::as_str) == Some(id);
    let kept = measures.and_then(|measures| measures.iter().find(named)?.get("weight"));
    let number = kept.and_then(|kept| {
        kept.as_float()
            .or_else(|| kept.as_integer().map(|whole| whole as f64))
    });
    number.is_some_and(|number| (number - f64::from(Weight(weight))).abs() < 1e-9)
}
