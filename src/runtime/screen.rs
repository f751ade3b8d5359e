//! Cells to bytes: one frame becomes one buffer, with as few bytes as is safe.
//!
//! It is our own backend because a frame must leave in one write, and so that nothing but our own
//! sequences and sanitised graphemes can ever get into it.

use std::convert::Infallible;
use std::io::Write;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

/// What a frame is drawn into.
#[derive(Debug)]
pub struct Screen {
    bytes: Vec<u8>,
    size: Size,
    /// Whether colours are written at all (`NO_COLOR`).
    colours: bool,
    pen: Pen,
    /// Where the terminal's cursor is, if that is certain.
    at: Option<Position>,
    cursor_shown: bool,
}

/// How the next character will look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pen {
    front: Color,
    back: Color,
    modifier: Modifier,
}

const PLAIN: Pen = Pen {
    front: Color::Reset,
    back: Color::Reset,
    modifier: Modifier::empty(),
};

/// The modifiers that are written, with their numbers.
const MODIFIERS: [(Modifier, u8); 6] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::REVERSED, 7),
    (Modifier::CROSSED_OUT, 9),
];

impl Screen {
    /// An empty screen of this size.
    pub fn new(columns: u16, rows: u16, colours: bool) -> Self {
        Self {
            bytes: Vec::with_capacity(16 * 1024),
            size: Size::new(columns, rows),
            colours,
            pen: PLAIN,
            at: None,
            cursor_shown: false,
        }
    }

    /// Notes a new size of the terminal.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.size = Size::new(columns, rows);
    }

    /// Forgets what the terminal was left like, after someone else wrote to it.
    pub fn forget(&mut self) {
        self.pen = PLAIN;
        self.at = None;
        self.cursor_shown = false;
    }

    /// The bytes of the frame; [`Screen::sent`] empties them.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The frame was written.
    pub fn sent(&mut self) {
        self.bytes.clear();
    }

    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to memory cannot fail.
        let _ = self.bytes.write_fmt(text);
    }

    fn move_to(&mut self, to: Position) {
        match self.at {
            Some(at) if at == to => return,
            Some(at) if at.y == to.y && at.x < to.x => match to.x - at.x {
                1 => self.put(format_args!("\x1b[C")),
                columns => self.put(format_args!("\x1b[{columns}C")),
            },
            Some(at) if to.x == 0 && at.y + 1 == to.y => self.put(format_args!("\r\n")),
            _ => self.put(format_args!("\x1b[{};{}H", to.y + 1, to.x + 1)),
        }
        self.at = Some(to);
    }

    fn take_pen(&mut self, cell: &Cell) {
        let (front, back) = if self.colours {
            (cell.fg, cell.bg)
        } else {
            (Color::Reset, Color::Reset)
        };
        let pen = Pen {
            front,
            back,
            modifier: cell.modifier,
        };
        if pen == self.pen {
            return;
        }
        let mut codes: Vec<String> = Vec::new();
        let mut from = self.pen;
        if !pen.modifier.contains(from.modifier) {
            // Bold and dim can only be ended together: start from nothing.
            codes.push(String::new());
            from = PLAIN;
        }
        for (modifier, number) in MODIFIERS {
            if pen.modifier.contains(modifier) && !from.modifier.contains(modifier) {
                codes.push(number.to_string());
            }
        }
        if pen.front != from.front {
            codes.push(colour(pen.front, 30));
        }
        if pen.back != from.back {
            codes.push(colour(pen.back, 40));
        }
        self.put(format_args!("\x1b[{}m", codes.join(";")));
        self.pen = pen;
    }

    fn write_cell(&mut self, at: Position, cell: &Cell) {
        self.move_to(at);
        self.take_pen(cell);
        let symbol = cell.symbol();
        // The last guard: a cell can hold anything that a widget put there.
        let symbol = if symbol.chars().any(char::is_control) {
            "\u{FFFD}"
        } else {
            symbol
        };
        self.bytes.extend_from_slice(symbol.as_bytes());
        let width = symbol.width() as u16;
        // Terminals differ on the width of joined characters, and on where the cursor is after the
        // last column: the next cell then says where it is.
        let certain = width == 1 && symbol.chars().nth(1).is_none() && at.x + 1 < self.size.width;
        self.at = certain.then(|| Position::new(at.x + 1, at.y));
    }
}

