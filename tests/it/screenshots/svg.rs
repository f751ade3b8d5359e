//! Cells to SVG. Lines and blocks are drawn as shapes, so that they join whatever font shows the rest.

use std::fmt::Write;

use super::cells::{Cell, Cells, Look};

const WIDTH: f64 = 8.4;
const HEIGHT: f64 = 18.0;
const MARGIN: f64 = 14.0;
const BACK: &str = "#16181d";
const FRONT: &str = "#d7dae0";
const COLOURS: [&str; 16] = [
    "#2c313a", "#f2777a", "#99cc99", "#ffcc66", "#6cb0f3", "#cc99cc", "#56c8d3", "#d7dae0", "#6b7280",
    "#ff8a8d", "#b5e0b5", "#ffdd88", "#8cc4ff", "#e0b3e0", "#7fe0ea", "#ffffff",
];

/// Where the eight dots of a braille character stand within its cell, in the order of their bits.
const DOTS: [(f64, f64); 8] = [
    (0.25, 0.125),
    (0.25, 0.375),
    (0.25, 0.625),
    (0.75, 0.125),
    (0.75, 0.375),
    (0.75, 0.625),
    (0.25, 0.875),
    (0.75, 0.875),
];

/// The picture of a screen.
pub fn draw(cells: &Cells, title: &str) -> String {
    let width = f64::from(cells.columns) * WIDTH + 2.0 * MARGIN;
    let height = cells.rows.len() as f64 * HEIGHT + 2.0 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.1} {height:.1}\" role=\"img\">\n<title>{title}</title>\n\
         <style>text{{font:14px ui-monospace,'DejaVu Sans Mono','Cascadia Mono',Menlo,Consolas,monospace;\
         white-space:pre;fill:{FRONT}}}.b{{font-weight:bold}}path{{fill:none;stroke-width:1.2}}</style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{BACK}\"/>\n"
    );
    for (number, row) in cells.rows.iter().enumerate() {
        draw_row(&mut svg, row, MARGIN + number as f64 * HEIGHT);
    }
    svg.push_str("</svg>\n");
    svg
}

fn draw_row(svg: &mut String, row: &[Cell], top: f64) {
    let mut column = 0;
    while column < row.len() {
        let cell = &row[column];
        let left = MARGIN + column as f64 * WIDTH;
        let length = run(&row[column..]);
        if cell.look.back != vt100::Color::Default || cell.look.inverse {
            let (_, back, _) = paint(cell.look);
            let width = length as f64 * WIDTH;
            writeln!(svg, "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{HEIGHT}\" fill=\"{back}\"/>").unwrap();
        }
        if is_shape(&cell.text) {
            draw_shape(svg, cell, length, left, top);
        } else {
            let text: String = row[column..column + length]
                .iter()
                .map(|cell| cell.text.as_str())
                .collect();
            draw_text(svg, &text, cell.look, length, left, top);
        }
        column += length;
    }
}

/// How many cells from the first on can be drawn together.
fn run(row: &[Cell]) -> usize {
    let first = &row[0];
    if first.width == 2 {
        return 2;
    }
    let alike = |cell: &&Cell| {
        let same = if is_shape(&first.text) {
            cell.text == first.text && first.text == "─"
        } else {
            !is_shape(&cell.text)
        };
        cell.look == first.look && cell.width == 1 && same
    };
    row.iter().take_while(alike).count().max(1)
}

fn draw_text(svg: &mut String, text: &str, look: Look, length: usize, left: f64, top: f64) {
    let trimmed = text.trim_end();
    if trimmed.is_empty() {
        return;
    }
    let spaces = text.len() - trimmed.len();
    let width = (length - spaces) as f64 * WIDTH;
    let (front, _, opacity) = paint(look);
    let class = if look.bold { " class=\"b\"" } else { "" };
    let fill = if front == FRONT {
        String::new()
    } else {
        format!(" fill=\"{front}\" style=\"fill:{front}\"")
    };
    let opacity = if opacity < 1.0 {
        format!(" opacity=\"{opacity}\"")
    } else {
        String::new()
    };
    let escaped = trimmed
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let base = top + HEIGHT * 0.75;
    writeln!(
        svg,
        "<text x=\"{left:.1}\" y=\"{base:.1}\" textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\"{class}{fill}{opacity}>{escaped}</text>"
    )
    .unwrap();
}

