//! The same in gives the same out, parts sum to the whole, and accounts are found.

use super::*;
use crate::engine::cannot_tell;

/// Everything that a refresh writes, as text.
pub fn written(book: &Book) -> String {
    let mut lines = Vec::new();
    book.cache
        .each_summary(&mut |summary| lines.push(format!("{summary:?}")))
        .unwrap();
    lines.push(format!("{:?}", book.cache.warnings().unwrap()));
    lines.push(format!("{:?}", book.cache.desk().unwrap()));
    lines.join("\n")
}

#[test]
fn the_same_in_gives_the_same_out_for_all_accounts_or_one_by_one() {
    let mut book = falling();
    book.healthy("2", "Kestrel Foods");
    book.account("3", "Harbour Retail", &[]);
    all(&mut book, NOW);
    let whole = written(&book);
    all(&mut book, NOW);
    assert_eq!(written(&book), whole, "again");
    let ids: Vec<RecordId> = ["3", "1", "2"].map(RecordId::from).to_vec();
    refresh(
        &mut book.cache,
        &mut book.ledger,
        &book.setup,
        What::Accounts(&ids),
        at(NOW),
    )
    .unwrap();
    assert_eq!(written(&book), whole, "one by one");
}

#[test]
fn the_account_view_says_why_and_its_parts_sum_to_the_change() {
    let mut book = falling();
    book.contact(
        "1-p",
        "1",
        &[("hs_buying_role", "CHAMPION"), ("left_company", "true")],
    );
    book.observe_of(Kind::Contact, "1-p", "left_company", &[("2026-11-16", "true")]);
    book.ticket(
        "k1",
        "1",
        "2026-11-20",
        &[(Core::Priority, "urgent"), (Core::Subject, "SSO loop")],
    );
    all(&mut book, NOW);
    let view = account_view(&book.cache, &book.ledger, &book.setup, &"1".into(), at(NOW))
        .unwrap()
        .unwrap();
    assert_eq!(view.summary, line(&book, "1"));
    let why = &view.why;
    let (then, now) = why.tenths.unwrap();
    let parts: i32 = why
        .measures
        .iter()
        .filter_map(|measure| measure.change_tenths)
        .sum();
    assert_eq!(parts, now - then);
    let words: Vec<&str> = why
        .measures
        .iter()
        .map(|measure| measure.words.as_str())
        .collect();
    let expected = [
        "weekly users 40 → 22 of 50 seats, −45 %",
        "champion Ida 1-p left 16 Nov",
        "1 open, 1 urgent",
        "last call 20 Nov",
        "NPS never asked or answered",
    ];
    assert_eq!(words, expected);
    assert_eq!(view.contracts[0].state, "active");
    assert!(view.people[0].left && view.people[0].left_on.is_some());
    assert_eq!(view.chart.len(), 53);
    assert_eq!(view.chart[52].score, view.summary.score);
    let told: Vec<&str> = view.timeline.iter().map(|line| line.words.as_str()).collect();
    assert!(
        told.contains(&"urgent ticket: SSO loop") && told.contains(&"Ida 1-p left"),
        "{told:?}"
    );
    let json = serde_json::to_string(&view).unwrap();
    let back: crate::domain::account_view::AccountView = serde_json::from_str(&json).unwrap();
    let back = crate::domain::account_view::AccountView {
        what_if: view.what_if.clone(),
        ..back
    };
    assert_eq!(back, view, "all but what is only for the screen");
}

#[test]
fn accounts_are_found_by_id_name_former_name_and_domain() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    book.healthy("22", "Juniper Group");
    book.observe(
        "22",
        "core:name",
        &[("2025-06-01", "Old Harbour"), ("2026-01-01", "Juniper Group")],
    );
    all(&mut book, NOW);
    let find = |text: &str| -> Vec<String> {
        let mut found: Vec<String> = find_account(&book.cache, &book.ledger, text)
            .unwrap()
            .into_iter()
            .map(|summary| summary.id.0)
            .collect();
        found.sort();
        found
    };
    assert_eq!(find("22"), ["22"]);
    assert_eq!(find("juniper freight"), ["1"]);
    assert_eq!(find("JUNIPER"), ["1", "22"]);
    assert_eq!(find("old harb"), ["22"]);
    assert_eq!(find("nothing like it"), [""; 0]);
    assert_eq!(find(" "), [""; 0]);
}

#[test]
fn of_whom_signals_cannot_tell_is_the_same_whether_some_are_judged_or_all() {
    let mut book = Book::new();
    for (id, name) in [
        ("1", "Juniper Freight"),
        ("2", "Kestrel Foods"),
        ("3", "Harbour Retail"),
    ] {
        book.account(id, name, &[]);
    }
    all(&mut book, NOW);
    let untold = |book: &Book| cannot_tell::cannot_tell(&book.cache).unwrap();
    let count = |book: &Book| untold(book).get("nps-detractor").map(|one| one.count);
    assert_eq!(count(&book), Some(3));
    // One leaves the vendor, one the book, one answers, and one comes.
    book.account("1", "Juniper Freight", &[("lifecyclestage", "other")]);
    book.account("4", "Cliff Toys", &[]);
    book.account(
        "2",
        "Kestrel Foods",
        &[("churned_on", "2026-11-01"), ("customer_stage", "churned")],
    );
    let ids: Vec<RecordId> = ["1", "2", "4"].map(RecordId::from).to_vec();
    for _ in 0..2 {
        refresh(
            &mut book.cache,
            &mut book.ledger,
            &book.setup,
            What::Accounts(&ids),
            at(NOW),
        )
        .unwrap();
    }
    let some = format!("{:?}", untold(&book));
    all(&mut book, NOW);
    assert_eq!(some, format!("{:?}", untold(&book)));
    assert_ne!(count(&book), Some(4));
}
