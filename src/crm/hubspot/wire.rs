//! HubSpot's bodies as they come: tolerant of a missing field, a null, a number where a string belongs.
//!
//! Texts are borrowed from the body where they can be, since most of them are looked at only once.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, de};

use crate::domain::record::RecordId;

/// Reads a body. The reason names the place, never the content.
pub fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Eof => "it ends too early",
            serde_json::error::Category::Data => "a field has an unexpected form",
            _ => "it is not JSON",
        };
        format!("{what} (line {}, column {})", error.line(), error.column())
    })
}

/// A text; numbers and booleans are taken as they are written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text<'a>(pub Cow<'a, str>);

impl Text<'_> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, a number or a boolean")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(number.to_string())))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(number.to_string())))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(number.to_string())))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Text(Cow::Borrowed(if value { "true" } else { "false" })))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

/// Names and values; nulls and empty strings are left out, since they mean the same as absent.
#[derive(Debug, Default)]
pub struct Values<'a>(pub Vec<(Text<'a>, Text<'a>)>);

struct ValuesVisitor;

impl<'de> Visitor<'de> for ValuesVisitor {
    type Value = Values<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of strings")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut values = Vec::with_capacity(16);
        while let Some(name) = map.next_key::<Text<'de>>()? {
            if let Some(value) = map.next_value::<Option<Text<'de>>>()?
                && !value.as_str().trim().is_empty()
            {
                values.push((name, value));
            }
        }
        Ok(Values(values))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Values<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ValuesVisitor)
    }
}

/// One object.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Object<'a> {
    #[serde(borrow)]
    pub id: Text<'a>,
    #[serde(borrow, default)]
    pub properties: Values<'a>,
    #[serde(borrow)]
    pub created_at: Option<Text<'a>>,
    #[serde(borrow)]
    pub updated_at: Option<Text<'a>>,
    #[serde(default)]
    pub archived: bool,
}

/// The answer to a list, a search or a batch read.
#[derive(Debug, Deserialize)]
pub struct Objects<'a> {
    #[serde(borrow)]
    pub results: Vec<Object<'a>>,
    #[serde(default)]
    pub paging: Option<Paging>,
    #[serde(default)]
    pub total: Option<u64>,
    #[serde(default)]
    pub errors: Option<Vec<InputError>>,
}

/// Why a batch gave nothing for some of its inputs.
#[derive(Debug, Default, Deserialize)]
pub struct InputError {
    #[serde(default)]
    category: Option<String>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    pub errors: serde_json::Value,
    #[serde(default)]
    pub context: serde_json::Value,
}

impl InputError {
    /// What kind of error it is; empty when it does not say.
    pub fn category(&self) -> &str {
        self.category.as_deref().unwrap_or_default()
    }

    /// What it says.
    pub fn message(&self) -> &str {
        self.message.as_deref().unwrap_or_default()
    }

    /// Whether it only says that there is nothing: no such record, or no link from it.
    fn is_absence(&self) -> bool {
        self.category() == "OBJECT_NOT_FOUND"
    }

    /// Whether it names this id. By which field of its context it does so differs by what was asked.
    fn names(&self, id: &str) -> bool {
        let is_it = |value: &serde_json::Value| text(value).is_some_and(|text| text == id);
        let fields = self
            .context
            .as_object()
            .into_iter()
            .flat_map(|fields| fields.values());
        fields
            .flat_map(|field| {
                field
                    .as_array()
                    .map_or(std::slice::from_ref(field), Vec::as_slice)
            })
            .any(is_it)
    }
}

