//! A small validator: holds an answer against an OpenAPI document.

use jiff::Timestamp;
use serde_json::Value;

/// The document that the embedded CRM is held to.
pub struct Document(Value);

impl Document {
    pub fn hubspot() -> Self {
        let text = include_str!("../specs/hubspot-min-2026-09.openapi.json");
        Self(serde_json::from_str(text).unwrap())
    }

    /// Everything that is wrong with an answer; a path, method or status that the document lacks is wrong too.
    pub fn judge(&self, method: &str, path: &str, status: u16, body: &str) -> Vec<String> {
        let Some(operation) = self.operation(method, path) else {
            return vec![format!("{method} {path} is not in the document")];
        };
        let responses = &operation["responses"];
        let exact = &responses[status.to_string()];
        let response = if exact.is_null() {
            &responses["default"]
        } else {
            exact
        };
        if exact.is_null() && status < 400 {
            return vec![format!("{method} {path} must not answer {status}")];
        }
        let schema = &response["content"]["application/json"]["schema"];
        if schema.is_null() {
            return if body.is_empty() {
                Vec::new()
            } else {
                vec!["a body where none belongs".to_owned()]
            };
        }
        let Ok(value) = serde_json::from_str(body) else {
            return vec![format!("not JSON: {body:.80}")];
        };
        let mut wrong = Vec::new();
        self.check(schema, &value, "body", &mut wrong);
        wrong
    }

    fn operation(&self, method: &str, path: &str) -> Option<&Value> {
        let fits = |template: &str| {
            let (wanted, given): (Vec<_>, Vec<_>) =
                (template.split('/').collect(), path.split('/').collect());
            wanted.len() == given.len()
                && wanted
                    .iter()
                    .zip(given)
                    .all(|(wanted, given)| wanted.starts_with('{') || *wanted == given)
        };
        let paths = self.0["paths"].as_object()?;
        // The template with the fewest holes is the one that is meant.
        let (_, operations) = paths
            .iter()
            .filter(|(template, operations)| fits(template) && !operations[method.to_lowercase()].is_null())
            .min_by_key(|(template, _)| template.matches('{').count())?;
        Some(&operations[method.to_lowercase()])
    }

    fn check(&self, schema: &Value, value: &Value, place: &str, wrong: &mut Vec<String>) {
        if let Some(reference) = schema["$ref"].as_str() {
            let schema = self.0.pointer(reference.trim_start_matches('#')).unwrap();
            return self.check(schema, value, place, wrong);
        }
        if value.is_null() && schema["nullable"] == true {
            return;
        }
        if let Some(choices) = schema["anyOf"].as_array() {
            let fits = |choice| {
                let mut wrong = Vec::new();
                self.check(choice, value, place, &mut wrong);
                wrong.is_empty()
            };
            if !choices.iter().any(fits) {
                wrong.push(format!("{place}: {value} fits no choice"));
            }
            return;
        }
        match schema["type"].as_str() {
            Some("object") => self.check_object(schema, value, place, wrong),
            Some("array") => self.check_array(schema, value, place, wrong),
            Some("string") => check_text(schema, value, place, wrong),
            Some("integer") => match value.as_i64() {
                Some(number) if schema["minimum"].as_i64().is_none_or(|least| number >= least) => {}
                _ => wrong.push(format!("{place}: {value} is no such integer")),
            },
            Some("boolean") if !value.is_boolean() => wrong.push(format!("{place}: {value} is no boolean")),
            Some("boolean") | None => {}
            Some(other) => wrong.push(format!("{place}: the validator does not know the type {other}")),
        }
    }

    fn check_object(&self, schema: &Value, value: &Value, place: &str, wrong: &mut Vec<String>) {
        let Some(object) = value.as_object() else {
            wrong.push(format!("{place}: {value} is no object"));
            return;
        };
        for name in schema["required"].as_array().into_iter().flatten() {
            if !object.contains_key(name.as_str().unwrap()) {
                wrong.push(format!("{place}: {name} is missing"));
            }
        }
        for (name, value) in object {
            let known = &schema["properties"][name];
            let schema = if known.is_null() {
                &schema["additionalProperties"]
            } else {
                known
            };
            if schema.is_object() {
                self.check(schema, value, &format!("{place}.{name}"), wrong);
            }
        }
    }

    fn check_array(&self, schema: &Value, value: &Value, place: &str, wrong: &mut Vec<String>) {
        let Some(items) = value.as_array() else {
            wrong.push(format!("{place}: {value} is no array"));
            return;
        };
        if schema["maxItems"]
            .as_u64()
            .is_some_and(|most| items.len() as u64 > most)
        {
            wrong.push(format!("{place}: {} items are too many", items.len()));
        }
        for (number, item) in items.iter().enumerate() {
            self.check(&schema["items"], item, &format!("{place}[{number}]"), wrong);
        }
    }
}

fn check_text(schema: &Value, value: &Value, place: &str, wrong: &mut Vec<String>) {
    let Some(text) = value.as_str() else {
        wrong.push(format!("{place}: {value} is no string"));
        return;
    };
    let allowed = schema["enum"].as_array();
    if allowed.is_some_and(|allowed| !allowed.contains(value)) {
        wrong.push(format!("{place}: {text} is not one of the list"));
    }
    if schema["pattern"].is_string() && (text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit())) {
        wrong.push(format!("{place}: {text} is no number"));
    }
    let formed = match schema["format"].as_str() {
        Some("date-time") => text.parse::<Timestamp>().is_ok(),
        Some("uuid") => {
            let parts: Vec<usize> = text.split('-').map(str::len).collect();
            parts == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
        }
        _ => true,
    };
    if !formed {
        wrong.push(format!("{place}: {text} is badly formed"));
    }
}

#[test]
fn the_validator_finds_what_is_wrong() {
    let document = Document::hubspot();
    let judge = |status, body: &str| {
        document
            .judge("GET", "/crm/objects/2026-09/companies/1", status, body)
            .len()
    };
    let good = r#"{"id":"1","properties":{"name":"A","wau":null},"createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:00Z","archived":false}"#;
    assert_eq!(judge(200, good), 0);
    assert_eq!(judge(200, &good.replace("\"1\"", "1")), 1);
    assert_eq!(judge(200, &good.replace("\"A\"", "7")), 1);
    assert_eq!(judge(200, &good.replace("archived", "archive")), 1);
    assert_eq!(judge(200, &good.replace("01T00", "01 at 00")), 2);
    assert_eq!(judge(204, good), 1);
    assert_eq!(
        judge(404, r#"{"message":"no","category":"X","correlationId":"x"}"#),
        1
    );
    assert_eq!(judge(200, "{"), 1);
    assert_eq!(document.judge("GET", "/elsewhere", 200, "").len(), 1);
}
