//! What is wrong in a text that is not TOML, in one sentence, and how it is written instead.
//!
//! The parser says what it expected; here stands what a person who wrote the line did.

use std::ops::Range;

use super::diagnostic::without_secrets;

/// A slip: where it is, what is wrong, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// Byte offset in the text.
    pub offset: usize,
    /// One sentence without a full stop.
    pub message: String,
    /// What to write instead.
    pub hint: String,
}

/// What a line may be, where nothing better can be said.
const LINES: &str = "a line is a `[section]`, `key = value`, or begins with #";
/// How values are written.
const VALUES: &str = "a value is a text in quotes, a number, true or false, or a list in [ ]";

/// The slips behind what the parser complains of, from the top: one for each line, and none that follows from another.
pub fn slips<'a>(text: &str, complaints: impl Iterator<Item = (&'a str, Range<usize>)>) -> Vec<Slip> {
    let mut complaints: Vec<_> = complaints.collect();
    if !complaints.is_empty() && !text.contains(['=', '[']) {
        // It may be any other file, one with a token too: nothing of it is said again.
        return vec![at(0, "this is no TOML", LINES)];
    }
    complaints.sort_by_key(|(_, span)| span.start);
    let mut slips: Vec<Slip> = Vec::new();
    let mut last_line = None;
    for (complaint, span) in complaints {
        let what = complaint.split(", expected").next().unwrap_or_default();
        let place = Spot::of(text, span);
        if last_line == Some(place.begin) {
            continue;
        }
        last_line = Some(place.begin);
        let Slip {
            offset,
            message,
            hint,
        } = place.slip(what);
        slips.push(at(offset, without_secrets(&message), without_secrets(&hint)));
        // Whatever is open swallows the lines after it.
        if is_open(what) {
            break;
        }
    }
    slips
}

fn is_open(what: &str) -> bool {
    ["array", "inline table", "multi-line", "key-value pairs"]
        .iter()
        .any(|word| what.contains(word))
        && !what.contains("array table")
}

/// A complaint's place in the text.
struct Spot<'a> {
    text: &'a str,
    /// Where its line begins.
    begin: usize,
    line: &'a str,
    /// What the parser points at; may be empty.
    token: &'a str,
    offset: usize,
}

impl<'a> Spot<'a> {
    fn of(text: &'a str, span: Range<usize>) -> Self {
        let offset = floor(text, span.start);
        let end = floor(text, span.end).max(offset);
        let begin = text[..offset].rfind('\n').map_or(0, |at| at + 1);
        let line = text[begin..].lines().next().unwrap_or_default();
        Self {
            text,
            begin,
            line,
            token: text[offset..end].trim(),
            offset,
        }
    }

    /// What stands before and after the place in its line.
    fn around(&self) -> (&'a str, &'a str) {
        let at = (self.offset - self.begin).min(self.line.len());
        (self.line[..at].trim(), self.line[at..].trim())
    }

    /// Key and value of the line, as far as it has them.
    fn parts(&self) -> (&'a str, &'a str) {
        let (key, value) = self.line.split_once('=').unwrap_or((self.line, ""));
        (key.trim(), value.split(" #").next().unwrap_or_default().trim())
    }

    fn here(&self, message: impl Into<String>, hint: impl Into<String>) -> Slip {
        at(self.offset, message, hint)
    }

    fn slip(&self, what: &str) -> Slip {
        match what {
            "unclosed table" | "unclosed array table" => self.section(),
            "key with no value" | "invalid unquoted key" | "invalid key-value pair" => self.key(),
            "unquoted keys cannot be empty" if self.line.trim().starts_with('[') => {
                self.here("this section has no name", "write `[name]`")
            }
            "unquoted keys cannot be empty" => self.here("a key is missing before `=`", LINES),
            "duplicate key" => self.twice(),
            "extra `=`" => self.here("there is one `=` too many", "write `key = value`"),
            "unexpected key or value" => self.goes_on(),
            "missing opening quote" => self.here(
                "the quote at the beginning of this text is missing",
                format!("write \"{}\"", self.parts().1.trim_matches('"')),
            ),
            "missing escaped value" | "invalid escape sequence" => self.here(
                format!(
                    "`\\{}` means nothing in a text",
                    self.around().1.chars().next().unwrap_or(' ')
                ),
                "write \\\\ for a backslash, or put the text between single quotes: '…'",
            ),
            "invalid basic string" | "invalid literal string" => {
                let quote = if what.contains("basic") { '"' } else { '\'' };
                self.here(
                    "the quote of this text is not closed",
                    format!("end it with {quote} on the same line"),
                )
            }
            _ if what.contains("multi-line") => {
                let from = self.text[..self.offset].rfind("\"\"\"").unwrap_or(self.offset);
                at(
                    from,
                    "this text of several lines is not closed",
                    "end it with the same three quotes",
                )
            }
            _ if what.contains("inline table") || what.contains("key-value pairs") => self.table(),
            _ if what.contains("array") => self.list(what),
            _ => self.value(what),
        }
    }

