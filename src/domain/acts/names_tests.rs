//! Who is meant by a name that somebody types.
#![allow(clippy::unwrap_used)]

use super::tests::{contacts, occasion};
use super::*;

#[test]
fn words_that_are_no_name_go_into_the_text_or_are_asked_about() {
    let on = occasion();
    let understood = |line: &str| {
        let touch = touch::parse(&on, &contacts(), line).map_err(|told| format!("{line}: {told}"));
        let touch = touch.unwrap();
        let people: Vec<String> = touch.people.iter().map(|one| one.name.clone()).collect();
        ([people, touch.others].concat().join(", "), touch.outcome)
    };
    for (line, with, text) in [
        (
            "call with Idris about prices: she agreed",
            "Idris Okafor",
            "about prices: she agreed",
        ),
        ("call Idris about prices", "Idris Okafor", "about prices"),
        (
            "mail with Idris, Bob About the offer: sent",
            "Idris Okafor, Bob",
            "about the offer: sent",
        ),
        ("call about prices: they agreed", "", "about prices: they agreed"),
        (
            "call with Idris yesterday about the 1 oct: fine",
            "Idris Okafor",
            "about the 1 oct: fine",
        ),
        ("call with Idris Miller: fine", "Idris Miller", "fine"),
        ("call with bob miller: fine", "bob miller", "fine"),
        ("call with Jan van der Berg: fine", "Jan van der Berg", "fine"),
    ] {
        assert_eq!(understood(line), (with.to_owned(), text.to_owned()), "{line}");
    }
    for (line, part) in [
        ("call with : text", "`with` names nobody"),
        ("call with: text", "`with` names nobody"),
        ("mail with , : text", "`with` names nobody"),
        ("mail with Nobody", "no contact `Nobody`, there is Idris Okafor"),
        (
            "call with Idris prices: she agreed",
            "is `Idris prices` Idris Okafor?",
        ),
        ("call with Bob they all want it: agreed", "is long for a name"),
        (
            "call with Idris about prices yesterday: fine",
            "`yesterday` may be the day of it",
        ),
    ] {
        let told = touch::parse(&on, &contacts(), line).unwrap_err();
        assert!(told.contains(part), "{line}: {told}");
    }
}

#[test]
fn one_of_us_is_found_by_a_part_of_name_or_address_and_several_are_named() {
    let owner = |id: &str, name: &str, email: &str, active| Owner {
        user: None,
        id: RecordId::from(id),
        name: name.to_owned(),
        email: email.to_owned(),
        active,
        teams: Vec::new(),
    };
    let owners = [
        owner("1", "Ida Berg", "ida.berg@fleet.example", true),
        owner("2", "Tom Berg", "tom@fleet.example", true),
        owner("3", "Tom Bergson", "tb@fleet.example", true),
        owner("4", "Ida Gone", "gone@fleet.example", false),
    ];
    let id = |text: &str| Somebody::called(&owners, text).map(|one| one.id.to_string());
    assert!(
        id("o").unwrap_err().contains("too short"),
        "a slip of the hand is nobody"
    );
    for (text, is) in [
        ("ida", "1"),
        ("IDA.B", "1"),
        ("tb@", "3"),
        ("berg ida", "1"),
        ("tom berg", "2"),
        ("tom@fleet.example", "2"),
        ("3", "3"),
    ] {
        assert_eq!(id(text), Ok(is.to_owned()), "{text}");
    }
    assert_eq!(
        id("tom"),
        Err(
            "`tom` may be Tom Berg (tom@fleet.example) or Tom Bergson (tb@fleet.example): write more of it"
                .to_owned()
        )
    );
    let owners = [
        owner("1", "Mara Lindt", "m.lindt@fleet.example", true),
        owner("2", "Amara Diallo", "a.diallo@fleet.example", true),
    ];
    let mara = Somebody::called(&owners, "mara").unwrap();
    assert_eq!(
        mara.name, "Mara Lindt",
        "the beginning of a word comes before a part of one"
    );
    for nobody in ["gone", "gone@fleet.example", "zoe", ""] {
        assert_eq!(id(nobody), Err(format!("nobody of us is called `{nobody}`")));
    }
}
