//! What is not known, because the key may not read it or no sync has ended, is never shown as none.

use super::says::{line, screen};
use super::*;
use crate::domain::record::Kind;
use crate::domain::unread::Unread;

/// The fixtures with a key that may read neither tasks, notes nor contacts.
fn key_without_contacts(width: u16, height: u16) -> Model {
    let scope = || "crm.objects.contacts.read".to_owned();
    let unread = Unread::new(
        [Kind::Contact, Kind::Task, Kind::Note]
            .map(|kind| (kind, scope()))
            .into(),
    );
    let mut model = loaded(width, height);
    let desk = Desk {
        due: Vec::new(),
        handoffs: Vec::new(),
        unread: unread.clone(),
        ..play::desk()
    };
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
    play(&mut model, "1 <enter>");
    let mut view = play::account();
    (view.people, view.next, view.notes) = (Vec::new(), Vec::new(), Vec::new());
    view.unread = unread;
    if let Some(account) = &mut model.account {
        account.view = Some(Box::new(view));
    }
    model
}

#[test]
fn what_the_key_may_not_read_is_a_question_mark_and_never_none() {
    let mut model = key_without_contacts(120, 36);
    let account = screen(&mut model, "");
    for said in [
        "People  ?",
        "Next  ?",
        "Unknown: the CRM key may not read contacts",
        "(it lacks",
    ] {
        assert!(account.contains(said), "{said}: {account}");
    }
    for wrong in ["No contact", "Nothing is planned"] {
        assert!(!account.contains(wrong), "{wrong}: {account}");
    }
    let panes = screen(&mut model, "<esc>");
    assert!(
        line(&panes, 1).contains("due today ?") && line(&panes, 1).contains("late ?   handoffs ?"),
        "{panes}"
    );
    for said in [
        "? late · ? today",
        "4 Handoffs  ? for me",
        "What is due for you is not known:",
    ] {
        assert!(panes.contains(said), "{said}: {panes}");
    }
    assert!(!panes.contains("Nothing is due for you"), "{panes}");
    let tabs = screen(&mut key_without_contacts(80, 24), "<esc>");
    assert!(tabs.contains("3 Steps ?   4 Handoffs ?"), "{tabs}");
}

#[test]
fn nothing_is_zero_before_a_sync_has_ended_even_after_one_that_failed() {
    let mut model = empty(120, 36);
    let line = SyncLine {
        failed: Some(failure(FailureKind::Sync)),
        ..SyncLine::default()
    };
    update(&mut model, Msg::Sync(SyncMsg::Progressed(line)));
    let picture = screen(&mut model, "");
    assert!(
        picture.contains("risks ?") && picture.contains("No warnings are known yet"),
        "{picture}"
    );
}

#[test]
fn nothing_is_all_clear_until_signals_have_looked_at_what_the_first_sync_has_read() {
    let mut model = loaded(120, 36);
    let mut all = play::summaries();
    for line in &mut all {
        line.open_warnings = 0;
    }
    load_book(&mut model, all);
    let desk = Desk {
        unjudged: true,
        risks: Vec::new(),
        counts: crate::domain::desk::Counts::default(),
        cannot_tell: Vec::new(),
        untold: Vec::new(),
        ..play::desk()
    };
    update(
        &mut model,
        Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk.clone())))),
    );
    let picture = screen(&mut model, "3");
    for said in [
        "risks ?",
        "No warnings are known yet",
        "warnings not known yet",
        "○ signals are looking",
    ] {
        assert!(picture.contains(said), "{said}: {picture}");
    }
    for wrong in ["no open warning", "No open warning", "0 risks", "● now"] {
        assert!(!picture.contains(wrong), "{wrong}: {picture}");
    }
    // The same during the first sync, and after one that was cut off.
    model.sync.last_success = None;
    assert!(screen(&mut model, "").contains("warnings not known yet"));
    model.sync.last_success = Some(model.now);
    let desk = Desk {
        unjudged: false,
        ..desk
    };
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
    let picture = screen(&mut model, "");
    assert!(
        picture.contains("no open warning") && picture.contains("● now"),
        "{picture}"
    );
}

#[test]
fn a_first_sync_that_was_cut_off_is_told_with_what_it_has_read() {
    let mut model = loaded(120, 36);
    update(&mut model, Msg::Desk(DeskMsg::Loaded(None)));
    let mut stopped = |failed: Option<FailureKind>| {
        let line = SyncLine {
            failed: failed.map(failure),
            ..SyncLine::default()
        };
        update(&mut model, Msg::Sync(SyncMsg::Progressed(line)));
        let picture = screen(&mut model, "");
        assert!(!picture.contains("no data yet"), "{picture}");
        (line_of(&picture, 0), line_of(&picture, 1))
    };
    let (first, second) = stopped(Some(FailureKind::Storage));
    assert!(first.contains("▲ first sync not finished"), "{first}");
    assert!(
        second.contains("first sync not finished, 12 accounts so far"),
        "{second}"
    );
    let (first, _) = stopped(Some(FailureKind::Offline));
    assert!(first.contains("first sync not finished, offline"), "{first}");
    let (first, _) = stopped(None);
    assert!(first.contains("○ first sync not finished"), "{first}");
}

fn line_of(picture: &str, at: usize) -> String {
    line(picture, at).to_owned()
}
