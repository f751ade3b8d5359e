//! Steps that are given to somebody else, and runs that are paused.

use super::*;
use crate::domain::calendar::Calendar;
use crate::domain::desk::TaskFacts;

fn olu() -> Somebody {
    Somebody {
        id: RecordId::from("12"),
        name: "Olu Ade".to_owned(),
    }
}

/// The same person so many days later.
fn later(days: i64) -> Occasion {
    let now = occasion()
        .now
        .checked_add(SignedDuration::from_hours(24 * days))
        .unwrap();
    Occasion { now, ..occasion() }
}

/// What these deeds add up to, each kept so many days after the first.
fn after(deeds: &[(&Deed, i64)]) -> Run {
    let stored = deeds.iter().flat_map(|(deed, days)| {
        let kept = deed.events.iter().map(|event| {
            let (kind, payload) = event.stored();
            assert!(KINDS.contains(&kind.as_str()), "{kind}");
            PlayEvent::read(&event.account, &kind, &payload).unwrap()
        });
        kept.map(|event| (event, later(*days).now))
    });
    let stored: Vec<(PlayEvent, Timestamp)> = stored.collect();
    let mut runs = runs(stored.iter().map(|(event, at)| (event, "mara@x.example", *at)));
    let mut run = runs.remove(0);
    run.steps[1].task = Some(Target::Record(RecordId::from("77")));
    run
}

/// What undoes an act.
fn undone(deed: &Deed) -> Deed {
    Deed {
        entries: Vec::new(),
        events: deed.events.iter().filter_map(PlayEvent::undone).collect(),
    }
}

fn due(run: &Run) -> Vec<Date> {
    run.steps.iter().map(|one| one.step.due).collect()
}

#[test]
fn a_step_that_is_given_to_somebody_takes_its_task_along_and_comes_back() {
    let begun = started();
    let mut now = run(&[&begun]);
    now.steps[1].facts = Some(TaskFacts {
        owner: Some("11".to_owned()),
        ..TaskFacts::default()
    });
    let given = reassign(&occasion(), &now, "Juniper", "call", &olu()).unwrap();
    let Write::Update {
        kind: Kind::Task,
        changes,
        ..
    } = &given.entries[0].write
    else {
        panic!("{given:?}")
    };
    assert_eq!(
        (changes[0].base.as_deref(), changes[0].to.as_deref()),
        (Some("11"), Some("12"))
    );
    let now = run(&[&begun, &given]);
    assert_eq!(now.steps[1].step.owner_name, "Olu Ade");
    let error = reassign(&occasion(), &now, "Juniper", "call", &olu()).unwrap_err();
    assert!(error.contains("Olu Ade's already"), "{error}");
    let back = run(&[&begun, &given, &undone(&given)]);
    assert_eq!(back.steps[1].step.owner_name, "Mara Lindt");
}

#[test]
fn nothing_of_a_paused_run_is_late_or_done_and_its_days_move_by_the_business_days_it_was_paused() {
    let begun = started();
    let before = run(&[&begun]);
    assert!(pause(&before, " ").unwrap_err().contains("say why"));
    let pause_it = pause(&before, "their freeze").unwrap();
    let now = after(&[(&begun, 0), (&pause_it, 0)]);
    assert!(!now.is_late(Date::MAX) && now.current().is_none() && now.is_open());
    let error = finish(&occasion(), &now, "look", None).unwrap_err();
    assert!(
        error.contains("is paused (their freeze)") && error.contains("resume"),
        "{error}"
    );
    assert!(pause(&now, "again").unwrap_err().contains("is paused already"));
    // From Friday to the Tuesday after are two business days.
    let on = resume(&later(4), &now, "Juniper").unwrap();
    assert_eq!(on.entries.len(), 1, "the task of `call` is due later too");
    let resumed = [(&begun, 0), (&pause_it, 0), (&on, 4)];
    let now = after(&resumed);
    assert_eq!(
        (due(&before), due(&now)),
        (
            vec![date(2026, 11, 23), date(2026, 11, 24)],
            vec![date(2026, 11, 25), date(2026, 11, 26)]
        )
    );
    assert!(now.current().is_some() && resume(&later(4), &now, "Juniper").is_err());
    // Taken back, it is paused since Friday and is due as before.
    let back = undone(&on);
    let again = after(&[&resumed[..], &[(&back, 4)]].concat());
    assert_eq!(
        (due(&again), again.paused),
        (due(&before), Some((occasion().now, "their freeze".to_owned())))
    );
    // And so does the pause itself.
    let never = after(&[(&begun, 0), (&pause_it, 0), (&undone(&pause_it), 0)]);
    assert_eq!((due(&never), never.paused), (due(&before), None));
}

#[test]
fn what_was_paused_over_a_holiday_of_whose_it_is_is_due_later_by_the_days_they_would_have_worked() {
    let begun = started();
    let pause_it = pause(&run(&[&begun]), "their freeze").unwrap();
    let now = after(&[(&begun, 0), (&pause_it, 0)]);
    // Monday and Wednesday are days off of Mara's, whose both steps are.
    let holidays = ["11-23", "11-25"]
        .map(|day| day.to_owned().try_into().unwrap())
        .to_vec();
    let hers = Calendar { holidays };
    let on = Occasion {
        calendars: Arc::new(week().with([(RecordId::from("11"), &hers)])),
        ..later(4)
    };
    let on = resume(&on, &now, "Juniper").unwrap();
    let now = after(&[(&begun, 0), (&pause_it, 0), (&on, 4)]);
    assert_eq!(due(&now), [date(2026, 11, 24), date(2026, 11, 26)]);
}

#[test]
fn what_was_paused_for_no_business_day_is_due_as_before() {
    let begun = started();
    let pause_it = pause(&run(&[&begun]), "lunch").unwrap();
    let now = after(&[(&begun, 0), (&pause_it, 0)]);
    let on = resume(&later(1), &now, "Juniper").unwrap();
    assert_eq!(on.entries, []);
    assert_eq!(due(&after(&[(&begun, 0), (&pause_it, 0), (&on, 1)])), due(&now));
}
