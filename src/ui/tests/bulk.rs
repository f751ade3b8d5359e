//! Frames of a playbook on the accounts that are marked.

use super::{SIZES, Theme, buffer, text};
use crate::app::Cmd;
use crate::app::play::bulk::{bulk_due, known_plan, stand, standings};
use crate::app::play::{desk, known, play};
use crate::app::{DeskMsg, Msg, update};
use crate::domain::desk::DueItem;
use crate::domain::handoff::Unlinked;

#[test]
fn marked_accounts_the_choice_of_a_playbook_and_what_it_would_do_on_each() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        play(&mut model, "1 g space space");
        insta::assert_snapshot!(format!("marked-{width}"), text(&buffer(&model, Theme::default())));
        play(&mut model, "p");
        let picture = text(&buffer(&model, Theme::default()));
        assert!(picture.contains("Play · 2 accounts"), "{picture}");
        play(&mut model, "<esc> 1 g space space");
        known_plan(&mut model);
        play(&mut model, "type:2");
        insta::assert_snapshot!(format!("bulk-{width}"), text(&buffer(&model, Theme::default())));
    }
}

#[test]
fn what_it_would_do_leaves_nothing_of_the_panes_beside_it() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        known_plan(&mut model);
        let picture = text(&buffer(&model, Theme::default()));
        let body: Vec<&str> = picture.lines().collect();
        let body = &body[2..body.len() - 1];
        let is_its = |line: &&&str| line.starts_with(['╭', '│', '╰', '┌', '└']);
        assert!(body.iter().filter(is_its).count() == body.len(), "{picture}");
        assert_eq!(picture.matches(['╭', '┌']).count(), 1, "{picture}");
        assert!(
            body[1].contains("account") && body[1].contains("first due"),
            "{picture}"
        );
    }
}

#[test]
fn a_step_of_a_bulk_play_is_one_line_and_how_the_play_stands_is_a_screen() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        bulk_due(&mut model);
        play(&mut model, "3 g");
        let closed = text(&buffer(&model, Theme::default()));
        // Half of a screen has no room for all of it: how many there are comes first.
        let told = match width {
            80 => ["Value review on 42 accounts · step 2 · ", "7 to do, 1 late"],
            _ => ["Value review · step 2 ", " 7 to do, 1 late"],
        };
        for told in told {
            assert_eq!(closed.matches(told).count(), 1, "{told}: {closed}");
        }
        while model
            .desk
            .steps
            .bulk(model.cursor(crate::app::layout::Pane::Steps).at)
            .is_none()
        {
            play(&mut model, "j");
        }
        play(&mut model, "<enter>");
        insta::assert_snapshot!(
            format!("bulk-steps-{width}"),
            text(&buffer(&model, Theme::default()))
        );
        let orders = play(&mut model, "B");
        let [Cmd::LoadStandings { run, .. }] = orders[..] else {
            panic!("{orders:?}")
        };
        stand(&mut model, run, Ok(standings()));
        insta::assert_snapshot!(
            format!("bulk-plays-{width}"),
            text(&buffer(&model, Theme::default()))
        );
    }
}

#[test]
fn what_is_unlinked_stands_below_the_handoffs_and_leads_to_its_account() {
    for (width, height) in SIZES {
        let mut model = known(width, height);
        let mut desk = desk();
        let account = desk.handoffs[0].account.clone();
        desk.handoffs.truncate(1);
        desk.unlinked = vec![Unlinked {
            record: "n9".into(),
            account: account.clone(),
            account_name: "Osprey Rail".to_owned(),
            handoff: None,
            words: "Handoff Support → CSM: sent".to_owned(),
            when: model.now,
        }];
        update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
        play(&mut model, "4 G f");
        let picture = text(&buffer(&model, Theme::default()));
        assert!(
            picture.contains("Osprey Rail   unlinked  “Handoff Support"),
            "{picture}"
        );
        assert!(
            picture.contains("a note that reads as a handoff has lost"),
            "{picture}"
        );
        let orders = play(&mut model, "<enter>");
        assert!(
            matches!(&orders[..], [Cmd::OpenAccount { id, .. }, ..] if *id == account),
            "{orders:?}"
        );
    }
}

#[test]
fn why_a_step_stands_alone_comes_before_whose_it_is() {
    let mut model = known(80, 24);
    bulk_due(&mut model);
    let mut desk = model.desk.desk.as_deref().unwrap().clone();
    let is_odd = |item: &&mut DueItem| item.part_of().is_some_and(|part| part.odd.is_some());
    desk.due.iter_mut().find(is_odd).unwrap().owner = Some("Jonas Holm".to_owned());
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
    play(&mut model, "3 g f");
    let picture = text(&buffer(&model, Theme::default()));
    let line = picture.lines().find(|line| line.contains("the task of")).unwrap();
    let (odd, whose) = (line.find("the task of").unwrap(), line.find("for Jonas"));
    assert!(whose.is_none_or(|whose| odd < whose), "{picture}");
}

#[test]
fn a_frame_of_bulk_plays_counts_no_accounts() {
    let mut model = known(120, 36);
    let orders = play(&mut model, "B");
    let [Cmd::LoadStandings { run, .. }] = orders[..] else {
        panic!("{orders:?}")
    };
    stand(&mut model, run, Ok(standings()));
    let before = text(&buffer(&model, Theme::default()));
    assert!(
        before.contains("1 exception") && before.contains("1 left out"),
        "{before}"
    );
    let Some(crate::app::overlay::Overlay::Standings(screen)) = model.overlays.last_mut() else {
        panic!("no bulk plays")
    };
    for standing in screen.read.iter_mut().flatten() {
        standing.accounts.clear();
    }
    assert_eq!(text(&buffer(&model, Theme::default())), before);
}
