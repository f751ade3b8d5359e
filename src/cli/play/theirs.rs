//! Runs of colleagues: for people, and as JSON.

use serde_json::Value;

use crate::cli::shape::Shape;
use crate::domain::playbook::{Playbook, TheirRun, TheirTask};

/// A run of a colleague for people, a line for it and one per task; `playbooks` are ours.
pub fn page(run: &TheirRun, name: &str, playbooks: &[Playbook]) -> String {
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
    let unseen = unseen(run, playbooks);
    match run.unlinked() {
        None | Some(0) => {}
        Some(1) => lines.push(format!(
            "  1 task{} is unlinked: {UNLINKED}",
            of_steps(&unseen, 1)
        )),
        Some(more) => lines.push(format!(
            "  {more} tasks{} are unlinked: {UNLINKED}",
            of_steps(&unseen, more)
        )),
    }
    lines.join("\n")
}

/// The steps of which so many tasks are unlinked.
fn of_steps(unseen: &[String], missing: usize) -> String {
    match unseen {
        [] => String::new(),
        [one] => format!(" (of step {one})"),
        steps if steps.len() == missing => format!(" (of steps {})", steps.join(", ")),
        steps => format!(" (among steps {})", steps.join(", ")),
    }
}

fn unseen(run: &TheirRun, playbooks: &[Playbook]) -> Vec<String> {
    let is_its = |one: &&Playbook| run.playbook.as_deref() == Some(one.id.as_str());
    let playbook = playbooks.iter().find(is_its);
    playbook.map(|playbook| run.unseen(playbook)).unwrap_or_default()
}

/// Why a task is not linked.
const UNLINKED: &str = "its last line was deleted before it was seen here, or it cannot be read";

/// The same as JSON.
pub fn shape(run: &TheirRun, name: &str, playbooks: &[Playbook]) -> Value {
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
        .with("unlinked_steps", unseen(run, playbooks))
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
