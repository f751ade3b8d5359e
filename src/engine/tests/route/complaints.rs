//! Complaints as the lead hears of them.

use super::*;
use crate::domain::desk::HandoffState;

/// Priya leads Dana, and sits there.
fn led_by_priya(book: &mut Book) {
    book.owners(&[
        owner("o1", "Dana Reyes", "dana@alder.example"),
        owner("o2", "Priya Nair", "priya@alder.example"),
        owner("o3", "Ben Osei", "ben@alder.example"),
    ]);
    let roster = "[[people]]\nowner = \"dana@alder.example\"\nlead = \"priya@alder.example\"";
    book.setup.team = toml::from_str(roster).unwrap();
    book.setup.settings.me.owner = Some("priya@alder.example".to_owned());
}

/// The complaints among the steps.
fn complaints(book: &mut Book) -> Vec<DueItem> {
    all(book, NOW);
    let mut due = book.cache.desk().unwrap().unwrap().due;
    due.retain(|item| item.kind == DueKind::Complaint);
    due
}

#[test]
fn a_complaint_of_a_large_account_is_among_the_leads_steps_although_nobody_hands_it_over() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let owned = [COMPLAINT[0], COMPLAINT[1], (Core::Owner, "o3")];
    book.ticket("t1", "1", "2026-11-22T08:50:00Z", &owned);
    assert_eq!(complaints(&mut book), [], "Dana is its CSM, who has the warning");
    led_by_priya(&mut book);
    let [one] = complaints(&mut book).try_into().unwrap();
    assert_eq!(
        (one.record.as_str(), one.title.as_str(), one.account_name.as_str()),
        ("t1", "Complaint: Late again", "Juniper Freight")
    );
    let facts = one.body.lines().next().unwrap();
    assert_eq!(
        facts,
        "support has it: Ben Osei, open since 22 Nov 08:50, ARR $84k, by when to answer is not known"
    );
    assert_eq!(
        book.ledger.outbox_length().unwrap(),
        0,
        "nothing is written for it"
    );
    book.setup.routing.escalate_arr = Some(84_000);
    assert_eq!(complaints(&mut book), [], "not above it");
    book.setup.routing.escalate_arr = Some(25_000);
    let closed = [COMPLAINT[0], COMPLAINT[1], (Core::Closed, "true")];
    book.ticket("t1", "1", "2026-11-22T08:50:00Z", &closed);
    assert_eq!(complaints(&mut book), []);
}

#[test]
fn the_leads_step_of_a_complaint_runs_in_business_hours_also_where_no_time_to_answer_is_known() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    // A Friday.
    book.ticket("t1", "1", "2026-11-20T08:50:00Z", &COMPLAINT);
    led_by_priya(&mut book);
    let from = |book: &mut Book| {
        let [one] = complaints(book).try_into().unwrap();
        one.is_late_from().unwrap().to_string()
    };
    let known = from(&mut book);
    assert_eq!(
        known, "2026-11-23T17:01:00",
        "the evening of the next business day"
    );
    book.account("1", "Juniper Freight", &[("support_plan", "Business Hours")]);
    assert_eq!(from(&mut book), known, "as it is where that is what was bought");
    // A Saturday, and nobody has set a time.
    book.setup.routing.answer_within = AnswerWithin::default();
    book.ticket("t1", "1", "2026-11-21T08:50:00Z", &COMPLAINT);
    assert_eq!(from(&mut book), "2026-11-23T17:01:00");
}

#[test]
fn of_a_complaint_that_was_handed_over_the_lead_is_told_once() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.ticket("t1", "1", "2026-11-22T08:50:00Z", &COMPLAINT);
    led_by_priya(&mut book);
    let body = "<p>Handoff support → CSM: sent</p><p>From: Ben Osei<br>To: Dana Reyes<br>\
                Routed: ticket t1 from support to CSM; rules: CSM</p><p>Told.</p><p>retain: handoff H-1 event 1</p>";
    let note = |body: &str| {
        record(
            Kind::Note,
            "n1",
            &[(Core::Body, body), (Core::Occurred, "2026-11-23T07:00:00Z")],
        )
    };
    book.put(&note(body), Some("1"));
    assert_eq!(
        complaints(&mut book).len(),
        1,
        "nobody told her: she may have had no lead then"
    );
    let task = |done: &str| {
        let body = "<p>A complaint.</p><p>retain: handoff H-1 lead</p>";
        record(
            Kind::Task,
            "k1",
            &[(Core::Body, body), (Core::Owner, "o2"), (Core::Done, done)],
        )
    };
    for done in ["false", "true"] {
        book.put(&task(done), Some("1"));
        assert_eq!(complaints(&mut book), [], "her task tells it, done or not");
    }
    let mut gone = task("false");
    gone.archived = true;
    book.put(&gone, Some("1"));
    assert_eq!(complaints(&mut book).len(), 1);
    book.put(
        &note(&body.replace("From: Ben Osei", "From: Priya Nair")),
        Some("1"),
    );
    assert_eq!(
        complaints(&mut book).len(),
        1,
        "an edit of the note changes no fact"
    );
}

#[test]
fn a_question_knows_by_which_handoff_it_was_handed_over_last_and_where_that_stands() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.ticket("t1", "1", "2026-11-22T08:50:00Z", &COMPLAINT);
    let passed = |book: &Book| {
        let one = told(book).open.remove(0).passed?;
        Some((one.handoff, one.to?, one.when.to_string(), one.state))
    };
    assert_eq!(passed(&book), None);
    let mut note = |id: &str, at: &str, body: &str| {
        book.put(
            &record(Kind::Note, id, &[(Core::Body, body), (Core::Occurred, at)]),
            Some("1"),
        );
        passed(&book)
    };
    let sent = |to: &str, handoff: &str| {
        format!(
            "<p>Handoff support → CSM: sent</p><p>From: Ben Osei<br>To: {to}<br>\
             Routed: ticket t1 from support to CSM; rules: CSM</p><p>Told.</p><p>retain: handoff {handoff} event 1</p>"
        )
    };
    let is = |handoff: &str, to: &str, when: &str, state| {
        Some((handoff.to_owned(), to.to_owned(), when.to_owned(), state))
    };
    let (first, second) = ("2026-11-22T09:00:00Z", "2026-11-23T07:00:00Z");
    assert_eq!(
        note("n1", first, &sent("Dana Reyes", "H-9")),
        is("H-9", "Dana Reyes", first, HandoffState::Sent)
    );
    let back = "<p>Handoff support → CSM: returned</p><p>By: Dana Reyes</p><p>When?</p><p>retain: handoff H-9 event 2</p>";
    assert_eq!(
        note("n2", "2026-11-22T10:00:00Z", back),
        is("H-9", "Dana Reyes", first, HandoffState::Returned)
    );
    assert_eq!(
        note("n3", second, &sent("Olu Ade", "H-1")),
        is("H-1", "Olu Ade", second, HandoffState::Sent)
    );
}
