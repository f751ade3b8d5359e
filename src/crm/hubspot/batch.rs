//! Records, histories and links by id, in batches.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Value, json};

use super::in_flight::in_flight;
use super::map::Reader;
use super::{Inner, map, value, wire};
use crate::crm::transport::Request;
use crate::crm::{Batch, CrmError, Histories};
use crate::domain::record::{Kind, PastValue, Record, RecordId};

/// Records in one batch.
const RECORDS: usize = 100;
/// Records in one batch with history.
const HISTORIES: usize = 50;
/// Records in one batch of links.
const LINKS: usize = 1_000;
/// Properties in one batch; more are read in a second one.
const PROPERTIES: usize = 250;

/// The ids in batches, each id once.
fn batches(ids: &[RecordId], size: usize) -> Vec<Vec<RecordId>> {
    let mut seen = HashSet::with_capacity(ids.len());
    let unique: Vec<RecordId> = ids
        .iter()
        .filter(|id| seen.insert(id.as_str()))
        .cloned()
        .collect();
    unique.chunks(size).map(<[RecordId]>::to_vec).collect()
}

fn inputs(ids: &[RecordId]) -> Vec<Value> {
    ids.iter().map(|id| json!({ "id": id.as_str() })).collect()
}

/// Records by id, any number.
pub async fn read(inner: &Arc<Inner>, reader: &Arc<Reader>, ids: &[RecordId]) -> Result<Batch, CrmError> {
    let parts = in_flight(batches(ids, RECORDS), |batch| {
        let (inner, reader) = (inner.clone(), reader.clone());
        async move { read_batch(&inner, &reader, batch).await }
    })
    .await?;
    let mut whole = Batch::default();
    let mut seen = HashSet::new();
    for mut part in parts {
        // A merged record answers for each of its old ids.
        part.records.retain(|record| seen.insert(record.id.clone()));
        whole.records.append(&mut part.records);
        whole.missing.append(&mut part.missing);
        whole.refused.append(&mut part.refused);
    }
    Ok(whole)
}

/// One batch. A batch is not atomic and one bad id can spoil it: it is halved until the bad ones stand alone.
async fn read_batch(inner: &Inner, reader: &Reader, ids: Vec<RecordId>) -> Result<Batch, CrmError> {
    let mut batch = Batch::default();
    let mut refusal = None;
    let mut waiting = vec![ids.clone()];
    while let Some(part) = waiting.pop() {
        match read_once(inner, reader, &part).await {
            Ok(mut answered) => {
                batch.records.append(&mut answered.records);
                batch.refused.append(&mut answered.refused);
            }
            Err(error) if !spoilt(&error) => return Err(error),
            Err(error) if part.len() == 1 => {
                // Only "not found" tells that a record is gone.
                if !matches!(error, CrmError::Refused { status: 404, .. }) {
                    batch.refused.extend(part);
                }
                refusal = Some(error);
            }
            Err(_) => waiting.extend(halves(&part)),
        }
    }
    // Refusing every single record is a refusal of the question, not a sign that the records are gone.
    if let (true, Some(error)) = (batch.records.is_empty(), refusal) {
        return Err(error);
    }
    let answered: HashSet<&str> = batch.records.iter().map(|record| record.id.as_str()).collect();
    batch.missing = ids
        .iter()
        .filter(|id| !answered.contains(id.as_str()) && !batch.refused.contains(id))
        .cloned()
        .collect();
    Ok(batch)
}

/// The halves of a batch, the first one last, since the next one is taken from the end.
fn halves(ids: &[RecordId]) -> [Vec<RecordId>; 2] {
    let (first, second) = ids.split_at(ids.len() / 2);
    [second.to_vec(), first.to_vec()]
}

fn spoilt(error: &CrmError) -> bool {
    matches!(
        error,
        CrmError::Refused {
            status: 400 | 404 | 409 | 413 | 422,
            ..
        }
    )
}

/// One question: records that are there, and ids that are refused.
async fn read_once(inner: &Inner, reader: &Reader, ids: &[RecordId]) -> Result<Batch, CrmError> {
    let mut records: Option<Vec<Record>> = None;
    let mut refused = Vec::new();
    for names in reader.parts(PROPERTIES, usize::MAX) {
        let request = Request::ReadingPost {
            path: inner.paths.batch_read(reader.kind),
            body: json!({ "inputs": inputs(ids), "properties": names })
                .to_string()
                .into_bytes(),
        };
        let read = inner
            .transport
            .send(&request, |body| parse_records(reader, ids, body))
            .await?;
        refused.extend(read.refused);
        match &mut records {
            None => records = Some(read.records),
            Some(records) => map::complete(records, read.records),
        }
    }
    let mut records = records.unwrap_or_default();
    // What was refused for a part of its properties is not known whole.
    records.retain(|record| !refused.contains(&record.id));
    Ok(Batch {
        records,
        refused,
        ..Batch::default()
    })
}

