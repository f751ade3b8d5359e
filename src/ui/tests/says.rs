//! What a screen says in a certain state, beyond its picture.

use super::*;
use crate::app::overlay::help::COLUMN;
use crate::app::overlay::{Help, Overlay};
use crate::app::play::known;
use crate::domain::desk::{HandoffCard, HandoffState};
use crate::domain::outbox::OutboxCounts;
use crate::domain::reach::Reach;
use crate::domain::summary::Band;

mod first_lines;

/// The screen after some keys.
pub(super) fn screen(model: &mut Model, keys: &str) -> String {
    play(model, keys);
    text(&buffer(model, Theme::default()))
}

pub(super) fn line(text: &str, number: usize) -> &str {
    text.lines().nth(number).unwrap()
}

#[test]
fn there_is_one_count_of_risks_wherever_it_stands() {
    for (width, title) in [(120, "2 Risk queue  3 risks · △ 1 · ○ 1"), (80, "2 Risks 3")] {
        let picture = screen(&mut loaded(width, 36), "2");
        assert!(
            line(&picture, 1).contains("risks 3") && picture.contains(title),
            "{picture}"
        );
    }
    let below = "P is assumed · $111k in 3 accounts · 1–4 of 4";
    assert!(screen(&mut loaded(120, 36), "2").contains(below));
}

#[test]
fn a_step_of_somebody_else_bears_their_name() {
    let picture = screen(&mut loaded(120, 36), "1 <enter>");
    let theirs = picture
        .lines()
        .find(|line| line.contains("Fix ticket 4312"))
        .unwrap();
    assert!(
        theirs.contains("Ben Osei") && theirs.contains("late 2 d"),
        "{theirs}"
    );
    let mine = picture
        .lines()
        .find(|line| line.contains("Call the champion"))
        .unwrap();
    assert!(
        !mine.contains("Ben Osei") && !mine.contains("Mara Lindt"),
        "{mine}"
    );
}

#[test]
fn closed_tickets_are_counted_beside_the_open_ones() {
    let picture = screen(
        &mut loaded(120, 36),
        "1 <enter> <tab> <tab> <tab> <tab> <tab> <tab>",
    );
    assert!(picture.contains("Tickets  2 open · 1 closed"), "{picture}");
}

#[test]
fn a_kept_filter_says_how_many_it_finds_of_all() {
    let picture = screen(&mut loaded(120, 36), "/ type:pike <enter>");
    assert!(picture.contains("/ pike  1 of 12"), "{picture}");
}

#[test]
fn an_unknown_band_shows_no_plain_score_anywhere() {
    let mut model = loaded(120, 36);
    let mut all = play::summaries();
    (all[0].band, all[0].last_band) = (Band::Unknown, Some(Band::Red));
    load_book(&mut model, all);
    let cockpit = screen(&mut model, "1 g");
    assert!(cockpit.contains("▲ 41 stale  Juniper Freight"), "{cockpit}");
    assert!(cockpit.contains("▲ 41?"), "{cockpit}");
    play(&mut model, "<enter>");
    let view = model.account.as_mut().unwrap().view.as_deref_mut().unwrap();
    (view.summary.band, view.summary.last_band) = (Band::Unknown, None);
    let account = screen(&mut model, "");
    assert!(
        account.contains(" ○ ?   at stake") && account.contains("Why ?"),
        "{account}"
    );
}

#[test]
fn reasons_are_whole_or_counted() {
    let mut model = loaded(120, 36);
    let mut desk = play::desk();
    let more = desk.risks[0].warnings[0].clone();
    desk.risks[0].warnings.extend([more.clone(), more]);
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
    let picture = screen(&mut model, "");
    assert!(
        picture.contains("usage −46 % in 30 d · champion left 7 d ago · +2"),
        "{picture}"
    );
}

#[test]
fn open_warnings_that_are_not_in_the_queue_are_counted() {
    let mut model = loaded(120, 36);
    let mut all = play::summaries();
    for line in &mut all {
        line.open_warnings = 2;
    }
    load_book(&mut model, all);
    let mut desk = play::desk();
    desk.risks.clear();
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
    let picture = screen(&mut model, "3");
    assert!(
        picture.contains("2 open warnings, none in the queue itself"),
        "{picture}"
    );
}

