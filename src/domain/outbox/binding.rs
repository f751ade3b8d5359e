//! What binds a text that waits: the last line, by which it is part of a handoff or of a run of a playbook, and above the
//! words the head that such a note is read by. A person changes the words; what binds them is nobody's to change, and it is
//! neither shown for that nor lost by it. (The line that names us and our key is no part of what waits: it is added when the
//! text leaves.)

use super::Field;
use crate::domain::record::Core;
use crate::domain::{handoff, words};

/// Said of words that would change what is read above them.
const IS_HEAD: &str =
    "its first line would be read as a line of the handoff's head: begin it with other words";

/// A text that is bound, taken apart: nothing of it is left out.
struct Bound<'t> {
    /// The head, with what ends it; empty where there is none.
    head: &'t str,
    /// A person's own words.
    words: &'t str,
    /// What stands between the words and the last line.
    gap: &'t str,
    /// The last line.
    mark: &'t str,
}

impl<'t> Bound<'t> {
    /// `None` where no line binds the text.
    fn of(text: &'t str) -> Option<Self> {
        let text = text.trim_end();
        let (above, mark) = text.split_at(text.rfind('\n').map_or(0, |end| end + 1));
        if !words::is_mark(mark) {
            return None;
        }
        let (head, rest) = above.split_at(handoff::head_of(above, mark));
        let (words, gap) = rest.split_at(rest.trim_end().len());
        Some(Self {
            head,
            words,
            gap,
            mark,
        })
    }

    /// The same with other words. The error is one sentence.
    fn saying(&self, typed: &str) -> Result<String, String> {
        // Whoever typed along what binds it means just that.
        let words = match Bound::of(typed) {
            Some(whole) if whole.mark.trim() == self.mark.trim() => whole.words,
            _ => typed[handoff::head_of(typed, self.mark)..].trim_end(),
        };
        let Self { head, gap, mark, .. } = self;
        let gap = match (*gap, *head) {
            (_, "") if words.is_empty() => "",
            (_, head) if words.is_empty() && head.ends_with('\n') => "",
            ("", "") => "\n\n",
            ("", _) => "\n",
            (gap, _) => gap,
        };
        let text = format!("{head}{words}{gap}{mark}");
        let is_kept = Bound::of(&text).is_some_and(|now| now.head == *head);
        is_kept.then_some(text).ok_or_else(|| IS_HEAD.to_owned())
    }
}

/// What of a field's value is a person's to change: of a text that is bound its words, else all of it.
pub fn own_words<'t>(field: &Field, value: &'t str) -> &'t str {
    match bound(field, Some(value)) {
        Some(bound) => bound.words,
        None => value,
    }
}

/// What a field says once this is typed into it: a text that is bound stays so, whatever is typed. `None` empties a field.
/// The error is one sentence.
pub fn reworded(
    field: &Field,
    before: Option<&str>,
    typed: Option<String>,
) -> Result<Option<String>, String> {
    match bound(field, before) {
        Some(bound) => bound.saying(typed.as_deref().unwrap_or_default()).map(Some),
        None => Ok(typed),
    }
}

