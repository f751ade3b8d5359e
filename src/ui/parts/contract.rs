//! Contracts, those that end next first.

use super::Spot;
use crate::app::Model;
use crate::domain::account_view::{AccountView, ContractLine};
use crate::ui::canvas::{Canvas, Line};
use crate::ui::theme::Role;
use crate::ui::{panes, words};

/// Draws the part: two lines a contract, and the parent below the last one.
pub fn draw(model: &Model, view: &AccountView, canvas: &mut Canvas, spot: &Spot) {
    let mut heights = vec![2; view.contracts.len()];
    if let Some(last) = heights.last_mut().filter(|_| view.parent.is_some()) {
        *last = 3;
    }
    let teach = "No contract: the mapping found none for this account.";
    spot.items(canvas, &heights, teach, |canvas, at, area, selected| {
        let contract = &view.contracts[at];
        let mut line = canvas.line(area, 0);
        line.gap_right(1).bar(selected).gap(1);
        let arr = contract.arr.map_or_else(|| "?".to_owned(), words::exact);
        line.right(
            &arr,
            if contract.arr.is_some() {
                Role::Plain
            } else {
                Role::Dim
            },
        )
        .gap_right(2);
        line.text(&contract.name, state_role(contract).strong_if(selected));
        terms(model, contract, &mut canvas.line(area, 1));
        if let Some(parent) = view.parent.as_deref().filter(|_| area.height > 2) {
            canvas
                .line(area, 2)
                .gap(2)
                .gap_right(2)
                .text("parent ", Role::Dim)
                .text(parent, Role::Plain);
        }
    });
}

fn state_role(contract: &ContractLine) -> Role {
    match contract.state.as_str() {
        "ended" | "churned" => Role::Dim,
        _ => Role::Plain,
    }
}

/// The terms, what matters first: until when they can leave, when it ends, how it goes on.
fn terms(model: &Model, contract: &ContractLine, line: &mut Line) {
    line.gap(2).gap_right(1);
    if matches!(contract.state.as_str(), "late" | "churned") {
        line.text(&contract.state, Role::Bad).text(" · ", Role::Dim);
    } else if contract.state != "active" {
        line.text(&contract.state, Role::Dim).text(" · ", Role::Dim);
    }
    if let Some(notice) = contract.notice_by.filter(|_| contract.state != "ended") {
        let day = words::calendar_day(model.today, notice);
        line.text("notice ", Role::Dim);
        line.text(&day, panes::urgency(model.today, notice))
            .text(" · ", Role::Dim);
    }
    let end = contract.end.map(|end| words::calendar_day(model.today, end));
    line.text("ends ", Role::Dim)
        .text(end.as_deref().unwrap_or("?"), Role::Plain);
    let goes_on = match (contract.monthly, contract.auto_renew) {
        (true, _) => " · monthly",
        (_, Some(true)) => " · auto-renews",
        (_, Some(false)) => " · must renew",
        (_, None) => "",
    };
    line.text(goes_on, Role::Dim);
}
