//! Steps that fall to somebody who is not known to have their role.

use serde::{Deserialize, Serialize};

use super::{Playbook, StartedStep};
use crate::domain::role::Role;
use crate::domain::team::Roster;

/// Why a step fell to somebody who is not known to have its role. Stored by these names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fell {
    /// Nobody is known to have it.
    Nobody,
    /// Several have it, and nothing tells whose it is.
    Several,
    /// Whoever has it is not active in the CRM.
    Gone,
    /// Nobody looks after the account.
    NoCsm,
}

/// A role that no one of us has alone, and the steps that fall to whoever looks after the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmanned {
    /// The role.
    pub role: Role,
    /// Why nobody's it is.
    pub fell: Fell,
    /// Its steps: ids of playbook and step.
    pub steps: Vec<(String, String)>,
}

impl Fell {
    /// Why a role is no one's of us alone, by `team.toml`; `None` where one has it.
    pub fn of(roster: &Roster, role: Role) -> Option<Self> {
        match roster.people.iter().filter(|one| one.role == Some(role)).count() {
            0 => Some(Self::Nobody),
            1 => None,
            _ => Some(Self::Several),
        }
    }

    /// It in words, of a role.
    pub fn words(self, role: Role) -> String {
        let role = role.title();
        match self {
            Self::Nobody => format!("nobody is known as {role}"),
            Self::Several => format!("several are known as {role}"),
            Self::Gone => format!("whoever is known as {role} is not active in the CRM"),
            Self::NoCsm => "nobody looks after the account".to_owned(),
        }
    }
}

impl StartedStep {
    /// That it fell to somebody who is not known to have its role, and why, raw: `nobody is known as VP: it falls to Mara
    /// Lindt`.
    pub fn fallen(&self) -> Option<String> {
        let why = self.fell?.words(self.role);
        Some(format!("{why}: it falls to {}", self.owner_name))
    }
}

/// The roles of steps that are no one's of us alone by `team.toml`, in the order of roles. I have mine; a lead is known by
/// whom they lead.
pub fn unmanned(playbooks: &[Playbook], mine: Role, roster: &Roster) -> Vec<Unmanned> {
    let mut found: Vec<Unmanned> = Vec::new();
    for playbook in playbooks {
        for step in playbook.steps.iter().filter(|step| step.person.is_none()) {
            let role = step.role;
            let leads = role == Role::Lead && roster.people.iter().any(|one| one.lead.is_some());
            let Some(fell) = Fell::of(roster, role).filter(|_| role != mine && role != Role::Csm && !leads)
            else {
                continue;
            };
            let names = (playbook.id.clone(), step.id.clone());
            match found.iter_mut().find(|one| one.role == role) {
                Some(one) => one.steps.push(names),
                None => found.push(Unmanned {
                    role,
                    fell,
                    steps: vec![names],
                }),
            }
        }
    }
    found.sort_by_key(|one| one.role);
    found
}
