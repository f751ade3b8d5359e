//! `retain account`: one account with everything around it.

use serde_json::Value;

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
    let unset = "not set in the CRM, or not mapped";
    let reasons = Shape::default()
        .maybe("score", why.score, "no measure was ever observed")
        .with("base_day", why.base_day)
        .maybe(
            "base_score",
            why.base_score,
            "the score on that day cannot be told",
        )
        .with("coverage_percent", why.coverage)
        .with("measures", why.measures.iter().map(measure).collect::<Vec<_>>());
    Shape::default()
        .with("account", shape::account(&view.summary, currency))
        .maybe(
            "link",
            view.link.as_ref(),
            "the CRM's web address is not known before the first sync",
        )
        .maybe("commercial_owner", view.commercial_owner.as_ref(), unset)
        .maybe(
            "parent",
            view.parent.as_ref(),
            "the CRM has none, or it is not in the cache",
        )
        .maybe("entitlement", view.entitlement.as_ref(), unset)
        .maybe("read_at", view.read_at, "no sync has come to its end yet")
        .with("why", reasons.done())
        .with(
            "warnings",
            view.warnings.iter().map(shape::warning).collect::<Vec<_>>(),
        )
        .with("next", view.next.iter().map(shape::due).collect::<Vec<_>>())
        .with(
            "contracts",
            view.contracts.iter().map(contract).collect::<Vec<_>>(),
        )
        .with("timeline", &view.timeline)
        .with("people", &view.people)
        .with("tickets", &view.tickets)
        .with("notes", &view.notes)
        .with(
            "handoffs",
            view.handoffs.iter().map(shape::handoff).collect::<Vec<_>>(),
        )
        .with("chart", &view.chart)
        .done()
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
        .maybe("start", line.start, "the CRM has no start date")
        .maybe("end", line.end, "the CRM has no end date")
        .maybe(
            "notice_by",
            line.notice_by,
            "no notice date is set, or no end that it counts from",
        )
        .maybe("auto_renew", line.auto_renew, "not set in the CRM, or not mapped")
        .with("monthly", line.monthly)
        .with("state", &line.state)
        .done()
}
