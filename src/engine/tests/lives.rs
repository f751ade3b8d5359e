//! Warnings over time: verdicts keep them silent, snoozes wake, the budget holds back, a segment speaks once.

use super::book::{Book, NOW, at};
use super::{all, falling, fired, warnings};
use crate::domain::desk::{Desk, WarningKind};
use crate::domain::record::RecordId;
use crate::domain::warning::alarms::Tally;
use crate::domain::warning::{
    Acknowledged, Closed, Shelf, Snoozed, Stage, Verdict, Waking, WarningEvent, What,
};
use crate::engine::{What as Which, account_view, alarms, note_warnings, refresh};
use crate::store::Ledger;

fn usage(book: &mut Book, id: &str, wau: &str, now: &str) {
    book.account(
        id,
        "Juniper Freight",
        &[("wau", wau), ("wau_updated_at", "2026-11-22T00:00:00Z")],
    );
    all(book, now);
}

fn act(book: &mut Book, what: What) -> Result<(), String> {
    let event = WarningEvent {
        account: RecordId::from("1"),
        what,
    };
    let noted = note_warnings(&mut book.ledger, &[event], at(NOW)).unwrap();
    noted.map_err(|late| late.to_string())?;
    all(book, NOW);
    Ok(())
}

fn close(book: &mut Book, verdict: Verdict) {
    let warning = warnings(book, "1").remove(0);
    let closed = Closed {
        signal: warning.signal,
        verdict,
        why: "summer".to_owned(),
        level: warning.line.level,
    };
    act(book, What::Closed(closed)).unwrap();
}

/// Lets the warning sleep until a day; without one until it is worse.
fn snooze(book: &mut Book, until: &str) {
    let warning = warnings(book, "1").remove(0);
    let snoozed = Snoozed {
        signal: warning.signal,
        until: until.parse().ok(),
        or_worse: true,
        why: String::new(),
        level: warning.line.level,
    };
    act(book, What::Snoozed(snoozed)).unwrap();
}

fn shelf(book: &Book, id: &str) -> Shelf {
    warnings(book, id)[0].line.shelf()
}

fn desk(book: &Book) -> Desk {
    book.cache.desk().unwrap().unwrap()
}

fn events(ledger: &Ledger, kind: &str) -> usize {
    ledger.events(None, &[kind]).unwrap().len()
}

#[test]
fn what_is_closed_is_silent_until_it_is_worse_by_rearm_or_has_cleared() {
    for verdict in Verdict::ALL {
        let mut book = falling();
        all(&mut book, NOW);
        close(&mut book, verdict);
        assert_eq!(shelf(&book, "1"), Shelf::Closed);
        assert_eq!((desk(&book).risks.len(), desk(&book).apart.closed.len()), (0, 1));
        let line = book.cache.summary(&"1".into()).unwrap().unwrap();
        assert_eq!(line.open_warnings, 0);
        // From −45 % to −52 %: less than the rearm of ten points.
        usage(&mut book, "1", "19", NOW);
        assert_eq!(shelf(&book, "1"), Shelf::Closed);
        usage(&mut book, "1", "17", NOW);
        assert_eq!(shelf(&book, "1"), Shelf::Queue);
        let again = warnings(&book, "1")[0].line.again.clone();
        assert_eq!(again, Some(("−45 %".to_owned(), "−57 %".to_owned())));
    }
}

#[test]
fn what_is_closed_speaks_again_when_it_cleared_and_holds_anew() {
    let mut book = falling();
    all(&mut book, NOW);
    close(&mut book, Verdict::Noise);
    usage(&mut book, "1", "39", NOW);
    assert_eq!(fired(&book, "1"), [""; 0]);
    usage(&mut book, "1", "22", NOW);
    assert_eq!(shelf(&book, "1"), Shelf::Queue);
    assert_eq!(events(&book.ledger, "warning-opened"), 2);
}

#[test]
fn the_timeline_names_a_signal_by_words_and_shows_no_template() {
    let mut book = falling();
    all(&mut book, NOW);
    let title = &usage_drop(&mut book).title;
    assert!(title.contains("{{"), "the control: {title}");
    close(&mut book, Verdict::Noise);
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
    let timeline = view.unwrap().unwrap().timeline;
    let words: Vec<&str> = timeline.iter().map(|line| line.words.as_str()).collect();
    assert!(words.iter().all(|words| !words.contains("{{")), "{words:?}");
    let closed = "usage drop: closed as noise";
    assert!(words.iter().any(|words| words.starts_with(closed)), "{words:?}");
}

