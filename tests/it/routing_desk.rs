//! The routing desk in the cockpit: a question goes from support to the CSM with context, by keys alone.

use super::driver::Crm;
use super::two_people::{Seat, joined};

/// Somebody who has joined the demo, once the first sync is over.
fn synced(crm: &Crm, name: &str) -> Seat {
    let mut seat = joined(crm, name, "101");
    seat.shows("Kestrel Foods").rest();
    seat
}

#[test]
fn a_complaint_goes_from_the_ticket_to_the_csms_steps_with_five_keys_and_the_lead_hears_of_it() {
    let crm = Crm::small();
    let mut ben = synced(&crm, "ben");
    // Five keys: the desk, the CSM's questions, hand over, to the proposed desk, queue.
    ben.press("T").shows("Routing desk").press("<tab>");
    ben.shows("No answer on ticket 4290")
        .shows("support has it: Ben Osei");
    ben.press("h")
        .shows("Which desk answers it?")
        .shows("counts as a misroute");
    ben.shows("Priya Nair gets a task too");
    ben.press("<enter>")
        .shows("Handoff support → CSM · Kestrel Foods");
    ben.shows("Priya Nair, who leads the CSM, gets");
    ben.press("<ctrl-s>").hides("Handoff support → CSM");
    ben.shows("CSM has it: Mara Lindt");
    ben.press("<esc> O")
        .shows("Handoff to Mara Lindt")
        .shows("✓ sent");
    ben.shows("To Mara Lindt: No answer on ticket 4290");

    let mut mara = synced(&crm, "mara");
    mara.press("3 f")
        .shows("Accept or return the handoff")
        .shows("Kestrel Foods");
    mara.press("<esc> T <tab>").shows("CSM has it: Mara Lindt");
    // What the customer said came along: nobody has to tell it again.
    mara.press("<esc> 4 g h").shows("not acceptable");

    let mut priya = synced(&crm, "priya");
    priya.press("3 f").shows("A complaint of Kestrel Foods");
}

#[test]
fn who_asks_is_found_by_address_with_who_looks_after_the_account() {
    let crm = Crm::small();
    let mut ben = synced(&crm, "ben");
    ben.press("M").shows("Who asks?");
    ben.type_in("new.one@sales.juniperfreight.example")
        .press("<enter>");
    ben.shows("by the domain juniperfreight.example")
        .shows("CSM Mara Lindt");
    ben.press("<ctrl-u>")
        .type_in("somebody@gmail.com")
        .press("<enter>");
    ben.shows("anybody can have mail of gmail.com");
    ben.press("<ctrl-u>")
        .type_in("juniperfreight.example")
        .press("<enter> <enter>");
    ben.shows("Timeline");
}

#[test]
fn what_support_promised_stands_in_the_csms_steps_with_its_clock_and_is_kept_by_one_key() {
    let crm = Crm::small();
    let mut ben = synced(&crm, "ben");
    ben.press("T <tab>")
        .shows("No answer on ticket 4290")
        .press("h <enter>");
    ben.shows("What was promised").press("<tab> <tab> <tab> <ctrl-e>");
    for _ in 0..7 {
        ben.press("<backspace>");
    }
    ben.type_in("Mara calls by 16:00")
        .shows("in the receiver's steps: Mara calls, by today 16:00");
    ben.press("<ctrl-s>").hides("Handoff support → CSM");
    ben.press("<esc> O").shows("Promised: Mara calls").shows("✓ sent");
    let mut mara = synced(&crm, "mara");
    mara.press("3 f").shows("16:00").shows("Promised: Mara calls");
    mara.hides("2 Risk queue").rest();
    while !mara
        .screen()
        .lines()
        .any(|line| line.contains('▌') && line.contains("Promised: Mara"))
    {
        mara.press("j").rest();
    }
    mara.press("x").hides("Promised: Mara calls");
    mara.press("<esc> O")
        .shows("Promise kept: Mara calls")
        .shows("✓ sent");
}
