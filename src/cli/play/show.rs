//! The runs that are under way, one run, or all runs of an account; colleagues' runs too.

use serde_json::{Value, json};

use super::bulks;
use super::page::{page, shape};
use super::{all, name_of, theirs};
use crate::cli::CliError;
use crate::cli::account;
use crate::cli::context::{Context, Workplace};
use crate::cli::output::Plain;
use crate::cli::writing;
use crate::domain::playbook::{Reader, RunState, TheirRun};
use crate::engine;
use crate::store::Cache;

const PLAIN: Plain = Plain::Table(
    "runs",
    &[
        "run",
        "account",
        "account_name",
        "playbook",
        "version",
        "done",
        "of",
        "late",
        "current",
    ],
);

/// Shows runs: of the account or with the id that the text means, or all that are under way.
pub fn run(text: &str, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace_to_answer()?;
    let (cache, playbooks) = (workplace.cache()?, &workplace.setup.playbooks);
    let (mut runs, mut others) = (all(&workplace)?, colleagues(&workplace, &cache, context)?);
    let known = others.clone();
    let is = |id: &str| id.eq_ignore_ascii_case(text);
    let mut plays = bulks::all(&workplace)?;
    plays.retain(|bulk| text.is_empty() || is(&bulk.id));
    let mut plays = bulks::standings(&workplace, &plays, context)?;
    if text.is_empty() {
        plays.retain(|one| one.count(&[RunState::UnderWay, RunState::Paused]) > 0);
    }
    if !text.is_empty() && !plays.is_empty() {
        runs.clear();
        others.clear();
    } else if text.is_empty() {
        // Those of a bulk play are one.
        runs.retain(|run| run.is_open() && run.bulk.is_none());
        others.retain(TheirRun::is_open);
    } else if runs.iter().any(|run| is(&run.id)) || others.iter().any(|run| is(&run.id)) {
        runs.retain(|run| is(&run.id));
        others.retain(|run| is(&run.id));
    } else {
        let view = account::find(&workplace, &cache, text, context)?;
        (runs, others) = (view.plays, view.colleagues);
    }
    if !context.output.is_text() {
        let mut shapes: Vec<Value> = Vec::new();
        for run in &runs {
            shapes.push(shape(run, &name_of(&cache, &run.account)?, context, &workplace));
        }
        let mut of_others: Vec<Value> = Vec::new();
        for run in &others {
            of_others.push(theirs::shape(run, &name_of(&cache, &run.account)?, playbooks));
        }
        let of_bulks: Vec<Value> = plays.iter().map(bulks::shape).collect();
        let answer = json!({ "runs": shapes, "bulks": of_bulks, "colleagues": of_others });
        return context.output.values(&answer, PLAIN);
    }
    let (zone, owners) = (workplace.setup.settings.zone(), writing::owners(&cache)?);
    let reader = Reader {
        today: workplace.setup.settings.day_of(context.now()),
        zone: &zone,
        owners: &owners,
    };
    let mut pages = Vec::new();
    for one in &plays {
        pages.push(if text.is_empty() {
            bulks::exceptions(one)
        } else {
            bulks::page(one, &workplace, context)
        });
    }
    for run in &runs {
        pages.push(page(run, &name_of(&cache, &run.account)?, reader, &known));
    }
    for run in &others {
        pages.push(theirs::page(run, &name_of(&cache, &run.account)?, playbooks));
    }
    if pages.is_empty() {
        return context
            .output
            .text("no playbook runs; `retain play start PLAYBOOK ACCOUNT` starts one");
    }
    context.output.text(&pages.join("\n\n"))
}

pub fn colleagues(
    workplace: &Workplace,
    cache: &Cache,
    context: &Context,
) -> Result<Vec<TheirRun>, CliError> {
    let (ledger, setup) = (workplace.ledger()?, &workplace.setup);
    let runs = engine::colleagues(cache, &ledger, setup, context.now());
    runs.map_err(|error| CliError::of_engine("the runs cannot be read", &error))
}
