//! The routing desk: open questions, whose they are, what they raise, and whose account asks.

use std::collections::BTreeMap;

use super::book::{Book, NOW, at, owner, record};
use super::{What, account_view, all, fired, refresh};
use crate::domain::calendar::Calendar;
use crate::domain::desk::{DueItem, DueKind};
use crate::domain::record::{Core, Kind};
use crate::domain::routing::{AnswerWithin, Desk, Phrase, Proposal, Question, Questions, Sought, Whose, Why};
use crate::domain::team::Member;
use crate::engine::{questions, route_weeks, whose};
use crate::store::{CachePage, LinkSet};

mod complaints;

const COMPLAINT: [(Core, &str); 2] = [
    (Core::Subject, "Late again"),
    (Core::Body, "<p>This is <b>unacceptable</b>.</p>"),
];

fn told(book: &Book) -> Questions {
    questions(&book.cache, &book.ledger, &book.setup, at(NOW)).unwrap()
}

fn ids(questions: &[Question]) -> Vec<&str> {
    questions.iter().map(|one| one.id.as_str()).collect()
}

/// A ticket that was opened on a day and says this.
fn ask(book: &mut Book, id: &str, opened: &str, text: &str) {
    book.ticket(id, "1", opened, &[(Core::Subject, text), (Core::Owner, "o1")]);
}

fn link(book: &mut Book, from: (Kind, &str), to: (Kind, &str)) {
    let links = [LinkSet {
        from: (from.0, from.1.into()),
        to: to.0,
        ids: vec![to.1.into()],
    }];
    let page = CachePage {
        links: &links,
        ..CachePage::default()
    };
    book.cache.commit_page(&page).unwrap();
}

#[test]
fn open_tickets_are_questions_with_requester_desk_and_the_clock_of_what_was_bought() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.account("1", "Juniper Freight", &[("support_plan", "Business Hours")]);
    ask(&mut book, "t1", "2026-11-20T16:00:00Z", "How do I reset it?");
    ask(&mut book, "t2", "2026-11-19T09:00:00Z", "Hello");
    book.ticket(
        "t3",
        "1",
        "2026-11-01",
        &[(Core::Closed, "true"), (Core::Subject, "reset")],
    );
    link(&mut book, (Kind::Ticket, "t1"), (Kind::Contact, "1-p"));
    all(&mut book, NOW);
    let found = told(&book);
    assert_eq!(
        ids(&found.open),
        ["t2", "t1"],
        "oldest first, without what is closed"
    );
    assert_eq!((found.unread, found.nobody), (None, None));
    let one = &found.open[1];
    assert_eq!(one.proposal(), Proposal::Desk(Desk::Support));
    assert_eq!(one.requesters[0].name, "Ida 1-p");
    assert_eq!(one.business_days, Some(1), "from Friday to Monday");
    assert_eq!((one.mine, one.to_lead), (true, Some(false)));
    assert_eq!(found.open[0].proposal(), Proposal::Person(Why::NoRule));
    for (plan, proposal) in [
        ("community", Proposal::Person(Why::NoSupport)),
        ("gold", Proposal::Desk(Desk::Support)),
        ("24x7", Proposal::Desk(Desk::Support)),
    ] {
        book.account("1", "Juniper Freight", &[("support_plan", plan)]);
        let one = &told(&book).open[1];
        assert_eq!((one.proposal(), one.business_days), (proposal, None), "{plan}");
    }
    book.setup.mapping.tickets.rule = BTreeMap::from([("pipeline".to_owned(), vec!["7".to_owned()])]);
    assert_eq!(
        ids(&told(&book).open),
        [""; 0],
        "the mapping says which tickets are questions"
    );
}

#[test]
fn business_days_are_those_of_whose_question_it_is() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.account("1", "Juniper Freight", &[("support_plan", "Business Hours")]);
    for (id, owner) in [("t1", "o1"), ("t2", "o2")] {
        let fields = [(Core::Subject, "reset"), (Core::Owner, owner)];
        book.ticket(id, "1", "2026-11-20T16:00:00Z", &fields);
    }
    let holidays = vec!["11-23".to_owned().try_into().unwrap()];
    book.setup.team.calendars = BTreeMap::from([("NL".to_owned(), Calendar { holidays })]);
    book.setup.team.people = vec![Member {
        owner: "dana@alder.example".to_owned(),
        role: None,
        lead: None,
        calendar: Some("NL".to_owned()),
        away: Vec::new(),
    }];
    all(&mut book, NOW);
    let found = told(&book).open;
    let days = |id: &str| {
        let one = found.iter().find(|one| one.id.as_str() == id).unwrap();
        let by = one.answer_by.unwrap().to_zoned(jiff::tz::TimeZone::UTC);
        (one.business_days, by.day())
    };
    let (mine, theirs) = (days("t1"), days("t2"));
    assert_eq!(
        (mine.0, theirs.0),
        (Some(0), Some(1)),
        "Monday is a holiday of mine"
    );
    assert_eq!(mine.1, theirs.1 + 1);
}

