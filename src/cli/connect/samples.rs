//! Five accounts as the proposal reads them, for a person to look at.

use std::collections::HashMap;

use serde::Serialize;

use crate::cli::output::complain;
use crate::config::mapping::{ContractSource, Mapping};
use crate::crm::{Crm, CrmError};
use crate::domain::record::{Core, Kind, Owner, Record, RecordId};

use super::facts::Facts;

/// So many are shown.
const SHOWN: usize = 5;

/// An account as the proposal reads it; what it cannot read is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    /// The CRM's id.
    pub id: RecordId,
    /// Its name.
    pub name: Option<String>,
    /// Who looks after it.
    pub csm: Option<String>,
    /// Segment or tier.
    pub segment: Option<String>,
    /// Annual value of the contract that ends last, as the CRM wrote it.
    pub arr: Option<String>,
    /// When that contract ends.
    pub end: Option<String>,
}

/// Five accounts of the sample with their contracts.
pub async fn five<C: Crm>(crm: &C, facts: &Facts, mapping: &Mapping) -> Result<Vec<Account>, CrmError> {
    let chosen: Vec<&Record> = facts.accounts.records.iter().take(SHOWN).collect();
    let mut contracts: HashMap<RecordId, Record> = HashMap::new();
    if mapping.contracts.from == ContractSource::Deals && !facts.contracts.properties.is_empty() {
        let ids: Vec<RecordId> = chosen.iter().map(|record| record.id.clone()).collect();
        for (account, linked) in crm.links(Kind::Account, Kind::Contract, &ids).await? {
            let read = crm
                .read(Kind::Contract, &linked, &mapping.properties(Kind::Contract))
                .await?;
            let fitting = read.records.into_iter().filter(|record| fits(record, mapping));
            let last = fitting.max_by_key(|record| end(record, mapping).unwrap_or_default().to_owned());
            contracts.extend(last.map(|record| (account, record)));
        }
    }
    Ok(chosen
        .into_iter()
        .map(|account| row(account, contracts.get(&account.id), facts, mapping))
        .collect())
}

fn fits(record: &Record, mapping: &Mapping) -> bool {
    mapping.contracts.rule.get("pipeline").is_none_or(|pipelines| {
        record
            .core(Core::Pipeline)
            .is_some_and(|pipeline| pipelines.iter().any(|one| one == pipeline))
    })
}

fn end<'a>(record: &'a Record, mapping: &Mapping) -> Option<&'a str> {
    record.mapped(mapping.contracts.end.as_deref()?)
}

fn row(account: &Record, contract: Option<&Record>, facts: &Facts, mapping: &Mapping) -> Account {
    let of_account = |name: Option<&String>| Some(account.mapped(name?)?.to_owned());
    let money = |record: Option<&Record>, amount: Option<&crate::config::mapping::MoneyMapping>| {
        let (record, amount) = (record?, amount?);
        let value = record.mapped(&amount.property)?;
        let currency = amount
            .currency
            .as_ref()
            .and_then(|name| record.mapped(name))
            .unwrap_or_default();
        Some(format!("{value} {currency}").trim_end().to_owned())
    };
    let csm = match &mapping.account.csm {
        Some(name) => account.mapped(name),
        None => account.core(Core::Owner),
    };
    let from_account = mapping.contracts.from == ContractSource::Account;
    Account {
        id: account.id.clone(),
        name: account.core(Core::Name).map(str::to_owned),
        csm: csm.map(|id| owner_name(id, &facts.owners)),
        segment: of_account(mapping.account.segment.as_ref()),
        arr: if from_account {
            money(Some(account), mapping.account.arr.as_ref())
        } else {
            money(contract, mapping.contracts.arr.as_ref())
        },
        end: if from_account {
            of_account(mapping.account.renewal_date.as_ref())
        } else {
            contract
                .and_then(|contract| end(contract, mapping))
                .map(str::to_owned)
        },
    }
}

fn owner_name(id: &str, owners: &[Owner]) -> String {
    let owner = owners.iter().find(|owner| owner.id.as_str() == id);
    owner.map_or_else(|| id.to_owned(), |owner| owner.name.clone())
}

/// Shows them on standard error.
pub fn tell(accounts: &[Account]) {
    complain("Five accounts as they would be read:");
    for account in accounts {
        let or_unknown = |value: &Option<String>| value.clone().unwrap_or_else(|| "unknown".to_owned());
        complain(&format!(
            "  {}: CSM {}, segment {}, ARR {}, until {}",
            or_unknown(&account.name),
            or_unknown(&account.csm),
            or_unknown(&account.segment),
            or_unknown(&account.arr),
            or_unknown(&account.end),
        ));
    }
}
