//! `retain outbox resolve`: what becomes of the fields that somebody else changed too.

use serde_json::json;

use crate::app::overlay::ConflictView;
use crate::app::overlay::conflict::Decision;
use crate::cli::CliError;
use crate::cli::context::Context;
use crate::cli::output::{Column, Plain};
use crate::cli::sending::Flags;
use crate::domain::acts::Somebody;
use crate::domain::outbox::{Conflict, Entry, OutboxView, State, Step, reworded};

use super::Names;
use super::mending::{self, Mending};

const COLUMNS: [Column; 5] = [
    Column::names("field"),
    Column::sentences("you saw"),
    Column::sentences("mine"),
    Column::sentences("theirs"),
    Column::words("set"),
];
const PLAIN: Plain = Plain::Table(
    "fields",
    &[
        "field",
        "label",
        "base",
        "mine",
        "theirs",
        "theirs_at",
        "theirs_by",
    ],
);

/// Whose value it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Side {
    /// What I want
    Mine,
    /// What the CRM has
    Theirs,
}

/// Decide the fields that somebody else changed too; without a decision they are listed
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples: retain outbox resolve 7 --take theirs\n          retain outbox resolve 7 --mine segment --theirs 'renewal date'\n          retain outbox resolve 7 segment=digital --take mine"
)]
pub struct Args {
    /// The entry's number
    id: i64,
    /// A value for a field, as FIELD=VALUE; nothing behind the sign empties it
    #[arg(value_name = "FIELD=VALUE")]
    values: Vec<String>,
    /// A field that becomes what I want
    #[arg(long, value_name = "FIELD")]
    mine: Vec<String>,
    /// A field that stays what the CRM has
    #[arg(long, value_name = "FIELD")]
    theirs: Vec<String>,
    /// What becomes of every field that is not named
    #[arg(long, value_name = "SIDE")]
    take: Option<Side>,
    #[command(flatten)]
    flags: Flags,
}

impl Args {
    fn decides(&self) -> bool {
        let named = self.values.len() + self.mine.len() + self.theirs.len();
        named > 0 || self.take.is_some()
    }
}

/// Decides, or lists what is to be decided.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    if !args.decides() {
        return list(args.id, context);
    }
    let mending = Mending::begin(args.id, &args.flags, context)?;
    let mut view = ConflictView::new(conflicting(&mending.entry)?.clone());
    for (names, decision) in [(&args.mine, Decision::Mine), (&args.theirs, Decision::Theirs)] {
        for name in names {
            view.at = place(&mending, name)?;
            view.decide(decision.clone());
        }
    }
    for value in &args.values {
        let (name, value) = mending::assignment(value)?;
        view.at = place(&mending, name)?;
        if view.is_archive() {
            return Err(
                CliError::usage("it is to be archived: a field has no other value then")
                    .hint("`--take mine` archives it all the same, `--take theirs` keeps it"),
            );
        }
        let Conflict { field, mine, .. } = &view.entry.conflicts[view.at];
        let people = Somebody::active(&mending.writing.owners);
        let to = if let Some(field) = mending.view.editable_in(&view.entry.new.write, field) {
            field.parse(&mending.writing.on, &people, value)
        } else {
            let typed = Some(value.to_owned()).filter(|value| !value.is_empty());
            reworded(field, mine.as_deref(), typed)
        };
        let to = to.map_err(CliError::usage)?;
        view.decide(Decision::Other(to));
    }
    for (at, decided) in view.decided.iter_mut().enumerate() {
        let side = args.take.map(|side| match side {
            Side::Mine => Decision::Mine,
            Side::Theirs => Decision::Theirs,
        });
        if decided.is_none() {
            *decided = Some(side.ok_or_else(|| undecided(&mending, at))?);
        }
    }
    let step = view
        .step()
        .ok_or_else(|| CliError::failed("what it writes cannot be merged"))?;
    let step = match step {
        Step::Revised { write, .. } => mending.revised(write),
        Step::Resend { .. } => Step::Resend {
            grace: Some(mending.writing.on.grace),
        },
        other => other,
    };
    mending.take(&step, &args.flags, context)
}

/// The entry, if somebody else changed what it changes.
fn conflicting(entry: &Entry) -> Result<&Entry, CliError> {
    if entry.state == State::Conflict {
        return Ok(entry);
    }
    let (id, word) = (entry.id, entry.state.word());
    Err(CliError::failed(format!("{id} is {word}: nobody else changed it")).hint(mending::HINT))
}

/// The place of the field that a name means: by its label or its name in the CRM, or the only one that begins so.
fn place(mending: &Mending, name: &str) -> Result<usize, CliError> {
    let labels: Vec<(String, String)> = mending
        .entry
        .conflicts
        .iter()
        .map(|one| (mending.view.label(&one.field), one.field.to_string()))
        .collect();
    mending::called(&labels, name)
}

fn undecided(mending: &Mending, at: usize) -> CliError {
    let label = mending.view.label(&mending.entry.conflicts[at].field);
    CliError::usage(format!("what becomes of {label} is not decided"))
        .hint("name it with --mine or --theirs, give FIELD=VALUE, or add --take mine or --take theirs for all the rest")
}

fn list(id: i64, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace()?;
    let (view, entry) = mending::look(&workplace, id)?;
    let entry = conflicting(&entry)?;
    let names = Names::of(&workplace, context.now());
    let shown = |conflict: &Conflict, value: &Option<String>| names.value(&conflict.field, value.as_deref());
    if !context.output.is_text() {
        let fields: Vec<_> = entry.conflicts.iter().map(|one| shape(&view, one)).collect();
        let answer = json!({ "entry": super::shape(entry, &names), "fields": fields });
        return context.output.values(&answer, PLAIN);
    }
    let rows: Vec<Vec<String>> = entry
        .conflicts
        .iter()
        .map(|one| {
            vec![
                view.label(&one.field),
                shown(one, &one.base),
                shown(one, &one.mine),
                shown(one, &one.theirs),
                one.set(|at| names.time(at)).unwrap_or_default(),
            ]
        })
        .collect();
    context.output.table(&COLUMNS, &rows)?;
    context.output.aside(&format!(
        "`retain outbox resolve {id} --take mine` or `--take theirs` decides all of them; `--mine FIELD`, `--theirs FIELD` and FIELD=VALUE one"
    ))
}

fn shape(view: &OutboxView, conflict: &Conflict) -> serde_json::Value {
    let Conflict {
        field,
        base,
        mine,
        theirs,
        theirs_at,
        theirs_by,
    } = conflict;
    json!({
        "field": field,
        "label": view.label(field),
        "base": base,
        "mine": mine,
        "theirs": theirs,
        "theirs_at": theirs_at,
        "theirs_by": theirs_by,
    })
}
