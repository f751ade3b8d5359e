//! Whose accounts a standup goes over: a pure decision about a line of the account list.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::domain::acts::Somebody;
use crate::domain::record::{Owner, RecordId};
use crate::domain::summary::Summary;
use crate::domain::team::{Roster, teammates};

/// What a person can write, for hints.
pub const EXAMPLES: &str = "mine, team, team:NAME, owner:WHO,WHO or segment:NAME";

/// Whose accounts a standup goes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// What tells it from any other, whatever its title: stored.
    pub key: String,
    /// In words, for its title; raw.
    pub title: String,
    whose: Whose,
}

/// What its accounts have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Whose {
    /// One of these looks after them.
    Owners(BTreeSet<RecordId>),
    /// They are of this segment, in whatever case.
    Segment(String),
}

/// What a scope is read against.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Who asks.
    pub me: &'a Owner,
    /// Our people.
    pub owners: &'a [Owner],
    /// Who leads whom, and who is away.
    pub roster: &'a Roster,
    /// The segments that accounts have.
    pub segments: &'a BTreeSet<String>,
    /// The day it is.
    pub today: Date,
}

impl Scope {
    /// What a text asks for: `mine`, `team`, `team:NAME`, `owner:WHO,WHO`, `segment:NAME`. The error is one sentence without
    /// its end.
    pub fn asked(text: &str, place: &Place<'_>) -> Result<Self, String> {
        let text = text.trim();
        match text.split_once(':') {
            None if text.is_empty() || text.eq_ignore_ascii_case("mine") => Ok(Self::mine(place)),
            None if text.eq_ignore_ascii_case("team") => Self::my_team(place),
            Some(("team", name)) => Self::team(name.trim(), place),
            Some(("owner", names)) => Self::several(names, place),
            Some(("segment", name)) => Self::segment(name.trim(), place),
            _ => Err(format!("`{text}` is no scope of a standup: write {EXAMPLES}")),
        }
    }

    /// My book, and those of whom I stand in for.
    pub fn mine(place: &Place<'_>) -> Self {
        let covered = place
            .roster
            .covered_by(place.owners, &place.me.email, place.today);
        let covered = covered.filter_map(|email| Owner::find(place.owners, email));
        let owners = std::iter::once(place.me).chain(covered);
        Self {
            key: book_key(&place.me.id),
            title: format!("book of {}", place.me.name),
            whose: Whose::Owners(owners.map(|owner| owner.id.clone()).collect()),
        }
    }

    /// Those whom I lead, and I; where I lead nobody, my team as the CRM has it.
    fn my_team(place: &Place<'_>) -> Result<Self, String> {
        let led = place.roster.led_by(&place.me.email);
        let led: BTreeSet<RecordId> = led
            .filter_map(|email| Owner::find(place.owners, email))
            .map(|owner| owner.id.clone())
            .collect();
        if !led.is_empty() {
            return Ok(Self {
                key: format!("lead:{}", place.me.id),
                title: format!("team of {}", place.me.name),
                whose: Whose::Owners(led.into_iter().chain([place.me.id.clone()]).collect()),
            });
        }
        let Some((team, name)) = place.me.teams.first() else {
            return Err("you lead nobody by team.toml, and the CRM has you in no team".to_owned());
        };
        Ok(Self {
            key: format!("team:{team}"),
            title: name.clone(),
            whose: Whose::Owners(teammates(place.me, place.owners)),
        })
    }

    /// A team as the CRM has it.
    fn team(name: &str, place: &Place<'_>) -> Result<Self, String> {
        let teams = place.owners.iter().flat_map(|owner| &owner.teams);
        let found: BTreeSet<&(String, String)> = teams
            .filter(|(_, known)| known.eq_ignore_ascii_case(name))
            .collect();
        let Some((team, name)) = found.into_iter().next() else {
            let known = place.owners.iter().flat_map(|owner| &owner.teams);
            let known: BTreeSet<&str> = known.map(|(_, known)| known.as_str()).collect();
            return Err(none_such("team", name, known));
        };
        let is_in = |owner: &&Owner| owner.teams.iter().any(|(id, _)| id == team);
        let owners = place.owners.iter().filter(is_in);
        Ok(Self {
            key: format!("team:{team}"),
            title: name.clone(),
            whose: Whose::Owners(owners.map(|owner| owner.id.clone()).collect()),
        })
    }

