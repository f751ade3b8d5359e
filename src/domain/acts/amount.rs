//! Numbers and amounts of money as people type them, and what of them is hard to believe.

use crate::domain::money::Currency;

/// Signs of currencies, each with the currencies that it may mean.
const SIGNS: [(char, &[&str]); 5] = [
    (
        '$',
        &[
            "USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD", "MXN", "BRL", "CLP", "COP", "ARS",
        ],
    ),
    ('€', &["EUR"]),
    ('£', &["GBP", "EGP", "GIP"]),
    ('¥', &["JPY", "CNY"]),
    ('₹', &["INR"]),
];
/// Beyond so many minor units no contract is.
const MOST: f64 = 1e12;
/// So many times what it was, or so small a part of it, is more likely a slip than meant.
const LEAP: f64 = 10.0;

/// A field that is an annual value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// The currency of its contract; `None` where it is not known.
    pub currency: Option<Currency>,
}

impl Amount {
    /// The number that a text means, as the CRM keeps it; the error is one sentence with a hint.
    pub fn parse(self, text: &str) -> Result<String, String> {
        let bare = self.bare(text)?;
        let number = number(&bare)?;
        if number.starts_with('-') {
            return Err(format!("`{text}` is below zero: an annual value is not"));
        }
        let places = number.split_once('.').map_or(0, |(_, places)| places.len());
        match self.currency {
            Some(currency) if places > currency.digits() as usize => Err(format!(
                "`{text}` is finer than the smallest unit of {}: write at most {} digits behind the point",
                currency.code(),
                currency.digits()
            )),
            _ => Ok(number),
        }
    }

    /// A text without the sign or the code of a currency; another one than the contract's is refused.
    fn bare(self, text: &str) -> Result<String, String> {
        let other = |named: &str| {
            let own = self.currency.filter(|own| !is_meant(named, *own));
            own.map_or(Ok(()), |own| {
                Err(format!(
                    "`{text}` is in {named}, but the contract is in {}: write the amount in {}",
                    own.code(),
                    own.code()
                ))
            })
        };
        let mut bare = text.to_owned();
        for (sign, _) in SIGNS {
            if bare.contains(sign) {
                other(&sign.to_string())?;
                bare = bare.replacen(sign, "", 1);
            }
        }
        let bare = bare.trim();
        let front = bare.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
        let back = bare.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
        for (code, rest) in [
            (&bare[..bare.len() - front.len()], front),
            (&bare[back.len()..], back),
        ] {
            if code.len() == 3 && !rest.is_empty() {
                other(&code.to_uppercase())?;
                return Ok(rest.trim().to_owned());
            }
        }
        Ok(bare.to_owned())
    }

    /// What makes an amount hard to believe beside what it was, in one sentence without its end; `None` as the new one empties
    /// the field.
    pub fn doubt(self, was: Option<&str>, to: Option<&str>) -> Option<String> {
        let value = |text: &str| text.parse::<f64>().ok().filter(|value| value.is_finite());
        let was = was.and_then(|was| Some((was, value(was)?)));
        let Some(to) = to else {
            return was.map(|(was, _)| format!("it would be known no more; it was {was}"));
        };
        let new = value(to)?;
        let digits = self.currency.map_or(2, Currency::digits);
        if new * 10_f64.powi(digits as i32) > MOST {
            return Some(format!("{to} is more than any contract is worth"));
        }
        let (text, was) = was.filter(|(_, was)| *was > 0.0)?;
        if new >= was * LEAP {
            return Some(format!("{to} is ten times what it was, {text}, or more"));
        }
        let is_little = new <= was / LEAP;
        is_little.then(|| format!("{to} is a tenth of what it was, {text}, or less"))
    }
}

/// Whether a sign or a code may mean this currency.
fn is_meant(named: &str, currency: Currency) -> bool {
    let of_sign = SIGNS.iter().find(|(sign, _)| named.chars().eq([*sign]));
    of_sign.map_or(named == currency.code(), |(_, codes)| {
        codes.contains(&currency.code())
    })
}

