#![allow(clippy::unwrap_used)]

mod alarms;
mod book;
mod bulks;
mod columns;
mod crash;
mod edited;
mod first_looks;
mod goals;
mod gone;
mod handoff_tasks;
mod handoffs;
mod health;
mod hours;
mod ledger;
mod lives;
mod merged;
mod nps;
mod overlay;
mod overtaken;
mod own_version;
mod past_risks;
mod people;
mod plays;
mod queue;
mod route;
mod scale;
mod scopes;
mod sent;
mod signals;
mod standup;
mod standup_shared;
mod team_journal;
mod team_table;
mod the_same;
mod together;

use book::{Book, NOW, at, record};

use crate::domain::desk::{DueKind, Warning};
use crate::domain::record::{Core, Kind, RecordId};
use crate::domain::summary::{Band, Summary};

use super::{What, account_view, find_account, refresh, retell};

fn all(book: &mut Book, now: &str) {
    refresh(&mut book.cache, &mut book.ledger, &book.setup, What::All, at(now)).unwrap();
}

fn line(book: &Book, id: &str) -> Summary {
    book.cache.summary(&id.into()).unwrap().unwrap()
}

fn warnings(book: &Book, id: &str) -> Vec<Warning> {
    book.cache.warnings_of(&id.into()).unwrap()
}

fn fired(book: &Book, id: &str) -> Vec<String> {
    warnings(book, id)
        .into_iter()
        .map(|warning| warning.signal)
        .collect()
}

#[test]
fn a_healthy_account_is_green_with_its_money_and_no_warning() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    all(&mut book, NOW);
    let line = line(&book, "1");
    assert_eq!(
        (line.score, line.band, line.coverage),
        (Some(98), Band::Green, 90),
        "{line:?}"
    );
    assert_eq!((line.arr, line.arr_at_least), (Some(8_400_000), false));
    assert_eq!(line.ends, Some("2027-01-31".parse().unwrap()));
    assert_eq!(line.notice_by, Some("2027-01-01".parse().unwrap()));
    assert_eq!(line.csm_name.as_deref(), Some("Dana Reyes"));
    assert_eq!(line.last_touch, Some("2026-11-20".parse().unwrap()));
    assert!(
        line.at_stake.is_some_and(|stake| stake > 0 && stake < 500_000),
        "{line:?}"
    );
    assert_eq!(fired(&book, "1"), [""; 0]);
    let desk = book.cache.desk().unwrap().unwrap();
    assert_eq!(desk.day.arr.exact(), Some(8_400_000));
}

#[test]
fn what_is_not_known_is_unknown_and_never_zero() {
    let mut book = Book::new();
    book.account("1", "Harbour Retail", &[]);
    all(&mut book, NOW);
    let line = line(&book, "1");
    assert_eq!(
        (line.arr, line.at_stake, line.ends, line.last_touch),
        (None, None, None, None)
    );
    assert_eq!(line.band, Band::Unknown);
    assert_eq!(fired(&book, "1"), ["renewal-date-missing"]);
    let desk = book.cache.desk().unwrap().unwrap();
    assert_eq!((desk.day.arr.known, desk.day.arr.unknown), (0, 1));
    assert!(desk.cannot_tell.contains(&("usage-drop".to_owned(), 1)));
    let untold = desk.untold.iter().find(|one| one.signal == "usage-drop").unwrap();
    assert_eq!(
        untold.accounts[0].unknown,
        ["change('weekly_active_users', days(30))"],
        "it says what is unknown"
    );
}

#[test]
fn an_unknown_value_makes_the_sum_at_least_and_a_foreign_one_is_converted() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let term = [("contract_start", "2026-02-01"), ("contract_end", "2027-01-31")];
    book.deal(
        "2",
        "1",
        &[&term[..], &[("hs_arr", "1000"), ("deal_currency_code", "EUR")]].concat(),
        "closedwon",
    );
    all(&mut book, NOW);
    assert_eq!(
        (line(&book, "1").arr, line(&book, "1").arr_at_least),
        (Some(8_508_000), false)
    );
    book.deal(
        "3",
        "1",
        &[&term[..], &[("hs_arr", "1000"), ("deal_currency_code", "SEK")]].concat(),
        "closedwon",
    );
    all(&mut book, NOW);
    let line = line(&book, "1");
    assert_eq!(
        (line.arr, line.arr_at_least, line.at_stake),
        (Some(8_508_000), true, None)
    );
}

#[test]
fn a_prospect_is_no_account_and_one_that_is_gone_leaves_no_line() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let mut prospect = record(Kind::Account, "2", &[(Core::Name, "Prospect")]);
    prospect
        .mapped
        .insert("lifecyclestage".to_owned(), "lead".to_owned());
    book.put(&prospect, None);
    all(&mut book, NOW);
    assert_eq!(book.cache.top_summaries(10).unwrap().len(), 1);
    prospect.id = "1".into();
    book.put(&prospect, None);
    refresh(
        &mut book.cache,
        &mut book.ledger,
        &book.setup,
        What::Accounts(&["1".into()]),
        at(NOW),
    )
    .unwrap();
    assert_eq!(book.cache.top_summaries(10).unwrap(), []);
}

