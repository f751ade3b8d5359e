//! The team lead's table: a line per person who looks after accounts, with their book, what is late, what is at risk and
//! their load; accounts that nobody looks after are a line of their own.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::Date;

use super::goal::{Goal, State};
use super::load::{Due, Load};
use super::money::{Currency, Sum};
use super::record::RecordId;
use super::role::Role;
use super::summary::{Band, Summary};
use super::words::{self, Health};

/// So many accounts of a book are listed, the worst first.
pub const MOST_LISTED: usize = 200;

/// What the figures are, for people.
pub const DEFINITION: &str = "At risk: ARR that renews within the horizon on accounts that are red or amber, or have an open \
risk. Goals: of the success plans, those reached of those due. Late: tasks, steps, promises and handoffs of that person. Load: due work of the next ten business days, late \
work too, over the hours that [load] gives the role; days away are none.";

/// The table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TeamTable {
    /// The lines, worst first: by ARR at risk, then by what is late; accounts without an owner last.
    pub rows: Vec<BookRow>,
    /// All of them together.
    pub total: Figures,
    /// Whether of our people only those whom I lead, and I, are in it.
    pub led_only: bool,
    /// Why accounts are missing; `None` where all are here.
    pub partial: Option<&'static str>,
}

/// The figures of a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Accounts that have not left.
    pub accounts: u32,
    /// Their ARR, minor units of the reporting currency.
    pub arr: Sum,
    /// What of it renews within the horizon on accounts at risk.
    pub at_risk: Sum,
    /// Accounts at risk: red, amber, or with an open risk.
    pub accounts_at_risk: u32,
    /// Open warnings of kind risk, those that are held back too.
    pub risks: u32,
    /// What is late.
    pub late: u32,
    /// How its goals do; `None` where the mapping names none.
    pub goals: Option<Goals>,
}

/// How the goals of success plans do whose day has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Goals {
    /// How many were due.
    pub due: u32,
    /// How many of them are reached.
    pub met: u32,
}

impl Goals {
    /// Counts one, unless nobody can tell whether it is reached.
    pub fn add(&mut self, goal: &Goal, today: Date) {
        if goal.due.is_some_and(|due| due < today) && goal.state(today) != State::Unknown {
            self.due += 1;
            self.met += u32::from(goal.state(today) == State::Reached);
        }
    }
}

impl Figures {
    /// Goals met of those due: `2/3`, `?` where the mapping names none.
    pub fn goals_in_words(&self) -> String {
        self.goals
            .map_or_else(|| "?".to_owned(), |goals| format!("{}/{}", goals.met, goals.due))
    }

    /// Adds those of another book.
    pub fn take(&mut self, other: &Self) {
        self.accounts += other.accounts;
        for (sum, more) in [(&mut self.arr, &other.arr), (&mut self.at_risk, &other.at_risk)] {
            sum.known = sum.known.saturating_add(more.known);
            sum.parts += more.parts;
            sum.unknown += more.unknown;
        }
        self.accounts_at_risk += other.accounts_at_risk;
        self.risks += other.risks;
        self.late += other.late;
        if let Some(more) = other.goals {
            let goals = self.goals.get_or_insert_default();
            goals.due += more.due;
            goals.met += more.met;
        }
    }
}

/// One of us, as the table shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keeper {
    /// Id of the owner record.
    pub id: RecordId,
    /// What they are called, raw; the id where the CRM has no such user.
    pub name: String,
    /// Their first team in the CRM, raw.
    pub team: Option<String>,
    /// What they do; `None` where neither team.toml nor the settings say it.
    pub role: Option<Role>,
    /// Whether they are there.
    pub presence: Presence,
    /// Their load; `None` where it is nobody who works here.
    pub load: Option<Load>,
}

/// Whether somebody is there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Presence {
    /// They are at work, as far as anybody said.
    #[default]
    There,
    /// They are away until a day, with who stands in, raw.
    Away(Date, Option<String>),
    /// They have left the company, or the CRM has no such user.
    Gone,
}

impl Presence {
    /// In a few cells; empty for who is there.
    pub fn short(&self, today: Date) -> String {
        match self {
            Self::Away(until, _) => format!("to {}", words::short_day(today, *until)),
            other => other.words(today),
        }
    }

