//! The cells of a terminal, as plain values.

use std::fmt::Write;

/// One cell with its looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// What stands in it; empty in the second half of a wide character.
    pub text: String,
    /// Columns that it takes.
    pub width: u16,
    pub look: Look,
}

/// How a cell looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub front: vt100::Color,
    pub back: vt100::Color,
    pub bold: bool,
    pub dim: bool,
    pub underline: bool,
    pub inverse: bool,
}

/// A whole screen.
pub struct Cells {
    pub columns: u16,
    pub rows: Vec<Vec<Cell>>,
}

impl Cells {
    /// The cells of a screen.
    pub fn of(screen: &vt100::Screen) -> Self {
        let (rows, columns) = screen.size();
        let cell = |row, column| {
            let cell = screen.cell(row, column).unwrap();
            let text = if cell.has_contents() || cell.is_wide_continuation() {
                cell.contents()
            } else {
                " "
            };
            Cell {
                text: text.to_owned(),
                width: if cell.is_wide() {
                    2
                } else {
                    u16::from(!cell.is_wide_continuation())
                },
                look: Look {
                    front: cell.fgcolor(),
                    back: cell.bgcolor(),
                    bold: cell.bold(),
                    dim: cell.dim(),
                    underline: cell.underline(),
                    inverse: cell.inverse(),
                },
            }
        };
        let row = |row| (0..columns.get()).map(|column| cell(row, column)).collect();
        Self {
            columns: columns.get(),
            rows: (0..rows.get()).map(row).collect(),
        }
    }

    /// The text, and under it for each line the places where the looks change.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for row in &self.rows {
            let line: String = row.iter().map(|cell| cell.text.as_str()).collect();
            writeln!(text, "{}", line.trim_end()).unwrap();
        }
        text.push_str("\nlooks:\n");
        for (number, row) in self.rows.iter().enumerate() {
            let mut before = None;
            write!(text, "{:>3}", number + 1).unwrap();
            for (column, cell) in row.iter().enumerate() {
                if before != Some(cell.look) {
                    write!(text, " {column}:{}", word(cell.look)).unwrap();
                    before = Some(cell.look);
                }
            }
            text.push('\n');
        }
        text
    }
}

/// A look in a few letters: `-` is plain, `b` bold, `d` dim, `c6` the sixth colour.
fn word(look: Look) -> String {
    let mut word = String::new();
    for (is, letter) in [
        (look.bold, 'b'),
        (look.dim, 'd'),
        (look.underline, 'u'),
        (look.inverse, 'i'),
    ] {
        word.extend(is.then_some(letter));
    }
    for (colour, letter) in [(look.front, 'c'), (look.back, 'k')] {
        match colour {
            vt100::Color::Default => {}
            vt100::Color::Idx(index) => write!(word, "{letter}{index}").unwrap(),
            vt100::Color::Rgb(r, g, b) => write!(word, "{letter}{r:02x}{g:02x}{b:02x}").unwrap(),
        }
    }
    if word.is_empty() { "-".to_owned() } else { word }
}
