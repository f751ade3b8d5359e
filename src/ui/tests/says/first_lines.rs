//! What the first lines say of the day, of the data and of the CRM.

use super::*;

#[test]
fn the_header_says_that_the_lists_are_the_former_models() {
    for width in [80, 120] {
        let mut model = loaded(width, 24);
        let mut says = |former| {
            update(&mut model, Msg::Sync(SyncMsg::ByFormerModel(former)));
            line(&screen(&mut model, ""), 0).contains("◆ scored by the former model")
        };
        assert!(says(true) && !says(false));
    }
}

#[test]
fn nothing_of_the_day_is_dropped_at_eighty_columns() {
    let mut model = loaded(80, 24);
    let mut desk = play::desk();
    (desk.day.risks, desk.day.handoffs_for_me) = (121, 13);
    let today = desk.due[1].clone();
    desk.due.truncate(1);
    desk.due.resize(36, today);
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
    let picture = screen(&mut model, "");
    for figure in [
        "ARR $479k",
        "at stake ≥$140k",
        "risks 121",
        "today 35",
        "late 1",
        "handoffs 13",
        "returned 1",
    ] {
        assert!(line(&picture, 1).contains(figure), "{figure}: {picture}");
    }
}

/// `>=` takes a cell more than `≥`.
#[test]
fn nothing_of_the_day_is_cut_in_ascii_either() {
    let mut model = loaded(80, 24);
    let mut desk = play::desk();
    (desk.day.risks, desk.day.handoffs_for_me, desk.day.arr.unknown) = (21, 3, 1);
    let today = desk.due[1].clone();
    desk.due.truncate(1);
    desk.due.resize(5, today);
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
    let ascii = Theme {
        ascii: true,
        ..Theme::default()
    };
    let picture = text(&buffer(&model, ascii));
    let day = line(&picture, 1);
    assert!(
        day.contains(">=$479k") && day.trim_end().ends_with("returned 1"),
        "{day}"
    );
}

#[test]
fn what_asks_for_something_today_shows_on_the_smallest_screen() {
    let picture = screen(&mut loaded(60, 16), "");
    assert!(
        line(&picture, 1).ends_with("today 2 late 1 handoffs 2 returned 1"),
        "{picture}"
    );
}

#[test]
fn data_beside_a_failed_sync_has_its_true_age() {
    for (hours, kind, said) in [
        (0, FailureKind::Sync, "data under 1 min old, sync failed"),
        (3, FailureKind::Sync, "data 3 h old, sync failed"),
        (26, FailureKind::Offline, "data 26 h old, offline"),
        (26, FailureKind::Unanswered, "data 26 h old, no answer"),
        (26, FailureKind::Trouble, "data 26 h old, the CRM has trouble"),
        (26, FailureKind::Limited, "data 26 h old, told to wait"),
    ] {
        let mut model = loaded(120, 36);
        let line = SyncLine {
            last_success: Some(play::ago(hours)),
            failed: Some(failure(kind)),
            ..SyncLine::default()
        };
        update(&mut model, Msg::Sync(SyncMsg::Progressed(line)));
        assert!(screen(&mut model, "").contains(said), "{said}");
        let open = screen(&mut model, "1 <enter>");
        assert!(open.contains(said), "an account that was read since: {open}");
    }
}

#[test]
fn before_the_first_sync_no_key_is_asked_for_and_no_count_is_zero() {
    let mut model = fresh(120, 36);
    model.sync.last_success = None;
    update(&mut model, Msg::Desk(DeskMsg::Loaded(None)));
    load_book(&mut model, Vec::new());
    let begins = screen(&mut model, "");
    assert!(begins.contains("the first sync begins"), "{begins}");
    assert!(!begins.contains("ctrl-r:") && !begins.contains("ctrl-r syncs"));
    update(
        &mut model,
        Msg::Desk(DeskMsg::Loaded(Some(Box::new(Desk::default())))),
    );
    let early = screen(&mut model, "");
    assert!(line(&early, 1).contains("risks ?"), "{early}");
    assert!(!early.contains("0 open"), "{early}");
    model.sync.failed = Some(failure(FailureKind::Sync));
    model.desk.desk = None;
    assert!(screen(&mut model, "").contains("ctrl-r reads the CRM"));
}

#[test]
fn the_first_line_says_what_keeps_the_crm_once_an_attempt_fails_and_no_more_once_one_succeeds() {
    let mut model = loaded(120, 36);
    let mut first = |minutes: i64, reach: Reach| {
        let now = play::now() + jiff::SignedDuration::from_mins(minutes);
        update(&mut model, Msg::Clock(now));
        update(&mut model, Msg::Sync(SyncMsg::Reached(reach)));
        line(&screen(&mut model, ""), 0).to_owned()
    };
    assert!(first(0, Reach::Answers).contains("● now"));
    let gone = first(1, Reach::Unreachable);
    assert!(gone.contains("▲ data 1 min old, offline"), "{gone}");
    // It is there, and only does not answer: since the first attempt that found it so.
    for minutes in [2, 4] {
        let silent = first(minutes, Reach::Silent);
        let told = format!("▲ data {minutes} min old, no answer since 08:52");
        assert!(silent.contains(&told) && !silent.contains("offline"), "{silent}");
    }
    // After a night the time alone would be one of today.
    let silent = first(24 * 60, Reach::Silent);
    assert!(silent.contains(", no answer since 23 Nov 08:52"), "{silent}");
    let back = first(24 * 60 + 1, Reach::Answers);
    assert!(!back.contains("no answer"), "{back}");
}

#[test]
fn drafts_are_in_the_first_line_and_stand_last_where_something_waits() {
    let mut model = loaded(120, 36);
    let mut first = |drafts: usize, waiting: u32| {
        let mut view = play::outbox::mixed();
        view.counts = OutboxCounts {
            waiting,
            ..OutboxCounts::default()
        };
        view.drafts = view.drafts.iter().cycle().take(drafts).cloned().collect();
        update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
        line(&screen(&mut model, ""), 0).to_owned()
    };
    assert!(!first(0, 0).contains("draft"));
    assert!(first(1, 0).trim_end().ends_with("   1 draft"), "{}", first(1, 0));
    assert!(first(2, 0).trim_end().ends_with("   2 drafts"));
    let both = first(1, 1);
    let at = |words: &str| both.find(words);
    assert!(
        at("1 draft") < at("● now") && at("● now") < at("1 to send"),
        "{both}"
    );
    assert!(at("1 draft").is_some(), "{both}");
}
