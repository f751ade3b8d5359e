//! Five accounts as the proposal reads them, for a person to look at.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::cli::output::complain;
use crate::cli::shape::{NOT_SET, Shape};
use crate::config::mapping::{ContractSource, Mapping};
use crate::crm::{Crm, CrmError, Tenant};
use crate::domain::contract::{Contract, State};
use crate::domain::money::{Currency, Money};
use crate::domain::record::{Core, Kind, Owner, Record, RecordId};
use crate::domain::text::one_line;
use crate::domain::words;
use crate::engine::interpret;

use super::facts::Facts;

/// So many are shown.
const SHOWN: usize = 5;

/// An account as the proposal reads it; what it cannot read is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    id: RecordId,
    name: Option<String>,
    csm: Option<String>,
    segment: Option<String>,
    arr: Arr,
    /// The last day of the active contract that ends first.
    end: Option<Date>,
}

/// Annual value of the active contracts, before it is brought into one currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Arr {
    /// What is known, one amount a currency.
    known: Vec<Money>,
    /// Whether a contract's value is unknown, or whether one is in force.
    at_least: bool,
}

/// Five accounts of the sample with what is in force on this day.
pub async fn five<C: Crm>(
    crm: &C,
    facts: &Facts,
    mapping: &Mapping,
    tenant: &Tenant,
    today: Date,
) -> Result<Vec<Account>, CrmError> {
    let home = Currency::parse(&tenant.currency);
    let ends_told = mapping.tells_ends(|kind, name| !facts.has(kind, name));
    let chosen: Vec<&Record> = facts.accounts.records.iter().take(SHOWN).collect();
    let mut contracts: HashMap<RecordId, Vec<Contract>> = HashMap::new();
    for account in &chosen {
        let own = interpret::account::own_contract(account, mapping, home, ends_told);
        contracts.insert(account.id.clone(), own.into_iter().collect());
    }
    if mapping.contracts.from == ContractSource::Deals && !facts.contracts.properties.is_empty() {
        let ids: Vec<RecordId> = chosen.iter().map(|record| record.id.clone()).collect();
        for (account, linked) in crm.links(Kind::Account, Kind::Contract, &ids).await? {
            let read = crm
                .read(Kind::Contract, &linked, &mapping.properties(Kind::Contract))
                .await?;
            let read = read.records.iter();
            let fitting =
                read.filter_map(|record| interpret::contract::contract(record, mapping, home, ends_told));
            contracts.entry(account).or_default().extend(fitting);
        }
    }
    Ok(chosen
        .into_iter()
        .map(|account| {
            let contracts = contracts.get(&account.id).map_or(&[][..], Vec::as_slice);
            row(account, contracts, facts, mapping, today)
        })
        .collect())
}

fn row(account: &Record, contracts: &[Contract], facts: &Facts, mapping: &Mapping, today: Date) -> Account {
    let csm = match &mapping.account.csm {
        Some(name) => account.mapped(name),
        None => account.core(Core::Owner),
    };
    let in_state = |is: fn(State) -> bool| {
        let these = contracts
            .iter()
            .filter(move |one| is(one.state(contracts, today)));
        these.collect::<Vec<&Contract>>()
    };
    let active = in_state(State::counts);
    let mut arr = arr(&active);
    arr.at_least |= !in_state(|state| state == State::Untold).is_empty();
    Account {
        id: account.id.clone(),
        name: account.line(Core::Name),
        csm: csm.map(|id| owner_name(id, &facts.owners)),
        segment: mapping
            .account
            .segment
            .as_ref()
            .and_then(|name| account.mapped(name))
            .map(one_line),
        arr,
        end: active
            .iter()
            .filter_map(|contract| contract.last_day(contracts, today))
            .min(),
    }
}

fn arr(active: &[&Contract]) -> Arr {
    let mut known: BTreeMap<Currency, i64> = BTreeMap::new();
    for money in active.iter().filter_map(|contract| contract.arr) {
        let sum = known.entry(money.currency).or_default();
        *sum = sum.saturating_add(money.minor);
    }
    Arr {
        known: known
            .into_iter()
            .map(|(currency, minor)| Money { minor, currency })
            .collect(),
        at_least: active.iter().any(|contract| contract.arr.is_none()),
    }
}

