//! Words in conditions and overrides that no account has: a stage or a segment that stands in no file and, by the cache, nowhere in the CRM.

use std::collections::BTreeSet;

use crate::config::{Setup, words_of};
use crate::domain::expression::Compared;
use crate::domain::health::HealthModel;
use crate::domain::signal::Signal;
use crate::domain::vocabulary::nearest;
use crate::store::Cache;

use super::EngineError;

/// A word for a stage or a segment that a condition or an override asks for and no account has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    /// The key in its file that asks for it: `signals.usage-drop.when`, `overrides.segment.SMB`.
    pub key: String,
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
    let seen = Seen::read(cache)?;
    let unseen = asked.into_iter().filter_map(|(signal, key, one)| {
        let files = words_of(&one.name, &setup.mapping, &setup.health);
        seen.lacks((&one.name, &one.text), &files, || {
            format!("signals.{}.{key}", signal.id)
        })
    });
    Ok(unseen.collect())
}

/// The stages and segments that the health model has overrides for and neither the mapping nor an account has.
pub fn unseen_overrides(cache: &Cache, setup: &Setup) -> Result<Vec<Unseen>, EngineError> {
    let overrides = &setup.health.overrides;
    if overrides.all().next().is_none() {
        return Ok(Vec::new());
    }
    let (seen, no_health) = (Seen::read(cache)?, HealthModel::default());
    let unseen = overrides.all().filter_map(|(table, name, _)| {
        let files = words_of(table, &setup.mapping, &no_health);
        let lacks = seen.lacks((table, name), &files, || format!("overrides.{table}.{name}"));
        lacks.filter(|_| !files.contains(name.as_str()))
    });
    Ok(unseen.collect())
}

/// What accounts have.
struct Seen {
    stages: BTreeSet<String>,
    segments: BTreeSet<String>,
}

impl Seen {
    fn read(cache: &Cache) -> Result<Self, EngineError> {
        let (mut stages, mut segments) = (BTreeSet::new(), BTreeSet::new());
        cache.each_summary(&mut |line| {
            stages.extend(line.stage);
            segments.extend(line.segment);
        })?;
        Ok(Self { stages, segments })
    }

    /// That no account has this stage or segment; of nothing while none has any.
    fn lacks(
        &self,
        (name, text): (&str, &str),
        files: &BTreeSet<&str>,
        key: impl FnOnce() -> String,
    ) -> Option<Unseen> {
        let seen = if name == "stage" {
            &self.stages
        } else {
            &self.segments
        };
        let known = seen.iter().map(String::as_str).chain(files.iter().copied());
        (!seen.is_empty() && !seen.contains(text)).then(|| Unseen {
            key: key(),
            name: name.to_owned(),
            text: text.to_owned(),
            meant: nearest(text, known).map(str::to_owned),
        })
    }
}
