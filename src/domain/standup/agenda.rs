//! What a standup goes over: the accounts of a scope on which something changed, each with what did.

use std::cmp::Reverse;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::change::{Change, Tone, Turn, What, crossed};
use super::event::{Begun, Line};
use super::promise::{Promise, Standing};
use super::scope::Scope;
use crate::domain::acts::first_line;
use crate::domain::countdown::Countdown;
use crate::domain::desk::{DueItem, HandoffCard, HandoffState};
use crate::domain::goal::Goal;
use crate::domain::money::Currency;
use crate::domain::risk;
use crate::domain::summary::Summary;
use crate::domain::words;

/// So much of a text stands in a change, in characters.
const LONGEST: usize = 120;

/// In which order the accounts come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// By what the risk queue ranks: at stake × urgency, the highest first.
    #[default]
    Worst,
    /// By who looks after them, in each by rank; those of nobody last.
    Owner,
}

/// When it is, and since when changes are told.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Since when (UTC).
    pub since: Timestamp,
    /// The same in the person's time zone.
    pub since_local: DateTime,
    /// The moment it is in the person's time zone.
    pub now: DateTime,
    /// Name of whoever asks, raw: what is due and names nobody is theirs.
    pub me: String,
}

impl Frame {
    fn days(&self) -> (Date, Date) {
        (self.since_local.date(), self.now.date())
    }
}

/// That a customer left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// The day, where the CRM says it.
    pub on: Option<Date>,
}

/// What is known of an account.
#[derive(Debug)]
pub struct Facts<'a> {
    /// Its line.
    pub line: &'a Summary,
    /// How its band turned since then.
    pub turn: Option<Turn>,
    /// How its warnings moved since then.
    pub warnings: Vec<Change>,
    /// What is due on it, whoever's.
    pub due: &'a [DueItem],
    /// Its handoffs.
    pub handoffs: Vec<&'a HandoffCard>,
    /// Goals of its success plan.
    pub goals: Vec<Goal>,
    /// Where the account went, in words, if it is not in the scope any more.
    pub moved: Option<String>,
    /// That the customer left since then.
    pub left: Option<Left>,
    /// What was promised on it.
    pub promises: Vec<Promise>,
}

/// An account of the agenda.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its line.
    pub line: Summary,
    /// What changed, in the order in which it is told.
    pub changes: Vec<Change>,
    /// What was promised on it, and whether it was kept.
    pub promises: Vec<Promise>,
}

/// What a standup goes over.
#[derive(Debug, Clone, PartialEq)]
pub struct Agenda {
    /// Whose accounts.
    pub scope: Scope,
    /// Since when changes are told (UTC).
    pub since: Timestamp,
    /// Whether no standup was held in the scope before.
    pub first: bool,
    /// How many accounts the scope has, those on which nothing changed and those that left too.
    pub accounts: u32,
    /// The accounts on which something changed, or something was promised.
    pub items: Vec<Item>,
    /// What was promised on accounts that are not here any more.
    pub beside: Vec<Promise>,
}

/// How much there is of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Accounts on which something is worse.
    pub worse: u32,
    /// Accounts on which something is better and nothing worse.
    pub better: u32,
    /// Promises that were kept.
    pub kept: u32,
    /// Promises that were not, by a person's word.
    pub not_kept: u32,
    /// Promises of which nothing tells.
    pub no_record: u32,
    /// Promises whose day is ahead.
    pub ahead: u32,
}

impl Item {
    /// An account with what changed; `None` where nothing did and nothing was promised.
    pub fn of(facts: Facts<'_>, frame: &Frame) -> Option<Self> {
        let mut changes = Vec::new();
        if let Some(left) = facts.left {
            changes.push(gone(left, frame));
        } else if !facts.line.has_churned() {
            changes.extend(facts.turn.and_then(|turn| turn.change()));
            changes.extend(facts.warnings);
            changes.extend(renewal(facts.line, frame));
            changes.extend(facts.due.iter().filter_map(|item| late(item, frame)));
            changes.extend(facts.goals.iter().filter_map(|one| goal(one, frame)));
            changes.extend(
                facts
                    .handoffs
                    .into_iter()
                    .filter_map(|card| returned(card, frame)),
            );
        }
        changes.extend(facts.moved.map(|words| Change {
            what: What::MovedOut,
            words,
            at: None,
        }));
        changes.sort();
        let mut promises = facts.promises;
        promises.sort();
        let is_news = !changes.is_empty() || !promises.is_empty();
        is_news.then(|| Self {
            line: facts.line.clone(),
            changes,
            promises,
        })
    }

    /// Whether it is worse than it was, or better.
    pub fn tone(&self) -> Tone {
        tone(&self.changes)
    }

    /// Health, what is at stake, the countdown and the CSM in one line.
    pub fn head(&self, currency: Currency, today: Date) -> String {
        let line = &self.line;
        if line.has_churned() {
            return join([Some("has left".to_owned()), line.csm_name.clone()]);
        }
        let health = words::Health::of(line.band, line.last_band, line.score).words();
        let stake = format!("{} at stake", words::money(line.at_stake, currency));
        let countdown = Countdown::of(line).words(today);
        join([Some(health), Some(stake), Some(countdown), line.csm_name.clone()])
    }
}

