//! Values of metrics and expressions as people read them.

use super::expression::{Unit, Value};

/// A value as people read it; `unknown` without one.
pub fn in_words(unit: Unit, value: Option<&Value>) -> String {
    match (value, unit) {
        (None, _) => "unknown".to_owned(),
        (Some(Value::Number(number)), Unit::Share) => percent(*number),
        (Some(Value::Number(number)), Unit::Days) => days(*number),
        (Some(Value::Number(number)), Unit::Hours) => hours(*number),
        (Some(Value::Number(number)), Unit::Daily) => format!("{} a day", percent_exact(*number)),
        (Some(Value::Number(number)), Unit::Ratio) => part(*number),
        (Some(Value::Number(number)), Unit::Plain) => plain(*number),
        (Some(Value::Text(text)), _) => text.clone(),
        (Some(Value::Bool(yes)), _) => if *yes { "yes" } else { "no" }.to_owned(),
    }
}

/// The least that two numbers differ by once they are in words, in thousandths.
pub fn grain(unit: Unit) -> i64 {
    match unit {
        Unit::Share | Unit::Ratio | Unit::Plain => 10,
        Unit::Days | Unit::Hours => 1_000,
        Unit::Daily => 1,
    }
}

/// A share as people read it: `−46 %`.
pub fn percent(share: f64) -> String {
    let percent = (share * 100.0).round_ties_even();
    let sign = match percent {
        p if p < 0.0 => "−",
        p if p > 0.0 => "+",
        _ => "",
    };
    format!("{sign}{} %", percent.abs())
}

/// A small share as people read it: `−0.4 %`.
pub fn percent_exact(share: f64) -> String {
    let tenths = plain((share * 1000.0).round_ties_even() / 10.0);
    let sign = if share > 0.0 && tenths != "0" { "+" } else { "" };
    format!("{sign}{tenths} %")
}

/// A part of a whole as people read it: `94 %`.
pub fn part(share: f64) -> String {
    format!("{} %", plain((share * 100.0).round_ties_even()))
}

/// A number of hours as people read it: `30 h`.
pub fn hours(hours: f64) -> String {
    format!("{} h", plain(hours.round()))
}

/// How long something has lasted, from hours of the clock, as people read it: `30 h`, from two days on `3 d 23 h`, from ten
/// on the whole days that have passed, `19 d`.
pub fn lasting(hours_of_it: f64) -> String {
    let (whole, rest) = ((hours_of_it / 24.0).floor(), hours_of_it.rem_euclid(24.0).floor());
    if hours_of_it < 48.0 {
        hours(hours_of_it)
    } else if hours_of_it < 240.0 && rest > 0.0 {
        format!("{} {}", days(whole), hours(rest))
    } else {
        days(whole)
    }
}

/// A number of days as people read it: `74 d`.
pub fn days(days: f64) -> String {
    format!("{} d", plain(days.round()))
}

/// So many days before today as people read it: `7 d ago`, `today`.
pub fn ago(before: f64) -> String {
    if before.round() == 0.0 {
        "today".to_owned()
    } else {
        format!("{} ago", days(before))
    }
}

/// A number with at most two decimal places and a real minus sign. What rounds to zero has none.
pub fn plain(number: f64) -> String {
    let text = format!("{number:.2}");
    match text.trim_end_matches('0').trim_end_matches('.') {
        "-0" => "0".to_owned(),
        text => text.replacen('-', "−", 1),
    }
}

/// The same number; zero without a sign.
pub fn unsigned_zero(number: f64) -> f64 {
    if number == 0.0 { 0.0 } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lasts_is_told_in_hours_and_from_two_days_on_in_days_that_have_passed() {
        for (hours, words) in [
            (4.0, "4 h"),
            (47.0, "47 h"),
            (48.0, "2 d"),
            (95.0, "3 d 23 h"),
            (168.0, "7 d"),
            (479.0, "19 d"),
        ] {
            assert_eq!(lasting(hours), words);
        }
    }

    #[test]
    fn zero_has_no_sign_in_any_unit() {
        let units = [
            (Unit::Plain, "0"),
            (Unit::Share, "0 %"),
            (Unit::Ratio, "0 %"),
            (Unit::Daily, "0 % a day"),
            (Unit::Days, "0 d"),
            (Unit::Hours, "0 h"),
        ];
        for (unit, words) in units {
            for number in [0.0, -0.0, -0.000_1, 0.000_1] {
                let told = in_words(unit, Some(&Value::Number(number)));
                assert_eq!(told, words, "{unit:?} {number}");
            }
        }
        assert!(unsigned_zero(-0.0).is_sign_positive());
        assert_eq!(days(-3.2), "−3 d");
    }
}
