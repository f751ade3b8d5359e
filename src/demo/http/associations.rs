//! Associations: read for many records at once, a page per record; and the default link between two.

use axum::body::Bytes;
use axum::extract::{Path, State as Extract};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::demo::portal::{ObjectType, Portal, instant};

use super::{
    Answer, BatchAnswer, Paging, Refusal, State, id_of, json as answer, lock, parsed, readable, writable,
};

const MOST: usize = 1_000;

#[derive(Deserialize)]
struct Inputs {
    inputs: Vec<Input>,
}

#[derive(Deserialize)]
struct Input {
    id: String,
    after: Option<String>,
}

#[derive(Serialize)]
struct Of {
    from: Value,
    to: Vec<Linked>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paging: Option<Paging>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Linked {
    to_object_id: Value,
    association_types: Vec<Value>,
}

/// `POST /{from}/{to}/batch/read`, with ids as texts.
pub(super) async fn read(served: State, path: Path<(String, String)>, body: Bytes) -> Answer {
    read_as(&served, &path, &body, |id| json!(id.to_string()))
}

/// The same in version 4, with ids as numbers.
pub(super) async fn read_numbers(served: State, path: Path<(String, String)>, body: Bytes) -> Answer {
    read_as(&served, &path, &body, |id| json!(id))
}

fn read_as(served: &State, path: &(String, String), body: &[u8], write_id: fn(u64) -> Value) -> Answer {
    let portal = lock(&served.portal);
    let (from, to) = (readable(&portal, &path.0)?, readable(&portal, &path.1)?);
    let inputs: Inputs = parsed(body)?;
    if inputs.inputs.is_empty() || inputs.inputs.len() > MOST {
        return Err(Refusal::invalid(format!(
            "Number of inputs must be between 1 and {MOST}"
        )));
    }
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for input in &inputs.inputs {
        match linked(&portal, from, to, input, write_id)? {
            Some(of) => results.push(of),
            None => errors.push(none_found(from, to, &input.id)),
        }
    }
    BatchAnswer::send(results, errors, StatusCode::OK, portal.now())
}

fn linked(
    portal: &Portal,
    from: ObjectType,
    to: ObjectType,
    input: &Input,
    write_id: fn(u64) -> Value,
) -> Result<Option<Of>, Refusal> {
    let after: u64 = match &input.after {
        Some(text) => text
            .parse()
            .map_err(|_| Refusal::invalid("invalid paging token"))?,
        None => 0,
    };
    let Ok(id) = input.id.parse::<u64>() else {
        return Ok(None);
    };
    let id = portal.resolve(from, id);
    let types: Vec<Value> = from
        .association_types(to)
        .iter()
        .map(|type_id| json!({"category": "HUBSPOT_DEFINED", "typeId": type_id, "label": null}))
        .collect();
    let alive = |other: &u64| portal.row(to, *other).is_some_and(|row| row.archived.is_none());
    let mut others = portal
        .links
        .of((from, id), to)
        .filter(alive)
        .skip_while(|other| *other < after);
    let to: Vec<Linked> = others
        .by_ref()
        .take(portal.links_per_page)
        .map(|other| Linked {
            to_object_id: write_id(other),
            association_types: types.clone(),
        })
        .collect();
    if to.is_empty() {
        return Ok(None);
    }
    Ok(Some(Of {
        from: json!({"id": input.id}),
        to,
        paging: others.next().map(Paging::after),
    }))
}

fn none_found(from: ObjectType, to: ObjectType, id: &str) -> Value {
    json!({
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": format!("No {} is associated with {} {id}.", to.singular(), from.singular()),
        "context": {
            "fromObjectId": [id],
            "fromObjectType": [from.singular()],
            "toObjectType": [to.singular()],
        },
    })
}

/// `PUT /{from}/{from_id}/associations/default/{to}/{to_id}`
pub(super) async fn put_default(
    Extract(served): State,
    Path((from, from_id, to, to_id)): Path<(String, String, String, String)>,
) -> Answer {
    let mut portal = lock(&served.portal);
    let (from, to) = (writable(&portal, &from)?, readable(&portal, &to)?);
    let (from_id, to_id) = (id_of(&from_id)?, id_of(&to_id)?);
    let Some(type_id) = from.association_types(to).first() else {
        return Err(Refusal::invalid(format!(
            "{} cannot be associated with {}",
            from.name(),
            to.name()
        )));
    };
    if !portal.link((from, from_id), (to, to_id)) {
        return Err(Refusal::not_found());
    }
    let now = instant(portal.now());
    let body = json!({
        "status": "COMPLETE",
        "results": [{
            "from": {"id": from_id.to_string()},
            "to": {"id": to_id.to_string()},
            "associationSpec": {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id},
        }],
        "startedAt": now,
        "completedAt": now,
    });
    answer(StatusCode::OK, &body)
}
