//! The second line of the cockpit: the day over the accounts in scope. Nothing that matters is dropped: where
//! there is less room the labels get shorter, then what is zero goes.

use super::canvas::Line;
use super::theme::{Ink, Role};
use crate::app::Model;
use crate::domain::desk::{Known, Told};
use crate::domain::money::Sum;
use crate::domain::words;
use crate::domain::wrap::width;

/// One figure of the day.
struct Figure {
    /// Its name where there is room.
    label: &'static str,
    /// Its name where there is little.
    short: &'static str,
    /// Its value in words.
    value: String,
    /// How the value is written.
    ink: Ink,
    /// Whether it is zero, and so goes first.
    zero: bool,
}

/// How a line of figures is written.
#[derive(Clone, Copy)]
struct Manner {
    short: bool,
    gap: u16,
    zeros: bool,
}

/// From roomy to tight.
const MANNERS: [Manner; 4] = [
    Manner {
        short: false,
        gap: 3,
        zeros: true,
    },
    Manner {
        short: true,
        gap: 2,
        zeros: true,
    },
    Manner {
        short: true,
        gap: 2,
        zeros: false,
    },
    TIGHT,
];
const TIGHT: Manner = Manner {
    short: true,
    gap: 1,
    zeros: false,
};

/// Writes the day, or why there is none.
pub fn draw(model: &Model, line: &mut Line) {
    let Some(desk) = model.desk.desk.as_deref() else {
        let text = nothing(model);
        line.text(&text, Role::Dim);
        return;
    };
    let mut figures = figures(model, &desk.told(model.has_synced()));
    for figure in &mut figures {
        figure.value = line.spelled(&figure.value).into_owned();
    }
    let fitting = MANNERS
        .into_iter()
        .find(|manner| needs(&figures, *manner) <= line.left());
    let manner = fitting.unwrap_or(TIGHT);
    // On the narrowest screens sums go before what asks for something today.
    let drop = (0..figures.len()).find(|drop| needs(&figures[*drop..], manner) <= line.left());
    let shown = &figures[drop.unwrap_or(0)..];
    let mut first = true;
    for figure in shown.iter().filter(|figure| manner.zeros || !figure.zero) {
        if !first {
            line.gap(manner.gap);
        }
        first = false;
        line.text(figure.label(manner), Role::Dim)
            .gap(1)
            .text(&figure.value, figure.ink);
    }
}

/// What stands there before anything was read.
fn nothing(model: &Model) -> String {
    if !model.desk.loaded {
        return model.reading().to_owned();
    }
    if let (Some(accounts), false) = (model.read_so_far(), model.awaits_first_sync()) {
        let accounts = words::counted(accounts as u64, "account", "accounts");
        return format!("first sync not finished, {accounts} so far: ctrl-r goes on");
    }
    match &model.sync.under_way {
        _ if model.awaits_scores() => {
            "the first sync has ended, its accounts are still to be scored".to_owned()
        }
        _ if !model.awaits_first_sync() => "no data yet: ctrl-r reads the CRM".to_owned(),
        Some(progress) => format!("the first sync is under way: {}", progress.what),
        None => "the first sync begins".to_owned(),
    }
}

impl Figure {
    fn label(&self, manner: Manner) -> &'static str {
        if manner.short { self.short } else { self.label }
    }
}

fn needs(figures: &[Figure], manner: Manner) -> u16 {
    let shown = figures.iter().filter(|figure| manner.zeros || !figure.zero);
    let cells: u16 = shown
        .map(|figure| width(figure.label(manner)) + 1 + width(&figure.value) + manner.gap)
        .sum();
    cells.saturating_sub(manner.gap)
}

fn figures(model: &Model, told: &Told) -> Vec<Figure> {
    let stake = if told.at_stake.is_some_and(|sum| sum.known > 0) {
        Role::Bad
    } else {
        Role::Plain
    };
    let money = |label, sum: Option<Sum>, role: Role| Figure {
        label,
        short: label,
        value: sum.map_or_else(|| "?".to_owned(), |sum| words::sum(&sum, model.currency)),
        ink: role.strong(),
        zero: false,
    };
    vec![
        money("ARR", told.arr, Role::Plain),
        money("at stake", told.at_stake, stake),
        count("risks", "risks", &told.risks, Role::Plain),
        count("due today", "today", &told.due_today, Role::Plain),
        count("late", "late", &told.late, Role::Bad),
        count("handoffs", "handoffs", &told.handoffs_for_me, Role::Plain),
        count("returned", "returned", &told.handoffs_returned, Role::Doubtful),
    ]
}

fn count(label: &'static str, short: &'static str, told: &Known, role: Role) -> Figure {
    let some = told.as_ref().is_ok_and(|number| *number > 0);
    Figure {
        label,
        short,
        value: words::known(told),
        ink: if some { role.strong() } else { Role::Dim.into() },
        zero: *told == Ok(0),
    }
}
