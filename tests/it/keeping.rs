//! Nothing that is typed is lost: not when the ledger refuses it, when the disk does not answer, or when the person's
//! own editor ends badly.

use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use retain::store::Ledger;
use rusqlite::Connection;
use rustix::process::Signal;

use super::driver::{BadDisk, Cockpit, Home, Opening, files, until};

const CTRL_C: &[u8] = b"\x03";
const CTRL_S: &[u8] = b"\x13";
const CTRL_U: &[u8] = b"\x15";

/// A cockpit in whose note something is being typed.
fn composing(home: &Home, opening: Opening, text: &str) -> Cockpit {
    let mut cockpit = opening.open(home);
    cockpit
        .press("/")
        .type_in("juniper")
        .press("<enter> n")
        .type_in(text);
    cockpit
}

/// Opens the note of the same account in this cockpit, which is not in a form.
fn note_again(cockpit: &mut Cockpit) {
    cockpit.press("n").shows("here is what you had begun");
}

#[test]
fn an_emptied_form_drops_no_draft_that_another_cockpit_keeps_by_now() {
    let home = Home::synced().writing();
    let mut one = composing(&home, Opening::new(), "Ana");
    one.press("<esc>");
    keeps(&home, "Ana");
    note_again(&mut one);
    let mut other = Opening::new().open(&home);
    other.press("/").type_in("juniper").press("<enter>");
    note_again(&mut other);
    other.type_in(" is leaving").press("<esc>");
    keeps(&home, "Ana is leaving");
    one.send_raw(CTRL_U, 1).press("<esc>");
    one.press("n").shows("here is what you had begun");
    keeps(&home, "Ana is leaving");
}

#[test]
fn what_is_queued_drops_no_draft_that_another_cockpit_keeps_by_now() {
    let home = Home::synced().writing();
    let mut one = composing(&home, Opening::new(), "one");
    let mut other = composing(&home, Opening::new(), "other");
    other.press("<esc>");
    keeps(&home, "other");
    one.send_raw(CTRL_S, 1);
    let is_queued = || {
        let ledger = Ledger::open_read_only(&home.find("ledger.db")).unwrap();
        ledger.outbox_recent(1).unwrap().pop()
    };
    until("the note", || one.screen(), is_queued);
    keeps(&home, "other");
}

/// Sets which program wrote the ledger: a newer one's is not written to.
fn ledger_is_of(home: &Home, schema: i64) -> i64 {
    let ledger = Connection::open(home.find("ledger.db")).unwrap();
    let before = ledger
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap();
    ledger.pragma_update(None, "user_version", schema).unwrap();
    before
}

/// Waits until the end of what the program prints has this in it.
fn tells(cockpit: &Cockpit, what: &str) {
    let told = || {
        let bytes = cockpit.bytes();
        let text = String::from_utf8_lossy(&bytes).replace(['\r', '\n'], "");
        text.contains(what).then_some(())
    };
    until(what, || cockpit.screen(), told);
}

fn left(home: &Home, begins: &str) -> Vec<std::path::PathBuf> {
    let mut files = files(home.path());
    files.retain(|path| path.file_name().unwrap().to_string_lossy().starts_with(begins));
    files
}

fn drafts(home: &Home) -> Vec<(String, String)> {
    let ledger = Ledger::open_read_only(&home.find("ledger.db")).unwrap();
    let drafts = ledger.drafts().unwrap().into_iter();
    drafts.map(|draft| (draft.name, draft.body)).collect()
}

/// Waits until the newest draft is this text.
fn keeps(home: &Home, text: &str) {
    let is_kept = || {
        drafts(home)
            .first()
            .is_some_and(|draft| draft.1 == text)
            .then_some(())
    };
    until("the draft", || format!("{text}: {:?}", drafts(home)), is_kept);
}

