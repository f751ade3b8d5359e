//! `retain risks`: the risk queue.

use serde_json::json;

use crate::cli::output::Column;
use crate::domain::words;

use super::CliError;
use super::accounts::symbol;
use super::context::Context;
use super::shape;

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
    let desk = workplace.desk()?;
    let currency = shape::currency(&workplace.setup);
    let shown = || desk.risks.iter().take(args.limit.unwrap_or(usize::MAX));
    if context.output.is_json() {
        let cannot_tell: Vec<_> = desk
            .cannot_tell
            .iter()
            .map(|(signal, accounts)| json!({ "signal": signal, "accounts": accounts }))
            .collect();
        return context.output.json(&json!({
            "risks": shown().map(|row| shape::risk(row, currency)).collect::<Vec<_>>(),
            "total": desk.queue,
            "cannot_tell": cannot_tell,
        }));
    }
    let rows: Vec<Vec<String>> = shown()
        .map(|row| {
            let reasons: Vec<&str> = row
                .warnings
                .iter()
                .map(|warning| warning.reason.as_str())
                .collect();
            vec![
                format!("{} {}", symbol(row.band), row.name),
                words::money(row.at_stake, currency),
                row.notice_by.map_or("?".to_owned(), |day| day.to_string()),
                reasons.join(" · "),
            ]
        })
        .collect();
    context.output.table(
        &[
            Column::words("account"),
            Column::number("at stake"),
            Column::words("notice by"),
            Column::words("why"),
        ],
        &rows,
    )
}
