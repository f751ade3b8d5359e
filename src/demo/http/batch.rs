//! Batches of one kind of record. They are not atomic across records of a good shape, as HubSpot's are not.

use std::collections::HashSet;

use axum::body::Bytes;
use axum::extract::{Path, Query, State as Extract};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::demo::portal::{NewValues, ObjectType, Portal};

use super::objects::{NewRecord, make, named};
use super::wire::{Out, Wanted};
use super::{
    Answer, BatchAnswer, Params, Refusal, State, id_of, lock, no_content, parsed, readable, wants_archived,
    writable,
};

const MOST: usize = 100;

#[derive(Deserialize)]
struct Inputs<T> {
    inputs: Vec<T>,
}

#[derive(Deserialize)]
struct OneId {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Read {
    inputs: Vec<OneId>,
    #[serde(default)]
    properties: Vec<String>,
    #[serde(default)]
    properties_with_history: Vec<String>,
    id_property: Option<String>,
}

fn in_size(count: usize, most: usize) -> Result<(), Refusal> {
    if (1..=most).contains(&count) {
        return Ok(());
    }
    Err(Refusal::invalid(format!(
        "Number of inputs must be between 1 and {most}, but was {count}"
    )))
}

/// `POST /{kind}/batch/read`
pub(super) async fn read(
    Extract(served): State,
    Path(kind): Path<String>,
    Query(params): Params,
    body: Bytes,
) -> Answer {
    let portal = lock(&served.portal);
    let kind = readable(&portal, &kind)?;
    let read: Read = parsed(&body)?;
    in_size(
        read.inputs.len(),
        if read.properties_with_history.is_empty() {
            MOST
        } else {
            50
        },
    )?;
    let wanted = Wanted::new(&portal, kind, &read.properties, read.properties_with_history);
    let archived = wants_archived(&params);
    let mut seen = HashSet::new();
    let (mut results, mut missing) = (Vec::new(), Vec::new());
    for input in &read.inputs {
        let id = named(&portal, kind, &input.id, read.id_property.as_deref());
        let row = id.ok().and_then(|id| portal.row(kind, id));
        match row.filter(|row| row.archived.is_some() == archived) {
            Some(row) if seen.insert(row.id) => results.push(result(&portal, kind, row, &wanted)),
            Some(_) => {}
            None => missing.push(input.id.as_str()),
        }
    }
    let errors = if missing.is_empty() {
        Vec::new()
    } else {
        vec![not_there(kind, &missing)]
    };
    BatchAnswer::send(results, errors, StatusCode::OK, portal.now())
}

fn not_there(kind: ObjectType, ids: &[&str]) -> Value {
    let word = kind.singular().to_uppercase();
    json!({
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": format!("Could not get some {word} objects, they may be deleted or not exist. Check that ids are valid."),
        "context": {"ids": ids},
    })
}

fn result<'a>(
    portal: &'a Portal,
    kind: ObjectType,
    row: &'a crate::demo::portal::Row,
    wanted: &'a Wanted,
) -> Out<'a> {
    Out {
        portal,
        kind,
        row,
        wanted,
        linked: &[],
        new: None,
        trace: None,
    }
}

/// What became of one input: the record, whether it is new, and the writer's trace id.
type Written = (u64, Option<bool>, Option<String>);

/// `POST /{kind}/batch/create`
pub(super) async fn create(Extract(served): State, Path(kind): Path<String>, body: Bytes) -> Answer {
    let mut portal = lock(&served.portal);
    let kind = writable(&portal, &kind)?;
    let inputs: Inputs<NewRecord> = parsed(&body)?;
    in_size(inputs.inputs.len(), MOST)?;
    let traces = inputs
        .inputs
        .iter()
        .map(|input| input.object_write_trace_id.as_deref());
    let traced = tells_apart(&portal, traces);
    let mut outcome = Outcome::default();
    for input in inputs.inputs {
        let made = make(&mut portal, kind, &input);
        outcome.take(made.map(|id| (id, None)), input.object_write_trace_id, traced)?;
    }
    outcome.send(&portal, kind, StatusCode::CREATED)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    id: String,
    id_property: Option<String>,
    properties: NewValues,
    object_write_trace_id: Option<String>,
}

