//! NPS on a day of the past: by what was known then, read in whole passes.

use super::book::{Book, NOW, at, record};
use super::{all, fired};
use crate::domain::record::{Core, Kind};
use crate::engine::nps;
use crate::store::{CachePage, LinkSet};

/// An answer of the account's contact `p` that was given on a day, and that the CRM has since another.
fn answer(book: &mut Book, id: &str, given: &str, known: &str, score: &str) {
    let when = at(given).to_string();
    let core = [
        (Core::SurveyKind, "nps"),
        (Core::Score, score),
        (Core::Occurred, when.as_str()),
    ];
    let mut survey = record(Kind::Survey, id, &core);
    survey.created = at(known);
    let link = LinkSet {
        from: (Kind::Contact, "p".into()),
        to: Kind::Survey,
        ids: vec![id.into()],
    };
    let page = CachePage {
        records: &[survey],
        links: &[link],
        ..CachePage::default()
    };
    book.cache.commit_page(&page).unwrap();
}

#[test]
fn an_answer_counts_from_when_it_was_known_and_accounts_are_as_they_were() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.contact("p", "1", &[]);
    book.observe(
        "1",
        "customer_tier",
        &[("2026-06-01", "small"), ("2026-11-01", "enterprise")],
    );
    answer(&mut book, "s", "2026-09-10", "2026-10-05", "9");
    all(&mut book, NOW);
    assert_eq!(fired(&book, "1"), [""; 0]);
    let told = |day: Option<&str>| {
        let day = day.map(|day| day.parse().unwrap());
        nps(&book.cache, &book.ledger, &book.setup, day, at(NOW)).unwrap()
    };
    for (day, responses) in [
        ("2026-09-30", 0),
        ("2026-10-04", 0),
        ("2026-10-05", 1),
        ("2026-11-22", 1),
    ] {
        assert_eq!(told(Some(day)).tally.responses(), responses, "{day}");
    }
    assert_eq!(told(None).tally.responses(), 1);
    let then = told(Some("2026-10-31"));
    assert_eq!(then.segments[0].name.as_deref(), Some("small"));
    let silent = told(Some("2026-09-30")).silent;
    assert_eq!(silent[0].arr, Some(8_400_000), "of the contract that ran then");
    assert_eq!(told(Some("2026-01-15")).silent[0].arr, None, "none ran yet");
}
