//! Handoffs as they stand in notes: who hands what to whom, and where it stands.
//!
//! A handoff is a row of notes with the same id in their last line, `retain: handoff H-12 event 3`, one for each thing that
//! happened. None is ever edited by us; what they add up to is in [`card`].

mod beside;
mod clock;
mod compose;
mod event;
mod fold;
mod follows;
mod promise;
mod reply;
mod task;
mod template;
mod unlinked;
mod words;

pub use beside::{Beside, TicketsBeside};
pub use clock::{AnswerBy, Clock};
pub use compose::{
    FormField, Pass, Saying, TO_MYSELF, ask, compose, form, id_of, missing, open_already, promise_doubt,
    to_myself,
};
pub use event::{EDITED, HandoffEvent, MARK, head_of, parse, state_of};
pub use fold::{Cover, Head, Reader, SaidNote, card, sort};
pub use follows::{Follow, Followed, followed, told};
pub use promise::{NOTHING, Outcome, Promise, Promised, Promises};
pub use reply::{Ground, Heir, Reply, asked, heir, next, reply};
pub use task::{Asks, HandoffTask};
pub use template::{FieldTemplate, Prefill, Template, Templates};
pub use unlinked::{Unlinked, is_unlinked};
pub use words::wrote;

#[cfg(test)]
mod fold_tests;
#[cfg(test)]
mod follows_tests;
#[cfg(test)]
mod reply_tests;
#[cfg(test)]
mod tests;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod reading {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::desk::HandoffState;
    use crate::domain::html;
    use crate::domain::record::RecordId;

    fn note(state: &str, number: u32, words: &str) -> HandoffEvent {
        let body = format!(
            "<p>Handoff onboarding → CSM: {state}</p><p>From: Olu Ade<br>To: Dana Reyes<br>Fields: 8 of 9<br>\
             Answer by: 2026-11-25</p><p>{words}</p><p>retain: handoff H-7 event {number}</p>"
        );
        let when = format!("2026-11-2{number}T08:00:00Z").parse().unwrap();
        parse(&html::lines(&body), when).unwrap()
    }

    /// The notes that say these events.
    fn notes_of(events: &[HandoffEvent]) -> Vec<SaidNote> {
        let note = |(at, event): (usize, &HandoffEvent)| {
            let body = format!(
                "Handoff {} → {}: {}\nFrom: {}\nTo: {}\n{}{}\nretain: handoff {} event {}",
                event.from_role,
                event.to_role,
                crate::domain::words::handoff(event.state),
                event.from.as_deref().unwrap_or_default(),
                event.to.as_deref().unwrap_or_default(),
                event
                    .answer_by
                    .map_or_else(String::new, |day| format!("Answer by: {day}\n")),
                event.text,
                event.handoff,
                event.number
            );
            SaidNote {
                note: RecordId(at.to_string()),
                lines: Some(body.lines().map(str::to_owned).collect()),
                head: None,
                when: event.when,
                created: Some(event.when),
                who: event.by.clone(),
            }
        };
        events.iter().enumerate().map(note).collect()
    }

