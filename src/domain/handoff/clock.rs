//! The clock of a handoff: by when it is to be answered, how long it waits, in the working time of whoever is to act.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::next;
use crate::domain::acts::{END_OF_DAY, Occasion, Somebody};
use crate::domain::calendar::{Calendars, Workdays};
use crate::domain::desk::{HandoffCard, HandoffState, late_from};
use crate::domain::period::{BusinessDays, BusinessTime};
use crate::domain::record::RecordId;
use crate::domain::words;

/// How a note says a time: with its offset, since it is read in other zones too.
const TIME: &str = "%Y-%m-%d %H:%M %:z";

/// By when a handoff is to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerBy {
    /// The day, in the zone of who sends it.
    pub day: Date,
    /// The time of it; its evening where there is none.
    pub at: Option<Time>,
}

impl AnswerBy {
    /// So much after now, by the calendar of who is to answer; `None` beyond any calendar. No day more is the evening of
    /// the day on which work on it begins.
    pub fn of(within: BusinessTime, on: &Occasion, to: Option<&RecordId>) -> Option<Self> {
        let theirs = to.map_or(on.calendars.of_anybody(), |to| on.calendars.of(to));
        let here = on.here();
        let day = |day| Self { day, at: None };
        match within {
            BusinessTime::Days(BusinessDays(0)) => Some(day(theirs.begun_at(&here))),
            BusinessTime::Days(BusinessDays(days)) => theirs.after(here.date(), days).map(day),
            BusinessTime::Hours(hours) => {
                let by = theirs.after_minutes(here.datetime(), hours * 60)?;
                let at = by.time();
                Some(Self {
                    day: by.date(),
                    at: Time::new(at.hour(), at.minute(), 0, 0).ok(),
                })
            }
        }
    }

    /// As the note says it.
    pub fn told(self, on: &Occasion) -> String {
        let at = self
            .at
            .map(|at| self.day.to_datetime(at).to_zoned(on.zone.clone()));
        match at {
            Some(Ok(at)) => at.strftime(TIME).to_string(),
            _ => self.day.to_string(),
        }
    }

    /// As a person reads it today: `Tue 24 Nov`, `Tue 24 Nov 14:30`.
    pub fn words(self, today: Date) -> String {
        let at = self.at.map(|at| at.strftime(" %H:%M").to_string());
        words::dated(today, self.day) + &at.unwrap_or_default()
    }
}

/// The day and, where there is one, the instant (UTC) by which a note says that an answer is expected.
pub(super) fn read(text: &str) -> (Option<Date>, Option<Timestamp>) {
    let day = text.split_whitespace().next().and_then(|day| day.parse().ok());
    (day, Timestamp::strptime(TIME, text).ok())
}

/// How long a handoff waits for an answer, in whole working minutes of whoever is to give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// Since it was sent, returned or answered.
    pub waited: i64,
    /// Until it is to be answered, negative since that is over; `None` where no note says by when.
    pub left: Option<i64>,
    /// Whether that is over.
    pub is_late: bool,
}

impl HandoffCard {
    /// Its clock by now in the reader's zone; `None` once it is accepted.
    pub fn clock(&self, works: &Workdays, now: &Zoned) -> Option<Clock> {
        if self.state == HandoffState::Accepted {
            return None;
        }
        let at: DateTime = now.datetime();
        let since = self.when.to_zoned(now.time_zone().clone()).datetime();
        let until = self.answers_here(now.time_zone());
        let until = until.map(|(day, at)| day.to_datetime(at.unwrap_or(END_OF_DAY)));
        Some(Clock {
            waited: works.worked(since, at).max(0),
            left: until.map(|until| works.worked(at, until)),
            is_late: self.is_late(now.time_zone(), at),
        })
    }

    /// The day and, where one is said, the time by which it is to be answered, by a reader's own clock. Of a day alone the
    /// note does not say in which zone: it is the same one for everybody.
    pub fn answers_here(&self, zone: &TimeZone) -> Option<(Date, Option<Time>)> {
        match self.answer_at {
            Some(at) => {
                let at = at.to_zoned(zone.clone());
                Some((at.date(), Some(at.time())))
            }
            None => Some((self.answer_by?, None)),
        }
    }

    /// The moment by a reader's clock from which its answer is late, as all that is due; `None` where no note says by when,
    /// or it is accepted.
    pub fn is_late_from(&self, zone: &TimeZone) -> Option<DateTime> {
        let (day, at) = self.answers_here(zone)?;
        late_from(day, at).filter(|_| self.state != HandoffState::Accepted)
    }

    /// Whether its answer is late at a moment of a reader's own day.
    pub fn is_late(&self, zone: &TimeZone, now: DateTime) -> bool {
        self.is_late_from(zone).is_some_and(|from| from <= now)
    }

    /// The days on which whoever is to act works.
    pub fn works<'a>(&self, people: &[Somebody], calendars: &'a Calendars) -> &'a Workdays {
        let next = next(self, self.state, people);
        next.map_or(calendars.of_anybody(), |next| calendars.of(&next.id))
    }
}

impl Clock {
    /// How long it waits: `new` while nobody has had time to answer it, `3 bh`, `2 bd`.
    pub fn waits(&self) -> String {
        match self.waited {
            0 => "new".to_owned(),
            waited => words::worked(waited),
        }
    }

