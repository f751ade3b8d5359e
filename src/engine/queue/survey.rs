//! The look at all warnings and lines from which the queue is made: of each no more is kept than its order needs.

use super::{Alarm, Seen, Survey, narrow};
use crate::domain::risk;
use crate::domain::summary::Summary;
use crate::engine::EngineError;
use crate::engine::world::World;
use crate::store::Cache;

impl Survey {
    /// Reads all warnings and lines; each line is handed on.
    pub fn read(
        cache: &Cache,
        world: &World<'_>,
        each: &mut dyn FnMut(&Summary),
    ) -> Result<Self, EngineError> {
        Self::read_with(cache, world, false, each)
    }

    /// The same with the words that a filter looks at, if they are wanted.
    pub(super) fn read_with(
        cache: &Cache,
        world: &World<'_>,
        words: bool,
        each: &mut dyn FnMut(&Summary),
    ) -> Result<Self, EngineError> {
        let mut survey = Self::of_warnings(cache, words)?;
        survey.take_lines(cache, world, words, each)?;
        survey.leave_out_unlined();
        Ok(survey)
    }

    /// All warnings, and their accounts as far as warnings tell of them.
    fn of_warnings(cache: &Cache, words: bool) -> Result<Self, EngineError> {
        let mut survey = Self::default();
        cache.each_warning(&mut |warning| {
            let text = if words {
                narrow::said(&warning).into()
            } else {
                Box::default()
            };
            let last = survey.accounts.last();
            if last.is_none_or(|last| last.id != warning.account) {
                survey.accounts.push(Seen::unlined(warning.account));
            }
            survey.warnings.push(Alarm {
                account: survey.accounts.len() as u32 - 1,
                signal: survey.names.number(&warning.signal),
                kind: warning.kind,
                severity: warning.severity,
                shelf: warning.line.shelf(),
                since: warning.since,
                text,
            });
        })?;
        Ok(survey)
    }

    /// Adds what the lines of the accounts tell; each line is handed on.
    fn take_lines(
        &mut self,
        cache: &Cache,
        world: &World<'_>,
        words: bool,
        each: &mut dyn FnMut(&Summary),
    ) -> Result<(), EngineError> {
        let mut by_id: Vec<u32> = (0..self.accounts.len() as u32).collect();
        by_id.sort_unstable_by(|one, other| {
            let id = |place: &u32| &self.accounts[*place as usize].id;
            id(one).cmp(id(other))
        });
        let mut has_own = false;
        cache.each_summary(&mut |summary| {
            each(&summary);
            has_own |= summary.csm.is_some() && summary.csm == world.me;
            let segment = summary.segment.as_ref().filter(|_| !summary.has_churned());
            let segment = segment.map(|segment| self.names.number(segment));
            if let Some(segment) = segment {
                *self.sizes.entry(segment).or_default() += 1;
            }
            let place = by_id.binary_search_by(|place| self.accounts[*place as usize].id.cmp(&summary.id));
            let Ok(place) = place else { return };
            let seen = &mut self.accounts[by_id[place] as usize];
            *seen = Seen {
                text: if words {
                    narrow::called(&summary).into()
                } else {
                    Box::default()
                },
                rank: risk::rank_of(&summary, world.today),
                worst: summary.worst,
                at_stake: summary.at_stake,
                csm: summary.csm.as_ref().map(|csm| self.names.number(csm.as_str())),
                id: summary.id,
                segment,
                has_line: true,
            };
        })?;
        let mine = world.me.iter().chain(&world.covered);
        let mine = mine.map(|one| self.names.number(one.as_str())).collect();
        self.only = (world.is_of_mine() && has_own).then_some(mine);
        Ok(())
    }

    /// A warning without a line is of an account that is gone.
    fn leave_out_unlined(&mut self) {
        let mut kept = 0;
        let places: Vec<Option<u32>> = self
            .accounts
            .iter()
            .map(|seen| {
                kept += u32::from(seen.has_line);
                seen.has_line.then(|| kept - 1)
            })
            .collect();
        self.accounts.retain(|seen| seen.has_line);
        self.warnings
            .retain_mut(|alarm| match places[alarm.account as usize] {
                Some(place) => {
                    alarm.account = place;
                    true
                }
                None => false,
            });
    }
}
