//! A search in HubSpot's words. Its limits: one group of six filters, 3,000 characters, 10,000 hits.

use serde_json::{Value, json};

use super::kinds::{Shape, shape};
use super::schema::Schema;
use super::value::milliseconds;
use super::{map, wire};
use crate::crm::{Condition, CrmError, Hit, Page, Search, SearchOrder};
use crate::domain::record::{Kind, RecordId};

/// Hits on a page.
const PAGE: u32 = 200;
/// Filters in one group.
const MOST_FILTERS: usize = 6;
/// Characters of a whole search.
const LONGEST: usize = 3_000;
/// Hits that can be reached with one search.
const WALL: u64 = 10_000;

/// The body of a search.
pub fn body(search: &Search, schema: &Schema) -> Result<Vec<u8>, CrmError> {
    let shape = shape(search.kind);
    let filters: Vec<Value> = search
        .conditions
        .iter()
        .flat_map(|condition| filters(condition, shape, schema))
        .collect();
    if filters.len() > MOST_FILTERS {
        return Err(too_long(search.kind));
    }
    let sort = match search.order {
        SearchOrder::Changed => shape.cursor,
        SearchOrder::Id => "hs_object_id",
    };
    let mut body = json!({
        "filterGroups": [{ "filters": filters }],
        "sorts": [{ "propertyName": sort, "direction": "ASCENDING" }],
        "properties": [shape.cursor],
        "limit": PAGE,
    });
    if filters.is_empty() {
        body["filterGroups"] = json!([]);
    }
    if let Some(after) = &search.after {
        body["after"] = json!(after);
    }
    let text = body.to_string();
    if text.chars().count() > LONGEST {
        return Err(too_long(search.kind));
    }
    Ok(text.into_bytes())
}

fn filters(condition: &Condition, shape: &Shape, schema: &Schema) -> Vec<Value> {
    match condition {
        Condition::OneOf(name, values) => {
            let property = shape.property(name);
            vec![match values.as_slice() {
                [value] => json!({ "propertyName": property, "operator": "EQ", "value": value }),
                values if schema.is_text(property) => {
                    let values: Vec<String> = values.iter().map(|value| value.to_lowercase()).collect();
                    json!({ "propertyName": property, "operator": "IN", "values": values })
                }
                values => json!({ "propertyName": property, "operator": "IN", "values": values }),
            }]
        }
        Condition::Set(name) => {
            vec![json!({ "propertyName": shape.property(name), "operator": "HAS_PROPERTY" })]
        }
        Condition::Open => {
            vec![
                json!({ "propertyName": shape.property("core:done"), "operator": "NEQ", "value": "COMPLETED" }),
            ]
        }
        Condition::Mentions(word) => {
            vec![
                json!({ "propertyName": shape.property("core:body"), "operator": "CONTAINS_TOKEN", "value": word }),
            ]
        }
        Condition::LinkedTo(kind, id) => {
            let name = format!("associations.{}", super::kinds::shape(*kind).singular);
            vec![json!({ "propertyName": name, "operator": "EQ", "value": id.as_str() })]
        }
        Condition::Changed { from, until } => vec![json!({
            "propertyName": shape.cursor,
            "operator": "BETWEEN",
            "value": milliseconds(*from),
            "highValue": milliseconds(*until),
        })],
        Condition::ChangedAtAfterId(at, id) => vec![
            json!({ "propertyName": shape.cursor, "operator": "EQ", "value": milliseconds(*at) }),
            json!({ "propertyName": "hs_object_id", "operator": "GT", "value": id.as_str() }),
        ],
    }
}

/// The answer to a search.
pub fn page(kind: Kind, body: &[u8]) -> Result<Page<Hit>, String> {
    let objects: wire::Objects<'_> = wire::parse(body)?;
    let items: Result<Vec<Hit>, &str> = objects
        .results
        .iter()
        .map(|object| {
            Ok(Hit {
                id: RecordId(object.id.as_str().to_owned()),
                changed: map::changed(kind, object).ok_or("a record has no stamp")?,
            })
        })
        .collect();
    let after = wire::after(objects.paging.as_ref());
    Ok(Page {
        items: items?,
        after: after.filter(|after| after.parse::<u64>().is_ok_and(|offset| offset < WALL)),
        total: objects.total,
    })
}