#[test]
fn the_terms_of_a_contract_flow_into_another_line_and_are_never_cut() {
    let mut model = loaded(120, 36);
    play(&mut model, "1 <enter>");
    let view = model.account.as_mut().unwrap().view.as_deref_mut().unwrap();
    let contract = &mut view.contracts[0];
    contract.state = "open".to_owned();
    contract.end = Some(jiff::civil::date(2027, 12, 15));
    contract.notice_by = Some(jiff::civil::date(2027, 12, 2));
    let picture = screen(&mut model, "");
    assert!(
        picture.contains("│  open · notice by 2 Dec 2027 · ends 15 Dec 2027 "),
        "{picture}"
    );
    assert!(picture.contains("│  auto-renews "), "{picture}");
    let view = model.account.as_mut().unwrap().view.as_deref_mut().unwrap();
    view.contracts[0].state = "ended".to_owned();
    let picture = screen(&mut model, "");
    assert!(
        picture.contains("│  ended 15 Dec 2027 · auto-renews"),
        "{picture}"
    );
    assert!(!picture.contains("ended · ends"), "{picture}");
}

#[test]
fn a_part_that_does_not_fit_uses_its_air_and_says_what_shows() {
    let mut model = loaded(120, 36);
    play(&mut model, "1 <enter>");
    let view = model.account.as_mut().unwrap().view.as_deref_mut().unwrap();
    let entries = view.timeline.clone();
    view.timeline = entries.iter().cycle().take(40).cloned().collect();
    let picture = screen(&mut model, "<tab> <tab> <tab>");
    assert!(
        picture.contains("─ 1–12 of 40 ─") || picture.contains("─ 1–13 of 40 ─"),
        "{picture}"
    );
    let end = screen(&mut model, "G");
    assert!(end.contains("of 40 ─") && end.contains("–40 of 40 ─"), "{end}");
}

#[test]
fn a_failure_and_its_hint_are_read_to_their_ends_at_eighty_columns() {
    for (width, height) in [(80, 24), (60, 16)] {
        let mut model = loaded(width, height);
        let long = Failure {
            summary: "cannot reach the CRM at http://127.0.0.1:44979: no connection: refused".to_owned(),
            hint: Some(
                "check the network and the address; what is cached can still be read, also without it"
                    .to_owned(),
            ),
            ..failure(FailureKind::Sync)
        };
        update(&mut model, Msg::Failed(long));
        let picture = screen(&mut model, "");
        let words: Vec<&str> = picture.split_whitespace().collect();
        let words = words.join(" ");
        assert!(words.contains("X dismiss"), "{picture}");
        assert!(
            words.contains("refused") && words.contains("also without it"),
            "{picture}"
        );
    }
}

#[test]
fn the_focused_tab_of_an_account_shows_however_narrow_the_screen() {
    let mut model = loaded(60, 16);
    for part in crate::app::account::Part::ALL {
        let picture = screen(&mut model, if part.index() == 0 { "1 <enter>" } else { "<tab>" });
        assert!(
            line(&picture, 2).contains(part.title()),
            "{}: {picture}",
            part.title()
        );
    }
}

#[test]
fn signs_that_stand_side_by_side_differ_in_ascii_too() {
    let theme = Theme {
        ascii: true,
        colours: false,
    };
    let groups: [&[&str]; 5] = [
        &["▲", "◆", "●", "○", "△"],
        &["▌", "!", "▶", "→", "◆", "•", " "],
        &["▌", "↩", "→", "…", "✓"],
        &["☎", "✎", "▲", "✓", "▼", "✕", "●", "•", "◆"],
        &["▁", "▂", "▃", "▄", "▅", "▆", "▇", "·"],
    ];
    for group in groups {
        let mut drawn: Vec<String> = group
            .iter()
            .map(|sign| theme.spelled(sign).into_owned())
            .collect();
        assert!(
            drawn.iter().all(|sign| sign.len() == 1 && sign.is_ascii()),
            "{drawn:?}"
        );
        drawn.sort();
        drawn.dedup();
        assert_eq!(drawn.len(), group.len(), "{group:?} became {drawn:?}");
    }
    assert_eq!(
        theme.spelled("CSM → support, ≥$84k …"),
        "CSM -> support, >=$84k ..."
    );
    assert_eq!(theme.spelled("≥$84k"), ">=$84k");
    assert_eq!(theme.spelled("usage −46 % · late"), "usage -46 % / late");
}