/// Those of the inputs that were refused: nothing can be told of them, least of all that they are not there. An error
/// that names none of them may be about any that has no answer.
pub fn refused(
    errors: Option<&Vec<InputError>>,
    asked: &[RecordId],
    is_answered: impl Fn(&RecordId) -> bool,
) -> Vec<RecordId> {
    let (absent, failed): (Vec<&InputError>, Vec<&InputError>) =
        errors.into_iter().flatten().partition(|error| error.is_absence());
    let named = |errors: &[&InputError], id: &RecordId| errors.iter().any(|error| error.names(id.as_str()));
    let is_vague = |error: &&&InputError| !asked.iter().any(|id| error.names(id.as_str()));
    let any_vague = failed.iter().any(|error| is_vague(&error));
    let is_refused =
        |id: &&RecordId| named(&failed, id) || (any_vague && !is_answered(id) && !named(&absent, id));
    asked.iter().filter(is_refused).cloned().collect()
}

/// Where to go on. Links to a next page are not read: they could lead to another origin.
#[derive(Debug, Deserialize)]
pub struct Paging {
    #[serde(default)]
    next: Option<Next>,
}

#[derive(Debug, Deserialize)]
struct Next {
    #[serde(default)]
    after: Option<serde_json::Value>,
}

/// The place to go on, if there is one.
pub fn after(paging: Option<&Paging>) -> Option<String> {
    match paging?.next.as_ref()?.after.as_ref()? {
        serde_json::Value::String(text) if !text.is_empty() => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// One object with its history.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct History {
    pub id: serde_json::Value,
    #[serde(default)]
    pub properties_with_history: std::collections::BTreeMap<String, Option<Vec<Version>>>,
}

/// One value of a property and since when.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    #[serde(default)]
    pub value: Option<serde_json::Value>,
    #[serde(default)]
    pub timestamp: Option<serde_json::Value>,
    #[serde(default)]
    pub source_type: Option<serde_json::Value>,
    #[serde(default)]
    pub updated_by_user_id: Option<serde_json::Value>,
}

/// The answer with histories.
#[derive(Debug, Deserialize)]
pub struct Histories {
    pub results: Vec<History>,
    #[serde(default)]
    pub errors: Option<Vec<InputError>>,
}

/// The answer to a question for links.
#[derive(Debug, Deserialize)]
pub struct Associations<'a> {
    #[serde(borrow)]
    pub results: Vec<Association<'a>>,
    #[serde(default)]
    pub errors: Option<Vec<InputError>>,
}

/// The links of one object, or a page of them.
#[derive(Debug, Deserialize)]
pub struct Association<'a> {
    #[serde(borrow)]
    pub from: Id<'a>,
    #[serde(borrow, default)]
    pub to: Vec<To<'a>>,
    #[serde(default)]
    pub paging: Option<Paging>,
}

/// An object by id.
#[derive(Debug, Deserialize)]
pub struct Id<'a> {
    #[serde(borrow)]
    pub id: Text<'a>,
}

/// The other end of a link.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct To<'a> {
    #[serde(borrow)]
    pub to_object_id: Text<'a>,
}

/// Text of a JSON value that should be a string.
pub fn text(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        serde_json::Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
    .filter(|text| !text.trim().is_empty())
}

/// A list of which only the elements count that can be read; one odd element never fails the whole.
#[derive(Debug)]
pub struct Lenient<T>(pub Vec<T>);

impl<'de, T: de::DeserializeOwned> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Element<T> {
            Good(T),
            Odd(IgnoredAny),
        }
        let elements = Vec::<Element<T>>::deserialize(deserializer)?;
        Ok(Self(
            elements
                .into_iter()
                .filter_map(|element| match element {
                    Element::Good(good) => Some(good),
                    Element::Odd(_) => None,
                })
                .collect(),
        ))
    }
}