/// `POST /{kind}/batch/update`
pub(super) async fn update(Extract(served): State, Path(kind): Path<String>, body: Bytes) -> Answer {
    change(&served, &kind, &body, |portal, kind, change| {
        let id = named(portal, kind, &change.id, change.id_property.as_deref())?;
        Ok((portal.update(kind, id, &change.properties)?, None))
    })
}

/// `POST /{kind}/batch/upsert`
pub(super) async fn upsert(Extract(served): State, Path(kind): Path<String>, body: Bytes) -> Answer {
    change(&served, &kind, &body, |portal, kind, change| {
        match named(portal, kind, &change.id, change.id_property.as_deref()) {
            Ok(id) => Ok((portal.update(kind, id, &change.properties)?, Some(false))),
            Err(refusal) if refusal.status != StatusCode::NOT_FOUND => Err(refusal),
            Err(refusal) => {
                let Some(key) = change.id_property.as_ref() else {
                    return Err(refusal);
                };
                let mut values = change.properties.clone();
                values.insert(key.clone(), Some(change.id.clone()));
                Ok((portal.create(kind, &values)?, Some(true)))
            }
        }
    })
}

fn change(
    served: &super::Served,
    kind: &str,
    body: &[u8],
    one: impl Fn(&mut Portal, ObjectType, &Change) -> Result<(u64, Option<bool>), Refusal>,
) -> Answer {
    let mut portal = lock(&served.portal);
    let kind = writable(&portal, kind)?;
    let inputs: Inputs<Change> = parsed(body)?;
    in_size(inputs.inputs.len(), MOST)?;
    let traces = inputs
        .inputs
        .iter()
        .map(|input| input.object_write_trace_id.as_deref());
    let traced = tells_apart(&portal, traces);
    let mut outcome = Outcome::default();
    for input in inputs.inputs {
        let done = one(&mut portal, kind, &input);
        outcome.take(done, input.object_write_trace_id, traced)?;
    }
    outcome.send(&portal, kind, StatusCode::OK)
}

/// Whether errors are told one by one: only where every input has a trace id of its own.
fn tells_apart<'a>(portal: &Portal, mut traces: impl Iterator<Item = Option<&'a str>>) -> bool {
    let mut seen = HashSet::new();
    !portal.untraced && traces.all(|trace| trace.is_some_and(|trace| seen.insert(trace)))
}

#[derive(Default)]
struct Outcome {
    written: Vec<Written>,
    errors: Vec<Value>,
}

impl Outcome {
    fn take(
        &mut self,
        done: Result<(u64, Option<bool>), Refusal>,
        trace: Option<String>,
        traced: bool,
    ) -> Result<(), Refusal> {
        match done {
            Ok((id, new)) => self.written.push((id, new, trace)),
            Err(refusal) if traced => {
                let context = json!({"objectWriteTraceId": [trace]});
                self.errors.push(refusal.in_batch(&context));
            }
            Err(refusal) => return Err(refusal),
        }
        Ok(())
    }

    fn send(self, portal: &Portal, kind: ObjectType, good: StatusCode) -> Answer {
        let wanted = Wanted::all(portal, kind);
        let results: Vec<Out> = self
            .written
            .iter()
            .filter_map(|(id, new, trace)| {
                let row = portal.row(kind, *id)?;
                Some(Out {
                    new: *new,
                    trace: trace.as_deref(),
                    ..result(portal, kind, row, &wanted)
                })
            })
            .collect();
        BatchAnswer::send(results, self.errors, good, portal.now())
    }
}

/// `POST /{kind}/batch/archive`: ids that are not there do not matter.
pub(super) async fn archive(Extract(served): State, Path(kind): Path<String>, body: Bytes) -> Answer {
    let mut portal = lock(&served.portal);
    let kind = writable(&portal, &kind)?;
    let inputs: Inputs<OneId> = parsed(&body)?;
    in_size(inputs.inputs.len(), MOST)?;
    for input in inputs.inputs {
        portal.archive(kind, id_of(&input.id)?);
    }
    Ok(no_content())
}
