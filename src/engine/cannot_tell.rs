//! Of which accounts signals cannot tell.

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
        let place = self.first.partition_point(|(id, _)| id < account);
        if place < Self::MOST {
            self.first.insert(place, (account.clone(), unknown()));
            self.first.truncate(Self::MOST);
        }
    }

    /// Counts one less. Of more than are kept no other one takes its place before all are judged again.
    fn remove(&mut self, account: &RecordId) {
        self.count = self.count.saturating_sub(1);
        self.first.retain(|(id, _)| id != account);
    }
}

/// What is known of an account by the ids of the signals, an id a line, is judged anew.
pub fn forget(unknown: &mut BTreeMap<String, CannotTell>, account: &RecordId, untold: &str) {
    for signal in untold.lines() {
        if let Some(of) = unknown.get_mut(signal) {
            of.remove(account);
            if of.count == 0 {
                unknown.remove(signal);
            }
        }
    }
}

/// Whether all accounts were ever judged: before that nothing is kept.
pub fn is_known(cache: &Cache) -> Result<bool, EngineError> {
    Ok(cache.document(CANNOT_TELL)?.is_some())
}

/// Of which accounts each signal cannot tell, by the signals' ids.
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
            told.add(&format!("{id:03}").as_str().into(), || {
                asked += 1;
                vec!["last_touch".to_owned()]
            });
        }
        assert_eq!((told.count, told.first.len(), asked), (150, 100, 100));
    }

    #[test]
    fn the_first_are_the_same_whatever_came_first() {
        let of = |ids: &[&str]| {
            let mut told = CannotTell::default();
            for id in ids {
                told.add(&(*id).into(), || vec![(*id).to_owned()]);
            }
            told.first
        };
        assert_eq!(of(&["3", "1", "2"]), of(&["1", "2", "3"]));
        let mut one = CannotTell::default();
        one.add(&"1".into(), Vec::new);
        let mut unknown = BTreeMap::from([("a".to_owned(), one)]);
        forget(&mut unknown, &"1".into(), "a\nb");
        assert!(unknown.is_empty(), "what tells of all is not listed");
    }
}
