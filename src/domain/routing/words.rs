//! The words of a text, as rules compare them.
//!
//! A word is a run of letters and digits. A Chinese sign is a word of its own, since Chinese has no blanks: so a
//! Chinese phrase is found wherever its signs stand one after another, and a Latin word beside it stays whole, as
//! `reset` in `如何reset密码`. What is part of an address (`me@login.example`, `https://…/reset`) is no word.
//!
//! Words are compared as the fuzzy filter compares letters: in lower case and without accents, whichever way these are
//! encoded; `ß` is `ss`, full-width letters are plain ones, and what cannot be seen (a soft hyphen) counts for nothing.

use std::ops::Range;

use nucleo_matcher::chars::normalize;

/// A word and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As it is compared.
    pub folded: String,
    /// Where it stands in the text, in bytes.
    pub place: Range<usize>,
}

/// The words of a text, in its order.
pub fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let at = text.len() - rest.len();
        let address = if continues(text, at) { None } else { address(rest) };
        let length = match address {
            Some(length) => length,
            None if is_sign(first) => {
                found.push(word(text, at..at + first.len_utf8()));
                first.len_utf8()
            }
            None if first.is_alphanumeric() => {
                let end = rest.find(|c| !is_within(c)).unwrap_or(rest.len());
                found.push(word(text, at..at + end));
                end
            }
            None => first.len_utf8(),
        };
        rest = &rest[length..];
    }
    found
}

/// Whether what stands between two words lets them be one phrase: blanks with at most one line's end, or one hyphen or
/// apostrophe. Between Chinese signs it is mostly nothing.
pub fn is_gap(between: &str) -> bool {
    let mut marks = between.chars();
    match (marks.next(), marks.next()) {
        (Some('-' | '\u{2010}' | '\u{2011}' | '\'' | '’'), None) => true,
        _ => between.chars().all(|c| c.is_whitespace() || is_unseen(c)) && between.matches('\n').count() <= 1,
    }
}

/// Whether a character is a Chinese sign.
fn is_sign(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Whether a character can be seen: joiners, soft hyphens and the like cannot.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
}

/// Accents that stand behind their letter.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}')
}

/// Whether a character goes on with a word of letters.
fn is_within(c: char) -> bool {
    (c.is_alphanumeric() && !is_sign(c)) || is_accent(c) || is_unseen(c)
}

/// Whether a place lies within a run of plain characters.
fn continues(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    before.is_some_and(|before| before.is_ascii_graphic())
}

/// The length of the address of mail or of a page that begins here: a run of plain characters without a blank.
fn address(rest: &str) -> Option<usize> {
    let end = rest.find(|c: char| !c.is_ascii_graphic()).unwrap_or(rest.len());
    let run = &rest[..end];
    let is_mail = run.split_once('@').is_some_and(|(who, at)| {
        who.ends_with(|c: char| c.is_ascii_alphanumeric())
            && at.starts_with(|c: char| c.is_ascii_alphanumeric())
    });
    let bare = run.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    let is_page = run.contains("://")
        || bare
            .get(..4)
            .is_some_and(|start| start.eq_ignore_ascii_case("www."));
    (is_mail || is_page).then_some(end)
}

fn word(text: &str, place: Range<usize>) -> Word {
    let mut folded = String::with_capacity(place.len());
    for c in text[place.clone()].chars().filter(|c| !is_unseen(*c)) {
        let plain = match c {
            'ß' | 'ẞ' => {
                folded.push_str("ss");
                continue;
            }
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
            c => normalize(c),
        };
        folded.extend(plain.to_lowercase().filter(|c| !is_accent(*c)));
    }
    Word { folded, place }
}

#[cfg(test)]
mod tests {
    use super::{is_gap, words};

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = words(text).into_iter().map(|word| word.folded).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn words_are_whole_folded_and_chinese_signs_stand_alone() {
        check("How do I log-in?", &["how", "do", "i", "log", "in"]);
        check(
            "ZURÜCKSETZEN zuru\u{308}cksetzen",
            &["zurucksetzen", "zurucksetzen"],
        );
        check("Straße STRASSE één", &["strasse", "strasse", "een"]);
        check("如何reset密码？", &["如", "何", "reset", "密", "码"]);
        check("pass\u{AD}word ＡＰＩ 2FA", &["password", "api", "2fa"]);
        check("", &[]);
        check("… — !", &[]);
    }

    #[test]
    fn addresses_are_no_words() {
        check("mail ben.reset@login.example, please", &["mail", "please"]);
        check("see https://x.example/login?reset=1 now", &["see", "now"]);
        check("请看https://x.example/login，谢谢", &["请", "看", "谢", "谢"]);
        check("(www.reset.example) ok", &["ok"]);
        check("@support please", &["support", "please"]);
    }

    #[test]
    fn places_are_those_of_the_text() {
        let text = "Das Paßwort, bitte";
        let found: Vec<&str> = words(text).into_iter().map(|word| &text[word.place]).collect();
        assert_eq!(found, ["Das", "Paßwort", "bitte"]);
    }

    #[test]
    fn a_phrase_goes_over_blanks_a_line_end_and_a_hyphen_but_over_no_sentence() {
        for gap in [" ", "  ", "\n", "-", "’", "", "\u{a0}"] {
            assert!(is_gap(gap), "{gap:?}");
        }
        for gap in [". ", ", ", " - ", "\n\n", "--", "/"] {
            assert!(!is_gap(gap), "{gap:?}");
        }
    }
}
