//! The rules that say which desk answers a question: `routing.toml`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::clock::AnswerWithin;
use super::domains::Sought;
use super::words::{Word, is_gap, words};
use crate::domain::money::Currency;

/// Who answers questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Desk {
    /// Support.
    Support,
    /// The account's CSM.
    Csm,
}

impl Desk {
    /// As people read it: `support`, `CSM`.
    pub fn title(self) -> &'static str {
        match self {
            Self::Support => "support",
            Self::Csm => "CSM",
        }
    }
}

/// `routing.toml`
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Routing {
    /// A complaint of an account with more ARR than this goes to the lead too: in units of the reporting currency.
    pub escalate_arr: Option<u64>,
    /// Who takes what goes to support: an e-mail address, as the CRM has it.
    pub support: Option<String>,
    /// What customers can have bought of support.
    pub entitlement: Plans,
    /// Within which time a question is answered.
    pub answer_within: AnswerWithin,
    /// Domains of mail that anybody can have: they are no company's.
    pub public_domains: Vec<String>,
    /// The rules, in the order in which they are shown.
    pub routes: Vec<Route>,
}

/// `[[routes]]`: one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Its id, e.g. `password`.
    pub id: String,
    /// Who answers what it matches.
    pub desk: Desk,
    /// It matches a text with any of these words or phrases.
    pub any_of: Vec<Phrase>,
    /// Phrases that count for nothing, nor does any word within them: `not a complaint`.
    #[serde(default)]
    pub but_not: Vec<Phrase>,
    /// The signal that an open question raises which it matches.
    #[serde(default)]
    pub raises: Option<String>,
}

/// `[entitlement]`: the values of the account's entitlement, as mapped, by what they mean. Case is ignored.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plans {
    /// Support answers around the clock.
    pub always: Vec<String>,
    /// Support answers on business days.
    pub business_hours: Vec<String>,
    /// No support was bought.
    pub none: Vec<String>,
}

/// What an account has bought of support.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Support {
    /// The clock of an answer never stands still.
    Always,
    /// The clock of an answer runs on business days only.
    BusinessHours,
    /// Nothing: its CSM decides who answers.
    None,
}

impl Plans {
    /// What a value means; `None` where no list has it.
    pub fn of(&self, value: &str) -> Option<Support> {
        let has = |list: &[String]| {
            list.iter()
                .any(|one| one.trim().to_lowercase() == value.trim().to_lowercase())
        };
        self.lists()
            .into_iter()
            .find(|(_, list, _)| has(list))
            .map(|(.., support)| support)
    }

    /// Its lists, each with its key and what its values mean.
    pub fn lists(&self) -> [(&'static str, &[String], Support); 3] {
        [
            ("always", &self.always, Support::Always),
            ("business_hours", &self.business_hours, Support::BusinessHours),
            ("none", &self.none, Support::None),
        ]
    }
}

/// A word or several in a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phrase {
    text: String,
    folded: Vec<String>,
}

impl TryFrom<String> for Phrase {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let found = words(&text);
        if found.is_empty() {
            return Err(format!("`{text}` has no word"));
        }
        let gaps = found
            .windows(2)
            .map(|two| &text[two[0].place.end..two[1].place.start]);
        if let Some(gap) = gaps.into_iter().find(|gap| !is_gap(gap)) {
            return Err(format!(
                "`{text}` can match nothing: words of a phrase have a blank, a hyphen or an apostrophe between them, not `{}`",
                gap.trim()
            ));
        }
        Ok(Self {
            folded: found.into_iter().map(|word| word.folded).collect(),
            text,
        })
    }
}

impl From<Phrase> for String {
    fn from(phrase: Phrase) -> Self {
        phrase.text
    }
}

impl Phrase {
    /// As the file has it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its first word, as it is compared.
    pub(super) fn first(&self) -> &str {
        self.folded.first().map_or("", String::as_str)
    }

