//! Answers that say of some inputs that they failed (207): only "not found" tells that something is not there.

use std::sync::Arc;

use retain::crm::hubspot::{HubSpot, HubSpotOptions};
use retain::crm::transport::TransportOptions;
use retain::crm::{Batch, Crm};
use retain::domain::record::{Kind, RecordId};
use serde_json::{Value, json};

use super::scripted::{Scripted, answer};

/// The adapter, before a CRM that answers every batch with this and knows no schema.
fn answering(body: &Value) -> HubSpot {
    let body = body.to_string();
    let server = Scripted::http(move |_, asked| {
        if asked.line().ends_with("/batch/read") {
            answer(207, &[("content-type", "application/json")], &body)
        } else {
            answer(200, &[("content-type", "application/json")], r#"{"results":[]}"#)
        }
    });
    let options = HubSpotOptions {
        base_url: server.url(),
        transport: TransportOptions {
            allow_loopback_http: true,
            ..TransportOptions::default()
        },
        ..HubSpotOptions::default()
    };
    HubSpot::connect(options, Arc::new(|| Ok("pat-eu1-partial".to_owned()))).unwrap()
}

fn ids(ids: &[&str]) -> Vec<RecordId> {
    ids.iter().map(|id| RecordId::from(*id)).collect()
}

fn error(category: &str, context: &Value) -> Value {
    json!({ "status": "error", "category": category, "message": "it failed", "context": context })
}

#[tokio::test]
async fn a_record_that_failed_is_not_missing() {
    let record = json!({
        "id": "1", "properties": {"hs_lastmodifieddate": "2026-01-02T00:00:00Z"},
        "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-02T00:00:00Z", "archived": false,
    });
    let errors = json!([
        error("OBJECT_NOT_FOUND", &json!({"ids": ["2"]})),
        error("INTERNAL_ERROR", &json!({"ids": ["3"]})),
    ]);
    let crm = answering(&json!({"status": "COMPLETE", "results": [record], "errors": errors}));
    let Batch {
        records,
        missing,
        refused,
    } = crm
        .read(Kind::Account, &ids(&["1", "2", "3"]), &[])
        .await
        .unwrap();
    let read: Vec<&str> = records.iter().map(|record| record.id.as_str()).collect();
    assert_eq!(read, ["1"]);
    assert_eq!(missing, ids(&["2"]));
    assert_eq!(refused, ids(&["3"]));
}

#[tokio::test]
async fn a_record_whose_links_failed_is_not_one_without_links() {
    let none = error("OBJECT_NOT_FOUND", &json!({"fromObjectId": ["2"]}));
    let failed = error("INTERNAL_ERROR", &json!({"fromObjectId": ["3"]}));
    let linked = json!({"from": {"id": "1"}, "to": [{"toObjectId": 7}]});
    let crm = answering(&json!({"status": "COMPLETE", "results": [linked], "errors": [none, failed]}));
    let links = crm
        .links(Kind::Account, Kind::Contact, &ids(&["1", "2", "3"]))
        .await
        .unwrap();
    let expected = [("1", ids(&["7"])), ("2", Vec::new())];
    assert_eq!(links, expected.map(|(id, to)| (RecordId::from(id), to)));
}

#[tokio::test]
async fn a_record_whose_past_failed_is_not_one_without_a_past() {
    let errors = json!([
        error("OBJECT_NOT_FOUND", &json!({"ids": ["2"]})),
        error("INTERNAL_ERROR", &json!({"ids": ["3"]})),
    ]);
    let version = json!({"value": "Juniper", "timestamp": "2026-01-02T00:00:00Z"});
    let told = json!({"id": "1", "propertiesWithHistory": {"name": [version]}});
    let crm = answering(&json!({"status": "COMPLETE", "results": [told], "errors": errors}));
    let past = crm
        .history(Kind::Account, &ids(&["1", "2", "3"]), &["core:name".to_owned()])
        .await
        .unwrap();
    assert_eq!(past.values.len(), 1, "{past:?}");
    assert_eq!(past.refused, ids(&["3"]));
}
