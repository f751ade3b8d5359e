//! Writing in batches: what became of each input, and halving of a batch that is refused as a whole.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::compose::Composer;
use super::dialect::told;
use super::paths::record_link;
use super::{HubSpot, find, wire};
use crate::crm::transport::{Outcome, Request};
use crate::crm::{CrmError, CrmWrite, FieldChanges, NewRecord, Tenant, Written};
use crate::domain::outbox::{Remedy, WritePermit};
use crate::domain::record::{Kind, RecordId};

/// Inputs in one batch.
const TOGETHER: usize = 100;

/// The answer to a batch.
#[derive(Deserialize)]
struct BatchAnswer {
    #[serde(default)]
    results: Vec<Row>,
    #[serde(default)]
    errors: Vec<wire::InputError>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: Value,
    #[serde(default)]
    object_write_trace_id: Option<String>,
}

/// One input: its place in the question, the word by which the answer names it, and what is sent.
#[derive(Clone)]
struct Input {
    place: usize,
    trace: String,
    /// The record that is changed; `None` for a new one.
    id: Option<RecordId>,
    body: Value,
}

/// A batch on its way.
struct Sending<'a> {
    crm: &'a HubSpot,
    permit: WritePermit,
    kind: Kind,
    path: String,
    /// What is made is looked for before a refused batch is sent again in halves; what is changed need not be.
    making: Option<&'a [NewRecord]>,
    /// The property that keeps our key unique on what is made.
    key: Option<&'a str>,
    written: Vec<Option<Written>>,
}

