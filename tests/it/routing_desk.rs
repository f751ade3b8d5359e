//! The routing desk in the cockpit: a question goes from support to the CSM with context, by keys alone.

use super::driver::Crm;
use super::two_people::{Seat, joined};

/// Somebody who has joined the demo with the accounts on which their work is, once the first sync is over.
fn synced(crm: &Crm, name: &str) -> Seat {
    let mut seat = joined(crm, name, "12");
    seat.shows("Kestrel Foods").rest();
    seat
}

/// A seat at which keys are counted.
struct Counted<'a> {
    seat: &'a mut Seat,
    keys: usize,
}

impl Counted<'_> {
    /// Presses keys, with blanks between them.
    fn press(&mut self, keys: &str) -> &mut Seat {
        self.keys += keys.split(' ').count();
        self.seat.press(keys);
        self.seat
    }
}

#[test]
fn a_complaint_goes_from_the_ticket_to_the_csms_steps_in_eight_keys_at_most_and_the_lead_hears_of_it() {
    let crm = Crm::small();
    let (mut ben, mut mara, mut priya) = (synced(&crm, "ben"), synced(&crm, "mara"), synced(&crm, "priya"));
    // Nobody has handed it over, and the lead sees it.
    priya.press("3 f").shows("Complaint: No answer on ticket 4290");
    priya.shows("support has it: Ben Osei, open since");
    mara.press("3 f").shows("Steps").lacks("No answer on ticket 4290");

    // Every key from the cockpit as it opens to the act that sends it.
    let mut counted = Counted {
        seat: &mut ben,
        keys: 0,
    };
    counted.press("T").shows("Routing desk");
    counted
        .press("<tab>")
        .shows("No answer on ticket 4290")
        .shows("support has it: Ben Osei");
    counted
        .press("h")
        .shows("Which desk answers it?")
        .shows("counts as a misroute")
        .shows("Priya Nair gets a task too");
    counted
        .press("<enter>")
        .shows("Handoff support → CSM · Kestrel Foods")
        .shows("Priya Nair, who");
    counted.press("<ctrl-s>").hides("Handoff support → CSM");
    assert!(counted.keys <= 8, "{} keys", counted.keys);
    ben.shows("CSM has it: Mara Lindt");
    ben.press("<esc> O")
        .shows("Handoff to Mara Lindt")
        .shows("✓ sent");
    ben.shows("To Mara Lindt: No answer on ticket 4290");

    // The cockpits that were open all along show it.
    mara.press("<ctrl-r>")
        .shows("Accept or return: No answer on ticket 4290");
    mara.press("<esc> T <tab>").shows("CSM has it: Mara Lindt");
    // What the customer said came along: nobody has to tell it again.
    mara.press("<esc> 4 g h").shows("not acceptable");

    priya.press("<ctrl-r>").shows("A complaint of Kestrel Foods");
    priya.hides("Complaint: No answer on ticket 4290");
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
    let mut counted = Counted {
        seat: &mut ben,
        keys: 0,
    };
    counted.press("T").shows("Routing desk");
    counted.press("<tab>").shows("No answer on ticket 4290");
    counted.press("h <enter>").shows("What was promised");
    counted
        .press("<tab> <tab> <tab>")
        .shows("typing says what was")
        .type_in("Mara rings by 16:00")
        .shows("in the receiver's steps: Mara rings, by today, Mon 23 Nov 16:00");
    counted.press("<ctrl-s>").hides("Handoff support → CSM");
    assert!(counted.keys <= 8, "{} keys beside the words", counted.keys);
    ben.press("<esc> O").shows("Promised: Mara rings").shows("✓ sent");
    let mut mara = synced(&crm, "mara");
    mara.press("3 f").shows("16:00").shows("Promised: Mara rings");
    mara.hides("2 Risk queue").rest();
    while !mara
        .screen()
        .lines()
        .any(|line| line.contains('▌') && line.contains("Promised: Mara rings"))
    {
        mara.press("j").rest();
    }
    mara.press("x").hides("Promised: Mara rings");
    mara.press("<esc> O")
        .shows("Promise kept: Mara rings")
        .shows("✓ sent");
}
