//! Frames of the routing desk.

use super::{SIZES, Theme, buffer, text};
use crate::app::overlay::Overlay;
use crate::app::play::routing::{questions, staff, weeks, whose};
use crate::app::play::{known, play, write};
use crate::app::update::update;
use crate::app::{Cmd, Model, Msg, RoutingMsg};
use crate::domain::desk::HandoffState;
use crate::domain::routing::{Passed, Questions, Weeks};

pub(super) fn read(model: &mut Model, told: Questions) {
    let orders = play(model, "T");
    let Some(Cmd::LoadQuestions { run }) = orders.first() else {
        panic!("{orders:?}")
    };
    let told = Box::new(told);
    update(model, Msg::Routing(RoutingMsg::Loaded { run: *run, told }));
}

#[test]
fn the_routing_desk_with_each_desk_in_full_and_while_it_is_read() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        let shown = |model: &Model| text(&buffer(model, Theme::default()));
        play(&mut model, "T");
        assert!(shown(&model).contains("Reading the open questions"));
        play(&mut model, "<esc>");
        read(&mut model, questions());
        insta::assert_snapshot!(format!("routing-{width}"), shown(&model));
        play(&mut model, "<tab>");
        insta::assert_snapshot!(format!("routing-csm-{width}"), shown(&model));
        play(&mut model, "<tab> <tab> j");
        insta::assert_snapshot!(format!("routing-person-{width}"), shown(&model));
        play(&mut model, "<enter>");
        insta::assert_snapshot!(format!("routing-question-{width}"), shown(&model));
        play(&mut model, "<esc>");
        count(&mut model, "<tab> <tab>", weeks());
        insta::assert_snapshot!(format!("routing-weeks-{width}"), shown(&model));
    }
}

/// To the tab with the weeks.
fn count(model: &mut Model, keys: &str, told: Weeks) {
    let orders = play(model, keys);
    let [Cmd::LoadRouteWeeks { run }] = orders[..] else {
        panic!("{orders:?}")
    };
    assert!(text(&buffer(model, Theme::default())).contains("Counting"));
    let told = Box::new(told);
    update(model, Msg::Routing(RoutingMsg::WeeksLoaded { run, told }));
}

#[test]
fn the_last_line_of_the_weeks_can_be_reached() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        read(&mut model, questions());
        let mut told = weeks();
        let week = told.weeks[1].clone();
        told.weeks.extend(std::iter::repeat_n(week, 8));
        told.no_notes = Some("the key".to_owned());
        count(&mut model, "<shift-tab>", told.clone());
        let top = |model: &Model| text(&buffer(model, Theme::default()));
        let first = "handed over, misroutes: unknown, the key";
        assert!(top(&model).contains(first));
        play(&mut model, "G");
        let picture = top(&model);
        let ends = |line: &str| line.contains("Tom Abara");
        let Some(Overlay::Routing(screen)) = model.overlays.last() else {
            panic!("{picture}")
        };
        let shown = screen.weeks_lists(model.size).0.height;
        assert!(picture.lines().any(ends), "{picture}");
        let at = picture
            .lines()
            .position(|line| line.contains("A misroute: the desk"))
            .unwrap();
        let before = picture.lines().nth(at - 2).unwrap();
        let fits = told.rows().len() <= shown.into();
        assert!(fits || ends(before), "{picture}");
    }
}

#[test]
fn that_not_all_are_known_stands_below_what_is_said_of_the_question() {
    let mut model = known(80, 24);
    staff(&mut model, "8");
    let mut told = questions();
    told.unread = Some("the CRM key may not read tickets".to_owned());
    for question in &mut told.open {
        question.to_lead = None;
    }
    read(&mut model, told);
    let shown = |model: &Model| text(&buffer(model, Theme::default()));
    let (unread, lead) = (
        "not all are known: the CRM key may not read tickets",
        "? a complaint of an account whose ARR is unknown",
    );
    let picture = shown(&model);
    assert!(picture.contains(unread) && picture.contains(lead), "{picture}");
    play(&mut model, "G h");
    let picture = shown(&model);
    assert!(
        picture.contains(unread) && picture.contains("Which desk answers it?"),
        "{picture}"
    );
}

#[test]
fn the_chosen_account_of_who_asks_shows_whole() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        play(&mut model, "M");
        write(&mut model, "juniperfreight.example");
        let orders = play(&mut model, "<enter>");
        let [Cmd::FindRequester { run, .. }] = orders[..] else {
            panic!("{orders:?}")
        };
        let mut all: Vec<_> = std::iter::repeat_n(whose(), 4).flatten().collect();
        for (at, one) in all.iter_mut().enumerate() {
            one.line.name = format!("Account {at}");
        }
        let last = all.len() - 1;
        let found = Ok(all);
        update(
            &mut model,
            Msg::Routing(RoutingMsg::RequesterFound { run, found }),
        );
        for at in 1..=last {
            play(&mut model, "<down>");
            let picture = text(&buffer(&model, Theme::default()));
            assert!(picture.contains(&format!("▌ Account {at} ")), "{at}: {picture}");
            let told = picture.lines().filter(|line| line.contains("▌   told us"));
            assert_eq!(told.count(), 1, "{at}: {picture}");
        }
    }
}

