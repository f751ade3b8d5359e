//! `retain status`: the day in one short line, for a status bar.

use serde_json::json;

use crate::domain::desk::{Desk, WarningKind};

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
    /// For tmux's status line: nothing where there is nothing
    Tmux,
}

/// Prints the line.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    let workplace = context.workplace()?;
    let desk = workplace.cache()?.desk()?.unwrap_or_default();
    if context.output.is_json() {
        let (day, currency) = (&desk.day, shape::currency(&workplace.setup));
        return context.output.json(&json!({
            "arr": shape::sum(&day.arr, currency),
            "at_stake": shape::sum(&day.at_stake, currency),
            "due_today": day.due_today,
            "late": day.late,
            "handoffs_for_me": day.handoffs_for_me,
            "handoffs_returned": day.handoffs_returned,
            "risks": at_risk(&desk),
        }));
    }
    match args.format {
        Format::Tmux => context.output.line(&tmux(&desk)),
        Format::Plain => context.output.line(&plain(&desk)),
    }
}

/// Accounts with an open risk that was not there before its signal was.
fn at_risk(desk: &Desk) -> usize {
    let is_risk = |row: &&crate::domain::desk::RiskRow| {
        row.warnings
            .iter()
            .any(|warning| warning.kind == WarningKind::Risk)
    };
    desk.risks.iter().filter(is_risk).count()
}

/// `▲2 ↩1 late 1`: accounts at risk, handoffs that came back or wait, what is late.
fn tmux(desk: &Desk) -> String {
    let part = |sign: &str, count: u32| (count > 0).then(|| format!("{sign}{count}"));
    let parts = [
        part("▲", at_risk(desk) as u32),
        part("↩", desk.day.handoffs_for_me),
        part("late ", desk.day.late),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn plain(desk: &Desk) -> String {
    let day = &desk.day;
    format!(
        "{} accounts at risk, {} due today, {} late, {} handoffs for me",
        at_risk(desk),
        day.due_today,
        day.late,
        day.handoffs_for_me
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
            late: 1,
            handoffs_for_me: 1,
            ..Day::default()
        };
        let desk = Desk {
            day,
            ..Desk::default()
        };
        assert_eq!(tmux(&desk), "↩1 late 1");
        assert_eq!(tmux(&Desk::default()), "");
    }
}