#[test]
fn an_act_on_several_warnings_is_one_line_of_the_timeline_and_so_is_its_taking_back() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let fields = [
        ("wau", "10"),
        ("wau_updated_at", "2026-11-22T00:00:00Z"),
        ("seats_bought", "64"),
        ("seats_used", "63"),
    ];
    book.account("1", "Juniper Freight", &fields);
    all(&mut book, NOW);
    let signals: Vec<String> = warnings(&book, "1").into_iter().map(|one| one.signal).collect();
    assert!(signals.len() > 1, "the control: {signals:?}");
    let acknowledged = |signal: String| What::Acknowledged(Acknowledged { signal });
    let taken_back = |signal: String| What::TakenBack { signal };
    let mut minutes = 0;
    let mut act = |what: &dyn Fn(String) -> What| {
        minutes += 1;
        let events: Vec<WarningEvent> = signals
            .iter()
            .map(|signal| WarningEvent {
                account: RecordId::from("1"),
                what: what(signal.clone()),
            })
            .collect();
        let when = at(NOW) - jiff::SignedDuration::from_mins(10 - minutes);
        note_warnings(&mut book.ledger, &events, when).unwrap().unwrap();
    };
    act(&acknowledged);
    act(&taken_back);
    act(&acknowledged);
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
    let timeline = view.unwrap().unwrap().timeline;
    let words: Vec<&str> = timeline.iter().map(|line| line.words.as_str()).collect();
    let of = |act: &str| {
        let begin = format!("{} warnings: {act} (", signals.len());
        words.iter().filter(|words| words.starts_with(&begin)).count()
    };
    assert_eq!(
        (of("acknowledged"), of("the last act was taken back")),
        (2, 1),
        "{words:?}"
    );
    let about = |line: &&&str| line.contains("acknowledged") || line.contains("taken back");
    assert_eq!(words.iter().filter(about).count(), 3, "{words:?}");
}

#[test]
fn a_snooze_wakes_on_its_day_or_when_it_is_worse_and_says_which() {
    let mut book = falling();
    all(&mut book, NOW);
    snooze(&mut book, "2026-12-04");
    assert_eq!(shelf(&book, "1"), Shelf::Snoozed);
    assert_eq!(desk(&book).day.risks, 0, "what sleeps is not open");
    all(&mut book, "2026-12-03T09:00:00Z");
    assert_eq!(shelf(&book, "1"), Shelf::Snoozed);
    all(&mut book, "2026-12-04T09:00:00Z");
    let woke = warnings(&book, "1")[0].line.woke.clone();
    assert_eq!(woke, Some(Waking::Date("2026-12-04".parse().unwrap())));

    let mut book = falling();
    all(&mut book, NOW);
    snooze(&mut book, "2026-12-04");
    usage(&mut book, "1", "15", NOW);
    let woke = warnings(&book, "1")[0].line.woke.clone();
    let worse = Waking::Worse("−45 %".to_owned(), "−62 %".to_owned());
    assert_eq!(woke, Some(worse));
    assert_eq!(shelf(&book, "1"), Shelf::Queue);
}

#[test]
fn a_snooze_without_a_day_wakes_when_it_is_worse_and_not_before() {
    let mut book = falling();
    all(&mut book, NOW);
    snooze(&mut book, "");
    all(&mut book, "2027-01-20T09:00:00Z");
    assert_eq!(shelf(&book, "1"), Shelf::Snoozed, "no day wakes it");
    let said = warnings(&book, "1")[0].line.said("2026-11-23".parse().unwrap());
    assert_eq!(said.as_deref(), Some("until it is worse"));
    usage(&mut book, "1", "15", NOW);
    let woke = warnings(&book, "1")[0].line.woke.clone();
    assert!(matches!(woke, Some(Waking::Worse(..))), "{woke:?}");
}

#[test]
fn judging_twice_notes_nothing_twice_and_changes_no_byte() {
    let mut book = falling();
    all(&mut book, NOW);
    snooze(&mut book, "2026-12-04");
    let (before, seen) = (desk(&book), warnings(&book, "1"));
    let noted = book.ledger.events(None, &[]).unwrap().len();
    for _ in 0..3 {
        all(&mut book, NOW);
    }
    assert_eq!((desk(&book), warnings(&book, "1")), (before, seen));
    assert_eq!(book.ledger.events(None, &[]).unwrap().len(), noted);
}

