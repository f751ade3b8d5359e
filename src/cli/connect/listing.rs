//! What the CRM has, whether or not it is proposed: properties with how often they are filled, and pipelines.

use serde_json::{Value, json};

use crate::cli::output::complain;
use crate::cli::shape::Shape;
use crate::crm::{Pipeline, Property, Stage};
use crate::domain::record::Core;
use crate::domain::words;

use super::facts::{Facts, Sample};
use super::proposal::Proposal;

/// So many properties of a kind are shown unless all are asked for.
const SHOWN: usize = 20;
/// The widest name that others are aligned with.
const WIDEST: usize = 32;

/// The kinds whose records were looked at.
fn samples(facts: &Facts) -> [(&'static str, &Sample); 3] {
    [
        ("accounts", &facts.accounts),
        ("contracts", &facts.contracts),
        ("contacts", &facts.contacts),
    ]
}

/// The properties of a kind, those that are filled most often first.
fn by_fill(sample: &Sample) -> Vec<&Property> {
    let mut properties: Vec<&Property> = sample.properties.iter().collect();
    properties.sort_by(|a, b| {
        let fills = sample.fill(&b.name).total_cmp(&sample.fill(&a.name));
        fills.then_with(|| a.name.cmp(&b.name))
    });
    properties
}

/// Shows it on standard error; `all` also what is filled less often than others, or never.
pub fn tell(facts: &Facts, all: bool) {
    for line in lines(facts, all) {
        complain(&line);
    }
}

fn lines(facts: &Facts, all: bool) -> Vec<String> {
    let mut lines = Vec::new();
    for (kind, sample) in samples(facts) {
        if !sample.properties.is_empty() {
            properties(&mut lines, kind, sample, all);
        }
    }
    if !facts.pipelines.is_empty() {
        lines.push("Pipelines of contracts:".to_owned());
        lines.extend(
            facts
                .pipelines
                .iter()
                .map(|one| format!("  {}", pipeline(facts, one))),
        );
    }
    lines
}

fn properties(lines: &mut Vec<String>, kind: &str, sample: &Sample, all: bool) {
    let looked_at = sample.records.len();
    if looked_at == 0 {
        let count = words::counted(sample.properties.len() as u64, "property", "properties");
        lines.push(format!("No {kind} to look at; they have {count}."));
        return;
    }
    lines.push(format!(
        "Properties of {kind}, filled on so many of {looked_at} looked at:"
    ));
    let sorted = by_fill(sample);
    let filled = sorted.iter().filter(|one| sample.fill(&one.name) > 0.0).count();
    let shown = if all { sorted.len() } else { filled.min(SHOWN) };
    let width = |one: &&Property| one.name.chars().count();
    let width = sorted[..shown].iter().map(width).max().unwrap_or(0).min(WIDEST);
    for one in &sorted[..shown] {
        let percent = sample.percent(&one.name);
        let line = format!("  {percent:>3} %  {:width$}  {}", one.name, one.label);
        lines.push(line.trim_end().to_owned());
    }
    let (more, never) = (filled.saturating_sub(shown), sorted.len() - shown.max(filled));
    if more + never > 0 {
        lines.push(format!(
            "  and {more} more, and {never} that are never filled; --all-properties lists them"
        ));
    }
}

fn pipeline(facts: &Facts, pipeline: &Pipeline) -> String {
    let name = if pipeline.label == pipeline.id {
        pipeline.id.clone()
    } else {
        format!("{} ({})", pipeline.id, pipeline.label)
    };
    let contracts = facts.contracts_in.get(&pipeline.id);
    let contracts = contracts.map_or_else(
        || "unknown how many contracts".to_owned(),
        |count| words::counted(*count, "contract", "contracts"),
    );
    let stages: Vec<String> = pipeline
        .stages
        .iter()
        .map(|stage| match in_stage(facts, pipeline, stage) {
            Some(count) => format!("{} {count}", stage.label),
            None => stage.label.clone(),
        })
        .collect();
    let looked_at = if is_looked_at(facts, pipeline) {
        format!(", of {} looked at", facts.contracts.records.len())
    } else {
        String::new()
    };
    format!("{name}: {contracts}; stages{looked_at}: {}", stages.join(", "))
}

/// Whether contracts of this pipeline are among those that were looked at.
fn is_looked_at(facts: &Facts, pipeline: &Pipeline) -> bool {
    !facts.contracts.records.is_empty()
        && (facts.renewals.is_empty() || facts.renewals.contains(&pipeline.id))
}

/// How many of the contracts that were looked at are in a stage; `None` where none of the pipeline were.
fn in_stage(facts: &Facts, pipeline: &Pipeline, stage: &Stage) -> Option<usize> {
    let records = facts.contracts.records.iter();
    let there = records.filter(|record| {
        record.core(Core::Pipeline) == Some(pipeline.id.as_str())
            && record.core(Core::StageId) == Some(stage.id.as_str())
    });
    is_looked_at(facts, pipeline).then(|| there.count())
}

/// The properties of each kind for programs.
pub fn properties_json(facts: &Facts) -> Value {
    let kinds = samples(facts).map(|(kind, sample)| {
        let properties = by_fill(sample).into_iter().map(|one| {
            let percent = (!sample.records.is_empty()).then(|| sample.percent(&one.name));
            Shape::default()
                .with("name", &one.name)
                .with("label", &one.label)
                .maybe("filled_percent", percent, "no record to look at")
                .done()
        });
        json!({
            "kind": kind,
            "looked_at": sample.records.len(),
            "properties": properties.collect::<Vec<_>>(),
        })
    });
    json!(kinds)
}

/// The pipelines of contracts for programs.
pub fn pipelines_json(facts: &Facts) -> Value {
    let pipelines = facts.pipelines.iter().map(|pipeline| {
        let stages = pipeline.stages.iter().map(|stage| {
            Shape::default()
                .with("id", &stage.id)
                .with("label", &stage.label)
                .with("closed", stage.closed)
                .with("won", stage.won)
                .maybe(
                    "contracts_looked_at",
                    in_stage(facts, pipeline, stage),
                    "no contract of this pipeline was looked at",
                )
                .done()
        });
        Shape::default()
            .with("id", &pipeline.id)
            .with("label", &pipeline.label)
            .maybe(
                "contracts",
                facts.contracts_in.get(&pipeline.id),
                "the CRM did not say",
            )
            .with("stages", stages.collect::<Vec<_>>())
            .done()
    });
    json!(pipelines.collect::<Vec<_>>())
}

/// What is proposed for programs: each key of the mapping with the property that seems to be meant, and why.
pub fn proposed_json(proposal: &Proposal) -> Value {
    let proposed = proposal.reasons.iter();
    let proposed = proposed.map(|(key, why)| json!({ "key": key, "why": why }));
    json!(proposed.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::super::facts::tests::{property, record};
    use super::*;
    use crate::crm::ValueType;

    fn facts() -> Facts {
        let text = |name: &str| property(name, &name.to_uppercase(), ValueType::Text);
        let stage = |id: &str| Stage {
            id: id.to_owned(),
            label: id.to_uppercase(),
            closed: false,
            won: false,
        };
        let mut contract = record(&[]);
        contract.core.insert(Core::Pipeline, "renewals".to_owned());
        contract.core.insert(Core::StageId, "won".to_owned());
        let pipeline = |id: &str, label: &str| Pipeline {
            id: id.to_owned(),
            label: label.to_owned(),
            stages: vec![stage("open"), stage("won")],
        };
        Facts {
            accounts: Sample {
                properties: vec![text("tier"), text("name"), text("fax")],
                records: vec![record(&[("name", "x"), ("tier", "a")]), record(&[("name", "y")])],
                total: None,
            },
            contracts: Sample {
                records: vec![contract],
                ..Sample::default()
            },
            pipelines: vec![pipeline("renewals", "Renewals"), pipeline("new", "new")],
            renewals: vec!["renewals".to_owned()],
            contracts_in: [("renewals".to_owned(), 1_200)].into(),
            ..Facts::default()
        }
    }

    #[test]
    fn properties_and_pipelines_are_listed_with_how_often_they_are_used() {
        assert_eq!(
            lines(&facts(), false),
            [
                "Properties of accounts, filled on so many of 2 looked at:",
                "  100 %  name  NAME",
                "   50 %  tier  TIER",
                "  and 0 more, and 1 that are never filled; --all-properties lists them",
                "Pipelines of contracts:",
                "  renewals (Renewals): 1,200 contracts; stages, of 1 looked at: OPEN 0, WON 1",
                "  new: unknown how many contracts; stages: OPEN, WON",
            ]
        );
        assert!(lines(&facts(), true).contains(&"    0 %  fax   FAX".to_owned()));
    }

    #[test]
    fn of_many_properties_the_first_are_shown() {
        let mut facts = facts();
        let names: Vec<String> = (10..35).map(|number| format!("own_{number}")).collect();
        let sample = &mut facts.accounts;
        let own = names.iter().map(|name| property(name, name, ValueType::Text));
        sample.properties.extend(own);
        for name in names {
            sample.records[0].mapped.insert(name, "1".to_owned());
        }
        let lines = lines(&facts, false);
        let last = "  and 7 more, and 1 that are never filled; --all-properties lists them";
        assert_eq!(lines[SHOWN + 1], last);
    }

    #[test]
    fn what_was_not_looked_at_is_not_counted_as_nothing() {
        let told = pipelines_json(&facts());
        assert_eq!(told[0]["stages"][0]["contracts_looked_at"], 0);
        assert!(told[1]["stages"][0]["contracts_looked_at"].is_null(), "{told}");
        assert!(told[1]["contracts"].is_null(), "{told}");
        let told = properties_json(&facts());
        assert_eq!(told[0]["properties"][1]["filled_percent"], 50.0);
    }
}