#[test]
fn the_last_line_at_eighty_columns_keeps_the_most_useful_keys_and_help_whatever_else_it_says() {
    let last = |model: &Model| {
        let screen = text(&buffer(model, Theme::default()));
        screen.lines().last().unwrap_or_default().to_owned()
    };
    let mut model = known(80, 24);
    play(&mut model, "1");
    let line = last(&model);
    for hint in ["enter open", "/ filter", "l log", "n note", "t task", "? help"] {
        assert!(line.contains(hint), "{line}");
    }
    model.outbox.acts.push(crate::app::outbox::Act {
        decided: None,
        warnings: Vec::new(),
        word: "w".to_owned(),
        title: "Note: Ana Ruiz leaves at the end of the month".to_owned(),
        leaves_at: model.now + jiff::SignedDuration::from_secs(10),
        writes: true,
        back: Vec::new(),
        typed: None,
    });
    let line = last(&model);
    for hint in [
        "enter open",
        "/ filter",
        "? help",
        "Note: Ana Ruiz lea",
        "u takes it back (10 s)",
    ] {
        assert!(line.contains(hint), "{line}");
    }
}

#[test]
fn a_message_is_read_to_its_end_however_long_it_is() {
    let mut model = known(80, 24);
    let words = "note: nothing is written, as this profile is read-only, which a new tenant is until somebody says otherwise; \
                 :enable-writes allows it and says what that means for your colleagues";
    model.told = Some(words.to_owned());
    let screen = text(&buffer(&model, Theme::default()));
    let rows: Vec<&str> = screen.lines().collect();
    let told = rows[rows.len() - 3..]
        .iter()
        .map(|row| row.trim())
        .collect::<Vec<_>>()
        .join(" ");
    assert_eq!(told, words);
}

#[test]
fn what_was_copied_is_cut_in_its_middle() {
    let mut model = known(80, 24);
    play(&mut model, "1 <enter>");
    let link = "https://app.example/contacts/26091123/record/0-2/9012345678901234567890";
    model.account.as_mut().unwrap().view.as_mut().unwrap().link = Some(link.to_owned());
    play(&mut model, "y");
    let told = model.told.unwrap();
    assert!(
        told.starts_with("copied: https://app") && told.ends_with("34567890"),
        "{told}"
    );
    assert!(told.contains('…'), "{told}");
}

/// Twenty-eight things to do of which fourteen are late, and seven handoffs.
fn busy(width: u16, height: u16) -> Model {
    let mut model = loaded(width, height);
    let mut desk = play::desk();
    let (late, later) = (desk.due[0].clone(), desk.due[1].clone());
    desk.due = std::iter::repeat_n(late, 14)
        .chain(std::iter::repeat_n(later, 14))
        .collect();
    let one = desk.handoffs[0].clone();
    desk.handoffs = vec![one; 7];
    update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
    model
}

#[test]
fn steps_and_handoffs_say_how_many_there_are_and_which_show() {
    for (width, height) in SIZES {
        let picture = screen(&mut busy(width, height), "3");
        assert!(
            picture.contains(" 1–") && picture.contains(" of 28 ─"),
            "{picture}"
        );
        let picture = screen(&mut busy(width, height), "3 G");
        assert!(
            picture.contains("late above · ") && picture.contains("–28 of 28 ─"),
            "what scrolled away is told: {picture}"
        );
        let picture = screen(&mut busy(width, height), "4 G");
        assert!(
            picture.contains(" above · ") && picture.contains("–7 of 7 ─"),
            "{picture}"
        );
    }
    let picture = screen(&mut loaded(80, 24), "1");
    assert!(picture.contains(" of 12 ─"), "{picture}");
    let picture = screen(&mut busy(80, 24), "3 f");
    assert!(
        picture.contains(" of 28 ─"),
        "without the lines below it too: {picture}"
    );
}

