//! `retain route stats`: misroutes, and the support work of CSMs, week by week.

use serde_json::{Value, json};

use crate::cli::CliError;
use crate::cli::context::{Context, nothing_yet};
use crate::cli::freshness::Freshness;
use crate::cli::output::{Column, Plain};
use crate::cli::shape::Shape;
use crate::domain::routing::{CsmWeek, DEFINITION, Row, Week, Weeks};
use crate::engine;

const COLUMNS: [Column; 8] = [
    Column::words("week of"),
    Column::number("handed over"),
    Column::number("misroutes"),
    Column::names("CSM"),
    Column::number("touches"),
    Column::number("support"),
    Column::number("unknown"),
    Column::number("share"),
];
const PLAIN: Plain = Plain::Table("weeks", &["from", "handed_over", "misroutes"]);
/// Why there is no share.
const NO_SHARE: &str = "the rules can tell of none of the touches";

/// Prints so many weeks up to this one.
pub fn run(count: u32, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace_to_answer()?;
    let cache = workplace.cache()?;
    if cache.top_of_desk()?.is_none() {
        return Err(nothing_yet());
    }
    let freshness = Freshness::of(&cache, &workplace, context.now())?;
    let weeks = engine::route_weeks(
        &cache,
        &workplace.ledger()?,
        &workplace.setup,
        context.now(),
        count,
    )
    .map_err(|error| CliError::of_engine("the weeks of the routing desk cannot be counted", &error))?;
    if !context.output.is_text() {
        let all = weeks
            .weeks
            .iter()
            .map(|week| shape(week, &weeks))
            .collect::<Vec<Value>>();
        let answer = json!({ "data": freshness.json(), "definition": DEFINITION, "weeks": all });
        return context.output.values(&answer, PLAIN);
    }
    for line in weeks.unknown() {
        context.output.text(&line)?;
    }
    let rows: Vec<Vec<String>> = weeks.rows().into_iter().map(cells).collect();
    context.output.table(&COLUMNS, &rows)?;
    context.output.aside(&format!("\n{DEFINITION}"))?;
    let zone = workplace.setup.settings.zone();
    context.output.aside(&freshness.words(context.now(), &zone))
}

/// A line of the table, in the order of its columns.
fn cells(row: Row) -> Vec<String> {
    let from = row.from.map_or_else(String::new, |from| from.to_string());
    let head = [from, row.handed, row.misroutes, row.csm];
    head.into_iter().chain(row.touches).chain([row.share]).collect()
}

/// A week, for programs.
fn shape(week: &Week, weeks: &Weeks) -> Value {
    let known = |count: u32| weeks.no_notes.is_none().then_some(count);
    let why = weeks.no_notes.as_deref().unwrap_or_default();
    Shape::default()
        .with("from", week.from)
        .maybe("handed_over", known(week.handed), why)
        .maybe("misroutes", known(week.misroutes), why)
        .known_list(
            "csms",
            week.csms.iter().map(csm).collect(),
            weeks.no_touches.clone(),
        )
        .done()
}

fn csm(one: &CsmWeek) -> Value {
    let touches = one.touches;
    Shape::default()
        .with("csm", &one.csm)
        .with("csm_name", &one.name)
        .with("touches", touches.all())
        .with("support", touches.support)
        .with("own", touches.own)
        .with("unknown", touches.unknown)
        .maybe("support_share_pct", touches.share(), NO_SHARE)
        .done()
}