impl Sending<'_> {
    /// Sends all inputs. Once anything may have been done, an error counts only for what is left.
    async fn all(mut self, inputs: Vec<Input>) -> Result<Vec<Written>, CrmError> {
        let begun = inputs.len() < self.written.len();
        let mut sent_any = false;
        let mut waiting: Vec<Vec<Input>> = inputs.chunks(TOGETHER).map(<[Input]>::to_vec).collect();
        waiting.reverse();
        while let Some(part) = waiting.pop() {
            match self.one(part, &mut waiting).await {
                Ok(()) => sent_any = true,
                Err(error) if !sent_any && !begun => return Err(error),
                Err(error) => {
                    self.put_off(&error);
                    break;
                }
            }
        }
        self.find_taken(&inputs).await;
        Ok(self
            .written
            .into_iter()
            .map(|one| one.unwrap_or_else(unnamed))
            .collect())
    }

    /// A new record whose key is taken was made by a former attempt that nobody heard of.
    async fn find_taken(&mut self, inputs: &[Input]) {
        let (Some(property), kind) = (self.key, self.kind) else {
            return;
        };
        let refused = |input: &&Input| matches!(self.written[input.place], Some(Written::Refused { .. }));
        let refused: Vec<Input> = inputs.iter().filter(refused).cloned().collect();
        let keys: Vec<String> = refused.iter().map(|input| input.trace.clone()).collect();
        if keys.is_empty() {
            return;
        }
        match find::by_property(self.crm, kind, property, &keys).await {
            Err(error) => self.settle(&refused, |_| unseen(&error)),
            Ok(there) => {
                for input in &refused {
                    if let Some(id) = there.get(&input.trace) {
                        self.written[input.place] = Some(Written::Done { id: id.clone() });
                    }
                }
            }
        }
    }

    /// What is not answered yet was surely not sent.
    fn put_off(&mut self, error: &CrmError) {
        for place in self.written.iter_mut().filter(|place| place.is_none()) {
            *place = Some(not_now(error));
        }
    }

    async fn one(&mut self, part: Vec<Input>, waiting: &mut Vec<Vec<Input>>) -> Result<(), CrmError> {
        let bodies: Vec<&Value> = part.iter().map(|input| &input.body).collect();
        let request = Request::Write {
            path: self.path.clone(),
            body: json!({ "inputs": bodies }).to_string().into_bytes(),
            permit: self.permit,
        };
        let read = |body: &[u8]| match body {
            // Archiving is answered without a body.
            [] => Ok(None),
            body => wire::parse::<BatchAnswer>(body).map(Some),
        };
        match self.crm.inner.transport.write(&request, read).await? {
            Outcome::Done(Some(answer)) => self.take(&part, &answer),
            Outcome::Done(None) => self.archived(&part),
            Outcome::Unclear { why } => self.settle(&part, |_| Written::Unclear { why: why.clone() }),
            Outcome::Refused { said, status } if part.len() == 1 => {
                let remedy = match status {
                    403 => Remedy::Right,
                    404 => Remedy::Restore,
                    _ => Remedy::Edit,
                };
                self.settle(&part, |_| Written::Refused {
                    said: said.clone(),
                    remedy,
                });
            }
            Outcome::Refused { .. } => self.halve(part, waiting).await,
        }
        Ok(())
    }

    /// A batch is not atomic: what stood before the bad one may be there. What is not is sent in halves.
    async fn halve(&mut self, part: Vec<Input>, waiting: &mut Vec<Vec<Input>>) {
        let there = match self.there(&part).await {
            Ok(there) => there,
            Err(error) => return self.settle(&part, |_| unseen(&error)),
        };
        let mut left = Vec::new();
        for input in part {
            match there.get(&input.trace) {
                Some(id) => self.written[input.place] = Some(Written::Done { id: id.clone() }),
                None => left.push(input),
            }
        }
        let second = left.split_off(left.len() / 2);
        waiting.extend([second, left].into_iter().filter(|half| !half.is_empty()));
    }

    /// Those of these new records that are there, by the property if they carry a key, else by what hangs on the same
    /// records and is no older than they can be.
    async fn there(&self, part: &[Input]) -> Result<BTreeMap<String, RecordId>, CrmError> {
        let Some(records) = self.making else {
            return Ok(BTreeMap::new());
        };
        let keys: Vec<String> = part.iter().map(|input| input.trace.clone()).collect();
        if let Some(property) = self.key {
            return find::by_property(self.crm, self.kind, property, &keys).await;
        }
        let records = || part.iter().map(|input| &records[input.place]);
        let mut about: Vec<(Kind, RecordId)> = records().flat_map(|record| record.about.clone()).collect();
        about.sort();
        about.dedup();
        let since = records()
            .map(|record| record.since)
            .min()
            .unwrap_or(Timestamp::MIN);
        find::by_signature(self.crm, self.kind, (&about, since), &keys).await
    }

    fn settle(&mut self, part: &[Input], becomes: impl Fn(&Input) -> Written) {
        for input in part {
            self.written[input.place] = Some(becomes(input));
        }
    }

    fn archived(&mut self, part: &[Input]) {
        self.settle(part, |input| match &input.id {
            Some(id) => Written::Done { id: id.clone() },
            None => Written::Unclear {
                why: "the CRM's answer is empty".to_owned(),
            },
        });
    }

    /// Reads an answer input by input; one that it does not name stays unclear.
    fn take(&mut self, part: &[Input], answer: &BatchAnswer) {
        let by_trace: HashMap<&str, &Input> =
            part.iter().map(|input| (input.trace.as_str(), input)).collect();
        let single = match part {
            [input] => Some(input),
            _ => None,
        };
        for row in &answer.results {
            let Some(id) = wire::text(&row.id).map(RecordId) else {
                continue;
            };
            let traced = row
                .object_write_trace_id
                .as_deref()
                .and_then(|trace| by_trace.get(trace).copied());
            let by_id = || part.iter().find(|input| input.id.as_ref() == Some(&id));
            if let Some(input) = traced.or_else(by_id).or(single) {
                self.written[input.place] = Some(Written::Done { id });
            }
        }
        for error in &answer.errors {
            let named: Vec<&Input> = traces(&error.context)
                .filter_map(|trace| by_trace.get(trace).copied())
                .collect();
            let named = if named.is_empty() {
                single.into_iter().collect()
            } else {
                named
            };
            for input in named {
                self.written[input.place].get_or_insert_with(|| outcome(error));
            }
        }
        for input in part {
            self.written[input.place].get_or_insert_with(unnamed);
        }
    }
}

/// What never left, as it cannot be written so.
fn refused(said: String) -> Written {
    Written::Refused {
        said,
        remedy: Remedy::Edit,
    }
}

fn unnamed() -> Written {
    Written::Unclear {
        why: "the CRM's answer did not say what became of it".to_owned(),
    }
}

/// Words by which an error names inputs: a text or a list of them.
fn traces(context: &Value) -> impl Iterator<Item = &str> {
    let named = &context["objectWriteTraceId"];
    let list = named.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_str).chain(named.as_str())
}

/// What an error inside a batch means for its input.
fn outcome(error: &wire::InputError) -> Written {
    let said = told(error.message(), &error.errors);
    match error.category() {
        "RATE_LIMITS" | "RATE_LIMIT" => Written::Later {
            wait: None,
            why: said,
        },
        "" | "INTERNAL_ERROR" => Written::Unclear { why: said },
        category => Written::Refused {
            said,
            remedy: match category {
                "OBJECT_NOT_FOUND" => Remedy::Restore,
                "MISSING_SCOPES" | "FORBIDDEN" => Remedy::Right,
                _ => Remedy::Edit,
            },
        },
    }
}

