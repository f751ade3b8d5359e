#![allow(clippy::unwrap_used)]

use super::*;
use crate::domain::standup::{Change, Line, What};

fn mask() -> Mask {
    let own = own_words("usage {{ change | percent }} in 30 d");
    Mask::new([7; 32], own, &[us("Mara Lindt", "mara@ours.example")])
}

fn us(name: &str, email: &str) -> Owner {
    Owner {
        id: "7".into(),
        user: None,
        email: email.to_owned(),
        name: name.to_owned(),
        active: true,
        queue: false,
        teams: Vec::new(),
    }
}

#[test]
fn a_pseudonym_is_the_same_every_day_another_for_others_and_follows_from_the_secret() {
    let mask = mask();
    let account = mask.account(&"4711".into());
    assert!(
        account.starts_with("Account ") && account.len() == 13,
        "{account}"
    );
    assert_eq!(self::mask().account(&"4711".into()), account);
    assert_ne!(mask.account(&"4712".into()), account);
    let other = Mask::new([8; 32], Vec::new(), &[]);
    assert_ne!(other.account(&"4711".into()), account, "another secret");
    assert_ne!(mask.contract(&"4711".into())[9..], account[8..], "another kind");
    assert_eq!(mask.person("Dana Wolf"), mask.person("dana wolf"));
    assert_eq!(
        (mask.person("?"), mask.person("")),
        ("?".to_owned(), String::new())
    );
    let address = mask.address("Dana@Wolf.example");
    assert!(
        address.ends_with("@masked.example") && !address.contains("ana"),
        "{address}"
    );
}

#[test]
fn of_texts_of_our_own_only_our_words_and_small_numbers_stay() {
    let mask = mask();
    let check = |text: &str, expected: &str| assert_eq!(mask.around().words(text), expected, "{text}");
    check("usage −46 % in 30 d", "usage −46 % in 30 d");
    check("usage\n", "usage\n");
    check("amber 61 → red 38", "amber 61 → red 38");
    check("woke: its day came, 4 Dec 2026", "woke: its day came, 4 Dec 2026");
    check("last call 2026-11-09, 09:14", "last call 2026-11-09, 09:14");
    check("champion Dana Wolf left 16 Nov", "champion ••• left 16 Nov");
    check("▲ 38 · $19k at stake", "▲ 38 · ••• at stake");
    check("CHF 900 at stake", "••• at stake");
    check("120000, 1,204, 1.204.000 and 19k", "•••, •••, ••• and •••");
    check("write to dana@wolf.example!", "••• to •••!");
    check("ticket 4312345", "ticket •••");
    check("call +1 555 0100", "call +1 •••");
    check(
        "3 open, 22/64 seats, day 14 of 16",
        "3 open, 22/64 seats, day 14 of 16",
    );
    check("", "");
}

#[test]
fn known_names_are_pseudonyms_whatever_their_words_are() {
    let mask = mask();
    let account = mask.account(&"1".into());
    let around = mask.around().name("Renewal & Health", account.clone());
    assert_eq!(
        around.words("late 3 d: Call RENEWAL & HEALTH before the renewal, says Mara Lindt"),
        format!(
            "late 3 d: Call {account} before the •••, ••• {}",
            mask.person("Mara Lindt")
        ),
        "a word of the name alone is not shown either"
    );
    let may = mask.around().name("May", mask.person("May"));
    assert_eq!(
        may.words("maybe may, mayor"),
        format!("••• {}, •••", mask.person("May"))
    );
}

#[test]
fn what_a_template_puts_in_is_no_word_of_its_own() {
    let own = own_words("{% if CSM == 'unknown' %}no CSM{% else %}{{ csm }} has left{% endif %} {{ oh");
    assert_eq!(own, ["no", "csm", "has", "left"]);
}

#[test]
fn an_agenda_names_nobody() {
    let mask = mask();
    let line = Line {
        account: "1".into(),
        name: "Juniper Freight".to_owned(),
        head: "▲ 38 · $19k at stake · notice in 9 d · Mara Lindt".to_owned(),
        changes: vec![Change {
            what: What::Late,
            words: "late 3 d: Apologise to Juniper Freight and agree one date (Ben Osei)".to_owned(),
            at: None,
        }],
        promises: Vec::new(),
    };
    let (account, mara) = (mask.account(&"1".into()), mask.person("Mara Lindt"));
    let masked = line.redacted(&mask);
    assert_eq!(masked.name, account);
    assert_eq!(masked.account.as_str(), "1", "the program goes by it");
    assert_eq!(
        masked.head,
        format!("▲ 38 · ••• at stake · notice in 9 d · {mara}")
    );
    // Its title is somebody's words, and may be made of ours alone.
    assert_eq!(masked.changes[0].words, HIDDEN_TEXT);
}

#[test]
fn a_program_gets_neither_ids_nor_amounts() {
    let mask = mask().for_programs();
    let id = mask.id(&"4711".into());
    assert!(id.as_str() != "4711" && id == mask.id(&"4711".into()));
    let money = Some(Money {
        minor: 8_400_000,
        currency: Currency::USD,
    });
    assert_eq!(mask.money(money), None);
    let hidden = self::mask().money(money).unwrap();
    assert_eq!(
        crate::domain::words::exact(hidden),
        "•••",
        "people see that there is one"
    );
}
