//! A standup as others may see it: what it goes over, what was decided in it, and what was promised before.

use super::{Around, Mask, Redact};
use crate::domain::standup::{
    Agenda, Begun, Change, Decision, Ended, Held, Item, Line, Prepared, Promise, Said, Standing, Visit, What,
};

impl Redact for Prepared {
    fn redacted(self, mask: &Mask) -> Self {
        let Self { begun, open } = self;
        Self {
            begun: begun.redacted(mask),
            open: open.redacted(mask),
        }
    }
}

impl Redact for Begun {
    fn redacted(self, mask: &Mask) -> Self {
        let Self {
            standup,
            scope,
            title,
            by,
            local,
            since,
            since_local,
            first,
            minutes,
            accounts,
            agenda,
        } = self;
        Self {
            standup,
            scope: scope_key(scope, mask),
            title: mask.around().words(&title),
            by: mask.person(&by),
            local,
            since,
            since_local,
            first,
            minutes,
            accounts,
            agenda: agenda.redacted(mask),
        }
    }
}

/// The key of a scope names owners by their ids, or a segment: a program that reads it for others gets letters for it.
fn scope_key(key: String, mask: &Mask) -> String {
    if mask.for_programs {
        mask.letters("scope", &key).to_lowercase()
    } else {
        key
    }
}

impl Redact for Line {
    fn redacted(self, mask: &Mask) -> Self {
        let Self {
            account,
            name,
            head,
            changes,
            promises,
        } = self;
        let around = mask.around().name(&name, mask.account(&account));
        Self {
            name: mask.account(&account),
            account: mask.id(&account),
            head: around.words(&head),
            changes: changes.into_iter().map(|one| changed(one, &around)).collect(),
            promises: promises.redacted(mask),
        }
    }
}

fn changed(change: Change, around: &Around<'_>) -> Change {
    let Change { what, words, at } = change;
    Change {
        what,
        words: match what {
            // In these is what somebody wrote: a title, a question, a reason, or numbers that may be amounts.
            What::Late | What::HandoffReturned | What::WarningClosed | What::GoalMissed | What::GoalLook => {
                Mask::text(&words)
            }
            What::Left
            | What::BandWorse
            | What::BandBetter
            | What::BandOther
            | What::WarningNew
            | What::WarningWorse
            | What::WarningRecovered
            | What::Renewal
            | What::MovedOut => around.words(&words),
        },
        at,
    }
}

impl Redact for Promise {
    fn redacted(self, mask: &Mask) -> Self {
        let Self {
            standup,
            decision,
            account,
            name: _,
            who,
            what,
            by,
            standing,
        } = self;
        let person = |name: String| mask.person(&name);
        Self {
            standup,
            decision,
            name: mask.account(&account),
            account: mask.id(&account),
            who: who.map(person),
            what: Mask::text(&what),
            by,
            standing: match standing {
                Standing::Kept { by } => Standing::Kept { by: by.map(person) },
                Standing::NotKept { why, by } => Standing::NotKept {
                    why: Mask::text(&why),
                    by: person(by),
                },
                Standing::NoRecord => Standing::NoRecord,
                Standing::Ahead => Standing::Ahead,
            },
        }
    }
}

impl Redact for Said {
    fn redacted(self, mask: &Mask) -> Self {
        let Self { kept, why, by, at } = self;
        Self {
            kept,
            why: Mask::text(&why),
            by: mask.address(&by),
            at,
        }
    }
}

impl Redact for Decision {
    fn redacted(self, mask: &Mask) -> Self {
        let Self {
            id,
            account,
            name: _,
            kind,
            who,
            words,
            by,
            act,
            at,
            task,
            said,
        } = self;
        Self {
            id,
            name: mask.account(&account),
            account: mask.id(&account),
            kind,
            who: who.map(|name| mask.person(&name)),
            words: Mask::text(&words),
            by,
            act,
            at,
            task: task.map(|id| mask.id(&id)),
            said: said.redacted(mask),
        }
    }
}

impl Redact for Held {
    fn redacted(self, mask: &Mask) -> Self {
        let Self {
            id,
            begun,
            at,
            author,
            visits,
            decisions,
            said,
            ended,
        } = self;
        let visit = |visit: Visit| Visit {
            account: mask.id(&visit.account),
            ..visit
        };
        Self {
            id,
            begun: begun.redacted(mask),
            at,
            author: mask.address(&author),
            visits: visits.into_iter().map(visit).collect(),
            decisions: decisions.redacted(mask),
            said: said
                .into_iter()
                .map(|(decision, said)| (decision, said.redacted(mask)))
                .collect(),
            ended: ended.map(|(at, ended)| {
                let Ended {
                    standup,
                    local,
                    not_discussed,
                } = ended;
                let not_discussed = not_discussed.iter().map(|account| mask.id(account)).collect();
                let ended = Ended {
                    standup,
                    local,
                    not_discussed,
                };
                (at, ended)
            }),
        }
    }
}

impl Redact for Item {
    fn redacted(self, mask: &Mask) -> Self {
        let Self {
            line,
            changes,
            promises,
        } = self;
        let around = mask.around().name(&line.name, mask.account(&line.id));
        Self {
            changes: changes.into_iter().map(|one| changed(one, &around)).collect(),
            promises: promises.redacted(mask),
            line: line.redacted(mask),
        }
    }
}

impl Redact for Agenda {
    fn redacted(self, mask: &Mask) -> Self {
        let Self {
            mut scope,
            since,
            first,
            accounts,
            items,
            beside,
        } = self;
        scope.key = scope_key(scope.key, mask);
        scope.title = mask.around().words(&scope.title);
        Self {
            scope,
            since,
            first,
            accounts,
            items: items.redacted(mask),
            beside: beside.redacted(mask),
        }
    }
}
