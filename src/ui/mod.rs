//! The pure view: a model and a theme become cells. Nothing here changes anything.

pub mod theme;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use self::theme::Theme;
use crate::app::Model;

/// Draws the whole screen into a frame.
pub fn view(model: &Model, theme: &Theme, frame: &mut Frame) {
    render(model, theme, frame.area(), frame.buffer_mut());
}

/// Draws the whole screen into these cells.
pub fn render(model: &Model, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let _ = (model, theme, area, buffer);
}
