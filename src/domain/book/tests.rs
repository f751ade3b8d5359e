#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::order::{Sort, SortBy};
use super::search::Query;
use super::*;

fn summary(id: u32, name: &str) -> Summary {
    Summary {
        id: RecordId(id.to_string()),
        name: name.to_owned(),
        domain: None,
        former_names: Vec::new(),
        arr: None,
        arr_at_least: false,
        score: None,
        band: Band::Unknown,
        last_band: None,
        coverage: 0,
        delta: None,
        trend: [255; 8],
        notice_by: None,
        ends: None,
        monthly: false,
        segment: None,
        stage: None,
        csm: None,
        csm_name: None,
        last_touch: None,
        measured: Vec::new(),
        at_stake: None,
        open_warnings: 0,
        worst: 0,
    }
}

fn book_of(names: &[&str]) -> Book {
    Book::from_summaries(
        names
            .iter()
            .enumerate()
            .map(|(at, name)| summary(at as u32, name)),
    )
}

fn names(book: &Book, rows: &[u32]) -> Vec<String> {
    rows.iter()
        .map(|row| book.row(*row).unwrap().name().to_owned())
        .collect()
}

fn found(book: &Book, text: &str) -> Vec<String> {
    let order = book.order(Sort::default());
    names(book, &book.search(&Query::parse(text), &order, None))
}

#[test]
fn every_field_comes_back_as_it_went_in() {
    let mut one = summary(7, "Juniper\u{202e} Freight");
    one.arr = Some(8_400_000);
    one.score = Some(41);
    one.band = Band::Red;
    one.delta = Some(-31);
    one.notice_by = Some(jiff::civil::date(2026, 12, 2));
    one.last_touch = Some(jiff::civil::date(-1, 1, 31));
    one.csm_name = Some("Mara Lindt".to_owned());
    one.monthly = true;
    let book = Book::from_summaries([summary(6, "Kestrel"), one.clone()]);
    let row = book.row(1).unwrap();
    assert_eq!(row.id(), "7");
    assert_eq!(row.name(), "Juniper\u{fffd} Freight", "names are safe to show");
    assert_eq!(
        (row.arr(), row.score(), row.delta()),
        (one.arr, one.score, one.delta)
    );
    assert_eq!(
        (row.notice_by(), row.last_touch()),
        (one.notice_by, one.last_touch)
    );
    assert_eq!(
        (row.band(), row.csm(), row.monthly()),
        (Band::Red, Some("Mara Lindt"), true)
    );
    assert_eq!(
        (row.at_stake(), row.segment(), row.ends()),
        (None, None, None),
        "unknown stays unknown"
    );
    assert_eq!(book.find(&RecordId::from("7")), Some(1));
    assert_eq!(book.find(&RecordId::from("8")), None);
    assert!(book.row(2).is_none());
}

#[test]
fn an_order_puts_the_unknown_last_either_way_and_keeps_ties_in_row_order() {
    let mut all: Vec<Summary> = (0..6).map(|id| summary(id, "x")).collect();
    for (row, arr) in [
        (0, Some(5)),
        (1, None),
        (2, Some(-3)),
        (3, Some(5)),
        (4, Some(9)),
        (5, None),
    ] {
        all[row].arr = arr;
    }
    let book = Book::from_summaries(all);
    let by = |descending| {
        book.order(Sort {
            by: SortBy::Arr,
            descending,
        })
    };
    assert_eq!(by(false), [2, 0, 3, 4, 1, 5]);
    assert_eq!(by(true), [4, 0, 3, 2, 1, 5]);
}

#[test]
fn words_are_found_in_any_order_in_name_domain_and_former_names() {
    let mut all = vec![
        summary(1, "Juniper Freight"),
        summary(2, "Freight & Son"),
        summary(3, "ÉCLAIR Frères"),
    ];
    all[1].domain = Some("juniper-son.example".to_owned());
    all[2].former_names = vec!["Old Juniper".to_owned()];
    let book = Book::from_summaries(all);
    assert_eq!(
        found(&book, "freight juniper"),
        ["Juniper Freight", "Freight & Son"]
    );
    assert_eq!(found(&book, "old jun"), ["ÉCLAIR Frères"]);
    assert_eq!(
        found(&book, "éclair"),
        ["ÉCLAIR Frères"],
        "case is ignored in every script"
    );
    assert_eq!(found(&book, "nothing"), Vec::<String>::new());
    assert_eq!(found(&book, "  ").len(), 3);
}

#[test]
fn a_fuzzy_query_ranks_its_hits_and_takes_no_syntax() {
    let book = book_of(&["Jan Unger Freight", "Juniper Freight", "^$'!"]);
    let order = book.order(Sort::default());
    let hits = book.rank(&Query::parse("~junf"), &order);
    assert_eq!(names(&book, &hits)[0], "Juniper Freight");
    assert_eq!(names(&book, &book.rank(&Query::parse("~^$'!"), &order)), ["^$'!"]);
}

