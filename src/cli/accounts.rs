//! `retain accounts`: the account list.

use serde_json::json;

use crate::cli::output::Column;
use crate::domain::summary::{Band, Summary};
use crate::domain::words;

use super::CliError;
use super::context::Context;
use super::shape;

/// List accounts, worst first
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only accounts that have all these words in their name, former names, domain, segment, stage or CSM
    words: Vec<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

/// Prints the list.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace()?;
    let cache = workplace.cache()?;
    let wanted: Vec<String> = args.words.iter().map(|word| word.to_lowercase()).collect();
    let (mut found, mut total) = (Vec::new(), 0_usize);
    cache.each_summary(&mut |line| {
        if fits(&line, &wanted) {
            total += 1;
            if args.limit.is_none_or(|limit| found.len() < limit) {
                found.push(line);
            }
        }
    })?;
    let currency = shape::currency(&workplace.setup);
    if context.output.is_json() {
        let accounts: Vec<_> = found.iter().map(|line| shape::account(line, currency)).collect();
        return context
            .output
            .json(&json!({ "accounts": accounts, "total": total }));
    }
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|line| {
            let at_least = if line.arr_at_least { "≥" } else { "" };
            vec![
                line.id.to_string(),
                line.name.clone(),
                format!("{at_least}{}", words::money(line.arr, currency)),
                health(line),
                words::change(line.delta.map(i32::from)),
                line.notice_by
                    .or(line.ends)
                    .map_or("?".to_owned(), |day| day.to_string()),
                words::money(line.at_stake, currency),
                line.csm_name.clone().unwrap_or_else(|| "?".to_owned()),
            ]
        })
        .collect();
    context.output.table(
        &[
            Column::words("id"),
            Column::words("account"),
            Column::number("ARR"),
            Column::words("health"),
            Column::number("Δ"),
            Column::words("decide by"),
            Column::number("at stake"),
            Column::words("CSM"),
        ],
        &rows,
    )
}

/// Band and score as on the screen: `▲ 41`, `○ unk`.
pub fn health(line: &Summary) -> String {
    format!(
        "{} {}",
        symbol(line.band),
        line.score.map_or("unk".to_owned(), |score| score.to_string())
    )
}

/// The sign of a band.
pub fn symbol(band: Band) -> &'static str {
    match band {
        Band::Red => "▲",
        Band::Amber => "◆",
        Band::Green => "●",
        Band::Unknown => "○",
    }
}

fn fits(line: &Summary, wanted: &[String]) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let texts = [&line.domain, &line.segment, &line.stage, &line.csm_name];
    let all: Vec<String> = std::iter::once(&line.name)
        .chain(&line.former_names)
        .chain(texts.into_iter().flatten())
        .map(|text| text.to_lowercase())
        .collect();
    wanted
        .iter()
        .all(|word| all.iter().any(|text| text.contains(word.as_str())))
}
