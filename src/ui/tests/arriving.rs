//! What is said while data arrives, or goes: at no moment what is not so.

use super::says::screen;
use super::*;
use crate::domain::money::Sum;

const NOTHING_YET: [&str; 4] = [
    "no data yet",
    "No accounts yet",
    "Nothing read yet",
    "1 Accounts 0",
];

fn synced(model: &mut Model) {
    let line = SyncLine {
        last_success: Some(model.now),
        ..SyncLine::default()
    };
    update(model, Msg::Sync(SyncMsg::Progressed(line)));
}

/// What each pane says, the rest of the screen with it.
fn panes(model: &mut Model) -> [String; 4] {
    ["1", "2", "3", "4"].map(|pane| screen(model, pane))
}

#[test]
fn from_the_end_of_the_first_sync_to_the_list_nothing_is_said_to_be_missing() {
    for (width, height) in SIZES {
        let mut model = fresh(width, height);
        model.sync = SyncLine::default();
        load_book(&mut model, Vec::new());
        update(&mut model, Msg::Desk(DeskMsg::Loaded(None)));
        assert!(screen(&mut model, "1").contains("the first sync begins"));
        synced(&mut model);
        for picture in panes(&mut model) {
            assert!(
                !NOTHING_YET.iter().any(|not_so| picture.contains(not_so)),
                "{picture}"
            );
            assert!(picture.contains("the first sync has ended, its accounts are still to be scored"));
        }
        update(
            &mut model,
            Msg::Desk(DeskMsg::Loaded(Some(Box::new(play::desk())))),
        );
        let picture = screen(&mut model, "1");
        assert!(
            !NOTHING_YET.iter().any(|not_so| picture.contains(not_so)),
            "{picture}"
        );
        load_book(&mut model, play::summaries());
        assert!(screen(&mut model, "1").contains("Juniper Freight"));
    }
}

#[test]
fn an_empty_crm_has_no_accounts_once_its_desk_is_there() {
    let mut model = empty(120, 36);
    synced(&mut model);
    assert_eq!(model.desk.desk.as_ref().unwrap().day.arr, Sum::default());
    let picture = screen(&mut model, "1");
    assert!(picture.contains("No accounts yet"), "{picture}");
}

#[test]
fn a_cache_that_cannot_be_read_or_is_gone_has_no_age() {
    for (width, height) in SIZES {
        let mut model = broken(width, height);
        synced(&mut model);
        let picture = screen(&mut model, "");
        let first = picture.lines().next().unwrap();
        assert!(first.ends_with("▲ cache unreadable"), "{first}");
        load_book(&mut model, play::summaries());
        assert!(screen(&mut model, "").lines().next().unwrap().ends_with("● now"));

        let mut model = loaded(width, height);
        synced(&mut model);
        // It was damaged, and is read as one that is not there.
        load_book(&mut model, Vec::new());
        update(&mut model, Msg::Desk(DeskMsg::Loaded(None)));
        let picture = screen(&mut model, "");
        let first = picture.lines().next().unwrap();
        assert!(first.ends_with("○ never synced"), "{first}");
    }
}