/// Juniper Freight, whose usage fell by 45 % since October.
fn falling() -> Book {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.account(
        "1",
        "Juniper Freight",
        &[("wau", "22"), ("wau_updated_at", "2026-11-22T00:00:00Z")],
    );
    book.observe("1", "wau", &[("2026-11-10", "22")]);
    book
}

#[test]
fn usage_that_falls_fires_with_its_reason_and_shows_in_trend_and_delta() {
    let mut book = falling();
    all(&mut book, NOW);
    let warning = &warnings(&book, "1")[0];
    assert_eq!(
        (warning.signal.as_str(), warning.reason.as_str()),
        ("usage-drop", "usage −45 % in 30 d")
    );
    assert_eq!(warning.evidence[1], ("change".to_owned(), "−45 %".to_owned()));
    assert!(warning.standing, "it was there before anything was evaluated");
    let line = line(&book, "1");
    assert_eq!(line.score, Some(80), "{line:?}");
    assert_eq!(line.delta, Some(-17));
    assert_eq!(line.trend[6..], [97, 80]);
}

#[test]
fn a_warning_clears_only_when_its_clearing_condition_holds_and_the_journal_tells_both() {
    let mut book = falling();
    all(&mut book, NOW);
    let mut usage = |wau: &str, fires: &[&str]| {
        book.account(
            "1",
            "Juniper Freight",
            &[("wau", wau), ("wau_updated_at", "2026-11-22T00:00:00Z")],
        );
        all(&mut book, NOW);
        assert_eq!(fired(&book, "1"), fires, "at {wau}");
    };
    usage("30", &["usage-drop"]);
    usage("39", &[]);
    usage("30", &[]);
    let kinds: Vec<String> = book
        .ledger
        .events(Some(&"1".into()), &["warning-opened", "warning-cleared"])
        .unwrap()
        .into_iter()
        .map(|event| event.kind)
        .collect();
    assert_eq!(kinds, ["warning-opened", "warning-cleared"]);
}

#[test]
fn a_champion_who_left_fires_until_there_is_another() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.contact(
        "1-p",
        "1",
        &[("hs_buying_role", "CHAMPION"), ("left_company", "true")],
    );
    book.observe_of(Kind::Contact, "1-p", "left_company", &[("2026-11-16", "true")]);
    all(&mut book, NOW);
    assert_eq!(warnings(&book, "1")[0].reason, "champion left 7 d ago");
    book.contact("1-q", "1", &[("hs_buying_role", "DECISION_MAKER;CHAMPION")]);
    all(&mut book, NOW);
    assert_eq!(fired(&book, "1"), [""; 0]);
}

#[test]
fn no_touch_and_a_near_renewal_fire() {
    let mut book = Book::new();
    book.healthy("1", "Marlow & Pike");
    book.touch("1-t", "1", "2026-09-01");
    book.account(
        "1",
        "Marlow & Pike",
        &[("wau", "12"), ("wau_updated_at", "2026-11-22T00:00:00Z")],
    );
    book.contract("1-c", "1", "2025-12-20", "2026-12-19");
    book.ticket("k1", "1", "2026-11-01", &[(Core::Priority, "urgent")]);
    all(&mut book, NOW);
    let reasons: Vec<String> = warnings(&book, "1")
        .into_iter()
        .map(|warning| warning.reason)
        .collect();
    assert!(reasons.contains(&"no touch for 83 d".to_owned()), "{reasons:?}");
    assert!(
        reasons
            .iter()
            .any(|reason| reason.starts_with("notice passed 19 Nov · ends in 26 d, health")),
        "{reasons:?}"
    );
    let known = line(&book, "1").notice_by;
    assert_eq!(
        known,
        Some("2026-11-19".parse().unwrap()),
        "it has passed, and is known"
    );
    // Once the next term is signed there is nothing to decide, and nothing to warn of.
    book.contract("1-d", "1", "2026-12-20", "2027-12-19");
    all(&mut book, NOW);
    assert!(!fired(&book, "1").contains(&"renewal-near".to_owned()));
}

#[test]
fn no_score_is_printed_where_the_band_is_unknown() {
    let mut book = Book::new();
    book.account("1", "Juniper Freight", &[]);
    book.touch("1-t", "1", "2026-11-20");
    book.contract("1-c", "1", "2025-12-20", "2026-12-19");
    all(&mut book, NOW);
    let line = line(&book, "1");
    assert_eq!(
        (line.band, line.score.is_some()),
        (Band::Unknown, true),
        "{line:?}"
    );
    let warnings = warnings(&book, "1");
    let near = warnings.iter().find(|one| one.signal == "renewal-near").unwrap();
    assert_eq!(near.reason, "notice passed 19 Nov · ends in 26 d, health unknown");
    let score = near.evidence.iter().find(|(label, _)| label == "score");
    assert_eq!(score.unwrap().1, "unknown");
}

