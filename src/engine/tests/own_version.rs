//! A run under way is judged by what its own version asks, also once the newest one asks something else.

use super::all;
use super::book::{Book, NOW};
use super::plays::{begin, commit, done, run};
use crate::domain::expression::Condition;
use crate::domain::playbook::{Branch, Outcome, Playbook};
use crate::engine::run_conditions::RunConditions;

/// Needs people of a role and usage further back than anything that ships.
const BRANCH: &str = "people('decision maker') > 0.0 && change('weekly_active_users', days(300)) > -0.5";
/// Needs what the accounts of a segment have in common.
const EXIT: &str = "metric('weekly_active_users') >= median('weekly_active_users')";

fn condition(source: &str) -> Condition {
    Condition::try_from(source.to_owned()).unwrap()
}

/// As many accounts as a median needs, all of them well.
fn fill(book: &mut Book) {
    for id in ["1", "2", "3", "4", "5"] {
        book.healthy(id, &format!("Juniper Freight {id}"));
    }
    book.contact("1-d", "1", &[("hs_buying_role", "DECISION_MAKER")]);
}

fn playbook(book: &mut Book) -> &mut Playbook {
    let mut playbooks = book.setup.playbooks.iter_mut();
    playbooks.find(|one| one.id == "waning-interest").unwrap()
}

/// A run of a version that asks both, of which the newest version asks nothing.
fn begun() -> Book {
    let mut book = Book::new();
    fill(&mut book);
    let first = playbook(&mut book);
    first
        .steps
        .retain(|step| ["pull-usage", "ask-support"].contains(&step.id.as_str()));
    first.steps[1].after = vec!["pull-usage".to_owned()];
    first.steps[1].when = Some(condition(BRANCH));
    first.exit_when = Some(condition(EXIT));
    begin(&mut book);
    all(&mut book, NOW);
    let second = playbook(&mut book);
    second.version += 1;
    second.steps[1].when = None;
    second.exit_when = None;
    book
}

/// Does both steps, and says what was decided.
fn decided(book: &mut Book) -> (Option<Branch>, Option<Outcome>) {
    for step in ["pull-usage", "ask-support"] {
        let deed = done(book, step, step, None);
        commit(book, &deed);
        all(book, NOW);
    }
    let run = run(book);
    let branch = run.step("ask-support").unwrap().branch;
    (branch, run.ended.map(|(_, outcome)| outcome))
}

#[test]
fn what_a_run_asks_is_read_of_the_accounts_whatever_the_newest_version_asks() {
    let mut book = begun();
    assert_eq!(decided(&mut book), (Some(Branch::Counts), Some(Outcome::Reached)));
    let asked = RunConditions::find(&book.ledger).unwrap();
    assert_eq!(
        asked,
        RunConditions::default(),
        "it is over: nothing of it is asked"
    );
}

#[test]
fn what_a_run_asks_is_read_of_the_accounts_by_a_cache_that_was_made_anew_too() {
    let mut book = begun();
    // The home of the new cache goes with it.
    let mut other = Book::new();
    std::mem::swap(&mut book.cache, &mut other.cache);
    fill(&mut book);
    assert_eq!(decided(&mut book), (Some(Branch::Counts), Some(Outcome::Reached)));
}

#[test]
fn nothing_is_asked_for_a_run_that_a_playbook_in_force_asks_too() {
    let mut book = begun();
    let asked = RunConditions::find(&book.ledger).unwrap();
    let beside = |book: &Book| -> Vec<String> {
        let of_runs = asked.beside(&book.setup.playbooks).into_iter();
        of_runs.map(String::from).collect()
    };
    assert_eq!(beside(&book), [EXIT, BRANCH]);
    playbook(&mut book).exit_when = Some(condition(EXIT));
    assert_eq!(beside(&book), [BRANCH]);
}