#[test]
fn an_act_on_what_is_not_open_any_more_is_told_so_and_notes_nothing() {
    let mut book = falling();
    all(&mut book, NOW);
    close(&mut book, Verdict::Known);
    let late = act(
        &mut book,
        What::Acknowledged(Acknowledged {
            signal: "usage-drop".to_owned(),
        }),
    );
    assert!(late.unwrap_err().contains("closed"));
    assert_eq!(events(&book.ledger, "warning-acknowledged"), 0);
    let back = What::TakenBack {
        signal: "usage-drop".to_owned(),
    };
    act(&mut book, back).unwrap();
    assert_eq!(shelf(&book, "1"), Shelf::Queue);
}

/// Accounts that are well, each with a smaller contract than the one before.
fn team(accounts: usize) -> Book {
    let mut book = Book::new();
    for at in 1..=accounts {
        let id = at.to_string();
        book.healthy(&id, &format!("Account {id}"));
        let arr = (100_000 - at * 1_000).to_string();
        let terms = [
            ("contract_start", "2026-02-01"),
            ("contract_end", "2027-01-31"),
            ("hs_arr", arr.as_str()),
        ];
        book.deal(&format!("{id}-c"), &id, &terms, "closedwon");
    }
    all(&mut book, NOW);
    book.synced(LATER);
    book
}

const LATER: &str = "2026-11-25T09:00:00Z";

fn fall(book: &mut Book, id: &str, more: &[(&str, &str)]) {
    let usual = [("wau", "22"), ("wau_updated_at", "2026-11-25T00:00:00Z")];
    book.account(id, &format!("Account {id}"), &[&usual[..], more].concat());
    book.observe(id, "wau", &[("2026-11-24", "22")]);
}

#[test]
fn the_budget_lets_the_most_pressing_through_and_the_rest_on_the_next_day() {
    let mut book = team(5);
    for id in ["5", "4", "3", "2", "1"] {
        fall(&mut book, id, &[]);
    }
    all(&mut book, LATER);
    let names = |rows: &[crate::domain::desk::RiskRow]| -> Vec<String> {
        rows.iter().map(|row| row.account.to_string()).collect()
    };
    assert_eq!(names(&desk(&book).risks), ["1", "2", "3"]);
    assert_eq!(names(&desk(&book).apart.held), ["4", "5"]);
    assert_eq!(desk(&book).day.risks, 5, "what is held back is open");
    let at_stake = desk(&book).day.at_stake.known;
    all(&mut book, "2026-11-25T18:00:00Z");
    assert_eq!(
        names(&desk(&book).apart.held),
        ["4", "5"],
        "the day has one budget"
    );
    assert_eq!(desk(&book).day.at_stake.known, at_stake);
    all(&mut book, "2026-11-26T09:00:00Z");
    assert_eq!(desk(&book).apart.held, []);
    assert_eq!(desk(&book).risks.len(), 5);
}

#[test]
fn what_a_signal_says_of_more_than_a_fifth_of_a_segment_is_one_warning() {
    let mut book = team(10);
    let smb = [("customer_tier", "SMB")];
    for id in 1..=10 {
        let id = id.to_string();
        if id.parse::<u32>().unwrap() <= 3 {
            fall(&mut book, &id, &smb);
        } else {
            book.account(&id, &format!("Account {id}"), &[&smb[..], &WELL].concat());
        }
    }
    all(&mut book, LATER);
    let found = desk(&book);
    let segment = &found.segments[0];
    assert_eq!(
        (segment.accounts, segment.of, segment.kind),
        (3, 10, WarningKind::Risk)
    );
    assert_eq!(segment.rows[0].account.as_str(), "1");
    assert_eq!((found.risks.len(), found.queue, found.day.risks), (0, 3, 3));
    assert_eq!(events(&book.ledger, "warning-told"), 3, "one of the budget");
}

