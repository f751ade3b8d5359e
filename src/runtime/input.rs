//! Bytes from the terminal to keys and pastes, as a pure function of what came.
//!
//! It is our own because a general event reader spins when the terminal goes away and because an
//! unterminated paste must not swallow later keys. No terminal is ever asked anything, so every
//! answer-like sequence that arrives is dropped.

use std::time::Duration;

use crate::app::key::{Code, Key};

/// How long a lone escape waits for the rest of a sequence before it is the key itself.
const ESCAPE_WAIT: Duration = Duration::from_millis(30);
/// How long a paste may be silent before a single key ends it.
const PASTE_WAIT: Duration = Duration::from_millis(500);
/// Most bytes of one paste; the rest is dropped.
const MOST_PASTE: usize = 1 << 20;
/// Most bytes of any other sequence, or it is no sequence.
const MOST_SEQUENCE: usize = 64;
/// A read of at most so many bytes can be a single key; more is a piece of a paste.
const SINGLE_KEY: usize = 8;
/// What ends a paste.
const PASTE_END: &[u8] = b"\x1b[201~";

/// What a person did at the keyboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted; control characters other than line breaks and tabs are gone.
    Paste(String),
    /// Of the paste just before this many bytes at its end are missing: it was too long.
    PasteCut(usize),
}

/// Collects bytes until they make a key or a paste.
#[derive(Debug, Default)]
pub struct Decoder {
    pending: Vec<u8>,
    paste: Option<Paste>,
}

#[derive(Debug, Default)]
struct Paste {
    bytes: Vec<u8>,
    dropped: usize,
    silent: bool,
}

/// What the first bytes of the pending ones are.
enum Step {
    /// A key of this many bytes.
    Key(Key, usize),
    /// This many bytes mean nothing here.
    Skip(usize),
    /// A paste starts after this many bytes.
    PasteStart(usize),
    /// More bytes are needed to tell.
    More,
}

impl Decoder {
    /// Takes what one read gave and tells what it amounts to.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Input> {
        let mut inputs = Vec::new();
        if self.paste.as_ref().is_some_and(|paste| paste.silent) && bytes.len() <= SINGLE_KEY {
            inputs.extend(self.end_paste());
        }
        self.pending.extend_from_slice(bytes);
        self.decode(false, &mut inputs);
        inputs
    }

    /// How long to wait for more bytes before [`Decoder::timeout`] is due; `None` when nothing is begun.
    pub fn wait(&self) -> Option<Duration> {
        match &self.paste {
            Some(paste) => (!paste.silent).then_some(PASTE_WAIT),
            None => (!self.pending.is_empty()).then_some(ESCAPE_WAIT),
        }
    }

    /// Nothing came for [`Decoder::wait`]: what is begun is taken for what it is.
    pub fn timeout(&mut self) -> Vec<Input> {
        let mut inputs = Vec::new();
        if let Some(paste) = &mut self.paste {
            paste.silent = true;
        } else {
            self.decode(true, &mut inputs);
        }
        inputs
    }

    fn decode(&mut self, complete: bool, inputs: &mut Vec<Input>) {
        loop {
            if self.paste.is_some() {
                if !self.take_paste(inputs) {
                    return;
                }
                continue;
            }
            if self.pending.is_empty() {
                return;
            }
            match step(&self.pending, complete) {
                Step::Key(key, length) => {
                    self.pending.drain(..length);
                    inputs.push(Input::Key(key));
                }
                Step::Skip(length) => {
                    self.pending.drain(..length);
                }
                Step::PasteStart(length) => {
                    self.pending.drain(..length);
                    self.paste = Some(Paste::default());
                }
                Step::More => return,
            }
        }
    }

    /// Moves pending bytes into the paste; `true` once its end has come.
    fn take_paste(&mut self, inputs: &mut Vec<Input>) -> bool {
        let Some(paste) = &mut self.paste else {
            return false;
        };
        paste.silent = false;
        let end = memchr::memmem::find(&self.pending, PASTE_END);
        // Without an end, what could be its beginning stays behind for the next read.
        let taken = end.unwrap_or_else(|| self.pending.len() - beginning_of_end(&self.pending));
        let room = MOST_PASTE.saturating_sub(paste.bytes.len());
        paste.bytes.extend_from_slice(&self.pending[..taken.min(room)]);
        paste.dropped += taken.saturating_sub(room);
        if end.is_none() {
            self.pending.drain(..taken);
            return false;
        }
        self.pending.drain(..taken + PASTE_END.len());
        inputs.extend(self.end_paste());
        true
    }

    fn end_paste(&mut self) -> Vec<Input> {
        let Some(mut paste) = self.paste.take() else {
            return Vec::new();
        };
        if paste.dropped > 0 {
            paste.end_whole();
        }
        let text: String = String::from_utf8_lossy(&paste.bytes)
            .replace("\r\n", "\n")
            .chars()
            .map(|character| if character == '\r' { '\n' } else { character })
            .filter(|character| matches!(character, '\n' | '\t') || !character.is_control())
            .collect();
        let cut = (paste.dropped > 0).then_some(Input::PasteCut(paste.dropped));
        let text = (!text.is_empty()).then_some(Input::Paste(text));
        text.into_iter().chain(cut).collect()
    }
}

