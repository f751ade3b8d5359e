//! What colleagues said of warnings, as the team's journal brings it.

use super::*;

/// The lives after events noted here (`true`) and elsewhere.
fn together(whats: &[(What, bool)]) -> Lives {
    let whats: Vec<_> = whats
        .iter()
        .map(|(what, here)| {
            let account = "1".into();
            let what = what.clone();
            let noted = if *here { Noted::Here } else { Noted::Elsewhere };
            (WarningEvent { account, what }, noted)
        })
        .collect();
    let hours = (0..).zip(&whats);
    Lives::of(hours.map(|(hour, (event, noted))| (event, "dana", at(hour), *noted)))
}

#[test]
fn what_others_say_counts_for_the_warning_that_stands_here_whenever_it_came_to_stand() {
    let closed = || closed("usage-drop", Verdict::Noise);
    let is_closed = |whats: &[(What, bool)]| {
        let lives = together(whats);
        lives.current("usage-drop").map(|life| life.closing().is_some())
    };
    let (open, elsewhere) = ((opened("usage-drop"), true), (opened("usage-drop"), false));
    let said = (closed(), false);
    assert_eq!(is_closed(&[open.clone(), said.clone()]), Some(true));
    assert_eq!(
        is_closed(&[said.clone(), open.clone()]),
        Some(true),
        "it came later here"
    );
    assert_eq!(
        is_closed(&[elsewhere.clone(), said.clone()]),
        None,
        "what another program found does not stand here"
    );
    let recovered = (cleared("usage-drop"), false);
    let recovered_again = recovered.clone();
    assert_eq!(
        is_closed(&[open.clone(), recovered.clone()]),
        Some(false),
        "that it recovered elsewhere ends nothing here"
    );
    assert_eq!(
        is_closed(&[said.clone(), recovered, open.clone()]),
        Some(false),
        "it was said of an earlier one"
    );
    assert_eq!(
        is_closed(&[
            open.clone(),
            recovered_again.clone(),
            said.clone(),
            (cleared("usage-drop"), true),
            open.clone()
        ]),
        Some(true),
        "it was said of the next one, while the one before still stood here"
    );
    assert_eq!(
        is_closed(&[open.clone(), recovered_again, said.clone()]),
        Some(true),
        "and counts for the one that goes on here"
    );
    let taken_back = (taken_back("usage-drop"), false);
    assert_eq!(is_closed(&[said.clone(), taken_back, open.clone()]), Some(false));
    assert_eq!(
        is_closed(&[
            open.clone(),
            (cleared("usage-drop"), true),
            (closed(), true),
            open
        ]),
        Some(false),
        "what was said here of what stands no more is void"
    );
}

#[test]
fn what_was_said_before_it_came_to_stand_here_takes_no_time() {
    let life = together(&[
        (acknowledged("usage-drop"), false),
        (closed("usage-drop", Verdict::Real), false),
        (opened("usage-drop"), true),
    ]);
    let life = life.current("usage-drop").unwrap();
    assert_eq!(life.end(), Some(at(2)));
    let stages = life.stages(&[]);
    assert_eq!(stages.last(), Some(&(Stage::Accepted, at(2))));
    assert!(stages.is_sorted_by_key(|(_, at)| *at), "{stages:?}");
}

/// Somebody who says nothing has a clock that nobody hears of: their own warnings may come after all that others say.
#[test]
fn what_is_said_elsewhere_counts_for_what_stood_here_at_that_time() {
    let event = |what: What| WarningEvent {
        account: "1".into(),
        what,
    };
    let said = [
        (event(acknowledged("usage-drop")), 1),
        (event(cleared("usage-drop")), 3),
        (event(closed("usage-drop", Verdict::Known)), 6),
    ];
    let here = [
        (event(opened("usage-drop")), 0),
        (event(cleared("usage-drop")), 4),
        (event(opened("usage-drop")), 5),
    ];
    let said = said
        .iter()
        .map(|(event, hour)| (event, "mara", at(*hour), Noted::Elsewhere));
    let here = here
        .iter()
        .map(|(event, hour)| (event, "", at(*hour), Noted::Here));
    let lives = Lives::of(said.chain(here));
    let all: Vec<_> = lives
        .all()
        .map(|life| (life.acts.len(), life.closing().is_some()))
        .collect();
    assert_eq!(all, [(1, false), (1, true)]);
}
