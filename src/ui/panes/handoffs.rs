//! Pane 4: handoffs, those that wait for me first.

use super::{ENDED, Spot, is_spoken_of};
use crate::app::Model;
use crate::app::action::Action;
use crate::app::layout::{Area, Pane};
use crate::domain::desk::{Desk, HandoffCard, HandoffState};
use crate::domain::handoff::{Clock, Unlinked};
use crate::domain::record::Kind;
use crate::ui::canvas::Canvas;
use crate::ui::theme::Role;
use crate::ui::widgets::border::Border;
use crate::ui::{panes, words};

/// Draws the pane.
pub fn draw(model: &Model, canvas: &mut Canvas, spot: &Spot) {
    let desk = model.desk.desk.as_deref();
    spot.border(model, canvas, border(model, desk, spot));
    let handoffs = desk.map_or(&[][..], |desk| &desk.handoffs);
    if model.len(Pane::Handoffs) == 0 {
        return spot.teach(canvas, &empty(model, desk));
    }
    let cursor = model.cursor(Pane::Handoffs);
    for (at, handoff) in handoffs.iter().enumerate().skip(cursor.top) {
        let Some(area) = spot.item(at, cursor.top) else {
            break;
        };
        let selected = at == cursor.at && spot.focused;
        let bar = spot.mark(at == cursor.at, is_spoken_of(model, &handoff.account));
        let mut line = canvas.line(area, 0);
        let (symbol, role) = mark(handoff);
        line.gap_right(1).mark(bar).text(symbol, role).gap(1);
        let clock = clock(model, handoff);
        // Nobody waits for what was accepted.
        let waited = clock.as_ref().map(Clock::waits);
        let age = waited.unwrap_or_else(|| words::age(model.now, handoff.when, &model.zone));
        line.right(&age, Role::Dim).gap_right(2);
        line.text(&handoff.account_name, Role::Plain.strong_if(selected))
            .gap(3);
        let way = format!(
            "{} → {}",
            words::role(&handoff.from_role),
            words::role(&handoff.to_role)
        );
        line.text(&way, Role::Dim);
        let mut words_line = canvas.line(area, 1);
        words_line.gap_right(1).mark(bar).gap(2);
        let (answer, role) = answer(model, handoff, clock.as_ref());
        if !answer.is_empty() {
            words_line.right(&answer, role).gap_right(2);
        }
        words_line.text(
            &said(handoff),
            if handoff.state == HandoffState::Returned {
                Role::Doubtful
            } else {
                Role::Dim
            },
        );
    }
    for at in handoffs.len().max(cursor.top).. {
        let Some((area, one)) = spot.item(at, cursor.top).zip(model.desk.unlinked_at(at)) else {
            break;
        };
        unlinked(model, canvas, (spot, area, at == cursor.at), one);
    }
}

/// A note or a task that no longer says to which handoff it belongs.
fn unlinked(
    model: &Model,
    canvas: &mut Canvas,
    (spot, area, has_cursor): (&Spot, Area, bool),
    one: &Unlinked,
) {
    let bar = spot.mark(has_cursor, is_spoken_of(model, &one.account));
    let name = Role::Plain.strong_if(has_cursor && spot.focused);
    let mut line = canvas.line(area, 0);
    line.gap_right(1).mark(bar).text("◆", Role::Doubtful).gap(1);
    line.right(&words::age(model.now, one.when, &model.zone), Role::Dim)
        .gap_right(2);
    line.text(&one.account_name, name)
        .gap(3)
        .text("unlinked", Role::Doubtful)
        .gap(2)
        .text(&format!("“{}”", one.words.trim()), Role::Dim);
    let mut why = canvas.line(area, 1);
    why.gap_right(1).mark(bar).gap(2);
    why.text(&one.why(), Role::Doubtful);
}

fn border(model: &Model, desk: Option<&Desk>, spot: &Spot) -> Border {
    let mut border = Border {
        number: Some(4),
        title: "Handoffs".to_owned(),
        below: foot(model, spot.list.page()),
        ..Border::default()
    };
    if let Some(desk) = desk {
        let told = desk.told(model.has_synced());
        border.context = format!("{} for me", words::known(&told.handoffs_for_me));
        if told
            .handoffs_returned
            .as_ref()
            .is_ok_and(|returned| *returned > 0)
        {
            border.right = vec![(
                format!("{} returned", words::known(&told.handoffs_returned)),
                Role::Doubtful.into(),
            )];
        }
    }
    border
}

