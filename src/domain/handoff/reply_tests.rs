//! What becomes of a handoff, and that no edit in the CRM makes something of it.
#![allow(clippy::unwrap_used)]

use jiff::civil::date;

use super::tests::{juniper, occasion, on, template, value};
use super::*;
use crate::app::play;
use crate::domain::acts::task::Task;
use crate::domain::acts::{Occasion, Somebody};
use crate::domain::desk::{HandoffCard, HandoffState};
use crate::domain::outbox::{Field, NewEntry, Target, Write};
use crate::domain::period::Period;
use crate::domain::record::{Core, Kind, RecordId};
use crate::domain::routing::{Desk, Handed};

pub(super) const ACCOUNT: &str = "7";

pub(super) fn somebody(id: &str, name: &str) -> Somebody {
    Somebody {
        id: RecordId::from(id),
        name: name.to_owned(),
    }
}

pub(super) fn people() -> Vec<Somebody> {
    vec![somebody("11", "Dana Reyes"), somebody("12", "Olu Ade")]
}

/// At so many minutes past, as one of us.
pub(super) fn at(minute: i64, me: &Somebody) -> Occasion {
    let on = occasion();
    Occasion {
        me: me.clone(),
        now: on.now + jiff::SignedDuration::from_mins(minute),
        act: format!("a{minute}{}", me.id),
        ..on
    }
}

/// A note as the CRM has it after it was queued.
pub(super) fn noted(entry: &NewEntry, id: &str, on: &Occasion) -> SaidNote {
    SaidNote {
        note: RecordId::from(id),
        lines: Some(
            value(entry, Core::Body)
                .unwrap()
                .lines()
                .map(str::to_owned)
                .collect(),
        ),
        head: None,
        when: on.now,
        created: Some(on.now),
        who: None,
    }
}

pub(super) fn sent(on: &Occasion) -> SaidNote {
    let values = [("goals", "Go live"), ("people", "Ana")].map(|(id, text)| (id.to_owned(), text.to_owned()));
    let entries = compose(
        on,
        &juniper(),
        &template(),
        &people()[0],
        Saying::of(&values.into(), &Ground::default()),
    )
    .unwrap();
    noted(&entries[0], "n1", on)
}

pub(super) fn of(notes: &[SaidNote], me: &Somebody) -> HandoffCard {
    let reader = Reader {
        name: Some(&me.name),
        role: "",
        cover: &Cover::new(&on(date(2026, 11, 20))),
    };
    card(notes, (&RecordId::from(ACCOUNT), "Juniper Freight"), reader).unwrap()
}

pub(super) fn on_card(card: HandoffCard, to: HandoffState) -> Reply {
    let mut view = play::account();
    view.handoff_tasks = vec![play::desk().due[0].clone()];
    view.handoff_tasks[0].of_handoff = Some(HandoffTask {
        handoff: card.handoff.clone(),
        asks: Asks::Answer,
        words: None,
    });
    let mut template = template();
    template.takes_over = true;
    template.look_again_after = Some(Period::days(30));
    Reply {
        ground: Ground::of(&view, Some(&card.handoff)),
        card,
        to,
        template: Some(template),
    }
}

pub(super) fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

pub(super) fn becomes(on: &Occasion, notes: &[SaidNote], to: HandoffState, said: &[&str]) -> Vec<NewEntry> {
    let it = on_card(of(notes, &on.me), to);
    reply(on, &juniper(), &it, &texts(said), &people()).unwrap()
}

pub(super) fn completes(entry: &NewEntry) -> bool {
    matches!(&entry.write, Write::Update { kind: Kind::Task, changes, .. } if changes[0].to.as_deref() == Some("true"))
}

