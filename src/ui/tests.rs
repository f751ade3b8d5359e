//! Frames: each screen × loading, empty, normal, error, offline, at 80×24 and 120×36.
#![allow(clippy::unwrap_used)]

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::render;
use super::theme::Theme;
use crate::app::Model;
use crate::app::play::{loaded, play};

/// The screen as lines of text.
pub fn screen(model: &Model) -> String {
    drawn(model, Theme::default())
}

fn drawn(model: &Model, theme: Theme) -> String {
    let mut buffer = Buffer::empty(Rect::new(0, 0, model.size.width, model.size.height));
    render(model, theme, &mut buffer);
    let mut text = String::new();
    for y in 0..model.size.height {
        let mut skip = 0;
        for x in 0..model.size.width {
            let symbol = buffer[(x, y)].symbol();
            if skip == 0 {
                text.push_str(symbol);
                skip = unicode_width::UnicodeWidthStr::width(symbol);
            }
            skip -= 1;
        }
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
    }
    text
}

#[test]
fn look() {
    println!("{}", screen(&loaded(120, 36)));
    println!("{}", screen(&loaded(80, 24)));
    println!("{}", screen(&loaded(170, 40)));
    let mut model = loaded(120, 36);
    play(&mut model, "<enter>");
    println!("{}", screen(&model));
}
