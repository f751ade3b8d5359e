//! The one thing that moves, while something is in flight.

use jiff::Timestamp;

use crate::app::deadline::SPIN;

const PICTURES: [&str; 8] = ["⠋", "⠙", "⠸", "⠴", "⠦", "⠇", "⠏", "⠛"];
const ASCII: [&str; 4] = ["|", "/", "-", "\\"];

/// The spinner's picture at this time.
pub fn spinner(now: Timestamp, ascii: bool) -> &'static str {
    let turn = (now.as_millisecond() / SPIN.as_millis().max(1) as i64).unsigned_abs() as usize;
    if ascii {
        ASCII[turn % ASCII.len()]
    } else {
        PICTURES[turn % PICTURES.len()]
    }
}
