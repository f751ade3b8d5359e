//! Writing, moving, taking back.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

const WINDOW: Window = Window { width: 11, height: 3 };

fn press(editor: &mut Editor, keys: &str) {
    for key in keys.split(' ') {
        assert!(editor.take(key.parse().unwrap(), WINDOW), "{key}");
    }
}

fn write(editor: &mut Editor, text: &str) {
    for character in text.chars() {
        let code = if character == '\n' {
            Code::Enter
        } else {
            Code::Char(character)
        };
        editor.take(Key::plain(code), WINDOW);
    }
}

fn rows_of(editor: &Editor) -> Vec<String> {
    editor.shown(WINDOW).rows.into_iter().map(str::to_owned).collect()
}

#[test]
fn text_is_broken_at_spaces_and_scrolls_with_the_cursor() {
    let mut editor = Editor::default();
    write(&mut editor, "send the offer to them");
    assert_eq!(rows_of(&editor), ["send the", "offer to", "them"]);
    let shown = editor.shown(WINDOW);
    assert_eq!(
        (shown.row, shown.column, shown.above, shown.below),
        (2, 4, false, false)
    );
    write(&mut editor, "\nfirst");
    assert_eq!(rows_of(&editor), ["offer to", "them", "first"]);
    assert!(editor.shown(WINDOW).above);
    press(&mut editor, "ctrl-home");
    assert_eq!(rows_of(&editor)[0], "send the");
    assert!(editor.shown(WINDOW).below);
    assert_eq!(editor.text(), "send the offer to them\nfirst");
}

#[test]
fn a_window_that_becomes_higher_shows_more_of_the_text_above() {
    let mut editor = Editor::new("one\ntwo\nthree");
    press(&mut editor, "ctrl-end");
    editor.scroll(Window { height: 1, ..WINDOW });
    assert!(editor.shown(Window { height: 1, ..WINDOW }).above);
    assert_eq!(rows_of(&editor), ["three"], "where it was");
    editor.scroll(WINDOW);
    assert_eq!(rows_of(&editor), ["one", "two", "three"]);
}

#[test]
fn wide_and_joined_characters_are_one_step_and_their_width() {
    let mut editor = Editor::new("深圳云帆科技 e\u{301}👩‍👩‍👧");
    assert_eq!(rows_of(&editor), ["深圳云帆科", "技 e\u{301}👩‍👩‍👧"]);
    assert_eq!(editor.shown(WINDOW).column, 6);
    press(&mut editor, "backspace");
    assert_eq!(editor.text(), "深圳云帆科技 e\u{301}");
    press(&mut editor, "backspace backspace backspace");
    assert_eq!(editor.text(), "深圳云帆科");
    assert_eq!(editor.shown(WINDOW).column, 10);
    // A mark that is typed joins the letter before it, and the cursor stands behind both.
    let mut editor = Editor::new("ea");
    press(&mut editor, "left");
    editor.paste("\u{301}");
    press(&mut editor, "left");
    assert_eq!(editor.place().byte, 0);
}

#[test]
fn up_and_down_keep_the_column_over_rows_and_lines() {
    let mut editor = Editor::new("abcdefgh\nab\nabcdefgh");
    press(&mut editor, "up");
    assert_eq!(editor.place(), Place { line: 1, byte: 2 });
    press(&mut editor, "up");
    assert_eq!(editor.place(), Place { line: 0, byte: 8 });
    press(&mut editor, "up");
    assert_eq!(editor.place(), Place { line: 0, byte: 8 });
    press(&mut editor, "page-down");
    assert_eq!(editor.place(), Place { line: 2, byte: 8 });
    // Rows of one line too.
    let mut editor = Editor::new("one two three four");
    press(&mut editor, "up");
    assert_eq!(editor.place(), Place { line: 0, byte: 7 });
}