impl Paste {
    /// Drops the beginning of a character too whose rest was cut off.
    fn end_whole(&mut self) {
        let cut = std::str::from_utf8(&self.bytes).err();
        if let Some(cut) = cut.filter(|cut| cut.error_len().is_none()) {
            self.dropped += self.bytes.len() - cut.valid_up_to();
            self.bytes.truncate(cut.valid_up_to());
        }
    }
}

/// How many bytes at the end of `bytes` could begin the end of a paste.
fn beginning_of_end(bytes: &[u8]) -> usize {
    (1..PASTE_END.len())
        .rev()
        .find(|&length| bytes.ends_with(&PASTE_END[..length]))
        .unwrap_or(0)
}

/// What stands first. `complete` says that nothing more will come soon.
fn step(bytes: &[u8], complete: bool) -> Step {
    match bytes {
        [] => Step::More,
        [0x1b, rest @ ..] => escape(rest, complete),
        [byte, ..] if *byte < 0x20 || *byte == 0x7f => {
            control(*byte).map_or(Step::Skip(1), |key| Step::Key(key, 1))
        }
        _ => character(bytes, complete),
    }
}

/// A control byte outside of any sequence.
fn control(byte: u8) -> Option<Key> {
    match byte {
        // A terminal turns the enter key into a line feed until it has heard of raw mode: what is typed that early
        // is enter all the same. So ctrl-j is enter, as ctrl-m is.
        b'\r' | b'\n' => Some(Key::plain(Code::Enter)),
        b'\t' => Some(Key::plain(Code::Tab)),
        0x7f | 0x08 => Some(Key::plain(Code::Backspace)),
        0x00 => Some(ctrl(' ')),
        0x01..=0x1a => Some(ctrl(char::from(byte - 1 + b'a'))),
        _ => None,
    }
}

fn ctrl(letter: char) -> Key {
    Key {
        ctrl: true,
        ..Key::plain(Code::Char(letter))
    }
}

/// A named key with the modifiers of its sequence: one more than the sum of shift 1, alt 2, control 4.
fn modified(code: Code, modifiers: u8) -> Key {
    let held = modifiers.saturating_sub(1);
    Key {
        code,
        alt: held & 2 != 0,
        ctrl: held & 4 != 0,
    }
}

/// One character of UTF-8; bytes that are none are dropped.
fn character(bytes: &[u8], complete: bool) -> Step {
    let length = match bytes[0] {
        0x20..=0x7e => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Step::Skip(1),
    };
    let Some(letter) = bytes.get(..length) else {
        return if complete { Step::Skip(1) } else { Step::More };
    };
    match std::str::from_utf8(letter)
        .ok()
        .and_then(|text| text.chars().next())
    {
        Some(letter) if letter.is_control() => Step::Skip(length),
        Some(letter) => Step::Key(Key::plain(Code::Char(letter)), length),
        None => Step::Skip(1),
    }
}

/// What follows an escape.
fn escape(rest: &[u8], complete: bool) -> Step {
    let lone = || {
        if complete {
            Step::Key(Key::plain(Code::Esc), 1)
        } else {
            Step::More
        }
    };
    match rest {
        [] => lone(),
        [0x1b, ..] => Step::Key(Key::plain(Code::Esc), 1),
        [b'[', sequence @ ..] => csi(sequence, complete),
        [b'O', letter, ..] => named(*letter).map_or(Step::Skip(3), |code| Step::Key(Key::plain(code), 3)),
        [b'O'] if !complete => Step::More,
        [b']' | b'P' | b'_' | b'^' | b'X', string @ ..] if !complete || string_end(string).is_some() => {
            skip_string(string)
        }
        _ => match step(rest, complete) {
            Step::Key(key, length) => Step::Key(Key { alt: true, ..key }, length + 1),
            Step::Skip(length) => Step::Skip(length + 1),
            Step::More | Step::PasteStart(_) => lone(),
        },
    }
}

