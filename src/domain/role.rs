//! What people of a customer organisation do: who owns a step, who hands over to whom.

use serde::{Deserialize, Serialize};

/// What somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Customer success manager.
    #[default]
    Csm,
    /// Leads a team of CSMs.
    Lead,
    /// Leads a region or a segment.
    Director,
    /// Head of customer success.
    Vp,
    /// Chief customer officer.
    Cco,
    /// CS operations.
    Ops,
    /// Looks for patterns.
    Analyst,
    /// Digital success, one to many.
    Digital,
    /// Onboarding.
    Onboarding,
    /// Support.
    Support,
    /// Sales or account management.
    Sales,
    /// Professional services.
    Services,
    /// Training.
    Training,
}

impl Role {
    /// Those between whom accounts and questions change hands in an organisation of this phase (1 to 5): one CSM and sales;
    /// support apart from it; in phase 3 sales as account management; onboarding; services and training.
    pub fn of_phase(phase: u8) -> &'static [Self] {
        match phase {
            ..=1 => &[Self::Csm, Self::Sales],
            2 | 3 => &[Self::Csm, Self::Sales, Self::Support],
            4 => &[Self::Csm, Self::Sales, Self::Support, Self::Onboarding],
            5.. => &[
                Self::Csm,
                Self::Sales,
                Self::Support,
                Self::Onboarding,
                Self::Services,
                Self::Training,
            ],
        }
    }

    /// Whether an organisation of this phase has it, of those that a phase brings.
    pub fn is_of_phase(self, phase: u8) -> bool {
        Self::of_phase(phase).contains(&self)
    }

    /// The role as handoffs and files write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Csm => "csm",
            Self::Lead => "lead",
            Self::Director => "director",
            Self::Vp => "vp",
            Self::Cco => "cco",
            Self::Ops => "ops",
            Self::Analyst => "analyst",
            Self::Digital => "digital",
            Self::Onboarding => "onboarding",
            Self::Support => "support",
            Self::Sales => "sales",
            Self::Services => "services",
            Self::Training => "training",
        }
    }

    /// The role as people read it: `CSM`, `onboarding`.
    pub fn title(self) -> String {
        match self {
            Self::Csm | Self::Vp | Self::Cco => self.word().to_uppercase(),
            _ => self.word().to_owned(),
        }
    }
}