#[test]
fn a_complaint_raises_its_warning_while_it_is_open_and_goes_to_the_lead_of_a_large_account() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.ticket("t1", "1", "2026-11-22", &COMPLAINT);
    all(&mut book, NOW);
    assert_eq!(fired(&book, "1"), ["complaint"]);
    assert_eq!(told(&book).open[0].to_lead, Some(true), "ARR of 84,000");
    book.setup.routing.escalate_arr = Some(84_000);
    assert_eq!(told(&book).open[0].to_lead, Some(false), "not above it");
    // Other rules mean something else of what is kept beside the account's line.
    let others = Phrase::try_from("dreadful".to_owned()).unwrap();
    let words = |book: &mut Book, new: Vec<Phrase>| {
        let mut routes = book.setup.routing.routes.iter_mut();
        let complaint = routes.find(|route| route.id == "complaint").unwrap();
        std::mem::replace(&mut complaint.any_of, new)
    };
    let before = words(&mut book, vec![others]);
    all(&mut book, NOW);
    assert_eq!(fired(&book, "1"), [""; 0]);
    words(&mut book, before);
    all(&mut book, NOW);
    assert_eq!(fired(&book, "1"), ["complaint"]);
    let closed = [COMPLAINT[0], COMPLAINT[1], (Core::Closed, "true")];
    book.ticket("t1", "1", "2026-11-22", &closed);
    all(&mut book, NOW);
    assert_eq!(fired(&book, "1"), [""; 0]);
}

#[test]
fn the_lead_of_an_account_of_unknown_arr_is_not_told_yes_or_no() {
    let mut book = Book::new();
    book.account("1", "Harbour Retail", &[]);
    book.ticket("t1", "1", "2026-11-22", &COMPLAINT);
    all(&mut book, NOW);
    assert_eq!(told(&book).open[0].to_lead, None);
}

/// An e-mail with account 1.
fn mail(book: &mut Book, id: &str, when: &str, way: &str) {
    mail_of(book, (id, when), way, "reset please");
}

/// An e-mail with account 1 that says this.
fn mail_of(book: &mut Book, (id, when): (&str, &str), way: &str, text: &str) {
    let when = at(when).to_string();
    let core = [(Core::Occurred, when.as_str()), (Core::Subject, text)];
    let mut mail = record(Kind::Email, id, &core);
    mail.mapped = BTreeMap::from([("way".to_owned(), way.to_owned())]);
    book.put(&mail, Some("1"));
}

#[test]
fn inbound_mail_is_a_question_where_the_mapping_says_so_until_somebody_answers_or_it_is_old() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    mail(&mut book, "m1", "2026-11-21T09:00:00Z", "in");
    mail(&mut book, "m2", "2026-11-22T09:00:00Z", "in");
    mail(&mut book, "old", "2026-10-30T09:00:00Z", "in");
    all(&mut book, NOW);
    assert_eq!(
        ids(&told(&book).open),
        [""; 0],
        "nothing says which are the customer's"
    );
    book.setup.mapping.emails.inbound = BTreeMap::from([("way".to_owned(), vec!["in".to_owned()])]);
    assert_eq!(ids(&told(&book).open), ["m1", "m2"]);
    mail(&mut book, "ours", "2026-11-21T17:00:00Z", "out");
    assert_eq!(
        ids(&told(&book).open),
        ["m2"],
        "what came before the answer is answered"
    );
    book.touch("call", "1", "2026-11-22T12:00:00Z");
    assert_eq!(ids(&told(&book).open), [""; 0]);
}

