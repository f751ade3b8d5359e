//! Lists of tables that are told apart by their `id`: one that has none, or that of another one, is told and left out, so
//! that the others still lie over what a lower layer says.

use std::collections::BTreeMap;

use super::diagnostic::Diagnostic;
use super::place::Place;
use super::tree::{Node, Value};

/// What one of the signals is called: people type its id, as in `ACCOUNT:SIGNAL`.
const SIGNAL: &str = "a signal";
/// The keys of such lists, and what one of them is called.
const KEYED: [(&str, &str); 5] = [
    ("fields", "a field"),
    ("measures", "a measure"),
    ("routes", "a rule"),
    ("signals", SIGNAL),
    ("steps", "a step"),
];

/// Leaves out of the lists of one text what cannot be told apart, and says whether nothing was.
pub(super) fn settle(tree: &mut Node, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let before = diagnostics.len();
    match &mut tree.value {
        Value::Table(table) => table.retain(|key, (place, node)| {
            let kept = match KEYED.iter().find(|(list, _)| list == key) {
                Some((list, one)) => settle_list((list, one), place, node, diagnostics),
                None => true,
            };
            settle(node, diagnostics);
            kept
        }),
        Value::Array(items) => items.iter_mut().for_each(|item| {
            settle(item, diagnostics);
        }),
        _ => {}
    }
    diagnostics.len() == before
}

/// Whether it is a list, or at least for whoever reads it to complain of.
fn settle_list(
    (list, one): (&str, &str),
    place: &Place,
    node: &mut Node,
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    match &mut node.value {
        Value::Table(_) => {
            // `[signals.own]`: what stands behind the point was meant as the id.
            let id = node.id().or_else(|| node.first_table()).unwrap_or("…");
            let hint = format!("write `[[{list}]]` and below it `id = \"{id}\"`");
            let message = format!("`{list}`: a list is expected, not a table");
            diagnostics.push(place.diagnostic(message, Some(hint)));
            false
        }
        Value::Array(items) => {
            let mut seen: BTreeMap<String, u32> = BTreeMap::new();
            items.retain(|item| match id_of(item, one, &mut seen) {
                Ok(()) => true,
                Err(diagnostic) => {
                    diagnostics.push(diagnostic);
                    false
                }
            });
            true
        }
        _ => true,
    }
}

fn is_of_word(letter: u8) -> bool {
    matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_')
}

/// Notes the id of one of a list, or says why it cannot be told apart by it.
fn id_of(item: &Node, one: &str, seen: &mut BTreeMap<String, u32>) -> Result<(), Diagnostic> {
    let Value::Table(table) = &item.value else {
        let message = format!("{one} is a table with an `id`");
        return Err(item.place.diagnostic(message, None));
    };
    let left_out = "it is left out until then";
    let Some((_, node)) = table.get("id") else {
        let hint = format!("add `id = \"…\"`; {left_out}");
        return Err(item.place.diagnostic(format!("{one} needs an `id`"), Some(hint)));
    };
    let is_no_text = |written: &str| {
        let hint = format!("write `id = \"{written}\"`; {left_out}");
        let message = format!("the `id` of {one} is a text in quotes");
        Err(node.place.diagnostic(message, Some(hint)))
    };
    let id = match &node.value {
        Value::Text(id) => id,
        Value::Integer(number) => return is_no_text(&number.to_string()),
        _ => return is_no_text("…"),
    };
    if id.trim().is_empty() {
        let hint = format!("give it one of its own; {left_out}");
        return Err(node
            .place
            .diagnostic(format!("the `id` of {one} is empty"), Some(hint)));
    }
    if one == SIGNAL && !id.bytes().all(is_of_word) {
        let lower = id.trim().to_lowercase();
        let words = lower.split(|letter: char| !u8::try_from(letter).is_ok_and(is_of_word));
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let hint = format!("write `id = \"{}\"`; {left_out}", words.join("-"));
        let message =
            format!("the `id` of {one} has only a to z, 0 to 9, `-` and `_`, since it is typed: not `{id}`");
        return Err(node.place.diagnostic(message, Some(hint)));
    }
    if let Some(line) = seen.get(id) {
        let hint = format!("the first stands in line {line}; this one is left out");
        return Err(node
            .place
            .diagnostic(format!("two have the id `{id}`"), Some(hint)));
    }
    seen.insert(id.clone(), node.place.line_and_column().0);
    Ok(())
}
