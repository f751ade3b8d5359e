//! How the alarms do, and what is known of customers that left, as screens and commands show it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::alarms::{Moved, Tally};
use super::event::Verdict;
use super::state::Stage;
use crate::domain::record::RecordId;

/// How the alarms do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AlarmReport {
    /// Each version of each signal, by the signal's id, the newest version first.
    pub signals: Vec<SignalReport>,
    /// The customers that left, the latest first.
    pub churns: Vec<ChurnRecord>,
    /// The day on which signals were first evaluated; nothing is known of what came before.
    pub first_look: Option<Date>,
    /// Whether the ledger began after the day that is told of: it is unknown which customers had left by then.
    #[serde(default)]
    pub began_later: bool,
}

/// What a version of a signal did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignalReport {
    /// Id of the signal.
    pub signal: String,
    /// Version of its rule.
    pub version: u32,
    /// Whether that version is in force.
    pub in_force: bool,
    /// What it did.
    pub tally: Tally,
    /// What would be better.
    pub suggestion: Option<Suggestion>,
    /// The warnings that it counts: what was judged first, then the latest. Of many only the first.
    pub cases: Vec<CaseLine>,
}

/// A warning that the alarms count, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseLine {
    /// The account.
    pub account: RecordId,
    /// Its name, raw.
    pub name: String,
    /// The day on which it opened.
    pub on: Date,
    /// Where it stands.
    pub stage: Stage,
    /// Whether it waits for room in the day's budget.
    pub held: bool,
    /// Whether somebody acted on it.
    pub acted: bool,
    /// What is judged of it.
    pub judged: Option<Verdict>,
    /// Who judged it and why, both raw; `None` where nobody did.
    pub said: Option<(String, String)>,
    /// What they saw of it as they did: its number, the band; empty where nothing of it is kept.
    #[serde(default)]
    pub saw: String,
}

impl CaseLine {
    /// What became of it: `noise · acted`, `held back`, `recovered`.
    pub fn words(&self) -> String {
        let became = match self.judged {
            Some(verdict) => verdict.word(),
            None if self.held => "held back",
            None => self.stage.words(),
        };
        let is_told = matches!(self.stage, Stage::Snoozed | Stage::Acknowledged | Stage::Planned)
            && self.judged.is_none();
        let acted = if self.acted && !is_told { " · acted" } else { "" };
        format!("{became}{acted}")
    }

    /// Who judged it, why and seeing what: `Mara Lindt: “as every summer”, seeing −46 %, amber`; empty where there is nothing to say.
    pub fn why(&self) -> String {
        match (&self.said, self.judged) {
            (Some((by, why)), _) if self.saw.is_empty() => said_by(by, why),
            (Some((by, why)), _) => format!("{}, seeing {}", said_by(by, why), self.saw),
            (None, Some(_)) => "it left, and nobody had said anything".to_owned(),
            (None, None) => String::new(),
        }
    }
}

fn said_by(by: &str, why: &str) -> String {
    if why.is_empty() {
        format!("{by} gave no reason")
    } else {
        format!("{by}: “{why}”")
    }
}

/// What would be better.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Suggestion {
    /// To have it silent.
    Mute,
    /// To move its threshold.
    MoveThreshold {
        /// From, in words.
        from: String,
        /// To, in words.
        to: String,
        /// What that would have done.
        moved: Moved,
    },
}

/// A customer that left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChurnRecord {
    /// The account.
    pub account: RecordId,
    /// Its name, raw.
    pub name: String,
    /// The day on which it left.
    pub on: Date,
    /// Why, as the CRM has it, raw.
    pub reason: Option<String>,
    /// Whether it could have been avoided, by a person's word.
    pub avoidable: Option<Avoidable>,
    /// Name of who looked after it on that day, raw.
    pub owner: Option<String>,
    /// The first risk that was warned of in the year before.
    pub first: Option<FirstWarning>,
    /// What was warned of and nobody took on, in words.
    pub ignored: Vec<String>,
    /// Whether signals were looked for while it was a customer.
    pub looked: bool,
}

/// The first warning before a customer left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstWarning {
    /// Id of the signal.
    pub signal: String,
    /// The day on which it opened.
    pub on: Date,
    /// How many days before the end.
    pub days_before: i32,
}

/// Whether a churn could have been avoided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Avoidable {
    /// Whether it could.
    pub yes: bool,
    /// The reason that was given, raw; may be empty.
    pub why: String,
    /// Who: the owner's e-mail address.
    pub by: String,
    /// Their name, or the address of somebody who is not known, raw.
    pub by_name: String,
}

