//! Writing: create, change, upsert, archive, link, and what is refused.

use retain::demo::ObjectType;
use serde_json::{Value, json};

use super::client::Desk;

const OBJECTS: &str = "/crm/objects/2026-09";

#[tokio::test]
async fn a_note_is_made_linked_changed_and_archived() {
    let desk = Desk::new().await;
    let company = desk
        .server
        .with_portal(|portal| portal.find(ObjectType::Companies, "name", "Juniper Freight")[0]);
    let note = json!({
        "properties": {"hs_timestamp": "2026-11-23T08:55:00Z", "hs_note_body": "<p>Called<!-- mark --></p><script>x</script>", "hubspot_owner_id": "700001"},
        "associations": [{"to": {"id": company.to_string()}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 190}]}],
    });
    let (status, made) = desk.post(&format!("{OBJECTS}/notes"), note).await;
    assert_eq!(
        (status, &made["properties"]["hs_note_body"]),
        (201, &json!("<p>Called</p>")),
        "HTML is sanitised"
    );
    let id = made["id"].as_str().unwrap();
    let read = desk
        .get(&format!("{OBJECTS}/notes/{id}?associations=companies"))
        .await;
    assert_eq!(
        read["associations"]["companies"]["results"][0],
        json!({"id": company.to_string(), "type": "note_to_company"})
    );
    let change = json!({"properties": {"hs_note_body": "<p>Called twice</p>"}});
    let (status, changed) = desk
        .ask("PATCH", &format!("{OBJECTS}/notes/{id}"), Some(change))
        .await;
    assert_eq!(status, 200);
    assert!(changed["updatedAt"].as_str() > made["updatedAt"].as_str());
    assert_eq!(
        desk.ask("DELETE", &format!("{OBJECTS}/notes/{id}"), None).await.0,
        204
    );
    assert_eq!(
        desk.ask("GET", &format!("{OBJECTS}/notes/{id}"), None).await.0,
        404
    );
    assert_eq!(
        desk.ask("DELETE", &format!("{OBJECTS}/notes/1"), None).await.0,
        404
    );
}

#[tokio::test]
async fn every_change_is_in_the_history_newest_first() {
    let desk = Desk::new().await;
    let id = desk
        .server
        .with_portal(|portal| portal.find(ObjectType::Companies, "name", "Juniper Freight")[0]);
    let path = format!("{OBJECTS}/companies/{id}");
    for value in ["happy", "neutral"] {
        desk.ask(
            "PATCH",
            &path,
            Some(json!({"properties": {"hs_csm_sentiment": value}})),
        )
        .await;
    }
    let answer = desk
        .get(&format!("{path}?propertiesWithHistory=hs_csm_sentiment,wau"))
        .await;
    let values: Vec<&str> = answer["propertiesWithHistory"]["hs_csm_sentiment"]
        .as_array()
        .unwrap()
        .iter()
        .map(|past| past["value"].as_str().unwrap())
        .collect();
    assert_eq!(values, ["neutral", "happy", "at_risk", "happy"]);
    assert!(answer["propertiesWithHistory"]["wau"].as_array().unwrap().len() > 30);
}

#[tokio::test]
async fn bad_values_are_refused_by_name() {
    let desk = Desk::new().await;
    let (company, _) = desk
        .server
        .with_portal(|portal| (portal.ids(ObjectType::Companies)[3], 0));
    let cases: [(&str, &str, Value, &str); 10] = [
        ("companies", "nosuch", json!("x"), "PROPERTY_DOESNT_EXIST"),
        ("companies", "wau", json!("many"), "INVALID_LONG"),
        (
            "companies",
            "customer_tier",
            json!("Enterprise"),
            "INVALID_OPTION",
        ),
        (
            "companies",
            "churn_date",
            json!("2026-11-23T08:00:00Z"),
            "INVALID_DATE",
        ),
        (
            "companies",
            "hubspot_owner_id",
            json!("700090"),
            "INVALID_OWNER_ID",
        ),
        (
            "companies",
            "notes_last_contacted",
            json!("2026-11-23T08:00:00Z"),
            "READ_ONLY_VALUE",
        ),
        ("deals", "dealstage", json!("Signed"), "INVALID_OPTION"),
        ("deals", "auto_renew", json!("yes"), "INVALID_BOOLEAN"),
        ("tasks", "hs_timestamp", json!("tomorrow"), "INVALID_DATE"),
        (
            "notes",
            "hs_note_body",
            json!("x".repeat(65_537)),
            "PROPERTY_VALUE_TOO_LONG",
        ),
    ];
    for (kind, name, value, code) in cases {
        let (status, answer) = desk
            .post(&format!("{OBJECTS}/{kind}"), json!({"properties": {name: value}}))
            .await;
        assert_eq!(
            (status, &answer["errors"][0]["code"]),
            (400, &json!(code)),
            "{kind}.{name}"
        );
    }
    for (kind, properties) in [
        ("companies", json!({"region": "EMEA"})),
        ("deals", json!({"dealname": "x"})),
        ("tickets", json!({"subject": "x"})),
        ("tasks", json!({"hs_task_subject": "x"})),
        ("notes", json!({"hs_note_body": "x"})),
    ] {
        let (status, answer) = desk
            .post(&format!("{OBJECTS}/{kind}"), json!({"properties": properties}))
            .await;
        assert_eq!(
            (status, &answer["errors"][0]["code"]),
            (400, &json!("REQUIRED_PROPERTIES_MISSING")),
            "{kind}"
        );
    }
    assert_eq!(
        desk.post(
            &format!("{OBJECTS}/feedback_submissions"),
            json!({"properties": {"hs_value": "9"}})
        )
        .await
        .0,
        405
    );
    let midnight = json!({"properties": {"churn_date": "1767225600000"}});
    let (_, changed) = desk
        .ask("PATCH", &format!("{OBJECTS}/companies/{company}"), Some(midnight))
        .await;
    assert_eq!(changed["properties"]["churn_date"], "2026-01-01");
}