/// Drops what a terminal answers without being asked, up to its end.
fn skip_string(string: &[u8]) -> Step {
    match string_end(string) {
        Some(end) => Step::Skip(2 + end),
        None if string.len() > MOST_SEQUENCE => Step::Skip(2),
        None => Step::More,
    }
}

/// Where a string ends: after BEL or after escape and backslash.
fn string_end(string: &[u8]) -> Option<usize> {
    let end = string.iter().position(|byte| matches!(byte, 0x07 | 0x1b))?;
    if string[end] == 0x07 {
        return Some(end + 1);
    }
    (string.get(end + 1) == Some(&b'\\')).then_some(end + 2)
}

/// A control sequence after its `ESC [`.
fn csi(sequence: &[u8], complete: bool) -> Step {
    let Some(end) = sequence.iter().position(|byte| !(0x20..=0x3f).contains(byte)) else {
        return match sequence.len() {
            0 if complete => Step::Key(
                Key {
                    alt: true,
                    ..Key::plain(Code::Char('['))
                },
                2,
            ),
            length if complete || length > MOST_SEQUENCE => Step::Skip(2 + length),
            _ => Step::More,
        };
    };
    let (parameters, last) = (&sequence[..end], sequence[end]);
    if !(0x40..=0x7e).contains(&last) {
        // Another sequence begins within this one: what came before it is broken.
        return Step::Skip(2 + end);
    }
    let length = 2 + end + 1;
    if last == b'M' && parameters.is_empty() {
        // An old-style mouse report carries three more bytes that must not act as keys.
        return if sequence.len() >= 4 || complete {
            Step::Skip((length + 3).min(2 + sequence.len()))
        } else {
            Step::More
        };
    }
    let (number, modifiers) = numbers(parameters);
    let code = match last {
        b'~' if number == 200 => return Step::PasteStart(length),
        b'~' => numbered(number),
        b'Z' => Some(Code::BackTab),
        // An answer such as a cursor position looks alike, but for its numbers.
        letter if number == 1 && modifiers <= 16 && is_plain(parameters) => named(letter),
        _ => None,
    };
    code.map_or(Step::Skip(length), |code| {
        Step::Key(modified(code, modifiers), length)
    })
}

/// Whether the parameters have no private marker such as `?` or `<`.
fn is_plain(parameters: &[u8]) -> bool {
    parameters.first().is_none_or(u8::is_ascii_digit)
}

/// The first two numbers of a sequence; a missing one is 1 (no modifier).
fn numbers(parameters: &[u8]) -> (u16, u8) {
    let text = std::str::from_utf8(parameters).unwrap_or_default();
    let mut parts = text.split(';');
    let first = parts.next().and_then(|part| part.parse().ok()).unwrap_or(1);
    let second = parts.next().and_then(|part| part.parse().ok()).unwrap_or(1);
    (first, second)
}

fn named(letter: u8) -> Option<Code> {
    Some(match letter {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'F' => Code::End,
        b'H' => Code::Home,
        b'M' => Code::Enter,
        b'P' => Code::Function(1),
        b'Q' => Code::Function(2),
        b'R' => Code::Function(3),
        b'S' => Code::Function(4),
        _ => return None,
    })
}