    /// The books of these, divided by commas; of one it is the same as their own.
    fn several(names: &str, place: &Place<'_>) -> Result<Self, String> {
        let named = names.split(',').filter(|name| !name.trim().is_empty());
        let people: Result<Vec<Somebody>, String> =
            named.map(|name| Somebody::called(place.owners, name)).collect();
        let mut people = people?;
        people.sort_by(|one, other| one.id.cmp(&other.id));
        people.dedup();
        match people.as_slice() {
            [] => Err("say whose accounts: owner:WHO,WHO".to_owned()),
            [one] if one.id == place.me.id => Ok(Self::mine(place)),
            [one] => Ok(Self {
                key: book_key(&one.id),
                title: format!("book of {}", one.name),
                whose: Whose::Owners(BTreeSet::from([one.id.clone()])),
            }),
            several => {
                let ids: Vec<&str> = several.iter().map(|one| one.id.as_str()).collect();
                let names: Vec<&str> = several.iter().map(|one| one.name.as_str()).collect();
                Ok(Self {
                    key: format!("owners:{}", ids.join(",")),
                    title: format!("books of {}", names.join(", ")),
                    whose: Whose::Owners(several.iter().map(|one| one.id.clone()).collect()),
                })
            }
        }
    }

    /// A segment, as mapped.
    fn segment(name: &str, place: &Place<'_>) -> Result<Self, String> {
        let known = place.segments.iter().find(|known| is(known, name));
        let Some(known) = known else {
            let known = place.segments.iter().map(String::as_str).collect();
            return Err(none_such("segment", name, known));
        };
        Ok(Self {
            key: format!("segment:{}", known.to_lowercase()),
            title: format!("segment {known}"),
            whose: Whose::Segment(known.clone()),
        })
    }

    /// Whether what its accounts have in common is their segment, and not who looks after them.
    pub fn is_segment(&self) -> bool {
        matches!(self.whose, Whose::Segment(_))
    }

    /// Whether an account with this CSM, or this segment, as the CRM writes it, is in it.
    pub fn has(&self, value: &str) -> bool {
        match &self.whose {
            Whose::Owners(owners) => owners.contains(&RecordId::from(value)),
            Whose::Segment(segment) => is(value, segment),
        }
    }

    /// Whether an account is in it.
    pub fn holds(&self, line: &Summary) -> bool {
        match &self.whose {
            Whose::Owners(owners) => line.csm.as_ref().is_some_and(|csm| owners.contains(csm)),
            Whose::Segment(segment) => line.segment.as_ref().is_some_and(|own| is(own, segment)),
        }
    }
}

