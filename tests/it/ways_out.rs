//! The terminal is given back on every way out, and nothing that is typed can lock it up.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::driver::{Cockpit, Home, Opening};

fn open() -> (Home, Cockpit) {
    let home = Home::synced();
    let cockpit = Opening::new().open(&home);
    (home, cockpit)
}

#[test]
fn quitting_restores_the_terminal() {
    let (_home, mut cockpit) = open();
    cockpit.send_raw(b"q", 1);
    assert!(cockpit.ended().success());
    cockpit.left_the_terminal_as_it_was();
}

#[test]
fn every_signal_that_ends_it_restores_the_terminal() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let (_home, mut cockpit) = open();
        cockpit.signal(signal);
        assert!(!cockpit.ended().success(), "{signal:?}");
        cockpit.left_the_terminal_as_it_was();
    }
}

#[test]
fn a_panic_on_any_thread_restores_the_terminal_and_says_so() {
    for thread in ["event-loop", "reader"] {
        let home = Home::synced();
        let mut cockpit = Opening::new()
            .argument("--panic-in")
            .argument(thread)
            .begin(&home);
        cockpit.shows("1 Accounts");
        cockpit.send_raw(b"\r", 1);
        assert_eq!(cockpit.ended().exit_code(), 1, "{thread}");
        cockpit.left_the_terminal_as_it_was();
        cockpit
            .shows("error: retain has a defect and had to stop")
            .shows("hint:");
    }
}

#[test]
fn a_stopped_cockpit_gives_the_terminal_to_the_shell_and_comes_back_whole() {
    let home = Home::synced();
    let script = "set -m; RETAIN; echo the shell has it; read word; fg; echo all done";
    let mut cockpit = Opening::new().in_shell(script).open(&home);
    let before = cockpit.screen();
    cockpit.send_raw(b"\x1a", 1).shows("the shell has it");
    cockpit.left_the_terminal_as_it_was();
    cockpit.send_raw(b"go\r", 0).shows("1 Accounts");
    cockpit.press("j k");
    assert_eq!(cockpit.screen(), before);
    cockpit.send_raw(b"q", 1).shows("all done");
    assert!(cockpit.ended().success());
}

#[test]
fn without_its_terminal_it_is_gone_within_two_seconds() {
    let (_home, mut cockpit) = open();
    let lost = Instant::now();
    cockpit.lose_terminal().ended();
    assert!(lost.elapsed() < Duration::from_secs(2), "{:?}", lost.elapsed());
}

#[test]
fn a_paste_without_its_end_does_not_swallow_later_keys() {
    let (_home, mut cockpit) = open();
    // The paste is given up once nothing has come for a while; only then is a key a key.
    cockpit.send_raw(b"\x1b[200~half a paste", 1).rest();
    cockpit.send_raw(b"?", 2).shows("Leave this screen");
    cockpit.press("<esc>").send_raw(b"q", 1);
    assert!(cockpit.ended().success());
}

#[test]
fn a_paste_never_acts_as_keys() {
    let (_home, mut cockpit) = open();
    cockpit
        .send_raw(b"\x1b[200~qqq\x03\x1a\r\x1b[201~", 1)
        .rest()
        .shows("1 Accounts");
    cockpit
        .press("/")
        .send_raw(b"\x1b[200~ve\r\nla\x1b[201~", 1)
        .rest();
    cockpit.shows("ve la");
}

#[test]
fn every_size_is_drawn_and_too_small_says_so() {
    let (_home, mut cockpit) = open();
    for (columns, rows) in [
        (80, 24),
        (200, 60),
        (60, 16),
        (59, 15),
        (20, 3),
        (1, 1),
        (120, 36),
    ] {
        cockpit.resize(columns, rows);
    }
    cockpit.shows("1 Accounts");
    cockpit.resize(50, 12).shows("60");
}

#[test]
fn the_terminal_is_asked_nothing() {
    let (_home, cockpit) = open();
    let written = cockpit.bytes();
    // Who it is, where the cursor stands, which colours, modes, keys and sizes it has: an answer would come as keys.
    let questions: [&[u8]; 9] = [
        b"\x1b[c",
        b"\x1b[>c",
        b"\x1b[=c",
        b"\x1b[6n",
        b"\x1b[>q",
        b"\x1b[?u",
        b"\x1b[18t",
        b";?\x07",
        b"$p",
    ];
    for question in questions {
        let asked = written.windows(question.len()).any(|part| part == question);
        assert!(!asked, "{question:?}");
    }
    assert!(!written.windows(3).any(|part| part == b";?\x1b"), "a colour");
}

#[cfg(target_os = "linux")]
#[test]
fn nobody_else_reads_its_memory_or_a_core_of_it() {
    use std::fs;
    use std::os::unix::fs::MetadataExt;

    let (_home, cockpit) = open();
    let of = |name: &str| format!("/proc/{}/{name}", cockpit.pid().as_raw_nonzero());
    let limits = fs::read_to_string(of("limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size"));
    let core: Vec<&str> = core.unwrap().split_whitespace().skip(4).collect();
    assert_eq!(core, ["0", "0", "bytes"]);
    // Of a process that is not dumpable the kernel gives these to root, whoever runs it.
    assert_eq!(fs::metadata(of("environ")).unwrap().uid(), 0);
}