fn unseen(error: &CrmError) -> Written {
    Written::Unclear {
        why: format!("the CRM refused it, and whether it is there could not be read: {error}"),
    }
}

fn not_now(error: &CrmError) -> Written {
    let wait = match error {
        CrmError::RateLimited { wait } => *wait,
        _ => None,
    };
    Written::Later {
        wait,
        why: error.to_string(),
    }
}

impl HubSpot {
    /// The property that keeps our key unique on records of this kind.
    async fn key_of(&self, kind: Kind) -> Result<Option<&str>, CrmError> {
        let Some(key) = self.inner.key.as_deref() else {
            return Ok(None);
        };
        Ok(self.schema(kind).await?.is_unique(key).then_some(key))
    }

    fn sending(&self, permit: WritePermit, kind: Kind, path: String, count: usize) -> Sending<'_> {
        Sending {
            crm: self,
            permit,
            kind,
            path,
            making: None,
            key: None,
            written: vec![None; count],
        }
    }
}

impl CrmWrite for HubSpot {
    async fn is_keyed(&self, kind: Kind) -> Result<bool, CrmError> {
        Ok(self.key_of(kind).await?.is_some())
    }

    async fn create(
        &self,
        permit: WritePermit,
        kind: Kind,
        records: &[NewRecord],
    ) -> Result<Vec<Written>, CrmError> {
        let schema = self.schema(kind).await?;
        let key = self.key_of(kind).await?;
        let composer = Composer::new(kind, &schema);
        let mut sending = Sending {
            making: Some(records),
            key,
            ..self.sending(permit, kind, self.inner.paths.batch_create(kind), records.len())
        };
        let mut inputs = Vec::new();
        for (place, record) in records.iter().enumerate() {
            match composer.input(record, key) {
                Ok(body) => inputs.push(Input {
                    place,
                    trace: record.key.clone(),
                    id: None,
                    body,
                }),
                Err(said) => sending.written[place] = Some(refused(said)),
            }
        }
        sending.all(inputs).await
    }

    async fn update(
        &self,
        permit: WritePermit,
        kind: Kind,
        changes: &[FieldChanges],
    ) -> Result<Vec<Written>, CrmError> {
        let schema = self.schema(kind).await?;
        let composer = Composer::new(kind, &schema);
        let mut sending = self.sending(permit, kind, self.inner.paths.batch_update(kind), changes.len());
        let mut inputs = Vec::new();
        for (place, change) in changes.iter().enumerate() {
            let fields = change
                .fields
                .iter()
                .map(|(field, value)| (field, value.as_deref()));
            let trace = place.to_string();
            match composer.properties(fields) {
                Ok(properties) => inputs.push(Input {
                    place,
                    body: json!({
                        "id": change.id.as_str(),
                        "properties": properties,
                        "objectWriteTraceId": trace,
                    }),
                    trace,
                    id: Some(change.id.clone()),
                }),
                Err(said) => sending.written[place] = Some(refused(said)),
            }
        }
        sending.all(inputs).await
    }

    async fn archive(
        &self,
        permit: WritePermit,
        kind: Kind,
        ids: &[RecordId],
    ) -> Result<Vec<Written>, CrmError> {
        let sending = self.sending(permit, kind, self.inner.paths.batch_archive(kind), ids.len());
        let inputs = ids.iter().enumerate().map(|(place, id)| Input {
            place,
            trace: place.to_string(),
            id: Some(id.clone()),
            body: json!({ "id": id.as_str() }),
        });
        sending.all(inputs.collect()).await
    }

    fn page_of(&self, tenant: &Tenant, kind: Kind, id: &RecordId) -> Option<String> {
        record_link(tenant.web.as_deref()?, kind, id)
    }

    async fn find_by_key(
        &self,
        kind: Kind,
        about: &[(Kind, RecordId)],
        keys: &[String],
        since: Timestamp,
    ) -> Result<BTreeMap<String, RecordId>, CrmError> {
        let mut found = match self.key_of(kind).await? {
            Some(property) => find::by_property(self, kind, property, keys).await?,
            None => BTreeMap::new(),
        };
        let left: Vec<String> = keys
            .iter()
            .filter(|key| !found.contains_key(*key))
            .cloned()
            .collect();
        // What was made before there was a unique property has only the signature line.
        if !left.is_empty() {
            found.extend(find::by_signature(self, kind, (about, since), &left).await?);
        }
        Ok(found)
    }
}
