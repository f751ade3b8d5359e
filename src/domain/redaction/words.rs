//! Texts that the program put together: its own words stay, what it put in of the CRM's goes.

use std::collections::BTreeSet;

use super::{MASKED, Mask};

/// A name's word of so many letters is not shown either where the name is known.
const TELLING: usize = 3;
/// More digits than this could be an amount, or a number of the CRM's.
const MOST_DIGITS: usize = 4;
/// What stands before an amount.
const SIGNS: [char; 4] = ['$', '€', '£', '¥'];
/// What a number may count, written right behind it: days, hours, seconds.
const UNITS: [&str; 3] = ["d", "h", "s"];

/// Names, each with its pseudonym.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    names: Vec<(String, String)>,
    /// The words of those names, lower case.
    telling: BTreeSet<String>,
}

impl Names {
    /// One more.
    pub fn add(&mut self, name: &str, pseudonym: String) {
        let words = name.split(|letter: char| !letter.is_alphanumeric());
        let words = words.filter(|word| word.chars().count() >= TELLING);
        self.telling.extend(words.map(str::to_lowercase));
        if name.chars().any(char::is_alphanumeric) {
            self.names.push((name.to_owned(), pseudonym));
        }
    }
}

/// What is known to stand in texts around something: our names, and those of whom it is about.
#[derive(Debug, Clone)]
pub struct Around<'m> {
    mask: &'m Mask,
    known: Names,
}

impl<'m> Around<'m> {
    pub(super) fn of(mask: &'m Mask) -> Self {
        Self {
            mask,
            known: Names::default(),
        }
    }

    /// The same beside one more name.
    #[must_use]
    pub fn name(mut self, name: &str, pseudonym: String) -> Self {
        self.known.add(name, pseudonym);
        self
    }

    /// A text of the program's own: names that are known become their pseudonyms, of the rest only its own words, numbers of
    /// few digits, days and times stay.
    pub fn words(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let (mut raw, mut at) = (0, 0);
        while at < text.len() {
            if let Some((length, pseudonym)) = self.name_at(text, at) {
                self.own(&text[raw..at], &mut out);
                out.push_str(pseudonym);
                at += length;
                raw = at;
            } else {
                at += text[at..].chars().next().map_or(1, char::len_utf8);
            }
        }
        self.own(&text[raw..], &mut out);
        out
    }

    /// The longest name that stands here, from one bound of a word to another: its bytes, and its pseudonym.
    fn name_at(&self, text: &str, at: usize) -> Option<(usize, &str)> {
        let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        if is_letter(text[..at].chars().next_back()) {
            return None;
        }
        let here = &text[at..];
        let names = self.known.names.iter().chain(&self.mask.us.names);
        let found = names.filter_map(|(name, pseudonym)| {
            let length = same(here, name)?;
            (!is_letter(here[length..].chars().next())).then_some((length, pseudonym.as_str()))
        });
        found.max_by_key(|(length, _)| *length)
    }

    /// What stays of a text in which no known name stands.
    fn own(&self, text: &str, out: &mut String) {
        let (mut after_masked, mut after_number) = (false, false);
        for piece in text.split_inclusive(char::is_whitespace) {
            let word = piece.trim_end();
            let core =
                word.trim_matches(|letter: char| !letter.is_alphanumeric() && !SIGNS.contains(&letter));
            if core.is_empty() {
                after_masked &= word.is_empty();
                after_number &= word.is_empty();
                out.push_str(piece);
                continue;
            }
            let begins = word.find(core).unwrap_or(0);
            let (before, behind) = (&word[..begins], &word[begins + core.len()..]);
            // Behind a word that is hidden, or another number, it may be an amount or a telephone's.
            let continues = is_number(core) && (after_masked || after_number);
            if self.stays(core) && !continues {
                out.push_str(piece);
                after_masked = false;
                after_number = is_number(core) && behind.is_empty();
                continue;
            }
            if after_masked && out.trim_end().ends_with(MASKED) {
                // Several words in a row are hidden once: how many they are tells of a name, too.
                out.truncate(out.trim_end().len());
            } else {
                out.push_str(before);
                out.push_str(MASKED);
            }
            out.push_str(behind);
            out.push_str(&piece[word.len()..]);
            after_masked = behind.is_empty();
            after_number = false;
        }
    }

    fn stays(&self, core: &str) -> bool {
        if core.contains(['@', '$', '€', '£', '¥']) {
            return false;
        }
        if !core.contains(char::is_alphabetic) {
            return is_number(core);
        }
        core.split(|letter: char| !letter.is_alphanumeric())
            .filter(|part| !part.is_empty())
            .all(|part| self.part_stays(part))
    }

    fn part_stays(&self, part: &str) -> bool {
        let lower = part.to_lowercase();
        if self.known.telling.contains(&lower) || self.mask.us.telling.contains(&lower) {
            return false;
        }
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        match (digits, &part[digits..]) {
            (0, word) => self.mask.is_own(word),
            (..=MOST_DIGITS, "") => true,
            (..=MOST_DIGITS, unit) => UNITS.contains(&unit),
            _ => false,
        }
    }
}

/// A number of few digits, with a point; a part of a whole; a time; a day of the calendar.
fn is_number(core: &str) -> bool {
    let is_plain = core
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b':' | b'-' | b'/'));
    let digits = core.bytes().filter(u8::is_ascii_digit).count();
    is_plain && (digits <= MOST_DIGITS || core.parse::<jiff::civil::Date>().is_ok())
}

/// How many bytes of a text say the same as a name, whatever their case; `None` where it says something else.
fn same(text: &str, name: &str) -> Option<usize> {
    let mut letters = text.char_indices();
    for wanted in name.chars() {
        let (_, letter) = letters.next()?;
        if letter != wanted && !letter.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    Some(text.len() - letters.as_str().len())
}
