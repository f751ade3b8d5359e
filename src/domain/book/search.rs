//! The filter: words in any order, or with `~` fuzzy.

use memchr::memmem::Finder;
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::Book;

/// Below this share of the book (one in …) the former hits are searched one by one, else everything at once.
const FEW: usize = 8;

/// What a person typed into the filter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    words: Vec<String>,
    fuzzy: bool,
}

impl Query {
    /// Reads a filter: words in any order; after `~` letters in order with gaps.
    pub fn parse(text: &str) -> Self {
        let text = text.trim_start();
        let (fuzzy, rest) = text.strip_prefix('~').map_or((false, text), |rest| (true, rest));
        let words = rest.split_whitespace().map(str::to_lowercase).collect();
        Self { words, fuzzy }
    }

    /// Whether every account matches.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether hits are ranked by how well they match.
    pub fn is_fuzzy(&self) -> bool {
        self.fuzzy && !self.is_empty()
    }

    /// The query as the bit of a letter, when it is a single plain one: the first that is typed has the most
    /// hits, so it must not need a look into each text.
    fn letter(&self) -> Option<u64> {
        match self.words.as_slice() {
            [word] if word.len() == 1 => Some(letters_of(word)).filter(|letter| *letter != 0),
            _ => None,
        }
    }

    /// Whether all hits of this query are hits of `wider` too, so that only those need a look.
    pub fn narrows(&self, wider: &Self) -> bool {
        self.fuzzy == wider.fuzzy
            && self.words.len() >= wider.words.len()
            && wider
                .words
                .iter()
                .zip(&self.words)
                .all(|(old, new)| new.starts_with(old.as_str()))
    }
}

/// A query that is held against one text after the other.
pub struct Sieve<'q> {
    words: Vec<Finder<'q>>,
    fuzzy: Option<(Pattern, Matcher, Vec<char>)>,
}

impl Query {
    /// The query, ready to be held against texts.
    pub fn sieve(&self) -> Sieve<'_> {
        let words = self.words.iter().map(|word| Finder::new(word.as_str()));
        let fuzzy = || {
            (
                pattern(&self.words.join(" ")),
                Matcher::new(Config::DEFAULT),
                Vec::new(),
            )
        };
        Sieve {
            words: words.collect(),
            fuzzy: self.is_fuzzy().then(fuzzy),
        }
    }
}

impl Sieve<'_> {
    /// Whether an account (its [`search_text`](super::search_text)) with what is said beside it, in lower case too, has
    /// every word; of a fuzzy query whether the account matches, since letters with gaps are in most sentences.
    pub fn finds(&mut self, account: &str, said: &str) -> bool {
        match &mut self.fuzzy {
            Some((pattern, matcher, buffer)) => pattern.score(letters(account, buffer), matcher).is_some(),
            None => self.words.iter().all(|word| {
                [account, said]
                    .iter()
                    .any(|text| word.find(text.as_bytes()).is_some())
            }),
        }
    }
}

/// The pattern of a fuzzy query.
fn pattern(words: &str) -> Pattern {
    Pattern::new(words, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy)
}

/// One bit for each plain letter or digit that a text in lower case has.
pub(super) fn letters_of(text: &str) -> u64 {
    text.bytes().fold(0, |letters, byte| match byte {
        b'a'..=b'z' => letters | 1 << (byte - b'a'),
        b'0'..=b'9' => letters | 1 << (26 + byte - b'0'),
        _ => letters,
    })
}