    /// `[sync`, `[a b]`
    fn section(&self) -> Slip {
        let written = self.line.trim();
        let name = written.trim_matches(['[', ']', ' ']);
        if written.ends_with(']') && name.contains(' ') {
            let hint = format!("a name with spaces stands in quotes: [\"{name}\"]");
            return self.here(format!("`{name}` is no name of a section"), hint);
        }
        let hint = if written.starts_with("[[") {
            format!("write `[[{name}]]`")
        } else {
            format!("write `[{name}]`")
        };
        self.here("the bracket of this section is not closed", hint)
    }

    /// A line that does not begin with `key =`.
    fn key(&self) -> Slip {
        let line = self.line.trim();
        if line.starts_with(';') || line.starts_with("//") {
            return at(self.begin, "this is no comment", "a comment begins with #");
        }
        if ["<<<<<<<", "=======", ">>>>>>>"]
            .iter()
            .any(|mark| line.starts_with(mark))
        {
            let hint = "choose one side and take the marks out";
            return at(self.begin, "this is the mark of an unfinished merge", hint);
        }
        if let Some((key, value)) = line.split_once(':')
            && !key.is_empty()
            && !key.contains(['=', '"', '{'])
        {
            let value = if value.trim().is_empty() {
                "…"
            } else {
                value.trim()
            };
            let hint = format!("write `{} = {value}`", key.trim());
            return self.here("`:` stands where `=` belongs", hint);
        }
        let (before, after) = match line.split_once(char::is_whitespace) {
            Some((key, rest)) if !rest.trim_start().starts_with('=') => (key, rest.trim()),
            _ => self.around(),
        };
        match (before, after) {
            (key, _) if !self.token.is_ascii() || key.is_empty() => {
                let hint = "a key is letters a to z, digits, - and _; any other stands in quotes";
                match self.token {
                    "" => self.here("this line cannot be read", LINES),
                    token => self.here(format!("`{token}` is no key"), hint),
                }
            }
            (key, "") => self.here(
                format!("`{key}` has no value"),
                format!("write `{key} = …`; {VALUES}"),
            ),
            (key, value) if value.contains('=') => self.here(
                format!(
                    "`{key} {}` is no key",
                    value.split('=').next().unwrap_or_default().trim()
                ),
                "a key has no spaces, or stands in quotes",
            ),
            (key, value) => self.here(
                format!("`=` is missing after `{key}`"),
                format!("write `{key} = {value}`"),
            ),
        }
    }

