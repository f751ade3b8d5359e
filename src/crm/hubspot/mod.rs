//! HubSpot, API version 2026-09.
//!
//! What lives here: its paths, words, bodies and limits, and how they become neutral records. Nothing
//! outside this folder says "deal" or "company" in HubSpot's sense.

mod batch;
mod compose;
mod dialect;
mod find;
mod in_flight;
mod keying;
mod kinds;
mod learnt;
mod map;
pub mod paths;
mod schema;
mod search;
mod value;
mod wire;
mod write;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::learnt::Learnt;
use self::map::Reader;
use self::paths::Paths;
use self::schema::Schema;
use super::transport::{AskToken, Counts, Request, Transport, TransportOptions, Whose};
use super::{Batch, Crm, CrmError, Histories, Hit, Page, Pipeline, Property, Search, Tenant, Usage};
use crate::domain::reach::Reach;
use crate::domain::record::{Core, Kind, Owner, PastValue, Record, RecordId};

/// Where HubSpot is when nothing else is configured.
pub const DEFAULT_BASE_URL: &str = "https://api.hubapi.com";

/// Records on a page of a list.
const PAGE: usize = 100;
/// Bytes of property names in an address; HubSpot answers 414 to much longer ones.
const ADDRESS_BYTES: usize = 4_000;
/// Owners on a page.
const OWNERS: usize = 500;

/// Which HubSpot, and how it is reached.
#[derive(Debug, Clone)]
pub struct HubSpotOptions {
    /// Scheme, host and port, e.g. [`DEFAULT_BASE_URL`].
    pub base_url: String,
    /// Which family of paths is asked.
    pub paths: Paths,
    /// The way there.
    pub transport: TransportOptions,
    /// The property that holds our key on what we make, for kinds on which the portal has it and keeps it unique.
    pub key: Option<String>,
}

impl Default for HubSpotOptions {
    fn default() -> Self {
        Self {
            base_url: DEFAULT_BASE_URL.to_owned(),
            paths: Paths::default(),
            transport: TransportOptions::default(),
            key: None,
        }
    }
}

/// A HubSpot portal. Cheap to clone: clones share connections, limits and what was learnt of the schema.
#[derive(Clone)]
pub struct HubSpot {
    inner: Arc<Inner>,
}

/// What clones share.
struct Inner {
    transport: Transport,
    paths: Paths,
    learnt: Learnt,
    key: Option<String>,
}

impl HubSpot {
    /// Checks the settings. Nothing is sent and the token is not asked for before the first request.
    pub fn connect(options: HubSpotOptions, ask: AskToken) -> Result<Self, CrmError> {
        let HubSpotOptions {
            base_url,
            paths,
            transport,
            key,
        } = options;
        let dialect = Box::new(dialect::HubSpotDialect);
        let transport = Transport::new(&base_url, &transport, dialect, ask)?;
        Ok(Self {
            inner: Arc::new(Inner {
                transport,
                paths,
                learnt: Learnt::default(),
                key,
            }),
        })
    }

    /// What was sent so far.
    pub fn counts(&self) -> Counts {
        self.inner.transport.counts()
    }

    /// Tells each time that the portal answers no more or cannot be reached, or answers again.
    pub fn reached(&self) -> tokio::sync::watch::Receiver<Reach> {
        self.inner.transport.reached()
    }

    /// Tells each time that the portal begins to make requests wait, as its rate limit is used up, or answers again.
    pub fn limited(&self) -> tokio::sync::watch::Receiver<bool> {
        self.inner.transport.limited()
    }

    /// Calls that everybody together has left today, as the portal last said.
    pub fn left_today(&self) -> Option<u64> {
        self.inner.transport.left_today()
    }

