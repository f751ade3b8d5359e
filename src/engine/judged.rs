//! That every account was judged by complete data, and by which health model.

use crate::store::Cache;

use super::EngineError;
use super::models::Models;

/// Name of the document that says so.
const JUDGED: &str = "judged";
/// What former versions kept there.
const ONCE: &str = "true";

/// What is known of the last run that judged every account, once a sync had come to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judged {
    /// Whether there was one: lines from before tell of what was read so far, and of no change.
    pub all: bool,
    /// Hash of the health model that it judged by.
    by: Option<String>,
    /// Whether that is not kept yet.
    is_of_former: bool,
}

impl Judged {
    /// What the cache says. Former versions kept no model: they noted one no later than the run that judged by it.
    pub fn read(cache: &Cache, models: &Models) -> Result<Self, EngineError> {
        let Some(json) = cache.document(JUDGED)? else {
            return Ok(Self::default());
        };
        let is_of_former = json == ONCE;
        let by = if is_of_former {
            models.noted.clone()
        } else {
            serde_json::from_str(&json).ok()
        };
        Ok(Self {
            all: true,
            by,
            is_of_former,
        })
    }

    /// Whether it judged by another health model than the one in force now: what an account is called then may be that
    /// model's doing alone.
    pub fn by_other(&self, models: &Models) -> bool {
        self.by.as_ref().is_some_and(|by| *by != models.now)
    }

    /// Keeps which model a former version judged by. Called before another one is noted: after that it could not be told.
    pub fn keep_of_former(&self, cache: &mut Cache) -> Result<(), EngineError> {
        match &self.by {
            Some(by) if self.is_of_former => put(cache, by),
            _ => Ok(()),
        }
    }

    /// Notes that every account is judged by the health model in force.
    pub fn note(&self, cache: &mut Cache, models: &Models) -> Result<(), EngineError> {
        if self.by.as_ref() == Some(&models.now) {
            return Ok(());
        }
        put(cache, &models.now)
    }
}

fn put(cache: &mut Cache, by: &str) -> Result<(), EngineError> {
    Ok(cache.put_document(JUDGED, &format!("\"{by}\""))?)
}
