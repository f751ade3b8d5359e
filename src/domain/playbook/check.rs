//! Whether the steps of a playbook hang together.

use std::collections::{BTreeMap, BTreeSet};

use super::StepTemplate;
use crate::domain::vocabulary::nearest;

/// What is wrong with a playbook, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Place of the step among the steps; `None` when it is about the whole.
    pub step: Option<usize>,
    /// The key that is wrong.
    pub key: &'static str,
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
            key: "steps",
            message: "a playbook needs a step".to_owned(),
            hint: Some("add [[steps]] with id, title, role and due".to_owned()),
        });
    }
    let ids: BTreeSet<&str> = steps.iter().map(|step| step.id.as_str()).collect();
    for (at, step) in steps.iter().enumerate() {
        let mut wrong = |key, message, hint| {
            problems.push(Problem {
                step: Some(at),
                key,
                message,
                hint,
            });
        };
        if !is_id(&step.id) {
            let hint = Some("use small letters, digits and hyphens".to_owned());
            wrong("id", format!("`{}` cannot be the id of a step", step.id), hint);
        }
        for before in step.after.iter().filter(|before| !ids.contains(before.as_str())) {
            let hint = nearest(before, ids.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            wrong("after", format!("no step has the id `{before}`"), hint);
        }
    }
    problems.extend(circle(steps));
    problems
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
        key: "after",
        message: format!("these steps wait for each other: {}", names.join(", ")),
        hint: None,
    })
}
