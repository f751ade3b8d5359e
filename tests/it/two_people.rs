//! Two people on one CRM: what one writes the other sees, and what both change is decided by keys.

use std::ops::{Deref, DerefMut};

use super::driver::{Cockpit, Crm, Home, Opening};

/// Somebody who has joined the demo, at a cockpit of their own.
pub struct Seat {
    cockpit: Cockpit,
    _home: Home,
}

impl Deref for Seat {
    type Target = Cockpit;

    fn deref(&self) -> &Cockpit {
        &self.cockpit
    }
}

impl DerefMut for Seat {
    fn deref_mut(&mut self) -> &mut Cockpit {
        &mut self.cockpit
    }
}

/// `retain demo --as NAME --join URL`; of more than 100 accounts everybody sees all.
pub fn joined(crm: &Crm, name: &str, accounts: &str) -> Seat {
    let home = Home::empty();
    let words = [
        "demo",
        "--as",
        name,
        "--join",
        &crm.address,
        "--accounts",
        accounts,
    ];
    let opening = words.into_iter().fold(Opening::new(), Opening::argument);
    Seat {
        cockpit: opening.open(&home),
        _home: home,
    }
}

/// Mara and Priya at one demo.
fn both(crm: &Crm) -> (Seat, Seat) {
    (joined(crm, "mara", "101"), joined(crm, "priya", "101"))
}

/// The account's screen, on its field with this place in the list of fields.
fn at_field(cockpit: &mut Cockpit, down: usize) {
    cockpit.press("/").type_in("juniper").press("<enter> <enter>");
    cockpit.shows("Timeline").press("e");
    for _ in 0..down {
        cockpit.press("j");
    }
}

/// Types a value for the chosen field and queues it.
fn set(cockpit: &mut Cockpit, value: &str) {
    cockpit.press("<enter>").type_in(value).press("<enter>");
}

#[test]
fn a_handoff_that_one_composes_waits_in_pane_four_of_whoever_joins_the_demo_as_the_receiver() {
    let crm = Crm::small();
    let mut sender = joined(&crm, "mara", "12");
    sender.press("/").type_in("juniper").press("<enter> h");
    sender.shows("Hand over · Juniper").press("<enter>");
    sender.shows("Who is who").shows("from contacts with a role");
    sender.press("<ctrl-s>").shows("choose who receives it");
    sender.type_in("priya").press("<ctrl-s>").shows("is required");
    sender.type_in("Fewer escalations").press("<tab>");
    sender.type_in("They answer on Fridays only").press("<tab>");
    // What the account did not give is asked for; what it gave stays.
    sender.press("<ctrl-s>");
    while sender.screen().contains("is required") {
        sender.type_in("see the notes").press("<ctrl-s>");
    }
    sender
        .hides("Handoff CSM")
        .press("O")
        .shows("Handoff to Priya Nair")
        .shows("✓ sent");
    let mut receiver = joined(&crm, "priya", "12");
    receiver.press("4 f").shows("Juniper").shows("Fewer escalations");
    receiver.press("3").shows("Accept or return the handoff");

    // She returns it with a question, which is answered; then she accepts it and the account is hers.
    receiver.press("<esc> 4 g h").shows("Return with questions");
    receiver
        .press("j <enter>")
        .shows("Return the handoff to Mara Lindt");
    receiver
        .type_in("By when?")
        .press("<ctrl-s>")
        .hides("Return the handoff");
    receiver
        .press("O")
        .shows("Handoff returned to Mara Lindt")
        .shows("✓ sent")
        .press("<esc>");
    sender.press("<esc> <ctrl-r> 4 f").shows("By when?");
    sender.press("<esc> 1 h").shows("returned by Priya Nair");
    sender.press("<enter>").shows("asked: By when?");
    sender
        .type_in("Before the winter")
        .press("<ctrl-s>")
        .hides("asked:");
    sender
        .press("O")
        .shows("Handoff answered to Priya Nair")
        .press("<esc>");
    receiver.press("<ctrl-r>").shows("answered · “");
    receiver
        .press("3 4 g h")
        .shows("Accept")
        .press("<enter>")
        .shows("the account becomes yours");
    receiver.press("<ctrl-s>").hides("the account becomes yours");
    receiver
        .press("O")
        .shows("Handoff accepted")
        .shows("CSM: Priya Nair");
    receiver.shows("Look again at Juniper").press("<esc>");
    sender.press("<ctrl-r> 4 f").shows("accepted");
}

#[test]
fn what_one_writes_the_other_sees_after_a_sync() {
    let crm = Crm::small();
    let (mut one, mut other) = both(&crm);
    one.press("/").type_in("juniper").press("<enter> n");
    one.type_in("Ana takes over in May").press("<ctrl-s>");
    one.press("O").shows("✓ sent");
    other
        .press("<ctrl-r>")
        .press("/")
        .type_in("juniper")
        .press("<enter> <enter>");
    other.shows("Ana takes over in May");
}

/// Both change the same field; what Mara's keys make of it is what the CRM has then, as Priya sees it.
fn decided_by(keys: &str, typed: &str, expected: &str) {
    let crm = Crm::small();
    let (mut one, mut other) = both(&crm);
    // Mara looks at the segment, which is Enterprise.
    at_field(&mut one, 2);
    one.shows("Enterprise");
    at_field(&mut other, 2);
    set(&mut other, "small");
    other.press("<esc> <esc> O").shows("✓ sent");
    // She knows nothing of it and sets another.
    set(&mut one, "mid");
    one.shows("Somebody else changed").shows("! shows");
    one.press("<esc> !").shows("theirs").shows("what is sent");
    one.press(keys);
    if !typed.is_empty() {
        one.press("<ctrl-u>").type_in(typed).press("<enter>");
    }
    one.press("<enter>").hides("Somebody else changed");
    one.press("O").shows("Done lately").lacks("Needs you");
    one.shows(if keys == "t" { "discarded" } else { "✓ sent" });
    // Priya's filter still stands on the account.
    other.press("<esc> <ctrl-r> <enter> e").shows(expected);
}

#[test]
fn a_conflict_is_decided_for_mine_by_keys_alone() {
    decided_by("m", "", "Mid-market");
}

#[test]
fn a_conflict_is_decided_for_theirs_by_keys_alone() {
    decided_by("t", "", "Small");
}

#[test]
fn a_conflict_is_decided_for_a_third_value_by_keys_alone() {
    decided_by("e", "digital", "Digital");
}