/// Whether what changed makes an account worse, or better: worse if anything is, better only if nothing is.
pub fn tone(changes: &[Change]) -> Tone {
    let tones = changes.iter().map(|change| change.what.tone());
    tones.min().unwrap_or(Tone::Neither)
}

fn join(parts: impl IntoIterator<Item = Option<String>>) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn gone(left: Left, frame: &Frame) -> Change {
    let day = left
        .on
        .map(|day| format!(" on {}", words::weekday(frame.now.date(), day)));
    Change {
        what: What::Left,
        words: format!("the customer left{}", day.unwrap_or_default()),
        at: None,
    }
}

fn renewal(line: &Summary, frame: &Frame) -> Option<Change> {
    let countdown = Countdown::of(line);
    let days = crossed(countdown, line.monthly, frame.days())?;
    Some(Change {
        what: What::Renewal,
        words: format!(
            "renewal within {days} days: {}",
            countdown.words(frame.now.date())
        ),
        at: None,
    })
}

/// What became late since then.
fn late(item: &DueItem, frame: &Frame) -> Option<Change> {
    let from = item.is_late_from()?;
    if from > frame.now || from <= frame.since_local {
        return None;
    }
    let late = words::late(frame.now, item.due?, item.at)?;
    let title = first_line(&item.title, LONGEST);
    let who = item.owner.as_ref().unwrap_or(&frame.me);
    Some(Change {
        what: What::Late,
        words: format!("{late}: {title} ({who})"),
        at: None,
    })
}

/// That a goal was missed, or is to be looked at again.
fn goal(goal: &Goal, frame: &Frame) -> Option<Change> {
    let (is_missed, words) = goal.news(frame.days())?;
    let what = if is_missed {
        What::GoalMissed
    } else {
        What::GoalLook
    };
    Some(Change {
        what,
        words,
        at: None,
    })
}

/// That a handoff was returned since then.
fn returned(card: &HandoffCard, frame: &Frame) -> Option<Change> {
    if card.state != HandoffState::Returned || card.when <= frame.since {
        return None;
    }
    let (from, to) = (words::role(&card.from_role), words::role(&card.to_role));
    let by = card.events.last().and_then(|event| event.by.as_ref());
    let by = by.map_or_else(String::new, |by| format!(" by {by}"));
    let asked = first_line(&card.text, LONGEST);
    let asked = if asked.is_empty() {
        asked
    } else {
        format!(": {asked}")
    };
    Some(Change {
        what: What::HandoffReturned,
        words: format!("handoff {from} → {to} returned{by}{asked}"),
        at: Some(card.when),
    })
}

impl Agenda {
    /// Puts the accounts in order.
    pub fn sort(&mut self, order: Order, today: Date) {
        let worst_first = |item: &Item| {
            let line = &item.line;
            (Reverse(risk::rank_of(line, today)), line.worst, line.id.clone())
        };
        match order {
            Order::Worst => self.items.sort_by_cached_key(worst_first),
            Order::Owner => self.items.sort_by_cached_key(|item| {
                let owner = item.line.csm_name.clone();
                (owner.is_none(), owner, worst_first(item))
            }),
        }
    }

    /// How much there is of what.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for item in &self.items {
            tally.take(&item.changes, &item.promises);
        }
        tally.take(&[], &self.beside);
        tally
    }

    /// The agenda as a standup of it begins, whose id and holder are given.
    pub fn begun(
        &self,
        (standup, by): (&str, &str),
        minutes: u32,
        frame: &Frame,
        currency: Currency,
    ) -> Begun {
        let line = |item: &Item| Line {
            account: item.line.id.clone(),
            name: item.line.name.clone(),
            head: item.head(currency, frame.now.date()),
            changes: item.changes.clone(),
            promises: item.promises.clone(),
        };
        Begun {
            standup: standup.to_owned(),
            scope: self.scope.key.clone(),
            title: self.scope.title.clone(),
            by: by.to_owned(),
            local: frame.now,
            since: self.since,
            since_local: frame.since_local,
            first: self.first,
            minutes,
            accounts: self.accounts,
            agenda: self.items.iter().map(line).collect(),
        }
    }
}

impl Tally {
    /// Counts one more account.
    pub fn take(&mut self, changes: &[Change], promises: &[Promise]) {
        match tone(changes) {
            Tone::Worse => self.worse += 1,
            Tone::Better => self.better += 1,
            Tone::Neither => {}
        }
        for promise in promises {
            self.add(&promise.standing);
        }
    }

    /// Counts one more promise.
    fn add(&mut self, standing: &Standing) {
        match standing {
            Standing::Kept { .. } => self.kept += 1,
            Standing::NotKept { .. } => self.not_kept += 1,
            Standing::NoRecord => self.no_record += 1,
            Standing::Ahead => self.ahead += 1,
        }
    }

    /// What became of promises: `6 promises kept · 1 not · 2 no record`; `None` where none was made.
    pub fn promises(&self) -> Option<String> {
        let parts = [
            (self.kept, "kept"),
            (self.not_kept, "not kept"),
            (self.no_record, "no record"),
            (self.ahead, "still ahead"),
        ];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts.map(|(count, what)| format!("{count} {what}")).collect();
        (!parts.is_empty()).then(|| format!("promises: {}", parts.join(", ")))
    }
}
