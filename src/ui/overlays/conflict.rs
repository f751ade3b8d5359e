//! Fields that somebody else changed too: side by side where there is room, else below each other.

use super::open_box;
use crate::app::Model;
use crate::app::layout::Area;
use crate::app::overlay::ConflictView;
use crate::app::overlay::conflict::Decision;
use crate::app::reading;
use crate::ui::canvas::Canvas;
use crate::ui::theme::{Ink, Role};

/// Cells of a label where values stand below each other.
const LABEL: u16 = 14;

/// Draws the conflicts of one entry.
pub fn draw(model: &Model, canvas: &mut Canvas, view: &ConflictView) {
    let inside = open_box(
        canvas,
        ConflictView::area(model.size),
        "Somebody else changed it too",
        "",
    );
    let account = view.entry.new.account.as_ref();
    let account = account
        .map(|id| model.outbox.view.account_name(id))
        .unwrap_or_default();
    canvas
        .line(inside, 0)
        .gap(1)
        .text(&view.entry.new.title, Role::Plain.strong())
        .gap(2)
        .text(account, Role::Dim);
    let wide = ConflictView::is_wide(model.size);
    let mut head = canvas.line(inside, 1);
    head.gap(1);
    if wide {
        let cells = head.left() / 5;
        for title in ["field", "what I saw", "mine", "theirs", "what is sent"] {
            head.field(cells, title, Role::Dim);
        }
    }
    let height = ConflictView::field_height(model.size);
    let fields = inside.below(2);
    let shown = usize::from(fields.height / height.max(1)).max(1);
    let top = view.top(model.size);
    for (row, at) in (top..view.entry.conflicts.len()).take(shown).enumerate() {
        let area = fields.below(row as u16 * height);
        if wide {
            side_by_side(model, canvas, view, at, area);
        } else {
            stacked(model, canvas, view, at, area);
        }
    }
}

/// What stands about one field: its label, the three values, when theirs came, and what is going to be.
struct Shown {
    label: String,
    base: String,
    mine: String,
    theirs: String,
    when: String,
    result: (String, Ink),
    decided: Option<Decision>,
}

fn shown(model: &Model, view: &ConflictView, at: usize) -> Option<Shown> {
    let conflict = view.entry.conflicts.get(at)?;
    let names = &model.outbox.view;
    let word = |value: Option<&str>| reading::value(model, &conflict.field, value);
    let result = match view.result(at) {
        Some(value) => (word(value), Role::Good.strong()),
        None => ("not decided".to_owned(), Role::Doubtful.into()),
    };
    Some(Shown {
        label: names.label(&conflict.field),
        base: word(conflict.base.as_deref()),
        mine: word(conflict.mine.as_deref()),
        theirs: word(conflict.theirs.as_deref()),
        when: conflict.set(|at| reading::moment(model, at)).unwrap_or_default(),
        result,
        decided: view.decided.get(at).cloned().flatten(),
    })
}

fn side_by_side(model: &Model, canvas: &mut Canvas, view: &ConflictView, at: usize, area: Area) {
    let Some(field) = shown(model, view, at) else {
        return;
    };
    let selected = view.at == at;
    let mine = field.decided == Some(Decision::Mine);
    let theirs = field.decided == Some(Decision::Theirs);
    let mut line = canvas.line(area, 0);
    let cells = line.left().saturating_sub(1) / 5;
    line.bar(selected)
        .column(cells, &field.label, Role::Plain.strong_if(selected))
        .column(cells, &field.base, Role::Dim)
        .column(cells, &field.mine, Role::Plain.strong_if(mine))
        .column(cells, &field.theirs, Role::Plain.strong_if(theirs))
        .text(&field.result.0, field.result.1);
    canvas
        .line(area, 1)
        .bar(selected)
        .gap(3 * cells)
        .text(&field.when, Role::Dim);
}

fn stacked(model: &Model, canvas: &mut Canvas, view: &ConflictView, at: usize, area: Area) {
    let Some(field) = shown(model, view, at) else {
        return;
    };
    let selected = view.at == at;
    let theirs = if field.when.is_empty() {
        field.theirs
    } else {
        format!("{} ({})", field.theirs, field.when)
    };
    canvas
        .line(area, 0)
        .bar(selected)
        .text(&field.label, Role::Plain.strong_if(selected));
    let lines: [(&str, &str, Ink); 4] = [
        ("what I saw", &field.base, Role::Dim.into()),
        ("mine", &field.mine, Role::Plain.into()),
        ("theirs", &theirs, Role::Plain.into()),
        ("what is sent", &field.result.0, field.result.1),
    ];
    for (row, (label, value, ink)) in lines.into_iter().enumerate() {
        canvas
            .line(area, row as u16 + 1)
            .bar(selected)
            .gap(2)
            .field(LABEL, label, Role::Dim)
            .text(value, ink);
    }
}
