//! Where the parts of a form lie: a pure function of the form and the size, for keys and look alike.

use super::field::MOST_SHOWN;
use super::{Field, Form, Shape};
use crate::app::editor::Window;
use crate::app::layout::{Area, Frame, Size};
use crate::domain::wrap::width;

/// Most cells of a form: longer lines are hard to read.
const WIDEST: u16 = 100;
/// Most rows of a form: the account stays in sight around it.
const HIGHEST: u16 = 24;
/// Cells of a day that is typed; how it is understood stands behind it.
const DAY: u16 = 22;
/// Rows of a line that stands alone.
const LONE_LINE: u16 = 3;
/// Least rows of the text that has the keys, where there are several: then it grows with what stands in it.
const LEAST_TEXT: u16 = 3;

/// Where the parts of a form lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormLayout {
    /// All of it, border included.
    pub outer: Area,
    /// Cells of the labels; none for a form of one field.
    pub labels: u16,
    /// What the form is about, above its text; of no height where there is nothing to read.
    pub shown: Area,
    /// Where each field's label stands: beside it, or above the text that takes the keys where that needs the whole width.
    pub titles: Vec<Area>,
    /// Each field's text, without its label; of no height where it does not show.
    pub fields: Vec<Area>,
    /// What is wrong with the field that takes the keys, below it; of no height as long as nothing is.
    pub wrong: Area,
    /// The values to choose from, below the field that takes the keys.
    pub list: Area,
    /// How the field that takes the keys is understood.
    pub says: Area,
    /// The last rows: where the draft stands, or what is wrong.
    pub status: Area,
}

impl FormLayout {
    /// The layout of a form on a screen of this size.
    pub fn of(form: &Form, size: Size) -> Self {
        let body = Frame::of(size, 0).body;
        let outer_width = body.middle(body.width.saturating_sub(4).min(WIDEST), 0).width;
        let says = form.purpose.says_rows();
        let list = list_rows(form.field());
        let wrong = wrong_rows(form);
        let wanted: u16 = (0..form.fields.len()).map(|at| wanted_rows(form, at)).sum();
        let highest = body.height.saturating_sub(2).min(HIGHEST);
        let height = match texts(form) {
            0 => wanted + wrong + list + says + 4,
            1 => highest,
            _ => {
                // Wherever the keys go it is as high: nothing jumps.
                let inside = outer_width.saturating_sub(4);
                let labels = labels(form, inside);
                let beside = form
                    .fields
                    .iter()
                    .map(|field| list_rows(field).max(more_rows(field, inside, labels)));
                (wanted + 1 + beside.max().unwrap_or(0) + says + 4).min(highest)
            }
        };
        let outer = body.middle(outer_width, height);
        let inside = outer
            .inside()
            .split(outer.inside().width.saturating_sub(1))
            .0
            .split(1)
            .1;
        let status = inside.bottom(2);
        let rest = inside.above(2);
        let says_area = rest.bottom(says);
        let (shown, rows) = read_above(form, rest.above(says), wrong + list);
        let labels = labels(form, inside.width);
        let Placed {
            titles,
            fields,
            below,
        } = place(form, rows, labels, wrong + list);
        let (wrong, list) = (below.top(wrong), below.below(wrong));
        Self {
            outer,
            labels,
            shown,
            titles,
            fields,
            wrong,
            list,
            says: says_area,
            status,
        }
    }

    /// The rule between what is read and what is written; of no height where nothing is read.
    pub fn rule(&self) -> Area {
        let below = Area {
            y: self.shown.y + self.shown.height,
            ..self.shown
        };
        Area {
            height: self.shown.height.min(1),
            ..below
        }
    }

    /// How many fields there is no room for above and below those that show.
    pub fn hidden(&self) -> (usize, usize) {
        let shows = |area: &Area| area.height > 0;
        let first = self.fields.iter().position(shows).unwrap_or(0);
        let last = self.fields.iter().rposition(shows).unwrap_or(0);
        (first, self.fields.len().saturating_sub(last + 1))
    }

    /// The window of a field's editor.
    pub fn window(&self, at: usize) -> Window {
        let area = self.fields.get(at).copied().unwrap_or_default();
        Window {
            width: area.width,
            height: area.height.max(1),
        }
    }
}

/// Where what the form is about is read, and the rows that stay for its text, which has so many more below it.
fn read_above(form: &Form, rows: Area, more: u16) -> (Area, Area) {
    let own = LEAST_TEXT + more;
    if form.shown.is_none() || rows.height < own + 2 {
        return (rows.top(0), rows);
    }
    (rows.above(own + 1), rows.bottom(own))
}