    /// How many words it takes up where it begins at a word of a text; `None` where it does not.
    pub(super) fn matches(&self, text: &str, at: &[Word]) -> Option<usize> {
        let here = at.get(..self.folded.len())?;
        let same = here
            .iter()
            .zip(&self.folded)
            .all(|(word, wanted)| word.folded == *wanted);
        let together = || {
            here.windows(2)
                .all(|two| is_gap(&text[two[0].place.end..two[1].place.start]))
        };
        (same && together()).then_some(here.len())
    }
}

impl Routing {
    /// Whether anybody can have mail of this domain.
    pub fn is_public(&self, sought: &Sought) -> bool {
        self.public_domains.iter().any(|domain| sought.is_of(domain))
    }

    /// The signals that open questions can raise, in order, once each.
    pub fn raised(&self) -> Vec<&str> {
        let raised: BTreeSet<&str> = self
            .routes
            .iter()
            .filter_map(|route| route.raises.as_deref())
            .collect();
        raised.into_iter().collect()
    }

    /// All that decides what a ticket raises, as one text; empty where no rule raises anything.
    pub fn raising(&self) -> String {
        let mut text = String::new();
        if self.raised().is_empty() {
            return text;
        }
        for route in &self.routes {
            for part in [route.raises.as_deref().unwrap_or_default(), "\n"] {
                text.push_str(part);
            }
            for (list, mark) in [(&route.any_of, '+'), (&route.but_not, '-')] {
                for phrase in list {
                    text.push(mark);
                    text.push_str(&phrase.text);
                }
            }
        }
        text
    }

    /// Whether a complaint of an account goes to the lead too, by its ARR in minor units of the reporting currency:
    /// `None` where that is unknown and a limit is set.
    pub fn goes_to_lead(&self, arr: Option<i64>, at_least: bool, currency: Currency) -> Option<bool> {
        let Some(limit) = self.escalate_arr else {
            return Some(false);
        };
        let limit = i128::from(limit) * 10_i128.pow(currency.digits());
        let above = i128::from(arr?) > limit;
        (above || !at_least).then_some(above)
    }

    /// What cannot work although each value is sound: where it stands, what is wrong, and what to do.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        for route in &self.routes {
            if route.any_of.is_empty() {
                let message = "a rule without a word matches nothing".to_owned();
                let hint = "name at least one, or take the rule away with `enabled = false`";
                found.push(Problem::of(&["routes", &route.id, "any_of"], message, Some(hint)));
            }
            for (key, list) in [("any_of", &route.any_of), ("but_not", &route.but_not)] {
                let twice = |at: &usize| list[..*at].iter().any(|one| one.folded == list[*at].folded);
                for at in (0..list.len()).filter(twice) {
                    let message = format!(
                        "`{}` stands there twice: case and accents are ignored",
                        list[at].text
                    );
                    found.push(Problem {
                        item: Some(at),
                        ..Problem::of(&["routes", &route.id, key], message, None)
                    });
                }
            }
        }
        let mut seen: Vec<(String, &str)> = Vec::new();
        for (key, list, _) in self.entitlement.lists() {
            for (at, value) in list.iter().enumerate() {
                let folded = value.trim().to_lowercase();
                if let Some((_, first)) = seen.iter().find(|(known, _)| *known == folded) {
                    let message = format!("`{value}` stands under `{first}` already");
                    found.push(Problem {
                        item: Some(at),
                        ..Problem::of(&["entitlement", key], message, None)
                    });
                } else {
                    seen.push((folded, key));
                }
            }
        }
        found
    }
}

/// Something in `routing.toml` that cannot work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The keys that lead to it.
    pub path: Vec<String>,
    /// Its place in the list that stands there.
    pub item: Option<usize>,
    /// One sentence.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Problem {
    fn of(path: &[&str], message: String, hint: Option<&str>) -> Self {
        Self {
            path: path.iter().map(|key| (*key).to_owned()).collect(),
            item: None,
            message,
            hint: hint.map(str::to_owned),
        }
    }
}
