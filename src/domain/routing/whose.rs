//! The account that a requester may be of, as whoever answers needs to know it.

use jiff::civil::Date;

use super::Support;
use crate::domain::countdown::Countdown;
use crate::domain::summary::Summary;
use crate::domain::words::{self, Health};

/// An account that a requester may be of.
#[derive(Debug, Clone, PartialEq)]
pub struct Whose {
    /// Its line.
    pub line: Summary,
    /// The contact with this address; `None` where the domain alone has led here.
    pub contact: Option<Matched>,
    /// That its CSM is away and who stands in, in one sentence without its end; `None` where they are there.
    pub away: Option<String>,
    /// What the customer already told us, by handoffs, newest first; or why that is not known.
    pub told_us: Result<Vec<ToldUs>, String>,
    /// Support entitlement, as mapped.
    pub entitlement: Option<String>,
    /// What it means; `None` where `routing.toml` does not say.
    pub support: Option<Support>,
    /// How many tickets are open, or why that is not known.
    pub open_tickets: Result<u32, String>,
}

/// A contact who is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// The name.
    pub name: String,
    /// The role, as mapped.
    pub role: Option<String>,
    /// Whether they have left the customer.
    pub left: bool,
}

/// What a customer told us, as a handoff says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldUs {
    /// The day on which it was noted.
    pub on: Date,
    /// Their words, raw.
    pub words: String,
}

impl Whose {
    /// What of it whoever answers needs to know, a line each: the name first, the others indented.
    pub fn lines(&self, today: Date) -> Vec<String> {
        let line = &self.line;
        let left = if line.has_churned() { ", has left" } else { "" };
        let csm = match (&line.csm, &line.csm_name, &self.away) {
            (None, ..) => "no CSM".to_owned(),
            (Some(id), None, _) => format!("CSM ? ({id})"),
            (_, Some(name), None) => format!("CSM {name}"),
            (_, Some(_), Some(away)) => format!("CSM {away}"),
        };
        let tickets = match &self.open_tickets {
            Ok(count) => words::counted((*count).into(), "open ticket", "open tickets"),
            Err(why) => format!("open tickets ? ({why})"),
        };
        let health = Health::of(line.band, line.last_band, line.score).words();
        let mut lines = vec![
            format!("{}{left} · {}", line.name, self.found_by()),
            format!(
                "  {} · {} · {csm}",
                line.segment.as_deref().unwrap_or("no segment"),
                self.renewal(today)
            ),
            format!(
                "  support: {} · {tickets} · health {health}",
                self.entitlement.as_deref().unwrap_or("?")
            ),
        ];
        match &self.told_us {
            Ok(told) => lines.extend(told.iter().map(|told| {
                let day = words::calendar_day(today, told.on);
                format!("  told us, {day}: {}", told.words)
            })),
            Err(why) => lines.push(format!("  told us: ? ({why})")),
        }
        lines
    }

    fn found_by(&self) -> String {
        match &self.contact {
            Some(contact) => {
                let role = contact.role.iter().map(|role| format!(", {role}"));
                let left = contact.left.then(|| ", has left them".to_owned());
                format!("{}{}", contact.name, role.chain(left).collect::<String>())
            }
            None => format!("by the domain {}", self.line.domain.as_deref().unwrap_or("?")),
        }
    }

    fn renewal(&self, today: Date) -> String {
        let line = &self.line;
        let day = |date: Option<Date>| {
            date.map_or("?".to_owned(), |date| {
                format!(
                    "{} ({})",
                    words::calendar_day(today, date),
                    words::until(today, date)
                )
            })
        };
        if line.monthly {
            "renews every month".to_owned()
        } else if Countdown::of(line).notice_passed(today).is_some() {
            Countdown::of(line).words(today)
        } else {
            format!("ends {} · notice by {}", day(line.ends), day(line.notice_by))
        }
    }
}
