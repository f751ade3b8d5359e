//! What follows an account from handoff to handoff keeps who said it first, when, and what became of it.
#![allow(clippy::unwrap_used)]

use jiff::Timestamp;
use jiff::civil::date;

use super::tests::{juniper, occasion, on, template, value};
use super::*;
use crate::app::play;
use crate::domain::acts::Somebody;
use crate::domain::desk::HandoffCard;
use crate::domain::record::{Core, RecordId};

/// A handoff that says this under these titles, on a day of November.
fn sent(day: u32, from: &str, told: &str, promised: &str) -> HandoffCard {
    card_of(note(day, from, told, promised))
}

fn note(day: u32, from: &str, told: &str, promised: &str) -> SaidNote {
    let body = format!(
        "Handoff onboarding → CSM: sent\nFrom: {from}\nThe goals: {told}\nThe open: {promised}\n\
         retain: handoff H-{day} event 1"
    );
    SaidNote {
        note: RecordId(day.to_string()),
        lines: Some(body.lines().map(str::to_owned).collect()),
        head: None,
        when: format!("2026-11-{day}T09:00:00Z").parse().unwrap(),
        created: None,
        who: None,
    }
}

/// The same, of which somebody has made this since it was first seen.
fn edited(note: &SaidNote, now: &str) -> HandoffCard {
    card_of(SaidNote {
        head: Some(Head::of(&note.note, &note.event().unwrap())),
        lines: Some(now.lines().map(str::to_owned).collect()),
        ..note.clone()
    })
}

fn card_of(note: SaidNote) -> HandoffCard {
    let reader = Reader {
        name: None,
        role: "",
        cover: &Cover::new(&on(date(2026, 11, 20))),
    };
    card(&[note], (&"7".into(), "Juniper Freight"), reader).unwrap()
}

fn follows() -> Template {
    let mut template = template();
    template.fields[0].prefill = Some(Prefill::ToldUs);
    template.fields[2].prefill = Some(Prefill::Promises);
    template
}

fn of(cards: &[HandoffCard], outcomes: &[Outcome]) -> Vec<Followed> {
    let templates = Templates {
        handoffs: [("onboarding-to-csm".to_owned(), follows())].into(),
    };
    followed(cards, &templates, outcomes)
}

/// What the next handoff begins with: what they told us, and what is promised.
fn next(followed: Vec<Followed>) -> (String, String) {
    let mut view = play::account();
    view.followed = followed;
    let form = form(&follows(), &view, &on(date(2026, 11, 29)));
    (form[0].text.clone(), form[2].text.clone())
}

fn outcome(handoff: &str, words: &str, why: Option<&str>, when: &str) -> Outcome {
    Outcome {
        handoff: handoff.to_owned(),
        words: words.to_owned(),
        kept: why.is_none(),
        why: why.map(str::to_owned),
        by: Some("Mara Lindt".to_owned()),
        when: when.parse::<Timestamp>().unwrap(),
    }
}

#[test]
fn a_promise_says_what_became_of_it_and_only_an_open_one_is_promised_on() {
    let first = sent(
        20,
        "Ben Osei",
        "None",
        "Mara calls, by 2026-11-20 16:00\nBen looks at it",
    );
    let not = outcome("H-20", "Mara calls", Some("was ill"), "2026-11-21T09:00:00Z");
    let found = of(std::slice::from_ref(&first), std::slice::from_ref(&not));
    let told: Vec<_> = found
        .iter()
        .map(|one| (one.text.as_str(), one.outcome.as_ref()))
        .collect();
    let expected = [
        ("Ben looks at it", None),
        ("Mara calls, by 2026-11-20 16:00", Some(&not)),
    ];
    assert_eq!(told, expected);
    let (_, promised) = next(found);
    assert_eq!(promised, "Ben looks at it (Ben Osei, 2026-11-20)");
    // The next handoff says it on: it stays Ben's of that day, and what became of it then is told too.
    let second = sent(22, "Mara Lindt", "None", &promised);
    let cards = [second, first];
    let kept = outcome("H-20", "Ben looks at it", None, "2026-11-23T09:00:00Z");
    let told: Vec<_> = of(&cards, &[kept.clone(), not.clone()]);
    let told: Vec<_> = told
        .iter()
        .map(|one| (one.who.as_deref(), one.handoff.as_str(), one.outcome.as_ref()))
        .collect();
    let ben = Some("Ben Osei");
    assert_eq!(told, [(ben, "H-20", Some(&kept)), (ben, "H-20", Some(&not))]);
    // Promised anew after that, it is another promise.
    let again = sent(24, "Ida Roth", "None", "Ben looks at it");
    let found = of(&[again, cards[0].clone(), cards[1].clone()], &[kept, not]);
    assert_eq!((found.len(), found[0].who.as_deref()), (3, Some("Ida Roth")));
    assert_eq!(next(found).1, "Ben looks at it (Ida Roth, 2026-11-24)");
}

