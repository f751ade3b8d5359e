#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::{Desk, Phrase, Plans, Proposal, Route, Router, Routing, Support, Why, question};
use crate::domain::money::Currency;

fn phrases(texts: &[&str]) -> Vec<Phrase> {
    texts
        .iter()
        .map(|text| Phrase::try_from((*text).to_owned()).unwrap())
        .collect()
}

fn route(id: &str, desk: Desk, any_of: &[&str], but_not: &[&str]) -> Route {
    Route {
        id: id.to_owned(),
        desk,
        any_of: phrases(any_of),
        but_not: phrases(but_not),
        raises: (id == "complaint").then(|| "complaint".to_owned()),
    }
}

fn rules() -> Routing {
    Routing {
        routes: vec![
            route(
                "password",
                Desk::Support,
                &["reset", "log in", "Kennwort zurücksetzen", "密码"],
                &[],
            ),
            route("users", Desk::Support, &["add a user"], &[]),
            route("groups", Desk::Csm, &["add a user group", "是否支持"], &[]),
            route(
                "complaint",
                Desk::Csm,
                &["complaint", "无法接受"],
                &["not a complaint"],
            ),
        ],
        ..Routing::default()
    }
}

/// The proposal for a text, and the words that were found.
fn read(text: &str) -> (Proposal, Vec<String>) {
    let rules = rules();
    let verdict = Router::new(&rules).read(text);
    let words = verdict.hits.iter().map(|hit| hit.words.clone());
    (verdict.proposal(), words.collect())
}

fn check(text: &str, proposal: Proposal, words: &[&str]) {
    assert_eq!(
        read(text),
        (proposal, words.iter().map(|word| (*word).to_owned()).collect()),
        "{text}"
    );
}

const SUPPORT: Proposal = Proposal::Desk(Desk::Support);
const CSM: Proposal = Proposal::Desk(Desk::Csm);
const NONE: Proposal = Proposal::Person(Why::NoRule);

#[test]
fn without_support_the_csm_answers_whatever_the_rules_say() {
    let open = crate::app::play::routing::questions().open;
    let mut question = open.into_iter().find(|one| one.proposal() != CSM).unwrap();
    question.has_support = false;
    assert_eq!((question.proposal(), question.desk()), (CSM, Some(Desk::Csm)));
    assert!(
        question.because().contains("has no support"),
        "{}",
        question.because()
    );
}

#[test]
fn words_are_found_whole_in_any_case_and_accent_with_their_places() {
    check("Please RESET it", SUPPORT, &["RESET"]);
    check("a resettable preset, resets", NONE, &[]);
    check("I cannot log-in", SUPPORT, &["log-in"]);
    check("see the log. In short", NONE, &[]);
    check("das Kennwort  zurucksetzen", SUPPORT, &["Kennwort  zurucksetzen"]);
    let rules = rules();
    let verdict = Router::new(&rules).read("bitte Kennwort zurücksetzen");
    assert_eq!(verdict.hits[0].place, 6..28);
    assert_eq!(verdict.routes(), ["password"]);
}

#[test]
fn chinese_is_found_anywhere_and_latin_beside_it_stays_whole() {
    check("忘记密码了", SUPPORT, &["密码"]);
    check("密，码", NONE, &[]);
    check("如何reset", SUPPORT, &["reset"]);
    check("如何preset", NONE, &[]);
    check("贵公司是否支持SAML", CSM, &["是否支持"]);
}

#[test]
fn the_longest_phrase_counts_and_what_is_denied_does_not() {
    check("please add a user", SUPPORT, &["add a user"]);
    check("please add a user group", CSM, &["add a user group"]);
    check(
        "add a user to the group. add a user group",
        Proposal::Person(Why::Disagree),
        &["add a user", "add a user group"],
    );
    check("this is not a complaint", NONE, &[]);
    check("not a complaint, a second complaint", CSM, &["complaint"]);
}

#[test]
fn where_rules_disagree_or_none_matches_a_person_decides_and_a_complaint_is_one_all_the_same() {
    let rules = rules();
    let verdict = Router::new(&rules).read("A complaint: reset, reset, reset!");
    assert_eq!(verdict.proposal(), Proposal::Person(Why::Disagree));
    assert_eq!(verdict.hits.len(), 2, "each phrase once");
    assert_eq!(verdict.raises().into_iter().collect::<Vec<_>>(), ["complaint"]);
    assert_eq!(read("").0, NONE);
}