    fn twice(&self) -> Slip {
        let line = self.line.trim();
        let is_section = line.starts_with('[');
        let name = if is_section { line } else { self.token };
        let same = |other: &&str| {
            let other = other.trim();
            if is_section {
                other == name
            } else {
                other
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.trim_start().starts_with('='))
            }
        };
        let before = self.text[..self.begin].lines().collect::<Vec<_>>();
        let first = before.iter().rposition(same).map(|at| at + 1);
        match (is_section, first) {
            (true, Some(first)) => at(
                self.begin,
                format!("the section `{name}` stands twice"),
                format!("put its lines under the one in line {first}"),
            ),
            (false, Some(first)) => self.here(
                format!("`{name}` is set twice"),
                format!("take one of the two out; the other one is in line {first}"),
            ),
            _ => self.here(
                format!(
                    "`{}` is set twice, once as a value and once as a section",
                    self.token
                ),
                "take one of the two out",
            ),
        }
    }

    /// Something stands after the value.
    fn goes_on(&self) -> Slip {
        let (before, after) = self.around();
        if before.starts_with('[') {
            let name = before.trim_matches(['[', ']', ' ']);
            let hint =
                format!("write `[{name}]`, or `[[{name}]]` for one of a list; what follows on the next line");
            return self.here("this line goes on after the name of its section", hint);
        }
        if after.starts_with(',') && before.ends_with(|last: char| last.is_ascii_digit()) {
            return self.here(
                "a number has no commas",
                format!("write {}", self.parts().1.replace(',', "")),
            );
        }
        if before.ends_with('"') && after.contains('"') {
            let hint = "within double quotes write single ones: \"metric('seats') < 3\"";
            return self.here("a quote within the text ends it here", hint);
        }
        let hint = "one `key = value` to a line; a comment begins with #";
        self.here("this line goes on after its value", hint)
    }

    fn table(&self) -> Slip {
        let (_, after) = self.around();
        let open = self.text[..self.offset].rfind('{').unwrap_or(self.offset);
        if after.is_empty() || self.text[open..self.offset].contains('\n') {
            return at(open, "this brace is not closed", "end it with } on the same line");
        }
        let hint = "write `{ one = 1, two = 2 }`";
        at(open, "what stands in these braces cannot be read", hint)
    }

    fn list(&self, what: &str) -> Slip {
        let (_, after) = self.around();
        // The bracket that the next line should have brought.
        let open = || {
            let before = &self.text[..self.offset];
            let mut assigned = before
                .match_indices('[')
                .filter(|(at, _)| before[..*at].trim_end().ends_with('='));
            assigned.next_back().map_or(self.offset, |(at, _)| at)
        };
        match what {
            "extra comma in array" => {
                self.here("there is a comma too many in this list", "write [\"a\", \"b\"]")
            }
            // A line of its own that assigns something is no element.
            "missing comma between array elements" if !after.is_empty() && !after.contains('=') => {
                self.here("a comma is missing in this list", "write [\"a\", \"b\"]")
            }
            _ => at(
                open(),
                "the bracket of this list is not closed",
                "end the list with ]",
            ),
        }
    }

    /// A value that is none.
    fn value(&self, what: &str) -> Slip {
        let (key, whole) = self.parts();
        let value = if self.token.is_empty() { whole } else { self.token };
        let value = if what == "string values must be quoted" {
            value
        } else {
            whole
        };
        let digits = value.bytes().filter(u8::is_ascii_digit).count();
        let is_date = digits >= 6 && value.starts_with(|first: char| first.is_ascii_digit());
        match value {
            "" => self.here(format!("`{key}` has no value"), VALUES),
            "yes" | "on" | "True" | "TRUE" | "Yes" | "On" => {
                self.here(format!("`{value}` is no value"), "write true")
            }
            "no" | "off" | "False" | "FALSE" | "No" | "Off" => {
                self.here(format!("`{value}` is no value"), "write false")
            }
            _ if value.starts_with(['“', '”', '„', '‘', '«']) => {
                let inner = value.trim_matches(|one: char| !one.is_alphanumeric());
                self.here("these quotes are not straight", format!("write \"{inner}\""))
            }
            _ if value.starts_with('(') => {
                self.here(format!("`{value}` is no value"), "a list stands in [ ]")
            }
            _ if is_date && value.contains(['-', '/', '.', ':']) && !value.contains(',') => self.here(
                format!("`{value}` is no date"),
                "a day is written 2026-11-23, a moment 2026-11-23T08:50:00Z",
            ),
            _ if what == "string values must be quoted" => self.here(
                format!("`{value}` is neither a number nor a text in quotes"),
                format!("write \"{value}\" if it is a text"),
            ),
            _ => self.here(
                format!("`{value}` is no number"),
                "a number is digits, with a point for decimals: 7, 0.5, 1000",
            ),
        }
    }
}

fn at(offset: usize, message: impl Into<String>, hint: impl Into<String>) -> Slip {
    Slip {
        offset,
        message: message.into(),
        hint: hint.into(),
    }
}

/// The last boundary of a character at or before a place.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
#[path = "slip_tests.rs"]
mod tests;
