//! What the notes of a handoff add up to, whatever somebody makes of them in the CRM.
#![allow(clippy::unwrap_used)]

use jiff::Timestamp;

use super::tests::juniper;
use super::*;
use crate::domain::acts::Somebody;
use crate::domain::desk::HandoffState;
use crate::domain::record::RecordId;

use super::reply_tests::*;

#[test]
fn of_two_who_accept_the_first_counts_and_the_second_is_told() {
    let [dana, olu] = <[Somebody; 2]>::try_from(people()).unwrap();
    let mut notes = vec![sent(&at(0, &olu))];
    let (one, other) = (at(10, &dana), at(11, &olu));
    let second = noted(
        &becomes(&other, &notes, HandoffState::Accepted, &[""])[0],
        "n2",
        &other,
    );
    let first = noted(
        &becomes(&one, &notes, HandoffState::Accepted, &[""])[0],
        "n3",
        &one,
    );
    notes.extend([second, first]);
    let card = of(&notes, &olu);
    assert_eq!(card.state, HandoffState::Accepted);
    assert_eq!(
        card.told,
        ["Dana Reyes accepted it came first: that Olu Ade accepted it does not count"]
    );
    let late = on_card(card, HandoffState::Accepted);
    let error = reply(&at(12, &olu), &juniper(), &late, &texts(&[""]), &people()).unwrap_err();
    assert_eq!(error, "it was accepted already, by Dana Reyes");
}

#[test]
fn of_two_events_with_one_number_the_one_that_the_crm_had_first_counts_whenever_the_other_was_written() {
    let [dana, olu] = <[Somebody; 2]>::try_from(people()).unwrap();
    let mut notes = vec![sent(&at(0, &olu))];
    let (train, desk) = (at(10, &dana), at(30, &olu));
    let back = &becomes(&train, &notes, HandoffState::Returned, &["", "", "", "When?"])[0];
    let taken = &becomes(&desk, &notes, HandoffState::Accepted, &[""])[0];
    // Its id is the higher one, and the clock of whoever wrote it the later one.
    notes.push(noted(taken, "n9", &desk));
    assert_eq!(of(&notes, &dana).state, HandoffState::Accepted);
    // It was written before that, on a train, and waits there to be sent.
    let mut late = SaidNote {
        created: None,
        ..noted(back, "n2", &train)
    };
    let told = ["Olu Ade accepted it came first: that Dana Reyes returned it does not count"];
    for arrived in [None, Some(at(90, &dana).now)] {
        late.created = arrived;
        let card = of(&[&notes[..], &[late.clone()]].concat(), &dana);
        assert_eq!(card.state, HandoffState::Accepted, "{arrived:?}");
        assert_eq!(
            (card.when, &card.told[..]),
            (desk.now, &told.map(str::to_owned)[..])
        );
    }
    // Of two that came in one moment the lower id counts, on every machine.
    late.created = notes[1].created;
    let both = [&notes[..], &[late]].concat();
    assert_eq!(of(&both, &dana).state, HandoffState::Returned);
}

#[test]
fn an_edit_in_the_crm_changes_the_text_and_not_where_it_stands() {
    let [dana, olu] = <[Somebody; 2]>::try_from(people()).unwrap();
    let on = at(10, &dana);
    let mut notes = vec![sent(&at(0, &olu))];
    let back = becomes(&on, &notes, HandoffState::Returned, &["", "", "", "When?"]);
    notes.push(noted(&back[0], "n2", &on));
    for said in &mut notes {
        said.head = Some(Head::of(&said.note, &said.event().unwrap()));
    }
    let edit = |said: &mut SaidNote, from: &str, to: &str| {
        for line in said.lines.iter_mut().flatten() {
            *line = line.replace(from, to);
        }
    };
    edit(&mut notes[1], "returned", "accepted");
    edit(&mut notes[1], "When?", "When exactly?");
    edit(&mut notes[1], "To: Dana Reyes", "To: Olu Ade");
    let card = of(&notes, &olu);
    assert_eq!(
        (card.state, card.for_me, card.text.as_str()),
        (HandoffState::Returned, true, "Question: When exactly?")
    );
    // Also one who takes the last line away takes nothing from it.
    edit(&mut notes[1], "retain: handoff", "");
    let card = of(&notes, &olu);
    assert_eq!((card.state, card.last), (HandoffState::Returned, 2));
    assert!(card.text.contains("When exactly?"), "{}", card.text);
    // What was never seen as anything else is what it says, but the first event is one that was sent.
    let mut fresh = sent(&at(0, &olu));
    edit(&mut fresh, ": sent", ": accepted");
    assert_eq!(of(&[fresh], &dana).state, HandoffState::Sent);
}

