//! What a person can do: the one table behind keymap, footer, help, palette and key reference.

mod info;
mod row;
mod table;
mod team;
mod warnings;

pub use self::row::{
    about, bulk_here, completed, copy_text, missed_goal, open_account, plays_on_marked, record_of_line,
    selected_due, selected_handoff, warnings_here,
};
pub use self::table::ACTIONS;

use self::table::{ACCOUNT, ACCOUNTS, MARKS, QUEUE, TASKS, WARNINGS};
use super::layout::Pane;
use super::model::Model;
use super::reading;
use super::redaction::NOT_SHOWN;
use crate::domain::reach::Reach;

/// So many accounts of the list can be marked at once.
const MOST_MARKED: usize = 5_000;

/// What a person can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// To the next item.
    MoveDown,
    /// To the item before.
    MoveUp,
    /// To the first item.
    MoveFirst,
    /// To the last item.
    MoveLast,
    /// Half a page down.
    HalfPageDown,
    /// Half a page up.
    HalfPageUp,
    /// A page down.
    PageDown,
    /// A page up.
    PageUp,
    /// Focus on the next pane or part.
    NextPane,
    /// Focus on the pane or part before.
    PreviousPane,
    /// Focus on a pane.
    Focus(Pane),
    /// Open the account of the item, or the full text of a line of the account screen.
    Open,
    /// Back to where one came from.
    Back,
    /// Leave the innermost screen.
    Leave,
    /// Narrow the account list while typing.
    Filter,
    /// Choose the order of the account list.
    Sort,
    /// Mark the account of the line, for what is done with many.
    Mark,
    /// Mark every account that the list shows.
    MarkAll,
    /// Give the focused pane the whole screen.
    FullScreen,
    /// Try other values and weights on the account.
    WhatIf,
    /// Count the change of the score over a longer time.
    LongerSpan,
    /// Count the change of the score over a shorter time.
    ShorterSpan,
    /// Count the change of the score from a day.
    Since,
    /// Open the account in the CRM.
    OpenInCrm,
    /// Copy the selected item.
    Copy,
    /// Show the team's table: a line per book.
    Team,
    /// Show what customers answered.
    Nps,
    /// Show open questions with the desk that should answer each.
    Route,
    /// Find the account that a requester is of.
    Who,
    /// Show what waits to be sent.
    Outbox,
    /// Write a note on the account.
    Note,
    /// Make a task on the account.
    Task,
    /// Log a call, meeting or e-mail in one line.
    Log,
    /// Say why a goal was missed, what changes, and when to look again.
    MissedGoal,
    /// Edit a field of the account, or when the task under the cursor is due and whose it is.
    Edit,
    /// Complete the task or step under the cursor.
    Done,
    /// Take the warnings under the cursor on.
    Acknowledge,
    /// Say that something is done about the warnings under the cursor.
    Plan,
    /// Let the warnings under the cursor sleep until a day, or until they are worse.
    Snooze,
    /// Wake the warnings under the cursor, or open again what was closed.
    Wake,
    /// Close a warning as real, known or noise.
    CloseWarning,
    /// Show another kind of warning in the risk queue.
    NextKind,
    /// Group the risk queue by something else.
    Group,
    /// Show how the alarms do: precision, lead time, what was missed.
    Alarms,
    /// Go over what changed, one account a screen.
    Standup,
    /// Take up again the task of the account that was completed from here last.
    Reopen,
    /// Leave out the step under the cursor.
    LeaveOut,
    /// Start a playbook on the account.
    Play,
    /// Show the playbooks that were started on many accounts, and how they stand.
    BulkPlays,
    /// Hand the account over to somebody.
    Handoff,
    /// Decide what somebody else changed too.
    Decide,
    /// Undo what was done last.
    Undo,
    /// Sync with the CRM now.
    Sync,
    /// Run an action by its name.
    Palette,
    /// Show every key.
    Help,
    /// Allow writing to the CRM.
    EnableWrites,
    /// Show the notes of the last sync again.
    Notes,
    /// Dismiss the failure that shows.
    Dismiss,
    /// Mask people, customers and money, or show them again.
    Redact,
    /// Draw every cell anew.
    Redraw,
    /// Stop, to be continued by the shell.
    Suspend,
    /// End the program.
    Quit,
}

