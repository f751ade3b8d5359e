//! What is due and what is handed over, as others may see it.

use super::{Around, Mask, Redact};
use crate::domain::desk::{DueItem, DueKind, HandoffCard, InRun, PartOf, StepRef};
use crate::domain::handoff::{HandoffTask, Unlinked};

impl Redact for DueItem {
    fn redacted(self, mask: &Mask) -> Self {
        let Self {
            kind,
            record,
            title,
            account,
            account_name,
            due,
            at,
            body: _,
            owner,
            pending,
            step,
            of_handoff,
            task: _,
        } = self;
        let called = match &account {
            Some(account) => mask.account(account),
            None if account_name.is_empty() => String::new(),
            None => mask.account_called(&account_name),
        };
        let around = mask.around().name(&account_name, called.clone());
        Self {
            kind,
            record: mask.id(&record),
            title: match kind {
                DueKind::Step => around.words(&title),
                DueKind::Task | DueKind::Handoff | DueKind::Promise | DueKind::Complaint => {
                    Mask::text(&title)
                }
            },
            account: account.map(|account| mask.id(&account)),
            account_name: called,
            due,
            at,
            body: String::new(),
            owner: owner.map(|name| mask.person(&name)),
            pending,
            step: step.map(|step| step_of(step, &around)),
            of_handoff: of_handoff.map(|task| {
                let HandoffTask { handoff, asks, words } = task;
                HandoffTask {
                    handoff,
                    asks,
                    words: words.map(|words| Mask::text(&words)),
                }
            }),
            // What is there of a task is the base of a change, and nothing is changed meanwhile.
            task: None,
        }
    }
}

fn step_of(step: StepRef, around: &Around<'_>) -> StepRef {
    let StepRef {
        run,
        step,
        bulk,
        within,
    } = step;
    let words = |text: &String| around.words(text);
    StepRef {
        run,
        step,
        bulk: bulk.map(|part| {
            let PartOf {
                id,
                title,
                accounts,
                place,
                odd,
            } = part;
            PartOf {
                id,
                title: words(&title),
                accounts,
                place,
                odd: odd.as_ref().map(words),
            }
        }),
        within: within.map(|within| {
            let InRun {
                title,
                place,
                of,
                closed,
                waits,
                only_if,
                also,
            } = within;
            InRun {
                title: words(&title),
                place,
                of,
                closed,
                waits: waits.iter().map(words).collect(),
                only_if: only_if.as_ref().map(words),
                also: also.as_ref().map(words),
            }
        }),
    }
}

impl Redact for HandoffCard {
    fn redacted(self, mask: &Mask) -> Self {
        let Self {
            handoff,
            account,
            account_name: _,
            from_role,
            to_role,
            from,
            to,
            state,
            for_me,
            for_whom,
            text,
            subject,
            fields,
            when,
            answer_by,
            answer_at,
            last,
            gate,
            told,
            events: _,
        } = self;
        let person = |name: String| mask.person(&name);
        let text_of = |text: String| Mask::text(&text);
        Self {
            handoff,
            account_name: mask.account(&account),
            account: mask.id(&account),
            from_role,
            to_role,
            from: from.map(person),
            to: to.map(person),
            state,
            for_me,
            for_whom: for_whom.map(person),
            text: Mask::text(&text),
            subject: subject.map(text_of),
            fields,
            when,
            answer_by,
            answer_at,
            last,
            gate: gate.map(text_of),
            told: told.into_iter().map(text_of).collect(),
            events: Vec::new(),
        }
    }
}

impl Redact for Unlinked {
    fn redacted(self, mask: &Mask) -> Self {
        let Self {
            record,
            account,
            account_name: _,
            handoff,
            words,
            when,
        } = self;
        Self {
            record: mask.id(&record),
            account_name: mask.account(&account),
            account: mask.id(&account),
            handoff,
            words: Mask::text(&words),
            when,
        }
    }
}