#[test]
fn a_complaint_by_mail_raises_the_warning_until_it_is_answered_or_old() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let angry = "This is unacceptable";
    mail_of(&mut book, ("m1", "2026-11-21T09:00:00Z"), "in", angry);
    mail_of(&mut book, ("m2", "2026-11-22T09:00:00Z"), "out", angry);
    all(&mut book, NOW);
    assert_eq!(
        fired(&book, "1"),
        [""; 0],
        "nothing says which are the customer's"
    );
    book.setup.mapping.emails.inbound = BTreeMap::from([("way".to_owned(), vec!["in".to_owned()])]);
    all(&mut book, NOW);
    assert_eq!(fired(&book, "1"), [""; 0], "what we wrote after it answers it");
    mail_of(&mut book, ("m3", "2026-11-22T10:00:00Z"), "in", angry);
    all(&mut book, NOW);
    assert_eq!(fired(&book, "1"), ["complaint"]);
    assert_eq!(ids(&told(&book).open), ["m3"]);
    // What is kept beside the account's line says the same.
    let warn = |book: &mut Book, now: &str| {
        refresh(
            &mut book.cache,
            &mut book.ledger,
            &book.setup,
            What::Warnings,
            at(now),
        )
        .unwrap();
    };
    warn(&mut book, NOW);
    assert_eq!(fired(&book, "1"), ["complaint"]);
    warn(&mut book, "2026-12-07T09:00:00Z");
    let still = fired(&book, "1").contains(&"complaint".to_owned());
    assert!(!still, "after two weeks it is open no more");
    book.touch("call", "1", "2026-11-22T12:00:00Z");
    all(&mut book, NOW);
    assert_eq!(fired(&book, "1"), [""; 0]);
    let status = serde_json::json!({ "last_success": at(NOW), "missing_scopes": [["e-mail", "mail"]] });
    book.cache
        .put_document("sync-status", &status.to_string())
        .unwrap();
    all(&mut book, NOW);
    let desk = book.cache.desk().unwrap().unwrap();
    let unknown = desk.cannot_tell.iter().any(|(signal, _)| signal == "complaint");
    assert!(unknown, "what cannot be read is no zero: {:?}", desk.cannot_tell);
}

#[test]
fn a_question_that_waits_to_be_accepted_goes_by_its_subject() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.ticket("t1", "1", "2026-11-22T08:50:00Z", &COMPLAINT);
    let body = "<p>Handoff support → CSM: sent</p><p>From: Ben Osei<br>To: Dana Reyes<br>\
                Routed: ticket t1 from support to CSM; rules: CSM</p><p>Told.</p><p>retain: handoff H-1 event 1</p>";
    book.put(&record(Kind::Note, "n1", &[(Core::Body, body)]), Some("1"));
    all(&mut book, NOW);
    let desk = book.cache.desk().unwrap().unwrap();
    let titles: Vec<&str> = desk.due.iter().map(|item| item.title.as_str()).collect();
    assert_eq!(titles, ["Accept or return: Late again"]);
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW));
    assert_eq!(
        view.unwrap().unwrap().next[0].title,
        "Accept or return: Late again"
    );
}

#[test]
fn what_cannot_be_read_is_unknown_and_not_none() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    let status = serde_json::json!({
        "last_success": at(NOW), "missing_scopes": [["ticket", "tickets"], ["contact", "people"]],
    });
    book.cache
        .put_document("sync-status", &status.to_string())
        .unwrap();
    let found = told(&book);
    assert!(found.unread.is_some_and(|why| why.contains("tickets")));
    assert!(found.nobody.is_some_and(|why| why.contains("contacts")));
    let known = look(&book, "juniper.example");
    assert!(known.is_empty());
}

fn look(book: &Book, text: &str) -> Vec<Whose> {
    let sought = Sought::parse(text).unwrap();
    whose(&book.cache, &book.ledger, &book.setup, &sought, at(NOW)).unwrap()
}

/// An account with a domain.
fn with_domain(book: &mut Book, id: &str, name: &str, domain: &str) {
    book.account(id, name, &[("support_plan", "24x7")]);
    let mut account = book.cache.record(Kind::Account, &id.into()).unwrap().unwrap();
    account.core.insert(Core::Domain, domain.to_owned());
    book.put(&account, None);
}