#[test]
fn a_handoff_is_returned_field_by_field_answered_and_accepted_a_note_each() {
    let [dana, olu] = <[Somebody; 2]>::try_from(people()).unwrap();
    let mut notes = vec![sent(&at(0, &olu))];
    assert!(of(&notes, &dana).for_me && !of(&notes, &olu).for_me);
    assert_eq!(of(&notes, &dana).begins(), Some("Go live"));

    let on = at(10, &dana);
    let back = becomes(
        &on,
        &notes,
        HandoffState::Returned,
        &["Whose goals?\nTheirs?", "", "", "When?"],
    );
    let body = value(&back[0], Core::Body).unwrap();
    let id = &of(&notes, &dana).handoff;
    let expected = format!(
        "Handoff onboarding → CSM: returned\nFrom: Olu Ade\nTo: Dana Reyes\nBy: Dana Reyes\nAnswer by: 2026-11-23\n\
         Question on The goals: Whose goals?\nTheirs?\nQuestion: When?\nretain: handoff {id} event 2"
    );
    assert_eq!(body, expected);
    assert!(completes(&back[1]), "the receiver's task is done");
    assert_eq!(
        value(&back[2], Core::Owner),
        Some("12"),
        "and one for who sent it"
    );
    assert_eq!(back.len(), 3);
    notes.push(noted(&back[0], "n2", &on));
    assert_eq!(of(&notes, &dana).begins(), Some("Whose goals?"));
    let card = of(&notes, &olu);
    assert_eq!(
        (card.state, card.for_me, card.last),
        (HandoffState::Returned, true, 2)
    );

    let on = at(20, &olu);
    let it = on_card(card, HandoffState::Answered);
    assert_eq!(asked(&it), ["The goals", ""]);
    assert_eq!(
        reply(&on, &juniper(), &it, &texts(&["", " "]), &people()).unwrap_err(),
        "answer something first"
    );
    let answered = becomes(&on, &notes, HandoffState::Answered, &["The board's.", "In May."]);
    assert_eq!(value(&answered[2], Core::Owner), Some("11"));
    notes.push(noted(&answered[0], "n3", &on));
    assert!(
        of(&notes, &dana)
            .text
            .contains("Answer on The goals: The board's.\nAnswer: In May.")
    );

    let on = at(30, &dana);
    let taken = becomes(&on, &notes, HandoffState::Accepted, &["To: the moon"]);
    let body = value(&taken[0], Core::Body).unwrap();
    assert!(
        body.contains("By: Dana Reyes\nSaid: To: the moon\nretain: handoff"),
        "{body}"
    );
    notes.push(noted(&taken[0], "n4", &on));
    let card = of(&notes, &dana);
    assert_eq!((card.state, card.for_me), (HandoffState::Accepted, false));
    assert_eq!(card.events.len(), 4);
    assert_eq!(card.told, Vec::<String>::new());
    assert_eq!(card.to.as_deref(), Some("Dana Reyes"));
}