#[test]
fn a_handoff_that_came_back_shows_or_is_counted_above_what_shows_wherever_the_list_was() {
    for (width, height) in SIZES {
        for keys in ["4 G", "4 G 1"] {
            let mut model = busy(width, height);
            screen(&mut model, keys);
            let mut desk = model.desk.desk.as_deref().unwrap().clone();
            let mut back = play::desk().handoffs[1].clone();
            (back.handoff, back.text) = ("h9".to_owned(), "Question: whose goals?".to_owned());
            desk.handoffs.insert(0, back);
            update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
            let picture = screen(&mut model, "");
            let shows = picture.contains("whose goals?");
            assert!(
                shows || picture.contains(" above · ") || picture.contains("returned 1"),
                "{keys}: {picture}"
            );
            let picture = screen(&mut model, "4");
            let shows = picture.contains("whose goals?");
            assert!(shows || picture.contains(" above · "), "{keys} 4: {picture}");
        }
    }
}

#[test]
fn what_an_empty_part_of_an_account_says_is_read_to_its_end() {
    let mut model = loaded(80, 24);
    play(&mut model, "1 <enter>");
    let view = model.account.as_mut().unwrap().view.as_deref_mut().unwrap();
    view.next.clear();
    let picture = screen(&mut model, "<tab>");
    let words: Vec<&str> = picture.split_whitespace().collect();
    assert!(words.join(" ").contains("show here."), "{picture}");
    let mut model = loaded(120, 36);
    play(&mut model, "1 <enter>");
    let view = model.account.as_mut().unwrap().view.as_deref_mut().unwrap();
    view.next.clear();
    let picture = screen(&mut model, "");
    assert!(picture.contains("show here."), "{picture}");
}

#[test]
fn a_mistake_in_the_configuration_counts_among_the_notes() {
    let mut model = loaded(120, 36);
    assert!(!line(&screen(&mut model, ""), 0).contains("note"));
    model.standing = Some(failure(FailureKind::Configuration));
    assert!(line(&screen(&mut model, ""), 0).contains("1 note"));
}

#[test]
fn the_help_cuts_nothing_and_its_columns_stand_apart() {
    for size in [(80, 140), (120, 80), (180, 60)].map(|(width, height)| Size { width, height }) {
        let mut model = loaded(size.width, size.height);
        play(&mut model, "?");
        let cells = buffer(&model, Theme::default());
        let inside = Help::default().area(size).inside();
        for y in inside.y..inside.y + inside.height {
            let symbol = |x: u16| cells[(x, y)].symbol();
            let row: String = (inside.x..inside.x + inside.width).map(symbol).collect();
            assert!(
                !row.contains('…') || row.contains("waits for somebody else"),
                "{row}"
            );
            for column in 1..inside.width / COLUMN {
                let begin = inside.x + column * COLUMN;
                assert_eq!([symbol(begin - 1), symbol(begin)], [" ", " "], "{row}");
            }
        }
    }
}

#[test]
fn help_shows_a_key_as_it_is_on_the_keyboard() {
    let help = screen(&mut loaded(180, 60), "?");
    assert!(!help.contains("minus"), "{help}");
}

#[test]
fn what_a_failure_on_the_screen_says_is_not_said_once_more_in_place_of_the_keys() {
    let why = failure(FailureKind::Offline).summary;
    let told = format!("from the cache, the CRM was not read for it: {why}");
    let mut model = offline(80, 24);
    play(&mut model, "1 <enter>");
    update(&mut model, Msg::Terminal(TerminalMsg::Told(told.clone())));
    let picture = screen(&mut model, "");
    assert_eq!(picture.matches(&why).count(), 1, "{picture}");
    assert!(line(&picture, 23).contains("? help"), "{picture}");
    // Once it is dismissed, it is told where it belongs.
    play(&mut model, "X");
    update(&mut model, Msg::Terminal(TerminalMsg::Told(told)));
    assert_eq!(model.told.as_deref().map(|told| told.contains(&why)), Some(true));
}

