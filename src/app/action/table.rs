//! The table of actions itself, in the order of the help.

use super::{Action, Context, Info, Topic};
use crate::app::layout::Pane;

const fn info(
    action: Action,
    id: &'static str,
    name: &'static str,
    doc: &'static str,
    keys: &'static [&'static str],
) -> Info {
    Info {
        action,
        id,
        name,
        doc,
        keys,
        topic: Topic::Program,
        contexts: &[],
        footer: 0,
        writes: false,
    }
}

impl Info {
    const fn under(self, topic: Topic) -> Self {
        Self { topic, ..self }
    }

    const fn only(self, contexts: &'static [Context]) -> Self {
        Self { contexts, ..self }
    }

    const fn writes(self) -> Self {
        Self { writes: true, ..self }
    }

    const fn footer(self, footer: u8) -> Self {
        Self { footer, ..self }
    }
}

const COCKPIT: &[Context] = &[
    Context::Accounts,
    Context::Risks,
    Context::Steps,
    Context::Handoffs,
];
/// Only on the account screen.
pub(super) const ACCOUNT: &[Context] = &[Context::Account];

/// Every action, in the order of the help.
pub const ACTIONS: [Info; 33] = [
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
    .footer(10),
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
    .footer(9),
    info(
        Action::Back,
        "back",
        "back",
        "Back: close, clear, end the full screen",
        &["esc"],
    )
    .under(Topic::Panes)
    .footer(2),
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
        "Open the line: its account, or its text",
        &["enter"],
    )
    .under(Topic::Line)
    .footer(1),
    info(
        Action::Copy,
        "copy",
        "copy",
        "Copy the line's name, address or words",
        &["y"],
    )
    .under(Topic::Line)
    .footer(8),
    info(
        Action::OpenInCrm,
        "open-in-crm",
        "open in CRM",
        "Open the account in the CRM's own pages",
        &["o"],
    )
    .under(Topic::Line)
    .only(ACCOUNT)
    .footer(7),
    info(
        Action::Filter,
        "filter",
        "filter",
        "Narrow the accounts as you type",
        &["/"],
    )
    .under(Topic::List)
    .only(COCKPIT)
    .footer(3),
    info(
        Action::Sort,
        "sort",
        "sort",
        "Choose the order of the accounts",
        &["s"],
    )
    .under(Topic::List)
    .only(COCKPIT)
    .footer(4),
    info(
        Action::Outbox,
        "outbox",
        "outbox",
        "What waits, was sent, or needs me",
        &["O"],
    )
    .under(Topic::Data)
    .footer(12),
    info(
        Action::Undo,
        "undo",
        "undo",
        "Take back what was done last",
        &["u"],
    )
    .under(Topic::Data)
    .writes(),
    info(
        Action::Sync,
        "sync",
        "sync",
        "Read what changed in the CRM now",
        &["ctrl-r"],
    )
    .under(Topic::Data)
    .footer(11),
    info(
        Action::Notes,
        "notes",
        "notes",
        "Show what the last sync could not read",
        &[],
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
    .footer(6),
    info(Action::Help, "help", "help", "Show every key", &["?"])
        .under(Topic::Program)
        .footer(5),
    info(
        Action::Dismiss,
        "dismiss",
        "dismiss",
        "Dismiss the failure that shows",
        &["X"],
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
