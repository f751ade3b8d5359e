//! What the portal is rather than holds: owners, properties, pipelines, account, usage.

use axum::body::Bytes;
use axum::extract::{Path, Query, State as Extract};
use axum::http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::demo::limits::PER_DAY;
use crate::demo::portal::schema::Source;
use crate::demo::portal::{Person, Property, ValueType, instant, pipelines as pipes};

use super::{
    Answer, Params, Refusal, State, allowed, json as answer, limit_param, lock, param, parsed, readable,
    wants_archived,
};

/// When everything that is older than the book was made, Unix milliseconds.
const LONG_AGO: i64 = 1_600_000_000_000;
const DAY: i64 = 86_400_000;

/// `GET /crm/owners`: archived ones only with `archived=true`.
pub(super) async fn owners(Extract(served): State, Query(params): Params) -> Answer {
    let portal = lock(&served.portal);
    allowed(&portal, "crm.objects.owners.read")?;
    let limit = limit_param(&params, 100, 500)?;
    let after: u64 = param(&params, "after")
        .map_or(Ok(0), str::parse)
        .map_err(|_| Refusal::invalid("after"))?;
    let archived = wants_archived(&params);
    let email = param(&params, "email");
    let mut found = portal
        .people
        .iter()
        .filter(|person| person.archived == archived && person.id >= after)
        .filter(|person| email.is_none_or(|email| person.email.eq_ignore_ascii_case(email)));
    let results: Vec<Value> = found.by_ref().take(limit).map(owner).collect();
    let mut body = json!({"results": results});
    if let Some(next) = found.next() {
        body["paging"] = json!({"next": {"after": next.id.to_string()}});
    }
    answer(StatusCode::OK, &body)
}

fn owner(person: &Person) -> Value {
    let teams: Vec<Value> = person
        .teams
        .iter()
        .enumerate()
        .map(|(place, team)| json!({"id": team.id.to_string(), "name": team.name, "primary": place == 0}))
        .collect();
    let mut owner = json!({
        "id": person.id.to_string(),
        "email": person.email,
        "type": if person.queue { "QUEUE" } else { "PERSON" },
        "firstName": person.first,
        "lastName": person.last,
        "userIdIncludingInactive": person.user_id,
        "createdAt": instant(LONG_AGO),
        "updatedAt": instant(LONG_AGO + 30 * DAY),
        "archived": person.archived,
    });
    if !person.archived {
        owner["userId"] = json!(person.user_id);
    }
    if !teams.is_empty() {
        owner["teams"] = json!(teams);
    }
    owner
}

/// `GET /crm/properties/{kind}`
pub(super) async fn properties(Extract(served): State, Path(kind): Path<String>) -> Answer {
    let portal = lock(&served.portal);
    let kind = readable(&portal, &kind)?;
    if let Some(scope) = kind.schema_scope() {
        allowed(&portal, scope)?;
    }
    let results: Vec<Value> = portal
        .schema
        .present(kind)
        .map(|(_, property)| describe(property, kind))
        .collect();
    answer(StatusCode::OK, &json!({"results": results}))
}

/// What a new property is asked to be.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewProperty {
    name: String,
    label: String,
    group_name: String,
    #[serde(rename = "type")]
    value_type: String,
    field_type: String,
    #[serde(default)]
    has_unique_value: bool,
}

/// `POST /crm/properties/{kind}`: a text property, as an admin of the portal would make it.
pub(super) async fn add_property(Extract(served): State, Path(kind): Path<String>, body: Bytes) -> Answer {
    let mut portal = lock(&served.portal);
    let kind = readable(&portal, &kind)?;
    allowed(&portal, "crm.schemas.contacts.write")?;
    let new: NewProperty = parsed(&body)?;
    if portal.schema.find(kind, &new.name).is_some() {
        let told = format!("A property named '{}' already exists.", new.name);
        return Err(Refusal::new(StatusCode::CONFLICT, "OBJECT_ALREADY_EXISTS", told));
    }
    if new.group_name != format!("{}information", kind.singular()) {
        return Err(Refusal::invalid(format!(
            "property group {} does not exist",
            new.group_name
        )));
    }
    if (new.value_type.as_str(), new.field_type.as_str()) != ("string", "text") {
        return Err(Refusal::invalid(
            "only properties of one line of text can be made here",
        ));
    }
    // Labels live as long as the program: few are ever made.
    let mut property = Property::custom(&new.name, new.label.leak(), ValueType::Text);
    property.unique = new.has_unique_value;
    let described = describe(&property, kind);
    portal.schema.add(kind, property);
    answer(StatusCode::CREATED, &described)
}

