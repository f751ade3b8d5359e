//! What the routing desk did week by week: questions that were handed over, misroutes, and the support work of CSMs.

use jiff::Span;
use jiff::civil::Date;

use super::{Desk, Proposal, Routed};
use crate::domain::rates::round_half_even;
use crate::domain::record::RecordId;

/// What the figures are, for people.
pub const DEFINITION: &str = "A misroute: the desk that had a question was not the one that a person decided on. A touch is \
    a call, meeting or e-mail of ours; it is support work where the rules of routing.toml give its words to support. The \
    share is of the touches of which the rules can tell.";

/// The touches of a CSM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Touches {
    /// Those that the rules give to support.
    pub support: u32,
    /// Those that the rules give to the CSM.
    pub own: u32,
    /// Those of which the rules cannot tell.
    pub unknown: u32,
}

/// A CSM in a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsmWeek {
    /// Who.
    pub csm: RecordId,
    /// Their name, raw.
    pub name: String,
    /// What they did.
    pub touches: Touches,
}

/// A week, from Monday on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    /// Its Monday.
    pub from: Date,
    /// How many questions were handed over.
    pub handed: u32,
    /// How many of them another desk had than the one that was decided on.
    pub misroutes: u32,
    /// The CSMs with a touch, by name.
    pub csms: Vec<CsmWeek>,
}

/// Several weeks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Weeks {
    /// The newest first.
    pub weeks: Vec<Week>,
    /// Why it is not known what was handed over.
    pub no_notes: Option<String>,
    /// Why touches are not known.
    pub no_touches: Option<String>,
}

impl Touches {
    /// Counts one more by what the rules say of it.
    pub fn add(&mut self, proposal: Proposal) {
        match proposal {
            Proposal::Desk(Desk::Support) => self.support += 1,
            Proposal::Desk(Desk::Csm) => self.own += 1,
            Proposal::Person(_) => self.unknown += 1,
        }
    }

    /// All of them.
    pub fn all(self) -> u32 {
        self.support + self.own + self.unknown
    }

    /// The share of support work in percent, rounded half to even, of the touches of which the rules can tell; `None`
    /// where they can of none.
    pub fn share(self) -> Option<u32> {
        let told = self.support + self.own;
        let percent = || round_half_even(i128::from(self.support) * 100, told.into()) as u32;
        (told > 0).then(percent)
    }
}

/// The Monday of a day's week.
pub fn monday(day: Date) -> Date {
    let back = day.weekday().to_monday_zero_offset();
    day.checked_sub(Span::new().days(back)).unwrap_or(day)
}

impl Weeks {
    /// So many weeks up to today's, of which nothing is counted yet.
    pub fn before(today: Date, count: u32) -> Self {
        let first = monday(today);
        let weeks = (0..count).filter_map(|back| first.checked_sub(Span::new().weeks(back)).ok());
        Self {
            weeks: weeks
                .map(|from| Week {
                    from,
                    handed: 0,
                    misroutes: 0,
                    csms: Vec::new(),
                })
                .collect(),
            ..Self::default()
        }
    }

    /// The first day of the oldest week.
    pub fn since(&self) -> Option<Date> {
        self.weeks.last().map(|week| week.from)
    }

    fn week(&mut self, day: Date) -> Option<&mut Week> {
        let from = monday(day);
        self.weeks.iter_mut().find(|week| week.from == from)
    }

    /// A question was handed over.
    pub fn handed(&mut self, day: Date, routed: &Routed) {
        if let Some(week) = self.week(day) {
            week.handed += 1;
            week.misroutes += u32::from(routed.is_misroute());
        }
    }

    /// A CSM had a touch of which the rules say this.
    pub fn touched(&mut self, day: Date, (csm, name): (&RecordId, &str), proposal: Proposal) {
        let Some(week) = self.week(day) else { return };
        let at = week
            .csms
            .iter()
            .position(|one| one.csm == *csm)
            .unwrap_or_else(|| {
                week.csms.push(CsmWeek {
                    csm: csm.clone(),
                    name: name.to_owned(),
                    touches: Touches::default(),
                });
                week.csms.len() - 1
            });
        week.csms[at].touches.add(proposal);
        week.csms
            .sort_by(|one, other| (&one.name, &one.csm).cmp(&(&other.name, &other.csm)));
    }

    /// What is not known, for people.
    pub fn unknown(&self) -> Vec<String> {
        let what = [
            ("handed over, misroutes", &self.no_notes),
            ("touches", &self.no_touches),
        ];
        what.into_iter()
            .filter_map(|(what, why)| Some(format!("{what}: unknown, {}", why.as_ref()?)))
            .collect()
    }

