//! State of the account screen.

use super::cmd::RunId;
use super::cursor::Cursor;
use super::failure::Failure;
use super::layout::{Area, Frame, Shape, Size};
use super::overlay::RoutingScreen;
use super::span::Span;
use crate::domain::account_view::AccountView;
use crate::domain::desk::{DUE, DueItem, DueKind};
use crate::domain::record::{Kind, RecordId};

/// A part of the account screen, in the order of `tab`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// Why the score is what it is.
    Why,
    /// What is due on the account.
    Next,
    /// Twelve months of the score.
    Chart,
    /// What happened.
    Timeline,
    /// Contracts.
    Contract,
    /// Contacts.
    People,
    /// Tickets.
    Tickets,
    /// Notes.
    Notes,
    /// Handoffs.
    Handoffs,
}

impl Part {
    /// All parts, in the order of `tab`.
    pub const ALL: [Self; 9] = [
        Self::Why,
        Self::Next,
        Self::Chart,
        Self::Timeline,
        Self::Contract,
        Self::People,
        Self::Tickets,
        Self::Notes,
        Self::Handoffs,
    ];

    /// Place of the part in [`Part::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// The part this many places further, around the end.
    #[must_use]
    pub fn after(self, places: usize) -> Self {
        Self::ALL[(self.index() + places) % Self::ALL.len()]
    }

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Why => "Why",
            Self::Next => "Next",
            Self::Chart => "Health",
            Self::Timeline => "Timeline",
            Self::Contract => "Contract",
            Self::People => "People",
            Self::Tickets => "Tickets",
            Self::Notes => "Notes",
            Self::Handoffs => "Handoffs",
        }
    }
}

impl Part {
    /// The kinds of records that it lists: what the key may not read of them is missing in it.
    pub fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Why | Self::Chart => &[],
            Self::Next => DUE,
            Self::Timeline => &[
                Kind::Contact,
                Kind::Ticket,
                Kind::Note,
                Kind::Call,
                Kind::Meeting,
                Kind::Email,
                Kind::Survey,
            ],
            Self::Contract => &[Kind::Contract],
            Self::People => &[Kind::Contact],
            Self::Tickets => &[Kind::Ticket],
            Self::Notes | Self::Handoffs => &[Kind::Note],
        }
    }
}

/// The account screen.
#[derive(Debug)]
pub struct AccountScreen {
    /// Which account.
    pub id: RecordId,
    /// Its name as the list knew it, shown until the account is read; raw.
    pub name: String,
    /// The order to read it that is in flight.
    pub loading: Option<RunId>,
    /// The account; the former one stays until the new one is read.
    pub view: Option<Box<AccountView>>,
    /// Why it could not be read.
    pub failure: Option<Failure>,
    /// The focused part.
    pub part: Part,
    /// Since when the change of the score is counted.
    pub span: Span,
    /// Whether the focused part has the whole screen.
    pub full: bool,
    /// Place in each part's list.
    pub cursors: [Cursor; 9],
    /// The item that it was opened for, until the account is read and the cursor stands on it.
    pub sought: Option<Sought>,
    /// The routing desk that it was opened from, as it was: one step outwards goes back to it.
    pub desk: Option<Box<RoutingScreen>>,
}

/// An item of another list for which an account is opened.
#[derive(Debug, Clone, PartialEq)]
pub enum Sought {
    /// What is due.
    Due(Box<DueItem>),
    /// A handoff, by its own id.
    Handoff(String),
}

impl Sought {
    /// The part that it is in.
    pub fn part(&self) -> Part {
        match self {
            Self::Due(item) if item.kind == DueKind::Complaint => Part::Tickets,
            Self::Due(_) => Part::Next,
            Self::Handoff(_) => Part::Handoffs,
        }
    }

    /// Its place in that part, if the account has it.
    fn place(&self, view: &AccountView) -> Option<usize> {
        match self {
            Self::Due(item) if item.kind == DueKind::Complaint => {
                view.tickets.iter().position(|ticket| ticket.id == item.record)
            }
            Self::Due(item) => view.next.iter().position(|other| is_same(item, other)),
            Self::Handoff(id) => view.handoffs.iter().position(|card| card.handoff == *id),
        }
    }
}

/// A step is known by its run, for it may have no record; everything else by its record.
fn is_same(one: &DueItem, other: &DueItem) -> bool {
    match one.kind {
        // Where the step stands in its run may have changed since the other list was built.
        DueKind::Step => match (&one.step, &other.step) {
            (Some(one), Some(other)) => (&one.run, &one.step) == (&other.run, &other.step),
            _ => false,
        },
        kind => kind == other.kind && one.record == other.record,
    }
}

impl AccountScreen {
    /// Whether an answer is awaited.
    pub fn is_loading(&self) -> bool {
        self.loading.is_some()
    }

    /// Puts the cursor on what the account was opened for, once it is read.
    pub fn seek(&mut self) {
        let (Some(view), Some(sought)) = (self.view.as_deref(), self.sought.take()) else {
            return;
        };
        if let Some(place) = sought.place(view) {
            self.cursors[sought.part().index()].at = place;
        }
    }

    /// How many items a part has.
    pub fn len(&self, part: Part) -> usize {
        let Some(view) = self.view.as_deref() else {
            return 0;
        };
        match part {
            Part::Why => view.why_lines(),
            Part::Next => view.next.len(),
            Part::Chart => 0,
            Part::Timeline => view.timeline.len(),
            Part::Contract => view.term_lines(),
            Part::People => view.people.len(),
            Part::Tickets => view.tickets.len(),
            Part::Notes => view.notes.len(),
            Part::Handoffs => view.handoffs.len() + view.followed.len(),
        }
    }
}

/// Where each part is; parts that share a place show one at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountLayout {
    /// The parts that every screen has.
    pub frame: Frame,
    /// Each part with its border, if it shows.
    pub parts: [Option<Area>; 9],
}

impl AccountLayout {
    /// The areas of the account screen with this part focused.
    /// `full` gives the focused part the whole screen.
    pub fn of(size: Size, banner: u16, focused: Part, full: bool) -> Self {
        let frame = Frame::of(size, banner);
        let mut parts = [None; 9];
        match frame.shape {
            Shape::TooSmall => {}
            Shape::Grid if !full => {
                let (left, right) = frame.body.split((u32::from(frame.body.width) * 68 / 120) as u16);
                let last = if focused.index() > Part::People.index() {
                    focused
                } else {
                    Part::People
                };
                stack(
                    left,
                    [(Part::Why, 14), (Part::Next, 9), (Part::Chart, 10)],
                    &mut parts,
                );
                stack(
                    right,
                    [(Part::Timeline, 14), (Part::Contract, 9), (last, 10)],
                    &mut parts,
                );
            }
            Shape::Tabs | Shape::Grid => parts[focused.index()] = Some(frame.body),
        }
        Self { frame, parts }
    }
}

/// Divides a column among three parts by weight.
fn stack(column: Area, parts: [(Part, u16); 3], areas: &mut [Option<Area>; 9]) {
    let weights: u16 = parts.iter().map(|(_, weight)| weight).sum();
    let mut rest = column;
    let mut left = weights;
    for (part, weight) in parts {
        let height = (u32::from(rest.height) * u32::from(weight) / u32::from(left)) as u16;
        areas[part.index()] = Some(rest.top(height));
        rest = rest.below(height);
        left -= weight;
    }
}
