//! How wide a text is on the screen, and text in lines of a width.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::text::SafeText;

/// How many cells a text takes when it is drawn.
pub fn width(text: &str) -> u16 {
    if is_plain(text) {
        return u16::try_from(text.len()).unwrap_or(u16::MAX);
    }
    u16::try_from(SafeText::line(text).as_str().width()).unwrap_or(u16::MAX)
}

/// Whether a text is printable ASCII, one cell a byte.
pub fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

/// The text as one line in at most so many cells, with an ellipsis where it is cut.
pub fn cut(text: &str, cells: u16) -> String {
    let safe = SafeText::line(text);
    if safe.as_str().width() <= usize::from(cells) {
        return safe.as_str().to_owned();
    }
    let (mut cut, mut used) = (String::new(), 1);
    for grapheme in safe.as_str().graphemes(true) {
        used += grapheme.width();
        if used > usize::from(cells) {
            break;
        }
        cut.push_str(grapheme);
    }
    if cells > 0 {
        cut.push('…');
    }
    cut
}

/// The text as one line in at most so many cells; where it is cut, between two words if one of them fits.
pub fn cut_words(text: &str, cells: u16) -> String {
    let text = SafeText::line(text);
    let text = text.as_str();
    if width(text) <= cells {
        return text.to_owned();
    }
    let mut kept = 0;
    for (at, _) in text.match_indices(' ') {
        if width(&text[..at]) + 2 > cells {
            break;
        }
        kept = at;
    }
    let kept = text[..kept].trim_end();
    if kept.contains(char::is_alphanumeric) {
        format!("{kept} …")
    } else {
        cut(text, cells)
    }
}

/// The text as one line in at most so many cells; what is cut goes from its middle, as both ends tell it apart.
pub fn cut_middle(text: &str, cells: u16) -> String {
    let safe = SafeText::line(text);
    if safe.as_str().width() <= usize::from(cells) {
        return safe.as_str().to_owned();
    }
    let (head, tail) = (cells.saturating_sub(1).div_ceil(2), cells.saturating_sub(1) / 2);
    let within = |room: u16, graphemes: &mut dyn Iterator<Item = &str>| {
        let mut used = 0;
        let fits = |grapheme: &&str| {
            used += grapheme.width();
            used <= usize::from(room)
        };
        graphemes.take_while(fits).map(str::len).sum::<usize>()
    };
    let text = safe.as_str();
    let begin = within(head, &mut text.graphemes(true));
    let end = within(tail, &mut text.graphemes(true).rev());
    format!("{}…{}", &text[..begin], &text[text.len() - end..])
}

/// Breaks text at spaces into at most `most` lines of `cells` cells; a longer word is broken anywhere.
pub fn wrapped(text: &str, cells: u16, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    if cells == 0 {
        return lines;
    }
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let gap = u16::from(!line.is_empty());
            if width(&line) + gap + width(word) <= cells {
                if gap > 0 {
                    line.push(' ');
                }
                line.push_str(word);
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line = broken(word, cells, &mut lines);
            if lines.len() > most {
                break;
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        if lines.len() > most {
            break;
        }
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.push_str(" …");
        }
    }
    lines
}

/// Pushes full lines of a long word and returns its rest.
fn broken(word: &str, cells: u16, lines: &mut Vec<String>) -> String {
    let (mut line, mut used) = (String::new(), 0);
    for grapheme in word.graphemes(true).take(usize::from(cells) * 50) {
        let needs = width(grapheme);
        if used + needs > cells && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        line.push_str(grapheme);
        used += needs;
    }
    line
}
