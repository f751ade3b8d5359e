//! What if: the measures of an account with values and weights to be tried. Nothing is saved.

use super::Hint;
use crate::app::cmd::RunId;
use crate::app::layout::{Area, Frame, Size};
use crate::domain::account_view::AccountView;
use crate::domain::acts::About;
use crate::domain::book::trial::BookTrial;
use crate::domain::health::what_if::{Tried, Way, WhatIf};

/// What one can press in it.
pub const HINTS: &[Hint] = &[
    ("enter", "try a value"),
    ("+ -", "weight"),
    ("0", "as it is"),
    ("g", "to green"),
    ("W", "keep"),
    ("j k", "choose"),
    ("esc", "close"),
];

/// A step of a weight, in thousandths.
pub const WEIGHT_STEP: i64 = 5_000;
/// Most cells of the box.
const WIDEST: u16 = 104;
/// Lines beside those of the measures.
const AROUND: u16 = 16;

/// What is tried on an account.
#[derive(Debug, Clone, PartialEq)]
pub struct WhatIfScreen {
    /// The account.
    pub about: About,
    /// The order that reads it.
    pub asked: RunId,
    /// The account with its measures; `None` until it is read.
    pub view: Option<Box<AccountView>>,
    /// Place among the measures.
    pub at: usize,
    /// What is tried.
    pub tried: Tried,
    /// The order to try it on the whole book that is in flight.
    pub trying: Option<RunId>,
    /// What makes the account green with the weights that are tried.
    pub way: Option<Way>,
    /// What it makes of the whole book; the former answer stays until the new one comes.
    pub book: Option<BookTrial>,
}

impl WhatIfScreen {
    /// The measures, once the account is read.
    pub fn what_if(&self) -> Option<&WhatIf> {
        self.view.as_deref().map(|view| &view.what_if)
    }

    /// Where it lies on a screen of this size, border included.
    pub fn area(&self, size: Size) -> Area {
        let body = Frame::of(size, 0).body;
        let measures = self.what_if().map_or(1, |what_if| what_if.trials.len()) as u16;
        body.middle(
            WIDEST.min(body.width.saturating_sub(2)),
            (measures + AROUND).min(body.height),
        )
    }

    /// The weights that are tried, by measure id, in thousandths.
    pub fn weights(&self) -> Vec<(String, i64)> {
        let Some(what_if) = self.what_if() else {
            return Vec::new();
        };
        let weight = |(at, weight): (&usize, &i64)| Some((what_if.trials.get(*at)?.measure.clone(), *weight));
        self.tried.weights.iter().filter_map(weight).collect()
    }
}
