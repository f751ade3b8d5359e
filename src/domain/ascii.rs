//! ASCII for our own symbols, where only that may be shown: one table for the screen and the command line.

use std::borrow::Cow;

use nucleo_matcher::chars::normalize;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// What stands in each cell of a letter that ASCII has not. It is no sign of ours, least of all that of unknown.
pub const UNSHOWN: &str = "#";

/// Every printable letter of ASCII, each at its own place.
const PRINTABLE: &str =
    " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

/// A text with ASCII for our own symbols. A symbol alone keeps its one cell; within words it is spelled out.
pub fn spelled(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    if let Some(sign) = alone(text) {
        return Cow::Borrowed(sign);
    }
    let mut spelled = String::with_capacity(text.len());
    // Bars and dots without a space between are a row of signs, not words.
    let words = text.contains(' ');
    for grapheme in text.graphemes(true) {
        let ascii = if words {
            within(grapheme).or_else(|| alone(grapheme))
        } else {
            alone(grapheme).or_else(|| within(grapheme))
        };
        spelled.push_str(ascii.unwrap_or(grapheme));
    }
    Cow::Owned(spelled)
}

/// What stands for one grapheme in its first cell: itself, our sign for it, the letter without its accents, or [`UNSHOWN`].
pub fn drawn(grapheme: &str) -> &str {
    if grapheme.is_ascii() {
        return grapheme;
    }
    let sign = alone(grapheme).filter(|sign| sign.len() == 1);
    sign.or_else(|| unaccented(grapheme)).unwrap_or(UNSHOWN)
}

/// A whole text in ASCII: our symbols spelled, letters without their accents, and [`UNSHOWN`] for each cell of every other
/// one.
pub fn only(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut only = String::with_capacity(text.len());
    for grapheme in spelled(text).graphemes(true) {
        only.push_str(drawn(grapheme));
        // ASCII, a line break too, is as wide as it is.
        let more = if grapheme.is_ascii() {
            0
        } else {
            grapheme.width().saturating_sub(1)
        };
        only.extend(std::iter::repeat_n(UNSHOWN, more));
    }
    Cow::Owned(only)
}

/// The letter of ASCII that a grapheme is but for its accents.
fn unaccented(grapheme: &str) -> Option<&'static str> {
    let letter = normalize(grapheme.chars().next()?);
    let at = usize::try_from(u32::from(letter).checked_sub(u32::from(' '))?).ok()?;
    let plain = PRINTABLE.get(at..=at)?;
    letter.is_alphabetic().then_some(plain)
}

/// ASCII for a symbol that stands alone. Those that stand side by side differ.
fn alone(symbol: &str) -> Option<&'static str> {
    Some(match symbol {
        "▲" => "!",
        "◆" | "╭" | "╮" | "╰" | "╯" => "+",
        "●" => "o",
        "○" => "?",
        "△" => "^",
        "✓" => "x",
        "✕" => "X",
        "▶" => ">",
        "→" => "@",
        "↩" => "<",
        "↪" => "&",
        "•" | "─" | "−" | "–" | "┄" => "-",
        "▌" => "*",
        "│" => "|",
        "▎" => ":",
        "━" => "=",
        "…" => "~",
        "·" => ".",
        "▏" => "_",
        // Seven levels that can be told apart, and their order with them.
        "▁" => "1",
        "▂" => "2",
        "▃" => "3",
        "▄" => "4",
        "▅" => "5",
        "▆" => "6",
        "▇" => "7",
        "Δ" => "+/-",
        "▼" => "v",
        "☎" => "c",
        "✎" => "n",
        _ => return None,
    })
}

/// ASCII for a symbol among words, where it may take more than one cell.
fn within(symbol: &str) -> Option<&'static str> {
    Some(match symbol {
        "→" => "->",
        "≥" => ">=",
        "…" => "...",
        // Not the sign of a border, which may stand beside it.
        "·" => "/",
        "›" => ">>",
        "↑" => "up",
        "↓" => "down",
        "—" => "--",
        "“" | "”" => "\"",
        "’" | "‘" => "'",
        "×" => "x",
        "€" => "EUR ",
        "£" => "GBP ",
        "¥" => "JPY ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_people_has_nothing_but_ascii() {
        for (text, expected) in [
            ("▲ 41  Juniper Freight  −31", "! 41  Juniper Freight  -31"),
            ("▲21 →3 ↩1 late 1", "!21 ->3 <1 late 1"),
            (
                "usage −46 % in 30 d · champion left",
                "usage -46 % in 30 d / champion left",
            ),
            ("my book › Juniper, ↑ ↓", "my book >> Juniper, up down"),
            ("onboarding → CSM, ≥$84k …", "onboarding -> CSM, >=$84k ..."),
            ("Café Zürich ¿Qué? 深圳 Ω", "Cafe Zurich #Que? #### #"),
            ("Cafe\u{301}", "Cafe"),
            ("plain", "plain"),
        ] {
            assert_eq!(only(text), expected);
            assert!(only(text).is_ascii());
        }
        for (sign, expected) in [
            ("◆", "+"),
            ("●", "o"),
            ("○", "?"),
            ("△", "^"),
            ("✓", "x"),
            ("▶", ">"),
            ("│", "|"),
        ] {
            assert_eq!(only(sign), expected);
        }
    }
}
