//! Frames: each screen × loading, empty, normal, error, offline, at 80×24 and 120×36; and that no text from
//! outside changes a cell beyond its field.
#![allow(clippy::unwrap_used)]

mod arriving;
mod bulk;
mod dates;
mod due;
mod forms;
mod nps;
mod outbox;
mod reads;
mod redaction;
mod routing;
mod runs;
mod says;
mod standup;
mod team;
mod unread;
mod warnings;
mod what_if;

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::render;
use super::theme::Theme;
use crate::app::layout::Size;
use crate::app::play::{self, fresh, load_book, loaded, play};
use crate::app::sync_line::{Progress, SyncLine};
use crate::app::{DeskMsg, Failure, FailureKind, Model, Msg, OutboxMsg, SyncMsg, TerminalMsg, update};
use crate::domain::desk::Desk;
use crate::domain::outbox::OutboxView;

/// Both sizes of every frame.
const SIZES: [(u16, u16); 2] = [(80, 24), (120, 36)];

fn buffer(model: &Model, theme: Theme) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, model.size.width, model.size.height));
    render(model, &theme, &mut buffer);
    buffer
}

/// The screen as lines of text.
fn text(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in 0..buffer.area.height {
        let mut covered = 0;
        for x in 0..buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            if covered == 0 {
                text.push_str(symbol);
                covered = symbol.width();
            }
            covered -= 1;
        }
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
    }
    text
}

/// Compares a screen in both sizes after some keys with its picture.
fn check(name: &str, model: impl Fn(u16, u16) -> Model, keys: &str) {
    for (width, height) in SIZES {
        let mut model = model(width, height);
        play(&mut model, keys);
        let picture = text(&buffer(&model, Theme::default()));
        insta::assert_snapshot!(format!("{name}-{width}"), picture);
    }
}

/// A desk and a book without anything, as after a sync of an empty CRM.
fn empty(width: u16, height: u16) -> Model {
    let mut model = fresh(width, height);
    load_book(&mut model, Vec::new());
    update(
        &mut model,
        Msg::Desk(DeskMsg::Loaded(Some(Box::new(Desk::default())))),
    );
    model
}

fn failure(kind: FailureKind) -> Failure {
    Failure {
        kind,
        summary: "The CRM did not answer within 30 s".to_owned(),
        hint: Some("the cache is shown with its age; ctrl-r tries again".to_owned()),
        detail: None,
    }
}

/// The CRM cannot be reached since yesterday.
fn offline(width: u16, height: u16) -> Model {
    let mut model = loaded(width, height);
    play::forbid_by_profile(&mut model);
    let line = SyncLine {
        last_success: Some(play::ago(26)),
        failed: Some(failure(FailureKind::Offline)),
        ..SyncLine::default()
    };
    update(&mut model, Msg::Sync(SyncMsg::Progressed(line)));
    model
}

/// A profile that may not write.
fn read_only(width: u16, height: u16) -> Model {
    let mut model = loaded(width, height);
    play::forbid_by_profile(&mut model);
    model
}

/// The cache cannot be read.
fn broken(width: u16, height: u16) -> Model {
    let mut model = fresh(width, height);
    let storage = Failure {
        summary: "cache.db cannot be read".to_owned(),
        ..failure(FailureKind::Storage)
    };
    update(&mut model, Msg::Failed(storage));
    model
}

/// The first sync is under way.
fn first_sync(width: u16, height: u16) -> Model {
    let mut model = empty(width, height);
    let line = SyncLine {
        under_way: Some(Progress {
            what: "accounts".to_owned(),
            done: 1_200,
            total: Some(4_000),
            moved: None,
            limited: false,
        }),
        ..SyncLine::default()
    };
    update(&mut model, Msg::Sync(SyncMsg::Progressed(line)));
    model
}