    /// The scope that a key needs to read a kind.
    pub fn scope(kind: Kind) -> &'static str {
        kinds::shape(kind).scope
    }

    async fn schema(&self, kind: Kind) -> Result<Arc<Schema>, CrmError> {
        if let Some(schema) = self.inner.learnt.schema(kind) {
            return Ok(schema);
        }
        match self.properties(kind).await {
            // The schema helps, but a key that may not read it can still read records.
            Ok(_) | Err(CrmError::MissingScope { .. } | CrmError::Refused { .. }) => {
                Ok(self.inner.learnt.schema_or_default(kind))
            }
            Err(error) => Err(error),
        }
    }

    async fn reader(&self, kind: Kind, properties: &[String]) -> Result<Reader, CrmError> {
        let inner = &self.inner;
        let schema = self.schema(kind).await?;
        let stages = match inner.learnt.stages(kind) {
            Some(stages) => stages,
            None => match self.pipelines(kind).await {
                Ok(_) | Err(CrmError::MissingScope { .. } | CrmError::Refused { .. }) => {
                    inner.learnt.stages_or_default(kind)
                }
                Err(error) => return Err(error),
            },
        };
        Ok(Reader::new(kind, properties, schema, stages, inner.learnt.zone()))
    }

    async fn owners_page(&self, after: Option<&str>, archived: bool) -> Result<Page<Owner>, CrmError> {
        let mut query = vec![("limit", OWNERS.to_string()), ("archived", archived.to_string())];
        query.extend(after.map(|after| ("after", after.to_owned())));
        let request = get(self.inner.paths.owners(), query);
        let read = |body: &[u8]| {
            let listing: wire::Listing<schema::OwnerRow> = wire::parse(body)?;
            Ok(Page {
                after: wire::after(listing.paging.as_ref()),
                items: listing
                    .results
                    .0
                    .into_iter()
                    .filter_map(schema::OwnerRow::owner)
                    .collect(),
                total: None,
            })
        };
        self.inner.transport.send(&request, read).await
    }

    /// One page, with a part of the properties.
    async fn list_part(
        &self,
        reader: &Reader,
        names: &[String],
        after: Option<&str>,
        archived: bool,
    ) -> Result<Page<Record>, CrmError> {
        let mut query = vec![("limit", PAGE.to_string()), ("archived", archived.to_string())];
        query.extend(after.map(|after| ("after", after.to_owned())));
        query.extend((!names.is_empty()).then(|| ("properties", names.join(","))));
        let request = get(self.inner.paths.objects(reader.kind), query);
        let read = |body: &[u8]| {
            let objects: wire::Objects<'_> = wire::parse(body)?;
            let next = wire::after(objects.paging.as_ref());
            if next.is_some() && next.as_deref() == after {
                return Err("its next page is the same page again".to_owned());
            }
            let items: Result<_, String> = objects
                .results
                .iter()
                .map(|object| reader.record(object))
                .collect();
            Ok(Page {
                items: items?,
                after: next,
                total: objects.total,
            })
        };
        self.inner.transport.send(&request, read).await
    }
}

