//! Contacts and tickets.

use super::Spot;
use crate::app::Model;
use crate::domain::account_view::{AccountView, Person};
use crate::domain::wrap::width;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Role;
use crate::ui::words;

/// Days without a touchpoint after which a contact with a role is worth a look.
const LONG: i32 = 30;

/// Draws the contacts: name, role or title, and when someone last spoke with them.
pub fn people(model: &Model, view: &AccountView, canvas: &mut Canvas, spot: &Spot) {
    let heights = vec![1; view.people.len()];
    let longest = view.people.iter().map(|person| width(&person.name)).max();
    let names = longest.unwrap_or(0).clamp(10, (spot.inside.width / 2).max(10));
    let about = |person: &Person| {
        let about = person.role.as_deref().or(person.title.as_deref());
        about.unwrap_or("").to_owned()
    };
    let roles = view
        .people
        .iter()
        .map(|person| width(&about(person)))
        .max()
        .unwrap_or(0);
    let teach = "No contact: the CRM has none for this account.";
    spot.items(canvas, &heights, teach, |canvas, at, area, selected| {
        let person = &view.people[at];
        let mut line = canvas.line(area, 0);
        line.gap_right(1).bar(selected).gap(1);
        let (last, role) = match (person.left, person.last_touch) {
            (true, _) => match person.left_on {
                Some(day) => (
                    format!("left {}", words::calendar_day(model.today, day)),
                    Role::Bad,
                ),
                None => ("left".to_owned(), Role::Bad),
            },
            (false, Some(day)) => {
                let old = person.role.is_some() && words::days(day, model.today) > LONG;
                let role = if old { Role::Doubtful } else { Role::Dim };
                (words::ago(model.today, day), role)
            }
            (false, None) => ("touch ?".to_owned(), Role::Dim),
        };
        line.right(&last, role).gap_right(2);
        let name = if person.left { Role::Dim } else { Role::Plain };
        line.field(names, &person.name, name.strong_if(selected)).gap(2);
        line.field(roles.min(line.left()), &about(person), Role::Dim);
        if let Some(email) = person.email.as_deref().filter(|_| line.left() > 20) {
            line.gap(2).text(email, Role::Dim);
        }
    });
}

/// Draws the tickets: open ones first.
pub fn tickets(model: &Model, view: &AccountView, canvas: &mut Canvas, spot: &Spot) {
    let heights = vec![1; view.tickets.len()];
    spot.items(canvas, &heights, "No ticket.", |canvas, at, area, selected| {
        let ticket = &view.tickets[at];
        let pressing = matches!(ticket.priority.as_deref(), Some("urgent" | "high"));
        let (symbol, role) = match (&ticket.closed, pressing) {
            (Some(_), _) => ("✓", Role::Dim),
            (None, true) => ("▲", Role::Bad),
            (None, false) => ("◆", Role::Doubtful),
        };
        let mut line = canvas.line(area, 0);
        line.gap_right(1).bar(selected).gap(1).text(symbol, role).gap(1);
        let age = words::age(model.now, ticket.opened, &model.zone);
        line.right(&age, Role::Dim).gap_right(2);
        if let Some(priority) = ticket.priority.as_deref().filter(|_| ticket.closed.is_none()) {
            line.right(priority, role).gap_right(2);
        }
        let text = if ticket.closed.is_some() {
            Role::Dim
        } else {
            Role::Plain
        };
        line.text(&ticket.subject, text.strong_if(selected));
    });
}
