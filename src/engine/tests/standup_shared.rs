//! A standup that one of two people holds, as the other's program knows it by what the team shares.

use super::all;
use super::book::{Book, NOW, at, owner, record};
use super::sent::arrived;
use super::standup::{LATER, decided, fell, review_of};
use crate::domain::record::{Core, Kind};
use crate::domain::standup::{KINDS, open};
use crate::domain::team_journal::{Line, kinds};
use crate::engine::standup;

/// Olu takes over what Dana's program tells the team.
fn heard(from: &Book, to: &mut Book) {
    let kinds: Vec<&str> = kinds().collect();
    let events = from.ledger.events(None, &kinds).unwrap();
    let lines = events.iter().map(|event| Line {
        n: event.written,
        clock: event.clock,
        author: "dana@alder.example".to_owned(),
        kind: event.kind.clone(),
        account: event.account.as_ref().map(ToString::to_string),
        effective: event.effective_at,
        recorded: event.recorded_at,
        payload: event.payload.clone(),
    });
    let lines: Vec<Line> = lines.collect();
    to.ledger.take_over("DANAS", &lines).unwrap();
}

/// Dana's book, and the same as Olu's program has it.
fn two() -> (Book, Book) {
    let people = [
        owner("o1", "Dana Reyes", "dana@alder.example"),
        owner("o2", "Olu Ade", "olu@alder.example"),
    ];
    let (mut dana, mut olu) = (fell(), fell());
    dana.owners(&people);
    olu.owners(&people);
    olu.setup.settings.me.owner = Some("olu@alder.example".to_owned());
    (dana, olu)
}

const SEGMENT: &str = "segment:enterprise";

#[test]
fn all_kinds_of_events_of_standups_are_the_teams() {
    for kind in KINDS {
        assert!(kinds().any(|shared| shared == kind), "{kind}");
    }
}

#[test]
fn what_one_holds_for_a_segment_is_the_last_one_for_the_other_and_its_promise_is_kept_by_its_task() {
    let (mut dana, mut olu) = two();
    let entry = decided(&mut dana, SEGMENT);
    heard(&dana, &mut olu);
    let told = |olu: &Book| {
        let review = review_of(olu, SEGMENT, None, LATER);
        assert_eq!((review.agenda.first, review.agenda.since), (false, at(NOW)));
        let mut promises = review.agenda.items.iter().flat_map(|item| &item.promises);
        promises.next().unwrap().standing.word()
    };
    assert_eq!(told(&olu), "no record", "nothing tells yet");
    arrived(&mut dana, &entry, "t9");
    all(&mut dana, NOW);
    let done = record(
        Kind::Task,
        "t9",
        &[(Core::Subject, "Call the sponsor"), (Core::Done, "true")],
    );
    olu.put(&done, Some("1"));
    assert_eq!(told(&olu), "no record", "which task that is was not told yet");
    heard(&dana, &mut olu);
    assert_eq!(told(&olu), "kept");
    all(&mut dana, NOW);
    let bound = dana.ledger.events(None, &["standup-task-bound"]).unwrap();
    assert_eq!(bound.len(), 1, "told once");
    assert!(
        review_of(&olu, "mine", None, LATER).agenda.first,
        "that of the segment resets no book"
    );
}

#[test]
fn what_one_holds_over_one_book_is_no_standup_of_anybody_else() {
    let (mut dana, mut olu) = two();
    decided(&mut dana, "owner:olu");
    heard(&dana, &mut olu);
    assert!(review_of(&olu, "mine", None, LATER).agenda.first);
    assert!(!review_of(&dana, "owner:olu", None, LATER).agenda.first);
    // Her own, once the machine was wiped.
    let (_, mut wiped) = two();
    wiped.setup.settings.me.owner = Some("dana@alder.example".to_owned());
    heard(&dana, &mut wiped);
    assert!(!review_of(&wiped, "owner:olu", None, LATER).agenda.first);
}

#[test]
fn one_that_is_under_way_goes_on_with_whoever_is_there() {
    let (mut dana, mut olu) = two();
    super::standup::begun(&mut dana, SEGMENT, NOW);
    heard(&dana, &mut olu);
    let held = standup::all(&olu.ledger, &olu.setup).unwrap();
    let under_way = open(&held, "segment:enterprise").unwrap();
    assert_eq!(
        (under_way.id.as_str(), under_way.begun.by.as_str()),
        ("S-1", "Dana Reyes")
    );
}
