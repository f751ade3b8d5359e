#![allow(clippy::unwrap_used)]

use super::*;

/// An account in which usage fell by 46 % and everything else is unknown.
struct Known;

impl Facts for Known {
    fn name(&self, name: &str) -> Option<Value> {
        (name == "stage").then(|| Value::Text("adoption".to_owned()))
    }
    fn metric(&self, id: &str) -> Option<f64> {
        (id == "users").then_some(22.0)
    }
    fn change(&self, id: &str, days: f64) -> Option<f64> {
        (id == "users" && days as i64 == 30).then_some(-0.46)
    }
    fn median(&self, id: &str) -> Option<f64> {
        (id == "users").then_some(40.0)
    }
    fn slope(&self, id: &str, _: f64) -> Option<f64> {
        (id == "users").then_some(-0.02)
    }
    fn people(&self, role: &str) -> Option<f64> {
        (role == "decision maker").then_some(0.0)
    }
    fn raised(&self, signal: &str) -> Option<f64> {
        (signal == "complaint").then_some(2.0)
    }
    fn days_since(&self, _: &str) -> Option<f64> {
        None
    }
    fn hours_since(&self, event: &str) -> Option<f64> {
        (event == "oldest_ticket").then_some(30.0)
    }
    fn days_until(&self, date: &str) -> Option<f64> {
        (date == "notice_by").then_some(9.0)
    }
    fn count(&self, what: &str, _: Option<f64>) -> Option<f64> {
        (what == "open_tickets").then_some(3.0)
    }
}

fn holds(source: &str) -> Option<bool> {
    Condition::try_from(source.to_owned()).unwrap().holds(&Known)
}

#[test]
fn a_condition_reads_facts_and_an_unknown_one_is_neither_true_nor_false() {
    assert_eq!(
        holds("change('users', days(30)) <= -0.30 && stage != 'onboarding'"),
        Some(true)
    );
    assert_eq!(
        holds("days_until('notice_by') <= 14 && stage in ['adoption', 'renewal']"),
        Some(true)
    );
    assert_eq!(holds("count('open_tickets') * 2 > 7 - 1"), Some(false));
    assert_eq!(holds("days_since('last_touch') > 60"), None);
    assert_eq!(holds("!(days_since('last_touch') > 60)"), None);
    assert_eq!(holds("segment == 'enterprise'"), None);
    assert_eq!(holds("change('users', weeks(2)) < 0"), None);
    assert_eq!(holds("metric('users') / people('decision maker') > 1"), None);
    assert_eq!(holds("metric('users') < median('users') / 1.5"), Some(true));
    assert_eq!(holds("slope('users', days(60)) < -0.01"), Some(true));
    assert_eq!(holds("people('decision maker') == 0"), Some(true));
    assert_eq!(holds("people('sponsor') == 0"), None);
    assert_eq!(holds("raised('complaint') > 1"), Some(true));
    assert_eq!(holds("hours_since('oldest_ticket') > 24"), Some(true));
}

#[test]
fn what_is_known_decides_where_it_can() {
    assert_eq!(
        holds("days_since('last_touch') > 60 || stage == 'adoption'"),
        Some(true)
    );
    assert_eq!(
        holds("days_since('last_touch') > 60 && stage == 'renewal'"),
        Some(false)
    );
    assert_eq!(
        holds("missing('last_touch') && !missing('users') && missing('segment')"),
        Some(true)
    );
    assert_eq!(holds("missing('renewal_date')"), Some(true));
}

#[test]
fn mistakes_are_found_at_load_with_what_was_meant() {
    let check = |source: &str, needle: &str| {
        let error = Condition::try_from(source.to_owned()).unwrap_err();
        assert!(error.contains(needle), "{source}: {error}");
    };
    check("mising('a') > 1 || true", "unknown function `mising` at column");
    check("mising('a') > 1 || true", "try `missing`");
    check("stge == 'x'", "try `stage`");
    check("days_since('last_toch') > 1", "try `last_touch`");
    check("change('users') > 1", "takes the id of a metric and a time");
    check("missing('a') > 1", "expected a number, found true or false");
    check("stage > 1", "expected a number, found a text");
    check("stage == 1", "expected a text, found a number");
    check("change('users', days(1000000000000000)) < 0", "1 to 3,650 days");
    check("count('touchpoints', days(-1)) > 0", "1 to 3,650 days");
    check("change('users', days(score)) < 0", "a fixed number of days");
    check("1 + 1", "must be true or false");
    check("stage == 'x' || true", "always true");
    check("missing('stage') && false", "always false");
    check("count('contacts') < 0", "never true");
    check(
        "stage == 'x' && score <= 100",
        "`score <= 100` is always true at column 17",
    );
    check("1 > 2 || stage == 'x'", "never true");
    check("band == 'ambre'", "try `amber`");
    check("band in ['red', 'yellow']", "is never 'yellow'");
    check("people('Decision_Maker') > 0", "try `decision maker`");
    check("count(contacts, days(9)) > 3", "try `'contacts'`");
    check("count('tikets') > 3", "try `count('tickets', days(30))`");
    check("count('open_tikets', days(9)) > 3", "try `count('open_tickets')`");
    check("count('contact') > 3", "try `contacts`");
    check(
        "stage = 'x'",
        "one `=` compares nothing at column 7 of the expression; try `==`",
    );
    check("stage == 'x", "the text that begins with `'x` has no end");
    check("median('nps') > 3", "the program's own");
    check("slope('users') < 0", "takes the id of a metric and a time");
    check("hours_since('oldest_tickt') > 3", "try `oldest_ticket`");
    check("segment == 'é' && stge == 'x'", "at column 19");
    check("stage ==", "ends too early");
    check("score / 0 > 1", "divided by 0 at column 9");
    check("change('users', 30) < 0", "a time needs a unit at column 17");
    check("[1].all(x, x > 0)", "not known here");
    check(&"(".repeat(5_000), "bytes long");
}

#[test]
fn an_expression_says_what_it_asked_and_why_it_cannot_tell() {
    let source =
        "(change('users', days(30)) <= -0.3 || segment == 'x') && days_since('last_touch') > weeks(8)";
    let condition = Condition::try_from(source.to_owned()).unwrap();
    let asked: Vec<(String, Option<Value>)> = condition
        .expression()
        .asked(&Known)
        .into_iter()
        .map(|one| (one.term, one.value))
        .collect();
    let expected = [
        ("change('users', days(30))", Some(Value::Number(-0.46))),
        ("segment", None),
        ("days_since('last_touch')", None),
    ];
    assert_eq!(asked, expected.map(|(term, value)| (term.to_owned(), value)));
    assert_eq!(condition.unknown(&Known), ["days_since('last_touch')"]);
    let clauses: Vec<_> = condition
        .clauses(&Known)
        .into_iter()
        .map(|one| (one.text, one.holds))
        .collect();
    let either = "change('users', days(30)) <= -0.3 || segment == 'x'";
    let last = "days_since('last_touch') > 8 * 7";
    assert_eq!(
        clauses,
        [(either.to_owned(), Some(true)), (last.to_owned(), None)]
    );
    let again = condition.expression().term.to_string();
    assert_eq!(
        again,
        "(change('users', days(30)) <= -0.3 || segment == 'x') && days_since('last_touch') > 8 * 7"
    );
    assert_eq!(Condition::try_from(again).unwrap().holds(&Known), None);
}
