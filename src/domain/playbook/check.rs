//! Whether the steps of a playbook hang together.

use std::collections::{BTreeMap, BTreeSet};

use super::{Evidence, StepKind, StepTemplate};
use crate::domain::vocabulary::nearest;

/// What is wrong with a playbook, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Place of the step among the steps; `None` when it is about the whole.
    pub step: Option<usize>,
    /// The keys that do not go together, the one that is wrong first: which of them was written last is to blame.
    pub keys: &'static [&'static str],
    /// What is wrong, as one sentence without a full stop.
    pub message: String,
    /// What was probably meant.
    pub hint: Option<String>,
}

/// Everything that is wrong.
pub(super) fn problems(steps: &[StepTemplate]) -> Vec<Problem> {
    let mut problems = Vec::new();
    if steps.is_empty() {
        problems.push(Problem {
            step: None,
            keys: &["steps"],
            message: "a playbook needs a step".to_owned(),
            hint: Some("add [[steps]] with id, title, role and due".to_owned()),
        });
    }
    let ids: BTreeSet<&str> = steps.iter().map(|step| step.id.as_str()).collect();
    for (at, step) in steps.iter().enumerate() {
        let mut wrong = |keys, message, hint| {
            problems.push(Problem {
                step: Some(at),
                keys,
                message,
                hint,
            });
        };
        if !is_id(&step.id) {
            let hint = Some("use small letters, digits and hyphens".to_owned());
            wrong(&["id"], format!("`{}` cannot be the id of a step", step.id), hint);
        }
        if String::from(step.title.clone()).trim().is_empty() {
            wrong(&["title"], format!("`{}` needs a title", step.id), None);
        }
        if step.when.is_some() && step.crm_task {
            let message = format!(
                "whether `{}` counts is decided later: it cannot be a task in the CRM",
                step.id
            );
            wrong(
                &["crm_task", "when"],
                message,
                Some("leave `crm_task` or `when` out".to_owned()),
            );
        }
        for (keys, message) in misplaced(step) {
            wrong(keys, message, None);
        }
        for before in step.after.iter().filter(|before| !ids.contains(before.as_str())) {
            let hint = nearest(before, ids.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            wrong(&["after"], format!("no step has the id `{before}`"), hint);
        }
    }
    problems.extend(circle(steps));
    problems
}

/// What is wrong with the title of a playbook: nothing is put into it.
pub(super) fn title(title: &str) -> Option<Problem> {
    let message = if title.trim().is_empty() {
        "a playbook needs a title"
    } else if title.contains("{{") || title.contains("{%") {
        "nothing is put into the title of a playbook: it would be shown as it is written"
    } else {
        return None;
    };
    Some(Problem {
        step: None,
        keys: &["title"],
        message: message.to_owned(),
        hint: None,
    })
}

/// What is hardly meant so: steps that are due before one that they wait for.
pub(super) fn oddities(steps: &[StepTemplate]) -> Vec<(&str, &'static str, String)> {
    let mut found = Vec::new();
    for step in steps {
        let before = steps.iter().filter(|one| step.after.contains(&one.id));
        for before in before.filter(|one| one.due.0 > step.due.0) {
            let message = format!(
                "`{}` is due {} bd after the start, and waits for `{}`, which is due after {} bd",
                step.id, step.due.0, before.id, before.due.0
            );
            found.push((step.id.as_str(), "due", message));
        }
    }
    found
}

/// What a step lacks, or has, that its kind and its evidence ask otherwise.
fn misplaced(step: &StepTemplate) -> Vec<(&'static [&'static str], String)> {
    let (sets, shows) = (step.kind == StepKind::Set, step.evidence == Some(Evidence::Field));
    let id = &step.id;
    let mut found: Vec<(&'static [&'static str], String)> = Vec::new();
    if step.kind == StepKind::List {
        if step.field.is_some() {
            let message = "a list is set where `mapping.toml` says: leave `field` out".to_owned();
            found.push((&["field", "kind"], message));
        }
        if shows {
            let message = format!("`{id}` puts the account on a list: leave `evidence` out");
            found.push((&["evidence", "kind"], message));
        }
        if step.value.as_deref().is_none_or(|value| value.trim().is_empty()) {
            found.push((
                &["kind", "value"],
                format!("`{id}` puts the account on a list: say which with `value`"),
            ));
        }
        return found;
    }
    if sets && shows {
        let message = format!("`{id}` sets the field that is to show that it was done: leave `evidence` out");
        found.push((&["evidence", "kind"], message));
    }
    match (sets, shows, &step.field) {
        (true, _, None) => found.push((&["kind"], format!("`{id}` sets a field: add `field`"))),
        (_, true, None) => found.push((
            &["evidence"],
            format!("a field is to show that `{id}` was done: add `field`"),
        )),
        (false, false, Some(_)) => {
            found.push((
                &["field", "kind", "evidence"],
                "`field` belongs to `kind = \"set\"` or `evidence = \"field\"`".to_owned(),
            ));
        }
        _ => {}
    }
    match (sets, &step.value) {
        (true, None) => found.push((&["kind"], format!("`{id}` sets a field: add `value`"))),
        (true, Some(value)) if value.trim().is_empty() => {
            found.push((&["value"], format!("`{id}` would empty the field: write a value")));
        }
        (false, Some(_)) => {
            let message = "`value` belongs to `kind = \"set\"` or `kind = \"list\"`";
            found.push((&["value", "kind"], message.to_owned()));
        }
        _ => {}
    }
    found
}

fn is_id(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.chars().all(plain)
}

/// The first step that waits for itself: takes away, again and again, what waits for nothing that is left.
fn circle(steps: &[StepTemplate]) -> Option<Problem> {
    let mut left: BTreeMap<&str, (usize, &[String])> = BTreeMap::new();
    for (at, step) in steps.iter().enumerate() {
        left.entry(&step.id).or_insert((at, step.after.as_slice()));
    }
    loop {
        let free = left
            .iter()
            .find(|(_, (_, after))| !after.iter().any(|before| left.contains_key(before.as_str())));
        let Some(free) = free.map(|(id, _)| *id) else {
            break;
        };
        left.remove(free);
    }
    let at = left.values().map(|(at, _)| *at).min()?;
    let names: Vec<&str> = left.keys().copied().collect();
    Some(Problem {
        step: Some(at),
        keys: &["after"],
        message: format!("these steps wait for each other: {}", names.join(", ")),
        hint: None,
    })
}
