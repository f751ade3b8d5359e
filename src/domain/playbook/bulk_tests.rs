//! One playbook on many accounts.

use std::collections::BTreeMap;

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

/// How it stands on a day; accounts are called by their ids.
fn stands(bulk: &Bulk, today: Date) -> Standing {
    Standing::of(bulk, today, &BTreeMap::new(), &|id| id.to_string())
}

/// Its exceptions on a day: account, and why.
fn odd(bulk: &Bulk, today: Date) -> Vec<(String, String)> {
    let standing = stands(bulk, today);
    let told = standing.exceptions();
    told.map(|(one, why)| (one.name.clone(), why.to_owned()))
        .collect()
}

#[test]
fn an_account_on_which_it_would_be_over_at_once_is_left_out() {
    let mut over = account("1", "Juniper");
    over.over.insert(playbook().id);
    let plan = plan_of(&[over.clone(), account("2", "Marlow")], Because::Answers(&[]));
    let why = "it would be over at once: `score > 70` holds already";
    // Those on which it starts come first.
    let lines: Vec<&Line> = plan.lines().collect();
    assert_eq!(lines[0].name, "Marlow");
    let spared = lines[1].does.as_ref().unwrap_err();
    assert_eq!(*spared, Spared::rightly(why.to_owned()));
    assert_eq!((plan.starts(), plan.left_out(), plan.exceptions()), (1, 1, 0));
    let alone = playbook().misfit(&over).unwrap();
    assert!(
        alone.ends_with("would be over at once on Juniper: `score > 70` holds already"),
        "{alone}"
    );
    assert_eq!(playbook().misfit(&account("2", "Marlow")), None);
}

#[test]
fn how_a_bulk_play_stands_has_each_step_and_each_account_exceptions_first() {
    let views = [
        account("1", "Juniper"),
        account("2", "Marlow"),
        account("3", "Alder"),
    ];
    let deed = plan_of(&views, Because::Answers(&[]))
        .confirmed("3")
        .unwrap()
        .clone();
    let (events, runs) = kept(&deed);
    let bulk = &bulks(&runs, &events)[0];
    // The first did both steps, the second's task was completed in the CRM, the third waits for a person.
    let run = |at: usize| bulk.runs[at].id.clone();
    let happened = [
        (
            0,
            What::Done {
                run: run(0),
                step: "look".to_owned(),
            },
        ),
        (
            0,
            What::Done {
                run: run(0),
                step: "call".to_owned(),
            },
        ),
        (
            1,
            What::TaskSeen {
                run: run(1),
                step: "call".to_owned(),
                done: true,
            },
        ),
    ];
    let more = happened.map(|(at, what)| PlayEvent {
        account: bulk.runs[at].account.clone(),
        what,
    });
    let all = Deed {
        events: events.iter().cloned().chain(more).collect(),
        ..Deed::default()
    };
    let (events, mut runs) = kept(&all);
    runs[2].steps[1].task = Some(Target::Record("t9".into()));
    runs[1].steps[1].step.evidence = Some(Evidence::Note);
    let bulk = &bulks(&runs, &events)[0];
    let waiting = BTreeMap::from([(RecordId::from("t9"), "parked: no such owner".to_owned())]);
    let standing = Standing::of(bulk, occasion().today(), &waiting, &|id| id.to_string());
    let told: Vec<(&str, Option<&str>)> = standing
        .accounts
        .iter()
        .map(|one| (one.name.as_str(), one.odd.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (
                "2",
                Some("`call` was completed in the CRM without its evidence (note)")
            ),
            ("3", Some("the task of `call` is parked: no such owner")),
            ("1", None),
        ]
    );
    assert_eq!(standing.words(), "started on 3 of 3: 2 under way, 1 ended");
    let steps: Vec<String> = standing.steps.iter().map(StepCount::words).collect();
    assert_eq!(steps, ["1 done, 2 to do", "2 done, 1 to do"]);
    let late = Standing::of(bulk, Date::MAX, &waiting, &|id| id.to_string());
    assert_eq!(late.steps[0].words(), "1 done, 2 late");
}

