//! The pure view: a model and a theme become cells. Nothing here changes anything, and nothing here
//! grows with the number of accounts: lists draw the rows that show.

pub mod canvas;
mod day;
mod footer;
mod header;
mod health;
mod overlays;
mod panes;
mod parts;
mod standup;
#[cfg(test)]
mod tests;
pub mod theme;
mod widgets;

use ratatui::Frame;
use ratatui::buffer::Buffer;

use self::canvas::Canvas;
use self::theme::{Role, Theme};
use crate::app::Model;
use crate::app::action::Action;
use crate::app::layout::{self, LEAST, Shape};
use crate::domain::words;

/// Draws the whole screen into a frame.
pub fn view(model: &Model, theme: &Theme, frame: &mut Frame) {
    render(model, theme, frame.buffer_mut());
}

/// Draws the whole screen into these cells; their size should be the model's.
pub fn render(model: &Model, theme: &Theme, buffer: &mut Buffer) {
    let mut canvas = Canvas::new(*theme, buffer);
    let frame = layout::Frame::of(model.size, model.banner());
    if frame.shape == Shape::TooSmall {
        return too_small(model, &mut canvas);
    }
    match (model.in_standup(), &model.account) {
        (Some(standup), _) => standup::draw(model, standup, &mut canvas),
        (None, account) => {
            header::draw(model, &mut canvas, frame.header);
            match account {
                Some(account) => parts::draw(model, account, &mut canvas),
                None => panes::draw(model, &mut canvas),
            }
        }
    }
    overlays::failure(model, &mut canvas, frame.banner);
    overlays::draw(model, &mut canvas, frame.body);
    footer::draw(model, &mut canvas, frame.footer);
}

/// Says what the screen needs, in as many words as fit.
fn too_small(model: &Model, canvas: &mut Canvas) {
    let area = layout::Area {
        x: 0,
        y: 0,
        width: model.size.width,
        height: model.size.height,
    };
    let needs = format!("{} × {}", LEAST.width, LEAST.height);
    let has = format!("{} × {}", model.size.width, model.size.height);
    canvas.line(area, 0).text("retain", Role::Plain.strong());
    canvas
        .line(area, 1)
        .text("needs ", Role::Dim)
        .text(&needs, Role::Plain);
    canvas
        .line(area, 2)
        .text("this is ", Role::Dim)
        .text(&has, Role::Plain);
    let keys = model.keymap.keys_of(Action::Leave, model.context());
    let (key, what) = match keys.first() {
        _ if model.esc_closes() => ("esc", "close what is open"),
        Some(key) if model.account.is_some() || model.full => (key.as_str(), "back"),
        Some(key) => (key.as_str(), "quit"),
        None => ("ctrl-c", "quit"),
    };
    canvas
        .line(area, 3)
        .text(&format!("{key} "), Role::Here)
        .text(what, Role::Dim);
}
