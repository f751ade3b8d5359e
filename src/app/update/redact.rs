//! Everything is masked, or shown again: what the model knew goes, and is read anew.

use crate::app::action::Action;
use crate::app::cmd::{Cmd, Replaced};
use crate::app::failure::Failure;
use crate::app::model::{Model, Selected, Start};
use crate::app::redaction::Behind;
use crate::app::sync_line::SyncLine;
use crate::domain::record::RecordId;

/// Masks what is secret, or shows it again.
pub(super) fn toggle(model: &mut Model) -> Vec<Cmd> {
    if let Some(why) = stands_in_the_way(model) {
        model.told = Some(format!("{}: {why}", Action::Redact.info().name));
        return Vec::new();
    }
    let on = !model.is_redacted();
    let selected = model.selected.take().map(|selected| selected.id);
    let account = model
        .account
        .take()
        .filter(|_| model.standup.is_none())
        .map(|account| account.id);
    let standup = model.standup.take();
    let former = begin_anew(model, on);
    model.selected = selected.map(|id| Selected { id, row: None });
    // First of all: what is read from now on is read for others, or for me.
    let mut orders = vec![
        Cmd::Redact { on },
        Cmd::Discard(Replaced::Book(former.accounts.book)),
    ];
    orders.extend(former.desk.desk.map(|desk| Cmd::Discard(Replaced::Desk(desk))));
    orders.extend(model.first_orders());
    if let Some(standup) = standup {
        // It goes on where it was with one key.
        orders.extend(super::standup::reopen(model, &standup));
    } else if let Some(id) = account {
        // Its id is nobody's to see either.
        let name = if on { "…".to_owned() } else { id.to_string() };
        orders.extend(reopened(model, id, name));
    }
    let told = if on {
        "redacted: people, customers and money are masked, and nothing is written; R shows everything again"
    } else {
        "everything shows again"
    };
    model.told = Some(told.to_owned());
    orders
}

/// The account is opened again; what it is called is known once it is read.
fn reopened(model: &mut Model, id: RecordId, name: String) -> Vec<Cmd> {
    let orders = super::account::open_of(model, id, name);
    // It was asked for in the CRM when it was opened.
    orders
        .into_iter()
        .filter(|order| !matches!(order, Cmd::ReadAccount { .. }))
        .collect()
}

/// Why it has to wait, if it has to: what was typed or ordered is not to be lost.
fn stands_in_the_way(model: &Model) -> Option<&'static str> {
    let is_noting = model.standup.as_ref().is_some_and(|one| !one.noting.is_empty());
    if is_noting || !model.outbox.writing.is_empty() || model.outbox.awaited.is_some() {
        Some("one moment: what was done is being kept")
    } else if !model.overlays.is_empty() {
        Some("close what is open first")
    } else {
        None
    }
}

/// The model as it was before anything was read; gives the former one.
fn begin_anew(model: &mut Model, redacted: bool) -> Model {
    let before = model.redacted.take().unwrap_or_else(|| Behind {
        currency: model.currency,
        acts: std::mem::take(&mut model.outbox.acts),
        failures: std::mem::take(&mut model.failures),
    });
    let mut fresh = Model::new(Start {
        tenant: model.tenant.clone(),
        scope: model.scope,
        means: model.outbox.means.clone(),
        currency: before.currency,
        zone: model.zone.clone(),
        now: model.now,
        size: model.size,
        keymap: model.keymap.clone(),
        sync: SyncLine {
            // The words of both are told anew with the first page.
            failed: None,
            notes: Vec::new(),
            ..model.sync.clone()
        },
        standing: model.standing.clone(),
        loss: None,
        standup: None,
        redacted,
    });
    if redacted {
        fresh.failures = before.failures.iter().map(Failure::redacted).collect();
        fresh.redacted = Some(before);
    } else {
        fresh.failures = before.failures;
        fresh.outbox.acts = before.acts;
    }
    // Answers to what was ordered before come to nobody.
    fresh.run = model.run;
    fresh.pane = model.pane;
    fresh.full = model.full;
    fresh.accounts.sort = model.accounts.sort;
    fresh.by_former_model = model.by_former_model;
    fresh.reach = model.reach;
    std::mem::replace(model, fresh)
}
