//! Where one is in a list, and which part of the list shows.

/// A place in a list of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cursor {
    /// The selected item.
    pub at: usize,
    /// The first item that shows.
    pub top: usize,
}

/// A movement in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// To the next item.
    Down,
    /// To the item before.
    Up,
    /// Half a page down.
    HalfPageDown,
    /// Half a page up.
    HalfPageUp,
    /// A page down.
    PageDown,
    /// A page up.
    PageUp,
    /// To the first item.
    First,
    /// To the last item.
    Last,
}

impl Cursor {
    /// This cursor after a movement in a list of `len` items of which `page` show.
    #[must_use]
    pub fn moved(self, step: Step, len: usize, page: usize) -> Self {
        let (page, half) = (page.max(1), (page / 2).max(1));
        let at = match step {
            Step::Down => self.at + 1,
            Step::Up => self.at.saturating_sub(1),
            Step::HalfPageDown => self.at + half,
            Step::HalfPageUp => self.at.saturating_sub(half),
            Step::PageDown => self.at + page,
            Step::PageUp => self.at.saturating_sub(page),
            Step::First => 0,
            Step::Last => len,
        };
        // A page moves what shows by a page too, so that the eye finds the row at the same height.
        let top = match step {
            Step::HalfPageDown | Step::PageDown => self.top + (at - self.at),
            Step::HalfPageUp | Step::PageUp => self.top.saturating_sub(self.at - at),
            _ => self.top,
        };
        Self { at, top }.within(len, page)
    }

    /// This cursor in a list that has not the focus: what shows moves no further than until the item `seen` does, and
    /// stays where it is without one.
    #[must_use]
    pub fn aside(self, seen: Option<usize>, len: usize, page: usize) -> Self {
        let at = self.at.min(len.saturating_sub(1));
        let top = match seen {
            Some(seen) => Self { at: seen, ..self }.within(len, page).top,
            None => self.top.min(len.saturating_sub(page.max(1))),
        };
        Self { at, top }
    }

    /// This cursor in a list of `len` items of which `page` show: selected inside, selected visible, no gap below.
    #[must_use]
    pub fn within(self, len: usize, page: usize) -> Self {
        let page = page.max(1);
        let at = self.at.min(len.saturating_sub(1));
        let top = self.top.min(len.saturating_sub(page));
        Self {
            at,
            top: top.clamp((at + 1).saturating_sub(page), at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cursor, Step};

    fn check(from: (usize, usize), step: Step, expected: (usize, usize)) {
        let moved = Cursor {
            at: from.0,
            top: from.1,
        }
        .moved(step, 100, 10);
        assert_eq!((moved.at, moved.top), expected, "{step:?}");
    }

    #[test]
    fn movements_keep_the_selected_item_on_the_screen() {
        check((0, 0), Step::Up, (0, 0));
        check((0, 0), Step::Down, (1, 0));
        check((9, 0), Step::Down, (10, 1));
        check((5, 5), Step::Up, (4, 4));
        check((3, 0), Step::PageDown, (13, 10));
        check((13, 10), Step::PageUp, (3, 0));
        check((3, 0), Step::HalfPageDown, (8, 5));
        check((50, 45), Step::Last, (99, 90));
        check((99, 90), Step::Down, (99, 90));
        check((50, 45), Step::First, (0, 0));
    }

    #[test]
    fn a_list_without_the_focus_shows_what_is_spoken_of_and_keeps_its_own_place() {
        let cursor = Cursor { at: 3, top: 0 };
        let aside = |cursor: Cursor, seen| cursor.aside(seen, 100, 10);
        assert_eq!(aside(cursor, Some(40)), Cursor { at: 3, top: 31 });
        let there = aside(cursor, Some(40));
        assert_eq!(aside(there, Some(35)), there, "it shows already");
        assert_eq!(aside(there, None), there, "nothing jumps back");
        assert_eq!(there.within(100, 10), Cursor { at: 3, top: 3 }, "with the focus");
        assert_eq!(there.aside(Some(40), 5, 10), Cursor { at: 3, top: 0 });
        assert_eq!(there.aside(None, 0, 0), Cursor::default());
    }

    #[test]
    fn an_empty_list_and_a_screen_without_rows_are_safe() {
        assert_eq!(Cursor { at: 7, top: 3 }.within(0, 0), Cursor::default());
        assert_eq!(Cursor::default().moved(Step::Last, 0, 0), Cursor::default());
        assert_eq!(Cursor::default().moved(Step::PageDown, 5, 0).at, 1);
    }
}
