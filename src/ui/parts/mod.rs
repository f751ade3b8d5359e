//! The account screen: its parts, all at once or one at a time.

mod contract;
mod history;
mod people;
mod why;

use super::canvas::Canvas;
use super::panes::{self, tabs};
use super::theme::{Ink, Role};
use super::widgets::{border, chart};
use super::{theme, words};
use crate::app::Model;
use crate::app::account::{AccountLayout, AccountScreen, Part};
use crate::app::layout::{Area, Shape};
use crate::domain::account_view::{AccountView, FEWEST_OF_SEGMENT};
use crate::domain::wrap::wrapped;

/// So many lines have room for one of air above them.
const LEAST_WITH_AIR: u16 = 7;

/// Draws the account screen.
pub fn draw(model: &Model, account: &AccountScreen, canvas: &mut Canvas) {
    let layout = AccountLayout::of(model.size, model.banner(), account.part, account.full);
    let Some(view) = account.view.as_deref() else {
        return nothing_yet(account, canvas, layout.frame.body);
    };
    let bordered = layout.frame.shape == Shape::Grid;
    if !bordered {
        let labels = Part::ALL.map(|part| (part.title().to_owned(), String::new()));
        let place = account.part.index();
        tabs::row(canvas, layout.frame.tabs, &labels, place);
        tabs::beside(
            canvas,
            layout.frame.tabs,
            (&labels, place),
            (&[], &about(model, view, account.part)),
        );
    }
    for part in Part::ALL {
        let Some(area) = layout.parts[part.index()] else {
            continue;
        };
        let focused = part == account.part;
        let whole = if bordered { area.inside() } else { area };
        let air = whole.height >= LEAST_WITH_AIR;
        let spot = Spot {
            inside: whole.below(u16::from(air)),
            air,
            bordered,
            at: account.cursors[part.index()].at,
            focused,
            unread: view.unread.why(part.kinds()),
        };
        if bordered {
            let border = border::Border {
                focused,
                ..title(model, view, part)
            };
            border::draw(canvas, area, &border);
        }
        draw_part(model, view, part, canvas, &spot);
    }
}

fn draw_part(model: &Model, view: &AccountView, part: Part, canvas: &mut Canvas, spot: &Spot) {
    match part {
        Part::Why => why::draw(model, view, canvas, spot),
        Part::Next => history::next(model, view, canvas, spot),
        Part::Chart => {
            let (_, role) = theme::band(view.summary.band);
            let area = spot.inside.split(spot.inside.width.saturating_sub(1)).0;
            chart::draw(canvas, area, &view.chart, role);
        }
        Part::Timeline => history::timeline(model, view, canvas, spot),
        Part::Contract => contract::draw(model, view, canvas, spot),
        Part::People => people::people(model, view, canvas, spot),
        Part::Tickets => people::tickets(model, view, canvas, spot),
        Part::Notes => history::notes(model, view, canvas, spot),
        Part::Handoffs => history::handoffs(model, view, canvas, spot),
    }
}

/// What stands in place of the parts until the account is read, or when it cannot be.
fn nothing_yet(account: &AccountScreen, canvas: &mut Canvas, body: Area) {
    let body = body.below(1);
    match &account.failure {
        Some(failure) => {
            canvas
                .line(body, 0)
                .gap(2)
                .text("▲ ", Role::Bad)
                .text(&failure.summary, Role::Plain.strong());
            let hint = failure.hint.as_deref().unwrap_or("esc goes back");
            canvas
                .line(body, 1)
                .gap(4)
                .text("hint: ", Role::Dim)
                .text(hint, Role::Plain);
        }
        None => {
            canvas.line(body, 0).gap(2).text("Reading the cache …", Role::Dim);
        }
    }
}

/// What stands in the border of a part, in one text: since when the account is red is never left out.
fn about(model: &Model, view: &AccountView, part: Part) -> String {
    let border = title(model, view, part);
    let right: String = border.right.into_iter().map(|(text, _)| text).collect();
    let texts = [border.context, right];
    let texts: Vec<String> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    texts.join(" · ")
}