/// Where an action makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// The account list.
    Accounts,
    /// The risk queue.
    Risks,
    /// The steps.
    Steps,
    /// The handoffs.
    Handoffs,
    /// The account screen.
    Account,
}

/// What an action is about: the headings of the help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Through a list or a text.
    Move,
    /// Between panes, parts and screens.
    Panes,
    /// With the selected line.
    Line,
    /// With the list of accounts.
    List,
    /// With the risk queue and its warnings.
    Warnings,
    /// What is written to the CRM.
    Write,
    /// With the CRM and what it told.
    Data,
    /// With the program itself.
    Program,
}

impl Topic {
    /// All topics, in the order of the help.
    pub const ALL: [Self; 8] = [
        Self::Move,
        Self::Panes,
        Self::Line,
        Self::List,
        Self::Warnings,
        Self::Write,
        Self::Data,
        Self::Program,
    ];

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Move => "Move",
            Self::Panes => "Panes and screens",
            Self::Line => "The selected line",
            Self::List => "The account list",
            Self::Warnings => "Warnings",
            Self::Write => "Write",
            Self::Data => "The CRM",
            Self::Program => "The program",
        }
    }
}

/// An action's line in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Info {
    /// What it does.
    pub action: Action,
    /// Stable id, for `keys.toml` and the palette.
    pub id: &'static str,
    /// One or two words, for the footer.
    pub name: &'static str,
    /// One sentence without a full stop, for help and palette.
    pub doc: &'static str,
    /// The keys that run it unless `keys.toml` says otherwise; chords are keys with spaces between.
    pub keys: &'static [&'static str],
    /// Under which heading the help has it.
    pub topic: Topic,
    /// Where it makes sense; empty is everywhere.
    pub contexts: &'static [Context],
    /// Place in the footer, the most useful first, each its own; 0 has none. Help has one always, the last.
    pub footer: u8,
    /// Whether it writes to the CRM, or leads to where one does: never without the permit.
    pub writes: bool,
}

impl Info {
    /// Whether the action makes sense here.
    pub fn is_for(&self, context: Context) -> bool {
        self.contexts.is_empty() || self.contexts.contains(&context)
    }
}