    const ALONE: Cover = Cover {
        stands_in_for: Vec::new(),
        leads: Vec::new(),
        zone: jiff::tz::TimeZone::UTC,
        now: jiff::civil::date(2026, 11, 24).at(9, 0, 0, 0),
    };
    const DANA: Reader<'_> = Reader {
        name: Some("Dana Reyes"),
        role: "csm",
        cover: &ALONE,
    };
    const OLU: Reader<'_> = Reader {
        name: Some("Olu Ade"),
        role: "onboarding",
        cover: &ALONE,
    };

    #[test]
    fn what_waits_for_somebody_away_comes_to_who_stands_in_and_what_is_late_to_the_lead() {
        let account = (&RecordId::from("1"), "Juniper");
        let notes = notes_of(&[note("sent", 1, "He waits.")]);
        let seen = |cover: &Cover| {
            let reader = Reader {
                name: Some("Priya Nair"),
                role: "lead",
                cover,
            };
            let card = card(&notes, account, reader).unwrap();
            (card.for_me, card.for_whom)
        };
        let dana = || vec!["Dana Reyes".to_owned()];
        let for_dana = (true, Some("Dana Reyes".to_owned()));
        assert_eq!(seen(&ALONE), (false, None));
        let mut cover = ALONE;
        cover.stands_in_for = dana();
        assert_eq!(seen(&cover), for_dana);
        let mut cover = ALONE;
        cover.leads = dana();
        cover.now = jiff::civil::date(2026, 11, 25).at(23, 59, 59, 0);
        assert_eq!(seen(&cover), (false, None), "until the evening there is time");
        cover.now = jiff::civil::date(2026, 11, 26).at(0, 0, 0, 0);
        assert_eq!(seen(&cover), for_dana);
    }

    #[test]
    fn a_note_reads_as_an_event() {
        let event = note("sent", 1, "Go live is done.<br>Who signs off?");
        assert_eq!(
            (event.from_role.as_str(), event.to_role.as_str()),
            ("onboarding", "csm")
        );
        assert_eq!(event.fields, Some((8, 9)));
        assert_eq!(event.answer_by, Some("2026-11-25".parse().unwrap()));
        assert_eq!(event.text, "Go live is done.\nWho signs off?");
        assert_eq!(parse(&html::lines("<p>Just a note</p>"), event.when), None);
    }

    #[test]
    fn the_event_with_the_highest_number_says_where_it_stands_and_who_must_act() {
        let account = (&RecordId::from("1"), "Juniper");
        let card_of = |events: Vec<HandoffEvent>, me| card(&notes_of(&events), account, me).unwrap();
        let sent = note("sent", 1, "a");
        assert!(card_of(vec![sent.clone()], DANA).for_me);
        assert!(!card_of(vec![sent.clone()], OLU).for_me);
        let returned = vec![note("returned", 2, "who signs off SSO?"), sent.clone()];
        assert_eq!(card_of(returned.clone(), OLU).state, HandoffState::Returned);
        assert!(card_of(returned.clone(), OLU).for_me);
        assert!(!card_of(returned, DANA).for_me);
        let accepted = vec![sent, note("accepted", 3, "")];
        assert!(!card_of(accepted, DANA).for_me);
    }

    #[test]
    fn the_day_and_the_time_of_an_answer_come_from_one_source() {
        let account = (&RecordId::from("1"), "Juniper");
        let said = notes_of(&[note("sent", 1, "a")]).remove(0);
        // A program that could not read a day with its time kept a head without both.
        let head = Head::of(&said.note, &said.event().unwrap());
        let deadline = |lines: &[String], head: Head| {
            let (lines, head) = (Some(lines.to_vec()), Some(head));
            let said = SaidNote {
                lines,
                head,
                ..said.clone()
            };
            let card = card(&[said], account, DANA).unwrap();
            (card.answer_by.map(|day| day.to_string()), card.answer_at)
        };
        let without = Head {
            answer_by: None,
            ..head.clone()
        };
        let mut lines = said.lines.clone().unwrap();
        for line in &mut lines {
            if line.starts_with("Answer by:") {
                *line = "Answer by: 2026-11-26 13:00 +01:00".to_owned();
            }
        }
        let one_o_clock = "2026-11-26T12:00:00Z".parse().ok();
        assert_eq!(
            deadline(&lines, without),
            (Some("2026-11-26".to_owned()), one_o_clock)
        );
        assert_eq!(deadline(&lines, head), (Some("2026-11-25".to_owned()), None));
    }

    #[test]
    fn only_a_signature_may_stand_below_the_mark_and_only_the_head_says_who() {
        let body = "<p>Handoff support → CSM: sent<br>From: Ben Osei<br>To: Dana Reyes<br>Goals: none<br>To: the moon\
                    <br>retain: handoff H-9 event 4<br>retain: handoff H-7 event 1<br><br>Ben Osei · retain K7Q2</p>";
        let event = parse(&html::lines(body), Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!((event.handoff.as_str(), event.number), ("H-7", 1));
        assert_eq!(event.to.as_deref(), Some("Dana Reyes"));
        assert!(
            event.text.starts_with("Goals: none\nTo: the moon"),
            "{}",
            event.text
        );
        // As it is written since, the signature stands above it.
        let signed = body.replace(
            "<br>retain: handoff H-7 event 1<br><br>Ben Osei · retain K7Q2",
            "<br><br>Ben Osei · retain K7Q2<br>retain: handoff H-7 event 1",
        );
        assert_ne!(signed, body);
        assert_eq!(parse(&html::lines(&signed), Timestamp::UNIX_EPOCH), Some(event));
        let below = format!("{body}<p>a</p><p>b</p>");
        assert_eq!(parse(&html::lines(&below), Timestamp::UNIX_EPOCH), None);
    }
}
