//! `retain status`: the day in one short line, for a status bar.

use crate::config::Setup;
use crate::domain::desk::{DUE, Known, NOT_YET, Told};
use crate::domain::money::Sum;
use crate::domain::outbox::OutboxCounts;
use crate::domain::record::Kind;
use crate::domain::words;
use crate::runtime::worker::lost_ledger;
use crate::store::Cache;

use super::CliError;
use super::context::{Context, Workplace, tell_notice};
use super::freshness::Freshness;
use super::outbox;
use super::output::Plain;
use super::shape::{self, Shape};
use super::team_journal;

/// Print the day in one line, for a status bar or a script
#[derive(Debug, clap::Args)]
#[command(
    after_help = "tmux: ▲ open risks, → handoffs for me, ↩ those among them that came back, what is \
    late, what is not sent, and the age of the data when the last sync failed; nothing where there is nothing, `?` for what is \
    not known: before the first sync, or where the key may not read it."
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
        team_journal::hear(&workplace, context.now());
        let counts = outbox::counts(&workplace).unwrap_or_default();
        let line = workplace
            .cache()
            .ok()
            .and_then(|cache| glance(&cache, &counts, &workplace, context));
        return context.output.line(&line.unwrap_or_else(|| "?".to_owned()));
    }
    let workplace = context.workplace_for_a_status_line(true)?;
    team_journal::hear(&workplace, context.now());
    lost_ledger(&workplace.paths).into_iter().for_each(tell_notice);
    let (cache, desk) = (workplace.cache()?, workplace.desk(context.now())?);
    let desk = context.masked(desk, &workplace);
    let freshness = Freshness::of(&cache, &workplace, context.now())?;
    let told = desk.told(freshness.has_synced());
    let counts = outbox::counts(&workplace)?;
    if context.output.is_text() {
        let age = freshness.words_of_lists(context.now(), &workplace.setup.settings.zone());
        let mut line = text(&told, &counts, &workplace.setup, &age);
        // That no sync has ended yet is said of the data as a whole.
        let of_the_day = [DUE, &[Kind::Contract]].concat();
        if let Some(why) = desk.unread.why(&of_the_day) {
            line = format!("{line}; ? unknown: {why}");
        }
        if let (true, Err(why)) = (freshness.has_synced(), &told.risks) {
            line = format!("{line}; risks unknown: {why}");
        }
        return context.output.line(&line);
    }
    context
        .output
        .values(&answer(&told, &counts, &freshness, &workplace), Plain::Values)
}

fn answer(
    told: &Told,
    counts: &OutboxCounts,
    freshness: &Freshness,
    workplace: &Workplace,
) -> serde_json::Value {
    let currency = shape::currency(&workplace.setup);
    let sum = |sum: &Option<Sum>| sum.as_ref().map(|sum| shape::sum(sum, currency));
    Shape::default()
        .with("data", freshness.json())
        .maybe("arr", sum(&told.arr), NOT_YET)
        .maybe("at_stake", sum(&told.at_stake), NOT_YET)
        .with("shared", told.shared)
        .known("due_today", &told.due_today)
        .known("late", &told.late)
        .known("handoffs_for_me", &told.handoffs_for_me)
        .known("handoffs_returned", &told.handoffs_returned)
        .known("handoffs_past_the_gate", &told.handoffs_past_the_gate)
        .known("risks", &told.risks)
        .known("accounts_at_risk", &told.at_risk)
        .with("outbox", counts)
        .done()
}

fn glance(cache: &Cache, counts: &OutboxCounts, workplace: &Workplace, context: &Context) -> Option<String> {
    let desk = workplace.desk_in(cache, context.now()).ok().flatten()?;
    let freshness = Freshness::of(cache, workplace, context.now()).ok()?;
    let old = freshness.when_failed(context.now(), &workplace.setup.settings.zone());
    Some(tmux(&desk.told(freshness.has_synced()), counts, old))
}

/// `▲2 ↩1 late 1`: the signs of the cockpit, and how many there are of each; nothing of what there is none, `?` where
/// that is not known.
fn tmux(told: &Told, outbox: &OutboxCounts, old: Option<String>) -> String {
    let part =
        |sign: &str, count: &Known| (*count != Ok(0)).then(|| format!("{sign}{}", words::known(count)));
    // Those that came back are among those for me: where these are unknown nothing more is said.
    let returned = told.handoffs_returned.as_ref().unwrap_or(&0);
    let counts = [
        part("▲", &told.risks),
        part("→", &told.handoffs_for_me),
        part("↩", &Ok(*returned)),
        part("late ", &told.late),
        part("outbox ", &Ok(outbox.open())),
    ];
    let counts = counts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    // A comma: `late 1 4 min old` would be two figures.
    let parts = [Some(counts).filter(|counts| !counts.is_empty()), old];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn text(told: &Told, counts: &OutboxCounts, setup: &Setup, freshness: &str) -> String {
    let currency = shape::currency(setup);
    let counted = |count: &Known, one: &str, other: &str| {
        let word = if *count == Ok(1) { one } else { other };
        format!("{} {word}", words::known(count))
    };
    let money = |sum: &Option<Sum>| {
        sum.as_ref()
            .map_or_else(|| "?".to_owned(), |sum| words::sum(sum, currency))
    };
    let shared = if told.shared {
        " of accounts shared with me"
    } else {
        ""
    };
    let outbox = outbox::in_words(counts).map_or(String::new(), |words| format!(", {words}"));
    let gate = match told.handoffs_past_the_gate {
        Ok(some) if some > 0 => format!(", {some} past the gate"),
        _ => String::new(),
    };
    format!(
        "ARR {}, at stake {}{shared}, {}, {} due today, {} late, {}{gate}{outbox}; {freshness}",
        money(&told.arr),
        money(&told.at_stake),
        counted(&told.risks, "risk", "risks"),
        words::known(&told.due_today),
        words::known(&told.late),
        counted(&told.handoffs_for_me, "handoff for me", "handoffs for me"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::desk::{Day, Desk};
    use crate::domain::unread::Unread;

    fn told(day: Day) -> Told {
        Desk {
            day,
            ..Desk::default()
        }
        .told(true)
    }

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
        assert_eq!(tmux(&told(day), &none, None), "▲2 →1 ↩1 late 1");
        assert_eq!(tmux(&told(Day::default()), &none, None), "");
        let some = OutboxCounts {
            waiting: 2,
            parked: 1,
            ..none
        };
        assert_eq!(tmux(&told(Day::default()), &some, None), "outbox 3");
    }

    #[test]
    fn handoffs_are_counted_as_in_the_cockpit_also_those_that_came_back() {
        let day = Day {
            handoffs_for_me: 3,
            handoffs_returned: 1,
            ..Day::default()
        };
        assert_eq!(
            tmux(&told(day), &OutboxCounts::default(), Some("3 h old".to_owned())),
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
            text(&told(day), &counts, &setup, "data from 08:41, 9 min old"),
            expected
        );
    }

    #[test]
    fn what_is_not_known_is_a_question_mark() {
        let none = OutboxCounts::default();
        let early = Desk::default().told(false);
        assert_eq!(tmux(&early, &none, None), "▲? →? late ?");
        assert_eq!(
            text(&early, &none, &Setup::default(), NOT_YET),
            "ARR ?, at stake ?, ? risks, ? due today, ? late, ? handoffs for me; no sync has come to its end yet"
        );
        let hidden = Desk {
            unread: Unread::new(vec![(Kind::Task, String::new())]),
            ..Desk::default()
        };
        assert_eq!(tmux(&hidden.told(true), &none, None), "late ?");
    }
}