impl Book {
    /// The rows of `order` whose name, domain or former names have all words of the query, in the same
    /// order. `within` are the hits of a wider query, if there was one.
    pub fn search(&self, query: &Query, order: &[u32], within: Option<&[u32]>) -> Vec<u32> {
        if let Some(letter) = query.letter() {
            let has = |row: &u32| self.named.letters[self.called(*row) as usize] & letter != 0;
            return order.iter().copied().filter(has).collect();
        }
        let finders: Vec<Finder> = query
            .words
            .iter()
            .map(|word| Finder::new(word.as_str()))
            .collect();
        let Some((longest, others)) = split_longest(&finders) else {
            return order.to_vec();
        };
        let has = |row: u32, finder: &Finder| finder.find(self.search_text(row).as_bytes()).is_some();
        if let Some(within) = within.filter(|rows| rows.len() <= self.len() / FEW) {
            return within
                .iter()
                .copied()
                .filter(|row| finders.iter().all(|finder| has(*row, finder)))
                .collect();
        }
        let hits = self.hits(longest);
        let is_hit = |row: u32| {
            let entry = self.called(row);
            hits[entry as usize / 64] >> (entry % 64) & 1 == 1
        };
        order
            .iter()
            .copied()
            .filter(|row| is_hit(*row) && others.iter().all(|finder| has(*row, finder)))
            .collect()
    }

    /// What the filter looks at of a row.
    fn search_text(&self, row: u32) -> &str {
        self.named.search.get(self.called(row))
    }

    /// One bit for each entry of what accounts are called: whether the finder's word is in its search text. One pass over
    /// the arena.
    fn hits(&self, finder: &Finder) -> Vec<u64> {
        let bytes = self.named.search.bytes();
        let mut hits = vec![0_u64; self.named.len().div_ceil(64)];
        let (mut at, mut entry) = (0, 0);
        while let Some(hit) = finder.find(&bytes[at..]) {
            entry = self.named.search.row_at(entry, (at + hit) as u32);
            hits[entry as usize / 64] |= 1 << (entry % 64);
            at = self.named.search.end(entry) as usize;
            entry += 1;
            if at >= bytes.len() {
                break;
            }
        }
        hits
    }

    /// The rows among `rows` that match fuzzily, best first, ties in the order of `rows`.
    pub fn rank(&self, query: &Query, rows: &[u32]) -> Vec<u32> {
        let words = query.words.join(" ");
        let pattern = pattern(&words);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut buffer = Vec::new();
        let mut scored: Vec<(u32, u32)> = rows
            .iter()
            .filter(|row| may_match(self.search_text(**row).as_bytes(), words.as_bytes()))
            .filter_map(|row| {
                let text = letters(self.search_text(*row), &mut buffer);
                pattern.score(text, &mut matcher).map(|score| (score, *row))
            })
            .collect();
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        scored.into_iter().map(|(_, row)| row).collect()
    }
}

/// A text for the matcher, letter by letter: graphemes would take most of the time and rank no better.
fn letters<'a>(text: &'a str, buffer: &'a mut Vec<char>) -> Utf32Str<'a> {
    if text.is_ascii() {
        return Utf32Str::Ascii(text.as_bytes());
    }
    buffer.clear();
    buffer.extend(text.chars());
    Utf32Str::Unicode(buffer)
}

/// A quick look before the slow one: whether plain text has the letters in order. Words may come in any
/// order and accents match their plain letters, so everything but one plain word in plain text may match.
fn may_match(text: &[u8], letters: &[u8]) -> bool {
    if !text.is_ascii() || !letters.iter().all(u8::is_ascii_alphanumeric) {
        return true;
    }
    let mut rest = text;
    letters.iter().all(|letter| match memchr::memchr(*letter, rest) {
        Some(at) => {
            rest = &rest[at + 1..];
            true
        }
        None => false,
    })
}

/// The finder with the longest word, which has the fewest hits, and the rest.
fn split_longest<'a, 'n>(finders: &'a [Finder<'n>]) -> Option<(&'a Finder<'n>, Vec<&'a Finder<'n>>)> {
    let (at, longest) = finders
        .iter()
        .enumerate()
        .max_by_key(|(_, finder)| finder.needle().len())?;
    let others = finders
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != at)
        .map(|(_, finder)| finder);
    Some((longest, others.collect()))
}