/// The first sync is under way, and the CRM has not answered for as long as a clock tells.
#[test]
fn a_sync_that_stands_still_shows_within_a_minute() {
    for (width, height) in SIZES {
        let mut model = first_sync(width, height);
        let began = model.now;
        if let Some(progress) = &mut model.sync.under_way {
            progress.moved = Some(began);
        }
        let mut shown_at = |seconds| {
            update(
                &mut model,
                Msg::Clock(began + jiff::SignedDuration::from_secs(seconds)),
            );
            text(&buffer(&model, Theme::default()))
        };
        assert!(shown_at(59).contains("accounts 1,200 of 4,000"));
        assert!(shown_at(60).contains("sync stalled 1 min"));
        assert!(shown_at(150).contains("sync stalled 2 min"));
    }
}

#[test]
fn the_name_of_the_open_account_is_the_last_to_go_and_waiting_is_said_once() {
    let mut model = loaded(80, 24);
    play(&mut model, "1 <enter>");
    let line = SyncLine {
        last_success: Some(model.now - jiff::SignedDuration::from_mins(4)),
        failed: Some(failure(FailureKind::Limited)),
        under_way: Some(Progress {
            what: "connection".to_owned(),
            done: 0,
            total: None,
            moved: None,
            limited: true,
        }),
        ..SyncLine::default()
    };
    update(&mut model, Msg::Sync(SyncMsg::Progressed(line)));
    let shown = text(&buffer(&model, Theme::default()));
    let first = shown.lines().next().unwrap();
    assert!(first.contains("› Juniper Fr"), "{first}");
    assert!(
        first.contains("told to wait") && !first.contains("rate limit"),
        "{first}"
    );
}

/// No sync has come to its end for three times as long as they are apart, and none is under way.
#[test]
fn a_sync_that_does_not_come_shows_as_stalled_and_why() {
    for (width, height) in SIZES {
        let mut model = loaded(width, height);
        let began = model.now;
        model.sync.every = Some(jiff::SignedDuration::from_mins(2));
        let mut shown_at = |seconds, kept_by: Option<&str>| {
            model.sync.kept_by = kept_by.map(str::to_owned);
            let now = began + jiff::SignedDuration::from_secs(seconds);
            update(&mut model, Msg::Clock(now));
            text(&buffer(&model, Theme::default()))
        };
        assert!(shown_at(359, None).contains("● 5 min old"));
        assert!(shown_at(360, None).contains("▲ data 6 min old, sync stalled"));
        let kept = shown_at(360, Some("process 7 is stopped"));
        assert!(
            kept.contains("▲ data 6 min old, sync stalled: process 7 is stopped"),
            "{kept}"
        );
    }
}

#[test]
fn the_cockpit_in_each_state() {
    check("loading", fresh, "");
    check("empty", empty, "");
    check("normal", loaded, "");
    check("error", broken, "");
    check("offline", offline, "");
    check("first-sync", first_sync, "1");
}

#[test]
fn each_pane_alone() {
    check("accounts", loaded, "1 j");
    check("accounts-empty", empty, "1");
    check("risks", loaded, "2 j");
    check("risks-empty", empty, "2");
    check("steps", loaded, "3 j j");
    check("handoffs", loaded, "4 j");
    check("handoffs-empty", empty, "4");
    check("full", loaded, "1 f");
}

#[test]
fn the_filter_shows_what_is_typed_and_what_it_finds() {
    check("filter", loaded, "/ type:ri");
    check("filter-kept", loaded, "/ type:pike <enter>");
    check("filter-nothing", loaded, "/ type:xyz");
    check("filter-fuzzy", loaded, "/ type:~jnf");
}

#[test]
fn what_lies_over_the_screen() {
    check("help", loaded, "?");
    check("palette", loaded, ": type:enable");
    check("sort", loaded, "1 s j j");
    check("reader", loaded, "1 <enter> <shift-tab> <shift-tab> <enter>");
    check("confirm", read_only, ": type:enable-writes <enter>");
}

#[test]
fn the_account_screen_part_by_part() {
    let parts = [
        "why", "next", "chart", "timeline", "contract", "people", "tickets", "notes", "handoffs",
    ];
    for (at, part) in parts.iter().enumerate() {
        let keys = format!("1 <enter> {}", "<tab> ".repeat(at));
        check(&format!("account-{part}"), loaded, &keys);
    }
    check("account-gone", loaded, "1 j <enter>");
}

