//! Cells to SVG. Lines and blocks are drawn as shapes, so that they join whatever font shows the rest.

use svg::node::element::path::Data;
use svg::node::element::{Element, Path, Rectangle, SVG, Style, Title, tag};
use svg::node::{Node, Text};

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

/// What all texts and lines have in common.
const STYLE: &str = "text{font:14px ui-monospace,'DejaVu Sans Mono','Cascadia Mono',Menlo,Consolas,monospace;\
    white-space:pre}.b{font-weight:bold}path{fill:none;stroke-width:1.2}";

/// The picture of a screen.
pub fn draw(cells: &Cells, title: &str) -> String {
    let width = f64::from(cells.columns) * WIDTH + 2.0 * MARGIN;
    let height = cells.rows.len() as f64 * HEIGHT + 2.0 * MARGIN;
    let paper = Rectangle::new().set("width", "100%").set("height", "100%");
    let mut svg = SVG::new()
        .set("width", width.round())
        .set("height", height.round())
        .set("viewBox", (0, 0, tenths(width), tenths(height)))
        .set("role", "img")
        .set("fill", FRONT)
        .set("xml:space", "preserve")
        .add(Title::new(title))
        .add(Style::new(STYLE))
        .add(paper.set("rx", 8).set("fill", BACK));
    for (number, row) in cells.rows.iter().enumerate() {
        draw_row(&mut svg, row, MARGIN + number as f64 * HEIGHT);
    }
    format!("{svg}\n")
}

/// A length as it is written: finer than a tenth nobody sees.
fn tenths(length: f64) -> f64 {
    (length * 10.0).round() / 10.0
}

fn draw_row(svg: &mut SVG, row: &[Cell], top: f64) {
    let mut column = 0;
    while column < row.len() {
        let cell = &row[column];
        let left = MARGIN + column as f64 * WIDTH;
        let length = run(&row[column..]);
        if cell.look.back != vt100::Color::Default || cell.look.inverse {
            let (_, back, _) = paint(cell.look);
            let width = length as f64 * WIDTH;
            svg.append(block(left, top, width, HEIGHT).set("fill", back));
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

fn block(x: f64, y: f64, width: f64, height: f64) -> Rectangle {
    Rectangle::new()
        .set("x", tenths(x))
        .set("y", tenths(y))
        .set("width", tenths(width))
        .set("height", tenths(height))
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

fn draw_text(svg: &mut SVG, text: &str, look: Look, length: usize, left: f64, top: f64) {
    let trimmed = text.trim_end();
    if trimmed.is_empty() {
        return;
    }
    let spaces = text.len() - trimmed.len();
    let (front, _, opacity) = paint(look);
    // The crate's own text element has line breaks around its text, which would show as blanks here.
    let mut element = Element::new(tag::Text);
    element.assign("x", tenths(left));
    element.assign("y", tenths(top + HEIGHT * 0.75));
    element.assign("textLength", tenths((length - spaces) as f64 * WIDTH));
    element.assign("lengthAdjust", "spacingAndGlyphs");
    if look.bold {
        element.assign("class", "b");
    }
    if front != FRONT {
        element.assign("fill", front);
    }
    fade(&mut element, opacity);
    element.append(Text::new(trimmed));
    svg.append(element);
}

fn fade(node: &mut impl Node, opacity: f64) {
    if opacity < 1.0 {
        node.assign("opacity", opacity);
    }
}

fn is_shape(text: &str) -> bool {
    matches!(
        text.chars().next(),
        Some('─' | '━' | '│' | '╭' | '╮' | '╰' | '╯' | '▌' | '▁'..='█' | '\u{2800}'..='\u{28ff}')
    )
}

fn draw_shape(svg: &mut SVG, cell: &Cell, length: usize, left: f64, top: f64) {
    let (colour, _, opacity) = paint(cell.look);
    let (right, bottom) = (left + length as f64 * WIDTH, top + HEIGHT);
    let (middle, centre) = (left + WIDTH / 2.0, top + HEIGHT / 2.0);
    let letter = cell.text.chars().next().unwrap();
    let filled = |svg: &mut SVG, x: f64, y: f64, width: f64, height: f64| {
        let mut block = block(x, y, width, height).set("fill", colour);
        fade(&mut block, opacity);
        svg.append(block);
    };
    let round = 5.0;
    // From the middle of the upper or lower edge, around the centre, to the left or right edge.
    let corner = |from: f64, to: f64| {
        let (down, across) = ((from - centre).signum() * round, (to - middle).signum() * round);
        Data::new()
            .move_to((tenths(middle), tenths(from)))
            .vertical_line_to(tenths(centre + down))
            .quadratic_curve_to((
                tenths(middle),
                tenths(centre),
                tenths(middle + across),
                tenths(centre),
            ))
            .horizontal_line_to(tenths(to))
    };
    let data = match letter {
        '▌' => return filled(svg, left, top, WIDTH / 2.0, HEIGHT),
        '▁'..='█' => {
            let eighths = f64::from(u32::from(letter) - u32::from('▁') + 1);
            let height = (HEIGHT - 4.0) * eighths / 8.0;
            return filled(svg, left + 0.4, bottom - 2.0 - height, WIDTH - 0.8, height);
        }
        '\u{2800}'..='\u{28ff}' => {
            for (bit, (x, y)) in DOTS.iter().enumerate() {
                if (u32::from(letter) - 0x2800) >> bit & 1 == 1 {
                    filled(svg, left + x * WIDTH - 1.0, top + y * HEIGHT - 1.0, 2.0, 2.0);
                }
            }
            return;
        }
        '━' => return filled(svg, left, centre - 1.2, right - left, 2.4),
        '─' => Data::new()
            .move_to((tenths(left), tenths(centre)))
            .horizontal_line_to(tenths(right)),
        '│' => Data::new()
            .move_to((tenths(middle), tenths(top)))
            .vertical_line_to(tenths(bottom)),
        '╭' => corner(bottom, right),
        '╮' => corner(bottom, left),
        '╰' => corner(top, right),
        _ => corner(top, left),
    };
    let mut path = Path::new().set("d", data).set("stroke", colour);
    fade(&mut path, opacity);
    svg.append(path);
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
