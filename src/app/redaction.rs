//! What happened, as it may be shown to others: the one way by which data comes into the model while what is secret is masked.

use std::sync::Arc;

use super::failure::{Failure, FailureKind};
use super::msg::{
    AccountMsg, BookMsg, DeskMsg, Msg, NpsMsg, OutboxMsg, RoutingMsg, StandupMsg, SyncMsg, TerminalMsg,
};
use super::outbox::Act;
use super::sync_line::SyncLine;
use crate::domain::acts::Somebody;
use crate::domain::money::Currency;
use crate::domain::outbox::OutboxView;
use crate::domain::record::Owner;
use crate::domain::redaction::{Mask, Redact};

/// Why something does not show while what is secret is masked.
pub const NOT_SHOWN: &str = "it is not shown while redacted; R shows everything again";
/// What is told in place of words that may name somebody.
const WORDS_HIDDEN: &str = "its words are hidden while redacted; R shows them again";

/// What waits until everything is shown again.
#[derive(Debug)]
pub struct Behind {
    /// The currency that amounts are of.
    pub currency: Currency,
    /// What was done before, and can be undone then.
    pub acts: Vec<Act>,
    /// What nobody dismissed before, with its words.
    pub failures: Vec<Failure>,
}

impl Failure {
    /// It without its words, which may name somebody.
    #[must_use]
    pub fn redacted(&self) -> Self {
        let what = match self.kind {
            FailureKind::Offline => "there is no way to the CRM",
            FailureKind::Unanswered => "the CRM does not answer",
            FailureKind::Trouble => "the CRM has trouble",
            FailureKind::Limited => "the CRM asked to be left alone for a while",
            FailureKind::Authentication => "the CRM does not accept who we are, or lacks a scope",
            FailureKind::Note => "something is missing, or held back",
            FailureKind::Conflict => "somebody else changed what I changed too",
            FailureKind::Stuck => "something that I wrote is not in the CRM",
            FailureKind::Loss => "history is gone unless it is brought back",
            FailureKind::Replaced => "a value of mine replaced another",
            FailureKind::Sync => "a sync could not use an answer of the CRM",
            FailureKind::Storage => "cache or ledger cannot be read or written",
            FailureKind::Unsaved => "something could not be kept",
            FailureKind::Configuration => "the configuration has mistakes",
            FailureKind::Machine => "something on this machine does not work",
        };
        Self {
            kind: self.kind,
            summary: what.to_owned(),
            hint: Some(WORDS_HIDDEN.to_owned()),
            detail: None,
        }
    }
}

impl SyncLine {
    /// It without the words of what went wrong.
    #[must_use]
    pub fn redacted(self) -> Self {
        Self {
            failed: self.failed.map(|failure| failure.redacted()),
            notes: self.notes.iter().map(|_| WORDS_HIDDEN.to_owned()).collect(),
            kept_by: None,
            ..self
        }
    }
}

/// A message without what is secret; `None` for one that cannot be told without it.
pub fn redacted(msg: Msg, mask: &Mask) -> Option<Msg> {
    Some(match msg {
        Msg::Clock(now) => Msg::Clock(now),
        Msg::Terminal(msg) => Msg::Terminal(terminal(msg)?),
        Msg::Book(msg) => Msg::Book(book(msg, mask)?),
        Msg::Desk(msg) => Msg::Desk(desk(msg, mask)),
        Msg::Account(msg) => Msg::Account(account(msg, mask)),
        Msg::Sync(SyncMsg::Progressed(line)) => Msg::Sync(SyncMsg::Progressed(line.redacted())),
        Msg::Sync(msg @ (SyncMsg::Reached(_) | SyncMsg::ByFormerModel(_) | SyncMsg::CacheChanged)) => {
            Msg::Sync(msg)
        }
        Msg::Outbox(msg) => Msg::Outbox(outbox(msg, mask)?),
        Msg::Nps(NpsMsg::Loaded { run, .. } | NpsMsg::Failed { run, .. }) => Msg::Nps(NpsMsg::Failed {
            run,
            why: NOT_SHOWN.to_owned(),
        }),
        Msg::Routing(msg) => Msg::Routing(routing(&msg)?),
        Msg::Standup(msg) => Msg::Standup(standup(msg, mask)),
        Msg::Failed(failure) => Msg::Failed(failure.redacted()),
    })
}

fn terminal(msg: TerminalMsg) -> Option<TerminalMsg> {
    match msg {
        TerminalMsg::Resized(_) | TerminalMsg::Key(_) | TerminalMsg::Pasted(_) | TerminalMsg::PasteCut(_) => {
            Some(msg)
        }
        TerminalMsg::Told(_) => Some(TerminalMsg::Told(format!("done; {WORDS_HIDDEN}"))),
        // No form is open.
        TerminalMsg::Composed { .. } => None,
    }
}

