//! Pane 2: the risk queue, two lines an account, the second one the reason in words.

use super::Spot;
use crate::app::Model;
use crate::app::layout::Pane;
use crate::domain::desk::{Desk, RiskRow, WarningKind};
use crate::domain::wrap::width;
use crate::ui::canvas::Canvas;
use crate::ui::theme::{self, Ink, Role};
use crate::ui::widgets::border::Border;
use crate::ui::{panes, words};

/// Draws the pane.
pub fn draw(model: &Model, canvas: &mut Canvas, spot: &Spot) {
    let desk = model.desk.desk.as_deref();
    spot.border(canvas, border(model, desk, spot));
    let risks = desk.map_or(&[][..], |desk| &desk.risks);
    if risks.is_empty() {
        return spot.teach(canvas, &empty(model, desk));
    }
    let cursor = model.cursor(Pane::Risks);
    for (at, risk) in risks.iter().enumerate().skip(cursor.top) {
        let Some(area) = spot.item(at, cursor.top) else {
            break;
        };
        let selected = at == cursor.at && spot.focused;
        let bar = spot.mark(at == cursor.at, panes::is_spoken_of(model, &risk.account));
        let (symbol, ink) = mark(risk);
        let mut line = canvas.line(area, 0);
        line.gap_right(1).mark(bar).text(symbol, ink).gap(1);
        let (when, role) = when(model, risk);
        line.right(&when, role)
            .gap_right(11_u16.saturating_sub(width(&when)) + 2);
        line.right(&words::at_stake(risk.at_stake, model.currency), money_ink(risk));
        line.gap_right(1)
            .text(&risk.name, Role::Plain.strong_if(selected));
        let mut reasons = canvas.line(area, 1);
        reasons.gap_right(1).mark(bar).gap(2);
        let text = reasons_in(risk, reasons.left());
        reasons.text(&text, Role::Dim);
    }
}

fn border(model: &Model, desk: Option<&Desk>, spot: &Spot) -> Border {
    let mut border = Border {
        number: Some(2),
        title: "Risk queue".to_owned(),
        ..Border::default()
    };
    let Some(desk) = desk else { return border };
    if !model.awaits_first_sync() {
        border.context = format!("{} open", words::count(desk.day.risks as usize));
    }
    if !desk.risks.is_empty() {
        let stake = words::sum(&desk.day.at_stake, model.currency);
        border.right = vec![(format!("{stake} at stake"), Role::Bad.into())];
        let shown = panes::shown(
            model.cursor(Pane::Risks).top,
            spot.list.page(),
            desk.queue.max(desk.risks.len() as u32) as usize,
        );
        border.below = format!("{shown} accounts");
    }
    let untold: u32 = desk.cannot_tell.iter().map(|(_, accounts)| accounts).sum();
    if untold > 0 {
        let untold = format!("cannot tell {}", words::count(untold as usize));
        border.below = if border.below.is_empty() {
            untold
        } else {
            format!("{untold} · {}", border.below)
        };
    }
    border
}

fn empty(model: &Model, desk: Option<&Desk>) -> Vec<&'static str> {
    match desk {
        None if !model.desk.loaded => vec![model.reading()],
        _ if model.awaits_first_sync() => vec![
            "No warnings yet: the first sync is under way.",
            "Signals look at the accounts as soon as it has read them.",
        ],
        None => vec![
            "No warnings yet.",
            "Signals look at the accounts after the first sync: ctrl-r.",
        ],
        Some(_) => vec![
            "No open warning.",
            "Signals (signals.toml) look after every sync and say why they fire.",
        ],
    }
}

/// Sign of the worst warning, and its role.
fn mark(risk: &RiskRow) -> (&'static str, Role) {
    let sign = words::warning_sign(risk.warnings.first());
    (sign, theme::sign(sign))
}

fn money_ink(risk: &RiskRow) -> Ink {
    match (risk.at_stake, mark(risk).1) {
        (None | Some(0), _) => Role::Dim.into(),
        (_, Role::Dim) => Role::Plain.strong(),
        (_, role) => role.strong(),
    }
}

fn when(model: &Model, risk: &RiskRow) -> (String, Role) {
    match (risk.warnings.first().map(|worst| worst.kind), risk.notice_by) {
        (Some(WarningKind::Opportunity), _) => ("opportunity".to_owned(), Role::Dim),
        (_, Some(notice)) => {
            let role = match panes::urgency(model.today, notice) {
                Role::Plain => Role::Dim,
                role => role,
            };
            (format!("notice {}", words::until(model.today, notice)), role)
        }
        (Some(WarningKind::Defect), None) => ("defect".to_owned(), Role::Dim),
        (_, None) => ("notice ?".to_owned(), Role::Dim),
    }
}

/// The reasons of an account's warnings, worst first, as many as fit whole, and how many more there are.
pub fn reasons_in(risk: &RiskRow, cells: u16) -> String {
    let all = risk.warnings.len();
    let mut text = String::new();
    for (at, warning) in risk.warnings.iter().enumerate() {
        let longer = if at == 0 {
            warning.reason.clone()
        } else {
            format!("{text} · {}", warning.reason)
        };
        let rest = if at + 1 == all { 0 } else { 5 };
        if at > 0 && width(&longer) + rest > cells {
            return format!("{text} · +{}", all - at);
        }
        text = longer;
    }
    text
}
