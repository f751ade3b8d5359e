//! `--plain`: the same answer as `--json`, for programs that read lines: exact values under the same names.

use serde_json::Value;

use crate::domain::money::Money;
use crate::domain::text::SafeText;
use crate::domain::words;

/// How an answer is laid out in lines.
#[derive(Debug, Clone, Copy)]
pub enum Plain {
    /// One line per value: its name, a tab, the value. Names within each other have a dot between.
    Values,
    /// A table: a header with names, then one line per item of the list with this name.
    Table(&'static str, &'static [&'static str]),
}

/// The lines of an answer.
pub fn lines(answer: &Value, plain: Plain) -> Vec<String> {
    let mut lines = Vec::new();
    match plain {
        Plain::Values => values("", answer, &mut lines),
        Plain::Table(list, columns) => {
            lines.push(columns.join("\t"));
            if answer[list].is_null() {
                lines.push(field(&answer[list]));
            }
            let items = answer[list].as_array().into_iter().flatten();
            lines.extend(items.map(|item| row(item, columns)));
        }
    }
    lines
}

fn row(item: &Value, columns: &[&str]) -> String {
    let fields: Vec<String> = columns.iter().map(|column| field(&item[*column])).collect();
    fields.join("\t")
}

fn values(name: &str, value: &Value, lines: &mut Vec<String>) {
    let below = |part: &str| match name {
        "" => part.to_owned(),
        name => format!("{name}.{part}"),
    };
    match value {
        Value::Object(fields) if money(value).is_none() => {
            for (part, value) in fields {
                values(&below(part), value, lines);
            }
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            for (number, item) in items.iter().enumerate() {
                values(&below(&number.to_string()), item, lines);
            }
        }
        value => lines.push(format!("{}\t{}", SafeText::line(name), field(value))),
    }
}

/// One value: words and numbers as they are, money with every digit, `null` where there is none.
fn field(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        value => money(value).map_or_else(|| value.to_string(), words::decimal),
    };
    SafeText::line(&text).to_string()
}

fn money(value: &Value) -> Option<Money> {
    serde_json::from_value(value.clone()).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_exact_and_named_as_in_json() {
        let answer = json!({
            "data": { "read_at": "2026-11-23T08:41:00Z" },
            "arr": { "minor": 8_400_005, "currency": "USD" },
            "score": null,
            "trend": [90, null],
            "people": [{ "name": "Dana\tWolf\n\u{1b}[2J" }],
        });
        assert_eq!(
            lines(&answer, Plain::Values),
            [
                "arr\t84000.05 USD",
                "data.read_at\t2026-11-23T08:41:00Z",
                "people.0.name\tDana Wolf \u{fffd}[2J",
                "score\tnull",
                "trend\t[90,null]",
            ]
        );
    }

    #[test]
    fn a_list_is_a_table_whose_rows_have_all_its_columns() {
        let answer = json!({ "total": 2, "accounts": [{ "id": "1", "name": "a\tb" }, { "id": "2" }] });
        assert_eq!(
            lines(&answer, Plain::Table("accounts", &["id", "name"])),
            ["id\tname", "1\ta b", "2\tnull"]
        );
        let unknown = json!({ "tasks": null, "tasks_reason": "the key may not read them" });
        assert_eq!(
            lines(&unknown, Plain::Table("tasks", &["id", "name"])),
            ["id\tname", "null"]
        );
    }
}
