//! Tables for people: aligned by the width of the screen's cells, and no wider than the terminal.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::shown;
use crate::domain::text::SafeText;
use crate::domain::wrap::wrapped;

/// Cells between two columns.
const GAP: usize = 2;
/// A column that gives way keeps so many cells.
const LEAST: usize = 12;
/// In a pipe, where nothing is cut, what stands behind a longer field of a column that could be is pushed on in its own line
/// alone.
const PADDED: usize = 40;
/// One of sentences keeps such a part of the terminal, as long as names can give way.
const PART_OF_SENTENCES: usize = 3;
/// What goes on under a row is indented by so many.
const UNDER: usize = 4;
/// So many lines at most of a field that is wrapped.
const MOST_LINES: usize = 20;

/// What a column does when there is no room for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Room {
    /// It stays as it is.
    Kept,
    /// Its words are cut, with `…` at the end.
    Cut,
    /// Its words go on in the next line. Only the last column can.
    Wrapped,
}

/// A column of a printed table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its title.
    pub title: &'static str,
    right: bool,
    room: Room,
}

impl Column {
    /// A column of words.
    pub const fn words(title: &'static str) -> Self {
        Self {
            title,
            right: false,
            room: Room::Kept,
        }
    }

    /// A column of numbers, aligned at the right.
    pub const fn number(title: &'static str) -> Self {
        Self {
            title,
            right: true,
            room: Room::Kept,
        }
    }

    /// A column of names, which gives way on a narrow terminal.
    pub const fn names(title: &'static str) -> Self {
        Self {
            title,
            right: false,
            room: Room::Cut,
        }
    }

    /// The last column, of sentences, which go on in the next line where the terminal ends.
    pub const fn sentences(title: &'static str) -> Self {
        Self {
            title,
            right: false,
            room: Room::Wrapped,
        }
    }
}

/// The titles as one more row.
pub fn titles(columns: &[Column]) -> Vec<String> {
    columns.iter().map(|column| column.title.to_owned()).collect()
}

/// The rows as lines, each row beginning with its first field; a row may take several lines.
pub fn aligned(columns: &[Column], rows: &[Vec<String>], width: Option<usize>) -> Vec<String> {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            row.iter()
                .take(columns.len())
                .map(|field| SafeText::line(field).to_string())
                .collect()
        })
        .collect();
    let widths = widths(columns, &rows, width);
    rows.iter()
        .flat_map(|row| lines_of(columns, row, &widths, width))
        .collect()
}

fn widths(columns: &[Column], rows: &[Vec<String>], width: Option<usize>) -> Vec<usize> {
    let natural = |index: usize| {
        let fields = rows.iter().filter_map(|row| row.get(index));
        fields.map(|field| field.width()).max().unwrap_or(0)
    };
    let mut widths: Vec<usize> = (0..columns.len()).map(natural).collect();
    let Some(width) = width else {
        for (own, column) in widths.iter_mut().zip(columns) {
            if column.room == Room::Cut {
                *own = (*own).min(PADDED);
            }
        }
        return widths;
    };
    let over = |widths: &[usize]| {
        let all = widths.iter().sum::<usize>() + GAP * columns.len().saturating_sub(1);
        all.saturating_sub(width)
    };
    // Sentences first, as they go on below; then names, each time of the widest column; then sentences once more.
    for (room, least) in [
        (Room::Wrapped, LEAST.max(width / PART_OF_SENTENCES)),
        (Room::Cut, LEAST),
        (Room::Wrapped, LEAST),
    ] {
        while over(&widths) > 0 {
            let those = widths.iter_mut().zip(columns);
            let widest = those
                .filter(|(own, column)| column.room == room && **own > least)
                .max_by_key(|(own, _)| **own);
            match widest {
                Some((own, _)) => *own -= 1,
                None => break,
            }
        }
    }
    widths
}