fn parse_records(reader: &Reader, asked: &[RecordId], body: &[u8]) -> Result<Batch, String> {
    let objects: wire::Objects<'_> = wire::parse(body)?;
    let records: Result<Vec<Record>, String> = objects
        .results
        .iter()
        .map(|object| reader.record(object))
        .collect();
    let records = records?;
    let is_answered = |id: &RecordId| records.iter().any(|record| record.id == *id);
    Ok(Batch {
        refused: wire::refused(objects.errors.as_ref(), asked, is_answered),
        records,
        ..Batch::default()
    })
}

/// Past values, any number of ids.
pub async fn history(
    inner: &Arc<Inner>,
    kind: Kind,
    ids: &[RecordId],
    properties: &[String],
) -> Result<Histories, CrmError> {
    let mut whole = Histories::default();
    if properties.is_empty() {
        return Ok(whole);
    }
    let properties: Arc<[String]> = properties.into();
    let parts = in_flight(batches(ids, HISTORIES), |batch| {
        let (inner, properties) = (inner.clone(), properties.clone());
        async move { history_batch(&inner, kind, batch, &properties).await }
    })
    .await?;
    for mut part in parts {
        whole.values.append(&mut part.values);
        whole.refused.append(&mut part.refused);
    }
    Ok(whole)
}

async fn history_batch(
    inner: &Inner,
    kind: Kind,
    ids: Vec<RecordId>,
    properties: &[String],
) -> Result<Histories, CrmError> {
    let mut past = Histories::default();
    let (mut refusal, mut answered) = (None, false);
    let mut waiting = vec![ids];
    while let Some(part) = waiting.pop() {
        let request = Request::ReadingPost {
            path: inner.paths.batch_read(kind),
            body: json!({ "inputs": inputs(&part), "propertiesWithHistory": properties })
                .to_string()
                .into_bytes(),
        };
        let parse = |body: &[u8]| parse_history(&part, body);
        match inner.transport.send(&request, parse).await {
            Ok(mut read) => {
                answered = true;
                past.values.append(&mut read.values);
                past.refused.append(&mut read.refused);
            }
            Err(error) if !spoilt(&error) => return Err(error),
            Err(error) if part.len() == 1 => {
                // Of what is not there nothing is left to be told.
                if !matches!(error, CrmError::Refused { status: 404, .. }) {
                    past.refused.extend(part);
                }
                refusal = Some(error);
            }
            Err(_) => waiting.extend(halves(&part)),
        }
    }
    match refusal {
        Some(error) if !answered => Err(error),
        _ => Ok(past),
    }
}

fn parse_history(asked: &[RecordId], body: &[u8]) -> Result<Histories, String> {
    let histories: wire::Histories = wire::parse(body)?;
    let mut values = Vec::new();
    let mut answered = HashSet::new();
    for history in histories.results {
        let id = RecordId(wire::text(&history.id).ok_or("a record has no id")?);
        answered.insert(id.clone());
        for (property, versions) in history.properties_with_history {
            let versions = versions.unwrap_or_default();
            values.extend(versions.into_iter().filter_map(|version| {
                Some(PastValue {
                    id: id.clone(),
                    property: property.clone(),
                    value: version.value.as_ref().and_then(wire::text),
                    at: value::instant(&wire::text(version.timestamp.as_ref()?)?)?,
                    user: version.updated_by_user_id.as_ref().and_then(wire::text),
                    by: version
                        .source_type
                        .as_ref()
                        .and_then(wire::text)
                        .and_then(|source| by(&source)),
                })
            }));
        }
    }
    let refused = wire::refused(histories.errors.as_ref(), asked, |id| answered.contains(id));
    Ok(Histories { values, refused })
}

