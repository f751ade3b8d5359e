//! The cockpit's four panes.

mod accounts;
pub mod handoffs;
pub mod risks;
mod selected;
mod steps;
pub mod tabs;

use jiff::civil::Date;

use super::canvas::{Canvas, Mark};
use super::theme::Role;
use super::widgets::border::{self, Border};
use super::words;
use crate::app::Model;
use crate::app::layout::{Area, List, Pane, Shape};
use crate::domain::record::RecordId;
use crate::domain::wrap::wrapped;

/// Fewer days than this until notice are bad.
const SOON: i32 = 14;
/// Fewer days than this until notice are worth a look.
const NEAR: i32 = 45;

/// What an empty pane begins with between the end of a first sync and its scores.
const ENDED: &str = "The first sync has ended.";

/// Draws the panes that show.
pub fn draw(model: &Model, canvas: &mut Canvas) {
    let layout = model.layout();
    if layout.frame.shape == Shape::Tabs {
        tabs::draw(model, canvas, layout.frame.tabs);
    }
    for pane in Pane::ALL {
        let Some(area) = layout.panes[pane.index()] else {
            continue;
        };
        let spot = Spot {
            area,
            list: layout.list(pane),
            tabs: layout.frame.tabs,
            bordered: layout.frame.shape == Shape::Grid,
            focused: model.pane == pane,
        };
        match pane {
            Pane::Accounts => accounts::draw(model, canvas, &spot),
            Pane::Risks => risks::draw(model, canvas, &spot),
            Pane::Steps => steps::draw(model, canvas, &spot),
            Pane::Handoffs => handoffs::draw(model, canvas, &spot),
        }
    }
    selected::strip(model, canvas, layout.strip);
}

/// What stands in place of a list that the key may not read.
fn unknown(what: &str, why: &str) -> Vec<String> {
    vec![format!("{what}:"), format!("{why}.")]
}

/// Where a pane is drawn.
pub struct Spot {
    /// All of it.
    pub area: Area,
    /// Where the items of its list are.
    pub list: List,
    /// The tabs, where it has no border.
    pub tabs: Area,
    /// Whether it has a border.
    pub bordered: bool,
    /// Whether it has the focus.
    pub focused: bool,
}

impl Spot {
    /// Draws the border; where there is none, what stands in it goes beside the tabs.
    fn border(&self, model: &Model, canvas: &mut Canvas, border: Border) {
        if self.bordered {
            let focused = self.focused;
            border::draw(canvas, self.area, &Border { focused, ..border });
        } else {
            let labels = tabs::labels(model);
            let texts = (border.right.as_slice(), border.below.as_str());
            tabs::beside(canvas, self.tabs, (&labels, model.pane.index()), texts);
        }
    }

    /// The area of the item at a place of the list, if it shows.
    fn item(&self, at: usize, top: usize) -> Option<Area> {
        let row = u16::try_from(at.checked_sub(top)?)
            .ok()?
            .checked_mul(self.list.item_height)?;
        let item = self.list.items.below(row).top(self.list.item_height);
        (item.height > 0).then_some(item)
    }

    /// The bar at the left of an item: the cursor's where the focus is, a thin one wherever the item is about the
    /// account that every pane speaks of.
    fn mark(&self, has_cursor: bool, is_spoken_of: bool) -> Mark {
        match (has_cursor && self.focused, is_spoken_of) {
            (true, _) => Mark::Selected,
            (false, true) => Mark::SpokenOf,
            (false, false) => Mark::None,
        }
    }

    /// Says, in place of a list, what would be here and which key brings it.
    fn teach(&self, canvas: &mut Canvas, paragraphs: &[impl AsRef<str>]) {
        let mut area = self.list.items;
        for (place, text) in paragraphs.iter().enumerate() {
            let role = if place == 0 { Role::Plain } else { Role::Dim };
            for line in wrapped(text.as_ref(), area.width.saturating_sub(4), 3) {
                canvas.line(area, 0).gap(2).text(&line, role);
                area = area.below(1);
            }
        }
    }
}

/// Whether this is the account that every pane speaks of.
fn is_spoken_of(model: &Model, account: &RecordId) -> bool {
    let selected = model.selected.as_ref();
    selected.is_some_and(|selected| selected.id == *account)
}

/// Which items of a list show: `1–12 of 100`, `3 of 14`.
pub fn shown(top: usize, page: usize, len: usize) -> String {
    let end = (top + page).min(len);
    if page == 1 {
        return format!("{} of {}", words::count(end), words::count(len));
    }
    format!(
        "{}–{} of {}",
        words::count((top + 1).min(end)),
        words::count(end),
        words::count(len)
    )
}

/// How pressing a date is.
pub fn urgency(today: Date, date: Date) -> Role {
    match words::days(today, date) {
        ..=SOON => Role::Bad,
        days if days <= NEAR => Role::Doubtful,
        _ => Role::Plain,
    }
}
