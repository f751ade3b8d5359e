//! Days of another year take more cells: they are whole, and stand apart from what is beside them. Days of another zone are
//! told as mine.

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};

use super::routing::read;
use super::says::screen;
use super::*;
use crate::app::account::Part;
use crate::app::play::routing::questions;
use crate::app::play::{account, desk, known};

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

#[test]
fn in_the_preview_of_a_play() {
    let mut model = known(120, 36);
    update(&mut model, Msg::Clock(at("2026-12-30T08:50:00Z")));
    let picture = screen(&mut model, "1 p");
    assert!(picture.contains("31 Dec    Look at the usage"), "{picture}");
    assert!(picture.contains("1 Jan 27  Call the sponsor"), "{picture}");
}

#[test]
fn among_the_steps_and_what_is_next() {
    for (width, height) in SIZES {
        let mut model = loaded(width, height);
        let due = &mut model.desk.desk.as_mut().unwrap().due[1];
        due.due = Some(date(2027, 1, 14));
        let title = due.title.clone();
        let picture = screen(&mut model, "3");
        assert!(picture.contains(&format!("14 Jan 27  {title}")), "{picture}");
    }
}

#[test]
fn on_the_routing_desk() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        let mut told = questions();
        told.open[0].answer_by = Some(at("2027-01-14T16:00:00Z"));
        read(&mut model, told);
        let picture = screen(&mut model, "");
        assert!(picture.contains("▌14 Jan 27 "), "{picture}");
        assert!(picture.contains("answer by Thu 14 Jan 2027 16:00"), "{picture}");
    }
}

#[test]
fn in_the_timeline_also_of_a_year_to_come() {
    let mut model = loaded(120, 36);
    play(&mut model, "1 <enter>");
    let view = model.account.as_mut().unwrap().view.as_mut().unwrap();
    view.timeline.truncate(2);
    view.timeline[0].when = at("2027-01-14T10:00:00Z");
    let picture = screen(&mut model, "");
    assert!(picture.contains("14 Jan 27  "), "{picture}");
}

#[test]
fn an_account_of_a_long_name_in_the_outbox_stands_apart_from_the_age() {
    let mut view = play::outbox::mixed();
    let mut entry = view.open[0].clone();
    entry.since = play::now() - SignedDuration::from_mins(31);
    view.accounts.insert(
        entry.new.account.clone().unwrap(),
        "The Harbour Authority of the Eastern Isles".to_owned(),
    );
    view.open = vec![entry];
    let mut model = loaded(120, 36);
    update(&mut model, Msg::Outbox(OutboxMsg::Loaded(view.into())));
    let picture = screen(&mut model, "O");
    assert!(picture.contains("… 31 min"), "{picture}");
}

#[test]
fn of_another_zone_with_the_time_that_it_is_here() {
    let mut model = known(120, 36);
    model.zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(-5));
    let (mut desk, mut view) = (desk(), account());
    for card in [&mut desk.handoffs[0], &mut view.handoffs[0]] {
        // In the east it is Friday by then.
        card.answer_by = Some(date(2026, 11, 27));
        card.answer_at = Some(at("2026-11-27T03:00:00Z"));
    }
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
    let picture = screen(&mut model, "4");
    assert!(
        picture.contains("answer by Thu") && !picture.contains("answer by Fri"),
        "{picture}"
    );
    play(&mut model, "1 <enter>");
    let open = model.account.as_mut().unwrap();
    (open.view, open.part) = (Some(Box::new(view)), Part::Handoffs);
    let picture = screen(&mut model, "<enter>");
    assert!(picture.contains("answer by  Thu 22:00"), "{picture}");
}
