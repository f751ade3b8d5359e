//! How two changes of one field are merged, and how fields and values are kept.

use super::*;

#[test]
fn merging_keeps_both_sides() {
    let change = |field: &str, base: Option<&str>, to: Option<&str>| Change {
        field: Field::from(field.to_owned()),
        base: base.map(str::to_owned),
        to: to.map(str::to_owned),
        value_type: match field {
            "number" => ValueType::Number,
            "when" => ValueType::DateTime,
            _ => ValueType::Text,
        },
    };
    let changes = [
        change("untouched", Some("a"), Some("b")),
        change("same", Some("a"), Some("b")),
        change("both", Some("a"), Some("b")),
        change("number", Some("1500"), Some("1600")),
        change("emptied", None, Some("b")),
        change("when", Some("2026-11-23T08:00:00Z"), Some("2026-11-24T08:00:00Z")),
    ];
    let theirs = |field: &Field| match field.to_string().as_str() {
        "untouched" => Some("a".to_owned()),
        "same" => Some("b".to_owned()),
        "both" => Some("c".to_owned()),
        "number" => Some("1500.00".to_owned()),
        "when" => Some("2026-11-23T08:00:00.000Z".to_owned()),
        _ => Some(String::new()),
    };
    let merged = merge(&changes, theirs);
    let names: Vec<String> = merged
        .write
        .iter()
        .map(|change| change.field.to_string())
        .collect();
    assert_eq!(names, ["untouched", "number", "emptied", "when"]);
    assert_eq!(merged.there, [Field::Mapped("same".into())]);
    assert_eq!(merged.conflicts.len(), 1);
    assert_eq!(merged.conflicts[0].theirs.as_deref(), Some("c"));
}

/// A version, a postcode or a telephone number looks like a number and is none.
#[test]
fn a_text_that_looks_like_a_number_is_a_text() {
    let change = |value_type, base: &str, to: &str| Change {
        field: Field::Mapped("product".to_owned()),
        base: Some(base.to_owned()),
        to: Some(to.to_owned()),
        value_type,
    };
    let merged = |value_type, base, to, theirs: &str| {
        let merged = merge(&[change(value_type, base, to)], |_| Some(theirs.to_owned()));
        (merged.there.len(), merged.write.len(), merged.conflicts.len())
    };
    let cases = [
        ("2", "3.10", "3.1", (1, 0, 0), (0, 0, 1)),
        ("3.1", "3.10", "3.1", (1, 0, 0), (0, 1, 0)),
        ("3.1", "4", "3.10", (0, 1, 0), (0, 0, 1)),
        ("01234", "5", "1234", (0, 1, 0), (0, 0, 1)),
        ("+4930", "5", "4930", (0, 1, 0), (0, 0, 1)),
        ("3.1", "4", " 3.1 ", (0, 1, 0), (0, 1, 0)),
    ];
    for (base, to, theirs, of_numbers, of_texts) in cases {
        assert_eq!(
            merged(ValueType::Number, base, to, theirs),
            of_numbers,
            "{base} {to}"
        );
        assert_eq!(merged(ValueType::Text, base, to, theirs), of_texts, "{base} {to}");
    }
    let instants = ["2026-11-23T08:00:00Z", "2026-11-23T08:00:00.000Z"].map(Some);
    assert!(same(ValueType::DateTime, instants[0], instants[1]));
    let finer = Some("2026-11-22T23:34:52.329876543Z");
    assert!(
        same(ValueType::DateTime, finer, Some("2026-11-22T23:34:52.329Z")),
        "a note of ours is taken back although the CRM keeps no more than milliseconds"
    );
    assert!(!same(ValueType::DateTime, finer, Some("2026-11-22T23:34:52.33Z")));
    assert!(!same(ValueType::Text, instants[0], instants[1]));
    assert!(same(Core::Due.value_type(), instants[0], instants[1]));
}

/// Changes that were queued before they had a type are read, and stored as they were.
#[test]
fn a_change_without_a_type_is_a_text() {
    let stored = r#"{"field":"product","base":"3.1","to":"4"}"#;
    let change: Change = serde_json::from_str(stored).unwrap();
    assert_eq!(change.value_type, ValueType::Text);
    assert_eq!(serde_json::to_string(&change).unwrap(), stored);
}

#[test]
fn fields_are_stored_as_one_text() {
    for text in ["core:due", "renewal_date", "core:nonsense"] {
        let field = Field::from(text.to_owned());
        assert_eq!(serde_json::to_value(&field).unwrap(), serde_json::json!(text));
        assert_eq!(field.to_string(), text);
    }
    assert_eq!(Field::from("core:due".to_owned()), Field::Core(Core::Due));
}
