//! Finding a person's names in texts: whole words only, however they are written in small and capital letters.

use serde_json::Value;

pub(super) use crate::domain::text::ERASED;

/// What joins letters to one address.
const IN_ADDRESSES: [char; 5] = ['.', '_', '%', '+', '-'];

/// Names and addresses of people.
#[derive(Debug)]
pub(super) struct Names(Vec<String>);

impl Names {
    /// These names, as one text is compared with another.
    pub(super) fn of<'a>(names: impl Iterator<Item = &'a String>) -> Self {
        let names = names.filter(|name| !name.trim().is_empty());
        Self(names.map(|name| name.to_lowercase()).collect())
    }

    /// The text without the names; `None` when it has none of them.
    pub(super) fn out_of(&self, text: &str) -> Option<String> {
        let folded = text.to_lowercase();
        let there = self.0.iter().filter(|name| folded.contains(name.as_str()));
        let without = |before: Option<String>, name: &String| {
            let after = without(before.as_deref().unwrap_or(text), name);
            after.or(before)
        };
        there.fold(None, without)
    }

    /// Takes the names out of all texts of a value, and says whether there were any.
    pub(super) fn out_of_all(&self, value: &mut Value) -> bool {
        let each = |found: bool, value: &mut Value| self.out_of_all(value) || found;
        match value {
            Value::String(text) => self.out_of(text).map(|without| *text = without).is_some(),
            Value::Array(values) => values.iter_mut().fold(false, each),
            Value::Object(fields) => fields.values_mut().fold(false, each),
            _ => false,
        }
    }
}

/// The text without a name that is written in small letters; `None` when it has it nowhere as words of its own.
fn without(text: &str, name: &str) -> Option<String> {
    let mut rest = String::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(first) = text[at..].chars().next() {
        let end = length(&text[at..], name).map(|length| at + length);
        match end
            .filter(|end| !goes_on(name, text[..at].chars().rev()) && !goes_on(name, text[*end..].chars()))
        {
            Some(end) => {
                rest.push_str(&text[copied..at]);
                rest.push_str(ERASED);
                (copied, at) = (end, end);
            }
            None => at += first.len_utf8(),
        }
    }
    (copied > 0).then(|| rest + &text[copied..])
}

/// How many bytes of the text are this name, if it begins with it.
fn length(text: &str, name: &str) -> Option<usize> {
    let mut wanted = name.chars().peekable();
    for (at, letter) in text.char_indices() {
        if wanted.peek().is_none() {
            return Some(at);
        }
        if letter.to_lowercase().any(|small| wanted.next() != Some(small)) {
            return None;
        }
    }
    wanted.peek().is_none().then_some(text.len())
}

/// Whether a word goes on beyond the end of a name: then it is somebody else's.
fn goes_on(name: &str, mut beyond: impl Iterator<Item = char>) -> bool {
    let joins = |letter: char| letter == '-' || (name.contains('@') && IN_ADDRESSES.contains(&letter));
    match beyond.next() {
        Some(letter) if joins(letter) => beyond.next().is_some_and(char::is_alphanumeric),
        Some(letter) => letter.is_alphanumeric(),
        None => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn out_of(text: &str) -> Option<String> {
        let names = ["Jan Ek", "Jan@Ek.example", "Ida \"Q\" Öst"].map(str::to_owned);
        Names::of(names.iter()).out_of(text)
    }

    #[test]
    fn a_name_is_found_as_words_of_its_own_in_small_and_capital_letters() {
        for (text, without) in [
            ("Jan Ek", "(erased)"),
            (
                "Call Jan Ek's deputy; JAN EK is away.",
                "Call (erased)'s deputy; (erased) is away.",
            ),
            ("to jan@ek.example.", "to (erased)."),
            ("<Jan@Ek.Example>", "<(erased)>"),
            ("İJ Jan Ek", "İJ (erased)"),
            ("ask ida \"q\" öst", "ask (erased)"),
        ] {
            assert_eq!(out_of(text).as_deref(), Some(without));
        }
    }

    #[test]
    fn a_longer_name_is_somebody_elses() {
        for text in [
            "",
            "Jan Ekström",
            "Marijan Ek",
            "Jan Ek-Lund",
            "Ann-Jan Ek",
            "jan@ek.example.org",
            "petra.jan@ek.example",
            "Jan",
            "Jan E",
        ] {
            assert_eq!(out_of(text), None);
        }
    }

    #[test]
    fn names_are_found_in_values_whatever_their_stored_form() {
        let stored = r#"{"body":"Ida \"Q\" \u00d6st","more":[{"to":"Jan Ek","n":1}],"other":"Jan Ekström"}"#;
        let mut value: Value = serde_json::from_str(stored).unwrap();
        let names = ["Jan Ek", "Ida \"Q\" Öst"].map(str::to_owned);
        let names = Names::of(names.iter());
        assert!(names.out_of_all(&mut value));
        assert!(!names.out_of_all(&mut value));
        let expected = r#"{"body":"(erased)","more":[{"to":"(erased)","n":1}],"other":"Jan Ekström"}"#;
        assert_eq!(value, serde_json::from_str::<Value>(expected).unwrap());
    }
}