/// The code of a colour, for the front (30) or the back (40).
fn colour(colour: Color, base: u8) -> String {
    let plain = |number: u8| (base + number).to_string();
    let bright = |number: u8| (base + 60 + number).to_string();
    match colour {
        Color::Reset => plain(9),
        Color::Black => plain(0),
        Color::Red => plain(1),
        Color::Green => plain(2),
        Color::Yellow => plain(3),
        Color::Blue => plain(4),
        Color::Magenta => plain(5),
        Color::Cyan => plain(6),
        Color::Gray => plain(7),
        Color::DarkGray => bright(0),
        Color::LightRed => bright(1),
        Color::LightGreen => bright(2),
        Color::LightYellow => bright(3),
        Color::LightBlue => bright(4),
        Color::LightMagenta => bright(5),
        Color::LightCyan => bright(6),
        Color::White => bright(7),
        Color::Indexed(number) => format!("{};5;{number}", base + 8),
        Color::Rgb(red, green, blue) => format!("{};2;{red};{green};{blue}", base + 8),
    }
}

impl Backend for Screen {
    type Error = Infallible;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        for (x, y, cell) in content {
            self.write_cell(Position::new(x, y), cell);
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        if std::mem::take(&mut self.cursor_shown) {
            self.put(format_args!("\x1b[?25l"));
        }
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        if !std::mem::replace(&mut self.cursor_shown, true) {
            self.put(format_args!("\x1b[?25h"));
        }
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        // The terminal is never asked.
        Ok(self.at.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.move_to(position.into());
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        self.put(format_args!("\x1b[m\x1b[2J"));
        self.pen = PLAIN;
        Ok(())
    }

    fn clear_region(&mut self, region: ClearType) -> Result<(), Infallible> {
        let code = match region {
            ClearType::All => return self.clear(),
            ClearType::AfterCursor => "J",
            ClearType::BeforeCursor => "1J",
            ClearType::CurrentLine => "2K",
            ClearType::UntilNewLine => "K",
        };
        self.put(format_args!("\x1b[m\x1b[{code}"));
        self.pen = PLAIN;
        Ok(())
    }

    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize {
            columns_rows: self.size,
            pixels: Size::default(),
        })
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ratatui::Terminal;
    use ratatui::layout::Rect;
    use ratatui::style::Style;
    use ratatui::text::{Line, Span};

    use super::*;

    /// Draws lines one frame after the other and gives the bytes of the last one.
    fn draw(colours: bool, frames: &[Vec<Line<'static>>]) -> String {
        let mut terminal = Terminal::new(Screen::new(10, 3, colours)).unwrap();
        let mut last = String::new();
        for frame in frames {
            terminal
                .draw(|f| {
                    for (row, line) in frame.iter().enumerate() {
                        f.render_widget(line, Rect::new(0, row as u16, 10, 1));
                    }
                })
                .unwrap();
            last = String::from_utf8(terminal.backend().bytes().to_vec()).unwrap();
            terminal.backend_mut().sent();
        }
        last
    }

    #[test]
    fn only_what_changed_is_written_and_nothing_when_nothing_did() {
        let one = || vec![Line::from("one"), Line::from("two")];
        assert_eq!(draw(true, &[one(), one()]), "");
        let changed = vec![Line::from("one"), Line::from("twx")];
        assert_eq!(draw(true, &[one(), changed]), "\x1b[2;3Hx");
    }

    #[test]
    fn styles_are_told_once_and_colours_never_without_colour() {
        let styled = || {
            vec![Line::from(vec![
                Span::styled("ab", Style::new().red().bold()),
                Span::raw("c"),
            ])]
        };
        assert_eq!(draw(true, &[vec![], styled()]), "\x1b[1;1H\x1b[1;31mab\x1b[mc");
        assert_eq!(draw(false, &[vec![], styled()]), "\x1b[1;1H\x1b[1mab\x1b[mc");
    }

    #[test]
    fn the_cell_after_a_wide_or_joined_one_says_where_it_is() {
        let wide = vec![Line::from("東x"), Line::from("e\u{301}x")];
        assert_eq!(
            draw(true, &[vec![], wide]),
            "\x1b[1;1H東\x1b[1;3Hx\r\ne\u{301}\x1b[2;2Hx"
        );
    }

    #[test]
    fn a_control_character_in_a_cell_is_not_written() {
        let mut screen = Screen::new(10, 3, true);
        let mut cell = Cell::EMPTY;
        cell.set_symbol("\x1b[2J");
        screen.draw([(0, 0, &cell)].into_iter()).unwrap();
        assert_eq!(screen.bytes(), "\x1b[1;1H\u{FFFD}".as_bytes());
    }
}