#[test]
fn the_next_notice_dates_come_first_and_those_that_passed_after_them() {
    let day = |text: &str| Some(text.parse().unwrap());
    let mut all: Vec<Summary> = ["passed", "later", "unknown", "long passed", "today", "left"]
        .iter()
        .enumerate()
        .map(|(at, name)| summary(at as u32, name))
        .collect();
    all[0].notice_by = day("2026-11-22");
    all[1].notice_by = day("2026-12-09");
    all[3].notice_by = day("2025-12-09");
    all[4].notice_by = day("2026-11-23");
    (all[5].notice_by, all[5].worst) = (day("2026-12-01"), CHURNED);
    let mut filling = Filling::default().on(day("2026-11-23").unwrap());
    for one in &all {
        filling.add(one);
    }
    let book = filling.finish();
    let by = |descending| {
        let sort = Sort {
            by: SortBy::Notice,
            descending,
        };
        let (whole, begun) = (book.order(sort), book.begun(sort, &[0, 1, 2, 3, 4, 5], 4));
        assert_eq!(whole[..4], begun[..4]);
        names(&book, &whole)
    };
    assert_eq!(
        by(false),
        ["today", "later", "passed", "long passed", "unknown", "left"]
    );
    assert_eq!(
        by(true),
        ["later", "today", "passed", "long passed", "unknown", "left"]
    );
}

#[test]
fn an_empty_book_is_safe() {
    let book = book_of(&[]);
    assert!(book.is_empty());
    assert!(book.order(Sort::default()).is_empty());
    assert!(found(&book, "a").is_empty());
    assert_eq!(book.sums(&[]), (Sum::default(), Sum::default()));
}

#[test]
fn a_row_is_found_by_its_whole_id_only() {
    let ids = [1, 21, 2, 12, 121, 7];
    let book = Book::from_summaries(ids.map(|id| summary(id, "x")));
    for (row, id) in ids.iter().enumerate() {
        assert_eq!(book.find(&RecordId(id.to_string())), Some(row as u32), "{id}");
    }
    for id in ["", "11", "0", "21\n2"] {
        assert_eq!(book.find(&RecordId::from(id)), None, "{id}");
    }
}

#[test]
fn sums_say_what_they_do_not_know() {
    let mut all: Vec<Summary> = (0..3).map(|id| summary(id, "x")).collect();
    (all[0].arr, all[1].arr, all[1].arr_at_least) = (Some(100), Some(20), true);
    let (arr, _) = Book::from_summaries(all).sums(&[0, 1, 2]);
    assert_eq!((arr.known, arr.exact()), (120, None));
}

proptest! {
    #[test]
    fn an_order_is_what_a_stable_sort_gives(amounts in prop::collection::vec(prop::option::of(any::<i64>()), 0..80)) {
        let all = amounts.iter().enumerate().map(|(id, arr)| Summary { arr: *arr, ..summary(id as u32, "x") });
        let book = Book::from_summaries(all);
        let mut expected: Vec<u32> = (0..amounts.len() as u32).collect();
        let known = |row: &u32| book.row(*row).unwrap().arr().map(|arr| arr.min(i64::MAX - 1));
        expected.sort_by_key(|row| (known(row).is_none(), known(row)));
        let order = book.order(Sort { by: SortBy::Arr, descending: false });
        prop_assert_eq!(order, expected);
    }

    #[test]
    fn a_begun_order_has_the_same_rows_and_begins_as_the_whole_order_does(
        amounts in prop::collection::vec(prop::option::of(-9_i64..9), 0..80),
        left_out in 1_usize..9,
        most in 0_usize..40,
        descending: bool,
    ) {
        let all = amounts.iter().enumerate().map(|(id, arr)| Summary { arr: *arr, ..summary(id as u32, "x") });
        let book = Book::from_summaries(all);
        let sort = Sort { by: SortBy::Arr, descending };
        let shows = |row: &u32| !(*row as usize).is_multiple_of(left_out) || left_out == 1;
        let rows: Vec<u32> = (0..amounts.len() as u32).rev().filter(shows).collect();
        let whole: Vec<u32> = book.order(sort).into_iter().filter(shows).collect();
        let mut begun = book.begun(sort, &rows, most);
        let first = most.min(rows.len());
        prop_assert_eq!(&begun[..first], &whole[..first]);
        let mut expected = rows;
        expected.sort_unstable();
        begun.sort_unstable();
        prop_assert_eq!(begun, expected);
    }

    #[test]
    fn the_filter_finds_exactly_the_rows_that_have_all_words(
        texts in prop::collection::vec("[ab ]{0,6}", 0..40),
        typed in "[ab]{1,2} ?[ab]{0,2}",
    ) {
        let book = Book::from_summaries(texts.iter().enumerate().map(|(id, name)| summary(id as u32, name)));
        let order = book.order(Sort { by: SortBy::Name, descending: true });
        let has = |row: &u32| typed.split_whitespace().all(|word| texts[*row as usize].contains(word));
        let expected: Vec<u32> = order.iter().copied().filter(has).collect();
        let hits = book.search(&Query::parse(&typed), &order, None);
        prop_assert_eq!(&hits, &expected);
        // A letter more, searched in those hits only, gives what a search of everything gives.
        let longer = format!("{typed}a");
        let (wide, narrow) = (Query::parse(&typed), Query::parse(&longer));
        prop_assert!(narrow.narrows(&wide));
        prop_assert_eq!(book.search(&narrow, &order, Some(&hits)), book.search(&narrow, &order, None));
    }
}

