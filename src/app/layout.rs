//! Where everything is on the screen: a pure function of its size, used by `update` and `ui` alike.
//!
//! ```text
//! header, 2 lines                      header, 2 lines
//! ╭ 1 Accounts ─╮╭ 2 Risk queue ─╮     1 Accounts  2 Risks  3 Steps  4 Handoffs
//! ╰─────────────╯╰───────────────╯     ─────────────────━━━━━━━────────────────
//! ╭ 3 Steps ────╮╭ 4 Handoffs ───╮     the focused pane
//! ╰─────────────╯╰───────────────╯     ─────────── the selected account ───────
//! footer                               footer
//! ```

/// Cells of a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Size {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

/// A rectangle of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Area {
    /// Leftmost column.
    pub x: u16,
    /// Uppermost row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Area {
    /// This area without its first `rows` rows.
    #[must_use]
    pub fn below(self, rows: u16) -> Self {
        let rows = rows.min(self.height);
        Self {
            y: self.y + rows,
            height: self.height - rows,
            ..self
        }
    }

    /// The first `rows` rows.
    #[must_use]
    pub fn top(self, rows: u16) -> Self {
        Self {
            height: rows.min(self.height),
            ..self
        }
    }

    /// The last `rows` rows.
    #[must_use]
    pub fn bottom(self, rows: u16) -> Self {
        self.below(self.height.saturating_sub(rows))
    }

    /// This area with `rows` more rows at its end.
    #[must_use]
    pub fn grown(self, rows: u16) -> Self {
        Self {
            height: self.height.saturating_add(rows),
            ..self
        }
    }

    /// This area without its last `rows` rows.
    #[must_use]
    pub fn above(self, rows: u16) -> Self {
        self.top(self.height.saturating_sub(rows))
    }

    /// The left `columns` and what is right of them.
    #[must_use]
    pub fn split(self, columns: u16) -> (Self, Self) {
        let columns = columns.min(self.width);
        let right = Self {
            x: self.x + columns,
            width: self.width - columns,
            ..self
        };
        (
            Self {
                width: columns,
                ..self
            },
            right,
        )
    }

    /// Without a border of one cell.
    #[must_use]
    pub fn inside(self) -> Self {
        if self.width < 2 || self.height < 2 {
            return Self {
                width: 0,
                height: 0,
                ..self
            };
        }
        Self {
            x: self.x + 1,
            y: self.y + 1,
            width: self.width - 2,
            height: self.height - 2,
        }
    }

    /// An area of this size in the middle, or all of it where it is smaller. A strip of one cell at its sides would show
    /// nothing but halves of borders, so that it takes the whole width then.
    #[must_use]
    pub fn middle(self, width: u16, height: u16) -> Self {
        let is_nearly_all = self.width <= width.saturating_add(3);
        let width = if is_nearly_all { self.width } else { width };
        let height = height.min(self.height);
        let (x, y) = (
            self.x + (self.width - width) / 2,
            self.y + (self.height - height) / 2,
        );
        Self { x, y, width, height }
    }
}

/// One of the cockpit's four panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pane {
    /// Every account, worst first.
    Accounts,
    /// Accounts with warnings.
    Risks,
    /// What is due for me.
    Steps,
    /// Handoffs.
    Handoffs,
}

impl Pane {
    /// All four, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Accounts, Self::Risks, Self::Steps, Self::Handoffs];

    /// Number of the pane less one.
    pub fn index(self) -> usize {
        self as usize
    }
}

/// How the screen is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Smaller than anything useful: the screen says what it needs.
    TooSmall,
    /// One pane at a time, with tabs.
    Tabs,
    /// Everything at once.
    Grid,
}

/// Least columns and rows of a useful screen.
pub const LEAST: Size = Size {
    width: 60,
    height: 16,
};
/// More columns than this the account list does not need.
const WIDEST_LIST: u16 = 118;
/// Least columns and rows for everything at once.
const GRID: Size = Size {
    width: 100,
    height: 28,
};

impl Shape {
    /// The shape of a screen of this size.
    pub fn of(size: Size) -> Self {
        if size.width < LEAST.width || size.height < LEAST.height {
            Self::TooSmall
        } else if size.width < GRID.width || size.height < GRID.height {
            Self::Tabs
        } else {
            Self::Grid
        }
    }
}

