//! The cockpit's four panes.

mod accounts;
pub mod handoffs;
mod risks;
mod selected;
mod steps;
pub mod tabs;

use jiff::civil::Date;

use super::canvas::{Canvas, Mark};
use super::theme::Role;
use super::words;
use crate::app::Model;
use crate::app::layout::{Area, List, Pane, Shape};
use crate::domain::record::RecordId;
use crate::domain::wrap::wrapped;

/// Fewer days than this until notice are bad.
const SOON: i32 = 14;
/// Fewer days than this until notice are worth a look.
const NEAR: i32 = 45;

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
    if layout.frame.shape == Shape::Tabs {
        // Without a border it stands on the line below the list, or on that below the tabs where there is none.
        let line = match layout.strip.height {
            0 => layout.frame.tabs.below(1),
            _ => layout.strip,
        };
        let foot = foot(model, model.pane, layout.list(model.pane).page());
        if !foot.is_empty() {
            canvas
                .line(line, 0)
                .gap_right(2)
                .right(&format!(" {foot} "), Role::Dim);
        }
    }
}

/// Which items of a pane's list show: what stands at its foot.
fn foot(model: &Model, pane: Pane, page: usize) -> String {
    match pane {
        Pane::Accounts => accounts::foot(model, page),
        Pane::Risks => risks::foot(model, page),
        Pane::Steps => steps::foot(model, page),
        Pane::Handoffs => handoffs::foot(model, page),
    }
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
    /// Whether it has a border.
    pub bordered: bool,
    /// Whether it has the focus.
    pub focused: bool,
}

impl Spot {
    /// Draws the border, if there is one.
    fn border(&self, canvas: &mut Canvas, border: super::widgets::border::Border) {
        if self.bordered {
            let border = super::widgets::border::Border {
                focused: self.focused,
                ..border
            };
            super::widgets::border::draw(canvas, self.area, &border);
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

/// Which items of a list show: `1–12 of 100`.
pub fn shown(top: usize, page: usize, len: usize) -> String {
    let end = (top + page).min(len);
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
