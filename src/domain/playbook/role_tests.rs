//! Whose a step is, by role, and by whose calendar it is due.

use super::*;
use crate::domain::calendar::Calendar;
use crate::domain::team::Member;

#[test]
fn a_step_is_whose_role_it_is_and_due_by_their_calendar() {
    let owner = |id: &str, name: &str| Owner {
        id: RecordId::from(id),
        email: format!("{}@x", name.to_lowercase()),
        name: name.to_owned(),
        active: true,
        user: None,
        queue: false,
        teams: Vec::new(),
    };
    let owners = [
        owner("11", "Mara"),
        owner("12", "Olu"),
        owner("13", "Priya"),
        owner("14", "Ben"),
    ];
    let member = |email: &str, role, lead: Option<&str>| Member {
        owner: email.to_owned(),
        role,
        lead: lead.map(str::to_owned),
        calendar: None,
        away: Vec::new(),
    };
    let mut roster = Roster {
        people: vec![
            member("mara@x", Some(Role::Csm), Some("priya@x")),
            member("olu@x", Some(Role::Onboarding), None),
            member("ben@x", Some(Role::Lead), None),
        ],
        ..Roster::default()
    };
    // Monday the 23rd is a holiday of Olu's.
    let holidays = vec!["11-23".to_owned().try_into().unwrap()];
    roster.calendars.insert("NL".to_owned(), Calendar { holidays });
    roster.people[1].calendar = Some("NL".to_owned());
    let mut view = view();
    (view.summary.csm, view.summary.csm_name) = (Some("11".into()), Some("Mara".to_owned()));
    let of = |role| {
        let mut playbook = playbook();
        playbook.steps[0].role = role;
        let on = Occasion {
            calendars: Arc::new(week().with([(RecordId::from("12"), &roster.calendars["NL"])])),
            ..occasion()
        };
        let team = Team {
            owners: &owners,
            role: Role::Digital,
            roster: &roster,
            currency: Currency::USD,
        };
        let step = run(&[&start(&on, &playbook, &view, team, None).unwrap()])
            .steps
            .remove(0)
            .step;
        (step.owner_name, step.due)
    };
    let (monday, tuesday) = (date(2026, 11, 23), date(2026, 11, 24));
    assert_eq!(of(Role::Onboarding), ("Olu".to_owned(), tuesday));
    assert_eq!(of(Role::Csm), ("Mara".to_owned(), monday));
    assert_eq!(
        of(Role::Lead),
        ("Priya".to_owned(), monday),
        "the CSM's, not the only one"
    );
    assert_eq!(
        of(Role::Support),
        ("Mara".to_owned(), monday),
        "nobody is known to be that"
    );
    roster
        .people
        .push(member("priya@x", Some(Role::Onboarding), None));
    let of = |role| {
        let team = Team {
            owners: &owners,
            role: Role::Digital,
            roster: &roster,
            currency: Currency::USD,
        };
        team.of_role(role, None)
    };
    assert_eq!(of(Role::Onboarding), None, "there are two");
}

#[test]
fn of_a_lead_who_is_not_active_that_is_told_and_not_that_nobody_leads() {
    let mut playbook = playbook();
    playbook.steps[0].role = Role::Lead;
    let olu = owners().remove(0);
    let mara = Owner {
        id: "11".into(),
        email: "mara@alderfinch.example".to_owned(),
        name: "Mara Lindt".to_owned(),
        ..olu.clone()
    };
    let owners = [mara, Owner { active: false, ..olu }];
    let roster = Roster {
        people: vec![Member {
            owner: "mara@alderfinch.example".to_owned(),
            role: Some(Role::Csm),
            lead: Some("olu@alderfinch.example".to_owned()),
            calendar: None,
            away: Vec::new(),
        }],
        ..Roster::default()
    };
    let team = Team {
        owners: &owners,
        role: Role::Csm,
        roster: &roster,
        currency: Currency::USD,
    };
    let mut view = view();
    (view.summary.csm, view.summary.csm_name) = (Some("11".into()), Some("Mara Lindt".to_owned()));
    let begun = start(&occasion(), &playbook, &view, team, None).unwrap();
    let told = "whoever is known as lead is not active in the CRM: it falls to Mara Lindt";
    assert_eq!(run(&[&begun]).steps[0].step.fallen().as_deref(), Some(told));
}