fn describe(property: &Property, kind: crate::demo::portal::ObjectType) -> Value {
    let (value_type, field) = property.words();
    let options: Vec<Value> = match property.name.as_str() {
        "pipeline" | "hs_pipeline" => pipes::of(kind)
            .iter()
            .map(|one| option(one.id, one.label))
            .collect(),
        "dealstage" | "hs_pipeline_stage" => pipes::of(kind)
            .iter()
            .flat_map(|one| one.stages)
            .map(|stage| option(stage.id, stage.label))
            .collect(),
        _ => property
            .options
            .iter()
            .map(|(value, label)| option(value, label))
            .collect(),
    };
    let calculated = property.source.is_calculated();
    let mut described = json!({
        "name": property.name,
        "label": property.label,
        "type": value_type,
        "fieldType": if calculated { "calculation_equation" } else { field },
        "groupName": format!("{}information", kind.singular()),
        "description": "",
        "options": options,
        "calculated": calculated,
        "externalOptions": property.owner,
        "hasUniqueValue": property.unique,
        "hidden": false,
        "hubspotDefined": property.standard,
        "archived": false,
        "modificationMetadata": {
            "archivable": !property.standard,
            "readOnlyDefinition": property.standard,
            "readOnlyValue": property.source != Source::Stored,
        },
    });
    if property.owner {
        described["referencedObjectType"] = json!("OWNER");
    }
    described
}

fn option(value: &str, label: &str) -> Value {
    json!({"label": label, "value": value, "hidden": false, "displayOrder": -1})
}

/// `GET /crm/pipelines/{kind}`
pub(super) async fn pipelines(Extract(served): State, Path(kind): Path<String>) -> Answer {
    let portal = lock(&served.portal);
    let kind = readable(&portal, &kind)?;
    let then = instant(LONG_AGO);
    let results: Vec<Value> = pipes::of(kind)
        .iter()
        .enumerate()
        .map(|(place, pipeline)| {
            let stages: Vec<Value> = pipeline
                .stages
                .iter()
                .enumerate()
                .map(|(place, stage)| {
                    json!({
                        "id": stage.id, "label": stage.label, "displayOrder": place, "archived": false,
                        "metadata": metadata(stage), "createdAt": then, "updatedAt": then,
                    })
                })
                .collect();
            json!({
                "id": pipeline.id, "label": pipeline.label, "displayOrder": place, "archived": false,
                "createdAt": then, "updatedAt": then, "stages": stages,
            })
        })
        .collect();
    answer(StatusCode::OK, &json!({"results": results}))
}

/// Tickets say `ticketState`, deals `probability`; both say `isClosed`.
fn metadata(stage: &pipes::Stage) -> Value {
    let closed = stage.closed.to_string();
    if stage.probability.is_empty() {
        let state = if stage.closed { "CLOSED" } else { "OPEN" };
        return json!({"ticketState": state, "isClosed": closed});
    }
    json!({"isClosed": closed, "probability": stage.probability})
}

/// `GET /account-info/details`
pub(super) async fn details(Extract(served): State, headers: HeaderMap) -> Answer {
    let portal = lock(&served.portal);
    // The pages of the records are where the API is.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    answer(
        StatusCode::OK,
        &json!({
            "portalId": portal.id,
            "accountType": "STANDARD",
            "timeZone": "UTC",
            "companyCurrency": "USD",
            "additionalCurrencies": ["EUR", "GBP", "JPY"],
            "utcOffset": "+00:00",
            "utcOffsetMilliseconds": 0,
            "uiDomain": host.unwrap_or("127.0.0.1"),
            "dataHostingLocation": "eu1",
        }),
    )
}

/// `GET /account-info/api-usage/daily/private-apps`
pub(super) async fn usage(Extract(served): State) -> Answer {
    let portal = lock(&served.portal);
    let now = portal.now();
    answer(
        StatusCode::OK,
        &json!({"results": [{
            "name": "Private apps daily usage",
            "usageLimit": PER_DAY,
            "currentUsage": lock(&served.meter).today(),
            "collectedAt": instant(now),
            "fetchStatus": "SUCCESS",
            "resetsAt": instant((now / DAY + 1) * DAY),
        }]}),
    )
}
