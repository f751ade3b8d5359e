//! The goals of an account's success plan, as the mapping reads them.

use jiff::civil::Date;

use crate::config::mapping::{GoalMapping, Mapping};
use crate::domain::goal::Goal;
use crate::domain::record::{Record, RecordId};
use crate::domain::text::one_line;

use super::account::Account;
use super::values;

/// The goals of an account that say anything; nothing was said of them yet. `name` says what an owner is called.
pub fn goals(
    record: &Record,
    account: &Account,
    mapping: &Mapping,
    name: impl Fn(&RecordId) -> Option<String>,
) -> Vec<Goal> {
    let text = |property: &Option<String>| {
        let text = one_line(record.mapped(property.as_deref()?)?);
        Some(text).filter(|text| !text.is_empty())
    };
    let number = |property: &Option<String>| values::number(record.mapped(property.as_deref()?)?);
    let read = |(id, goal): (&String, &GoalMapping)| {
        let due: Option<Date> = goal
            .due
            .as_ref()
            .and_then(|due| values::date(record.mapped(due)?));
        let (title, target) = (text(&goal.title), number(&goal.target));
        if title.is_none() && target.is_none() {
            return None;
        }
        let metric = text(&goal.metric).and_then(|metric| metric_of(&metric, mapping));
        let owner = match goal.owner {
            Some(_) => text(&goal.owner).map(RecordId),
            None => account.csm.clone(),
        };
        Some(Goal {
            id: id.clone(),
            title: title.unwrap_or_else(|| "goal without words".to_owned()),
            baseline: number(&goal.baseline),
            target,
            due,
            owner: owner.and_then(|owner| name(&owner)),
            evidence: text(&goal.evidence),
            value: metric
                .as_ref()
                .and_then(|metric| account.metrics.get(metric))
                .map(|reading| reading.value),
            metric: metric.map(|metric| mapping.label(&metric)),
            told: None,
        })
    };
    mapping.goals.iter().filter_map(read).collect()
}

/// The metric that a text names, by its id or its label.
fn metric_of(text: &str, mapping: &Mapping) -> Option<String> {
    let mut known = mapping.metrics.keys();
    known
        .find(|id| id.eq_ignore_ascii_case(text) || mapping.label(id).eq_ignore_ascii_case(text))
        .cloned()
}