#[tokio::test]
async fn batches_tell_their_errors_one_by_one_only_with_trace_ids() {
    let desk = Desk::new().await;
    let task = |trace: Option<&str>, status: &str| {
        let mut task = json!({"properties": {"hs_timestamp": "2026-11-24T09:00:00Z", "hs_task_subject": "Call", "hs_task_status": status}});
        if let Some(trace) = trace {
            task["objectWriteTraceId"] = json!(trace);
        }
        task
    };
    let path = format!("{OBJECTS}/tasks/batch/create");
    let (status, answer) = desk
        .post(
            &path,
            json!({"inputs": [task(Some("a"), "NOT_STARTED"), task(Some("b"), "LATER")]}),
        )
        .await;
    assert_eq!((status, &answer["numErrors"]), (207, &json!(1)));
    assert_eq!(answer["results"][0]["objectWriteTraceId"], "a");
    assert_eq!(answer["errors"][0]["context"]["objectWriteTraceId"], json!(["b"]));
    assert_eq!(
        desk.post(&path, json!({"inputs": [task(None, "LATER")]})).await.0,
        400
    );
    assert_eq!(
        desk.post(&path, json!({"inputs": vec![task(None, "NOT_STARTED"); 101]}))
            .await
            .0,
        400
    );
    let (status, _) = desk
        .post(&path, json!({"inputs": vec![task(None, "NOT_STARTED"); 100]}))
        .await;
    assert_eq!(status, 201);
    let id = answer["results"][0]["id"].as_str().unwrap();
    let done = json!({"inputs": [{"id": id, "properties": {"hs_task_status": "COMPLETED"}}]});
    let (status, answer) = desk.post(&format!("{OBJECTS}/tasks/batch/update"), done).await;
    assert_eq!(status, 200);
    assert!(answer["results"][0]["properties"]["hs_task_completion_date"].is_string());
    let (status, _) = desk
        .post(
            &format!("{OBJECTS}/tasks/batch/archive"),
            json!({"inputs": [{"id": id}]}),
        )
        .await;
    assert_eq!(status, 204);
}

#[tokio::test]
async fn an_upsert_makes_once_and_changes_after() {
    let desk = Desk::new().await;
    let upsert = json!({"inputs": [{"id": "k-1", "idProperty": "retain_key", "properties": {"hs_timestamp": "2026-11-24T09:00:00Z", "hs_note_body": "one"}}]});
    let path = format!("{OBJECTS}/notes/batch/upsert");
    let (_, first) = desk.post(&path, upsert.clone()).await;
    let (_, second) = desk.post(&path, upsert).await;
    assert_eq!(
        (&first["results"][0]["new"], &second["results"][0]["new"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(first["results"][0]["id"], second["results"][0]["id"]);
    let by_body = json!({"inputs": [{"id": "x", "idProperty": "hs_note_body", "properties": {}}]});
    assert_eq!(
        desk.post(&path, by_body).await.0,
        400,
        "only unique properties are keys"
    );
    let read = desk
        .get(&format!("{OBJECTS}/notes/k-1?idProperty=retain_key"))
        .await;
    assert_eq!(read["id"], first["results"][0]["id"]);
    let contact = desk
        .get(&format!("{OBJECTS}/contacts?limit=1&properties=email"))
        .await;
    let twin = json!({"properties": {"email": contact["results"][0]["properties"]["email"]}});
    let (status, answer) = desk.post(&format!("{OBJECTS}/contacts"), twin).await;
    let told = format!("Existing ID: {}", contact["results"][0]["id"].as_str().unwrap());
    assert!(status == 409 && answer["message"].as_str().unwrap().contains(&told));
}

#[tokio::test]
async fn links_and_calculated_values_move_no_stamp() {
    let desk = Desk::new().await;
    let (company, contact) = desk.server.with_portal(|portal| {
        (
            portal.ids(ObjectType::Companies)[1],
            portal.ids(ObjectType::Contacts)[50],
        )
    });
    let path = format!("{OBJECTS}/companies/{company}?properties=num_associated_contacts");
    let before = desk.get(&path).await;
    let link = format!("{OBJECTS}/companies/{company}/associations/default/contacts/{contact}");
    assert_eq!(desk.ask("PUT", &link, None).await.0, 200);
    let after = desk.get(&path).await;
    let count = |answer: &Value| {
        answer["properties"]["num_associated_contacts"]
            .as_str()
            .unwrap()
            .parse::<u32>()
            .unwrap()
    };
    assert_eq!(count(&after), count(&before) + 1);
    assert_eq!(after["updatedAt"], before["updatedAt"]);
}

#[tokio::test]
async fn a_property_is_made_once_with_unique_values() {
    let desk = Desk::new().await;
    let path = "/crm/properties/2026-09/calls";
    let new = json!({"name": "retain_key", "label": "Key", "groupName": "callinformation", "type": "string",
        "fieldType": "text", "hasUniqueValue": true});
    let (status, made) = desk.post(path, new.clone()).await;
    assert_eq!((status, &made["hasUniqueValue"]), (201, &json!(true)), "{made}");
    let (status, again) = desk.post(path, new.clone()).await;
    assert_eq!(status, 409, "{again}");
    let mut elsewhere = new;
    elsewhere["name"] = json!("other");
    elsewhere["groupName"] = json!("nowhere");
    assert_eq!(desk.post(path, elsewhere).await.0, 400);
}