#[test]
fn one_letter_finds_what_a_look_into_each_text_finds() {
    let names = ["Zürich 9", "深圳", "ACORN", "ß", "é", "", "0", "Quill"];
    let book = book_of(&names);
    let order: Vec<u32> = (0..names.len() as u32).rev().collect();
    for letter in "abcdefghijklmnopqrstuvwxyz0123456789zß深é-. ".chars() {
        let text = letter.to_string();
        let query = Query::parse(&text);
        if query.is_empty() {
            continue;
        }
        let expected: Vec<u32> = order
            .iter()
            .copied()
            .filter(|row| names[*row as usize].to_lowercase().contains(letter))
            .collect();
        assert_eq!(book.search(&query, &order, None), expected, "{letter}");
        assert_eq!(book.search(&query, &order, Some(&order)), expected, "{letter}");
    }
}

mod trial {
    use jiff::civil::date;

    use super::super::trial::Mine;
    use super::*;
    use crate::domain::health::{HealthModel, Part, Score};

    fn model() -> HealthModel {
        toml::from_str(
            r#"
            version = 1
            coverage_floor = 0.5
            measures = [
              { id = "usage", weight = 40, metric = "m", curve = [[0, 0], [1, 100]], max_age = "7d" },
              { id = "touch", weight = 20, metric = "n", curve = [[0, 0], [1, 100]], max_age = "7d" },
            ]
            [overrides.segment.digital.weights]
            touch = 0
            "#,
        )
        .unwrap()
    }

    /// Accounts by what their measures see, every third one of the segment *digital*.
    fn book(measured: &[Vec<(Option<i32>, bool)>]) -> Book {
        Book::from_summaries(measured.iter().enumerate().map(|(at, measured)| {
            Summary {
                segment: at.is_multiple_of(3).then(|| "digital".to_owned()),
                measured: measured
                    .iter()
                    .map(|(points, stale)| Seen {
                        points: *points,
                        stale: *stale,
                    })
                    .collect(),
                ..summary(at as u32, "x")
            }
        }))
    }

    fn seen() -> impl Strategy<Value = (Option<i32>, bool)> {
        (prop::option::of(0..=10_000), any::<bool>())
    }

    proptest! {
        #[test]
        fn the_book_is_scored_by_other_weights_as_each_account_alone(
            measured in prop::collection::vec(prop::collection::vec(seen(), 0..3), 1..30),
            weight in 0_i64..100_000,
            mine in any::<prop::sample::Index>(),
        ) {
            let (book, model) = (book(&measured), model());
            let tried = model.reweighed(&[("touch".to_owned(), weight)]);
            let day = date(2026, 11, 23);
            let of = |model: &HealthModel, row: usize| {
                let segment = row.is_multiple_of(3).then_some("digital");
                let weighing = model.weighing(segment, None, day);
                let parts = weighing.measures.iter().enumerate().map(|(at, (weight, _))| {
                    let own = measured[row].get(at).map_or_else(Seen::default, |(points, stale)| Seen {
                        points: *points,
                        stale: *stale,
                    });
                    Part::new(*weight, own)
                });
                Score { parts: parts.collect() }
            };
            let mine = mine.index(measured.len());
            let told = book.tried(&model, &tried, day, Some(&Mine { row: mine as u32, score: of(&tried, mine) }));
            let bands = |model: &HealthModel| (0..measured.len()).map(|row| model.band(&of(model, row))).collect::<Vec<_>>();
            let (before, after) = (bands(&model), bands(&tried));
            let count = |bands: &[Band], band| bands.iter().filter(|one| **one == band).count() as u32;
            prop_assert_eq!(told.before.red, count(&before, Band::Red));
            prop_assert_eq!(told.after.green, count(&after, Band::Green));
            prop_assert_eq!(told.after.unknown, count(&after, Band::Unknown));
            prop_assert_eq!(told.moved as usize, before.iter().zip(&after).filter(|(one, other)| one != other).count());
            let place = |model: &HealthModel, bands: &[Band]| (bands[mine] != Band::Unknown).then(|| {
                let key = |row: usize| (of(model, row).shown(), row);
                let lower = (0..measured.len()).filter(|row| bands[*row] != Band::Unknown && key(*row) < key(mine));
                lower.count() as u32 + 1
            });
            prop_assert_eq!(told.place_before, place(&model, &before));
            prop_assert_eq!(told.place_after, place(&tried, &after));
        }
    }

