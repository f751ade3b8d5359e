//! Which health model was in force when: each is noted in the journal, whole, when it is first used.

use std::collections::BTreeSet;
use std::fmt::Write;

use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::domain::health::HealthModel;
use crate::store::{Event, Ledger, NewEvent};

use super::EngineError;

/// Kind of the event that a health model came into force.
const IN_FORCE: &str = "health-model";

/// A model that was in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// From when on (UTC).
    pub from: Timestamp,
    /// SHA-256 of its text, in hexadecimal.
    pub hash: String,
    /// The model itself.
    pub health: HealthModel,
}

/// The models that were in force at some instants; the one in force now is told apart by its hash.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Models {
    /// Hash of the model in force now.
    pub now: String,
    /// Hash of the model that was noted last: that in force now, once a run has noted it.
    pub noted: Option<String>,
    /// Others, oldest first, and where each ends the instant at which the next one begins.
    others: Vec<(Model, Timestamp)>,
}

impl Models {
    /// Those in force at these instants. What was before the first that is known counts by the first.
    pub fn read(ledger: &Ledger, now: &HealthModel, instants: &[Timestamp]) -> Result<Self, EngineError> {
        let now = hash(now)?.0;
        let noted = ledger.events(None, &[IN_FORCE])?;
        let mut others = Vec::new();
        for (at, event) in noted.iter().enumerate() {
            let from = if at == 0 {
                Timestamp::MIN
            } else {
                event.effective_at
            };
            let until = noted.get(at + 1).map_or(Timestamp::MAX, |next| next.effective_at);
            let asked = instants.iter().any(|one| (from..until).contains(one));
            if asked
                && hash_of(event) != Some(now.as_str())
                && let Some(model) = model_of(event, from)
            {
                others.push((model, until));
            }
        }
        let noted = noted.last().and_then(hash_of).map(str::to_owned);
        Ok(Self { now, noted, others })
    }

    /// The model in force at an instant, unless it is the one in force now.
    pub fn other_at(&self, instant: Timestamp) -> Option<&Model> {
        let holds = |(model, until): &&(Model, Timestamp)| (model.from..*until).contains(&instant);
        self.others.iter().find(holds).map(|(model, _)| model)
    }

    /// All that are not the one in force now.
    pub fn others(&self) -> impl Iterator<Item = &HealthModel> {
        self.others.iter().map(|(other, _)| &other.health)
    }
}

/// Notes the model that is in force, unless it is the one that was noted last.
pub fn note(ledger: &mut Ledger, model: &HealthModel, now: Timestamp) -> Result<(), EngineError> {
    let (hash, whole) = hash(model)?;
    let noted = ledger.events(None, &[IN_FORCE])?;
    if ledger.is_read_only() || noted.last().and_then(hash_of) == Some(hash.as_str()) {
        return Ok(());
    }
    let event = NewEvent {
        account: None,
        kind: IN_FORCE.to_owned(),
        effective_at: now,
        payload: json!({ "version": model.version, "hash": hash, "model": whole }),
    };
    Ok(ledger.append(&[event], now)?)
}

/// When another model came into force than before.
pub fn changes(ledger: &Ledger) -> Result<BTreeSet<Timestamp>, EngineError> {
    let noted = ledger.events(None, &[IN_FORCE])?;
    Ok(noted.iter().skip(1).map(|event| event.effective_at).collect())
}

/// Since when a model with other numbers and the same version as this one was in force, the last of them.
pub fn of_same_version(ledger: &Ledger, model: &HealthModel) -> Result<Option<Timestamp>, EngineError> {
    let hash = hash(model)?.0;
    let noted = ledger.events(None, &[IN_FORCE])?;
    let is_namesake = |event: &&Event| {
        event.payload["version"] == json!(model.version) && hash_of(event) != Some(hash.as_str())
    };
    Ok(noted
        .iter()
        .rev()
        .find(is_namesake)
        .map(|event| event.effective_at))
}

/// The hash of a model's text, and the model as JSON.
fn hash(model: &HealthModel) -> Result<(String, serde_json::Value), EngineError> {
    let whole = serde_json::to_value(model).map_err(EngineError::Json)?;
    let digest = Sha256::digest(whole.to_string().as_bytes());
    let hexadecimal = digest.iter().fold(String::new(), |mut text, byte| {
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    Ok((hexadecimal, whole))
}

fn hash_of(event: &Event) -> Option<&str> {
    event.payload["hash"].as_str()
}

/// A model that this version of the program cannot read any more counts as the one in force now.
fn model_of(event: &Event, from: Timestamp) -> Option<Model> {
    Some(Model {
        from,
        hash: hash_of(event)?.to_owned(),
        health: serde_json::from_value(event.payload["model"].clone()).ok()?,
    })
}