impl Action {
    /// The action's line in the table.
    pub fn info(self) -> &'static Info {
        ACTIONS
            .iter()
            .find(|info| info.action == self)
            .unwrap_or(&ACTIONS[0])
    }

    /// The action with this id.
    pub fn by_id(id: &str) -> Option<Self> {
        ACTIONS.iter().find(|info| info.id == id).map(|info| info.action)
    }

    /// Whether it would show what nobody may see while redacted, or leads to where something is written.
    fn shows_unmasked(self) -> bool {
        matches!(
            self,
            Self::WhatIf
                | Self::OpenInCrm
                | Self::Outbox
                | Self::Nps
                | Self::Route
                | Self::Who
                | Self::Alarms
                | Self::BulkPlays
                | Self::Notes
                | Self::EnableWrites
        )
    }

    /// Whether the action can run now; if not, why.
    pub fn available(self, model: &Model) -> Result<(), String> {
        if model.is_redacted() && self.shows_unmasked() {
            return Err(NOT_SHOWN.to_owned());
        }
        if self.info().writes {
            model.may_write().map_err(|read_only| read_only.why)?;
        }
        if !self.info().is_for(model.context()) {
            return Err(match self.info().contexts {
                ACCOUNT => "open an account first".to_owned(),
                TASKS => "choose a task first, in the steps or under Next of an account".to_owned(),
                WARNINGS => "choose a warning first, in the risk queue or under Why of an account".to_owned(),
                QUEUE => "go to the risk queue first".to_owned(),
                ACCOUNTS | MARKS => "go to the accounts first".to_owned(),
                _ => "go back to the cockpit first".to_owned(),
            });
        }
        match self {
            Self::Decide if model.outbox.view.counts.needs_a_person() == 0 => {
                Err("nothing in the outbox waits for you".to_owned())
            }
            Self::Undo if model.outbox.acts.is_empty() => {
                Err("nothing was done here yet that could be undone".to_owned())
            }
            Self::Play if plays_on_marked(model) => Ok(()),
            Self::Note
            | Self::Task
            | Self::Log
            | Self::Edit
            | Self::Play
            | Self::Handoff
            | Self::WhatIf
            | Self::Mark
                if about(model).is_none() =>
            {
                Err("choose an account first".to_owned())
            }
            Self::MissedGoal => missed_goal(model).map(|_| ()).map_err(str::to_owned),
            Self::Acknowledge | Self::Plan | Self::Snooze | Self::Wake | Self::CloseWarning => {
                warnings_here(model).map(|_| ())
            }
            Self::Open if model.account.is_none() && opens_to_more(model) => Ok(()),
            Self::Done => row::can_be_done(model),
            Self::Reopen => completed(model).map(|_| ()),
            Self::LeaveOut => row::can_be_left_out(model),
            Self::Open if model.account.is_some() => reading::selected(model)
                .map(|_| ())
                .ok_or_else(|| "there is no line to open".to_owned()),
            Self::Open | Self::OpenInCrm if model.account.is_none() && model.len(model.pane) == 0 => {
                Err("there is no line here".to_owned())
            }
            Self::Open
                if model
                    .account_at(model.pane, model.cursor(model.pane).at)
                    .is_none() =>
            {
                Err("the line belongs to no account".to_owned())
            }
            Self::Back if !can_go_back(model) => Err("nothing to go back from".to_owned()),
            Self::MarkAll if model.accounts.rows.is_empty() => {
                Err("there are no accounts to mark".to_owned())
            }
            Self::MarkAll if model.accounts.rows.len() > MOST_MARKED => Err(format!(
                "narrow the list first (/): no more than {MOST_MARKED} are marked at once"
            )),
            Self::MarkAll if !model.accounts.complete => Err("the accounts are being read".to_owned()),
            Self::Sort if model.accounts.rows.is_empty() => Err("there are no accounts to sort".to_owned()),
            Self::OpenInCrm if model.account.is_some() => open_account(model)
                .filter(|view| view.link.is_some())
                .map(|_| ())
                .ok_or_else(|| "the CRM gave no address for this account".to_owned()),
            Self::OpenInCrm if record_of_line(model).is_none() => {
                Err("the line belongs to no account".to_owned())
            }
            Self::Copy if copy_text(model).is_none() => Err("nothing to copy here".to_owned()),
            Self::Sync if model.sync.under_way.is_some() => Err("a sync is under way".to_owned()),
            Self::EnableWrites => match model.may_write() {
                Ok(_) => Err("writing is allowed already".to_owned()),
                Err(read_only) if !read_only.by_profile => Err(read_only.why),
                Err(_) => Ok(()),
            },
            Self::Notes if !model.has_notes() => Err(nothing_to_note(model).to_owned()),
            Self::Dismiss if model.failures.is_empty() => Err("no failure shows".to_owned()),
            _ => Ok(()),
        }
    }
}

/// Why there are no notes: only a sync that came to its end, with nothing wrong since, has read everything.
fn nothing_to_note(model: &Model) -> &'static str {
    match model.sync.last_success {
        None => "no sync has come to its end yet",
        Some(_) => match model.reach.0 {
            Reach::Answers => "the last sync has read everything",
            Reach::Silent => {
                "the CRM does not answer now; the last sync that came to its end had read everything"
            }
            Reach::Unreachable => {
                "the CRM cannot be reached now; the last sync that came to its end had read everything"
            }
        },
    }
}

/// Whether the line opens to others: of the risk queue, or a bulk play of the steps.
fn opens_to_more(model: &Model) -> bool {
    if model.pane != Pane::Risks {
        return bulk_here(model).is_some();
    }
    let desk = model.desk.warned();
    let at = model.cursor(Pane::Risks).at;
    desk.is_some_and(|desk| model.desk.queue.fold(desk, at).is_some())
}

fn can_go_back(model: &Model) -> bool {
    let is_filtered = model.accounts.is_filtered() || model.desk.filter.is_on();
    model.account.is_some() || model.full || is_filtered || !model.failures.is_empty()
}
