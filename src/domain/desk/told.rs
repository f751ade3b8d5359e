//! The day as far as it is known: a count of what the key may not read, or before anything was read, is no zero.

use super::{Desk, Sum};
use crate::domain::record::Kind;

/// Why nothing can be said before the first sync.
pub const NOT_YET: &str = "no sync has come to its end yet";

/// Why nothing can be said of warnings when the first sync has only just ended.
pub const NOT_JUDGED: &str = "signals have not looked yet at what the first sync has read";

/// Why that no warning is open cannot be said while signals may be missing.
pub const SIGNALS_FAULTY: &str =
    "signals.toml has mistakes, so signals may be missing; `retain check` names them";

/// Kinds of which what is due for somebody is made: tasks, and handoffs, which are notes.
pub const DUE: &[Kind] = &[Kind::Task, Kind::Note];

/// A count, or why it is not known.
pub type Known = Result<u32, String>;

/// The day over the accounts in scope, as it may be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// ARR; `None` while no account was read.
    pub arr: Option<Sum>,
    /// At stake; `None` while no account was read.
    pub at_stake: Option<Sum>,
    /// Whether both are of accounts that are shared with me, as I look after none.
    pub shared: bool,
    /// Open warnings of kind risk.
    pub risks: Known,
    /// Accounts with one.
    pub at_risk: Known,
    /// What is due today and not late.
    pub due_today: Known,
    /// What is late.
    pub late: Known,
    /// Handoffs that wait for me.
    pub handoffs_for_me: Known,
    /// Those among them that came back.
    pub handoffs_returned: Known,
    /// Those open or accepted lately that somebody let pass without all that is required.
    pub handoffs_past_the_gate: Known,
}

impl Desk {
    /// The day as it may be shown; `has_synced` says whether a sync has ever come to its end. Signals look only after it;
    /// what was counted before is what was read so far.
    pub fn told(&self, has_synced: bool) -> Told {
        let day = &self.day;
        let judged = |count| {
            if has_synced && !self.unjudged {
                Ok(count)
            } else if has_synced {
                Err(NOT_JUDGED.to_owned())
            } else {
                Err(NOT_YET.to_owned())
            }
        };
        let counted = |count, kinds| match self.unread.why(kinds) {
            Some(why) => Err(why),
            None if count == 0 => judged(count),
            None => Ok(count),
        };
        // Where signals may be missing, those that are open are all that is known: that none is, is not.
        let warned = |count| match judged(count) {
            Ok(0) if self.signals_faulty => Err(SIGNALS_FAULTY.to_owned()),
            known => known,
        };
        let summed = |sum: Sum| (has_synced || sum.parts > 0).then_some(sum);
        Told {
            arr: summed(day.arr),
            at_stake: summed(day.at_stake),
            shared: day.shared,
            risks: warned(day.risks),
            at_risk: warned(day.at_risk),
            due_today: counted(day.due_today, DUE),
            late: counted(day.late, DUE),
            handoffs_for_me: counted(day.handoffs_for_me, &[Kind::Note]),
            handoffs_returned: counted(day.handoffs_returned, &[Kind::Note]),
            handoffs_past_the_gate: counted(day.handoffs_past_the_gate, &[Kind::Note]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::desk::Day;
    use crate::domain::unread::Unread;

    #[test]
    fn that_no_warning_is_open_is_not_known_while_signals_may_be_missing() {
        let mut desk = Desk {
            signals_faulty: true,
            ..Desk::default()
        };
        let why = Err(SIGNALS_FAULTY.to_owned());
        let told = desk.told(true);
        assert_eq!((told.risks, told.at_risk, told.late), (why.clone(), why, Ok(0)));
        desk.day.risks = 3;
        assert_eq!(desk.told(true).risks, Ok(3), "what is open is known");
    }

    #[test]
    fn nothing_is_all_clear_until_signals_have_looked_at_what_the_first_sync_has_read() {
        let mut desk = Desk {
            unjudged: true,
            ..Desk::default()
        };
        desk.day.late = 2;
        let told = desk.told(true);
        let why = Err(NOT_JUDGED.to_owned());
        assert_eq!((told.risks, told.at_risk, told.late), (why.clone(), why, Ok(2)));
        assert_eq!(desk.told(false).risks, Err(NOT_YET.to_owned()));
    }

    #[test]
    fn what_the_key_may_not_read_and_what_was_not_read_yet_is_no_zero() {
        let mut desk = Desk::default();
        let told = desk.told(true);
        assert_eq!(
            (told.risks, told.late, told.handoffs_for_me),
            (Ok(0), Ok(0), Ok(0))
        );
        let told = desk.told(false);
        assert_eq!(
            (told.arr, told.risks.is_err(), told.late.is_err()),
            (None, true, true)
        );
        let read_so_far = Day {
            late: 2,
            risks: 3,
            ..Day::default()
        };
        desk.day = read_so_far;
        let told = desk.told(false);
        assert_eq!((told.late, told.risks), (Ok(2), Err(NOT_YET.to_owned())));
        desk.unread = Unread::new(vec![(Kind::Task, "tasks.read".to_owned())]);
        let told = desk.told(true);
        let why = "the CRM key may not read tasks (it lacks tasks.read)";
        assert_eq!(
            (told.risks, told.late, told.handoffs_for_me),
            (Ok(3), Err(why.to_owned()), Ok(0)),
            "a playbook's step is known, but not how many are due in all"
        );
    }
}
