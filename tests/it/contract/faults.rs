//! Faults, limits, tokens, scopes and the lag of the search index.

use std::time::Duration;

use retain::demo::{DemoOptions, Faults, ObjectType};
use serde_json::json;

use super::client::{Desk, options};

const COMPANIES: &str = "/crm/objects/2026-09/companies?limit=100&properties=name,domain";

async fn spoiled(spec: &str) -> Desk {
    let faults = Faults::parse(spec).unwrap();
    Desk::with(DemoOptions { faults, ..options() }).await
}

#[tokio::test]
async fn refusals_come_with_retry_after_in_three_forms() {
    for (spec, form) in [
        ("429=1", None),
        ("429=1:retry-after=7", Some("7")),
        ("429=1:retry-after=date", Some("GMT")),
    ] {
        let desk = spoiled(spec).await;
        let answer = desk.send("GET", COMPANIES, None).await.unwrap();
        let given = answer
            .headers()
            .get("retry-after")
            .map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(given.is_some(), form.is_some(), "{spec}");
        assert!(given.unwrap_or_default().ends_with(form.unwrap_or_default()));
        let (status, body) = desk.ask("GET", COMPANIES, None).await;
        assert_eq!((status, &body["errorType"]), (429, &json!("RATE_LIMIT")));
    }
    for status in [401, 403, 423, 477, 500, 502, 503, 504] {
        let desk = spoiled(&format!("{status}=1:times=1")).await;
        assert_eq!(desk.ask("GET", COMPANIES, None).await.0, status);
        assert_eq!(desk.ask("GET", COMPANIES, None).await.0, 200, "only once");
    }
}

#[tokio::test]
async fn connections_break_before_during_and_after_the_body() {
    for (spec, status) in [
        ("reset=1:before", None),
        ("reset=1:commit", None),
        ("reset=1:during", Some(200)),
        ("stall=1:1s", Some(200)),
    ] {
        let desk = spoiled(spec).await;
        let answer = desk.send("GET", COMPANIES, None).await;
        assert_eq!(
            answer.as_ref().ok().map(|answer| answer.status().as_u16()),
            status,
            "{spec}"
        );
        if let Ok(answer) = answer {
            assert!(answer.text().await.is_err(), "{spec}");
        }
    }
    let desk = spoiled("reset=1:after").await;
    let answer = desk.send("GET", COMPANIES, None).await.unwrap();
    assert!(answer.text().await.unwrap().ends_with('}'));
}

#[tokio::test]
async fn a_write_can_be_done_and_its_answer_lost() {
    let desk = spoiled("reset=1:commit:path=/notes:times=1").await;
    let count = || {
        desk.server
            .with_portal(|portal| portal.ids(ObjectType::Notes).len())
    };
    let before = count();
    let note = json!({"properties": {"hs_timestamp": "2026-11-23T08:55:00Z"}});
    let answer = desk.send("POST", "/crm/objects/2026-09/notes", Some(note)).await;
    assert!(answer.is_err());
    assert_eq!(count(), before + 1);
    assert_eq!(desk.server.requests().last().unwrap().status, 0);
}

#[tokio::test]
async fn bodies_can_be_cut_or_rubbish() {
    for spec in ["truncate=1", "garbage=1"] {
        let desk = spoiled(spec).await;
        let answer = desk.send("GET", COMPANIES, None).await.unwrap();
        assert_eq!(answer.status(), 200);
        let text = answer.text().await.unwrap();
        assert!(
            serde_json::from_str::<serde_json::Value>(&text).is_err(),
            "{spec}"
        );
    }
}

#[tokio::test]
async fn properties_and_scopes_can_be_missing() {
    let desk =
        spoiled("missing=companies.wau,rename=companies.seats_used>seats_taken,no-scope=tickets").await;
    let list = desk
        .get("/crm/objects/2026-09/companies?properties=wau,seats_used,seats_taken&limit=5")
        .await;
    let properties = list["results"][2]["properties"].as_object().unwrap();
    assert!(
        !properties.contains_key("wau")
            && !properties.contains_key("seats_used")
            && properties["seats_taken"].is_string()
    );
    let (status, body) = desk.ask("GET", "/crm/objects/2026-09/tickets", None).await;
    assert_eq!((status, &body["category"]), (403, &json!("MISSING_SCOPES")));
    assert_eq!(
        body["errors"][0]["context"]["requiredGranularScopes"],
        json!(["tickets"])
    );
}

#[tokio::test]
async fn the_search_index_learns_later_than_the_records() {
    let desk = spoiled("lag=5s").await;
    let id = desk.server.with_portal(|portal| {
        let id = portal.ids(ObjectType::Companies)[2];
        portal.set(ObjectType::Companies, id, "name", Some("Renamed Works"));
        id
    });
    let by_name = json!({"filterGroups": [{"filters": [{"propertyName": "name", "operator": "EQ", "value": "Renamed Works"}]}]});
    let total = async || {
        desk.post("/crm/objects/2026-09/companies/search", by_name.clone())
            .await
            .1["total"]
            .clone()
    };
    assert_eq!(total().await, 0);
    let read = desk
        .get(&format!("/crm/objects/2026-09/companies/{id}?properties=name"))
        .await;
    assert_eq!(read["properties"]["name"], "Renamed Works");
    desk.server
        .with_portal(|portal| portal.advance(Duration::from_secs(6)));
    assert_eq!(total().await, 1);
}

#[tokio::test]
async fn only_the_portals_token_opens_it_and_apps_are_told_apart() {
    let desk = Desk::new().await;
    let url = format!("{}{COMPANIES}", desk.server.url());
    let status = async |token: &str| {
        desk.client
            .get(&url)
            .bearer_auth(token)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(status("pat-wrong").await, 401);
    assert_eq!(desk.client.get(&url).send().await.unwrap().status(), 401);
    let token = desk.server.token.clone();
    assert_eq!(status(&token).await, 200);
    assert_eq!(status(&format!("{token}-outlook")).await, 200);
    assert_eq!(status(&format!("{token}x")).await, 401);
    let apps: Vec<String> = desk
        .server
        .requests()
        .into_iter()
        .filter(|one| one.status == 200)
        .map(|one| one.app)
        .collect();
    assert_eq!(apps, ["", "outlook"]);
}

#[tokio::test]
async fn the_rate_limits_hold_when_they_are_on() {
    let desk = Desk::with(DemoOptions {
        limits: true,
        ..options()
    })
    .await;
    let answer = desk.send("GET", "/crm/owners/2026-09", None).await.unwrap();
    assert_eq!(answer.headers()["x-hubspot-ratelimit-remaining"], "189");
    let mut statuses = Vec::new();
    for _ in 0..200 {
        statuses.push(
            desk.send("GET", "/crm/owners/2026-09", None)
                .await
                .unwrap()
                .status()
                .as_u16(),
        );
    }
    assert!(statuses.contains(&429) || desk.server.peaks().per_ten_seconds <= 190);
    let (status, body) = desk
        .post("/crm/objects/2026-09/companies/search", json!({}))
        .await;
    if status == 429 {
        assert_eq!(body["policyName"], "TEN_SECONDLY_ROLLING");
    }
}

#[tokio::test]
async fn hostile_texts_are_served_as_json() {
    let desk = spoiled("hostile,merge=4").await;
    let list = desk
        .get("/crm/objects/2026-09/companies?limit=100&properties=name")
        .await;
    let text = list.to_string();
    assert!(text.contains("\\u001b") && text.contains('\u{202e}') && text.len() > 100_000);
}
