//! Keeps weights that were tried, in the person's own layer of `health.toml`.

use toml::{Table, Value};

use crate::app::{Failure, FailureKind, Msg, TerminalMsg};
use crate::config::edit;
use crate::domain::health::Weight;

use super::exec::Workshop;
use super::own_file;

/// Writes the weights (in thousandths, by measure id) with a version that no other model has had, and tells how that went.
pub fn run(workshop: &Workshop, weights: &[(String, i64)]) -> Msg {
    let path = workshop.paths.config_dir.join("health.toml");
    let in_force = workshop.setup.health.version;
    let says = |table: &Table| {
        let is_raised = version_of(table).is_some_and(|version| version > in_force);
        is_raised && are_kept(table, weights)
    };
    match own_file::change(&path, |text| with_weights(text, weights, in_force), says) {
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

fn with_weights(text: &str, weights: &[(String, i64)], in_force: u32) -> String {
    let version = version(text, weights, in_force);
    let text = edit::with_first_key(text, "version", &version.to_string());
    weights.iter().fold(text, |text, (id, weight)| {
        let weight = f64::from(Weight(*weight)).to_string();
        edit::with_item_key(&text, ("measures", id), "weight", &weight)
    })
}

/// The version of the model with these weights: after the one in force, and after the one of the file, by which another
/// program may have scored since; that one itself where it has these weights already.
fn version(text: &str, weights: &[(String, i64)], in_force: u32) -> u32 {
    // What is no TOML is refused later on.
    let own: Table = text.parse().unwrap_or_default();
    match version_of(&own) {
        Some(kept) if kept > in_force && are_kept(&own, weights) => kept,
        kept => kept.unwrap_or(in_force).max(in_force).saturating_add(1),
    }
}

fn version_of(table: &Table) -> Option<u32> {
    table.get("version")?.as_integer()?.try_into().ok()
}

fn are_kept(table: &Table, weights: &[(String, i64)]) -> bool {
    weights.iter().all(|(id, weight)| is_kept(table, id, *weight))
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

#[cfg(test)]
#[test]
fn other_weights_are_another_version_of_the_model() {
    let weights = [("usage".to_owned(), 45_000), ("survey".to_owned(), 5_000)];
    let own = "# mine\n[[measures]]\nid = \"usage\"\nweight = 40\n";
    let told = "version = 4\n# mine\n[[measures]]\nid = \"usage\"\nweight = 45\n\n\
                [[measures]]\nid = \"survey\"\nweight = 5\n";
    assert_eq!(with_weights(own, &weights, 3), told);
    assert_eq!(with_weights(told, &weights, 4), told.replace("= 4\n#", "= 5\n#"));
    // Once more before the next start: the same are the same model, others are another again.
    assert_eq!(with_weights(told, &weights, 3), told);
    let others = [("usage".to_owned(), 50_000)];
    let again = told.replace("= 4\n#", "= 5\n#").replace("= 45", "= 50");
    assert_eq!(with_weights(told, &others, 3), again);
}