#[test]
fn a_wide_list_spreads_its_columns() {
    let picture = screen(&mut loaded(200, 60), "1 f");
    let widest = |line: &str| {
        let gaps = line.split(|cell: char| !cell.is_whitespace());
        gaps.map(str::len).max().unwrap()
    };
    let row = picture
        .lines()
        .find(|line| line.contains("Juniper Freight"))
        .unwrap();
    assert!(widest(row) <= 40, "{row}");
    assert!(
        row.trim_end().chars().count() > 170,
        "all of the width is used: {row}"
    );
}

#[test]
fn what_is_at_stake_is_whole_below_the_steps_beside_a_stale_score() {
    for width in 100..=132 {
        let mut model = fresh(width, 36);
        let mut book = play::summaries();
        for line in &mut book {
            (line.band, line.last_band) = (Band::Unknown, Some(Band::Amber));
            (line.arr, line.at_stake) = (Some(12_345_600), Some(10_040_000));
        }
        load_book(&mut model, book);
        update(
            &mut model,
            Msg::Desk(DeskMsg::Loaded(Some(Box::new(play::desk())))),
        );
        let picture = screen(&mut model, "3");
        assert!(picture.contains("at stake $100k "), "{width}: {picture}");
    }
}

#[test]
fn the_list_of_fields_says_how_long_what_was_set_in_it_can_be_taken_back() {
    let mut model = loaded(120, 36);
    model.outbox.acts.push(crate::app::outbox::Act {
        word: "a1".to_owned(),
        decided: None,
        title: "segment: SMB".to_owned(),
        leaves_at: play::now() + jiff::SignedDuration::from_secs(9),
        writes: true,
        back: Vec::new(),
        warnings: Vec::new(),
        typed: None,
    });
    let shown = screen(&mut model, "1 e");
    let last = shown.lines().last().unwrap_or_default();
    assert!(
        last.contains(" · u takes it back (9 s)") && last.contains("esc close"),
        "{last}"
    );
}

#[test]
fn a_screen_that_became_too_small_says_what_its_key_does() {
    for (keys, says) in [("1", "q quit"), ("1 f", "q back"), ("1 <enter>", "q back")] {
        let mut model = loaded(120, 36);
        play(&mut model, keys);
        let size = Size { width: 40, height: 8 };
        update(&mut model, Msg::Terminal(TerminalMsg::Resized(size)));
        let picture = text(&buffer(&model, Theme::default()));
        assert!(picture.contains(says), "{keys}: {picture}");
    }
}

#[test]
fn only_what_was_returned_to_me_bears_the_sign_of_that() {
    let mut desk = play::desk();
    let returned = |card: &&mut HandoffCard| card.state == HandoffState::Returned;
    let card = desk.handoffs.iter_mut().find(returned).unwrap();
    card.for_me = true;
    assert_eq!(crate::ui::panes::handoffs::mark(card).0, "↩");
    card.for_me = false;
    assert_eq!(crate::ui::panes::handoffs::mark(card).0, "…");
}

#[test]
fn two_handoffs_of_an_account_are_told_apart_by_their_ids() {
    let mut model = known(80, 24);
    play(&mut model, "1 h");
    let card = play::desk().handoffs.remove(0);
    let Some(Overlay::Handoffs(list)) = model.overlays.last_mut() else {
        panic!("no list")
    };
    list.view.as_mut().unwrap().handoffs = ["H-1047", "H-1042"]
        .map(|id| HandoffCard {
            handoff: id.to_owned(),
            for_me: true,
            ..card.clone()
        })
        .into();
    let picture = text(&buffer(&model, Theme::default()));
    let of = |id: &str| picture.lines().filter(|line| line.contains(id)).count();
    assert!(of("H-1047") >= 2 && of("H-1042") >= 2, "{picture}");
}

#[test]
fn a_list_of_playbooks_that_does_not_show_whole_says_where_one_is_in_it() {
    let mut model = known(80, 24);
    let one = model.outbox.means.playbooks[0].clone();
    model.outbox.means.playbooks = (0..30).map(|_| one.clone()).collect::<Vec<_>>().into();
    assert!(screen(&mut model, "1 p").contains(" 1 of "));
    assert!(screen(&mut model, "<esc> space p j").contains(" 2 of 30"));
}
