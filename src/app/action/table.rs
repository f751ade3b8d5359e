//! The table of actions itself, in the order of the help.

use super::info::info;
use super::team;
use super::warnings;
use super::{Action, Context, Info, Topic};
use crate::app::layout::Pane;

const COCKPIT: &[Context] = &[
    Context::Accounts,
    Context::Risks,
    Context::Steps,
    Context::Handoffs,
];
/// Where tasks are.
pub(super) const TASKS: &[Context] = &[Context::Steps, Context::Account];
/// Where warnings are.
pub(super) const WARNINGS: &[Context] = &[Context::Risks, Context::Account];
/// Only in the risk queue.
pub(super) const QUEUE: &[Context] = &[Context::Risks];
/// Where accounts are marked.
pub(super) const MARKS: &[Context] = &[Context::Accounts, Context::Risks];
/// Only in the list of accounts.
pub(super) const ACCOUNTS: &[Context] = &[Context::Accounts];
/// Only on the account screen.
pub(super) const ACCOUNT: &[Context] = &[Context::Account];

/// Every action, in the order of the help.
pub const ACTIONS: [Info; 65] = [
    info(
        Action::MoveDown,
        "move-down",
        "down",
        "To the next line",
        &["j", "down"],
    )
    .under(Topic::Move),
    info(
        Action::MoveUp,
        "move-up",
        "up",
        "To the line before",
        &["k", "up"],
    )
    .under(Topic::Move),
    info(
        Action::MoveFirst,
        "move-first",
        "first",
        "To the first line",
        &["g", "home"],
    )
    .under(Topic::Move),
    info(
        Action::MoveLast,
        "move-last",
        "last",
        "To the last line",
        &["G", "end"],
    )
    .under(Topic::Move),
    info(
        Action::HalfPageDown,
        "half-page-down",
        "half page down",
        "Half a page down",
        &["ctrl-d"],
    )
    .under(Topic::Move),
    info(
        Action::HalfPageUp,
        "half-page-up",
        "half page up",
        "Half a page up",
        &["ctrl-u"],
    )
    .under(Topic::Move),
    info(
        Action::PageDown,
        "page-down",
        "page down",
        "A page down",
        &["page-down", "ctrl-f"],
    )
    .under(Topic::Move),
    info(
        Action::PageUp,
        "page-up",
        "page up",
        "A page up",
        &["page-up", "ctrl-b"],
    )
    .under(Topic::Move),
    info(
        Action::NextPane,
        "next-pane",
        "next pane",
        "To the next pane or part",
        &["tab"],
    )
    .under(Topic::Panes)
    .footer(21),
    info(
        Action::PreviousPane,
        "previous-pane",
        "pane before",
        "To the pane or part before",
        &["shift-tab"],
    )
    .under(Topic::Panes),
    info(
        Action::Focus(Pane::Accounts),
        "pane-accounts",
        "accounts",
        "To the account list",
        &["1"],
    )
    .under(Topic::Panes)
    .only(COCKPIT),
    info(
        Action::Focus(Pane::Risks),
        "pane-risks",
        "risks",
        "To the risk queue",
        &["2"],
    )
    .under(Topic::Panes)
    .only(COCKPIT),
    info(
        Action::Focus(Pane::Steps),
        "pane-steps",
        "steps",
        "To what is due for me",
        &["3"],
    )
    .under(Topic::Panes)
    .only(COCKPIT),
    info(
        Action::Focus(Pane::Handoffs),
        "pane-handoffs",
        "handoffs",
        "To the handoffs",
        &["4"],
    )
    .under(Topic::Panes)
    .only(COCKPIT),
    info(
        Action::FullScreen,
        "full-screen",
        "full screen",
        "Give this pane or part the whole screen",
        &["f"],
    )
    .under(Topic::Panes)
    .footer(24),
    info(
        Action::Back,
        "back",
        "back",
        "Back: close, clear, end the full screen",
        &["esc"],
    )
    .under(Topic::Panes)
    .footer(3),
    info(
        Action::Leave,
        "leave",
        "leave",
        "Leave this screen; at last, the program",
        &["q"],
    )
    .under(Topic::Panes),
    info(
        Action::Open,
        "open",
        "open",
        "Open the line: its account, run or text",
        &["enter"],
    )
    .under(Topic::Line)
    .footer(2),
    info(
        Action::Copy,
        "copy",
        "copy",
        "Copy the line's name, address or words",
        &["y"],
    )
    .under(Topic::Line)
    .footer(23),
    info(
        Action::WhatIf,
        "what-if",
        "what if",
        "Try values and weights",
        &["w"],
    )
    .under(Topic::Line)
    .footer(18),
    info(
        Action::LongerSpan,
        "longer-span",
        "longer",
        "Count the change over a longer time",
        &["."],
    )
    .under(Topic::Line)
    .only(ACCOUNT),
    info(
        Action::ShorterSpan,
        "shorter-span",
        "shorter",
        "Count the change over a shorter time",
        &[","],
    )
    .under(Topic::Line)
    .only(ACCOUNT),
    info(
        Action::Since,
        "since",
        "since",
        "Count the change from any day",
        &[],
    )
    .under(Topic::Line)
    .only(ACCOUNT),
    info(
        Action::OpenInCrm,
        "open-in-crm",
        "open in CRM",
        "Open the line in the CRM's own pages",
        &["o"],
    )
    .under(Topic::Line)
    .footer(22),
    info(
        Action::Filter,
        "filter",
        "filter",
        "Narrow the accounts, or the queue",
        &["/"],
    )
    .under(Topic::List)
    .footer(9)
    .only(COCKPIT),
    info(
        Action::Sort,
        "sort",
        "sort",
        "Choose the order of the accounts",
        &["s"],
    )
    .under(Topic::List)
    .footer(20)
    .only(COCKPIT),
    info(
        Action::Mark,
        "mark",
        "mark",
        "Mark the account, to play on many",
        &["space"],
    )
    .under(Topic::List)
    .only(MARKS),
    info(
        Action::MarkAll,
        "mark-all",
        "mark all",
        "Mark every account listed, or none",
        &[],
    )
    .under(Topic::List)
    .only(ACCOUNTS),
    warnings::CLOSE,
    warnings::SNOOZE,
    warnings::ACKNOWLEDGE,
    info(Action::Plan, "plan", "plan", "Say what is done about it", &["P"])
        .under(Topic::Warnings)
        .only(WARNINGS)
        .writes(),
    warnings::WAKE,
    warnings::NEXT_KIND,
    warnings::GROUP,
    warnings::ALARMS,
    info(
        Action::Note,
        "note",
        "note",
        "Write a note on the account",
        &["n"],
    )
    .under(Topic::Write)
    .footer(12)
    .writes(),
    info(Action::Task, "task", "task", "Make a task on the account", &["t"])
        .under(Topic::Write)
        .footer(13)
        .writes(),
    team::MISSED_GOAL,
    info(Action::Log, "log", "log", "Log a call, meeting or e-mail", &["l"])
        .under(Topic::Write)
        .footer(11)
        .writes(),
    info(
        Action::Edit,
        "edit",
        "edit",
        "Edit a field of the account, or a task",
        &["e"],
    )
    .under(Topic::Write)
    .footer(14)
    .writes(),
    info(Action::Done, "done", "done", "Complete the task or step", &["x"])
        .under(Topic::Write)
        .footer(10)
        .only(TASKS)
        .writes(),
    info(
        Action::Reopen,
        "reopen",
        "reopen",
        "Take up the task completed here last",
        &[],
    )
    .under(Topic::Write)
    .writes(),
    info(
        Action::LeaveOut,
        "leave-out",
        "leave out",
        "Leave out the step, with a reason",
        &["-"],
    )
    .under(Topic::Write)
    .only(TASKS)
    .writes(),
    info(
        Action::Play,
        "play",
        "play",
        "Start a playbook here or on all marked",
        &["p"],
    )
    .under(Topic::Write)
    .footer(15)
    .writes(),
    info(
        Action::BulkPlays,
        "bulk-plays",
        "bulk plays",
        "How playbooks on many accounts stand",
        &["B"],
    )
    .under(Topic::Data),
    info(
        Action::Handoff,
        "handoff",
        "hand over",
        "Hand over; accept, return or answer",
        &["h"],
    )
    .under(Topic::Write)
    .footer(16)
    .writes(),
    info(
        Action::Decide,
        "decide",
        "decide",
        "Decide what waits for me in the outbox",
        &["!"],
    )
    .under(Topic::Write)
    .footer(1)
    .writes(),
    info(
        Action::Outbox,
        "outbox",
        "outbox",
        "What waits, was sent, or needs me",
        &["O"],
    )
    .under(Topic::Data)
    .footer(17),
    info(
        Action::Undo,
        "undo",
        "undo",
        "Take back what was done last",
        &["u"],
    )
    .under(Topic::Write)
    .writes(),
    info(
        Action::Sync,
        "sync",
        "sync",
        "Read what changed in the CRM now",
        &["ctrl-r"],
    )
    .under(Topic::Data)
    .footer(25),
    info(
        Action::Notes,
        "notes",
        "notes",
        "Show what the last sync could not read",
        &[],
    )
    .under(Topic::Data),
    info(
        Action::Standup,
        "standup",
        "standup",
        "Go over what changed, one by one",
        &["S"],
    )
    .under(Topic::Data),
    team::TEAM,
    info(
        Action::Nps,
        "nps",
        "NPS",
        "What customers answered, who is silent",
        &["N"],
    )
    .under(Topic::Data),
    info(
        Action::Route,
        "route",
        "routing",
        "Open questions, and who answers them",
        &["T"],
    )
    .under(Topic::Data),
    info(
        Action::Who,
        "who",
        "who asks",
        "Whose account an address is of",
        &["M"],
    )
    .under(Topic::Data),
    info(
        Action::EnableWrites,
        "enable-writes",
        "enable writes",
        "Allow this profile to write to the CRM",
        &[],
    )
    .under(Topic::Data),
    info(
        Action::Palette,
        "palette",
        "palette",
        "Run any action by its name",
        &[":", "ctrl-p"],
    )
    .under(Topic::Program)
    .footer(19),
    info(Action::Help, "help", "help", "Show every key", &["?"]).under(Topic::Program),
    info(
        Action::Dismiss,
        "dismiss",
        "dismiss",
        "Dismiss the failure that shows",
        &["X"],
    )
    .under(Topic::Program),
    info(
        Action::Redact,
        "redact",
        "redact",
        "Mask people, customers and money",
        &["R"],
    )
    .under(Topic::Program),
    info(
        Action::Redraw,
        "redraw",
        "redraw",
        "Draw the screen anew",
        &["ctrl-l"],
    )
    .under(Topic::Program),
    info(
        Action::Suspend,
        "suspend",
        "suspend",
        "Stop, back to the shell; fg continues",
        &["ctrl-z"],
    )
    .under(Topic::Program),
    info(Action::Quit, "quit", "quit", "End the program", &["ctrl-c"]).under(Topic::Program),
];