#[test]
fn reasons_count_to_the_day_on_which_they_are_read_though_no_sync_completes() {
    const WEEK_LATER: &str = "2026-11-30T08:50:00Z";
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.touch("1-t", "1", "2026-09-01");
    all(&mut book, NOW);
    let of = |warnings: &[Warning]| -> Vec<(String, String)> {
        let told = |one: &Warning| (one.signal.clone(), one.reason.clone());
        let mut told: Vec<_> = warnings.iter().map(told).collect();
        told.sort();
        told
    };
    let later = [("no-touch".to_owned(), "no touch for 90 d".to_owned())];
    let kept = warnings(&book, "1");
    assert_eq!(of(&kept)[0].1, "no touch for 83 d");
    // Whoever reads what was kept a week before, without anything judged since.
    let mut desk = book.cache.desk().unwrap().unwrap();
    retell(&book.cache, &book.ledger, &book.setup, at(WEEK_LATER), &mut desk).unwrap();
    assert_eq!(of(&desk.risks[0].warnings), later);
    let mut evidence = desk.risks[0].warnings.iter().flat_map(|one| &one.evidence);
    assert!(evidence.any(|(_, value)| value == "90 d"));
    let view = account_view(
        &book.cache,
        &book.ledger,
        &book.setup,
        &"1".into(),
        at(WEEK_LATER),
    );
    assert_eq!(of(&view.unwrap().unwrap().warnings), later);
    // The same where the day's turn judges all anew.
    all(&mut book, WEEK_LATER);
    assert_eq!(of(&warnings(&book, "1")), later);
}

#[test]
fn waiting_without_a_sync_never_raises_score_or_coverage() {
    let mut book = falling();
    book.ticket("k1", "1", "2026-11-01", &[(Core::Priority, "urgent")]);
    let mut before: Option<Summary> = None;
    for day in [
        "2026-11-23",
        "2026-11-29",
        "2026-12-05",
        "2026-12-20",
        "2027-01-20",
        "2027-07-01",
    ] {
        all(&mut book, &format!("{day}T09:00:00Z"));
        let now = line(&book, "1");
        if let Some(before) = before {
            assert!(
                now.score <= before.score,
                "{day}: {:?} after {:?}",
                now.score,
                before.score
            );
            assert!(now.coverage <= before.coverage, "{day}");
        }
        before = Some(now);
    }
    let stale = before.unwrap();
    assert_eq!((stale.band, stale.last_band), (Band::Unknown, Some(Band::Green)));
}

#[test]
fn before_the_first_sync_has_ended_nothing_is_judged_from_what_is_not_there() {
    let mut book = Book::new();
    book.cache.put_document("sync-status", "{}").unwrap();
    book.account("1", "Juniper Freight", &[]);
    all(&mut book, NOW);
    assert_eq!(fired(&book, "1"), [""; 0]);
    assert_eq!(line(&book, "1").score, None);
}

#[test]
fn tasks_and_handoffs_of_mine_are_due() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let task = |id: &str, owner: &str, due: &str, done: &str| {
        record(
            Kind::Task,
            id,
            &[
                (Core::Subject, id),
                (Core::Owner, owner),
                (Core::Due, due),
                (Core::Done, done),
            ],
        )
    };
    book.put(&task("late", "o1", "2026-11-21T09:30:00Z", "false"), Some("1"));
    book.put(&task("today", "o1", "2026-11-23T00:00:00Z", "false"), None);
    book.put(&task("done", "o1", "2026-11-23T00:00:00Z", "true"), None);
    book.put(&task("theirs", "o2", "2026-11-23T00:00:00Z", "false"), Some("1"));
    let body = "<p>Handoff support → CSM: sent</p><p>To: Dana Reyes</p><p>Answer by: 2026-11-22</p><p>He wants a date.</p>\
                <p>retain: handoff H-1 event 1</p>";
    book.put(
        &record(
            Kind::Note,
            "n",
            &[(Core::Body, body), (Core::Occurred, "2026-11-22T10:00:00Z")],
        ),
        Some("1"),
    );
    all(&mut book, NOW);
    let desk = book.cache.desk().unwrap().unwrap();
    let due: Vec<_> = desk
        .due
        .iter()
        .map(|item| (item.kind, item.title.as_str()))
        .collect();
    let handoff = (DueKind::Handoff, "Accept or return the handoff");
    assert_eq!(due, [(DueKind::Task, "late"), handoff, (DueKind::Task, "today")]);
    assert_eq!(
        (desk.day.due_today, desk.day.late, desk.day.handoffs_for_me),
        (1, 2, 1)
    );
    assert_eq!(desk.due[0].at.map(jiff::civil::Time::hour), Some(9));
    assert_eq!(desk.due[0].account_name, "Juniper Freight");
    assert_eq!(desk.handoffs[0].text, "He wants a date.");
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
    let next = view.unwrap().unwrap().next;
    let owner = |title: &str| {
        next.iter()
            .find(|item| item.title == title)
            .unwrap()
            .owner
            .clone()
    };
    assert_eq!(owner("late"), None, "mine");
    assert_eq!(owner("theirs").as_deref(), Some("?"), "nobody's whom we know");
}
