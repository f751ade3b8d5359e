//! State of what lies over the screen, a file each. They lie on one another; the last one takes the keys.
//!
//! A new one is a file here with its state, its keys in `update/<name>.rs`, its look in
//! `ui/overlays/<name>.rs`, and one arm in each `match` below, in `update/overlay.rs` and in
//! `ui/overlays/mod.rs`: the compiler asks for all of them.

pub mod alarms;
pub mod ask;
pub mod bulk;
pub mod confirm;
pub mod conflict;
pub mod fields;
pub mod form;
pub mod handoffs;
pub mod help;
pub mod nps;
pub mod outbox;
pub mod palette;
pub mod plays;
pub mod reader;
pub mod routing;
pub mod run_menu;
pub mod run_view;
pub mod sort_menu;
pub mod standings;
pub mod team;
pub mod warn;
pub mod what_if;
pub mod who;

pub use self::alarms::Alarms;
pub use self::ask::{Ask, Asked};
pub use self::bulk::BulkPlay;
pub use self::confirm::{Confirm, Question};
pub use self::conflict::ConflictView;
pub use self::fields::Fields;
pub use self::form::Form;
pub use self::handoffs::Handoffs;
pub use self::help::Help;
pub use self::nps::NpsScreen;
pub use self::outbox::OutboxScreen;
pub use self::palette::Palette;
pub use self::plays::Plays;
pub use self::reader::Reader;
pub use self::routing::RoutingScreen;
pub use self::run_menu::RunMenu;
pub use self::run_view::RunView;
pub use self::sort_menu::SortMenu;
pub use self::standings::Standings;
pub use self::team::TeamScreen;
pub use self::warn::Warn;
pub use self::what_if::WhatIfScreen;
pub use self::who::WhoScreen;

use super::cmd::RunId;
use super::model::Model;
use crate::domain::account_view::AccountView;

/// What is told of a paste that is too long to be taken.
pub const TOO_LONG: &str = "the pasted text is too long and was left out";

/// What lies over the screen.
#[derive(Debug, Clone, PartialEq)]
pub enum Overlay {
    /// Every key, from the table of actions.
    Help(Help),
    /// Actions by name.
    Palette(Palette),
    /// Columns to sort by; moving shows the order at once.
    SortMenu(SortMenu),
    /// A question that must be answered before something is done.
    Confirm(Confirm),
    /// What waits, was sent, or needs a person.
    Outbox(OutboxScreen),
    /// Fields that somebody else changed too.
    Conflict(Box<ConflictView>),
    /// One line to be typed before something is done.
    Ask(Ask),
    /// The full text of a line that is cut elsewhere.
    Reader(Reader),
    /// Fields that a person fills, to be queued.
    Form(Box<Form>),
    /// The fields of an account that can be edited.
    Fields(Fields),
    /// The playbooks that can be started on an account.
    Plays(Plays),
    /// A playbook on the accounts that are marked.
    Bulk(Box<BulkPlay>),
    /// How the playbooks stand that were started on many accounts.
    Standings(Standings),
    /// What can be done with a run of a playbook.
    RunMenu(Box<RunMenu>),
    /// A run of a playbook, whole.
    RunView(Box<RunView>),
    /// What can be handed over of an account, from which role to which.
    Handoffs(Handoffs),
    /// Values and weights that are tried on an account.
    WhatIf(Box<WhatIfScreen>),
    /// One line that says what becomes of warnings.
    Warn(Warn),
    /// How the alarms do.
    Alarms(Alarms),
    /// The team's table.
    Team(Box<TeamScreen>),
    /// What customers answered.
    Nps(Box<NpsScreen>),
    /// The routing desk.
    Routing(Box<RoutingScreen>),
    /// Whose account a requester is of.
    Who(Box<WhoScreen>),
}

/// A key or two, and what they do, in one or two words.
pub type Hint = (&'static str, &'static str);

impl Overlay {
    /// What one can press in it, for the last line.
    pub fn hints(&self, model: &Model) -> &'static [Hint] {
        match self {
            Self::Help(_) => help::HINTS,
            Self::Palette(_) => palette::HINTS,
            Self::SortMenu(_) => sort_menu::HINTS,
            Self::Confirm(_) => confirm::HINTS,
            Self::Reader(_) => reader::HINTS,
            Self::Outbox(screen) => screen.hints(model),
            Self::Conflict(_) => conflict::HINTS,
            Self::Ask(ask) => ask.hints(),
            Self::Form(form) => form.hints(),
            Self::Fields(list) => list.hints(),
            Self::Plays(_) => plays::HINTS,
            Self::Bulk(bulk) => bulk.hints(),
            Self::Standings(screen) => screen.hints(),
            Self::RunMenu(_) => run_menu::HINTS,
            Self::RunView(view) => view.hints(model),
            Self::Handoffs(_) => handoffs::HINTS,
            Self::WhatIf(_) => what_if::HINTS,
            Self::Warn(line) => line.hints(),
            Self::Alarms(screen) => screen.hints(),
            Self::Team(screen) => screen.hints(),
            Self::Nps(_) => nps::HINTS,
            Self::Routing(screen) => screen.hints(),
            Self::Who(screen) => screen.hints(),
        }
    }

    /// Where the account goes that this order reads, if it is awaited here.
    pub fn awaits(&mut self, run: RunId) -> Option<&mut Option<Box<AccountView>>> {
        match self {
            Self::Plays(list) if list.asked == run => Some(&mut list.view),
            Self::RunView(shown) if shown.asked == run => Some(&mut shown.view),
            Self::Handoffs(list) if list.asked == run => Some(&mut list.view),
            Self::WhatIf(screen) if screen.asked == run => Some(&mut screen.view),
            _ => None,
        }
    }

    /// Takes pasted text where one can type; `false` when it is too long. Elsewhere, and where what was typed is being
    /// saved, it goes nowhere: a paste never acts as keys.
    pub fn paste(&mut self, text: &str) -> bool {
        match self {
            Self::Palette(palette) => palette.paste(text),
            Self::Ask(ask) => ask.sending || ask.field.paste(text),
            Self::Warn(line) => line.sending || line.input.paste(text),
            Self::Fields(list) if list.typing => list.filter.paste(text),
            Self::Form(form) => {
                form.paste(text);
                true
            }
            Self::Who(screen) => screen.paste(text),
            Self::Help(_)
            | Self::SortMenu(_)
            | Self::Confirm(_)
            | Self::Reader(_)
            | Self::Outbox(_)
            | Self::Conflict(_)
            | Self::Fields(_)
            | Self::Plays(_)
            | Self::Bulk(_)
            | Self::Standings(_)
            | Self::RunMenu(_)
            | Self::RunView(_)
            | Self::Handoffs(_)
            | Self::WhatIf(_)
            | Self::Alarms(_)
            | Self::Team(_)
            | Self::Nps(_)
            | Self::Routing(_) => true,
        }
    }
}