/// The answer with schemas, pipelines or owners.
#[derive(Debug, Deserialize)]
#[serde(bound = "T: de::DeserializeOwned")]
pub struct Listing<T> {
    pub results: Lenient<T>,
    #[serde(default)]
    pub paging: Option<Paging>,
    #[serde(default)]
    pub errors: Option<Vec<InputError>>,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn values_are_strings_and_absence_has_three_forms() {
        let body = br#"{"results":[{"id":7,"properties":{"a":"x","b":null,"c":"","d":12.5,"e":true,"f":" "},
            "createdAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-02T00:00:00Z","archived":false,"new":1}],
            "paging":{"next":{"after":100,"link":"https://evil.example/"}},"total":3}"#;
        let objects: Objects<'_> = parse(body).unwrap();
        let object = &objects.results[0];
        assert_eq!(object.id.as_str(), "7");
        let values: Vec<(&str, &str)> = object
            .properties
            .0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(values, [("a", "x"), ("d", "12.5"), ("e", "true")]);
        assert_eq!(after(objects.paging.as_ref()).as_deref(), Some("100"));
    }

    #[test]
    fn texts_are_borrowed_unless_escaped() {
        let body = br#"["plain","a\"b"]"#;
        let texts: Vec<Text<'_>> = parse(body).unwrap();
        assert!(matches!(texts[0].0, Cow::Borrowed("plain")));
        assert!(matches!(&texts[1].0, Cow::Owned(text) if text == "a\"b"));
    }

    #[test]
    fn both_forms_of_an_association_are_read() {
        let body = br#"{"results":[{"from":{"id":"1"},"to":[{"toObjectId":5},{"toObjectId":"6","associationTypes":[]}]}]}"#;
        let links: Associations<'_> = parse(body).unwrap();
        let to: Vec<&str> = links.results[0]
            .to
            .iter()
            .map(|to| to.to_object_id.as_str())
            .collect();
        assert_eq!(to, ["5", "6"]);
    }

    #[test]
    fn only_not_found_says_that_there_is_nothing() {
        let asked: Vec<RecordId> = ["1", "2", "3", "4"].map(RecordId::from).to_vec();
        let refused_in = |errors: &str| {
            let body = format!(r#"{{"results":[{{"id":"1"}}],"errors":{errors}}}"#);
            let objects: Objects<'_> = parse(body.as_bytes()).unwrap();
            let refused = refused(objects.errors.as_ref(), &asked, |id| id.as_str() == "1");
            refused.into_iter().map(|id| id.0).collect::<Vec<_>>()
        };
        let gone = r#"{"category":"OBJECT_NOT_FOUND","context":{"ids":["2","3","4"]}}"#;
        assert_eq!(refused_in(&format!("[{gone}]")), [""; 0]);
        assert_eq!(refused_in("null"), [""; 0]);
        let one = r#"{"category":"INTERNAL_ERROR","message":null,"context":{"id":[3]}}"#;
        assert_eq!(refused_in(&format!("[{one}]")), ["3"]);
        let other = r#"{"category":"VALIDATION_ERROR","context":{"fromObjectId":"4"}}"#;
        assert_eq!(refused_in(&format!("[{one},{other}]")), ["3", "4"]);
        // It names nobody: whoever has no answer and is not named as gone may be meant.
        let some = r#"{"category":"OBJECT_NOT_FOUND","context":{"ids":["2"]}}"#;
        assert_eq!(refused_in(&format!("[{some},{{}}]")), ["3", "4"]);
    }

    #[test]
    fn what_cannot_be_read_is_told_by_place_not_by_content() {
        for body in [
            &b"{\"results\":[{\"id\":\"canary"[..],
            b"<html>canary</html>",
            b"{\"results\":\"canary\"}",
            b"",
        ] {
            let error = parse::<Objects<'_>>(body).unwrap_err();
            assert!(!error.contains("canary"), "{error}");
        }
    }

    #[test]
    fn one_odd_element_does_not_fail_a_listing() {
        #[derive(Debug, Deserialize)]
        struct Named {
            name: String,
        }
        let listing: Listing<Named> =
            parse(br#"{"results":[{"name":"a"},{"nam":1},null,{"name":"b"}]}"#).unwrap();
        let names: Vec<&str> = listing
            .results
            .0
            .iter()
            .map(|named| named.name.as_str())
            .collect();
        assert_eq!(names, ["a", "b"]);
    }
}
