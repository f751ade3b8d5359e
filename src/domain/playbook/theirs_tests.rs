//! What tasks in the CRM tell of the runs of colleagues.

use super::*;

#[test]
fn the_last_line_of_a_task_is_read_as_it_is_written_also_in_its_earlier_form_and_what_is_not_so_is_none() {
    let read = |text: &str| Mark::read(text.lines());
    let mark = bound_by(&started().entries[0].write).unwrap();
    assert_eq!(read(&format!("Ask.\n{}\nMara", mark.line())), Some(mark.clone()));
    let bare = Mark {
        signal: None,
        ..mark.clone()
    };
    assert_eq!(read(&bare.line()), Some(bare));
    let earlier = read("Ask about it.\n\nretain: play P-7K3M9QX2 step call").unwrap();
    assert_eq!(
        (earlier.run.as_str(), earlier.step.as_str(), earlier.place),
        ("P-7K3M9QX2", "call", None)
    );
    let signed = "Ask.\n\nretain: play P-7K3M9QX2 step call\n\nMara Lindt · retain 7K3M9QX2\n";
    assert_eq!(read(signed), Some(earlier), "it was signed below once");
    for wrong in [
        "As in the last one:\nretain: play P-1 step call\nAsk again.\nMara",
        "Ask about retain: play P-1 step call",
        "retain: play P-1",
        "retain: play P-1; drop step call",
        "retain: play P-1 step call, task one of 2",
        "retain: play P-1 step call, task 1 of 2, \u{202e}evil",
    ] {
        assert_eq!(read(wrong), None, "{wrong}");
    }
}

#[test]
fn what_tasks_tell_of_a_colleagues_run_adds_up_with_what_is_not_linked() {
    let bound = |step: &str, task: &str| PlayEvent {
        account: RecordId::from("1"),
        what: What::Bound {
            run: "P-9".to_owned(),
            step: step.to_owned(),
            task: RecordId::from(task),
            of: Some(3),
            playbook: Some("waning".to_owned()),
            signal: Some("no-touch".to_owned()),
        },
    };
    let events = [bound("call", "7"), bound("plan", "8"), bound("call", "7")];
    let mut runs = theirs(&events);
    assert_eq!(
        (runs.len(), runs[0].tasks.len(), runs[0].unlinked()),
        (1, 2, Some(1))
    );
    let two = |look: bool, talk: bool| {
        let with = |id: &str, crm_task: bool| StepTemplate {
            crm_task,
            ..step(id, 3, &[])
        };
        let mut playbook = playbook();
        playbook.steps.extend([with("plan", true), with("talk", talk)]);
        playbook.steps[0].crm_task = look;
        runs[0].unseen(&playbook)
    };
    assert_eq!(
        two(true, false),
        ["look"],
        "the one that is a task whoever does it"
    );
    assert_eq!(
        two(false, false),
        ["look", "talk"],
        "either, where another does it"
    );
    assert_eq!(
        two(true, true),
        ["look", "talk"],
        "more than are missing by this version"
    );
    assert!(
        !runs[0].is_open() && colleague(&runs, "waning", None).is_none(),
        "none is known to be open"
    );
    runs[0].tasks[0].done = Some(false);
    runs[0].tasks[0].owner = "Ben Osei".to_owned();
    let mine = run(&[&started()]);
    let here = RecordId::clone(&mine.account);
    for (account, signal, told) in [
        (here.clone(), mine.reason.as_ref().unwrap().signal.clone(), true),
        (here, "another".to_owned(), false),
        ("999".into(), mine.reason.as_ref().unwrap().signal.clone(), false),
    ] {
        let (mut other, mut mine) = (runs[0].clone(), mine.clone());
        (other.account, other.signal) = (account, Some(signal));
        let also = |run: &Run| also(run, std::slice::from_ref(&other));
        let words = "Ben Osei does the same: P-9".to_owned();
        assert_eq!(also(&mine), told.then_some(words), "{other:?}");
        mine.abandoned = Some((mine.started, "over".to_owned()));
        assert_eq!(also(&mine), None);
    }
    let mut view = view();
    view.colleagues = runs;
    let why = playbook().doubt(&view, Some("no-touch")).unwrap();
    assert!(
        why.contains("runs on") && why.contains("P-9, of Ben Osei"),
        "{why}"
    );
    assert_eq!(
        playbook().doubt(&view, Some("usage-drop")),
        None,
        "another reason"
    );
    assert!(
        playbook().doubt(&view, None).is_some(),
        "without a reason it is the same play"
    );
}
