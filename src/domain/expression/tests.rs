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
    fn days_since(&self, _: &str) -> Option<f64> {
        None
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
    assert_eq!(holds("metric('users') / 0 > 1"), None);
}

#[test]
fn what_is_known_decides_where_it_can() {
    assert_eq!(holds("days_since('last_touch') > 60 || true"), Some(true));
    assert_eq!(holds("days_since('last_touch') > 60 && false"), Some(false));
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
    check("stage ==", "not an expression");
    check("[1].all(x, x > 0)", "not known here");
    check(&"(".repeat(5_000), "bytes long");
}