#[test]
fn what_the_ledger_refuses_at_the_very_end_is_kept_and_told() {
    let home = Home::synced().writing();
    let mut cockpit = composing(&home, Opening::new(), "Ana is leaving");
    let before = ledger_is_of(&home, 9 << 16 | 9);
    cockpit.send_raw(CTRL_C, 1);
    assert!(cockpit.ended().success());
    tells(&cockpit, "It is kept in");
    assert_eq!(left(&home, "unsaved-").len(), 1);
    ledger_is_of(&home, before);
    Opening::new().open(&home).shows("saved now");
    assert_eq!(drafts(&home)[0].1, "Ana is leaving");
    assert!(left(&home, "unsaved-").is_empty());
}

#[test]
fn what_was_refused_while_its_form_was_closed_comes_back_with_the_form() {
    let home = Home::synced().writing();
    let mut cockpit = composing(&home, Opening::new(), "Ana is leaving");
    let before = ledger_is_of(&home, 9 << 16 | 9);
    cockpit
        .press("<esc>")
        .shows("not saved")
        .lacks("the draft is kept");
    ledger_is_of(&home, before);
    cockpit.press("n").shows("Ana is leaving");
    cockpit.press("<esc>").rest();
    assert_eq!(drafts(&home)[0].1, "Ana is leaving");
}