/// Which of them show, how many that are for me are above those, and by which key one replies to the marked one.
fn foot(model: &Model, page: usize) -> String {
    let top = model.cursor(Pane::Handoffs).top;
    let shown = match model.len(Pane::Handoffs) {
        0 => return String::new(),
        len => panes::shown(top, page, len),
    };
    let desk = model.desk.desk.as_deref();
    let above = desk.map_or(0, |desk| {
        let above = desk.handoffs.iter().take(top);
        above.filter(|card| card.for_me).count()
    });
    if above > 0 {
        return format!("{} above · {shown}", words::count(above));
    }
    let marked = desk.filter(|_| model.pane == Pane::Handoffs);
    let marked = marked.and_then(|desk| desk.handoffs.get(model.cursor(Pane::Handoffs).at));
    let keys = model.keymap.keys_of(Action::Handoff, model.context());
    match keys.first().filter(|_| marked.is_some_and(|card| card.for_me)) {
        Some(key) => format!("{key} reply · {shown}"),
        None => shown,
    }
}

fn empty(model: &Model, desk: Option<&Desk>) -> Vec<String> {
    let texts = match desk {
        None if !model.desk.loaded => vec![model.reading()],
        None if model.awaits_first_sync() => vec![
            "Nothing read yet: the first sync is under way.",
            "Handoffs come with the notes.",
        ],
        None if model.awaits_scores() => vec![ENDED, "Handoffs show as soon as its accounts are scored."],
        None => vec!["Nothing read yet.", "Handoffs come with the first sync: ctrl-r."],
        Some(desk) => {
            if let Some(why) = desk.unread.why(&[Kind::Note]) {
                return panes::unknown("Whether a handoff is open is not known", &why);
            }
            vec![
                "No open handoff.",
                "They are found in the notes of the CRM, sent or returned.",
            ]
        }
    };
    texts.into_iter().map(str::to_owned).collect()
}

/// Symbol and role of where a handoff stands.
pub fn mark(handoff: &HandoffCard) -> (&'static str, Role) {
    match handoff.state {
        HandoffState::Returned if handoff.for_me => ("↩", Role::Doubtful),
        HandoffState::Accepted => ("✓", Role::Good),
        HandoffState::Sent | HandoffState::Answered if handoff.for_me => ("→", Role::Here),
        HandoffState::Sent | HandoffState::Answered | HandoffState::Returned => ("…", Role::Dim),
    }
}

/// What the newest note says: after how complete it is, unless it asks or answers.
pub fn said(handoff: &HandoffCard) -> String {
    let (state, is_whole) = match handoff.state {
        HandoffState::Sent => (None, true),
        HandoffState::Accepted => (Some("accepted".to_owned()), true),
        HandoffState::Answered => (Some("answered".to_owned()), false),
        HandoffState::Returned => (None, false),
    };
    let fields = handoff.fields.filter(|_| is_whole);
    let fields = fields.map(|(filled, expected)| format!("{filled} of {expected} fields"));
    let text = handoff.begins().map(|words| format!("“{words}”"));
    let whom = handoff.for_whom.as_ref().map(|whom| format!("for {whom}"));
    [whom, state, fields, text]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
}

/// The clock of a handoff, by the calendar of whoever is to act.
fn clock(model: &Model, handoff: &HandoffCard) -> Option<Clock> {
    let works = handoff.works(&model.outbox.people, &model.outbox.calendars);
    handoff.clock(works, &model.now.to_zoned(model.zone.clone()))
}

/// By when it is to be answered: what is left of the time where that is less than a day.
fn answer(model: &Model, handoff: &HandoffCard, clock: Option<&Clock>) -> (String, Role) {
    let Some((clock, (day, _))) = clock.zip(handoff.answers_here(&model.zone)) else {
        return (String::new(), Role::Dim);
    };
    let role = if clock.is_late || day <= model.today {
        Role::Bad
    } else {
        Role::Doubtful
    };
    let by = if day == model.today { "" } else { "by " };
    let day = || format!("answer {by}{}", words::day(model.today, day));
    (clock.told().unwrap_or_else(day), role)
}