/// A number as the CRM keeps it. Scaling moves the point in the digits themselves: nothing is rounded on its way.
pub(super) fn number(text: &str) -> Result<String, String> {
    let wrong = || format!("`{text}` is no number: write 1234.50, 1,234.50 or 84k");
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, '_' | ' ' | '$' | '€'))
        .collect();
    let (sign, plain) = plain
        .strip_prefix('-')
        .map_or(("", plain.as_str()), |rest| ("-", rest));
    let (digits, zeros) = match plain.as_bytes().last() {
        Some(b'k' | b'K') => (&plain[..plain.len() - 1], 3),
        Some(b'm' | b'M') => (&plain[..plain.len() - 1], 6),
        _ => (plain, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    // A comma stands between groups of three; `84,5` could mean either and is asked about.
    let groups: Vec<&str> = whole.split(',').collect();
    let grouped =
        groups.len() == 1 || (groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3));
    if !grouped
        || !groups.iter().all(|group| all_digits(group))
        || !(fraction.is_empty() || all_digits(fraction))
    {
        return Err(wrong());
    }
    // So much of Europe writes a thousand: `18.500` is 18500 there, and 18.5 here.
    let is_group = zeros == 0 && fraction.len() == 3 && groups.len() == 1;
    if is_group && whole.len() <= 3 && !whole.starts_with('0') {
        let thousands = format!("{sign}{whole}{fraction}");
        return Err(format!(
            "`{text}` may be {thousands} or {sign}{whole} and a fraction: write {thousands}, {thousands}.00 or {sign}{}",
            digits.trim_end_matches('0').trim_end_matches('.')
        ));
    }
    let moved = fraction.len().min(zeros);
    let mut number = format!(
        "{sign}{}{}{}",
        groups.concat(),
        &fraction[..moved],
        "0".repeat(zeros - moved)
    );
    if moved < fraction.len() {
        number.push('.');
        number.push_str(&fraction[moved..]);
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn of(code: &str) -> Amount {
        Amount {
            currency: Currency::parse(code),
        }
    }

    #[test]
    fn an_amount_is_in_the_currency_of_its_contract_and_not_below_zero() {
        let told = |code: &str, text: &str| of(code).parse(text);
        for text in ["70000", "70k", "£70,000", "GBP 70k", "70000 gbp"] {
            assert_eq!(told("GBP", text).as_deref(), Ok("70000"), "{text}");
        }
        assert_eq!(told("CAD", "$5").as_deref(), Ok("5"));
        assert_eq!(of("?").parse("€5").as_deref(), Ok("5"));
        for text in ["€5", "$5", "5 EUR", "eur5"] {
            let why = told("GBP", text).unwrap_err();
            assert!(why.contains("the contract is in GBP"), "{why}");
        }
        assert!(told("GBP", "-5").unwrap_err().contains("below zero"));
        assert!(told("JPY", "5.5").unwrap_err().contains("smallest unit"));
    }

    #[test]
    fn a_point_that_may_stand_between_thousands_is_asked_about() {
        let why = number("18.500").unwrap_err();
        assert!(why.ends_with("write 18500, 18500.00 or 18.5"), "{why}");
        assert!(number("18.000").unwrap_err().ends_with("or 18"));
        for (text, is) in [
            ("0.500", "0.500"),
            ("1,018.500", "1018.500"),
            ("18.50", "18.50"),
            ("18.500k", "18500"),
        ] {
            assert_eq!(number(text).as_deref(), Ok(is));
        }
    }

    #[test]
    fn an_amount_far_from_what_it_was_is_hard_to_believe() {
        let told = |was, to| of("GBP").doubt(was, Some(to));
        assert_eq!(
            told(Some("18500"), "1850").as_deref(),
            Some("1850 is a tenth of what it was, 18500, or less")
        );
        assert!(told(Some("66000"), "700000").is_some_and(|why| why.contains("ten times")));
        assert!(told(Some("100"), "1000").is_some());
        assert!(told(None, "999999999999999999").is_some_and(|why| why.contains("any contract")));
        assert_eq!(told(Some("100"), "999"), None);
        assert_eq!(told(Some("100"), "11"), None);
        assert_eq!(told(Some("0"), "10000"), None);
        assert_eq!(told(None, "10000000000"), None);
        let emptied = of("GBP").doubt(Some("18500"), None);
        assert_eq!(
            emptied.as_deref(),
            Some("it would be known no more; it was 18500")
        );
        assert_eq!(of("GBP").doubt(None, None), None);
    }
}
