//! How a warning moved since an instant.

use jiff::Timestamp;

use crate::domain::desk::Severity;
use crate::domain::warning::{Act, End, Life, Verdict, Waking};

use super::change::{Change, What};
use crate::domain::words::signal;

/// How a warning moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    /// Nobody was told of it before.
    New,
    /// It is worse: how it was, and how it is.
    Worse(String, String),
    /// It is not so any more.
    Recovered,
    /// A person closed it: what they judged, why, and who.
    Closed {
        /// What they judged.
        verdict: Verdict,
        /// The reason that was given, raw; may be empty.
        why: String,
        /// Who: the owner's e-mail address.
        by: String,
    },
}

/// How a warning moved since an instant, and when (UTC); `None` where it did not. `got_worse` is how its number was then and
/// how it is now, where that is worse.
///
/// What was true when its signal first looked is not new, whenever that was; what happens to it later is told. Of what the
/// budget holds back nobody was told yet. One that sleeps says nothing until it wakes. What ended since the customer left, the
/// account went or the signal was withdrawn is told of the account, or not at all.
pub fn moved(
    life: &Life,
    since: Timestamp,
    got_worse: Option<(String, String)>,
) -> Option<(Moved, Option<Timestamp>)> {
    if let Some(end) = life.end() {
        let is_news = end > since && (was_told(life) || !life.acts.is_empty());
        let ended = is_news.then(|| ended(life))??;
        return Some((ended, Some(end)));
    }
    if life.is_held() || life.snooze().is_some() {
        return None;
    }
    let told_at = life.told.unwrap_or(life.opened_at);
    if told_at > since {
        let again = life.opened.again.clone();
        let new = match again {
            Some((then, now)) => Moved::Worse(then, now),
            None if life.opened.standing => return None,
            None => Moved::New,
        };
        return Some((new, Some(told_at)));
    }
    let woke = life.acts.iter().rev().find_map(|done| match &done.act {
        Act::Woke(Waking::Worse(then, now)) if done.at > since => Some((then, now, done.at)),
        _ => None,
    });
    if let Some((then, now, at)) = woke {
        return Some((Moved::Worse(then.clone(), now.clone()), Some(at)));
    }
    got_worse.map(|(then, now)| (Moved::Worse(then, now), None))
}

/// Whether somebody was told of it before it ended.
fn was_told(life: &Life) -> bool {
    !life.opened.budgeted || life.opened.severity == Severity::Critical || life.told.is_some()
}

fn ended(life: &Life) -> Option<Moved> {
    let cleared = life.cleared.map(|(at, _)| at);
    if let Some((closed, done)) = life.closing()
        && cleared.is_none_or(|at| done.at <= at)
    {
        return Some(Moved::Closed {
            verdict: closed.verdict,
            why: closed.why.clone(),
            by: done.by.clone(),
        });
    }
    matches!(life.cleared, Some((_, End::Recovered))).then_some(Moved::Recovered)
}

impl Moved {
    /// As a change of an account. `reason` says what is warned of, `name` what somebody is called by their address; both raw.
    pub fn change(
        &self,
        signal_id: &str,
        reason: &str,
        at: Option<Timestamp>,
        name: impl Fn(&str) -> String,
    ) -> Change {
        let (what, words) = match self {
            Self::New => (What::WarningNew, format!("new: {reason}")),
            Self::Worse(then, now) => (What::WarningWorse, format!("worse: {reason} ({then} → {now})")),
            Self::Recovered => (
                What::WarningRecovered,
                format!("recovered: {}", signal(signal_id)),
            ),
            Self::Closed { verdict, why, by } => {
                let why = if why.is_empty() {
                    String::new()
                } else {
                    format!(": {why}")
                };
                let (signal, verdict, by) = (signal(signal_id), verdict.word(), name(by));
                (
                    What::WarningClosed,
                    format!("closed as {verdict}: {signal}, {by}{why}"),
                )
            }
        };
        Change { what, words, at }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::domain::warning::{Closed, Done, Level, Opened, Snoozed};

    fn at(hour: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour)
    }

    fn life(opened: i64) -> Life {
        Life {
            opened: Opened {
                signal: "usage-drop".to_owned(),
                ..Opened::default()
            },
            opened_at: at(opened),
            told: None,
            acts: Vec::new(),
            cleared: None,
        }
    }

