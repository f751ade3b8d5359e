//! The lists of the queue when there is much of everything, and of segments.

use super::book::{Book, NOW, at};
use super::{all, line};
use crate::domain::book::search::Query;
use crate::domain::desk::{Desk, Severity, Warning, WarningKind};
use crate::domain::summary::{CHURNED, Summary};
use crate::domain::warning::{Closing, Line, Shelf, Verdict};
use crate::engine::refresh::keep_desk;
use crate::engine::{queue, signals};

/// Writes accounts that are alike but for their places, each with one warning.
fn many(accounts: usize, of: impl Fn(usize) -> (Summary, Warning)) -> Book {
    let mut book = Book::new();
    let rows: Vec<(Summary, Warning)> = (0..accounts).map(of).collect();
    let (lines, warnings): (Vec<Summary>, Vec<Warning>) = rows.into_iter().unzip();
    book.cache.put_summaries(&lines, &[]).unwrap();
    let sets: Vec<_> = warnings
        .iter()
        .map(|warning| (&warning.account, std::slice::from_ref(warning)))
        .collect();
    book.cache.put_all_warnings(&sets).unwrap();
    keep_desk(&mut book.cache, &book.ledger, &book.setup, at(NOW)).unwrap();
    book
}

fn template() -> Summary {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    all(&mut book, NOW);
    line(&book, "1")
}

fn warning(kind: WarningKind, severity: Severity) -> Warning {
    Warning {
        account: "1".into(),
        signal: format!("some-{}", kind.word()),
        version: 1,
        kind,
        severity,
        reason: "usage −46 % in 30 d".to_owned(),
        evidence: Vec::new(),
        since: "2026-11-20".parse().unwrap(),
        standing: false,
        line: Line::default(),
    }
}

fn numbered(at: usize, line: &Summary, warning: Warning) -> (Summary, Warning) {
    let id = format!("{at:05}");
    let line = Summary {
        id: id.as_str().into(),
        segment: None,
        ..line.clone()
    };
    let account = id.as_str().into();
    (line, Warning { account, ..warning })
}

fn desk(book: &Book) -> Desk {
    book.cache.desk().unwrap().unwrap()
}

#[test]
fn however_many_risks_there_are_chances_have_their_room_and_all_are_counted() {
    let template = template();
    let book = many(2_010, |at| {
        let kind = match at {
            0..=2_003 => WarningKind::Risk,
            2_004..=2_008 => WarningKind::Opportunity,
            _ => WarningKind::Defect,
        };
        numbered(at, &template, warning(kind, Severity::Low))
    });
    let desk = desk(&book);
    let rows = |kind| {
        desk.risks
            .iter()
            .filter(|row| row.warnings[0].kind == kind)
            .count()
    };
    assert_eq!(WarningKind::ALL.map(rows), [500, 5, 1]);
    assert_eq!(desk.counts.open, [2_004, 5, 1]);
    assert_eq!(desk.accounts(Shelf::Queue, Some(WarningKind::Risk)), 2_004);
    assert_eq!(desk.accounts(Shelf::Queue, None), 2_010);
    assert_eq!(desk.counts.on.map(|on| on.accounts), [2_004, 5, 1]);
    assert_eq!(book.cache.top_of_desk().unwrap().unwrap().counts, desk.counts);
}

#[test]
fn what_is_at_stake_on_an_account_counts_once_however_many_warnings_it_has() {
    let template = template();
    let mut book = many(3, |at| {
        numbered(at, &template, warning(WarningKind::Risk, Severity::Low))
    });
    let id = "00000".into();
    let mut three = book.cache.warnings_of(&id).unwrap();
    for (signal, kind) in [
        ("other-risk", WarningKind::Risk),
        ("some-chance", WarningKind::Opportunity),
    ] {
        let mut other = three[0].clone();
        (other.signal, other.kind) = (signal.to_owned(), kind);
        three.push(other);
    }
    book.cache.put_all_warnings(&[(&id, &three)]).unwrap();
    keep_desk(&mut book.cache, &book.ledger, &book.setup, at(NOW)).unwrap();
    let stake = template.at_stake.unwrap();
    let on = desk(&book).counts.on;
    assert_eq!(desk(&book).counts.open, [4, 1, 0]);
    assert_eq!(on.map(|on| on.accounts), [3, 1, 0]);
    assert_eq!(
        on.map(|on| on.at_stake.exact()),
        [Some(3 * stake), Some(stake), Some(0)]
    );
}

#[test]
fn who_looks_after_no_account_sees_the_sums_of_those_that_are_shared_and_is_told_so() {
    let mut book = Book::new();
    book.healthy("1", "Juniper Freight");
    all(&mut book, NOW);
    let day = desk(&book).day;
    assert_eq!((day.shared, day.arr.exact()), (false, Some(8_400_000)));
    let others = [("hubspot_owner_id", "o2"), ("account_manager", "o2")];
    book.account("2", "Kestrel Foods", &others);
    book.contract("d2", "2", "2026-02-01", "2027-01-31");
    all(&mut book, NOW);
    let day = desk(&book).day;
    assert_eq!(
        (day.shared, day.arr.exact()),
        (false, Some(8_400_000)),
        "one is mine"
    );
    book.account("1", "Juniper Freight", &others);
    all(&mut book, NOW);
    let day = desk(&book).day;
    assert_eq!((day.shared, day.arr.exact()), (true, Some(16_800_000)));
}

