//! What the reading side says: accounts that have left, what is at stake, and the same without colours.

use std::collections::BTreeMap;

use super::*;
use crate::app::overlay::help::SIGNS;
use crate::app::play::{known, load_book, summaries};
use crate::domain::ascii::UNSHOWN;
use crate::domain::summary::CHURNED;

fn screen(model: &mut Model, keys: &str, theme: Theme) -> String {
    play(model, keys);
    text(&buffer(model, theme))
}

/// The line with this text.
fn with<'t>(picture: &'t str, text: &str) -> &'t str {
    picture
        .lines()
        .find(|line| line.contains(text))
        .unwrap_or_else(|| panic!("no {text}: {picture}"))
}

#[test]
fn who_has_churned_says_so_and_is_no_unknown() {
    let mut all = summaries();
    let last = all.last_mut().unwrap();
    (last.worst, last.at_stake, last.notice_by) = (CHURNED, Some(0), None);
    let mut model = loaded(200, 60);
    load_book(&mut model, all);
    let picture = screen(&mut model, "1 G", Theme::default());
    let line = with(&picture, "Vela Robotics ");
    assert!(line.contains("churned") && !line.contains('?'), "{line}");
}

#[test]
fn nothing_at_stake_is_not_written_as_money() {
    let mut all = summaries();
    all[0].at_stake = Some(0);
    all[1].at_stake = None;
    let mut model = loaded(200, 60);
    load_book(&mut model, all);
    let picture = screen(&mut model, "1", Theme::default());
    let (none, unknown) = (
        with(&picture, "Juniper Freight "),
        with(&picture, "Kestrel Foods "),
    );
    assert!(!none.contains("$0"), "{none}");
    assert!(unknown.contains(" ? "), "{unknown}");
}

#[test]
fn the_title_names_the_handoffs_at_120_columns() {
    let picture = screen(&mut known(120, 36), "<enter>", Theme::default());
    let title = with(&picture, "People");
    assert!(title.contains("handoffs 1 · tickets 2 · notes 1"), "{title}");
}

#[test]
fn without_colours_focus_and_selection_still_show() {
    let ascii = Theme {
        ascii: true,
        colours: false,
    };
    let picture = screen(&mut known(120, 36), "1 j", ascii);
    assert!(with(&picture, "Kestrel Foods").starts_with("|* "), "{picture}");
    let title = with(&picture, "1 Accounts");
    assert!(
        title.starts_with("+= 1 Accounts") && title.contains("+- 2 Risk"),
        "{title}"
    );
    let plain = Theme {
        ascii: false,
        colours: false,
    };
    let title = screen(&mut known(120, 36), "1", plain);
    assert!(with(&title, "1 Accounts").starts_with("╭━ 1 Accounts"), "{title}");
}

#[test]
fn the_levels_of_a_trend_differ_in_ascii() {
    let ascii = Theme {
        ascii: true,
        ..Theme::default()
    };
    assert_eq!(ascii.spelled("▁▂▃▄▅▆▇·"), "1234567.");
    assert_ne!(
        ascii.sign(crate::ui::theme::LATE),
        ascii.spelled("▲"),
        "late and red"
    );
    assert_ne!(ascii.spelled("▌"), ascii.spelled("│"), "selected and a border");
}

#[test]
fn since_when_an_account_is_red_shows_on_a_small_screen_too() {
    for (width, height) in SIZES {
        let picture = screen(&mut known(width, height), "1 g <enter>", Theme::default());
        assert!(
            picture.contains("red since 16 Nov · was 52 on 15 Nov"),
            "{picture}"
        );
    }
}

/// `?` and `○` are one: not known.
#[test]
fn each_sign_has_one_of_its_own_in_ascii() {
    let ascii = Theme {
        ascii: true,
        ..Theme::default()
    };
    let explained = SIGNS
        .iter()
        .flat_map(|(_, signs)| signs.iter().map(|sign| sign.sign));
    let others = ["▌", "│", "✓", "✕", "[+]", "[−]", "· ", "› ", "↑ ", "↓ "];
    let mut meant: BTreeMap<String, &str> = BTreeMap::new();
    for sign in explained.chain(others).filter(|sign| *sign != "?") {
        let drawn = ascii.spelled(ascii.sign(sign)).trim().to_owned();
        let other = *meant.entry(drawn.clone()).or_insert(sign);
        assert_eq!(other, sign, "both are {drawn}");
    }
    assert!(!meant.contains_key(UNSHOWN), "it stands for letters alone");
    let picture = screen(&mut known(120, 36), "2 b", ascii);
    assert!(
        picture.contains("[+] in 3 cases a signal cannot tell"),
        "{picture}"
    );
    assert!(
        picture.contains("usage -46 % in 30 d / champion left"),
        "{picture}"
    );
}
