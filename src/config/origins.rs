//! Which layer set each key that is in force, and each file as one text.

use serde::Serialize;

use super::load::Loaded;
use super::tree::{Layer, Node, Value};

/// Which layer set a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyOrigin {
    /// The file that the key belongs to, e.g. `health.toml`.
    pub file: String,
    /// The key with its tables, e.g. `sync.users`.
    pub key: String,
    /// Its value as TOML.
    pub value: String,
    /// The layer.
    pub layer: Layer,
    /// Path of the file, or name of the variable or flag, that set it.
    pub source: String,
    /// Line in it, counted from 1.
    pub line: u32,
}

/// Keeps what a file says: which layer set each key, and the whole as one text, for the history of what scores followed
/// from. How the CRM is reached is no part of that, and may tell of secrets (a proxy's password, a program's arguments).
pub(super) fn keep_origins(file: &str, tree: &Node, loaded: &mut Loaded) {
    let first = loaded.origins.len();
    origins(file, "", tree, &mut loaded.origins);
    let lines = loaded.origins[first..]
        .iter()
        .filter(|origin| !origin.key.starts_with("profiles."))
        .map(|origin| format!("{} = {}\n", origin.key, origin.value));
    loaded.texts.push((file.to_owned(), lines.collect()));
}

fn origins(file: &str, prefix: &str, node: &Node, into: &mut Vec<KeyOrigin>) {
    match &node.value {
        Value::Table(table) => {
            for (key, (_, child)) in table {
                let key = bare_or_quoted(key);
                let path = if prefix.is_empty() {
                    key
                } else {
                    format!("{prefix}.{key}")
                };
                origins(file, &path, child, into);
            }
        }
        Value::Array(items) if !items.is_empty() && items.iter().all(|item| item.id().is_some()) => {
            for item in items {
                origins(
                    file,
                    &format!("{prefix}.{}", item.id().unwrap_or_default()),
                    item,
                    into,
                );
            }
        }
        _ => into.push(KeyOrigin {
            file: file.to_owned(),
            key: prefix.to_owned(),
            value: written(node),
            layer: node.place.source.layer,
            source: node.place.source.name.clone(),
            line: node.place.line_and_column().0,
        }),
    }
}

fn bare_or_quoted(key: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !key.is_empty() && key.bytes().all(bare) {
        key.to_owned()
    } else {
        toml::Value::String(key.to_owned()).to_string()
    }
}

fn written(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => toml::Value::String(text.clone()).to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => toml::Value::Float(*number).to_string(),
        Value::Bool(yes) => yes.to_string(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(written).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Table(table) => {
            let entries = table
                .iter()
                .map(|(key, (_, node))| format!("{} = {}", bare_or_quoted(key), written(node)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}
