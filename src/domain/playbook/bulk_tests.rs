//! One playbook on many accounts.

use super::*;

/// The fixture's account under another id and name, without runs.
fn account(id: &str, name: &str) -> AccountView {
    let mut view = view();
    (view.summary.id, view.summary.name) = (id.into(), name.to_owned());
    view.plays.clear();
    view.colleagues.clear();
    view
}

fn plan_of(views: &[AccountView], because: Because<'_>) -> Plan {
    let (owners, on, playbook) = (owners(), occasion(), playbook());
    let team = Team {
        owners: &owners,
        role: Role::Csm,
        roster: &Roster::default(),
        currency: Currency::USD,
    };
    let mut plan = Plan::new(&on, &playbook);
    for view in views {
        plan.add(&on, &playbook, view, team, because);
    }
    plan
}

/// What the journal keeps of a deed, read back.
fn kept(deed: &Deed) -> (Vec<PlayEvent>, Vec<Run>) {
    let read = deed.events.iter().map(|event| {
        let (kind, payload) = event.stored();
        PlayEvent::read(&event.account, &kind, &payload).unwrap()
    });
    let events: Vec<PlayEvent> = read.collect();
    let with = events.iter().map(|event| (event, "mara@x", occasion().now));
    let runs = runs(with);
    (events, runs)
}

#[test]
fn a_plan_tells_of_each_account_what_is_started_or_why_nothing_is() {
    let mut elsewhere = account("2", "Marlow");
    elsewhere.warnings.clear();
    let signal = view().warnings[0].signal.clone();
    let views = [account("1", "Juniper"), elsewhere, account("1", "Juniper again")];
    let plan = plan_of(&views, Because::Signal(&signal));
    let [juniper, marlow] = &plan.lines[..] else {
        panic!("each account once: {:?}", plan.lines)
    };
    let starts = juniper.does.as_ref().unwrap();
    assert_eq!((starts.steps, starts.tasks), (2, 1));
    assert_eq!(starts.first.as_ref().unwrap().1, "Mara Lindt");
    assert!(starts.reason.is_some());
    let why = marlow.does.as_ref().unwrap_err();
    assert_eq!(*why, format!("it has no open warning `{signal}`"));
    // For what it answers, if that is open; else for no reason.
    let answers = [(signal, "waning".to_owned())];
    let plan = plan_of(&views, Because::Answers(&answers));
    let reasons: Vec<bool> = plan
        .lines
        .iter()
        .map(|line| line.does.as_ref().unwrap().reason.is_some())
        .collect();
    assert_eq!(reasons, [true, false]);
}

#[test]
fn nothing_is_started_before_the_right_number_is_typed() {
    let plan = plan_of(
        &[account("1", "Juniper"), account("2", "Marlow")],
        Because::Answers(&[]),
    );
    for wrong in ["", "1", "3", "two", "y"] {
        let why = plan.confirmed(wrong).unwrap_err();
        assert!(why.contains("it is 2 accounts"), "{why}");
    }
    assert_eq!(plan.confirmed(" 2 ").unwrap().events.len(), 2);
    let none = plan_of(&[], Because::Answers(&[]));
    assert!(none.confirmed("0").unwrap_err().contains("no account"));
}

#[test]
fn what_was_started_is_one_run_whose_exceptions_are_told() {
    let mut other = account("3", "Alder");
    other.warnings.clear();
    let signal = view().warnings[0].signal.clone();
    let views = [account("1", "Juniper"), account("2", "Marlow"), other];
    let plan = plan_of(&views, Because::Signal(&signal));
    let deed = plan.confirmed("2").unwrap();
    assert_eq!(deed.entries.len(), 2);
    assert!(deed.entries.iter().all(|entry| entry.act == occasion().act));
    let (events, runs) = kept(deed);
    let found = bulks(&runs, &events);
    let [bulk] = &found[..] else { panic!("{found:?}") };
    assert_eq!(
        (bulk.id.as_str(), bulk.title.as_str(), bulk.runs.len()),
        (plan.id.as_str(), "Waning", 2)
    );
    assert_ne!(bulk.runs[0].id, bulk.runs[1].id);
    let standing = |bulk: &Bulk| {
        let standing = bulk.standing();
        (standing.under_way, standing.ended, standing.given_up)
    };
    assert_eq!(standing(bulk), (2, 0, 0));
    let today = occasion().today();
    let exceptions = bulk.exceptions(today);
    let of_alder = [(RecordId::from("3"), format!("it has no open warning `{signal}`"))];
    assert_eq!(exceptions, of_alder);
    let late = bulk.exceptions(Date::MAX);
    assert_eq!(late.len(), 3);
    assert!(late[1].1.starts_with("late: `look`, due 2026-11-23"), "{late:?}");
    // Given up as a whole, with the reason; once.
    let name = |id: &RecordId| id.to_string();
    assert!(bulk.abandon(&occasion(), " ", name).is_err());
    let given_up = bulk.abandon(&occasion(), "the campaign is off", name).unwrap();
    let mut all = deed.clone();
    all.events.extend(given_up.events);
    let (events, runs) = kept(&all);
    let over = &bulks(&runs, &events)[0];
    assert_eq!(standing(over), (0, 0, 2));
    assert!(over.abandon(&occasion(), "again", name).is_err());
    assert_eq!(over.exceptions(today)[1].1, "given up: the campaign is off");
    // Taken back it never was.
    let undone = deed.events.iter().filter_map(PlayEvent::undone);
    let back = Deed {
        events: deed.events.iter().cloned().chain(undone).collect(),
        ..Deed::default()
    };
    let (events, runs) = kept(&back);
    assert_eq!(bulks(&runs, &events), []);
}

#[test]
fn where_the_same_play_runs_already_mine_or_a_colleagues_none_is_started() {
    let deed = started();
    let mut mine = account("1", "Juniper");
    mine.plays = vec![run(&[&deed])];
    let mut theirs = account("2", "Marlow");
    theirs.colleagues = vec![TheirRun {
        id: "P-2222".to_owned(),
        account: RecordId::from("2"),
        playbook: Some("waning".to_owned()),
        signal: None,
        of: Some(2),
        tasks: vec![TheirTask {
            step: "call".to_owned(),
            task: RecordId::from("9"),
            done: Some(false),
            left_out: false,
            owner: "Ben Osei".to_owned(),
        }],
    }];
    let plan = plan_of(&[mine, theirs], Because::Answers(&[]));
    let whys: Vec<&String> = plan
        .lines
        .iter()
        .map(|line| line.does.as_ref().unwrap_err())
        .collect();
    assert!(whys[0].contains("it runs already: P-"), "{whys:?}");
    assert!(
        whys[1].contains("it runs already: P-2222, of Ben Osei"),
        "{whys:?}"
    );
}
