//! The routing desk: which desk answers a customer's question, by rules that a person can read.
//!
//! Rules only look for words and phrases; whatever they find is told with its place. Where they disagree on the desk, or
//! none finds anything, a person decides: a wrong desk costs the customer more than a look does.

mod choice;
mod clock;
mod domains;
mod handed;
mod question;
mod routed;
mod rule;
#[cfg(test)]
mod tests;
mod weeks;
mod whose;
mod words;

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::html;

pub use choice::{DeskChoice, Staff, YOURS};
pub use clock::{AnswerWithin, Calendar};
pub use domains::{Sought, host};
pub use handed::Handed;
pub use question::{Asking, NO_SUPPORT, Never, Passed, Question, Questions, Requester};
pub use routed::Routed;
pub use rule::{Desk, Phrase, Plans, Problem, Route, Routing, Support};
pub use weeks::{CsmWeek, DEFINITION, Row, Touches, Week, Weeks, monday};
pub use whose::{Matched, ToldUs, Whose};

/// What the rules say of a question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// The words that rules found, in the order of the text, each phrase of a rule once.
    pub hits: Vec<Hit>,
}

/// A phrase of a rule that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The rule's id.
    pub route: String,
    /// Its desk.
    pub desk: Desk,
    /// The signal that it raises.
    pub raises: Option<String>,
    /// The words, as the text has them.
    pub words: String,
    /// Where they stand in the text, in bytes.
    pub place: Range<usize>,
}

/// Who is to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proposal {
    /// This desk.
    Desk(Desk),
    /// A person decides.
    Person(Why),
}

/// Why a person decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// No rule found a word of its own.
    NoRule,
    /// Rules of both desks found words of theirs.
    Disagree,
    /// Rules say support, but the account has bought none: its CSM decides.
    NoSupport,
}

impl Proposal {
    /// In a few words: `support`, `CSM`, `a person decides`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Desk(desk) => desk.title(),
            Self::Person(Why::NoSupport) => "the CSM decides",
            Self::Person(_) => "a person decides",
        }
    }

    /// Why no desk is proposed, as a part of a sentence; `None` where one is.
    pub fn why(self) -> Option<&'static str> {
        match self {
            Self::Desk(_) => None,
            Self::Person(Why::NoRule) => Some("no rule matches"),
            Self::Person(Why::Disagree) => Some("rules disagree on the desk"),
            Self::Person(Why::NoSupport) => Some("the account has bought no support"),
        }
    }
}

impl Verdict {
    /// Who is to answer by the rules alone.
    pub fn proposal(&self) -> Proposal {
        let mut desks = self.hits.iter().map(|hit| hit.desk);
        match desks.next() {
            None => Proposal::Person(Why::NoRule),
            Some(first) if desks.all(|desk| desk == first) => Proposal::Desk(first),
            Some(_) => Proposal::Person(Why::Disagree),
        }
    }

    /// Who is to answer for an account that has bought this; unknown changes nothing. Where the organisation's phase has no
    /// support the CSM answers, whatever the rules say.
    pub fn proposal_for(&self, has_support: bool, bought: Option<Support>) -> Proposal {
        if !has_support {
            return Proposal::Desk(Desk::Csm);
        }
        match (self.proposal(), bought) {
            (Proposal::Desk(Desk::Support), Some(Support::None)) => Proposal::Person(Why::NoSupport),
            (proposal, _) => proposal,
        }
    }

    /// The rules that found words, each once, in the order of the text.
    pub fn routes(&self) -> Vec<&str> {
        let mut seen = BTreeSet::new();
        let routes = self.hits.iter().map(|hit| hit.route.as_str());
        routes.filter(|route| seen.insert(*route)).collect()
    }

    /// The signals that it raises, whatever desk answers, each once.
    pub fn raises(&self) -> BTreeSet<&str> {
        self.hits.iter().filter_map(|hit| hit.raises.as_deref()).collect()
    }
}

/// The text of a question as rules read it: its subject, and its body, which may be HTML. Lines that quote what was
/// written before (`>`) are not the customer's own and are left out.
pub fn question(subject: &str, body: &str) -> String {
    let body = html::lines(body);
    let own = body
        .iter()
        .map(String::as_str)
        .filter(|line| !line.trim_start().starts_with('>'));
    let lines: Vec<&str> = std::iter::once(subject)
        .filter(|subject| !subject.is_empty())
        .chain(own)
        .collect();
    lines.join("\n")
}

/// The rules, ready to read texts.
#[derive(Debug)]
pub struct Router<'a> {
    /// Phrases by their first word; the rule, and whether its words count.
    phrases: HashMap<&'a str, Vec<(&'a Route, &'a Phrase, bool)>>,
}

impl<'a> Router<'a> {
    /// Makes them ready.
    pub fn new(routing: &'a Routing) -> Self {
        let mut phrases: HashMap<&str, Vec<_>> = HashMap::new();
        for route in &routing.routes {
            let counting = route.any_of.iter().map(|phrase| (phrase, true));
            for (phrase, counts) in counting.chain(route.but_not.iter().map(|phrase| (phrase, false))) {
                phrases
                    .entry(phrase.first())
                    .or_default()
                    .push((route, phrase, counts));
            }
        }
        Self { phrases }
    }

    /// What the rules say of a text. Of phrases within each other only the longest counts, so that `add a user group`
    /// may have another desk than `add a user`.
    pub fn read(&self, text: &str) -> Verdict {
        let words = words::words(text);
        let mut hits: Vec<Hit> = Vec::new();
        let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
        // Where the longest phrase so far ends, by the words that it takes up.
        let mut covered = 0..0;
        for at in 0..words.len() {
            let known = self.phrases.get(words[at].folded.as_str());
            let found = known.into_iter().flatten().filter_map(|(route, phrase, counts)| {
                Some((phrase.matches(text, &words[at..])?, *route, *phrase, *counts))
            });
            let found: Vec<_> = found.collect();
            let Some(longest) = found
                .iter()
                .map(|one| one.0)
                .max()
                .filter(|length| at + length > covered.end)
            else {
                continue;
            };
            covered = at..at + longest;
            let here = found.iter().filter(|one| one.0 == longest);
            let spoilt = here.clone().any(|(.., counts)| !counts);
            for (_, route, phrase, _) in here.filter(|_| !spoilt) {
                if seen.insert((&route.id, phrase.as_str())) {
                    let place = words[at].place.start..words[at + longest - 1].place.end;
                    hits.push(Hit {
                        route: route.id.clone(),
                        desk: route.desk,
                        raises: route.raises.clone(),
                        words: text[place.clone()].to_owned(),
                        place,
                    });
                }
            }
        }
        Verdict { hits }
    }
}
