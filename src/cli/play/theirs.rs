//! Runs of colleagues: for people, and as JSON.

use serde_json::Value;

use crate::cli::shape::Shape;
use crate::domain::playbook::{TheirRun, TheirTask};

/// A run of a colleague for people, a line for it and one per task.
pub fn page(run: &TheirRun, name: &str) -> String {
    let playbook = run.playbook.as_deref().unwrap_or("a playbook");
    let is_done = |one: &&TheirTask| one.done == Some(true) && !one.left_out;
    let done = run.tasks.iter().filter(is_done).count();
    let of = run.of.unwrap_or(run.tasks.len());
    let mut lines = vec![format!(
        "{playbook} on {name}, of {}: {done} of {of} tasks   {}",
        run.by(),
        run.id
    )];
    lines.extend(run.signal.iter().map(|signal| format!("  because of {signal}")));
    lines.extend(run.tasks.iter().map(|one| {
        let (sign, state) = match one.done {
            Some(true) if one.left_out => ("–", "left out"),
            Some(true) => ("✓", "done"),
            Some(false) => ("▶", "open"),
            None => ("–", "not in the CRM any more"),
        };
        let who = if one.owner.is_empty() { "?" } else { &one.owner };
        format!("  {sign} {:<14} task {} ({who}, {state})", one.step, one.task)
    }));
    match run.unlinked() {
        None | Some(0) => {}
        Some(1) => lines.push(format!("  1 task is unlinked: {UNLINKED}")),
        Some(more) => lines.push(format!("  {more} tasks are unlinked: {UNLINKED}")),
    }
    lines.join("\n")
}

/// Why a task is not linked.
const UNLINKED: &str = "its last line was deleted before it was seen here, or it cannot be read";

/// The same as JSON.
pub fn shape(run: &TheirRun, name: &str) -> Value {
    let tasks: Vec<Value> = run.tasks.iter().map(task).collect();
    let unsaid = "its tasks were made by an earlier version, which did not say so";
    Shape::default()
        .with("run", &run.id)
        .with("account", &run.account)
        .with("account_name", name)
        .maybe("playbook", run.playbook.as_ref(), unsaid)
        .maybe("signal", run.signal.as_ref(), "its tasks name none")
        .with("by", run.by())
        .with("open", run.is_open())
        .maybe("of", run.of, unsaid)
        .maybe("unlinked", run.unlinked(), unsaid)
        .with("tasks", tasks)
        .done()
}

fn task(task: &TheirTask) -> Value {
    Shape::default()
        .with("step", &task.step)
        .with("task", &task.task)
        .with("owner_name", &task.owner)
        .with("left_out", task.left_out)
        .maybe("done", task.done, "it is not in the CRM any more")
        .done()
}
