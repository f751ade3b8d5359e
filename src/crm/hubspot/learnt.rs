//! What the adapter has learnt of a portal and keeps in memory: schemas, stages, the time zone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::tz::TimeZone;

use super::schema::{Schema, Stages};
use crate::crm::{Pipeline, Property};
use crate::domain::record::Kind;

/// Shared by all clones of an adapter; renewed whenever the schema is asked for.
#[derive(Default)]
pub struct Learnt(Mutex<State>);

#[derive(Default)]
struct State {
    schemas: HashMap<Kind, Arc<Schema>>,
    stages: HashMap<Kind, Arc<Stages>>,
    zone: Option<TimeZone>,
}

impl Learnt {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The schema of a kind, if it is known.
    pub fn schema(&self, kind: Kind) -> Option<Arc<Schema>> {
        self.state().schemas.get(&kind).cloned()
    }

    /// The schema of a kind; from now on one that has everything if none is known.
    pub fn schema_or_default(&self, kind: Kind) -> Arc<Schema> {
        self.state().schemas.entry(kind).or_default().clone()
    }

    /// Takes over the properties of a kind.
    pub fn set_schema(&self, kind: Kind, properties: &[Property]) {
        let schema = Arc::new(Schema::new(properties));
        self.state().schemas.insert(kind, schema);
    }

    /// Every schema is asked for again when it is needed next.
    pub fn forget_schemas(&self) {
        self.state().schemas.clear();
    }

    /// The stages of a kind, if they are known.
    pub fn stages(&self, kind: Kind) -> Option<Arc<Stages>> {
        self.state().stages.get(&kind).cloned()
    }

    /// The stages of a kind; from now on none at all if they are not known.
    pub fn stages_or_default(&self, kind: Kind) -> Arc<Stages> {
        self.state().stages.entry(kind).or_default().clone()
    }

    /// Takes over the pipelines of a kind.
    pub fn set_stages(&self, kind: Kind, pipelines: &[Pipeline]) {
        self.state().stages.insert(kind, Arc::new(Stages::new(pipelines)));
    }

    /// The portal's time zone; UTC until it is known.
    pub fn zone(&self) -> TimeZone {
        self.state().zone.clone().unwrap_or(TimeZone::UTC)
    }

    /// Takes over the portal's time zone by its IANA name.
    pub fn set_zone(&self, name: &str) {
        self.state().zone = TimeZone::get(name).ok();
    }
}
