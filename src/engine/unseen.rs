//! Words in conditions that no account has: a stage or a segment that stands in no file and, by the cache, nowhere in the CRM.

use std::collections::BTreeSet;

use crate::config::{Setup, words_of};
use crate::domain::expression::Compared;
use crate::domain::signal::Signal;
use crate::domain::vocabulary::nearest;
use crate::store::Cache;

use super::EngineError;

/// A word for a stage or a segment that a condition asks for and no account has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    /// Id of the signal.
    pub signal: String,
    /// The key of its condition: `when` or `clears_when`.
    pub key: &'static str,
    /// `stage` or `segment`.
    pub name: String,
    /// The word.
    pub text: String,
    /// What was probably meant.
    pub meant: Option<String>,
}

impl Unseen {
    /// What is to be said of it; it may be right all the same, since an account may come to have it.
    pub fn words(&self) -> String {
        let told = format!("no account has the {} `{}`", self.name, self.text);
        match &self.meant {
            Some(meant) => format!("{told} (did you mean `{meant}`?)"),
            None => told,
        }
    }
}

/// The words in the conditions of these signals that neither a file nor an account has. Of nothing while there is no
/// account: then nothing is known.
pub fn unseen(cache: &Cache, setup: &Setup, signals: &[Signal]) -> Result<Vec<Unseen>, EngineError> {
    let mut asked: Vec<(&Signal, &'static str, &Compared)> = Vec::new();
    for signal in signals {
        for (key, _, expression) in signal.expressions() {
            let compared = expression.compared().iter();
            let strange = compared.filter(|one| {
                let is_told = matches!(one.name.as_str(), "stage" | "segment");
                is_told && !words_of(&one.name, &setup.mapping, &setup.health).contains(one.text.as_str())
            });
            asked.extend(strange.map(|one| (signal, key, one)));
        }
    }
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let (mut stages, mut segments) = (BTreeSet::new(), BTreeSet::new());
    cache.each_summary(&mut |line| {
        stages.extend(line.stage);
        segments.extend(line.segment);
    })?;
    let unseen = asked.into_iter().filter_map(|(signal, key, one)| {
        let seen = if one.name == "stage" { &stages } else { &segments };
        let files = words_of(&one.name, &setup.mapping, &setup.health);
        let known = || seen.iter().map(String::as_str).chain(files.iter().copied());
        (!seen.is_empty() && !seen.contains(&one.text)).then(|| Unseen {
            signal: signal.id.clone(),
            key,
            name: one.name.clone(),
            text: one.text.clone(),
            meant: nearest(&one.text, known()).map(str::to_owned),
        })
    });
    Ok(unseen.collect())
}
