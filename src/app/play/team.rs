//! A team's table over the small book.

use jiff::civil::date;

use super::{summaries, summary};
use crate::domain::load::{Due, Load, Rules, Work};
use crate::domain::money::Sum;
use crate::domain::role::Role;
use crate::domain::team_table::{BookRow, Exposure, Keeper, Presence, TeamTable};

/// Two books and two accounts of nobody; one of the two is away.
pub fn table() -> TeamTable {
    let keeper = |id: &str, name: &str, presence| Keeper {
        id: id.into(),
        name: name.to_owned(),
        team: Some("Customer Success".to_owned()),
        role: Some(Role::Csm),
        presence,
        load: None,
    };
    let away = Presence::Away(date(2026, 12, 3), Some("Mara Lindt".to_owned()));
    let mut rows = vec![
        BookRow::of(Some(keeper("7", "Mara Lindt", Presence::There))),
        BookRow::of(Some(keeper("9", "Jonas Holm", away))),
        BookRow::of(None),
    ];
    for (place, line) in summaries().into_iter().enumerate() {
        let mut renewing = Sum::default();
        renewing.add(line.arr.filter(|_| !line.arr_at_least));
        let risks = u32::from(line.open_warnings);
        rows[usize::from(place >= 8)].add(&line, &Exposure { risks, renewing });
    }
    let exposure = Exposure {
        risks: 1,
        renewing: Sum::default(),
    };
    rows[2].add(&summary(13, "Nobody's Mill", 9, Some(30), None, 40), &exposure);
    let mut due = Due::default();
    for at in 0..31 {
        due.add(Work::ALL[at % 4], at < 3);
    }
    let mut rules = Rules::default();
    rules.hours_a_week.insert(Role::Csm, 10);
    for (row, due) in rows.iter_mut().zip([due, Due::default()]) {
        row.due(&due);
        if let Some(keeper) = &mut row.keeper {
            let days = if keeper.presence == Presence::There { 10 } else { 0 };
            keeper.load = Some(Load::of(due, &rules, (Role::Csm, days)));
        }
    }
    TeamTable::of(rows, true, None)
}