impl Avoidable {
    /// Who said it and why.
    pub fn words(&self) -> String {
        said_by(&self.by_name, &self.why)
    }
}

impl AlarmReport {
    /// How many left before signals looked: of them it cannot be told whether anything would have warned.
    pub fn untold(&self) -> usize {
        self.churns.iter().filter(|churn| churn.is_untold()).count()
    }

    /// Which churns were missed, or how many, and of how many that cannot be told.
    pub fn missed_in_words(&self, missed: String) -> String {
        let untold = match self.untold() {
            0 => None,
            untold => Some(untold_in_words(untold)),
        };
        let looked = self.churns.len() > self.untold() || self.churns.is_empty();
        let parts = looked.then_some(missed).into_iter().chain(untold);
        parts.collect::<Vec<_>>().join(" · ")
    }

    /// The customers that left though signals looked at them, and none had warned.
    pub fn missed(&self) -> impl Iterator<Item = &ChurnRecord> {
        self.churns.iter().filter(|churn| churn.is_missed())
    }
}

/// `3 left before signals looked: cannot be told`
pub fn untold_in_words(untold: usize) -> String {
    format!("{untold} left before signals looked: cannot be told")
}

impl ChurnRecord {
    /// Whether it left before signals looked: nothing can be said of warnings.
    pub fn is_untold(&self) -> bool {
        !self.looked && self.first.is_none()
    }

    /// Whether signals looked at it, and none had warned.
    pub fn is_missed(&self) -> bool {
        self.looked && self.first.is_none()
    }
}

impl Suggestion {
    /// What to do and what it would have changed.
    pub fn words(&self) -> String {
        match self {
            Self::Mute => "mute it: surely less than half of what it says is news".to_owned(),
            Self::MoveThreshold { from, to, moved } => {
                let known = match moved.known_less {
                    0 => String::new(),
                    known => format!(", nor {known} known"),
                };
                let (unjudged, kept) = match (moved.unjudged, moved.unjudged_less) {
                    (0, _) => (String::new(), String::new()),
                    (all, 0) => (String::new(), format!(" and all {all} unjudged")),
                    (all, less) => (format!(", nor {less} of {all} unjudged"), String::new()),
                };
                format!(
                    "move {from} to {to}: {} of {} noise would not have fired{known}{unjudged}; all {} real{kept} would",
                    moved.noise_less, moved.noise, moved.real
                )
            }
        }
    }
}

impl SignalReport {
    /// The share of judged warnings that were true and news, with its interval: `62 % (44–77)`; why not, if it cannot be told.
    pub fn precision(&self) -> String {
        let tally = &self.tally;
        match (tally.precision(), tally.interval()) {
            (Some(share), Some((low, high))) => format!("{share} % ({low}–{high})"),
            _ => format!("{} judged", tally.judged()),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_threshold_that_spares_no_unjudged_case_says_that_all_of_them_would_still_fire() {
        let moved = |unjudged_less| Suggestion::MoveThreshold {
            from: "90 %".to_owned(),
            to: "81 %".to_owned(),
            moved: Moved {
                to: 81_000,
                noise_less: 3,
                noise: 4,
                known_less: 0,
                unjudged_less,
                unjudged: 12,
                real: 5,
            },
        };
        let spared = "move 90 % to 81 %: 3 of 4 noise would not have fired";
        let none = format!("{spared}; all 5 real and all 12 unjudged would");
        assert_eq!(moved(0).words(), none);
        assert_eq!(
            moved(9).words(),
            format!("{spared}, nor 9 of 12 unjudged; all 5 real would")
        );
    }

    #[test]
    fn of_who_left_before_signals_looked_it_is_not_said_that_nothing_was_missed() {
        let churn = |looked: bool| ChurnRecord {
            account: "1".into(),
            name: "Old Mill".to_owned(),
            on: date(2026, 7, 4),
            reason: None,
            avoidable: None,
            owner: None,
            first: None,
            ignored: Vec::new(),
            looked,
        };
        let words = |churns: Vec<ChurnRecord>| {
            let report = AlarmReport {
                churns,
                ..AlarmReport::default()
            };
            report.missed_in_words("0 missed".to_owned())
        };
        let untold = "1 left before signals looked: cannot be told";
        assert_eq!(words(vec![churn(false)]), untold);
        assert_eq!(
            words(vec![churn(false), churn(true)]),
            format!("0 missed · {untold}")
        );
        assert_eq!(words(vec![churn(true)]), "0 missed");
    }
}