/// The parts that every screen has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// How the body is divided.
    pub shape: Shape,
    /// Two lines at the top.
    pub header: Area,
    /// The tabs and their rule, where there are tabs.
    pub tabs: Area,
    /// Everything between.
    pub body: Area,
    /// A failure and its hint, above the last line; empty when there is none.
    pub banner: Area,
    /// The last line.
    pub footer: Area,
}

impl Frame {
    /// The parts of a screen of this size, of which a failure takes `banner` rows.
    pub fn of(size: Size, banner: u16) -> Self {
        let all = Area {
            x: 0,
            y: 0,
            width: size.width,
            height: size.height,
        };
        let shape = Shape::of(size);
        let header = all.top(2);
        let all_between = all.below(2).above(1);
        let rest = all_between.above(banner);
        let banner = all_between.bottom(banner);
        let tabs = rest.top(if shape == Shape::Tabs { 2 } else { 0 });
        Self {
            shape,
            header,
            tabs,
            body: rest.below(tabs.height),
            banner,
            footer: all.bottom(1),
        }
    }
}

impl Frame {
    /// All between the header and the last line: what lies over the screen may cover it.
    pub fn between(&self) -> Area {
        Area {
            y: self.header.y + self.header.height,
            height: self.footer.y.saturating_sub(self.header.y + self.header.height),
            ..self.footer
        }
    }
}

/// The cockpit's areas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The parts that every screen has.
    pub frame: Frame,
    /// Each pane with its border, if it shows.
    pub panes: [Option<Area>; 4],
    /// The lines about the selected account below a single pane; empty where there is no room.
    pub strip: Area,
}

impl Layout {
    /// The areas of the cockpit with this pane focused, `full` if it has the whole screen.
    pub fn of(size: Size, banner: u16, focused: Pane, full: bool) -> Self {
        let frame = Frame::of(size, banner);
        let mut panes = [None; 4];
        let mut strip = frame.body.top(0);
        match frame.shape {
            Shape::TooSmall => {}
            Shape::Grid if !full => panes = grid(frame.body).map(Some),
            Shape::Grid => panes[focused.index()] = Some(frame.body),
            Shape::Tabs => {
                strip = frame
                    .body
                    .bottom(if full { 0 } else { strip_height(size.height) });
                panes[focused.index()] = Some(frame.body.above(strip.height));
            }
        }
        Self { frame, panes, strip }
    }

    /// Where the items of a pane's list are, how high one is, and so how many show.
    pub fn list(&self, pane: Pane) -> List {
        let Some(outer) = self.panes[pane.index()] else {
            return List {
                head: Area::default(),
                items: Area::default(),
                below: Area::default(),
                item_height: 1,
            };
        };
        let inner = if self.frame.shape == Shape::Grid {
            outer.inside()
        } else {
            outer
        };
        let padding = u16::from(inner.height >= 12);
        let head = inner.top(if pane == Pane::Accounts {
            1 + padding
        } else {
            padding
        });
        let rest = inner.below(head.height);
        let below = match pane {
            Pane::Steps if self.frame.shape == Shape::Grid && rest.height >= 8 => rest.bottom(4),
            _ => rest.bottom(0),
        };
        let items = rest.above(below.height);
        let item_height = match pane {
            Pane::Accounts | Pane::Steps => 1,
            Pane::Risks => 2,
            Pane::Handoffs => 2 + padding,
        };
        List {
            head,
            items,
            below,
            item_height,
        }
    }
}

/// Where the items of a list are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct List {
    /// The heading of the table and blank lines above the items.
    pub head: Area,
    /// The items.
    pub items: Area,
    /// Lines about the selected account below the items.
    pub below: Area,
    /// Lines of one item.
    pub item_height: u16,
}

impl List {
    /// How many whole items show.
    pub fn page(&self) -> usize {
        usize::from(self.items.height / self.item_height.max(1))
    }
}

fn grid(body: Area) -> [Area; 4] {
    let left = if body.width >= 160 {
        // All columns of the account list, then reasons and handoffs get the rest.
        (body.width * 2 / 3).min(WIDEST_LIST)
    } else {
        (u32::from(body.width) * 62 / 120) as u16
    };
    let upper = (body.height * 17).div_ceil(33);
    let (top, bottom) = (body.top(upper), body.below(upper));
    let ((accounts, risks), (steps, handoffs)) = (top.split(left), bottom.split(left));
    [accounts, risks, steps, handoffs]
}

fn strip_height(rows: u16) -> u16 {
    match rows {
        22.. => 7,
        18.. => 4,
        _ => 0,
    }
}
