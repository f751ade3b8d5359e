//! Keys as the core knows them: `runtime` translates the terminal's own.

use std::fmt;
use std::str::FromStr;

/// Which key was pressed, without its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// A character, as typed (shift is in the character).
    Char(char),
    /// The enter key.
    Enter,
    /// The escape key.
    Esc,
    /// The tab key.
    Tab,
    /// Tab with shift.
    BackTab,
    /// Deletes to the left.
    Backspace,
    /// Deletes under the cursor.
    Delete,
    /// Cursor up.
    Up,
    /// Cursor down.
    Down,
    /// Cursor left.
    Left,
    /// Cursor right.
    Right,
    /// To the beginning.
    Home,
    /// To the end.
    End,
    /// One page up.
    PageUp,
    /// One page down.
    PageDown,
    /// A function key, `F1` is 1.
    Function(u8),
}

/// One press of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// Whether control was held.
    pub ctrl: bool,
    /// Whether alt (meta) was held.
    pub alt: bool,
}

impl Key {
    /// A key without control or alt.
    pub const fn plain(code: Code) -> Self {
        Self {
            code,
            ctrl: false,
            alt: false,
        }
    }

    /// The character that this key types, if it types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            Code::Char(character) if !self.ctrl && !self.alt => Some(character),
            _ => None,
        }
    }
}

/// The keys that have a name, by that name.
const NAMED: [(&str, Code); 16] = [
    ("enter", Code::Enter),
    ("esc", Code::Esc),
    ("tab", Code::Tab),
    ("shift-tab", Code::BackTab),
    ("backspace", Code::Backspace),
    ("delete", Code::Delete),
    ("up", Code::Up),
    ("down", Code::Down),
    ("left", Code::Left),
    ("right", Code::Right),
    ("home", Code::Home),
    ("end", Code::End),
    ("page-up", Code::PageUp),
    ("page-down", Code::PageDown),
    ("space", Code::Char(' ')),
    ("minus", Code::Char('-')),
];

/// With control these are, to a terminal, the keys of that name; ctrl-j is what it sends for enter at first.
const SAME: [(char, &str); 4] = [('j', "enter"), ('m', "enter"), ('i', "tab"), ('h', "backspace")];

impl FromStr for Key {
    type Err = String;

    /// Reads `j`, `G`, `ctrl-d`, `alt-x`, `enter`, `f5` …
    fn from_str(text: &str) -> Result<Self, String> {
        let (mut rest, mut key) = (text, Self::plain(Code::Esc));
        loop {
            match rest.split_once('-') {
                Some(("ctrl", more)) if !more.is_empty() => (key.ctrl, rest) = (true, more),
                Some(("alt", more)) if !more.is_empty() => (key.alt, rest) = (true, more),
                _ => break,
            }
        }
        key.code = code(rest).ok_or_else(|| format!("`{text}` is not a key"))?;
        match SAME
            .iter()
            .find(|(same, _)| key.ctrl && key.code == Code::Char(*same))
        {
            Some((_, name)) => Err(format!("a terminal sends `{text}` as {name}: write {name}")),
            None => Ok(key),
        }
    }
}

fn code(name: &str) -> Option<Code> {
    let named = NAMED
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, code)| *code);
    let mut characters = name.chars();
    let single = characters
        .next()
        .filter(|first| characters.next().is_none() && !first.is_control());
    let function = name
        .strip_prefix('f')
        .and_then(|number| number.parse::<u8>().ok());
    named.or(single.map(Code::Char)).or(function
        .filter(|number| (1..=24).contains(number))
        .map(Code::Function))
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("ctrl-")?;
        }
        if self.alt {
            f.write_str("alt-")?;
        }
        match (NAMED.iter().find(|(_, code)| *code == self.code), self.code) {
            // Shown as it is on the key; as `minus` it can be written too.
            (_, Code::Char('-')) => f.write_str("-"),
            (Some((name, _)), _) => f.write_str(name),
            (None, Code::Char(character)) => write!(f, "{character}"),
            (None, Code::Function(number)) => write!(f, "f{number}"),
            (None, other) => write!(f, "{other:?}"),
        }
    }
}