    /// As a table for people, the newest week first: a row for each CSM with a touch, one where there is none.
    pub fn rows(&self) -> Vec<Row> {
        self.weeks.iter().flat_map(|week| self.rows_of(week)).collect()
    }

    fn rows_of(&self, week: &Week) -> Vec<Row> {
        let handed = |count: u32| match self.no_notes {
            Some(_) => "?".to_owned(),
            None => count.to_string(),
        };
        let head = |at: usize| {
            if at > 0 {
                return Row::default();
            }
            Row {
                from: Some(week.from),
                handed: handed(week.handed),
                misroutes: handed(week.misroutes),
                ..Row::default()
            }
        };
        let nobody = if self.no_touches.is_some() { "?" } else { "nobody" };
        if week.csms.is_empty() || self.no_touches.is_some() {
            let csm = nobody.to_owned();
            return vec![Row { csm, ..head(0) }];
        }
        let csms = week.csms.iter().enumerate();
        csms.map(|(at, one)| one.row(head(at))).collect()
    }
}

/// A line of the table: a week with a CSM, the week told on its first line only.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// The week's Monday.
    pub from: Option<Date>,
    /// How many questions were handed over.
    pub handed: String,
    /// How many of them were misroutes.
    pub misroutes: String,
    /// The CSM's name, raw.
    pub csm: String,
    /// Their touches: all, support work, those of which the rules cannot tell.
    pub touches: [String; 3],
    /// The share of support work.
    pub share: String,
}

impl CsmWeek {
    fn row(&self, head: Row) -> Row {
        let touches = self.touches;
        let share = touches.share().map(|share| format!("{share} %"));
        Row {
            csm: self.name.clone(),
            touches: [touches.all(), touches.support, touches.unknown].map(|count| count.to_string()),
            share: share.unwrap_or_else(|| "?".to_owned()),
            ..head
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::Why;
    use super::*;
    use crate::domain::record::Kind;

    fn routed(had: Option<Desk>) -> Routed {
        Routed {
            kind: Kind::Ticket,
            question: "1".into(),
            had,
            decided: Desk::Csm,
            rules: None,
        }
    }

    #[test]
    fn each_week_counts_what_was_handed_over_and_what_was_in_the_wrong_place() {
        // A Wednesday.
        let mut weeks = Weeks::before(date(2026, 11, 25), 2);
        assert_eq!(weeks.since(), Some(date(2026, 11, 16)));
        weeks.handed(date(2026, 11, 22), &routed(Some(Desk::Support)));
        weeks.handed(date(2026, 11, 23), &routed(Some(Desk::Csm)));
        weeks.handed(date(2026, 11, 23), &routed(None));
        weeks.handed(date(2026, 11, 1), &routed(Some(Desk::Support)));
        let counted: Vec<_> = weeks
            .weeks
            .iter()
            .map(|week| (week.handed, week.misroutes))
            .collect();
        assert_eq!(counted, [(2, 0), (1, 1)], "what nobody had was in no wrong place");
    }

    #[test]
    fn the_share_is_of_what_the_rules_can_tell_and_unknown_where_they_can_of_nothing() {
        let mut weeks = Weeks::before(date(2026, 11, 25), 1);
        let (mara, day) = ("7".into(), date(2026, 11, 24));
        weeks.touched(day, (&mara, "Mara"), Proposal::Person(Why::NoRule));
        assert_eq!(weeks.weeks[0].csms[0].touches.share(), None);
        for proposal in [
            Proposal::Desk(Desk::Support),
            Proposal::Desk(Desk::Support),
            Proposal::Desk(Desk::Csm),
        ] {
            weeks.touched(day, (&mara, "Mara"), proposal);
        }
        let told = |row: &Row| {
            let [all, support, unknown] = &row.touches;
            format!(
                "{} {} · {} {all} {support} {unknown} {}",
                row.handed, row.misroutes, row.csm, row.share
            )
        };
        assert_eq!(told(&weeks.rows()[0]), "0 0 · Mara 4 2 1 67 %");
        weeks.touched(day, (&"8".into(), "Tom"), Proposal::Person(Why::NoRule));
        assert_eq!(told(&weeks.rows()[1]), "  · Tom 1 0 1 ?", "the week is told once");
        let eighth = Touches {
            support: 1,
            own: 7,
            unknown: 0,
        };
        assert_eq!(eighth.share(), Some(12), "half to even");
        weeks.no_touches = Some("the key may not read calls".to_owned());
        weeks.no_notes = weeks.no_touches.clone();
        assert_eq!(weeks.unknown()[1], "touches: unknown, the key may not read calls");
        let rows: Vec<String> = weeks.rows().iter().map(told).collect();
        assert_eq!(rows, ["? ? · ?    "]);
    }
}
