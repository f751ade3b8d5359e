//! `retain route stats`: misroutes, and the support work of CSMs, week by week.

use serde_json::{Value, json};

use crate::cli::CliError;
use crate::cli::context::{Context, nothing_yet};
use crate::cli::freshness::Freshness;
use crate::cli::output::{Column, Plain};
use crate::cli::shape::Shape;
use crate::domain::routing::{CsmWeek, DEFINITION, Week, Weeks};
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
    let workplace = context.workplace()?;
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
    for (what, why) in [
        ("handed over and misroutes", &weeks.no_notes),
        ("touches", &weeks.no_touches),
    ] {
        if let Some(why) = why {
            context.output.text(&format!("{what} unknown: {why}"))?;
        }
    }
    let rows: Vec<Vec<String>> = weeks.weeks.iter().flat_map(|week| rows(week, &weeks)).collect();
    context.output.table(&COLUMNS, &rows)?;
    context.output.aside(&format!("\n{DEFINITION}"))?;
    let zone = workplace.setup.settings.zone();
    context.output.aside(&freshness.words(context.now(), &zone))
}

/// A week with its first CSM, then a line for each other one.
fn rows(week: &Week, weeks: &Weeks) -> Vec<Vec<String>> {
    let handed = |count: u32| match weeks.no_notes {
        Some(_) => "?".to_owned(),
        None => count.to_string(),
    };
    let head = [week.from.to_string(), handed(week.handed), handed(week.misroutes)];
    let nobody = if weeks.no_touches.is_some() { "?" } else { "nobody" };
    if week.csms.is_empty() || weeks.no_touches.is_some() {
        let none = [nobody, "", "", "", ""].map(str::to_owned);
        return vec![head.into_iter().chain(none).collect()];
    }
    let line = |(at, one): (usize, &CsmWeek)| {
        let head = if at == 0 { head.clone() } else { Default::default() };
        let touches = one.touches;
        let own = [
            one.name.clone(),
            touches.all().to_string(),
            touches.support.to_string(),
            touches.unknown.to_string(),
            touches
                .share()
                .map_or_else(|| "?".to_owned(), |share| format!("{share} %")),
        ];
        head.into_iter().chain(own).collect()
    };
    week.csms.iter().enumerate().map(line).collect()
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