#[test]
fn a_note_that_is_gone_is_told_and_not_guessed() {
    let [dana, olu] = <[Somebody; 2]>::try_from(people()).unwrap();
    let on = at(10, &dana);
    let first = sent(&at(0, &olu));
    let back = noted(
        &becomes(
            &on,
            std::slice::from_ref(&first),
            HandoffState::Returned,
            &["", "", "", "When?"],
        )[0],
        "n2",
        &on,
    );
    let head = Head::of(&back.note, &back.event().unwrap());
    let gone = SaidNote {
        lines: None,
        head: Some(head),
        ..back.clone()
    };
    let card = of(&[first.clone(), gone], &dana);
    assert_eq!(
        (card.state, card.last),
        (HandoffState::Sent, 2),
        "the next event is the third"
    );
    assert_eq!(
        card.told,
        ["the note of event 2 is gone from the CRM: it said returned"]
    );
    // Nobody here had seen it: that it is missing can be told, not what it said.
    let on = at(20, &olu);
    let third = noted(
        &becomes(&on, &[first.clone(), back], HandoffState::Answered, &["May"])[0],
        "n3",
        &on,
    );
    let card = of(&[first, third], &dana);
    assert_eq!(
        (card.state, card.told),
        (
            HandoffState::Answered,
            vec!["event 2 is missing in the CRM".to_owned()]
        )
    );
}

#[test]
fn what_cannot_follow_counts_for_nothing() {
    let [dana, olu] = <[Somebody; 2]>::try_from(people()).unwrap();
    let on = at(10, &dana);
    let mut notes = vec![sent(&at(0, &olu))];
    let taken = becomes(&on, &notes, HandoffState::Accepted, &[""]);
    notes.push(noted(&taken[0], "n2", &on));
    let id = of(&notes, &dana).handoff;
    let body = format!("Handoff a → b: answered\nretain: handoff {id} event 3");
    notes.push(SaidNote {
        note: RecordId::from("n3"),
        lines: Some(body.lines().map(str::to_owned).collect()),
        head: None,
        when: on.now,
        created: Some(on.now),
        who: Some("Olu Ade".to_owned()),
    });
    let card = of(&notes, &dana);
    assert_eq!((card.state, card.last), (HandoffState::Accepted, 3));
    assert_eq!(
        card.told,
        ["event 3 does not count: that Olu Ade answered it cannot follow"]
    );
    let far = format!("Handoff a → b: sent\nretain: handoff {id} event 4000000000");
    let far: Vec<String> = far.lines().map(str::to_owned).collect();
    assert_eq!(parse(&far, Timestamp::UNIX_EPOCH), None);
}

#[test]
fn an_event_keeps_the_words_that_were_first_seen_and_says_that_its_note_was_edited() {
    let [dana, olu] = <[Somebody; 2]>::try_from(people()).unwrap();
    let mut notes = vec![sent(&at(0, &olu))];
    let back = becomes(&at(10, &dana), &notes, HandoffState::Returned, &["When?"]);
    notes.push(noted(&back[0], "n2", &at(10, &dana)));
    for said in &mut notes {
        said.head = Some(Head::of(&said.note, &said.event().unwrap()));
        // White space is nobody's edit.
        for line in said.lines.iter_mut().flatten() {
            *line = format!("{line} ");
        }
    }
    let words = "Question on The goals: When?";
    let card = of(&notes, &olu);
    assert!(card.events.iter().all(|event| event.first.is_none()));
    assert_eq!(
        (card.text.as_str(), card.events[1].told().as_str()),
        (words, words)
    );
    notes[1].lines = Some(Vec::new());
    let card = of(&notes, &olu);
    assert_eq!(
        (
            card.text.as_str(),
            card.events[1].text.as_str(),
            card.events[1].first.as_deref()
        ),
        (words, "", Some(words))
    );
    assert_eq!(
        card.events[1].told(),
        format!("(no words)\nedited in the CRM since; first seen here as:\n{words}")
    );
    assert_eq!(card.questions(), [("The goals".to_owned(), "When?".to_owned())]);
    // What asks nothing any more is still to be answered; what asks something else is answered as it asks now.
    notes[1].lines = Some(vec!["We talked.".to_owned()]);
    let card = of(&notes, &olu);
    assert_eq!(card.text, "We talked.");
    assert_eq!(card.questions(), [("The goals".to_owned(), "When?".to_owned())]);
    notes[1].lines = Some(vec!["Question: Where?".to_owned()]);
    assert_eq!(
        of(&notes, &olu).questions(),
        [(String::new(), "Where?".to_owned())]
    );
    // A program of before kept no words: what they were is not known, and nothing is made up.
    if let Some(head) = &mut notes[1].head {
        head.text = None;
    }
    assert_eq!(of(&notes, &olu).events[1].first, None);
}
