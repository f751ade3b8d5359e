//! Playbooks on many accounts at once.

use jiff::SignedDuration;

use super::all;
use super::book::{Book, NOW, at};
use super::plays::{commit, due, on};
use crate::domain::acts::Occasion;
use crate::domain::desk::DueItem;
use crate::domain::outbox::{Remedy, Step, Target, WritePermit};
use crate::domain::playbook::{Because, Bulk, WithAll};
use crate::domain::record::RecordId;
use crate::engine::{self, plays};

/// Why the accounts of a bulk play are exceptions.
fn exceptions(book: &Book, bulk: &Bulk) -> Vec<String> {
    let bulks = std::slice::from_ref(bulk);
    let standings = engine::standings(&book.cache, &book.ledger, bulks, on("b").today()).unwrap();
    let told = standings[0].exceptions();
    told.map(|(_, why)| why.to_owned()).collect()
}

#[test]
fn a_bulk_play_starts_on_many_accounts_with_one_commit_and_is_taken_back_on_all_of_them() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.healthy("2", "Marlow & Pike");
    // Of those whom somebody met lately it would be over at once.
    book.touch("1-t", "1", "2026-10-01");
    book.touch("2-t", "2", "2026-10-01");
    all(&mut book, NOW);
    let playbook = book.setup.playbooks.iter().find(|one| one.id == "value-review");
    let what = (&playbook.unwrap().clone(), Because::Answers(&[]));
    let ids = ["1", "2", "404"].map(Into::into);
    let plan = engine::plan(&book.cache, &book.ledger, &book.setup, &on("b"), what, &ids).unwrap();
    assert_eq!((plan.starts(), plan.all()), (2, 3));
    let deed = plan.confirmed("2").unwrap().clone();
    commit(&mut book, &deed);
    let found = engine::bulks(&book.ledger).unwrap();
    let [bulk] = &found[..] else { panic!("{found:?}") };
    assert_eq!((bulk.runs.len(), bulk.not_started.len()), (2, 1));
    let told = exceptions(&book, bulk);
    assert_eq!(told, ["the cache has no such account any more"]);
    // The CRM refuses a task of one of them: that is one more.
    let Some(Target::Entry(task)) = bulk.runs[0].steps.iter().find_map(|step| step.task.clone()) else {
        panic!("{bulk:?}")
    };
    let refused = Step::Parked {
        said: "no such owner".to_owned(),
        remedy: Remedy::Edit,
    };
    for step in [
        Step::Sending {
            seen: None,
            keyed: false,
        },
        refused,
    ] {
        book.ledger.step(task, &step, at(NOW)).unwrap().unwrap();
    }
    let told = exceptions(&book, bulk);
    assert!(
        told.len() == 2 && told.iter().any(|why| why.ends_with("no such owner")),
        "{told:?}"
    );
    // Among what is due it is an exception too, and the other account's is none.
    let due = due(&mut book);
    let parts = due.iter().filter_map(DueItem::part_of);
    let parts: Vec<_> = parts
        .map(|part| (part.accounts, part.place, part.odd.is_some()))
        .collect();
    let times = |is: (u32, u32, bool)| parts.iter().filter(|part| **part == is).count();
    let seen = [(2, 1, false), (2, 2, true), (2, 2, false)].map(times);
    assert_eq!(seen, [2, 1, 1], "{due:?}");
    let permit = WritePermit::unless(None).unwrap();
    plays::undo(&mut book.ledger, permit, "b", &[], at(NOW)).unwrap();
    assert_eq!(
        engine::bulks(&book.ledger).unwrap(),
        [],
        "neither of them ever was"
    );
}

#[test]
fn what_an_act_did_to_runs_without_an_entry_of_it_is_undone_with_the_rest() {
    let mut book = Book::new();
    for (id, name) in [("1", "Juniper Freight"), ("2", "Marlow & Pike")] {
        book.healthy(id, name);
        book.touch(&format!("{id}-t"), id, "2026-10-01");
    }
    all(&mut book, NOW);
    let playbook = book.setup.playbooks.iter().find(|one| one.id == "value-review");
    let what = (&playbook.unwrap().clone(), Because::Answers(&[]));
    let ids = ["1", "2"].map(Into::into);
    let plan = engine::plan(&book.cache, &book.ledger, &book.setup, &on("b"), what, &ids).unwrap();
    commit(&mut book, plan.confirmed("2").unwrap());
    let with_all = |book: &mut Book, on: &Occasion, what| {
        let bulk = engine::bulks(&book.ledger).unwrap().remove(0);
        bulk.with_all(on, what, RecordId::to_string).unwrap()
    };
    let stands = |book: &Book| -> Vec<_> {
        let runs = engine::bulks(&book.ledger).unwrap().remove(0).runs;
        let stands = runs
            .iter()
            .map(|run| (run.paused.is_some(), run.steps[0].step.due));
        stands.collect()
    };
    let pause = with_all(&mut book, &on("p"), WithAll::Pause("their freeze"));
    commit(&mut book, &pause);
    let paused = stands(&book);
    let later = Occasion {
        now: at(NOW) + SignedDuration::from_hours(14 * 24),
        ..on("r")
    };
    let mut resume = with_all(&mut book, &later, WithAll::Resume);
    // As where no open step of a run is a task.
    resume
        .entries
        .retain(|entry| entry.account.as_ref().is_some_and(|id| id.as_str() == "1"));
    assert!(!resume.entries.is_empty());
    commit(&mut book, &resume);
    assert!(stands(&book).iter().all(|(is_paused, _)| !is_paused));
    plays::take_back(&mut book.ledger, "r", at(NOW)).unwrap().unwrap();
    assert_eq!(stands(&book), paused, "both of them");
}
