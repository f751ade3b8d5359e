//! The team's journal: its folder, who writes in it, and what is wrong with their files.

use jiff::tz::TimeZone;

use crate::config::Setup;
use crate::config::paths::ProfilePaths;
use crate::domain::text::SafeText;
use crate::domain::words;
use crate::runtime::team_journal::{Exchange, State};
use crate::store::{Ledger, StoreError, team_files};

use super::Report;

/// Tells of the folder and of each file in it; nothing is taken over.
pub(super) fn look(report: &mut Report, setup: &Setup, paths: &ProfilePaths) {
    let Some(shared) = setup.settings.team.folder() else {
        return;
    };
    if !shared.is_dir() {
        let what = format!("there is no folder {}", shared.display());
        return report.problem(
            what,
            "make it, or mount the disk that it is on; until then only you see what you say",
        );
    }
    if let Some(why) = team_files::exposure(shared) {
        let hint = format!("chmod o-rwx {}", shared.display());
        report.problem(format!("{}: {why}", shared.display()), hint);
    }
    // What else is wrong with it is told with the databases.
    let Ok(ledger) = Ledger::open_read_only(&paths.ledger_db) else {
        return report.note("nothing is exchanged yet", "run `retain sync` once");
    };
    match files(setup, &ledger) {
        Ok(None) => report.note("nothing is exchanged yet", "run `retain sync` once"),
        Ok(Some(states)) => {
            let zone = setup.settings.zone();
            for state in &states {
                file(report, state, &zone);
            }
            if states.is_empty() {
                report.fine("nobody has said anything yet");
            }
        }
        Err(error) => {
            let hint = "look at its owner and mode: you and your group must be able to read and write there";
            report.problem(error.to_string(), hint);
        }
    }
}

fn files(setup: &Setup, ledger: &Ledger) -> Result<Option<Vec<State>>, StoreError> {
    let exchange = Exchange::of(setup, ledger)?;
    exchange.map(|exchange| exchange.states(ledger)).transpose()
}

/// How one file stands.
fn file(report: &mut Report, state: &State, zone: &TimeZone) {
    let name = SafeText::line(&state.name).to_string();
    for fault in &state.mark.faults {
        let what = SafeText::line(&fault.words()).to_string();
        if fault.is_over() {
            report.note(format!("{name}: {what}"), "nothing is to be done if you know why");
            continue;
        }
        let hint = if state.own {
            "it is your own: take it away, and all of it is written anew"
        } else {
            "whoever writes it can take it away: their retain writes it anew; what is good in it counts"
        };
        report.problem(format!("{name}: {what}"), hint);
    }
    let lines = words::counted(state.mark.lines.saturating_sub(1), "event", "events");
    let newest = state.mark.newest.map_or_else(String::new, |newest| {
        let newest = newest.to_zoned(zone.clone());
        format!(", the newest of {}", newest.strftime("%Y-%m-%d %H:%M"))
    });
    let whose = if state.own { " (your own)" } else { "" };
    let read = format!("{name}{whose}: {lines} read{newest}");
    if state.behind {
        report.note(format!("{read}; more has come"), "the next command takes it over");
    } else if state.mark.faults.is_empty() {
        report.fine(read);
    }
}