fn owner_name(id: &str, owners: &[Owner]) -> String {
    let owner = owners.iter().find(|owner| owner.id.as_str() == id);
    owner.map_or_else(|| id.to_owned(), |owner| owner.name.clone())
}

impl Account {
    /// For programs.
    pub fn json(&self) -> Value {
        let arr = Some(json!(self.arr.known)).filter(|_| !self.arr.known.is_empty());
        Shape::default()
            .with("id", &self.id)
            .maybe("name", self.name.as_ref(), "the CRM has none")
            .maybe("csm", self.csm.as_ref(), "the account has no CSM")
            .maybe("segment", self.segment.as_ref(), NOT_SET)
            .maybe("arr", arr, "no active contract with a known annual value")
            .with("arr_at_least", self.arr.at_least)
            .maybe("ends", self.end, "no active contract with an end")
            .done()
    }

    fn words(&self) -> String {
        let or_unknown = |value: &Option<String>| value.clone().unwrap_or_else(|| "unknown".to_owned());
        let known: Vec<String> = self.arr.known.iter().map(|money| words::exact(*money)).collect();
        let at_least = if self.arr.at_least { "at least " } else { "" };
        let arr = (!known.is_empty()).then(|| format!("{at_least}{}", known.join(" + ")));
        format!(
            "{}: CSM {}, segment {}, ARR {}, until {}",
            or_unknown(&self.name),
            or_unknown(&self.csm),
            or_unknown(&self.segment),
            or_unknown(&arr),
            or_unknown(&self.end.map(|day| day.to_string())),
        )
    }
}

/// Shows them on standard error; `read` says by which mapping they are read.
pub fn tell(accounts: &[Account], read: &str) {
    complain(&format!(
        "Accounts {read}, with the contracts that are in force now:"
    ));
    for account in accounts {
        complain(&format!("  {}", account.words()));
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::contract::Outcome;

    fn contract(name: &str, minor: Option<i64>, years: (i16, i16), outcome: Outcome) -> Contract {
        Contract {
            id: RecordId(name.to_owned()),
            name: name.to_owned(),
            arr: minor.map(|minor| Money {
                minor,
                currency: Currency::USD,
            }),
            amount: None,
            start: Some(date(years.0, 12, 16)),
            end: Some(date(years.1, 12, 15)),
            end_untold: false,
            notice_by: None,
            auto_renew: None,
            monthly: Some(false),
            product: None,
            outcome,
        }
    }

    #[test]
    fn the_contract_in_force_is_shown_and_not_the_one_that_is_being_decided() {
        let account = Record {
            kind: Kind::Account,
            id: RecordId::from("1"),
            created: jiff::Timestamp::UNIX_EPOCH,
            changed: jiff::Timestamp::UNIX_EPOCH,
            archived: false,
            core: [(Core::Name, "Juniper Freight".to_owned())].into(),
            mapped: BTreeMap::new(),
        };
        let contracts = [
            contract("signed", Some(8_400_000), (2025, 2026), Outcome::Won),
            contract("open", Some(9_100_000), (2026, 2027), Outcome::Open),
        ];
        let today = date(2026, 11, 23);
        let row =
            |contracts: &[Contract]| row(&account, contracts, &Facts::default(), &Mapping::default(), today);
        assert_eq!(
            row(&contracts).words(),
            "Juniper Freight: CSM unknown, segment unknown, ARR $84,000, until 2026-12-15"
        );
        let untold = Contract {
            end: None,
            end_untold: true,
            ..contracts[0].clone()
        };
        let told = row(std::slice::from_ref(&untold)).words();
        assert!(told.ends_with("ARR unknown, until unknown"), "{told}");
        assert!(
            row(&[contracts[0].clone(), untold])
                .words()
                .contains("ARR at least $84,000")
        );
        let unknown = [contract("signed", None, (2025, 2026), Outcome::Won)];
        assert!(row(&unknown).words().contains("ARR unknown"));
        assert_eq!(
            row(&[]).json()["arr_reason"],
            "no active contract with a known annual value"
        );
    }
}
