//! Handoffs as they stand in notes: who hands what to whom, and where it stands.
//!
//! A handoff is a row of notes with the same id in their last line, `retain: handoff H-12 event 3`.
//! The event with the highest number says where it stands.

mod compose;
mod template;

use jiff::Timestamp;
use jiff::civil::Date;

use super::desk::{HandoffCard, HandoffState};
use super::record::RecordId;

pub use compose::{FormField, compose, form, missing};
pub use template::{FieldTemplate, Prefill, Template, Templates};

/// What every handoff note has in its last line; only our signature may stand below it.
pub const MARK: &str = "retain: handoff ";

/// One event of a handoff: one note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandoffEvent {
    /// The handoff's id.
    pub handoff: String,
    /// Number of the event.
    pub number: u32,
    /// Role that hands over, lower case.
    pub from_role: String,
    /// Role that receives, lower case.
    pub to_role: String,
    /// Person that hands over, raw.
    pub from: Option<String>,
    /// Person that receives, raw.
    pub to: Option<String>,
    /// What happened.
    pub state: HandoffState,
    /// Filled and expected fields.
    pub fields: Option<(u32, u32)>,
    /// The day by which an answer is expected.
    pub answer_by: Option<Date>,
    /// Its own words, one line each.
    pub text: String,
    /// When it was noted (UTC).
    pub when: Timestamp,
}

/// Reads a note; `None` when it is no handoff.
pub fn parse(lines: &[String], when: Timestamp) -> Option<HandoffEvent> {
    let (mark, rest) = marked(lines)?;
    let (first, middle) = rest.split_first()?;
    let (handoff, number) = mark.split_once(" event ")?;
    let (roles, state) = first.trim().strip_prefix("Handoff ")?.rsplit_once(':')?;
    let (from_role, to_role) = roles.split_once('→').or_else(|| roles.split_once("->"))?;
    let mut event = HandoffEvent {
        handoff: handoff.trim().to_owned(),
        number: number.trim().parse().ok()?,
        from_role: from_role.trim().to_lowercase(),
        to_role: to_role.trim().to_lowercase(),
        from: None,
        to: None,
        state: state_of(state.trim())?,
        fields: None,
        answer_by: None,
        text: String::new(),
        when,
    };
    let mut middle = middle.iter().map(|line| line.trim()).peekable();
    // What the lines below the head say is text, whatever it begins with.
    while let Some((key, value)) = middle.peek().and_then(|line| line.split_once(':')) {
        let value = value.trim();
        match key.trim() {
            "From" => event.from = Some(value.to_owned()),
            "To" => event.to = Some(value.to_owned()),
            "Fields" => event.fields = fields_of(value),
            "Answer by" => event.answer_by = value.parse().ok(),
            _ => break,
        }
        middle.next();
    }
    let text = middle.collect::<Vec<_>>().join("\n");
    text.trim().clone_into(&mut event.text);
    Some(event)
}

/// The rest of the line that binds a note or a task to a handoff, and the lines above it: the last line, or the
/// one above a signature.
fn marked(lines: &[String]) -> Option<(&str, &[String])> {
    let mut written = lines
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, line)| !line.trim().is_empty());
    let (at, mark) = written
        .by_ref()
        .take(2)
        .find_map(|(at, line)| Some((at, line.trim().strip_prefix(MARK)?)))?;
    Some((mark, &lines[..at]))
}

/// The handoff that a task asks somebody to answer; `None` when it is another task.
pub fn answered_by(lines: &[String]) -> Option<&str> {
    Some(marked(lines)?.0.strip_suffix(" task")?.trim())
}

fn state_of(word: &str) -> Option<HandoffState> {
    match word.to_lowercase().as_str() {
        "sent" => Some(HandoffState::Sent),
        "returned" => Some(HandoffState::Returned),
        "answered" => Some(HandoffState::Answered),
        "accepted" => Some(HandoffState::Accepted),
        _ => None,
    }
}

fn fields_of(text: &str) -> Option<(u32, u32)> {
    let (filled, expected) = text.split_once(" of ")?;
    Some((filled.trim().parse().ok()?, expected.trim().parse().ok()?))
}

/// Who reads the cards: it decides what waits for whom.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// My name as the CRM writes it.
    pub name: Option<&'a str>,
    /// My role.
    pub role: &'a str,
}

impl Reader<'_> {
    /// Whether that is me: by name where the note names somebody, else by role.
    fn is(&self, name: Option<&str>, role: &str) -> bool {
        match (name.filter(|name| !name.is_empty()), self.name) {
            (Some(name), Some(mine)) => name.trim().eq_ignore_ascii_case(mine.trim()),
            (Some(_), None) => false,
            (None, _) => role == self.role,
        }
    }
}

/// The card of one handoff from all its events, in any order.
pub fn card(
    mut events: Vec<HandoffEvent>,
    account: (&RecordId, &str),
    me: Reader<'_>,
) -> Option<HandoffCard> {
    events.sort_by_key(|event| (event.number, event.when));
    let fields = events.iter().rev().find_map(|event| event.fields);
    let answer_by = events.iter().rev().find_map(|event| event.answer_by);
    // Names are those of the handoff itself; a later note may leave them out.
    let from = events.iter().find_map(|event| event.from.clone());
    let to = events.iter().find_map(|event| event.to.clone());
    let sent = events.first()?.clone();
    let newest = events.pop()?;
    let for_me = match newest.state {
        HandoffState::Sent | HandoffState::Answered => me.is(to.as_deref(), &sent.to_role),
        HandoffState::Returned => me.is(from.as_deref(), &sent.from_role),
        HandoffState::Accepted => false,
    };
    Some(HandoffCard {
        handoff: newest.handoff,
        account: account.0.clone(),
        account_name: account.1.to_owned(),
        from_role: sent.from_role,
        to_role: sent.to_role,
        state: newest.state,
        for_me,
        text: newest.text,
        fields,
        when: newest.when,
        answer_by,
    })
}

#[cfg(test)]
mod tests;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod reading {
    use super::*;
    use crate::domain::html;

    fn note(state: &str, number: u32, words: &str) -> HandoffEvent {
        let body = format!(
            "<p>Handoff onboarding → CSM: {state}</p><p>From: Olu Ade<br>To: Dana Reyes<br>Fields: 8 of 9<br>\
             Answer by: 2026-11-25</p><p>{words}</p><p>retain: handoff H-7 event {number}</p>"
        );
        let when = format!("2026-11-2{number}T08:00:00Z").parse().unwrap();
        parse(&html::lines(&body), when).unwrap()
    }

    const DANA: Reader<'_> = Reader {
        name: Some("Dana Reyes"),
        role: "csm",
    };
    const OLU: Reader<'_> = Reader {
        name: Some("Olu Ade"),
        role: "onboarding",
    };

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
        let card_of = |events: Vec<HandoffEvent>, me| card(events, account, me).unwrap();
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
        let below = format!("{body}<p>a</p><p>b</p>");
        assert_eq!(parse(&html::lines(&below), Timestamp::UNIX_EPOCH), None);
    }

    #[test]
    fn a_task_says_which_handoff_it_asks_to_answer() {
        let lines = |last: &str| {
            vec![
                "Read it.".to_owned(),
                last.to_owned(),
                "Ben · retain K".to_owned(),
            ]
        };
        assert_eq!(answered_by(&lines("retain: handoff H-7 task")), Some("H-7"));
        assert_eq!(answered_by(&lines("retain: handoff H-7 event 1")), None);
    }
}
