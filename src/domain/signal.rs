//! Signals: rules that turn what is known of an account into early warnings.

use serde::{Deserialize, Serialize};

use super::desk::{Severity, WarningKind};
use super::expression::{Condition, Expression};

/// `signals.toml`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Signals {
    /// The rules, in the order in which they are evaluated and shown.
    pub signals: Vec<Signal>,
}

/// `[[signals]]`: one rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// Its id, e.g. `usage-drop`.
    pub id: String,
    /// The reason in words: a template over the same names as the condition.
    pub title: String,
    /// A warning opens when this holds.
    pub when: Condition,
    /// An open warning clears when this holds; when `when` no longer holds, if left out.
    pub clears_when: Option<Condition>,
    /// How much it matters.
    pub severity: Severity,
    /// What it is about.
    pub kind: WarningKind,
    /// Names and calls whose values are kept as evidence.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// The playbook that answers it.
    #[serde(default)]
    pub playbook: Option<String>,
    /// Rises with each change of the rule.
    pub version: u32,
    /// After the verdict *known* or *noise*: speak again if it worsens by so much.
    #[serde(default)]
    pub rearm: Option<f64>,
}

/// One line of evidence: a label and what to show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// What it is called, e.g. `weekly users`.
    pub label: String,
    /// The value, in the language of conditions.
    pub value: Expression,
}
