//! `retain status`: the day in one short line, for a status bar.

use serde_json::json;

use crate::config::Setup;
use crate::domain::desk::Day;
use crate::domain::outbox::OutboxCounts;
use crate::domain::words;
use crate::runtime::worker::lost_ledger;
use crate::store::Cache;

use super::CliError;
use super::context::{Context, Workplace, tell_notice};
use super::freshness::Freshness;
use super::outbox;
use super::output::Plain;
use super::shape;

/// Print the day in one line, for a status bar or a script
#[derive(Debug, clap::Args)]
#[command(
    after_help = "tmux: ▲ open risks, → handoffs for me, ↩ those among them that came back, what is \
    late, what is not sent, and the age of the data when the last sync failed; nothing where there is nothing, `?` where nothing \
    was synced yet."
)]
pub struct Args {
    /// text for people, tmux for a status line in signs
    #[arg(long, value_enum, default_value_t = Format::Text, hide_possible_values = true)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Tmux,
}

/// Prints the line.
pub fn run(args: &Args, context: &Context) -> Result<(), CliError> {
    if args.format == Format::Tmux && context.output.is_text() {
        // A status line shows every error as noise: what is not known is a question mark there.
        let workplace = context.workplace_for_a_status_line(false)?;
        let counts = outbox::counts(&workplace).unwrap_or_default();
        let line = workplace
            .cache()
            .ok()
            .and_then(|cache| glance(&cache, &counts, &workplace, context));
        return context.output.line(&line.unwrap_or_else(|| "?".to_owned()));
    }
    let workplace = context.workplace_for_a_status_line(true)?;
    lost_ledger(&workplace.paths).into_iter().for_each(tell_notice);
    let (cache, day) = (workplace.cache()?, workplace.desk(context.now())?.day);
    let freshness = Freshness::of(&cache, &workplace, context.now())?;
    let counts = outbox::counts(&workplace)?;
    if context.output.is_text() {
        let freshness = freshness.words(context.now(), &workplace.setup.settings.zone());
        return context
            .output
            .line(&text(&day, &counts, &workplace.setup, &freshness));
    }
    context
        .output
        .values(&answer(&day, &counts, &freshness, &workplace), Plain::Values)
}

fn answer(
    day: &Day,
    counts: &OutboxCounts,
    freshness: &Freshness,
    workplace: &Workplace,
) -> serde_json::Value {
    let currency = shape::currency(&workplace.setup);
    json!({
        "data": freshness.json(),
        "arr": shape::sum(&day.arr, currency),
        "at_stake": shape::sum(&day.at_stake, currency),
        "due_today": day.due_today,
        "late": day.late,
        "handoffs_for_me": day.handoffs_for_me,
        "handoffs_returned": day.handoffs_returned,
        "risks": day.risks,
        "accounts_at_risk": day.at_risk,
        "outbox": counts,
    })
}

fn glance(cache: &Cache, counts: &OutboxCounts, workplace: &Workplace, context: &Context) -> Option<String> {
    let day = workplace.desk_in(cache, context.now()).ok().flatten()?.day;
    let freshness = Freshness::of(cache, workplace, context.now()).ok()?;
    Some(tmux(&day, counts, freshness.when_failed(context.now())))
}

/// `▲2 ↩1 late 1`: the signs of the cockpit, and how many there are of each.
fn tmux(day: &Day, outbox: &OutboxCounts, old: Option<String>) -> String {
    let part = |sign: &str, count: u32| (count > 0).then(|| format!("{sign}{count}"));
    let counts = [
        part("▲", day.risks),
        part("→", day.handoffs_for_me),
        part("↩", day.handoffs_returned),
        part("late ", day.late),
        part("outbox ", outbox.open()),
    ];
    let counts = counts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    // A comma: `late 1 4 min old` would be two figures.
    let parts = [Some(counts).filter(|counts| !counts.is_empty()), old];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn text(day: &Day, counts: &OutboxCounts, setup: &Setup, freshness: &str) -> String {
    let currency = shape::currency(setup);
    let risks = match day.risks {
        1 => "1 risk".to_owned(),
        risks => format!("{risks} risks"),
    };
    let handoffs = match day.handoffs_for_me {
        1 => "1 handoff for me".to_owned(),
        handoffs => format!("{handoffs} handoffs for me"),
    };
    let outbox = outbox::in_words(counts).map_or(String::new(), |words| format!(", {words}"));
    format!(
        "ARR {}, at stake {}, {risks}, {} due today, {} late, {handoffs}{outbox}; {freshness}",
        words::sum(&day.arr, currency),
        words::sum(&day.at_stake, currency),
        day.due_today,
        day.late,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tmux_says_what_there_is_and_nothing_else() {
        let day = Day {
            risks: 2,
            at_risk: 1,
            late: 1,
            handoffs_for_me: 1,
            handoffs_returned: 1,
            ..Day::default()
        };
        let none = OutboxCounts::default();
        assert_eq!(tmux(&day, &none, None), "▲2 →1 ↩1 late 1");
        assert_eq!(tmux(&Day::default(), &none, None), "");
        let some = OutboxCounts {
            waiting: 2,
            parked: 1,
            ..none
        };
        assert_eq!(tmux(&Day::default(), &some, None), "outbox 3");
    }

    #[test]
    fn handoffs_are_counted_as_in_the_cockpit_also_those_that_came_back() {
        let day = Day {
            handoffs_for_me: 3,
            handoffs_returned: 1,
            ..Day::default()
        };
        assert_eq!(
            tmux(&day, &OutboxCounts::default(), Some("3 h old".to_owned())),
            "→3 ↩1, 3 h old"
        );
    }

    #[test]
    fn people_read_the_day_in_one_line() {
        let day = Day {
            risks: 1,
            handoffs_for_me: 3,
            ..Day::default()
        };
        let expected =
            "ARR $0, at stake $0, 1 risk, 0 due today, 0 late, 3 handoffs for me; data from 08:41, 9 min old";
        let (counts, setup) = (OutboxCounts::default(), Setup::default());
        assert_eq!(
            text(&day, &counts, &setup, "data from 08:41, 9 min old"),
            expected
        );
    }
}