#[test]
fn a_plan_tells_of_each_account_what_is_started_or_why_nothing_is() {
    let mut elsewhere = account("2", "Marlow");
    elsewhere.warnings.clear();
    let signal = view().warnings[0].signal.clone();
    let views = [account("1", "Juniper"), elsewhere, account("1", "Juniper again")];
    let plan = plan_of(&views, Because::Signal(&signal));
    let lines: Vec<&Line> = plan.lines().collect();
    let [juniper, marlow] = lines[..] else {
        panic!("each account once: {lines:?}")
    };
    let starts = juniper.does.as_ref().unwrap();
    assert_eq!((starts.steps, starts.tasks), (2, 1));
    assert_eq!(starts.first.as_ref().unwrap().1, "Mara Lindt");
    assert!(starts.reason.is_some());
    let spared = marlow.does.as_ref().unwrap_err();
    assert_eq!(
        *spared,
        Spared::rightly(format!("it has no open warning `{signal}`"))
    );
    // For what it answers, if that is open; else for no reason.
    let answers = [(signal, "waning".to_owned())];
    let plan = plan_of(&views, Because::Answers(&answers));
    let reasons: Vec<bool> = plan
        .lines()
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
    assert!(
        plan.confirmed(" ")
            .unwrap_err()
            .ends_with("and no number was typed")
    );
    assert!(plan.confirmed("3").unwrap_err().ends_with("and `3` was typed"));
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
    let today = occasion().today();
    assert_eq!(stands(bulk, today).words(), "started on 2 of 3: 2 under way");
    // Where it was rightly not started nobody need look: it is left out, and last.
    let stood = stands(bulk, today);
    let left_out: Vec<(&str, &str)> = stood
        .left_out()
        .map(|(one, why)| (one.name.as_str(), why))
        .collect();
    let why = format!("it has no open warning `{signal}`");
    assert_eq!(left_out, [("3", why.as_str())]);
    assert_eq!(stood.accounts[2].name, "3");
    assert_eq!(odd(bulk, today), []);
    let late = odd(bulk, Date::MAX);
    assert_eq!(late.len(), 2);
    assert!(late[0].1.starts_with("late: `look`, due 23 Nov"), "{late:?}");
    // Given up as a whole, with the reason; once.
    let name = |id: &RecordId| id.to_string();
    assert!(bulk.with_all(&occasion(), WithAll::GiveUp(" "), name).is_err());
    let given_up = bulk
        .with_all(&occasion(), WithAll::GiveUp("the campaign is off"), name)
        .unwrap();
    let mut all = deed.clone();
    all.events.extend(given_up.events);
    let (events, runs) = kept(&all);
    let over = &bulks(&runs, &events)[0];
    assert_eq!(stands(over, today).words(), "started on 2 of 3: 2 given up");
    assert!(
        over.with_all(&occasion(), WithAll::GiveUp("again"), name)
            .is_err()
    );
    assert_eq!(odd(over, today)[0].1, "given up: the campaign is off");
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
fn what_a_person_is_to_see_comes_before_what_is_left_out_and_older_events_are_that() {
    let mut plan = Plan::new(&occasion(), &playbook());
    plan.leave_out(
        Some("2".into()),
        "Marlow".to_owned(),
        Spared::rightly("it runs already".to_owned()),
    );
    plan.leave_out(
        None,
        "Alder".to_owned(),
        Spared::odd("no such account".to_owned()),
    );
    let names: Vec<&str> = plan.lines().map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["Alder", "Marlow"]);
    let old =
        serde_json::json!({ "bulk": "B-1", "playbook": "waning", "version": 1, "why": "it does not apply" });
    let event = PlayEvent::read(&"1".into(), NOT_STARTED, &old).unwrap();
    assert!(matches!(event.what, What::NotStarted { rightly: false, .. }));
}

#[test]
fn a_plan_tells_once_of_a_step_whose_role_nobody_has() {
    let mut playbook = playbook();
    playbook.steps[0].role = Role::Vp;
    let owners = owners();
    let team = Team {
        owners: &owners,
        role: Role::Csm,
        roster: &Roster::default(),
        currency: Currency::USD,
    };
    let mut plan = Plan::new(&occasion(), &playbook);
    let olu = (Some(RecordId::from("12")), Some("Olu Ade".to_owned()));
    for (id, (csm, csm_name)) in [("1", olu.clone()), ("2", olu), ("3", (None, None))] {
        let mut view = account(id, "Juniper");
        (view.summary.csm, view.summary.csm_name) = (csm, csm_name);
        plan.add(&occasion(), &playbook, &view, team, Because::Answers(&[]));
    }
    let told = [
        "look: nobody is known as VP: it falls to who looks after the account, on 2 accounts",
        "look: nobody is known as VP: it falls to whoever starts it, on 1 account",
    ];
    assert_eq!(plan.fallen(), told);
}

#[test]
fn a_bulk_play_is_paused_and_resumed_whole() {
    let plan = plan_of(
        &[account("1", "Juniper"), account("2", "Marlow")],
        Because::Answers(&[]),
    );
    let deed = plan.confirmed("2").unwrap();
    let (events, runs) = kept(deed);
    let bulk = &bulks(&runs, &events)[0];
    let (name, today) = (|id: &RecordId| id.to_string(), occasion().today());
    assert!(
        bulk.with_all(&occasion(), WithAll::Resume, name)
            .unwrap_err()
            .contains("is paused")
    );
    let mut all = deed.clone();
    all.events.extend(
        bulk.with_all(&occasion(), WithAll::Pause("their freeze"), name)
            .unwrap()
            .events,
    );
    let (events, runs) = kept(&all);
    let rests = &bulks(&runs, &events)[0];
    assert_eq!(stands(rests, today).words(), "started on 2 of 2: 2 paused");
    assert!(
        rests
            .with_all(&occasion(), WithAll::Pause("again"), name)
            .is_err()
    );
    all.events
        .extend(rests.with_all(&occasion(), WithAll::Resume, name).unwrap().events);
    let (events, runs) = kept(&all);
    assert_eq!(
        stands(&bulks(&runs, &events)[0], today).words(),
        "started on 2 of 2: 2 under way"
    );
}

#[test]
fn a_step_of_which_nothing_is_decided_is_not_counted_as_to_do() {
    let plan = plan_of(
        &[account("1", "Juniper"), account("2", "Marlow")],
        Because::Answers(&[]),
    );
    let (events, mut runs) = kept(plan.confirmed("2").unwrap());
    for run in &mut runs {
        run.steps[0].state = StepState::Done;
        run.steps[1].step.when = Some("score > 40".to_owned());
    }
    runs[1].steps[1].branch = Some(Branch::Counts);
    let step = &stands(&bulks(&runs, &events)[0], occasion().today()).steps[1];
    assert_eq!(step.words(), "1 to do, 1 only if score > 40");
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
        .lines()
        .map(|line| &line.does.as_ref().unwrap_err().why)
        .collect();
    assert!(whys[0].contains("it runs already: P-"), "{whys:?}");
    assert!(
        whys[1].contains("it runs already: P-2222, of Ben Osei"),
        "{whys:?}"
    );
}
