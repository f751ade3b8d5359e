//! Of which accounts signals cannot tell, as it was when all were last judged.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::EngineError;
use super::world::document;
use crate::domain::record::RecordId;
use crate::store::Cache;

/// Name of the document that counts the accounts whose signals cannot be told.
const CANNOT_TELL: &str = "cannot-tell";

/// The accounts of which a signal cannot tell.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CannotTell {
    /// How many there are.
    pub count: u32,
    /// The first of them, each with what is unknown of it, as the condition writes it.
    pub first: Vec<(RecordId, Vec<String>)>,
}

impl CannotTell {
    /// So many of them are kept by their ids.
    const MOST: usize = 100;

    /// Counts one more. What is unknown of it is asked only where it is kept.
    pub fn add(&mut self, account: &RecordId, unknown: impl FnOnce() -> Vec<String>) {
        self.count += 1;
        if self.first.len() < Self::MOST {
            self.first.push((account.clone(), unknown()));
        }
    }
}

/// Of which accounts each signal could not tell when all were last judged, by the signals' ids.
pub fn cannot_tell(cache: &Cache) -> Result<BTreeMap<String, CannotTell>, EngineError> {
    document(cache, CANNOT_TELL)
}

/// Keeps it.
pub fn keep(cache: &mut Cache, unknown: &BTreeMap<String, CannotTell>) -> Result<(), EngineError> {
    let json = serde_json::to_string(unknown).map_err(EngineError::Json)?;
    Ok(cache.put_document(CANNOT_TELL, &json)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_is_worked_out_only_where_it_is_kept() {
        let (mut told, mut asked) = (CannotTell::default(), 0);
        for id in 0..CannotTell::MOST + 50 {
            told.add(&id.to_string().as_str().into(), || {
                asked += 1;
                vec!["last_touch".to_owned()]
            });
        }
        assert_eq!((told.count, told.first.len(), asked), (150, 100, 100));
    }
}