#[test]
fn wide_screens_have_more_columns_and_small_ones_say_what_they_need() {
    insta::assert_snapshot!("wide", text(&buffer(&loaded(170, 40), Theme::default())));
    insta::assert_snapshot!("widest", text(&buffer(&loaded(200, 60), Theme::default())));
    insta::assert_snapshot!("too-small", text(&buffer(&loaded(50, 10), Theme::default())));
    insta::assert_snapshot!("least", text(&buffer(&loaded(60, 16), Theme::default())));
}

#[test]
fn ascii_mode_draws_nothing_but_ascii() {
    let mut model = loaded(120, 36);
    let theme = Theme {
        ascii: true,
        colours: false,
    };
    insta::assert_snapshot!("ascii", text(&buffer(&model, theme)));
    for keys in ["?", "<esc> s", "<esc> <enter>", "<tab> <tab>", "<enter>"] {
        play(&mut model, keys);
        let picture = text(&buffer(&model, theme));
        assert!(picture.is_ascii(), "after {keys}: {picture}");
    }
}

#[test]
fn without_colours_no_cell_has_one() {
    let theme = Theme {
        ascii: false,
        colours: false,
    };
    let buffer = buffer(&loaded(120, 36), theme);
    let plain = ratatui::style::Color::Reset;
    assert!(
        buffer
            .content
            .iter()
            .all(|cell| cell.fg == plain && cell.bg == plain)
    );
}

/// Texts that try to leave their field: controls, overrides, marks, wide and joined letters.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "\u{1b}[2J",
        "\u{1b}]0;x\u{7}",
        "\u{9b}31m",
        "\u{202e}",
        "\u{200b}",
        "\u{2028}",
        "\n",
        "\r",
        "\t",
        "\u{0}",
        "\u{8}",
        "深圳",
        "👩‍👩‍👧‍👦",
        "🇩🇪",
        "e\u{301}\u{301}\u{301}",
        "\u{301}",
        "ﷺ",
        "\u{1100}\u{1161}",
        "नि",
        "a",
        " ",
        "Ω",
        "\u{ff21}",
        "\u{e000}",
        "\u{fe0f}",
        "☎\u{fe0f}",
        "1\u{20e3}",
        "\u{ad}",
        "\u{115f}",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