#[test]
fn who_accepts_takes_the_account_over_and_looks_again() {
    let [dana, olu] = <[Somebody; 2]>::try_from(people()).unwrap();
    let notes = [sent(&at(0, &olu))];
    let taken = becomes(&at(10, &dana), &notes, HandoffState::Accepted, &[""]);
    let changes: Vec<(&Field, Option<&str>)> = taken
        .iter()
        .filter_map(|entry| match &entry.write {
            Write::Update {
                kind: Kind::Account,
                target,
                changes,
            } => {
                assert_eq!(*target, Target::Record(RecordId::from("1")));
                Some((&changes[0].field, changes[0].to.as_deref()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(changes, [(&Field::Core(Core::Owner), Some("11"))]);
    let look = taken.last().unwrap();
    assert_eq!(
        value(look, Core::Subject),
        Some("Look again at Juniper Freight after the handoff")
    );
    assert!(value(look, Core::Due).unwrap().starts_with("2026-12-20"));
    let body = value(look, Core::Body).unwrap();
    assert!(body.contains("Health: 41, red\nOpen tickets: "), "{body}");

    // Without the word of the template nothing changes hands.
    let mut it = on_card(of(&notes, &dana), HandoffState::Accepted);
    it.template = Some(template());
    let entries = reply(&at(10, &dana), &juniper(), &it, &texts(&[""]), &people()).unwrap();
    let kinds: Vec<Kind> = entries.iter().map(|entry| entry.write.kind()).collect();
    assert_eq!(kinds, [Kind::Note, Kind::Task]);
    let tasks: &[Task] = &it.ground.tasks;
    assert_eq!(tasks.len(), 1);
}

/// The CSM that an acceptance names, and whose the task to look again is.
fn heirs(entries: &[NewEntry]) -> (Option<String>, Option<String>) {
    let csm = entries.iter().find_map(|entry| match &entry.write {
        Write::Update {
            kind: Kind::Account,
            changes,
            ..
        } => changes[0].to.clone(),
        _ => None,
    });
    let looks =
        |entry: &&NewEntry| value(entry, Core::Subject).is_some_and(|text| text.starts_with("Look again"));
    let look = entries
        .iter()
        .find(looks)
        .and_then(|entry| value(entry, Core::Owner));
    (csm, look.map(str::to_owned))
}

#[test]
fn whoever_accepts_in_the_place_of_who_receives_it_does_not_become_the_csm() {
    let [dana, olu] = <[Somebody; 2]>::try_from(people()).unwrap();
    let notes = vec![sent(&at(0, &olu))];
    let deputy = Somebody {
        id: RecordId::from("77"),
        name: "Tom Visser".to_owned(),
    };
    let accepted = |me: &Somebody| becomes(&at(5, me), &notes, HandoffState::Accepted, &[""]);
    let danas = (Some("11".to_owned()), Some("11".to_owned()));
    assert_eq!(heirs(&accepted(&dana)), danas, "by herself");
    assert_eq!(heirs(&accepted(&deputy)), danas, "by her deputy");
    // Whoever is named and cannot be told gets nothing, and nobody else gets it in their place.
    let mut gone = on_card(of(&notes, &deputy), HandoffState::Accepted);
    gone.card.to = Some("Somebody Gone".to_owned());
    let entries = reply(&at(5, &deputy), &juniper(), &gone, &texts(&[""]), &people()).unwrap();
    assert_eq!(heirs(&entries), (None, Some("77".to_owned())));
    // Where nobody is named it is whose acceptance it is.
    gone.card.to = None;
    let entries = reply(&at(5, &deputy), &juniper(), &gone, &texts(&[""]), &people()).unwrap();
    assert_eq!(heirs(&entries).0, Some("77".to_owned()));
}

#[test]
fn what_they_told_us_what_was_promised_and_what_is_asked_follow_the_account() {
    let [dana, olu] = <[Somebody; 2]>::try_from(people()).unwrap();
    let mut template = template();
    template.fields[0].prefill = Some(Prefill::ToldUs);
    template.fields[2].prefill = Some(Prefill::Promises);
    let templates = Templates {
        handoffs: [("onboarding-to-csm".to_owned(), template.clone())].into(),
    };
    let first = |text: &str, open: &str, (act, days): (&str, i64)| {
        let on = Occasion {
            act: act.to_owned(),
            ..at(days * 24 * 60, &olu)
        };
        let values = [("goals", text), ("people", "Ana"), ("open", open)];
        let values = values.map(|(id, text)| (id.to_owned(), text.to_owned())).into();
        let entries = compose(
            &on,
            &juniper(),
            &template,
            &dana,
            Saying::of(&values, &Ground::default()),
        )
        .unwrap();
        noted(&entries[0], act, &on)
    };
    let promised = "SSO, by Olu, by May";
    let (old, mut new) = (
        vec![first("No rollout in May.", promised, ("a1", 0))],
        vec![first("Audit until May.\nThen go.", promised, ("a9", 1))],
    );
    let on = at(2 * 24 * 60, &dana);
    let back = becomes(&on, &new, HandoffState::Returned, &["Whose goals?", "", "", ""]);
    new.push(noted(&back[0], "n9", &on));
    // A newer one that says nothing hides nothing.
    let silent = first("None.", "nothing", ("a10", 3));
    let cards = [of(&old, &dana), of(&new, &dana), of(&[silent], &dana)];
    let found = followed(&cards, &templates, &[]);
    let told: Vec<(Follow, &str, Option<&str>)> = found
        .iter()
        .map(|one| (one.what, one.text.as_str(), one.who.as_deref()))
        .collect();
    let expected = [
        (Follow::ToldUs, "Audit until May.\nThen go.", Some("Olu Ade")),
        (Follow::ToldUs, "No rollout in May.", Some("Olu Ade")),
        // Each handoff has a task of its own for it.
        (Follow::Promised, "SSO, by Olu, by May", Some("Olu Ade")),
        (Follow::Promised, "SSO, by Olu, by May", Some("Olu Ade")),
        (Follow::Asked, "The goals: Whose goals?", Some("Dana Reyes")),
    ];
    assert_eq!(told, expected);
    // It is one thing wherever it is told: by the name of the field too, whatever fills that.
    assert_eq!(super::told(&cards, &templates), found[..2]);
    let mut named = templates.clone();
    let its = &mut named.handoffs.get_mut("onboarding-to-csm").unwrap().fields[0];
    (its.id, its.prefill) = ("told_us".to_owned(), Some(Prefill::TheirWords));
    assert_eq!(followed(&cards, &named, &[]), found);
    // The next handoff begins with it.
    let mut view = play::account();
    view.followed = found;
    let form = form(&template, &view, &tests::on(date(2026, 11, 24)));
    let begins = "Audit until May. Then go. (Olu Ade, 2026-11-21)\nNo rollout in May. (Olu Ade, 2026-11-20)";
    assert_eq!(form[0].text, begins);
    assert_eq!(form[0].from.as_deref(), Some("earlier handoffs"));
    let promised = "SSO, by Olu, by May (Olu Ade, 2026-11-21)\nSSO, by Olu, by May (Olu Ade, 2026-11-20)";
    assert_eq!(form[2].text, promised);
    // Once it is answered nothing is open.
    let on = at(2 * 24 * 60 + 5, &olu);
    let answer = becomes(&on, &new, HandoffState::Answered, &["Theirs."]);
    new.push(noted(&answer[0], "n10", &on));
    let asked = followed(&[of(&new, &dana)], &templates, &[]);
    assert!(asked.iter().all(|one| one.what != Follow::Asked), "{asked:?}");
}

#[test]
fn nothing_is_written_after_the_last_event_that_can_be_read() {
    let [dana, olu] = <[Somebody; 2]>::try_from(people()).unwrap();
    let mut it = on_card(of(&[sent(&at(0, &olu))], &dana), HandoffState::Accepted);
    let on = at(5, &dana);
    let replied = |it: &Reply| reply(&on, &juniper(), it, &texts(&[""]), &people());
    it.card.last = 9_998;
    let note = noted(&replied(&it).unwrap()[0], "n2", &on);
    assert_eq!(note.event().unwrap().number, 9_999);
    it.card.last = 9_999;
    let why = replied(&it).unwrap_err();
    assert!(why.contains("event 9999") && why.contains("anew"), "{why}");
}

#[test]
fn a_question_that_is_taken_is_accepted_as_any_handoff_is() {
    let on = occasion();
    let mut template = template();
    template.takes_over = true;
    template.look_again_after = Some(Period::days(30));
    let handed = Handed {
        question: play::routing::questions().open.remove(0),
        decided: Desk::Csm,
        to: None,
        lead: None,
    };
    let values = [("goals", "Go live"), ("people", "Ana")].map(|(id, text)| (id.to_owned(), text.to_owned()));
    let (values, ground) = (values.into(), Ground::of(&play::account(), None));
    let taken = |to: &Somebody| {
        let saying = Saying {
            question: Some(&handed),
            ..Saying::of(&values, &ground)
        };
        compose(&on, &juniper(), &template, to, saying).unwrap()
    };
    let mine = taken(&on.me);
    let me = || Some(on.me.id.to_string());
    assert_eq!(heirs(&mine), (me(), me()));
    let look = mine
        .iter()
        .find_map(|entry| value(entry, Core::Body).filter(|text| text.ends_with(" look")));
    assert!(
        look.unwrap()
            .contains(", accepted on 2026-11-20. At that time:\nHealth: "),
        "{look:?}"
    );
    assert_eq!(
        heirs(&taken(&people()[0])),
        (None, None),
        "what another receives is theirs to accept"
    );
}

#[test]
fn who_returns_a_handoff_sees_what_was_written_field_by_field() {
    let on = occasion();
    let mut card = of(&[sent(&on)], &people()[0]);
    card.events[0].text = "The goals: Go live\nin May: no\nThe open: none".to_owned();
    assert_eq!(wrote(&card, &template()), ["Go live\nin May: no", "", "none"]);
    // What somebody took out since stands as it was first seen.
    card.events[0].first = Some("The goals: Go live\nThe people: Ana".to_owned());
    assert_eq!(wrote(&card, &template()), ["Go live\nin May: no", "Ana", "none"]);
    card.events.clear();
    assert_eq!(wrote(&card, &template()), ["", "", ""]);
}
