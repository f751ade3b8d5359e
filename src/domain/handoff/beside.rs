//! How an account stood when a handoff of it was accepted, beside how it stands now.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::account_view::TicketLine;
use crate::domain::desk::{HandoffCard, HandoffState};
use crate::domain::summary::Band;

/// Of tickets so many are named.
const MOST_TICKETS: usize = 5;

/// How an account stood when a handoff of it was accepted, and how it stands now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// When it was accepted (UTC).
    pub accepted: Timestamp,
    /// Score and band then, by the model in force now; `None` where it cannot be told.
    pub then: Option<(u8, Band)>,
    /// Score and band now; `None` where it cannot be told.
    pub now: Option<(u8, Band)>,
    /// Its tickets; `None` where they cannot be read.
    pub tickets: Option<TicketsBeside>,
}

/// Tickets of then and now: subjects, raw.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TicketsBeside {
    /// Open then and still.
    pub still: Vec<String>,
    /// Open then and closed since.
    pub closed: Vec<String>,
    /// Opened since, and open.
    pub opened: Vec<String>,
    /// How many were opened since and are closed.
    pub came_and_went: usize,
}

impl HandoffCard {
    /// When it was accepted; `None` where it was not.
    pub fn accepted(&self) -> Option<Timestamp> {
        let mut events = self.events.iter().rev();
        let found = events.find(|event| event.state == HandoffState::Accepted);
        found
            .filter(|_| self.state == HandoffState::Accepted)
            .map(|event| event.when)
    }
}

impl TicketsBeside {
    /// Sorts tickets by what they were at a moment and are now.
    pub fn of(tickets: &[TicketLine], accepted: Timestamp) -> Self {
        let mut beside = Self::default();
        for ticket in tickets {
            let was_there = ticket.opened <= accepted;
            let was_closed = ticket.closed.is_some_and(|closed| closed <= accepted);
            match (was_there, ticket.closed.is_some()) {
                _ if was_closed => {}
                (true, false) => beside.still.push(ticket.subject.clone()),
                (true, true) => beside.closed.push(ticket.subject.clone()),
                (false, false) => beside.opened.push(ticket.subject.clone()),
                (false, true) => beside.came_and_went += 1,
            }
        }
        beside
    }

    /// How many were open then.
    pub fn then(&self) -> usize {
        self.still.len() + self.closed.len()
    }

    /// How many are open now.
    pub fn now(&self) -> usize {
        self.still.len() + self.opened.len()
    }
}

impl Beside {
    /// Both side by side, raw: what it is of, then → now.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let health = |score: Option<(u8, Band)>| {
            score.map_or_else(
                || "unknown".to_owned(),
                |(score, band)| format!("{score}, {}", band.word()),
            )
        };
        let change = self
            .then
            .zip(self.now)
            .map(|((then, _), (now, _))| i32::from(now) - i32::from(then));
        let change = match change {
            None => String::new(),
            Some(0) => " (as it was)".to_owned(),
            Some(up @ 1..) => format!(" (+{up})"),
            Some(down) => format!(" (−{})", -down),
        };
        let (then, now) = (health(self.then), health(self.now));
        let mut lines = vec![("health", format!("then {then} → now {now}{change}"))];
        let Some(tickets) = &self.tickets else {
            lines.push(("open tickets", "unknown".to_owned()));
            return lines;
        };
        let (then, now) = (tickets.then(), tickets.now());
        lines.push(("open tickets", format!("then {then} → now {now}")));
        let lists = [
            ("still open", &tickets.still),
            ("closed since", &tickets.closed),
            ("opened since", &tickets.opened),
        ];
        let lists = lists.into_iter().filter(|(_, names)| !names.is_empty());
        lines.extend(lists.map(|(what, names)| (what, named(names))));
        if tickets.came_and_went > 0 {
            lines.push(("came and went", tickets.came_and_went.to_string()));
        }
        lines
    }
}

fn named(subjects: &[String]) -> String {
    let shown: Vec<&str> = subjects.iter().take(MOST_TICKETS).map(String::as_str).collect();
    let shown = shown.join("; ");
    match subjects.len().saturating_sub(MOST_TICKETS) {
        0 => shown,
        more => format!("{shown}; and {more} more"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn ticket(subject: &str, opened: i64, closed: Option<i64>) -> TicketLine {
        let at = |hour: i64| Timestamp::from_second(hour * 3_600).unwrap();
        TicketLine {
            id: subject.into(),
            subject: subject.to_owned(),
            priority: None,
            opened: at(opened),
            closed: closed.map(at),
        }
    }

    #[test]
    fn health_and_tickets_of_then_stand_beside_those_of_now() {
        let tickets = [
            ticket("SSO fails", 1, None),
            ticket("Slow login", 2, Some(30)),
            ticket("Export", 25, None),
            ticket("Typo", 26, Some(27)),
            ticket("Long over", 1, Some(9)),
        ];
        let accepted = Timestamp::from_second(10 * 3_600).unwrap();
        let beside = Beside {
            accepted,
            then: Some((62, Band::Amber)),
            now: Some((55, Band::Red)),
            tickets: Some(TicketsBeside::of(&tickets, accepted)),
        };
        let said: Vec<String> = beside
            .lines()
            .iter()
            .map(|(what, words)| format!("{what}: {words}"))
            .collect();
        assert_eq!(
            said,
            [
                "health: then 62, amber → now 55, red (−7)",
                "open tickets: then 2 → now 2",
                "still open: SSO fails",
                "closed since: Slow login",
                "opened since: Export",
                "came and went: 1",
            ]
        );
    }

    #[test]
    fn what_cannot_be_told_of_then_or_now_is_unknown_and_no_zero() {
        let beside = Beside {
            accepted: Timestamp::UNIX_EPOCH,
            then: None,
            now: Some((55, Band::Red)),
            tickets: None,
        };
        let said: Vec<String> = beside.lines().into_iter().map(|(_, words)| words).collect();
        assert_eq!(said, ["then unknown → now 55, red", "unknown"]);
    }
}