fn numbered(number: u16) -> Option<Code> {
    Some(match number {
        1 | 7 => Code::Home,
        3 => Code::Delete,
        4 | 8 => Code::End,
        5 => Code::PageUp,
        6 => Code::PageDown,
        11..=15 => Code::Function((number - 10) as u8),
        17..=21 => Code::Function((number - 11) as u8),
        23 | 24 => Code::Function((number - 12) as u8),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All keys in one read, as `ctrl-x`, `<enter>`, letters; a paste in quotes.
    fn check(reads: &[&[u8]], expected: &str) {
        let mut decoder = Decoder::default();
        let mut inputs: Vec<Input> = reads.iter().flat_map(|read| decoder.push(read)).collect();
        inputs.extend(decoder.timeout());
        let words: Vec<String> = inputs
            .iter()
            .map(|input| match input {
                Input::Key(key) => key.to_string(),
                Input::Paste(text) => format!("{text:?}"),
                Input::PasteCut(dropped) => format!("-{dropped}"),
            })
            .collect();
        assert_eq!(words.join(" "), expected, "{reads:?}");
    }

    #[test]
    fn letters_controls_and_named_keys() {
        check(&[b"jG\r\t\x7f\x04"], "j G enter tab backspace ctrl-d");
        check(
            &[b"\x1b[A\x1bOB\x1b[1;5C\x1b[5~\x1b[Z\x1b[15~"],
            "up down ctrl-right page-up shift-tab f5",
        );
        check(&["é東".as_bytes()], "é 東");
    }

    /// What is typed before raw mode is on: the terminal still turns enter into a line feed.
    #[test]
    fn a_line_feed_is_enter() {
        check(&[b"j\n"], "j enter");
        check(&[b"\x1b\n"], "alt-enter");
    }

    #[test]
    fn a_sequence_may_come_in_pieces() {
        check(&[b"\x1b", b"[", b"1;2", b"A", b"j"], "up j");
        check(&[b"\xe6", b"\x9d", b"\xb1"], "東");
    }

    #[test]
    fn a_lone_escape_is_the_key_after_a_while() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.push(b"\x1b"), vec![]);
        assert!(decoder.wait().is_some());
        assert_eq!(decoder.timeout(), vec![Input::Key(Key::plain(Code::Esc))]);
        assert!(decoder.wait().is_none());
        check(&[b"\x1b\x1b"], "esc esc");
        check(&[b"\x1bx"], "alt-x");
    }

    #[test]
    fn answers_mice_and_broken_bytes_are_dropped() {
        check(&[b"\x1b]11;rgb:0000/0000/0000\x1b\\j"], "j");
        check(&[b"\x1bP1$r0m\x1b\\j"], "j");
        check(&[b"\x1b[?1;2cj\x1b[12;40R\x1b[Ij"], "j j");
        check(&[b"\x1b[M !!j\x1b[<0;3;4Mj"], "j j");
        check(&[b"\xff\xc3j\xc0\x80j"], "j j");
        check(&[b"\x1b[12\x1b[Aj"], "up j");
    }

    #[test]
    fn a_paste_is_text_and_its_controls_are_no_keys() {
        check(&[b"\x1b[200~a\r\nb\x03\x1b[A\tc\x1b[201~j"], "\"a\\nb[A\\tc\" j");
        check(&[b"\x1b[200~ab\x1b[2", b"01~j"], "\"ab\" j");
        check(&[b"\x1b[201~j"], "j");
    }

    #[test]
    fn an_unterminated_paste_does_not_swallow_later_keys() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.push(b"\x1b[200~half a paste"), vec![]);
        assert_eq!(decoder.timeout(), vec![]);
        assert!(decoder.wait().is_none(), "nothing to wake up for");
        assert_eq!(
            decoder.push(b"q"),
            vec![
                Input::Paste("half a paste".into()),
                Input::Key(Key::plain(Code::Char('q')))
            ]
        );
    }

    #[test]
    fn a_slow_paste_goes_on_after_a_silence() {
        let mut decoder = Decoder::default();
        decoder.push(b"\x1b[200~the first half, ");
        decoder.timeout();
        assert_eq!(
            decoder.push(b"qqqqqqqqqqqqqqqq\x1b[201~"),
            vec![Input::Paste("the first half, qqqqqqqqqqqqqqqq".into())]
        );
    }

    #[test]
    fn a_huge_paste_is_cut_and_ends() {
        let mut decoder = Decoder::default();
        decoder.push(b"\x1b[200~");
        for _ in 0..40 {
            decoder.push(&vec![b'x'; 65536]);
        }
        let inputs = decoder.push(b"\x1b[201~");
        let [Input::Paste(text), Input::PasteCut(dropped)] = &inputs[..] else {
            panic!("{} inputs", inputs.len())
        };
        assert_eq!((text.len(), text.len() + dropped), (MOST_PASTE, 40 * 65536));
    }

    #[test]
    fn a_huge_paste_is_cut_between_two_characters() {
        let mut decoder = Decoder::default();
        decoder.push(b"\x1b[200~x");
        decoder.push("漢".repeat(MOST_PASTE / 3 + 9).as_bytes());
        let inputs = decoder.push(b"\x1b[201~");
        let [Input::Paste(text), Input::PasteCut(dropped)] = &inputs[..] else {
            panic!("{} inputs", inputs.len())
        };
        assert!(text.ends_with("漢"), "{}", &text[text.len() - 9..]);
        assert_eq!(text.len() + dropped, 1 + (MOST_PASTE / 3 + 9) * 3);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_end_with_an_empty_decoder(reads: Vec<Vec<u8>>) {
            let mut decoder = Decoder::default();
            for read in &reads {
                decoder.push(read);
            }
            decoder.timeout();
            decoder.push(b"j");
            decoder.timeout();
            proptest::prop_assert!(decoder.paste.is_some() || decoder.pending.is_empty());
        }
    }
}
