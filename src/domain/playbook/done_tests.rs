//! What a step changes when it is done, and what has to be there before.

use super::*;
use crate::domain::account_view::{TimelineKind, TimelineLine};
use crate::domain::acts::edit::LIST;
use crate::domain::record::ValueType;

/// The playbook whose first step is changed so, begun.
fn with(change: &dyn Fn(&mut StepTemplate)) -> Playbook {
    let mut playbook = playbook();
    change(&mut playbook.steps[0]);
    playbook
}

fn sets(field: &str, value: &str) -> Playbook {
    with(&|step| {
        step.kind = StepKind::Set;
        step.field = Some(field.to_owned());
        step.value = Some(value.to_owned());
    })
}

fn shown_by(evidence: Evidence, field: Option<&str>) -> Playbook {
    with(&|step| {
        step.evidence = Some(evidence);
        step.field = field.map(str::to_owned);
    })
}

/// What doing the first step does on this account.
fn look(playbook: &Playbook, view: &AccountView) -> Result<Deed, String> {
    let begun = begin(&occasion(), playbook, view)?;
    complete(
        &occasion(),
        &run(&[&begun]),
        Ground { view, people: &[] },
        "look",
        None,
    )
}

#[test]
fn a_step_that_sets_a_field_queues_the_change_unless_the_field_has_the_value() {
    let mut view = view();
    let deed = look(&sets("Renewal Date", "2027-01-31"), &view).unwrap();
    let [entry] = deed.entries.as_slice() else {
        panic!("one change: {:?}", deed.entries)
    };
    let Write::Update {
        kind: Kind::Account,
        changes,
        ..
    } = &entry.write
    else {
        panic!("{entry:?}")
    };
    assert_eq!(changes[0].to.as_deref(), Some("2027-01-31"));
    assert!(matches!(&deed.events[0].what, What::Done { step, .. } if step == "look"));
    let mut fields = view.editable.iter_mut();
    let field = fields.find(|one| one.label == "renewal date").unwrap();
    field.value = Some("2027-01-31".to_owned());
    let again = look(&sets("renewal date", "2027-01-31"), &view).unwrap();
    assert!(again.entries.is_empty() && again.events.len() == 1);
}

#[test]
fn a_value_that_the_field_does_not_take_is_told_at_the_start_and_one_hard_to_believe_when_it_is_done() {
    let error = begin(&occasion(), &sets("renewal date", "soonish"), &view()).unwrap_err();
    assert!(
        error.contains("`look` cannot be done") && error.contains("playbooks/waning.toml"),
        "{error}"
    );
    let error = look(&sets("renewal date", "2097-01-31"), &view()).unwrap_err();
    assert!(
        error.contains("years ahead") && error.contains("skip `look`"),
        "{error}"
    );
    let error = look(&sets("mood", "sunny"), &view()).unwrap_err();
    assert!(
        error.contains("no field `mood`") && error.contains("retain edit"),
        "{error}"
    );
}

#[test]
fn a_step_that_wants_a_touch_is_done_once_one_was_logged_since_the_run_began() {
    let mut view = view();
    let playbook = shown_by(Evidence::Touch, None);
    let line = |view: &AccountView, when: &str| TimelineLine {
        when: when.parse().unwrap(),
        kind: TimelineKind::Touchpoint,
        ..view.timeline[0].clone()
    };
    view.timeline = vec![line(&view, "2026-11-20T08:49:59Z")];
    let error = look(&playbook, &view).unwrap_err();
    assert!(
        error.contains("call, meeting or e-mail") && error.contains("retain log"),
        "{error}"
    );
    view.timeline.push(line(&view, "2026-11-20T08:50:00Z"));
    assert_eq!(look(&playbook, &view).unwrap().events.len(), 1);
}

#[test]
fn a_step_that_wants_a_field_is_done_once_it_is_not_empty() {
    let mut view = view();
    let playbook = shown_by(Evidence::Field, Some("segment"));
    let at = view
        .editable
        .iter()
        .position(|one| one.label == "segment")
        .unwrap();
    view.editable[at].value = None;
    let error = look(&playbook, &view).unwrap_err();
    assert!(
        error.contains("while segment of") && error.contains("retain edit"),
        "{error}"
    );
    view.editable[at].value = Some(String::new());
    assert!(look(&playbook, &view).is_err());
    view.editable[at].value = Some("mid-market".to_owned());
    assert_eq!(
        look(&playbook, &view).unwrap().entries,
        [],
        "only asked for, not set"
    );
}