fn title(model: &Model, view: &AccountView, part: Part) -> border::Border {
    let mut border = border::Border {
        title: part.title().to_owned(),
        ..border::Border::default()
    };
    let right = |text: String, ink: Ink| vec![(text, ink)];
    match part {
        Part::Why => {
            let summary = &view.summary;
            let health = words::Health::of(summary.band, summary.last_band, view.why.score);
            let stale = if health.stale { " stale" } else { "" };
            border.title = format!("Why {}{stale}", health.figure());
            border.context = match view.why.band_since.filter(|_| !health.stale) {
                Some(since) => format!("{} {}", summary.band.word(), since.words(model.today)),
                None if summary.has_churned() => "churned".to_owned(),
                None => String::new(),
            };
            border.right = right(format!("{} % has data", view.why.coverage), Role::Dim.into());
        }
        Part::Chart => {
            border.title.push_str(", 12 months");
            if view.chart.iter().any(|point| point.median.is_some()) {
                border.right = right("┄ segment median".to_owned(), Role::Dim.into());
            } else if let Some(scored) = view.too_few {
                let text = format!("no segment median: {scored} of {FEWEST_OF_SEGMENT} scored");
                border.right = right(text, Role::Dim.into());
            }
        }
        Part::People | Part::Tickets | Part::Notes | Part::Handoffs => {
            border.context = match (part, closed_tickets(view)) {
                (Part::Tickets, closed @ 1..) => {
                    format!("{} open · {closed} closed", told(view, part))
                }
                _ => told(view, part),
            };
            // The last ones go first where the border is too narrow.
            let others = [Part::Handoffs, Part::Tickets, Part::People, Part::Notes].into_iter();
            let others = others.filter(|other| *other != part && told(view, *other) != "0");
            let words = others
                .map(|other| format!("{} {}", other.title().to_lowercase(), told(view, other)))
                .enumerate();
            let between = |at: usize| if at == 0 { "" } else { " · " };
            border.right = words
                .map(|(at, text)| (format!("{}{text}", between(at)), Role::Dim.into()))
                .collect();
        }
        Part::Next | Part::Timeline | Part::Contract => {
            border.context = told(view, part);
        }
    }
    border
}

fn closed_tickets(view: &AccountView) -> usize {
    view.tickets
        .iter()
        .filter(|ticket| ticket.closed.is_some())
        .count()
}

/// How many there are, as far as the key may read them: `?`, `≥3`.
fn told(view: &AccountView, part: Part) -> String {
    match (amount(view, part), view.unread.why(part.kinds())) {
        (amount, None) => amount.to_string(),
        (0, Some(_)) => "?".to_owned(),
        (amount, Some(_)) => format!("≥{amount}"),
    }
}

fn amount(view: &AccountView, part: Part) -> usize {
    match part {
        Part::Next => view.next.len(),
        Part::Timeline => view.timeline.len(),
        Part::Contract => view.contracts.len(),
        Part::People => view.people.iter().filter(|person| !person.left).count(),
        Part::Tickets => view
            .tickets
            .iter()
            .filter(|ticket| ticket.closed.is_none())
            .count(),
        Part::Notes => view.notes.len(),
        Part::Handoffs => view.handoffs.len(),
        Part::Why | Part::Chart => 0,
    }
}

/// Where a part draws its items.
pub struct Spot {
    /// All cells of the part but its border.
    pub inside: Area,
    /// The selected item.
    pub at: usize,
    /// Whether a line of air is above them.
    pub air: bool,
    /// Whether the part has a border, on which stands what shows of a longer list.
    pub bordered: bool,
    /// Whether the part has the focus.
    pub focused: bool,
    /// Why not all of it is known.
    pub unread: Option<String>,
}

impl Spot {
    /// Draws items of given heights so that the selected one shows; `teach` stands for an empty list.
    fn items(
        &self,
        canvas: &mut Canvas,
        heights: &[u16],
        teach: &str,
        mut draw: impl FnMut(&mut Canvas, usize, Area, bool),
    ) {
        if heights.is_empty() {
            let unknown = self.unread.as_ref().map(|why| format!("Unknown: {why}."));
            let text = unknown.as_deref().unwrap_or(teach);
            let mut area = self.inside;
            for line in wrapped(text, area.width.saturating_sub(4), usize::from(area.height)) {
                canvas.line(area, 0).gap(2).text(&line, Role::Dim);
                area = area.below(1);
            }
        }
        let (inside, top) = (self.room(heights), self.top(heights));
        let (mut area, mut shown) = (inside, 0);
        for (at, height) in heights.iter().enumerate().skip(top) {
            if area.height == 0 {
                break;
            }
            draw(canvas, at, area.top(*height), self.focused && at == self.at);
            shown += usize::from(*height <= area.height);
            area = area.below(*height);
        }
        if self.bordered && shown < heights.len() {
            let text = format!(" {} ", panes::shown(top, shown, heights.len()));
            let below = inside.bottom(0).grown(1);
            canvas.line(below, 0).gap_right(1).right(&text, Role::Dim);
        }
    }

    /// The line of air at the top gives way to items that would not fit.
    fn room(&self, heights: &[u16]) -> Area {
        if self.air
            && heights.iter().map(|height| u32::from(*height)).sum::<u32>() > u32::from(self.inside.height)
        {
            return Area {
                y: self.inside.y - 1,
                height: self.inside.height + 1,
                ..self.inside
            };
        }
        self.inside
    }

    /// The first item that shows: as few as possible are above, with the selected one whole.
    fn top(&self, heights: &[u16]) -> usize {
        let at = self.at.min(heights.len().saturating_sub(1));
        let mut room = self.room(heights).height;
        let mut top = at;
        for (place, height) in heights.iter().enumerate().take(at + 1).rev() {
            if *height > room {
                break;
            }
            room -= height;
            top = place;
        }
        top
    }
}