    /// What of the time to answer is left, in words: `3 bh left`, `late by 2 bd`; `None` where more than a day is, or
    /// nothing says by when.
    pub fn told(&self) -> Option<String> {
        let left = self.left?;
        match left {
            _ if self.is_late && left < 0 => Some(format!("late by {}", words::worked(-left))),
            _ if self.is_late => Some("late".to_owned()),
            1..crate::domain::calendar::OF_DAY => Some(format!("{} left", words::worked(left))),
            _ => None,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::civil::date;

    use super::super::tests::{juniper, occasion, template, value};
    use super::super::{Cover, Ground, Reader, SaidNote, Saying, card, compose};
    use super::*;
    use crate::domain::record::Core;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// By when it is to be answered that is sent then, on Mondays and Fridays in Amsterdam.
    fn by(now: &str, within: &str) -> (AnswerBy, String) {
        let mut on = occasion();
        (on.now, on.zone) = (at(now), TimeZone::get("Europe/Amsterdam").unwrap());
        let by = AnswerBy::of(within.to_owned().try_into().unwrap(), &on, None).unwrap();
        (by, by.told(&on))
    }

    #[test]
    fn an_answer_is_due_in_the_receivers_working_time() {
        let told = |now, within| by(now, within).1;
        // A Friday at nine, and at half past three.
        assert_eq!(told("2026-11-20T08:00:00Z", "4bh"), "2026-11-20 13:00 +01:00");
        assert_eq!(told("2026-11-20T14:30:00Z", "4bh"), "2026-11-23 11:30 +01:00");
        assert_eq!(told("2026-11-20T14:30:00Z", "1bd"), "2026-11-23");
        // No day more is that evening, or once that is over, or on a day off, the next one.
        assert_eq!(told("2026-11-20T14:30:00Z", "0bd"), "2026-11-20");
        assert_eq!(told("2026-11-20T17:30:00Z", "0bd"), "2026-11-23");
        assert_eq!(told("2026-11-21T08:00:00Z", "0bd"), "2026-11-23");
    }

    #[test]
    fn what_a_note_says_is_read_as_the_same_instant_in_every_zone() {
        let (by, told) = by("2026-11-20T14:30:00Z", "4bh");
        assert_eq!(by.words(date(2026, 11, 20)), "Mon 23 Nov 11:30");
        assert_eq!(
            read(&told),
            (Some(date(2026, 11, 23)), Some(at("2026-11-23T10:30:00Z")))
        );
        assert_eq!(read("2026-11-23"), (Some(date(2026, 11, 23)), None));
        assert_eq!(read("soon"), (None, None));
    }

    #[test]
    fn a_handoff_waits_and_is_late_in_working_time() {
        let mut on = occasion();
        on.now = at("2026-11-20T16:30:00Z");
        let mut template = template();
        template.accept_within = BusinessTime::Hours(4);
        let to = Somebody {
            id: "11".into(),
            name: "Dana Reyes".to_owned(),
        };
        let values =
            [("goals", "Go live"), ("people", "Ana")].map(|(id, text)| (id.to_owned(), text.to_owned()));
        let ground = Ground::default();
        let made = compose(
            &on,
            &juniper(),
            &template,
            &to,
            Saying::of(&values.into(), &ground),
        )
        .unwrap();
        let body = value(&made[0], Core::Body).unwrap();
        assert_eq!(value(&made[1], Core::Due), Some("2026-11-23T12:30:00Z"));
        let note = SaidNote {
            note: "1".into(),
            lines: Some(body.lines().map(str::to_owned).collect()),
            head: None,
            when: on.now,
            created: Some(on.now),
            who: None,
        };
        let told = |now: &str| {
            let now = at(now).to_zoned(TimeZone::UTC);
            let mut cover = Cover::new(&now);
            cover.leads = vec![to.name.clone()];
            let reader = Reader {
                name: Some("Priya Nair"),
                role: "lead",
                cover: &cover,
            };
            let card = card(std::slice::from_ref(&note), (&"7".into(), "Juniper"), reader).unwrap();
            let clock = card.clock(card.works(&[], &on.calendars), &now).unwrap();
            (clock.waits(), clock.told().unwrap_or_default(), card.for_me)
        };
        let check = |now, waited: &str, left: &str, is_leads| {
            assert_eq!(told(now), (waited.to_owned(), left.to_owned(), is_leads), "{now}");
        };
        check("2026-11-20T16:31:00Z", "1 min", "3 bh left", false);
        // The weekend is no working time.
        check("2026-11-22T12:00:00Z", "30 min", "3 bh left", false);
        check("2026-11-23T10:00:00Z", "1 bh", "2 bh left", false);
        check("2026-11-23T12:00:00Z", "3 bh", "30 min left", false);
        // As every step it is late once its minute is over, for the lead too.
        check("2026-11-23T12:30:59Z", "4 bh", "", false);
        check("2026-11-23T12:31:00Z", "4 bh", "late by 1 min", true);
        check("2026-11-23T14:00:00Z", "5 bh", "late by 1 bh", true);
        check("2026-11-28T14:00:00Z", "2 bd", "late by 1 bd", true);
    }
}
