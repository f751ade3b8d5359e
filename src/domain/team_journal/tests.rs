use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::json;

use super::*;

const TENANT: &str = "crm-7";

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + minute * 60).unwrap()
}

fn line(n: i64, kind: &str) -> Line {
    Line {
        n,
        clock: n + 1,
        author: "dana@alder.example".to_owned(),
        kind: kind.to_owned(),
        account: Some("9".to_owned()),
        effective: at(n),
        recorded: at(n),
        payload: json!({ "signal": "usage-drop", "why": "ends\nhere: “so”" }),
    }
}

fn header() -> Header {
    Header::new(TENANT, "WRITER", "dana@alder.example", "box")
}

fn file(lines: &[Line]) -> String {
    let lines = lines.iter().map(|line| line.written("WRITER"));
    header().written() + &lines.collect::<String>()
}

fn faults(look: &Look) -> Vec<String> {
    look.mark.faults.iter().map(Fault::words).collect()
}

#[test]
fn a_line_comes_back_as_it_was_and_is_no_line_of_another_writer_or_with_another_letter() {
    let line = line(3, "warning-snoozed");
    let text = line.written("WRITER");
    let text = text.strip_suffix('\n').unwrap();
    assert!(!text.contains('\n'), "one line per event");
    assert!(serde_json::from_str::<serde_json::Value>(text).is_ok(), "{text}");
    assert_eq!(Line::read("WRITER", text), Some(line));
    assert_eq!(Line::read("ANOTHER", text), None);
    for place in 0..text.len() {
        let mut bytes = text.as_bytes().to_vec();
        bytes[place] ^= 1;
        if let Ok(other) = std::str::from_utf8(&bytes) {
            assert_eq!(Line::read("WRITER", other), None, "{other}");
        }
    }
}

#[test]
fn numbers_that_would_exhaust_those_of_all_are_none() {
    let mut far = line(3, "warning-snoozed");
    far.clock = i64::MAX;
    let text = far.written("WRITER");
    assert_eq!(Line::read("WRITER", text.trim_end()), None);
}

#[test]
fn what_is_read_goes_on_where_it_ended_and_a_torn_line_waits() {
    let lines = [line(1, "warning-closed"), line(2, "churn-judged")];
    let whole = file(&lines);
    let torn = &whole[..whole.len() - 9];
    let first = look(torn.as_bytes(), None, TENANT, at(9));
    assert_eq!((&first.lines[..], faults(&first)), (&lines[..1], vec![]));
    assert_eq!(first.mark.words(), "dana@alder.example on box");
    let again = look(torn.as_bytes(), Some(&first.mark), TENANT, at(9));
    assert_eq!((again.lines.len(), &again.mark), (0, &first.mark));
    let second = look(whole.as_bytes(), Some(&first.mark), TENANT, at(9));
    assert_eq!((&second.lines[..], faults(&second)), (&lines[1..], vec![]));
    // It was never finished: another line follows it.
    let followed = format!("{torn}\n{}", lines[1].written("WRITER"));
    let third = look(followed.as_bytes(), Some(&first.mark), TENANT, at(9));
    assert_eq!(&third.lines[..], &lines[1..]);
    assert_eq!(
        faults(&third),
        ["line 3 is not as it was written, and is left out"]
    );
}

#[test]
fn a_file_that_shrank_or_is_another_is_read_anew_and_told() {
    let lines = [line(1, "warning-closed"), line(2, "churn-judged")];
    let whole = file(&lines);
    let mark = look(whole.as_bytes(), None, TENANT, at(9)).mark;
    for other in [
        file(&lines[..1]),
        file(&[line(7, "warning-closed"), line(8, "churn-judged")]),
    ] {
        let look = look(other.as_bytes(), Some(&mark), TENANT, at(9));
        assert!(look.lines.len() + 1 >= other.lines().count(), "all of it");
        assert_eq!(faults(&look).len(), 1);
        assert!(faults(&look)[0].starts_with("it was rewritten"));
    }
}

#[test]
fn what_is_not_for_this_program_is_left_out_and_told() {
    let told = |text: &str, now| {
        let look = look(text.as_bytes(), None, TENANT, at(now));
        (look.lines.len(), faults(&look))
    };
    let (read, faults) = told("nonsense\n{}\n", 0);
    assert_eq!(read, 0);
    assert!(faults[0].starts_with("its first line"), "{faults:?}");
    let other = Header::new("crm-8", "WRITER", "dana", "box").written();
    let (read, faults) = told(&(other + &line(1, "warning-closed").written("WRITER")), 9);
    assert_eq!((read, faults.len()), (0, 1));
    assert!(faults[0].contains("crm-8"));
    let (read, faults) = told(&file(&[line(1, "warning-opened"), line(2, "warning-closed")]), 9);
    assert_eq!(read, 1);
    assert!(
        faults[0].contains("`warning-opened`"),
        "each program works that out"
    );
    let (read, faults) = told(
        &file(&[line(60, "warning-closed"), line(61, "warning-closed")]),
        0,
    );
    assert_eq!(
        (read, faults.len()),
        (2, 1),
        "it is taken all the same, and told once"
    );
    assert!(faults[0].contains("runs ahead"));
}

/// Events in their order, as the bytes that every ledger comes to.
fn folded(events: &BTreeMap<(i64, String, i64), Line>) -> String {
    let lines = events.iter().map(|((_, writer, _), line)| line.written(writer));
    lines.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Five files that grow by any number of bytes, looked at in any order and any number of times.
    #[test]
    fn whatever_arrives_when_all_come_to_the_same(
        clocks in prop::collection::vec((0..5_usize, 1..40_i64), 1..60),
        steps in prop::collection::vec((0..5_usize, 0..900_usize), 0..80),
    ) {
        let writers = ["A", "B", "C", "D", "E"];
        let mut files: Vec<String> = writers.map(|writer| Header::new(TENANT, writer, "x", "y").written()).into();
        let mut expected = BTreeMap::new();
        for (n, (who, clock)) in (1..).zip(clocks) {
            let event = Line { clock, ..line(n, "warning-closed") };
            files[who] += &event.written(writers[who]);
            expected.insert((clock, writers[who].to_owned(), n), event);
        }
        let mut known = BTreeMap::new();
        let mut seen = [0; 5];
        let mut marks: [Option<Mark>; 5] = Default::default();
        let all = (0..5).map(|who| (who, usize::MAX));
        for (who, more) in steps.into_iter().chain(all) {
            seen[who] = files[who].len().min(more.saturating_add(seen[who]));
            let look = look(&files[who].as_bytes()[..seen[who]], marks[who].as_ref(), TENANT, at(99));
            prop_assert_eq!(&look.mark.faults, &[]);
            for line in look.lines {
                let key = (line.clock, writers[who].to_owned(), line.n);
                prop_assert!(known.insert(key, line).is_none(), "each is read once");
            }
            marks[who] = Some(look.mark);
        }
        prop_assert_eq!(folded(&known), folded(&expected));
    }
}
