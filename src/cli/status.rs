//! `retain status`: the day in one short line, for a status bar.

use serde_json::json;

use crate::domain::desk::Desk;

use super::CliError;
use super::context::Context;
use super::shape;

/// Print the day in one line, for a status bar or a script
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How it is written
    #[arg(long, value_enum, default_value_t = Format::Plain)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Plain,
    /// For tmux's status line: nothing where there is nothing, `?` where nothing was synced yet
    Tmux,
}

/// Prints the line.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace()?;
    if args.format == Format::Tmux && !context.output.is_json() {
        // A status line shows every error as noise: what is not known is a question mark there.
        let desk = workplace
            .cache()
            .ok()
            .and_then(|cache| cache.desk().ok().flatten());
        return context.output.line(&desk.as_ref().map_or("?".to_owned(), tmux));
    }
    let desk = workplace.desk()?;
    if context.output.is_json() {
        let (day, currency) = (&desk.day, shape::currency(&workplace.setup));
        return context.output.json(&json!({
            "arr": shape::sum(&day.arr, currency),
            "at_stake": shape::sum(&day.at_stake, currency),
            "due_today": day.due_today,
            "late": day.late,
            "handoffs_for_me": day.handoffs_for_me,
            "handoffs_returned": day.handoffs_returned,
            "risks": day.at_risk,
        }));
    }
    context.output.line(&plain(&desk))
}

/// `▲2 ↩1 late 1`: accounts at risk, handoffs that came back or wait, what is late.
fn tmux(desk: &Desk) -> String {
    let part = |sign: &str, count: u32| (count > 0).then(|| format!("{sign}{count}"));
    let parts = [
        part("▲", desk.day.at_risk),
        part("↩", desk.day.handoffs_for_me),
        part("late ", desk.day.late),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn plain(desk: &Desk) -> String {
    let day = &desk.day;
    format!(
        "{} accounts at risk, {} due today, {} late, {} handoffs for me",
        day.at_risk, day.due_today, day.late, day.handoffs_for_me
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::desk::Day;

    #[test]
    fn tmux_says_what_there_is_and_nothing_else() {
        let day = Day {
            at_risk: 2,
            late: 1,
            handoffs_for_me: 1,
            ..Day::default()
        };
        let desk = Desk {
            day,
            ..Desk::default()
        };
        assert_eq!(tmux(&desk), "▲2 ↩1 late 1");
        assert_eq!(tmux(&Desk::default()), "");
    }
}
