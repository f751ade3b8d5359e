//! What keys and messages change: most of the cockpit's behaviour, without a terminal.
#![allow(clippy::unwrap_used, clippy::format_push_string)]

mod alarms;
mod bulk;
mod desks;
mod edits;
mod following;
mod forms;
mod goals;
mod handoffs;
mod holding;
mod keeping;
mod keys;
mod large;
mod notes;
mod nps;
mod opening;
mod outbox;
mod outbox_screen;
mod overlays;
mod plays;
mod read_only;
mod redaction;
mod replies;
mod routing;
mod runs;
mod standup;
mod standup_of_fourteen;
mod steps;
mod team;
mod theirs;
mod warnings;
mod what_if;
mod who;

use super::account::Part;
use super::layout::{Pane, Size};
use super::play::{
    ago, forbid_by_profile, forbid_writing, fresh, load_book, loaded, now, play, summaries, summary,
};
use super::sync_line::{Progress, SyncLine};
use super::*;
use jiff::SignedDuration;

use crate::domain::book::order::SortBy;

fn name(model: &Model) -> String {
    let list = &model.accounts;
    list.row_at(list.cursor.at)
        .map_or_else(String::new, |row| row.name().to_owned())
}

fn shown(model: &Model) -> Vec<String> {
    let list = &model.accounts;
    (0..list.rows.len())
        .map(|at| list.row_at(at).unwrap().name().to_owned())
        .collect()
}

fn failure(kind: FailureKind, summary: &str) -> Failure {
    Failure {
        kind,
        summary: summary.to_owned(),
        hint: None,
        detail: None,
    }
}

#[test]
fn the_selection_stays_on_its_account_when_data_arrives() {
    let mut model = loaded(120, 36);
    play(&mut model, "1 j j");
    assert_eq!(name(&model), "Marlow & Pike");
    let mut all = summaries();
    all[2].worst = 1_000;
    all.insert(0, summary(99, "Zeta", 1, Some(1), None, 5));
    load_book(&mut model, all);
    assert_eq!(name(&model), "Marlow & Pike");
    let selected = model.selected.as_ref().unwrap();
    assert_eq!(
        selected.row,
        model.accounts.book.find(&selected.id),
        "the row follows the new book"
    );
}

#[test]
fn a_list_that_nobody_moved_in_stays_at_its_top() {
    let mut model = loaded(120, 36);
    // The first sync goes on: whoever is worst so far comes to the top.
    let synced = model.sync.last_success.take();
    let mut all = summaries();
    all[0].worst = 1_000;
    load_book(&mut model, all.clone());
    assert_eq!(
        (name(&model).as_str(), model.accounts.cursor.at),
        ("Kestrel Foods", 0)
    );
    // Afterwards the cursor stays on what a person may be about to write on.
    model.sync.last_success = synced;
    all[1].worst = 2_000;
    load_book(&mut model, all);
    assert_eq!(name(&model), "Kestrel Foods");
    assert_eq!(
        model.selected.as_ref().map(|selected| selected.id.as_str()),
        Some("2")
    );
}

#[test]
fn the_first_page_shows_before_the_book_and_never_replaces_it() {
    let mut model = fresh(120, 36);
    let page: Vec<_> = summaries().into_iter().take(2).collect();
    update(&mut model, Msg::Book(BookMsg::FirstPageLoaded(page.clone())));
    assert_eq!(shown(&model), ["Juniper Freight", "Kestrel Foods"]);
    assert!(!model.is_idle(), "the book is still to come");
    load_book(&mut model, summaries());
    update(&mut model, Msg::Book(BookMsg::FirstPageLoaded(page)));
    assert_eq!(shown(&model).len(), 12);
}

#[test]
fn a_book_in_another_order_than_the_present_one_is_put_in_order() {
    let mut model = loaded(120, 36);
    play(&mut model, "1 s j j <enter>");
    assert_eq!(model.accounts.sort.by, SortBy::Arr);
    let book = std::sync::Arc::new(crate::domain::book::Book::from_summaries(summaries()));
    let sort = crate::domain::book::order::Sort::default();
    let rows = book.order(sort).into();
    update(&mut model, Msg::Book(BookMsg::Loaded { book, sort, rows }));
    assert_eq!(shown(&model)[1], "Kestrel Foods");
    assert_eq!(shown(&model)[2], "Marlow & Pike");
    assert_eq!(shown(&model)[3], "深圳云帆科技");
}