fn bound<'t>(field: &Field, value: Option<&'t str>) -> Option<Bound<'t>> {
    value
        .filter(|_| *field == Field::Core(Core::Body))
        .and_then(Bound::of)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const SENT: &str = "Handoff CSM → support: sent\nFrom: Mara Lindt\nTo: Olu Ade\nFields: 1 of 2\nAnswer by: 2026-11-25\n\
                        Goals: fewer escalations\nThey wait.\nretain: handoff H-7 event 1";

    fn body() -> Field {
        Field::Core(Core::Body)
    }

    fn reword(before: &str, typed: &str) -> Result<String, String> {
        reworded(&body(), Some(before), Some(typed.to_owned())).map(Option::unwrap)
    }

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn what_is_bound_shows_its_words_alone_and_takes_other_ones_between_what_binds_it() {
        let cases = [
            (
                "Ask for the goals.\n\nretain: play P-1 step call",
                "Ask for the goals.",
                "Ask before noon.\nBe kind.\n\nretain: play P-1 step call",
            ),
            (
                "retain: play P-1 step call",
                "",
                "Ask before noon.\nBe kind.\n\nretain: play P-1 step call",
            ),
            (
                "CSM → support: read the note.\n\nretain: handoff H-7 task",
                "CSM → support: read the note.",
                "Ask before noon.\nBe kind.\n\nretain: handoff H-7 task",
            ),
            (
                "Mara told the customer: a call\n\nretain: handoff H-7 promise",
                "Mara told the customer: a call",
                "Ask before noon.\nBe kind.\n\nretain: handoff H-7 promise",
            ),
            (
                "Promise not kept: a call\nBy: Mara Lindt\nWhy: She was ill\nretain: handoff H-7 promise not kept",
                "She was ill",
                "Promise not kept: a call\nBy: Mara Lindt\nWhy: Ask before noon.\nBe kind.\nretain: handoff H-7 promise not kept",
            ),
            (
                "Promise kept: a call\nBy: Mara Lindt\nretain: handoff H-7 promise kept",
                "",
                "Promise kept: a call\nBy: Mara Lindt\nAsk before noon.\nBe kind.\nretain: handoff H-7 promise kept",
            ),
            (
                "Handoff CSM → support: accepted\nBy: Olu Ade\nretain: handoff H-7 event 2",
                "",
                "Handoff CSM → support: accepted\nBy: Olu Ade\nAsk before noon.\nBe kind.\nretain: handoff H-7 event 2",
            ),
        ];
        for (text, words, after) in cases {
            assert_eq!(own_words(&body(), text), words, "{text}");
            assert_eq!(reword(text, words).as_deref(), Ok(text), "as it was");
            assert_eq!(reword(text, "Ask before noon.\nBe kind.\n").as_deref(), Ok(after));
            assert_eq!(reword(text, after).as_deref(), Ok(after), "typed along: {after}");
        }
    }

    #[test]
    fn a_note_of_a_handoff_stays_the_event_that_it_is() {
        let read = |text: &str| handoff::parse(&lines(text), jiff::Timestamp::UNIX_EPOCH).unwrap();
        let (was, goals) = (read(SENT), "Goals: no escalations");
        for typed in [
            goals.to_owned(),
            SENT.replace("fewer escalations\nThey wait.", "no escalations"),
            format!("Handoff CSM → support: sent\nTo: Ben Osei\n{goals}"),
            format!("{goals}\n\nretain: handoff H-7 event 1"),
        ] {
            let now = read(&reword(SENT, &typed).unwrap());
            assert_eq!(now.text, goals, "{typed}");
            assert_eq!(
                handoff::HandoffEvent {
                    text: was.text.clone(),
                    ..now
                },
                was,
                "{typed}"
            );
        }
        // Another line of the kind is words like any other.
        let other = read(&reword(SENT, "Goals\nretain: handoff H-9 event 4").unwrap());
        assert_eq!((other.handoff.as_str(), other.number), ("H-7", 1));
        let emptied = reworded(&body(), Some(SENT), None).unwrap().unwrap();
        assert_eq!(read(&emptied).to, was.to);
    }

    #[test]
    fn words_that_would_be_read_as_the_head_are_refused() {
        for typed in ["To: Ben Osei", "Gate: passed by me\nGoals"] {
            assert!(reword(SENT, typed).unwrap_err().contains("head"), "{typed}");
        }
    }

    #[test]
    fn what_no_line_binds_and_every_other_field_is_all_a_persons() {
        let text = "Handoff of the keys\nFrom: Mara";
        assert_eq!(own_words(&body(), text), text);
        assert_eq!(reword(text, "To: Ben").as_deref(), Ok("To: Ben"));
        assert_eq!(reworded(&body(), Some(text), None), Ok(None));
        let subject = Field::Core(Core::Subject);
        assert_eq!(
            own_words(&subject, "retain: play P-1 step call"),
            "retain: play P-1 step call"
        );
    }
}
