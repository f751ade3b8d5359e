//! `retain goal`: goals of success plans, and what is said of one that was missed.

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::domain::acts::{days, task};
use crate::domain::goal::{Goal, Saying, State, Told};
use crate::domain::values::plain;
use crate::domain::words;

use super::CliError;
use super::context::Context;
use super::output::{Column, Plain};
use super::sending::{self, Believing, Flags};
use super::shape::{NOT_SET, Shape};
use super::writing::about;

const COLUMNS: [Column; 5] = [
    Column::names("goal"),
    Column::words("state"),
    Column::words("by"),
    Column::number("now"),
    Column::sentences("what was said"),
];
const PLAIN: Plain = Plain::Table("goals", &["goal", "state", "due", "baseline", "target", "value"]);

/// List the goals of an account; say why one was missed, what changes, and when to look again
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Goals are what [goals] of mapping.toml names. A word about one that was missed is a note on the account, and\n\
    a task for you to look again; the note keeps what was reached then, and the list shows it beside what is reached now.\n\
    Example: retain goal missed juniper --why 'the champion left' --changes 'a training' --look +3w"
)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

/// What to do.
#[derive(Debug, clap::Subcommand)]
enum What {
    /// List the goals of an account
    List {
        /// The account: its id, or its name or a part of it
        account: String,
    },
    /// Say why a goal was missed, what changes, and when to look again
    Missed {
        /// The account: its id, or its name or a part of it
        account: String,
        /// Which goal, as mapping.toml calls it; the only one that was missed when left out
        #[arg(long, value_name = "ID")]
        goal: Option<String>,
        /// Why it was missed
        #[arg(long, value_name = "TEXT")]
        why: String,
        /// What changes
        #[arg(long, value_name = "TEXT")]
        changes: String,
        /// When to look again: fri, +3w, 27 nov, 2026-11-27
        #[arg(long, value_name = "DAY")]
        look: String,
        #[command(flatten)]
        believing: Believing,
        #[command(flatten)]
        flags: Flags,
    },
}

/// Lists goals, or says it.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    match &args.what {
        What::List { account } => list(account, context),
        What::Missed { .. } => missed(&args.what, context),
    }
}

fn list(account: &str, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace_to_answer()?;
    let cache = workplace.cache()?;
    let view = super::account::find(&workplace, &cache, account, context)?;
    let today = workplace.setup.settings.day_of(context.now());
    if !context.output.is_text() {
        let goals: Vec<Value> = view.goals.iter().map(|goal| of_goal(goal, today)).collect();
        let answer = json!({ "account": view.summary.id, "name": view.summary.name, "goals": goals });
        return context.output.values(&answer, PLAIN);
    }
    if view.goals.is_empty() {
        return context
            .output
            .text(&format!("{}: no goal is known", view.summary.name));
    }
    let rows: Vec<Vec<String>> = view.goals.iter().map(|goal| row(goal, today)).collect();
    context.output.table(&COLUMNS, &rows)
}

fn row(goal: &Goal, today: Date) -> Vec<String> {
    let told = goal.told.as_ref().map(|told| {
        let beside = goal.before_and_after(today).unwrap_or_default();
        format!("{beside}: {}; {}", told.why, told.changes)
    });
    vec![
        format!("{} ({})", goal.aim(), goal.id),
        goal.state(today).word().to_owned(),
        goal.due
            .map_or_else(|| "?".to_owned(), |due| words::calendar_day(today, due)),
        goal.value.map_or_else(|| "?".to_owned(), plain),
        told.unwrap_or_default(),
    ]
}

/// A goal for programs.
pub fn of_goal(goal: &Goal, today: Date) -> Value {
    Shape::default()
        .with("goal", &goal.id)
        .with("title", &goal.title)
        .maybe(
            "metric",
            goal.metric.as_ref(),
            "the CRM names no metric that mapping.toml knows",
        )
        .maybe("baseline", goal.baseline, NOT_SET)
        .maybe("target", goal.target, NOT_SET)
        .maybe("due", goal.due, NOT_SET)
        .maybe("value", goal.value, "the metric was never observed")
        .with("state", goal.state(today))
        .maybe("owner", goal.owner.as_ref(), NOT_SET)
        .maybe("evidence", goal.evidence.as_ref(), NOT_SET)
        .maybe(
            "said",
            goal.told.as_ref().map(told),
            "nobody said why it was missed, or it was not",
        )
        .done()
}

fn told(told: &Told) -> Value {
    Shape::default()
        .maybe("value_then", told.was, "it was not known then")
        .with("why", &told.why)
        .with("changes", &told.changes)
        .maybe("look", told.look, "the note names no day")
        .maybe("by", told.by.as_ref(), "the note does not tell who wrote it")
        .done()
}

fn missed(what: &What, context: &Context) -> Result<(), CliError> {
    let What::Missed {
        account,
        goal,
        why,
        changes,
        look,
        believing,
        flags,
    } = what
    else {
        return Ok(());
    };
    let writing = sending::begin(flags, context)?;
    let view = writing.account(account, context)?;
    let on = writing.on.clone();
    let goal = which(&view.goals, goal.as_deref(), on.today())?;
    let (day, _) = days::parse(&on, look).map_err(CliError::usage)?;
    believing.check(task::doubt_of(&on, look, day))?;
    let saying = Saying {
        why,
        changes,
        look: day,
    };
    let entries = goal
        .missed(&on, &about(&view), &saying)
        .map_err(CliError::usage)?;
    sending::carry_out(writing, entries, flags, context)
}

/// The goal that is meant.
fn which<'g>(goals: &'g [Goal], id: Option<&str>, today: Date) -> Result<&'g Goal, CliError> {
    let named = |goal: &&Goal| match id {
        Some(id) => goal.id.eq_ignore_ascii_case(id),
        None => goal.state(today) == State::Missed,
    };
    let found: Vec<&Goal> = goals.iter().filter(named).collect();
    match found.as_slice() {
        [one] => Ok(one),
        found => {
            let ids: Vec<&str> = goals.iter().map(|goal| goal.id.as_str()).collect();
            let told = match (found.len(), id) {
                (0, Some(id)) => format!("no goal is called `{id}`"),
                (0, None) => "no goal of this account was missed".to_owned(),
                _ => "several goals were missed: say which by --goal".to_owned(),
            };
            let error = CliError::usage(told);
            Err(if ids.is_empty() {
                error
            } else {
                error.hint(format!("there is {}", ids.join(", ")))
            })
        }
    }
}
