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
