//! What the CRM does not say of our people: what they do, who leads whom, when they work, who is away, and who stands in.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use super::acts::Somebody;
use super::calendar::{Calendar, Calendars};
use super::record::{Owner, RecordId};
use super::role::Role;
use super::vocabulary::nearest;

/// `team.toml`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Roster {
    /// Our people, as far as anything is to be said of them.
    pub people: Vec<Member>,
    /// Public holidays, by the names that people's `calendar` gives.
    pub calendars: BTreeMap<String, Calendar>,
}

/// `[[people]]`: one of us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// E-mail address, as the CRM has it.
    pub owner: String,
    /// What they do.
    #[serde(default)]
    pub role: Option<Role>,
    /// E-mail address of who leads them.
    #[serde(default)]
    pub lead: Option<String>,
    /// The calendar whose public holidays they have.
    #[serde(default)]
    pub calendar: Option<String>,
    /// When they are away.
    #[serde(default)]
    pub away: Vec<Away>,
}

/// Days on which somebody is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Away {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// E-mail address of who stands in; the lead when left out, or when the deputy is away too.
    #[serde(default)]
    pub deputy: Option<String>,
}

/// What cannot work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which member, counted from 0.
    pub at: usize,
    /// The key that is wrong.
    pub key: &'static str,
    /// One sentence without its end.
    pub message: String,
    /// What was probably meant.
    pub hint: Option<String>,
}

/// Whether a text is an e-mail address, by its form.
fn is_address(text: &str) -> bool {
    let text = text.trim();
    let parts = text.split_once('@');
    parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
        && !text.contains(char::is_whitespace)
}

/// Two addresses are one whatever their case.
fn is(one: &str, other: &str) -> bool {
    one.trim().eq_ignore_ascii_case(other.trim())
}

/// The first two leaves that have a day in common, the earlier one first.
fn overlap(leaves: &[Away]) -> Option<(&Away, &Away)> {
    let mut leaves: Vec<&Away> = leaves.iter().collect();
    leaves.sort_by_key(|away| (away.from, away.until));
    let mut pairs = leaves.windows(2);
    let pair = pairs.find(|pair| pair[1].from <= pair[0].until)?;
    Some((pair[0], pair[1]))
}

/// Those of us who are in the team that is this one's primary team, and they themselves.
pub fn teammates(one: &Owner, owners: &[Owner]) -> BTreeSet<RecordId> {
    let mut ids = BTreeSet::from([one.id.clone()]);
    if let Some((team, _)) = one.teams.first() {
        let members = owners
            .iter()
            .filter(|owner| owner.teams.iter().any(|(id, _)| id == team));
        ids.extend(members.map(|owner| owner.id.clone()));
    }
    ids
}

impl Roster {
    fn member(&self, email: &str) -> Option<&Member> {
        self.people.iter().find(|member| is(&member.owner, email))
    }

    /// The leave that somebody is on, on a day.
    pub fn away(&self, email: &str, day: Date) -> Option<&Away> {
        let mut leaves = self.member(email)?.away.iter();
        leaves.find(|away| away.from <= day && day <= away.until)
    }

    /// Who stands in for somebody who is away on a day: the deputy, then the lead, whoever of them is there and has not left
    /// the company.
    pub fn stand_ins(&self, owners: &[Owner], email: &str, day: Date) -> Vec<&str> {
        let Some(away) = self.away(email, day) else {
            return Vec::new();
        };
        let lead = self.lead_of(email);
        let mut found: Vec<&str> = Vec::new();
        for one in away.deputy.as_deref().into_iter().chain(lead) {
            let has_left = Owner::find(owners, one).is_some_and(|owner| !owner.active);
            let is_there = !has_left && self.away(one, day).is_none() && !is(one, email);
            if is_there && !found.iter().any(|other| is(other, one)) {
                found.push(one);
            }
        }
        found
    }

