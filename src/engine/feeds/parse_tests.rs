#![allow(clippy::unwrap_used)]

use super::*;
use crate::config::feeds::FeedKey;

fn feed(format: Format, as_of: Option<&str>) -> Feed {
    Feed {
        path: "usage".into(),
        format,
        key: FeedKey::Domain,
        as_of: as_of.map(str::to_owned),
    }
}

fn read(text: &[u8], format: Format, as_of: Option<&str>) -> Result<Parsed, String> {
    let days = Days {
        today: "2026-11-23".parse().unwrap(),
        written: "2026-11-20".parse().unwrap(),
    };
    parse(text, &feed(format, as_of), &["seats", "logins"], days)
}

fn rows(parsed: &Parsed) -> Vec<(u64, &str, String, Vec<Option<f64>>)> {
    let row = |row: &Row| (row.line, row.day.to_string(), row.numbers.clone());
    let keys = parsed.rows.iter().map(|row| row.key.as_str());
    keys.zip(parsed.rows.iter().map(row))
        .map(|(key, (line, day, numbers))| (line, key, day, numbers))
        .collect()
}

#[test]
fn quoted_fields_a_mark_at_the_beginning_and_other_line_ends_are_read() {
    let text = b"\xef\xbb\xbfdomain,seats,logins,day\r\n\"a.example\",\"12\",,2026-11-22\r\n b.example , 3.5 ,7,2026-11-23\r\n";
    let parsed = read(text, Format::Csv, Some("day")).unwrap();
    assert_eq!(parsed.bad, Bad::default());
    assert_eq!(
        rows(&parsed),
        [
            (2, "a.example", "2026-11-22".to_owned(), vec![Some(12.0), None]),
            (
                3,
                "b.example",
                "2026-11-23".to_owned(),
                vec![Some(3.5), Some(7.0)]
            ),
        ]
    );
}

#[test]
fn bad_rows_are_told_by_line_and_the_good_ones_are_kept() {
    let text = "domain,seats,logins,day\n\
                a.example,n/a,1,2026-11-22\n\
                ,1,1,2026-11-22\n\
                b.example,1\n\
                c.example,1,1,soon\n\
                d.example,1,1,2026-11-24\n\
                e.example,1,1,2026-11-22\n\
                e.example,2,1,2026-11-22\n\
                e.example,1,1,2026-11-22\n";
    let parsed = read(text.as_bytes(), Format::Csv, Some("day")).unwrap();
    let told: Vec<(u64, &str)> = parsed
        .bad
        .told
        .iter()
        .map(|(line, what)| (*line, what.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (2, "`n/a` in `seats` is no number"),
            (3, "its domain is empty"),
            (4, "it has 2 fields, the titles 4"),
            (5, "`soon` is no day"),
            (6, "2026-11-24 is still to come"),
            (
                8,
                "`e.example` has other numbers for 2026-11-22 in line 7, which counts"
            ),
        ]
    );
    assert_eq!(rows(&parsed).len(), 1);
}

#[test]
fn of_many_bad_rows_twenty_are_told_and_all_are_counted() {
    let text = format!("domain,seats,logins\n{}", "a.example,x,1\n".repeat(50));
    let parsed = read(text.as_bytes(), Format::Csv, None).unwrap();
    assert_eq!((parsed.bad.told.len(), parsed.bad.count), (TOLD, 50));
}

#[test]
fn a_column_that_is_not_there_is_told_and_nothing_is_guessed() {
    let told = read(b"domain,logins\na.example,1\n", Format::Csv, None).unwrap_err();
    assert_eq!(told, "it has no column `seats`");
    let told = read(b"domain,setas,logins\na.example,1,1\n", Format::Csv, None).unwrap_err();
    assert_eq!(told, "it has no column `seats`, but `setas`");
    let told = read(b"domain,seats,logins,seats\na.example,1,1,2\n", Format::Csv, None).unwrap_err();
    assert_eq!(told, "it has 2 columns `seats`");
}

#[test]
fn a_number_that_no_line_of_json_has_is_told_and_the_others_are_taken() {
    let json = |text: &str| read(text.as_bytes(), Format::JsonLines, None);
    let numbers = |parsed: &Parsed| -> Vec<_> { parsed.rows.iter().map(|row| row.numbers.clone()).collect() };
    let all = "{\"domain\":\"a.example\",\"logins\":2}\n{\"domain\":\"b.example\",\"logins\":3}\n";
    let parsed = json(all).unwrap();
    assert_eq!(numbers(&parsed), [[None, Some(2.0)], [None, Some(3.0)]]);
    let told = "line 1: it has no column `seats`, nor has any other line";
    assert_eq!((parsed.lacks, parsed.bad.count), (vec![told.to_owned()], 0));
    let parsed = json(&all.replace("\"logins\":3", "\"logins\":3,\"seets\":1"));
    let told = "line 2: it has no column `seats`, but `seets`, nor has any other line";
    assert_eq!(parsed.unwrap().lacks, [told]);
    let why = json("{\"domian\":\"a.example\",\"seats\":1}\n").unwrap_err();
    assert_eq!(
        why,
        "line 1: it has no column `domain`, but `domian`, nor has any other line"
    );
}