#[test]
fn without_support_the_csm_decides_what_support_would_answer_and_unknown_changes_nothing() {
    let rules = rules();
    let router = Router::new(&rules);
    let proposal = |text: &str, support| router.read(text).proposal_for(true, support);
    assert_eq!(
        proposal("reset", Some(Support::None)),
        Proposal::Person(Why::NoSupport)
    );
    assert_eq!(proposal("complaint", Some(Support::None)), CSM);
    assert_eq!(proposal("hello", Some(Support::None)), NONE);
    for support in [None, Some(Support::Always), Some(Support::BusinessHours)] {
        assert_eq!(proposal("reset", support), SUPPORT);
    }
    let plans = Plans {
        always: vec!["24x7".to_owned()],
        none: vec!["Community".to_owned()],
        ..Plans::default()
    };
    assert_eq!(plans.of(" community"), Some(Support::None));
    assert_eq!(plans.of("gold"), None, "what no list has is unknown");
}

#[test]
fn the_lead_is_asked_above_the_limit_and_unknown_is_no_answer() {
    let rules = Routing {
        escalate_arr: Some(100),
        ..Routing::default()
    };
    let goes = |arr, at_least| rules.goes_to_lead(arr, at_least, Currency::USD);
    assert_eq!(
        goes(Some(10_000), false),
        Some(false),
        "at the limit is not above it"
    );
    assert_eq!(goes(Some(10_001), false), Some(true));
    assert_eq!(goes(Some(10_001), true), Some(true));
    assert_eq!(goes(Some(10_000), true), None, "a part of it is unknown");
    assert_eq!(goes(None, false), None);
    assert_eq!(
        Routing::default().goes_to_lead(None, false, Currency::USD),
        Some(false)
    );
}

#[test]
fn a_question_is_subject_and_own_lines_without_markup() {
    let body = "<p>Hello <b>you</b></p><style>reset</style>&gt; complaint<br>bye";
    assert_eq!(question("Subject", body), "Subject\nHello you\nbye");
    assert_eq!(question("", ""), "");
    // Our own earlier words below an answer, as HTML has them; and a `<` that begins no tag.
    let reply =
        "<p>In &lt;10 min! We will cancel</p><blockquote><p>We apologise: unacceptable</p></blockquote>bye";
    assert_eq!(question("", reply), "In <10 min! We will cancel\nbye");
    assert_eq!(
        question("", "In <10 min! We will cancel"),
        "In <10 min! We will cancel"
    );
}

#[test]
fn a_phrase_that_can_match_nothing_is_refused() {
    for wrong in ["", " ", "?!", "a. b", "me@login.example"] {
        assert!(Phrase::try_from(wrong.to_owned()).is_err(), "{wrong}");
    }
}

#[test]
fn a_very_long_text_takes_no_time() {
    for text in [
        "add a ".repeat(200_000),
        "x".repeat(2_000_000),
        "a@".repeat(500_000),
        "密".repeat(300_000),
    ] {
        assert_eq!(read(&text).0, NONE);
    }
}

proptest! {
    #[test]
    fn any_text_can_be_read_and_places_are_those_of_the_words(text in any::<String>()) {
        let rules = rules();
        for hit in Router::new(&rules).read(&text).hits {
            prop_assert_eq!(&text[hit.place.clone()], hit.words);
        }
    }

    #[test]
    fn mixtures_of_what_rules_look_for_can_be_read(
        parts in prop::collection::vec(prop::sample::select(vec![
            "reset", "log", "in", "-", " ", "\n", "密", "码", "密码", "complaint", "not a ", "add a user", " group", ".", "\u{301}", "\u{AD}", "@", "http://", "ß", "<p>", "&gt;",
        ]), 0..40),
    ) {
        let text = parts.concat();
        let rules = rules();
        for hit in Router::new(&rules).read(&text).hits {
            prop_assert_eq!(&text[hit.place.clone()], hit.words);
        }
        question(&text, &text);
    }

    #[test]
    fn a_word_within_another_is_never_found(before in "[\\p{Latin}\\p{Nd}]{0,3}", after in "[\\p{Latin}\\p{Nd}]{0,3}") {
        prop_assume!(!(before.is_empty() && after.is_empty()));
        prop_assert_eq!(read(&format!("{before}reset{after}")).0, NONE);
        prop_assert_eq!(read(&format!("{before}complaint{after}")).0, NONE);
    }
}
