//! Constant rates of exchange. Sums are made in one currency; whatever has no rate is unknown.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::money::{Currency, Money};

/// What one unit of a currency is in the reporting currency, from a day on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// The currency.
    pub currency: Currency,
    /// One unit of it in the reporting currency.
    pub rate: Decimal,
    /// The first day on which the rate holds.
    pub from: Date,
}

/// A positive decimal number, kept exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal {
    digits: i64,
    places: u32,
}

impl Decimal {
    /// Reads `1.08`; at most nine decimal places.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || part.len() > 9 || !digits(whole) || !digits(part) {
            return None;
        }
        Some(Self {
            digits: format!("{whole}{part}").parse().ok()?,
            places: part.len() as u32,
        })
    }
}

impl TryFrom<String> for Decimal {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
            .ok_or_else(|| format!("`{text}` is not a decimal number; try a text like \"1.08\""))
    }
}

impl From<Decimal> for String {
    fn from(decimal: Decimal) -> Self {
        let unit = 10_i64.pow(decimal.places);
        let (whole, part) = (decimal.digits / unit, decimal.digits % unit);
        match decimal.places {
            0 => whole.to_string(),
            places => format!("{whole}.{part:0width$}", width = places as usize),
        }
    }
}

/// The rates into one currency.
#[derive(Debug, Clone, Copy)]
pub struct Rates<'a> {
    /// The reporting currency.
    pub into: Currency,
    /// The rates, in any order.
    pub rates: &'a [Rate],
}

impl Rates<'_> {
    /// An amount in minor units of the reporting currency at the rate of that day, rounded half to
    /// even; `None` without a rate.
    pub fn convert(&self, money: Money, day: Date) -> Option<i64> {
        if money.currency == self.into {
            return Some(money.minor);
        }
        let rate = self
            .rates
            .iter()
            .filter(|rate| rate.currency == money.currency && rate.from <= day)
            .max_by_key(|rate| rate.from)?
            .rate;
        let numerator = i128::from(money.minor) * i128::from(rate.digits) * 10_i128.pow(self.into.digits());
        let denominator = 10_i128.pow(rate.places + money.currency.digits());
        i64::try_from(round_half_even(numerator, denominator)).ok()
    }
}

/// A fraction rounded to a whole number, halves to the even one. The denominator is positive.
pub fn round_half_even(numerator: i128, denominator: i128) -> i128 {
    let (floor, rest) = (
        numerator.div_euclid(denominator),
        numerator.rem_euclid(denominator),
    );
    match (rest * 2).cmp(&denominator) {
        std::cmp::Ordering::Less => floor,
        std::cmp::Ordering::Greater => floor + 1,
        std::cmp::Ordering::Equal => floor + floor.rem_euclid(2),
    }
}

/// An amount in major units as a CRM writes it (`1500`, `1500.00`, `-3.5`), in minor units rounded half
/// to even; `None` when it is no number.
pub fn minor_units(text: &str, currency: Currency) -> Option<Money> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.get(..part.len().min(9))?;
    let decimal = Decimal::parse(&format!("{whole}.{part}"))?;
    let numerator = sign * i128::from(decimal.digits) * 10_i128.pow(currency.digits());
    let minor = i64::try_from(round_half_even(numerator, 10_i128.pow(decimal.places))).ok()?;
    Some(Money { minor, currency })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    #[test]
    fn amounts_are_read_exactly_in_the_minor_unit_of_their_currency() {
        let check = |text: &str, code: &str, minor| {
            assert_eq!(
                minor_units(text, currency(code)).map(|money| money.minor),
                minor,
                "{text} {code}"
            );
        };
        check("1500", "USD", Some(150_000));
        check("1500.5", "EUR", Some(150_050));
        check("0.125", "USD", Some(12));
        check("0.135", "USD", Some(14));
        check("1500", "JPY", Some(1_500));
        check("1.5", "KWD", Some(1_500));
        check("-3.5", "USD", Some(-350));
        for wrong in ["", "n/a", "1,500", "1e3", ".", "--1"] {
            check(wrong, "USD", None);
        }
    }

    #[test]
    fn a_rate_holds_from_its_day_and_without_one_the_amount_is_unknown() {
        let rate = |code: &str, rate: &str, from: &str| Rate {
            currency: currency(code),
            rate: Decimal::parse(rate).unwrap(),
            from: from.parse().unwrap(),
        };
        let known = [
            rate("EUR", "1.08", "2026-02-01"),
            rate("EUR", "1.10", "2027-02-01"),
            rate("JPY", "0.0067", "2026-01-01"),
        ];
        let rates = Rates {
            into: currency("USD"),
            rates: &known,
        };
        let convert = |minor, code: &str, day: &str| {
            let money = Money {
                minor,
                currency: currency(code),
            };
            rates.convert(money, day.parse().unwrap())
        };
        assert_eq!(convert(10_000, "EUR", "2026-06-01"), Some(10_800));
        assert_eq!(convert(10_000, "EUR", "2027-06-01"), Some(11_000));
        assert_eq!(convert(10_000, "EUR", "2025-06-01"), None);
        assert_eq!(convert(10_000, "SEK", "2026-06-01"), None);
        assert_eq!(convert(1_000, "JPY", "2026-06-01"), Some(670));
        assert_eq!(convert(123, "USD", "2026-06-01"), Some(123));
    }
}
