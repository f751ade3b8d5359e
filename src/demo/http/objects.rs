//! One kind of record: list, get, create, change, archive.

use axum::body::Bytes;
use axum::extract::{Path, Query, State as Extract};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::demo::portal::{NewValues, ObjectType, Portal, Row};

use super::wire::{Out, Wanted};
use super::{
    Answer, Paging, Params, Refusal, State, id_of, json, limit_param, list_param, lock, no_content, param,
    parsed, readable, wants_archived, writable,
};

#[derive(Serialize)]
struct List<'a> {
    results: Vec<Out<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paging: Option<Paging>,
}

/// `GET /{kind}`
pub(super) async fn list(Extract(served): State, Path(kind): Path<String>, Query(params): Params) -> Answer {
    let portal = lock(&served.portal);
    let kind = readable(&portal, &kind)?;
    let history = list_param(&params, "propertiesWithHistory");
    let most = if history.is_empty() { 100 } else { 50 };
    let limit = limit_param(&params, 10, most)?;
    let after: u64 = match param(&params, "after") {
        Some(text) => text
            .parse()
            .map_err(|_| Refusal::invalid(format!("invalid paging token: {text}")))?,
        None => 0,
    };
    let wanted = Wanted::new(&portal, kind, &list_param(&params, "properties"), history);
    let linked = linked_kinds(&params)?;
    let archived = wants_archived(&params);
    let rows = portal.rows(kind);
    let first = rows.partition_point(|row| row.id < after);
    let mut found = rows[first..]
        .iter()
        .filter(|row| row.archived.is_some() == archived);
    let results = found
        .by_ref()
        .take(limit)
        .map(|row| out(&portal, kind, row, &wanted, &linked))
        .collect();
    let paging = found.next().map(|row| Paging::after(row.id));
    json(StatusCode::OK, &List { results, paging })
}

/// `GET /{kind}/{id}`; an id that was merged away answers the record it went into.
pub(super) async fn get(
    Extract(served): State,
    Path((kind, id)): Path<(String, String)>,
    Query(params): Params,
) -> Answer {
    let portal = lock(&served.portal);
    let kind = readable(&portal, &kind)?;
    let id = named(&portal, kind, &id, param(&params, "idProperty"))?;
    let row = portal.row(kind, id).ok_or_else(Refusal::not_found)?;
    if row.archived.is_some() != wants_archived(&params) {
        return Err(Refusal::not_found());
    }
    let history = list_param(&params, "propertiesWithHistory");
    let wanted = Wanted::new(&portal, kind, &list_param(&params, "properties"), history);
    let linked = linked_kinds(&params)?;
    json(StatusCode::OK, &out(&portal, kind, row, &wanted, &linked))
}

/// What a record is made from.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewRecord {
    pub(super) properties: NewValues,
    #[serde(default)]
    pub(super) associations: Vec<NewLink>,
    #[serde(default)]
    pub(super) object_write_trace_id: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct NewLink {
    to: LinkEnd,
    types: Vec<LinkType>,
}

#[derive(Deserialize)]
struct LinkEnd {
    id: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LinkType {
    association_type_id: u16,
}

/// `POST /{kind}`
pub(super) async fn create(Extract(served): State, Path(kind): Path<String>, body: Bytes) -> Answer {
    let mut portal = lock(&served.portal);
    let kind = writable(&portal, &kind)?;
    let id = make(&mut portal, kind, &parsed(&body)?)?;
    written(&portal, kind, id, StatusCode::CREATED)
}

/// Makes a record with its links, or nothing at all.
pub(super) fn make(portal: &mut Portal, kind: ObjectType, new: &NewRecord) -> Result<u64, Refusal> {
    let mut ends = Vec::new();
    for link in &new.associations {
        for link_type in &link.types {
            ends.push(link_end(portal, kind, &link.to, link_type.association_type_id)?);
        }
    }
    let id = portal.create(kind, &new.properties)?;
    for end in ends {
        portal.link((kind, id), end);
    }
    Ok(id)
}

fn link_end(
    portal: &Portal,
    kind: ObjectType,
    to: &LinkEnd,
    type_id: u16,
) -> Result<(ObjectType, u64), Refusal> {
    let other = ObjectType::ALL
        .into_iter()
        .find(|other| kind.association_types(*other).contains(&type_id))
        .ok_or_else(|| {
            Refusal::invalid(format!(
                "association type {type_id} does not start at {}",
                kind.name()
            ))
        })?;
    let id = match &to.id {
        Value::String(text) => text.parse().ok(),
        number => number.as_u64(),
    };
    id.filter(|id| portal.row(other, *id).is_some())
        .map(|id| (other, id))
        .ok_or_else(|| Refusal::invalid("No record with the id of an association exists"))
}

#[derive(Deserialize)]
struct Change {
    properties: NewValues,
}

/// `PATCH /{kind}/{id}`
pub(super) async fn update(
    Extract(served): State,
    Path((kind, id)): Path<(String, String)>,
    Query(params): Params,
    body: Bytes,
) -> Answer {
    let mut portal = lock(&served.portal);
    let kind = writable(&portal, &kind)?;
    let id = named(&portal, kind, &id, param(&params, "idProperty"))?;
    let change: Change = parsed(&body)?;
    let id = portal.update(kind, id, &change.properties)?;
    written(&portal, kind, id, StatusCode::OK)
}

/// `DELETE /{kind}/{id}`: also good when it is archived already.
pub(super) async fn archive(Extract(served): State, Path((kind, id)): Path<(String, String)>) -> Answer {
    let mut portal = lock(&served.portal);
    let kind = writable(&portal, &kind)?;
    let id = id_of(&id)?;
    if !portal.archive(kind, id) {
        return Err(Refusal::not_found());
    }
    Ok(no_content())
}

/// The id that a path means: the number itself, or by the value of a unique property.
pub(super) fn named(
    portal: &Portal,
    kind: ObjectType,
    text: &str,
    property: Option<&str>,
) -> Result<u64, Refusal> {
    let Some(name) = property.filter(|name| *name != "hs_object_id") else {
        return id_of(text);
    };
    let unique = portal
        .schema
        .find(kind, name)
        .is_some_and(|(_, property)| property.unique);
    if !unique {
        return Err(Refusal::invalid(format!(
            "{name} is not a unique property of {}",
            kind.name()
        )));
    }
    let found = portal.find(kind, name, text).first().copied();
    found.ok_or_else(Refusal::not_found)
}

fn written(portal: &Portal, kind: ObjectType, id: u64, status: StatusCode) -> Answer {
    let row = portal.row(kind, id).ok_or_else(Refusal::not_found)?;
    let wanted = Wanted::all(portal, kind);
    json(status, &out(portal, kind, row, &wanted, &[]))
}

fn out<'a>(
    portal: &'a Portal,
    kind: ObjectType,
    row: &'a Row,
    wanted: &'a Wanted,
    linked: &'a [(String, ObjectType)],
) -> Out<'a> {
    Out {
        portal,
        kind,
        row,
        wanted,
        linked,
        new: None,
        trace: None,
    }
}

fn linked_kinds(params: &[(String, String)]) -> Result<Vec<(String, ObjectType)>, Refusal> {
    list_param(params, "associations")
        .into_iter()
        .map(|name| match ObjectType::parse(&name) {
            Some(kind) => Ok((kind.name().to_owned(), kind)),
            None => Err(Refusal::invalid(format!(
                "Unable to infer object type from: {name}"
            ))),
        })
        .collect()
}
