//! What a person can do: the one table behind keymap, footer, help, palette and key reference.

use super::account::Part;
use super::layout::Pane;
use super::model::Model;

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
    /// Open the account of the item.
    Open,
    /// Back to where one came from.
    Back,
    /// Leave the innermost screen.
    Leave,
    /// Narrow the account list while typing.
    Filter,
    /// Choose the order of the account list.
    Sort,
    /// Give the focused pane the whole screen.
    FullScreen,
    /// Open the account in the CRM.
    OpenInCrm,
    /// Copy the selected item.
    Copy,
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
    /// Where it makes sense; empty is everywhere.
    pub contexts: &'static [Context],
    /// Place in the footer, the first first; 0 is not in the footer.
    pub footer: u8,
}

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
        contexts: &[],
        footer: 0,
    }
}

impl Info {
    /// Whether the action makes sense here.
    pub fn is_for(&self, context: Context) -> bool {
        self.contexts.is_empty() || self.contexts.contains(&context)
    }

    const fn only(self, contexts: &'static [Context]) -> Self {
        Self { contexts, ..self }
    }

    const fn footer(self, footer: u8) -> Self {
        Self { footer, ..self }
    }
}

const LISTS: &[Context] = &[
    Context::Accounts,
    Context::Risks,
    Context::Steps,
    Context::Handoffs,
];
const COCKPIT: &[Context] = LISTS;
const ACCOUNT: &[Context] = &[Context::Account];

/// Every action, in the order of the help.
pub const ACTIONS: [Info; 31] = [
    info(
        Action::Open,
        "open",
        "open",
        "Open the account of the selected line",
        &["enter"],
    )
    .only(LISTS)
    .footer(1),
    info(
        Action::Back,
        "back",
        "back",
        "Back: close, clear the filter, or leave the full screen",
        &["esc"],
    )
    .footer(2),
    info(
        Action::Leave,
        "leave",
        "leave",
        "Leave the innermost screen; from the cockpit, end the program",
        &["q"],
    ),
    info(
        Action::MoveDown,
        "move-down",
        "down",
        "To the next line",
        &["j", "down"],
    ),
    info(
        Action::MoveUp,
        "move-up",
        "up",
        "To the line before",
        &["k", "up"],
    ),
    info(
        Action::MoveFirst,
        "move-first",
        "first",
        "To the first line",
        &["g", "home"],
    ),
    info(
        Action::MoveLast,
        "move-last",
        "last",
        "To the last line",
        &["G", "end"],
    ),
    info(
        Action::HalfPageDown,
        "half-page-down",
        "half page down",
        "Half a page down",
        &["ctrl-d"],
    ),
    info(
        Action::HalfPageUp,
        "half-page-up",
        "half page up",
        "Half a page up",
        &["ctrl-u"],
    ),
    info(
        Action::PageDown,
        "page-down",
        "page down",
        "A page down",
        &["page-down", "ctrl-f"],
    ),
    info(
        Action::PageUp,
        "page-up",
        "page up",
        "A page up",
        &["page-up", "ctrl-b"],
    ),
    info(
        Action::NextPane,
        "next-pane",
        "next pane",
        "To the next pane, or part of the account",
        &["tab"],
    )
    .footer(10),
    info(
        Action::PreviousPane,
        "previous-pane",
        "pane before",
        "To the pane or part before",
        &["shift-tab"],
    ),
    info(
        Action::Focus(Pane::Accounts),
        "pane-accounts",
        "accounts",
        "To the account list",
        &["1"],
    )
    .only(COCKPIT),
    info(
        Action::Focus(Pane::Risks),
        "pane-risks",
        "risks",
        "To the risk queue",
        &["2"],
    )
    .only(COCKPIT),
    info(
        Action::Focus(Pane::Steps),
        "pane-steps",
        "steps",
        "To what is due for me",
        &["3"],
    )
    .only(COCKPIT),
    info(
        Action::Focus(Pane::Handoffs),
        "pane-handoffs",
        "handoffs",
        "To the handoffs",
        &["4"],
    )
    .only(COCKPIT),
    info(
        Action::Filter,
        "filter",
        "filter",
        "Narrow the accounts: words in any order, or ~ and letters",
        &["/"],
    )
    .only(COCKPIT)
    .footer(3),
    info(
        Action::Sort,
        "sort",
        "sort",
        "Choose the order of the accounts",
        &["s"],
    )
    .only(COCKPIT)
    .footer(4),
    info(
        Action::FullScreen,
        "full-screen",
        "full screen",
        "Give this pane the whole screen, or take it back",
        &["f"],
    )
    .only(COCKPIT)
    .footer(9),
    info(
        Action::OpenInCrm,
        "open-in-crm",
        "open in CRM",
        "Open the account in the CRM's own pages",
        &["o"],
    )
    .only(ACCOUNT)
    .footer(7),
    info(
        Action::Copy,
        "copy",
        "copy",
        "Copy the selected line's name, address or words",
        &["y"],
    )
    .footer(8),
    info(
        Action::Sync,
        "sync",
        "sync",
        "Read what changed in the CRM now",
        &["ctrl-r"],
    )
    .footer(11),
    info(
        Action::Palette,
        "palette",
        "palette",
        "Run any action by its name",
        &[":", "ctrl-p"],
    )
    .footer(6),
    info(Action::Help, "help", "help", "Show every key", &["?"]).footer(5),
    info(
        Action::EnableWrites,
        "enable-writes",
        "enable writes",
        "Allow this profile to write to the CRM",
        &[],
    ),
    info(
        Action::Notes,
        "notes",
        "notes",
        "Show again what the last sync could not read or held back",
        &[],
    ),
    info(
        Action::Dismiss,
        "dismiss",
        "dismiss",
        "Dismiss the failure that shows",
        &["X"],
    ),
    info(
        Action::Redraw,
        "redraw",
        "redraw",
        "Draw the screen anew",
        &["ctrl-l"],
    ),
    info(
        Action::Suspend,
        "suspend",
        "suspend",
        "Stop and return to the shell; fg continues",
        &["ctrl-z"],
    ),
    info(Action::Quit, "quit", "quit", "End the program", &["ctrl-c"]),
];

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

    /// Whether the action can run now; if not, why.
    pub fn available(self, model: &Model) -> Result<(), String> {
        if !self.info().is_for(model.context()) {
            return Err(match self.info().contexts {
                ACCOUNT => "open an account first".to_owned(),
                _ => "go back to the cockpit first".to_owned(),
            });
        }
        match self {
            Self::Open
                if model
                    .account_at(model.pane, model.cursor(model.pane).at)
                    .is_none() =>
            {
                Err("the line belongs to no account".to_owned())
            }
            Self::Back if !can_go_back(model) => Err("nothing to go back from".to_owned()),
            Self::Sort if model.accounts.rows.is_empty() => Err("there are no accounts to sort".to_owned()),
            Self::OpenInCrm => open_account(model)
                .filter(|view| view.link.is_some())
                .map(|_| ())
                .ok_or_else(|| "the CRM gave no address for this account".to_owned()),
            Self::Copy if copy_text(model).is_none() => Err("nothing to copy here".to_owned()),
            Self::Sync if model.sync.under_way.is_some() => Err("a sync is under way".to_owned()),
            Self::EnableWrites if !model.read_only => Err("writing is allowed already".to_owned()),
            Self::Notes if model.sync.notes.is_empty() => Err("the last sync has read everything".to_owned()),
            Self::Dismiss if model.failures.is_empty() => Err("no failure shows".to_owned()),
            _ => Ok(()),
        }
    }
}

