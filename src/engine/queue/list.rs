//! The lists of the queue: accounts in their order, the first of each kind.

use std::collections::BTreeMap;

use crate::domain::desk::{Accounts, WarningKind};
use crate::domain::warning::Shelf;

/// A list holds so many accounts of a kind at most.
const MOST: usize = 500;

/// What orders accounts: risks before chances before defects, in each by at stake × urgency, then by the order of
/// the account list.
pub(super) type Order = (WarningKind, i64, i64);

/// An account in a list.
pub(super) struct Place {
    /// What orders it.
    pub order: Order,
    /// The account's place in the survey.
    pub account: u32,
    /// The signals that bring it there, by number.
    pub signals: Vec<u32>,
    /// How many are of each kind, in the order of [`WarningKind::ALL`].
    pub kinds: [u32; 3],
}

/// The lists, each in its order.
#[derive(Default)]
pub(super) struct Lists(BTreeMap<Shelf, Vec<Place>>);

impl Lists {
    pub(super) fn push(&mut self, shelf: Shelf, place: Place) {
        self.0.entry(shelf).or_default().push(place);
    }

    /// Takes a list out, and counts what is in it before it is cut. It is cut in each kind by itself: however many risks
    /// there are, chances and defects have their room.
    pub(super) fn take(&mut self, shelf: Shelf, sort: impl Fn(&mut [Place])) -> (Vec<Place>, Accounts) {
        let mut places = self.0.remove(&shelf).unwrap_or_default();
        sort(&mut places);
        let mut accounts = Accounts::default();
        places.retain(|place| {
            let before = accounts.kinds;
            accounts.add(place.kinds);
            let is_first = |(of, before): (&u32, u32)| *of > 0 && (before as usize) < MOST;
            place.kinds.iter().zip(before).any(is_first)
        });
        (places, accounts)
    }
}
