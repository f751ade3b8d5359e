//! What the notes of a handoff say, read again: field by field, question by question, all of it.

use super::reply::{ANSWER, QUESTION};
use super::template::Template;
use crate::domain::desk::{HandoffCard, HandoffState};
use crate::domain::words;

impl HandoffCard {
    /// What its newest note begins with: of a field, a question or an answer the words alone, without what they are about.
    pub fn begins(&self) -> Option<&str> {
        let first = self.text.lines().map(str::trim).find(|line| !line.is_empty())?;
        let words = first.split_once(": ").filter(|(head, _)| match self.state {
            HandoffState::Sent => !head.contains(". "),
            _ => [QUESTION, ANSWER]
                .into_iter()
                .any(|word| *head == word || head.starts_with(&format!("{word} on "))),
        });
        Some(words.map_or(first, |(_, words)| words))
    }

    /// The questions of its newest note, each with what it is about; where that asks nothing any more, those that it asked
    /// when it was first seen.
    pub fn questions(&self) -> Vec<(String, String)> {
        let asks = |text: &str| text.lines().any(|line| question(line).is_some());
        let first = self.events.last().and_then(|event| event.first.as_deref());
        let first = first.filter(|first| asks(first) && !asks(&self.text));
        questions(first.unwrap_or(&self.text))
    }

    /// All that was said of it, the oldest first, raw: what whoever accepts it takes over. Fields of its template that were
    /// not filled are named.
    pub fn said(&self, template: Option<&Template>) -> String {
        let mut said: Vec<String> = self
            .gate
            .iter()
            .map(|gate| format!("The gate was {gate}"))
            .collect();
        said.extend(self.told.iter().cloned());
        for event in &self.events {
            let words = event.told();
            match (event.number, words.trim()) {
                (_, "") => {}
                (1, words) => said.push(words.to_owned()),
                (_, words) => {
                    let who = event.by.as_deref().unwrap_or("somebody");
                    said.push(format!("{who} {} it:\n{words}", words::handoff(event.state)));
                }
            }
        }
        if self.events.is_empty() {
            said.push(self.text.clone());
        }
        let empty = template.map_or_else(Vec::new, |template| {
            let fields = template.fields.iter().zip(wrote(self, template));
            let empty = fields.filter(|(_, wrote)| wrote.is_empty());
            empty.map(|(field, _)| field.title.as_str()).collect()
        });
        // What is in no form of a template at all lacks none of it.
        let has_form = template.is_some_and(|template| empty.len() < template.fields.len());
        if has_form && !empty.is_empty() {
            said.push(format!("Not filled: {}", empty.join("; ")));
        }
        said.join("\n")
    }

    /// Where it stands, and what its newest note says if that says anything, raw: `returned: who signs off?`.
    pub fn stands(&self) -> String {
        let state = words::handoff(self.state);
        match self.text.trim() {
            "" => state.to_owned(),
            text => format!("{state}: {text}"),
        }
    }
}

/// What whoever sent a handoff wrote in each field of its template, in that order; empty where they wrote nothing. What
/// somebody took out of the note since is told as it was first seen.
pub fn wrote(card: &HandoffCard, template: &Template) -> Vec<String> {
    let sent = card.events.iter().find(|event| event.number == 1);
    let mut wrote = by_field(sent.map_or("", |event| &event.text), template);
    if let Some(first) = sent.and_then(|event| event.first.as_deref()) {
        for (now, first) in wrote.iter_mut().zip(by_field(first, template)) {
            if now.is_empty() {
                *now = first;
            }
        }
    }
    wrote
}

/// What a text says in each field of a template.
fn by_field(text: &str, template: &Template) -> Vec<String> {
    let mut wrote = vec![String::new(); template.fields.len()];
    let mut at = None;
    for line in text.lines() {
        let begins = template.fields.iter().enumerate().find_map(|(at, field)| {
            let rest = line.trim_start().strip_prefix(field.title.as_str())?;
            Some((at, rest.strip_prefix(':')?))
        });
        match (begins, at) {
            (Some((field, rest)), _) => {
                at = Some(field);
                rest.trim().clone_into(&mut wrote[field]);
            }
            (None, Some(field)) => {
                wrote[field].push('\n');
                wrote[field].push_str(line.trim());
            }
            (None, None) => {}
        }
    }
    wrote
}

/// The questions of a returned handoff: what each is about (empty when that is not said) and what it asks. What a person
/// wrote otherwise is one question.
fn questions(text: &str) -> Vec<(String, String)> {
    let mut questions: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match (question(line), questions.last_mut()) {
            (Some(begun), _) => questions.push(begun),
            (None, Some((_, asks))) => {
                asks.push('\n');
                asks.push_str(line);
            }
            (None, None) => questions.push((String::new(), line.to_owned())),
        }
    }
    if questions.is_empty() {
        questions.push((String::new(), String::new()));
    }
    questions
}

/// What a line asks about, and what it asks there; `None` where it begins no question.
fn question(line: &str) -> Option<(String, String)> {
    let (about, asks) = line.strip_prefix(QUESTION)?.split_once(": ")?;
    let about = about.trim().strip_prefix("on ").unwrap_or(about.trim());
    Some((about.to_owned(), asks.trim().to_owned()))
}