#[test]
fn what_joins_the_warning_of_a_segment_that_shows_already_takes_nothing_of_the_budget() {
    let mut book = team(10);
    book.setup.settings.warnings.budget = 1;
    let smb = [("customer_tier", "SMB")];
    for id in 1..10 {
        let (id, is_low) = (id.to_string(), id <= 3);
        if is_low {
            fall(&mut book, &id, &smb);
        } else {
            book.account(&id, &format!("Account {id}"), &[&smb[..], &WELL].concat());
        }
    }
    all(&mut book, LATER);
    assert_eq!(
        (desk(&book).segments[0].accounts, desk(&book).risks.len()),
        (3, 0)
    );
    // The next day one more of the segment, and one of another that is less pressing.
    fall(&mut book, "4", &smb);
    fall(&mut book, "10", &[]);
    all(&mut book, "2026-11-26T09:00:00Z");
    let found = desk(&book);
    assert_eq!(found.segments[0].accounts, 4);
    assert_eq!(found.risks[0].account.as_str(), "10", "the day's one");
    assert_eq!(found.apart.held, []);
    let joined = |account: &str| warnings(&book, account).iter().all(|one| !one.line.held);
    assert!(joined("4") && joined("10"));
}

/// Usage as it is of an account that is well.
const WELL: [(&str, &str); 2] = [("wau", "40"), ("wau_updated_at", "2026-11-25T00:00:00Z")];

#[test]
fn a_plan_shows_and_an_account_that_left_ends_its_warnings_as_lost() {
    let mut book = falling();
    all(&mut book, NOW);
    let planned = crate::domain::warning::Planned {
        signal: "usage-drop".to_owned(),
        why: "Ana calls".to_owned(),
    };
    act(&mut book, What::Planned(planned)).unwrap();
    assert_eq!(warnings(&book, "1")[0].line.stage(), Stage::Planned);
    book.account(
        "1",
        "Juniper Freight",
        &[("churn_date", "2026-11-20"), ("wau", "22")],
    );
    all(&mut book, NOW);
    assert!(!fired(&book, "1").contains(&"usage-drop".to_owned()));
    let cleared = book.ledger.events(None, &["warning-cleared"]).unwrap();
    assert_eq!(cleared[0].payload["lost"], true);
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
    let mut timeline = view.unwrap().unwrap().timeline.into_iter();
    assert!(timeline.any(|line| line.words.ends_with(": ended, the customer left")));
}

/// Takes the signal of falling usage out of the configuration.
fn without_usage_drop(book: &mut Book) {
    let signals = &mut book.setup.signals.signals;
    signals.retain(|signal| signal.id != "usage-drop");
}

/// The signal of falling usage as the book has it.
fn usage_drop(book: &mut Book) -> &mut crate::domain::signal::Signal {
    let mut signals = book.setup.signals.signals.iter_mut();
    signals.find(|signal| signal.id == "usage-drop").unwrap()
}

#[test]
fn a_signal_that_is_missing_by_a_mistake_in_its_file_ends_nothing() {
    for what in [Which::All, Which::Warnings] {
        let mut book = falling();
        all(&mut book, NOW);
        snooze(&mut book, "2026-12-04");
        let signals = book.setup.signals.clone();
        let noted = book.ledger.events(None, &[]).unwrap();
        without_usage_drop(&mut book);
        book.setup.signals_faulty = true;
        refresh(&mut book.cache, &mut book.ledger, &book.setup, what, at(NOW)).unwrap();
        assert_eq!(fired(&book, "1"), [""; 0], "nobody asks");
        book.setup.signals = signals;
        book.setup.signals_faulty = false;
        refresh(&mut book.cache, &mut book.ledger, &book.setup, what, at(NOW)).unwrap();
        assert_eq!(shelf(&book, "1"), Shelf::Snoozed);
        assert_eq!(book.ledger.events(None, &[]).unwrap(), noted);
    }
}

