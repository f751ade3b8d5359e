//! Reading: lists, single records, batches, searches, associations, settings.

use std::collections::BTreeSet;

use retain::demo::{DemoOptions, Faults, ObjectType};
use serde_json::{Value, json};

use super::client::{Desk, options};

const OBJECTS: &str = "/crm/objects/2026-09";

fn ids(results: &Value) -> Vec<String> {
    let results = results.as_array().unwrap();
    results
        .iter()
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn every_kind_answers_by_the_document() {
    let desk = Desk::new().await;
    for kind in ObjectType::ALL {
        let name = kind.name();
        let list = desk
            .get(&format!(
                "{OBJECTS}/{name}?limit=50&associations=companies&associations=contacts"
            ))
            .await;
        assert_eq!(
            list["results"].as_array().unwrap().len(),
            50.min(list["results"].as_array().unwrap().len())
        );
        let first = ids(&list["results"]).into_iter().take(20).collect::<Vec<_>>();
        assert!(!first.is_empty(), "{name} is empty");
        let names: Vec<String> = desk.get(&format!("/crm/properties/2026-09/{name}")).await["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect();
        let all = names.join(",");
        desk.get(&format!(
            "{OBJECTS}/{name}/{}?properties={all}&associations=deals",
            first[0]
        ))
        .await;
        desk.get(&format!("{OBJECTS}/{name}?limit=3&propertiesWithHistory={all}"))
            .await;
        desk.get(&format!("/crm/pipelines/2026-09/{name}")).await;
        let inputs: Vec<Value> = first.iter().map(|id| json!({"id": id})).collect();
        let (status, batch) = desk
            .post(
                &format!("{OBJECTS}/{name}/batch/read"),
                json!({"inputs": inputs, "properties": names, "propertiesWithHistory": names}),
            )
            .await;
        assert_eq!((status, ids(&batch["results"])), (200, first));
        let search = json!({"limit": 200, "properties": names, "sorts": [{"propertyName": kind.changed_property(), "direction": "ASCENDING"}]});
        let (status, found) = desk.post(&format!("{OBJECTS}/{name}/search"), search).await;
        assert_eq!(status, 200);
        assert!(found["total"].as_u64().unwrap() >= found["results"].as_array().unwrap().len() as u64);
    }
    for path in [
        "/crm/owners/2026-09",
        "/crm/owners/2026-09/",
        "/account-info/2026-09/details",
        "/account-info/2026-09/api-usage/daily/private-apps",
    ] {
        desk.get(path).await;
    }
}

#[tokio::test]
async fn a_list_pages_to_its_end_and_its_limits_hold() {
    let desk = Desk::new().await;
    let (mut seen, mut next) = (Vec::new(), String::new());
    loop {
        let page = desk
            .get(&format!(
                "{OBJECTS}/companies?limit=100&properties=name,wau&properties=domain{next}"
            ))
            .await;
        seen.extend(ids(&page["results"]));
        let first = &page["results"][0]["properties"];
        assert!(first["name"].is_string() && first.get("wau").is_some() && first["hs_object_id"].is_string());
        match page["paging"]["next"]["after"].as_str() {
            Some(after) => next = format!("&after={after}"),
            None => break,
        }
    }
    assert_eq!(seen, sorted(&seen));
    assert_eq!(
        seen.len(),
        desk.server
            .with_portal(|portal| portal.ids(ObjectType::Companies).len())
    );
    let refused = [
        "companies?limit=101",
        "companies?limit=0",
        "companies?limit=51&propertiesWithHistory=wau",
        "companies?after=x",
        "pancakes",
    ];
    for path in refused {
        let (status, body) = desk.ask("GET", &format!("{OBJECTS}/{path}"), None).await;
        assert_eq!(
            (status, &body["category"]),
            (400, &json!("VALIDATION_ERROR")),
            "{path}"
        );
    }
    let default = desk.get(&format!("{OBJECTS}/companies?archived=False")).await;
    assert_eq!(default["results"].as_array().unwrap().len(), 10);
}

fn sorted(ids: &[String]) -> Vec<String> {
    let unique: BTreeSet<String> = ids.iter().cloned().collect();
    unique.into_iter().collect()
}

#[tokio::test]
async fn archived_records_are_in_lists_of_their_own_and_nowhere_else() {
    let desk = Desk::new().await;
    let id = desk.server.with_portal(|portal| {
        let id = portal.ids(ObjectType::Deals)[3];
        let before = portal.row(ObjectType::Deals, id).unwrap().changed;
        portal.archive(ObjectType::Deals, id);
        assert_eq!(
            portal.row(ObjectType::Deals, id).unwrap().changed,
            before,
            "archiving moves no stamp"
        );
        id
    });
    let archived = desk.get(&format!("{OBJECTS}/deals?archived=true")).await;
    assert_eq!(ids(&archived["results"]), [id.to_string()]);
    assert!(archived["results"][0]["archivedAt"].is_string());
    assert_eq!(
        desk.ask("GET", &format!("{OBJECTS}/deals/{id}"), None).await.0,
        404
    );
    desk.get(&format!("{OBJECTS}/deals/{id}?archived=true")).await;
    let by_id = json!({"filterGroups": [{"filters": [{"propertyName": "hs_object_id", "operator": "EQ", "value": id.to_string()}]}]});
    let (_, found) = desk.post(&format!("{OBJECTS}/deals/search"), by_id).await;
    assert_eq!(found["total"], 0);
    let (status, batch) = desk
        .post(
            &format!("{OBJECTS}/deals/batch/read"),
            json!({"inputs": [{"id": id.to_string()}]}),
        )
        .await;
    assert_eq!(
        (status, &batch["errors"][0]["context"]["ids"][0]),
        (207, &json!(id.to_string()))
    );
}

#[tokio::test]
async fn a_merged_id_answers_the_record_it_went_into() {
    let desk = Desk::new().await;
    let (winner, loser, result) = desk.server.with_portal(|portal| {
        let ids = portal.ids(ObjectType::Companies);
        let contact = portal.ids(ObjectType::Contacts)[7];
        portal.link((ObjectType::Companies, ids[5]), (ObjectType::Contacts, contact));
        let result = portal.merge(ObjectType::Companies, ids[4], ids[5], true).unwrap();
        (ids[4], ids[5], result)
    });
    for old in [winner, loser] {
        let answer = desk
            .get(&format!(
                "{OBJECTS}/companies/{old}?properties=hs_merged_object_ids&associations=contacts"
            ))
            .await;
        assert_eq!(answer["id"], json!(result.to_string()));
        assert!(
            answer["associations"]["contacts"]["results"]
                .as_array()
                .unwrap()
                .len()
                > 1
        );
    }
    let inputs = json!({"inputs": [{"id": winner.to_string()}, {"id": loser.to_string()}]});
    let (_, batch) = desk
        .post(&format!("{OBJECTS}/companies/batch/read"), inputs)
        .await;
    assert_eq!(ids(&batch["results"]), [result.to_string()]);
}

#[tokio::test]
async fn search_follows_hubspots_rules() {
    let desk = Desk::new().await;
    let path = format!("{OBJECTS}/companies/search");
    let filter = |name: &str, operator: &str, value: &str| json!({"propertyName": name, "operator": operator, "value": value});
    let with = |filters: Value| json!({"filterGroups": [{"filters": filters}], "limit": 200});
    let total = async |body: Value| {
        let (status, found) = desk.post(&path, body).await;
        assert_eq!(status, 200, "{found}");
        found["total"].as_u64().unwrap()
    };
    let mara = filter("hubspot_owner_id", "EQ", "700001");
    let customers = json!({"propertyName": "lifecyclestage", "operator": "IN", "values": ["customer"]});
    assert_eq!(total(with(json!([mara, customers]))).await, 12);
    assert_eq!(total(with(json!([filter("nosuchproperty", "GT", "1")]))).await, 0);
    assert_eq!(
        total(with(json!([filter("name", "EQ", "juniper freight")]))).await,
        1
    );
    assert_eq!(
        total(with(json!([filter("name", "CONTAINS_TOKEN", "juni*")]))).await,
        2
    );
    let upper = json!({"propertyName": "name", "operator": "IN", "values": ["Juniper Freight"]});
    assert_eq!(
        total(with(json!([upper]))).await,
        0,
        "IN on texts wants lower case"
    );
    let stamp = "2026-11-23T06:30:00Z"
        .parse::<jiff::Timestamp>()
        .unwrap()
        .as_millisecond();
    let fed = json!({"propertyName": "hs_lastmodifieddate", "operator": "BETWEEN", "value": stamp.to_string(), "highValue": stamp.to_string()});
    assert!(total(with(json!([fed]))).await > 20);
    let unset = json!({"propertyName": "wau", "operator": "NOT_HAS_PROPERTY"});
    assert!(total(with(json!([unset]))).await > 300);
    let refused = [
        json!({"limit": 201}),
        json!({"sorts": ["name", "domain"]}),
        json!({"filterGroups": [{"filters": [mara.clone(), mara.clone(), mara.clone(), mara.clone(), mara.clone(), mara.clone(), mara.clone()]}]}),
        with(json!([{"propertyName": "name", "operator": "LIKE", "value": "x"}])),
        with(json!([{"propertyName": "name", "operator": "EQ"}])),
        with(json!([filter("name", "EQ", &"x".repeat(3_000))])),
        json!({"after": 9_991, "limit": 10}),
        json!({"after": "x"}),
    ];
    for body in refused {
        assert_eq!(desk.post(&path, body.clone()).await.0, 400, "{body}");
    }
}

#[tokio::test]
async fn search_pages_by_offset_up_to_the_wall() {
    let faults = Faults::parse("wall=60").unwrap();
    let desk = Desk::with(DemoOptions { faults, ..options() }).await;
    let page = async |after: u64| {
        desk.post(
            &format!("{OBJECTS}/contacts/search"),
            json!({"limit": 20, "after": after.to_string()}),
        )
        .await
    };
    let (_, first) = page(0).await;
    assert_eq!(first["paging"]["next"]["after"], "20");
    let (status, last) = page(40).await;
    assert_eq!((status, last["results"].as_array().unwrap().len()), (200, 20));
    assert_eq!(page(60).await.0, 400);
}

#[tokio::test]
async fn associations_have_pages_of_their_own() {
    let desk = Desk::new().await;
    let (company, alone) = desk.server.with_portal(|portal| {
        portal.links_per_page = 2;
        let company = portal.find(ObjectType::Companies, "name", "Juniper Freight")[0];
        for contact in portal.ids(ObjectType::Contacts).into_iter().rev().take(3) {
            portal.link((ObjectType::Companies, company), (ObjectType::Contacts, contact));
        }
        let alone = portal.find(ObjectType::Companies, "lifecyclestage", "other")[0];
        (company.to_string(), alone.to_string())
    });
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let mut input = json!({"id": company});
        if let Some(after) = &after {
            input["after"] = json!(after);
        }
        let body = json!({"inputs": [input]});
        let (_, answer) = desk
            .post("/crm/associations/2026-09/companies/contacts/batch/read", body)
            .await;
        let of = &answer["results"][0];
        assert_eq!(of["to"][0]["associationTypes"][0]["typeId"], 280);
        seen.extend(
            of["to"]
                .as_array()
                .unwrap()
                .iter()
                .map(|to| to["toObjectId"].as_str().unwrap().to_owned()),
        );
        match of["paging"]["next"]["after"].as_str() {
            Some(next) => after = Some(next.to_owned()),
            None => break,
        }
    }
    assert!(seen.len() >= 5);
    assert_eq!(seen, sorted(&seen));
    let body = json!({"inputs": [{"id": alone}, {"id": company}]});
    let (status, answer) = desk
        .post("/crm/associations/2026-09/companies/contacts/batch/read", body)
        .await;
    assert_eq!((status, answer["results"].as_array().unwrap().len()), (207, 1));
    assert_eq!(
        answer["errors"][0]["subCategory"],
        "crm.associations.NO_ASSOCIATIONS_FOUND"
    );
}

#[tokio::test]
async fn archived_owners_come_only_when_asked_for() {
    let desk = Desk::new().await;
    let active = desk.get("/crm/owners/2026-09?limit=500").await;
    let gone = desk.get("/crm/owners/2026-09?archived=true").await;
    let with_email = |list: &Value, email: &str| {
        list["results"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["email"] == email)
    };
    assert!(
        with_email(&active, "mara.lindt@alderfinch.example")
            && !with_email(&active, "paula.marsh@alderfinch.example")
    );
    assert!(with_email(&gone, "paula.marsh@alderfinch.example"));
    let mara = desk
        .get("/crm/owners/2026-09?email=Mara.Lindt@alderfinch.example")
        .await;
    assert_eq!(
        mara["results"][0]["teams"][0],
        json!({"id": "41", "name": "Customer Success", "primary": true})
    );
    let page = desk.get("/crm/owners/2026-09?limit=5").await;
    let next = page["paging"]["next"]["after"].as_str().unwrap();
    assert_eq!(
        desk.get(&format!("/crm/owners/2026-09?limit=5&after={next}"))
            .await["results"]
            .as_array()
            .unwrap()
            .len(),
        5
    );
}

#[tokio::test]
async fn the_same_seed_gives_the_same_bytes() {
    let (one, two) = (Desk::new().await, Desk::new().await);
    for path in [
        "/crm/objects/2026-09/companies?limit=100&properties=name,wau,seats_used&associations=contacts",
        "/crm/objects/2026-09/companies?limit=50&propertiesWithHistory=wau,name",
        "/crm/objects/2026-09/notes?limit=100&properties=hs_note_body",
        "/crm/objects/2026-09/companies/77",
        "/crm/owners/2026-09",
    ] {
        let text = async |desk: &Desk| desk.send("GET", path, None).await.unwrap().text().await.unwrap();
        assert_eq!(text(&one).await, text(&two).await, "{path}");
    }
    assert_eq!(one.server.token, two.server.token);
}