    /// In a few words; empty for who is there.
    pub fn words(&self, today: Date) -> String {
        match self {
            Self::There => String::new(),
            Self::Away(until, deputy) => {
                let until = words::calendar_day(today, *until);
                match deputy {
                    Some(deputy) => format!("away to {until}: {deputy}"),
                    None => format!("away to {until}, nobody stands in"),
                }
            }
            Self::Gone => "has left".to_owned(),
        }
    }
}

/// A line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookRow {
    /// Who looks after the accounts; `None` for those of nobody.
    pub keeper: Option<Keeper>,
    /// Whether its accounts are cached: where they are not, nothing is known of them.
    pub is_here: bool,
    /// Its figures.
    pub figures: Figures,
    /// How many accounts each segment has, raw; those without one under an empty name.
    pub segments: BTreeMap<String, u32>,
    /// Its worst accounts, at most [`MOST_LISTED`].
    pub listed: Vec<BookAccount>,
}

/// An account of a book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookAccount {
    /// Its id.
    pub id: RecordId,
    /// Its name, raw.
    pub name: String,
    /// Its score with its band.
    pub health: Health,
    /// Known ARR, minor units of the reporting currency.
    pub arr: Option<i64>,
    /// What of it renews within the horizon, if it is at risk; `None` where it is not.
    pub at_risk: Option<Sum>,
    /// Open risks.
    pub risks: u32,
    /// When the next contract ends.
    pub ends: Option<Date>,
}

/// What is at risk on an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exposure {
    /// Open risks.
    pub risks: u32,
    /// What renews within the horizon.
    pub renewing: Sum,
}

impl BookRow {
    /// One without accounts.
    pub fn of(keeper: Option<Keeper>) -> Self {
        Self {
            keeper,
            is_here: true,
            figures: Figures::default(),
            segments: BTreeMap::new(),
            listed: Vec::new(),
        }
    }

    /// Adds an account that has not left; they come worst first.
    pub fn add(&mut self, line: &Summary, exposure: &Exposure) {
        let is_at_risk = exposure.risks > 0 || matches!(line.known_band(), Some(Band::Red | Band::Amber));
        let figures = &mut self.figures;
        figures.accounts += 1;
        figures.arr.add(line.arr);
        figures.arr.unknown += u32::from(line.arr_at_least);
        figures.risks += exposure.risks;
        if is_at_risk {
            figures.accounts_at_risk += 1;
            let (sum, more) = (&mut figures.at_risk, &exposure.renewing);
            sum.known = sum.known.saturating_add(more.known);
            sum.parts += more.parts;
            sum.unknown += more.unknown;
        }
        *self
            .segments
            .entry(line.segment.clone().unwrap_or_default())
            .or_default() += 1;
        if self.listed.len() < MOST_LISTED {
            self.listed.push(BookAccount {
                id: line.id.clone(),
                name: line.name.clone(),
                health: Health::of(line.band, line.last_band, line.score),
                arr: line.arr,
                at_risk: is_at_risk.then_some(exposure.renewing),
                risks: exposure.risks,
                ends: line.ends,
            });
        }
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        self.keeper.as_ref().map_or("no owner", |keeper| &keeper.name)
    }

    /// Who it is, how much they look after, and their load with its parts: the lines above its accounts.
    pub fn head(&self, currency: Currency, today: Date) -> Vec<String> {
        let figures = &self.figures;
        let mut who = vec![self.name().to_owned()];
        if let Some(keeper) = &self.keeper {
            who.extend(keeper.team.clone());
            who.push(keeper.presence.words(today));
        }
        who.retain(|part| !part.is_empty());
        let book = format!(
            "{} · {} ARR · {} at risk on {} · {} · {} late",
            words::counted(figures.accounts.into(), "account", "accounts"),
            words::sum(&figures.arr, currency),
            words::sum(&figures.at_risk, currency),
            words::counted(figures.accounts_at_risk.into(), "account", "accounts"),
            words::counted(figures.risks.into(), "risk", "risks"),
            figures.late,
        );
        let segments = Some(self.segments_in_words()).filter(|words| !words.is_empty());
        let load = self.keeper.as_ref().and_then(|keeper| keeper.load);
        let load = load.map(|load| format!("load {}", load.words()));
        [Some(who.join(" · ")), Some(book), segments, load]
            .into_iter()
            .flatten()
            .collect()
    }