#[test]
fn what_a_signal_said_that_was_taken_out_is_withdrawn_and_goes_on_once_it_is_back() {
    for what in [Which::All, Which::Warnings, Which::Accounts(&["1".into()])] {
        let mut book = falling();
        all(&mut book, NOW);
        snooze(&mut book, "2026-12-04");
        let signals = book.setup.signals.clone();
        usage_drop(&mut book).version += 1;
        let newer = std::mem::replace(&mut book.setup.signals, signals.clone());
        without_usage_drop(&mut book);
        for _ in 0..2 {
            refresh(&mut book.cache, &mut book.ledger, &book.setup, what, at(NOW)).unwrap();
        }
        assert_eq!(fired(&book, "1"), [""; 0]);
        assert_eq!(events(&book.ledger, "warning-withdrawn"), 1, "{what:?}");
        assert_eq!(
            events(&book.ledger, "warning-cleared"),
            0,
            "neither recovered nor lost"
        );
        let lives = crate::engine::lives::lives(
            &"1".into(),
            &book
                .ledger
                .events(Some(&"1".into()), &crate::engine::lives::kinds())
                .unwrap(),
        );
        let stages: Vec<Stage> = lives.all().map(|life| life.stage(&[])).collect();
        assert_eq!(stages, [Stage::Withdrawn]);
        let report = alarms(&book.cache, &book.ledger, &book.setup, at(NOW), None).unwrap();
        let mut signals_told = report.signals.iter();
        let told = signals_told.find(|one| one.signal == "usage-drop").unwrap();
        let tally = &told.tally;
        assert_eq!((tally.open, tally.recovered, tally.withdrawn), (0, 0, 1));
        book.setup.signals = signals;
        refresh(&mut book.cache, &mut book.ledger, &book.setup, what, at(NOW)).unwrap();
        assert_eq!(shelf(&book, "1"), Shelf::Snoozed);
        assert_eq!(events(&book.ledger, "warning-opened"), 1);
        // Another version of its rule is another warning.
        without_usage_drop(&mut book);
        refresh(&mut book.cache, &mut book.ledger, &book.setup, what, at(NOW)).unwrap();
        book.setup.signals = newer;
        refresh(&mut book.cache, &mut book.ledger, &book.setup, what, at(NOW)).unwrap();
        assert_ne!(shelf(&book, "1"), Shelf::Snoozed);
        assert_eq!(events(&book.ledger, "warning-opened"), 2);
    }
}

/// The account that falls leaves on a day, or has not left.
fn leaves(book: &mut Book, on: &str) {
    book.account("1", "Juniper Freight", &[("churn_date", on), ("wau", "22")]);
}

fn tally(book: &Book, now: &str) -> Tally {
    let report = alarms(&book.cache, &book.ledger, &book.setup, at(now), None).unwrap();
    let mut signals = report.signals.into_iter();
    signals.find(|one| one.signal == "usage-drop").unwrap().tally
}

#[test]
fn a_day_of_leaving_that_is_taken_back_leaves_no_verdict_and_takes_no_budget_again() {
    let mut book = team(5);
    fall(&mut book, "1", &[]);
    all(&mut book, LATER);
    leaves(&mut book, &LATER[..10]);
    all(&mut book, LATER);
    assert_eq!((tally(&book, LATER).lost, tally(&book, LATER).real), (1, 1));
    leaves(&mut book, "");
    all(&mut book, LATER);
    assert_eq!(shelf(&book, "1"), Shelf::Queue);
    let told = tally(&book, LATER);
    assert_eq!((told.fired, told.open, told.held), (1, 1, 0));
    assert_eq!((told.lost, told.real), (0, 0));
    let told = book.ledger.events(None, &["warning-told"]).unwrap();
    let told = told
        .iter()
        .filter(|event| event.payload["signal"] == "usage-drop");
    assert_eq!(told.count(), 1);
    // What is well again by then has recovered.
    leaves(&mut book, &LATER[..10]);
    all(&mut book, LATER);
    book.account("1", "Juniper Freight", &[("churn_date", ""), ("wau", "40")]);
    usage(&mut book, "1", "40", LATER);
    let told = tally(&book, LATER);
    assert_eq!((told.lost, told.real, told.recovered), (0, 0, 1));
}

#[test]
fn a_warning_that_opened_after_the_customer_had_left_warned_of_nothing() {
    let mut book = falling();
    all(&mut book, NOW);
    leaves(&mut book, "2026-10-01");
    all(&mut book, NOW);
    let told = tally(&book, NOW);
    assert_eq!((told.lost, told.real, told.to_churn.len()), (1, 0, 0));
}

#[test]
fn what_still_holds_does_not_clear_though_what_clears_it_holds_too() {
    let mut book = falling();
    let clears = "metric('weekly_active_users') > 0".to_owned();
    usage_drop(&mut book).clears_when = Some(clears.try_into().unwrap());
    all(&mut book, NOW);
    snooze(&mut book, "2026-12-04");
    for _ in 0..2 {
        all(&mut book, NOW);
        assert_eq!(shelf(&book, "1"), Shelf::Snoozed);
    }
    assert_eq!(events(&book.ledger, "warning-cleared"), 0);
    usage(&mut book, "1", "36", NOW);
    assert_eq!(fired(&book, "1"), [""; 0]);
}
