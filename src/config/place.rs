//! Where a value of the configuration was written: the text, and line and column in it.

use std::sync::Arc;

use super::diagnostic::Diagnostic;
use super::tree::Layer;

/// A text that values are read from.
#[derive(Debug)]
pub struct Source {
    /// The layer.
    pub layer: Layer,
    /// Path of the file, or name of the variable or flag.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// Where each of its lines begins, as byte offsets: the line of every key is asked for.
    lines: Vec<usize>,
}

impl Source {
    /// A text of a layer, read from the file, variable or flag of this name.
    pub fn new(layer: Layer, name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let ends = text.match_indices('\n').map(|(end, _)| end + 1);
        let lines = std::iter::once(0).chain(ends).collect();
        Self {
            layer,
            name: name.into(),
            text,
            lines,
        }
    }
}

/// Where a value was written.
#[derive(Debug, Clone)]
pub struct Place {
    /// The text.
    pub source: Arc<Source>,
    /// Byte offset in it.
    pub offset: usize,
}

impl Place {
    /// Line and column, both counted from 1.
    pub fn line_and_column(&self) -> (u32, u32) {
        let Source { text, lines, .. } = &*self.source;
        let line = lines.partition_point(|begin| *begin <= self.offset);
        let begin = lines[line.saturating_sub(1)];
        let before = text.get(begin..self.offset).unwrap_or_default();
        (line as u32, before.chars().count() as u32 + 1)
    }

    /// The place of a character within the text in quotes that stands here, counted from 1 as its reader sees it.
    #[must_use]
    pub fn inside(&self, column: usize) -> Self {
        let written = self.source.text.get(self.offset..).unwrap_or_default();
        let raw = written.starts_with('\'');
        let quotes = if written.starts_with("\"\"\"") || written.starts_with("'''") {
            3
        } else {
            1
        };
        let mut rest = written.get(quotes..).unwrap_or_default();
        if quotes == 3 {
            // A line's end right behind the quotes is no part of the text.
            rest = rest
                .strip_prefix("\r\n")
                .or_else(|| rest.strip_prefix('\n'))
                .unwrap_or(rest);
        }
        for _ in 1..column {
            rest = match rest.strip_prefix('\\').filter(|_| !raw) {
                Some(escaped) => behind_escape(escaped),
                None => rest
                    .get(rest.chars().next().map_or(0, char::len_utf8)..)
                    .unwrap_or_default(),
            };
        }
        Self {
            source: Arc::clone(&self.source),
            offset: self.offset + written.len() - rest.len(),
        }
    }

    /// A complaint about this place.
    pub fn diagnostic(&self, message: impl Into<String>, hint: Option<String>) -> Diagnostic {
        let (line, column) = self.line_and_column();
        Diagnostic {
            file: self.source.name.clone(),
            line,
            column,
            message: message.into(),
            hint,
        }
    }
}

/// What stands behind an escape whose backslash was read: `n`, `u00e9`, or a line's end with what is blank after it.
fn behind_escape(escaped: &str) -> &str {
    let length = match escaped.chars().next() {
        Some('x') => 3,
        Some('u') => 5,
        Some('U') => 9,
        Some(blank) if blank.is_whitespace() => {
            // It stands for nothing: the next character is the one that counts.
            let behind = escaped.trim_start();
            return behind
                .get(behind.chars().next().map_or(0, char::len_utf8)..)
                .unwrap_or_default();
        }
        Some(other) => other.len_utf8(),
        None => 0,
    };
    escaped.get(length..).unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_place_tells_the_line_and_the_column_as_its_reader_counts_them() {
        let text = "a = 1\n\nß = \"✓\"\nend";
        let source = Arc::new(Source::new(Layer::User, "f", text));
        let at = |offset| {
            let source = Arc::clone(&source);
            Place { source, offset }.line_and_column()
        };
        let of = |part: &str| at(text.find(part).unwrap());
        assert_eq!((at(0), of("1")), ((1, 1), (1, 5)));
        assert_eq!((of("\n"), of("\n\n")), ((1, 6), (1, 6)));
        assert_eq!((of("ß"), of("✓"), of("end")), ((3, 1), (3, 6), (4, 1)));
        assert_eq!(at(text.len()), (4, 4));
    }
}
