//! `retain account`: one account with everything around it.

use serde_json::{Value, json};

use crate::crm::hubspot::paths::record_link;
use crate::domain::account_view::{AccountView, ContractLine, Freshness, MeasureLine};
use crate::domain::record::Kind;
use crate::domain::summary::Summary;
use crate::engine;
use crate::store::Cache;

use super::CliError;
use super::brief;
use super::context::{Context, Workplace};
use super::shape::{self, Shape};

/// Show one account with everything around it
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Its id, or its name or a part of it
    #[arg(required = true)]
    account: Vec<String>,
}

/// Prints the account.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace()?;
    let view = find(&workplace, &args.account.join(" "), context)?;
    if context.output.is_json() {
        return context.output.json(&json(&view, &workplace));
    }
    let lines = brief::page(&view, &workplace.setup, context.now(), usize::MAX);
    context.output.text(&lines.join("\n"))
}

/// The one account that a text means, with everything around it.
pub fn find(workplace: &Workplace, text: &str, context: &Context) -> Result<AccountView, CliError> {
    let (cache, ledger) = (workplace.cache()?, workplace.ledger()?);
    let found = engine::find_account(&cache, text).map_err(|error| failed(&error))?;
    let line = only(&found, text)?;
    let view = engine::account_view(&cache, &ledger, &workplace.setup, &line.id, context.now());
    let mut view = view
        .map_err(|error| failed(&error))?
        .ok_or_else(|| CliError::failed(format!("the account {} is gone", line.id)).hint("retain sync"))?;
    view.link = link(&cache, &view)?;
    Ok(view)
}

fn failed(error: &engine::EngineError) -> CliError {
    CliError::failed("the account cannot be read").because(error)
}

fn only<'a>(found: &'a [Summary], text: &str) -> Result<&'a Summary, CliError> {
    match found {
        [] => {
            Err(CliError::failed(format!("no account is called `{text}`"))
                .hint("`retain accounts` lists them"))
        }
        [one] => Ok(one),
        several => {
            let names: Vec<String> = several
                .iter()
                .map(|line| format!("{} ({})", line.name, line.id))
                .collect();
            Err(
                CliError::usage(format!("`{text}` means several accounts: {}", names.join(", ")))
                    .hint("say more of the name, or give the id"),
            )
        }
    }
}

/// The account's page in the CRM's own web interface.
fn link(cache: &Cache, view: &AccountView) -> Result<Option<String>, CliError> {
    let tenant: Option<Value> = cache
        .document("tenant")?
        .and_then(|json| serde_json::from_str(&json).ok());
    let web = tenant.as_ref().and_then(|tenant| tenant["web"].as_str());
    Ok(web.and_then(|web| record_link(web, Kind::Account, &view.summary.id)))
}

/// The account as JSON.
pub fn json(view: &AccountView, workplace: &Workplace) -> Value {
    let currency = shape::currency(&workplace.setup);
    let why = &view.why;
    json!({
        "account": shape::account(&view.summary, currency),
        "link": view.link,
        "commercial_owner": view.commercial_owner,
        "parent": view.parent,
        "entitlement": view.entitlement,
        "read_at": view.read_at,
        "why": {
            "score": why.score,
            "base_day": why.base_day,
            "base_score": why.base_score,
            "coverage_percent": why.coverage,
            "measures": why.measures.iter().map(measure).collect::<Vec<_>>(),
        },
        "warnings": view.warnings.iter().map(shape::warning).collect::<Vec<_>>(),
        "next": view.next.iter().map(shape::due).collect::<Vec<_>>(),
        "contracts": view.contracts.iter().map(contract).collect::<Vec<_>>(),
        "timeline": view.timeline,
        "people": view.people,
        "tickets": view.tickets,
        "notes": view.notes,
        "handoffs": view.handoffs.iter().map(shape::handoff).collect::<Vec<_>>(),
        "chart": view.chart,
    })
}

fn measure(line: &MeasureLine) -> Value {
    Shape::default()
        .with("id", &line.id)
        .with("weight", line.weight)
        .maybe("points", line.points, "never observed")
        .maybe(
            "change_tenths",
            line.change_tenths,
            "the score then or now is unknown",
        )
        .with("words", &line.words)
        .with("freshness", line.freshness)
        .maybe("observed", line.observed, "never observed")
        .with("counted", line.freshness != Freshness::Unknown)
        .done()
}

fn contract(line: &ContractLine) -> Value {
    Shape::default()
        .with("id", &line.id)
        .with("name", &line.name)
        .maybe("arr", line.arr, "the CRM has no value, or one that is no number")
        .with("start", line.start)
        .maybe("end", line.end, "the CRM has no end date")
        .with("notice_by", line.notice_by)
        .with("auto_renew", line.auto_renew)
        .with("monthly", line.monthly)
        .with("state", &line.state)
        .done()
}
