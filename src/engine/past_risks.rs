//! The warnings that were open at the end of a day, as they were known by then.

use jiff::Timestamp;

use crate::config::Setup;
use crate::domain::record::RecordId;
use crate::domain::risk;
use crate::domain::warning::{Life, Line};
use crate::store::{Cache, Ledger};

use super::EngineError;
use super::journal;
use super::lives;

/// A warning as it was known at the end of a day.
#[derive(Debug, Clone, PartialEq)]
pub struct PastRisk {
    /// The account.
    pub account: RecordId,
    /// Its name today, raw; its id where it has none any more.
    pub name: String,
    /// Where the warning stood.
    pub line: Line,
    /// Its life until then.
    pub life: Life,
}

/// The warnings whose condition held at an instant, by what the journal had noted until then: risks before chances
/// before defects, in each by what was at stake when they opened × urgency on that day.
pub fn risks_as_of(
    cache: &Cache,
    ledger: &Ledger,
    setup: &Setup,
    until: Timestamp,
) -> Result<Vec<PastRisk>, EngineError> {
    let mut found = Vec::new();
    for (account, events) in journal::by_account(ledger, &lives::kinds(), Some(until))? {
        let (lives, plans) = (
            lives::lives(&account, &events),
            lives::plans_of(&account, &events),
        );
        let holding: Vec<&Life> = lives
            .holding()
            .filter_map(|signal| lives.current(signal))
            .collect();
        if holding.is_empty() {
            continue;
        }
        let name = cache
            .summary(&account)?
            .map_or_else(|| account.to_string(), |line| line.name);
        for life in holding {
            found.push(PastRisk {
                account: account.clone(),
                name: name.clone(),
                line: Line::of(life, &plans, life.opened.level.clone()),
                life: life.clone(),
            });
        }
    }
    let today = setup.settings.day_of(until);
    found.sort_by_key(|one| {
        let opened = &one.life.opened;
        let urgency = risk::urgency(opened.decide_by, today);
        let rank = risk::rank(opened.at_stake, urgency);
        (opened.kind, -rank, one.account.clone(), opened.signal.clone())
    });
    Ok(found)
}
