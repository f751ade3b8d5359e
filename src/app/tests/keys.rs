//! Which key does what: the defaults, `keys.toml`, chords.

use crate::app::action::{ACTIONS, Action, Context};
use crate::app::key::Key;
use crate::app::keymap::{Keymap, Meaning, parse_chord};
use crate::app::play::{loaded, play};
use crate::config::keys::{Keys, parse};
use crate::config::tree::Layer;

#[test]
fn one_letter_has_one_meaning_everywhere() {
    let keymap = Keymap::default();
    let mut keys: Vec<&str> = ACTIONS
        .iter()
        .flat_map(|info| info.keys.iter().copied())
        .collect();
    let all = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), all, "a key is bound twice");
    for info in &ACTIONS {
        for chord in info.keys {
            let keys = parse_chord(chord).unwrap();
            assert_eq!(
                keymap.meaning(&keys, Context::Steps),
                Meaning::Run(info.action),
                "{chord}"
            );
        }
    }
}

#[test]
fn every_action_has_an_id_of_its_own_and_can_be_found_by_it() {
    for info in &ACTIONS {
        assert_eq!(Action::by_id(info.id), Some(info.action), "{}", info.id);
        assert!(
            !info.doc.ends_with('.')
                && info
                    .id
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        );
    }
}

#[test]
fn keys_are_written_as_they_are_read() {
    for text in [
        "j",
        "G",
        "ctrl-d",
        "alt-x",
        "ctrl-alt-a",
        "enter",
        "space",
        "shift-tab",
        "f5",
        "minus",
        "ctrl-minus",
        "/",
    ] {
        assert_eq!(text.parse::<Key>().unwrap().to_string(), text);
    }
    for wrong in ["", "ctrl-", "hello", "f99", "ctrl"] {
        assert!(wrong.parse::<Key>().is_err(), "{wrong}");
    }
}

#[test]
fn chords_wait_for_their_second_key_and_bindings_can_be_taken_away() {
    let mut model = loaded(120, 36);
    model.keymap.bind(parse_chord("g").unwrap(), None, None);
    model
        .keymap
        .bind(parse_chord("g g").unwrap(), None, Some(Action::MoveFirst));
    play(&mut model, "1 j j g");
    assert_eq!((model.accounts.cursor.at, model.pending.len()), (2, 1));
    play(&mut model, "g");
    assert_eq!((model.accounts.cursor.at, model.pending.len()), (0, 0));
    model
        .keymap
        .bind(parse_chord("f").unwrap(), Some(Context::Accounts), None);
    play(&mut model, "f");
    assert!(!model.full);
    assert!(
        model
            .told
            .as_deref()
            .is_some_and(|told| told.starts_with("f does nothing here"))
    );
    play(&mut model, "2 f");
    assert!(model.full, "it is taken away in one context only");
}

/// `config/keys.toml` as the table of actions says it must be.
fn shipped_keys() -> String {
    let mut text = String::from(
        "# Which key runs which action. These are the defaults; write only what differs into your own keys.toml.\n\
         #\n\
         # Sections say where a line counts: [anywhere], or only in [accounts], [risks], [steps], [handoffs]\n\
         # or on the [account] screen. Keys are written like j, G, ctrl-d, enter, f5; several with spaces\n\
         # between are typed one after the other (\"g g\"). \"none\" takes a key away.\n\n[anywhere]\n",
    );
    for info in &ACTIONS {
        text.push_str(&format!("\n# {}\n", info.doc));
        if info.keys.is_empty() {
            text.push_str(&format!("# no key: `:{}`\n", info.id));
        }
        for chord in info.keys {
            text.push_str(&format!("{chord:?} = \"{}\"\n", info.id));
        }
    }
    text
}

#[test]
fn the_shipped_file_of_keys_is_what_the_program_does() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/config/keys.toml");
    let expected = shipped_keys();
    if std::env::var_os("RETAIN_WRITE_REFERENCES").is_some() {
        std::fs::write(path, &expected).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap();
    assert!(
        found == expected,
        "config/keys.toml is out of date: run this test with RETAIN_WRITE_REFERENCES=1"
    );
    let (mut keys, mut wrong) = (Keys::default(), Vec::new());
    parse(Layer::BuiltIn, "keys.toml", found, &mut keys, &mut wrong);
    let (keymap, diagnostics) = Keymap::of(&keys);
    assert_eq!((wrong, diagnostics), (Vec::new(), Vec::new()));
    for info in &ACTIONS {
        let bound = keymap.keys_of(info.action, Context::Accounts).len();
        assert_eq!(bound, info.keys.len(), "{}", info.id);
    }
}

#[test]
fn what_is_wrong_in_the_keys_is_said_with_its_place() {
    let text = "[anywhere]\nx = \"move-donw\"\n\"g g\" = \"move-first\"\nhello = \"open\"\n[acounts]\nj = \"open\"\n\
                [risks]\nj = \"none\"\n";
    let (mut keys, mut wrong) = (Keys::default(), Vec::new());
    parse(Layer::User, "keys.toml", text.to_owned(), &mut keys, &mut wrong);
    let (keymap, diagnostics) = Keymap::of(&keys);
    let mut said: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    said.sort();
    assert_eq!(wrong, Vec::new());
    insta::assert_snapshot!(said.join("\n"));
    let j = parse_chord("j").unwrap();
    assert_eq!(keymap.meaning(&j, Context::Risks), Meaning::Nothing);
    assert_eq!(keymap.meaning(&j, Context::Steps), Meaning::Run(Action::MoveDown));
}