fn is_shape(text: &str) -> bool {
    matches!(
        text.chars().next(),
        Some('─' | '━' | '│' | '╭' | '╮' | '╰' | '╯' | '▌' | '▁'..='█' | '\u{2800}'..='\u{28ff}')
    )
}

fn draw_shape(svg: &mut String, cell: &Cell, length: usize, left: f64, top: f64) {
    let (colour, _, opacity) = paint(cell.look);
    let opacity = if opacity < 1.0 {
        format!(" opacity=\"{opacity}\"")
    } else {
        String::new()
    };
    let (right, bottom) = (left + length as f64 * WIDTH, top + HEIGHT);
    let (middle, centre) = (left + WIDTH / 2.0, top + HEIGHT / 2.0);
    let letter = cell.text.chars().next().unwrap();
    let block = |svg: &mut String, x: f64, y: f64, width: f64, height: f64| {
        writeln!(svg, "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{colour}\"{opacity}/>").unwrap();
    };
    let round = 5.0;
    let path = match letter {
        '▌' => return block(svg, left, top, WIDTH / 2.0, HEIGHT),
        '▁'..='█' => {
            let eighths = f64::from(u32::from(letter) - u32::from('▁') + 1);
            let height = (HEIGHT - 4.0) * eighths / 8.0;
            return block(svg, left + 0.4, bottom - 2.0 - height, WIDTH - 0.8, height);
        }
        '\u{2800}'..='\u{28ff}' => {
            for (bit, (x, y)) in DOTS.iter().enumerate() {
                if (u32::from(letter) - 0x2800) >> bit & 1 == 1 {
                    block(svg, left + x * WIDTH - 1.0, top + y * HEIGHT - 1.0, 2.0, 2.0);
                }
            }
            return;
        }
        '━' => return block(svg, left, centre - 1.2, right - left, 2.4),
        '─' => format!("M{left:.1} {centre:.1}H{right:.1}"),
        '│' => format!("M{middle:.1} {top:.1}V{bottom:.1}"),
        '╭' => format!(
            "M{middle:.1} {bottom:.1}V{:.1}Q{middle:.1} {centre:.1} {:.1} {centre:.1}H{right:.1}",
            centre + round,
            middle + round
        ),
        '╮' => format!(
            "M{middle:.1} {bottom:.1}V{:.1}Q{middle:.1} {centre:.1} {:.1} {centre:.1}H{left:.1}",
            centre + round,
            middle - round
        ),
        '╰' => format!(
            "M{middle:.1} {top:.1}V{:.1}Q{middle:.1} {centre:.1} {:.1} {centre:.1}H{right:.1}",
            centre - round,
            middle + round
        ),
        _ => format!(
            "M{middle:.1} {top:.1}V{:.1}Q{middle:.1} {centre:.1} {:.1} {centre:.1}H{left:.1}",
            centre - round,
            middle - round
        ),
    };
    writeln!(svg, "<path d=\"{path}\" stroke=\"{colour}\"{opacity}/>").unwrap();
}

/// Front, back and opacity of a look.
fn paint(look: Look) -> (&'static str, &'static str, f64) {
    let colour = |colour, plain| match colour {
        vt100::Color::Idx(index) => COLOURS[usize::from(index % 16)],
        _ => plain,
    };
    let (front, back) = (colour(look.front, FRONT), colour(look.back, BACK));
    let opacity = if look.dim { 0.55 } else { 1.0 };
    if look.inverse {
        (back, front, opacity)
    } else {
        (front, back, opacity)
    }
}
