//! A deal's record as a contract.

use jiff::ToSpan;

use crate::config::mapping::{ContractSource, Mapping};
use crate::domain::contract::{Contract, Outcome};
use crate::domain::money::{Currency, Money};
use crate::domain::rates::minor_units;
use crate::domain::record::{Core, Record};

use super::account::money;
use super::values;

/// Reads a contract; `None` when the mapping's rule says that the deal is none. `ends_told` says that the mapping and the
/// CRM have a property with its end.
pub fn contract(
    record: &Record,
    mapping: &Mapping,
    home: Option<Currency>,
    ends_told: bool,
) -> Option<Contract> {
    let rules = &mapping.contracts;
    if record.archived || rules.from != ContractSource::Deals {
        return None;
    }
    if !values::fit(record, &rules.rule) {
        return None;
    }
    let date = |property: &Option<String>| values::date(record.mapped(property.as_deref()?)?);
    let end = date(&rules.end);
    let notice_by = rules.notice_by.as_ref().and_then(|notice| {
        let counted_back = || end?.checked_sub(i64::from(notice.days_before_end?).days()).ok();
        date(&notice.property).or_else(counted_back)
    });
    // Without a property for it no contract is monthly; one that the property says nothing of may be.
    let monthly = match &rules.monthly {
        None => Some(false),
        Some(monthly) => record
            .mapped(&monthly.property)
            .map(|value| value == monthly.value),
    };
    Some(Contract {
        id: record.id.clone(),
        name: record.line(Core::Name).unwrap_or_default(),
        arr: rules.arr.as_ref().and_then(|arr| money(record, arr, home)),
        amount: amount(record, home),
        start: date(&rules.start),
        end,
        end_untold: end.is_none() && !ends_told,
        // A monthly contract has its decision at the end of each month.
        notice_by: notice_by.filter(|_| monthly != Some(true)),
        auto_renew: rules
            .auto_renew
            .as_deref()
            .and_then(|property| values::truth(record.mapped(property)?)),
        monthly,
        product: rules
            .product
            .as_deref()
            .and_then(|property| record.mapped(property))
            .map(str::to_owned),
        outcome: outcome(record, mapping),
    })
}

/// What the CRM itself says that it is worth; without a named currency it is in the tenant's own.
fn amount(record: &Record, home: Option<Currency>) -> Option<Money> {
    let currency = record.core(Core::Currency).map_or(home, Currency::parse)?;
    minor_units(record.core(Core::Amount)?, currency)
}

/// By the mapped stage ids; without a mapping by what the CRM says of its closed stages.
fn outcome(record: &Record, mapping: &Mapping) -> Outcome {
    let stage = record.core(Core::StageId).unwrap_or_default();
    let listed = |stages: &[String]| stages.iter().any(|one| one == stage);
    match &mapping.contracts.outcome {
        Some(outcome) if listed(&outcome.won) => Outcome::Won,
        Some(outcome) if listed(&outcome.lost) => Outcome::Lost,
        Some(_) => Outcome::Open,
        None => match (record.core(Core::Closed), record.core(Core::Won)) {
            (Some("true"), Some("true")) => Outcome::Won,
            (Some("true"), _) => Outcome::Lost,
            _ => Outcome::Open,
        },
    }
}
