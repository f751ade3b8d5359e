//! What a renewal's countdown runs to, in words.

use jiff::civil::Date;

use super::summary::Summary;
use super::words;

/// The dates of the next renewal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Countdown {
    /// The last day on which the customer can still leave, passed or ahead; `None` is unknown, or there is none.
    pub notice_by: Option<Date>,
    /// The last day of the term.
    pub ends: Option<Date>,
}

impl Countdown {
    /// That of a line of the account list.
    pub fn of(line: &Summary) -> Self {
        Self {
            notice_by: line.notice_by,
            ends: line.ends,
        }
    }

    /// The notice date, while it is ahead or today.
    pub fn notice_ahead(self, today: Date) -> Option<Date> {
        self.notice_by.filter(|notice| *notice >= today)
    }

    /// The notice date, once it has passed.
    pub fn notice_passed(self, today: Date) -> Option<Date> {
        self.notice_by.filter(|notice| *notice < today)
    }

    /// The day that it runs to: notice where that is ahead, else the end.
    pub fn decision(self, today: Date) -> Option<Date> {
        self.notice_ahead(today).or(self.ends)
    }

    /// `notice in 9 d`, `notice passed 9 Dec · ends in 10 d`, `ends in 26 d`; `notice ?` where nothing is known.
    pub fn words(self, today: Date) -> String {
        let ends = self.ends.map(|end| match words::days(today, end) {
            0 => "ends today".to_owned(),
            ahead @ 1.. => format!("ends in {ahead} d"),
            past => format!("ended {} d ago", -past),
        });
        match (self.notice_by, ends) {
            (Some(notice), Some(ends)) if notice < today => {
                format!("notice passed {} · {ends}", words::calendar_day(today, notice))
            }
            (Some(notice), None) if notice < today => {
                format!("notice passed {}", words::calendar_day(today, notice))
            }
            (Some(notice), _) if notice == today => "notice today".to_owned(),
            (Some(notice), _) => format!("notice in {} d", words::days(today, notice)),
            (None, Some(ends)) => ends,
            (None, None) => "notice ?".to_owned(),
        }
    }

    /// The notice date alone: `notice by 2 Dec (9 d)`, `notice passed 9 Dec`, `notice by ?`.
    pub fn dated(self, today: Date) -> String {
        let Some(notice) = self.notice_by else {
            return "notice by ?".to_owned();
        };
        let day = words::calendar_day(today, notice);
        if notice < today {
            return format!("notice passed {day}");
        }
        format!("notice by {day} ({})", words::until(today, notice))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_notice_date_that_has_passed_is_said_with_the_end_and_is_not_unknown() {
        let today = date(2026, 12, 12);
        let words = |notice_by, ends| Countdown { notice_by, ends }.words(today);
        let (passed, end) = (Some(date(2026, 12, 9)), Some(date(2026, 12, 22)));
        assert_eq!(words(passed, end), "notice passed 9 Dec · ends in 10 d");
        assert_eq!(
            words(passed, Some(date(2026, 12, 11))),
            "notice passed 9 Dec · ended 1 d ago"
        );
        assert_eq!(words(Some(today), end), "notice today");
        assert_eq!(words(Some(date(2026, 12, 21)), end), "notice in 9 d");
        assert_eq!(words(None, end), "ends in 10 d");
        assert_eq!(words(None, None), "notice ?");
    }
}