#[test]
fn a_requester_is_found_by_address_then_by_domain_and_all_accounts_are_told() {
    let mut book = Book::new();
    with_domain(&mut book, "1", "Juniper Freight", "juniper.example");
    with_domain(&mut book, "2", "Juniper Air", "juniper.example");
    with_domain(&mut book, "3", "Corner Shop", "gmail.com");
    ask(&mut book, "t1", "2026-11-20", "reset");
    let mut ana = record(
        Kind::Contact,
        "ana",
        &[(Core::FirstName, "Ana"), (Core::Email, "Ana@GMAIL.com")],
    );
    ana.mapped = BTreeMap::from([("left_company".to_owned(), "true".to_owned())]);
    book.put(&ana, Some("1"));
    all(&mut book, NOW);
    let names = |text: &str| {
        look(&book, text)
            .into_iter()
            .map(|one| one.line.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names("ana@gmail.com"),
        ["Juniper Freight"],
        "an address is known whatever its domain"
    );
    assert_eq!(names("new@juniper.example"), ["Juniper Air", "Juniper Freight"]);
    assert_eq!(
        names("bo@gmail.com"),
        [""; 0],
        "a public domain is nobody's, even where an account has it"
    );
    let found = &look(&book, "ana@gmail.com")[0];
    assert!(found.contact.as_ref().is_some_and(|ana| ana.left));
    assert_eq!(
        (found.open_tickets.clone(), found.entitlement.as_deref()),
        (Ok(1), Some("24x7"))
    );
}

#[test]
fn whoever_answers_is_told_what_the_customer_told_us_and_who_stands_in_for_the_csm() {
    let mut book = Book::new();
    with_domain(&mut book, "1", "Juniper Freight", "juniper.example");
    let body = "<p>Handoff support → CSM: sent</p><p>From: Ben Osei<br>To: Dana Reyes</p><p>What happened: Nothing<br>\
                What the customer told us: Freeze from 10 Dec.<br>No rollout before.<br>\
                What was promised, by whom, by when: nothing</p><p>retain: handoff H-7 event 1</p>";
    let mut note = record(Kind::Note, "n1", &[(Core::Body, body)]);
    note.core
        .insert(Core::Occurred, "2026-11-09T09:00:00Z".to_owned());
    book.put(&note, Some("1"));
    all(&mut book, NOW);
    let found = look(&book, "juniper.example").remove(0);
    let told: Vec<_> = found.told_us.unwrap();
    let words: Vec<_> = told.iter().map(|told| told.words.as_str()).collect();
    assert_eq!(words, ["Freeze from 10 Dec. No rollout before."]);
    assert_eq!(found.away, None);
}

/// A call of the CSM with an account.
fn call(book: &mut Book, id: &str, owner: &str, when: &str, body: &str) {
    let fields = [(Core::Body, body), (Core::Owner, owner), (Core::Occurred, when)];
    book.put(&record(Kind::Call, id, &fields), Some("1"));
}

#[test]
fn weeks_count_misroutes_by_notes_and_the_touches_of_csms_by_what_the_rules_say() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    for (id, state, routed) in [
        ("H-1", "sent", "ticket 1 from support to CSM; rules: CSM"),
        ("H-2", "sent", "ticket 2 from CSM to CSM; rules: CSM"),
    ] {
        let body = format!(
            "<p>Handoff support → CSM: {state}</p><p>From: Ben<br>To: Dana<br>Routed: {routed}</p><p>Told.</p>\
             <p>retain: handoff {id} event 1</p>"
        );
        let fields = [
            (Core::Body, body.as_str()),
            (Core::Occurred, "2026-11-23T07:00:00Z"),
        ];
        book.put(&record(Kind::Note, id, &fields), Some("1"));
    }
    call(
        &mut book,
        "c1",
        "o1",
        "2026-11-23T07:00:00Z",
        "Reset the password with her",
    );
    call(
        &mut book,
        "c2",
        "o1",
        "2026-11-23T07:10:00Z",
        "Spoke of this and that",
    );
    call(
        &mut book,
        "c3",
        "nobody",
        "2026-11-23T07:20:00Z",
        "Reset the password",
    );
    call(
        &mut book,
        "c4",
        "o1",
        "2026-10-01T07:20:00Z",
        "Reset the password",
    );
    all(&mut book, NOW);
    let weeks = route_weeks(&book.cache, &book.ledger, &book.setup, at(NOW), 2).unwrap();
    let now = &weeks.weeks[0];
    assert_eq!((now.handed, now.misroutes), (2, 1), "{weeks:?}");
    let touches: Vec<_> = now.csms.iter().map(|one| one.touches).collect();
    assert_eq!(touches.len(), 1, "{now:?}");
    assert_eq!(
        (touches[0].support, touches[0].own, touches[0].unknown),
        (1, 0, 1)
    );
    assert_eq!(touches[0].share(), Some(100));
}