#[test]
fn a_disk_that_does_not_answer_keeps_nobody_and_the_text_is_on_the_screen() {
    let home = Home::synced().writing();
    let log = home.path().with_extension("log");
    let mut opening = Opening::new();
    for (name, value) in BadDisk::slow(10_000).variables(&home, &log) {
        opening = opening.variable(name, &value);
    }
    let mut cockpit = opening.begin(&home);
    cockpit.shows("2 Risk queue").shows("▌");
    cockpit.send_raw(b"n", 1).shows("draft kept");
    cockpit.send_raw(b"~Ana", 4).shows("~Ana");
    let begun = Instant::now();
    cockpit.send_raw(CTRL_C, 1).ended();
    let took = begun.elapsed();
    tells(&cockpit, "copy it from here");
    tells(&cockpit, "~Ana");
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[test]
fn what_comes_too_late_or_is_older_than_a_draft_becomes_a_draft_of_its_own() {
    let home = Home::synced().writing();
    let written = home.run(&["note", "juniper", "Ana is leaving", "--queue"]);
    assert!(written.status.success(), "{written:?}");
    let ledger = home.find("ledger.db");
    let mut kept = Ledger::open(&ledger, "the test").unwrap().0;
    let entry = kept.outbox_recent(1).unwrap().remove(0);
    let account = entry.new.account.clone().unwrap();
    let mut revised = serde_json::to_value(&entry.new.write).unwrap();
    let text = serde_json::to_string(&revised).unwrap();
    revised = serde_json::from_str(&text.replace("Ana is leaving", "Ana is leaving in May")).unwrap();
    let now: jiff::Timestamp = super::driver::NOW.parse().unwrap();
    kept.put_draft("note:7", "the newer one", now).unwrap();
    drop(kept);
    let earlier = "2020-01-01T00:00:00Z";
    let orders = serde_json::json!({ "version": 1, "orders": [
        { "at": earlier, "order": "step", "id": entry.id, "step": { "Revised": { "write": revised } } },
        { "at": earlier, "order": "save-draft", "name": "note:7", "text": "the older one" },
        { "at": earlier, "order": "drop-draft", "name": "note:7" },
    ]});
    let step = serde_json::to_value(retain::domain::outbox::Step::Revised {
        write: serde_json::from_value(revised).unwrap(),
        title: None,
        base: None,
        grace: None,
    });
    let mut orders = orders;
    orders["orders"][0]["step"] = step.unwrap();
    leave(&home, "unsaved-1-0.json", orders.to_string().as_bytes());
    let written = home.run(&["note", "juniper", "Something else", "--queue"]);
    let told = String::from_utf8_lossy(&written.stderr).into_owned();
    assert!(told.contains("its words are kept as a draft"), "{told}");
    let drafts = drafts(&home);
    let body = |name: &str| {
        drafts
            .iter()
            .find(|draft| draft.0 == name)
            .map(|draft| draft.1.as_str())
    };
    assert!(
        body(&format!("note:{account}")).is_some_and(|body| body.contains("in May")),
        "{drafts:?}"
    );
    assert_eq!(body("note:7"), Some("the newer one"));
    assert_eq!(body("note:7:+2"), Some("the older one"));
}

/// A file that a session left beside the ledger.
fn leave(home: &Home, name: &str, content: &[u8]) {
    let path = home.find("ledger.db").with_file_name(name);
    std::fs::write(&path, content).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_keeps_nobody_from_writing() {
    let home = Home::synced().writing();
    leave(&home, "unsaved-1-0.json", b"{\"version\": 1, \xff}");
    let link = home.find("ledger.db").with_file_name("unsaved-1-1.json");
    std::os::unix::fs::symlink("/nowhere", link).unwrap();
    let written = home.run(&["note", "juniper", "Ana is leaving", "--queue"]);
    let told = String::from_utf8_lossy(&written.stderr).into_owned();
    assert!(written.status.success(), "{told}");
    assert_eq!(
        told.matches("was left by a session and cannot be read").count(),
        2,
        "{told}"
    );
    assert_eq!(left(&home, "unsaved-").len(), 2, "both stay");
}

/// A cockpit whose person has the text in an editor that does this with the file `$1`, and then says that it has it.
fn in_editor(home: &Home, does: &str) -> Cockpit {
    let script = format!("#!/bin/sh\n{does}\necho the editor has it\nwhile :; do sleep 0.05; done\n");
    // However the test ends, the editor does too.
    home.write(
        "editor",
        &script.replace("while :", "i=0; while [ $((i += 1)) -lt 400 ]"),
    );
    let editor = format!("exec sh {}", home.path().join("config/editor").display());
    let mut cockpit = composing(home, Opening::new().variable("EDITOR", &editor), "Ana");
    cockpit.send_raw(b"\x0f", 0).shows("the editor has it");
    cockpit
}

#[test]
fn what_an_editor_saved_before_it_was_hung_up_is_in_the_form_and_its_file_goes() {
    let home = Home::synced().writing();
    home.write("editor", "echo Ana is leaving > $1; kill -HUP $$");
    let editor = format!("sh {}", home.path().join("config/editor").display());
    let mut cockpit = composing(&home, Opening::new().variable("EDITOR", &editor), "Ana");
    cockpit.press("<ctrl-o>").shows("Ana is leaving").shows("alt-u");
    keeps(&home, "Ana is leaving");
    cockpit.rest();
    assert!(left(&home, "composing-").is_empty());
}

#[test]
fn a_session_that_is_ended_while_an_editor_has_the_text_ends_at_once_and_keeps_it() {
    let home = Home::synced().writing();
    let mut cockpit = in_editor(&home, "echo Ana is leaving > $1");
    let begun = Instant::now();
    cockpit.signal(Signal::INT).signal(Signal::TERM);
    assert!(!cockpit.ended().success());
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    cockpit.left_the_terminal_as_it_was();
    assert_eq!(drafts(&home)[0].1, "Ana is leaving");
    assert!(left(&home, "composing-").is_empty());
}

#[test]
fn without_its_terminal_it_is_gone_soon_even_while_an_editor_has_the_text() {
    let home = Home::synced().writing();
    // The reader of the terminal lets go with what comes after the change of size.
    let mut cockpit = in_editor(&home, "trap 'echo resized' WINCH");
    let begun = Instant::now();
    cockpit.lose_terminal().ended();
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert_eq!(drafts(&home)[0].1, "Ana");
}

#[test]
fn what_an_editor_had_when_all_was_killed_is_a_draft_beside_the_one_before() {
    let home = Home::synced().writing();
    let mut cockpit = in_editor(&home, "echo Lea follows > $1");
    // It is saved before anything comes of the editor.
    keeps(&home, "Ana");
    cockpit.signal(Signal::KILL).ended();
    let [file] = &left(&home, "composing-")[..] else {
        panic!("{:?}", left(&home, "composing-"));
    };
    let mode = std::fs::metadata(file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    Opening::new().open(&home).shows("kept as a draft");
    let texts: Vec<String> = drafts(&home).into_iter().map(|draft| draft.1).collect();
    assert_eq!(texts, ["Lea follows", "Ana"]);
    assert!(left(&home, "composing-").is_empty());
}
