//! Whose accounts are cached, as a pure decision about a record.

use std::collections::BTreeSet;

use super::error::SyncError;
use super::report::{Scope, SyncOptions};
use crate::config::mapping::{Mapping, is_account};
use crate::crm::Condition;
use crate::domain::record::{Core, Owner, Record, RecordId};
use crate::domain::team::teammates;

/// Name of the owner's core field in a [`Condition`].
pub const OWNER: &str = "core:owner";

/// Whose accounts are cached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whose {
    /// Me, when the CRM knows me.
    pub me: Option<RecordId>,
    /// Those of us for whom I stand in, as they are away.
    pub covers: BTreeSet<RecordId>,
    /// The owners whose accounts are cached; `None` for everyone's.
    pub owners: Option<BTreeSet<RecordId>>,
    /// Accounts that are cached whoever owns them, because a task or a handoff of mine is about them.
    pub brought: BTreeSet<RecordId>,
}

impl Whose {
    /// Reads the scope against the CRM's owners.
    pub fn of(options: &SyncOptions, owners: &[Owner]) -> Result<Self, SyncError> {
        let me = options.me.as_deref().and_then(|me| Owner::find(owners, me));
        let unknown = || SyncError::NotAnOwner {
            me: options.me.clone(),
        };
        let away = me.into_iter().flat_map(|me| {
            let away = options.team.covered_by(owners, &me.email, options.today);
            away.filter_map(|one| Owner::find(owners, one))
        });
        let covers = away.map(|owner| owner.id.clone()).collect();
        let owners = match options.scope {
            Scope::All => None,
            Scope::Me => Some(BTreeSet::from([me.ok_or_else(unknown)?.id.clone()])),
            Scope::Team => Some(teammates(me.ok_or_else(unknown)?, owners)),
        };
        Ok(Self {
            me: me.map(|me| me.id.clone()),
            covers,
            owners,
            brought: BTreeSet::new(),
        })
    }

    /// Whether a record is an account that is to be cached.
    pub fn holds(&self, record: &Record, mapping: &Mapping) -> bool {
        is_account(record, mapping)
            && (self.brought.contains(&record.id)
                || self.owners.as_ref().is_none_or(|owners| {
                    csm(record, mapping).is_some_and(|csm| owners.iter().any(|owner| owner.as_str() == csm))
                }))
    }

    /// The same as conditions of a search, but for what is brought.
    pub fn conditions(&self, mapping: &Mapping) -> Vec<Condition> {
        let rule = mapping.account.rule.iter();
        let mut conditions: Vec<Condition> = rule
            .map(|(property, values)| Condition::OneOf(property.clone(), values.clone()))
            .collect();
        if let Some(owners) = &self.owners {
            let ids = owners.iter().map(|owner| owner.0.clone()).collect();
            let property = mapping.account.csm.clone().unwrap_or_else(|| OWNER.to_owned());
            conditions.push(Condition::OneOf(property, ids));
        }
        conditions
    }

    /// What the set of cached accounts depends on, as one text: when it differs, everything is read anew.
    pub fn fingerprint(&self, mapping: &Mapping) -> String {
        format!(
            "{:?} {:?} {:?}",
            self.owners, mapping.account.rule, mapping.account.csm
        )
    }
}

/// Id of the account's CSM.
pub fn csm<'a>(record: &'a Record, mapping: &Mapping) -> Option<&'a str> {
    match &mapping.account.csm {
        Some(property) => record.mapped(property),
        None => record.core(Core::Owner),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn owner(id: &str, email: &str, active: bool, team: &str) -> Owner {
        let teams = vec![(team.to_owned(), team.to_owned())];
        Owner {
            user: None,
            id: id.into(),
            email: email.to_owned(),
            name: String::new(),
            active,
            queue: false,
            teams,
        }
    }

    fn options(scope: Scope, me: &str) -> SyncOptions {
        SyncOptions::new(scope, Some(me.to_owned()), jiff::Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn me_is_found_by_address_and_the_active_owner_wins() {
        let owners = [
            owner("1", "a@example.com", false, "x"),
            owner("2", "a@example.com", true, "x"),
        ];
        let whose = Whose::of(&options(Scope::Me, "A@example.com"), &owners).unwrap();
        assert_eq!(whose.me, Some("2".into()));
    }

    #[test]
    fn a_team_holds_its_archived_members_too() {
        let owners = [
            owner("1", "a@x", true, "t"),
            owner("2", "b@x", false, "t"),
            owner("3", "c@x", true, "other"),
        ];
        let whose = Whose::of(&options(Scope::Team, "1"), &owners).unwrap();
        assert_eq!(whose.owners.unwrap(), BTreeSet::from(["1".into(), "2".into()]));
    }

    #[test]
    fn nobody_is_not_everybody() {
        let error = Whose::of(&options(Scope::Me, "nobody@x"), &[]).unwrap_err();
        assert!(matches!(error, SyncError::NotAnOwner { .. }));
        assert!(
            Whose::of(&options(Scope::All, "nobody@x"), &[])
                .unwrap()
                .owners
                .is_none()
        );
    }
}