fn get(path: String, query: Vec<(&'static str, String)>) -> Request {
    Request::Get { path, query }
}

impl Crm for HubSpot {
    async fn tenant(&self) -> Result<Tenant, CrmError> {
        let request = get(self.inner.paths.details(), Vec::new());
        let api = self.inner.transport.origin().address();
        let read = |body: &[u8]| wire::parse::<schema::Details>(body)?.tenant(api);
        let tenant = match self.inner.transport.send(&request, read).await {
            // Every portal has this one: whatever answers at this address is not the API.
            Err(CrmError::Refused { status: 404, .. }) => Err(CrmError::Elsewhere {
                address: self.inner.transport.origin().address().to_owned(),
            }),
            other => other,
        }?;
        self.inner.learnt.set_zone(&tenant.time_zone);
        self.inner.transport.hold_to(Whose {
            request,
            read: |body| wire::parse::<schema::Details>(body)?.id(),
            id: tenant.id.clone(),
        });
        Ok(tenant)
    }

    fn forget_properties(&self) {
        self.inner.learnt.forget_schemas();
    }

    async fn owners(&self) -> Result<Vec<Owner>, CrmError> {
        let mut owners: Vec<Owner> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        // Active ones first: who is in both lists has come back.
        for archived in [false, true] {
            let mut after: Option<String> = None;
            loop {
                let page = self.owners_page(after.as_deref(), archived).await?;
                let before = owners.len();
                owners.extend(
                    page.items
                        .into_iter()
                        .filter(|owner| seen.insert(owner.id.clone())),
                );
                after = page.after.filter(|_| owners.len() > before);
                if after.is_none() {
                    break;
                }
            }
        }
        Ok(owners)
    }

    async fn properties(&self, kind: Kind) -> Result<Vec<Property>, CrmError> {
        let request = get(self.inner.paths.properties(kind), Vec::new());
        let read = |body: &[u8]| {
            let listing: wire::Listing<schema::PropertyRow> = wire::parse(body)?;
            Ok(listing
                .results
                .0
                .into_iter()
                .filter_map(schema::PropertyRow::property)
                .collect::<Vec<_>>())
        };
        let properties = self.inner.transport.send(&request, read).await?;
        self.inner.learnt.set_schema(kind, &properties);
        Ok(properties)
    }

    async fn pipelines(&self, kind: Kind) -> Result<Vec<Pipeline>, CrmError> {
        let mut pipelines = Vec::new();
        if matches!(kind, Kind::Contract | Kind::Ticket) {
            let request = get(self.inner.paths.pipelines(kind), Vec::new());
            let read = |body: &[u8]| {
                let listing: wire::Listing<schema::PipelineRow> = wire::parse(body)?;
                Ok(listing
                    .results
                    .0
                    .into_iter()
                    .filter_map(schema::PipelineRow::pipeline)
                    .collect::<Vec<_>>())
            };
            pipelines = self.inner.transport.send(&request, read).await?;
        }
        self.inner.learnt.set_stages(kind, &pipelines);
        Ok(pipelines)
    }

    async fn list(
        &self,
        kind: Kind,
        properties: &[String],
        after: Option<&str>,
        archived: bool,
    ) -> Result<Page<Record>, CrmError> {
        let reader = self.reader(kind, properties).await?;
        let parts = reader.parts(usize::MAX, ADDRESS_BYTES);
        let mut page: Option<Page<Record>> = None;
        for names in parts {
            let part = self.list_part(&reader, names, after, archived).await?;
            match &mut page {
                None => page = Some(part),
                Some(page) => map::complete(&mut page.items, part.items),
            }
        }
        Ok(page.unwrap_or(Page {
            items: Vec::new(),
            after: None,
            total: None,
        }))
    }

    async fn search(&self, search: &Search) -> Result<Page<Hit>, CrmError> {
        let schema = self.inner.learnt.schema(search.kind).unwrap_or_default();
        let request = Request::ReadingPost {
            path: self.inner.paths.search(search.kind),
            body: search::body(search, &schema)?,
        };
        self.inner
            .transport
            .send(&request, |body| search::page(search.kind, body))
            .await
    }

    async fn read(&self, kind: Kind, ids: &[RecordId], properties: &[String]) -> Result<Batch, CrmError> {
        if ids.is_empty() {
            return Ok(Batch::default());
        }
        let reader = Arc::new(self.reader(kind, properties).await?);
        batch::read(&self.inner, &reader, ids).await
    }

    async fn history(
        &self,
        kind: Kind,
        ids: &[RecordId],
        properties: &[String],
    ) -> Result<Histories, CrmError> {
        let schema = self.inner.learnt.schema(kind).unwrap_or_default();
        let shape = kinds::shape(kind);
        // A core field and a mapped property may be the same property of HubSpot's; each gets its own values.
        let mut names: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
        for name in properties {
            let property = shape.property(name);
            if property != name || schema.has(property) {
                names.entry(property).or_default().push(name);
            }
        }
        let there: Vec<String> = names.keys().map(|&property| property.to_owned()).collect();
        let past = batch::history(&self.inner, kind, ids, &there).await?;
        let reader = self.reader(kind, &[]).await?;
        let value_of = |name: &str, past: &PastValue| {
            let value = past.value.as_deref()?;
            match name.strip_prefix("core:").and_then(Core::from_name) {
                Some(core) => reader.core_value(core, &past.property, value),
                None => Some(value.to_owned()),
            }
        };
        let named = |past: PastValue| {
            let names = names.get(past.property.as_str()).cloned().unwrap_or_default();
            let told = names.into_iter().map(|name| PastValue {
                property: name.clone(),
                value: value_of(name, &past),
                ..past.clone()
            });
            told.collect::<Vec<_>>()
        };
        Ok(Histories {
            values: past.values.into_iter().flat_map(named).collect(),
            refused: past.refused,
        })
    }

    async fn links(
        &self,
        from: Kind,
        to: Kind,
        ids: &[RecordId],
    ) -> Result<Vec<(RecordId, Vec<RecordId>)>, CrmError> {
        batch::links(&self.inner, from, to, ids).await
    }

    async fn usage(&self) -> Result<Option<Usage>, CrmError> {
        let request = get(self.inner.paths.usage(), Vec::new());
        let read = |body: &[u8]| {
            let listing: wire::Listing<schema::UsageRow> = wire::parse(body)?;
            let row = listing.results.0.into_iter().next();
            Ok(row.and_then(|row| {
                Some(Usage {
                    today: row.current_usage?,
                    limit: row.usage_limit?,
                })
            }))
        };
        match self.inner.transport.send(&request, read).await {
            Err(CrmError::MissingScope { .. } | CrmError::Refused { .. }) => Ok(None),
            answer => answer,
        }
    }
}
