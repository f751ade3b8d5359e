//! A question is handed over with context: a person decides, the form is filled, and all of it is one act.

use super::super::overlay::form::{Field as FormField, Reading};
use super::super::overlay::{Overlay, Question};
use super::super::play::outbox::mixed;
use super::super::play::routing::{questions, staff};
use super::super::play::{forbid_writing, known, play, write};
use super::super::*;
use super::forms::{form, nothing_begun, queued};
use super::routing::{asked, chosen, hear, screen};
use crate::domain::desk::HandoffState;
use crate::domain::handoff::{Asks, Follow, Followed, HandoffTask, Outcome};
use crate::domain::outbox::{Change, Field, NewEntry, Target, Write};
use crate::domain::record::{Core, Kind};
use crate::domain::routing::{Desk, Passed};

/// The routing desk as the one with this id sees it.
fn opened_by(me: &str) -> Model {
    let mut model = known(120, 36);
    staff(&mut model, me);
    let run = asked(&play(&mut model, "T"));
    hear(&mut model, run);
    model
}

fn made(entry: &NewEntry, field: Core) -> &str {
    match &entry.write {
        Write::Create { fields, .. } => fields.get(&Field::Core(field)).map_or("", String::as_str),
        other => panic!("nothing is made: {other:?}"),
    }
}

/// Whom a task is for.
fn tasks(entries: &[NewEntry]) -> Vec<(&str, &str)> {
    let tasks = entries
        .iter()
        .filter(|entry| matches!(entry.write, Write::Create { kind: Kind::Task, .. }));
    tasks
        .map(|entry| (made(entry, Core::Owner), made(entry, Core::Subject)))
        .collect()
}

/// The owner that the ticket gets, and the one that was seen.
fn given(entries: &[NewEntry]) -> Option<(Option<&str>, Option<&str>)> {
    entries.iter().find_map(|entry| match &entry.write {
        Write::Update {
            kind: Kind::Ticket,
            target: Target::Record(id),
            changes,
        } if id.as_str() == "4312" => match changes.as_slice() {
            [Change { base, to, .. }] => Some((base.as_deref(), to.as_deref())),
            _ => None,
        },
        _ => None,
    })
}

#[test]
fn six_keys_hand_a_complaint_to_the_csm_with_context_the_ticket_and_the_lead_in_one_act() {
    let mut model = opened_by("8");
    play(&mut model, "<tab> h <enter>");
    assert_eq!(form(&model).title(), "Handoff support → CSM · Juniper Freight");
    nothing_begun(&mut model);
    let texts: Vec<String> = form(&model).fields.iter().map(FormField::text).collect();
    assert_eq!(texts[0], "Mara Lindt");
    assert!(
        texts[1].starts_with("“No answer on ticket 4290” (ticket 4312), asked by Idris Okafor on 2026-11-22"),
        "{}",
        texts[1]
    );
    assert_eq!(
        texts[2],
        "Nobody has called. That is not acceptable for a cold chain."
    );
    assert_eq!(texts[3], "nothing");
    let (_, entries, drafts) = queued(&play(&mut model, "ctrl-s"));
    assert_eq!(drafts, ["handoff:1:support-to-csm 4312"]);
    assert!(entries.iter().all(|entry| entry.act == entries[0].act), "one act");
    let note = made(&entries[0], Core::Body);
    assert!(
        note.contains("\nRouted: ticket 4312 from support to CSM; rules: CSM\n")
            && note.contains("\nWhat was promised, by whom, by when: nothing\n"),
        "{note}"
    );
    assert_eq!(
        tasks(&entries),
        [
            ("7", "Accept or return the handoff of Juniper Freight"),
            ("10", "A complaint of Juniper Freight: No answer on ticket 4290")
        ]
    );
    assert_eq!(given(&entries), Some((Some("8"), Some("7"))));
    let Write::Create { about, .. } = &entries[0].write else {
        panic!("no note")
    };
    let kinds: Vec<Kind> = about.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [Kind::Account, Kind::Ticket], "it hangs on both");
}

