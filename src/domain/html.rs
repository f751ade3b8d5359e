//! Plain text lines from the HTML that CRMs keep notes in, and back. Read in one pass, without recursion.

/// The most bytes of a body that are read.
const MOST_BYTES: usize = 262_144;
/// The most lines that are given.
const MOST_LINES: usize = 2_000;

/// The lines of a text, which may be HTML: tags fall away, blocks and `<br>` end a line, entities
/// become what they stand for, white space is drawn together, blank lines at both ends fall away. What is quoted
/// (`<blockquote>`) begins with `> `, as in a plain text.
pub fn lines(body: &str) -> Vec<String> {
    let end = (0..=MOST_BYTES.min(body.len()))
        .rev()
        .find(|at| body.is_char_boundary(*at));
    let body = &body[..end.unwrap_or(0)];
    let mut reader = Reader::default();
    let mut rest = body;
    while !rest.is_empty() && reader.lines.len() < MOST_LINES {
        rest = match rest.as_bytes()[0] {
            b'<' => reader.tag(rest),
            b'&' => reader.entity(rest),
            _ => {
                let until = rest.find(['<', '&']).unwrap_or(rest.len());
                reader.text(&rest[..until]);
                &rest[until..]
            }
        };
    }
    reader.finish()
}

/// HTML that shows a plain text as it stands: its lines, and nothing in it is a tag.
pub fn from_text(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    for character in text.trim_end().chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\n' => html.push_str("<br>"),
            '\r' => {}
            other => html.push(other),
        }
    }
    html
}

#[derive(Default)]
struct Reader {
    lines: Vec<String>,
    line: String,
    /// Inside `<script>` or `<style>`: nothing of it is text.
    skipping: bool,
    /// How many `<blockquote>` are open.
    quotes: usize,
}

impl Reader {
    /// What is left after a tag. A `<` that begins none is text.
    fn tag<'a>(&mut self, rest: &'a str) -> &'a str {
        if let Some(after) = rest.strip_prefix("<!--") {
            return after.find("-->").map_or("", |end| &after[end + 3..]);
        }
        let inner = &rest[1..];
        let closing = inner.starts_with('/');
        let inner = inner.strip_prefix('/').unwrap_or(inner);
        if !inner.starts_with(|c: char| c.is_ascii_alphabetic()) {
            self.text("<");
            return &rest[1..];
        }
        let name_end = inner
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(inner.len());
        let name = inner[..name_end].to_ascii_lowercase();
        self.act_on(&name, closing);
        inner.find('>').map_or("", |end| &inner[end + 1..])
    }

    fn act_on(&mut self, name: &str, closing: bool) {
        match (name, closing) {
            ("script" | "style", _) => self.skipping = !closing,
            ("br", _) => self.end_line(true),
            ("li", false) => {
                self.end_line(false);
                self.text("• ");
            }
            ("blockquote", _) => {
                self.end_line(false);
                self.quotes = if closing {
                    self.quotes.saturating_sub(1)
                } else {
                    self.quotes + 1
                };
            }
            ("p" | "div" | "ul" | "ol" | "li" | "tr" | "table" | "h1" | "h2" | "h3" | "h4", _) => {
                self.end_line(false);
            }
            ("td" | "th", true) => self.text(" "),
            _ => {}
        }
    }

    fn entity<'a>(&mut self, rest: &'a str) -> &'a str {
        let known = rest
            .char_indices()
            .take(12)
            .find(|(_, c)| *c == ';')
            .and_then(|(end, _)| Some((end, character(&rest[1..end])?)));
        let (read, text) = known.map_or((1, '&'), |(end, character)| (end + 1, character));
        self.text(text.encode_utf8(&mut [0; 4]));
        &rest[read..]
    }

    fn text(&mut self, text: &str) {
        if self.skipping {
            return;
        }
        for character in text.chars() {
            match character {
                '\n' => self.end_line(true),
                c if c.is_whitespace() || c == '\u{a0}' => {
                    if !self.line.is_empty() && !self.line.ends_with(' ') {
                        self.line.push(' ');
                    }
                }
                c => self.line.push(c),
            }
        }
    }

    fn end_line(&mut self, keep_blank: bool) {
        let line = self.line.trim_end();
        if !line.is_empty() || (keep_blank && !self.lines.is_empty()) {
            let quoted = self.quotes > 0 && !line.is_empty();
            let mark = if quoted { "> " } else { "" };
            self.lines.push(format!("{mark}{line}"));
        }
        self.line.clear();
    }

    fn finish(mut self) -> Vec<String> {
        self.end_line(false);
        while self.lines.last().is_some_and(String::is_empty) {
            self.lines.pop();
        }
        self.lines
    }
}

fn character(entity: &str) -> Option<char> {
    Some(match entity {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "rarr" => '→',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        numeric => {
            let digits = numeric.strip_prefix('#')?;
            let number = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(number)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{from_text, lines};

    #[test]
    fn blocks_and_breaks_end_lines_and_entities_become_characters() {
        let check = |body: &str, expected: &[&str]| assert_eq!(lines(body), expected, "{body}");
        check("plain\ntext", &["plain", "text"]);
        check(
            "<p>Hello <b>you</b></p><p>A &amp; B<br>c&nbsp;d</p>",
            &["Hello you", "A & B", "c d"],
        );
        check("<div>one</div><div><br></div><div>two</div>", &["one", "", "two"]);
        check("<ul><li>x</li><li>y</li></ul>", &["• x", "• y"]);
        check("a < b &bogus; &#8594; &#x2192;", &["a < b &bogus; → →"]);
        check(
            "<script>alert(1)</script><style>p{}</style>text<!-- no -->",
            &["text"],
        );
        check("<p>never closed <b", &["never closed"]);
        check("in <10 min, </5 too", &["in <10 min, </5 too"]);
        check(
            "yes<blockquote>we<br>said<blockquote><p>so</p></blockquote></blockquote>and <b>no</b>",
            &["yes", "> we", "> said", "> so", "and no"],
        );
        check("", &[]);
    }

    #[test]
    fn a_text_comes_back_as_it_was() {
        let text = "Call <b>Ana</b> & co:\n\n\"a < b\" &amp; → 你好\nlast";
        assert_eq!(lines(&from_text(text)).join("\n"), text);
        assert!(!from_text("<script>x</script><!-- y -->").contains('<'));
        assert_eq!(from_text("a\r\nb\n\n"), "a<br>b");
    }

    #[test]
    fn depth_and_size_are_no_danger() {
        let deep = format!("{}x{}", "<div>".repeat(200_000), "</div>".repeat(200_000));
        assert!(lines(&deep).len() <= 1);
        assert!(lines(&"<br>a".repeat(1_000_000)).len() <= super::MOST_LINES + 1);
        assert!(lines(&"é".repeat(1_000_000)).concat().len() <= super::MOST_BYTES);
    }
}
