//! The people of Alder & Finch: eight CSMs, sellers, onboarding, support, and some who have left.

use jiff::Span;
use jiff::civil::Date;

use crate::demo::portal::{Person, Team};

/// Owner ids by who they are.
pub(super) const MARA: u64 = 700_001;
/// The other seven CSMs.
pub(super) const COLLEAGUES: [u64; 7] = [700_002, 700_003, 700_004, 700_005, 700_006, 700_007, 700_008];
/// CSM who is away.
pub(super) const JONAS: u64 = 700_005;
/// Account managers.
pub(super) const SELLERS: [u64; 3] = [700_004, 700_021, 700_022];
/// Onboarding.
pub(super) const IDA: u64 = 700_031;
/// Support.
pub(super) const BEN: u64 = 700_041;
/// A CSM who has left; her accounts went to others.
pub(super) const PAULA: u64 = 700_090;

const SUCCESS: Team = Team {
    id: 41,
    name: "Customer Success",
};
const EMEA: Team = Team { id: 42, name: "EMEA" };
const AMERICAS: Team = Team {
    id: 43,
    name: "Americas",
};
const SALES: Team = Team {
    id: 51,
    name: "Sales",
};
const ONBOARDING: Team = Team {
    id: 61,
    name: "Onboarding",
};
const SUPPORT: Team = Team {
    id: 71,
    name: "Support",
};

/// Every owner of the portal.
pub(super) fn people() -> Vec<Person> {
    let mut people = vec![
        person(MARA, "Mara", "Lindt", &[SUCCESS, EMEA]),
        person(700_002, "Priya", "Nair", &[SUCCESS, EMEA]),
        person(700_003, "Chen", "Wei", &[SUCCESS, AMERICAS]),
        person(700_004, "Tom", "Abara", &[SUCCESS, SALES]),
        person(JONAS, "Jonas", "Holm", &[SUCCESS, EMEA]),
        person(700_006, "Amara", "Diallo", &[SUCCESS, EMEA]),
        person(700_007, "Luca", "Ferri", &[SUCCESS, EMEA]),
        person(700_008, "Sofia", "Rey", &[SUCCESS, AMERICAS]),
        person(700_021, "Nils", "Kroon", &[SALES, EMEA]),
        person(700_022, "Dara", "Quinn", &[SALES, AMERICAS]),
        person(IDA, "Ida", "Vance", &[ONBOARDING]),
        person(BEN, "Ben", "Osei", &[SUPPORT]),
        person(700_042, "Support", "Queue", &[SUPPORT]),
        person(PAULA, "Paula", "Marsh", &[]),
        person(700_091, "Otto", "Brink", &[]),
    ];
    for person in &mut people {
        person.queue = person.last == "Queue";
        person.archived = person.teams.is_empty();
    }
    people
}

/// Somebody as whom one can sit before the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Given and family name.
    pub name: String,
    /// E-mail address of the owner.
    pub email: String,
    /// The role in the settings' words.
    pub role: &'static str,
    /// Whose accounts their work is on, in the settings' words.
    pub scope: &'static str,
}

/// Who leads the CSMs.
const LEAD: u64 = COLLEAGUES[0];

/// How many days ago Jonas went on leave, and in how many he is back.
const AWAY: (i64, i64) = (12, 10);

/// Who has which role, who leads whom, and who is away on a day with who stands in, as `team.toml` says it: addresses of mail.
pub fn roster(today: Date) -> String {
    let here = || people().into_iter().filter(|one| !one.archived && !one.queue);
    let address = |id: u64| {
        let mut here = here();
        here.find(|one| one.id == id)
            .map(|one| one.email)
            .unwrap_or_default()
    };
    let (lead, deputy) = (address(LEAD), address(MARA));
    let (from, until) = (
        today.saturating_sub(Span::new().days(AWAY.0)),
        today.saturating_add(Span::new().days(AWAY.1)),
    );
    let leave = format!("away = [{{ from = \"{from}\", until = \"{until}\", deputy = \"{deputy}\" }}]\n");
    let tables: Vec<String> = here()
        .map(|one| {
            let is_led = one.id != LEAD && one.teams.first() == Some(&SUCCESS);
            let led = is_led.then(|| format!("lead = \"{lead}\"\n"));
            let leave = (one.id == JONAS).then(|| leave.clone());
            let one = as_member(one);
            format!(
                "[[people]]\nowner = \"{}\"\nrole = \"{}\"\n{}{}",
                one.email,
                one.role,
                led.unwrap_or_default(),
                leave.unwrap_or_default()
            )
        })
        .collect();
    tables.concat()
}

/// The one who is meant by a name or a part of it, or by an e-mail address; the error names those there are.
pub fn member(text: &str) -> Result<Member, String> {
    let wanted = text.to_lowercase();
    let here = people().into_iter().filter(|one| !one.queue && !one.archived);
    let all: Vec<Member> = here.map(as_member).collect();
    let begins = |one: &Member| one.name.to_lowercase().starts_with(&wanted);
    let has = |one: &Member| one.email == wanted || one.name.to_lowercase().contains(&wanted);
    // `mara` is Mara, and not Amara too.
    for is_it in [&begins as &dyn Fn(&Member) -> bool, &has] {
        let mut found = all.iter().filter(|one| is_it(one));
        if let (Some(one), None) = (found.next(), found.next()) {
            return Ok(one.clone());
        }
    }
    Err(all.into_iter().map(|one| one.name).collect::<Vec<_>>().join(", "))
}

fn as_member(person: Person) -> Member {
    // Nobody of support or sales is the CSM of any account: what they work on is everybody's.
    let (role, scope) = match person.teams.first() {
        _ if person.id == LEAD => ("lead", "team"),
        Some(team) if team.id == SALES.id => ("sales", "all"),
        Some(team) if team.id == ONBOARDING.id => ("onboarding", "me"),
        Some(team) if team.id == SUPPORT.id => ("support", "all"),
        _ => ("csm", "me"),
    };
    Member {
        name: format!("{} {}", person.first, person.last),
        email: person.email,
        role,
        scope,
    }
}

fn person(id: u64, first: &'static str, last: &'static str, teams: &[Team]) -> Person {
    Person {
        id,
        user_id: 9_000_000 + id * 3,
        first,
        last,
        email: format!("{first}.{last}@alderfinch.example").to_lowercase(),
        queue: false,
        archived: false,
        teams: teams.to_vec(),
    }
}