#[test]
fn an_e_mail_that_is_handed_over_becomes_the_receivers_too() {
    let mut model = known(120, 36);
    staff(&mut model, "8");
    let run = asked(&play(&mut model, "T"));
    let mut told = questions();
    told.open.iter_mut().for_each(|one| one.kind = Kind::Email);
    let told = Box::new(told);
    update(&mut model, Msg::Routing(RoutingMsg::Loaded { run, told }));
    play(&mut model, "<tab> h <enter>");
    nothing_begun(&mut model);
    let (_, entries, _) = queued(&play(&mut model, "ctrl-s"));
    let given = entries.iter().find_map(|entry| match &entry.write {
        Write::Update {
            kind,
            target,
            changes,
        } => Some((*kind, target.clone(), changes.clone())),
        Write::Create { .. } | Write::Archive { .. } => None,
    });
    let (kind, target, changes) = given.unwrap_or_else(|| panic!("{entries:?}"));
    assert_eq!((kind, target), (Kind::Email, Target::Record("4312".into())));
    assert_eq!(changes[0].to.as_deref(), Some("7"));
}

/// A draft of the outbox that is resumed by the one with this id: what it orders.
fn resumed(model: &mut Model, name: &str) -> Vec<Cmd> {
    let mut view = mixed();
    view.drafts[0].name = name.to_owned();
    update(model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
    play(model, "O j j j j j j j <enter>")
}

#[test]
fn a_draft_of_a_question_is_resumed_as_the_routed_handoff_that_it_is_with_its_ticket() {
    let mut model = known(120, 36);
    staff(&mut model, "8");
    let name = "handoff:1:support-to-csm 4312";
    let run = asked(&resumed(&mut model, name));
    let told = Box::new(questions());
    let orders = update(&mut model, Msg::Routing(RoutingMsg::Loaded { run, told }));
    let [Cmd::OpenAccount { run, .. }] = &orders[..] else {
        panic!("{orders:?}")
    };
    let view = Some(Box::new(play::account()));
    let orders = update(&mut model, Msg::Account(AccountMsg::Loaded { run: *run, view }));
    assert_eq!(form(&model).title(), "Handoff support → CSM · Juniper Freight");
    let asks = |order: &Cmd| matches!(order, Cmd::LoadDraft { name: asked, .. } if asked == name);
    assert!(orders.iter().any(asks), "{orders:?}");
    assert_eq!(
        chosen(&model),
        "4312",
        "the desk behind it stands on the question"
    );
    nothing_begun(&mut model);
    let (_, entries, drafts) = queued(&play(&mut model, "ctrl-s"));
    assert_eq!(drafts, [name]);
    assert_eq!(given(&entries), Some((Some("8"), Some("7"))));
    assert!(made(&entries[0], Core::Body).contains("Routed: ticket 4312 from support to CSM"));
}

#[test]
fn a_draft_of_a_question_that_is_closed_meanwhile_can_go_as_a_note() {
    let mut model = known(120, 36);
    staff(&mut model, "8");
    let run = asked(&resumed(&mut model, "handoff:1:support-to-csm 99"));
    let told = Box::new(questions());
    update(&mut model, Msg::Routing(RoutingMsg::Loaded { run, told }));
    assert_eq!(form(&model).title(), "Note · Juniper Freight");
    let why = model.told.clone().unwrap_or_default();
    assert!(why.starts_with("the question is not open any more"), "{why}");
}

#[test]
fn what_was_promised_is_a_task_of_the_receiver_with_its_clock() {
    let mut model = opened_by("8");
    play(&mut model, "<tab> h <enter>");
    nothing_begun(&mut model);
    play(&mut model, "<tab> <tab> <tab>");
    // Nobody gave that answer: the first letter replaces it, unless one went about in it first.
    let field = |model: &Model| form(model).fields[3].clone();
    assert_eq!(field(&model).from.as_deref(), Some("the default answer"));
    let mut moved = field(&model);
    let window = editor::Window { width: 40, height: 3 };
    for key in ["end", "!"] {
        assert!(moved.take(key.parse().unwrap(), window), "{key}");
    }
    assert_eq!(moved.text(), "nothing!");
    write(&mut model, "Mara calls by 16:00");
    assert_eq!(field(&model).text(), "Mara calls by 16:00");
    let (_, entries, _) = queued(&play(&mut model, "ctrl-s"));
    let promised = entries
        .iter()
        .find(|entry| entry.title.contains("Promised"))
        .unwrap_or_else(|| panic!("{entries:?}"));
    assert_eq!(made(promised, Core::Owner), "7");
    assert_eq!(made(promised, Core::Due), "2026-11-23T16:00:00Z");
    assert!(made(promised, Core::Body).starts_with("Ben Osei told the customer on 2026-11-23: Mara calls"));
    let note = made(&entries[0], Core::Body);
    assert!(
        note.contains("by when: Mara calls, by 2026-11-23 16:00\n"),
        "{note}"
    );
}

#[test]
fn who_stands_in_for_a_csm_who_is_away_is_offered() {
    let mut model = known(120, 36);
    model.today = jiff::civil::date(2026, 12, 22);
    staff(&mut model, "8");
    let run = asked(&play(&mut model, "T"));
    hear(&mut model, run);
    play(&mut model, "<tab> h");
    let whose = &screen(&model).deciding.as_ref().unwrap().choices[0].whose;
    assert_eq!(whose, "Tom Abara, for Mara Lindt, away until 2027-01-04");
    play(&mut model, "<enter>");
    assert_eq!(form(&model).fields[0].text(), "Tom Abara");
    // Whoever wants it to go to her all the same is asked.
    nothing_begun(&mut model);
    write(&mut model, "mara");
    play(&mut model, "ctrl-s");
    assert!(
        matches!(model.overlays.last(), Some(Overlay::Confirm(confirm)) if matches!(confirm.question, Question::Away { .. })),
        "{:?}",
        model.overlays.last()
    );
}

#[test]
fn where_the_rules_say_nothing_a_person_chooses_and_that_is_in_the_note() {
    let mut model = opened_by("8");
    play(&mut model, "<tab> <tab> <tab>");
    while screen(&model).selected().unwrap().subject != "Nobody can log in from the branch office" {
        play(&mut model, "j");
    }
    play(&mut model, "h <enter>");
    assert_eq!(
        model.told.as_deref(),
        Some("the rules propose no desk: tab chooses one")
    );
    play(&mut model, "<tab>");
    let chosen = screen(&model)
        .deciding
        .as_ref()
        .unwrap()
        .chosen()
        .unwrap()
        .handed
        .routed();
    assert_eq!(chosen.line(), "ticket 4315 from support to CSM; rules: nobody");
    assert!(chosen.is_misroute());
    play(&mut model, "j <esc>");
    assert!(screen(&model).deciding.is_none(), "esc goes back to the list");
    assert!(model.overlays.len() == 1);
}

#[test]
fn a_csm_takes_a_question_that_support_has_and_it_is_accepted_at_once() {
    let mut model = opened_by("7");
    play(&mut model, "<tab> h <enter>");
    assert_eq!(form(&model).fields[0].text(), "Mara Lindt");
    nothing_begun(&mut model);
    let (_, entries, _) = queued(&play(&mut model, "ctrl-s"));
    assert_eq!(given(&entries), Some((Some("8"), Some("7"))));
    let [sent, accepted] = [0, 1].map(|at| made(&entries[at], Core::Body));
    assert!(
        sent.contains("\nRouted: ticket 4312 from support to CSM; rules: CSM\n"),
        "{sent}"
    );
    assert!(
        accepted.starts_with("Handoff support → CSM: accepted\n"),
        "{accepted}"
    );
    assert!(accepted.ends_with(" event 2"), "{accepted}");
    let lead = ("10", "A complaint of Juniper Freight: No answer on ticket 4290");
    assert_eq!(tasks(&entries), [lead], "nothing is to be accepted");
}

#[test]
fn what_is_mine_needs_no_handing_over_and_read_only_says_why() {
    let mut model = opened_by("8");
    play(&mut model, "<tab> h <tab> <enter>");
    let why = "it is yours already: it needs no handing over";
    assert_eq!(model.told.as_deref(), Some(why));
    forbid_writing(&mut model);
    let orders = play(&mut model, "<esc> h");
    assert!(matches!(&orders[..], [Cmd::LookForPermit]), "{orders:?}");
    let why = "hand over: nothing is written, as --read-only was given; start again without it";
    assert_eq!(model.told.as_deref(), Some(why));
    assert!(screen(&model).deciding.is_none());
}

#[test]
fn an_organisation_without_such_a_handoff_says_so() {
    let mut model = opened_by("8");
    model.outbox.means.handoffs = [].into();
    play(&mut model, "<tab> h <enter>");
    let why = model.told.clone().unwrap();
    assert!(
        why.starts_with("the organisation's phase has no handoff from support to csm"),
        "{why}"
    );
}

#[test]
fn a_complaint_among_the_steps_opens_its_ticket_and_is_done_by_answering_it() {
    let mut model = known(120, 36);
    play(&mut model, "3 g");
    let desk = model.desk.desk.as_mut().unwrap();
    desk.due[0].kind = crate::domain::desk::DueKind::Complaint;
    desk.due[0].task = None;
    play(&mut model, "x");
    let why = model.told.clone().unwrap_or_default();
    assert!(
        why.contains("stays until it is answered: T, the routing desk"),
        "{why}"
    );
    play(&mut model, "<enter>");
    assert_eq!(model.account.as_ref().unwrap().part, account::Part::Tickets);
}

/// The steps with the cursor on something that was promised.
fn before_a_promise() -> Model {
    let mut model = known(120, 36);
    play(&mut model, "3 g j");
    let item = &mut model.desk.desk.as_mut().unwrap().due[1];
    item.kind = crate::domain::desk::DueKind::Promise;
    item.title = "Promised: Mara calls".to_owned();
    item.of_handoff = Some(HandoffTask {
        handoff: "H-7".to_owned(),
        asks: Asks::Promise,
        words: Some("Mara calls".to_owned()),
    });
    model
}

#[test]
fn a_promise_is_kept_with_one_key_and_not_kept_with_a_reason() {
    let mut model = before_a_promise();
    let (_, entries, _) = queued(&play(&mut model, "x"));
    assert!(made(&entries[0], Core::Body).starts_with("Promise kept: Mara calls\nBy: Mara Lindt\n"));
    assert_eq!(entries[1].write.target(), Some(&Target::Record("t2".into())));
    let mut model = before_a_promise();
    play(&mut model, "-");
    assert_eq!(
        form(&model).title(),
        "Promise not kept: Mara calls · Juniper Freight"
    );
    play(&mut model, "<enter>");
    assert_eq!(form(&model).wrong.as_deref(), Some("say why it was not kept"));
    write(&mut model, "She was ill");
    let (_, entries, _) = queued(&play(&mut model, "<enter>"));
    let said = made(&entries[0], Core::Body);
    assert!(
        said.contains("Promise not kept: Mara calls") && said.contains("Why: She was ill"),
        "{said}"
    );
}

#[test]
fn what_is_taken_says_whose_the_account_becomes_before_it_is_sent() {
    let mut model = opened_by("7");
    let mut templates = model.outbox.means.handoffs.to_vec();
    for (_, template) in &mut templates {
        template.takes_over = true;
    }
    model.outbox.means.handoffs = templates.into();
    play(&mut model, "<tab> h <enter>");
    nothing_begun(&mut model);
    let read = form(&model).reading(0, &model.reading_occasion(), &model.outbox.people);
    let told = "it is accepted at once: the account is already yours";
    assert!(
        matches!(&read, Some(Reading::Hint(hint)) if hint.starts_with(told)),
        "{read:?}"
    );
}

/// The routing desk as the one with this id sees it, with the first question of the CSM handed over to Mara.
fn handed_over(me: &str) -> Model {
    let mut model = known(120, 36);
    staff(&mut model, me);
    let run = asked(&play(&mut model, "T"));
    let mut told = questions();
    let mut open = told.open.iter_mut();
    let question = open.find(|one| one.id.as_str() == "4312").unwrap();
    (question.owner, question.had) = (Some("7".into()), Some(Desk::Csm));
    question.passed = Some(Passed {
        handoff: "H-7".to_owned(),
        to: Some("Mara Lindt".to_owned()),
        when: "2026-11-23T08:10:00Z".parse().unwrap(),
        state: HandoffState::Sent,
    });
    let told = Box::new(told);
    update(&mut model, Msg::Routing(RoutingMsg::Loaded { run, told }));
    model
}

#[test]
fn a_question_that_is_handed_over_already_is_asked_about_before_it_goes_once_more() {
    let has_it = "Mara Lindt has it already, since today 08:10, by handoff H-7 (sent)";
    let mut model = handed_over("8");
    play(&mut model, "<tab> h <enter>");
    let read = form(&model).reading(0, &model.reading_occasion(), &model.outbox.people);
    assert_eq!(read, Some(Reading::Wrong(has_it.to_owned())));
    nothing_begun(&mut model);
    assert!(play(&mut model, "ctrl-s").is_empty(), "nothing leaves unasked");
    let Some(Overlay::Confirm(confirm)) = model.overlays.last() else {
        panic!("{:?}", model.overlays.last())
    };
    assert_eq!(confirm.question.subject(), Some(has_it));
    let (_, entries, _) = queued(&play(&mut model, "y"));
    assert!(!entries.is_empty(), "a person's word sends it");
    // Who received it hands it on without being asked.
    let mut model = handed_over("7");
    play(&mut model, "<tab> h <tab> <enter>");
    let read = form(&model).reading(0, &model.reading_occasion(), &model.outbox.people);
    assert!(matches!(&read, Some(Reading::Hint(_))), "{read:?}");
}

#[test]
fn who_hands_a_question_over_sees_what_was_promised_to_the_account_and_is_open() {
    let mut model = known(120, 36);
    staff(&mut model, "8");
    play(&mut model, "1 g <enter>");
    let promised = |text: &str, outcome| Followed {
        what: Follow::Promised,
        text: text.to_owned(),
        who: Some("Ben Osei".to_owned()),
        first: None,
        when: "2026-11-22T08:10:00Z".parse().unwrap(),
        handoff: "H-7".to_owned(),
        outcome,
    };
    let kept = Outcome {
        handoff: "H-7".to_owned(),
        words: "Tom writes".to_owned(),
        kept: true,
        why: None,
        by: None,
        when: "2026-11-23T08:10:00Z".parse().unwrap(),
    };
    let account = model.account.as_mut().unwrap();
    account.view.as_mut().unwrap().followed = vec![
        promised("Mara calls, by 2026-11-23 16:00", None),
        promised("Tom writes", Some(kept)),
    ];
    let run = asked(&play(&mut model, "T"));
    hear(&mut model, run);
    play(&mut model, "<tab> h <enter>");
    nothing_begun(&mut model);
    let told = "; promised already and open: Mara calls, by 2026-11-23 16:00 (Ben Osei, 2026-11-22)";
    for at in [0, 3] {
        match form(&model).reading(at, &model.reading_occasion(), &model.outbox.people) {
            Some(Reading::Hint(hint)) => assert!(hint.ends_with(told), "{hint}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn two_promises_in_one_line_are_understood_as_two_and_each_has_its_own_clock() {
    let mut model = opened_by("8");
    play(&mut model, "<tab> h <enter>");
    nothing_begun(&mut model);
    play(&mut model, "<tab> <tab> <tab>");
    write(
        &mut model,
        "Mara calls by 16:00 tomorrow; Ida sends the plan by 3 dec",
    );
    let read = form(&model).reading(3, &model.reading_occasion(), &model.outbox.people);
    let understood = [
        "in the receiver's steps: Mara calls, by Tue 24 Nov 16:00",
        "in the receiver's steps: Ida sends the plan, by Thu 3 Dec",
    ];
    assert_eq!(read, Some(Reading::Means(understood.map(str::to_owned).to_vec())));
    let (_, entries, _) = queued(&play(&mut model, "ctrl-s"));
    let made: Vec<_> = entries
        .iter()
        .filter(|entry| entry.title.contains("Promised"))
        .map(|entry| (made(entry, Core::Subject), made(entry, Core::Due)))
        .collect();
    assert_eq!(made[0], ("Promised: Mara calls", "2026-11-24T16:00:00Z"));
    assert_eq!(made[1].0, "Promised: Ida sends the plan");
    assert!(made[1].1.starts_with("2026-12-03"), "{made:?}");
}