#[test]
fn a_question_that_is_handed_over_is_marked_with_who_has_it_since_when_and_by_which_handoff() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        staff(&mut model, "8");
        let mut told = questions();
        told.open[0].passed = Some(Passed {
            handoff: "H-7".to_owned(),
            to: Some("Mara Lindt".to_owned()),
            when: "2026-11-22T08:10:00Z".parse().unwrap(),
            state: HandoffState::Sent,
        });
        read(&mut model, told.clone());
        let shown = |model: &Model| text(&buffer(model, Theme::default()));
        let has_it = "Mara Lindt has it already, since Sun 22 Nov 08:10, by handoff H-7 (sent)";
        let picture = shown(&model);
        assert!(picture.contains("↪ handed over"), "{picture}");
        assert!(picture.contains(has_it), "{picture}");
        assert_eq!(told.open[0].to_lead, Some(true));
        assert!(picture.contains("! to the lead too"), "{picture}");
        play(&mut model, "h");
        let once_more = shown(&model);
        assert!(
            once_more.contains("Once more? Mara Lindt has it already"),
            "{once_more}"
        );
        play(&mut model, "<esc> <esc>");
        let back = told.open[0].passed.as_mut().unwrap();
        back.state = HandoffState::Returned;
        read(&mut model, told);
        let picture = shown(&model);
        assert!(picture.contains("↩ returned"), "{picture}");
    }
}

#[test]
fn a_question_and_the_step_of_its_complaint_are_late_by_the_same_days() {
    let mut model = known(120, 36);
    let (asked, by) = ("2026-11-18T16:00:00Z", "2026-11-19T17:00:00Z");
    let mut told = questions();
    told.open[0].asked = asked.parse().unwrap();
    told.open[0].answer_by = Some(by.parse().unwrap());
    let desk = model.desk.desk.as_mut().unwrap();
    desk.due[0].due = Some(jiff::civil::date(2026, 11, 19));
    desk.due[0].at = Some(jiff::civil::time(17, 0, 0, 0));
    let late = |picture: &str| picture.lines().any(|line| line.contains("late 4 d"));
    let steps = text(&buffer(&model, Theme::default()));
    read(&mut model, told);
    let questions = text(&buffer(&model, Theme::default()));
    // From Thursday evening to Monday morning: three days of 24 hours and a part of one.
    assert!(late(&steps) && late(&questions), "{steps}\n{questions}");
}

#[test]
fn a_long_name_stands_apart_from_the_question() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        let mut told = questions();
        for question in &mut told.open {
            if let Some(account) = &mut question.account {
                account.name = "Xenia Pharma Supply and Daughters".to_owned();
            }
        }
        read(&mut model, told);
        let picture = text(&buffer(&model, Theme::default()));
        let cut: Vec<&str> = picture
            .lines()
            .filter_map(|line| line.split_once("Xenia Pharma")?.1.split_once('…'))
            .map(|(_, behind)| behind)
            .collect();
        assert!(!cut.is_empty(), "{picture}");
        assert!(cut.iter().all(|behind| behind.starts_with(' ')), "{picture}");
    }
}

#[test]
fn an_empty_desk_teaches_and_what_cannot_be_read_is_unknown_and_never_none() {
    let mut model = known(80, 24);
    read(&mut model, Questions::default());
    let picture = text(&buffer(&model, Theme::default()));
    assert!(picture.contains("No question is open"), "{picture}");
    let mut model = known(80, 24);
    let told = Questions {
        unread: Some("the CRM key may not read tickets".to_owned()),
        ..Questions::default()
    };
    read(&mut model, told);
    let picture = text(&buffer(&model, Theme::default()));
    assert!(
        picture.contains("Whether any question is open is unknown")
            && picture.contains("not all are known: the CRM key may not read tickets"),
        "{picture}"
    );
}

#[test]
fn a_person_decides_and_the_form_is_filled_from_the_question() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        staff(&mut model, "8");
        read(&mut model, questions());
        play(&mut model, "h");
        let shown = |model: &Model| text(&buffer(model, Theme::default()));
        insta::assert_snapshot!(format!("routing-deciding-{width}"), shown(&model));
        play(&mut model, "<enter>");
        insta::assert_snapshot!(format!("routing-form-{width}"), shown(&model));
    }
}

#[test]
fn who_asks_before_and_after_it_was_looked_for() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        let shown = |model: &Model| text(&buffer(model, Theme::default()));
        play(&mut model, "M");
        insta::assert_snapshot!(format!("who-{width}"), shown(&model));
        write(&mut model, "idris.okafor@juniperfreight.example");
        let orders = play(&mut model, "<enter>");
        let [Cmd::FindRequester { run, .. }] = orders[..] else {
            panic!("{orders:?}")
        };
        assert!(shown(&model).contains("Looking"));
        let found = Ok(whose());
        update(
            &mut model,
            Msg::Routing(RoutingMsg::RequesterFound { run, found }),
        );
        insta::assert_snapshot!(format!("who-found-{width}"), shown(&model));
    }
}
