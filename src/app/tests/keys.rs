//! Which key does what: the defaults, `keys.toml`, chords.

use crate::app::action::{ACTIONS, Action, Context};
use crate::app::key::Key;
use crate::app::keymap::{Keymap, Meaning, parse_chord};
use crate::app::play::{loaded, play};
use crate::config::keys::{Keys, parse};
use crate::config::tree::Layer;

#[test]
fn no_default_is_on_a_key_that_some_keyboards_lack() {
    for info in ACTIONS {
        let rare = info
            .keys
            .iter()
            .find(|keys| keys.contains(['[', ']', '{', '}', '\\', '|']));
        assert_eq!(rare, None, "{}", info.id);
    }
}

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
fn a_chord_that_can_never_be_typed_is_no_key_of_its_action() {
    let mut keymap = Keymap::default();
    let chord = |text: &str| parse_chord(text).unwrap();
    keymap.bind(chord("g g"), None, Some(Action::MoveFirst));
    let keys = |keymap: &Keymap| keymap.keys_of(Action::MoveFirst, Context::Accounts);
    assert!(!keys(&keymap).contains(&"g g".to_owned()), "{:?}", keys(&keymap));
    keymap.bind(chord("g"), None, None);
    assert!(keys(&keymap).contains(&"g g".to_owned()), "{:?}", keys(&keymap));
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
        "-",
        "ctrl--",
        "/",
    ] {
        assert_eq!(text.parse::<Key>().unwrap().to_string(), text);
    }
    for wrong in ["", "ctrl-", "hello", "f99", "ctrl", "ctrl-j", "ctrl-m"] {
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

#[test]
fn everything_that_writes_is_at_most_three_keys_away_from_the_account() {
    use crate::app::overlay::Overlay;
    use crate::app::play::outbox::mixed;
    use crate::app::play::{known, steps::stand_on};
    use crate::app::{Msg, OutboxMsg, update};
    // From the account in any list: what, the keys until one types or it is done.
    let from_the_list = [
        ("a note", "n"),
        ("a task", "t"),
        ("a call, meeting or e-mail", "l"),
        ("a field", "e <enter>"),
        ("a playbook is chosen", "p <enter>"),
        ("a handoff", "h <enter>"),
        ("a conflict", "!"),
        ("the outbox", "O"),
        ("a draft or refused text", "O e"),
    ];
    for (what, keys) in from_the_list {
        let mut model = known(120, 36);
        update(&mut model, Msg::Outbox(OutboxMsg::Loaded(mixed().into())));
        assert!(keys.split(' ').count() <= 3);
        let orders = play(&mut model, &format!("1 {keys}"));
        assert!(!model.overlays.is_empty() || !orders.is_empty(), "{what}");
        assert_eq!(model.told, None, "{what}");
    }
    // On the account's screen: a task or step under Next.
    for (what, keys) in [
        ("a task is done", "<tab> x"),
        ("a task is put off or given to another", "<tab> e"),
    ] {
        let mut model = known(120, 36);
        let orders = play(&mut model, &format!("1 <enter> {keys}"));
        let opens = matches!(model.overlays.last(), Some(Overlay::Form(_)));
        assert!(opens || !orders.is_empty(), "{what}");
    }
    for (what, keys) in [("a step is done", "x"), ("a step is left out", "-")] {
        let mut model = known(120, 36);
        stand_on(&mut model, "call");
        play(&mut model, keys);
        assert!(matches!(model.overlays.last(), Some(Overlay::Form(_))), "{what}");
    }
}

#[test]
fn each_hint_of_the_footer_has_a_place_of_its_own() {
    let mut places: Vec<u8> = ACTIONS
        .iter()
        .map(|info| info.footer)
        .filter(|place| *place > 0)
        .collect();
    let all = places.len();
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), all);
}