#[test]
fn promises_of_the_same_words_and_day_each_have_a_line_and_an_outcome_of_their_own() {
    let words = "Mara calls, by 2026-11-24 16:00";
    let cards = [22, 21].map(|day| sent(day, "Ben Osei", "None", words));
    let kept = outcome("H-21", words, None, "2026-11-24T15:00:00Z");
    let not = outcome("H-22", words, Some("was ill"), "2026-11-25T09:00:00Z");
    let of_each = |outcomes: &[Outcome]| -> Vec<(String, Option<bool>)> {
        let found = of(&cards, outcomes).into_iter();
        found
            .map(|one| (one.handoff, one.outcome.map(|outcome| outcome.kept)))
            .collect()
    };
    let is = |second, first| [("H-22".to_owned(), second), ("H-21".to_owned(), first)];
    assert_eq!(of_each(&[]), is(None, None));
    assert_eq!(of_each(std::slice::from_ref(&kept)), is(None, Some(true)));
    assert_eq!(of_each(&[not.clone(), kept.clone()]), is(Some(false), Some(true)));
    // The next handoff says on what is open, each with its own day, and makes no promise more of it.
    let open = of(&cards, &[]);
    let (_, carried) = next(open.clone());
    assert_eq!(
        carried,
        format!("{words} (Ben Osei, 2026-11-22)\n{words} (Ben Osei, 2026-11-21)")
    );
    assert!(Promises::of(&occasion(), &carried, &open).new.is_empty());
    let third = sent(23, "Ida Roth", "None", &carried);
    let all = [&[third], &cards[..]].concat();
    let found = of(&all, &[not, kept]);
    assert_eq!(found.len(), 2, "{found:?}");
    // Said twice at once it is promised once: one task, one line.
    let twice = Promises::of(&occasion(), "Mara calls by 16:00\nMara calls by 16:00", &[]);
    assert_eq!(twice.new.len(), 1);
}