#[test]
fn the_filter_narrows_as_one_types_and_widens_again() {
    let mut model = loaded(120, 36);
    play(&mut model, "/ type:er");
    let two = shown(&model);
    play(&mut model, "type:v");
    assert_eq!(shown(&model), Vec::<String>::new());
    play(&mut model, "<backspace>");
    assert_eq!(shown(&model), two);
    play(&mut model, "<esc>");
    assert_eq!(shown(&model).len(), 12);
    assert!(!model.accounts.filtering);
}

#[test]
fn a_filter_that_is_kept_survives_new_data_and_goes_with_esc() {
    let mut model = loaded(120, 36);
    play(&mut model, "/ type:pike <enter>");
    load_book(&mut model, summaries());
    assert_eq!(shown(&model), ["Marlow & Pike"]);
    assert_eq!(model.accounts.arr.known, 6_100_000, "the sum is over what shows");
    play(&mut model, "<esc>");
    assert_eq!(
        (shown(&model).len(), name(&model).as_str()),
        (12, "Marlow & Pike")
    );
}

#[test]
fn letters_in_the_filter_are_text_and_no_actions() {
    let mut model = loaded(120, 36);
    let orders = play(&mut model, "/ type:q?:sjf");
    assert!(orders.is_empty());
    assert_eq!((model.accounts.filter.text(), model.full), ("q?:sjf", false));
}

#[test]
fn a_paste_never_acts_as_keys() {
    let mut model = loaded(120, 36);
    let paste = || Msg::Terminal(TerminalMsg::Pasted("q\u{3}\u{1b}\r\u{4}junip\n".to_owned()));
    assert!(update(&mut model, paste()).is_empty());
    assert_eq!(model.accounts.filter.text(), "");
    play(&mut model, "/");
    update(&mut model, paste());
    assert_eq!(model.accounts.filter.text(), "q junip ");
    play(&mut model, "<esc> :");
    assert!(update(&mut model, paste()).is_empty());
    assert!(!model.overlays.is_empty());
}

#[test]
fn a_stale_ranking_is_dropped() {
    let mut model = loaded(120, 36);
    play(&mut model, "/");
    let press = |model: &mut Model, key: &str| {
        let mut orders = update(model, Msg::Terminal(TerminalMsg::Key(key.parse().unwrap())));
        orders.pop()
    };
    press(&mut model, "~");
    let Some(Cmd::RankFuzzily { run, .. }) = press(&mut model, "j") else {
        panic!("no ranking")
    };
    press(&mut model, "u");
    assert!(!model.is_idle());
    update(
        &mut model,
        Msg::Book(BookMsg::Ranked {
            run,
            rows: vec![5].into(),
        }),
    );
    assert_eq!(
        shown(&model).len(),
        12,
        "the answer to `j` came after `u` was typed"
    );
}

#[test]
fn moving_in_any_list_moves_the_account_that_the_others_speak_of() {
    let mut model = loaded(120, 36);
    let id = |model: &Model| model.selected.as_ref().unwrap().id.to_string();
    for (keys, expected) in [("1", "1"), ("j", "2"), ("2 j j", "3"), ("3 j", "1"), ("4", "4")] {
        play(&mut model, keys);
        assert_eq!(id(&model), expected, "after {keys}");
    }
}

#[test]
fn sorting_previews_turns_around_and_goes_back() {
    let mut model = loaded(120, 36);
    play(&mut model, "1 s j j");
    assert_eq!(shown(&model)[0], "Juniper Freight");
    play(&mut model, "<space>");
    assert_eq!(shown(&model)[0], "Vela Robotics");
    play(&mut model, "<esc>");
    assert_eq!(model.accounts.sort, crate::domain::book::order::Sort::default());
}

#[test]
fn an_account_opens_from_every_list_and_esc_goes_back() {
    let mut model = loaded(120, 36);
    for (keys, id) in [("1", "1"), ("2 j", "2"), ("3 j j", "4"), ("4 j", "12")] {
        let orders = play(&mut model, &format!("{keys} <enter>"));
        assert!(
            matches!(
                &orders[orders.len() - 2..],
                [Cmd::OpenAccount { id: cached, .. }, Cmd::ReadAccount { id: read }]
                    if cached.as_str() == id && read.as_str() == id
            ),
            "{keys}: the cache at once, and the CRM"
        );
        play(&mut model, "<esc>");
        assert!(model.account.is_none());
    }
}

#[test]
fn an_account_that_was_read_anew_shows_anew_and_tells_its_own_age() {
    let mut model = loaded(120, 36);
    play(&mut model, "1 <enter>");
    model.sync.last_success = Some(ago(5));
    assert_eq!(
        model.data_until(),
        Some(ago(1)),
        "the account is newer than the rest"
    );
    let mut anew = |id: &str| update(&mut model, Msg::Account(AccountMsg::ReadAnew { id: id.into() }));
    assert!(anew("2").is_empty(), "another account was left meanwhile");
    assert!(matches!(anew("1")[..], [Cmd::OpenAccount { .. }]));
    play(&mut model, "<esc>");
    assert_eq!(model.data_until(), Some(ago(5)));
}