#[test]
fn words_and_lines_are_erased_and_taken_back() {
    let mut editor = Editor::default();
    write(&mut editor, "send the offer");
    press(&mut editor, "ctrl-w");
    assert_eq!(editor.text(), "send the ");
    press(&mut editor, "ctrl-u");
    assert_eq!(editor.text(), "");
    press(&mut editor, "alt-u");
    assert_eq!(editor.text(), "send the ");
    press(&mut editor, "alt-u alt-u");
    assert_eq!(editor.text(), "send the");
    press(&mut editor, "alt-r alt-r");
    assert_eq!(editor.text(), "send the ");
    press(&mut editor, "home ctrl-k");
    assert_eq!(editor.text(), "");
    let mut editor = Editor::new("a\nb");
    press(&mut editor, "ctrl-home end ctrl-k");
    assert_eq!(editor.text(), "ab");
}

#[test]
fn a_paste_is_one_change_and_never_acts_as_keys() {
    let mut editor = Editor::new("x");
    assert!(editor.paste("\u{1b}[31mred\r\nsecond\tcolumn\u{7}"));
    assert_eq!(editor.text(), "x[31mred\nsecond    column");
    press(&mut editor, "alt-u");
    assert_eq!(editor.text(), "x");
}

#[test]
fn a_megabyte_is_taken_and_too_much_is_refused_whole() {
    let mut editor = Editor::default();
    let text = "word ".repeat(210_000);
    assert!(editor.paste(&text));
    assert_eq!(editor.bytes(), text.len());
    write(&mut editor, "end");
    assert!(editor.text().ends_with("end"));
    assert!(!editor.paste(&"a".repeat(MOST)));
    assert_eq!(editor.bytes(), text.len() + 3);
}

#[test]
fn keys_that_edit_nothing_are_left_to_others() {
    let mut editor = Editor::default();
    for key in ["esc", "ctrl-s", "ctrl-z", "ctrl-o", "f1"] {
        assert!(!editor.take(key.parse().unwrap(), WINDOW), "{key}");
    }
}

fn any_key() -> impl Strategy<Value = Key> {
    let keys = [
        "left",
        "right",
        "up",
        "down",
        "home",
        "end",
        "enter",
        "backspace",
        "delete",
        "ctrl-w",
        "ctrl-k",
        "alt-u",
        "alt-r",
        "page-up",
        "page-down",
        "ctrl-left",
        "ctrl-right",
        "tab",
        "a",
        "space",
        "é",
        "深",
        "\u{301}",
        "👩",
        "\u{200d}",
        "ctrl-home",
        "ctrl-end",
        "ctrl-u",
    ];
    proptest::sample::select(keys.map(|key| key.parse::<Key>().unwrap()).to_vec())
}

proptest! {
    /// Whatever is pressed in whatever window: the cursor shows, the size is right, and taking everything
    /// back gives the text that was there.
    #[test]
    fn nothing_gets_lost(
        keys in proptest::collection::vec(any_key(), 0..60),
        width in 0_u16..20,
        height in 0_u16..5,
    ) {
        let window = Window { width, height };
        let mut editor = Editor::new("first line\n第二行 and more");
        let before = editor.text();
        for key in &keys {
            editor.take(*key, window);
            let shown = editor.shown(window);
            prop_assert_eq!(editor.bytes(), editor.text().len());
            prop_assert!(shown.rows.len() <= usize::from(height));
            if height > 0 {
                prop_assert!(usize::from(shown.row) < shown.rows.len());
            }
            let line = &editor.lines[editor.at.line];
            prop_assert!(line.is_char_boundary(editor.at.byte));
        }
        let after = editor.text();
        while !editor.undo.is_at_start() {
            editor.undo_one();
        }
        prop_assert_eq!(editor.text(), before);
        while !editor.undo.is_at_end() {
            editor.redo_one();
        }
        // What was taken back by a key stays taken back.
        if !keys.iter().any(|key| key.alt) {
            prop_assert_eq!(editor.text(), after);
        }
    }
}
