//! The only way from text to cells. Everything that is drawn passes the sanitiser here, keeps to its
//! field, and is cut with an ellipsis where it does not fit.

use std::borrow::Cow;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::Modifier;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::theme::{Ink, Role, Theme};
use crate::app::layout::Area;
use crate::domain::ascii::UNSHOWN;
use crate::domain::text::SafeText;
use crate::domain::wrap::{is_plain, width};

/// What the bar at the left of a row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The cursor is here.
    Selected,
    /// It is about the account that every pane speaks of.
    SpokenOf,
    /// Nothing.
    None,
}

/// Cells to draw on, with the theme to draw in.
pub struct Canvas<'a> {
    theme: Theme,
    buffer: &'a mut Buffer,
}

impl<'a> Canvas<'a> {
    /// A canvas over these cells.
    pub fn new(theme: Theme, buffer: &'a mut Buffer) -> Self {
        Self { theme, buffer }
    }

    /// The theme.
    pub fn theme(&self) -> Theme {
        self.theme
    }

    /// Draws text from column `x` into at most `width` cells of row `y`; returns how many it took.
    pub fn put(&mut self, x: u16, y: u16, width: u16, text: &str, ink: impl Into<Ink>) -> u16 {
        let bounds = self.buffer.area;
        if y >= bounds.bottom() || x >= bounds.right() {
            return 0;
        }
        let width = width.min(bounds.right() - x);
        let style = self.theme.style(ink);
        let text = &*self.theme.spelled(text);
        if is_plain(text) {
            return self.put_plain(x, y, width, text.as_bytes(), style);
        }
        let safe = SafeText::line(text);
        let whole = safe.as_str().width() <= usize::from(width);
        let room = if whole { width } else { width.saturating_sub(1) };
        let mut used = 0;
        for grapheme in safe.as_str().graphemes(true) {
            let cells = grapheme.width() as u16;
            if used + cells > room {
                break;
            }
            used += self.put_grapheme(x + used, y, grapheme, cells, style);
        }
        if !whole && width > 0 {
            used += self.put_grapheme(x + used, y, "…", 1, style);
        }
        used
    }

    /// Printable ASCII, one cell a byte.
    fn put_plain(&mut self, x: u16, y: u16, width: u16, text: &[u8], style: ratatui::style::Style) -> u16 {
        let whole = text.len() <= usize::from(width);
        let shown = if whole {
            text.len()
        } else {
            usize::from(width).saturating_sub(1)
        };
        for (at, byte) in text[..shown].iter().enumerate() {
            if let Some(cell) = self.cell(x + at as u16, y) {
                cell.set_char(char::from(*byte)).set_style(style);
            }
        }
        if whole || width == 0 {
            return shown as u16;
        }
        shown as u16 + self.put_grapheme(x + shown as u16, y, "…", 1, style)
    }

    fn put_grapheme(
        &mut self,
        x: u16,
        y: u16,
        symbol: &str,
        cells: u16,
        style: ratatui::style::Style,
    ) -> u16 {
        if cells == 0 {
            return 0;
        }
        let drawn = self.theme.drawn(symbol);
        for at in 0..cells {
            let symbol = match at {
                0 => drawn,
                // A wide letter covers the next cell; its ASCII stand-in does not.
                _ if self.theme.ascii => UNSHOWN,
                _ => " ",
            };
            if let Some(cell) = self.cell(x + at, y) {
                cell.set_symbol(symbol).set_style(style);
            }
        }
        cells
    }

    fn cell(&mut self, x: u16, y: u16) -> Option<&mut Cell> {
        self.buffer.cell_mut((x, y))
    }

    /// Shows where the next letter goes: on the letter that stands there, or behind the last one.
    pub fn cursor(&mut self, x: u16, y: u16) {
        let Some(cell) = self.cell(x, y) else {
            return;
        };
        if cell.symbol() == " " {
            self.put(x, y, 1, "▏", Role::Here);
        } else {
            cell.modifier.insert(Modifier::REVERSED);
        }
    }

