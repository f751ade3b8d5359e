//! What an act of a person decides in a standup: read from the act itself.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::event::{Decided, Kind};
use crate::domain::acts::warn::Said;
use crate::domain::base32;
use crate::domain::handoff::MARK;
use crate::domain::outbox::{Field, NewEntry, Write};
use crate::domain::playbook::{PlayEvent, What};
use crate::domain::record::{Core, Kind as Record, RecordId};

/// In which standup, and on which account.
#[derive(Debug, Clone, Copy)]
pub struct Talk<'a> {
    /// Id of the standup.
    pub standup: &'a str,
    /// The account that is talked about.
    pub account: &'a RecordId,
    /// Its name, raw.
    pub name: &'a str,
}

impl Talk<'_> {
    fn decided(&self, word: &str, kind: Kind, words: &str) -> Decided {
        Decided {
            standup: self.standup.to_owned(),
            decision: format!("D-{}", base32::of_texts(&[word, self.account.as_str(), words], 8)),
            name: self.name.to_owned(),
            kind,
            who: None,
            words: words.to_owned(),
            by: None,
            act: None,
        }
    }

    /// What is decided by what is written and what the journal gets of playbooks; `None` where it is about another account.
    /// A task for somebody is theirs to do: `name` says what they are called.
    pub fn of_deed(
        &self,
        (entries, events): (&[NewEntry], &[PlayEvent]),
        zone: &TimeZone,
        name: impl Fn(&RecordId) -> Option<String>,
    ) -> Option<Decided> {
        let is_here = |entry: &&NewEntry| entry.account.as_ref() == Some(self.account);
        let first = entries.iter().find(is_here);
        let started = events.iter().find_map(|event| match &event.what {
            What::Started { playbook, act, .. } if event.account == *self.account => {
                Some((playbook["title"].as_str().unwrap_or_default(), act))
            }
            _ => None,
        });
        if let Some((title, act)) = started {
            return Some(Decided {
                act: Some(act.clone()),
                ..self.decided(act, Kind::Played, title)
            });
        }
        let first = first?;
        let act = Some(first.act.clone());
        let made = match &first.write {
            Write::Create { kind, fields, .. } => Some((*kind, fields)),
            Write::Update { .. } | Write::Archive { .. } => None,
        };
        let text = |field| made.and_then(|(_, fields)| fields.get(&Field::Core(field)));
        if entries.iter().filter(is_here).any(is_of_handoff) {
            return Some(Decided {
                act,
                ..self.decided(&first.act, Kind::HandedOver, &first.title)
            });
        }
        let Some((Record::Task, _)) = made else {
            return Some(Decided {
                act,
                ..self.decided(&first.act, Kind::Noted, &first.title)
            });
        };
        let subject = text(Core::Subject).map_or(first.title.as_str(), String::as_str);
        let owner = text(Core::Owner).map(|owner| RecordId::from(owner.as_str()));
        Some(Decided {
            who: owner.as_ref().and_then(name),
            by: text(Core::Due).and_then(|due| day(due, zone)),
            act,
            ..self.decided(&first.act, Kind::Assigned, subject)
        })
    }

    /// What is decided by what a person says of warnings, told in a title; `word` is one that no other act has.
    pub fn of_warnings(&self, said: &Said, title: &str, word: &str) -> Decided {
        let kind = match said {
            Said::Close(..) => Kind::Closed,
            Said::Snooze(..) => Kind::Snoozed,
            _ => Kind::Noted,
        };
        self.decided(word, kind, title)
    }
}

/// Whether a note tells of a handoff.
fn is_of_handoff(entry: &NewEntry) -> bool {
    let body = entry
        .write
        .of_note()
        .and_then(|fields| fields.get(&Field::Core(Core::Body)));
    body.is_some_and(|body| body.contains(MARK.trim_end()))
}

/// The day of an instant as writes have it.
fn day(text: &str, zone: &TimeZone) -> Option<Date> {
    let at: Timestamp = text.parse().ok()?;
    Some(at.to_zoned(zone.clone()).date())
}
