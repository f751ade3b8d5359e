//! One account with everything around it, as others may see it.

use std::collections::BTreeMap;

use super::desk::warning;
use super::{Around, Mask, Redact};
use crate::domain::account_view::{
    AccountView, ContractLine, MeasureLine, NoteLine, Person, TicketLine, TimelineKind, TimelineLine, Why,
};
use crate::domain::handoff::Followed;
use crate::domain::health::what_if::WhatIf;

impl Redact for AccountView {
    fn redacted(self, mask: &Mask) -> Self {
        let Self {
            summary,
            link: _,
            commercial_owner,
            parent,
            entitlement,
            read_at,
            left_on,
            why,
            warnings,
            fixes,
            next,
            contracts,
            goals: _,
            timeline,
            people,
            tickets,
            notes,
            followed,
            handoffs,
            beside: _,
            handoff_tasks: _,
            plays: _,
            colleagues: _,
            over,
            applies,
            metrics: _,
            chart,
            too_few,
            what_if: _,
            editable: _,
            unread,
        } = self;
        let around = mask.around().name(&summary.name, mask.account(&summary.id));
        let around = people
            .iter()
            .map(|person| &person.name)
            .chain(&commercial_owner)
            .chain(&summary.csm_name)
            .fold(around, |around, name| around.name(name, mask.person(name)));
        let around = parent
            .iter()
            .chain(&summary.former_names)
            .fold(around, |around, name| {
                around.name(name, mask.account_called(name))
            });
        Self {
            link: None,
            commercial_owner: commercial_owner.as_ref().map(|name| mask.person(name)),
            parent: parent.as_ref().map(|name| mask.account_called(name)),
            entitlement,
            read_at,
            left_on,
            why: reasons(why, &around),
            warnings: warnings
                .into_iter()
                .map(|one| warning(one, &around, mask))
                .collect(),
            fixes,
            next: next.redacted(mask),
            contracts: contracts.redacted(mask),
            timeline: timeline
                .into_iter()
                .map(|line| happened(line, &around, mask))
                .collect(),
            people: people.redacted(mask),
            tickets: tickets.redacted(mask),
            notes: notes.redacted(mask),
            followed: followed.redacted(mask),
            handoffs: handoffs.redacted(mask),
            // What one acts with: nothing is done meanwhile, and texts are in all of it.
            beside: BTreeMap::new(),
            handoff_tasks: Vec::new(),
            plays: Vec::new(),
            colleagues: Vec::new(),
            editable: Vec::new(),
            what_if: WhatIf::default(),
            over,
            applies,
            // A metric may be an amount, and what is to be reached may be one.
            metrics: BTreeMap::new(),
            goals: Vec::new(),
            chart,
            too_few,
            unread,
            summary: summary.redacted(mask),
        }
    }
}

fn reasons(why: Why, around: &Around<'_>) -> Why {
    let Why {
        score,
        base_day,
        base_score,
        tenths,
        band_since,
        measures,
        coverage,
    } = why;
    let measure = |line: MeasureLine| {
        let MeasureLine {
            id,
            weight,
            points,
            change_tenths,
            words,
            freshness,
            observed,
            causes,
            percentile,
            observations: _,
        } = line;
        MeasureLine {
            id,
            weight,
            points,
            change_tenths,
            words: around.words(&words),
            freshness,
            observed,
            causes,
            percentile,
            observations: [None, None],
        }
    };
    Why {
        score,
        base_day,
        base_score,
        tenths,
        band_since,
        measures: measures.into_iter().map(measure).collect(),
        coverage,
    }
}

fn happened(line: TimelineLine, around: &Around<'_>, mask: &Mask) -> TimelineLine {
    let TimelineLine {
        when,
        kind,
        words,
        who,
        pending,
    } = line;
    let words = match kind {
        // Who says something of a warning says why, too.
        TimelineKind::Warning => format!("warning, {}", Mask::text(&words)),
        TimelineKind::Health | TimelineKind::Change => around.words(&words),
        TimelineKind::Touchpoint => format!("touchpoint, {}", Mask::text(&words)),
        TimelineKind::Note => format!("note, {}", Mask::text(&words)),
        TimelineKind::TicketOpened => format!("ticket, {}", Mask::text(&words)),
        TimelineKind::TicketClosed => format!("ticket closed, {}", Mask::text(&words)),
        TimelineKind::Contact => format!("contact, {}", Mask::text(&words)),
        TimelineKind::Survey => format!("answer to a survey, {}", Mask::text(&words)),
    };
    TimelineLine {
        when,
        kind,
        words,
        who: mask.person(&who),
        pending,
    }
}

impl Redact for ContractLine {
    fn redacted(self, mask: &Mask) -> Self {
        let Self {
            id,
            name: _,
            arr,
            start,
            end,
            notice_by,
            auto_renew,
            monthly,
            state,
        } = self;
        Self {
            name: mask.contract(&id),
            id: mask.id(&id),
            arr: mask.money(arr),
            start,
            end,
            notice_by,
            auto_renew,
            monthly,
            state,
        }
    }
}

impl Redact for Person {
    fn redacted(self, mask: &Mask) -> Self {
        let Self {
            id,
            name,
            role,
            title: _,
            email,
            left,
            left_on,
            last_touch,
        } = self;
        Self {
            id: mask.id(&id),
            name: mask.person(&name),
            role,
            // What is written on a card may be one person's alone.
            title: None,
            email: email.map(|email| mask.address(&email)),
            left,
            left_on,
            last_touch,
        }
    }
}

impl Redact for TicketLine {
    fn redacted(self, mask: &Mask) -> Self {
        let Self {
            id,
            subject,
            priority,
            opened,
            closed,
        } = self;
        Self {
            id: mask.id(&id),
            subject: Mask::text(&subject),
            priority,
            opened,
            closed,
        }
    }
}

impl Redact for NoteLine {
    fn redacted(self, mask: &Mask) -> Self {
        let Self {
            id,
            when,
            who,
            text,
            pending,
        } = self;
        Self {
            id: mask.id(&id),
            when,
            who: mask.person(&who),
            text: Mask::text(&text),
            pending,
        }
    }
}

impl Redact for Followed {
    fn redacted(self, mask: &Mask) -> Self {
        let Self {
            what,
            text,
            who,
            first,
            when,
            handoff,
            outcome: _,
        } = self;
        Self {
            what,
            text: Mask::text(&text),
            who: who.map(|name| mask.person(&name)),
            first: first.map(|text| Mask::text(&text)),
            when,
            handoff,
            outcome: None,
        }
    }
}
