//! A line over twelve months, in braille dots: four rows and two columns of dots a cell.

use jiff::civil::Date;

use crate::app::layout::Area;
use crate::domain::account_view::ChartPoint;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Role;

/// Cells for the numbers at the left.
const AXIS: u16 = 5;
/// Bits of a braille cell by column and row of the dot.
const DOTS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// Draws scores over time, with `role` at their end, the segment's median behind them, and both axes.
pub fn draw(canvas: &mut Canvas, area: Area, points: &[ChartPoint], role: Role) {
    if area.width < AXIS + 10 || area.height < 4 {
        return;
    }
    let plot = area.split(AXIS).1.above(1);
    let (low, high) = range(points);
    for (share, score) in [(0.0, high), (0.5, u8::midpoint(low, high)), (1.0, low)] {
        let row = (share * f64::from(plot.height - 1)).round() as u16;
        canvas
            .line(area.split(AXIS - 1).0, row)
            .number(AXIS - 2, &score.to_string(), Role::Dim);
    }
    let rows = f64::from(plot.height * 4 - 1);
    let place = |score: f64| ((f64::from(high) - score) / f64::from(high - low) * rows).round() as u16;
    medians(canvas, plot, points, &place);
    let mut cells = vec![0_u8; usize::from(plot.width) * usize::from(plot.height)];
    for (x, y) in dots(points, plot.width * 2, &place) {
        let cell = usize::from(y / 4) * usize::from(plot.width) + usize::from(x / 2);
        if let Some(bits) = cells.get_mut(cell) {
            *bits |= DOTS[usize::from(x % 2)][usize::from(y % 4)];
        }
    }
    for (at, bits) in cells.iter().enumerate().filter(|(_, bits)| **bits != 0) {
        let (x, y) = (at as u16 % plot.width, at as u16 / plot.width);
        let braille = char::from_u32(0x2800 + u32::from(*bits))
            .unwrap_or('*')
            .to_string();
        let symbol = if canvas.theme().ascii { "#" } else { &braille };
        // The band is of today: only where the line ends.
        let ink = if x + 2 >= plot.width {
            role.strong()
        } else {
            Role::Plain.into()
        };
        canvas.repeat(plot.x + x, plot.y + y, 1, symbol, ink);
    }
    months(canvas, area.bottom(1).split(AXIS).1, points);
}

/// Lowest and highest score of the axis: whole twenties, at least forty apart.
fn range(points: &[ChartPoint]) -> (u8, u8) {
    let scores = || {
        points
            .iter()
            .flat_map(|point| [point.score, point.median])
            .flatten()
    };
    let low = scores().min().unwrap_or(0).min(100) / 20 * 20;
    let high = scores().max().unwrap_or(100).min(100).div_ceil(20) * 20;
    if high >= low + 40 {
        (low, high)
    } else if low >= 20 {
        (high.max(40) - 40, high.max(40))
    } else {
        (low, low + 40)
    }
}

/// The dots of the line; where a score is unknown there is a gap.
fn dots(points: &[ChartPoint], width: u16, place: &impl Fn(f64) -> u16) -> Vec<(u16, u16)> {
    let last = points.len().saturating_sub(1).max(1) as f64;
    let column = |at: usize| (at as f64 / last * f64::from(width - 1)).round() as u16;
    let mut dots = Vec::new();
    for (at, pair) in points.windows(2).enumerate() {
        let (Some(from), Some(to)) = (pair[0].score, pair[1].score) else {
            continue;
        };
        let (start, end) = (column(at), column(at + 1));
        let mut before = place(f64::from(from));
        for x in start..=end {
            let share = f64::from(x - start) / f64::from((end - start).max(1));
            let y = place(f64::from(from) + share * (f64::from(to) - f64::from(from)));
            // A steep line stays a line: dots between this one and the one before.
            dots.extend((y.min(before)..=y.max(before)).map(|y| (x, y)));
            before = y;
        }
    }
    dots
}

fn medians(canvas: &mut Canvas, plot: Area, points: &[ChartPoint], place: &impl Fn(f64) -> u16) {
    let last = points.len().saturating_sub(1).max(1);
    for x in 0..plot.width {
        let at = usize::from(x) * last / usize::from(plot.width.max(2) - 1);
        if let Some(median) = points.get(at).and_then(|point| point.median) {
            canvas.repeat(
                plot.x + x,
                plot.y + place(f64::from(median)) / 4,
                1,
                "┄",
                Role::Dim,
            );
        }
    }
}

/// Names of every second month below the plot, and `now` at its end.
fn months(canvas: &mut Canvas, area: Area, points: &[ChartPoint]) {
    let last = points.len().saturating_sub(1).max(1);
    let mut free = 0;
    let mut before: Option<Date> = None;
    for (at, point) in points.iter().enumerate() {
        let begins = before.is_some_and(|before| before.month() != point.day.month());
        before = Some(point.day);
        let x = (at * usize::from(area.width - 1) / last) as u16;
        if begins && x >= free && x + 9 <= area.width {
            canvas.put(
                area.x + x,
                area.y,
                3,
                &point.day.strftime("%b").to_string(),
                Role::Dim,
            );
            free = x + 8;
        }
    }
    canvas.line(area, 0).right("now", Role::Dim);
}