    /// Those who are away on a day and for whom this one of us stands in.
    pub fn covered_by(&self, owners: &[Owner], email: &str, day: Date) -> impl Iterator<Item = &str> {
        let people = self.people.iter().map(|member| member.owner.as_str());
        people.filter(move |one| {
            self.stand_ins(owners, one, day)
                .first()
                .is_some_and(|first| is(first, email))
        })
    }

    /// Who leads somebody.
    pub fn lead_of(&self, email: &str) -> Option<&str> {
        self.member(email)?.lead.as_deref()
    }

    /// Whoever is there of this one of us and those who stand in for them: they themselves unless they are away.
    pub fn there<'a>(&'a self, owners: &'a [Owner], one: &'a Owner, day: Date) -> Option<&'a Owner> {
        if self.away(&one.email, day).is_none() {
            return Some(one).filter(|one| one.active);
        }
        let mut found = self.stand_ins(owners, &one.email, day).into_iter();
        found.find_map(|email| Owner::find(owners, email))
    }

    /// The one of us who does this; `None` where nobody does, or several do.
    pub fn only_one(&self, role: Role) -> Option<&str> {
        let mut found = self.people.iter().filter(|member| member.role == Some(role));
        let one = found.next()?;
        found.next().is_none().then_some(one.owner.as_str())
    }

    /// What somebody does, where it is said.
    pub fn role_of(&self, email: &str) -> Option<Role> {
        self.member(email)?.role
    }

    /// Whether somebody is known to do this.
    pub fn does(&self, email: &str, role: Role) -> bool {
        self.role_of(email) == Some(role)
    }

    /// On which days each of us works, who all work on these days of the week.
    pub fn calendars(&self, week: Vec<Weekday>, owners: &[Owner]) -> Calendars {
        let own = self.people.iter().filter_map(|member| {
            let calendar = self.calendars.get(member.calendar.as_ref()?)?;
            let owner = owners.iter().find(|owner| is(&owner.email, &member.owner))?;
            Some((owner.id.clone(), calendar))
        });
        Calendars::of_week(week).with(own)
    }

    /// Those whom this one of us leads.
    pub fn led_by(&self, email: &str) -> impl Iterator<Item = &str> {
        let led = self.people.iter().filter(move |member| {
            member.lead.as_deref().is_some_and(|lead| is(lead, email)) && !is(&member.owner, email)
        });
        led.map(|member| member.owner.as_str())
    }

    /// What makes it doubtful to give something to one of us on a day, in one sentence without its end: they are away.
    pub fn doubt(&self, owners: &[Owner], to: &RecordId, day: Date) -> Option<String> {
        let owner = owners.iter().find(|owner| owner.id == *to)?;
        let away = self.away(&owner.email, day)?;
        let named = |email: &str| {
            let found = Owner::find(owners, email);
            found.map_or_else(|| email.to_owned(), |owner| owner.name.clone())
        };
        let stand_ins = self.stand_ins(owners, &owner.email, day).into_iter();
        let stand_ins: Vec<String> = stand_ins.map(named).collect();
        let instead = match stand_ins.as_slice() {
            [] => "and nobody stands in".to_owned(),
            [one] => format!("and {one} stands in"),
            several => format!("and {} stands in, else {}", several[0], several[1..].join(", ")),
        };
        Some(format!("{} is away until {}, {instead}", owner.name, away.until))
    }

    /// What makes it doubtful to give one of us what is for a role, in one sentence without its end: they are known to do
    /// something else, and lead nobody who does it.
    pub fn other_role(&self, owners: &[Owner], to: &RecordId, role: Role) -> Option<String> {
        let owner = owners.iter().find(|owner| owner.id == *to)?;
        let does = self.role_of(&owner.email).filter(|does| *does != role)?;
        let leads = self.led_by(&owner.email).any(|led| self.does(led, role));
        let (name, does, role) = (&owner.name, does.title(), role.title());
        (!leads).then(|| format!("it is for {role}, and {name} is {does}"))
    }

    /// Those who stand in for one of us on a day and can be given what was for them: the deputy, then the lead, each with
    /// which of the two they are; not whoever gives it.
    pub fn instead_of(
        &self,
        owners: &[Owner],
        (giver, to): (Option<&RecordId>, &RecordId),
        day: Date,
    ) -> Vec<(Somebody, &'static str)> {
        let Some(owner) = owners.iter().find(|owner| owner.id == *to) else {
            return Vec::new();
        };
        let lead = self.lead_of(&owner.email);
        let stand_ins = self.stand_ins(owners, &owner.email, day).into_iter();
        stand_ins
            .filter_map(|email| {
                let found = Owner::find(owners, email).filter(|found| Some(&found.id) != giver)?;
                let is_lead = lead.is_some_and(|lead| is(lead, email));
                Some((
                    Somebody::of(found),
                    if is_lead { "their lead" } else { "their deputy" },
                ))
            })
            .collect()
    }

    /// What cannot work.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut seen = BTreeSet::new();
        for (at, member) in self.people.iter().enumerate() {
            let mut wrong = |key, message, hint| {
                problems.push(Problem {
                    at,
                    key,
                    message,
                    hint,
                });
            };
            let unknown = member
                .calendar
                .as_ref()
                .filter(|name| !self.calendars.contains_key(*name));
            if let Some(name) = unknown {
                let known = self.calendars.keys().map(String::as_str);
                let hint = match nearest(name, known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("add [calendars.{name}] with its `holidays`"),
                };
                wrong("calendar", format!("no calendar is called `{name}`"), Some(hint));
            }
            let deputies = member.away.iter().filter_map(|away| away.deputy.as_deref());
            let named = [
                ("owner", Some(member.owner.as_str())),
                ("lead", member.lead.as_deref()),
            ];
            let named = named.into_iter().filter_map(|(key, one)| Some((key, one?)));
            for (key, one) in named.chain(deputies.map(|one| ("away", one))) {
                if !is_address(one) {
                    let hint = "write the address that the CRM has of them, like \"mara@alderfinch.example\"";
                    wrong(
                        key,
                        format!("`{one}` is no e-mail address"),
                        Some(hint.to_owned()),
                    );
                }
            }
            if !seen.insert(member.owner.trim().to_lowercase()) {
                wrong("owner", format!("`{}` stands here twice", member.owner), None);
            }
            if member.lead.as_deref().is_some_and(|lead| is(lead, &member.owner)) {
                let message = "nobody leads themselves: leave `lead` out".to_owned();
                wrong("lead", message, None);
            }
            if let Some((one, other)) = overlap(&member.away) {
                let message = format!(
                    "the leave from {} to {} and that from {} to {} overlap",
                    one.from, one.until, other.from, other.until
                );
                let hint = "of each day one leave says who stands in".to_owned();
                wrong("away", message, Some(hint));
            }
            for away in &member.away {
                if away.until < away.from {
                    let message = format!(
                        "{} is before {}: a leave ends after it begins",
                        away.until, away.from
                    );
                    wrong("away", message, None);
                }
                if away
                    .deputy
                    .as_deref()
                    .is_some_and(|deputy| is(deputy, &member.owner))
                {
                    wrong("away", "nobody is their own deputy".to_owned(), None);
                }
            }
        }
        problems
    }

    /// Every address in it that this does not know, with the member where it stands first, counted from 0.
    pub fn strangers(&self, owners: &[Owner]) -> Vec<(usize, &str)> {
        let mut found: Vec<(usize, &str)> = Vec::new();
        for (at, member) in self.people.iter().enumerate() {
            let deputies = member.away.iter().filter_map(|away| away.deputy.as_deref());
            let named = [Some(member.owner.as_str()), member.lead.as_deref()];
            for one in named.into_iter().flatten().chain(deputies) {
                let is_known = owners.iter().any(|owner| is(&owner.email, one));
                if !is_known && !found.iter().any(|(_, other)| is(other, one)) {
                    found.push((at, one));
                }
            }
        }
        found
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn owner(id: &str, name: &str) -> Owner {
        Owner {
            user: None,
            id: RecordId::from(id),
            email: format!("{}@x", name.to_lowercase()),
            name: name.to_owned(),
            active: true,
            queue: false,
            teams: Vec::new(),
        }
    }

    fn member(owner: &str, lead: Option<&str>, away: &[(i8, i8, Option<&str>)]) -> Member {
        let away = away.iter().map(|(from, until, deputy)| Away {
            from: date(2026, 12, *from),
            until: date(2026, 12, *until),
            deputy: deputy.map(str::to_owned),
        });
        Member {
            owner: owner.to_owned(),
            role: None,
            lead: lead.map(str::to_owned),
            calendar: None,
            away: away.collect(),
        }
    }

    fn roster() -> Roster {
        Roster {
            people: vec![
                member("mara@x", Some("priya@x"), &[(21, 24, Some("tom@x"))]),
                member("Tom@x", Some("priya@x"), &[(23, 24, None)]),
            ],
            ..Roster::default()
        }
    }

    #[test]
    fn the_deputy_stands_in_and_the_lead_where_the_deputy_is_away_too() {
        let (roster, day) = (roster(), |day| date(2026, 12, day));
        assert_eq!(roster.stand_ins(&[], "mara@x", day(20)), [""; 0]);
        assert_eq!(roster.stand_ins(&[], "MARA@x", day(21)), ["tom@x", "priya@x"]);
        assert_eq!(roster.stand_ins(&[], "mara@x", day(24)), ["priya@x"]);
        let covered = |email, on| roster.covered_by(&[], email, on).collect::<Vec<_>>();
        assert_eq!(covered("tom@x", day(21)), ["mara@x"]);
        assert_eq!(covered("priya@x", day(21)), [""; 0]);
        assert_eq!(covered("priya@x", day(24)), ["mara@x", "Tom@x"]);
        assert_eq!(roster.led_by("priya@x").collect::<Vec<_>>(), ["mara@x", "Tom@x"]);
    }

    #[test]
    fn who_does_something_else_is_doubted_unless_they_lead_who_does_it_or_nobody_knows() {
        let mut roster = roster();
        roster.people.push(member("ben@x", None, &[]));
        roster.people.push(member("priya@x", None, &[]));
        for (at, role) in [(0, Role::Csm), (2, Role::Support), (3, Role::Lead)] {
            roster.people[at].role = Some(role);
        }
        let owners = [
            owner("1", "Mara"),
            owner("2", "Tom"),
            owner("3", "Ben"),
            owner("4", "Priya"),
        ];
        let doubt = |id: &str, role| roster.other_role(&owners, &id.into(), role);
        assert_eq!(
            doubt("3", Role::Csm).as_deref(),
            Some("it is for CSM, and Ben is support")
        );
        for (id, role) in [("1", Role::Csm), ("2", Role::Csm), ("4", Role::Csm)] {
            assert_eq!(doubt(id, role), None, "{id}");
        }
        assert!(doubt("4", Role::Sales).is_some());
    }

    #[test]
    fn a_deputy_who_has_left_the_company_stands_in_for_nobody() {
        let mut owners = [owner("1", "Mara"), owner("2", "Tom"), owner("3", "Priya")];
        owners[1].active = false;
        let (roster, day) = (roster(), date(2026, 12, 21));
        let covered = |email| roster.covered_by(&owners, email, day).collect::<Vec<_>>();
        assert_eq!(covered("tom@x"), [""; 0]);
        assert_eq!(covered("priya@x"), ["mara@x"]);
        let doubt = roster.doubt(&owners, &"1".into(), day);
        let told = "Mara is away until 2026-12-24, and Priya stands in";
        assert_eq!(doubt.as_deref(), Some(told));
        let there = roster.there(&owners, &owners[0], day);
        assert_eq!(there.map(|one| one.name.as_str()), Some("Priya"));
    }

    #[test]
    fn who_gives_something_to_somebody_away_is_told_who_stands_in() {
        let owners = [owner("1", "Mara"), owner("2", "Tom"), owner("3", "Priya")];
        let doubt = |day| roster().doubt(&owners, &"1".into(), date(2026, 12, day));
        assert_eq!(doubt(20), None);
        let told = "Mara is away until 2026-12-24, and Tom stands in, else Priya";
        assert_eq!(doubt(21).as_deref(), Some(told));
        let instead: Vec<(String, &str)> = roster()
            .instead_of(&owners, (None, &"1".into()), date(2026, 12, 21))
            .into_iter()
            .map(|(who, what)| (who.name, what))
            .collect();
        let both = [
            ("Tom".to_owned(), "their deputy"),
            ("Priya".to_owned(), "their lead"),
        ];
        assert_eq!(instead, both);
        let by = |giver: &str, day| {
            let between = (Some(&giver.into()), &"1".into());
            roster().instead_of(&owners, between, date(2026, 12, day)).len()
        };
        assert_eq!(by("9", 20), 0);
        assert_eq!((by("9", 21), by("2", 21)), (2, 1), "not to whoever gives it");
        assert_eq!(roster().strangers(&owners[..2]), [(0, "priya@x")]);
        let there = |day| {
            roster()
                .there(&owners, &owners[0], date(2026, 12, day))
                .map(|one| one.name.clone())
        };
        assert_eq!(there(20).as_deref(), Some("Mara"));
        assert_eq!(there(21).as_deref(), Some("Tom"));
        assert_eq!(there(24).as_deref(), Some("Priya"));
    }

    #[test]
    fn what_cannot_work_is_told() {
        let wrong = Roster {
            people: vec![
                member("a@x", Some("A@x"), &[(5, 4, Some("a@x"))]),
                Member {
                    calendar: Some("NLD".to_owned()),
                    ..member("A@X", None, &[])
                },
            ],
            calendars: [("NL".to_owned(), Calendar::default())].into(),
        };
        let problems = wrong.problems();
        let told: Vec<(usize, &str)> = problems.iter().map(|one| (one.at, one.key)).collect();
        let places = [
            (0, "lead"),
            (0, "away"),
            (0, "away"),
            (1, "calendar"),
            (1, "owner"),
        ];
        assert_eq!(told, places);
        let hint = problems[3].hint.as_deref();
        assert_eq!(hint, Some("did you mean `NL`?"));
    }

    #[test]
    fn who_does_what_and_when_they_work_is_known_of_whom_it_is_said() {
        let mut roster = roster();
        roster.people[0].role = Some(Role::Onboarding);
        roster.people[0].calendar = Some("NL".to_owned());
        let holidays = vec!["12-25".to_owned().try_into().unwrap()];
        roster.calendars.insert("NL".to_owned(), Calendar { holidays });
        assert_eq!(roster.only_one(Role::Onboarding), Some("mara@x"));
        assert!(roster.does("Mara@x", Role::Onboarding) && !roster.does("tom@x", Role::Onboarding));
        assert_eq!(roster.lead_of("TOM@x"), Some("priya@x"));
        let calendars = roster.calendars(Vec::new(), &[owner("1", "Mara"), owner("2", "Tom")]);
        let works = |id: &str| calendars.of(&id.into()).has(date(2026, 12, 25));
        assert_eq!((works("1"), works("2")), (false, true));
        roster.people[1].role = Some(Role::Onboarding);
        assert_eq!(roster.only_one(Role::Onboarding), None, "there are two");
    }
}
