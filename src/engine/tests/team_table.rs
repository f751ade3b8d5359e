//! The team's table: whose book has what, what is due for whom, who is away, and what nobody looks after.

use super::all;
use super::book::{Book, NOW, at, owner, record};
use crate::config::settings::{Profile, Scope};
use crate::domain::record::{Core, Kind};
use crate::domain::role::Role;
use crate::domain::team::{Away, Member};
use crate::domain::team_table::{BookRow, Presence, TeamTable};
use crate::engine::team_table;

fn member(owner: &str, role: Role, lead: Option<&str>) -> Member {
    Member {
        owner: owner.to_owned(),
        role: Some(role),
        lead: lead.map(str::to_owned),
        calendar: None,
        away: Vec::new(),
    }
}

/// Dana leads Mara and Jonas, who is away; Otto is somebody else's.
fn book() -> Book {
    let mut book = Book::new();
    let (dana, mara) = ("dana@alder.example", "mara@alder.example");
    let mut gone = owner("o5", "Paula Marsh", "paula@alder.example");
    gone.active = false;
    book.owners(&[
        owner("o1", "Dana Reyes", dana),
        owner("o2", "Mara Lindt", mara),
        owner("o3", "Jonas Holm", "jonas@alder.example"),
        owner("o4", "Otto Brink", "otto@alder.example"),
        gone,
    ]);
    let mut jonas = member("jonas@alder.example", Role::Csm, Some(dana));
    jonas.away = vec![Away {
        from: "2026-11-20".parse().unwrap(),
        until: "2026-11-27".parse().unwrap(),
        deputy: Some(mara.to_owned()),
    }];
    book.setup.team.people = vec![
        member(dana, Role::Lead, None),
        member(mara, Role::Csm, Some(dana)),
        jonas,
    ];
    let of = |csm: &'static str| {
        [
            ("hubspot_owner_id", csm),
            ("wau", "10"),
            ("wau_updated_at", "2026-11-22T00:00:00Z"),
        ]
    };
    scope(&mut book, Scope::All);
    for (id, csm) in [("1", "o2"), ("2", "o2"), ("3", "o4"), ("4", ""), ("5", "o5")] {
        book.healthy(id, &format!("Account {id}"));
        book.account(id, &format!("Account {id}"), &of(csm));
    }
    all(&mut book, NOW);
    book
}

/// What the profile caches.
fn scope(book: &mut Book, scope: Scope) {
    let profile = Profile {
        scope,
        ..Profile::default()
    };
    book.setup.settings.profiles.insert("north".to_owned(), profile);
    book.setup.profile = Some("north".to_owned());
}

fn told(book: &Book, everybody: bool) -> TeamTable {
    team_table(&book.cache, &book.ledger, &book.setup, everybody, at(NOW)).unwrap()
}

fn row<'t>(table: &'t TeamTable, name: &str) -> &'t BookRow {
    table.rows.iter().find(|row| row.name() == name).unwrap()
}

#[test]
fn a_lead_sees_those_whom_they_lead_and_what_nobody_looks_after() {
    let book = book();
    let table = told(&book, false);
    let names: Vec<&str> = table.rows.iter().map(BookRow::name).collect();
    assert_eq!(names, ["Mara Lindt", "Jonas Holm", "no owner"]);
    assert!(table.led_only);
    let mara = row(&table, "Mara Lindt");
    assert_eq!((mara.figures.accounts, mara.figures.arr.known), (2, 16_800_000));
    assert!(mara.figures.risks >= 2 && mara.figures.accounts_at_risk == 2);
    assert_eq!(
        mara.figures.at_risk.known, 16_800_000,
        "both renew within the horizon"
    );
    assert_eq!(row(&table, "no owner").figures.accounts, 1);
    assert_eq!(table.total.accounts, 3);
    let all = told(&book, true);
    let otto = row(&all, "Otto Brink");
    assert_eq!(
        otto.keeper.as_ref().unwrap().role,
        Some(Role::Csm),
        "not in team.toml"
    );
    let gone = row(&all, "Paula Marsh").keeper.as_ref().unwrap();
    assert_eq!((&gone.presence, gone.load), (&Presence::Gone, None));
    assert!(!all.led_only && all.total.accounts == 5);
}

#[test]
fn late_and_load_are_of_whose_work_it_is_and_of_the_days_at_work() {
    let mut book = book();
    let task = |id: &str, owner: &str, due: &str| {
        let due = at(due).to_string();
        record(
            Kind::Task,
            id,
            &[(Core::Subject, id), (Core::Owner, owner), (Core::Due, &due)],
        )
    };
    // Monday the 23rd: ten business days end on Friday the 4th.
    for (id, owner, due) in [
        ("late", "o2", "2026-11-20"),
        ("today", "o2", "2026-11-23"),
        ("last", "o2", "2026-12-04"),
        ("after", "o2", "2026-12-07"),
        ("of jonas", "o3", "2026-11-20"),
    ] {
        book.put(&task(id, owner, due), Some("1"));
    }
    let table = told(&book, false);
    let mara = row(&table, "Mara Lindt");
    let load = mara.keeper.as_ref().unwrap().load.unwrap();
    assert_eq!((mara.figures.late, load.due.late, load.due.pieces()), (1, 1, 3));
    assert_eq!((load.minutes, load.has), (90, Some(40 * 60)));
    let jonas = row(&table, "Jonas Holm");
    let keeper = jonas.keeper.as_ref().unwrap();
    assert_eq!(jonas.figures.late, 1);
    assert_eq!(keeper.load.unwrap().has, Some(20 * 60), "five of ten days away");
    let until = "2026-11-27".parse().unwrap();
    assert_eq!(
        keeper.presence,
        Presence::Away(until, Some("Mara Lindt".to_owned()))
    );
}

#[test]
fn of_accounts_of_nobody_nothing_is_known_where_the_profile_caches_none() {
    let mut book = book();
    assert_eq!(
        (
            told(&book, false).partial,
            row(&told(&book, false), "no owner").is_here
        ),
        (None, true)
    );
    scope(&mut book, Scope::Team);
    let table = told(&book, false);
    assert!(!row(&table, "no owner").is_here);
    assert!(table.partial.unwrap().contains("of those of nobody"));
}

#[test]
fn of_whom_the_profile_does_not_cache_the_book_nothing_is_known_and_nothing_is_none() {
    let mut book = book();
    scope(&mut book, Scope::Me);
    let table = told(&book, true);
    let of = |name: &str| {
        let row = row(&table, name);
        (row.is_here, row.keeper.as_ref().unwrap().load.is_some())
    };
    assert_eq!(
        (of("Mara Lindt"), of("Jonas Holm")),
        ((false, false), (false, false))
    );
}