#[test]
fn a_stale_account_is_dropped_and_a_missing_one_says_so() {
    let mut model = loaded(120, 36);
    play(&mut model, "1 j <enter>");
    let account = model.account.as_ref().unwrap();
    assert!(account.view.is_none() && account.failure.is_some());
    let view = Some(Box::new(play::account()));
    update(
        &mut model,
        Msg::Account(AccountMsg::Loaded { run: RunId(1), view }),
    );
    assert!(model.account.as_ref().unwrap().view.is_none());
}

#[test]
fn a_changed_cache_is_read_again_with_the_old_content_in_place() {
    let mut model = loaded(120, 36);
    play(&mut model, "1 <enter> <tab>");
    let orders = update(&mut model, Msg::Sync(SyncMsg::CacheChanged));
    assert!(matches!(
        orders[..],
        [
            Cmd::LoadDesk,
            Cmd::LoadBook { .. },
            Cmd::LoadPeople,
            Cmd::OpenAccount { .. }
        ]
    ));
    let account = model.account.as_ref().unwrap();
    assert!(account.view.is_some() && account.part == Part::Next);
}

#[test]
fn failures_stay_until_dismissed_or_until_a_sync_succeeds() {
    let mut model = loaded(80, 24);
    update(
        &mut model,
        Msg::Failed(failure(FailureKind::Machine, "no clipboard")),
    );
    let line = SyncLine {
        failed: Some(failure(FailureKind::Offline, "no answer")),
        ..SyncLine::default()
    };
    update(&mut model, Msg::Sync(SyncMsg::Progressed(line.clone())));
    update(&mut model, Msg::Sync(SyncMsg::Progressed(line)));
    assert_eq!(model.failures.len(), 2, "the same failure is said once");
    update(&mut model, Msg::Sync(SyncMsg::Progressed(SyncLine::default())));
    assert_eq!(model.failures.len(), 1);
    play(&mut model, "X");
    assert!(model.failures.is_empty());
}

#[test]
fn what_a_sync_could_not_read_shows_until_dismissed_and_can_be_shown_again() {
    let mut model = loaded(120, 36);
    let line = |notes: &[&str]| {
        Msg::Sync(SyncMsg::Progressed(SyncLine {
            notes: notes.iter().map(|note| (*note).to_owned()).collect(),
            ..SyncLine::default()
        }))
    };
    update(
        &mut model,
        line(&["31 of 100 accounts are kept", "no ticket can be read"]),
    );
    update(
        &mut model,
        line(&["31 of 100 accounts are kept", "no ticket can be read"]),
    );
    let shown = |model: &Model| -> Vec<String> {
        model
            .failures
            .iter()
            .rev()
            .map(|one| one.summary.clone())
            .collect()
    };
    assert_eq!(
        shown(&model),
        ["31 of 100 accounts are kept", "no ticket can be read"]
    );
    play(&mut model, "X");
    assert_eq!(shown(&model), ["no ticket can be read"]);
    play(&mut model, ": type:notes <enter>");
    assert_eq!(shown(&model).len(), 2);
    update(&mut model, line(&["no ticket can be read"]));
    assert_eq!(
        shown(&model),
        ["no ticket can be read"],
        "what holds no more goes by itself"
    );
}

#[test]
fn an_action_that_is_not_available_says_why() {
    let mut model = loaded(120, 36);
    play(&mut model, "x");
    assert_eq!(
        model.told.as_deref(),
        Some("done: choose a task first, in the steps or under Next of an account")
    );
    play(&mut model, "j");
    assert_eq!(model.told, None, "it is gone at the next key");
    let under_way = Some(Progress {
        what: "accounts".to_owned(),
        done: 1,
        total: None,
        moved: None,
        limited: false,
    });
    update(
        &mut model,
        Msg::Sync(SyncMsg::Progressed(SyncLine {
            under_way,
            ..SyncLine::default()
        })),
    );
    assert!(play(&mut model, "ctrl-r").is_empty());
    assert_eq!(model.told.as_deref(), Some("sync: a sync is under way"));
    assert!(!model.is_idle());
}

#[test]
fn the_palette_runs_what_the_keys_run() {
    let mut model = loaded(120, 36);
    assert!(matches!(
        play(&mut model, ": type:sync <enter>")[..],
        [Cmd::SyncNow]
    ));
    assert!(matches!(
        play(&mut model, ": type:quit <enter>")[..],
        [Cmd::RecordLook, Cmd::Quit]
    ));
    forbid_by_profile(&mut model);
    assert!(matches!(
        play(&mut model, ": type:enable-writes <enter> y")[..],
        [Cmd::EnableWrites]
    ));
    play(&mut model, ": type:full <enter>");
    assert!(model.full && model.overlays.is_empty());
}