    #[test]
    fn what_a_measure_sees_comes_back_from_its_small_number() {
        for (points, stale) in [
            (None, false),
            (Some(0), false),
            (Some(0), true),
            (Some(10_000), true),
            (Some(7_777), false),
        ] {
            let seen = Seen { points, stale };
            assert_eq!(Seen::unpacked(seen.packed()), seen);
        }
    }
}

#[test]
fn a_book_shares_what_its_accounts_are_called_with_the_one_before() {
    let all = |names: &[&str], score| -> Vec<Summary> {
        let rows = names.iter().enumerate();
        let rows = rows.map(|(at, name)| summary(at as u32, name));
        rows.map(|row| Summary { score, ..row }).collect()
    };
    let after = |before: &Book, rows: Vec<Summary>| {
        let mut filling = Filling::with_room(rows.len(), Some(before));
        for row in &rows {
            filling.add(row);
        }
        filling.finish()
    };
    let before = Book::from_summaries(all(&["Kestrel", "Juniper", "Alder"], Some(40)));
    let same = after(&before, all(&["Kestrel", "Juniper", "Alder"], Some(41)));
    assert!(Arc::ptr_eq(&before.named, &same.named), "nothing is there twice");
    assert_eq!(same.row(1).unwrap().score(), Some(41), "figures are new");
    let mut moved = all(&["Kestrel", "Juniper", "Alder"], Some(42));
    moved.rotate_left(1);
    let moved = after(&before, moved);
    assert!(
        Arc::ptr_eq(&before.named, &moved.named),
        "nor when rows change their places"
    );
    assert_eq!(names(&moved, &[0, 1, 2]), ["Juniper", "Alder", "Kestrel"]);
    assert_eq!(moved.row(2).unwrap().id(), "0");
    assert_eq!(moved.find(&RecordId::from("0")), Some(2));
    assert_eq!(found(&moved, "kes"), ["Kestrel"]);
    assert_eq!(found(&moved, "j"), ["Juniper"]);
    for other in [
        &["Kestrel", "Juno", "Alder"][..],
        &["Kestrel", "Juniper"],
        &["Kestrel", "Juniper", "Alder", "Birch"],
        &[],
    ] {
        let (shared, fresh) = (after(&before, all(other, None)), book_of(other));
        let by_name = Sort {
            by: SortBy::Name,
            descending: false,
        };
        assert_eq!(
            names(&shared, &shared.order(by_name)),
            names(&fresh, &fresh.order(by_name))
        );
        for text in ["ju", "r", "alder"] {
            assert_eq!(found(&shared, text), found(&fresh, text), "{other:?} {text}");
        }
        assert_eq!(
            shared.find(&RecordId::from("1")),
            fresh.find(&RecordId::from("1"))
        );
    }
}

#[test]
fn namesakes_are_told_apart_by_their_ids_and_sort_as_one_name() {
    let of = |number: u32, csm: Option<&str>, name: Option<&str>| {
        let mut one = summary(number, "Juniper");
        (one.csm, one.csm_name) = (csm.map(RecordId::from), name.map(str::to_owned));
        one
    };
    let book = Book::from_summaries([
        of(1, Some("7"), Some("Ana Silva")),
        of(2, Some("8"), Some("Ana Silva")),
        // The line is older than her new name.
        of(3, Some("8"), Some("Ana Vogt")),
        of(4, Some("9"), None),
        of(5, None, None),
        of(6, Some("7"), Some("Ana Silva")),
    ]);
    let rows: Vec<_> = (0..6)
        .map(|row| book.row(row).unwrap())
        .map(|row| (row.csm_id(), row.csm()))
        .collect();
    let expected = [
        (Some("7"), Some("Ana Silva")),
        (Some("8"), Some("Ana Silva")),
        (Some("8"), Some("Ana Vogt")),
        (Some("9"), None),
        (None, None),
        (Some("7"), Some("Ana Silva")),
    ];
    assert_eq!(rows, expected);
    let codes: Vec<u32> = (0..6).map(|row| book.csm.code(row)).collect();
    assert_eq!(codes, [1, 1, 2, 0, 0, 1]);
}
