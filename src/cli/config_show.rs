//! `retain config show`: every key that is in force, and which layer set it.

use serde_json::{Value, json};

use crate::config::KeyOrigin;
use crate::domain::vocabulary::nearest;

use super::CliError;
use super::context::Context;
use super::output::{Column, Plain};

const COLUMNS: [Column; 3] = [
    Column::words("file"),
    Column::words("key"),
    Column::sentences("value"),
];
/// Where each was set names the file too.
const WITH_ORIGIN: [Column; 3] = [
    Column::words("key"),
    Column::names("value"),
    Column::words("set by"),
];

const PLAIN: Plain = Plain::Table("keys", &["file", "key", "value", "layer", "source", "line"]);

/// Show the configuration that is in force
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Print every key with its value
    Show {
        /// Say of each key which layer set it, and where
        #[arg(long)]
        origin: bool,
        /// Only keys that begin so, such as `sync` or `sync.users`, or those of a file
        prefix: Option<String>,
    },
}

/// Prints the keys.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let Action::Show { origin, prefix } = &args.action;
    let mut keys = context.loaded()?.origins;
    if let Some(prefix) = prefix {
        let error = unknown(prefix, &keys);
        keys.retain(|key| begins_with(&key.key, prefix) || begins_with(&key.file, prefix));
        if keys.is_empty() {
            return Err(error);
        }
    }
    if !context.output.is_text() {
        let keys: Vec<Value> = keys.iter().map(answer).collect();
        return context.output.values(&json!({ "keys": keys }), PLAIN);
    }
    let columns: &[Column] = if *origin { &WITH_ORIGIN } else { &COLUMNS };
    let rows: Vec<Vec<String>> = keys.iter().map(|key| fields(key, *origin)).collect();
    context.output.table(columns, &rows)
}

fn fields(key: &KeyOrigin, origin: bool) -> Vec<String> {
    if !origin {
        return vec![key.file.clone(), key.key.clone(), words(key)];
    }
    let place = format!("{}, {}:{}", key.layer.word(), key.source, key.line);
    vec![key.key.clone(), words(key), place]
}

fn answer(key: &KeyOrigin) -> Value {
    json!({
        "file": key.file,
        "key": key.key,
        "value": value(key),
        "layer": key.layer,
        "source": key.source,
        "line": key.line,
    })
}

/// The value itself, without the quotes that it is written with.
fn value(key: &KeyOrigin) -> Value {
    let table: Option<toml::Table> = toml::from_str(&format!("value = {}", key.value)).ok();
    let value = table.and_then(|mut table| table.remove("value"));
    value
        .and_then(|value| serde_json::to_value(value).ok())
        .unwrap_or_else(|| Value::String(key.value.clone()))
}

/// A text or a list of texts without quotes; anything else as it is written in TOML.
fn words(key: &KeyOrigin) -> String {
    match value(key) {
        Value::String(text) if !text.is_empty() => text,
        Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_string) => {
            let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            items.join(", ")
        }
        _ => key.value.clone(),
    }
}

/// Whether a key, or a file's name, begins with these whole segments.
fn begins_with(name: &str, prefix: &str) -> bool {
    let rest = name.strip_prefix(prefix.trim_end_matches('.'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
}

fn unknown(prefix: &str, keys: &[KeyOrigin]) -> CliError {
    let sections = keys
        .iter()
        .filter_map(|key| key.key.split_once('.').map(|(section, _)| section));
    let known = keys
        .iter()
        .flat_map(|key| [key.key.as_str(), key.file.as_str()])
        .chain(sections);
    let hint = match nearest(prefix, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`retain config show` lists every key that is set".to_owned(),
    };
    CliError::usage(format!("no key that is set begins with `{prefix}`")).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tree::Layer;

    fn key(name: &str, value: &str) -> KeyOrigin {
        KeyOrigin {
            file: "retain.toml".to_owned(),
            key: name.to_owned(),
            value: value.to_owned(),
            layer: Layer::BuiltIn,
            source: "built-in retain.toml".to_owned(),
            line: 1,
        }
    }

    fn check(written: &str, shown: &str, value_of: &Value) {
        let key = key("k", written);
        assert_eq!((words(&key), value(&key)), (shown.to_owned(), value_of.clone()));
    }

    #[test]
    fn values_are_shown_without_the_quotes_they_are_written_with() {
        check("\"auto\"", "auto", &json!("auto"));
        check("\"a \\\"b\\\"\"", "a \"b\"", &json!("a \"b\""));
        check("[\"mon\", \"tue\"]", "mon, tue", &json!(["mon", "tue"]));
        check("[[0, 1.5]]", "[[0, 1.5]]", &json!([[0, 1.5]]));
        check("8", "8", &json!(8));
        check("\"\"", "\"\"", &json!(""));
    }

    #[test]
    fn only_whole_segments_are_matched() {
        let check = |name: &str, prefix: &str, fits| assert_eq!(begins_with(name, prefix), fits, "{prefix}");
        check("metrics.x.property", "me", false);
        check("me.owner", "me", true);
        check("sync.users", "sync.", true);
        check("sync.users", "sync.users", true);
        check("sync.users", "sync.use", false);
        check("signals.toml", "signals", true);
        check("playbooks/renewal.toml", "playbooks", true);
    }

    #[test]
    fn an_unknown_key_names_the_nearest_one() {
        let keys = [key("sync.users", "8"), key("display.ascii", "\"auto\"")];
        let error = unknown("snyc", &keys);
        assert_eq!(error.kind.code(), 2);
        assert_eq!(error.hint.as_deref(), Some("did you mean `sync`?"));
        assert!(
            unknown("zzzzzzzz", &keys)
                .hint
                .is_some_and(|hint| hint.contains("lists every key"))
        );
    }
}