#[test]
fn all_that_they_told_us_is_kept_newest_first_each_once_with_who_and_when() {
    let complaint = sent(
        20,
        "Ben Osei",
        "We opened it nine days ago.\nNobody has called.",
        "-",
    );
    let outage = sent(21, "Ben Osei", "Third outage. Please help.", "-");
    let (begins, _) = next(of(&[outage.clone(), complaint.clone()], &[]));
    let expected = "Third outage. Please help. (Ben Osei, 2026-11-21)\n\
                    We opened it nine days ago. Nobody has called. (Ben Osei, 2026-11-20)";
    assert_eq!(begins, expected);
    // A handoff that begins with it and says more adds no more than that.
    let more = sent(23, "Mara Lindt", &format!("{begins}\nNo rollout in May."), "-");
    let old = sent(
        24,
        "Mara Lindt",
        "Third outage. Please help.\nAudit until May.",
        "-",
    );
    let found = of(&[old, more, outage, complaint], &[]);
    let told: Vec<_> = found
        .iter()
        .map(|one| (one.text.as_str(), one.who.as_deref().unwrap()))
        .collect();
    let expected = [
        ("Audit until May.", "Mara Lindt"),
        ("No rollout in May.", "Mara Lindt"),
        ("Third outage. Please help.", "Ben Osei"),
        ("We opened it nine days ago.\nNobody has called.", "Ben Osei"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn of_much_that_they_told_us_the_newest_goes_on_with_a_count_of_the_rest() {
    let cards: Vec<HandoffCard> = (10..18)
        .map(|day| sent(day, "Ben", &format!("Words of {day}."), "-"))
        .collect();
    let (begins, _) = next(of(&cards, &[]));
    let lines: Vec<&str> = begins.lines().collect();
    assert_eq!((lines.len(), lines[0]), (6, "Words of 17. (Ben, 2026-11-17)"));
    assert_eq!(lines[5], "More of it on the account: 3");
    // That count is no word of the customer's.
    let cards: Vec<HandoffCard> = cards.into_iter().chain([sent(20, "Ida", &begins, "-")]).collect();
    assert_eq!(of(&cards, &[]).len(), 8);
}

#[test]
fn a_line_of_an_earlier_handoff_that_somebody_changed_is_one_thing_more_and_ends_as_any() {
    let texts = |found: &[Followed]| -> Vec<(String, String)> {
        let told = found.iter();
        told.map(|one| (one.text.clone(), one.who.clone().unwrap()))
            .collect()
    };
    let first = sent(20, "Ben Osei", "Audit until May.", "Ben looks at it");
    let (told, promised) = next(of(std::slice::from_ref(&first), &[]));
    let (told, promised) = (told.replace("May", "June"), promised.replace("at it", "at both"));
    let mut cards = vec![first, sent(22, "Mara Lindt", &told, &promised)];
    let expected = [
        ("Audit until June.", "Mara Lindt"),
        ("Audit until May.", "Ben Osei"),
        ("Ben looks at both", "Mara Lindt"),
        ("Ben looks at it", "Ben Osei"),
    ];
    let expected = expected.map(|(text, who)| (text.to_owned(), who.to_owned()));
    for (day, from) in [(24, "Ida Roth"), (26, "Tom Abara")] {
        let found = of(&cards, &[]);
        assert_eq!(texts(&found), expected, "before the handoff of day {day}");
        let (told, promised) = next(found);
        cards.push(sent(day, from, &told, &promised));
    }
    let kept = outcome("H-22", "Ben looks at both", None, "2026-11-27T09:00:00Z");
    let found = of(&cards, std::slice::from_ref(&kept));
    assert_eq!(texts(&found), expected);
    assert_eq!(
        (found[2].outcome.as_ref(), &found[3].outcome),
        (Some(&kept), &None)
    );
}

#[test]
fn only_what_an_earlier_handoff_promised_is_no_new_promise() {
    let on = occasion();
    let first = sent(20, "Ben Osei (Sales)", "None", "Mara calls");
    let before = of(std::slice::from_ref(&first), &[]);
    let (_, carried) = next(before.clone());
    assert_eq!(carried, "Mara calls (Ben Osei (Sales), 2026-11-20)");
    let check = |text: &str, new: &[&str], earlier: &[&str]| {
        let found = Promises::of(&on, text, &before);
        let told: Vec<String> = found.new.iter().map(Promise::told).collect();
        assert_eq!(
            (told, found.earlier),
            (
                new.iter().map(|one| (*one).to_owned()).collect(),
                earlier.to_vec()
            )
        );
    };
    check(&carried, &[], &[&carried]);
    // Whoever wrote the line was a day ahead.
    let ahead = carried.replace("-20)", "-21)");
    check(&ahead, &[], &[&ahead]);
    check("nothing", &[], &[]);
    let fair = "Mara meets them (Berlin, 2026-11-24)";
    check(&format!("{carried}\n{fair}"), &[fair], &[&carried]);
    check(
        "Mara calls (Berlin, 2026-11-24)",
        &["Mara calls (Berlin, 2026-11-24)"],
        &[],
    );
    // What somebody changed of it is promised anew, by them.
    let changed = carried.replace("calls", "calls by 16:00");
    check(&changed, &["Mara calls, by 2026-11-20 16:00"], &[]);
    // One that ends so is the same from handoff to handoff.
    let second = sent(22, "Mara Lindt", "None", &format!("{fair}\n{carried}"));
    let mut cards = vec![first, second];
    let (_, begins) = next(of(&cards, &[]));
    assert_eq!(
        begins,
        format!("{carried}\n{fair} (Mara Lindt, 2026-11-22)")
            .lines()
            .rev()
            .collect::<Vec<_>>()
            .join("\n")
    );
    cards.push(sent(24, "Ida Roth", "None", &begins));
    assert_eq!(next(of(&cards, &[])).1, begins);
}

#[test]
fn the_count_of_what_else_was_promised_is_no_promise() {
    let promised = "Mara writes\nMore of it on the account: 3";
    let found = Promises::of(&occasion(), promised, &[]);
    assert_eq!(
        (found.new.len(), found.earlier.as_slice()),
        (1, &["More of it on the account: 3"][..])
    );
    assert_eq!(found.told(), promised);
}

/// What nobody can say to be kept would be open for ever.
#[test]
fn each_line_of_a_shipped_handoff_that_says_what_was_promised_is_a_task() {
    let shipped: Templates = toml::from_str(include_str!("../../../config/handoffs.toml")).unwrap();
    let on = occasion();
    let to = Somebody {
        id: "11".into(),
        name: "Dana Reyes".to_owned(),
    };
    let mut seen = 0;
    for (id, template) in &shipped.handoffs {
        let its = |field: &&FieldTemplate| field.follows() == Some(Follow::Promised);
        seen += template.fields.iter().filter(its).count();
        let text = |field: &FieldTemplate| format!("Mara shows {}", field.id);
        let values = template
            .fields
            .iter()
            .map(|field| (field.id.clone(), text(field)))
            .collect();
        let made = compose(
            &on,
            &juniper(),
            template,
            &to,
            Saying::of(&values, &Ground::default()),
        )
        .unwrap();
        for field in template.fields.iter().filter(its) {
            let subject = format!("Promised: {}", text(field));
            assert!(
                made.iter()
                    .any(|entry| value(entry, Core::Subject) == Some(&subject)),
                "{id}"
            );
        }
    }
    assert_eq!(seen, 17);
}

#[test]
fn what_they_told_us_and_what_was_promised_stays_known_when_somebody_empties_the_note() {
    let note = note(
        20,
        "Ben Osei",
        "They sign in March",
        "Mara calls, by 2026-11-24 16:00",
    );
    let before = of(&[edited(&note, &note.lines.clone().unwrap().join("\n"))], &[]);
    assert_eq!(before.len(), 2);
    assert!(before.iter().all(|one| one.first.is_none()), "{before:?}");
    for now in [
        "",
        "We talked.",
        "Handoff onboarding → CSM: sent\nThe goals:\nretain: handoff H-20 event 1",
    ] {
        let card = edited(&note, now);
        assert_eq!(of(std::slice::from_ref(&card), &[]), before, "{now}");
        assert!(card.events[0].first.is_some(), "{now}");
    }
}

#[test]
fn what_somebody_made_of_what_they_told_us_is_never_given_as_the_senders_words() {
    let note = note(20, "Ben Osei", "They sign in March", "nothing");
    let now = "Handoff onboarding → CSM: sent\nThe goals: They sign in May\nretain: handoff H-20 event 1";
    let found = of(&[edited(&note, now)], &[]);
    let [told] = &found[..] else { panic!("{found:?}") };
    assert_eq!(
        (told.text.as_str(), told.first.as_deref(), told.wrote().as_str()),
        (
            "They sign in May",
            Some("They sign in March"),
            "Ben Osei, edited in the CRM since"
        )
    );
    // The next handoff begins with it so, and what an earlier one said on of it before the edit is not told twice.
    let carried = "They sign in May (Ben Osei, edited in the CRM since, 2026-11-20)";
    assert_eq!(next(found.clone()).0, carried);
    for said_on in [carried, "They sign in March (Ben Osei, 2026-11-20)"] {
        let second = sent(22, "Mara Lindt", said_on, "nothing");
        assert_eq!(of(&[second, edited(&note, now)], &[]), found, "{said_on}");
    }
}

#[test]
fn a_promise_is_neither_changed_nor_taken_back_by_an_edit_and_one_that_it_adds_is_told_as_such() {
    let kept = outcome("H-20", "Mara calls", None, "2026-11-21T09:00:00Z");
    let note = note(20, "Ben Osei", "None", "Mara calls, by 2026-11-20 16:00");
    let now = "Handoff onboarding → CSM: sent\nThe open: Mara calls, by 2026-11-20 17:00\nretain: handoff H-20 event 1";
    let found = of(&[edited(&note, now)], std::slice::from_ref(&kept));
    let told: Vec<_> = found
        .iter()
        .map(|one| (one.text.as_str(), one.first.as_deref(), one.wrote()))
        .collect();
    let ben = "Ben Osei".to_owned();
    let edited = format!("{ben}, {EDITED}");
    assert_eq!(
        told,
        [
            ("Mara calls, by 2026-11-20 17:00", Some(""), edited),
            ("Mara calls, by 2026-11-20 16:00", None, ben)
        ]
    );
    assert_eq!(found[1].outcome.as_ref(), Some(&kept));
}

#[test]
fn a_promise_has_its_outcome_also_once_a_person_was_erased_from_the_words_of_one_of_them() {
    let erased = outcome("H-20", "(erased) calls Ida", None, "2026-11-21T09:00:00Z");
    for words in ["Jan Ek calls Ida", "Jan Ek calls Ida, by 2026-11-20 16:00"] {
        assert!(erased.is_of("H-20", words), "{words}");
    }
    let whole = outcome("H-20", "Jan Ek calls Ida", None, "2026-11-21T09:00:00Z");
    assert!(whole.is_of("H-20", "(erased) calls Ida, by 2026-11-20 16:00"));
    for other in ["Jan Ek calls Ola", "Ida", "Jan Ek calls Ida twice"] {
        assert!(!erased.is_of("H-20", other), "{other}");
    }
}
