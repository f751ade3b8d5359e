//! What in an account's data cannot be so. Each is one short sentence; whoever reads it knows what to mend.

use crate::domain::contract::{Contract, Outcome, State, days_between};

use super::judge::Judge;
use super::moment::Moment;

/// An amount may be as many times what the whole term comes to before the two contradict each other: services and
/// taxes may be in it, ten more years not.
const TIMES: i64 = 2;

/// What contradicts itself at a moment, in a fixed order. Contracts that cannot be read contradict nothing.
pub fn of(judge: &Judge<'_>, moment: &Moment<'_, '_>) -> Vec<String> {
    let mut found = Vec::new();
    if !judge.hides_contracts() {
        let (contracts, day) = (moment.contracts(), moment.day());
        for contract in contracts {
            of_contract(contract, contract.state(contracts, day), &mut found);
        }
        leaving(judge, moment, &mut found);
    }
    seats(moment, &mut found);
    found
}

fn of_contract(contract: &Contract, state: State, found: &mut Vec<String>) {
    let name = match contract.name.as_str() {
        "" => "a contract",
        name => name,
    };
    let signed = contract.outcome == Outcome::Won;
    if let (Some(start), Some(end)) = (contract.start, contract.end)
        && signed
        && end < start
    {
        found.push(format!("{name} ends {end}, before it begins {start}"));
    }
    if !state.counts() && state != State::Future {
        return;
    }
    if let (Some(notice), Some(end)) = (contract.notice_by, contract.end)
        && notice > end
    {
        found.push(format!("{name} can be left until {notice}, after its end {end}"));
    }
    if state == State::Late
        && let Some(end) = contract.end
    {
        found.push(format!("{name} ended {end} and has no outcome"));
    }
    worth(contract, name, found);
}

fn worth(contract: &Contract, name: &str, found: &mut Vec<String>) {
    let Some(arr) = contract.arr else { return };
    if arr.minor < 0 {
        found.push(format!("{name} has a negative annual value"));
    }
    let Some(amount) = contract.amount.filter(|amount| amount.currency == arr.currency) else {
        return;
    };
    let whole = arr.minor.saturating_mul(years(contract));
    if arr.minor > 0 && amount.minor / TIMES > whole {
        let times = amount.minor / arr.minor;
        found.push(format!("the amount of {name} is {times} times its annual value"));
    }
}

/// Years that a contract runs, begun ones counted whole.
fn years(contract: &Contract) -> i64 {
    let days = match (contract.start, contract.end) {
        (Some(start), Some(end)) => days_between(start, end),
        _ => 365,
    };
    i64::from((days.max(1) + 364) / 365)
}

fn leaving(judge: &Judge<'_>, moment: &Moment<'_, '_>, found: &mut Vec<String>) {
    let (contracts, day) = (moment.contracts(), moment.day());
    let says_churned = judge.account.says_churned();
    match judge.account.churned.filter(|left| *left <= day) {
        Some(left) => {
            let runs = |one: &&Contract| {
                matches!(one.state(contracts, day), State::Active | State::Renewed)
                    && one.end.is_some_and(|end| end > day)
            };
            if let Some(contract) = contracts.iter().find(runs) {
                found.push(format!("it left {left}, and {} is in force", contract.name));
            }
        }
        None if says_churned => found.push("its stage says churned, and no date says so".to_owned()),
        None => {}
    }
}

fn seats(moment: &Moment<'_, '_>, found: &mut Vec<String>) {
    let metric = |id: &str| moment.metric(id).map(|reading| reading.value);
    if let (Some(used), Some(bought)) = (metric("seats_used"), metric("seats_bought"))
        && used > bought
    {
        found.push(format!("{used} seats are used and {bought} bought"));
    }
}
