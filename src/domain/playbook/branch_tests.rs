//! Steps that count only under a condition, and how runs end.

use super::*;

/// `look`, then `offer` if it holds, then `close` in any case.
fn branching() -> Playbook {
    let mut playbook = playbook();
    let offer = StepTemplate {
        when: Some(Condition::try_from("score > 40".to_owned()).unwrap()),
        ..step("offer", 2, &["look"])
    };
    playbook.steps = vec![step("look", 1, &[]), offer, step("close", 3, &["offer"])];
    playbook
}

/// What is told of a run where every condition comes to this.
fn told(run: &Run, holds: Option<bool>) -> Deed {
    Deed {
        entries: Vec::new(),
        events: run.told(|_| holds, Timestamp::MIN),
    }
}

fn begun() -> Deed {
    begin(&occasion(), &branching(), &view()).unwrap()
}

fn look(begun: &Deed) -> Deed {
    finish(&occasion(), &run(&[begun]), "look", None).unwrap()
}

#[test]
fn a_branch_is_decided_when_the_steps_before_it_are_closed_and_not_before() {
    let begun = begun();
    let now = run(&[&begun]);
    assert_eq!(told(&now, Some(true)).events, []);
    let look = look(&begun);
    let now = run(&[&begun, &look]);
    assert!(now.current().is_none(), "it waits for what is decided");
    let error = finish(&occasion(), &now, "offer", None).unwrap_err();
    assert!(error.contains("whether `offer` counts is decided"), "{error}");
    let stands =
        |run: &Run, step: &str| format!("{:?}", run.stands(run.step(step).unwrap(), date(2026, 11, 20)));
    assert_eq!(stands(&now, "offer"), "Undecided(\"score > 40\")");
    assert!(stands(&now, "close").starts_with("Waits("));
    let counts = told(&now, Some(true));
    let now = run(&[&begun, &look, &counts]);
    assert_eq!(now.current().unwrap().step.id, "offer");
    assert_eq!(told(&now, Some(false)).events, [], "it is decided once");
}

#[test]
fn a_step_that_its_branch_leaves_out_counts_as_closed_and_says_why() {
    let (begun, look) = (begun(), look(&begun()));
    let out = told(&run(&[&begun, &look]), Some(false));
    let now = run(&[&begun, &look, &out]);
    let StepState::Skipped { why } = &now.step("offer").unwrap().state else {
        panic!("{:?}", now.steps)
    };
    assert_eq!(
        (why.as_str(), now.progress()),
        ("`score > 40` does not hold", (2, 3))
    );
    assert_eq!(now.current().unwrap().step.id, "close");
    // A person may take it up all the same.
    let again = reopen(&occasion(), &now, "Juniper", "offer").unwrap();
    assert_eq!(
        run(&[&begun, &look, &out, &again]).current().unwrap().step.id,
        "offer"
    );
}

#[test]
fn what_cannot_be_told_is_left_to_the_person() {
    let (begun, look) = (begun(), look(&begun()));
    let doubt = told(&run(&[&begun, &look]), None);
    let now = run(&[&begun, &look, &doubt]);
    let offer = now.step("offer").unwrap();
    assert_eq!(
        (offer.doubtful(), now.is_ready(offer)),
        (Some("score > 40"), true)
    );
    let done = finish(&occasion(), &now, "offer", None).unwrap();
    assert_eq!(
        run(&[&begun, &look, &doubt, &done])
            .step("offer")
            .unwrap()
            .doubtful(),
        None
    );
}

#[test]
fn a_step_that_is_taken_up_again_opens_what_was_decided_after_it() {
    let (begun, look) = (begun(), look(&begun()));
    let out = told(&run(&[&begun, &look]), Some(false));
    let again = reopen(&occasion(), &run(&[&begun, &look, &out]), "Juniper", "look").unwrap();
    let now = run(&[&begun, &look, &out, &again]);
    assert!(now.steps.iter().all(RunStep::is_open) && now.step("offer").unwrap().is_undecided());
    let look = finish(&occasion(), &now, "look", None).unwrap();
    let now = run(&[&begun, &look]);
    assert_eq!(told(&now, Some(true)).events.len(), 1);
}

#[test]
fn how_a_run_ended_is_noted_once_and_anew_when_a_step_was_taken_up_again() {
    let (begun, look) = (begun(), look(&begun()));
    let out = told(&run(&[&begun, &look]), Some(false));
    let close = finish(&occasion(), &run(&[&begun, &look, &out]), "close", None).unwrap();
    let before = [&begun, &look, &out, &close];
    let end = told(&run(&before), Some(true));
    let [
        PlayEvent {
            what: What::Ended {
                outcome: Outcome::Reached,
                ..
            },
            ..
        },
    ] = &end.events[..]
    else {
        panic!("{end:?}")
    };
    let all = [&before[..], &[&end]].concat();
    let now = run(&all);
    assert!(now.ended.is_some() && told(&now, Some(false)).events.is_empty());
    let again = reopen(&occasion(), &now, "Juniper", "close").unwrap();
    let opened = [&all[..], &[&again]].concat();
    assert!(run(&opened).ended.is_none());
    let closed = [&opened[..], &[&close]].concat();
    assert!(matches!(
        told(&run(&closed), None).events[0].what,
        What::Ended {
            outcome: Outcome::CannotTell,
            ..
        }
    ));
    // What ended long ago did so under other facts.
    let late = run(&before).told(|_| Some(true), Timestamp::MAX);
    assert!(matches!(
        late[0].what,
        What::Ended {
            outcome: Outcome::CannotTell,
            ..
        }
    ));
}

#[test]
fn outcomes_are_counted_by_version_without_starts_that_were_taken_back() {
    let (begun, look) = (begun(), look(&begun()));
    let open = run(&[&begun]);
    let mut ended = run(&[&begun, &look]);
    for step in &mut ended.steps {
        step.state = StepState::Done;
    }
    let after = |days: i64| {
        ended
            .started
            .checked_add(SignedDuration::from_hours(24 * days))
            .unwrap()
    };
    let of = |days: i64, outcome: Outcome| Run {
        ended: Some((after(days), outcome)),
        ..ended.clone()
    };
    let given_up = |why: &str| Run {
        abandoned: Some((open.started, why.to_owned())),
        ..open.clone()
    };
    let newer = Run {
        version: 4,
        ..open.clone()
    };
    let runs = [
        open.clone(),
        of(3, Outcome::Reached),
        of(9, Outcome::NotReached),
        of(5, Outcome::CannotTell),
        of(4, Outcome::Reached),
        given_up("they left"),
        given_up("taken back"),
        newer,
    ];
    let told = tally(&runs);
    let [old, new] = &told[..] else { panic!("{told:?}") };
    assert_eq!(
        (old.started, old.under_way, old.ended, old.given_up),
        (6, 1, 4, 1)
    );
    assert_eq!((old.reached, old.cannot_tell, old.median_days), (2, 1, Some(4)));
    assert_eq!((new.version, new.started, new.median_days), (4, 1, None));
}

#[test]
fn a_step_that_may_not_count_is_no_task_in_the_crm() {
    let mut playbook = branching();
    assert_eq!(playbook.problems(), []);
    playbook.steps[1].crm_task = true;
    let told = playbook.problems();
    assert!(
        told.len() == 1 && told[0].keys == ["crm_task", "when"],
        "{told:?}"
    );
}