    fn act(hour: i64, act: Act) -> Done {
        Done {
            at: at(hour),
            by: "dana@x".to_owned(),
            act,
        }
    }

    fn snoozed() -> Act {
        Act::Snoozed(Snoozed {
            signal: "usage-drop".to_owned(),
            until: None,
            or_worse: true,
            why: String::new(),
            level: Level::default(),
        })
    }

    fn closed() -> Act {
        Act::Closed(Closed {
            signal: "usage-drop".to_owned(),
            verdict: Verdict::Noise,
            why: "summer".to_owned(),
            level: Level::default(),
        })
    }

    fn worse() -> (String, String) {
        ("−40 %".to_owned(), "−61 %".to_owned())
    }

    /// Since hour 10.
    fn since(life: &Life, got_worse: Option<(String, String)>) -> Option<Moved> {
        moved(life, at(10), got_worse).map(|(moved, _)| moved)
    }

    #[test]
    fn a_warning_is_new_once_somebody_is_told_of_it_and_one_that_stood_before_never() {
        assert_eq!(since(&life(12), None), Some(Moved::New));
        assert_eq!(since(&life(9), None), None);
        let mut standing = life(12);
        standing.opened.standing = true;
        assert_eq!(since(&standing, None), None);
        let mut held = life(9);
        held.opened.budgeted = true;
        assert_eq!(since(&held, Some(worse())), None);
        held.told = Some(at(11));
        assert_eq!(since(&held, None), Some(Moved::New));
        held.told = Some(at(10));
        assert_eq!(since(&held, None), None, "told before");
        let mut again = life(12);
        again.opened.standing = true;
        again.opened.again = Some(worse());
        assert!(matches!(since(&again, None), Some(Moved::Worse(..))));
    }

    #[test]
    fn it_is_worse_by_what_woke_it_or_by_its_number_unless_it_sleeps() {
        assert!(matches!(since(&life(9), Some(worse())), Some(Moved::Worse(..))));
        let mut asleep = life(9);
        asleep.acts = vec![act(9, snoozed())];
        assert_eq!(since(&asleep, Some(worse())), None);
        let woke = Act::Woke(Waking::Worse("−40 %".to_owned(), "−50 %".to_owned()));
        asleep.acts.push(act(11, woke));
        let (_, now) = worse();
        let told = since(&asleep, Some(worse())).unwrap();
        assert!(
            matches!(&told, Moved::Worse(_, woke_at) if *woke_at != now),
            "{told:?}"
        );
    }

    #[test]
    fn it_ended_as_a_person_or_its_condition_ended_it_and_not_with_the_account() {
        let mut over = life(9);
        over.cleared = Some((at(11), End::Recovered));
        assert_eq!(since(&over, None), Some(Moved::Recovered));
        over.acts = vec![act(10, closed())];
        assert_eq!(since(&over, None), None, "closed before, and silent since");
        over.acts = vec![act(11, closed())];
        assert!(matches!(since(&over, None), Some(Moved::Closed { .. })));
        for end in [End::Lost, End::Gone, End::Withdrawn] {
            let mut gone = life(9);
            gone.cleared = Some((at(11), end));
            assert_eq!(since(&gone, None), None, "{end:?}");
        }
        let mut never_told = life(9);
        never_told.opened.budgeted = true;
        never_told.cleared = Some((at(11), End::Recovered));
        assert_eq!(since(&never_told, None), None);
    }

    #[test]
    fn it_is_told_in_words() {
        let words = |moved: Moved| {
            let name = |_: &str| "Dana Reyes".to_owned();
            moved
                .change("usage-drop", "usage −61 % in 30 d", None, name)
                .words
        };
        assert_eq!(words(Moved::New), "new: usage −61 % in 30 d");
        assert_eq!(words(Moved::Recovered), "recovered: usage drop");
        let (then, now) = worse();
        assert_eq!(
            words(Moved::Worse(then, now)),
            "worse: usage −61 % in 30 d (−40 % → −61 %)"
        );
        let closed = Moved::Closed {
            verdict: Verdict::Noise,
            why: "summer".to_owned(),
            by: "dana@x".to_owned(),
        };
        assert_eq!(words(closed), "closed as noise: usage drop, Dana Reyes: summer");
    }
}