fn lines_of(columns: &[Column], row: &[String], widths: &[usize], all: Option<usize>) -> Vec<String> {
    let mut line = String::new();
    let mut more = Vec::new();
    for ((field, column), width) in row.iter().zip(columns).zip(widths) {
        let field = match column.room {
            // A link that is broken leads nowhere: it stands below.
            Room::Wrapped if field.split_whitespace().any(|word| word.width() > *width) => {
                more = under(field, all.unwrap_or(usize::MAX));
                String::new()
            }
            Room::Wrapped => {
                let cells = u16::try_from(*width).unwrap_or(u16::MAX);
                let mut parts = wrapped(field, cells, MOST_LINES).into_iter();
                let first = parts.next().unwrap_or_default();
                let before = " ".repeat(line.width());
                more = parts.map(|part| format!("{before}{part}")).collect();
                first
            }
            Room::Cut if all.is_some() => cut(field, *width),
            Room::Cut | Room::Kept => field.clone(),
        };
        let padding = " ".repeat(width.saturating_sub(field.width()));
        let (left, right) = if column.right {
            (padding.as_str(), "")
        } else {
            ("", padding.as_str())
        };
        line.extend([left, field.as_str(), right, "  "]);
    }
    let mut lines = vec![line.trim_end().to_owned()];
    lines.append(&mut more);
    lines
}

/// A text in lines of its own below the row; no word is broken.
fn under(text: &str, all: usize) -> Vec<String> {
    let indent = " ".repeat(UNDER);
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= all => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("{indent}{word}")),
        }
    }
    lines
}

/// As much of a text as fits, and `…` where something is left out.
fn cut(text: &str, cells: usize) -> String {
    if text.width() <= cells {
        return text.to_owned();
    }
    let mut short = String::new();
    for grapheme in text.graphemes(true) {
        if short.width() + grapheme.width() + 1 > cells {
            break;
        }
        short.push_str(grapheme);
    }
    short.push_str(&shown("…"));
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 3] = [
        Column::names("NAME"),
        Column::number("ARR"),
        Column::sentences("WHY"),
    ];

    fn row(name: &str, arr: &str, why: &str) -> Vec<String> {
        [name, arr, why].map(str::to_owned).to_vec()
    }

    #[test]
    fn a_table_is_aligned_by_width_not_by_characters() {
        let rows = [titles(&COLUMNS), row("東京", "5", "x"), row("Acorn", "1200", "y")];
        assert_eq!(
            aligned(&COLUMNS, &rows, None),
            ["NAME    ARR  WHY", "東京      5  x", "Acorn  1200  y"]
        );
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_and_nothing_of_a_sentence_is_lost() {
        let rows = [row(
            "Juniper Freight and Sons of Rotterdam",
            "84",
            "usage fell by half in a month",
        )];
        let lines = aligned(&COLUMNS, &rows, Some(34));
        assert!(lines.iter().all(|line| line.width() <= 34), "{lines:#?}");
        assert!(lines[0].starts_with("Juniper Freight…"), "{lines:#?}");
        let words: Vec<&str> = lines.iter().flat_map(|line| line.split_whitespace()).collect();
        assert!(
            words.join(" ").ends_with("usage fell by half in a month"),
            "{lines:#?}"
        );
        assert!(lines[1..].iter().all(|line| line.starts_with("          ")));
    }

    #[test]
    fn in_a_pipe_nothing_is_cut_and_one_long_field_fills_no_other_line() {
        let long = "x".repeat(2_000);
        let lines = aligned(
            &COLUMNS,
            &[row(&long, "84", "why"), row("Acorn", "12", "y")],
            None,
        );
        assert!(lines[0].starts_with(&long) && lines[0].ends_with("84  why"));
        assert_eq!(lines[1].len(), PADDED + 2 + 2 + 2 + 1, "{lines:?}");
    }

    #[test]
    fn a_link_is_never_broken_and_all_names_give_way() {
        let link = "https://app.crm.example/contacts/4711/record/0-46/300123456";
        let rows = [row("Juniper Freight", "84", link)];
        let lines = aligned(&COLUMNS, &rows, Some(60));
        assert!(lines[1].trim() == link, "{lines:#?}");
        let two = [Column::names("FROM"), Column::names("TO"), Column::words("BY")];
        let rows = [row(
            "Mara Lindt, customer success",
            "Priya Nair, account executive",
            "2026-12-01",
        )];
        let lines = aligned(&two, &rows, Some(60));
        assert!(lines[0].width() <= 60, "{lines:#?}");
        assert!(lines[0].ends_with("2026-12-01"), "{lines:#?}");
    }

    #[test]
    fn text_from_outside_prints_nothing_but_itself() {
        let rows = [row("\u{1b}[2Jx\ty", "\u{202e}", "\u{7}")];
        let text = aligned(&COLUMNS, &rows, Some(40)).concat();
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}', '\t']), "{text:?}");
    }
}
