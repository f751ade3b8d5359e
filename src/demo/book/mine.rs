//! My customers: the story, and calm ones beside it, so that the ARR at the fiscal year's start is exact.

use super::contracts::{self, Contract};
use super::draw::Draw;
use super::names::CUSTOMERS;
use super::sketch::{Hole, Sketch, calm};
use super::story::STORY;

/// US cents that a full book of mine has at the fiscal year's start.
const START: i64 = 100_000_000;
/// Customers in a full book of mine.
const WHOLE: u64 = 100;

/// My customers and their contracts, the story first.
pub(super) fn sketches(seed: u64, count: u64, fiscal_start: i64) -> Vec<(Sketch, Vec<Contract>)> {
    let mut sketches: Vec<Sketch> = STORY.iter().take(count as usize).cloned().collect();
    let told = sketches.len();
    for place in told as u64..count {
        let mut draw = Draw::new(seed, place << 8);
        let name = CUSTOMERS[(place as usize - told) % CUSTOMERS.len()];
        sketches.push(Sketch {
            name,
            ..calm(&mut draw)
        });
    }
    if count >= WHOLE {
        scale(&mut sketches, told);
    }
    let mut customers: Vec<(Sketch, Vec<Contract>)> = sketches
        .into_iter()
        .enumerate()
        .map(|(place, sketch)| {
            let mut draw = Draw::new(seed, (place as u64) << 8 | 2);
            let contracts = contracts::of(&sketch, fiscal_start, &mut draw);
            (sketch, contracts)
        })
        .collect();
    for (sketch, contracts) in &mut customers {
        let started_before = contracts
            .iter()
            .any(|contract| contract.is_active(0) && contract.start <= fiscal_start);
        if sketch.hole == Hole::NoArr && started_before {
            sketch.hole = Hole::Sound;
        }
    }
    if count >= WHOLE {
        settle(&mut customers, told, fiscal_start);
    }
    customers
}

/// Scales the calm ones so that all together come near the start's ARR.
fn scale(sketches: &mut [Sketch], told: usize) {
    let story: i64 = sketches[..told].iter().map(|sketch| sketch.arr_before).sum();
    let calm: i64 = sketches[told..].iter().map(|sketch| sketch.arr_before).sum();
    let budget = START / 100 - story;
    for sketch in &mut sketches[told..] {
        let scaled = |dollars: i64| dollars * budget / calm / 100 * 100;
        (sketch.arr, sketch.arr_before) = (scaled(sketch.arr), scaled(sketch.arr_before));
    }
}

/// Gives what is missing to the exact sum to one contract in dollars.
fn settle(customers: &mut [(Sketch, Vec<Contract>)], told: usize, fiscal_start: i64) {
    let missing = START - at(customers, fiscal_start);
    let contract = customers[told..]
        .iter_mut()
        .filter(|(sketch, _)| sketch.currency == "USD" && sketch.hole == Hole::Sound)
        .flat_map(|(_, contracts)| contracts)
        .filter(|contract| contract.is_active(fiscal_start))
        .max_by_key(|contract| contract.arr);
    if let Some(contract) = contract {
        contract.arr += missing / 100;
    }
}

/// ARR of customers on a day, in US cents.
pub(super) fn at(customers: &[(Sketch, Vec<Contract>)], day: i64) -> i64 {
    let of = |(sketch, contracts): &(Sketch, Vec<Contract>)| -> i64 {
        let active = contracts.iter().filter(|contract| contract.is_active(day));
        active
            .map(|contract| contracts::cents(sketch.currency, contract.arr))
            .sum()
    };
    customers.iter().map(of).sum()
}
