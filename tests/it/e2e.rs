//! The real program in a real pseudo-terminal against the embedded CRM: what a person sees and does.

use super::asked_anew;
use super::driver::{Cockpit, Crm, Home, Opening};

/// On the help overlay and nowhere else.
const HELP: &str = "Leave this screen";

fn open() -> (Home, Cockpit) {
    let home = Home::synced();
    let cockpit = Opening::new().open(&home);
    (home, cockpit)
}

#[test]
fn the_first_screen_shows_the_four_panes_and_the_day() {
    let (_home, mut cockpit) = open();
    for text in [
        "1 Accounts",
        "2 Risk queue",
        "3 Steps",
        "4 Handoffs",
        "ARR",
        "at stake",
        "100",
    ] {
        cockpit.shows(text);
    }
    cockpit.shows("now").lacks("offline");
}

#[test]
fn a_filter_narrows_as_one_types_and_escape_brings_all_back() {
    let (_home, mut cockpit) = open();
    cockpit.press("/").type_in("vela");
    cockpit.shows("Vela Robotics").shows("1 of 1");
    cockpit.press("<esc>").shows("of 100");
}

#[test]
fn an_account_opens_with_everything_around_it_and_closes_again() {
    let (_home, mut cockpit) = open();
    cockpit.press("/").type_in("vela").press("<enter> <enter>");
    for text in ["Vela Robotics", "Why", "Timeline", "People"] {
        cockpit.shows(text);
    }
    cockpit.press("<esc>").shows("2 Risk queue");
}

#[test]
fn an_opened_account_is_read_from_the_crm_and_says_so_when_it_cannot_be() {
    let mut crm = Crm::start();
    let home = Home::synced_to(&crm);
    let mut cockpit = Opening::new().open(&home);
    cockpit.press("/").type_in("vela").press("<enter> <enter>");
    cockpit.shows("Timeline").lacks("not read");
    cockpit.press("o").shows("no browser here: http://127.0.0.1:");
    cockpit.press("<esc>");
    crm.vanish();
    cockpit.press("<enter>").shows("Timeline");
    cockpit.shows("the CRM was not read for it");
}

#[test]
fn help_and_palette_list_what_can_be_done() {
    let (_home, mut cockpit) = open();
    cockpit.press("?").shows(HELP).press("<esc>").lacks(HELP);
    cockpit
        .press(":")
        .type_in("sync")
        .shows("ctrl-r")
        .press("<esc>")
        .lacks("↑ ↓");
}

#[test]
fn a_sync_shows_what_is_new_in_the_crm_here_and_in_every_other_cockpit() {
    let crm = Crm::start();
    let home = Home::new(&crm);
    let mut cockpit = Opening::new().open(&home);
    cockpit.shows("of 100").shows("Juniper Freight");
    let mut other = Opening::new().open(&home);
    other.shows("Juniper Freight");
    asked_anew::set(&crm, "companies/10000000002", "name", "Larch Harbour");
    cockpit.press("<ctrl-r>").shows("Larch Harbour");
    other.shows("Larch Harbour");
}

#[test]
fn with_the_crm_down_the_cache_shows_with_its_age_and_the_reason() {
    let mut crm = Crm::start();
    let home = Home::synced_to(&crm);
    crm.vanish();
    let mut cockpit = Opening::new().open(&home);
    cockpit.shows("of 100");
    cockpit
        .press("<ctrl-r>")
        .shows("cannot reach the CRM")
        .shows("of 100");
    cockpit.press("<esc> j").shows("2 Risk queue");
}

#[test]
fn with_a_crm_that_answers_rubbish_the_cockpit_says_so_and_stays_usable() {
    let crm = Crm::with_faults("garbage=1");
    let home = Home::new(&crm);
    let mut cockpit = Opening::new().open(&home);
    cockpit.shows("cannot be read");
    cockpit.press("<esc> ?").shows(HELP);
}

#[test]
fn with_a_crm_that_stalls_keys_are_heard_at_once_and_leaving_is_quick() {
    let crm = Crm::with_faults("stall=1:600s");
    let home = Home::new(&crm);
    let mut cockpit = Opening::new().begin(&home);
    cockpit.shows("1 Accounts");
    cockpit.send_raw(b"?", 1).shows(HELP);
    cockpit.send_raw(b"\x1b", 1).hides(HELP);
    cockpit.send_raw(b"q", 1);
    assert!(cockpit.ended().success());
    cockpit.left_the_terminal_as_it_was();
}

#[test]
fn read_only_is_said_on_the_first_line() {
    let home = Home::synced();
    let mut cockpit = Opening::new().argument("--read-only").open(&home);
    cockpit.shows("read-only");
}
