//! What `notes` shows: what is wrong from the start, what the last sync left out, why the last one did not come to its end.

use super::*;
use crate::domain::reach::Reach;

fn shown(model: &Model) -> &str {
    model.failures.last().map_or("", |failure| &failure.summary)
}

/// The fixtures' cockpit, with what was wrong before it began.
fn begun(standing: Option<Failure>, loss: Option<Failure>) -> Model {
    let model = fresh(120, 36);
    Model::new(Start {
        tenant: model.tenant,
        scope: model.scope,
        means: model.outbox.means,
        currency: model.currency,
        zone: model.zone,
        now: model.now,
        size: model.size,
        keymap: model.keymap,
        sync: model.sync,
        standing,
        loss,
        standup: None,
        redacted: false,
    })
}

fn stands(model: &mut Model, failed: Option<Failure>, notes: &[&str]) {
    let line = SyncLine {
        last_success: Some(ago(1)),
        failed,
        notes: notes.iter().map(|note| (*note).to_owned()).collect(),
        ..SyncLine::default()
    };
    update(model, Msg::Sync(SyncMsg::Progressed(line)));
}

#[test]
fn a_mistake_in_the_configuration_shows_from_the_start_and_again_with_notes() {
    let mut model = begun(Some(failure(FailureKind::Configuration, "1 mistake")), None);
    assert_eq!(shown(&model), "1 mistake");
    play(&mut model, "X");
    assert_eq!(shown(&model), "");
    stands(&mut model, None, &[]);
    play(&mut model, ": type:notes <enter>");
    assert_eq!(shown(&model), "1 mistake");
    stands(&mut model, None, &["a file lacks a row"]);
    play(&mut model, "X X : type:notes <enter>");
    assert_eq!(shown(&model), "a file lacks a row");
    play(&mut model, "X");
    assert_eq!(shown(&model), "1 mistake");
}

#[test]
fn a_sync_that_did_not_come_to_its_end_has_not_read_everything() {
    let mut model = loaded(120, 36);
    play(&mut model, ": type:notes <enter>");
    let told = model.told.clone().unwrap_or_default();
    assert!(told.contains("the last sync has read everything"), "{told}");
    stands(
        &mut model,
        Some(failure(FailureKind::Sync, "the CRM gave up")),
        &[],
    );
    play(&mut model, "X : type:notes <enter>");
    assert_eq!(shown(&model), "the CRM gave up");
    stands(&mut model, None, &[]);
    update(&mut model, Msg::Sync(SyncMsg::Reached(Reach::Unreachable)));
    play(&mut model, ": type:notes <enter>");
    let told = model.told.clone().unwrap_or_default();
    assert!(told.contains("cannot be reached now"), "{told}");
}

#[test]
fn that_the_ledger_is_gone_shows_before_all_else_until_it_is_read() {
    let gone = failure(FailureKind::Loss, "the ledger is gone");
    let mut model = begun(Some(failure(FailureKind::Configuration, "1 mistake")), Some(gone));
    stands(
        &mut model,
        Some(failure(FailureKind::Sync, "the CRM gave up")),
        &["a note"],
    );
    // Whoever begins a new one tells the same once more.
    update(
        &mut model,
        Msg::Failed(failure(FailureKind::Storage, "the ledger is gone")),
    );
    assert_eq!(shown(&model), "the ledger is gone");
    assert_eq!(model.failures.len(), 4, "{:?}", model.failures);
    play(&mut model, "X");
    assert_eq!(shown(&model), "the CRM gave up");
}

#[test]
fn what_is_yet_to_come_is_not_told_as_just_now() {
    let model = fresh(120, 36);
    let moment = |when| reading::moment(&model, when);
    assert_eq!(moment(now()), "23 Nov 08:50, just now");
    assert_eq!(moment(ago(-2)), "23 Nov 10:50");
}