    /// Empties an area before something is laid over it. A wide letter that reaches into it goes too.
    pub fn clear(&mut self, area: Area) {
        for y in area.y..area.y.saturating_add(area.height) {
            if area.x > 0
                && let Some(cell) = self.cell(area.x - 1, y)
                && cell.symbol().width() > 1
            {
                cell.set_symbol(" ");
            }
            for x in area.x..area.x.saturating_add(area.width) {
                if let Some(cell) = self.cell(x, y) {
                    cell.reset();
                }
            }
        }
    }

    /// Begins to write into a row of an area; rows outside it take nothing.
    pub fn line(&mut self, area: Area, row: u16) -> Line<'_, 'a> {
        let end = if row < area.height {
            area.x.saturating_add(area.width)
        } else {
            area.x
        };
        Line {
            x: area.x,
            y: area.y.saturating_add(row),
            end,
            canvas: self,
        }
    }

    /// Draws a horizontal rule.
    pub fn rule(&mut self, area: Area, row: u16, ink: impl Into<Ink> + Copy) {
        if row < area.height {
            self.repeat(area.x, area.y + row, area.width, "─", ink);
        }
    }

    /// Draws one narrow symbol many times.
    pub fn repeat(&mut self, x: u16, y: u16, times: u16, symbol: &str, ink: impl Into<Ink>) {
        let style = self.theme.style(ink);
        for at in 0..times {
            self.put_grapheme(x.saturating_add(at), y, symbol, 1, style);
        }
    }
}

/// A row that is written from both ends towards the middle.
pub struct Line<'c, 'a> {
    canvas: &'c mut Canvas<'a>,
    x: u16,
    y: u16,
    end: u16,
}

impl Line<'_, '_> {
    /// Cells that are left.
    pub fn left(&self) -> u16 {
        self.end.saturating_sub(self.x)
    }

    /// A text as this line would write it: what is spelled out takes more cells.
    pub fn spelled<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.canvas.theme.spelled(text)
    }

    /// Writes at the left.
    pub fn text(&mut self, text: &str, ink: impl Into<Ink>) -> &mut Self {
        self.x += self.canvas.put(self.x, self.y, self.left(), text, ink);
        self
    }

    /// Writes into a field at the left, filled with spaces behind.
    pub fn field(&mut self, cells: u16, text: &str, ink: impl Into<Ink>) -> &mut Self {
        let cells = cells.min(self.left());
        self.canvas.put(self.x, self.y, cells, text, ink);
        self.x += cells;
        self
    }

    /// Writes into a field at the left that ends in a blank, however long the text is: what follows stands apart.
    pub fn column(&mut self, cells: u16, text: &str, ink: impl Into<Ink>) -> &mut Self {
        self.field(cells.saturating_sub(1), text, ink).gap(1)
    }

    /// Writes into a field at the left, at its right side.
    pub fn number(&mut self, cells: u16, text: &str, ink: impl Into<Ink>) -> &mut Self {
        let cells = cells.min(self.left());
        let text = self.canvas.theme.spelled(text);
        let before = cells.saturating_sub(width(&text));
        self.canvas
            .put(self.x + before, self.y, cells - before, &text, ink);
        self.x += cells;
        self
    }

    /// Leaves cells free at the left.
    pub fn gap(&mut self, cells: u16) -> &mut Self {
        self.x += cells.min(self.left());
        self
    }

    /// Writes at the right; nothing where it does not fit.
    pub fn right(&mut self, text: &str, ink: impl Into<Ink>) -> &mut Self {
        let text = self.canvas.theme.spelled(text);
        let cells = width(&text);
        if cells > 0 && cells <= self.left() {
            self.end -= cells;
            self.canvas.put(self.end, self.y, cells, &text, ink);
        }
        self
    }

    /// Leaves cells free at the right.
    pub fn gap_right(&mut self, cells: u16) -> &mut Self {
        self.end -= cells.min(self.left());
        self
    }

    /// The bar at the left of the selected row, or the space for it.
    pub fn bar(&mut self, selected: bool) -> &mut Self {
        self.text(if selected { "▌" } else { " " }, Role::Here)
    }

    /// The bar at the left of a row of the cockpit's panes, or the space for it.
    pub fn mark(&mut self, mark: Mark) -> &mut Self {
        let bar = match mark {
            Mark::Selected => "▌",
            Mark::SpokenOf => "▎",
            Mark::None => " ",
        };
        self.text(bar, Role::Here)
    }
}
