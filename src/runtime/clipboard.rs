//! The clipboard, through the terminal (OSC 52): works over ssh, and only on an explicit copy.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Most bytes of text that terminals are known to take.
const MOST: usize = 74_994;

/// The sequence that puts a text into the terminal's clipboard.
pub fn copy_sequence(text: &str) -> Vec<u8> {
    let text = &text[..text.floor_char_boundary(MOST)];
    format!("\x1b]52;c;{}\x07", STANDARD.encode(text)).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_encoded_so_that_nothing_of_it_acts_on_the_terminal() {
        assert_eq!(copy_sequence("a\u{1b}b"), b"\x1b]52;c;YRti\x07");
        assert!(copy_sequence(&"é".repeat(MOST)).len() < MOST * 4 / 3 + 20);
    }
}