    /// Notes what is due for its keeper.
    pub fn due(&mut self, due: &Due) {
        self.figures.late = due.late;
    }

    /// Its segments, the one with most accounts first: `SMB 120, Enterprise 4`.
    pub fn segments_in_words(&self) -> String {
        let mut of: Vec<(&str, u32)> = self
            .segments
            .iter()
            .map(|(name, count)| (name.as_str(), *count))
            .collect();
        of.sort_by_key(|(name, count)| (Reverse(*count), *name));
        let named = |(name, count): (&str, u32)| match name {
            "" => format!("no segment {count}"),
            name => format!("{name} {count}"),
        };
        of.into_iter().map(named).collect::<Vec<_>>().join(", ")
    }
}

impl TeamTable {
    /// The table of these lines.
    pub fn of(mut rows: Vec<BookRow>, led_only: bool, partial: Option<&'static str>) -> Self {
        rows.sort_by(|one, other| {
            let key = |row: &BookRow| {
                let figures = &row.figures;
                (
                    row.keeper.is_none(),
                    Reverse(figures.at_risk.known),
                    Reverse(figures.late),
                )
            };
            (key(one), one.name()).cmp(&(key(other), other.name()))
        });
        let mut total = Figures::default();
        for row in &rows {
            total.take(&row.figures);
        }
        Self {
            rows,
            total,
            led_only,
            partial,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: &str, band: Band, arr: Option<i64>) -> Summary {
        Summary {
            arr,
            band,
            ..crate::domain::standup::line_of(id)
        }
    }

    fn keeper(name: &str) -> Keeper {
        Keeper {
            id: name.into(),
            name: name.to_owned(),
            team: None,
            role: Some(Role::Csm),
            presence: Presence::There,
            load: None,
        }
    }

    fn exposed(risks: u32, minor: Option<i64>) -> Exposure {
        let mut renewing = Sum::default();
        renewing.add(minor);
        Exposure { risks, renewing }
    }

    #[test]
    fn what_renews_is_at_risk_on_red_amber_or_warned_accounts_alone_and_unknown_is_counted() {
        let mut row = BookRow::of(Some(keeper("Chen")));
        row.add(&line("1", Band::Red, Some(100)), &exposed(0, Some(100)));
        row.add(&line("2", Band::Green, Some(200)), &exposed(0, Some(200)));
        row.add(&line("3", Band::Green, None), &exposed(2, None));
        let figures = row.figures;
        assert_eq!(
            (figures.accounts, figures.accounts_at_risk, figures.risks),
            (3, 2, 2)
        );
        assert_eq!((figures.arr.known, figures.arr.unknown), (300, 1));
        assert_eq!((figures.at_risk.known, figures.at_risk.unknown), (100, 1));
        assert_eq!(row.listed[1].at_risk, None);
        let stale = Summary {
            last_band: Some(Band::Red),
            ..line("4", Band::Unknown, Some(50))
        };
        row.add(&stale, &exposed(0, Some(50)));
        assert_eq!(
            row.figures.at_risk.known, 150,
            "what was red and went stale is at risk still"
        );
    }

    #[test]
    fn the_worst_book_comes_first_and_accounts_of_nobody_are_a_line_of_the_total() {
        let mut nobodys = BookRow::of(None);
        nobodys.add(&line("9", Band::Red, Some(900)), &exposed(1, Some(900)));
        let mut chen = BookRow::of(Some(keeper("Chen")));
        chen.add(&line("1", Band::Red, Some(100)), &exposed(0, Some(100)));
        let (mut amara, sofia) = (
            BookRow::of(Some(keeper("Amara"))),
            BookRow::of(Some(keeper("Sofia"))),
        );
        let mut due = Due::default();
        due.add(super::super::load::Work::Task, true);
        amara.due(&due);
        let table = TeamTable::of(vec![nobodys, sofia, amara, chen], false, None);
        let names: Vec<&str> = table.rows.iter().map(BookRow::name).collect();
        assert_eq!(names, ["Chen", "Amara", "Sofia", "no owner"]);
        assert_eq!((table.total.accounts, table.total.late), (2, 1));
        assert_eq!(table.total.at_risk.known, 1000);
    }
}