/// Who or what sets a value, by HubSpot's word for the source.
fn by(source: &str) -> Option<String> {
    let words = match source {
        "CRM_UI" | "CRM_UI_BULK_ACTION" | "CONTACTS_WEB" | "MOBILE_IOS" | "MOBILE_ANDROID" => {
            "somebody in the CRM"
        }
        "IMPORT" => "an import",
        "API" | "INTEGRATION" | "INTEGRATIONS_PLATFORM" => "another program",
        "AUTOMATION_PLATFORM" | "WORKFLOWS" | "BATCH_UPDATE" => "a workflow of the CRM",
        "CALCULATED" | "INTERNAL_PROCESSING" => "the CRM itself",
        "FORM" => "a form",
        "MERGE_OBJECTS" | "MERGE_COMPANIES" | "MERGE_CONTACTS" => "a merge",
        _ => return None,
    };
    Some(words.to_owned())
}

/// For each id the linked records of another kind; one that is refused is left out, since it may have some.
pub async fn links(
    inner: &Arc<Inner>,
    from: Kind,
    to: Kind,
    ids: &[RecordId],
) -> Result<Vec<(RecordId, Vec<RecordId>)>, CrmError> {
    let parts = in_flight(batches(ids, LINKS), |batch| {
        let inner = inner.clone();
        async move { links_batch(&inner, from, to, batch).await }
    })
    .await?;
    Ok(parts.into_iter().flatten().collect())
}

/// One record's page of links: from, to, and where its next page begins.
type LinkPage = (String, Vec<String>, Option<String>);

/// What one question for links gave: pages, and ids that are refused.
type LinkPages = (Vec<LinkPage>, Vec<RecordId>);

async fn links_batch(
    inner: &Inner,
    from: Kind,
    to: Kind,
    ids: Vec<RecordId>,
) -> Result<Vec<(RecordId, Vec<RecordId>)>, CrmError> {
    let mut found: HashMap<String, Vec<RecordId>> = HashMap::new();
    let mut seen: HashSet<(String, String)> = HashSet::new();
    let mut refused: HashSet<RecordId> = HashSet::new();
    let mut asked = ids.clone();
    let mut wanted = inputs(&ids);
    while !wanted.is_empty() {
        let request = Request::ReadingPost {
            path: inner.paths.associations(from, to),
            body: json!({ "inputs": wanted }).to_string().into_bytes(),
        };
        let (pages, failed) = inner
            .transport
            .send(&request, |body| parse_links(&asked, body))
            .await?;
        refused.extend(failed);
        wanted.clear();
        asked.clear();
        for (from, to, after) in pages {
            let list = found.entry(from.clone()).or_default();
            let before = list.len();
            let fresh = to
                .into_iter()
                .filter(|to| seen.insert((from.clone(), to.clone())));
            list.extend(fresh.map(RecordId));
            // A page without anything new would be answered for ever.
            if let Some(after) = after.filter(|_| list.len() > before) {
                wanted.push(json!({ "id": from, "after": after }));
                asked.push(RecordId(from));
            }
        }
    }
    Ok(ids
        .into_iter()
        .filter(|id| !refused.contains(id))
        .map(|id| {
            let links = found.remove(id.as_str()).unwrap_or_default();
            (id, links)
        })
        .collect())
}

fn parse_links(asked: &[RecordId], body: &[u8]) -> Result<LinkPages, String> {
    let associations: wire::Associations<'_> = wire::parse(body)?;
    let answered: HashSet<&str> = associations
        .results
        .iter()
        .map(|association| association.from.id.as_str())
        .collect();
    let refused = wire::refused(associations.errors.as_ref(), asked, |id| {
        answered.contains(id.as_str())
    });
    let pages = associations.results.into_iter().map(|association| {
        let to = association
            .to
            .iter()
            .map(|to| to.to_object_id.as_str().to_owned());
        (
            association.from.id.as_str().to_owned(),
            to.collect(),
            wire::after(association.paging.as_ref()),
        )
    });
    Ok((pages.collect(), refused))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_past_tells_who_and_what_set_a_value_where_it_is_known() {
        let body = br#"{"results":[{"id":"7","propertiesWithHistory":{"segment":[
            {"value":"smb","timestamp":"2026-11-23T08:00:00Z","sourceType":"CRM_UI","updatedByUserId":701},
            {"value":"mid","timestamp":"2026-11-22T08:00:00Z","sourceType":"SOMETHING_NEW"},
            {"value":"ent","timestamp":"2026-11-21T08:00:00Z"}]}}]}"#;
        let past = parse_history(&[RecordId::from("7")], body).unwrap().values;
        let told: Vec<_> = past
            .iter()
            .map(|past| (past.user.as_deref(), past.by.as_deref()))
            .collect();
        let known = (Some("701"), Some("somebody in the CRM"));
        assert_eq!(told, [known, (None, None), (None, None)]);
    }
}
