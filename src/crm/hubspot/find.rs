//! Finding what we made: by the unique key, and by the signature line of what hangs on the same records.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{HubSpot, wire};
use crate::crm::transport::Request;
use crate::crm::{Crm, CrmError};
use crate::domain::record::{Core, Kind, RecordId};

/// Records that are looked at together.
const TOGETHER: usize = 100;

/// Key and record.
pub type Found = BTreeMap<String, RecordId>;

#[derive(Deserialize)]
struct Keyed {
    id: Value,
    #[serde(default)]
    properties: BTreeMap<String, Option<String>>,
}

/// Those of the keys that records have in this property. A key that is refused may be there all the same: that is an
/// error.
pub async fn by_property(
    crm: &HubSpot,
    kind: Kind,
    property: &str,
    keys: &[String],
) -> Result<Found, CrmError> {
    let mut found = Found::new();
    for part in keys.chunks(TOGETHER) {
        let inputs: Vec<Value> = part.iter().map(|key| json!({ "id": key })).collect();
        let body = json!({ "inputs": inputs, "properties": [property], "idProperty": property });
        let request = Request::ReadingPost {
            path: crm.inner.paths.batch_read(kind),
            body: body.to_string().into_bytes(),
        };
        let read = |body: &[u8]| wire::parse::<wire::Listing<Keyed>>(body);
        let listing = crm.inner.transport.send(&request, read).await?;
        let asked: Vec<RecordId> = part.iter().map(|key| RecordId::from(key.as_str())).collect();
        let rows = listing.results.0;
        let is_found = |row: &Keyed, key: &RecordId| {
            let value = row.properties.get(property).and_then(Option::as_deref);
            value == Some(key.as_str())
        };
        let refused = wire::refused(listing.errors.as_ref(), &asked, |key| {
            rows.iter().any(|row| is_found(row, key))
        });
        if !refused.is_empty() {
            return Err(not_for_all(kind));
        }
        for row in rows {
            let key = row.properties.get(property).cloned().flatten();
            if let (Some(key), Some(id)) = (key, wire::text(&row.id)) {
                found.insert(key, RecordId(id));
            }
        }
    }
    found.retain(|key, _| keys.contains(key));
    Ok(found)
}

/// Those of the keys that stand in the text of a record that hangs on one of these. Text comes back from
/// HubSpot with its tags changed, so only the key itself is looked for. A key that is not found where something could
/// not be read may be there all the same: that is an error. What was made before `since` is not looked at.
pub async fn by_signature(
    crm: &HubSpot,
    kind: Kind,
    (about, since): (&[(Kind, RecordId)], Timestamp),
    keys: &[String],
) -> Result<Found, CrmError> {
    let mut found = Found::new();
    let mut seen = BTreeSet::new();
    let mut is_whole = true;
    for (from, id) in about {
        let links = crm.links(*from, kind, std::slice::from_ref(id)).await?;
        is_whole &= !links.is_empty();
        let mut ids: Vec<RecordId> = links.into_iter().flat_map(|(_, ids)| ids).collect();
        ids.retain(|id| seen.insert(id.clone()));
        // What was made last has the highest number, as a rule.
        ids.sort_by_key(|id| std::cmp::Reverse(age(id)));
        for part in ids.chunks(TOGETHER) {
            if found.len() == keys.len() {
                return Ok(found);
            }
            let batch = crm.read(kind, part, &[]).await?;
            is_whole &= batch.refused.is_empty();
            let is_old =
                !batch.records.is_empty() && batch.records.iter().all(|record| record.created < since);
            for record in batch.records {
                let Some(body) = record.core(Core::Body) else {
                    continue;
                };
                for key in keys.iter().filter(|key| body.contains(key.as_str())) {
                    let first = found.entry(key.clone()).or_insert_with(|| record.id.clone());
                    // A copy that somebody made of it came later.
                    if age(&record.id) < age(first) {
                        *first = record.id.clone();
                    }
                }
            }
            if is_old {
                break;
            }
        }
    }
    if is_whole || found.len() == keys.len() {
        return Ok(found);
    }
    Err(not_for_all(kind))
}

/// Orders ids as their records were made.
fn age(id: &RecordId) -> (usize, String) {
    (id.as_str().len(), id.as_str().to_owned())
}

fn not_for_all(kind: Kind) -> CrmError {
    CrmError::BadAnswer {
        request: format!("the search for our own {}s", kind.word()),
        reason: "it does not answer for all of them".to_owned(),
    }
}
