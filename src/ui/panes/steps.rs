//! Pane 3: what is due for me across accounts, late first.

use super::{ENDED, Spot, is_spoken_of, selected};
use crate::app::Model;
use crate::app::layout::Pane;
use crate::domain::desk::{DUE, Desk, DueItem, DueKind, Standing};
use crate::domain::wrap::width;
use crate::ui::canvas::Canvas;
use crate::ui::theme::{self, Role};
use crate::ui::widgets::border::Border;
use crate::ui::{panes, words};

/// Fewer cells than this beside the titles are too few for what the steps say.
const LEAST_BODY: u16 = 36;
/// Cells for when it is due.
const WHEN: u16 = 11;

/// Draws the pane.
pub fn draw(model: &Model, canvas: &mut Canvas, spot: &Spot) {
    let desk = model.desk.desk.as_deref();
    spot.border(model, canvas, border(model, desk, spot));
    let due = desk.map_or(&[][..], |desk| &desk.due);
    if due.is_empty() {
        spot.teach(canvas, &empty(model, desk));
    }
    let cursor = model.cursor(Pane::Steps);
    let shown = due.iter().skip(cursor.top).take(spot.list.page());
    let titles = shown.map(|item| width(&item.title)).max().unwrap_or(0);
    for (at, item) in due.iter().enumerate().skip(cursor.top) {
        let Some(area) = spot.item(at, cursor.top) else {
            break;
        };
        let selected = at == cursor.at && spot.focused;
        let account = item.account.as_ref();
        let bar = spot.mark(
            at == cursor.at,
            account.is_some_and(|account| is_spoken_of(model, account)),
        );
        let (symbol, mark, text) = look(model, item);
        let symbol = canvas.theme().sign(symbol);
        let mut line = canvas.line(area, 0);
        line.gap_right(1).mark(bar).text(symbol, mark).gap(1);
        line.field(
            WHEN,
            &words::due(model.local(), item),
            if mark == Role::Bad { mark } else { text },
        );
        if let Some(state) = item.pending {
            line.text(words::pending(state), Role::Here).gap(1);
        }
        if let Some(whom) = &item.owner {
            line.text(&format!("for {whom}"), Role::Doubtful).gap(1);
        }
        let account = width(&item.account_name).min(area.width / 3);
        line.right(&cut(&item.account_name, account), Role::Dim)
            .gap_right(2);
        if line.left() < titles + LEAST_BODY {
            line.text(&item.title, text.strong_if(selected));
            continue;
        }
        line.field(titles, &item.title, text.strong_if(selected)).gap(3);
        line.text(words::first_line(&item.body), Role::Dim);
    }
    selected::below(model, canvas, spot.list.below);
}

/// Text in at most so many cells.
fn cut(text: &str, cells: u16) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let mut kept = String::new();
    for character in text.chars() {
        if width(&kept) + 3 > cells {
            break;
        }
        kept.push(character);
    }
    kept + "…"
}

fn border(model: &Model, desk: Option<&Desk>, spot: &Spot) -> Border {
    let mut border = Border {
        number: Some(3),
        title: "Steps".to_owned(),
        context: "due for me".to_owned(),
        below: foot(model, spot.list.page()),
        ..Border::default()
    };
    if let Some(desk) = desk {
        let told = desk.told(model.has_synced());
        if told.late != Ok(0) {
            let role = if told.late.is_ok() { Role::Bad } else { Role::Dim };
            let late = format!("{} late", words::known(&told.late));
            border.right.push((late, role.into()));
            border.right.push((" · ".to_owned(), Role::Dim.into()));
        }
        let today = format!("{} today", words::known(&told.due_today));
        border.right.push((today, Role::Plain.into()));
    }
    border
}

/// Which of them show, and how many late ones are above: `12 late above · 13–20 of 28`.
fn foot(model: &Model, page: usize) -> String {
    let due = model.desk.desk.as_deref().map_or(&[][..], |desk| &desk.due);
    if due.is_empty() {
        return String::new();
    }
    let top = model.cursor(Pane::Steps).top;
    let shown = panes::shown(top, page, due.len());
    let above = due.iter().take(top).filter(|item| item.is_late(model.local()));
    match above.count() {
        0 => shown,
        late => format!("{} late above · {shown}", words::count(late)),
    }
}

fn empty(model: &Model, desk: Option<&Desk>) -> Vec<String> {
    let texts = match desk {
        None if !model.desk.loaded => vec![model.reading()],
        None if model.awaits_first_sync() => vec![
            "Nothing read yet: the first sync is under way.",
            "Your open tasks come with it.",
        ],
        None if model.awaits_scores() => {
            vec![ENDED, "Your open tasks show as soon as its accounts are scored."]
        }
        None => vec![
            "Nothing read yet.",
            "Your open tasks come with the first sync: ctrl-r.",
        ],
        Some(desk) => {
            if let Some(why) = desk.unread.why(DUE) {
                return panes::unknown("What is due for you is not known", &why);
            }
            vec![
                "Nothing is due for you.",
                "Tasks that the CRM gives you and handoffs that wait for you show here.",
            ]
        }
    };
    texts.into_iter().map(str::to_owned).collect()
}

/// Symbol, its role and the role of the text.
fn look(model: &Model, item: &DueItem) -> (&'static str, Role, Role) {
    match (item.kind, item.standing(model.local())) {
        (_, Standing::Late) => (theme::LATE, Role::Bad, Role::Plain),
        (DueKind::Handoff, _) => ("→", Role::Here, Role::Plain),
        (DueKind::Task | DueKind::Step | DueKind::Promise, Standing::Today) => ("▶", Role::Here, Role::Plain),
        (DueKind::Task | DueKind::Step | DueKind::Promise, _) => ("•", Role::Dim, Role::Dim),
    }
}
