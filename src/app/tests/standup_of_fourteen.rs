//! A lead goes over fourteen accounts, is cut off in the middle, goes on and ends within the time.

use crate::app::play::standup::{events, loaded, prepared};
use crate::app::play::{known, now, play};
use crate::app::standup::Stage;
use crate::app::update::update;
use crate::app::{Cmd, Model, Msg, OutboxMsg, WriteCmd};
use crate::domain::standup::{Line, Prepared, StandupEvent, fold};
use jiff::{SignedDuration, Timestamp};

/// Fourteen accounts in fifteen minutes.
fn fourteen() -> Prepared {
    let mut prepared = prepared();
    let first = prepared.begun.agenda[0].clone();
    prepared.begun.agenda = (1..=14)
        .map(|at| Line {
            account: at.to_string().as_str().into(),
            name: format!("Account {at}"),
            promises: Vec::new(),
            ..first.clone()
        })
        .collect();
    prepared
}

/// What is on disk, by when.
#[derive(Default)]
struct Disk(Vec<(StandupEvent, Timestamp)>);

impl Disk {
    /// So many minutes later keys are pressed, and what they note is on disk.
    fn press(&mut self, model: &mut Model, minutes: i64, keys: &str) {
        let at = model.now + SignedDuration::from_mins(minutes);
        update(model, Msg::Clock(at));
        let orders = play(model, keys);
        self.0
            .extend(events(&orders).into_iter().map(|event| (event, at)));
        for order in orders {
            if let Cmd::Write(WriteCmd::Standup { run, .. }) = order {
                let done = Ok(());
                update(model, Msg::Outbox(OutboxMsg::StandupNoted { run, done }));
            }
        }
    }

    /// What somebody who opens it anew reads.
    fn read(&self) -> Prepared {
        let events = self.0.iter().map(|(event, at)| (event, "priya@x", *at));
        Prepared {
            open: fold(events).pop().map(Box::new),
            ..fourteen()
        }
    }
}

fn opened(prepared: Prepared, at: Timestamp) -> Model {
    let mut model = known(120, 36);
    update(&mut model, Msg::Clock(at));
    let orders = play(&mut model, "S");
    loaded(&mut model, &orders, prepared);
    model
}

#[test]
fn fourteen_accounts_are_gone_over_in_time_though_the_line_drops_in_the_middle() {
    let mut disk = Disk::default();
    let mut model = opened(fourteen(), now());
    disk.press(&mut model, 0, "<enter>");
    for _ in 0..6 {
        disk.press(&mut model, 1, "J");
    }
    assert_eq!(model.standup.as_ref().unwrap().at, 6);
    // The line drops while the seventh shows; half an hour later somebody opens it on another machine.
    let later = model.now + SignedDuration::from_mins(30);
    let mut model = opened(disk.read(), later);
    assert_eq!(model.standup.as_ref().unwrap().stage, Stage::Review);
    disk.press(&mut model, 0, "<enter>");
    let standup = model.standup.as_ref().unwrap();
    assert_eq!((standup.at, standup.left()), (6, 8), "where it was");
    let budget = standup.budget().unwrap();
    assert_eq!(
        budget.ends(),
        later + SignedDuration::from_mins(9),
        "six of fifteen minutes are spent"
    );
    for _ in 0..8 {
        disk.press(&mut model, 1, "J");
    }
    let standup = model.standup.as_ref().unwrap();
    assert_eq!(standup.stage, Stage::Leaving);
    assert!(
        standup.held.as_ref().unwrap().spent() <= SignedDuration::from_mins(15),
        "within its time"
    );
    disk.press(&mut model, 0, "<enter>");
    let standup = model.standup.as_ref().unwrap();
    let held = standup.held.as_ref().unwrap();
    assert_eq!((standup.stage, held.discussed().len()), (Stage::Minutes, 14));
    assert_eq!(held.not_discussed().count(), 0);
    let read = disk.read().open.unwrap();
    assert_eq!(
        read.ended.as_ref().map(|(_, ended)| ended.not_discussed.len()),
        Some(0)
    );
}