#[test]
fn q_leaves_the_innermost_screen() {
    let mut model = loaded(120, 36);
    assert!(
        play(&mut model, "1 f <enter> q")
            .iter()
            .all(|order| !matches!(order, Cmd::Quit))
    );
    assert!(model.account.is_none() && model.full);
    play(&mut model, "q");
    assert!(!model.full);
    assert!(matches!(play(&mut model, "q")[..], [Cmd::RecordLook, Cmd::Quit]));
}

#[test]
fn control_c_ends_whatever_is_open() {
    for keys in ["/", ":", "?", "s", "<enter>"] {
        let mut model = loaded(120, 36);
        play(&mut model, keys);
        assert!(
            matches!(play(&mut model, "ctrl-c").last(), Some(Cmd::Quit)),
            "in {keys}"
        );
    }
}

#[test]
fn copied_text_is_safe_and_follows_the_selected_item() {
    let mut model = loaded(120, 36);
    let mut all = summaries();
    all[0].name = "Jun\u{1b}]52;c;x\u{7}iper".to_owned();
    load_book(&mut model, all);
    let orders = play(&mut model, "1 g y");
    assert!(matches!(&orders[..], [Cmd::Copy { text }] if !text.chars().any(char::is_control)));
    let orders = play(&mut model, "<enter> <tab> <tab> <tab> <tab> <tab> y");
    assert!(matches!(orders.last(), Some(Cmd::Copy { text }) if text == "idris@juniper.example"));
}

#[test]
fn a_small_screen_opens_on_the_steps_and_a_large_one_on_the_accounts() {
    assert_eq!(fresh(80, 24).pane, Pane::Steps);
    assert_eq!(fresh(120, 36).pane, Pane::Accounts);
}

#[test]
fn the_day_turns_with_the_clock_in_the_persons_zone() {
    let mut model = loaded(120, 36);
    model.zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(-9));
    update(&mut model, Msg::Clock(now()));
    assert_eq!(model.today, jiff::civil::date(2026, 11, 22));
}

#[test]
fn deadlines_are_the_next_minute_of_an_age_the_spinner_or_midnight() {
    let mut model = fresh(120, 36);
    let seconds = |model: &Model| deadline(model).unwrap().duration_since(model.now).as_secs();
    assert_eq!(seconds(&model), 60);
    model.sync.last_success = Some(ago(3));
    assert_eq!(seconds(&model), 3_600);
    model.sync.last_success = None;
    assert_eq!(seconds(&model), 15 * 3_600 + 600, "midnight");
    model.sync.under_way = Some(Progress {
        what: "accounts".to_owned(),
        done: 0,
        total: None,
        moved: Some(model.now - SignedDuration::from_secs(59)),
        limited: false,
    });
    assert_eq!(
        deadline(&model).unwrap().duration_since(model.now),
        deadline::SPIN
    );
    // What stands still does not turn.
    let stalled_at = model.now + SignedDuration::from_secs(1);
    update(&mut model, Msg::Clock(stalled_at));
    assert_eq!(seconds(&model), 60);
}

#[test]
fn a_smaller_screen_keeps_the_selected_row_in_sight() {
    let mut model = loaded(120, 36);
    play(&mut model, "1 G");
    update(
        &mut model,
        Msg::Terminal(TerminalMsg::Resized(Size {
            width: 80,
            height: 16,
        })),
    );
    let (cursor, page) = (model.accounts.cursor, model.layout().list(Pane::Accounts).page());
    assert!(cursor.top <= cursor.at && cursor.at < cursor.top + page);
}

#[test]
fn an_account_of_my_list_that_is_anothers_is_told_apart() {
    let mut model = play::known(120, 36);
    let is_of_another = |model: &Model| model.is_of_another(model.accounts.row_at(0).unwrap());
    assert!(!is_of_another(&model));
    // I am called otherwise by now, and the lines are older.
    model.outbox.me.as_mut().unwrap().name = "Mara Vogt".to_owned();
    assert!(!is_of_another(&model));
    // A colleague is called as I am.
    let mut accounts = summaries();
    (accounts[0].csm, accounts[0].csm_name) = (Some("99".into()), Some("Mara Vogt".to_owned()));
    load_book(&mut model, accounts);
    assert!(is_of_another(&model));
    model.scope = crate::config::settings::Scope::All;
    assert!(!is_of_another(&model), "there they are the others' by right");
}
