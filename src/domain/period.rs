//! Lengths of time as people write them: `30 s`, `10m`, `24h`, `7d`, `+3bd`.

use serde::{Deserialize, Serialize};

/// A length of time, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    /// Seconds.
    pub seconds: i64,
}

impl Period {
    /// So many days of 24 hours.
    pub const fn days(days: i64) -> Self {
        Self {
            seconds: days * 86_400,
        }
    }

    /// So many minutes.
    pub const fn minutes(minutes: i64) -> Self {
        Self {
            seconds: minutes * 60,
        }
    }

    /// So many seconds.
    pub const fn seconds(seconds: i64) -> Self {
        Self { seconds }
    }

    /// As a span of the clock.
    pub fn duration(self) -> jiff::SignedDuration {
        jiff::SignedDuration::from_secs(self.seconds)
    }
}

impl TryFrom<String> for Period {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong =
            || format!("`{text}` is not a length of time; try a number with s, m, h, d or w, like \"10m\"");
        let trimmed = text.trim();
        let number = trimmed.trim_end_matches(|last: char| !last.is_ascii_digit());
        let factor = match trimmed[number.len()..].trim() {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            "w" => 604_800,
            _ => return Err(wrong()),
        };
        let number: i64 = number.trim().parse().map_err(|_| wrong())?;
        let seconds = number
            .checked_mul(factor)
            .filter(|seconds| *seconds >= 0)
            .ok_or_else(wrong)?;
        Ok(Self { seconds })
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (number, unit) = match self.seconds {
            s if s % 86_400 == 0 => (s / 86_400, 'd'),
            s if s % 3_600 == 0 => (s / 3_600, 'h'),
            s if s % 60 == 0 => (s / 60, 'm'),
            s => (s, 's'),
        };
        write!(f, "{number}{unit}")
    }
}

/// A number of days on which work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BusinessDays(pub i32);

/// The most business days that can be written: some four years.
const MOST_BUSINESS_DAYS: i32 = 1_000;

impl TryFrom<String> for BusinessDays {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let number = text.trim().trim_start_matches('+').strip_suffix("bd");
        let number = number.and_then(|number| number.trim().parse().ok());
        number
            .filter(|number| (0..=MOST_BUSINESS_DAYS).contains(number))
            .map(Self)
            .ok_or_else(|| format!("`{text}` is not a number of business days; try \"+3bd\""))
    }
}

impl From<BusinessDays> for String {
    fn from(days: BusinessDays) -> Self {
        days.to_string()
    }
}

impl std::fmt::Display for BusinessDays {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "+{}bd", self.0)
    }
}

/// A length of working time: `1bd`, `4bh`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum BusinessTime {
    /// Days on which work is done.
    Days(BusinessDays),
    /// Hours in which work is done.
    Hours(u32),
}

/// The most business hours that can be written: some two years.
const MOST_BUSINESS_HOURS: u32 = 4_000;

impl TryFrom<String> for BusinessTime {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let number = text.trim().trim_start_matches('+').strip_suffix("bh");
        let hours = number.and_then(|number| number.trim().parse().ok());
        let hours = hours.filter(|hours| (1..=MOST_BUSINESS_HOURS).contains(hours));
        let days = || BusinessDays::try_from(text.clone()).ok().map(Self::Days);
        hours.map(Self::Hours).or_else(days).ok_or_else(|| {
            format!(
                "`{text}` is no business time; try \"1bd\" for business days, or \"4bh\" for business hours"
            )
        })
    }
}

impl From<BusinessTime> for String {
    fn from(time: BusinessTime) -> Self {
        time.to_string()
    }
}

impl std::fmt::Display for BusinessTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Days(days) => days.fmt(f),
            Self::Hours(hours) => write!(f, "+{hours}bh"),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{BusinessDays, BusinessTime, Period};

    #[test]
    fn business_time_is_in_days_or_hours() {
        let read = |text: &str| BusinessTime::try_from(text.to_owned());
        assert_eq!(read("4bh"), Ok(BusinessTime::Hours(4)));
        assert_eq!(read("+1bd"), Ok(BusinessTime::Days(BusinessDays(1))));
        for text in ["+4bh", "+0bd"] {
            assert_eq!(read(text).unwrap().to_string(), text);
        }
        for wrong in ["4h", "0bh", "-1bh", "bh", "4001bh", "4"] {
            assert!(read(wrong).unwrap_err().contains("4bh"), "{wrong}");
        }
    }

    #[test]
    fn business_days_read_as_people_write_them() {
        let read = |text: &str| BusinessDays::try_from(text.to_owned()).map(|days| days.0);
        assert_eq!(read("+3bd"), Ok(3));
        assert_eq!(read(" 0 bd"), Ok(0));
        for wrong in ["3", "3d", "-1bd", "bd", "+1001bd", "½bd"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert_eq!(BusinessDays(5).to_string(), "+5bd");
    }

    #[test]
    fn periods_read_as_people_write_them() {
        let check =
            |text: &str, seconds| assert_eq!(Period::try_from(text.to_owned()).unwrap().seconds, seconds);
        check("30s", 30);
        check("10m", 600);
        check("24h", 86_400);
        check("7d", 604_800);
        for wrong in ["", "d", "7", "-1d", "7x", "99999999999999999w", "½d", "7 年"] {
            assert!(Period::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
        assert_eq!(Period::try_from("48h".to_owned()).unwrap().to_string(), "2d");
    }
}