fn is(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// What the key of a book begins with.
const BOOK: &str = "book:";

/// What tells the book of one of us from other scopes.
fn book_key(owner: &RecordId) -> String {
    format!("{BOOK}{owner}")
}

/// Whether a standup of the scope with this key is the business of whoever holds it alone: that of one book. What was held of
/// it by somebody else neither resets mine nor goes on with me. Those of several books, of a team or of a segment are everybody's.
pub fn is_own(key: &str) -> bool {
    key.starts_with(BOOK)
}

fn none_such(what: &str, name: &str, known: BTreeSet<&str>) -> String {
    if known.is_empty() {
        return format!("no {what} is called `{name}`: none is known");
    }
    let known: Vec<&str> = known.into_iter().collect();
    format!("no {what} is called `{name}`: there is {}", known.join(", "))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::civil::date;

    use super::super::tests::{line, owner};
    use super::*;
    use crate::domain::team::Member;

    fn owners() -> Vec<Owner> {
        let mut owners = vec![
            owner("1", "Mara Lindt"),
            owner("2", "Priya Nair"),
            owner("3", "Jonas Holm"),
        ];
        for at in [0, 2] {
            owners[at].teams = vec![("41".to_owned(), "EMEA".to_owned())];
        }
        owners
    }

    fn roster(lead: &str) -> Roster {
        let member = |owner: &str| Member {
            owner: owner.to_owned(),
            role: None,
            lead: Some(lead.to_owned()),
            calendar: None,
            away: Vec::new(),
        };
        Roster {
            people: vec![member("mara@x"), member("jonas@x")],
            ..Roster::default()
        }
    }

    fn asked(text: &str, me: usize, roster: &Roster) -> Result<Scope, String> {
        let owners = owners();
        let segments = BTreeSet::from(["Enterprise".to_owned(), "SMB".to_owned()]);
        let place = Place {
            me: &owners[me],
            owners: &owners,
            roster,
            segments: &segments,
            today: date(2026, 11, 23),
        };
        Scope::asked(text, &place)
    }

    /// Of which of three accounts, one of each of us, it is.
    fn held(scope: &Scope) -> String {
        let of = |csm: &&str| {
            let mut line = line("a");
            line.csm = Some(RecordId::from(*csm));
            line.segment = Some(if *csm == "2" { "smb" } else { "Enterprise" }.to_owned());
            let value = if scope.is_segment() {
                line.segment.as_deref()
            } else {
                Some(*csm)
            };
            assert_eq!(value.is_some_and(|value| scope.has(value)), scope.holds(&line));
            scope.holds(&line)
        };
        ["1", "2", "3"].into_iter().filter(|csm| of(csm)).collect()
    }

    #[test]
    fn a_scope_is_a_book_a_team_or_a_segment_and_its_key_tells_it_from_others() {
        let nobody = Roster::default();
        let check = |text: &str, me, roster: &Roster, key: &str, of: &str| {
            let scope = asked(text, me, roster).unwrap();
            assert_eq!((scope.key.as_str(), held(&scope).as_str()), (key, of), "{text}");
        };
        check("mine", 0, &nobody, "book:1", "1");
        check("", 0, &nobody, "book:1", "1");
        check("team", 0, &nobody, "team:41", "13");
        check("team:emea", 1, &nobody, "team:41", "13");
        check("team", 1, &roster("priya@x"), "lead:2", "123");
        check("owner:jonas", 1, &nobody, "book:3", "3");
        check("owner:mara", 0, &nobody, "book:1", "1");
        check("owner:jonas,mara", 1, &nobody, "owners:1,3", "13");
        check("owner:mara,jonas", 1, &nobody, "owners:1,3", "13");
        check("segment:SMB", 0, &nobody, "segment:smb", "2");
        check("segment:enterprise", 0, &nobody, "segment:enterprise", "13");
    }

    #[test]
    fn the_standup_of_one_book_is_its_holders_and_that_of_a_team_or_segment_everybodys() {
        for (key, own) in [
            ("book:1", true),
            ("lead:2", false),
            ("team:41", false),
            ("owners:1,3", false),
            ("segment:smb", false),
        ] {
            assert_eq!(is_own(key), own, "{key}");
        }
    }

    #[test]
    fn what_is_no_scope_is_told_with_what_there_is() {
        let nobody = Roster::default();
        let told = |text: &str, me| asked(text, me, &nobody).unwrap_err();
        assert_eq!(
            told("segment:big", 0),
            "no segment is called `big`: there is Enterprise, SMB"
        );
        assert_eq!(told("team:west", 0), "no team is called `west`: there is EMEA");
        assert!(told("team", 1).contains("the CRM has you in no team"));
        assert!(told("everything", 0).contains("segment:NAME"));
        assert!(told("owner:", 0).contains("say whose"));
    }

    #[test]
    fn my_book_has_those_of_whom_i_stand_in_for() {
        let mut roster = roster("priya@x");
        roster.people[1].away = vec![crate::domain::team::Away {
            from: date(2026, 11, 20),
            until: date(2026, 11, 30),
            deputy: Some("mara@x".to_owned()),
        }];
        let scope = asked("mine", 0, &roster).unwrap();
        assert_eq!((scope.key.as_str(), held(&scope).as_str()), ("book:1", "13"));
    }
}
