//! The files beside the ledger, in which what could not be saved and what an editor had open wait to be taken over: the
//! names of erased people go from them too. A text that is open in somebody's editor right now is theirs.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use serde_json::Value;

use super::People;
use crate::domain::outbox::Write;
use crate::store::error::StoreError;
use crate::store::{composing, files, recovery};

/// Where the file of what was not saved keeps its orders.
const ORDERS: &str = "orders";
/// Where an order keeps what it queues.
const LISTS: [&str; 2] = ["entries", "back"];

/// Takes the names out of the files in this directory; what is about these people alone goes whole.
pub(super) fn erase(directory: &Path, people: &People<'_>) -> Result<(), StoreError> {
    for left in recovery::left(directory)? {
        // One that cannot be read is told at each start, and stays for the person to look into.
        if let Ok(text) = &left.text
            && let Some(without) = unsaved(text, people)
        {
            replace(&left.path, text.len(), Some(&without))?;
        }
    }
    for one in composing::all(directory).iter().filter(|one| one.is_left()) {
        let Ok(text) = composing::read(&one.path) else {
            continue;
        };
        if people.have_draft(&one.draft) {
            replace(&one.path, text.len(), None)?;
        } else if let Some(without) = people.names.out_of(&text) {
            replace(&one.path, text.len(), Some(&without))?;
        }
    }
    Ok(())
}

/// The orders without what is to be erased; `None` when there is nothing of it.
fn unsaved(text: &str, people: &People<'_>) -> Option<String> {
    let Ok(mut value) = serde_json::from_str::<Value>(text) else {
        return people.names.out_of(text);
    };
    let mut touched = people.names.out_of_all(&mut value);
    if let Some(orders) = value.get_mut(ORDERS).and_then(Value::as_array_mut) {
        let before = orders.len();
        orders.retain_mut(|order| {
            let (is_left, changed) = without_theirs(order, people);
            touched |= changed;
            is_left
        });
        touched |= orders.len() != before;
    }
    touched.then(|| value.to_string())
}

/// Takes out of an order what it queues about these people alone. Says whether anything of it is left, and whether
/// anything went.
fn without_theirs(order: &mut Value, people: &People<'_>) -> (bool, bool) {
    let is_theirs = |holder: &Value| {
        let write = holder.get("write").cloned();
        let write = write.and_then(|write| serde_json::from_value::<Write>(write).ok());
        write.is_some_and(|write| people.are_all_of(&write))
    };
    let names_draft = |order: &Value| {
        let name = order.get("name").and_then(Value::as_str);
        name.is_some_and(|name| people.have_draft(name)) && order.get("text").is_some()
    };
    if names_draft(order) || order.get("step").is_some_and(is_theirs) {
        return (false, true);
    }
    let mut went = false;
    for list in LISTS {
        if let Some(entries) = order.get_mut(list).and_then(Value::as_array_mut) {
            let before = entries.len();
            entries.retain(|entry| !is_theirs(entry));
            went |= entries.len() != before;
        }
    }
    let has = |list: &str| {
        let found = order.get(list).and_then(Value::as_array);
        found.is_some_and(|found| !found.is_empty())
    };
    let is_empty = went && !LISTS.iter().chain(&["events"]).any(|list| has(list));
    (!is_empty, went)
}

/// Puts this text into the place of a file, or removes it, and overwrites what it held.
fn replace(path: &Path, bytes: usize, with: Option<&str>) -> Result<(), StoreError> {
    let fail = |error| StoreError::io(path, error);
    let mut before = OpenOptions::new().write(true).open(path).map_err(fail)?;
    match with {
        Some(text) => files::atomic_write(path, text.as_bytes())?,
        None => std::fs::remove_file(path).map_err(fail)?,
    }
    let blank = vec![b' '; bytes];
    before
        .write_all(&blank)
        .and_then(|()| before.sync_all())
        .map_err(fail)
}