/// Columns of a row in which a frame stands that no text may touch.
fn frame_cells(buffer: &Buffer) -> Vec<(u16, u16, String)> {
    let area = buffer.area;
    let all = (0..area.height).flat_map(|y| (0..area.width).map(move |x| (x, y)));
    all.filter(|(x, y)| "│╭╮╰╯".contains(buffer[(*x, *y)].symbol()))
        .map(|(x, y)| (x, y, buffer[(x, y)].symbol().to_owned()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// 300 cases × 12 names, a reason, titles … make some 10,000 hostile strings.
    #[test]
    fn hostile_text_stays_in_its_field(texts in prop::collection::vec(hostile(), 34)) {
        let plain = frame_cells(&buffer(&loaded(120, 36), Theme::default()));
        let mut model = fresh(120, 36);
        let mut all = play::summaries();
        let mut desk = play::desk();
        let mut texts = texts.into_iter().cycle();
        for summary in &mut all {
            summary.name = texts.next().unwrap();
            summary.former_names = vec![texts.next().unwrap()];
        }
        for risk in &mut desk.risks {
            risk.name = texts.next().unwrap();
            risk.warnings[0].reason = texts.next().unwrap();
        }
        for due in &mut desk.due {
            due.title = texts.next().unwrap();
            due.account_name = texts.next().unwrap();
            due.body = texts.next().unwrap();
        }
        for handoff in &mut desk.handoffs {
            handoff.text = texts.next().unwrap();
            handoff.from_role = texts.next().unwrap();
        }
        load_book(&mut model, all);
        update(&mut model, Msg::Desk(DeskMsg::Loaded(Some(Box::new(desk)))));
        let drawn = buffer(&model, Theme::default());
        prop_assert_eq!(frame_cells(&drawn), plain);
        for cell in &drawn.content {
            prop_assert!(!cell.symbol().chars().any(char::is_control));
            prop_assert!(cell.symbol().len() <= 32);
        }
    }

    /// Every size is safe, whatever is on the screen.
    #[test]
    fn every_size_is_safe(width in 0_u16..=200, height in 0_u16..=60, keys in 0_usize..15) {
        let keys = ["", "1 j G", "2 j", "3 G", "4", "1 f", "?", ":", "s j", "1 <enter>", "1 <enter> <tab> G", "/ type:a", "1 <enter> G <enter>", "1 <enter> f", ": type:notes"][keys];
        let mut model = loaded(120, 36);
        play(&mut model, keys);
        update(&mut model, Msg::Failed(failure(FailureKind::Sync)));
        update(&mut model, Msg::Terminal(TerminalMsg::Resized(Size { width, height })));
        play(&mut model, "j k <page-down> <ctrl-u> G g");
        buffer(&model, Theme::default());
    }
}

/// The cockpit with this outbox.
fn with_outbox(view: OutboxView) -> impl Fn(u16, u16) -> Model {
    move |width, height| {
        let mut model = loaded(width, height);
        let loaded = OutboxMsg::Loaded(view.clone().into());
        update(&mut model, Msg::Outbox(loaded));
        model
    }
}

#[test]
fn what_was_undone_in_the_crm_does_not_look_as_if_it_were_there() {
    let mut model = with_outbox(play::outbox::undone())(120, 36);
    play(&mut model, "O G");
    let picture = text(&buffer(&model, Theme::default()));
    let row = |title: &str| {
        let mut lines = picture.lines().skip_while(|line| !line.contains(title));
        (lines.next().unwrap().to_owned(), lines.next().unwrap().to_owned())
    };
    let (one, said) = row("  Note: one");
    assert!(
        one.contains("↩ undone") && said.contains("undone in the CRM · "),
        "{picture}"
    );
    assert!(!picture.lines().last().unwrap().contains("u undo"), "{picture}");
    let (two, said) = row("  Note: two");
    assert!(
        two.contains("✓ sent") && said.contains("what is to undo it is queued"),
        "{picture}"
    );
    play(&mut model, "<enter>");
    let picture = text(&buffer(&model, Theme::default()));
    assert!(picture.contains("undone in the CRM"), "{picture}");
}

#[test]
fn a_conflict_shows_moments_in_my_time_zone_and_no_stamps() {
    let mut view = play::outbox::mixed();
    let due = crate::domain::outbox::Field::Core(crate::domain::record::Core::Due);
    view.open[1].conflicts[0].field = due;
    view.open[1].conflicts[0].theirs = Some("2026-11-27T16:00:00Z".to_owned());
    let mut model = with_outbox(view)(120, 36);
    for keys in ["O j", "<enter>"] {
        play(&mut model, keys);
        let picture = text(&buffer(&model, Theme::default()));
        assert!(!picture.contains("T16:00"), "{picture}");
        assert!(picture.contains("27 Nov"), "{picture}");
    }
}

#[test]
fn the_outbox_and_its_conflicts() {
    let mixed = || with_outbox(play::outbox::mixed());
    check("outbox", mixed(), "O");
    check("outbox-end", mixed(), "O G");
    check("outbox-empty", with_outbox(OutboxView::default()), "O");
    check("outbox-parked", mixed(), "O <enter>");
    check("outbox-discard", mixed(), "O d type:wrong");
    check("conflict", mixed(), "O j <enter> t");
    check("outbox-count", mixed(), "j");
    let read_only = |width, height| {
        let mut model = with_outbox(play::outbox::mixed())(width, height);
        play::forbid_writing(&mut model);
        model
    };
    check("outbox-read-only", read_only, "O r");
    let mut large = mixed()(200, 60);
    play(&mut large, "O");
    insta::assert_snapshot!("outbox-200", text(&buffer(&large, Theme::default())));
}