/// The account on the account screen, once it is read.
pub fn open_account(model: &Model) -> Option<&crate::domain::account_view::AccountView> {
    model.account.as_ref()?.view.as_deref()
}

fn can_go_back(model: &Model) -> bool {
    model.account.is_some() || model.full || model.accounts.is_filtered() || !model.failures.is_empty()
}

/// What `copy` would copy now: raw, it is made safe where it is ordered.
pub fn copy_text(model: &Model) -> Option<String> {
    let Some(account) = &model.account else {
        let at = model.cursor(model.pane).at;
        let desk = model.desk.desk.as_deref();
        return match model.pane {
            Pane::Accounts => model.accounts.row_at(at).map(|row| row.name().to_owned()),
            Pane::Risks => desk?.risks.get(at).map(|risk| risk.name.clone()),
            Pane::Steps => desk?.due.get(at).map(|due| due.title.clone()),
            Pane::Handoffs => desk?.handoffs.get(at).map(|handoff| handoff.text.clone()),
        };
    };
    let view = account.view.as_deref()?;
    let at = account.cursors[account.part.index()].at;
    match account.part {
        Part::People => view
            .people
            .get(at)
            .map(|one| one.email.clone().unwrap_or_else(|| one.name.clone())),
        Part::Tickets => view
            .tickets
            .get(at)
            .map(|ticket| format!("{} {}", ticket.id, ticket.subject)),
        Part::Notes => view.notes.get(at).map(|note| note.text.clone()),
        Part::Next => view.next.get(at).map(|due| due.title.clone()),
        Part::Timeline => view.timeline.get(at).map(|line| line.words.clone()),
        Part::Contract => view.contracts.get(at).map(|contract| contract.name.clone()),
        Part::Handoffs => view.handoffs.get(at).map(|handoff| handoff.text.clone()),
        Part::Why | Part::Chart => Some(view.link.clone().unwrap_or_else(|| view.summary.name.clone())),
    }
}