fn too_long(kind: Kind) -> CrmError {
    CrmError::Setup(format!(
        "the search for {}s has more conditions or values than HubSpot takes in one search: \
         name fewer values under `where` in mapping.toml",
        kind.word()
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::crm::{Property, ValueType};

    fn search(kind: Kind, conditions: Vec<Condition>) -> Search {
        Search {
            kind,
            conditions,
            order: SearchOrder::Changed,
            after: None,
        }
    }

    fn sent(search: &Search, schema: &Schema) -> Value {
        serde_json::from_slice(&body(search, schema).unwrap()).unwrap()
    }

    fn text_property(name: &str) -> Property {
        Property {
            name: name.into(),
            label: name.into(),
            value_type: ValueType::Text,
            options: Vec::new(),
            calculated: false,
            unique: false,
            read_only: false,
            is_owner: false,
        }
    }

    #[test]
    fn a_window_is_between_two_stamps_of_the_kinds_own_property() {
        let from: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let window = Condition::Changed { from, until: from };
        for (kind, property) in [
            (Kind::Contact, "lastmodifieddate"),
            (Kind::Account, "hs_lastmodifieddate"),
        ] {
            let body = sent(&search(kind, vec![window.clone()]), &Schema::default());
            let filter = &body["filterGroups"][0]["filters"][0];
            assert_eq!(filter["propertyName"], property);
            assert_eq!(
                (&filter["value"], &filter["highValue"]),
                (&json!("1795392000000"), &json!("1795392000000"))
            );
            assert_eq!(body["sorts"][0]["propertyName"], property);
            assert_eq!(body["limit"], 200);
        }
    }

    #[test]
    fn equal_stamps_are_drained_by_id() {
        let mut search = search(
            Kind::Contract,
            vec![Condition::ChangedAtAfterId(
                "2026-11-23T00:00:00Z".parse().unwrap(),
                "77".into(),
            )],
        );
        search.order = SearchOrder::Id;
        search.after = Some("200".into());
        let body = sent(&search, &Schema::default());
        let filters = body["filterGroups"][0]["filters"].as_array().unwrap();
        assert_eq!(filters[0]["operator"], "EQ");
        assert_eq!(
            filters[1],
            json!({ "propertyName": "hs_object_id", "operator": "GT", "value": "77" })
        );
        assert_eq!(body["sorts"][0]["propertyName"], "hs_object_id");
        assert_eq!(body["after"], "200");
    }

    #[test]
    fn several_values_of_a_text_are_in_lower_case() {
        let schema = Schema::new(&[text_property("tier")]);
        let values = vec!["Gold".to_owned(), "Silver".to_owned()];
        let of = |name: &str| {
            let conditions = vec![Condition::OneOf(name.into(), values.clone())];
            sent(&search(Kind::Account, conditions), &schema)["filterGroups"][0]["filters"][0]["values"]
                .clone()
        };
        assert_eq!(of("tier"), json!(["gold", "silver"]));
        assert_eq!(of("lifecyclestage"), json!(["Gold", "Silver"]));
    }

    #[test]
    fn links_and_neutral_names_are_translated() {
        let conditions = vec![
            Condition::LinkedTo(Kind::Account, "5".into()),
            Condition::OneOf("stage".into(), vec!["won".into()]),
            Condition::Set("core:owner".into()),
        ];
        let body = sent(&search(Kind::Contract, conditions), &Schema::default());
        let names: Vec<&str> = body["filterGroups"][0]["filters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|filter| filter["propertyName"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["associations.company", "dealstage", "hubspot_owner_id"]);
    }

    #[test]
    fn what_hubspot_would_refuse_is_not_sent() {
        let many = vec![Condition::Set("x".into()); 7];
        assert!(body(&search(Kind::Account, many), &Schema::default()).is_err());
        let long = vec![Condition::OneOf("x".into(), vec!["y".repeat(20); 200])];
        assert!(body(&search(Kind::Account, long), &Schema::default()).is_err());
    }

    #[test]
    fn the_wall_ends_a_search() {
        let answer = |after: u32| {
            let body = format!(
                r#"{{"total":20000,"results":[{{"id":"1","updatedAt":"2026-01-01T00:00:00Z"}}],"paging":{{"next":{{"after":"{after}"}}}}}}"#
            );
            page(Kind::Account, body.as_bytes()).unwrap()
        };
        assert_eq!(answer(9_800).after.as_deref(), Some("9800"));
        assert_eq!(answer(10_000).after, None);
        assert_eq!(answer(200).total, Some(20_000));
    }
}
