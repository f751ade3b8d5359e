//! What waits is changed, given up or doubted.

use super::*;

#[test]
fn a_revision_from_before_it_had_a_title_leaves_the_title_as_it_was() {
    let write = serde_json::to_value(note()).unwrap();
    let stored = serde_json::json!({ "step": "revised", "write": write });
    let step: Step = serde_json::from_value(stored.clone()).unwrap();
    assert_eq!(serde_json::to_value(&step).unwrap(), stored);
    let mut one = entry(1, note(), &[]);
    let before = one.new.title.clone();
    one.take(step, at(1));
    assert_eq!(one.new.title, before);
    let title = Some("Note: another".to_owned());
    one.take(
        Step::Revised {
            write: note(),
            title,
            base: None,
            grace: None,
        },
        at(2),
    );
    assert_eq!(one.new.title, "Note: another");
}

#[test]
fn a_revision_of_what_says_something_else_by_now_comes_too_late() {
    let revised = |base: Option<Write>, write: Write| Step::Revised {
        write,
        title: None,
        grace: None,
        base,
    };
    let (first, second) = (update(record("5"), "core:due"), update(record("5"), "core:owner"));
    let mut one = entry(1, first.clone(), &[]);
    let third = revised(Some(first.clone()), note());
    assert!(one.admits(&third));
    one.take(revised(Some(first), second.clone()), at(1));
    assert!(!one.admits(&third), "it was built on what is not there any more");
    assert!(one.admits(&revised(Some(second), note())));
    assert!(
        one.admits(&revised(None, note())),
        "as it was before there was a base"
    );
}

#[test]
fn what_left_without_an_answer_is_given_up_but_not_taken_back() {
    let retry = Step::Retry {
        at: at(0),
        why: String::new(),
    };
    let sending = Step::Sending {
        seen: None,
        keyed: true,
    };
    let unknown = Step::Unknown {
        why: String::new(),
        settled: false,
    };
    let refused = entry(1, note(), &[sending.clone(), retry.clone()]);
    assert!(refused.admits(&Step::TakenBack) && !refused.may_be_there());
    let mut one = entry(1, note(), &[sending, unknown, retry]);
    for _ in 0..2 {
        assert!(one.may_be_there() && !one.admits(&Step::TakenBack));
        assert!(one.admits(&Step::Discarded { why: String::new() }));
        one.take(Step::Resend { grace: None }, at(3));
    }
}

#[test]
fn what_is_doubted_leaves_only_after_a_person_has_decided() {
    let why = || "steps were lost".to_owned();
    let mut doubted = entry(
        1,
        note(),
        &[
            Step::Sending {
                seen: None,
                keyed: false,
            },
            Step::Doubted { why: why() },
        ],
    );
    let retry = Step::Retry {
        at: at(0),
        why: why(),
    };
    let refused = |entry: &Entry| {
        !entry.admits(&retry)
            && !entry.admits(&Step::Sending {
                seen: None,
                keyed: false,
            })
    };
    assert!(refused(&doubted));
    // Seen to be still unknown: no less doubted.
    doubted.take(
        Step::Unknown {
            why: why(),
            settled: false,
        },
        at(1),
    );
    assert!(refused(&doubted));
    assert!(doubted.admits(&Step::Resend { grace: None }));
    doubted.take(Step::Resend { grace: None }, at(2));
    assert!(doubted.admits(&Step::Sending {
        seen: None,
        keyed: false
    }));
}

#[test]
fn the_stamp_before_the_first_attempt_counts_until_something_else_is_to_be_written() {
    let sending = |second| Step::Sending {
        seen: Some(at(second)),
        keyed: false,
    };
    let retry = Step::Retry {
        at: at(30),
        why: String::new(),
    };
    let steps = [sending(1), retry.clone(), sending(2), retry];
    let mut twice = entry(1, update(record("5"), "core:due"), &steps);
    assert_eq!(twice.seen, Some(at(1)));
    let write = update(record("5"), "core:owner");
    twice.take(
        Step::Revised {
            write,
            title: None,
            base: None,
            grace: None,
        },
        at(40),
    );
    assert_eq!(twice.seen, None);
}
