//! Text from outside that can print nothing but itself.

use unicode_segmentation::UnicodeSegmentation;

use super::record::Core;

/// Most code points that one grapheme may have on the screen.
const MOST_CODE_POINTS: usize = 8;
/// Most bytes that one grapheme may have on the screen.
const MOST_BYTES: usize = 32;

/// Text that is safe to show: the sanitiser is its only constructor.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SafeText(Box<str>);

impl SafeText {
    /// One line of text: controls and line breaks, bidi overrides, invisible and private characters
    /// become `\u{FFFD}` (line breaks and tabs become a space), over-long graphemes are cut.
    pub fn line(raw: &str) -> Self {
        if raw.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return Self(raw.into());
        }
        Self(
            raw.graphemes(true)
                .fold(String::with_capacity(raw.len()), push_safe)
                .into(),
        )
    }

    /// The safe text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for SafeText {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for SafeText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What stands where a person's name or address was erased.
pub const ERASED: &str = "(erased)";

/// Whether two texts say the same words, whatever white space is between these: what was erased from one may be any words of
/// the other.
pub fn is_same(one: &str, other: &str) -> bool {
    let drawn = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (one, other) = (drawn(one), drawn(other));
    one == other || fits(&one, &other) || fits(&other, &one)
}

/// Whether a text still says what is kept here of it, from which something may have been erased since. The text is another
/// one's: what looks erased there is as it is written.
pub fn still_says(kept: &str, text: &str) -> bool {
    let drawn = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (kept, text) = (drawn(kept), drawn(text));
    kept == text || fits(&kept, &text)
}

/// Whether a text says what another one said before something was erased from that, of which any words must be left.
fn fits(erased: &str, text: &str) -> bool {
    if !erased.replace(ERASED, "").contains(char::is_alphanumeric) {
        return false;
    }
    let mut parts = erased.split(ERASED);
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// A text that the CRM means to be one line, such as a name, as one line: whoever prints it among lines of our own must
/// not let it make some. Everything else in it stays raw.
pub fn one_line(raw: &str) -> String {
    let is_break = |c: char| {
        matches!(
            c,
            '\n' | '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    raw.replace("\r\n", " ").replace(is_break, " ")
}

/// A text as it is written to the CRM: without what could move the cursor, hide or reorder what others read there.
/// Line breaks, tabs, joiners and marks of direction stay.
pub fn writable(raw: &str) -> String {
    let is_kept = |c: &char| match c {
        '\n' | '\t' => true,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => false,
        other => !other.is_control(),
    };
    raw.replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(is_kept)
        .collect()
}

/// The same of a field of ours; a subject is one line.
pub fn written(field: Core, raw: &str) -> String {
    match field {
        Core::Subject => one_line(&writable(raw)),
        _ => writable(raw),
    }
}

fn push_safe(mut out: String, grapheme: &str) -> String {
    if matches!(grapheme, "\n" | "\r\n" | "\t" | "\r") {
        out.push(' ');
        return out;
    }
    let start = out.len();
    for (count, character) in grapheme.chars().enumerate() {
        if count == MOST_CODE_POINTS || out.len() - start + character.len_utf8() > MOST_BYTES {
            break;
        }
        out.push(if is_hostile(character, grapheme) {
            '\u{FFFD}'
        } else {
            character
        });
    }
    out
}

/// Whether a character could move the cursor, hide, reorder or imitate text.
fn is_hostile(character: char, grapheme: &str) -> bool {
    match character {
        // A joiner inside an emoji or an Indic or Arabic cluster is part of the letter.
        '\u{200C}' | '\u{200D}' | '\u{FE0E}' | '\u{FE0F}' => grapheme.chars().count() == 1,
        '\u{00AD}'
        | '\u{034F}'
        | '\u{061C}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180E}'
        | '\u{200B}'
        | '\u{200E}'
        | '\u{200F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{3164}'
        | '\u{FEFF}'
        | '\u{FFA0}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E000}'..='\u{F8FF}'
        | '\u{E0000}'..='\u{E0FFF}'
        | '\u{F0000}'..='\u{10FFFF}' => true,
        other => other.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_same, still_says};

    #[test]
    fn who_writes_that_something_was_erased_conceals_nothing() {
        assert!(
            still_says("(erased) calls", "Jan Ek calls"),
            "erased from what is kept"
        );
        assert!(!still_says("Told us: no rollout", "Told us: (erased)"));
        assert!(!is_same("(erased)", "Mara calls by 16:00") && is_same("(erased)", "(erased)"));
    }

    #[test]
    fn texts_say_the_same_whatever_white_space_is_between_the_words_and_whoever_was_erased() {
        for (one, other) in [
            ("Jan calls", " Jan\n calls "),
            ("(erased) calls", "Jan Ek calls"),
            ("Ask (erased), then (erased)", "Ask Jan Ek, then Ida"),
            ("", " "),
        ] {
            assert!(is_same(one, other) && is_same(other, one), "{one} / {other}");
        }
        for (one, other) in [
            ("Jan calls", "Jan calls twice"),
            ("Jan calls", "jan calls"),
            ("(erased) calls", "Jan Ek writes"),
            ("Ask (erased) at once", "Ask"),
            ("Jan", ""),
        ] {
            assert!(!is_same(one, other) && !is_same(other, one), "{one} / {other}");
        }
    }
}
