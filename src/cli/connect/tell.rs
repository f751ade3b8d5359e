//! What was found, told on standard error before anything is asked or written.

use crate::cli::output::complain;
use crate::config::settings::Profile;
use crate::crm::Tenant;
use crate::domain::words;
use crate::runtime::connection;

use super::facts::Facts;
use super::probe::Closed;
use super::proposal::Proposal;
use super::render;

/// Says that a proxy is given which is not used.
pub fn proxy(asked: &Profile) {
    if let Some(unused) = connection::unused_proxy(asked) {
        complain(&format!("note: {unused}"));
    }
}

/// Whose key it is, how many accounts there are, and what the key may not read.
pub fn access(tenant: &Tenant, closed: &[Closed], facts: &Facts) {
    let total = facts
        .accounts
        .total
        .unwrap_or(facts.accounts.records.len() as u64);
    complain(&format!(
        "The key is accepted: tenant {}, {}, {}.",
        tenant.id,
        words::counted(total, "account", "accounts"),
        tenant.currency
    ));
    for one in closed {
        let scopes = if one.scopes.is_empty() {
            "access".to_owned()
        } else {
            one.scopes.join(", ")
        };
        complain(&format!(
            "warning: the key lacks {scopes} ({}): {}",
            one.kind.word(),
            one.cost
        ));
    }
}

/// What each property seems to mean, and why.
pub fn proposal(proposal: &Proposal) {
    complain("What the properties seem to mean:");
    for (key, reason) in &proposal.reasons {
        complain(&format!("  {key}: {reason}"));
    }
    for doubt in &proposal.warnings {
        complain(&format!("warning: {doubt}"));
    }
}

/// Says which of the metrics that the shipped rules read this CRM seems not to have.
pub fn missing(proposal: &Proposal) {
    let shipped = render::shipped().metrics;
    let missing = |name: &&String| !proposal.mapping.metrics.contains_key(*name);
    let missing: Vec<&str> = shipped.keys().filter(missing).map(String::as_str).collect();
    if !missing.is_empty() {
        complain(&format!(
            "note: no property seems to hold {}: what reads it is unknown until mapping.toml names one",
            missing.join(", ")
        ));
    }
}