#[test]
fn the_queue_is_of_the_accounts_that_the_sums_are_of() {
    let template = template();
    let mut book = many(3, |at| {
        let (line, warning) = numbered(at, &template, warning(WarningKind::Risk, Severity::Low));
        let csm = if at == 0 { "o1" } else { "o2" };
        let csm = Some(csm.into());
        (Summary { csm, ..line }, warning)
    });
    let queue = |book: &mut Book| {
        keep_desk(&mut book.cache, &book.ledger, &book.setup, at(NOW)).unwrap();
        let desk = desk(book);
        let shown: Vec<String> = desk.risks.iter().map(|row| row.account.to_string()).collect();
        (shown, desk.queue, desk.day.at_stake.exact(), desk.counts.open[0])
    };
    let stake = template.at_stake.unwrap();
    assert_eq!(queue(&mut book), (vec!["00000".to_owned()], 1, Some(stake), 1));
    // Who looks after none sees those that tasks and handoffs bring.
    let lines: Vec<Summary> = ["00000", "00001", "00002"]
        .iter()
        .map(|id| Summary {
            csm: Some("o2".into()),
            ..line(&book, id)
        })
        .collect();
    book.cache.put_summaries(&lines, &[]).unwrap();
    let (shown, open, at_stake, _) = queue(&mut book);
    assert_eq!((shown.len(), open, at_stake), (3, 3, Some(3 * stake)));
}

#[test]
fn what_a_person_closed_is_counted_apart_and_is_open_no_more() {
    let template = template();
    let book = many(3, |place| {
        let mut warning = warning(WarningKind::Risk, Severity::Low);
        warning.line.closed = (place > 0).then(|| Closing {
            verdict: Verdict::Noise,
            why: String::new(),
            by: String::new(),
            at: at(NOW),
        });
        numbered(place, &template, warning)
    });
    let desk = desk(&book);
    assert_eq!(desk.accounts(Shelf::Closed, Some(WarningKind::Risk)), 2);
    assert_eq!(desk.accounts(Shelf::Closed, Some(WarningKind::Defect)), 0);
    assert_eq!(
        (desk.accounts(Shelf::Queue, None), desk.counts.open),
        (1, [1, 0, 0])
    );
    let open = signals::open(&book.cache, &book.ledger, None).unwrap();
    assert_eq!(open.unwrap()["some-risk"].open, 1);
    let early = signals::open(&book.cache, &book.ledger, Some(at("2026-01-01"))).unwrap();
    assert_eq!(early, None, "nobody had looked");
}

#[test]
fn accounts_that_left_count_neither_in_a_segment_nor_in_what_is_true_for_it() {
    let template = template();
    let of_segment = |left: usize| {
        let template = &template;
        move |at: usize| {
            let (line, warning) = numbered(at, template, warning(WarningKind::Risk, Severity::Low));
            let worst = if at < left { CHURNED } else { line.worst };
            let segment = Some("SMB".to_owned());
            (
                Summary {
                    segment,
                    worst,
                    ..line
                },
                warning,
            )
        }
    };
    let found = desk(&many(9, of_segment(3)));
    let segment = &found.segments[0];
    assert_eq!((segment.accounts, segment.of, found.risks.len()), (6, 6, 3));
    let found = desk(&many(9, of_segment(7)));
    assert_eq!((found.segments.len(), found.risks.len()), (0, 9));
}

#[test]
fn what_is_critical_stands_in_each_accounts_own_row() {
    let template = template();
    let book = many(9, |at| {
        let severity = if at == 4 {
            Severity::Critical
        } else {
            Severity::High
        };
        let (line, warning) = numbered(at, &template, warning(WarningKind::Risk, severity));
        let segment = Some("SMB".to_owned());
        (Summary { segment, ..line }, warning)
    });
    let found = desk(&book);
    assert_eq!((found.segments[0].accounts, found.segments[0].of), (8, 9));
    assert_eq!(found.risks[0].account.as_str(), "00004");
    assert_eq!((found.risks.len(), found.day.risks), (1, 9));
}

#[test]
fn a_filter_looks_at_every_warning_those_for_which_the_queue_has_no_room_too() {
    let template = template();
    let book = many(2_010, |at| {
        let (line, mut warning) = numbered(at, &template, warning(WarningKind::Risk, Severity::Low));
        if at == 2_007 {
            "champion left 7 d ago".clone_into(&mut warning.reason);
        }
        let name = if at >= 2_005 {
            format!("Wren {at}")
        } else {
            format!("Juniper {at}")
        };
        (Summary { name, ..line }, warning)
    });
    let survey = queue::searchable(&book.cache, &book.ledger, &book.setup, at(NOW)).unwrap();
    let find = |text: &str| queue::narrowed(&book.cache, &survey, &Query::parse(text)).unwrap();
    let names = |text: &str| -> Vec<String> { find(text).risks.into_iter().map(|row| row.name).collect() };
    assert!(desk(&book).risks.iter().all(|row| row.name != "Wren 2007"));
    assert_eq!(names("2007"), ["Wren 2007"]);
    assert_eq!(
        names("CHAMPION wren"),
        ["Wren 2007"],
        "words in any order, of account and warning"
    );
    assert_eq!(names("~wrn27"), ["Wren 2007"]);
    assert_eq!(names("wren kestrel"), Vec::<String>::new());
    let wide = find("some-risk");
    assert_eq!(
        (wide.risks.len(), wide.day.risks, wide.counts.on[0].accounts),
        (500, 2_010, 2_010)
    );
}
