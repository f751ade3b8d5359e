//! What other weights, or another score of one account, would make of the whole book.

use std::collections::HashMap;

use jiff::civil::Date;

use super::{Book, Row};
use crate::domain::health::{HealthModel, Part, Score};
use crate::domain::summary::Band;

/// How many accounts are in each band; those that have left are in none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BandCounts {
    /// Red.
    pub red: u32,
    /// Amber.
    pub amber: u32,
    /// Green.
    pub green: u32,
    /// Below the coverage floor.
    pub unknown: u32,
}

impl BandCounts {
    fn add(&mut self, band: Band) {
        *match band {
            Band::Red => &mut self.red,
            Band::Amber => &mut self.amber,
            Band::Green => &mut self.green,
            Band::Unknown => &mut self.unknown,
        } += 1;
    }
}

/// The book before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BookTrial {
    /// Accounts by band as they are.
    pub before: BandCounts,
    /// Accounts by band as they would be.
    pub after: BandCounts,
    /// Accounts whose band would be another.
    pub moved: u32,
    /// The account's place among all with a known band, the lowest score first, from 1; as it is.
    pub place_before: Option<u32>,
    /// The same as it would be.
    pub place_after: Option<u32>,
    /// How many accounts have a known band now.
    pub known: u32,
}

/// An account of which another score is tried.
#[derive(Debug, Clone)]
pub struct Mine {
    /// Its row.
    pub row: u32,
    /// The score that is tried.
    pub score: Score,
}

impl Book {
    /// The book scored by `tried` in place of `model`, and `mine` with the score that is tried for it. Measures that a
    /// row does not have, because another model judged it, are unknown.
    pub fn tried(
        &self,
        model: &HealthModel,
        tried: &HealthModel,
        day: Date,
        mine: Option<&Mine>,
    ) -> BookTrial {
        let mut result = BookTrial::default();
        let (mut before, mut after) = (Vec::with_capacity(self.len()), Vec::with_capacity(self.len()));
        let [mut now, mut then] = [model, tried].map(|model| Weights::new(model, day));
        for row in (0..self.len() as u32).filter_map(|row| self.row(row)) {
            if row.has_churned() {
                continue;
            }
            let was = now.judged(&row);
            let is = match mine.filter(|mine| mine.row == row.row) {
                Some(mine) => judged(tried, &mine.score),
                None => then.judged(&row),
            };
            result.before.add(was.1);
            result.after.add(is.1);
            result.moved += u32::from(was.1 != is.1);
            before.extend(place(row.row, was));
            after.extend(place(row.row, is));
        }
        result.known = before.len() as u32;
        if let Some(mine) = mine {
            result.place_before = place_of(&before, mine.row);
            result.place_after = place_of(&after, mine.row);
        }
        result
    }
}

/// The shown score with the row, which breaks ties, where the band is known.
fn place(row: u32, (score, band): (Option<u8>, Band)) -> Option<(u8, u32)> {
    (band != Band::Unknown).then_some((score?, row))
}

fn place_of(places: &[(u8, u32)], row: u32) -> Option<u32> {
    let mine = places.iter().find(|place| place.1 == row)?;
    Some(places.iter().filter(|place| *place < mine).count() as u32 + 1)
}

fn judged(model: &HealthModel, score: &Score) -> (Option<u8>, Band) {
    (score.shown(), model.band(score))
}

/// The weights of one model, worked out once per segment and stage.
struct Weights<'m> {
    model: &'m HealthModel,
    day: Date,
    known: HashMap<(u32, u32), Vec<i64>>,
    score: Score,
}

impl<'m> Weights<'m> {
    fn new(model: &'m HealthModel, day: Date) -> Self {
        Self {
            model,
            day,
            known: HashMap::new(),
            score: Score::default(),
        }
    }

    fn judged(&mut self, row: &Row<'_>) -> (Option<u8>, Band) {
        let (book, at) = (row.book, row.row);
        let (model, day) = (self.model, self.day);
        let key = (book.segment.code(at), book.stage.code(at));
        let weights = self.known.entry(key).or_insert_with(|| {
            let weighing = model.weighing(row.segment(), row.stage(), day);
            weighing.measures.iter().map(|(weight, _)| *weight).collect()
        });
        self.score.parts.clear();
        let part = |(measure, weight): (usize, &i64)| Part::new(*weight, row.seen(measure));
        self.score.parts.extend(weights.iter().enumerate().map(part));
        judged(model, &self.score)
    }
}