#[test]
fn a_column_that_any_line_has_beside_another_of_like_name_is_no_slip_where_a_line_leaves_it_out() {
    let text = "{\"domain\":\"a.example\",\"seets\":9,\"logins\":2}\n\
                {\"domain\":\"b.example\",\"seats\":5,\"seets\":9,\"logins\":2,\"logouts\":1}\n\
                {\"domain\":\"c.example\",\"seats\":5,\"logouts\":1}\n";
    let parsed = read(text.as_bytes(), Format::JsonLines, None).unwrap();
    assert_eq!((parsed.lacks, parsed.bad.count), (Vec::<String>::new(), 0));
    let slip = format!("{text}{{\"domain\":\"d.example\",\"seatz\":5,\"logins\":2}}\n");
    let parsed = read(slip.as_bytes(), Format::JsonLines, None).unwrap();
    assert_eq!(parsed.lacks, ["line 4: it has no column `seats`, but `seatz`"]);
}

#[test]
fn a_misspelt_name_in_lines_of_json_is_told_with_its_first_line_and_costs_no_other_number() {
    let text = "{\"domain\":\"a.example\",\"seats\":1,\"logins\":2}\n\
                {\"domain\":\"b.example\",\"seets\":1,\"logins\":2}\n\
                {\"domian\":\"c.example\",\"seats\":1}\n\
                {\"domain\":\"d.example\",\"seats\":1}\n\
                {\"domain\":\"e.example\",\"seets\":1,\"logins\":2}\n";
    let parsed = read(text.as_bytes(), Format::JsonLines, None).unwrap();
    assert_eq!(parsed.lacks, ["line 2: it has no column `seats`, but `seets`"]);
    let told = [(3, "it has no column `domain`, but `domian`".to_owned())];
    assert_eq!(parsed.bad.told, told);
    let kept: Vec<(u64, &[Option<f64>])> = parsed
        .rows
        .iter()
        .map(|row| (row.line, row.numbers.as_slice()))
        .collect();
    let (both, logins, seats) = ([Some(1.0), Some(2.0)], [None, Some(2.0)], [Some(1.0), None]);
    assert_eq!(
        kept,
        [
            (1, &both[..]),
            (2, &logins[..]),
            (4, &seats[..]),
            (5, &logins[..])
        ]
    );
}

#[test]
fn a_quote_that_is_not_closed_costs_its_own_row_alone() {
    let check = |text: &str, good: &[u64], bad: &[u64]| {
        let parsed = read(text.as_bytes(), Format::Csv, None).unwrap();
        let lines = |rows: &[(u64, String)]| rows.iter().map(|(line, _)| *line).collect::<Vec<_>>();
        let kept: Vec<u64> = parsed.rows.iter().map(|row| row.line).collect();
        assert_eq!(
            (kept.as_slice(), lines(&parsed.bad.told).as_slice()),
            (good, bad),
            "{text}"
        );
        for (_, what) in &parsed.bad.told {
            assert_eq!(what, "a quote in it is not closed", "{text}");
        }
    };
    let (titles, rows) = ("domain,seats,logins,note", "b.example,1,2,\nc.example,3,4,\n");
    check(&format!("{titles}\n\"a.example,1,2,\n{rows}"), &[3, 4], &[2]);
    check(&format!("{titles}\n{rows}a.example,1,2,\"it\n"), &[2, 3], &[4]);
    check(
        &format!("{titles}\r\na.example,1,2,\"it\r\nb.example,1,2,\"x\"\r\n"),
        &[3],
        &[2],
    );
    check(
        &format!("{titles}\na.example,1,2,\"it\n{rows}\"d.example\",5,6,\n"),
        &[3, 4, 5],
        &[2],
    );
    check(
        &format!("{titles}\na.example,1,2,\"it\nb.example,\"1\",2,x\n"),
        &[3],
        &[2],
    );
    // Sound: a field over several lines, quotes in quotes, a quote within a field.
    check(
        &format!("{titles}\na.example,1,2,\"one\ntwo \"\"three\"\"\n\"\n{rows}"),
        &[2, 5, 6],
        &[],
    );
    check(&format!("{titles}\na.example,1,2,5\" x\n{rows}"), &[2, 3, 4], &[]);
}

#[test]
fn bytes_that_are_no_text_and_a_field_that_is_too_long_are_bad_rows() {
    let mut text = b"domain,seats,logins\na.example,\xff,1\n".to_vec();
    text.extend("b".repeat(2_000).into_bytes());
    text.extend(b",1,2\n");
    let parsed = read(&text, Format::Csv, None).unwrap();
    assert_eq!(parsed.rows, []);
    assert_eq!(
        parsed.bad.told,
        [
            (2, "it is not UTF-8".to_owned()),
            (3, "a field is too long".to_owned())
        ]
    );
}

#[test]
fn lines_of_json_give_the_same_and_null_is_unknown() {
    let text = "{\"domain\":\"a.example\",\"seats\":12,\"logins\":null}\r\n\n\
                {\"domain\":\"b.example\",\"seats\":\"3.5\"}\n\
                [1]\n\
                {\"domain\":\"c.example\",\"seats\":[1]}\n\
                {domain\n";
    let parsed = read(text.as_bytes(), Format::JsonLines, None).unwrap();
    assert_eq!(
        rows(&parsed),
        [
            (1, "a.example", "2026-11-20".to_owned(), vec![Some(12.0), None]),
            (3, "b.example", "2026-11-20".to_owned(), vec![Some(3.5), None]),
        ]
    );
    let lines: Vec<u64> = parsed.bad.told.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [4, 5, 6]);
    let no_object = "it is no JSON object, such as {\"domain\": \"a.example\", \"seats\": 12}";
    assert_eq!(parsed.bad.told[0].1, no_object);
    assert_eq!(parsed.bad.told[2].1, format!("{no_object}: see its character 2"));
}
