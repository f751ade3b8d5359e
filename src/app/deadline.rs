//! When the screen changes by itself: a pure function of the model.

use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};

use super::model::Model;
use super::overlay::Overlay;
use super::overlay::form::Hold;
use crate::domain::outbox::{Entry, State};

/// How long one picture of the spinner shows.
pub const SPIN: SignedDuration = SignedDuration::from_millis(125);

/// The next moment at which a frame would differ without any other message; then send `Msg::Clock`.
/// `None` would mean never; an idle cockpit wakes once a minute while an age is on its screen.
pub fn deadline(model: &Model) -> Option<Timestamp> {
    // What stands still does not turn; how long it has stood is counted in minutes.
    let under_way = match model.sync.stalled(model.now) {
        Some(since) => Some(next_minute(model.now, since)),
        None => model.sync.under_way.as_ref().map(|_| model.now + SPIN),
    };
    let age = model.data_until().map(|then| next_minute(model.now, then));
    let midnight = model
        .today
        .tomorrow()
        .ok()
        .and_then(|day| {
            day.to_datetime(Time::midnight())
                .to_zoned(model.zone.clone())
                .ok()
        })
        .map(|zoned| zoned.timestamp());
    // A second less until something leaves.
    let grace = model.outbox.in_grace(model.now).map(|act| act.leaves_at);
    let shows = model
        .overlays
        .iter()
        .any(|overlay| matches!(overlay, Overlay::Outbox(_)));
    let open = || model.outbox.view.open.iter().filter(|_| shows);
    let leaving = open()
        .filter_map(Entry::leaves_at)
        .filter(|at| *at > model.now)
        .min();
    // That no answer comes shows soon too.
    let sending = open().find(|entry| entry.state == State::Sending);
    let counting = [grace, leaving, sending.and_then(|entry| entry.tried_at)];
    let counting = counting.into_iter().flatten();
    let second = counting.map(|then| next_second(model.now, then)).min();
    let drafts = model.overlays.iter().filter_map(|overlay| match overlay {
        Overlay::Form(form) if form.sending.is_none() => form.draft.as_ref()?.deadline(),
        _ => None,
    });
    let holds = model.overlays.iter().filter_map(|overlay| match overlay {
        Overlay::Form(form) if form.sending.is_none() => form.hold().map(Hold::renewed_at),
        _ => None,
    });
    let overdue = model.sync.overdue_at().filter(|then| *then > model.now);
    let late = model.desk.next_late.filter(|then| *then > model.now);
    // What tells that the CRM is to be left alone goes then.
    let limited = model.sync.not_before.filter(|until| *until > model.now);
    // How long an account is talked about is counted in minutes, and so is what is left.
    let talked = model.in_standup().filter(|standup| standup.held.is_some());
    let talked = talked.map(|standup| next_minute(model.now, standup.since));
    let known = [under_way, age, midnight, second, late, overdue, limited, talked]
        .into_iter()
        .flatten();
    known.chain(drafts).chain(holds).min()
}

/// When a whole number of seconds is left until `then`.
fn next_second(now: Timestamp, then: Timestamp) -> Timestamp {
    let left = then.duration_since(now).as_millis();
    let part = left.rem_euclid(1_000);
    let wait = if part == 0 { 1_000 } else { part };
    i64::try_from(wait).map_or(then, |wait| now + SignedDuration::from_millis(wait))
}

/// When an age counted from `then` next has another number of minutes (hours, once it is an hour old). From two days on
/// it counts the days of the calendar, and midnight is a deadline of its own.
fn next_minute(now: Timestamp, then: Timestamp) -> Timestamp {
    let age = now.duration_since(then).as_secs().max(0);
    let unit = match age {
        ..3_600 => 60,
        3_600..172_800 => 3_600,
        _ => return Timestamp::MAX,
    };
    then.checked_add(SignedDuration::from_secs((age / unit + 1) * unit))
        .unwrap_or(Timestamp::MAX)
}
