//! Pictures of the real program, written from the cells of its terminal and compared as cells.
//!
//! `UPDATE_SCREENSHOTS=1 cargo test --test it screenshots` writes `screenshots/*.svg` with the cells
//! beside them as `*.txt`; without it the test says which picture is out of date, and where.

mod cells;
mod svg;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use cells::Cells;

use super::driver::{Cockpit, Crm, Home, Opening};
use super::outbox_screen;

/// Synced with a CRM that the pictures share: what other tests write would show in them.
fn synced() -> Home {
    static SHARED: OnceLock<(Crm, Home)> = OnceLock::new();
    Home::synced_with(&SHARED)
}

#[test]
fn cockpit() {
    picture("cockpit", Opening::new(), |_| {});
}

#[test]
fn account() {
    picture("account", Opening::new(), |cockpit| {
        cockpit.press("/").type_in("juniper").press("<enter> <enter>");
    });
}

#[test]
fn filter() {
    picture("filter", Opening::new(), |cockpit| {
        cockpit.press("/").type_in("tal");
    });
}

#[test]
fn sort() {
    picture("sort", Opening::new(), |cockpit| {
        cockpit.press("s j");
    });
}

#[test]
fn standup() {
    picture_of(&synced().writing(), "standup", Opening::new(), |cockpit| {
        cockpit
            .press("S")
            .shows("enter begins")
            .press("<enter>")
            .shows("What changed");
    });
}

#[test]
fn help() {
    picture("help", Opening::new(), |cockpit| {
        cockpit.press("?");
    });
}

#[test]
fn palette() {
    picture("palette", Opening::new(), |cockpit| {
        cockpit.press(":").type_in("s");
    });
}

#[test]
fn editor() {
    picture_of(&synced().writing(), "editor", Opening::new(), |cockpit| {
        cockpit.press("/").type_in("juniper").press("<enter> <enter> n");
        cockpit.type_in("Dana Wolf has left; her manager, 陳美玲, owns the rollout now.");
        cockpit
            .press("<enter> <enter>")
            .type_in("Ask for: seats, SSO, a date.");
    });
}

#[test]
fn handoff() {
    picture_of(&synced().writing(), "handoff", Opening::new(), |cockpit| {
        cockpit.press("/").type_in("juniper").press("<enter> h <enter>");
        cockpit.type_in("priya").press("<tab>");
        cockpit
            .type_in("Fewer escalations, one tool for all sites.")
            .press("<tab>");
    });
}

#[test]
fn inbox() {
    picture("inbox", Opening::new(), |cockpit| {
        cockpit.press("4 f");
    });
}

#[test]
fn returning() {
    picture_of(&synced().writing(), "returning", Opening::new(), |cockpit| {
        cockpit
            .press("4 g j h")
            .shows("Return with questions")
            .press("j <enter>");
        cockpit
            .type_in("Whose goals are these, the board's or the warehouse's?")
            .press("<tab>");
    });
}

#[test]
fn bulk() {
    picture_of(&synced().writing(), "bulk", Opening::new(), |cockpit| {
        cockpit.press("1 g");
        for _ in 0..9 {
            cockpit.press("<space>");
        }
        cockpit
            .press("p G <enter>")
            .shows("Type that number")
            .type_in("8");
    });
}

#[test]
fn plays() {
    // A CRM of its own: the cockpit sends what is started, and the others would show it.
    let crm = Crm::start();
    let home = Home::new(&crm).writing();
    assert!(home.run(&["sync"]).status.success());
    let start = ["play", "start", "value-review", "juniper", "--anyway", "--queue"];
    assert!(home.run(&start).status.success());
    picture_of(&home, "plays", Opening::new(), |cockpit| {
        cockpit.press("/").type_in("juniper").press("<enter> p");
    });
}

#[test]
fn what_if() {
    picture("what-if", Opening::new(), |cockpit| {
        cockpit.press("/").type_in("juniper").press("<enter> w g");
    });
}

#[test]
fn small() {
    picture("small", Opening::new().size(80, 24), |_| {});
}

#[test]
fn wide() {
    picture("wide", Opening::new().size(180, 45), |_| {});
}

#[test]
fn ascii_without_colour() {
    let opening = Opening::new().variable("NO_COLOR", "1").variable("LANG", "C");
    picture("ascii", opening, |_| {});
}

#[test]
fn outbox() {
    let home = synced().writing();
    outbox_screen::fill(&home);
    picture_of(&home, "outbox", Opening::new(), |cockpit| {
        cockpit.press("O");
    });
}

#[test]
fn conflict() {
    let home = synced().writing();
    outbox_screen::fill(&home);
    picture_of(&home, "conflict", Opening::new(), |cockpit| {
        cockpit.press("O j <enter> m");
    });
}

#[test]
fn risks() {
    picture_of(&said_of_warnings(), "risks", Opening::new(), |cockpit| {
        cockpit.press("2 f");
    });
}

#[test]
fn alarms() {
    picture_of(&said_of_warnings(), "alarms", Opening::new(), |cockpit| {
        cockpit.press("A <enter> j");
    });
}

#[test]
fn routing() {
    picture("routing", Opening::new(), |cockpit| {
        cockpit.press("T");
    });
}

#[test]
fn nps() {
    picture("nps", Opening::new(), |cockpit| {
        cockpit.press("N");
    });
}

/// The book after people said something of warnings, and of a churn.
fn said_of_warnings() -> Home {
    let home = synced().writing();
    let run = |words: &[&str]| {
        let output = home.run(words);
        let why = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?} {why}");
    };
    run(&["risks", "plan", "juniper:champion-left", "call", "booked"]);
    run(&[
        "risks",
        "close",
        "tallinn:champion-left",
        "known",
        "the",
        "new",
        "one",
        "is",
        "named",
    ]);
    run(&[
        "alarms", "judge", "petrel", "yes", "we", "saw", "the", "usage", "fall",
    ]);
    home
}

/// Brings the cockpit on the book that all such tests share to what is to be shown, and takes the picture.
fn picture(name: &str, opening: Opening, act: impl FnOnce(&mut Cockpit)) {
    picture_of(&synced(), name, opening, act);
}

/// Brings the cockpit to what is to be shown, takes the picture and compares or writes it.
fn picture_of(home: &Home, name: &str, opening: Opening, act: impl FnOnce(&mut Cockpit)) {
    let mut cockpit = opening.open(home);
    act(&mut cockpit);
    let cells = cockpit.with_screen(Cells::of);
    let (text, svg) = (cells.to_text(), svg::draw(&cells, &format!("retain: {name}")));
    let path = |extension: &str| folder().join(name).with_extension(extension);
    if std::env::var_os("UPDATE_SCREENSHOTS").is_some() {
        fs::create_dir_all(folder()).unwrap();
        fs::write(path("txt"), text).unwrap();
        fs::write(path("svg"), svg).unwrap();
        return;
    }
    let kept = fs::read_to_string(path("txt")).unwrap_or_default();
    let place = kept.lines().zip(text.lines()).position(|(kept, now)| kept != now);
    assert!(
        kept == text && fs::read_to_string(path("svg")).is_ok_and(|kept| kept == svg),
        "screenshots/{name} is out of date{}; look at the change, then run\n  \
         UPDATE_SCREENSHOTS=1 cargo test --test it screenshots\n",
        place.map_or_else(String::new, |line| format!(
            ", first in line {}:\n  kept {}\n  now  {}",
            line + 1,
            kept.lines().nth(line).unwrap_or_default(),
            text.lines().nth(line).unwrap_or_default()
        ))
    );
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots")
}
