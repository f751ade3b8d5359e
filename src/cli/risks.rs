//! `retain risks`: the risk queue.

use serde_json::{Value, json};

use crate::domain::desk::{Desk, RiskRow};
use crate::domain::money::Currency;
use crate::domain::words;

use super::CliError;
use super::context::Context;
use super::freshness::Freshness;
use super::output::{Column, Plain};
use super::shape;

const COLUMNS: [Column; 5] = [
    Column::words(""),
    Column::names("account"),
    Column::number("at stake"),
    Column::words("notice by"),
    Column::sentences("why"),
];

const PLAIN: Plain = Plain::Table(
    "risks",
    &[
        "account",
        "name",
        "at_stake",
        "arr",
        "notice_by",
        "band",
        "score",
        "signals",
    ],
);

/// List the risk queue, most pressing first, each with its reasons
#[derive(Debug, Default, clap::Args)]
pub struct Args {
    /// At most so many accounts
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// Prints the queue.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace()?;
    let (cache, desk) = (workplace.cache()?, workplace.desk(context.now())?);
    let freshness = Freshness::of(&cache, &workplace, context.now())?;
    let currency = shape::currency(&workplace.setup);
    let shown = &desk.risks[..desk.risks.len().min(args.limit.unwrap_or(usize::MAX))];
    if !context.output.is_text() {
        let answer = answer(shown, &desk, &freshness, currency);
        return context.output.values(&answer, PLAIN);
    }
    if shown.is_empty() {
        context.output.text("no warning is open")?;
    } else {
        let rows: Vec<Vec<String>> = shown.iter().map(|row| fields(row, currency)).collect();
        context.output.table(&COLUMNS, &rows)?;
    }
    let zone = workplace.setup.settings.zone();
    context
        .output
        .aside(&format!("\n{}", counts(&desk, shown.len())))?;
    context.output.aside(&freshness.words(context.now(), &zone))
}

fn answer(shown: &[RiskRow], desk: &Desk, freshness: &Freshness, currency: Currency) -> Value {
    let cannot_tell: Vec<_> = desk
        .cannot_tell
        .iter()
        .map(|(signal, accounts)| json!({ "signal": signal, "accounts": accounts }))
        .collect();
    json!({
        "data": freshness.json(),
        "risks": shown.iter().map(|row| shape::risk(row, currency)).collect::<Vec<_>>(),
        "open_risks": desk.day.risks,
        "accounts_at_risk": desk.day.at_risk,
        "total": desk.queue,
        "cannot_tell": cannot_tell,
    })
}

fn fields(row: &RiskRow, currency: Currency) -> Vec<String> {
    vec![
        words::warning_sign(row.warnings.first()).to_owned(),
        row.name.clone(),
        words::at_stake(row.at_stake, currency),
        row.notice_by.map_or("?".to_owned(), |day| day.to_string()),
        reasons(row),
    ]
}

/// Why an account is in the queue, worst first.
fn reasons(row: &RiskRow) -> String {
    let reasons = row.warnings.iter().map(|warning| warning.reason.as_str());
    reasons.collect::<Vec<_>>().join(" · ")
}

/// How much there is: `24 risks on 13 accounts · 15 accounts in the queue · 10 shown`.
fn counts(desk: &Desk, shown: usize) -> String {
    let mut parts = vec![
        format!("{} risks on {} accounts", desk.day.risks, desk.day.at_risk),
        format!("{} accounts in the queue", desk.queue),
    ];
    if shown < desk.queue as usize {
        parts.push(format!("{shown} shown"));
    }
    let untold: u32 = desk.cannot_tell.iter().map(|(_, accounts)| accounts).sum();
    if untold > 0 {
        parts.push(format!("cannot tell {untold}"));
    }
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::desk::Day;

    #[test]
    fn the_counts_are_those_of_the_day_and_of_the_queue() {
        let mut desk = Desk {
            queue: 15,
            day: Day {
                risks: 24,
                at_risk: 13,
                ..Day::default()
            },
            ..Desk::default()
        };
        let before = "24 risks on 13 accounts · 15 accounts in the queue";
        assert_eq!(counts(&desk, 15), before);
        desk.cannot_tell = vec![("usage-drop".to_owned(), 2)];
        assert_eq!(counts(&desk, 10), format!("{before} · 10 shown · cannot tell 2"));
    }
}
