//! Words in conditions and overrides that nobody has: a stage, a segment or a contact's role that stands in no file and, by the
//! cache, nowhere in the CRM.

use std::collections::BTreeSet;

use crate::config::mapping::Mapping;
use crate::config::{Setup, words_of};
use crate::domain::health::HealthModel;
use crate::domain::record::Kind;
use crate::domain::signal::Signal;
use crate::domain::vocabulary::nearest;
use crate::store::Cache;

use super::EngineError;
use super::interpret::contact;

/// A word for a stage, a segment or a role that a condition or an override asks for and nobody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    /// The key in its file that asks for it: `signals.usage-drop.when`, `overrides.segment.SMB`.
    pub key: String,
    /// `stage`, `segment` or `role`.
    pub name: String,
    /// The word.
    pub text: String,
    /// What was probably meant.
    pub meant: Option<String>,
}

impl Unseen {
    /// What is to be said of it; it may be right all the same, since an account may come to have it.
    pub fn words(&self) -> String {
        let who = if self.name == ROLE {
            "no contact"
        } else {
            "no account"
        };
        let told = format!("{who} has the {} `{}`", self.name, self.text);
        match &self.meant {
            Some(meant) => format!("{told} (did you mean `{meant}`?)"),
            None => told,
        }
    }
}

/// What `people('…')` asks for.
const ROLE: &str = "role";

/// The words in the conditions of these signals that neither a file nor the CRM has. Of nothing while there is no
/// account, and of no role while no contact has any: then nothing is known.
pub fn unseen(cache: &Cache, setup: &Setup, signals: &[Signal]) -> Result<Vec<Unseen>, EngineError> {
    let mut asked: Vec<(&Signal, &'static str, (&str, &str))> = Vec::new();
    for signal in signals {
        for (key, _, expression) in signal.expressions() {
            let compared = expression.compared().iter();
            let strange = compared.filter(|one| {
                let is_told = matches!(one.name.as_str(), "stage" | "segment");
                is_told && !words_of(&one.name, &setup.mapping, &setup.health).contains(one.text.as_str())
            });
            let words = strange.map(|one| (one.name.as_str(), one.text.as_str()));
            let roles = expression.roles().into_iter().map(|role| (ROLE, role));
            asked.extend(words.chain(roles).map(|one| (signal, key, one)));
        }
    }
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let mut seen = Seen::read(cache)?;
    if asked.iter().any(|(.., (name, _))| *name == ROLE) {
        seen.read_roles(cache, &setup.mapping)?;
    }
    let unseen = asked.into_iter().filter_map(|(signal, key, one)| {
        let files = words_of(one.0, &setup.mapping, &setup.health);
        seen.lacks(one, &files, || format!("signals.{}.{key}", signal.id))
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

/// What accounts and contacts have.
#[derive(Default)]
struct Seen {
    roles: BTreeSet<String>,
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
        Ok(Self {
            stages,
            segments,
            ..Self::default()
        })
    }

    fn read_roles(&mut self, cache: &Cache, mapping: &Mapping) -> Result<(), EngineError> {
        cache.each_record(Kind::Contact, &mut |record| {
            let told = contact::role(&record, mapping).unwrap_or_default();
            let roles = told.split(", ").filter(|role| !role.is_empty());
            self.roles.extend(roles.map(str::to_owned));
        })?;
        Ok(())
    }

    /// That nobody has this stage, segment or role; of nothing while none has any.
    fn lacks(
        &self,
        (name, text): (&str, &str),
        files: &BTreeSet<&str>,
        key: impl FnOnce() -> String,
    ) -> Option<Unseen> {
        let seen = match name {
            "stage" => &self.stages,
            ROLE => &self.roles,
            _ => &self.segments,
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
