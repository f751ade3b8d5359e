//! Where steps stand, as it is told.

use super::*;

fn words(run: &Run, today: Date) -> Vec<String> {
    let owners = [Owner {
        email: "mara@alderfinch.example".to_owned(),
        name: "Mara Lindt".to_owned(),
        ..owners().remove(0)
    }];
    let zone = TimeZone::UTC;
    let reader = Reader {
        today,
        zone: &zone,
        owners: &owners,
    };
    let steps = run.steps.iter().map(|step| reader.step(run, step));
    std::iter::once(reader.start(run))
        .chain(reader.state(run))
        .chain(steps)
        .collect()
}

#[test]
fn a_step_says_by_when_what_it_waits_for_by_whom_it_was_done_and_why_it_was_left_out() {
    let friday = date(2026, 11, 20);
    let begun = started();
    let now = run(&[&begun]);
    assert_eq!(
        words(&now, friday),
        [
            "started today by Mara Lindt",
            "due Mon 23 Nov",
            "due Tue 24 Nov, waits for Do Juniper Freight",
        ]
    );
    assert_eq!(words(&now, date(2026, 11, 24))[1], "late, was due Mon 23 Nov");
    let looked = finish(&occasion(), &now, "look", None).unwrap();
    let now = run(&[&begun, &looked]);
    let left_out = skip(&occasion(), &now, "Juniper", "call", "they wrote").unwrap();
    let now = run(&[&begun, &looked, &left_out]);
    assert_eq!(
        words(&now, date(2026, 11, 24))[1..],
        [
            "done Fri 20 Nov by Mara Lindt",
            "left out Fri 20 Nov by Mara Lindt: they wrote",
        ]
    );
    // What is taken up again was done by nobody.
    let again = reopen(&occasion(), &now, "Juniper", "look").unwrap();
    assert_eq!(run(&[&begun, &looked, &left_out, &again]).steps[0].by, None);
}

#[test]
fn a_step_that_two_programs_close_is_whose_program_was_first() {
    let begun = started();
    let looked = finish(&occasion(), &run(&[&begun]), "look", None).unwrap();
    let (authors, at) = (["mara@x", "mara@x", "olu@x"], occasion().now);
    let events = [&begun, &looked, &looked];
    let events = events.iter().flat_map(|deed| &deed.events).zip(authors);
    let runs = runs(events.map(|(event, author)| (event, author, at)));
    assert_eq!(runs[0].steps[0].by.as_deref(), Some("mara@x"));
}

#[test]
fn a_step_that_was_completed_in_the_crm_is_not_said_to_be_done_by_any_of_us() {
    let begun = started();
    let now = run(&[&begun]);
    let seen = Deed {
        entries: Vec::new(),
        events: now.seen(now.step("call").unwrap(), true).into_iter().collect(),
    };
    let now = run(&[&begun, &seen]);
    assert_eq!(
        words(&now, date(2026, 11, 20))[2],
        "done in the CRM, seen today, without its evidence"
    );
}

#[test]
fn a_run_that_rests_or_was_given_up_says_so_of_itself_and_of_each_open_step() {
    let (begun, friday) = (started(), date(2026, 11, 20));
    let rests = pause(&run(&[&begun]), "their freeze").unwrap();
    let now = words(&run(&[&begun, &rests]), friday);
    assert_eq!(
        now[1..3],
        ["paused since today: their freeze", "paused, was due Mon 23 Nov"]
    );
    let over = abandon(&occasion(), &run(&[&begun]), "Juniper", "they left").unwrap();
    let now = words(&run(&[&begun, &over]), friday);
    assert_eq!(now[1..3], ["given up today: they left", "given up"]);
}