fn book(msg: BookMsg, mask: &Mask) -> Option<BookMsg> {
    Some(match msg {
        BookMsg::FirstPageLoaded(lines) => BookMsg::FirstPageLoaded(lines.redacted(mask)),
        // One that was filled before is read again.
        BookMsg::Loaded { ref book, .. } if !book.is_redacted() => return None,
        BookMsg::Loaded { .. }
        | BookMsg::Ordered { .. }
        | BookMsg::Prepared { .. }
        | BookMsg::Ranked { .. } => msg,
        // Nothing is tried meanwhile.
        BookMsg::Tried { .. } => return None,
    })
}

fn desk(msg: DeskMsg, mask: &Mask) -> DeskMsg {
    let why = || NOT_SHOWN.to_owned();
    match msg {
        DeskMsg::Loaded(desk) => DeskMsg::Loaded(desk.redacted(mask)),
        DeskMsg::Narrowed { run, found } => DeskMsg::Narrowed {
            run,
            found: found
                .map(|desk| desk.redacted(mask))
                .map_err(|failure| failure.redacted()),
        },
        DeskMsg::Planned { run, .. } => DeskMsg::Planned {
            run,
            planned: Err(why()),
        },
        DeskMsg::Standings { run, .. } => DeskMsg::Standings {
            run,
            read: Err(why()),
        },
        DeskMsg::Bulk { run, .. } => DeskMsg::Bulk {
            run,
            read: Err(why()),
        },
        DeskMsg::Team { run, .. } => DeskMsg::Team {
            run,
            read: Err(why()),
        },
        DeskMsg::Alarms { run, .. } | DeskMsg::AlarmsFailed { run, .. } => {
            DeskMsg::AlarmsFailed { run, why: why() }
        }
    }
}

fn account(msg: AccountMsg, mask: &Mask) -> AccountMsg {
    match msg {
        AccountMsg::Loaded { run, view } => AccountMsg::Loaded {
            run,
            view: view.redacted(mask),
        },
        AccountMsg::ReadAnew { id } => AccountMsg::ReadAnew { id },
        AccountMsg::Failed { run, failure } => AccountMsg::Failed {
            run,
            failure: failure.redacted(),
        },
    }
}

/// Nothing is written meanwhile, so that what tells of writing comes only from before: everything is read again.
fn outbox(msg: OutboxMsg, mask: &Mask) -> Option<OutboxMsg> {
    Some(match msg {
        OutboxMsg::Loaded(view) => OutboxMsg::Loaded(Arc::new(OutboxView {
            counts: view.counts,
            ..OutboxView::default()
        })),
        OutboxMsg::PeopleLoaded { me, people, owners } => {
            let somebody = |one: &Somebody| Somebody {
                id: mask.id(&one.id),
                name: mask.person(&one.name),
            };
            OutboxMsg::PeopleLoaded {
                me: me.as_ref().map(somebody),
                people: people.iter().map(somebody).collect(),
                owners: owners
                    .iter()
                    .map(|owner: &Owner| owner.clone().redacted(mask))
                    .collect(),
            }
        }
        OutboxMsg::StandupNoted { run, done } => OutboxMsg::StandupNoted {
            run,
            done: done.map_err(|failure| failure.redacted()),
        },
        OutboxMsg::Unsaved(failure) => OutboxMsg::Unsaved(failure.redacted()),
        OutboxMsg::Changed | OutboxMsg::Allowed(_) => msg,
        OutboxMsg::NotQueued { .. }
        | OutboxMsg::NotWarned { .. }
        | OutboxMsg::Queued { .. }
        | OutboxMsg::TurnedBack { .. }
        | OutboxMsg::Warned { .. }
        | OutboxMsg::StepTaken(_)
        | OutboxMsg::TakenBack(_)
        | OutboxMsg::Undone { .. }
        | OutboxMsg::TooLate(_)
        | OutboxMsg::DraftSaved { .. }
        | OutboxMsg::DraftLoaded { .. }
        | OutboxMsg::DraftUnread { .. } => return None,
    })
}

fn routing(msg: &RoutingMsg) -> Option<RoutingMsg> {
    Some(match *msg {
        RoutingMsg::Loaded { run, .. } | RoutingMsg::Failed { run, .. } => RoutingMsg::Failed {
            run,
            why: NOT_SHOWN.to_owned(),
        },
        RoutingMsg::RequesterFound { run, .. } => RoutingMsg::RequesterFound {
            run,
            found: Err(NOT_SHOWN.to_owned()),
        },
        RoutingMsg::WeeksLoaded { .. } => return None,
    })
}

fn standup(msg: StandupMsg, mask: &Mask) -> StandupMsg {
    match msg {
        StandupMsg::Loaded { run, prepared } => StandupMsg::Loaded {
            run,
            prepared: prepared.redacted(mask),
        },
        StandupMsg::Failed { run, .. } => StandupMsg::Failed {
            run,
            why: WORDS_HIDDEN.to_owned(),
        },
        // Where that is names at least whose directory it is.
        StandupMsg::Kept(told) if told.contains("no file") => {
            StandupMsg::Kept("the minutes are in no file; y copies them".to_owned())
        }
        StandupMsg::Kept(_) => StandupMsg::Kept(
            "the minutes are in a file, in the directory that retain was started in".to_owned(),
        ),
    }
}
