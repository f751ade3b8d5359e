//! `retain task list`: open tasks with the ids by which they are completed, put off and given to others.

use serde_json::Value;

use crate::cli::CliError;
use crate::cli::account;
use crate::cli::context::Context;
use crate::cli::freshness::Freshness;
use crate::cli::output::{Column, Plain};
use crate::cli::shape::Shape;
use crate::domain::desk::{DueItem, NOT_YET};
use crate::domain::record::Kind;
use crate::domain::words;

const COLUMNS: [Column; 5] = [
    Column::words("id"),
    Column::words("due"),
    Column::sentences("task"),
    Column::names("account"),
    Column::words("whose"),
];
const PLAIN: Plain = Plain::Table(
    "tasks",
    &["id", "due", "at", "subject", "account", "account_name", "owner"],
);

/// Lists the open tasks of an account, whosever they are; without one, mine.
pub fn run(account: Option<&str>, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace_to_answer()?;
    let cache = workplace.cache()?;
    let freshness = Freshness::of(&cache, &workplace, context.now())?;
    let (due, unread) = if let Some(text) = account {
        let view = account::find(&workplace, &cache, text, context)?;
        (view.next, view.unread)
    } else {
        let desk = workplace.desk(context.now())?;
        (desk.due, desk.unread)
    };
    let early = (!freshness.has_synced()).then(|| NOT_YET.to_owned());
    let unknown = unread.why(&[Kind::Task]).or(early);
    let tasks: Vec<&DueItem> = due.iter().filter(|item| item.task.is_some()).collect();
    if !context.output.is_text() {
        let tasks: Vec<Value> = tasks.iter().map(|task| shape(task)).collect();
        let answer = Shape::default()
            .with("data", freshness.json())
            .known_list("tasks", tasks, unknown)
            .done();
        return context.output.values(&answer, PLAIN);
    }
    let zone = workplace.setup.settings.zone();
    if let Some(why) = &unknown {
        context.output.text(&format!("open tasks unknown: {why}"))?;
    } else if tasks.is_empty() {
        context.output.text("no task is open")?;
    }
    if !tasks.is_empty() {
        let local = context.now().to_zoned(zone.clone()).datetime();
        let row = |task: &&DueItem| {
            vec![
                task.record.to_string(),
                words::due_at(local, task),
                task.title.clone(),
                task.account_name.clone(),
                task.owner.clone().unwrap_or_else(|| "mine".to_owned()),
            ]
        };
        let rows: Vec<Vec<String>> = tasks.iter().map(row).collect();
        context.output.table(&COLUMNS, &rows)?;
        context
            .output
            .aside("\n`retain task done ID`, `due ID DAY` and `give ID WHO` change one")?;
    }
    context.output.aside(&freshness.words(context.now(), &zone))
}

fn shape(task: &DueItem) -> Value {
    Shape::default()
        .with("id", &task.record)
        .with("subject", &task.title)
        .maybe("due", task.due, "the CRM has no due date")
        .maybe("at", task.at, "the CRM has no time of the day")
        .maybe(
            "account",
            task.account.as_ref(),
            "it belongs to no account in the cache",
        )
        .with("account_name", &task.account_name)
        .maybe("owner", task.owner.as_ref(), "it is mine")
        .with("body", &task.body)
        .maybe("pending", task.pending, "nothing of it waits to be sent")
        .done()
}