/// Cells of the labels and the gap behind them.
fn labels(form: &Form, cells: u16) -> u16 {
    if form.fields.len() < 2 {
        return 0;
    }
    let widest = form.fields.iter().map(|field| width(&field.label)).max();
    widest.unwrap_or(0).min(cells * 11 / 20) + 2
}

/// Whether labels leave too little of so many cells to write in.
fn leaves_little(labels: u16, cells: u16) -> bool {
    labels > cells * 2 / 5 + 2
}

/// Whether the label of the text that takes the keys stands above it, since beside it too little is left.
fn is_below_its_label(form: &Form, at: usize, area: Area, labels: u16) -> bool {
    let is_text = at == form.at && form.fields[at].shape == Shape::Text;
    is_text && leaves_little(labels, area.width) && area.height > 2
}

/// A row for what is wrong with the field that takes the keys, unless how it is read says so already.
fn wrong_rows(form: &Form) -> u16 {
    let field = form.field();
    let is_told = field.shape == Shape::Day && !field.text().trim().is_empty();
    u16::from(form.wrong_at(form.at).is_some() && !is_told)
}

fn list_rows(field: &Field) -> u16 {
    field.matches().len().min(MOST_SHOWN) as u16
}

/// How many of its fields are texts of many lines.
fn texts(form: &Form) -> usize {
    let texts = form.fields.iter().filter(|field| field.shape == Shape::Text);
    texts.count()
}

/// Rows beyond the first that a text has when the keys go to it, where there are several: one for its label if that stands
/// above it.
fn more_rows(field: &Field, cells: u16, labels: u16) -> u16 {
    if field.shape != Shape::Text {
        return 0;
    }
    let (cells, label) = if leaves_little(labels, cells) {
        (cells, 1)
    } else {
        (cells.saturating_sub(labels), 0)
    };
    let rows = u16::try_from(field.editor.rows(cells)).unwrap_or(u16::MAX);
    rows.max(LEAST_TEXT).saturating_add(label) - 1
}

/// Rows that a field needs where there is no text that takes what is left.
fn wanted_rows(form: &Form, at: usize) -> u16 {
    match form.fields[at].shape {
        Shape::Line if form.fields.len() == 1 => LONE_LINE,
        _ => 1,
    }
}

/// The text that has rows which nobody else needs, and how many: the only one all of them, of several the one with the keys
/// as many as it fills.
fn open(form: &Form, spare: u16, cells: u16, labels: u16) -> Option<(usize, u16)> {
    let is_text = |at: &usize| form.fields[*at].shape == Shape::Text;
    if texts(form) > 1 {
        let open = Some(form.at).filter(is_text)?;
        return Some((open, more_rows(&form.fields[open], cells, labels).min(spare)));
    }
    let only = (0..form.fields.len()).find(is_text)?;
    Some((only, spare))
}

/// Where the fields lie.
struct Placed {
    titles: Vec<Area>,
    fields: Vec<Area>,
    /// What belongs to the field that takes the keys.
    below: Area,
}

fn place(form: &Form, area: Area, labels: u16, list: u16) -> Placed {
    let least = |at: usize| wanted_rows(form, at) + if at == form.at { list } else { 0 };
    let needed: u16 = (0..form.fields.len()).map(least).sum();
    let spare = area.height.saturating_sub(needed);
    let open = open(form, spare, area.width, labels);
    let rows = |at: usize| {
        let more = open.filter(|(open, _)| *open == at);
        wanted_rows(form, at) + more.map_or(0, |(_, more)| more)
    };
    // As many fields above the one with the keys go as it needs to show whole.
    let mut first = 0;
    let through = |first: usize| -> u16 {
        let shown = (first..=form.at).map(rows).sum::<u16>();
        shown + list
    };
    while first < form.at && through(first) > area.height {
        first += 1;
    }
    let (mut rest, mut chosen) = (area, Area::default());
    let (mut titles, mut fields) = (Vec::new(), Vec::new());
    for at in 0..form.fields.len() {
        let height = if at < first { 0 } else { rows(at) };
        let whole = rest.top(height);
        let (title, mut field) = if is_below_its_label(form, at, whole, labels) {
            (whole.top(1), whole.below(1))
        } else {
            let (title, field) = whole.split(labels);
            (title.split(labels.saturating_sub(1)).0, field)
        };
        if form.fields[at].shape == Shape::Day {
            field = field.split(DAY).0;
        }
        titles.push(title);
        fields.push(field);
        rest = rest.below(height);
        if at == form.at {
            chosen = rest.top(list).split(labels).1;
            rest = rest.below(list);
        }
    }
    Placed {
        titles,
        fields,
        below: chosen,
    }
}
