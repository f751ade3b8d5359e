//! The proposal as a `mapping.toml` that explains itself.
//!
//! The file is laid over the shipped one, so that what was not found has to be switched off by name.

use std::collections::BTreeSet;
use std::fmt::Write;

use toml::Value;

use crate::config::mapping::Mapping;
use crate::config::{Dirs, load};

use super::proposal::Proposal;

/// How a key that the shipped mapping has is switched off.
const OFF: &str = "{ enabled = false }";

const HEAD: &str = "# What the CRM's properties mean, as `retain connect` understood them. Change what is wrong:\n\
    # the names on the right are the CRM's own. A key with `enabled = false` has no property: it is unknown, unless the\n\
    # line above it says what stands for it.\n";

/// The text of the file over the shipped mapping.
pub fn over_the_shipped(proposal: &Proposal) -> String {
    render(proposal, &shipped())
}

/// The mapping that ships.
pub fn shipped() -> Mapping {
    let nowhere = Dirs {
        team: None,
        user: None,
    };
    load(&nowhere, &[], None).setup.mapping
}

/// The text of the file. `shipped` is the mapping that it is laid over.
fn render(proposal: &Proposal, shipped: &Mapping) -> String {
    let (own, below) = (table(&proposal.mapping), table(shipped));
    let mut text = HEAD.to_owned();
    for section in ["account", "contracts", "contact"] {
        let _ = write!(text, "\n[{section}]\n");
        write_section(&mut text, section, own.get(section), below.get(section), proposal);
    }
    let metrics = |value: &toml::Table| keys(value.get("metrics"));
    for id in metrics(&own).union(&metrics(&below)) {
        let _ = write!(text, "\n[metrics.{id}]\n");
        let path = format!("metrics.{id}");
        comment(&mut text, proposal, &path);
        match own.get("metrics").and_then(|metrics| metrics.get(id)) {
            Some(metric) => write_section(
                &mut text,
                &path,
                Some(metric),
                below.get("metrics").and_then(|metrics| metrics.get(id)),
                proposal,
            ),
            None => text.push_str("enabled = false\n"),
        }
    }
    text
}

fn write_section(
    text: &mut String,
    path: &str,
    own: Option<&Value>,
    below: Option<&Value>,
    proposal: &Proposal,
) {
    for key in keys(own).union(&keys(below)) {
        comment(text, proposal, &format!("{path}.{key}"));
        let value = own.and_then(|own| own.get(key));
        let _ = match value {
            Some(value) => writeln!(text, "{key} = {value}"),
            None => writeln!(text, "{key} = {OFF}"),
        };
    }
}

fn comment(text: &mut String, proposal: &Proposal, key: &str) {
    if let Some(reason) = proposal.reasons.get(key) {
        // A label comes from the CRM: a line break in it must not end the comment.
        let line = crate::domain::text::SafeText::line(reason);
        let _ = writeln!(text, "# {line}");
    }
}

fn table(mapping: &Mapping) -> toml::Table {
    toml::Table::try_from(mapping).unwrap_or_default()
}

fn keys(value: Option<&Value>) -> BTreeSet<String> {
    value
        .and_then(Value::as_table)
        .map(|table| table.keys().cloned().collect())
        .unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::mapping::{ContractSource, MetricMapping, MoneyMapping, NoticeMapping};

    fn in_force(text: Option<&str>) -> Mapping {
        let folder = tempfile::tempdir().unwrap();
        if let Some(text) = text {
            std::fs::write(folder.path().join("mapping.toml"), text).unwrap();
        }
        let dirs = Dirs {
            team: None,
            user: Some(folder.path().to_owned()),
        };
        let loaded = load(&dirs, &[], None);
        let about: Vec<String> = loaded
            .diagnostics
            .iter()
            .filter(|diagnostic| {
                diagnostic.file.ends_with("mapping.toml") && !diagnostic.file.contains("built-in")
            })
            .map(ToString::to_string)
            .collect();
        assert!(about.is_empty(), "{about:?}");
        loaded.setup.mapping
    }

    fn returns(mapping: Mapping) -> String {
        let mut proposal = Proposal {
            // Nothing is proposed for it: what ships stays in force.
            mapping: Mapping {
                outbox: in_force(None).outbox,
                ..mapping
            },
            ..Proposal::default()
        };
        proposal
            .reasons
            .insert("account.segment".into(), "Tier\nfoo = 1: filled".into());
        let text = render(&proposal, &in_force(None));
        assert_eq!(in_force(Some(&text)), proposal.mapping, "{text}");
        text
    }

    #[test]
    fn what_is_written_is_what_is_in_force() {
        returns(Mapping::default());
        returns(in_force(None));
        let mut mapping = Mapping::default();
        mapping
            .account
            .rule
            .insert("is_customer".into(), vec!["true".into()]);
        mapping.account.segment = Some("tier".into());
        mapping.account.arr = Some(MoneyMapping {
            property: "arr".into(),
            currency: None,
        });
        mapping.contracts.from = ContractSource::Account;
        mapping.contracts.notice_by = Some(NoticeMapping {
            days_before_end: Some(30),
            property: None,
        });
        mapping.metrics.insert(
            "nps".into(),
            MetricMapping {
                property: Some("nps \"score\"".into()),
                ..MetricMapping::default()
            },
        );
        let text = returns(mapping);
        assert!(
            text.contains("# Tier foo = 1: filled\nsegment = \"tier\"\n"),
            "{text}"
        );
    }
}
