//! What runs of playbooks ask of their accounts by the conditions that they keep, whatever the newest version of their
//! playbook says.
//!
//! The journal has them. Whoever judges all accounts reads them there, by the kinds of events that tell of runs, and keeps them
//! in the cache: whoever judges some, or only looks at one, reads no journal for them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::expression::Condition;
use crate::domain::playbook::{Playbook, Run};
use crate::store::{Cache, Ledger};

use super::EngineError;
use super::plays;
use super::world::document;

/// Name of the document with the conditions.
const CONDITIONS: &str = "run-conditions";

/// The conditions of all runs of which something is still to be told, each once, as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunConditions(BTreeSet<String>);

impl RunConditions {
    /// As the journal has them now.
    pub fn find(ledger: &Ledger) -> Result<Self, EngineError> {
        let runs = plays::without_tasks(ledger, None)?;
        let asked = runs.iter().flat_map(Run::asks);
        Ok(Self(asked.map(str::to_owned).collect()))
    }

    /// As they were when all accounts were last judged.
    pub fn read(cache: &Cache) -> Result<Self, EngineError> {
        document(cache, CONDITIONS)
    }

    /// Keeps them, unless they are kept already.
    pub fn keep(&self, cache: &mut Cache) -> Result<(), EngineError> {
        if *self == Self::read(cache)? {
            return Ok(());
        }
        let json = serde_json::to_string(self).map_err(EngineError::Json)?;
        Ok(cache.put_document(CONDITIONS, &json)?)
    }

    /// Those that these playbooks do not have as well.
    pub fn beside(&self, playbooks: &[Playbook]) -> Vec<Condition> {
        let have = playbooks.iter().flat_map(Playbook::conditions);
        let have: BTreeSet<&str> = have
            .map(|(_, condition)| condition.expression().source())
            .collect();
        let others = self.0.iter().filter(|source| !have.contains(source.as_str()));
        // What no version of ours can read is asked of nobody: the run says that it cannot be told.
        others
            .filter_map(|source| Condition::try_from(source.clone()).ok())
            .collect()
    }
}