#[test]
fn keys_that_do_not_belong_to_a_step_and_those_that_it_lacks_are_found() {
    let told = |change: &dyn Fn(&mut StepTemplate)| -> Vec<String> {
        let problems = with(change).problems();
        problems
            .into_iter()
            .map(|one| format!("{}: {}", one.keys[0], one.message))
            .collect()
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        told(&|step| step.kind = StepKind::Set),
        [
            "kind: `look` sets a field: add `field`",
            "kind: `look` sets a field: add `value`"
        ]
    );
    assert!(told(&|step| step.field = text("stage"))[0].starts_with("field: `field` belongs"));
    assert!(told(&|step| step.value = text("x"))[0].starts_with("value: `value` belongs"));
    assert!(told(&|step| step.evidence = Some(Evidence::Field))[0].contains("add `field`"));
    let both = told(&|step| {
        (step.kind, step.evidence) = (StepKind::Set, Some(Evidence::Field));
        (step.field, step.value) = (text("stage"), text("adoption"));
    });
    assert!(
        both.len() == 1 && both[0].contains("leave `evidence` out"),
        "{both:?}"
    );
}

#[test]
fn a_start_that_was_stored_before_steps_had_kinds_is_still_read() {
    let stored = r#"{"run": "P-1", "act": "a", "playbook": {"id": "w", "version": 1, "title": "W", "steps": []},
        "reason": null, "steps": [{"id": "look", "title": "Look", "guidance": "", "role": "csm", "owner": "11",
        "owner_name": "Mara Lindt", "due": "2026-11-23", "after": [], "evidence": "note", "crm_task": false}]}"#;
    let stored = serde_json::from_str(stored).unwrap();
    let event = PlayEvent::read(&RecordId::from("1"), "play-started", &stored).unwrap();
    let runs = runs([(&event, "mara@x.example", occasion().now)]);
    let step = &runs[0].steps[0].step;
    assert_eq!(
        (step.kind, step.evidence, &step.field),
        (StepKind::Task, Some(Evidence::Note), &None)
    );
}

#[test]
fn a_step_that_lets_the_crm_send_sets_the_property_on_which_its_lists_are_built() {
    let mut view = view();
    let mut list = view.editable[0].clone();
    (list.label, list.field, list.contract) = (LIST.to_owned(), Field::Mapped("news_list".to_owned()), None);
    (list.options, list.value, list.value_type) = (Vec::new(), None, ValueType::Text);
    list.is_owner = false;
    view.editable.push(list);
    let mut playbook = playbook();
    let step = &mut playbook.steps[0];
    (step.kind, step.value) = (StepKind::List, Some("renewal news".to_owned()));
    assert_eq!(playbook.problems(), []);
    let begun = begin(&occasion(), &playbook, &view).unwrap();
    let run = run(&[&begun]);
    assert_eq!(run.steps[0].step.field.as_deref(), Some(LIST));
    let ground = Ground {
        view: &view,
        people: &[],
    };
    let deed = complete(&occasion(), &run, ground, "look", None).unwrap();
    let [
        NewEntry {
            write: Write::Update { changes, .. },
            ..
        },
    ] = &deed.entries[..]
    else {
        panic!("{deed:?}")
    };
    assert_eq!(changes[0].to.as_deref(), Some("renewal news"));
    // It says which list, and nothing of where: that is the mapping's.
    let told = |change: &dyn Fn(&mut StepTemplate)| {
        let mut wrong = playbook.clone();
        change(&mut wrong.steps[0]);
        wrong.problems().first().map(|one| one.message.clone()).unwrap()
    };
    assert!(told(&|step| step.value = None).contains("say which with `value`"));
    assert!(told(&|step| step.field = Some("stage".to_owned())).contains("leave `field` out"));
    let shows = Some(Evidence::Field);
    assert!(told(&|step| step.evidence = shows).contains("leave `evidence` out"));
}
