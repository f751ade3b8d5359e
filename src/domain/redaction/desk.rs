//! The desk and the lines of accounts as others may see them.

use std::collections::BTreeMap;

use super::{Around, Mask, Redact};
use crate::domain::desk::{
    Apart, Counts, Day, Desk, OpenOn, RiskRow, SegmentRow, Untold, UntoldAccount, Warning,
};
use crate::domain::money::Sum;
use crate::domain::summary::Summary;
use crate::domain::warning::{Closing, Level, Line, Snooze, Waking};

/// A sum of which nothing is told.
fn hidden(sum: Sum) -> Sum {
    Sum {
        known: 0,
        parts: 0,
        unknown: sum.parts + sum.unknown,
    }
}

impl Redact for Summary {
    fn redacted(self, mask: &Mask) -> Self {
        let Self {
            id,
            name: _,
            domain,
            former_names: _,
            arr,
            arr_at_least: _,
            score,
            band,
            last_band,
            coverage,
            delta,
            trend,
            measured,
            notice_by,
            ends,
            monthly,
            segment,
            stage,
            csm,
            csm_name,
            last_touch,
            at_stake,
            open_warnings,
            worst,
        } = self;
        Self {
            name: mask.account(&id),
            id: mask.id(&id),
            domain: domain.map(|domain| mask.address(&domain)),
            former_names: Vec::new(),
            arr: Mask::amount(arr),
            arr_at_least: false,
            score,
            band,
            last_band,
            coverage,
            delta,
            trend,
            measured,
            notice_by,
            ends,
            monthly,
            segment,
            stage,
            csm: csm.map(|csm| mask.id(&csm)),
            csm_name: csm_name.map(|name| mask.person(&name)),
            last_touch,
            at_stake: Mask::amount(at_stake),
            open_warnings,
            worst,
        }
    }
}

impl Redact for RiskRow {
    fn redacted(self, mask: &Mask) -> Self {
        let Self {
            account,
            name,
            warnings,
            at_stake,
            arr,
            notice_by,
            ends,
            score,
            band,
            csm,
            segment,
        } = self;
        let around = mask.around().name(&name, mask.account(&account));
        Self {
            account: mask.id(&account),
            name: mask.account(&account),
            warnings: warnings
                .into_iter()
                .map(|one| warning(one, &around, mask))
                .collect(),
            at_stake: Mask::amount(at_stake),
            arr: Mask::amount(arr),
            notice_by,
            ends,
            score,
            band,
            csm: csm.map(|name| mask.person(&name)),
            segment,
        }
    }
}

/// A warning, with what may stand in its reason.
pub(super) fn warning(warning: Warning, around: &Around<'_>, mask: &Mask) -> Warning {
    let Warning {
        account,
        signal,
        version,
        kind,
        severity,
        reason,
        evidence,
        since,
        standing,
        line,
    } = warning;
    Warning {
        account: mask.id(&account),
        signal,
        version,
        kind,
        severity,
        reason: around.words(&reason),
        evidence: evidence
            .into_iter()
            .map(|(name, value)| (name, around.words(&value)))
            .collect(),
        since,
        standing,
        line: standing_of(line, around, mask),
    }
}

/// Where a warning stands.
fn standing_of(line: Line, around: &Around<'_>, mask: &Mask) -> Line {
    let Line {
        stages,
        held,
        snoozed,
        woke,
        closed,
        again,
        level,
        worse_from,
        rearms,
        playbook,
        basis,
        decide_by,
    } = line;
    let both = |(then, now): (String, String)| (around.words(&then), around.words(&now));
    Line {
        stages,
        held,
        snoozed: snoozed.map(|snooze| {
            let Snooze {
                until,
                or_worse,
                why,
                by,
                since,
            } = snooze;
            Snooze {
                until,
                or_worse,
                why: Mask::text(&why),
                by: mask.address(&by),
                since,
            }
        }),
        woke: woke.map(|woke| match woke {
            Waking::Date(day) => Waking::Date(day),
            Waking::Worse(then, now) => {
                let (then, now) = both((then, now));
                Waking::Worse(then, now)
            }
        }),
        closed: closed.map(|closing| {
            let Closing { verdict, why, by, at } = closing;
            Closing {
                verdict,
                why: Mask::text(&why),
                by: mask.address(&by),
                at,
            }
        }),
        again: again.map(both),
        level: Level {
            gauge: None,
            words: around.words(&level.words),
            band: level.band,
        },
        worse_from: worse_from.map(|words| around.words(&words)),
        rearms,
        playbook,
        basis,
        decide_by,
    }
}

impl Redact for SegmentRow {
    fn redacted(self, mask: &Mask) -> Self {
        let Self {
            segment,
            signal,
            kind,
            severity,
            accounts,
            of,
            at_stake,
            rows,
            place,
        } = self;
        Self {
            segment,
            signal,
            kind,
            severity,
            accounts,
            of,
            at_stake: hidden(at_stake),
            rows: rows.redacted(mask),
            place,
        }
    }
}

impl Redact for Untold {
    fn redacted(self, mask: &Mask) -> Self {
        let Self { signal, accounts } = self;
        let account = |one: UntoldAccount| {
            let UntoldAccount { id, name: _, unknown } = one;
            UntoldAccount {
                name: mask.account(&id),
                id: mask.id(&id),
                unknown,
            }
        };
        Self {
            signal,
            accounts: accounts.into_iter().map(account).collect(),
        }
    }
}

impl Redact for Day {
    fn redacted(self, _: &Mask) -> Self {
        let Self {
            arr,
            at_stake,
            shared,
            due_today,
            late,
            handoffs_for_me,
            handoffs_returned,
            handoffs_past_the_gate,
            risks,
            at_risk,
        } = self;
        Self {
            arr: hidden(arr),
            at_stake: hidden(at_stake),
            shared,
            due_today,
            late,
            handoffs_for_me,
            handoffs_returned,
            handoffs_past_the_gate,
            risks,
            at_risk,
        }
    }
}

fn counted(counts: Counts) -> Counts {
    let Counts { open, on, lists } = counts;
    Counts {
        open,
        on: on.map(|on| OpenOn {
            accounts: on.accounts,
            at_stake: hidden(on.at_stake),
        }),
        lists,
    }
}

impl Redact for Desk {
    fn redacted(self, mask: &Mask) -> Self {
        let Self {
            risks,
            queue,
            cannot_tell,
            untold,
            segments,
            apart,
            counts,
            due,
            answers,
            arr: _,
            handoffs,
            unlinked,
            day,
            unread,
            signals_faulty,
            unjudged,
        } = self;
        let Apart {
            held,
            snoozed,
            closed,
        } = apart;
        Self {
            risks: risks.redacted(mask),
            queue,
            cannot_tell,
            untold: untold.redacted(mask),
            segments: segments.redacted(mask),
            apart: Apart {
                held: held.redacted(mask),
                snoozed: snoozed.redacted(mask),
                closed: closed.redacted(mask),
            },
            counts: counted(counts),
            due: due.redacted(mask),
            answers: answers.redacted(mask),
            arr: BTreeMap::new(),
            handoffs: handoffs.redacted(mask),
            unlinked: unlinked.redacted(mask),
            day: day.redacted(mask),
            unread,
            signals_faulty,
            unjudged,
        }
    }
}
