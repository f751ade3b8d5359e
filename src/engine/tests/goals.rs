//! Goals of success plans: what the mapping reads, what a note says of one that was missed, and what a standup tells.

use std::collections::BTreeMap;

use super::all;
use super::book::{Book, NOW, at, record};
use super::standup::review_of;
use crate::config::mapping::GoalMapping;
use crate::domain::goal::{Goal, State};
use crate::domain::record::{Core, Kind};
use crate::domain::standup::What;
use crate::engine::account_view;

/// Juniper Freight, whose 40 weekly users were to be 60 by the first of November.
fn planned() -> Book {
    let mut book = Book::new();
    let property = |name: &str| Some(format!("success_{name}"));
    let plan = GoalMapping {
        title: property("goal"),
        metric: property("metric"),
        baseline: property("baseline"),
        target: property("target"),
        due: property("due"),
        ..GoalMapping::default()
    };
    book.setup.mapping.goals = BTreeMap::from([("plan".to_owned(), plan)]);
    book.healthy("1", "Juniper Freight");
    book.account(
        "1",
        "Juniper Freight",
        &[
            ("wau", "40"),
            ("wau_updated_at", "2026-11-22T00:00:00Z"),
            ("customer_tier", "enterprise"),
            ("success_goal", "Every planner uses it"),
            ("success_metric", "weekly users"),
            ("success_baseline", "30"),
            ("success_target", "60"),
            ("success_due", "2026-11-01"),
        ],
    );
    all(&mut book, NOW);
    book
}

fn goal(book: &Book, now: &str) -> Goal {
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(now));
    view.unwrap().unwrap().goals.remove(0)
}

/// A note of what Dana said of it, as the CRM has it.
fn said(book: &mut Book, id: &str, why: &str, written: &str) {
    let body = format!(
        "<p>Goal missed: weekly users 30 → 60 by 2026-11-01<br>Reached: 40<br>Why: {why}<br>What changes: a training<br>\
         Look again: 2026-12-15<br>Said by: Dana Reyes</p><p>Dana Reyes · retain ABCDEFGH</p><p>retain: goal plan 2026-11-01</p>"
    );
    let fields = [(Core::Body, body.as_str()), (Core::Occurred, written)];
    book.put(&record(Kind::Note, id, &fields), Some("1"));
}

#[test]
fn a_goal_is_read_by_the_mapping_and_a_missed_one_is_told_until_somebody_says_why() {
    let mut book = planned();
    let missed = goal(&book, NOW);
    assert_eq!(
        missed.words(at(NOW).to_zoned(jiff::tz::TimeZone::UTC).date()),
        "weekly users 30 → 60 by 1 Nov: 40 now, missed"
    );
    let told = |book: &Book, since: Option<&str>, now: &str| -> Vec<What> {
        let review = review_of(book, "mine", since, now);
        let changes = review.agenda.items.iter().flat_map(|item| &item.changes);
        changes
            .map(|one| one.what)
            .filter(|what| matches!(what, What::GoalMissed | What::GoalLook))
            .collect()
    };
    assert_eq!(told(&book, None, NOW), [What::GoalMissed]);
    assert_eq!(
        told(&book, Some(NOW), "2026-11-27T09:00:00Z"),
        [What::GoalMissed],
        "nobody said why yet"
    );
    said(&mut book, "n1", "the champion left", "2026-11-23T09:00:00Z");
    all(&mut book, NOW);
    assert_eq!(told(&book, None, NOW), []);
    assert_eq!(
        told(&book, Some("2026-12-14T00:00:00Z"), "2026-12-15T09:00:00Z"),
        [What::GoalLook]
    );
    let after = goal(&book, "2026-12-15T09:00:00Z");
    assert_eq!(after.state("2026-12-15".parse().unwrap()), State::Missed);
    let beside = after.before_and_after("2026-12-15".parse().unwrap()).unwrap();
    assert!(beside.starts_with("40 then → 40 now"), "{beside}");
}

#[test]
fn what_a_note_said_first_counts_whatever_somebody_makes_of_it_and_comes_to_the_team() {
    let mut book = planned();
    said(&mut book, "n1", "the champion left", "2026-11-23T09:00:00Z");
    all(&mut book, NOW);
    said(&mut book, "n1", "no idea", "2026-11-23T09:00:00Z");
    all(&mut book, NOW);
    assert_eq!(goal(&book, NOW).told.unwrap().why, "the champion left");
    let noted = book.ledger.events(None, &["goal-told"]).unwrap();
    assert_eq!(noted.len(), 1, "noted once");
    assert!(crate::domain::team_journal::is_shared("goal-told"));
    said(&mut book, "n2", "the feed was off", "2026-11-24T09:00:00Z");
    all(&mut book, NOW);
    assert_eq!(
        goal(&book, NOW).told.unwrap().why,
        "the feed was off",
        "what was said last"
    );
}