#[test]
fn that_nobody_has_the_role_of_a_step_is_told_with_whom_it_falls_to() {
    let mut playbook = playbook();
    playbook.steps[0].role = Role::Vp;
    let mut view = view();
    (view.summary.csm, view.summary.csm_name) = (Some("12".into()), Some("Olu Ade".to_owned()));
    let fallen = |view: &AccountView| -> Vec<Option<String>> {
        let deed = begin(&occasion(), &playbook, view).unwrap();
        run(&[&deed]).steps.iter().map(|one| one.step.fallen()).collect()
    };
    let told = fallen(&view);
    assert_eq!(
        told[0].as_deref(),
        Some("nobody is known as VP: it falls to Olu Ade")
    );
    assert_eq!(told[1], None, "I am a CSM myself");
    view.summary.csm = None;
    assert_eq!(
        fallen(&view)[0].as_deref(),
        Some("nobody is known as VP: it falls to Mara Lindt")
    );
    // Whoever gets it by name has not fallen into it.
    let begun = begin(&occasion(), &playbook, &view).unwrap();
    let olu = Somebody {
        id: "12".into(),
        name: "Olu Ade".to_owned(),
    };
    let given = reassign(&occasion(), &run(&[&begun]), "Juniper", "look", &olu).unwrap();
    assert_eq!(run(&[&begun, &given]).steps[0].step.fallen(), None);
}

#[test]
fn what_another_does_is_a_task_in_the_crm_unless_it_counts_only_under_a_condition() {
    let mut playbook = playbook();
    playbook.steps[1].crm_task = false;
    let mut view = view();
    (view.summary.csm, view.summary.csm_name) = (Some("12".into()), Some("Olu Ade".to_owned()));
    for step in &mut playbook.steps {
        step.role = Role::Vp;
    }
    playbook.steps[1].when = Condition::try_from("score > 70".to_owned()).ok();
    let tasks = |playbook: &Playbook| -> (usize, Vec<bool>) {
        let deed = begin(&occasion(), playbook, &view).unwrap();
        let steps = run(&[&deed]).steps.into_iter().map(|one| one.step.crm_task);
        (deed.entries.len(), steps.collect())
    };
    assert_eq!(tasks(&playbook), (1, vec![true, false]));
    for step in &mut playbook.steps {
        step.role = Role::Csm;
    }
    assert_eq!(tasks(&playbook), (0, vec![false, false]), "I do them myself");
}

#[test]
fn roles_that_no_one_of_us_has_alone_are_told_with_their_steps() {
    let mut playbook = playbook();
    (playbook.steps[0].role, playbook.steps[1].role) = (Role::Lead, Role::Support);
    let member = |email: &str, role, lead: Option<&str>| Member {
        owner: email.to_owned(),
        role: Some(role),
        lead: lead.map(str::to_owned),
        calendar: None,
        away: Vec::new(),
    };
    let mut roster = Roster::default();
    let told = |roster: &Roster, mine| -> Vec<(Role, Fell)> {
        let found = unmanned(std::slice::from_ref(&playbook), mine, roster);
        found.iter().map(|one| (one.role, one.fell)).collect()
    };
    let both = [(Role::Lead, Fell::Nobody), (Role::Support, Fell::Nobody)];
    assert_eq!(told(&roster, Role::Csm), both);
    assert_eq!(told(&roster, Role::Support), both[..1], "I am support");
    roster.people = vec![
        member("ben@x", Role::Support, None),
        member("ana@x", Role::Support, Some("priya@x")),
    ];
    // Whoever is led has a lead.
    assert_eq!(told(&roster, Role::Csm), [(Role::Support, Fell::Several)]);
    roster.people.pop();
    roster.people[0].lead = Some("priya@x".to_owned());
    assert_eq!(told(&roster, Role::Csm), []);
}
